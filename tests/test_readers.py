"""Reading articles and sentences: what comes out unchanged, what is passed over, and what stops the run."""

import csv
import gzip
import io
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stance.readers import Skipped, read_articles, read_sentences
from stance.readers.decoding import MAX_TEXT
from stance.records import Article, InputError

PAGE = Path(__file__).parent / "data" / "readers" / "page.html"
PROSE = "The minister said “no” to tanks. She’d rather send blankets – and soon.\n"
RUSSIAN = "Министр заявил, что страна не будет отправлять танки и снаряды, пока идут переговоры.\n"


def read(*paths: object, date: str | None = None) -> tuple[list[Article], list[Skipped]]:
    skipped: list[Skipped] = []
    return list(read_articles(map(str, paths), date=date, on_skip=skipped.append, any_language=True)), skipped


def one(path: object, date: str | None = None) -> Article:
    articles, skipped = read(path, date=date)
    assert skipped == []
    assert len(articles) == 1
    return articles[0]


def reason(path: object) -> str:
    articles, skipped = read(path)
    assert articles == []
    assert len(skipped) == 1
    return f"{skipped[0].where}: {skipped[0].reason}"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes | bytearray], Path]:
    def write(name: str, content: str | bytes | bytearray) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    return lambda data: monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


# Text files


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text().filter(lambda t: t.strip() and "\0" not in t and not t.startswith("\ufeff")))
def test_any_text_is_read_back_unchanged(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    assert one(path).text == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "First.\r\nSecond.\n\n\tThird.\rFourth."),
        ("utf-8", "The oﬃce ﬂatly con\u00adﬁrmed: ½ a\u0301 ‘‘yes’’ 🛡️\u2028end"),
        ("utf-8-sig", PROSE),
        ("utf-16", PROSE),
        ("cp1252", PROSE),
        ("cp1252", "The café stayed open while the vote went on, a clerk said."),
        ("latin-1", "Le ministre a déclaré que la France était prête à livrer des chars."),
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("cp1250", "Prezydent powiedział, że rząd wyśle więcej czołgów, ale żadnych żołnierzy."),
    ],
)
def test_encodings(write: Callable, encoding: str, text: str) -> None:
    assert one(write("a.txt", text.encode(encoding))).text == text


def test_utf16_big_endian(write: Callable) -> None:
    assert one(write("a.txt", b"\xfe\xff" + PROSE.encode("utf-16-be"))).text == PROSE


def test_a_stray_byte_does_not_garble_the_rest(write: Callable) -> None:
    assert one(write("a.txt", (PROSE * 3).encode() + b"\x93")).text == PROSE * 3 + "\ufffd"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        bytes(range(1, 256)) * 8,
        "no mark".encode("utf-16-le"),
        "x".encode("utf-32"),
    ],
)
def test_binary_files(write: Callable, data: bytes) -> None:
    assert "binary file" in reason(write("a.txt", data))


@pytest.mark.parametrize("data", [b"", b" \n\r\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("suffix", ["txt", "md", "html", "json", "jsonl", "csv", "tsv"])
def test_empty_files(write: Callable, suffix: str, data: bytes) -> None:
    assert "is empty" in reason(write(f"a.{suffix}", data))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("\n  Norland weighs tanks \n\nBody.", "Norland weighs tanks"),
        ("# Will Norland send tanks?\n\nBody.", "Will Norland send tanks?"),
        ("The minister said no.\n\nBody.", None),
        ("Norland weighs tanks", None),
        ("x" * 160 + "\r\nBody.", "x" * 160),
        ("x" * 161 + "\nBody.", None),
        ("Also in the news:\nBody.", None),
    ],
)
def test_title_of_a_text(write: Callable, text: str, title: str | None) -> None:
    article = one(write("a.md", text))
    assert article.title == title
    assert article.text == text


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("2024-02-29-norland.txt", "2024-02-29"),
        ("norland_2023-11-05.txt", "2023-11-05"),
        ("2023-02-30 or 2023-03-01.txt", "2023-03-01"),
        ("12024-02-29.txt", "2020-01-01"),
        ("norland.txt", "2020-01-01"),
    ],
)
def test_date_of_a_text(write: Callable, name: str, published: str) -> None:
    assert one(write(name, PROSE), date="2020-01-01").published == published


