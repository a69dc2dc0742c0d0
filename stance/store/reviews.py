"""The history of reviews, and what it comes to.

`add_review` and `undo` append to the history and, in the same transaction, bring up to date what follows from it: each
person's verdict and the statement's counts. `fold` says what follows; a test holds the tables to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from stance.records import STANCES, InputError, Span, spans_of, words_of
from stance.store.tables import Row, annotators, articles, judgements, reviews, row_of, rows_of, statements, verdicts

OFF_TOPIC = "off-topic"
LABELS = (*STANCES, OFF_TOPIC)
LONGEST_NOTE = 2000
_NAME = re.compile(r"[^\W_][\w .@'-]{0,79}")
_SAID = ("label", "actor_id", "actor", "spans", "note", "gold")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person holds of a statement.

    `label` is one of LABELS, or None where only the speaker was looked at. `actor_id` and `actor` are the speaker, None
    where it is nobody of the registry; `spans` the content. `gold` marks a settled statement as a test question.
    """

    label: str | None
    actor_id: str | None
    actor: str | None
    spans: tuple[Span, ...]
    note: str | None = None
    gold: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What all verdicts on a statement come to: a decision, or a conflict (None). `by` names who judged."""

    decision: Decision | None
    by: tuple[str, ...]


def now() -> str:
    """The present moment, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def require_name(name: str) -> str:
    """An annotator's name, stripped. Raises InputError for one that cannot be used."""
    name = " ".join(name.split())
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name[:80]!r} cannot be an annotator's name: give 1 to 80 letters, digits, spaces or . @ ' -."
        )
    return name


def ensure_annotator(connection: Connection, name: str, at: str | None = None) -> str:
    """Adds an annotator who is not there yet; returns the name."""
    name = require_name(name)
    if connection.execute(select(annotators.c.name).where(annotators.c.name == name)).first() is None:
        connection.execute(insert(annotators).values(name=name, added_at=at or now()))
    return name


def add_review(
    connection: Connection,
    statement_key: int,
    annotator: str,
    action: str,
    decision: Decision | None = None,
    at: str | None = None,
) -> int:
    """Appends to the history: "judge" and "settle" with a decision, "skip" without. Returns the review's number.

    The annotator must be known. Raises InputError for a statement that is not there and for a decision that does not
    fit it.
    """
    row = statement_row(connection, statement_key)
    if decision is not None:
        _check(decision, len(row["article_text"]))
    said = {} if decision is None else {name: getattr(decision, name) for name in _SAID}
    if decision is not None:
        said["spans"] = [list(span) for span in decision.spans]
        said["note"] = (decision.note or "").strip()[:LONGEST_NOTE] or None
    number = _append(connection, row, annotator, action, at, said)
    refresh(connection, statement_key)
    return number


def undo(connection: Connection, annotator: str, at: str | None = None) -> int | None:
    """Takes an annotator's newest review back, by appending to the history; returns the statement, None without any."""
    query = select(verdicts).where(verdicts.c.annotator == annotator).order_by(verdicts.c.review_id.desc()).limit(1)
    newest = row_of(connection, query)
    if newest is None:
        return None
    row = statement_row(connection, newest["statement_key"])
    _append(connection, row, annotator, "undo", at, {})
    refresh(connection, newest["statement_key"])
    return int(newest["statement_key"])


def history(connection: Connection, statement_key: int | None = None, annotator: str | None = None) -> list[Row]:
    """The reviews of a statement or of an annotator, or all, the oldest first."""
    query = select(reviews).order_by(reviews.c.id)
    if statement_key is not None:
        query = query.where(reviews.c.statement_key == statement_key)
    if annotator is not None:
        query = query.where(reviews.c.annotator == annotator)
    return rows_of(connection, query)


def standing(rows: Iterable[Row]) -> list[Row]:
    """The reviews that no undo has taken back: one takes the same person's newest on the same statement."""
    stacks: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        stack = stacks.setdefault((row["statement_key"], row["annotator"]), [])
        if row["action"] != "undo":
            stack.append(row)
        elif stack:
            stack.pop()
    return [row for stack in stacks.values() for row in stack]


def fold(rows: Iterable[Row]) -> list[Row]:
    """The verdicts that a history comes to: of each person and statement the newest judgement (or skip), and the
    newest settlement."""
    newest: dict[tuple[int, str, bool], Row] = {}
    for row in sorted(standing(rows), key=lambda row: row["id"]):
        newest[row["statement_key"], row["annotator"], row["action"] == "settle"] = row
    return [
        {name: row[name] for name in ("statement_key", "annotator", "action", "at", *_SAID)} | {"review_id": row["id"]}
        for row in newest.values()
    ]


