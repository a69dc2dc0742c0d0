"""Reviewed statements in the forms of other tools, and back: Label Studio, doccano, Prodigy, csv and jsonl.

One task a statement: its article's text, the speaker, cue and content marked, the model's suggestion, and each person's
judgement. What comes back is a judgement of a statement of the store, known by its id. Formats as their documents give
them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from stance.interop import doccano, label_studio, prodigy, table
from stance.interop.task import Judged, Task
from stance.records import InputError
from stance.report.files import csv_line, json_text

_READERS: dict[str, Callable[[Mapping[str, Any], str | None], Iterable[Judged]]] = {
    "jsonl": table.read,
    "csv": table.read,
    "label-studio": label_studio.read,
    "doccano": doccano.read,
    "prodigy": prodigy.read,
}
FORMATS = tuple(_READERS)


def lines_of(tasks: Iterable[Task], form: str) -> Iterator[str]:
    """The lines of a file of tasks in one of `FORMATS`, each with its line end.

    jsonl and csv hold a line a judgement, the tools' forms every task, also those that nobody has judged.
    """
    if form == "label-studio":
        yield "["
        for n, task in enumerate(tasks):
            yield (",\n " if n else "\n ") + json_text(label_studio.write(task))
        yield "\n]\n"
    elif form == "csv":
        yield csv_line(table.FIELDS)
        for task in tasks:
            for row in table.write(task):
                yield csv_line([row[name] for name in table.FIELDS])
    elif form == "jsonl":
        for task in tasks:
            for row in table.write(task):
                yield json_text(row) + "\n"
    else:
        write = doccano.write if form == "doccano" else prodigy.write
        for task in tasks:
            for record in write(task):
                yield json_text(record) + "\n"


def read_judged(content: str, form: str | None, name: str, annotator: str | None) -> Iterator[Judged]:
    """The judgements in a file of one of `FORMATS`, told by its content where `form` is None.

    `annotator` is who judged where the file does not say. Raises InputError, naming the file and the record, for what
    is none.
    """
    form = form or _guess(content, name)
    if form not in FORMATS:
        raise InputError(f"{form!r} is no format for reviews: choose one of {', '.join(FORMATS)}.")
    read = _READERS[form]
    for number, record in enumerate(_records(content, form, name), 1):
        where = f"{name}, record {number}"
        try:
            found = list(read(record, annotator))
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            raise InputError(f"{where} is no {form} record of a reviewed statement; export one to compare.") from None
        yield from found


def _guess(content: str, name: str) -> str:
    if name.lower().endswith(".csv"):
        return "csv"
    text = content.lstrip("\ufeff \r\n\t")
    if text.startswith("["):
        return "label-studio"
    try:
        first = json.loads(text.split("\n", 1)[0])
    except (ValueError, RecursionError):
        raise InputError(f"{name}: its form cannot be told; say it with --format.") from None
    if isinstance(first, dict):
        if "annotations" in first or "predictions" in first:
            return "label-studio"
        if "_session_id" in first or "accept" in first or "answer" in first:
            return "prodigy"
        if "entities" in first or isinstance(first.get("label"), list):
            return "doccano"
    return "jsonl"


def _records(content: str, form: str, name: str) -> Iterator[Mapping[str, Any]]:
    content = content.lstrip("\ufeff")
    if form == "csv":
        reader = csv.DictReader(io.StringIO(content, newline=""))
        if not set(reader.fieldnames or ()) >= {"statement_id", "stance"}:
            raise InputError(f"{name} needs the columns statement_id and stance; export a csv to compare.")
        try:
            yield from map(table.unguarded, reader)
        except csv.Error as error:
            raise InputError(f"{name} is no csv that can be read ({error}).") from None
        return
    if form == "label-studio" and content.lstrip().startswith("["):
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            raise InputError(f"{name} is no JSON that can be read; export it again.") from None
        yield from found
        return
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                raise InputError(f"{name}, line {number} is no JSON; export it again.") from None
