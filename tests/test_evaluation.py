"""What an evaluation may not do: let a held-out text's like into training, fail to see drift, miscount a test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stance.records import STANCES
from training.corpus import Labeled
from training.drift import drift, histogram, reference, stability_index
from training.estimator import StanceClassifier
from training.holdouts import held_out_values, leave_one_out
from training.metrics import partners, summary
from training.search import search, search_groups


def rows_of(writers: int = 4, each: int = 40) -> list[Labeled]:
    """Sentences whose stance stands in a word of their own writer's, beside one word that all share."""
    out = []
    for writer in range(writers):
        for i in range(each):
            stance = STANCES[i % 3]
            own = "abcdefgh"[writer] + stance  # letters: digits are all 0 to the model
            text = f"{own} {stance}shared {'x' * (i + 1)}"
            out.append(Labeled(text, stance, source=f"w{writer}", register="quote", items=("tanks",)))
    return out


class TestHoldouts:
    estimator = StanceClassifier(blocks=(("words", 1.0),), min_df=1)

    def test_no_text_of_the_value_is_seen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rows = rows_of()
        rows[0] = replace(rows[0], pair="p")
        rows[41] = replace(rows[41], pair="p")  # its twin is another writer's
        seen: list[set[str]] = []
        fit = StanceClassifier.fit
        monkeypatch.setattr(StanceClassifier, "fit", lambda self, x, y: (seen.append(set(x)), fit(self, x, y))[1])
        found = leave_one_out(rows, "writer", self.estimator, 1.0)
        assert found["n"] == len(rows)
        assert set(found["values"]) == {"w0", "w1", "w2", "w3"}
        for value, texts in zip(held_out_values(rows, "writer"), seen, strict=True):
            assert not any(row.text in texts for row in rows if row.source == value)
        assert rows[41].text not in seen[0]
        assert rows[0].text not in seen[1]

    def test_what_all_writers_share_carries_over_and_habits_do_not(self) -> None:
        rows = rows_of()
        assert leave_one_out(rows, "writer", self.estimator, 1.0)["macro_f1"] > 0.99
        habits = [replace(r, text=r.text.split()[0]) for r in rows]
        assert leave_one_out(habits, "writer", self.estimator, 1.0)["macro_f1"] < 0.6

    def test_too_few_values(self) -> None:
        assert leave_one_out(rows_of(), "register", self.estimator, 1.0) == {}
        assert leave_one_out(rows_of(writers=2, each=20), "writer", self.estimator, 1.0) == {}

    def test_a_class_that_only_one_value_has(self) -> None:
        rows = rows_of()
        rows += [replace(r, source="w9", stance="unheard") for r in rows[:40]]
        found = leave_one_out(rows, "writer", self.estimator, 1.0)
        assert found["values"]["w9"]["accuracy"] == 0


class TestDrift:
    texts = tuple(f"tanks for them {i} please send shells and guns" for i in range(60))
    sure = np.tile([0.9, 0.05, 0.05], (60, 1))

    def expected(self) -> dict[str, object]:
        return reference(self.texts, ["a", "b"] * 30, self.sure)

    def test_the_training_texts_themselves_raise_no_warning(self) -> None:
        found = drift(self.texts, self.sure, self.texts, self.expected())
        assert found == {"known_words": 1.0, "stability_index": 0.0, "warnings": []}

    def test_other_words_and_other_confidences_do(self) -> None:
        strange = [f"quarks decay weakly into leptons {i}" for i in range(60)]
        unsure = np.tile([0.4, 0.3, 0.3], (60, 1))
        found = drift(strange, unsure, self.texts, self.expected())
        assert found["known_words"] == 0
        assert len(found["warnings"]) == 2

    def test_few_texts_or_an_old_model_tell_nothing(self) -> None:
        assert drift(self.texts[:9], self.sure[:9], self.texts, self.expected()) == {}
        assert drift(self.texts, self.sure, self.texts, {}) == {}

    def test_stability_index_by_hand(self) -> None:
        a, b = np.array([0.5, 0.5]), np.array([0.25, 0.75])
        assert stability_index(a, b) == pytest.approx(-0.25 * np.log(0.5) + 0.25 * np.log(1.5))
        assert histogram(np.array([[1.0, 0.0], [0.55, 0.45]])).tolist() == [0, 0, 0, 0, 0, 0.5, 0, 0, 0, 0.5]


def test_search_tries_the_defaults_first_and_stops_in_time() -> None:
    rows = rows_of(each=12)
    told = []
    found = search(rows, 0, on_step=told.append)
    assert len(found) == len(told) == 1
    assert found[0].settings["C"] == StanceClassifier().C
    more = search(rows, 60, most=3)
    assert len(more) == 3
    assert [t.macro_f1 for t in more] == sorted((t.macro_f1 for t in more), reverse=True)
    assert search_groups(rows) == [r.source for r in rows]
    assert len(set(search_groups([replace(r, source="one") for r in rows]))) == len(rows)


def test_summary_has_an_interval_for_each_figure() -> None:
    truth = ["a", "b"] * 40
    table = np.array([[0.8, 0.2], [0.3, 0.7]] * 30 + [[0.2, 0.8], [0.3, 0.7]] * 10)
    pairs = [f"p{i // 2}" for i in range(80)]
    found = summary(truth, table, ["a", "b"], pairs, pairs)
    values = {
        "macro_f1": found["macro_f1"],
        "accuracy": found["accuracy"],
        "expected_calibration_error": found["expected_calibration_error"],
        "accuracy_at_80%": found["coverage_accuracy"]["80%"],
        "hard_pairs": found["hard_pairs"]["both_right"],
        "a": found["per_class"]["a"]["f1"],
        "b": found["per_class"]["b"]["f1"],
    }
    assert set(found["intervals"]) == set(values)
    assert found["hard_pairs"] == {"both_right": 0.75, "pairs": 40}
    for name, value in values.items():
        low, high = found["intervals"][name]
        assert low <= high
        if name != "expected_calibration_error":  # which resampling can only raise
            assert low <= value <= high, name
    with pytest.raises(ValueError, match="does not know"):
        summary(["c"], table[:1], ["a", "b"], [None], ["g"])
    assert partners(["x", None, "x", "y"]).tolist() == [2, -1, 0, -1]
