"""From judgements to positions: where each actor stands overall and on each item, and how sure that is.

The estimate is that of `stance.estimate`: class shares from the classifier's probabilities, with a prior pooled over
the actors; the score is the posterior mean of (share of support - share of oppose), the interval holds its 5th to
95th percentile. Thin evidence, unsure judgements and old words all widen it.

Weights. A statement counts by its kind, since an act commits its actor and a writer's phrase does not (the weights in
`lexicons/kinds.csv` are set by judgement, not estimated), and by its age: half as much for every half-life before the
actor's newest statement, so that a position is that of the actor's last words and silence alone does not widen it.
One without a date counts as a half-life old.

Copies. News repeats itself. Statements of one actor whose words are nearly the same (MinHash over word 3-grams,
estimated Jaccard of 0.6 or more; Broder 1997) count as one, however many articles carry them.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from stance.estimate import estimate, pooled_prior
from stance.features import normalize
from stance.records import STANCES, Position, Scored

if TYPE_CHECKING:
    from datasketch import MinHash, MinHashLSH

HALF_LIFE = 1461.0  # days: four years, a usual term of office
_SAME = 0.6


def positions(scored: Iterable[Scored], by_item: bool = True, half_life: float = HALF_LIFE) -> list[Position]:
    """The position of every resolved actor, overall (item None) and per item, ordered from support to oppose.

    Statements off topic or without a registry actor are left out. `half_life` is in days, 0 for no weight by age.
    """
    by_actor: dict[str, list[Scored]] = defaultdict(list)
    for row in scored:
        if row.statement.actor is not None and row.judgement.stance is not None:
            by_actor[row.statement.actor.id].append(row)
    groups = [distinct_statements(rows) for rows in by_actor.values()]
    weights = [_weights(distinct, half_life) for distinct in groups]
    prior = pooled_prior([_judged(distinct) for distinct in groups], weights)
    out: list[Position] = []
    for distinct, weight in zip(groups, weights, strict=True):
        out.append(_position(distinct, weight, None, prior))
        for item in sorted({i for group in distinct for i in group[0].topic.items}) if by_item else ():
            chosen = [i for i, group in enumerate(distinct) if item in group[0].topic.items]
            out.append(_position([distinct[i] for i in chosen], [weight[i] for i in chosen], item, prior))
    overall = {p.actor_id: p.score for p in out if p.item is None}
    return sorted(out, key=lambda p: (-overall[p.actor_id], p.actor, p.item is not None, p.item or ""))


def _weights(distinct: Sequence[Sequence[Scored]], half_life: float) -> list[float]:
    """How much each statement of one actor counts: by its kind, and by its age at the newest of them."""
    days = [date.fromisoformat(d) if (d := group[0].article.published) else None for group in distinct]
    newest = max((day for day in days if day is not None), default=None)
    out = []
    for group, day in zip(distinct, days, strict=True):
        halvings = 0.0 if half_life <= 0 or newest is None else 1.0 if day is None else (newest - day).days / half_life
        out.append(_kinds()[group[0].statement.kind] * 0.5**halvings)
    return out


@cache
def _kinds() -> dict[str, float]:
    with (files("stance") / "lexicons" / "kinds.csv").open(encoding="utf-8") as handle:
        return {row["kind"]: float(row["weight"]) for row in csv.DictReader(handle)}


def distinct_statements(rows: Sequence[Scored]) -> list[list[Scored]]:
    """Groups copies of one statement together, the earliest first; one list a statement that counts."""
    ordered = sorted(rows, key=lambda r: (r.article.published or "9999", r.article.id, r.statement.spans))
    groups: list[list[Scored]] = []
    seen: dict[str, int] = {}
    index = _index()
    for row in ordered:
        words = normalize(row.statement.text).split()
        key = " ".join(words)
        at = seen.get(key)
        signature = _signature(words)
        if at is None and len(words) >= 5:
            at = next((int(hit) for hit in sorted(index.query(signature), key=int)), None)
        if at is None:
            at = len(groups)
            groups.append([])
            index.insert(str(at), signature)
        seen.setdefault(key, at)
        groups[at].append(row)
    return groups


def _index() -> MinHashLSH:
    from datasketch import MinHashLSH

    return MinHashLSH(threshold=_SAME, num_perm=64)


def _signature(words: list[str]) -> MinHash:
    from datasketch import MinHash

    signature = MinHash(num_perm=64, seed=1)
    grams = {" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))}
    signature.update_batch([g.encode() for g in grams])
    return signature


def _position(
    distinct: Sequence[Sequence[Scored]], weights: Sequence[float], item: str | None, prior: Sequence[float]
) -> Position:
    rows = [row for group in distinct for row in group]
    actor = rows[0].statement.actor
    assert actor is not None
    probabilities = _judged(distinct)
    score, low, high = estimate(probabilities, weights, prior)
    dates = sorted(r.article.published for r in rows if r.article.published)
    counts = Counter(max(STANCES, key=lambda s: p[s]) for p in probabilities)
    return Position(
        actor_id=actor.id,
        actor=actor.name,
        country=actor.country,
        item=item,
        score=score,
        low=low,
        high=high,
        statements=len(distinct),
        articles=len({r.article.id for r in rows}),
        counts={s: counts[s] for s in STANCES},
        evidence=tuple(group[0].statement.id for group in distinct),
        first=dates[0] if dates else None,
        last=dates[-1] if dates else None,
    )


def _judged(distinct: Sequence[Sequence[Scored]]) -> list[dict[str, float]]:
    """Each statement's class probabilities, averaged over its copies."""
    return [{s: sum(r.judgement.probabilities[s] for r in group) / len(group) for s in STANCES} for group in distinct]
