"""A web page in, the fields of its article out: its main text and what its metadata say.

A page is hostile until it has been read. The parser takes time that grows with the square of the number of tags
or of the attributes of one, so both are counted first; no page of news comes near the limits.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any, BinaryIO

from stance.readers.decoding import Unreadable, decode, read_whole
from stance.readers.rows import Row, Rows, day_in, headline, iso_day

HTML = frozenset({"text/html", "application/xhtml+xml"})
MAX_TAGS = 20_000  # five times a long page's; the parser's worst case is then some ten seconds
MAX_ATTRIBUTES = 1000  # of one tag

TAG = re.compile(r"<[a-zA-Z]")
# Possessive throughout, so that no page makes it go back and forth.
ATTRIBUTE = re.compile(r"[^\s/>=]*+[\s/]*+(?:=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+")


def html_rows(stream: BinaryIO, name: str) -> Rows:
    """One article: the main text of a web page, blank lines between paragraphs, and what its metadata say."""
    fields = page_fields(read_whole(stream))
    if fields:
        yield Row(name, fields | {"published": fields["published"] or day_in(Path(name).name)})


def document_fields(data: bytes, kind: str, charset: str | None, url: str) -> dict[str, Any]:
    """The fields of what a server sent as `kind` and in `charset`: a page, or a plain text whose first line may be
    its title; empty where it is blank. Unreadable for every other kind, and for what holds no article."""
    if kind in HTML:
        return page_fields(data, charset, url)
    if kind != "text/plain":
        raise Unreadable(f"it is {kind[:60] or 'of no stated kind'} and no web page; give the page of an article")
    text = decode(data, charset=charset)
    return (
        {"text": text, "title": headline(text), "published": None, "url": url, "source": None} if text.strip() else {}
    )


def page_fields(data: bytes, charset: str | None = None, url: str | None = None) -> dict[str, Any]:
    """The fields of a page's article, with `url` where the page names none itself; empty for a blank page.

    Unreadable for a page without an article, or one that is too large or too deep to be parsed.
    """
    import trafilatura

    # It logs what it cannot use, which would end up on the user's terminal beside our own report of it.
    for logger in ("trafilatura", "htmldate", "courlan"):
        logging.getLogger(logger).setLevel(logging.CRITICAL + 1)
    page = re.sub(r"^\s*<\?xml.*?\?>", "", decode(data, html=True, charset=charset), flags=re.DOTALL)
    if not page.strip():
        return {}
    _check(page)
    if "<html" not in page[:50].lower():  # without the tag near the start it takes a page for something else
        page = "<html>" + page
    found: Any = trafilatura.bare_extraction(
        page,
        url=url,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        # No date rather than one picked from the running text: it decides who held which office.
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    paragraphs = [line.strip() for line in (found.text or "").splitlines() if line.strip()] if found else []
    if not paragraphs:
        raise Unreadable(_why_none(page))
    return {
        "text": "\n\n".join(paragraphs),
        "title": found.title,
        "published": iso_day(found.date),
        "url": found.url,
        "source": found.sitename or found.hostname,
    }


def _check(page: str) -> None:
    """Unreadable for a page with so many tags, or attributes in one of them, that parsing it would not end."""
    place, tags = 0, 0
    while found := TAG.search(page, place):
        tags += 1
        place, attributes = found.end(), 0
        while place < len(page) and page[place] != ">":
            place = max(ATTRIBUTE.match(page, place).end(), place + 1)  # type: ignore[union-attr]
            attributes += 1
            if attributes > MAX_ATTRIBUTES:
                raise Unreadable(f"one of its tags has more than {MAX_ATTRIBUTES} attributes; save its text as .txt")
        if tags > MAX_TAGS:
            raise Unreadable(f"this page has more than {MAX_TAGS} tags, which is no article; save its text as .txt")


def _why_none(page: str) -> str:
    """Why no article was found: the parser leaves out what is nested deeper than a few hundred tags."""
    from lxml import etree

    parser = etree.HTMLParser()
    etree.fromstring(page.encode("utf-8", "replace"), parser)
    if any("depth" in entry.message for entry in parser.error_log):
        return "this page is nested too deep to be read; save its text as a .txt file instead"
    return "no article was found in this page; save its text as a .txt file instead"
