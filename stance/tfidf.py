"""TF-IDF without scikit-learn: texts in, the known terms of each with their places, and sparse rows of weights out.

The figures are those of scikit-learn's TfidfVectorizer, one for each block, side by side in a FeatureUnion: term
counts (or 1 + their logarithm) times idf, each block's row of length 1 (Manning, Raghavan and Schütze 2008,
"Introduction to Information Retrieval", section 6.4), times the block's weight. What scikit-learn does term by term
in Python is done here for a whole batch in a few array operations, and the places of the terms, which explanations
need, come from the same pass. Importing it takes milliseconds, which every start of a command saves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.features import BLOCKS

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_CHUNK = re.compile(r"\S+")
_NONE = np.empty(0, dtype=np.intp)
_KEPT = 2**16  # words whose character n-grams are kept at hand: news repeats its words


class Terms(NamedTuple):
    """The known terms of a text in the order in which they stand, and their places in the normalised text.

    `columns` of the terms, shape (n_terms,); `term` is the index of the term that a place belongs to, `start` and
    `end` where the place lies, each of shape (n_places,).
    """

    columns: Ints
    term: Ints
    start: Ints
    end: Ints


class Rows(NamedTuple):
    """A sparse matrix of weights: `columns` and `values` of shape (n_entries,), row i from `edges[i]` to
    `edges[i + 1]`, its columns ascending."""

    edges: Ints
    columns: Ints
    values: Floats


@dataclass(frozen=True, eq=False)
class Block:
    """One kind of term (stance.features) as it was fitted: its vocabulary with columns from `first` on."""

    name: str
    vocabulary: Mapping[str, int]
    idf: Floats
    first: int
    weight: float = 1.0
    sublinear: bool = True

    def read(self, plain: str) -> Terms:
        """The terms of a normalised text that the vocabulary knows."""
        if self.name == "chars":
            return self._read_chars(plain)
        columns: list[int] = []
        term: list[int] = []
        start: list[int] = []
        end: list[int] = []
        get = self.vocabulary.get
        for name, places in BLOCKS[self.name](plain):
            column = get(name)
            if column is None:
                continue
            for a, b in places:
                term.append(len(columns))
                start.append(a)
                end.append(b)
            columns.append(column)
        return Terms(_ints(columns), _ints(term), _ints(start), _ints(end))

    def _read_chars(self, plain: str) -> Terms:
        found = [(match.start(), self._grams(match.group())) for match in _CHUNK.finditer(plain)]
        if not found:
            return Terms(_NONE, _NONE, _NONE, _NONE)
        shift = np.repeat(_ints([at for at, _ in found]), [len(grams[0]) for _, grams in found])
        columns, start, end = (np.concatenate(arrays) for arrays in zip(*(grams for _, grams in found), strict=True))
        return Terms(columns, np.arange(len(columns)), start + shift, end + shift)

    def _grams(self, word: str) -> tuple[Ints, Ints, Ints]:
        """A word's known n-grams: their columns, starts and ends from the word's own start."""
        found = self._kept.get(word)
        if found is None:
            known = [(self.vocabulary[t], place) for t, (place,) in BLOCKS["chars"](word) if t in self.vocabulary]
            found = _ints([c for c, _ in known]), _ints([a for _, (a, _) in known]), _ints([b for _, (_, b) in known])
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            if len(word) < 50:
                self._kept[word] = found
        return found

    @cached_property
    def _kept(self) -> dict[str, tuple[Ints, Ints, Ints]]:
        return {}


def weigh(blocks: Sequence[Block], read: Sequence[Sequence[Terms]]) -> Rows:
    """The weights of texts; `read` holds each text's terms, block by block."""
    rows, columns, values = [], [], []
    width = max((block.first + len(block.idf) for block in blocks), default=0)
    for number, block in enumerate(blocks):
        found = [terms[number].columns for terms in read]
        row = np.repeat(np.arange(len(found)), [len(c) for c in found])
        key, count = np.unique(row * width + (np.concatenate(found) if found else _NONE), return_counts=True)
        row, column = np.divmod(key, width) if width else (key, key)
        value = (1 + np.log(count) if block.sublinear else count) * block.idf[column - block.first]
        length = np.sqrt(np.bincount(row, value * value, minlength=len(read)))
        rows.append(row)
        columns.append(column)
        values.append(value / length[row] * block.weight)
    if not blocks:
        return Rows(np.zeros(len(read) + 1, dtype=np.intp), _NONE, np.empty(0))
    every = np.concatenate(rows)
    order = np.argsort(every, kind="stable")  # the blocks' columns ascend, and so do those of each row
    edges = np.searchsorted(every[order], np.arange(len(read) + 1))
    return Rows(edges, np.concatenate(columns)[order], np.concatenate(values)[order])


def products(rows: Rows, coefficients: Floats) -> Floats:
    """Rows times coefficients, shape (n_classes, n_columns): shape (n_rows, n_classes).

    Each row adds up by itself, so that it does not matter beside which others it stands.
    """
    n = len(rows.edges) - 1
    row = np.repeat(np.arange(n), np.diff(rows.edges))
    return np.column_stack([np.bincount(row, rows.values * c[rows.columns], minlength=n) for c in coefficients])


def _ints(numbers: Sequence[int]) -> Ints:
    return np.array(numbers, dtype=np.intp)
