"""The command that fetches articles from the web."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stance.console import folder_for, note
from stance.records import InputError

if TYPE_CHECKING:
    from stance.fetch.run import Tally


def fetch(
    sources: Annotated[
        list[str],
        typer.Argument(help="URLs of pages or feeds, files with a URL a line, saved feeds; - reads standard input."),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="JSON lines to add to; what is there is not fetched again.")],
    delay: Annotated[float, typer.Option("--delay", min=0, help="Seconds between two requests to one host.")] = 1.0,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds that one request may take.")] = 30.0,
    tries: Annotated[int, typer.Option("--tries", min=1, max=10, help="Times that a page is asked for.")] = 3,
    hosts: Annotated[int, typer.Option("--hosts", min=1, max=100, help="Hosts that are asked side by side.")] = 8,
    agent: Annotated[
        str | None, typer.Option("--user-agent", help="How hosts see us: name, version, and how to reach you.")
    ] = None,
    cache: Annotated[Path | None, typer.Option("--cache", help="Database file that keeps pages; in ~/.cache.")] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Keeps no pages.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Lets redirects and feeds lead to private addresses.")
    ] = False,
) -> None:
    """Fetches articles from lists of URLs, feeds and pages into a file that score and report read.

    Politely: robots.txt, a pause between requests, retries. Run it again to go on where it was stopped.
    """
    import asyncio
    from math import isfinite

    from stance.fetch.output import Output
    from stance.fetch.run import fetch as run
    from stance.fetch.settings import AGENT, Settings
    from stance.fetch.sources import wanted_of

    if not (isfinite(delay) and isfinite(timeout)):
        raise InputError("--delay and --timeout have to be numbers of seconds, such as 1.5.")
    settings = Settings(
        agent=require_agent(agent) if agent is not None else AGENT,
        delay=delay,
        deadline=timeout,
        tries=tries,
        hosts=hosts,
        private=allow_private,
        cache=None if no_cache else require_cache(cache or default_cache()),
    )
    items = wanted_of(sources)
    folder_for(out.parent)
    with Output(out) as output, _counted() as step:
        tally = asyncio.run(run(items, output, settings, step))
    _tell(tally, out)


def require_agent(agent: str) -> str:
    """InputError for what cannot be sent as a User-Agent (RFC 9110, 10.1.5)."""
    if not agent.strip() or not (agent.isascii() and agent.isprintable()) or not agent[0].isalpha():
        raise InputError("--user-agent has to begin with a name in plain letters, such as 'aidwatch/1.0 (you@…)'.")
    return agent


def default_cache() -> Path:
    """Where pages are kept when nothing else is said: with the user's other caches."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "stance" / "pages.db"


def require_cache(path: Path) -> Path:
    """InputError for a cache that cannot be made, or a database of something else, which is left as it is."""
    import sqlite3
    from contextlib import closing

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except (OSError, sqlite3.Error) as error:
        reason = f"the cache cannot be kept there ({error}); give another --cache, or --no-cache"
        raise InputError(f"{path}: {reason}.") from None
    if tables - {"entries", "streams"}:
        raise InputError(f"{path}: this database is no cache of pages; give another --cache.")
    return path


@contextmanager
def _counted() -> Iterator[Callable[[], None]]:
    """What is to be called after each URL: counts on stderr where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} URLs"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("fetching", total=None)
        yield lambda: bar.advance(task)


def _tell(tally: Tally, out: Path) -> None:
    """Names what was passed over; where nothing at all could be fetched, that is an error."""
    reached = tally.added + tally.known + tally.feeds
    if not reached and len(tally.skipped) == 1:
        raise InputError(f"{tally.skipped[0].where}: {tally.skipped[0].reason}.")
    for one in tally.skipped[:20]:
        note(f"skipped {one.where}: {one.reason}.")
    more = " (the first 20 are named)" if len(tally.skipped) > 20 else ""
    note(f"{tally.added} articles added to {out}, {tally.known} there already, {len(tally.skipped)} skipped{more}")
    if not reached:
        raise InputError("no article could be fetched; check the URLs and the notes above.")
