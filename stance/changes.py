"""When a leader moved: the day, the position before and after, and how easily chance would look the same.

Test. The statements of one actor (overall, or on one item) are ordered by day, those of one day as one draw, since
one speech often gives several. For every day that leaves at least MIN_DAYS days and MIN_STATEMENTS statements on each
side, the marginal likelihood of two sets of class shares, before and after, is compared with that of one set
throughout, and likewise the likelihood of two mean scores with that of one; the sum of both, over all days, is the
statistic. The first finds indecision that became support, the second a score that moved among mixed statements. Its
distribution where nothing changed is that of the same statements with their days shuffled: this holds exactly
whatever the classifier does, as long as days could be exchanged. Shuffling stops as soon as it is clear that chance
does as well (Besag and Clifford 1991). Where a change is found, the stretches before and after it are searched in the
same way.

Of several series of one actor (overall and by item) Holm's procedure keeps the chance of any false alarm at ALPHA. Over
all actors of a run the expected share of false finds is told with each move (Benjamini and Hochberg 1995).

Sources: Barry and Hartigan (1993), JASA 88 (change points by marginal likelihood); Good (2005), Permutation tests;
Besag and Clifford (1991), Biometrika 78; Vostrikova (1981) (binary segmentation); Holm (1979), Scand. J. Statistics 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from scipy.stats import false_discovery_control

from stance.counting import Counted, counted_by_actor
from stance.estimate import difference, summary
from stance.positions import Pool, pool
from stance.records import STANCES, Move, Scored
from stance.reliability import Floats, HeldOutErrors, class_likelihoods

ALPHA = 0.05
MIN_DAYS = 2
MIN_STATEMENTS = 3
SHUFFLES = 999
_ENOUGH = 60  # shuffles that do as well: from here on the p-value is surely above ALPHA
_MOVED = 0.8  # probability of a direction, below which the mix of statements changed and the score did not
_CHUNK = 40
_STEPS = 10  # of the grid on which likelihoods are compared: 66 points


class Found(NamedTuple):
    """A change in a series: the index of its first day after, and its p-value."""

    at: int
    p_value: float


class _Series(NamedTuple):
    """One actor's dated statements overall or on one item, in the order of their days."""

    item: str | None
    own: list[Counted]


def moves(scored: Iterable[Scored], errors: HeldOutErrors | None = None) -> list[Move]:
    """The moves of all actors, the surest first. `errors` are those of the model that judged, else its probabilities
    are taken at their word. Statements without a date are left out."""
    actors = counted_by_actor(scored, half_life=0)
    shared = pool(actors, errors)
    found: list[Move] = []
    p_values: list[float] = []
    for own in actors:
        moved, tested = _actor_moves(own, shared)
        found += moved
        p_values += tested
    rates = dict(zip(p_values, false_discovery_control(p_values).tolist() if p_values else (), strict=True))
    told = [replace(move, false_discovery_rate=rates[move.p_value]) for move in found]
    return sorted(told, key=lambda m: (m.p_value, -abs(m.after[0] - m.before[0]), m.actor, m.day))


class Days(NamedTuple):
    """A series by day: the log likelihoods of class shares, shape (days, points), summed over each day's statements;
    the sums of their expected scores times weight, of their weights, and their number, each of shape (days,)."""

    logs: Floats
    scores: Floats
    weights: Floats
    counts: Floats

    def part(self, which: slice | NDArray[np.intp]) -> Days:
        """Some of the days, or many orders of them, shape (series, days)."""
        return Days(*(column[which] for column in self))


def change_points(days: Days, alpha: float = ALPHA, seed: int = 0) -> list[Found]:
    """The changes in a series, in the order of the days."""
    first = _test(days, np.random.default_rng(seed))
    if first is None or first.p_value > alpha:
        return []
    at = first.at
    before = change_points(days.part(slice(at)), alpha, seed + 1)
    after = change_points(days.part(slice(at, None)), alpha, seed + 2)
    return [*before, first, *(Found(at + f.at, f.p_value) for f in after)]


def by_day(own: Sequence[Counted], errors: HeldOutErrors | None) -> tuple[list[str], Days]:
    """The days of dated statements in order, and the series they make."""
    points = np.array([(i, j, _STEPS - i - j) for i in range(_STEPS + 1) for j in range(_STEPS + 1 - i)])
    shares = (points + 1 / 3) / (_STEPS + 1)
    classes = class_likelihoods([c.probabilities for c in own], errors, draws=1)[0]
    weights = np.array([c.weight for c in own])
    logs = weights[:, None] * np.log(np.maximum(classes @ shares.T, 1e-12))
    scores = weights * (classes[:, STANCES.index("support")] - classes[:, STANCES.index("oppose")])
    days = sorted({c.day for c in own if c.day})
    at = np.array([days.index(c.day) for c in own if c.day], dtype=np.intp)
    sums = Days(np.zeros((len(days), len(points))), *np.zeros((3, len(days))))
    for total, column in zip(sums, (logs, scores, weights, np.ones(len(own))), strict=True):
        np.add.at(total, at, column)
    return days, Days(sums.logs.astype(np.float32), sums.scores, sums.weights, sums.counts)


