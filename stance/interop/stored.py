"""From the store to tasks, and judgements from elsewhere into the store's history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from sqlalchemy import Connection, select

from stance.actors.registry import Registry
from stance.interop.task import SPEAKER_ONLY, Judged, Task
from stance.records import InputError, Scored, clean, spans_of
from stance.store import Store
from stance.store.loading import SHOWN, judged_scored, outcomes
from stance.store.reviews import Decision, Outcome, add_review, ensure_annotator, history
from stance.store.tables import Row, row_of, rows_of, statements, verdicts


def tasks_of(connection: Connection, everything: bool = False) -> Iterator[Task]:
    """Each statement that people have judged with what they said, or with `everything` every one."""
    return (task for _, task in _keyed(connection, everything))


def settled_tasks(connection: Connection) -> list[tuple[Task, Outcome]]:
    """Each statement that people have judged, with what their judgements come to."""
    said = outcomes(connection)
    return [(task, said[key]) for key, task in _keyed(connection, everything=False)]


def _keyed(connection: Connection, everything: bool) -> Iterator[tuple[int, Task]]:
    rows = rows_of(connection, select(verdicts).order_by(verdicts.c.statement_key, verdicts.c.review_id))
    said = {
        key: [_judged(row) for row in group if row["action"] != "skip"]
        for key, group in groupby(rows, key=lambda row: row["statement_key"])
    }
    models = dict(connection.execute(select(statements.c.key, statements.c.model_id)).all())
    for key, one in judged_scored(connection, SHOWN):
        own = tuple(_of(each, one) for each in said.get(key, ()))
        if own or everything:
            yield key, Task(one, models[key], own)


def _judged(row: Row) -> Judged:
    return Judged(
        statement_id="",
        article_id=None,
        annotator=row["annotator"],
        label=row["label"] or SPEAKER_ONLY,
        actor_id=row["actor_id"],
        spans=spans_of(row["spans"] or ()),
        at=row["at"],
        note=row["note"],
        settled=row["action"] == "settle",
    )


def _of(said: Judged, one: Scored) -> Judged:
    return replace(said, statement_id=one.statement.id, article_id=one.article.id)


def take_in(
    store: Store, found: Iterable[Judged], registry: Registry, on_skip: Callable[[str], None] = lambda _: None
) -> Counter[str]:
    """Adds judgements to the history; what is there already, word for word, is not added again.

    Counts "added", "there already" and "skipped"; `on_skip` is told the reason of each that does not fit a statement of
    the store.
    """
    counts: Counter[str] = Counter()
    for number, one in enumerate(found, 1):
        try:
            with store.write() as connection:
                counts["added" if _take(connection, one, registry) else "there already"] += 1
        except InputError as error:
            counts["skipped"] += 1
            on_skip(f"judgement {number}: {error}")
    return counts


def _take(connection: Connection, one: Judged, registry: Registry) -> bool:
    standing = (statements.c.id == clean(one.statement_id)) & statements.c.state.in_(SHOWN)
    row = row_of(connection, select(statements).where(standing).limit(1))
    if row is None:
        raise InputError(f"statement {one.statement_id} is not in the database; score its article into it first.")
    actor_id = row["actor_id"] if one.keeps_actor else one.actor_id
    if actor_id == row["actor_id"]:
        actor = row["actor"]
    elif actor_id is None:
        actor = None
    elif actor_id in registry.actors:
        actor = registry.actors[actor_id].name
    else:
        raise InputError(f"speaker {actor_id!r} is not in the registry; add it with --registry.")
    spans = one.spans or spans_of(row["spans"])
    label = None if one.label == SPEAKER_ONLY else one.label
    decision = Decision(label, actor_id, actor, spans, one.note)
    name, action = ensure_annotator(connection, one.annotator), "settle" if one.settled else "judge"
    if any(_same(old, decision, action, one.at) for old in history(connection, row["key"], name)):
        return False
    add_review(connection, row["key"], name, action, decision, one.at)
    return True


def _same(old: Row, decision: Decision, action: str, at: str | None) -> bool:
    said = (old["action"], old["label"], old["actor_id"], old["note"], [list(span) for span in old["spans"] or ()])
    own = (action, decision.label, decision.actor_id, decision.note, [list(span) for span in decision.spans])
    return said == own and (at is None or at[:19] == old["at"][:19])  # some tools keep whole seconds