def test_ids_depend_on_name_and_text_only(write: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a/b/news.txt", PROSE)
    absolute = one(path)
    monkeypatch.chdir(tmp_path / "a")
    relative = one("b/news.txt")
    assert relative.id == absolute.id
    assert relative.path == "b/news.txt"
    assert one(write("a/c/other.txt", PROSE)).id != absolute.id
    assert one(write("a/c/news.txt", PROSE + "More.")).id != absolute.id


# Web pages


def test_page_with_metadata() -> None:
    article = one(PAGE, date="2001-01-01")
    assert article.title == "No more shells, says premier of Norland"
    assert article.published == "2024-03-05"
    assert article.source == "The Harbour Post"
    assert article.url == "https://harbourpost.example/politics/no-more-shells"
    assert "no further artillery shells, because its own stores" in article.text
    assert "before the winter.\n\n“We have given what we could,” she told reporters" in article.text
    assert "Sport" not in article.text
    assert "Copyright" not in article.text


def test_page_without_a_date_takes_none_from_its_text(write: Callable) -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    page = "\n".join(line for line in lines if "published_time" not in line)
    assert one(write("page.html", page)).published is None
    assert one(write("2024-01-02.html", page)).published == "2024-01-02"
    assert one(write("page.html", page), date="2024-01-03").published == "2024-01-03"


@pytest.mark.parametrize("declared", ["windows-1251", "koi8-r"])
def test_page_in_its_declared_charset(write: Callable, declared: str) -> None:
    page = f'<html><head><meta charset="{declared}"><title>Т</title></head><body><p>{RUSSIAN}</p><p>Нет.</p>'
    assert one(write("a.html", page.encode(declared))).text == RUSSIAN.strip() + "\n\nНет."


def test_page_that_begins_with_a_declaration_or_nothing(write: Callable) -> None:
    body = f"<body><p>{PROSE}</p><p>{PROSE}</p></body>"
    expected = PROSE.strip() + "\n\n" + PROSE.strip()
    assert one(write("a.htm", f'<?xml version="1.0" encoding="utf-8"?><html>{body}</html>')).text == expected
    assert one(write("b.htm", "<!-- " + "x" * 80 + " -->" + body)).text == expected


@pytest.mark.parametrize("page", ["<html><body></body></html>", "<" * 5000, "<div>" * 50_000, "<!--", "&#0;" * 99])
def test_hostile_pages(
    write: Callable, page: str, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    assert len(read(write("a.html", page))[1]) <= 1
    assert capfd.readouterr() == ("", "")


# JSON


def test_json_fields_by_any_name(write: Callable) -> None:
    rows = [
        {
            "Headline": "No tanks",
            "BODY": PROSE,
            "pubDate": "2024-03-05T10:00:00Z",
            "Link": "u",
            "Outlet": "Post",
        },
        {"id": 7, "text": "", "article": PROSE, "date": "soon", "publisher": {"name": "Post"}},
    ]
    (first, second), skipped = read(write("a.json", json.dumps(rows)), date="2020-01-01")
    assert skipped == []
    assert (first.title, first.text, first.published) == ("No tanks", PROSE, "2024-03-05")
    assert (first.url, first.source) == ("u", "Post")
    assert (second.text, second.published, second.source) == (PROSE, "2020-01-01", None)
    assert first.id != second.id


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-02-29", "2024-02-29"),
        ("2024-02-29 23:59:59.123456789+02:00", "2024-02-29"),
        ("2023-02-29", None),
        ("2024-02-299", None),
        ("29.02.2024", None),
        (1709164800, None),
        (True, None),
        (["2024-02-29"], None),
        ("", None),
    ],
)
def test_dates(write: Callable, value: object, day: str | None) -> None:
    assert one(write("a.json", json.dumps({"text": PROSE, "date": value}))).published == day


def test_json_problems_say_where(write: Callable) -> None:
    assert "a.json, line 3: this is not valid JSON" in reason(write("a.json", '{"text":\n"x",\n}'))
    assert "name it .jsonl" in reason(write("b.json", '{"text": "x"}\n{"text": "y"}'))
    assert "item 1: this is not a JSON object" in reason(write("c.json", "[5]"))
    assert "its fields: status, total" in reason(write("d.json", '{"status": "ok", "total": 3}'))
    assert "could not be read" in reason(write("e.json", "[" * 200_000))
    assert reason(write("f.json", "9" * 6000))


