"""Moves: found where leaders moved, not where they did not, and never between days of one speech."""

from dataclasses import replace

import numpy as np
import pytest

from stance.changes import ALPHA, moves
from stance.records import move_json
from training.benchmarks.changes import CASES, found_share, simulated
from training.benchmarks.positions import Classifier

CLEAR = Classifier(signal=4)
AGAINST_THEN_FOR = CASES["-1 to +1"]


def rows_of(case, actors=1, seed=0, **more):
    return simulated(*case, actors, np.random.default_rng(seed), judge=CLEAR, **more)


def test_a_move_is_told_with_its_day_its_sides_and_its_statements():
    rows = rows_of(AGAINST_THEN_FOR, seed=4)
    (move,) = moves(rows)
    assert abs(move.before[0] - -0.6) < 0.35
    assert abs(move.after[0] - 0.6) < 0.35
    assert move.before[1] <= move.before[0] <= move.before[2] < move.after[1] <= move.after[0] <= move.after[2]
    assert move.p_value <= ALPHA
    assert move.p_value <= move.false_discovery_rate <= ALPHA
    assert move.probability > 0.95
    by_id = {r.statement.id: r for r in rows}
    assert set(move.shown_before).isdisjoint(move.shown_after)
    assert len(move.shown_before) + len(move.shown_after) == len(rows)
    assert all(by_id[i].article.published <= move.last_before for i in move.shown_before)
    assert all(by_id[i].article.published >= move.day for i in move.shown_after)
    # ten statements a week apart on each side: the tenth is the last before
    days = sorted({r.article.published for r in rows})
    assert abs(days.index(move.day) - 10) <= 1


def test_false_alarms_are_rare_and_moves_are_found():
    for case in ("none, mixed", "none, torn"):
        assert found_share(*CASES[case], actors=80) <= 0.1  # 0.05 and two standard errors
        assert found_share(*CASES[case], actors=80, per_day=2) <= 0.1
    assert found_share(*CASES["0 to +1: undecided, then for"], actors=40) >= 0.75


def test_order_of_statements_does_not_matter():
    rows = rows_of(AGAINST_THEN_FOR, actors=3)
    for one, other in zip(moves(rows), moves(rows[::-1]), strict=True):
        assert (one.actor, one.day, one.p_value) == (other.actor, other.day, other.p_value)
        assert (one.shown_before, one.shown_after) == (other.shown_before, other.shown_after)
        assert one.after == pytest.approx(other.after)


def test_a_speech_is_no_move():
    """Twenty statements of two days: nothing tells a change from two speeches."""
    rows = [replace(r, article=replace(r.article, published=f"2024-01-0{1 + (i >= 10)}"))
            for i, r in enumerate(rows_of(AGAINST_THEN_FOR))]  # fmt: skip
    assert moves(rows) == []


def test_without_dates_or_statements_there_is_none():
    undated = [replace(r, article=replace(r.article, published=None)) for r in rows_of(AGAINST_THEN_FOR)]
    assert moves(undated) == []
    assert moves([]) == []


def test_there_and_back_are_two_moves():
    there = rows_of(AGAINST_THEN_FOR, seed=1)
    back = rows_of((AGAINST_THEN_FOR[0], AGAINST_THEN_FOR[0]), seed=2)
    later = [
        replace(
            r,
            statement=replace(r.statement, id="b" + r.statement.id, text="again " + r.statement.text + " so be it"),
            article=replace(r.article, id="b" + r.article.id, published=r.article.published.replace("2024", "2025")),
        )
        for r in back
    ]
    found = sorted(moves([*there, *later]), key=lambda m: m.day)
    assert [m.after[0] > m.before[0] for m in found] == [True, False]
    # each move's sides end at the other move
    assert found[0].shown_after == found[1].shown_before


def test_a_move_on_one_item_names_it():
    def on(rows, item, prefix):
        return [
            replace(
                r,
                topic=replace(r.topic, items=(item,)),
                statement=replace(r.statement, id=prefix + r.statement.id, text=prefix + " " + r.statement.text),
            )
            for r in rows
        ]

    tanks = on(rows_of(AGAINST_THEN_FOR, seed=3), "tanks", "t")
    steady = on(rows_of((AGAINST_THEN_FOR[1], AGAINST_THEN_FOR[1]), seed=5), "ammunition", "a")
    found = moves([*tanks, *steady])
    assert "tanks" in {m.item for m in found}
    assert "ammunition" not in {m.item for m in found}


@pytest.mark.parametrize("actors", [0, 1])
def test_as_json(actors):
    for move in moves(rows_of(AGAINST_THEN_FOR, actors)):
        told = move_json(move)
        assert told["before"]["interval"] == [round(x, 4) for x in move.before[1:]]
        assert told["after"]["evidence"] == list(move.shown_after)
        assert 0 < told["p_value"] <= ALPHA
