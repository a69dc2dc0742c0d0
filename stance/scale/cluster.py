"""A large run on a cluster: Dask's scheduler hands out row groups, each worker reads, scores and writes its own.

Nothing but names and counts passes through the scheduler. Model and registry are shipped once to each worker. A part
is written beside its place and then moved there, and a marker tells that it is whole; a worker that dies costs the time
of what it had in work, since the scheduler gives that to another. Paths are any that fsspec knows (s3://, gs://,
hdfs://, a shared folder). Other engines map `stance.scale.score_batch` themselves: see docs/scale.md.
"""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from distributed import Client, Worker, WorkerPlugin, as_completed

from stance.model import FILES, load_model
from stance.pipeline import load_pipeline, shared_pipeline
from stance.records import InputError
from stance.scale.batch import ROWS, refused_schema, score_table, scored_schema
from stance.scale.local import Settings
from stance.scale.manifest import Part, require_same_run, totals
from stance.scale.parts import REFUSED, part_name
from stance.scale.source import with_path

_DONE, _TEMPORARY = "_done", "_temporary"
_KEPT = 10_000  # tasks at the scheduler at a time; an archive has millions


@dataclass(frozen=True)
class Unit:
    """Row groups of one file that are scored together: its place in the run, the file, and its first row's number."""

    number: int
    path: str
    groups: tuple[int, ...]
    first: int


def score_on_cluster(
    paths: Sequence[str],
    folder: str,
    settings: Settings,
    scheduler: str,
    *,
    resume: bool = False,
    on_part: Callable[[Part], None] = lambda _: None,
) -> dict[str, int]:
    """Scores parquet files (fsspec paths, with * where wanted) into a folder of parts; returns the sums of all parts.

    Raises InputError for bad input, for a scheduler that does not answer, and for a folder that holds another run.
    """
    load_pipeline(settings.model, settings.registry)
    work = list(units(paths, settings.piece))
    inputs = json.dumps([asdict(unit) for unit in work])
    fs, root = _opened(folder)
    _begin(fs, root, settings.about(inputs), resume)
    done = {part.part: part for part in _markers(fs, root)}
    for part in done.values():
        on_part(part)
    left = (unit for unit in work if unit.number not in done)
    for part in _on_dask(left, folder, settings, scheduler):
        done[part.part] = part
        on_part(part)
    if fs.exists(f"{root}/{_TEMPORARY}"):
        fs.rm(f"{root}/{_TEMPORARY}", recursive=True)
    sums = totals(list(done.values()))
    with fs.open(f"{root}/_manifest.json", "w") as file:
        json.dump(settings.about(inputs) | {"done": True, **sums}, file)
    return sums


def units(paths: Sequence[str], size: int) -> Iterator[Unit]:
    """The row groups of parquet files, so many together that they hold `size` articles."""
    number = 0
    for path in _expanded(paths):
        groups: list[int] = []
        first, rows = 1, 0
        for group, count in enumerate(_group_rows(path)):
            groups.append(group)
            rows += count
            if rows >= size:
                yield Unit(number, path, tuple(groups), first)
                number, groups, first, rows = number + 1, [], first + rows, 0
        if groups:
            yield Unit(number, path, tuple(groups), first)
            number += 1


def score_unit(unit: Unit, folder: str, model: str, registry: str | None, date: str | None, everything: bool) -> Part:
    """Reads, scores and writes a unit; done twice, it leaves the same files."""
    pipeline = shared_pipeline(model, registry)
    fs, path = _opened(unit.path)
    first, statements, refused = unit.first, [], []
    with fs.open(path, "rb") as stream, pq.ParquetFile(stream, pre_buffer=False) as file:
        for batch in file.iter_batches(ROWS, row_groups=list(unit.groups)):
            table = with_path(batch, unit.path)
            found = score_table(table, pipeline, date=date, everything=everything, name=unit.path, first=first)
            statements.append(found.statements)
            refused.append(found.refused)
            first += batch.num_rows
    scored = pa.concat_tables([scored_schema(pipeline.model.classes).empty_table(), *statements])
    unusable = pa.concat_tables([refused_schema().empty_table(), *refused])
    fs, root = _opened(folder)
    if unusable.num_rows:
        _put(fs, root, f"{REFUSED}/{part_name(unit.number)}", _parquet(unusable))
    _put(fs, root, part_name(unit.number), _parquet(scored))
    part = Part(unit.number, first - unit.first, scored.num_rows, unusable.num_rows)
    _put(fs, root, f"{_DONE}/{unit.number:06}.json", json.dumps(asdict(part)).encode())
    return part