def test_broken_lines_are_passed_over_by_themselves(write: Callable) -> None:
    good = json.dumps({"text": PROSE})
    lines = [good, "", '{"text": "cut o', "[1]", "[" * 100_000, '{"text": " "}', good]
    articles, skipped = read(write("news.jsonl", "\r\n".join(lines)))
    assert [a.text for a in articles] == [PROSE, PROSE]
    assert [s.where.rpartition(", ")[2] for s in skipped] == ["line 3", "line 4", "line 5", "line 6"]
    assert "not valid JSON" in skipped[0].reason


def test_json_that_no_file_could_hold_is_mended(write: Callable) -> None:
    article = one(write("a.jsonl", '{"text": "a\\ud800b\\u0000c"}'))
    assert article.text == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_lines_in_other_encodings(write: Callable, encoding: str) -> None:
    lines = [json.dumps({"text": PROSE, "n": "Ċ" if encoding != "cp1252" else "ù"}, ensure_ascii=False)] * 3
    articles, skipped = read(write("a.jsonl", "\n".join(lines).encode(encoding)))
    assert [a.text for a in articles] == [PROSE] * 3
    assert skipped == []


def test_one_line_in_another_encoding(write: Callable) -> None:
    line = json.dumps({"text": PROSE}, ensure_ascii=False)
    data = b"\n".join([line.encode(), line.encode("cp1252"), line.encode()])
    assert [a.text for a in read(write("a.jsonl", data))[0]] == [PROSE] * 3


# Tables


def test_csv_with_a_big_field_and_line_breaks(write: Callable) -> None:
    text = '“Never,” she said, "not" once.\r\n' * 40_000
    sheet = io.StringIO()
    csv.writer(sheet).writerows([["Date", "Text"], ["2024-03-05 10:00", text], [], ["", "Short."]])
    articles, skipped = read(write("a.csv", sheet.getvalue()))
    assert skipped == []
    assert [(a.published, a.text) for a in articles] == [("2024-03-05", text), (None, "Short.")]


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ";"), ("a.tsv", "\t"), ("a.tsv", ",")])
def test_delimiters(write: Callable, name: str, delimiter: str) -> None:
    rows = [
        "\ufeff" + delimiter.join(["title", "content"]),
        delimiter.join(["Tanks", '"No; none, ""at all"""']),
    ]
    article = one(write(name, "\n".join(rows)))
    assert (article.title, article.text) == ("Tanks", 'No; none, "at all"')


def test_spreadsheet_in_utf16(write: Callable) -> None:
    assert one(write("a.tsv", f"title\ttext\r\nĊar\t{PROSE}".encode("utf-16"))).title == "Ċar"


def test_csv_without_a_text_column(write: Callable) -> None:
    said = reason(write("a.csv", "Name;Stance\nx;y\n"))
    assert "only name, stance; name the column of texts text" in said


def test_broken_rows_are_passed_over_by_themselves(write: Callable) -> None:
    rows = [
        "",
        "text,title",
        'One.,"a" b',
        "Two, or three.,x,y",
        "Four.",
        ",No text",
        '"Never closed,x',
        "end",
    ]
    articles, skipped = read(write("a.csv", "\n".join(rows)))
    assert [a.text for a in articles] == ["Four."]
    assert [s.where.rpartition(", ")[2] for s in skipped] == ["line 3", "line 4", "line 6", "line 7"]
    assert "4 columns and the heading 2" in skipped[1].reason


