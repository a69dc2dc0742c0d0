"""Suspected label errors: confident learning over cross-validated probabilities.

Each sentence is judged by a model that has not seen it (nor the other member of its hard pair); cleanlab then finds the
labels that these probabilities contradict, and ranks them by the probability of the label given. Source: Northcutt,
Jiang and Chuang (2021), "Confident Learning", JAIR 70.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stance.records import InputError
from stance.store.reviews import OFF_TOPIC
from training.corpus import Labeled, groups
from training.estimator import StanceClassifier

LEAST = 10  # sentences of a class, or cross-validation tells nothing of it


@dataclass(frozen=True, slots=True)
class Suspect:
    """A doubtful label: the sentence's index among those audited, and what the model would say. `quality` is the
    cross-validated probability of the label given, in [0, 1]."""

    index: int
    label: str
    suggested: str
    quality: float


def audit(rows: Sequence[Labeled], estimator: StanceClassifier | None = None) -> list[Suspect]:
    """The suspected label errors among labeled sentences, the most doubtful first.

    Sentences off the issue are a class of their own. Raises InputError where a class has fewer than LEAST sentences, or
    there is only one.
    """
    labels = [row.stance or OFF_TOPIC for row in rows]
    counts = Counter(labels)
    rarest = min(counts, key=lambda label: counts[label])
    if len(counts) < 2 or counts[rarest] < LEAST:
        raise InputError(
            f"too few sentences to audit: {counts[rarest]} of class {rarest!r}; give {LEAST} of each of two classes "
            "at least."
        )
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    fitted = (estimator or StanceClassifier()).fit([row.text for row in rows], labels, groups=groups(rows))
    probabilities = fitted.out_of_fold_
    assert probabilities is not None
    classes = list(fitted.classes_)
    given = np.array([classes.index(label) for label in labels])
    found = find_label_issues(given, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1)
    quality = get_label_quality_scores(given, probabilities, method="self_confidence")
    return [Suspect(int(i), labels[i], classes[int(probabilities[i].argmax())], float(quality[i])) for i in found]
