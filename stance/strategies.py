"""How much a person's label of a statement would teach the model: the query strategies of active learning.

- uncertainty: 1 minus the margin between the two likeliest classes (Scheffer, Decomain and Wrobel 2001).
- disagreement: how far two learners of different kinds are apart, the regression and the labels of the nearest
  labeled sentences; half the sum of the differences of their probabilities (query by committee: Seung, Opper and
  Sompolinsky 1992).
- novelty: 1 minus the cosine of the nearest labeled sentence (the exploring part of Settles 2009, section 3.6).
- mixed: the mean of the three.
- random: the order of a fixed draw, the fair sample that figures of agreement need.

Each is in [0, 1]; the statement with the greatest value comes first. docs/review.md tells what each of them saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from stance.examples import Example, nearest
from stance.model import StanceModel, model_text
from stance.records import Judgement, Scored, content_id

STRATEGIES = {
    "mixed": "the mean of uncertainty, disagreement and novelty",
    "uncertainty": "the two likeliest stances are close to each other",
    "disagreement": "the model and the labels of the nearest sentences differ",
    "novelty": "no labeled sentence is like it",
    "random": "a fixed random order",
}
NEIGHBOURS = 10


class Teaching(NamedTuple):
    """What a label would teach, by strategy."""

    uncertainty: float
    disagreement: float
    novelty: float
    mixed: float


def teaching(scored: Sequence[Scored], model: StanceModel) -> list[Teaching]:
    """What the label of each statement would teach the model that judged it.

    One that was judged not to be about aid is uncertain where its relevance is near one half.
    """
    near = nearest(model.folder, [model_text(one.statement) for one in scored], NEIGHBOURS)
    return [_teaching(one.judgement, one.topic.relevance, like) for one, like in zip(scored, near, strict=True)]


def _teaching(judgement: Judgement, relevance: float, near: Sequence[Example]) -> Teaching:
    if judgement.stance is None:
        doubt = 1 - abs(2 * relevance - 1)
        return Teaching(doubt, 0.0, 0.0, doubt / 3)
    return worth(judgement.probabilities, near)


def worth(probabilities: Mapping[str, float], near: Sequence[Example]) -> Teaching:
    """What the label of a text would teach, from its class probabilities and the labeled sentences nearest to it."""
    first, second = sorted(probabilities.values(), reverse=True)[:2]
    uncertainty, novelty = 1 - (first - second), 1 - max((e.similarity for e in near), default=0.0)
    apart = disagreement(probabilities, near)
    # rounded, it is the same on every machine; the last bits of a product of matrices are not
    u, d, n = (round(min(1.0, max(0.0, value)), 6) for value in (uncertainty, apart, novelty))
    return Teaching(u, d, n, round((u + d + n) / 3, 6))


def disagreement(probabilities: Mapping[str, float], near: Sequence[Example]) -> float:
    """How far a judgement is from the labels of the nearest sentences, weighed by their likeness; 0 without any."""
    total = sum(example.similarity for example in near)
    if not total:
        return 0.0
    shares = dict.fromkeys(probabilities, 0.0)
    for example in near:
        shares[example.stance] = shares.get(example.stance, 0.0) + example.similarity / total
    return 0.5 * sum(abs(share - probabilities.get(label, 0.0)) for label, share in shares.items())


def lot(statement_id: str) -> float:
    """A statement's fixed draw in [0, 1)."""
    return int(content_id("lot", statement_id)[:13], 16) / 16**13
