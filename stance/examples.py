"""The labeled sentences nearest to a text, by cosine of TF-IDF of words: what people called the like of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from stance.features import vectorizer
from stance.records import clean

FILE = "examples.jsonl"
_LARGEST = 2**28  # bytes of the file; the released one has under two million
_BATCH = 500  # texts compared in one go: nearly all share a word with nearly every example


@dataclass(frozen=True, slots=True)
class Example:
    """A labeled sentence and how like the text it is, in (0, 1]."""

    text: str
    stance: str
    similarity: float


def nearest(folder: Path, texts: Sequence[str], most: int = 3) -> list[list[Example]]:
    """For each text the `most` nearest sentences that the model of a folder was fitted on, nearest first.

    A folder without examples gives none; sentences that share no word with the text are never named.
    """
    index = _index(folder)
    if index is None or not texts:
        return [[] for _ in texts]
    rows, fitted, matrix = index
    out = []
    for start in range(0, len(texts), _BATCH):
        found = fitted.transform(texts[start : start + _BATCH]) @ matrix.T
        out += [_best(found[i], rows, most) for i in range(found.shape[0])]
    return out


def _best(similarities: Any, rows: Sequence[tuple[str, str]], most: int) -> list[Example]:
    values = similarities.data
    if len(values) > most:  # sorting them all would take longer than everything else
        least = np.partition(values, -most)[-most]
        near = np.flatnonzero(values >= least)
    else:
        near = np.arange(len(values))
    order = near[np.argsort(-values[near], kind="stable")][:most]
    found = ((rows[similarities.indices[i]], float(similarities.data[i])) for i in order)
    return [Example(text, stance, similarity) for (text, stance), similarity in found]


def example_texts(folder: Path) -> list[str]:
    """The sentences that the model of a folder was fitted on, as far as the folder tells."""
    return [text for text, _ in _rows(folder)]


@cache
def _index(folder: Path) -> tuple[list[tuple[str, str]], Any, Any] | None:
    rows = _rows(folder)
    if not rows:
        return None
    fitted = vectorizer("words")
    try:
        return rows, fitted, fitted.fit_transform([text for text, _ in rows])
    except ValueError:  # sentences without a word
        return None


def _rows(folder: Path) -> list[tuple[str, str]]:
    path = folder / FILE
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return []
        with path.open(encoding="utf-8") as lines:
            return [(clean(str(row["text"])), clean(str(row["stance"]))) for row in map(json.loads, lines)]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []  # an older folder, or a damaged one: the model judges without them
