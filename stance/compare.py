"""Two reports, or two periods of one, side by side: who moved, who is new, who fell silent.

Both sides share one prior, pooled over the actors of both; a leader heard on both is placed on each, and the
difference of the two posteriors, taken as independent, is the change. Where the sides share statements the true
uncertainty is smaller than told. Of all leaders compared, those are said to have moved among whom the expected share
of false finds is at most MOVED (Benjamini and Hochberg 1995), from the two-sided tail probability of no change.

A change is that between all that was said on either side: `stance.changes` looks for the day on which it happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scipy.stats import false_discovery_control

from stance.counting import HALF_LIFE, Counted, counted_by_actor
from stance.estimate import difference
from stance.positions import Pool, pool, position
from stance.records import Position, Scored
from stance.reliability import HeldOutErrors

MOVED = 0.10


@dataclass(frozen=True, slots=True)
class Contrast:
    """A leader heard on both sides. `change` is after minus before, in [-2, 2], `low` to `high` its 90% interval;
    `probability` that the score moved in the direction told."""

    before: Position
    after: Position
    change: float
    low: float
    high: float
    probability: float
    false_discovery_rate: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """`moved` and `same` hold the leaders heard on both sides, the surest change first; `new` those heard only after,
    `lost` only before, each with its one position, most statements first."""

    moved: tuple[Contrast, ...]
    same: tuple[Contrast, ...]
    new: tuple[Position, ...]
    lost: tuple[Position, ...]


def compare(
    before: Iterable[Scored],
    after: Iterable[Scored],
    half_life: float = HALF_LIFE,
    errors: HeldOutErrors | None = None,
) -> Comparison:
    """Compares the overall positions of all actors. `half_life` is in days, 0 for no weight by age; `errors` are those
    of the model that judged, else its probabilities are taken at their word."""
    old, new = (_by_id(counted_by_actor(side, half_life)) for side in (before, after))
    shared = pool([*old.values(), *new.values()], errors)
    both = [_contrast(old[actor], new[actor], shared) for actor in old if actor in new]
    both = _with_rates(both)
    return Comparison(
        moved=tuple(one for one in both if one.false_discovery_rate <= MOVED),
        same=tuple(one for one in both if one.false_discovery_rate > MOVED),
        new=_alone(new, old, shared),
        lost=_alone(old, new, shared),
    )


def _by_id(actors: Iterable[list[Counted]]) -> dict[str, list[Counted]]:
    return {actor.id: own for own in actors if (actor := own[0].first.statement.actor)}


def _contrast(old: list[Counted], new: list[Counted], shared: Pool) -> Contrast:
    earlier, later = shared.place(old), shared.place(new)
    (change, low, high), above = difference(earlier, later)
    places = position(old, None, earlier), position(new, None, later)
    return Contrast(*places, change, low, high, probability=max(above, 1 - above), false_discovery_rate=1.0)


def _with_rates(contrasts: list[Contrast]) -> list[Contrast]:
    if not contrasts:
        return []
    rates = false_discovery_control([min(1.0, 2 * (1 - one.probability)) for one in contrasts])
    told = [replace(one, false_discovery_rate=float(rate)) for one, rate in zip(contrasts, rates.tolist(), strict=True)]
    return sorted(told, key=lambda c: (-c.probability, -abs(c.change), c.after.actor))


def _alone(here: dict[str, list[Counted]], there: dict[str, list[Counted]], shared: Pool) -> tuple[Position, ...]:
    found = [position(own, None, shared.place(own)) for actor, own in here.items() if actor not in there]
    return tuple(sorted(found, key=lambda p: (-p.statements, p.actor)))
