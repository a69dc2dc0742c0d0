"""An RSS or Atom feed in, the links of its articles out."""

from __future__ import annotations

import io
from dataclasses import dataclass

import httpx

FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml"})
MOST_ENTRIES = 2_000  # of one feed; what comes after them is left out


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of an article: its URL, and the day (YYYY-MM-DD) of its publication, where it tells it."""

    url: str
    published: str | None = None


def looks_like_feed(data: bytes) -> bool:
    """Whether a document begins as RSS, RDF or Atom does; cheap, and true for no web page."""
    head = data[:4096].lower()
    return any(tag in head for tag in (b"<rss", b"<rdf:rdf", b"<feed")) and b"<html" not in head


def entries_of(data: bytes, url: str) -> list[Entry] | None:
    """The articles of a feed in its order, each link once and made whole by the feed's `url`; None for no feed."""
    import feedparser

    # As a stream: it would take bytes or text for the name of a file or a URL, and open that.
    parsed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version"):
        return None
    found: dict[str, Entry] = {}
    for entry in parsed.entries[:MOST_ENTRIES]:
        link = entry.get("link")
        if isinstance(link, str) and link.strip():
            whole = _joined(url, link.strip())
            found.setdefault(whole, Entry(whole, _day(entry)))
    return list(found.values())


def _joined(url: str, link: str) -> str:
    try:
        return str(httpx.URL(url).join(link))
    except (httpx.InvalidURL, ValueError):
        return link  # told to be no URL when its turn comes


def _day(entry: dict) -> str | None:
    day = entry.get("published_parsed")
    return f"{day.tm_year:04}-{day.tm_mon:02}-{day.tm_mday:02}" if day else None