class Ship(WorkerPlugin):
    """Brings the model and the registry to a worker, once, when it joins."""

    idempotent = True

    def __init__(self, key: str, files: dict[str, bytes]) -> None:
        self.name, self.files = f"stance-{key}", files

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 (the name is Dask’s)
        """Writes the files into a folder of the worker's own."""
        place = shipped(self.name)
        for name, data in self.files.items():
            (place / name).write_bytes(data)


@cache
def shipped(name: str) -> Path:
    """The folder of this process for what was shipped under a name."""
    return Path(tempfile.mkdtemp(prefix=f"{name}-"))


def _score_shipped(unit: Unit, folder: str, name: str, registry: bool, date: str | None, everything: bool) -> Part:
    place = shipped(name)
    return score_unit(unit, folder, str(place), str(place / "registry") if registry else None, date, everything)


def _on_dask(work: Iterator[Unit], folder: str, settings: Settings, scheduler: str) -> Iterator[Part]:
    model = load_model(settings.model).folder
    files = {name: (model / name).read_bytes() for name in FILES if (model / name).is_file()}
    if settings.registry is not None:
        files["registry"] = settings.registry.read_bytes()
    try:
        client = Client(scheduler, timeout="20s")
    except (OSError, ValueError) as error:
        told = " ".join(str(error).split())[:200]
        raise InputError(f"{scheduler}: no Dask scheduler answers there ({told}); check --scheduler.") from None
    with client:
        ship = Ship(secrets.token_hex(8), files)
        client.register_plugin(ship)
        given = (folder, ship.name, settings.registry is not None, settings.date, settings.everything)

        def submitted(unit: Unit) -> Any:
            return client.submit(_score_shipped, unit, *given, key=f"{ship.name}-{unit.number}", retries=2)

        running = as_completed([submitted(unit) for _, unit in zip(range(_KEPT), work, strict=False)])
        for future in running:
            yield future.result()
            future.release()
            unit = next(work, None)
            if unit is not None:
                running.add(submitted(unit))


def _opened(path: str) -> tuple[Any, str]:
    """The file system of a path and the path in it."""
    try:
        fs, inner = fsspec.core.url_to_fs(path)
    except (ImportError, ValueError) as error:
        raise InputError(f"{path}: no file system can be had for it ({error}).") from None
    return fs, inner.rstrip("/")


def _expanded(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        fs, inner = _opened(path)
        if "*" in inner or fs.isdir(inner):
            found = sorted(fs.glob(inner if "*" in inner else f"{inner}/**/*.parquet"))
            prefix = path[: len(path.rstrip("/")) - len(inner)] if path.rstrip("/").endswith(inner) else ""
            names = [prefix + name for name in found]
        else:
            names = [path] if fs.exists(inner) else []
        if not names:
            raise InputError(f"{path}: no parquet file is there; check the path.")
        yield from names


def _group_rows(path: str) -> list[int]:
    """How many rows each row group of a file has."""
    fs, inner = _opened(path)
    try:
        with fs.open(inner, "rb") as stream:
            told = pq.read_metadata(stream)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: this is no parquet file, or a damaged one ({error}); leave it out.") from None
    return [told.row_group(i).num_rows for i in range(told.num_row_groups)]


def _begin(fs: Any, root: str, about: dict[str, Any], resume: bool) -> None:
    """Notes what is scored by what, or checks that a run to go on with is the same."""
    path = f"{root}/_run.json"
    if not fs.exists(path):
        _put(fs, root, "_run.json", json.dumps(about).encode())
        return
    with fs.open(path) as file:
        require_same_run(root, json.load(file), about, resume)


def _markers(fs: Any, root: str) -> Iterator[Part]:
    """The parts that are whole."""
    if fs.exists(f"{root}/{_DONE}"):
        for path in sorted(fs.glob(f"{root}/{_DONE}/*.json")):
            with fs.open(path) as file:
                yield Part(**json.load(file))


def _put(fs: Any, root: str, name: str, data: bytes) -> None:
    """Writes a file beside its place and moves it there."""
    target, beside = f"{root}/{name}", f"{root}/{_TEMPORARY}/{secrets.token_hex(8)}"
    for path in (target, beside):
        fs.makedirs(path.rpartition("/")[0], exist_ok=True)
    with fs.open(beside, "wb") as file:
        file.write(data)
    fs.mv(beside, target)


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue())
