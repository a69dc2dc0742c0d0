"""Figures of merit of a classifier from labels and probabilities, each with its bootstrap interval.

macro-F1 and confusion by scikit-learn's definitions; expected calibration error with 10 equal-width bins of
confidence (Naeini, Cooper and Hauskrecht 2015, AAAI); coverage against accuracy by thresholding confidence (El-Yaniv
and Wiener 2010, JMLR 11); percentile bootstrap intervals (Efron and Tibshirani 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Index = NDArray[np.intp]

SHARES = (100, 90, 80, 70, 60, 50)
BINS = 10
ROUNDS = 500


def confusion(truth: Index, predicted: Index, n: int) -> NDArray[np.intp]:
    """Counts of texts by true class (rows) and predicted class (columns), shape (n, n)."""
    return np.bincount(truth * n + predicted, minlength=n * n).reshape(n, n)


def precision_recall_f1(table: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
    """Each class's precision, recall and F1 from a confusion table; 0 where there is nothing to divide by."""
    hits = np.diag(table).astype(np.float64)
    precision = hits / np.maximum(table.sum(axis=0), 1)
    recall = hits / np.maximum(table.sum(axis=1), 1)
    return precision, recall, 2 * precision * recall / np.maximum(precision + recall, 1e-12)


def confidence_bins(confidence: Floats) -> Index:
    """The equal-width bin of each confidence, from 0 to 9."""
    return np.minimum((confidence * BINS).astype(np.intp), BINS - 1)


def expected_calibration_error(right: NDArray[np.bool_], confidence: Floats) -> float:
    """Mean gap between confidence and accuracy over equal-width bins of confidence, weighted by their size."""
    gaps = np.bincount(confidence_bins(confidence), weights=right.astype(float) - confidence, minlength=BINS)
    return float(np.abs(gaps).sum() / len(right))


def coverage_accuracy(right: NDArray[np.bool_], confidence: Floats) -> dict[str, float]:
    """Accuracy over the most confident 100, 90, 80, 70, 60 and 50 per cent."""
    order = np.argsort(-confidence, kind="stable")
    return {f"{share}%": float(right[order[: max(1, round(len(order) * share / 100))]].mean()) for share in SHARES}


def partners(pairs: Sequence[str | None]) -> Index:
    """For each text the index of the other member of its hard pair, or -1 where there is none among the texts."""
    members: dict[str, list[int]] = {}
    for i, pair in enumerate(pairs):
        if pair is not None:
            members.setdefault(pair, []).append(i)
    out = np.full(len(pairs), -1, dtype=np.intp)
    for both in members.values():
        if len(both) == 2:
            out[both] = both[::-1]
    return out


def both_right(right: NDArray[np.bool_], partner: Index) -> tuple[float, int]:
    """The share of hard pairs of which both members are right, and how many pairs there are."""
    paired = np.flatnonzero(partner >= 0)
    return (float((right[paired] & right[partner[paired]]).mean()) if len(paired) else 0.0), len(paired) // 2


def bootstrap(
    figure: Callable[[Index], float | Floats], groups: Sequence[str], rounds: int = ROUNDS, seed: int = 0
) -> Floats:
    """The 95% percentile interval of a figure (or of several), resampling whole groups: a hard pair is one draw.

    `figure` takes indices into the texts and gives a number or an array of numbers, shape (k,). Returns the lower
    and the upper ends, shape (2,) or (2, k).
    """
    members: dict[str, list[int]] = {}
    for i, group in enumerate(groups):
        members.setdefault(group, []).append(i)
    blocks = [np.array(m, dtype=np.intp) for m in members.values()]
    random = np.random.default_rng(seed)
    values = [
        figure(np.concatenate([blocks[i] for i in random.integers(0, len(blocks), len(blocks))])) for _ in range(rounds)
    ]
    return np.percentile(np.array(values), [2.5, 97.5], axis=0)


def summary(
    truth: Sequence[str],
    probabilities: Floats,
    classes: Sequence[str],
    pairs: Sequence[str | None],
    groups: Sequence[str],
) -> dict[str, Any]:
    """All figures of one set of predictions, as JSON-ready values; `intervals` holds their 95% bounds.

    A class that is in `truth` but not in `classes` raises ValueError.
    """
    labels = list(classes)
    unknown = set(truth) - set(labels)
    if unknown:
        raise ValueError(f"the model does not know the class {sorted(unknown)[0]!r}")
    true = np.array([labels.index(t) for t in truth], dtype=np.intp)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    right = true == predicted
    table = confusion(true, predicted, len(labels))
    precision, recall, f1 = precision_recall_f1(table)
    partner = partners(pairs)
    rate, n_pairs = both_right(right, partner)

    def figures(index: Index) -> Floats:
        f1s = precision_recall_f1(confusion(true[index], predicted[index], len(labels)))[2]
        hits, sure = right[index], confidence[index]
        paired = index[partner[index] >= 0]
        whole = (right[paired] & right[partner[paired]]).mean() if len(paired) else 0.0
        at_80 = coverage_accuracy(hits, sure)["80%"]
        return np.array([f1s.mean(), hits.mean(), expected_calibration_error(hits, sure), at_80, whole, *f1s])

    names = ("macro_f1", "accuracy", "expected_calibration_error", "accuracy_at_80%", "hard_pairs", *labels)
    low, high = bootstrap(figures, groups)
    intervals = {name: [float(a), float(b)] for name, a, b in zip(names, low, high, strict=True)}
    if not n_pairs:
        del intervals["hard_pairs"]
    return {
        "n": len(true),
        "macro_f1": float(f1.mean()),
        "macro_f1_95": intervals["macro_f1"],
        "accuracy": float(right.mean()),
        "per_class": {
            label: {"precision": float(p), "recall": float(r), "f1": float(f), "n": int(n)}
            for label, p, r, f, n in zip(labels, precision, recall, f1, table.sum(axis=1), strict=True)
        },
        "expected_calibration_error": expected_calibration_error(right, confidence),
        "coverage_accuracy": coverage_accuracy(right, confidence),
        "hard_pairs": {"both_right": rate, "pairs": n_pairs},
        "confusion": {"labels": labels, "rows_true_columns_predicted": table.tolist()},
        "intervals": intervals,
    }
