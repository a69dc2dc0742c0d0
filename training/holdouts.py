"""Evaluation that holds out all of one kind: every writer, item, recipient or register in turn.

A random split flatters a model that has learned its writers' habits or a weapon's usual company. Here each text is
judged by a model that has seen nothing of the like: no text of its writer (item, recipient, register), nor the other
member of a hard pair of one that has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone

from training.corpus import Labeled, groups
from training.estimator import StanceClassifier
from training.metrics import Floats, summary

LEAST = 30  # texts of a value, or it is not held out: fewer tell nothing

KINDS: dict[str, Callable[[Labeled], Sequence[str]]] = {
    "writer": lambda row: [row.source],
    "item": lambda row: row.items,
    "recipient": lambda row: [row.recipient] if row.recipient else [],
    "register": lambda row: [row.register],
}


def leave_one_out(
    rows: Sequence[Labeled],
    kind: str,
    estimator: StanceClassifier,
    temperature: float,
    jobs: int = 1,
) -> dict[str, Any]:
    """Figures over the texts of all values of a kind, each from a model that was fitted without that value.

    `temperature` calibrates them all, so that no fold is calibrated on what it is measured on. Returns the pooled
    `summary` with `values`: n, macro-F1 and calibration error of each; an empty dict where fewer than two values
    have enough texts.
    """
    chosen = held_out_values(rows, kind)
    if len(chosen) < 2:
        return {}
    group, labels = groups(rows), [str(r.stance) for r in rows]
    classes = sorted(set(labels))
    tasks = (
        delayed(_held_out)(rows, _members(rows, kind, value), group, classes, estimator, temperature)
        for value in chosen
    )
    parts: list[tuple[list[int], Floats]] = Parallel(n_jobs=jobs)(tasks)
    by_value = dict(zip(chosen, parts, strict=True))
    # an item or recipient may bring a text in twice; each time it stands for itself
    pooled = [(value, i) for value, (members, _) in by_value.items() for i in members]
    out = summary(
        [labels[i] for _, i in pooled],
        np.vstack([probabilities for _, probabilities in parts]),
        classes,
        [f"{value}/{rows[i].pair}" if rows[i].pair else None for value, i in pooled],
        [f"{value}/{group[i]}" for value, i in pooled],
    )
    out["values"] = {
        value: _brief(summary([labels[i] for i in m], p, classes, [rows[i].pair for i in m], [group[i] for i in m]))
        for value, (m, p) in by_value.items()
    }
    return out


def held_out_values(rows: Sequence[Labeled], kind: str) -> list[str]:
    """The values of a kind that have enough texts, the commonest first."""
    counts = Counter(value for row in rows for value in KINDS[kind](row))
    return [value for value, n in counts.most_common() if n >= LEAST]


def _members(rows: Sequence[Labeled], kind: str, value: str) -> list[int]:
    return [i for i, row in enumerate(rows) if value in KINDS[kind](row)]


def _held_out(
    rows: Sequence[Labeled],
    members: list[int],
    group: Sequence[str],
    classes: Sequence[str],
    estimator: StanceClassifier,
    temperature: float,
) -> tuple[list[int], Floats]:
    unseen = {group[i] for i in members}
    seen = [i for i in range(len(rows)) if group[i] not in unseen]
    fitted = clone(estimator).set_params(folds=0)
    fitted.fit([rows[i].text for i in seen], [str(rows[i].stance) for i in seen])
    model = replace(fitted.model_, temperature=temperature)
    out = np.zeros((len(members), len(classes)))  # a class that only the held-out texts have stays at 0
    out[:, [classes.index(c) for c in model.classes]] = model.probabilities([rows[i].text for i in members])
    return members, out


def _brief(figures: dict[str, Any]) -> dict[str, Any]:
    return {key: figures[key] for key in ("n", "macro_f1", "macro_f1_95", "accuracy", "expected_calibration_error")}
