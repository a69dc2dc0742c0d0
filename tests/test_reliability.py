"""The classifier's held-out errors: what they correct, how unsure they are, and what broken ones are told as."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.model import load_model
from stance.records import STANCES, InputError
from stance.reliability import class_likelihoods, errors_from_json, errors_json, held_out_errors
from training.benchmarks.positions import CLASSIFIERS, POPULATIONS, held_out, measured

SURE = {"support": 0.98, "oppose": 0.01, "undecided": 0.01}
SURELY_NOT = {"support": 0.01, "oppose": 0.98, "undecided": 0.01}
HALF = {"support": 0.5, "oppose": 0.3, "undecided": 0.2}


def errors_of(truth, probabilities):
    table = np.array([[p[s] for s in STANCES] for p in probabilities])
    found = held_out_errors(truth, table, STANCES)
    assert found is not None
    return found


def test_a_class_that_is_often_mistaken_counts_for_less():
    # of the judgements "support", three in ten were oppositions, though all were sure
    truth = (["support"] * 7 + ["oppose"] * 3) * 30 + ["oppose"] * 200 + ["undecided"] * 200
    given_ = [SURE] * 300 + [SURELY_NOT] * 200
    given_ += [{"support": 0.01, "oppose": 0.01, "undecided": 0.98}] * 200
    errors = errors_of(truth, given_)
    support, oppose, undecided = class_likelihoods([SURE], errors)[0, 0]
    # 210 of 210 supports and 90 of 290 oppositions are judged so
    assert oppose / support == pytest.approx(90 / 290 / (210 / 210), rel=0.1)
    assert undecided < 0.05


def test_a_calibrated_classifier_is_left_as_it_is():
    random = np.random.default_rng(3)
    rows = CLASSIFIERS["calibrated"].judge(random.integers(0, 3, 400), random)
    corrected = class_likelihoods(rows, held_out(CLASSIFIERS["calibrated"], random))[0]
    own = class_likelihoods(rows, None)[0]
    assert np.abs(corrected - own).mean() < 0.04


def test_draws_differ_by_what_the_held_out_set_cannot_tell():
    few, many = (errors_of(["support", "oppose", "oppose"] * n, [HALF, HALF, SURELY_NOT] * n) for n in (5, 500))
    spread = [class_likelihoods([HALF], e)[:, 0].std(axis=0).max() for e in (few, many)]
    assert spread[0] > 3 * spread[1] > 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0.01, 1)] * 3), min_size=1, max_size=20), st.integers(0, 10))
def test_likelihoods_are_shares(rows, seed):
    table = [dict(zip(STANCES, (x / sum(r) for x in r), strict=True)) for r in rows]
    errors = held_out(CLASSIFIERS["lopsided"], np.random.default_rng(seed))
    found = class_likelihoods(table, errors)
    assert found.shape[1:] == (len(rows), 3)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert found.sum(axis=2) == pytest.approx(1)


def test_a_lopsided_classifier_is_set_right():
    found = measured(POPULATIONS["mostly for"], 20, rounds=4, classifier=CLASSIFIERS["lopsided"])
    assert found["with errors"].covered > 0.84
    assert found["probabilities"].covered < 0.84
    assert found["with errors"].error < found["probabilities"].error


def test_read_as_written():
    errors = held_out(CLASSIFIERS["calibrated"], np.random.default_rng(0))
    again = errors_from_json(json.loads(json.dumps(errors_json(errors))))
    assert again.counts == pytest.approx(errors.counts)
    assert again.edges == pytest.approx(errors.edges, abs=1e-6)
    assert again.sums == pytest.approx(errors.sums, abs=1e-6)


def test_of_other_classes_there_are_none():
    assert held_out_errors(["favor"], np.array([[1.0, 0.0]]), ("favor", "against")) is None
    assert held_out_errors([], np.zeros((0, 3)), STANCES) is None


@pytest.mark.parametrize(
    ("name", "value"), [("edges", [[0.5]]), ("true_by_cell", "x"), ("true_by_cell", None), ("classes", ["a", "b", "c"])]
)
def test_broken_ones_are_told_in_one_sentence(tmp_path, name, value):
    released = load_model()
    for file in released.folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    info = json.loads((tmp_path / "model.json").read_text())
    info["held_out_errors"][name] = value
    (tmp_path / "model.json").unlink()
    (tmp_path / "model.json").write_text(json.dumps(info))
    with pytest.raises(InputError, match=r"model\.json: not a model description"):
        load_model(tmp_path)


def test_the_released_model_tells_its_errors():
    errors = load_model().errors
    assert errors is not None
    assert errors.counts.sum() > 1000
