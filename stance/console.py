"""What the commands do around their one call: articles read and counted, progress, notes, checks of arguments.

Notes and progress go to stderr. Slow libraries are imported inside the functions, as in `stance.cli`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from stance.records import InputError

if TYPE_CHECKING:
    from stance.readers import Skipped
    from stance.records import Article, Scored
    from training.corpus import Labeled
    from training.estimator import StanceClassifier


class Counted:
    """Counts what passes through an iterator."""

    def __init__(self, items: Iterable[Article]) -> None:
        self.items, self.count = items, 0

    def __iter__(self) -> Iterator[Article]:
        for item in self.items:
            self.count += 1
            yield item


def articles_of(paths: list[str], date: str | None, skipped: list[Skipped]) -> Iterable[Article]:
    """The articles under the paths, as they are read; what has to be passed over is added to `skipped`."""
    from stance.readers import read_articles

    return read_articles(paths, date=date, on_skip=skipped.append)


def score_all(
    paths: list[str], model: Path | None, registry: Path | None, date: str | None, jobs: int
) -> tuple[list[Scored], int]:
    """Every statement about military aid under the paths, and the number of articles read."""
    skipped: list[Skipped] = []
    read = Counted(articles_of(paths, date, skipped))
    scored = list(scored_of(read, model, registry, jobs, everything=False))
    finish(read.count, skipped)
    return scored, read.count


def score_into(
    db: str,
    paths: list[str],
    model: Path | None,
    registry: Path | None,
    date: str | None,
    jobs: int,
    everything: bool = False,
    out: Path | None = None,
    form: str | None = None,
) -> None:
    """Scores the articles under the paths into a database, or all that it holds where there are none; into a file too
    where one is given. Tells what became of the statements."""
    from contextlib import ExitStack, closing

    from stance.model import load_model
    from stance.report.files import StatementWriter
    from stance.store import open_store
    from stance.store.loading import stored_articles
    from stance.store.saving import save

    if form is not None and out is None:
        raise InputError("--format is for the file that -o names; with --db alone nothing is written out.")
    skipped: list[Skipped] = []
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_store(db, create=bool(paths))))
        check_classes(model)
        chosen = load_model(model)
        read = Counted(articles_of(paths, date, skipped) if paths else stored_articles(store))
        if out is not None:
            folder_for(out.parent)
            writer = stack.enter_context(StatementWriter(out, form, chosen.classes))

            def keep(rows: Sequence[Scored]) -> None:
                for one in rows:
                    writer.write(one)

        counts = save(
            store,
            read,
            lambda articles: scored_of(articles, model, registry, jobs, everything),
            chosen,
            keep if out is not None else None,
        )
    finish(read.count, skipped)
    became = [
        f"{counts[name]} {name}" for name in ("new", "as before", "moved", "kept", "gone", "dropped") if counts[name]
    ]
    # by the store's name: an address may hold a password
    note(f"{store.name}: {counts['articles']} articles; statements: {', '.join(became) or 'none'}")


def score_many(
    paths: list[str],
    out: str,
    model: Path | None,
    registry: Path | None,
    date: str | None,
    everything: bool,
    jobs: int,
    resume: bool,
    scheduler: str | None = None,
) -> None:
    """Scores the articles under the paths into a folder of parts, on a cluster where a scheduler is named; tells rate
    and time left where stderr is a terminal, and the sums at the end."""
    from functools import partial

    from stance.readers.articles import known_paths
    from stance.readers.rows import require_day
    from stance.scale.local import Settings, score_into_folder
    from stance.scale.manifest import Part
    from stance.scale.source import count

    require_day("The date", date)
    settings = Settings(model, registry, date, everything)
    total = None
    if scheduler is None:
        known_paths(paths)
        folder_for(Path(out))
        total = count(paths)
        run = partial(score_into_folder, paths, Path(out), settings, jobs=jobs)
    else:
        run = partial(cluster().score_on_cluster, paths, out, settings, scheduler)
    done = 0
    with bar("articles", total) as step:

        def on_part(part: Part) -> None:
            nonlocal done
            done += 1
            step(part.articles)

        try:
            sums = run(resume=resume, on_part=on_part)
        except KeyboardInterrupt:
            note(f"stopped; {done} parts are written in {out}: the same command with --resume goes on behind them.")
            raise SystemExit(130) from None
    refused = f", {sums['refused']} rows refused (see {out}/_refused)" if sums["refused"] else ""
    note(f"{sums['articles']} articles, {sums['statements']} statements in {sums['parts']} parts of {out}{refused}")
    if not sums["articles"]:
        raise InputError(f"no article could be read; see {out}/_refused for the reasons, and choose a new folder.")


def cluster() -> ModuleType:
    """The module that scores on Dask; InputError where that is not installed."""
    try:
        from stance.scale import cluster
    except ImportError:
        raise InputError("--engine dask needs Dask: install it by `pip install 'stance[dask]'`.") from None
    return cluster


@contextmanager
def bar(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr with rate and time left, where stderr is a terminal; gives what moves it on."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(),
        TextColumn(f"{{task.completed:,.0f}} {what}"),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total, told="")

        def step(count: int) -> None:
            progress.advance(task, count)
            now = progress.tasks[0]
            speed = now.speed or now.completed / max(now.elapsed or 0.0, 0.01)  # of the last half minute, or of all
            left = "" if total is None else f", {timedelta(seconds=int((total - now.completed) / speed))} left"
            progress.update(task, told=f"{speed:,.0f}/s{left}", refresh=True)

        yield step


def reviewed(
    db: str, paths: list[str], model: Path | None, registry: Path | None, date: str | None, jobs: int
) -> tuple[list[Scored], int]:
    """Every statement of a database as people have corrected it, and the number of its articles; articles under the
    paths are scored into it first."""
    from contextlib import closing

    from sqlalchemy import func, select

    from stance.actors.registry import load_registry
    from stance.store import open_store
    from stance.store.loading import reviewed_scored
    from stance.store.tables import articles

    if paths:
        score_into(db, paths, model, registry, date, jobs)
    with closing(open_store(db, create=False)) as store, store.read() as connection:
        scored = [one for one in reviewed_scored(connection, load_registry(registry)) if one.judgement.stance]
        return scored, connection.execute(select(func.count()).select_from(articles)).scalar_one()


def scored_of(
    articles: Iterable[Article], model: Path | None, registry: Path | None, jobs: int, everything: bool
) -> Iterator[Scored]:
    """The scored statements of articles, as they come."""
    from stance.pipeline import score_in_processes

    return score_in_processes(progress(articles), model, registry, everything, jobs)


def progress(articles: Iterable[Article]) -> Iterator[Article]:
    """The articles, counted on stderr as they pass where stderr is a terminal."""
    if not sys.stderr.isatty():
        yield from articles
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} articles"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)
        for article in articles:
            yield article
            progress.advance(task)


def finish(count: int, skipped: list[Skipped]) -> None:
    """Names what was passed over; where nothing at all could be read, that is an error."""
    if count == 0 and len(skipped) == 1:
        raise InputError(f"{skipped[0].where}: {skipped[0].reason}.")
    for one in skipped[:20]:
        note(f"skipped {one.where}: {one.reason}.")
    if skipped:
        more = " (the first 20 are named)" if len(skipped) > 20 else ""
        note(f"{count} articles read, {len(skipped)} items skipped{more}")
    if count == 0:
        raise InputError("no article could be read; check the paths and the notes above.")


def note(text: str) -> None:
    """A line for the user, on stderr."""
    print(f"stance: {text}", file=sys.stderr)


def check_classes(model: Path | None) -> None:
    """A position needs to know which labels are for and which against."""
    from stance.model import load_model
    from stance.records import STANCES

    classes = load_model(model).classes
    if set(classes) != set(STANCES):
        raise InputError(
            f"the model judges by {', '.join(classes)}, and a report needs {', '.join(STANCES)}; "
            "rename the labels before training, or use score and classify."
        )


def folder_for(folder: Path) -> None:
    """Makes a folder for output, or says in one sentence why it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder}: the folder cannot be made ({error.strerror}); choose another with --out."
        ) from None


def searched(rows: list[Labeled], minutes: float) -> StanceClassifier:
    """The best settings found in the time given, told on stderr as they come."""
    from rich.console import Console
    from rich.progress import Progress

    from training.estimator import StanceClassifier
    from training.search import MOST, Tried
    from training.search import search as find

    best = 0.0
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("searching", total=MOST)

        def step(tried: Tried) -> None:
            nonlocal best
            progress.advance(bar)
            if tried.macro_f1 > best:
                best = tried.macro_f1
                progress.update(bar, description=f"searching, best macro-F1 {best:.3f}")

        found = find(rows, minutes * 60, MOST, step)
    note(f"search: {len(found)} settings tried, macro-F1 {found[-1].macro_f1:.3f} to {found[0].macro_f1:.3f}")
    note(f"search: best settings {found[0].settings}")
    return StanceClassifier(**found[0].settings)
