"""Figures of merit of a stance classifier from labels and probabilities.

macro-F1 and confusion by scikit-learn's definitions; expected calibration error with 10 equal-width bins of
confidence (Naeini, Cooper and Hauskrecht 2015, AAAI); coverage against accuracy by thresholding confidence (El-Yaniv
and Wiener 2010, JMLR 11); percentile bootstrap intervals (Efron and Tibshirani 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support

Floats = NDArray[np.float64]


def expected_calibration_error(
    truth: Sequence[str], probabilities: Floats, classes: Sequence[str], bins: int = 10
) -> float:
    """Mean gap between confidence and accuracy over `bins` equal-width bins, weighted by their size."""
    confidence = probabilities.max(axis=1)
    right = np.array([classes[i] for i in probabilities.argmax(axis=1)]) == np.array(truth)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = 0.0
    for b in range(bins):
        inside = which == b
        if inside.any():
            gap += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(gap)


def coverage_accuracy(truth: Sequence[str], probabilities: Floats, classes: Sequence[str]) -> dict[str, float]:
    """Accuracy over the most confident 100, 90, 80, 70, 60 and 50 per cent."""
    confidence = probabilities.max(axis=1)
    right = np.array([classes[i] for i in probabilities.argmax(axis=1)]) == np.array(truth)
    order = np.argsort(-confidence, kind="stable")
    return {
        f"{share}%": float(right[order[: max(1, round(len(order) * share / 100))]].mean())
        for share in (100, 90, 80, 70, 60, 50)
    }


def both_right(truth: Sequence[str], predicted: Sequence[str], pairs: Sequence[str | None]) -> tuple[float, int]:
    """The share of hard pairs of which both members are right, and how many pairs there are."""
    by_pair: dict[str, list[bool]] = {}
    for t, p, pair in zip(truth, predicted, pairs, strict=True):
        if pair is not None:
            by_pair.setdefault(pair, []).append(t == p)
    whole = [all(hits) for hits in by_pair.values() if len(hits) == 2]
    return (float(np.mean(whole)) if whole else 0.0), len(whole)


def bootstrap(
    figure: Callable[[NDArray[np.intp]], float], groups: Sequence[str], rounds: int = 500, seed: int = 0
) -> tuple[float, float]:
    """The 95% percentile interval of a figure, resampling whole groups (a hard pair is one draw)."""
    members: dict[str, list[int]] = {}
    for i, group in enumerate(groups):
        members.setdefault(group, []).append(i)
    blocks = [np.array(m, dtype=np.intp) for m in members.values()]
    random = np.random.default_rng(seed)
    values = []
    for _ in range(rounds):
        chosen = random.integers(0, len(blocks), len(blocks))
        values.append(figure(np.concatenate([blocks[i] for i in chosen])))
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def summary(
    truth: Sequence[str],
    probabilities: Floats,
    classes: Sequence[str],
    pairs: Sequence[str | None],
    groups: Sequence[str],
) -> dict[str, Any]:
    """All figures of one set of predictions, as JSON-ready values."""
    labels = list(classes)
    true = np.array(truth)
    predicted = np.array([labels[i] for i in probabilities.argmax(axis=1)])
    precision, recall, f1, support = precision_recall_fscore_support(true, predicted, labels=labels, zero_division=0)
    rate, n_pairs = both_right(list(true), list(predicted), pairs)

    def macro(index: NDArray[np.intp]) -> float:
        return float(f1_score(true[index], predicted[index], labels=labels, average="macro", zero_division=0))

    everything = np.arange(len(true))
    return {
        "n": len(true),
        "macro_f1": macro(everything),
        "macro_f1_95": bootstrap(macro, groups),
        "accuracy": float((true == predicted).mean()),
        "per_class": {
            label: {"precision": float(p), "recall": float(r), "f1": float(f), "n": int(n)}
            for label, p, r, f, n in zip(labels, precision, recall, f1, support, strict=True)
        },
        "expected_calibration_error": expected_calibration_error(truth, probabilities, labels),
        "coverage_accuracy": coverage_accuracy(truth, probabilities, labels),
        "hard_pairs": {"both_right": rate, "pairs": n_pairs},
        "confusion": {
            "labels": labels,
            "rows_true_columns_predicted": confusion_matrix(true, predicted, labels=labels).tolist(),
        },
    }
