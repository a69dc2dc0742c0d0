"""Whether texts look like those that a model was trained on: the words it knows, and how sure it is.

Two plain signals. The share of a text's words that the model knows, against the least that any training writer
reached when judged by a model of the others; and the population stability index between the histogram of its
confidences and that of its out-of-fold judgements (Siddiqi 2006, "Credit Risk Scorecards": above 0.25 a population
has shifted).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from stance.features import normalize
from training.metrics import BINS, Floats, confidence_bins

SHIFTED = 0.25
LEAST = 50  # texts; fewer tell nothing about a population
_WORD = re.compile(r"[^\W\d_]{2,}")


def reference(texts: Sequence[str], sources: Sequence[str], out_of_fold: Floats) -> dict[str, Any]:
    """What the training data look like, for the model's description: known words and histogram of confidence."""
    by_source: dict[str, list[str]] = {}
    for text, source in zip(texts, sources, strict=True):
        by_source.setdefault(source, []).append(text)
    everything = Counter(word for text in texts for word in _words(text))
    shares = []
    for own in by_source.values():
        mine = Counter(word for text in own for word in _words(text))
        known = sum(n for word, n in mine.items() if everything[word] > n)
        shares.append(known / max(sum(mine.values()), 1))
    return {
        "known_words": min(shares) if len(by_source) > 1 else 0.0,
        "confidence_histogram": histogram(out_of_fold).tolist(),
    }


def drift(
    texts: Sequence[str], probabilities: Floats, known: Iterable[str], expected: dict[str, Any]
) -> dict[str, Any]:
    """How far texts are from a model's `reference`; `known` are the texts it was fitted on.

    Returns the share of word tokens known, the stability index, and `warnings`, one sentence for each sign that
    the figures of the training data may not hold here. Empty for fewer than 50 texts.
    """
    if len(texts) < LEAST or not expected:
        return {}
    vocabulary = {word for text in known for word in _words(text)}
    words = [word for text in texts for word in _words(text)]
    share = sum(word in vocabulary for word in words) / max(len(words), 1)
    shift = stability_index(np.array(expected["confidence_histogram"]), histogram(probabilities))
    warnings = []
    if vocabulary and share < expected["known_words"]:
        warnings.append(
            f"the model knows {share:.0%} of the words of these texts, less than of any writer it was trained on "
            f"({expected['known_words']:.0%}): they are of another kind, and its figures may not hold here"
        )
    if shift > SHIFTED:
        warnings.append(
            f"its confidences are spread unlike on the training data (stability index {shift:.2f}, above "
            f"{SHIFTED}): calibration may not hold here"
        )
    return {"known_words": share, "stability_index": shift, "warnings": warnings}


def histogram(probabilities: Floats) -> Floats:
    """Shares of texts by confidence in ten equal-width bins, shape (10,)."""
    return np.bincount(confidence_bins(probabilities.max(axis=1)), minlength=BINS) / len(probabilities)


def stability_index(expected: Floats, found: Floats) -> float:
    """The population stability index of two histograms: sum of (found - expected) * ln(found / expected)."""
    floor = 1e-3  # an empty bin would count without bound
    a, b = np.maximum(expected, floor), np.maximum(found, floor)
    return float(((b - a) * np.log(b / a)).sum())


def _words(text: str) -> list[str]:
    return _WORD.findall(normalize(text))
