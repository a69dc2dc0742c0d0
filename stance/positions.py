"""From judgements to positions: where each actor stands overall and on each item, and how sure that is.

Method. An actor's statements are draws from a categorical distribution over (support, undecided, oppose) with unknown
shares, whose prior is flat (Dirichlet(1, 1, 1)), so that one statement alone does not make an extremist. The class of
a statement is not observed; what is, is the classifier's calibrated probability of each class, which over the
training classes' even base rates is the likelihood of that class. So the likelihood of the shares is, for each
statement, the sum over classes of share times probability, and the posterior follows by summing over a grid on the
triangle of shares: no sampling, the same numbers at every run. The score is the posterior mean of (share of support -
share of oppose); the 90% interval holds its 5th to 95th percentile. Thin evidence and unsure judgements both widen it.

Sources: Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), sections 3.4 and 22.1 (multinomial model; mixture with
unknown proportions); Saerens, Latinne and Decaestecker (2002), Neural Computation 14 (class shares from a
classifier's probabilities).

Copies. News repeats itself. Statements of one actor whose words are nearly the same (MinHash over word 3-grams,
estimated Jaccard of 0.6 or more; Broder 1997) count as one, however many articles carry them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stance.features import normalize
from stance.records import STANCES, Position, Scored

if TYPE_CHECKING:
    from datasketch import MinHash, MinHashLSH

LEVEL = 0.90
_VALUE = {"support": 1.0, "undecided": 0.0, "oppose": -1.0}
_SAME = 0.6
_STEPS = 80  # of the grid on the triangle of shares: 3,321 points


def positions(scored: Iterable[Scored], by_item: bool = True) -> list[Position]:
    """The position of every resolved actor, overall (item None) and per item, ordered from support to oppose.

    Statements off topic or without a registry actor are left out.
    """
    by_actor: dict[str, list[Scored]] = defaultdict(list)
    for row in scored:
        if row.statement.actor is not None and row.judgement.stance is not None:
            by_actor[row.statement.actor.id].append(row)
    out: list[Position] = []
    for rows in by_actor.values():
        distinct = distinct_statements(rows)
        out.append(_position(rows, distinct, None))
        if not by_item:
            continue
        for item in sorted({i for group in distinct for i in group[0].topic.items}):
            chosen = [g for g in distinct if item in g[0].topic.items]
            out.append(_position([r for g in chosen for r in g], chosen, item))
    overall = {p.actor_id: p.score for p in out if p.item is None}
    return sorted(out, key=lambda p: (-overall[p.actor_id], p.actor, p.item is not None, p.item or ""))


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


def _position(rows: Sequence[Scored], distinct: Sequence[Sequence[Scored]], item: str | None) -> Position:
    actor = rows[0].statement.actor
    assert actor is not None
    probabilities = [_mean_probabilities(group) for group in distinct]
    score, low, high = estimate(probabilities)
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


def _mean_probabilities(group: Sequence[Scored]) -> dict[str, float]:
    """A statement's class probabilities, averaged over its copies."""
    return {s: sum(r.judgement.probabilities[s] for r in group) / len(group) for s in STANCES}


def estimate(probabilities: Sequence[dict[str, float]]) -> tuple[float, float, float]:
    """The score in [-1, 1] and its 90% interval from each statement's class probabilities (see the module's head).

    Returns (score, low, high). Without any statement it returns the prior: 0 and most of the scale.
    """
    shares, steps = _grid()
    logs = np.zeros(len(steps))
    if probabilities:
        table = np.array([[p[s] for s in STANCES] for p in probabilities])
        logs = np.log(np.maximum(table @ shares.T, 1e-12)).sum(axis=0)
    weights = np.exp(logs - logs.max())
    # many points of the triangle have one score: their weights together are that score's
    mass = np.bincount(steps, weights=weights, minlength=2 * _STEPS + 1) / weights.sum()
    values = np.arange(-_STEPS, _STEPS + 1) / (_STEPS + 1)
    score = float(mass @ values)
    middle = np.cumsum(mass) - mass / 2
    tail = (1 - LEVEL) / 2
    low, high = np.interp([tail, 1 - tail], middle, values)
    return score, float(min(low, score)), float(max(high, score))


@cache
def _grid() -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Points of the triangle of shares, shape (n, 3) in the order of STANCES, and each one's score in whole steps
    from the lowest, shape (n,)."""
    points = np.array([(i, j, _STEPS - i - j) for i in range(_STEPS + 1) for j in range(_STEPS + 1 - i)])
    shares = (points + 1 / 3) / (_STEPS + 1)
    step = np.array([int(_VALUE[s]) for s in STANCES])
    return shares, (points @ step + _STEPS).astype(np.intp)
