"""Pages a second from a web archive: WARC records of generated pages, read as `stance score` reads them.

`python -m training.benchmarks.archive [--pages N]`. Each page is an article of the mixture between a menu, teasers and
a footer of some thirty kilobytes, as news pages have them; the archive is gzipped record by record. Extracting the
article is the work of trafilatura, and nearly all of the time.
"""

from __future__ import annotations

import argparse
import gzip
import html
import random
import tempfile
import time
import uuid
from pathlib import Path

from stance.readers import read_articles
from training.benchmarks.mixture import mixture

_AROUND = 30_000  # bytes of a page that are not the article


def page(row: dict[str, str], chance: random.Random) -> bytes:
    """An article as a page."""
    title = html.escape(row["title"])
    text = "".join(f"<p>{html.escape(one)}</p>\n" for one in row["text"].split("\n\n"))
    links = [f'<li class="teaser"><a href="/story/{chance.randrange(10**6)}">Another story</a></li>\n']
    menu = "".join(links * (_AROUND // 2 // len(links[0])))
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>'
        f'<meta property="article:published_time" content="{row["published"]}"></head><body><nav><ul>{menu}</ul></nav>'
        f"<main><article><h1>{title}</h1>{text}</article></main><footer><ul>{menu}</ul></footer></body></html>"
    ).encode()


def record(url: str, body: bytes) -> bytes:
    """A WARC record (ISO 28500) of a page and the answer that brought it."""
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    block = answer.encode() + body
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, url)}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def write(path: Path, count: int) -> None:
    """Writes an archive of so many pages."""
    chance = random.Random(0)
    with path.open("wb") as file:
        for number, row in enumerate(mixture(count)):
            file.write(gzip.compress(record(f"https://news.example/{number}", page(row, chance))))


def main() -> None:
    """Parses the arguments and prints the rates."""
    parser = argparse.ArgumentParser(prog="python -m training.benchmarks.archive")
    parser.add_argument("--pages", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.warc.gz"
        write(path, given.pages)
        begun, read = time.perf_counter(), 0
        for _ in read_articles([path]):
            read += 1
        taken, size = time.perf_counter() - begun, path.stat().st_size
    print(f"{read} articles of {given.pages} pages, {size / given.pages / 1000:.1f} kB a page packed")
    print(f"{read / taken:,.0f} articles/s, one process")


if __name__ == "__main__":
    main()
