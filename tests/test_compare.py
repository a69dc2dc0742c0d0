"""Two reports or periods side by side, the reading back of scored statements, and how periods are written."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import hostile, sample
from rich.console import Console
from test_cli import stance
from test_positions import AGAINST, FOR, OPEN
from test_slices import ADA, BO, said

from stance.compare import compare
from stance.periods import parse_period
from stance.records import Actor, InputError, scored_json
from stance.report.comparison import comparison_json, comparison_line, comparison_tables, comparison_text
from stance.report.files import write_statements
from stance.report.stored import read_scored, sides

CY = Actor("cy", "Cy Example", "person", "NOR")


def test_who_moved_who_is_new_and_who_fell_silent():
    before = [said(ADA, AGAINST, n) for n in range(12)] + [said(BO, FOR, 20), said(CY, FOR, 21), said(CY, FOR, 22)]
    dora = Actor("dora", "Dora Example", "person", None)
    after = [said(ADA, FOR, n) for n in range(30, 42)] + [said(BO, FOR, 50), said(dora, OPEN, 51)]
    found = compare(before, after)
    assert [one.after.actor_id for one in found.moved] == ["ada"]
    assert [one.after.actor_id for one in found.same] == ["bo"]
    assert [p.actor_id for p in found.new] == ["dora"]
    assert [p.actor_id for p in found.lost] == ["cy"]
    (moved,) = found.moved
    assert moved.before.score < -0.4 < 0.4 < moved.after.score
    assert moved.change == pytest.approx(moved.after.score - moved.before.score, abs=0.01)
    assert 0 < moved.low < moved.change < moved.high
    assert moved.probability > 0.99 > 0.1 > moved.false_discovery_rate


def test_turned_round_the_changes_turn():
    one = [said(ADA, AGAINST, n) for n in range(4)] + [said(BO, FOR, 20)]
    two = [said(ADA, FOR, n) for n in range(30, 36)] + [said(CY, FOR, 50)]
    forth, back = compare(one, two), compare(two, one)
    assert [c.change for c in forth.moved] == pytest.approx([-c.change for c in back.moved])
    assert [c.false_discovery_rate for c in forth.moved] == pytest.approx([c.false_discovery_rate for c in back.moved])
    for here, there in ((forth.new, back.lost), (forth.lost, back.new)):
        assert [(p.actor_id, pytest.approx(p.score)) for p in here] == [(p.actor_id, p.score) for p in there]


def test_a_report_against_itself_shows_no_change():
    found = compare(sample(), sample())
    assert not found.moved
    assert not found.new
    assert not found.lost
    assert all(one.change == pytest.approx(0, abs=1e-9) for one in found.same)


def test_chance_alone_moves_few():
    random = np.random.default_rng(8)
    actors = [Actor(f"a{k}", f"A {k}", "person", None) for k in range(60)]
    leans = random.dirichlet([1, 1, 1], len(actors))
    sides = [
        [
            said(actor, (FOR, AGAINST, OPEN)[random.choice(3, p=lean)], 1000 * side + n)
            for actor, lean in zip(actors, leans, strict=True)
            for n in range(6)
        ]
        for side in (0, 1)
    ]
    assert len(compare(*sides).moved) <= 3


def test_text_json_and_tables_tell_the_same(tmp_path):
    found = compare([said(ADA, AGAINST, n) for n in range(12)], [said(ADA, FOR, n) for n in range(20, 32)] + hostile())
    head, *rows = (line.split("\t") for line in comparison_text(found).splitlines())
    assert all(len(row) == len(head) for row in rows)
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["group"] for row in told] == ["moved", "new"]
    whole = json.loads(json.dumps(comparison_json(found, ("one", "two"))))
    assert whole["moved"][0]["change"]["score"] == pytest.approx(float(told[0]["change"]))
    assert [len(whole[group]) for group in ("moved", "same", "new", "lost")] == [1, 0, 1, 0]
    console = Console(width=100, record=True, file=(tmp_path / "out").open("w", encoding="utf-8"))
    console.print(comparison_tables(found, ("one", "two\x1b[31m")))
    text = console.export_text()
    assert "Moved: 1" in text
    assert "Ada Example" in text
    assert "Lost voices: none" in text
    assert "\x1b" not in text


def test_what_was_written_is_read_back(tmp_path):
    scored = [*sample(), *hostile()]
    scored[0] = replace(scored[0], statement=replace(scored[0].statement, joint=True, candidates=("x", "y")))
    write_statements(tmp_path / "statements.jsonl", scored)
    read = read_scored(tmp_path)
    assert [scored_json(one) for one in read] == [json.loads(json.dumps(scored_json(one))) for one in scored]


def test_half_surrogates_in_a_name_stop_no_comparison():
    broken = replace(ADA, name="\ud800da")
    line = comparison_line(compare([said(broken, FOR, 1)], [said(broken, FOR, 2)]), ("\ud800", "b"))
    assert json.loads(line.encode("utf-8"))["same"][0]["actor"] == "\ud800da"


GOOD = scored_json(sample()[0])


@pytest.mark.parametrize(
    "change",
    [
        {"probabilities": {"support": 1.0}},
        {"probabilities": None},
        {"stance": "maybe"},
        {"spans": [[1]]},
        {"spans": 7},
        {"published": "yesterday"},
        {"relevance": "high"},
        {"source": "x"},
        {"kind": "rumour"},
    ],
)
def test_a_line_that_is_no_statement_is_named(tmp_path, change):
    file = tmp_path / "s.jsonl"
    file.write_text(json.dumps(GOOD) + "\n" + json.dumps(GOOD | change) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2 is no scored statement"):
        read_scored(file)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[1]\n", b"nonsense\n", b"[" * 100_000])
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "s.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=r"statements\.jsonl"):
        read_scored(tmp_path / "s.jsonl")
    for path in (tmp_path / "none.jsonl", tmp_path / "report.html", tmp_path):
        with pytest.raises(InputError, match=r"statements\.jsonl"):
            read_scored(path)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-q2", "2024-04-01", "2024-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024-02-27", "2024-02-27", "2024-02-27"),
        ("2023-05..2024", "2023-05-01", "2024-12-31"),
        ("..2024-Q1", None, "2024-03-31"),
        ("2024-03-02..", "2024-03-02", None),
    ],
)
def test_periods(text, first, last):
    assert parse_period(text) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "24", "2024-13", "2024-Q5", "2024-02-30", "2025..2024", "2024...2025", "0000", "x.."]
)
def test_no_periods(text):
    with pytest.raises(InputError, match="period"):
        parse_period(text)


@given(st.dates(), st.dates(), st.dates())
def test_a_period_holds_what_lies_between(one, other, day):
    first, last = sorted((one, other))
    period = parse_period(f"{first}..{last}")
    assert period.holds(day.isoformat()) == (first <= day <= last)
    assert not period.holds(None)


def test_periods_of_one_report(tmp_path):
    write_statements(tmp_path / "statements.jsonl", sample())
    old, new, half_life = sides("2024", "2025", tmp_path)
    assert {(one.article.published or "")[:4] for one in old} == {"2024"}
    assert {(one.article.published or "")[:4] for one in new} == {"2025"}
    assert half_life == 0


def test_the_command(tmp_path):
    write_statements(tmp_path / "a" / "statements.jsonl", [said(ADA, AGAINST, n) for n in range(12)])
    write_statements(tmp_path / "b" / "statements.jsonl", [said(ADA, FOR, n) for n in range(12, 24)])

    done = stance("compare", tmp_path / "a", tmp_path / "b")
    assert done.stdout.splitlines()[1].startswith("moved\tada\tAda Example")
    assert "1 moved" in done.stderr
    done = stance("compare", tmp_path / "a", tmp_path / "b", "--format", "json", "-o", tmp_path / "new" / "c.json")
    assert json.loads((tmp_path / "new" / "c.json").read_text(encoding="utf-8"))["moved"][0]["actor_id"] == "ada"
    for words in (("2024", "2025"), (tmp_path / "a", tmp_path / "b", "--format", "xml"), (tmp_path / "a",)):
        done = stance("compare", *words)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr
