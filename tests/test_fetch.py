"""Fetching from a server that misbehaves in every usual way: what is kept, what is named, and that it ends in time."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from misbehaving_server import MORE, SAID, TEXT, Server, drip, endless, http, in_turn, moved, page, serving

from stance.cli import main
from stance.fetch.feeds import entries_of
from stance.fetch.output import Output
from stance.fetch.run import fetch
from stance.fetch.settings import Settings
from stance.fetch.sources import wanted_of
from stance.fetch.transport import is_public
from stance.readers import read_articles
from stance.records import InputError

QUICK = Settings(delay=0, deadline=10, backoff=0.01, most=2**18)
RUSSIAN = "Премьер Норланда заявила, что страна больше не будет отправлять снаряды до конца года."


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


class Fetched:
    """What a run brought: its articles and, by where, what it passed over."""

    def __init__(self, out: Path, sources: tuple[str, ...], settings: Settings) -> None:
        with Output(out) as output:
            self.tally = asyncio.run(fetch(wanted_of(list(sources)), output, settings))
        self.articles = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        self.urls = [article["url"] for article in self.articles]
        self.skipped = {one.where: one.reason for one in self.tally.skipped}


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Fetched]:
    def run(*sources: str, out: str = "out.jsonl", **settings: Any) -> Fetched:
        return Fetched(tmp_path / out, sources, replace(QUICK, **settings))

    return run


@pytest.fixture
def refused(run: Callable[..., Fetched]) -> Callable[..., str]:
    """Why a single URL was passed over."""

    def refused(url: str, **settings: Any) -> str:
        found = run(url, **settings)
        assert found.articles == []
        assert list(found.skipped) == [url]
        return found.skipped[url]

    return refused


def listed(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


# What is kept


def test_a_page_becomes_an_article_that_is_read_back(server: Server, run: Callable, tmp_path: Path) -> None:
    day = '<meta property="article:published_time" content="2024-03-05T08:00:00Z">'
    url = server.say("/a", http(page(head=day)))
    assert run(url).skipped == {}
    (article,) = read_articles([tmp_path / "out.jsonl"])
    assert (article.text, article.title, article.published) == (TEXT, "No more shells", "2024-03-05")
    assert (article.url, article.source) == (url, f"127.0.0.1:{server.port}")
    (line,) = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert list(line) == ["text", "title", "published", "url", "source", "fetched"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", line["fetched"])


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        (page(), None, TEXT),
        (page(), "application/xhtml+xml", TEXT),
        (TEXT.encode(), "text/plain", TEXT),
        (
            page(RUSSIAN, RUSSIAN).decode().encode("cp1251"),
            "text/html; charset=windows-1251",
            f"{RUSSIAN}\n\n{RUSSIAN}",
        ),
        (page(), "text/html; charset=koi8-r", TEXT),  # wrong: it is UTF-8
        (page().decode().encode("cp1252"), "text/html; charset=utf-8", TEXT),  # wrong the other way round
        (page(), "text/html; charset=no-such", TEXT),
        (page(), "text/html;;; charset", TEXT),
    ],
)
def test_kinds_and_charsets(server: Server, run: Callable, body: bytes, kind: str | None, text: str) -> None:
    found = run(server.say("/a", http(body, Content_Type=kind)))
    assert found.skipped == {}
    assert found.articles[0]["text"] == text


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", gzip.compress(page())), ("deflate", zlib.compress(page())), ("deflate", zlib.compress(page())[2:-4])],
)
def test_codings(server: Server, run: Callable, coding: str, body: bytes) -> None:
    assert run(server.say("/a", http(body, Content_Encoding=coding))).articles[0]["text"] == TEXT


def test_lists_of_urls(server: Server, run: Callable, tmp_path: Path) -> None:
    for path in ("/a", "/b", "/c"):
        server.say(path, http(page(f"{path} {SAID}", MORE)))
    lines = ["", "# ours", server.url("/a#top"), "nonsense", "  " + server.url("/b") + "\r", server.url("/a")]
    lines += ["ftp://x.example/", "https://a:b@x.example/", "http://", "http://[::1", "https://x.example/\x00"]
    names = listed(tmp_path / "urls.txt", *lines)
    packed = tmp_path / "more.txt.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + server.url("/c").encode()))
    found = run(names, str(packed))
    assert found.urls == [server.url("/a"), server.url("/b"), server.url("/c")]
    numbers = [where.removeprefix(f"{names}, line ") for where in found.skipped]
    assert numbers == ["4", "7", "8", "9", "10", "11"]
    assert "leave the password out" in found.skipped[f"{names}, line 8"]
    assert all("http" in reason or "password" in reason for reason in found.skipped.values())


# Robots, turns and patience


def test_we_say_who_we_are_and_ask_robots_first(server: Server, run: Callable) -> None:
    run(server.say("/a", http(page())), agent="aidwatch/1.0 (mail@aidwatch.example)")
    assert [one.path for one in server.seen] == ["/robots.txt", "/a"]
    assert {one.headers["user-agent"] for one in server.seen} == {"aidwatch/1.0 (mail@aidwatch.example)"}
    assert {one.headers["host"] for one in server.seen} == {f"127.0.0.1:{server.port}"}


ROBOTS = b"User-agent: *\nDisallow: /no\n\nUser-agent: aidwatch\nDisallow: /ours\n"
LATE = b"\nUser-agent: *\nDisallow: /yes"  # after more than anybody reads


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (http(ROBOTS), ["/ours", "/yes"]),
        (http(gzip.compress(ROBOTS), Content_Encoding="gzip"), ["/ours", "/yes"]),
        (http(ROBOTS + b"#" * 600_000 + LATE), ["/ours", "/yes"]),
        (
            http(gzip.compress(ROBOTS + b"#" * 600_000 + LATE), Content_Encoding="gzip"),
            ["/ours", "/yes"],
        ),
        (http(b"\xff\x00 nonsense"), ["/no", "/ours", "/yes"]),
        (http(ROBOTS, "404 Not Found"), ["/no", "/ours", "/yes"]),
        (http(ROBOTS, "403 Forbidden"), ["/no", "/ours", "/yes"]),
        (moved("/rules"), ["/ours", "/yes"]),
        (moved("/robots.txt"), []),
        (http(b"", "500 Oops"), []),
        (http(b"", "501 Not Made"), []),
        (http(b"", "429 Too Many"), []),
        (b"", []),
    ],
)
def test_robots(server: Server, run: Callable, answer: Any, kept: list[str]) -> None:
    server.say("/robots.txt", answer)
    server.say("/rules", http(ROBOTS))
    urls = [server.say(path, http(page())) for path in ("/no", "/ours", "/yes")]
    found = run(*urls)
    assert sorted(found.urls) == [server.url(path) for path in kept]
    assert len(found.skipped) == 3 - len(kept)
    assert all("robots.txt of its host" in reason for reason in found.skipped.values())
    assert [path for path in server.pages if path != "/rules"] == kept


def test_robots_that_are_about_us(server: Server, run: Callable) -> None:
    server.say("/robots.txt", http(ROBOTS))
    urls = [server.say(path, http(page())) for path in ("/no", "/ours")]
    assert run(*urls, agent="AidWatch/2.1").urls == urls[:1]


@pytest.mark.parametrize(("delay", "crawl"), [(0.3, ""), (0.0, "0.3"), (0.3, "0.01"), (0.3, "nan")])
def test_requests_to_a_host_keep_their_distance(server: Server, run: Callable, delay: float, crawl: str) -> None:
    server.say("/robots.txt", http(f"User-agent: *\nCrawl-delay: {crawl}".encode()))
    run(*(server.say(f"/{n}", http(page())) for n in range(3)), delay=delay)
    times = [one.at for one in server.seen if one.path != "/robots.txt"]
    assert len(times) == 3
    # half of it, since a busy machine may look late at a request; without distance there are a few thousandths
    assert all(later - earlier > 0.15 for earlier, later in pairwise(times))


def test_a_host_that_wants_us_to_wait_for_hours(server: Server, refused: Callable) -> None:
    server.say("/robots.txt", http(b"User-agent: *\nCrawl-delay: 9999"))
    assert "wants 9999 seconds" in refused(server.say("/a", http(page())))
    assert server.pages == []


def test_hosts_are_asked_side_by_side(server: Server, run: Callable) -> None:
    both = threading.Barrier(2)

    def answer(connection: Any, _: int) -> None:
        both.wait(5)  # until the other host has been asked too
        connection.sendall(http(page()))

    server.say("/a", answer)
    assert len(run(server.url("/a"), server.url("/a", "localhost"), deadline=5).articles) == 2


@pytest.mark.parametrize("failure", [http(b"", "500 Oops"), http(b"", "503 Busy"), b"", http(page())[:-9]])
def test_failures_that_pass(server: Server, run: Callable, failure: bytes) -> None:
    assert run(server.say("/a", in_turn(failure, failure, http(page())))).articles[0]["text"] == TEXT
    assert server.asked("/a") == 3


def test_failures_that_stay(server: Server, refused: Callable) -> None:
    assert "status 502, after 3 tries" in refused(server.say("/a", http(b"", "502 Bad")))
    assert server.asked("/a") == 3


def test_a_host_tells_when_to_come_back(server: Server, run: Callable) -> None:
    busy = http(b"", "429 Too Many", Retry_After="1")
    found = run(server.say("/a", in_turn(busy, http(page()))), server.say("/b", http(page())))
    assert found.urls == [server.url("/a"), server.url("/b")]
    first, second, other = (one.at for one in server.seen if one.path != "/robots.txt")
    assert 0.8 < second - first < 20  # a busy machine may look late
    assert other > second


@pytest.mark.parametrize("after", ["9999", "9" * 5000, "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_host_that_is_busy_for_long_is_left_alone(server: Server, run: Callable, after: str) -> None:
    busy = server.say("/a", http(b"", "503 Busy", Retry_After=after))
    found = run(busy, server.say("/b", http(page())))
    assert found.articles == []
    assert "wants no request for" in found.skipped[busy]
    assert server.pages == ["/a"]


@pytest.mark.parametrize("after", ["soon", "-5", "", "Fri, 01 Jan 1999 00:00:00 GMT", "Fri, 99 Foo"])
def test_nonsense_in_retry_after(server: Server, run: Callable, after: str) -> None:
    assert len(run(server.say("/a", in_turn(http(b"", "503 Busy", Retry_After=after), http(page())))).articles) == 1


def test_a_dead_host_is_left_alone_after_a_while(server: Server, run: Callable) -> None:
    failing = [server.say(f"/{n}", http(b"", "500 Oops")) for n in range(20)]
    found = run(*failing, tries=1, failures=4)
    assert len(server.pages) == 4
    assert "failed 4 times in a row" in found.skipped[failing[-1]]
    assert len(found.skipped) == 20


def test_pages_that_are_gone_do_not_speak_against_their_host(server: Server, run: Callable) -> None:
    gone = [server.url(f"/gone/{n}") for n in range(9)]
    assert run(*gone, server.say("/a", http(page())), failures=4).urls == [server.url("/a")]


# Answers that are wrong


def test_wrong_lengths(server: Server, run: Callable) -> None:
    short = server.say("/short", http(page() + b"rubbish", Content_Length=str(len(page()))))
    long = server.say("/long", http(page(), Content_Length=str(len(page()) + 9)))
    found = run(short, long)
    assert [article["text"] for article in found.articles] == [TEXT]
    assert "the connection failed" in found.skipped[long]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (endless(http(Content_Length=None)), "larger than 0.25 MB"),
        (endless(http(Content_Length=str(10**15))), "larger than 0.25 MB"),
        (endless(b"HTTP/1.1 200 OK\r\nX-Header: "), "the connection failed"),
        (endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"x" * 4096 + b"\r\n"), ""),
        (http(page(), Content_Encoding="gzip"), "not in the coding gzip"),
        (http(gzip.compress(page())[:-9], Content_Encoding="gzip"), "not in the coding gzip"),
        (http(gzip.compress(bytes(2**25)), Content_Encoding="gzip"), "more than 16 MB"),
        (http(zlib.compress(bytes(2**25)), Content_Encoding="deflate"), "more than 16 MB"),
        (http(gzip.compress(gzip.compress(bytes(2**25))), Content_Encoding="gzip, gzip"), "more than 16 MB"),
        (http(page(), Content_Encoding="rot13"), "'rot13', which is not read"),
        (http(b"%PDF-1.4", Content_Type="application/pdf"), "it is application/pdf and no web page"),
        (http(b"%PDF-1.4", Content_Type=None), "no web page"),
        (endless(http(Content_Type="video/mp4", Content_Length=None)), "it is video/mp4 and no web page"),
        (http(b""), "an empty page"),
        (http(b" \n "), "a blank page"),
        (http(b"\x89PNG\0\0"), "binary file"),
        (http(b"<html><body></body></html>"), "no article was found"),
        (http(b"<div>" * 9000 + page()), "nested too deep"),
        (http(page(), "404 Not Found"), "status 404; check the URL"),
        (endless(http(status="403 Forbidden", Content_Length=None)), "status 403; check the URL"),
        (http(page(), "204 No Content"), "status 204"),
        (http(page(), "206 Partial Content"), "status 206"),
        (http(page(), "999 Denied"), "status 999"),
        (b"nonsense\r\n\r\n", "the connection failed"),
        (b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", "the connection failed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + page(), "the connection failed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n" + page(), "the connection failed"),
        (b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n" + page(), "the connection failed"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: \xff\xfe\r\nContent-Length: 9\r\n\r\n<p>hello.", "no web page"),
        (b"", "the connection failed"),
        (b"HTTP/1.1 200 OK\r\n", "the connection failed"),
        (moved("/a"), "redirects in circles"),
        (moved("/b"), "redirects in circles"),
        (moved("/long/1"), "redirects too often"),
        (moved("file:///etc/passwd"), "only URLs of pages"),
        (moved("http://[::1"), "Invalid URL in location"),
        (moved("http://u:p@127.0.0.1/"), "leave the password out"),
        (moved(""), "status 302"),
    ],
)
def test_answers_that_are_wrong(server: Server, refused: Callable, answer: Any, reason: str) -> None:
    server.say("/b", moved("/a"))
    for n in range(1, 20):
        server.say(f"/long/{n}", moved(f"/long/{n + 1}"))
    url = server.say("/a", answer)
    started = time.monotonic()
    assert reason in refused(url)
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    "answer",
    [
        drip(http(page(), Content_Length=None)),
        drip(http(page(), Content_Length="999999")),
        drip(b"HTTP/1.1 200 OK\r\nX-Header: "),
        drip(b""),
        lambda connection, _: time.sleep(2),
    ],
)
def test_answers_that_never_end_in_time(server: Server, refused: Callable, answer: Any) -> None:
    url = server.say("/a", answer)
    started = time.monotonic()
    assert "it took more than 0.3 seconds" in refused(url, deadline=0.3)
    assert time.monotonic() - started < 20
    assert server.asked("/a") == 1


@pytest.mark.parametrize(
    "answer",
    [
        endless(http(Content_Length=None)),
        endless(http(Content_Type="text/plain", Content_Length=None), b"x" * 100_000),
        http(gzip.compress(bytes(2**28), 1), Content_Encoding="gzip"),
    ],
)
def test_no_answer_fills_the_memory(server: Server, refused: Callable, answer: Any) -> None:
    url = server.say("/a", answer)
    tracemalloc.start()
    refused(url, most=2**22)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6


def test_one_bad_page_does_not_cost_the_others(server: Server, run: Callable) -> None:
    good = [server.say(f"/{n}", http(page(f"{n} {SAID}", MORE))) for n in range(4)]
    bad = [server.say("/x", b"nonsense"), server.say("/y", moved("/y")), server.say("/z", drip(b""))]
    found = run(*(url for pair in zip(good, [*bad, good[0]], strict=True) for url in pair), deadline=0.5)
    assert (found.urls, sorted(found.skipped)) == (good, sorted(bad))


def test_redirects_are_followed_and_remembered(server: Server, run: Callable) -> None:
    start = server.say("/old", moved("/new#top"))
    server.say("/new", http(page()))
    found = run(start)
    assert (found.urls, found.articles[0]["asked"]) == ([server.url("/new")], start)
    assert run(start, server.url("/new")).tally.known == 2
    assert len(server.pages) == 2


# Private addresses


def test_a_redirect_to_a_private_address_is_refused(server: Server, run: Callable) -> None:
    url = server.say("/a", moved(server.url("/secret", "localhost")))
    server.say("/secret", http(page()))
    found = run(url)
    assert "leads to the private address" in found.skipped[url]
    assert server.asked("/secret") == 0
    assert len(run(url, private=True).articles) == 1
    assert len(run(url, server.url("/other", "localhost"), out="b.jsonl").articles) == 1  # named by the user


def test_other_ports_and_spellings_are_not_what_was_named(server: Server, run: Callable) -> None:
    with serving() as other:
        other.say("/secret", http(page()))
        for n, host in enumerate((f"127.0.0.1:{other.port}", f"127.1:{other.port}", f"2130706433:{server.port}")):
            url = server.say(f"/{n}", moved(f"http://{host}/secret"))
            assert "private address 127.0.0.1" in run(url).skipped[url]
        assert other.seen == []


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    server: Server, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def addresses(host: str, port: int) -> list[str]:
        assert host == "harbourpost.example"
        return ["127.0.0.1"]  # which only this look-up says: a second one would find nothing

    monkeypatch.setattr("stance.fetch.transport._addresses", addresses)
    server.say("/a", http(page()))
    url = server.url("/a", "harbourpost.example")
    assert run(url).urls == [url]
    assert {one.headers["host"] for one in server.seen} == {f"harbourpost.example:{server.port}"}


def test_a_feed_leads_to_no_private_address(server: Server, run: Callable) -> None:
    server.say("/secret", http(page()))
    secret = server.url("/secret", "localhost")
    found = run(server.say("/feed", http(rss(secret), Content_Type="application/rss+xml")))
    assert "private address" in found.skipped[secret]
    assert server.asked("/secret") == 0


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_private_addresses(address: str, public: bool) -> None:
    assert is_public(address) == public


# Feeds


def rss(*links: str, date: str = "Tue, 05 Mar 2024 23:30:00 GMT") -> bytes:
    items = "".join(f"<item><title>x</title><link>{link}</link><pubDate>{date}</pubDate></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Post</title>{items}</channel></rss>'.encode()


def atom(*links: str) -> bytes:
    entries = "".join(
        f'<entry><link href="{link}"/><published>2024-03-05T10:00:00Z</published></entry>' for link in links
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Post</title>{entries}</feed>'.encode()


@pytest.mark.parametrize("kind", ["application/rss+xml", "text/xml", "text/html", None])
@pytest.mark.parametrize("feed", [rss, atom])
def test_the_articles_of_a_feed(server: Server, run: Callable, feed: Callable, kind: str | None) -> None:
    for path in ("/a", "/b"):
        server.say(path, http(page(f"{path} {SAID}", MORE)))
    url = server.say("/feed", http(feed("/a", server.url("/b"), "/a", "mailto:x@y.example"), Content_Type=kind))
    found = run(url)
    assert found.urls == [server.url("/a"), server.url("/b")]
    assert {article["published"] for article in found.articles} == {"2024-03-05"}
    assert list(found.skipped) == ["mailto:x@y.example"]
    server.say("/feed", http(feed("/c", "/b", "/a"), Content_Type=kind))
    server.say("/c", http(page()))
    again = run(url)
    assert again.urls[2:] == [server.url("/c")]
    assert again.tally.known == 2


def test_a_saved_feed(server: Server, run: Callable, tmp_path: Path) -> None:
    saved = tmp_path / "feed.xml"
    saved.write_bytes(b"\xef\xbb\xbf\n" + rss(server.say("/a", http(page())), "/relative"))
    found = run(str(saved), server.url("/gone"))  # which names the host
    assert found.urls == [server.url("/a")]
    assert f"{saved}, /relative" in found.skipped
    saved.write_bytes(b"<html><body>no feed</body></html>")
    assert "neither a feed nor a list" in run(str(saved)).skipped[str(saved)]


def test_a_feed_among_the_links_of_a_feed_is_no_page(server: Server, run: Callable) -> None:
    inner = server.say("/inner", http(rss("/a"), Content_Type="application/rss+xml"))
    found = run(server.say("/feed", http(rss("/inner"), Content_Type="application/rss+xml")))
    assert "no web page" in found.skipped[inner]


def test_feeds_open_no_files_and_urls(server: Server, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(rss("http://x.example/"))
    for data in (str(secret).encode(), server.say("/feed", http(rss("/a"))).encode()):
        assert entries_of(data, "http://x.example/") is None
    entity = f'<!DOCTYPE rss [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
    (entry,) = entries_of(entity + rss("http://y.example/&e;"), "") or []
    assert "x.example" not in entry.url
    assert server.seen == []


def test_feeds_that_are_bombs() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE rss [<!ENTITY e0 "x">{levels}]>'.encode() + rss("http://y.example/&e11;")
    many = rss(*(f"http://x.example/{n}" for n in range(2_100)))
    deep = b"<rss version='2.0'><channel>" + b"<item>" * 5_000
    started = time.monotonic()
    assert sum(len(entry.url) for entry in entries_of(bomb, "") or []) < 10_000
    assert len(entries_of(many, "") or []) == 2_000
    entries_of(deep, "")
    assert time.monotonic() - started < 60


# Stopped and run again


def test_what_is_there_is_not_fetched_again(server: Server, run: Callable) -> None:
    urls = [server.say(f"/{n}", http(page())) for n in range(3)]
    assert len(run(*urls[:2]).articles) == 2
    found = run(*urls)
    assert (found.urls, found.tally.known, found.tally.added) == (urls, 2, 1)
    assert sorted(server.pages) == ["/0", "/1", "/2"]


@pytest.mark.parametrize("cut", [1, 9, 30, 200])
def test_half_a_line_is_cut_off(server: Server, run: Callable, tmp_path: Path, cut: int) -> None:
    urls = [server.say(f"/{n}", http(page())) for n in range(2)]
    run(*urls)
    out = tmp_path / "out.jsonl"
    first, second = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(first + second[:cut])
    assert run(*urls).urls == urls
    assert server.pages == ["/0", "/1", "/1"]
    out.write_bytes(first + second.rstrip(b"\n"))  # whole but for its end
    assert run(*urls).urls == urls
    assert len(server.pages) == 3


@pytest.mark.parametrize(
    "content", ["http://x.example/a", '{"id": 7}\n', "[]\n", "x\n" * 9, '{"text": "x"}', "\0\0", '{"te\n']
)
def test_a_file_of_something_else_is_left_alone(run: Callable, tmp_path: Path, content: str) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text(content)
    with pytest.raises(InputError, match=r"out\.jsonl, line 1: .* a file of its own"):
        run("http://127.0.0.1:1/")
    assert out.read_text() == content


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def command(*arguments: str, cache: Path | None = None) -> tuple[int, str]:
        kept = ["--no-cache"] if cache is None else ["--cache", str(cache)]
        monkeypatch.setattr(sys, "argv", ["stance", "fetch", *arguments, "--delay", "0", *kept])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, said = capsys.readouterr()
        assert out == ""
        return int(stopped.value.code or 0), said

    return command


def test_two_runs_do_not_write_to_one_file(tmp_path: Path) -> None:
    with Output(tmp_path / "out.jsonl"), pytest.raises(InputError, match="another run is writing"):
        Output(tmp_path / "out.jsonl")
    with Output(tmp_path / "out.jsonl") as output:
        assert output.done == set()


def test_a_full_disk_is_told_in_a_sentence(
    server: Server, run: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = [server.say(f"/{n}", http(page())) for n in range(3)]
    run(urls[0])
    write = os.write

    def full(file: int, data: bytes) -> int:
        if len(data) > 50:
            return write(file, data[:50])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("stance.fetch.output.os.write", full)
        with pytest.raises(InputError, match=r"out\.jsonl: .*No space left"):
            run(*urls)
    assert not (tmp_path / "out.jsonl").read_bytes().endswith(b"\n")
    assert run(*urls).urls == urls


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "stance.cli", "fetch", *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | environment
    )


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_stopped_goes_on_where_it_was(
    server: Server, command: Callable, tmp_path: Path, how: signal.Signals
) -> None:
    def slow(connection: Any, number: int) -> None:
        time.sleep(0.03)
        connection.sendall(http(page()))

    names = listed(tmp_path / "urls.txt", *(server.say(f"/{n}", slow) for n in range(12)))
    arguments = (names, "-o", str(tmp_path / "out.jsonl"), "--delay", "0")
    process = start(*arguments, XDG_CACHE_HOME=str(tmp_path))
    while len(server.pages) < 5:
        time.sleep(0.01)
        assert process.poll() is None
    process.send_signal(how)
    _, said = process.communicate(timeout=10)
    assert process.returncode == (-9 if how == signal.SIGKILL else 130)
    assert "Traceback" not in said
    there = (tmp_path / "out.jsonl").read_text().splitlines()
    assert 0 < len(there) < 12
    code, said = command(*arguments)
    assert code == 0, said
    assert f"{len(there)} there already" in said
    urls = [json.loads(line)["url"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert urls == [server.url(f"/{n}") for n in range(12)]
    assert len(server.pages) <= 14  # at most the pages under way were asked for twice


# The cache


def test_a_page_that_is_fresh_is_not_asked_for_again(server: Server, run: Callable, tmp_path: Path) -> None:
    url = server.say("/a", http(page(), Cache_Control="max-age=600", Content_Type="text/html"))
    for n in range(2):
        assert run(url, out=f"{n}.jsonl", cache=tmp_path / "cache.db", delay=0.3).articles[0]["text"] == TEXT
    assert server.asked("/a") == 1


def test_a_page_that_is_stale_is_asked_whether_it_changed(server: Server, run: Callable, tmp_path: Path) -> None:
    def answer(connection: Any, number: int) -> None:
        whole = http(page(), ETag='"one"', Cache_Control="no-cache")
        connection.sendall(whole if number == 1 else http(status="304 Not Modified", ETag='"one"', Content_Length=None))

    url = server.say("/a", answer)
    for n in range(2):
        assert run(url, out=f"{n}.jsonl", cache=tmp_path / "cache.db").articles[0]["text"] == TEXT
    assert [one.headers.get("if-none-match") for one in server.seen if one.path == "/a"] == [None, '"one"']


def test_what_was_cut_off_is_not_kept(server: Server, run: Callable, tmp_path: Path) -> None:
    fresh = {"Cache_Control": "max-age=600", "Content_Encoding": "gzip"}
    whole = http(gzip.compress(page()), **fresh)
    url = server.say("/a", in_turn(whole[:-40], whole))
    endless_url = server.say("/endless", endless(http(Content_Length=None, Cache_Control="max-age=600")))
    settings = {"cache": tmp_path / "cache.db", "tries": 1}
    assert "connection failed" in run(url, endless_url, **settings).skipped[url]
    assert run(url, endless_url, **settings).articles[0]["text"] == TEXT
    assert server.asked("/endless") == 2


# The command


def test_the_command(server: Server, command: Callable, tmp_path: Path) -> None:
    url, out = server.say("/a", http(page())), tmp_path / "new" / "out.jsonl"
    code, said = command(url, server.url("/gone"), "-o", str(out), "--user-agent", "aidwatch/1.0")
    assert code == 0
    assert said.splitlines() == [
        f"stance: skipped {server.url('/gone')}: the server answers with status 404; check the URL.",
        f"stance: 1 articles added to {out}, 0 there already, 1 skipped",
    ]
    assert {one.headers["user-agent"] for one in server.seen} == {"aidwatch/1.0"}


def test_commands_that_cannot_be_done(server: Server, command: Callable, tmp_path: Path) -> None:
    out = str(tmp_path / "out.jsonl")
    gone = server.url("/gone")
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE articles (id)")
    listed(tmp_path / "no.db", "no database at all, but text " * 99)
    for arguments, cache, reason in [
        ([gone, "-o", out], None, f"{gone}: the server answers with status 404"),
        ([gone, server.url("/too"), "-o", out], None, "no article could be fetched"),
        (["gone.txt", "-o", out], None, "check the path"),
        ([str(tmp_path), "-o", out], None, "is a folder"),
        (["ftp://x.example/", "-o", out], None, "only URLs of pages"),
        ([gone, "-o", str(tmp_path)], None, "cannot be written"),
        ([gone, "-o", "/dev/null"], None, "no ordinary file"),
        ([gone, "-o", out, "--user-agent", "né"], None, "--user-agent has to begin"),
        ([gone, "-o", out, "--timeout", "inf"], None, "numbers of seconds"),
        ([gone, "-o", out], other, "is no cache of pages"),
        ([gone, "-o", out], tmp_path / "no.db", "the cache cannot be kept there"),
        ([gone, "-o", out], tmp_path / "other.db" / "x.db", "the cache cannot be kept there"),
    ]:
        code, said = command(*arguments, cache=cache)
        assert code == 2, said
        assert reason in said.splitlines()[-1]
        assert said.splitlines()[-1].startswith("stance: ")


def test_nothing_slow_is_imported_before_it_is_needed() -> None:
    heavy = {"httpx", "hishel", "stamina", "feedparser", "protego", "trafilatura", "asyncio", "sqlite3"}
    code = f"import sys, stance.cli; print(*{heavy} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
