"""The models, the labeled sentences, the topic rules and the pooling."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.marks import stance_text
from stance.model import load_model
from stance.pipeline import load_pipeline, score
from stance.positions import distinct_statements, estimate, positions
from stance.records import ITEMS, STANCES, Article, InputError
from stance.textmodel import load, normalize
from stance.topic import signals
from training.corpus import load_labeled, near_duplicates
from training.metrics import both_right, expected_calibration_error

SEEDS = Path(__file__).parents[1] / "seeds" / "labeled"
ROWS = load_labeled([SEEDS])
MODEL = load_model()


def test_the_corpus_is_what_the_codebook_asks() -> None:
    train = [r for r in ROWS if r.split == "train" and r.stance]
    test = [r for r in ROWS if r.split == "test" and r.stance]
    assert len(train) >= 3000
    assert max(Counter(r.stance for r in train).values()) <= 0.45 * len(train)
    assert sum(r.pair is not None for r in train) >= 0.2 * len(train)
    assert len(test) >= 300
    assert {i for r in train for i in r.items} == set(ITEMS)
    assert {r.register for r in train} == {"quote", "indirect", "headline", "parliament", "post", "communique", "act"}
    assert len({r.recipient for r in train}) > 10


def test_hard_pairs_are_pairs_that_part() -> None:
    members: dict[str, list[str | None]] = {}
    for row in ROWS:
        if row.pair:
            members.setdefault(row.pair, []).append(row.stance)
    assert all(len(m) == 2 and m[0] != m[1] for m in members.values())


def test_no_near_duplicates() -> None:
    assert [(ROWS[i].text, ROWS[j].text) for i, j in near_duplicates(ROWS)] == []


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("We will not send troops to Ukraine.", "oppose"),
        ("rejected the request for long-range missiles", "oppose"),
        ("The deliveries will only prolong the war.", "oppose"),
        ("approved the delivery of 31 tanks", "support"),
        ("We thank our partners for the air defence systems and need more of them.", "support"),
        ("We will continue to support Ukraine with weapons for as long as it takes.", "support"),
        ("He did not rule out sending troops.", "undecided"),
        ("No decision has been taken on the fighter jets.", "undecided"),
    ],
)
def test_plain_sentences(text: str, stance: str) -> None:
    assert MODEL.judge([text])[0].stance == stance


@given(st.text(max_size=200))
def test_probabilities_and_contributions_of_any_text(text: str) -> None:
    judged = MODEL.judge([text])[0]
    assert sum(judged.probabilities.values()) == pytest.approx(1)
    assert judged.stance is not None
    logits = MODEL.stance.logits([stance_text(text)])[0] / MODEL.stance.temperature
    k = MODEL.stance.classes.index(judged.stance)
    parts = MODEL.stance.contributions(stance_text(text), judged.stance)
    assert sum(w for _, w in parts) == pytest.approx(logits[k] - np.delete(logits, k).mean())


@given(st.text())
def test_normalizing_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


def test_a_model_file_with_a_pickle_in_it_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "evil.npz", vectorizers=np.array([{"a": print}], dtype=object))
    with pytest.raises(InputError, match="not a model file"):
        load(tmp_path / "evil.npz")
    (tmp_path / "noise.npz").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(InputError, match="not a model file"):
        load(tmp_path / "noise.npz")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("sending Leopard tanks", {"tanks"}),
        ("anti-tank missiles", {"missiles"}),
        ("F-16 fighter jets and pilots' training", {"aircraft", "training"}),
        ("Patriot batteries", {"air-defence"}),
        ("artillery shells", {"artillery", "ammunition"}),
        ("a nice day", set()),
    ],
)
def test_items(text: str, items: set[str]) -> None:
    assert set(signals(text).items) == items


def test_recipient_and_topic_in_an_article() -> None:
    text = (
        "US President Joe Biden said that Washington would send anti-ship missiles to Taiwan.\n\n"
        "Biden said that the weather in Delaware had been kind to the farmers this year."
    )
    rows = list(score([Article("a", None, text, "2023-05-01")], load_pipeline(), keep_off_topic=True))
    about, other = (r for r in rows if not r.statement.nested)
    assert (about.topic.recipient, about.topic.items, about.judgement.stance) == ("TWN", ("missiles",), "support")
    assert other.judgement.stance is None


PROBABILITIES = st.tuples(*[st.floats(0.001, 1)] * 3).map(
    lambda t: dict(zip(STANCES, [x / sum(t) for x in t], strict=True))
)


@given(st.lists(PROBABILITIES, max_size=30))
def test_estimates_stay_on_the_scale_and_mirror(given_: list[dict[str, float]]) -> None:
    score_, low, high = estimate(given_)
    assert -1 <= low <= score_ <= high <= 1
    mirrored = [{"support": p["oppose"], "oppose": p["support"], "undecided": p["undecided"]} for p in given_]
    other, other_low, other_high = estimate(mirrored)
    assert (other, other_low, other_high) == pytest.approx((-score_, -high, -low), abs=0.03)


def test_intervals_narrow_with_evidence() -> None:
    sure = {"support": 0.9, "oppose": 0.05, "undecided": 0.05}
    widths = [high - low for _, low, high in (estimate([sure] * n) for n in (0, 1, 5, 20, 100))]
    assert widths == sorted(widths, reverse=True)


def test_intervals_cover_the_truth_about_nine_times_in_ten() -> None:
    random = np.random.default_rng(0)
    for n in (1, 5, 20):
        hits = 0
        for _ in range(300):
            shares = random.dirichlet([1, 1, 1])
            classes = random.choice(3, n, p=shares)
            noisy = np.exp(1.6 * (1.6 * np.eye(3)[classes] + random.normal(size=(n, 3))))
            noisy /= noisy.sum(axis=1, keepdims=True)
            _, low, high = estimate([dict(zip(("support", "oppose", "undecided"), p, strict=True)) for p in noisy])
            hits += low <= shares[0] - shares[1] <= high
        assert 0.84 <= hits / 300 <= 0.96


def test_copies_count_once() -> None:
    text = "Emmanuel Macron said that France would deliver more shells to Ukraine before the end of the winter."
    articles = [Article(str(i), None, text + " " * i, f"2024-03-0{i}") for i in (1, 2, 3)]
    rows = list(score(articles, load_pipeline()))
    assert len(rows) == 3
    assert len(distinct_statements(rows)) == 1
    overall = next(p for p in positions(rows) if p.item is None)
    assert (overall.statements, overall.articles) == (1, 3)
    another = replace(rows[0], statement=replace(rows[0].statement, text="no soldier will ever be sent there by us"))
    assert len(distinct_statements([*rows, another])) == 2


def test_metrics_by_hand() -> None:
    truth = ["a", "a", "b", "b"]
    table = np.array([[0.95, 0.05], [0.45, 0.55], [0.05, 0.95], [0.05, 0.95]])
    assert expected_calibration_error(truth, table, ["a", "b"]) == pytest.approx(0.75 * 0.05 + 0.25 * 0.55)
    assert both_right(truth, ["a", "b", "b", "b"], ["p", "q", "p", "q"]) == (0.5, 2)
