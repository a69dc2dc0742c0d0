"""What `stance report --also` writes: read back with the libraries that people use, and safe with hostile text."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import openpyxl
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import hostile, sample, sample_positions

from stance.positions import positions
from stance.records import ITEMS, STANCES, Article, InputError, Move, Scored, scored_json
from stance.report import events, workbook
from stance.report.also import EXPORTS, parse_also, write_also
from stance.report.appendix import appendix_rows
from stance.report.files import harmless, write_moves_json, write_positions_json
from stance.report.markdown import plain
from stance.report.schema import load_schema
from stance.report.view import Content

KINDS = ("direct", "indirect", "mixed", "ascribed", "act")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every export of the sample with a hostile statement in it."""
    scored = [*sample(), *hostile()]
    out = tmp_path_factory.mktemp("also")
    write_also(tuple(EXPORTS), out, Content(scored, sample_positions(scored)), {"Made": "today"})
    return out


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_names_are_checked_before_any_work():
    assert parse_also("events, CSV") == ("csv", "events")
    assert parse_also("all") == tuple(EXPORTS)
    assert parse_also(None) == ()
    with pytest.raises(InputError, match="choose from csv, "):
        parse_also("csv,word")


def test_tables_hold_every_statement_and_position(folder):
    scored = [*sample(), *hostile()]
    expected = sample_positions(scored)
    assert len(rows(folder / "statements.csv")) == len(scored)
    statements = polars.read_parquet(folder / "statements.parquet")
    assert statements["id"].to_list() == [one.statement.id for one in scored]
    found = polars.read_parquet(folder / "positions.parquet")
    assert found["score"].to_list() == pytest.approx([p.score for p in expected], abs=1e-4)
    assert found["evidence"].to_list() == [list(p.evidence) for p in expected]


def test_the_matrix_holds_the_scores_by_item(folder):
    scores = {(p.actor_id, p.item or "overall"): p.score for p in sample_positions([*sample(), *hostile()])}
    for row in rows(folder / "matrix.csv"):
        for item in ("overall", *ITEMS):
            if row.get(item):
                assert float(row[item]) == pytest.approx(scores[row["actor_id"], item], abs=1e-4)
    assert len(rows(folder / "agreement.csv")) == 13 * 12 / 2


def test_the_workbook_keeps_text_as_text(folder):
    book = openpyxl.load_workbook(folder / "report.xlsx")
    assert book.sheetnames == ["Positions", "By item", "Moves", "Statements", "Notes"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)
    texts = [row[5].value for row in book["Statements"].iter_rows(min_row=2)]
    assert texts[: len(sample())] == [one.statement.text for one in sample()]
    assert book["Statements"].freeze_panes == "B2"
    scores = [row[3].value for row in book["Positions"].iter_rows(min_row=2)]
    assert scores == pytest.approx(
        [p.score for p in sample_positions([*sample(), *hostile()]) if p.item is None], abs=1e-4
    )


def test_the_workbook_takes_formulas_long_cells_and_more_rows_than_a_sheet_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "ROWS", 2)
    one = sample()[0]
    texts = ["=1+1", "@SUM(A1)", "\U0001f600" * 20_000, "x" * 32_767, "http://a.example", "007", "<r><f>1+1</f></r>"]
    scored = [replace(one, statement=replace(one.statement, text=text)) for text in texts]
    workbook.write_workbook(tmp_path / "r.xlsx", Content(scored, []), {})
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    sheets = ["Statements", "Statements 2", "Statements 3", "Statements 4"]
    assert set(sheets) <= set(book.sheetnames)
    read = [row[5].value for name in sheets for row in book[name].iter_rows(min_row=2)]
    assert [text.rstrip() for text in read[:2] + read[3:]] == texts[:2] + texts[3:]
    assert read[2] == "\U0001f600" * 16_383 + "…"
    assert "1 cells hold more" in str([cell.value for row in book["Notes"].iter_rows() for cell in row])


@given(st.text(max_size=30))
def test_no_cell_begins_as_a_formula(text):
    cell = harmless(text)
    assert cell in (text, "'" + text)
    assert not re.match(r"\s*[=+\-@＝＋－＠]", cell)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", "\n", " =", "\u200b=", "＝", "\ufeff@"])
