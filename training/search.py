"""Chooses the settings of `StanceClassifier` for a labeled file: random search within a time limit.

Settings are scored by macro-F1 with whole writers held out (by groups of hard pairs where the writers are not
known), so that the search does not reward a model for knowing its writers. Random search: Bergstra and Bengio
(2012, JMLR 13).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold, ParameterSampler

from training.corpus import Labeled, groups
from training.estimator import SEED, StanceClassifier

FOLDS = 3
MOST = 60  # settings tried at most
SPACE: dict[str, list[Any]] = {
    "C": [1.0, 2.0, 4.0, 8.0, 16.0],
    "min_df": [1, 2, 3],
    "sublinear_tf": [True, False],
    "class_weight": [None, "balanced"],
    "blocks": [
        (("scoped", scoped), ("patterns", 0.7), ("frames", frames), ("chars", chars))
        for scoped in (1.0, 1.5, 2.0)
        for frames in (0.5, 1.0)
        for chars in (0.4, 0.7, 1.0)
    ]
    + [(("scoped", 1.0), ("chars", 1.0)), (("words", 1.0), ("chars", 1.0)), (("words", 1.0),)],
}


class Tried(NamedTuple):
    """Settings and their macro-F1."""

    settings: dict[str, Any]
    macro_f1: float


def search(
    rows: Sequence[Labeled],
    seconds: float,
    most: int = MOST,
    on_step: Callable[[Tried], None] = lambda _: None,
) -> list[Tried]:
    """Settings tried, the best first; the defaults are always among them and are tried first.

    No new settings are begun once `seconds` have passed; at most `most` are tried. `on_step` is told of each.
    """
    texts, labels = [r.text for r in rows], np.array([str(r.stance) for r in rows])
    held = search_groups(rows)
    folds = list(GroupKFold(min(FOLDS, len(set(held)))).split(texts, labels, held))
    default = StanceClassifier(folds=0)
    candidates = [{name: getattr(default, name) for name in SPACE}]
    candidates += ParameterSampler(SPACE, most - 1, random_state=SEED)
    begun = time.monotonic()
    tried: list[Tried] = []
    for settings in candidates:
        if tried and time.monotonic() - begun >= seconds:
            break
        predicted = np.empty(len(labels), dtype=object)
        for seen, unseen in folds:
            fitted = clone(default).set_params(**settings).fit([texts[i] for i in seen], labels[seen])
            predicted[unseen] = fitted.predict([texts[i] for i in unseen])
        tried.append(Tried(settings, float(f1_score(labels, predicted.astype(str), average="macro"))))
        on_step(tried[-1])
    return sorted(tried, key=lambda t: -t.macro_f1)


def search_groups(rows: Sequence[Labeled]) -> list[str]:
    """What is held out together: a writer's sentences where three or more writers are named, else each hard pair."""
    sources = [row.source for row in rows]
    return sources if len(set(sources)) >= FOLDS else groups(rows)
