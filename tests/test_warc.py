"""Archives of web pages: what becomes an article, what is named, and what an archive that is damaged still gives."""

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from backports import zstd

from stance.readers import Skipped, read_articles
from stance.readers.decoding import MAX_TEXT
from stance.records import Article

SAID = "“We will send no further shells this year,” said Ilka Torvald, the premier of Norland, on Tuesday."
MORE = "Her own stores had to be filled before the winter, she told reporters at the harbour."
RUSSIAN = "Премьер Норланда заявила, что страна больше не будет отправлять снаряды до конца года."


def page(*paragraphs: str, head: str = "") -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or (SAID, MORE))
    return f"<html><head><title>No more shells</title>{head}</head><body>{body}</body></html>".encode()


def http(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    fields = {"Content-Type": "text/html"} | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def record(url: str, block: bytes, kind: str = "response", media: str = "application/http; msgtype=response") -> bytes:
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2024-03-05T10:00:00Z",
        f"WARC-Record-ID: <urn:uuid:{abs(hash(url)):032x}>",
        f"Content-Type: {media}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


def url(name: object) -> str:
    return f"https://harbourpost.example/{name}"


def read(path: Path) -> tuple[list[Article], list[Skipped]]:
    skipped: list[Skipped] = []
    return list(read_articles([path], on_skip=skipped.append, any_language=True)), skipped


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., tuple[list[Article], list[Skipped]]]:
    def archive(*records: bytes, name: str = "crawl-2001-01-01.warc") -> tuple[list[Article], list[Skipped]]:
        path = tmp_path / name
        path.write_bytes(b"".join(records))
        return read(path)

    return archive


PACKED = [("a.warc", bytes), ("a.warc.gz", gzip.compress), ("a.warc.zst", zstd.compress), ("A.WARC.GZ", gzip.compress)]


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_pages_of_an_archive(archive: Callable, name: str, pack: Callable[[bytes], bytes]) -> None:
    day = '<meta property="article:published_time" content="2024-03-04T08:00:00Z">'
    records = [
        record("", b"software: test\r\n", "warcinfo", "application/warc-fields"),
        record(url("a"), b"GET /a HTTP/1.1\r\n\r\n", "request", "application/http; msgtype=request"),
        record(url("a"), http(page(head=day))),
        record("<" + url("b") + ">", http(page(MORE, SAID))),
    ]
    articles, skipped = archive(*map(pack, records), name=name)
    assert skipped == []
    assert [(a.url, a.published, a.text) for a in articles] == [
        (url("a"), "2024-03-04", f"{SAID}\n\n{MORE}"),
        (url("b"), None, f"{MORE}\n\n{SAID}"),
    ]
    assert {(a.title, a.source) for a in articles} == {("No more shells", "harbourpost.example")}
    assert len({a.id for a in articles}) == 2


def test_text_and_pages_that_came_by_other_ways(archive: Callable) -> None:
    articles, skipped = archive(
        record(url("wet"), f"No more shells\n{SAID}".encode(), "conversion", "text/plain"),
        record(url("ftp"), page(), "resource", "text/html; charset=utf-8"),
        record(url("txt"), http(SAID.encode(), Content_Type="text/plain")),
    )
    assert skipped == []
    assert [a.url for a in articles] == [url("wet"), url("ftp"), url("txt")]
    assert articles[0].title == "No more shells"


def test_what_archives_are_full_of_is_left_out_without_a_word(archive: Callable) -> None:
    articles, skipped = archive(
        record(url("moved"), http(b"", "301 Moved", Location="/b")),
        record(url("gone"), http(page(), "404 Not Found")),
        record(url("photo"), http(b"\x89PNG\0\0", Content_Type="image/png")),
        record(url("video"), http(bytes(MAX_TEXT + 1), Content_Type="video/mp4")),
        record(url("a"), http(page())),
    )
    assert [a.url for a in articles] == [url("a")]
    assert skipped == []