def test_formulas_in_any_disguise_are_marked(start):
    assert harmless(start + "cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("text", ["Aid", "1 = 1", "", "'quoted'", "“=”"])
def test_plain_cells_stay(text):
    assert harmless(text) == text


def test_outputs_keep_to_their_schemas(tmp_path):
    line = jsonschema.Draft202012Validator(load_schema("statements.schema.json"))
    for one in sample():
        line.validate(json.loads(json.dumps(scored_json(one))))
    good = json.loads(json.dumps(scored_json(sample()[0])))
    for bad in ({"stance": "maybe"}, {"spans": [[1]]}, {"confidence": 2}, {"extra": 1}, {"probabilities": {}}):
        assert not line.is_valid(good | bad), bad
    assert not line.is_valid({k: v for k, v in good.items() if k != "text"})
    write_positions_json(tmp_path / "p.json", positions(sample()), generated="now")
    whole = jsonschema.Draft202012Validator(load_schema("positions.schema.json"))
    content = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    whole.validate(content)
    content["positions"][0]["position"]["score"] = 2
    assert not whole.is_valid(content)
    move = Move(
        *("a", "A", None, "tanks", "2024-02-01", "2024-01-01", (0.1, 0, 0.2), (0.5, 0.4, 0.6)),
        0.9,
        0.01,
        0.02,
        ("x",),
        ("y",),
    )
    write_moves_json(tmp_path / "m.json", [move], generated="now")
    moved = jsonschema.Draft202012Validator(load_schema("moves.schema.json"))
    content = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    moved.validate(content)
    del content["moves"][0]["day"]
    assert not moved.is_valid(content)


def test_the_appendix_cites_the_very_characters(folder):
    found = {row["statement_id"]: row for row in appendix_rows(sample())}
    for one in sample():
        row = found[one.statement.id]
        assert one.article.text[row["start"] : row["end"]].startswith(one.statement.text.split()[0])
        assert all(str(part) in row["footnote"] for part in (one.article.title, one.article.source))
        assert str(row["start"]) in row["footnote"].replace(",", "")
    assert [row["number"] for row in appendix_rows(sample())] == list(range(1, len(sample()) + 1))
    assert len(rows(folder / "appendix.csv")) == len(sample()) + len(hostile())


@given(st.text(max_size=40))
def test_markdown_shows_text_and_nothing_else(text):
    shown = plain(text)
    assert "\n" not in shown
    assert "|" not in shown
    assert not re.search(r"(?<!\\)[`*_<\[]", shown)


def test_the_table_of_positions_is_not_broken_by_a_name(folder):
    lines = [
        line for line in (folder / "positions.md").read_text(encoding="utf-8").splitlines() if line.startswith("|")
    ]
    assert len({line.count("|") for line in lines}) == 1
    assert len(lines) == 2 + 13
    assert "<script" not in (folder / "positions.md").read_text(encoding="utf-8").replace("\\<", "")


# --- events


def test_the_mapping_is_whole_and_well_formed():
    mapping = events.mapping()
    for stance in STANCES:
        for form in ("said", "act"):
            for role in ("giver", "recipient"):
                assert (stance, form, role, "") in mapping
    for (_, _, _, item), row in mapping.items():
        assert re.fullmatch(r"\d{3,4}", row["cameo"])
        assert row["cameo_name"]
        assert item in ("", *ITEMS)


@pytest.mark.parametrize(("code", "quad"), [("014", 1), ("0332", 1), ("072", 2), ("1222", 3), ("1622", 4)])
def test_quad_classes(code, quad):
    assert events.quad_class(code) == quad


def event(one: Scored, **changes: object) -> dict[str, object]:
    actor = replace(one.statement.actor, country=changes.pop("country", "POL"))  # type: ignore[type-var]
    kind, items = changes.pop("kind", "direct"), changes.pop("items", ("tanks",))
    stance = str(changes.pop("stance", "support"))
    probabilities = {s: 0.9 if s == stance else 0.05 for s in STANCES}
    one = replace(
        one,
        statement=replace(one.statement, actor=actor, kind=kind),  # type: ignore[arg-type]
        topic=replace(one.topic, items=items, recipient="UKR"),  # type: ignore[arg-type]
        judgement=replace(one.judgement, stance=stance, probabilities=probabilities),
        article=replace(one.article, published="2024-05-05"),
    )
    (row,) = events.event_rows([one])
    return row


def test_statements_become_events():
    one = sample()[0]
    assert event(one)["cameo"] == "0332"
    assert event(one)["target_country"] == "UKR"
    assert event(one, kind="act")["cameo"] == "072"
    assert event(one, kind="act")["plover"] == "AID"
    assert event(one, stance="oppose")["cameo"] == "1222"
    assert event(one, stance="oppose", kind="act")["quad_class"] == 4
    assert event(one, stance="undecided")["cameo"] == "014"
    assert event(one, items=("intelligence",))["cameo"] == "0314"
    assert event(one, items=("intelligence", "tanks"))["cameo"] == "0332"
    asked = event(one, country="UKR")
    assert (asked["cameo"], asked["target_country"], asked["plover"]) == ("0232", None, "")


def test_copies_are_one_event_and_the_rest_is_counted(tmp_path):
    one = sample()[0]
    early = replace(one, article=replace(one.article, id="early", published="2024-01-01"))
    late = replace(one, article=replace(one.article, id="late", published="2024-03-01"))
    unknown = replace(one, statement=replace(one.statement, actor=None))
    undated = replace(sample()[40], article=Article("u", None, sample()[40].article.text))
    ascribed = replace(sample()[50], statement=replace(sample()[50].statement, kind="ascribed"))
    told = events.write_events(tmp_path / "e.csv", [late, early, unknown, undated, ascribed])
    (row,) = rows(tmp_path / "e.csv")
    assert (row["reports"], row["date"], row["article_id"]) == ("2", "2024-01-01", "early")
    assert told == "1 event; 3 statements of no known speaker, of no date or only ascribed left out"


def test_half_surrogates_anywhere_stop_no_export(tmp_path):
    one = sample()[0]
    broken = "\ud800 half"
    article = replace(one.article, url="https://a.example/\ud800", title=broken, source=broken, path=broken)
    statement = replace(one.statement, text=broken)
    write_also(tuple(EXPORTS), tmp_path, Content([replace(one, article=article, statement=statement)], []), {})
    assert "\ufffd half" in (tmp_path / "appendix.csv").read_text(encoding="utf-8")
