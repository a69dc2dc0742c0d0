"""A stream of one file format in, rows of named fields out.

Each reader takes an open binary stream and the name to report, and yields a `Row` for what it could read and
a `Skipped` for what it could not; it raises `Unreadable` when the whole file is of no use. Formats that may
be large (jsonl, csv, parquet) are read row by row or batch by batch.
"""

from __future__ import annotations

import csv
import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from stance.readers.decoding import MAX_TEXT, Unreadable, decode, decoded_lines, raw_lines, read_whole
from stance.records import InputError, visible

# The names under which the fields of an article are known in tables and JSON, best first.
FIELDS: dict[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "maintext", "article"),
    "title": ("title", "headline"),
    "published": ("published", "date", "published_at", "date_publish", "pubdate"),
    "url": ("url", "link"),
    "source": ("source", "publisher", "outlet", "domain"),
    "id": ("id",),
}
MAX_JSON = 256 * 2**20  # bytes of a .json file, which has to be read whole
BATCH = 256  # rows of a parquet batch: articles, so a megabyte or two
DAY = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was passed over: where ("news.jsonl, line 3"), and in a sentence what is wrong and what to do."""

    where: str
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", visible(self.where))
        object.__setattr__(self, "reason", visible(self.reason))


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one article or sentence, their names in lower case, and where it stands."""

    where: str
    fields: dict[str, Any]


Rows = Iterator[Row | Skipped]
Reader = Callable[[BinaryIO, str], Rows]


def text_rows(stream: BinaryIO, name: str, start: bytes = b"") -> Rows:
    """One article: the decoded file, unchanged; its date is in its name, its title may be its first line."""
    text = decode(read_whole(stream, start))
    if text.strip():
        yield Row(name, {"text": text, "title": headline(text), "published": day_in(Path(name).name)})


def json_rows(stream: BinaryIO, name: str) -> Rows:
    """One object, or a list of objects."""
    text = decode(read_whole(stream, limit=MAX_JSON))
    if not text.strip():
        return
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        lines = error.msg == "Extra data"  # a second value after the first
        remedy = "if it holds one object a line, name it .jsonl" if lines else "mend it there"
        yield Skipped(f"{name}, line {error.lineno}", f"this is not valid JSON ({error.msg}); {remedy}")
        return
    if not isinstance(value, list):
        yield _object_row(name, value)
        return
    for number, item in enumerate(value, 1):
        yield _object_row(f"{name}, item {number}", item)


def jsonl_rows(stream: BinaryIO, name: str) -> Rows:
    """One object a line; a broken line is passed over by itself."""
    return json_lines(decoded_lines(raw_lines(stream)), name)


def json_lines(lines: Iterable[str], name: str) -> Rows:
    """As `jsonl_rows`, of lines that are text already."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield json_row(f"{name}, line {number}", line)


def json_row(where: str, line: str) -> Row | Skipped:
    """The row of one line of JSON."""
    try:
        return _object_row(where, json.loads(line))
    except (ValueError, RecursionError) as error:
        problem = error.msg if isinstance(error, json.JSONDecodeError) else "too deep or too large"
        return Skipped(where, f"this is not valid JSON ({problem}); write one object on each line")


def csv_rows(stream: BinaryIO, name: str, names: tuple[str, ...] = FIELDS["text"], delimiters: str = ",;\t|") -> Rows:
    """The rows of a table with a heading, one of whose columns is among `names`.

    The delimiter is the first of `delimiters` under which the heading has such a column: spreadsheets of half
    of Europe write semicolons.
    """
    csv.field_size_limit(MAX_TEXT)
    lines = decoded_lines(raw_lines(stream))
    skipped, first = next(((n, line) for n, line in enumerate(lines) if line.strip()), (0, ""))
    if not first:
        return
    delimiter, heading = _heading(first, names, delimiters)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        where = f"{name}, line {skipped + reader.line_num + 2}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Skipped(where, f"this row is broken ({error}); close its quotation marks, double those inside")
            continue
        if any(cells[len(heading) :]):
            reason = f"this row has {len(cells)} columns and the heading {len(heading)}"
            yield Skipped(where, f"{reason}; put quotation marks around a text that holds {delimiter!r}")
        elif any(cells):
            yield Row(where, dict(zip(heading, cells, strict=False)))


def tsv_rows(stream: BinaryIO, name: str, names: tuple[str, ...] = FIELDS["text"]) -> Rows:
    """As `csv_rows`, with tabs tried first."""
    return csv_rows(stream, name, names, "\t,;|")


def parquet_rows(stream: BinaryIO, name: str) -> Rows:
    """The rows of a parquet file with a text column, batch by batch; columns of no use are not read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(stream)
    except (pa.ArrowException, OSError) as error:
        raise Unreadable("this is no parquet file, or a damaged one; write it anew") from error
    known = set(chain.from_iterable(FIELDS.values()))
    columns = [column for column in file.schema_arrow.names if column.lower() in known]
    if not {column.lower() for column in columns} & set(FIELDS["text"]):
        raise Unreadable(_no_text_column(file.schema_arrow.names, FIELDS["text"]))
    number = 0
    for batch in file.iter_batches(batch_size=BATCH, columns=columns):
        # Dates of every unit and range become text, of which the day is kept; as objects some would not fit.
        arrays = [a.cast(pa.string()) if pa.types.is_temporal(a.type) else a for a in batch.columns]
        lowered = [column.lower() for column in batch.schema.names]
        for values in zip(*(array.to_pylist() for array in arrays), strict=True):
            number += 1
            yield Row(f"{name}, row {number}", dict(zip(lowered, values, strict=True)))