def test_parquet(tmp_path: Path) -> None:
    day = datetime(2024, 3, 5, 23, 30, tzinfo=UTC)
    table = pa.table(
        {
            "Body": pa.array([PROSE, None, "Three."]).dictionary_encode(),
            "Date": pa.array([day, None, day], pa.timestamp("ns", "UTC")),
            "url": pa.array([b"https://a.example", b"", None]),
            "source": pa.array([{"name": "Post"}] * 3),
            "unused": [1, 2, 3],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    articles, skipped = read(tmp_path / "a.parquet")
    assert [(a.text, a.published) for a in articles] == [(PROSE, "2024-03-05"), ("Three.", "2024-03-05")]
    assert [a.url for a in articles] == ["https://a.example", None]
    assert skipped[0].where.endswith("a.parquet, row 2")


@pytest.mark.parametrize(
    "values",
    [
        pa.array([date(2024, 3, 5)]),
        pa.array([datetime(2024, 3, 5, 1)], pa.timestamp("s")),
        pa.array(["2024-03-05T01:00"]),
    ],
)
def test_parquet_dates(tmp_path: Path, values: pa.Array) -> None:
    pq.write_table(pa.table({"text": [PROSE], "published": values}), tmp_path / "a.parquet")
    assert one(tmp_path / "a.parquet").published == "2024-03-05"


def test_bad_parquet(write: Callable, tmp_path: Path) -> None:
    assert "no parquet file" in reason(write("a.parquet", b"PAR1" + PROSE.encode() + b"PAR1"))
    assert "no parquet file" in reason(write("a.parquet", b""))
    pq.write_table(pa.table({"name": ["x"], "Stance": ["y"]}), tmp_path / "b.parquet")
    assert "only name, Stance" in reason(tmp_path / "b.parquet")
    pq.write_table(pa.table({"text": [PROSE * 50] * 2000}), tmp_path / "c.parquet", compression="none")
    data = bytearray((tmp_path / "c.parquet").read_bytes())
    data[4:200] = b"\xff" * 196
    assert reason(write("c.parquet", data))


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_large_tables_are_streamed(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    text, count = "Norland sends no tanks. " * 400, 1500  # 14 MB in all
    if kind == "parquet":
        numbered = [f"{n} {text}" for n in range(count)]
        pq.write_table(pa.table({"text": numbered}), path, row_group_size=250)
        del numbered
    else:
        row = json.dumps({"text": text}) if kind == "jsonl" else f'"{text}"'
        path.write_text("text\n" * (kind == "csv") + (row + "\n") * count)
    next(read_articles([path]))
    tracemalloc.start()
    assert sum(1 for _ in read_articles([path])) == count
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6e6


# Compressed files


def test_gzip(write: Callable) -> None:
    assert one(write("2024-03-05.txt.gz", gzip.compress(PROSE.encode()))).published == "2024-03-05"
    assert one(write("a.csv.gz", gzip.compress(b"text\nNo.\n"))).text == "No."
    assert one(write("a.JSONL.GZ", gzip.compress(b'{"text": "No."}'))).text == "No."


@pytest.mark.parametrize("name", ["a.txt.gz", "a.html.gz", "a.jsonl.gz", "a.csv.gz"])
def test_gzip_bombs_are_refused(write: Callable, name: str) -> None:
    bomb = gzip.compress(b"text" + b"x" * 3 * MAX_TEXT, compresslevel=1)
    assert "more than 16 MB in one piece" in reason(write(name, bomb))


def test_damaged_gzip(write: Callable) -> None:
    whole = gzip.compress(PROSE.encode() * 50)
    assert "ends too early" in reason(write("a.txt.gz", whole[:-20]))
    assert "could not be read" in reason(write("b.txt.gz", PROSE))
    assert "not read" in reason(write("c.parquet.gz", whole))


# Folders, standard input, and the call itself


def test_folders_are_read_in_order(write: Callable, tmp_path: Path) -> None:
    for name in ["b.txt", "a/z.md", "a/y.jsonl", "c/x.TXT"]:
        write(name, json.dumps({"text": name}))
    for name in [
        ".hidden.txt",
        ".git/x.txt",
        "README.md",
        "a/README",
        "a/photo.jpg",
        "LICENSE",
        "notes.docx",
    ]:
        write(name, PROSE)
    articles, skipped = read(tmp_path)
    assert [a.path for a in articles] == [str(tmp_path / p) for p in ["a/y.jsonl", "a/z.md", "b.txt", "c/x.TXT"]]
    assert skipped == []
    assert one(tmp_path / "README.md").text == PROSE


def test_a_folder_without_articles(write: Callable, tmp_path: Path) -> None:
    write("README.md", PROSE)
    assert "holds no file to read" in reason(tmp_path)


def test_unknown_kinds_are_named(write: Callable) -> None:
    assert "turn it into one of .txt" in reason(write("a.docx", PROSE))


def test_one_bad_file_does_not_stop_the_others(write: Callable, tmp_path: Path) -> None:
    for name, content in [("a.txt", PROSE), ("b.json", "{"), ("c.parquet", "x"), ("d.txt", PROSE)]:
        write(name, content)
    articles, skipped = read(tmp_path)
    assert (len(articles), len(skipped)) == (2, 2)


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (PROSE.encode("cp1252"), [PROSE]),
        (b'{"text": "One."}\n{"text": "Two."}\n', ["One.", "Two."]),
        (b'\xef\xbb\xbf {"text": "One."}', ["One."]),
        (b"{sic} he wrote\n{}", ["{sic} he wrote\n{}"]),
        (PROSE.encode("utf-16"), [PROSE]),
    ],
)
def test_standard_input(stdin: Callable, data: bytes, texts: list[str]) -> None:
    stdin(data)
    articles, skipped = read("-", date="2024-03-05")
    assert [(a.text, a.path, a.published) for a in articles] == [(t, "-", "2024-03-05") for t in texts]
    assert skipped == []


def test_standard_input_that_is_empty_or_broken(stdin: Callable) -> None:
    stdin(b"")
    assert "standard input: it is empty" in reason("-")
    stdin(b'{"text": "One."}\n{"text"\n')
    assert read("-")[1][0].where == "standard input, line 2"


def test_a_file_without_suffix_is_read_like_a_stream(write: Callable) -> None:
    assert one(write("63", '{"text": "One."}')).text == "One."


@pytest.mark.parametrize("missing", ["gone.txt", "", "x" * 5000, "a\0b", "a.txt/b"])
def test_a_missing_path_stops_the_call_itself(
    write: Callable, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write("a.txt", PROSE)
    with pytest.raises(InputError, match="check the path"):
        read_articles(["a.txt", missing], on_skip=lambda _: None)


def test_no_paths_and_bad_dates_stop_the_call_itself(write: Callable) -> None:
    with pytest.raises(InputError, match="No paths"):
        read_articles([])
    for day in ["2024-2-1", "2024-02-30", "2024-02-01T10:00", "yesterday", ""]:
        with pytest.raises(InputError, match="YYYY-MM-DD"):
            read_articles([write("a.txt", PROSE)], date=day)


def test_without_on_skip_the_first_problem_is_raised(write: Callable) -> None:
    articles = read_articles([write("a.jsonl", '{"text": "One."}\nnonsense')])
    assert next(articles).text == "One."
    with pytest.raises(InputError, match=r"a\.jsonl, line 2: this is not valid JSON"):
        next(articles)


def test_errors_of_the_caller_are_its_own(write: Callable) -> None:
    def stop(skipped: Skipped) -> None:
        raise KeyError(skipped.where)

    with pytest.raises(KeyError):
        list(read_articles([write("a.json", "{")], on_skip=stop))


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a\udcff.txt"
    try:
        path.write_text(PROSE, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such names")
    assert (one(path).path or "").endswith("a\ufffd.txt")


def test_heavy_imports_wait_until_they_are_needed() -> None:
    heavy = {"trafilatura", "pyarrow", "charset_normalizer", "py3langid", "babel", "numpy"}
    code = f"import sys, stance.readers; print(*{heavy} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# Sentences


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("a.txt", "\ufeffOne.\r\n\n  {Two}.\n", [{"text": "One."}, {"text": "{Two}."}]),
        ("a.jsonl", '{"Text": "One.", "stance": null}\n\n', [{"text": "One.", "stance": None}]),
        ("a.csv", 'stance,text\noppose,"No, never."\n', [{"text": "No, never.", "stance": "oppose"}]),
        ("a.tsv", "text\tstance\nNo.\toppose\n", [{"text": "No.", "stance": "oppose"}]),
        ("a.txt", "", []),
    ],
)
def test_sentences(write: Callable, name: str, content: str, rows: list[dict[str, object]]) -> None:
    assert list(read_sentences(write(name, content))) == rows


@pytest.mark.parametrize("path", [None, "-"])
def test_sentences_from_standard_input(stdin: Callable, path: str | None) -> None:
    stdin(b'One.\n{"text": "Two.", "id": 2}\n')
    assert list(read_sentences(path)) == [{"text": "One."}, {"text": "Two.", "id": 2}]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", '{"text": "x"}\n{"text"', r"a\.jsonl, line 2: this is not valid JSON"),
        ("a.jsonl", '{"text": "x"}\n{"body": "x"}', r"a\.jsonl, line 2: it has no text"),
        ("a.jsonl", '{"text": 1.5}', r"a\.jsonl, line 1: it has no text"),
        ("a.csv", "sentence,stance\nx,y", "only sentence, stance; name the column of texts text"),
        ("a.csv", 'text\n"x', r"a\.csv, line 2: this row is broken"),
        ("a.txt", "a\0b", "binary file"),
        ("a.parquet", "x", "no list of sentences"),
    ],
)
def test_sentences_that_cannot_be_read(write: Callable, name: str, content: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(read_sentences(write(name, content)))


def test_a_missing_file_of_sentences_stops_the_call_itself() -> None:
    with pytest.raises(InputError, match="check the path"):
        read_sentences("gone.jsonl")
