"""What a page shows of a statement: its article around it, marked; the machine's suggestion and reasons; who said what
of it, for those who may know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlalchemy import Connection, select

from stance.actors.registry import Registry
from stance.model import StanceModel
from stance.records import Article, InputError, Scored, Span, spans_of
from stance.report.evidence import speaker
from stance.report.passages import marked_piece, statement_marks
from stance.report.placing import Segment, segments
from stance.report.why import Why, reasons
from stance.store.loading import article_of, judged, scored_of_row
from stance.store.reviews import history
from stance.store.tables import Row, row_of, rows_of, statements, verdicts

WINDOW = 8000  # characters of the article on either side of the statement


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement as a page shows it. `start` is the offset of `text` in the article, in code points."""

    key: int
    scored: Scored
    text: Markup
    start: int
    cut_before: bool
    cut_after: bool
    speaker: str
    probabilities: list[Segment]
    why: Why | None
    spans: tuple[Span, ...]
    actor_id: str | None
    actor: str | None
    verdict: Row | None
    others: list[Row]
    history: list[Row]
    row: Row


def shown(
    connection: Connection,
    key: int,
    annotator: str,
    registry: Registry,
    model: StanceModel | None,
    open_all: bool = False,
) -> Shown:
    """A statement for one person, whose own verdict is what they see; without a model, no reasons.

    Others' verdicts and the history are there once the person has judged, or for an adjudicator (`open_all`). Raises
    InputError where there is no such statement.
    """
    row = row_of(connection, judged().where(statements.c.key == key))
    if row is None:
        raise InputError(f"statement {key} is not in the database; go back to the queue.")
    article = article_of(connection, row["article_key"])
    one = scored_of_row(row, article, row)
    said = rows_of(connection, select(verdicts).where(verdicts.c.statement_key == key).order_by(verdicts.c.review_id))
    own = next((v for v in said if v["annotator"] == annotator and v["action"] == "judge"), None)
    spans = spans_of(own["spans"]) if own and own["spans"] else one.statement.spans
    as_seen = replace(one, statement=replace(one.statement, spans=spans))
    marks = statement_marks(article.text, as_seen.statement)
    piece = _window(article, spans)
    may_know = open_all or own is not None
    actor_id, actor = (own["actor_id"], own["actor"]) if own else (row["actor_id"], row["actor"])
    return Shown(
        key=key,
        scored=one,
        text=_exact(marked_piece(article.text, piece, marks)),
        start=piece[0],
        cut_before=piece[0] > 0,
        cut_after=piece[1] < len(article.text),
        speaker=speaker(one),
        probabilities=segments(one.judgement.probabilities) if one.judgement.probabilities else [],
        why=reasons([one], model).get(one.statement.id) if model is not None else None,
        spans=spans,
        actor_id=actor_id,
        actor=actor or (registry.actors[actor_id].name if actor_id in registry.actors else actor_id),
        verdict=own,
        others=[v for v in said if v is not own and v["action"] != "skip"] if may_know else [],
        history=history(connection, key) if may_know else [],
        row=row,
    )


def _window(article: Article, spans: Sequence[Span]) -> Span:
    """The stretch of the article that is shown: all of one of usual length."""
    first, last = min(a for a, _ in spans), max(b for _, b in spans)
    return max(0, first - WINDOW), min(len(article.text), last + WINDOW)


def _exact(html: str) -> Markup:
    """HTML whose text is the article's to the character: a parser would turn a carriage return into a line feed."""
    return Markup(html.replace("\r", "&#13;"))
