"""Compressed and damaged files: the same articles packed or not, and a sentence for what is broken, cut or a bomb."""

import gzip
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd

from stance.readers import Skipped, read_articles, read_sentences
from stance.readers.decoding import MAX_TEXT
from stance.readers.formats import kind_of
from stance.readers.pages import MAX_ATTRIBUTES, MAX_TAGS
from stance.records import Article

PROSE = "“Not one tank will leave our depots,” said Bero Lindqvist, the defence minister of Norland.\n"
PACKINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gz", partial(gzip.compress, compresslevel=1)),
    ("zst", zstd.compress),
]


def read(path: Path) -> tuple[list[Article], list[Skipped]]:
    skipped: list[Skipped] = []
    return list(read_articles([path], on_skip=skipped.append)), skipped


def save(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("packing", "pack"), PACKINGS)
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("2024-03-05.txt", PROSE.encode()),
        ("a.MD", PROSE.encode()),
        ("a.html", f"<html><body><p>{PROSE}</p><p>{PROSE}</p></body></html>".encode()),
        ("a.json", json.dumps([{"text": PROSE}] * 3).encode()),
        ("a.jsonl", (json.dumps({"text": PROSE}) + "\n").encode() * 3),
        ("a.csv", f'text,date\n"{PROSE}",2024-03-05\n'.encode()),
        ("a.tsv", f"text\tdate\n{PROSE}".encode()),
        ("a", PROSE.encode()),
    ],
)
def test_packed_is_as_unpacked(tmp_path: Path, name: str, data: bytes, packing: str, pack: Callable) -> None:
    plain, _ = read(save(tmp_path / name, data))
    packed, skipped = read(save(tmp_path / f"{name}.{packing}", pack(data)))
    assert skipped == []
    assert [(a.text, a.title, a.published) for a in packed] == [(a.text, a.title, a.published) for a in plain] != []


@pytest.mark.parametrize(("packing", "pack"), PACKINGS)
def test_several_members_are_one_file(tmp_path: Path, packing: str, pack: Callable) -> None:
    lines = [(json.dumps({"text": f"{n} {PROSE}"}) + "\n").encode() for n in range(3)]
    articles, skipped = read(save(tmp_path / f"a.jsonl.{packing}", b"".join(map(pack, lines))))
    assert (len(articles), skipped) == (3, [])


@pytest.mark.parametrize(("packing", "pack"), PACKINGS)
def test_sentences(tmp_path: Path, packing: str, pack: Callable) -> None:
    assert list(read_sentences(save(tmp_path / f"a.txt.{packing}", pack(b"One.\nTwo.\n")))) == [
        {"text": "One."},
        {"text": "Two."},
    ]


