"""Statements and positions as files: three formats of the same content, whole or not at all."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import BytesIO

import pytest
from report_sample import hostile, sample, sample_positions

from stance.records import InputError, Judgement, scored_json
from stance.report import files
from stance.report.html import write_html
from stance.report.tables import write_positions_csv
from stance.report.view import Content


def test_statements_in_three_formats_hold_the_same(tmp_path):
    scored = [*sample(), *hostile()[:1], replace(sample()[0], judgement=Judgement(None))]
    for suffix in files.FORMATS:
        files.write_statements(tmp_path / f"s.{suffix}", scored)
    expected = [scored_json(one) for one in scored]
    lines = (tmp_path / "s.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == expected

    import pyarrow.parquet as pq

    arrow = pq.read_table(tmp_path / "s.parquet")
    assert arrow.schema.equals(files.statement_schema())
    for row, want in zip(arrow.to_pylist(), expected, strict=True):
        assert row["spans"] == want["spans"]
        assert row["items"] == want["items"]
        assert row["probabilities_oppose"] == want["probabilities"].get("oppose")
        assert row["source_start"] == (want["source"] or {}).get("start")
        assert [[b["term"], b["contribution"]] for b in row["because"]] == want["because"]
        assert row["text"] == want["text"]

    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == files.columns()
    for row, want in zip(rows, expected, strict=True):
        assert json.loads(row["spans"]) == want["spans"]
        assert row["needs_review"] == ("true" if want["needs_review"] else "false")
        assert row["cue_text"] == files.harmless(want["cue"]["text"])
        assert row["stance"] == (want["stance"] or "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_cells_are_no_formulas(tmp_path, start):
    one = sample()[0]
    one = replace(one, article=replace(one.article, title=f'{start}HYPERLINK("x")'))
    files.write_statements(tmp_path / "s.csv", [one])
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["title"] == f'\'{start}HYPERLINK("x")'


def test_half_surrogates_do_not_stop_a_file(tmp_path):
    one = replace(sample()[0], article=replace(sample()[0].article, title="odd \ud800 title"))
    one = replace(one, statement=replace(one.statement, text="odd \ud800 words"))
    for suffix in files.FORMATS:
        files.write_statements(tmp_path / f"s.{suffix}", [one])
    line = json.loads((tmp_path / "s.jsonl").read_text(encoding="utf-8"))
    assert (line["title"], ascii(line["text"])) == ("odd \ufffd title", r"'odd \ud800 words'")
    assert "odd \ufffd words" in (tmp_path / "s.csv").read_text(encoding="utf-8")
    write_html(tmp_path / "r.html", Content([one], []), title="t", generated="g")
    assert "odd \ufffd title" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", files.FORMATS)
def test_a_failed_write_leaves_what_was_there(tmp_path, suffix):
    path = tmp_path / f"s.{suffix}"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(AttributeError):
        files.write_statements(path, [sample()[0], None])  # type: ignore[list-item]
    assert path.read_text(encoding="utf-8") == "before"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", files.FORMATS)
def test_writer_leaves_a_stream_open(tmp_path, suffix):
    stream = BytesIO()
    with files.StatementWriter(stream, suffix) as writer:
        for one in sample():
            writer.write(one)
    assert not stream.closed
    files.write_statements(tmp_path / f"s.{suffix}", sample())
    assert stream.getvalue() == (tmp_path / f"s.{suffix}").read_bytes()


def test_writer_refuses_unknown_formats(tmp_path):
    with pytest.raises(InputError):
        files.StatementWriter(tmp_path / "s.xls")
    with pytest.raises(InputError):
        files.StatementWriter(BytesIO(), "xls")
    with pytest.raises(RuntimeError):
        files.StatementWriter(BytesIO()).write(sample()[0])


def test_empty_files_have_their_header_and_schema(tmp_path):
    for suffix in files.FORMATS:
        files.write_statements(tmp_path / f"s.{suffix}", [])
    import pyarrow.parquet as pq

    assert (tmp_path / "s.jsonl").read_bytes() == b""
    assert (tmp_path / "s.csv").read_text(encoding="utf-8") == ",".join(files.columns()) + "\n"
    assert pq.read_table(tmp_path / "s.parquet").num_rows == 0


def test_positions_as_json_and_csv(tmp_path):
    positions = sample_positions(sample())
    files.write_positions_json(tmp_path / "p.json", positions, generated="now")
    write_positions_csv(tmp_path / "p.csv", positions)
    content = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    assert content["generated"] == "now"
    assert len(content["positions"]) == len(positions)
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, want in zip(rows, content["positions"], strict=True):
        assert [float(row["low"]), float(row["high"])] == want["position"]["interval"]
        assert json.loads(row["evidence"]) == want["position"]["evidence"]
        assert int(row["support"]) == want["counts"].get("support", 0)
        assert float(row["score"]) == want["position"]["score"]
