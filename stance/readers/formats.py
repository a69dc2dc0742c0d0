"""Which reader reads which file, and how a compressed one is opened."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from stance.readers.pages import html_rows
from stance.readers.rows import (
    Reader,
    csv_rows,
    json_rows,
    jsonl_rows,
    parquet_rows,
    stream_rows,
    text_rows,
    tsv_rows,
)
from stance.readers.warc import warc_rows

WHOLE = frozenset({".txt", ".text", ".md", ".html", ".htm"})  # kinds of file that hold one article
READERS: dict[str, Reader] = {
    ".txt": text_rows,
    ".text": text_rows,
    ".md": text_rows,
    ".html": html_rows,
    ".htm": html_rows,
    ".json": json_rows,
    ".jsonl": jsonl_rows,
    ".ndjson": jsonl_rows,
    ".csv": csv_rows,
    ".tsv": tsv_rows,
    ".parquet": parquet_rows,
    ".warc": warc_rows,
    "": stream_rows,
}
PACKED = (".gz", ".zst")


def kind_of(path: Path) -> str:
    """The suffix that tells a file's format, in lower case: ".csv" for "News.CSV.gz"."""
    packing = path.suffix.lower()
    if packing not in PACKED:
        return packing
    kind = Path(path.stem).suffix.lower()
    return kind + packing if kind == ".parquet" else kind  # parquet has to seek, which packed streams cannot


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked when its name ends in .gz or .zst (RFC 1952, RFC 8878); EOFError while reading
    where they end too early. A WARC file stays packed: its reader unpacks each record by itself."""
    packing = path.suffix.lower() if kind_of(path) != ".warc" else ""
    with path.open("rb") as file:
        if packing == ".gz":
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield unpacked  # type: ignore[misc]
        elif packing == ".zst":
            from stance.readers.packing import zstd

            with zstd.ZstdFile(file) as unpacked:
                yield unpacked  # type: ignore[misc]
        else:
            yield file
