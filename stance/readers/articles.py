"""Paths in, `Article` records out: finds the files, picks each one's reader, makes the article of each row.

What cannot be read goes to the caller as a `Skipped` and the run goes on, because one broken file among ten
thousand must not cost the others. Only a wrong name stops everything, and before anything is read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from stance.language import other_language
from stance.readers.formats import READERS, kind_of, opened
from stance.readers.rows import (
    FIELDS,
    Row,
    Rows,
    Skipped,
    guarded,
    iso_day,
    listed,
    require_day,
    stream_rows,
)
from stance.records import Article, InputError, clean, content_id

Maker = Callable[[Row, str], Article | Skipped]  # a row and its path to an article
KNOWN = ", ".join(kind for kind in READERS if kind)
_EMPTY_FOLDER = f"this folder holds no file to read; put in some of {KNOWN}"


def read_articles(
    paths: Iterable[str | Path],
    *,
    date: str | None = None,
    on_skip: Callable[[Skipped], None] | None = None,
    any_language: bool = False,
) -> Iterator[Article]:
    """The articles of files, folders (all below them, in the order of their paths) and standard input ("-").

    `date` (YYYY-MM-DD) is given to articles that have none of their own. `on_skip` is told of everything that
    was passed over; without it the first such thing raises InputError. An article that is surely not in English is
    passed over too, whatever its fields say of its language, unless `any_language`. InputError also for no path, a
    missing path or a malformed date, raised by the call itself, before anything is read.
    """
    given = [str(path) for path in paths]
    require_day("The date", date)
    known_paths(given)
    return _articles(given, partial(article_of_row, date=date, any_language=any_language), on_skip or refuse)


def articles_of_rows(
    rows: Iterable[Mapping[str, Any]],
    *,
    date: str | None = None,
    on_skip: Callable[[Skipped], None] | None = None,
    any_language: bool = False,
    first: int = 1,
) -> Iterator[Article]:
    """The articles of mappings with the fields of a table's row (text, title, published, url, source, id, and the
    other names by which files may call them), numbered from `first`; the rest as for `read_articles`."""
    for number, fields in enumerate(rows, first):
        where = f"article {number}"
        found = article_of_row(Row(where, {str(k).lower(): v for k, v in fields.items()}), where, date, any_language)
        if isinstance(found, Article):
            yield replace(found, path=None)
        else:
            (on_skip or refuse)(found)


def known_paths(paths: Sequence[str]) -> None:
    """InputError for no path at all, or for one that does not exist."""
    if not paths:
        raise InputError("No paths were given; name a file, a folder, or - for standard input.")
    for path in paths:
        require_path(path)


def files_of(paths: Iterable[str]) -> list[str]:
    """The files that paths name: each itself, and below a folder those of a known kind in the order of their paths.

    Raises InputError for a path that does not exist and for a folder without a file to read.
    """
    out: list[str] = []
    for path in paths:
        require_path(path)
        found = [str(file) for file in _files(Path(path))] if is_folder(path) else [path]
        if not found:
            raise InputError(f"{clean(path)}: {_EMPTY_FOLDER}.")
        out += found
    return out


def require_path(path: str) -> None:
    """InputError unless the path exists or is "-"."""
    try:
        there = path == "-" or (path != "" and Path(path).exists())
    except OSError:  # too long for a name, or below a folder that may not be entered
        there = False
    if not there:
        shown = clean(path if len(path) <= 200 else path[:200] + "…")
        raise InputError(f"{shown!r} is no file or folder that can be found; check the path.")


def is_folder(path: str) -> bool:
    """Whether a path names a folder; "-" never does."""
    return path != "-" and Path(path).is_dir()


def refuse(skipped: Skipped) -> None:
    """Raises the InputError that says what a `Skipped` says."""
    raise InputError(f"{skipped.where}: {skipped.reason}.")


def _articles(paths: Iterable[str], make: Maker, on_skip: Callable[[Skipped], None]) -> Iterator[Article]:
    for path in paths:
        for item in _read_folder(path, make) if is_folder(path) else _read(path, make):
            if isinstance(item, Skipped):
                on_skip(item)
            else:
                yield item


def _read_folder(path: str, make: Maker) -> Iterator[Article | Skipped]:
    files = _files(Path(path))
    if not files:
        yield Skipped(clean(path), _EMPTY_FOLDER)
    for file in files:
        yield from _read(str(file), make)


def _files(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.rglob("*")) if _wanted(file, folder)]


def _wanted(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    known = kind_of(file) in READERS and kind_of(file) != ""
    return known and not hidden and not file.name.startswith("README") and file.is_file()


def _read(path: str, make: Maker) -> Iterator[Article | Skipped]:
    name = "standard input" if path == "-" else clean(path)
    item: Row | Skipped | None = None
    for item in guarded(_rows(path, name), name):
        yield item if isinstance(item, Skipped) else make(item, clean(path))
    if item is None:
        yield Skipped(name, "it is empty; leave it out or put an article into it")


def _rows(path: str, name: str) -> Rows:
    if path == "-":
        yield from stream_rows(sys.stdin.buffer, name)
        return
    reader = READERS.get(kind_of(Path(path)))
    if reader is None:
        yield Skipped(name, f"files of this kind are not read; turn it into one of {KNOWN}")
        return
    with opened(Path(path)) as stream:
        yield from reader(stream, name)


def article_of_row(row: Row, path: str, date: str | None, any_language: bool) -> Article | Skipped:
    """The article of a row; its path, and the date for one without."""
    text = _field(row.fields, "text")
    if text is None:
        return Skipped(row.where, f"it has no text (its fields: {listed(row.fields)}); put the article in text")
    if not any_language and (found := other_language(text)):
        return Skipped(row.where, f"it is in {found}, which stance does not read yet; give English text")
    url = _field(row.fields, "url")
    # The name and not the path, so that the id is the same from whichever folder the program is run.
    key = _field(row.fields, "id") or url or Path(path).name
    return Article(
        id=content_id("article", key, text),
        title=_field(row.fields, "title"),
        text=text,
        published=iso_day(_field(row.fields, "published")) or date,
        url=url,
        source=_field(row.fields, "source"),
        path=path,
    )


def _field(fields: dict[str, Any], name: str) -> str | None:
    """A field under the best of its names that holds something; numbers count (ids), objects do not."""
    values = (as_text(fields.get(alias)) for alias in FIELDS[name])
    return next((value for value in values if value and value.strip()), None)


def as_text(value: object) -> str | None:
    """A value of a row as text that can be written; None for what is no text."""
    if isinstance(value, bytes):  # parquet columns from writers that do not mark text as such
        value = value.decode("utf-8", "replace")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return clean(value) if isinstance(value, str) else None
