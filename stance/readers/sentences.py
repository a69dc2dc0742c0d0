"""Sentences in, bare or labeled; dicts out: what `stance classify` judges and `stance train` learns from.

Unlike an article, a sentence that cannot be read stops the run: the output has one line per sentence, in
order, so that none may be passed over.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from stance.readers.articles import as_text, is_folder, refuse, require_path
from stance.readers.decoding import decoded_lines, raw_lines
from stance.readers.formats import kind_of, opened
from stance.readers.rows import (
    Row,
    Rows,
    Skipped,
    csv_rows,
    guarded,
    json_row,
    jsonl_rows,
    tsv_rows,
)
from stance.records import InputError


def read_sentences(path: str | Path | None) -> Iterator[dict[str, Any]]:
    """One dict per sentence with at least `text`, in order; keys are in lower case.

    Plain files hold a sentence a line, blank lines count for nothing; .jsonl and .csv (.tsv) hold rows with a
    `text` and whatever else. None or "-" is standard input, whose lines are JSON where they start with "{".
    InputError, with file and line, for a row that is broken or has no text, and at once for a missing file.
    """
    given = "-" if path is None else str(path)
    require_path(given)
    if is_folder(given) or kind_of(Path(given)) in (".json", ".html", ".htm", ".parquet", ".warc"):
        raise InputError(f"{given} is no list of sentences; give plain lines, .jsonl or .csv.")
    return _sentences(given)


def _sentences(path: str) -> Iterator[dict[str, Any]]:
    name = "standard input" if path == "-" else path
    for row in guarded(_rows(path, name), name):
        if isinstance(row, Skipped):
            refuse(row)
            continue
        text = as_text(row.fields.get("text"))
        if text is None or not text.strip():
            raise InputError(f"{row.where}: it has no text; put the sentence in the field text.")
        yield row.fields | {"text": text}


def _rows(path: str, name: str) -> Rows:
    if path == "-":
        yield from line_rows(sys.stdin.buffer, name, json=True)
        return
    kind = kind_of(Path(path))
    with opened(Path(path)) as stream:
        if kind in (".jsonl", ".ndjson"):
            yield from jsonl_rows(stream, name)
        elif kind == ".csv":
            yield from csv_rows(stream, name, ("text",))
        elif kind == ".tsv":
            yield from tsv_rows(stream, name, ("text",))
        else:  # a name without a suffix is a stream too: <(…) in the shell
            yield from line_rows(stream, name, json=kind == "")


def line_rows(stream: BinaryIO, name: str, json: bool) -> Rows:
    """One row a line that is not blank; with `json`, a line that starts with "{" is a JSON object."""
    for number, line in enumerate(decoded_lines(raw_lines(stream)), 1):
        where = f"{name}, line {number}"
        if json and line.lstrip().startswith("{"):
            yield json_row(where, line)
        elif line.strip():
            yield Row(where, {"text": line.strip()})