LITHUANIAN = "Ministrė pažadėjo, kad šiais metais šalis nebesiųs sviedinių, nes sandėliai ištuštėję."  # not guessed


@pytest.mark.parametrize(
    ("charset", "header", "text"),
    [
        ("cp1257", "text/html; charset=windows-1257", LITHUANIAN),
        ("cp1251", "text/html; charset=windows-1251", RUSSIAN),
        ("koi8-r", 'Text/HTML;Charset="KOI8-R"', RUSSIAN),
        ("utf-8", "text/html; charset=windows-1251", RUSSIAN),  # the server is wrong: it is valid UTF-8
        ("cp1252", "text/html; charset=utf-8", SAID),  # wrong the other way round
        ("cp1252", "text/html; charset=no-such", SAID),
        ("cp1252", "text/html; charset=\x00\xff", SAID),
    ],
)
def test_the_charset_of_the_header(archive: Callable, charset: str, header: str, text: str) -> None:
    body = f"<html><body><p>{text}</p><p>{text}</p></body></html>".encode(charset)
    articles, skipped = archive(record(url("a"), http(body, Content_Type=header)))
    assert skipped == []
    assert articles[0].text == f"{text}\n\n{text}"


def test_the_charset_of_the_page(archive: Callable) -> None:
    head = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1257">'
    body = page(LITHUANIAN, LITHUANIAN, head=head).decode().encode("cp1257")
    articles, _ = archive(
        record(url("a"), http(body)), record(url("b"), http(body, Content_Type="text/html; charset=x"))
    )
    assert [a.text for a in articles] == [f"{LITHUANIAN}\n\n{LITHUANIAN}"] * 2


def chunked(body: bytes) -> bytes:
    pieces = [body[at : at + 60] for at in range(0, len(body), 60)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "pack"),
    [
        ({"Content_Encoding": "gzip"}, gzip.compress),
        ({"Content_Encoding": "X-GZIP"}, lambda body: gzip.compress(body) + b"junk"),
        ({"Content_Encoding": "deflate"}, zlib.compress),
        ({"Content_Encoding": "deflate"}, lambda body: zlib.compress(body)[2:-4]),
        ({"Content_Encoding": "br"}, brotli.compress),
        ({"Content_Encoding": "zstd"}, zstd.compress),
        ({"Content_Encoding": "identity"}, bytes),
        ({"Content_Encoding": "gzip, br"}, lambda body: brotli.compress(gzip.compress(body))),
        ({"Transfer_Encoding": "chunked"}, chunked),
        ({"Transfer_Encoding": "chunked"}, bytes),  # joined already
        ({"Transfer_Encoding": "chunked", "Content_Encoding": "gzip"}, lambda body: chunked(gzip.compress(body))),
    ],
)
def test_codings(archive: Callable, headers: dict[str, str], pack: Callable[[bytes], bytes]) -> None:
    articles, skipped = archive(record(url("a"), http(pack(page()), **headers)))
    assert skipped == []
    assert articles[0].text == f"{SAID}\n\n{MORE}"


