"""Which statements count toward a position, and how much: copies collapsed, kinds and ages weighed.

Weights. A statement counts by its kind, since an act commits its actor and a writer's phrase does not (the weights in
`lexicons/kinds.csv` are set by judgement, not estimated), and by its age: half as much for every half-life before the
actor's newest statement, so that a position is that of the actor's last words and silence alone does not widen it.
One without a date counts as a half-life old.

Copies. News repeats itself. Statements of one actor whose words are nearly the same (MinHash over word 3-grams,
estimated Jaccard of 0.6 or more; Broder 1997) count as one, however many articles carry them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from stance.features import normalize
from stance.records import STANCES, Scored

if TYPE_CHECKING:
    from datasketch import MinHash, MinHashLSH

HALF_LIFE = 1461.0  # days: four years, a usual term of office
_SAME = 0.6


class Counted(NamedTuple):
    """A statement as it counts: its copies, its class probabilities averaged over them, and its weight."""

    copies: Sequence[Scored]
    probabilities: dict[str, float]
    weight: float

    @property
    def first(self) -> Scored:
        """The earliest copy."""
        return self.copies[0]

    @property
    def day(self) -> str | None:
        """The ISO date on which it first stood in an article."""
        return self.first.article.published


def counted_by_actor(scored: Iterable[Scored], half_life: float = HALF_LIFE) -> list[list[Counted]]:
    """Every resolved actor's statements about the issue as they count, one list an actor, in order of appearance.

    `half_life` is in days, 0 for no weight by age.
    """
    return [weighed(distinct, half_life) for distinct in distinct_by_actor(scored)]


def distinct_by_actor(scored: Iterable[Scored]) -> list[list[list[Scored]]]:
    """Every resolved actor's statements about the issue, those of one actor grouped with their copies."""
    by_actor: dict[str, list[Scored]] = defaultdict(list)
    for row in scored:
        if row.statement.actor is not None and row.judgement.stance is not None:
            by_actor[row.statement.actor.id].append(row)
    return [distinct_statements(rows) for rows in by_actor.values()]


def weighed(distinct: Sequence[Sequence[Scored]], half_life: float) -> list[Counted]:
    """The statements of one actor, weighed by their kind and by their age at the newest of them.

    Where people have judged a copy, what the machine says of the others counts no more.
    """
    days = [day for copies in distinct if (day := copies[0].article.published)]
    newest = max(days, default=None)
    out = []
    for copies in distinct:
        judged = [c.judgement for c in copies if c.judgement.reviewed_by] or [c.judgement for c in copies]
        mean: dict[str, float] = {s: sum(j.probabilities[s] for j in judged) / len(judged) for s in STANCES}
        weight = _kinds()[copies[0].statement.kind]
        if half_life > 0 and newest is not None:
            weight *= 0.5 ** _age(copies[0].article.published, newest, half_life)
        out.append(Counted(copies, mean, weight))
    return out


def _age(day: str | None, newest: str, half_life: float) -> float:
    """The half-lives between two ISO dates; one for a statement without a date."""
    return 1.0 if day is None else (date.fromisoformat(newest) - date.fromisoformat(day)).days / half_life


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

    return MinHashLSH(threshold=_SAME, num_perm=64, params=_bands())


@cache
def _bands() -> tuple[int, int]:
    """Bands and rows that tell likeness of `_SAME` best, worked out once: it takes longer than most actors’ copies."""
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=_SAME, num_perm=64)
    return index.b, index.r


def _signature(words: list[str]) -> MinHash:
    from datasketch import MinHash

    signature = MinHash(num_perm=64, seed=1)
    grams = {" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))}
    signature.update_batch([g.encode("utf-8", "surrogatepass") for g in grams])
    return signature
