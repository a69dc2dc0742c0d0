"""What the user names in, the URLs that are wanted out: lists of URLs, saved feeds, URLs of feeds and of pages."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from stance.fetch.client import require_url
from stance.fetch.feeds import entries_of, looks_like_feed
from stance.fetch.settings import NotFetched
from stance.readers.articles import is_folder, require_path
from stance.readers.decoding import Unreadable, raw_lines, read_whole
from stance.readers.formats import opened
from stance.readers.rows import Skipped
from stance.records import InputError, clean

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A URL to fetch, where it was named, whether by the user (or by a feed), and the day that a feed gives it."""

    url: str
    where: str
    named: bool = True
    published: str | None = None


def wanted_of(sources: list[str]) -> Iterator[Wanted | Skipped]:
    """The URLs of all sources, in order. InputError for a source that is neither a URL nor a file that can be read,
    raised before any is read."""
    for source in sources:
        if not SCHEME.match(source):
            require_path(source)
            if is_folder(source):
                raise InputError(f"{source} is a folder; name a file of URLs, a saved feed, or a URL.")
    return chain.from_iterable(map(_of_source, sources))


def wanted(url: str, where: str, named: bool = True, published: str | None = None) -> Wanted | Skipped:
    """A URL as it is to be fetched, or why it cannot be."""
    try:
        return Wanted(require_url(url), where, named, published)
    except NotFetched as error:
        return Skipped(where, str(error))


def _of_source(source: str) -> Iterator[Wanted | Skipped]:
    if SCHEME.match(source):
        yield wanted(source, clean(source[:200]))
        return
    name = "standard input" if source == "-" else clean(source)
    try:
        if source == "-":
            yield from _of_stream(sys.stdin.buffer, name)
        else:
            with opened(Path(source)) as stream:
                yield from _of_stream(stream, name)
    except Unreadable as error:
        yield Skipped(name, str(error))
    except Exception as error:  # as the readers do: what unpacks a file fails in ways of its own
        said = " ".join(str(error).split())[:200] or type(error).__name__
        yield Skipped(name, f"it could not be read ({said}); check that it is whole and what its name says")


def _of_stream(stream: BinaryIO, name: str) -> Iterator[Wanted | Skipped]:
    lines = raw_lines(stream)
    blank, first = next(((n, line) for n, line in enumerate(lines) if line.strip(b"\xef\xbb\xbf\r\n\t ")), (0, b""))
    if first.lstrip(b"\xef\xbb\xbf\t ").startswith(b"<"):
        entries = entries_of(data, "") if looks_like_feed(data := read_whole(stream, first)) else None
        if entries is None:
            yield Skipped(name, "this is neither a feed nor a list of URLs; write one URL a line")
        for entry in entries or ():
            yield wanted(entry.url, f"{name}, {clean(entry.url[:200])}", False, entry.published)
        return
    for number, line in enumerate(chain([first], lines), blank + 1):
        url = line.decode("utf-8", "replace").strip("\ufeff \t\r\n")
        if url and not url.startswith("#"):
            yield wanted(url, f"{name}, line {number}")