def refresh(connection: Connection, statement_key: int) -> None:
    """Brings a statement's verdicts and counts to what its history comes to."""
    found = fold(history(connection, statement_key))
    current = rows_of(connection, select(verdicts).where(verdicts.c.statement_key == statement_key))
    # the text may have moved since the review
    moved = {row["review_id"]: {"spans": row["spans"], "quotes": row["quotes"]} for row in current}
    connection.execute(delete(verdicts).where(verdicts.c.statement_key == statement_key))
    for row in found:
        connection.execute(insert(verdicts).values(row | moved.get(row["review_id"], {})))
    settled = [row for row in found if row["action"] == "settle"]
    connection.execute(
        update(statements)
        .where(statements.c.key == statement_key)
        .values(
            judged_by=sum(row["action"] == "judge" for row in found),
            conflict=outcome(found).decision is None and any(row["action"] == "judge" for row in found),
            settled=bool(settled),
            gold=any(row["gold"] for row in settled),
        )
    )


def outcome(found: Iterable[Row]) -> Outcome:
    """What the verdicts on one statement come to: the newest settlement; else what more than half of the people say
    of stance and speaker, with the newest of their spans; else a conflict."""
    rows = sorted((row for row in found if row["action"] != "skip"), key=lambda row: row["review_id"])
    by = tuple(dict.fromkeys(row["annotator"] for row in rows))
    settled = [row for row in rows if row["action"] == "settle"]
    if settled:
        return Outcome(decision_of(settled[-1]), by)
    votes = Counter((row["label"], row["actor_id"]) for row in rows)
    if not votes:
        return Outcome(None, ())
    said, count = votes.most_common(1)[0]
    if 2 * count <= len(rows):
        return Outcome(None, by)
    chosen = [row for row in rows if (row["label"], row["actor_id"]) == said]
    return Outcome(decision_of(chosen[-1]), by)


def decision_of(row: Row) -> Decision:
    """The decision that a review or verdict holds."""
    spans = spans_of(row["spans"] or ())
    return Decision(row["label"], row["actor_id"], row["actor"], spans, row["note"], bool(row["gold"]))


def statement_row(connection: Connection, key: int) -> Row:
    """A statement's row with `article_id` and `article_text`. Raises InputError where there is none."""
    query = (
        select(statements, articles.c.id.label("article_id"), articles.c.text.label("article_text"))
        .join(articles, articles.c.key == statements.c.article_key)
        .where(statements.c.key == key)
    )
    row = row_of(connection, query)
    if row is None:
        raise InputError(f"statement {key} is not in the database; go back to the queue.")
    return row


def _append(
    connection: Connection,
    row: Row,
    annotator: str,
    action: str,
    at: str | None,
    said: Row,
) -> int:
    before = connection.execute(
        select(verdicts)
        .where(verdicts.c.statement_key == row["key"], verdicts.c.annotator == annotator, verdicts.c.action == "judge")
        .limit(1)
    ).first()
    seen = _seen(connection, row) if before is None else before
    found = connection.execute(
        insert(reviews).values(
            statement_key=row["key"],
            at=at or now(),
            annotator=annotator,
            action=action,
            from_label=seen.label,
            from_actor_id=seen.actor_id,
            from_spans=seen.spans,
            model_id=row["model_id"],
            article_id=row["article_id"],
            text=words_of(row["article_text"], said.get("spans") or row["spans"]) or row["text"],
            **said,
        )
    )
    assert found.inserted_primary_key is not None
    return int(found.inserted_primary_key[0])


def _seen(connection: Connection, row: Row) -> Any:
    """What the machine says of a statement, in the shape of a verdict."""
    where = (judgements.c.statement_key == row["key"]) & (judgements.c.model_id == row["model_id"])
    stance = connection.execute(select(judgements.c.stance).where(where)).scalar()
    return SimpleNamespace(label=stance or OFF_TOPIC, actor_id=row["actor_id"], spans=row["spans"])


def _check(decision: Decision, length: int) -> None:
    if decision.label is not None and decision.label not in LABELS:
        raise InputError(f"{decision.label!r} is no label: choose one of {', '.join(LABELS)}.")
    if not decision.spans:
        raise InputError("a statement needs a stretch of text: select it in the article.")
    at = 0
    for start, end in decision.spans:
        if not at <= start < end <= length:
            raise InputError(
                f"the stretch {start} to {end} does not lie in the article in order; select the text again."
            )
        at = end
