"""From judgements to positions: where each actor stands overall and on each item, and how sure that is.

`stance.counting` says which statements count and how much, `stance.reliability` what the classifier's word is worth,
`stance.estimate` how shares, score and interval follow, with a prior pooled over the actors. The score is the
posterior mean of (share of support - share of oppose), the interval holds its 5th to 95th percentile. Thin evidence,
unsure judgements, a classifier that errs and old words all widen it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stance.counting import HALF_LIFE, Counted, counted_by_actor
from stance.estimate import Floats, log_likelihood, pooled_prior, posterior, summary
from stance.records import STANCES, Position, Scored
from stance.reliability import HeldOutErrors, class_likelihoods


@dataclass(frozen=True)
class Pool:
    """What all estimates of one run share: the prior over the actors, and the classifier's errors."""

    prior: Floats
    errors: HeldOutErrors | None

    def place(self, own: Sequence[Counted]) -> Floats:
        """The posterior of the score of statements taken together, shape (scores,)."""
        return posterior(_logs(own, self.errors), self.prior)


def pool(actors: Sequence[Sequence[Counted]], errors: HeldOutErrors | None = None) -> Pool:
    """The prior that these actors make, with the classifier's errors as given."""
    return Pool(pooled_prior([_logs(own, errors, draws=1)[0] for own in actors]), errors)


def positions(
    scored: Iterable[Scored],
    by_item: bool = True,
    half_life: float = HALF_LIFE,
    errors: HeldOutErrors | None = None,
) -> list[Position]:
    """The position of every resolved actor, overall (item None) and per item, ordered from support to oppose.

    Statements off topic or without a registry actor are left out. `half_life` is in days, 0 for no weight by age;
    `errors` are those of the model that judged, else its probabilities are taken at their word.
    """
    actors = counted_by_actor(scored, half_life)
    shared = pool(actors, errors)
    out: list[Position] = []
    for own in actors:
        out.append(position(own, None, shared.place(own)))
        for item in sorted({i for c in own for i in c.first.topic.items}) if by_item else ():
            about = [c for c in own if item in c.first.topic.items]
            out.append(position(about, item, shared.place(about)))
    overall = {p.actor_id: p.score for p in out if p.item is None}
    return sorted(out, key=lambda p: (-overall[p.actor_id], p.actor, p.item is not None, p.item or ""))


def position(own: Sequence[Counted], item: str | None, by_score: Floats) -> Position:
    """One actor's position from its statements as they count, at least one, and the posterior that they make."""
    rows = [row for c in own for row in c.copies]
    actor = rows[0].statement.actor
    assert actor is not None
    score, low, high = summary(by_score)
    dates = sorted(r.article.published for r in rows if r.article.published)
    counts = Counter(max(STANCES, key=lambda s: p[s]) for p in (c.probabilities for c in own))
    return Position(
        actor_id=actor.id,
        actor=actor.name,
        country=actor.country,
        item=item,
        score=score,
        low=low,
        high=high,
        statements=len(own),
        articles=len({r.article.id for r in rows}),
        counts={s: counts[s] for s in STANCES},
        evidence=tuple(c.first.statement.id for c in own),
        first=dates[0] if dates else None,
        last=dates[-1] if dates else None,
    )


def _logs(own: Sequence[Counted], errors: HeldOutErrors | None, draws: int | None = None) -> Floats:
    likelihoods = class_likelihoods([c.probabilities for c in own], errors, *([draws] if draws else []))
    return log_likelihood(likelihoods, [c.weight for c in own])
