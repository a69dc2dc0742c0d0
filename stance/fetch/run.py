"""A whole run: every URL that is wanted and not there already, host beside host, the pages of each one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from stance.fetch.client import Client, Page
from stance.fetch.feeds import FEEDS, entries_of, looks_like_feed
from stance.fetch.output import Output
from stance.fetch.settings import HostFailed, HostGivenUp, NotFetched, Settings
from stance.fetch.sources import Wanted, wanted
from stance.fetch.transport import host_of
from stance.readers.decoding import Unreadable
from stance.readers.pages import HTML, document_fields
from stance.readers.rows import Skipped
from stance.records import InputError, clean

KINDS = HTML | {"text/plain", ""}


@dataclass(slots=True)
class Tally:
    """What came of a run: articles added, those that were there already, what was passed over, feeds read."""

    added: int = 0
    known: int = 0
    feeds: int = 0
    skipped: list[Skipped] = field(default_factory=list)


async def fetch(
    items: Iterable[Wanted | Skipped], output: Output, settings: Settings, step: Callable[[], None] = lambda: None
) -> Tally:
    """Fetches what is wanted into `output`; first what the user named, then the articles of the feeds among it.

    `step` is called after each URL. Stops only for InputError, that is where the output cannot be written.
    """
    tally = Tally()
    first = _sorted_out(items, tally)
    named = {host_of(one.url) for one in first if one.named}
    client = Client(settings, named)
    run = _Run(client, output, tally, step)
    try:
        await run.all(first)
        await run.all(_sorted_out(run.linked, tally))
    finally:
        await client.aclose()
    return tally


@dataclass(slots=True)
class _Run:
    client: Client
    output: Output
    tally: Tally
    step: Callable[[], None]
    linked: list[Wanted | Skipped] = field(default_factory=list)  # what the feeds among the pages name
    tried: set[str] = field(default_factory=set)

    async def all(self, pages: list[Wanted]) -> None:
        hosts: dict[str, list[Wanted]] = {}
        for page in pages:
            if page.url in self.output.done:
                self.tally.known += 1
            elif page.url not in self.tried:
                self.tried.add(page.url)
                hosts.setdefault(host_of(page.url)[0], []).append(page)
        waiting = iter(hosts.values())

        async def worker() -> None:
            for host in waiting:  # which all workers take from
                await self._host(host)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self.client.settings.hosts, len(hosts))):
                    group.create_task(worker())
        except* InputError as errors:
            raise errors.exceptions[0] from None

    async def _host(self, pages: list[Wanted]) -> None:
        failures, gone = 0, ""
        for page in pages:
            if failures >= self.client.settings.failures:
                gone = f"its host failed {failures} times in a row and was left alone; run again later"
            if gone:
                self.tally.skipped.append(Skipped(page.where, gone))
                continue
            try:
                await self._page(page)
                failures = 0
            except HostGivenUp as error:
                self.tally.skipped.append(Skipped(page.where, str(error)))
                gone = "its host was left alone after what it answered before; run again later"
            except (NotFetched, Unreadable) as error:
                self.tally.skipped.append(Skipped(page.where, str(error)))
                failures = failures + 1 if isinstance(error, HostFailed) else 0
            except InputError:
                raise
            except Exception as error:  # what a hostile server or page makes a library do must not end the run
                said = " ".join(str(error).split())[:200] or type(error).__name__
                self.tally.skipped.append(Skipped(page.where, f"it could not be read ({said}); leave it out"))
            self.step()

    async def _page(self, asked: Wanted) -> None:
        page = await self.client.page(asked.url, KINDS | FEEDS if asked.named else KINDS)
        if asked.named and looks_like_feed(page.body):
            entries = await asyncio.to_thread(entries_of, page.body, page.url)
            if entries is not None:
                self.tally.feeds += 1
                self.linked += [wanted(e.url, f"{clean(e.url[:200])}", False, e.published) for e in entries]
                return
        if page.url != asked.url and page.url in self.output.done:
            self.tally.known += 1
            return
        fields = await asyncio.to_thread(_fields, page)
        self.output.add(_article(fields, page, asked))
        self.tally.added += 1


def _fields(page: Page) -> dict[str, Any]:
    """The fields of a page's article; a server that states no kind may send a page all the same."""
    kind = page.kind or ("text/html" if page.body.lstrip().startswith(b"<") else "")
    fields = document_fields(page.body, kind, page.charset, page.url)
    if not fields:
        raise Unreadable("the server sends a blank page; check the URL")
    return fields


def _article(fields: dict[str, Any], page: Page, asked: Wanted) -> dict[str, Any]:
    """The line of an article; `asked` is the URL that led to it, where that was another one."""
    article = {
        "text": fields["text"],
        "title": fields["title"],
        "published": fields["published"] or asked.published,
        "url": page.url,
        "source": fields["source"] or host_of(page.url)[0],
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    article = {name: clean(value) if value else None for name, value in article.items()}
    return article if page.url == asked.url else article | {"asked": asked.url}


def _sorted_out(items: Iterable[Wanted | Skipped], tally: Tally) -> list[Wanted]:
    found: list[Wanted] = []
    for item in items:
        if isinstance(item, Skipped):
            tally.skipped.append(item)
        else:
            found.append(item)
    return found