def stream_rows(stream: BinaryIO, name: str) -> Rows:
    """What has no suffix to tell its format: jsonl where the first line is a JSON object, else one text."""
    lines = raw_lines(stream)
    first = next(lines, b"")
    braced = first.removeprefix(BOM_UTF8).lstrip().startswith(b"{")
    if braced and isinstance(json_row(name, decode(first)), Row):
        return json_lines(decoded_lines(chain([first], lines)), name)
    return text_rows(stream, name, first)


def guarded(rows: Iterable[Row | Skipped], where: str) -> Rows:
    """The same rows, with every error on the way turned into a `Skipped` that ends them.

    Parsers fail on hostile input in ways that they do not document; no such failure may end the run.
    """
    try:
        yield from rows
    except Unreadable as error:
        yield Skipped(where, str(error))
    except EOFError:
        yield Skipped(where, "the compressed file ends too early; fetch or pack it again")
    except PermissionError:
        yield Skipped(where, "you may not read this file; change its permissions or leave it out")
    except Exception as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        yield Skipped(where, f"it could not be read ({said}); check that it is whole and what its name says")


def iso_day(value: str | None) -> str | None:
    """The day (YYYY-MM-DD) with which an ISO date or time begins, None when it is none of the calendar's."""
    found = DAY.match(value.strip()) if value else None
    return _calendar_day(found[0]) if found else None


def require_day(name: str, value: str | None) -> None:
    """Raises InputError where a day that the user gave under this name is none of the form YYYY-MM-DD."""
    if value is not None and iso_day(value) != value:
        raise InputError(f"{name} {value!r} is no day of the form YYYY-MM-DD, such as 2024-02-27.")


def day_in(name: str) -> str | None:
    """The first day (YYYY-MM-DD) in a file's name."""
    return next(filter(None, map(_calendar_day, DAY.findall(name))), None)


def headline(text: str) -> str | None:
    """The first line, where it looks like a headline: at most 160 characters, no full stop, text below it."""
    first, *below = text.strip().splitlines()
    title = re.sub(r"^#{1,6}\s+", "", first).strip()
    fits = below and len(title) <= 160 and not title.endswith((".", "!", ":", ",", ";"))
    return title if fits else None


def listed(names: Iterable[str]) -> str:
    """Names of fields for a message, at most a dozen."""
    names = [" ".join(str(name).split())[:40] for name in names]
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")


def _calendar_day(value: str) -> str | None:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None


def _object_row(where: str, value: object) -> Row | Skipped:
    if not isinstance(value, dict):
        return Skipped(where, 'this is not a JSON object; write each article as {"text": "…"}')
    return Row(where, {key.lower(): item for key, item in value.items()})


def _heading(line: str, names: tuple[str, ...], delimiters: str) -> tuple[str, list[str]]:
    """The delimiter of a table and its column names in lower case, from the heading."""
    most: list[str] = []
    for delimiter in delimiters:
        heading = [cell.strip().lower() for cell in next(csv.reader([line], delimiter=delimiter))]
        if set(heading) & set(names):
            return delimiter, heading
        most = max(most, heading, key=len)
    raise Unreadable(_no_text_column(most, names))


def _no_text_column(found: Iterable[str], names: tuple[str, ...]) -> str:
    others = f" (or {', '.join(names[1:])})" if names[1:] else ""
    return f"it has no text column, only {listed(found)}; name the column of texts {names[0]}{others}"
