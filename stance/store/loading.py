"""The store's statements as the records that reports are made of, with what people said in place of the machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, select

from stance.actors.registry import Registry
from stance.records import (
    STANCES,
    Actor,
    Article,
    InputError,
    Judgement,
    Mention,
    Scored,
    Statement,
    Topic,
    spans_of,
    visible,
    words_of,
)
from stance.store.connect import Store
from stance.store.reviews import OFF_TOPIC, Decision, Outcome, outcome
from stance.store.tables import Row, articles, judgements, row_of, rows_of, statements, verdicts

SHOWN = ("current", "kept")  # the states of statements that stand in their article
HIDDEN = ("gone", "dropped")
_PAGE = 500


def stored_articles(store: Store) -> Iterator[Article]:
    """Every article of the store, in the order of coming in; the database may be written to meanwhile."""
    at = 0
    while True:
        with store.read() as connection:
            page = select(articles).where(articles.c.key > at).order_by(articles.c.key).limit(_PAGE)
            rows = rows_of(connection, page)
        if not rows:
            return
        yield from map(article_of_row, rows)
        at = rows[-1]["key"]


def reviewed_scored(connection: Connection, registry: Registry) -> Iterator[Scored]:
    """Every statement that stands in its article, with its newest judgement, or what people said instead."""
    spoken = outcomes(connection)
    for key, one in judged_scored(connection, SHOWN):
        yield corrected(one, spoken[key], registry) if key in spoken else one


def judged_scored(connection: Connection, states: Sequence[str]) -> Iterator[tuple[int, Scored]]:
    """The statements of some states as the machine has them, with their keys, in the order of coming in."""
    texts: dict[int, Article] = {}
    for row in rows_of(connection, judged().where(statements.c.state.in_(states)).order_by(statements.c.key)):
        key = row["article_key"]
        if key not in texts:
            texts[key] = article_of(connection, key)
        yield row["key"], scored_of_row(row, texts[key], row)


def outcomes(connection: Connection) -> dict[int, Outcome]:
    """What people's verdicts come to, by statement."""
    rows = rows_of(connection, select(verdicts).order_by(verdicts.c.statement_key))
    return {key: outcome(group) for key, group in groupby(rows, key=lambda row: row["statement_key"])}


def outcomes_of(connection: Connection, key: int, annotator: str) -> tuple[Row | None, Outcome | None]:
    """A person's own verdict on a statement and, only where there is one, what all verdicts come to."""
    rows = rows_of(connection, select(verdicts).where(verdicts.c.statement_key == key))
    own = next((row for row in rows if row["annotator"] == annotator and row["action"] == "judge"), None)
    return own, outcome(rows) if own is not None else None


def judged() -> Select[Any]:
    """The query for statements with their newest judgements."""
    own = (judgements.c.statement_key == statements.c.key) & (judgements.c.model_id == statements.c.model_id)
    wanted = ("stance", "probabilities", "confidence", "needs_review", "because")
    return select(statements, *(judgements.c[name] for name in wanted)).join(judgements, own)


def corrected(one: Scored, said: Outcome, registry: Registry) -> Scored:
    """A statement as people see it: their stance is certain, their speaker and stretch of text are the ones.

    Where they conflict the machine's word stands, for review.
    """
    if said.decision is None:
        return replace(one, judgement=replace(one.judgement, needs_review=True)) if said.by else one
    decision = said.decision
    statement = replace(one.statement, actor=_actor(decision, one.statement.actor, registry))
    if decision.spans and decision.spans != statement.spans:
        said_words = words_of(one.article.text, decision.spans)
        statement = replace(statement, spans=decision.spans, text=said_words or statement.text)
    return replace(one, statement=statement, judgement=_judgement(decision, one.judgement, said.by))


def _judgement(decision: Decision, machine: Judgement, by: tuple[str, ...]) -> Judgement:
    if decision.label is None:
        return replace(machine, reviewed_by=by)
    if decision.label == OFF_TOPIC:
        return Judgement(None, reviewed_by=by)
    labels = machine.probabilities or dict.fromkeys(STANCES, 0.0)
    return Judgement(
        stance=decision.label,
        probabilities={label: float(label == decision.label) for label in labels},
        confidence=1.0,
        needs_review=False,
        because=machine.because if machine.stance == decision.label else (),
        reviewed_by=by,
    )


def _actor(decision: Decision, found: Actor | None, registry: Registry) -> Actor | None:
    if decision.actor_id is None:
        return None
    if found is not None and found.id == decision.actor_id:
        return found
    known = registry.actors.get(decision.actor_id)
    return known or Actor(decision.actor_id, decision.actor or decision.actor_id, "person")


def article_of(connection: Connection, key: int) -> Article:
    """The article of a key that a statement names."""
    row = row_of(connection, select(articles).where(articles.c.key == key))
    assert row is not None
    return article_of_row(row)


def article_of_row(row: Row) -> Article:
    """An article's row as the record. Raises InputError for a row that stance did not write."""
    try:
        return Article(
            **{name: _text(row[name]) for name in ("id", "title", "text", "published", "url", "source", "path")}
        )
    except (TypeError, ValueError) as error:
        raise _foreign("article", row, error) from None


def scored_of_row(row: Row, article: Article, judgement: Row | None = None) -> Scored:
    """A statement's row as the record; with the judgement's fields where they are given.

    Raises InputError for a row that stance did not write: anything can stand in an SQLite file.
    """
    try:
        return _scored(row, article, judgement)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise _foreign("statement", row, error) from None


def _foreign(what: str, row: Row, error: Exception) -> InputError:
    reason = " ".join(str(error).split())[:100]
    return InputError(f"{what} {row['key']} of the database is none that stance wrote ({reason}); score anew.")


def _text(value: Any) -> Any:
    """A text or None. Raises TypeError for anything else."""
    if not isinstance(value, str | None):
        raise TypeError("no text where one should be")
    return value


def _scored(row: Row, article: Article, judgement: Row | None) -> Scored:
    actor = None
    if row["actor_id"] is not None:
        names = [_text(row[name]) for name in ("actor_id", "actor", "actor_kind", "country")]
        actor = Actor(names[0], visible(names[1] or names[0]), names[2] or "person", names[3])
    statement = Statement(
        id=row["id"],
        article_id=article.id,
        actor=actor,
        source=_mention(row["source"]),
        cue=_mention(row["cue"]),
        spans=spans_of(row["spans"]),
        text=_text(row["text"]),
        kind=_text(row["kind"]),
        cue_class=_text(row["cue_class"]),
        candidates=tuple(map(_text, row["candidates"])),
        medium=_text(row["medium"]),
        headline=bool(row["headline"]),
        nested=bool(row["nested"]),
        spokesperson=bool(row["spokesperson"]),
        joint=bool(row["joint"]),
    )
    topic = Topic(float(row["relevance"]), tuple(map(_text, row["items"])), _text(row["recipient"]))
    judged = Judgement(None)
    if judgement is not None:
        judged = Judgement(
            stance=_text(judgement["stance"]),
            probabilities={label: float(p) for label, p in judgement["probabilities"].items()},
            confidence=float(judgement["confidence"]),
            needs_review=bool(judgement["needs_review"]),
            because=tuple((_text(term), float(weight)) for term, weight in judgement["because"]),
        )
    return Scored(article, statement, topic, judged)


def _mention(value: Row | None) -> Mention | None:
    return None if value is None else Mention(_text(value["text"]), int(value["start"]), int(value["end"]))
