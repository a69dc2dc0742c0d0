"""Every offset in an export cuts the text it names, counted in code points."""

import csv
import io
import json
from pathlib import Path

import pytest

from stance.exports import FORMATS, label_lines
from stance.interop.offsets import from_utf16
from stance.pipeline import labeled_articles
from stance.readers import read_articles
from stance.records import Article

SEEDS = Path(__file__).parents[1] / "seeds" / "articles"
ODD = (
    "🇺🇦🚀 Préambule – naïve.\r\n\r\nSlovak Prime Minister Robert Fico said on Tuesday that Slovakia would send no "
    "soldiers to Ukraine."
)


@pytest.fixture(scope="module")
def labeled():
    paths = sorted(SEEDS.glob("*.txt"))[:4]
    articles = [*read_articles(paths), Article("odd", None, ODD, "2024-02-27")]
    found = [(a, list(s)) for a, s in labeled_articles(articles, None, None, False)]
    assert sum(len(s) for _, s in found) > 10
    assert found[-1][1], "nothing is found in the text with the emoji"
    return found


def lines(labeled, form):
    return "".join(label_lines(labeled, form))


def pieces(article, statements):
    """The (label, start, end) that an export of spans must hold."""
    out = set()
    for s in statements:
        out |= {(n, m.start, m.end) for n, m in (("source", s.source), ("cue", s.cue)) if m is not None}
        out |= {("content", *span) for span in s.spans}
    return out


def check_row(text, row):
    for part in ("source", "cue"):
        if row[part] is not None:
            assert text[row[part]["start"] : row[part]["end"]] == row[part]["text"]
    assert row["spans"] == sorted(row["spans"])
    words = "".join("".join(text[a:b] for a, b in row["spans"]).split())
    assert words == "".join(row["text"].split())


def test_jsonl(labeled):
    texts = {a.id: a.text for a, _ in labeled}
    rows = [json.loads(line) for line in lines(labeled, "jsonl").split("\n")[:-1]]
    assert len(rows) == sum(len(s) for _, s in labeled)
    for row in rows:
        check_row(texts[row["article_id"]], row)


def test_csv(labeled):
    texts = {a.id: a.text for a, _ in labeled}
    rows = list(csv.DictReader(io.StringIO(lines(labeled, "csv"), newline="")))
    assert len(rows) == sum(len(s) for _, s in labeled)
    for row in rows:
        text = texts[row["article_id"]]
        for part in ("source", "cue"):
            if row[f"{part}_start"]:
                cut = text[int(row[f"{part}_start"]) : int(row[f"{part}_end"])]
                assert row[f"{part}_text"].removeprefix("'") == cut.removeprefix("'")
        for start, end in json.loads(row["spans"]):
            assert 0 <= start < end <= len(text)


def test_doccano(labeled):
    rows = [json.loads(line) for line in lines(labeled, "doccano").split("\n")[:-1]]
    for (article, statements), row in zip(labeled, rows, strict=True):
        assert row["text"] == article.text
        point = from_utf16(article.text)  # doccano counts code units
        assert {(n, point(s), point(e)) for s, e, n in row["label"]} == pieces(article, statements)


def test_prodigy(labeled):
    rows = [json.loads(line) for line in lines(labeled, "prodigy").split("\n")[:-1]]
    for (article, statements), row in zip(labeled, rows, strict=True):
        assert row["text"] == article.text
        assert {(s["label"], s["start"], s["end"]) for s in row["spans"]} == pieces(article, statements)


def test_label_studio(labeled):
    tasks = json.loads(lines(labeled, "label-studio"))
    for (article, statements), task in zip(labeled, tasks, strict=True):
        assert task["data"]["text"] == article.text
        result = task["predictions"][0]["result"]
        marks = {r["id"]: r["value"] for r in result if r["type"] == "labels"}
        assert len(marks) == sum(r["type"] == "labels" for r in result)
        for value in marks.values():
            assert article.text[value["start"] : value["end"]] == value["text"]
        assert {(*v["labels"], v["start"], v["end"]) for v in marks.values()} == pieces(article, statements)
        for relation in (r for r in result if r["type"] == "relation"):
            assert marks[relation["from_id"]]["labels"] == ["source"]
            assert marks[relation["to_id"]]["labels"] == ["content"]


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_to_export(form):
    out = lines([], form)
    assert out == ("[]\n" if form == "label-studio" else "")
