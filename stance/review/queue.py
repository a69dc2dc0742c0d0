"""Which statement a person sees next, and how far the work has come.

A statement waits while fewer people have judged it than shall: one, or two for a chosen share of all, drawn by a lot of
its own that has nothing to do with its words. Nobody sees a statement twice, and nobody what others said of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, or_, select

from stance.store.loading import SHOWN
from stance.store.tables import statements as s
from stance.store.tables import verdicts as v

SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Sharing:
    """How work is shared: the share of statements that two people judge, in [0, 1], and how often one comes up whose
    answer is known (every so many statements; 0 for never)."""

    double: float = 0.0
    gold_every: int = 10


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of statements: all, judged by enough people, judged or skipped by oneself, in conflict, and with a known
    answer."""

    total: int
    done: int
    own: int
    skipped: int
    conflicts: int
    gold: int


def next_statement(
    connection: Connection,
    annotator: str,
    strategy: str = "mixed",
    sharing: Sharing = Sharing(),
    leased: Collection[int] = (),
) -> int | None:
    """The key of the statement that a person should judge next, None where nothing waits.

    `strategy` is one of stance.strategies.STRATEGIES, or SKIPPED for what the person has skipped. `leased` are in
    others' hands.
    """
    if strategy == SKIPPED:
        mine = and_(v.c.annotator == annotator, v.c.action == "skip")
        query = select(s.c.key).join(v, v.c.statement_key == s.c.key).where(mine, s.c.state.in_(SHOWN))
        return connection.execute(query.order_by(v.c.review_id).limit(1)).scalar()
    gold = _due_gold(connection, annotator, sharing)
    if gold is not None:
        return gold
    worth = -s.c.lot if strategy == "random" else s.c[strategy]
    order = s.c.lot.asc() if strategy == "random" else s.c[strategy].desc()
    found: list[tuple[float, int | None]] = []
    for state in SHOWN:  # each by its index, and not all of them sorted
        query = select(worth, s.c.key).where(s.c.state == state, waits(sharing), _unseen(annotator))
        query = query.where(s.c.key.not_in(leased)).order_by(order).limit(1)
        found += [(row[0], row[1]) for row in connection.execute(query)]
    return max(found, default=(0.0, None))[1]


def waits(sharing: Sharing) -> ColumnElement[bool]:
    """Whether fewer people have judged a statement than shall."""
    return and_(~s.c.settled, s.c.judged_by < _needed(sharing))


def progress(connection: Connection, annotator: str, sharing: Sharing) -> Progress:
    """How far the work has come, for all and for one person."""
    done = or_(s.c.settled, s.c.judged_by >= _needed(sharing))
    counted = (func.count(), _count(done), _count(s.c.conflict), _count(s.c.gold))
    total, finished, conflicts, gold = connection.execute(select(*counted).where(s.c.state.in_(SHOWN))).one()
    mine = select(v.c.action, func.count()).where(v.c.annotator == annotator).group_by(v.c.action)
    own = {str(action): int(number) for action, number in connection.execute(mine)}
    return Progress(total, finished, own.get("judge", 0), own.get("skip", 0), conflicts, gold)


def conflicts(limit: int) -> Select[Any]:
    """The query for the statements on which people differ."""
    return select(s.c.key).where(s.c.state.in_(SHOWN), s.c.conflict).order_by(s.c.key).limit(limit)


def _needed(sharing: Sharing) -> ColumnElement[int]:
    return case((s.c.lot < sharing.double, 2), else_=1)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _unseen(annotator: str) -> ColumnElement[bool]:
    return ~exists().where(v.c.statement_key == s.c.key, v.c.annotator == annotator)


def _due_gold(connection: Connection, annotator: str, sharing: Sharing) -> int | None:
    """A statement whose answer is known, if one is due and the person has not seen it."""
    if sharing.gold_every < 1:
        return None
    judged = select(func.count()).where(v.c.annotator == annotator, v.c.action == "judge")
    if connection.execute(judged).scalar_one() % sharing.gold_every != sharing.gold_every - 1:
        return None
    query = select(s.c.key).where(s.c.state.in_(SHOWN), s.c.gold, _unseen(annotator))
    return connection.execute(query.order_by(s.c.lot).limit(1)).scalar()
