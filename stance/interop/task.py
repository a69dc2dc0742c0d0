"""A statement with people's judgements of it, as it goes to other tools and comes back from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stance.records import InputError, Scored, Span, clean, spans_of
from stance.store.reviews import LABELS

SPEAKER_ONLY = "speaker"
NOBODY = "?"
CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Judged:
    """One person's judgement of a statement. `label` is one of LABELS or SPEAKER_ONLY; `actor_id` None is nobody of the
    registry. `spans` are offsets in the article."""

    statement_id: str
    article_id: str | None
    annotator: str
    label: str
    actor_id: str | None
    spans: tuple[Span, ...]
    at: str | None = None
    note: str | None = None
    keeps_actor: bool = False  # the file says nothing of the speaker: as found
    settled: bool = False  # an adjudicator's


@dataclass(frozen=True, slots=True)
class Task:
    """A statement with the judgements of it; `model` is the version that made the suggestion."""

    scored: Scored
    model: str
    judged: tuple[Judged, ...] = ()


def judged(
    statement_id: object,
    article_id: str | None,
    annotator: object,
    label: str,
    speaker: object,
    spans: Iterable[Sequence[int]],
    at: object,
    note: object,
    settled: bool,
) -> Judged:
    """A judgement from the fields of a record; no `speaker` at all means as found. Raises InputError, TypeError or
    ValueError for fields that do not do."""
    return Judged(
        statement_id=str(statement_id),
        article_id=article_id,
        annotator=_who(annotator),
        label=_label(label),
        actor_id=_actor(speaker),
        spans=spans_of(spans),
        at=_moment(at),
        note=_plain(note),
        keeps_actor=not speaker,
        settled=settled,
    )


def meta_of(one: Scored) -> dict[str, Any]:
    """What a task says of its statement beside the text."""
    return {
        "statement_id": one.statement.id,
        "article_id": one.article.id,
        "title": one.article.title,
        "published": one.article.published,
        "url": one.article.url,
        "actor_id": one.statement.actor.id if one.statement.actor else None,
        "items": ", ".join(one.topic.items),
        "recipient": one.topic.recipient,
    }


def marks_of(task: Task, spans: Sequence[Span]) -> Iterator[tuple[str, int, int]]:
    """The (name, start, end) of speaker, cue and content."""
    for name, mention in (("source", task.scored.statement.source), ("cue", task.scored.statement.cue)):
        if mention is not None:
            yield name, mention.start, mention.end
    for start, end in spans:
        yield CONTENT, start, end


def speaker_words(one: Scored) -> str:
    """Who speaks, in words."""
    actor, source = one.statement.actor, one.statement.source
    return actor.name if actor else source.text if source else "unnamed speaker"


def _who(name: object) -> str:
    """An annotator's name. Raises InputError for none."""
    if not name:
        raise InputError("it does not say who judged; give --annotator NAME.")
    return str(name)


def _label(name: str) -> str:
    """One of the labels. Raises InputError for another."""
    if name not in (*LABELS, SPEAKER_ONLY):
        raise InputError(f"{name!r} is no label: use one of {', '.join((*LABELS, SPEAKER_ONLY))}.")
    return name


def _actor(value: object) -> str | None:
    """An actor's id; None for nobody of the registry."""
    text = str(value or "").strip()
    return None if text in ("", NOBODY) else text


def _moment(value: object) -> str | None:
    """An ISO moment in UTC, None for what is none."""
    try:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="milliseconds")


def _plain(value: object) -> str | None:
    """A text, None for an empty one."""
    return clean(str(value)).strip() or None if value else None