BOMB = bytes(MAX_TEXT * 3)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (http(page(), Content_Encoding="gzip"), "not in the coding gzip"),
        (http(gzip.compress(page())[:-20], Content_Encoding="gzip"), "not in the coding gzip"),
        (http(page(), Content_Encoding="br"), "not in the coding br"),
        (http(zstd.compress(page())[:-20], Content_Encoding="zstd"), "not in the coding zstd"),
        (http(page(), Content_Encoding="lzma"), "'lzma', which is not read"),
        (http(gzip.compress(BOMB), Content_Encoding="gzip"), "more than 16 MB"),
        (http(zlib.compress(BOMB), Content_Encoding="deflate"), "more than 16 MB"),
        (http(zstd.compress(BOMB), Content_Encoding="zstd"), "more than 16 MB"),
        (http(brotli.compress(BOMB, quality=1), Content_Encoding="br"), "more than 16 MB"),
        (http(b"<p>" + bytes(MAX_TEXT)), "more than 16 MB"),
        (http(b"<html><body></body></html>"), "no article was found"),
        (http(b"\x89PNG\0\0"), "binary file"),
        (http(b"<div>" * 5000 + page()), "nested too deep"),
        (http(b"<ul><li>x</ul>" * 20_000), "more than 20000 tags"),
        (b"HTTX nonsense\r\n\r\n" + page(), "HTTP header is broken"),
        (http(page(), X_Long="x" * 100_000), "could not be read"),
    ],
)
def test_a_broken_record_is_passed_over_by_itself(archive: Callable, block: bytes, reason: str) -> None:
    records = [record(url(name), http(page())) for name in ("a", "b")]
    tracemalloc.start()
    articles, skipped = archive(records[0], record(url("broken"), block), records[1])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [a.url for a in articles] == [url("a"), url("b")]
    assert [one.reason for one in skipped if reason in one.reason] == [one.reason for one in skipped] != []
    assert f"record at byte {len(records[0])}" in skipped[0].where
    assert peak < 6 * MAX_TEXT


def test_an_archive_that_ends_too_early_keeps_what_came_before(archive: Callable) -> None:
    records = [record(url(name), http(page())) for name in ("a", "b")]
    for name, pack in PACKED:
        packed = b"".join(map(pack, records))
        articles, skipped = archive(packed[:-60], name=name)
        assert [a.url for a in articles] == [url("a")], name
        assert len(skipped) == 1, name
        assert "fetch it again" in skipped[0].reason


@pytest.mark.parametrize(("name", "pack"), PACKED[:3])
def test_after_a_corrupt_member_reading_goes_on(archive: Callable, name: str, pack: Callable[[bytes], bytes]) -> None:
    records = [bytearray(pack(record(url(n), http(page())))) for n in range(5)]
    for broken in (0, 1, 4):
        damaged = list(records)
        damaged[broken] = records[broken][:4] + b"\xff" * 60 + records[broken][64:]
        articles, skipped = archive(*damaged, name=name)
        assert [a.url for a in articles] == [url(n) for n in range(5) if n != broken]
        assert len(skipped) == 1
        assert "the archive is damaged here" in skipped[0].reason
        assert name in skipped[0].where


def test_an_archive_that_is_all_damage_comes_to_an_end(archive: Callable) -> None:
    articles, skipped = archive(b"\x1f\x8b\x08" * 500_000, name="a.warc.gz")
    assert (len(articles), len(skipped)) == (0, 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no web page"),
        (b"Nothing of the kind.\n" * 100, "damaged"),
        (bytes(5000), "damaged"),
        (gzip.compress(b"Nothing of the kind.\n" * 100), "damaged"),
        (record(url("a"), http(page())).replace(b"Content-Length: ", b"Content-Length: 9"), "ends in the midst"),
        (record(url("a"), http(page())).replace(b"Content-Length: ", b"Content-Length: x"), "header is broken"),
    ],
)
def test_what_is_no_archive(archive: Callable, data: bytes, reason: str) -> None:
    articles, skipped = archive(data)
    assert articles == []
    assert reason in skipped[0].reason


def test_hostile_urls(archive: Callable) -> None:
    articles, _ = archive(
        record("", http(page())), record("java\x00script:\udcff".encode("utf-8", "replace").decode(), http(page()))
    )
    assert len(articles) == 2
    json.dumps([a.url for a in articles]).encode()


def test_archives_are_streamed(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    photo = gzip.compress(record(url("photo"), http(bytes(range(256)) * 4000, Content_Type="image/png")), 1)
    with path.open("wb") as file:
        for n in range(40):  # 40 MB in all
            file.write(photo + gzip.compress(record(url(n), http(SAID.encode(), Content_Type="text/plain"))))
    next(read_articles([path]))
    tracemalloc.start()
    assert sum(1 for _ in read_articles([path])) == 40
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e6
