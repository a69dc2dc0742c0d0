"""The input of a large run as a sequence of pieces: tables of a few thousand articles, the same at every run.

Parquet stays in Arrow and is streamed; every other format goes through its reader. A piece that was done before is
counted past and not handed on, so that a run that goes on costs reading and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stance.readers import Skipped, read_articles
from stance.readers.articles import files_of
from stance.records import Article, InputError
from stance.scale.batch import article_schema

PIECE = 2048  # articles of a piece, and so of a part of the output
_LOOK = 2**16  # bytes at each end of a file that tell it from another


@dataclass(frozen=True)
class Piece:
    """A table of articles, the `number` of its place in the run, and what the readers passed over on the way to it.

    Its rows are named `name`, row `first` and so on.
    """

    number: int
    table: pa.Table
    skipped: tuple[Skipped, ...] = ()
    name: str = ""
    first: int = 1


def pieces(paths: Sequence[str], done: int = 0, size: int = PIECE) -> Iterator[Piece]:
    """The pieces of files and folders from number `done` on. Raises InputError for a path that does not exist."""
    number = 0
    skipped: list[Skipped] = []
    for columnar, files in groupby(files_of(paths), _is_parquet):
        for table, name, first in _tables(list(files), columnar, size, skipped):
            if number >= done:
                yield Piece(number, table, tuple(skipped), name, first)
            skipped.clear()
            number += 1
    if skipped and number >= done:  # of what came after the last article
        yield Piece(number, article_schema().empty_table(), tuple(skipped))


def count(paths: Sequence[str]) -> int | None:
    """How many articles there are, where the files tell without being read."""
    total = 0
    for path in files_of(paths):
        if not _is_parquet(path):
            return None
        try:
            total += pq.read_metadata(path).num_rows
        except (pa.ArrowException, OSError):
            return None
    return total


def fingerprint(paths: Sequence[str]) -> str:
    """A hash of each file's name, size and two ends: what a run that goes on must find unchanged."""
    out = hashlib.sha256()
    for path in files_of(paths):
        if path == "-":
            raise InputError("Standard input cannot be read twice; write it to a file, so that a run can go on.")
        try:
            size = Path(path).stat().st_size
            with Path(path).open("rb") as file:
                ends = file.read(_LOOK)
                file.seek(max(0, size - _LOOK))
                ends += file.read(_LOOK)
        except OSError as error:
            raise InputError(f"{path}: it cannot be read ({error.strerror}); check the file.") from None
        out.update(f"{path}\0{size}\0".encode("utf-8", "surrogateescape") + ends)
    return out.hexdigest()


def _is_parquet(path: str) -> bool:
    return path.lower().endswith(".parquet")


def _tables(files: list[str], columnar: bool, size: int, skipped: list[Skipped]) -> Iterator[tuple[pa.Table, str, int]]:
    """The tables of files, each with the name of its file and its first row's number there."""
    if not columnar:
        yield from ((table, "the articles", 1) for table in _articles(files, size, skipped))
        return
    for path in files:
        first = 1
        for table in _parquet(path, size, skipped):
            yield table, path, first
            first += table.num_rows


def _parquet(path: str, size: int, skipped: list[Skipped]) -> Iterator[pa.Table]:
    """The rows of a parquet file, page by page: a row group may hold more than memory does."""
    try:
        with pq.ParquetFile(path, buffer_size=2**20, pre_buffer=False) as file:
            for batch in file.iter_batches(batch_size=size):
                yield with_path(batch, path)
    except (pa.ArrowException, OSError) as error:
        told = " ".join(str(error).split())[:200]
        skipped.append(Skipped(path, f"this is no parquet file, or a damaged one ({told}); write it anew"))


def with_path(batch: pa.RecordBatch, path: str) -> pa.Table:
    """A batch with the path of its file, in place of one that its rows may tell."""
    kept = batch.select([name for name in batch.schema.names if name.lower() != "path"])
    return pa.Table.from_batches([kept]).append_column("path", pa.array([path] * batch.num_rows))


def _articles(files: list[str], size: int, skipped: list[Skipped]) -> Iterator[pa.Table]:
    rows: list[dict[str, str | None]] = []
    for article in read_articles(files, on_skip=skipped.append):
        rows.append(_row(article))
        if len(rows) == size:
            yield pa.Table.from_pylist(rows, schema=article_schema())
            rows = []
    if rows:
        yield pa.Table.from_pylist(rows, schema=article_schema())


def _row(article: Article) -> dict[str, str | None]:
    return {
        "text": article.text,
        "title": article.title,
        "published": article.published,
        "url": article.url,
        "source": article.source,
        "path": article.path,
        "article_id": article.id,
    }
