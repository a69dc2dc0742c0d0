"""Training: the folder it writes, the same result twice, the test split left alone, bad records named."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import training.metrics as metrics_module
from stance.model import load_model
from stance.records import InputError
from training.corpus import load_labeled
from training.estimator import fit_temperature
from training.evaluate import split_figures
from training.fit import train

SEEDS = Path(__file__).parents[1] / "seeds" / "labeled"
FILES = {"stance.npz", "relevance.npz", "model.json", "metrics.json", "examples.jsonl", "README.md"}


def n_of(rows, split, about=False):
    return sum(r.split == split and (not about or r.stance is not None) for r in rows)


@pytest.fixture(scope="module", autouse=True)
def few_rounds():
    """Bootstrap intervals of few rounds: they cost more than the fits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics_module, "bootstrap", partial(metrics_module.bootstrap, rounds=10))
        yield


@pytest.fixture(scope="module")
def rows():
    everything = load_labeled([SEEDS])
    return [
        *[r for r in everything if r.split == "train"][::26],
        *[r for r in everything if r.split == "test"][::10],
    ]


@pytest.fixture(scope="module")
def fitted(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return folder / "one", train(rows, folder / "one", held_out=("register",))


def test_files_and_metrics(fitted, rows):
    folder, metrics = fitted
    assert {p.name for p in folder.iterdir()} == FILES
    assert json.loads((folder / "metrics.json").read_text("utf-8")) == json.loads(json.dumps(metrics))
    info = json.loads((folder / "model.json").read_text("utf-8"))
    assert info["temperature"]["stance"] > 0
    assert info["temperature"]["relevance"] > 0
    assert 0 < info["review_below"] < 1
    # the test split is counted in its own figures and nowhere else
    assert metrics["cross_validation"]["n"] == info["sentences"]["stance"] == n_of(rows, "train", about=True)
    assert metrics["relevance_cross_validation"]["n"] == info["sentences"]["relevance"] == n_of(rows, "train")
    assert metrics["test"]["n"] == n_of(rows, "test", about=True)
    assert metrics["test_relevance"]["n"] == n_of(rows, "test")


def test_reloaded_gives_the_measured_figures(fitted, rows):
    folder, metrics = fitted
    model = load_model(folder)
    again = split_figures(rows, model.stance, model.relevance, "test")
    assert again["test"]["confusion"] == metrics["test"]["confusion"]
    assert again["test_relevance"]["confusion"] == metrics["test_relevance"]["confusion"]


def test_two_fits_agree_and_the_test_split_changes_nothing(fitted, rows, tmp_path):
    folder, metrics = fitted
    turned = {"support": "oppose", "oppose": "undecided", "undecided": "support"}
    lied = [replace(r, stance=turned[r.stance]) if r.split == "test" and r.stance else r for r in rows]
    other = train(lied, tmp_path / "two", held_out=())
    assert other["cross_validation"] == metrics["cross_validation"]
    one, two = load_model(folder), load_model(tmp_path / "two")
    texts = [r.text for r in rows]
    assert np.array_equal(one.stance.probabilities(texts), two.stance.probabilities(texts))
    assert np.array_equal(one.relevance.probabilities(texts), two.relevance.probabilities(texts))
    assert one.review_below == two.review_below


def test_temperature_mends_overconfidence():
    random = np.random.default_rng(1)
    truth = random.integers(0, 3, 400)
    logits = random.normal(size=(400, 3))
    logits[np.arange(400), truth] += 1.0
    base = fit_temperature(logits, truth)
    assert base > 0
    assert fit_temperature(logits * 5, truth) == pytest.approx(5 * base, rel=0.05)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"text": "x"}', "stance"),
        ('{"text": "x", "stance": "support", "strength": "much"}', "much"),
    ],
)
def test_bad_records_are_named(tmp_path, line, words):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "We will send tanks.", "stance": "support"}\n' + line + "\n", "utf-8")
    with pytest.raises(InputError, match=words) as caught:
        load_labeled([path])
    assert f"{path}, record 2" in str(caught.value)


@pytest.mark.parametrize("line", ['{"text": "x"', '{"stance": "support"}', '{"text": "  ", "stance": "support"}'])
def test_unreadable_rows_are_named(tmp_path, line):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "We will send tanks.", "stance": "support"}\n' + line + "\n", "utf-8")
    with pytest.raises(InputError, match="2") as caught:
        load_labeled([path])
    assert "bad.jsonl" in str(caught.value)


def test_missing_and_empty(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        load_labeled([tmp_path / "nowhere"])
    with pytest.raises(InputError, match="no labeled"):
        load_labeled([tmp_path])


def test_too_few_of_a_class(rows, tmp_path):
    opposed = [r for r in rows if r.stance == "oppose" and r.split == "train"][:4]
    with pytest.raises(InputError, match="4 of class 'oppose'"):
        train([*(r for r in rows if r.stance != "oppose"), *opposed], tmp_path / "m")
    with pytest.raises(InputError, match="two at least"):
        train([r for r in rows if r.stance in (None, "support")], tmp_path / "m")
    with pytest.raises(InputError, match="targets"):
        train([*rows, replace(rows[0], target="a"), replace(rows[0], target="b")], tmp_path / "m")
    assert not (tmp_path / "m").exists()
