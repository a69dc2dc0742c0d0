"""How near leaders stand to each other: distance and agreement of each pair, from their positions.

Scores are taken as independent and normal, with the standard deviation that their 90% intervals imply.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import hypot
from statistics import NormalDist

from stance.records import Position

_Z = NormalDist().inv_cdf(0.95)  # standard deviations from the mean to either end of a 90% interval


@dataclass(frozen=True, slots=True)
class Pair:
    """Two leaders. `difference` is the first's overall score minus the second's, in [-2, 2], `low` to `high` its 90%
    interval. `same_side` is the probability that both scores have the same sign. `items` counts the items on which
    both have a position, and `distance`, in [0, 2], is the mean absolute difference over these, None without any."""

    first: Position
    second: Position
    difference: float
    low: float
    high: float
    same_side: float
    items: int
    distance: float | None


def pairs(positions: Iterable[Position]) -> Iterator[Pair]:
    """Every pair of leaders who have an overall position, in the order of the positions."""
    overall: dict[str, Position] = {}
    by_item: dict[str, dict[str, float]] = defaultdict(dict)
    for p in positions:
        if p.item is None:
            overall[p.actor_id] = p
        else:
            by_item[p.actor_id][p.item] = p.score
    for a, b in combinations(overall.values(), 2):
        own, other = by_item[a.actor_id], by_item[b.actor_id]
        gaps = [abs(own[item] - other[item]) for item in own.keys() & other.keys()]
        yield _pair(a, b, gaps)


def _pair(a: Position, b: Position, gaps: list[float]) -> Pair:
    difference, half = a.score - b.score, _Z * hypot(_deviation(a), _deviation(b))
    above, above_too = _above_zero(a), _above_zero(b)
    return Pair(
        *(a, b, difference, max(-2.0, difference - half), min(2.0, difference + half)),
        same_side=above * above_too + (1 - above) * (1 - above_too),
        items=len(gaps),
        distance=sum(gaps) / len(gaps) if gaps else None,
    )


def _deviation(p: Position) -> float:
    return (p.high - p.low) / (2 * _Z)


def _above_zero(p: Position) -> float:
    deviation = _deviation(p)
    if not deviation:
        return 0.5 * (1 + (p.score > 0) - (p.score < 0))
    return 1 - NormalDist(p.score, deviation).cdf(0)