def _test(days: Days, random: np.random.Generator) -> Found | None:
    """The likeliest change of a series and its p-value; None where the series is too short for one."""
    n = len(days.counts)
    if n < 2 * MIN_DAYS or days.counts.sum() < 2 * MIN_STATEMENTS:
        return None
    shares, scores = _gains(days.part(np.arange(n)[None]))
    if not np.isfinite(shares).any():
        return None
    observed, at = float(_statistic(shares, scores)[0]), int((shares + scores)[0].argmax()) + 1
    as_good, done = 0, 0
    while done < SHUFFLES and as_good < _ENOUGH:
        order = random.permuted(np.tile(np.arange(n), (min(_CHUNK, SHUFFLES - done), 1)), axis=1)
        as_good += int((_statistic(*_gains(days.part(order))) >= observed - 1e-4).sum())
        done += len(order)
    return Found(at, (1 + as_good) / (1 + done))


def _statistic(shares: Floats, scores: Floats) -> Floats:
    return logsumexp(shares, axis=1) + logsumexp(scores, axis=1)


def _gains(days: Days) -> tuple[Floats, Floats]:
    """By how much a change after each day but the last explains each series better, up to a constant: by class shares
    and by mean score, each of shape (series, days - 1); minus infinity where a side is too short."""
    logs, scores, weights, counts = (column.cumsum(axis=1) for column in days)
    before, after = logs[:, :-1], logs[:, -1:] - logs[:, :-1]
    by_shares = _log_mean(before) + _log_mean(after)
    n_days = np.arange(1, counts.shape[1])
    enough = (n_days >= MIN_DAYS) & (counts.shape[1] - n_days >= MIN_DAYS)
    enough = enough & (counts[:, :-1] >= MIN_STATEMENTS) & (counts[:, -1:] - counts[:, :-1] >= MIN_STATEMENTS)
    w, all_w = weights[:, :-1], weights[:, -1:]
    gap = (scores[:, -1:] - scores[:, :-1]) / (all_w - w) - scores[:, :-1] / w
    each = days.scores / days.weights
    variance = np.average((each - scores[:, -1:] / all_w) ** 2, weights=days.weights, axis=1)[:, None]
    by_score = gap**2 * w * (all_w - w) / all_w / np.maximum(2 * variance, 1e-9)
    return np.where(enough, by_shares, -np.inf), np.where(enough, by_score, -np.inf)


def _log_mean(logs: Floats) -> Floats:
    """The log of the mean likelihood over the points of the grid, its last axis."""
    top = logs.max(axis=-1, keepdims=True)
    mean: Floats = np.log(np.exp(logs - top).mean(axis=-1)) + top[..., 0]
    return mean


def _actor_moves(own: Sequence[Counted], shared: Pool) -> tuple[list[Move], list[float]]:
    """One actor's moves, and the p-values of all tests made for them."""
    tests = []
    for series in _series(own):
        days, sums = by_day(series.own, shared.errors)
        first = _test(sums, np.random.default_rng(0))
        if first is not None:
            tests.append((first.p_value, series, days, sums))
    tests.sort(key=lambda t: t[0])
    out: list[Move] = []
    p_values = [t[0] for t in tests]
    for rank, (p_value, series, days, sums) in enumerate(tests):
        alpha = ALPHA / (len(tests) - rank)  # Holm: the surest against the strictest level, until one fails
        if p_value > alpha:
            break
        found = change_points(sums, alpha)
        p_values += [f.p_value for f in found]
        edges = [0, *(f.at for f in found), len(days)]
        for n, change in enumerate(found):
            move = _move(series, days[edges[n] : edges[n + 2]], change.at - edges[n], change.p_value, shared)
            out += [move] if move else []
    return out, p_values


def _series(own: Sequence[Counted]) -> list[_Series]:
    dated = sorted((c for c in own if c.day), key=lambda c: c.day or "")
    items = sorted({i for c in dated for i in c.first.topic.items})
    by_item = [_Series(item, [c for c in dated if item in c.first.topic.items]) for item in items]
    # an actor who spoke of one item alone has one series, not two
    return [_Series(None, dated), *(s for s in by_item if len(s.own) < len(dated))]


def _move(series: _Series, days: Sequence[str], at: int, p_value: float, shared: Pool) -> Move | None:
    """The move at a change between stretches of days; None where the mix changed and the score did not."""
    before = [c for c in series.own if days[0] <= (c.day or "") < days[at]]
    after = [c for c in series.own if days[at] <= (c.day or "") <= days[-1]]
    old, new = shared.place(before), shared.place(after)
    _, above = difference(old, new)
    probability = max(above, 1 - above)
    actor = before[0].first.statement.actor
    assert actor is not None
    if probability < _MOVED:
        return None
    return Move(
        actor_id=actor.id,
        actor=actor.name,
        country=actor.country,
        item=series.item,
        day=days[at],
        last_before=days[at - 1],
        before=summary(old),
        after=summary(new),
        probability=probability,
        p_value=p_value,
        false_discovery_rate=1.0,
        shown_before=tuple(c.first.statement.id for c in before),
        shown_after=tuple(c.first.statement.id for c in after),
    )
