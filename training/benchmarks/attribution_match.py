"""Predictions held against gold attributions: the pairing of each article and the figures over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from training.benchmarks.attribution_gold import (
    KINDS,
    POSITIONS,
    Document,
    Marked,
    character_f1,
    characters,
    position_of,
    same_words,
    written,
)
from training.benchmarks.attribution_naming import NAMINGS, naming_of
from training.metrics import bootstrap

ENOUGH = 0.5  # character F1 from which two contents, or two sources, count as the same
ROUNDS = 1000  # of the bootstrap


@dataclass(frozen=True, slots=True)
class Pair:
    """A gold attribution and the prediction matched to it, by their places in the article's lists."""

    gold: int
    predicted: int
    source_right: bool
    cue_right: bool
    exact: bool
    strict: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """An article with its predictions and the pairs between them and gold, one to one."""

    document: Document
    predicted: tuple[Marked, ...]
    pairs: tuple[Pair, ...]

    def missed(self) -> list[int]:
        """The places of gold attributions without a match."""
        taken = {pair.gold for pair in self.pairs}
        return [i for i in range(len(self.document.gold)) if i not in taken]

    def false(self) -> list[int]:
        """The places of predictions without a match."""
        taken = {pair.predicted for pair in self.pairs}
        return [i for i in range(len(self.predicted)) if i not in taken]


def source_right(gold: Marked, predicted: Marked) -> bool:
    """Whether the source spans agree by character F1, or both are left out."""
    return character_f1(gold.source, predicted.source) >= ENOUGH


def cue_right(gold: Marked, predicted: Marked) -> bool:
    """Whether the cues share a character, or both are left out."""
    if not gold.cue and not predicted.cue:
        return True
    return bool(characters(gold.cue) & characters(predicted.cue))


def compare(document: Document, predicted: Sequence[Marked]) -> Compared:
    """Pairs predictions with gold so that the sum of their contents' F1 is largest; pairs below ENOUGH are none.

    Several attributions may share a content (a poll cited by a campaign): the source and then the cue decide among
    equals, by weights too small to outweigh a difference of contents that matters.
    """
    worth = np.zeros((len(document.gold), len(predicted)))
    for i, gold in enumerate(document.gold):
        for j, mine in enumerate(predicted):
            if gold.content[0][0] < mine.content[-1][1] and mine.content[0][0] < gold.content[-1][1]:
                f1 = character_f1(gold.content, mine.content)
                if f1 >= ENOUGH:
                    worth[i, j] = f1 + 1e-3 * source_right(gold, mine) + 1e-4 * cue_right(gold, mine)
    chosen = zip(*linear_sum_assignment(worth, maximize=True), strict=True)
    pairs = [_pair(document, predicted, int(i), int(j)) for i, j in chosen if worth[i, j]]
    return Compared(document, tuple(predicted), tuple(pairs))


def _pair(document: Document, predicted: Sequence[Marked], i: int, j: int) -> Pair:
    gold, mine = document.gold[i], predicted[j]
    exact = same_words(document.text, gold.content, mine.content)
    strict = gold.content == mine.content
    return Pair(i, j, source_right(gold, mine), cue_right(gold, mine), exact, strict)


def ratio(part: float, whole: float) -> float:
    """A share; 0 of nothing is 0."""
    return part / whole if whole else 0.0


def f1_of(matched: float, predicted: float, gold: float) -> float:
    """F1 from counts."""
    return ratio(2 * matched, predicted + gold)


def figures(compared: Sequence[Compared], seed: int) -> dict[str, Any]:
    """All figures, JSON-ready: shares in [0, 1], the 95% intervals from a bootstrap over whole articles."""
    counts = np.array([(len(c.pairs), len(c.predicted), len(c.document.gold)) for c in compared], dtype=np.float64)
    matched, predicted, gold = (int(n) for n in counts.sum(axis=0))
    pairs = [pair for c in compared for pair in c.pairs]
    content = {
        name: {"value": of(*counts.sum(axis=0)), "interval_95": _interval(counts, of, seed)}
        for name, of in (
            ("precision", lambda m, p, _: ratio(m, p)),
            ("recall", lambda m, _, g: ratio(m, g)),
            ("f1", f1_of),
        )
    }
    right = {
        "source": sum(p.source_right for p in pairs),
        "cue": sum(p.cue_right for p in pairs),
        "source_and_cue": sum(p.source_right and p.cue_right for p in pairs),
        "exact": sum(p.exact for p in pairs),
        "strict": sum(p.strict for p in pairs),
    }
    return {
        "articles": len(compared),
        "gold": gold,
        "predicted": predicted,
        "matched": matched,
        "content": content,
        "of_matched": {name: ratio(n, matched) for name, n in right.items()},
        "of_gold": {name: ratio(n, gold) for name, n in right.items()},
        "gold_by": {
            "kind": _gold_split(compared, KINDS, lambda _, m: m.kind),
            "cue_position": _gold_split(compared, POSITIONS, lambda _, m: position_of(m)),
            "source_naming": _gold_split(compared, NAMINGS, lambda text, m: naming_of(written(text, m.source))),
        },
        "predicted_by": {
            "kind": _predicted_split(compared, lambda m: m.kind),
            "cue_class": _predicted_split(compared, lambda m: m.cue_class),
        },
    }


def _interval(counts: NDArray[np.float64], of: Callable[[float, float, float], float], seed: int) -> list[float]:
    def value(index: NDArray[np.intp]) -> float:
        return of(*counts[index].sum(axis=0))

    return list(bootstrap(value, [str(i) for i in range(len(counts))], ROUNDS, seed))


def _gold_split(
    compared: Sequence[Compared], names: Iterable[str], key: Callable[[str, Marked], str]
) -> dict[str, dict[str, float]]:
    """For each class of gold: n, the share found, and of the found the shares with source, cue and extent right."""
    n: Counter[str] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    for c in compared:
        keys = [key(c.document.text, marked) for marked in c.document.gold]
        n.update(keys)
        for pair in c.pairs:
            name = keys[pair.gold]
            found[name, "found"] += 1
            found[name, "source"] += pair.source_right
            found[name, "cue"] += pair.cue_right
            found[name, "exact"] += pair.exact
    return {
        name: {"n": n[name], "found": ratio(found[name, "found"], n[name])}
        | {what: ratio(found[name, what], found[name, "found"]) for what in ("source", "cue", "exact")}
        for name in names
    }


def _predicted_split(compared: Sequence[Compared], key: Callable[[Marked], str]) -> dict[str, dict[str, float]]:
    """For each class of predictions, the most frequent first: n, how many matched, precision."""
    n = Counter(key(marked) for c in compared for marked in c.predicted)
    hit = Counter(key(c.predicted[pair.predicted]) for c in compared for pair in c.pairs)
    return {
        name: {"n": count, "matched": hit[name], "precision": ratio(hit[name], count)}
        for name, count in n.most_common()
    }
