"""A large run on one machine: pieces read here, scored by worker processes, each part written where it was scored.

What is in memory at any moment is a few pieces, however long the input. Parts are noted in their order, so that a run
that was stopped in any way goes on behind the last of them.
"""

from __future__ import annotations

import hashlib
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import Any

import pyarrow as pa

from stance.model import load_model, model_fingerprint
from stance.pipeline import load_pipeline, shared_pipeline
from stance.readers.articles import is_folder
from stance.records import InputError
from stance.report.atomic import remove_leftovers
from stance.scale.batch import VERSION, refusal, refused_schema, score_table
from stance.scale.manifest import Manifest, Part, open_manifest, totals
from stance.scale.parts import REFUSED, write_part
from stance.scale.source import PIECE, Piece, fingerprint, pieces

_AHEAD = 2  # pieces on their way for each worker: one in work, one at hand


@dataclass(frozen=True)
class Settings:
    """What articles are scored by."""

    model: Path | None = None
    registry: Path | None = None
    date: str | None = None
    everything: bool = False
    piece: int = PIECE  # articles of a part

    def about(self, inputs: str) -> dict[str, Any]:
        """What a manifest says of a run: that of another run differs in it."""
        model = load_model(self.model)
        return {
            "schema_version": VERSION,
            "inputs": inputs,
            "model": model_fingerprint(model.folder),
            "registry": hashlib.sha256(self.registry.read_bytes()).hexdigest()[:16] if self.registry else None,
            "date": self.date,
            "everything": self.everything,
            "piece": self.piece,
        }


def score_into_folder(
    paths: Sequence[str],
    folder: Path,
    settings: Settings,
    *,
    jobs: int = 1,
    resume: bool = False,
    on_part: Callable[[Part], None] = lambda _: None,
) -> dict[str, int]:
    """Scores the articles under paths into a folder of parts; returns the sums of all its parts.

    `on_part` is told of each part done, those of a run that goes on among them. Raises InputError for bad input, for
    a folder that holds another run and for a disk that takes no more; KeyboardInterrupt passes once the parts in
    work are written. What was written stays, and `resume` goes on behind it.
    """
    load_pipeline(settings.model, settings.registry)  # bad ones are told here, in one sentence, not by each worker
    if any(is_folder(path) and folder.resolve().is_relative_to(Path(path).resolve()) for path in paths):
        raise InputError(f"{folder}: it lies among the articles, which would then be read with them; choose another.")
    about = settings.about(fingerprint(paths))
    folder.mkdir(parents=True, exist_ok=True)
    manifest, done = open_manifest(folder, about, resume)
    for place in (folder, folder / REFUSED):
        remove_leftovers(place)
    for part in manifest.parts:
        on_part(part)
    if not done:
        for part in _parts(pieces(paths, len(manifest.parts), settings.piece), folder, settings, jobs, manifest):
            on_part(part)
        manifest.finish()
    return totals(manifest.parts)


def _parts(work: Iterator[Piece], folder: Path, settings: Settings, jobs: int, manifest: Manifest) -> Iterator[Part]:
    """The parts as they are written, each noted in the manifest before it is handed on."""
    if jobs == 1:
        for piece in work:
            part = _write_scored(piece, folder, settings)
            manifest.add(part)
            yield part
        return
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPoolExecutor(jobs, context, _be_a_worker)
    running: deque[Future[Part]] = deque()

    def next_done() -> Part:
        part = running[0].result()
        running.popleft()
        manifest.add(part)
        return part

    try:
        for piece in work:
            running.append(pool.submit(_write_scored, piece, folder, settings))
            if len(running) >= jobs * _AHEAD:
                yield next_done()
        while running:
            yield next_done()
    except BrokenProcessPool:
        raise InputError(
            "A worker process was killed, perhaps for want of memory; run the command again with --resume, "
            "and with fewer --jobs if that happens again."
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        while running and running[0].done() and not running[0].cancelled() and running[0].exception() is None:
            next_done()


def _write_scored(piece: Piece, folder: Path, settings: Settings) -> Part:
    """Scores a piece and writes its part."""
    outcome = score_table(
        piece.table,
        shared_pipeline(settings.model, settings.registry),
        date=settings.date,
        everything=settings.everything,
        name=piece.name,
        first=piece.first,
    )
    before = pa.Table.from_pylist([refusal(one, {}) for one in piece.skipped], schema=refused_schema())
    refused = pa.concat_tables([before, outcome.refused])
    write_part(folder, piece.number, outcome.statements, refused)
    return Part(piece.number, outcome.articles, outcome.statements.num_rows, refused.num_rows)


def _be_a_worker() -> None:
    """Lets the parent decide on Ctrl-C, which reaches every process, and ends when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pa.set_cpu_count(1)  # the processes are the parallel ones
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
