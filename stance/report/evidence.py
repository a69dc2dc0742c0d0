"""Statements as the HTML report shows them: in the words of the article, marked, with their probabilities."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stance.records import Scored
from stance.report.passages import find_passage, marked_passage, statement_marks, visible
from stance.report.placing import Segment, segments
from stance.report.why import Why


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement as it is shown."""

    number: int
    dom_id: str
    scored: Scored
    passage: Markup
    speaker: str
    probabilities: list[Segment]
    counted: bool
    why: Why | None


def evidence_of(
    group: Sequence[Scored],
    counted: Collection[str] | None,
    dom_id: Callable[[str], str],
    why: Mapping[str, Why],
) -> list[Evidence]:
    """Statements of one leader, numbered in their order. `counted` holds the ids that count toward its position, None
    for all; `dom_id` gives an element's id for a statement's."""
    return [
        Evidence(
            number=number,
            dom_id=dom_id(one.statement.id),
            scored=one,
            passage=passage(one),
            speaker=speaker(one),
            probabilities=segments(one.judgement.probabilities),
            counted=counted is None or one.statement.id in counted,
            why=why.get(one.statement.id),
        )
        for number, one in enumerate(group)
    ]


def speaker(one: Scored) -> str:
    """The source in the article's words."""
    return one.statement.source.text if one.statement.source else ""


def passage(one: Scored) -> Markup:
    """A statement in its paragraph, marked."""
    text, marks = one.article.text, statement_marks(one.article.text, one.statement)
    if not any(role == "content" for role, _ in marks):
        return Markup('<mark class="content">') + visible(one.statement.text) + Markup("</mark>")
    return marked_passage(text, find_passage(text, marks), marks)