@pytest.mark.parametrize(("packing", "pack"), PACKINGS)
def test_what_came_before_the_end_is_kept(tmp_path: Path, packing: str, pack: Callable) -> None:
    lines = b"".join(json.dumps({"text": f"{n} {PROSE}", "n": hash(str(n))}).encode() + b"\n" for n in range(9000))
    packed = pack(lines)
    articles, skipped = read(save(tmp_path / f"a.jsonl.{packing}", packed[: len(packed) * 2 // 3]))
    assert 500 < len(articles) < 9000
    assert "ends too early" in skipped[-1].reason


@pytest.mark.parametrize(("packing", "pack"), PACKINGS)
def test_a_corrupt_member(tmp_path: Path, packing: str, pack: Callable) -> None:
    lines = [(json.dumps({"text": f"{n} {PROSE}"}) + "\n").encode() * 2000 for n in range(2)]
    packed = [bytearray(pack(line)) for line in lines]
    packed[1][6:40] = b"\xff" * 34
    articles, skipped = read(save(tmp_path / f"a.jsonl.{packing}", b"".join(packed)))
    assert len(articles) >= 1000
    assert all(article.text.startswith("0 ") for article in articles)
    assert skipped[-1].where.endswith(f"a.jsonl.{packing}")
    assert "could not be read" in skipped[-1].reason


@pytest.mark.parametrize(("packing", "pack"), PACKINGS)
@pytest.mark.parametrize("kind", ["txt", "html", "jsonl", "csv"])
def test_bombs_are_refused(tmp_path: Path, kind: str, packing: str, pack: Callable) -> None:
    path = save(tmp_path / f"a.{kind}.{packing}", pack(b"text" + b"x" * 4 * MAX_TEXT))
    tracemalloc.start()
    articles, skipped = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert articles == []
    assert "more than 16 MB in one piece" in skipped[0].reason
    assert peak < 3.5 * MAX_TEXT


@pytest.mark.parametrize(("packing", "pack"), PACKINGS)
def test_what_is_not_packed_at_all(tmp_path: Path, packing: str, pack: Callable) -> None:
    assert "could not be read" in read(save(tmp_path / f"a.txt.{packing}", PROSE.encode()))[1][0].reason
    assert "is empty" in read(save(tmp_path / f"b.txt.{packing}", pack(b"")))[1][0].reason
    assert "not read" in read(save(tmp_path / f"c.parquet.{packing}", pack(PROSE.encode())))[1][0].reason


def test_kinds() -> None:
    names = {"a.csv.gz": ".csv", "A.JSONL.ZST": ".jsonl", "a.warc.gz": ".warc", "a.warc.zst": ".warc", "a.gz": ""}
    names |= {"a.parquet.zst": ".parquet.zst", "a.b": ".b", "a.zst.txt": ".txt"}
    assert {name: kind_of(Path(name)) for name in names} == names


# Files that are broken or hostile in other ways


def test_a_parquet_file_cut_off(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [PROSE] * 2000}), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    for part in (len(data) // 2, len(data) - 1, 3):
        assert "damaged one" in read(save(tmp_path / "b.parquet", data[:part]))[1][0].reason


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.jsonl", "a.csv"])
def test_an_article_of_200_mb_in_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(b'{"text": "' if name.endswith("jsonl") else b"text\n" if name.endswith("csv") else b"<html>")
        file.write(b"the tanks go " * 1_500_000)
        file.truncate(200 * 2**20)  # of which more than 16 MB are never looked at
    tracemalloc.start()
    articles, skipped = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert articles == []
    assert "more than 16 MB" in skipped[0].reason
    assert peak < 3.5 * MAX_TEXT


DEEP = ["div", "b", "blockquote", "table><tr><td", "ul><li", "svg", "a"]


@pytest.mark.parametrize("tag", DEEP)
def test_deep_pages_are_named_as_such(tmp_path: Path, tag: str) -> None:
    depth = 15_000 // (1 + tag.count("<"))
    page = f"<html><body>{f'<{tag}>' * depth}<p>{PROSE}</p>"
    articles, skipped = read(save(tmp_path / "a.html", page.encode()))
    assert articles == [] or PROSE.strip() in articles[0].text
    assert articles or "nested too deep" in skipped[0].reason


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<ul><li>x</ul>" * MAX_TAGS, f"more than {MAX_TAGS} tags"),
        ("<p " + "".join(f" a{n}=1" for n in range(200_000)) + ">", f"more than {MAX_ATTRIBUTES} attributes"),
        ("<p " + "".join(f"a{n}='>'" for n in range(200_000)) + ">", f"more than {MAX_ATTRIBUTES} attributes"),
        ("<p " + "".join(f'/a{n}="<"' for n in range(200_000)) + ">", f"more than {MAX_ATTRIBUTES} attributes"),
        ("<p a='" + "\"b='" * 300_000, f"more than {MAX_ATTRIBUTES} attributes"),
        ("<p a=" * 15_000 + "\"'" * 100_000, ""),
        ("<!--" * 100_000, "no article"),
        ("<p>" + "word " * 2_500_000, "no article"),
    ],
)
def test_pages_that_would_never_end(tmp_path: Path, page: str, reason: str) -> None:
    started = time.monotonic()
    articles, skipped = read(save(tmp_path / "a.html", f"<html><body>{page}".encode()))
    assert time.monotonic() - started < 5
    assert articles == []
    assert reason in skipped[0].reason


@pytest.mark.parametrize("data", [b"Tanks \xff\xfe\x80 go " * 9, b"a\0b" * 9, b"\xed\xa0\x80 tanks go " * 9])
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.jsonl", "a.csv", "a.warc"])
def test_bytes_that_are_no_text_end_no_run(tmp_path: Path, name: str, data: bytes) -> None:
    articles, skipped = read(save(tmp_path / name, data))
    assert len(articles) + len(skipped) == 1
    for text in [*(a.text for a in articles), *(s.reason for s in skipped)]:
        text.encode()  # a lone surrogate would fail


def test_nothing_slow_is_imported_before_it_is_needed() -> None:
    heavy = {"fastwarc", "trafilatura", "lxml"}
    code = f"import sys, stance.readers; print(*{heavy} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
