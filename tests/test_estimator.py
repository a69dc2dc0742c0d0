"""`StanceClassifier` as scikit-learn would have it, on labels and issues of any kind."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import check_estimator

from training.estimator import StanceClassifier

FOR = ["More bicycle lanes, please", "We need bicycle lanes", "The lanes make streets safe", "I love the new lanes"]
AGAINST = ["No bicycle lanes here", "The lanes must go", "Lanes ruin our shops", "I hate the new lanes"]
TEXTS = [f"{text} number {i}" for i in range(6) for text in FOR + AGAINST]
LABELS = (["yea"] * 4 + ["nay"] * 4) * 6
NO_DATA_NEEDED = [
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_valid_tag_types,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_set_params,
]


@pytest.fixture(scope="module")
def fitted() -> StanceClassifier:
    return StanceClassifier(min_df=1).fit(TEXTS, LABELS)


def test_two_classes_of_any_name(fitted: StanceClassifier) -> None:
    assert fitted.classes_.tolist() == ["nay", "yea"]
    assert fitted.predict(["I love bicycle lanes", "the lanes must go"]).tolist() == ["yea", "nay"]
    probabilities = fitted.predict_proba(TEXTS)
    assert probabilities.shape == (48, 2)
    assert np.allclose(probabilities.sum(axis=1), 1)
    scores = fitted.decision_function(TEXTS)
    assert scores.shape == (48,)
    assert ((scores > 0) == (fitted.predict(TEXTS) == "yea")).all()
    assert np.allclose(1 / (1 + np.exp(-scores)), probabilities[:, 1])
    assert fitted.score(TEXTS, LABELS) == 1


def test_five_classes() -> None:
    texts = [f"{word} {i}" for i in range(6) for word in ("red", "green", "blue", "black", "white")]
    labels = [text.split()[0].upper() for text in texts]
    found = StanceClassifier(min_df=1).fit(texts, labels)
    assert found.predict(texts).tolist() == labels
    assert found.decision_function(texts).shape == (30, 5)


def test_numbers_as_labels() -> None:
    found = StanceClassifier(min_df=1).fit(TEXTS, [1 if label == "yea" else -1 for label in LABELS])
    assert found.predict(["I love bicycle lanes"]).tolist() == [1]


def test_check_estimator() -> None:
    """It feeds numbers to most of its checks and leaves those out for an estimator whose tags say text."""
    with warnings.catch_warnings(record=True):
        results = check_estimator(StanceClassifier(), on_fail=None)
    assert {r["status"] for r in results} == {"passed"}


@pytest.mark.parametrize("check", NO_DATA_NEEDED, ids=lambda check: check.__name__)
def test_scikit_learns_checks_that_need_no_data(check: Callable[[str, object], None]) -> None:
    check("StanceClassifier", StanceClassifier())


def test_it_drops_into_the_tools(fitted: StanceClassifier) -> None:
    assert clone(fitted).get_params() == fitted.get_params()
    lower = FunctionTransformer(lambda texts: [t.lower() for t in texts])
    assert (
        Pipeline([("lower", lower), ("stance", StanceClassifier(min_df=1))]).fit(TEXTS, LABELS).score(TEXTS, LABELS)
        == 1
    )
    grid = GridSearchCV(StanceClassifier(min_df=1, folds=0), {"C": [0.1, 4.0]}, cv=3, scoring="f1_macro").fit(
        TEXTS, LABELS
    )
    assert grid.best_score_ > 0.9
    predicted = cross_val_predict(StanceClassifier(min_df=1, folds=0), TEXTS, LABELS, cv=3, method="predict_proba")
    assert predicted.shape == (48, 2)
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.predict_proba(TEXTS), fitted.predict_proba(TEXTS))


def test_texts_of_one_group_calibrate_together() -> None:
    # every text twice: with twins apart, out-of-fold judgements would know the answers
    texts = [f"{a} {b} {c}" for a in "pqrstu" for b in "vwxyz" for c in "klmno"]
    random = np.random.default_rng(0)
    labels = random.choice(["a", "b"], len(texts)).tolist()
    groups = [str(i) for i in range(len(texts))]
    model = StanceClassifier(blocks=(("words", 1.0),), min_df=1)
    apart = model.fit(texts * 2, labels * 2).out_of_fold_
    together = model.fit(texts * 2, labels * 2, groups=groups * 2).out_of_fold_
    assert apart is not None
    assert together is not None
    index = np.array([["a", "b"].index(label) for label in labels * 2])
    rows = np.arange(len(index))
    assert (apart[rows, index] > 0.5).mean() > (together[rows, index] > 0.5).mean() + 0.1


@pytest.mark.parametrize(
    ("texts", "labels", "words"),
    [
        ("one text", ["a"], "one string"),
        ([], [], "no text"),
        ([1, 2], ["a", "b"], "int"),
        (["x", None], ["a", "b"], "NoneType"),
        (["x", "y"], ["a"], "2 texts but 1 labels"),
        (["x", "y"], ["a", "a"], "one class"),
    ],
)
def test_bad_input_is_told(texts: list[str], labels: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        StanceClassifier().fit(texts, labels)


def test_unfitted() -> None:
    with pytest.raises(NotFittedError):
        StanceClassifier().predict(["x"])
