"""Positions by recipient, period, item, country, party or alliance: of each actor, and of all actors together.

An actor's position in a slice rests on those of its statements that fall into it, with the prior and the classifier's
errors of the whole run. A statement counts for the party and the alliances of its day, so that a country's words from
before it joined are not the alliance's. A period's statements count whatever their age within it; elsewhere age counts
as in the position overall.

The position of a group is the mean of its actors' positions, each actor with the same weight: who talks most does not
speak for the others. Its interval is that of the mean of independent scores: it tells how well the group's mean is
known, not how far its members are apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from stance.actors.memberships import alliances_of, country_spoken_for, party_of
from stance.counting import HALF_LIFE, Counted, distinct_by_actor, weighed
from stance.estimate import mean_summary
from stance.positions import Pool, pool, position
from stance.records import STANCES, InputError, Position, Scored
from stance.reliability import HeldOutErrors


@dataclass(frozen=True, slots=True)
class Slice:
    """A position in one slice: of one actor, or, where `actor_id` is None, of the slice's `actors` together.

    `score`, `low` and `high` are as in `Position`; `first` and `last` are ISO dates or None.
    """

    by: str
    key: str
    actor_id: str | None
    actor: str | None
    country: str | None
    score: float
    low: float
    high: float
    actors: int
    statements: int
    articles: int
    counts: Mapping[str, int]
    first: str | None
    last: str | None


def _recipient(one: Counted) -> tuple[str, ...]:
    return (one.first.topic.recipient,) if one.first.topic.recipient else ()


def _item(one: Counted) -> tuple[str, ...]:
    return one.first.topic.items


def _month(one: Counted) -> tuple[str, ...]:
    return (one.day[:7],) if one.day else ()


def _quarter(one: Counted) -> tuple[str, ...]:
    return (f"{one.day[:4]}-Q{(int(one.day[5:7]) + 2) // 3}",) if one.day else ()


def _year(one: Counted) -> tuple[str, ...]:
    return (one.day[:4],) if one.day else ()


def _country(one: Counted) -> tuple[str, ...]:
    country = country_spoken_for(one.first.statement.actor, one.day)
    return (country,) if country else ()


def _party(one: Counted) -> tuple[str, ...]:
    actor = one.first.statement.actor
    party = party_of(actor.id, one.day) if actor else None
    # many countries have a Labour Party
    return (f"{party} ({actor.country})" if actor and actor.country else party,) if party else ()


def _alliance(one: Counted) -> tuple[str, ...]:
    return alliances_of(country_spoken_for(one.first.statement.actor, one.day), one.day)


KEYS: dict[str, Callable[[Counted], tuple[str, ...]]] = {
    "recipient": _recipient,
    "item": _item,
    "month": _month,
    "quarter": _quarter,
    "year": _year,
    "country": _country,
    "party": _party,
    "alliance": _alliance,
}
_PERIODS = ("month", "quarter", "year")


def parse_by(names: str | None) -> tuple[str, ...]:
    """The dimensions that a list such as "month,alliance" asks for; InputError for any other name."""
    if names is None:
        return ()
    asked = [name.strip().lower() for name in names.split(",")]
    for name in asked:
        if name not in KEYS:
            raise InputError(f"--by {name!r} is nothing to slice by: choose from {', '.join(KEYS)}.")
    return tuple(dict.fromkeys(asked))


def slices(
    scored: Iterable[Scored],
    by: Sequence[str],
    half_life: float = HALF_LIFE,
    errors: HeldOutErrors | None = None,
) -> list[Slice]:
    """The slices of each dimension (names of `KEYS`) in the order of their keys: all actors together, then each of
    them, from support to oppose.

    `half_life` is in days, 0 for no weight by age; `errors` are those of the model that judged.
    """
    distinct = distinct_by_actor(scored)
    shared = pool([weighed(actor, half_life) for actor in distinct], errors)
    out: list[Slice] = []
    for dimension in by:
        parts: dict[str, list[list[Counted]]] = defaultdict(list)
        for actor in distinct:
            for key, part in _split(weighed(actor, 0 if dimension in _PERIODS else half_life), dimension).items():
                parts[key].append(part)
        for key in sorted(parts):
            out += _slice(dimension, key, parts[key], shared)
    return out


def _split(own: Sequence[Counted], dimension: str) -> dict[str, list[Counted]]:
    parts: dict[str, list[Counted]] = defaultdict(list)
    for one in own:
        for key in KEYS[dimension](one):
            parts[key].append(one)
    return parts


def _slice(by: str, key: str, parts: Sequence[Sequence[Counted]], shared: Pool) -> list[Slice]:
    posteriors = [shared.place(part) for part in parts]
    score, low, high = mean_summary(posteriors)
    each = [position(part, None, by_score) for part, by_score in zip(parts, posteriors, strict=True)]
    each.sort(key=lambda p: (-p.score, p.actor))
    together = Slice(
        *(by, key, None, None, None, score, low, high, len(each)),
        statements=sum(p.statements for p in each),
        articles=len({row.article.id for part in parts for one in part for row in one.copies}),
        counts={stance: sum(p.counts[stance] for p in each) for stance in STANCES},
        first=min((p.first for p in each if p.first), default=None),
        last=max((p.last for p in each if p.last), default=None),
    )
    return [together, *(_of(p, by, key) for p in each)]


def _of(p: Position, by: str, key: str) -> Slice:
    return Slice(
        *(by, key, p.actor_id, p.actor, p.country, p.score, p.low, p.high, 1),
        *(p.statements, p.articles, p.counts, p.first, p.last),
    )
