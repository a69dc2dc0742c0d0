"""The records that flow from stage to stage, and their JSON form.

Every stage takes and returns the frozen dataclasses below, so that the type of a value says how far it has come:
`Article` (read), `Statement` (labeled), `Judgement` (scored), `Position` (pooled). Offsets count Unicode code
points in `Article.text`; a span is a half-open pair `(start, end)`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Span = tuple[int, int]
Kind = Literal["direct", "indirect", "mixed", "ascribed", "act"]
Stance = Literal["support", "oppose", "undecided"]

_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
STANCES: tuple[Stance, ...] = ("support", "oppose", "undecided")
ITEMS: tuple[str, ...] = (
    "troops",
    "training",
    "tanks",
    "armoured-vehicles",
    "artillery",
    "ammunition",
    "missiles",
    "air-defence",
    "aircraft",
    "drones",
    "naval",
    "small-arms",
    "intelligence",
    "funding",
    "unspecified",
)


class InputError(Exception):
    """Input that the user can mend. Its text is one sentence: what is wrong, where, and what to do."""


def clean(text: str) -> str:
    """Text fit for every output: NUL and lone surrogates (from JSON escapes, file names) become U+FFFD."""
    return _NO_TEXT.sub("\ufffd", text)


def visible(text: str) -> str:
    """Text of a stranger in one line for a terminal: what would steer it, or cannot be seen, becomes U+FFFD."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


@dataclass(frozen=True, slots=True)
class Article:
    """One text as read. `published` is an ISO date (YYYY-MM-DD) or None.

    Its texts are `clean`, whoever makes it: what matches, splits and writes text takes no lone surrogate.
    """

    id: str
    title: str | None
    text: str
    published: str | None = None
    url: str | None = None
    source: str | None = None
    path: str | None = None

    def __post_init__(self) -> None:
        for name in ("id", "title", "text", "published", "url", "source", "path"):
            value = getattr(self, name)
            if value is not None and _NO_TEXT.search(value):
                object.__setattr__(self, name, clean(value))


@dataclass(frozen=True, slots=True)
class Office:
    """An office an actor held: title, in a country (alpha-3) or an organisation (actor id), from start to end.

    Dates are ISO, of day, month or year precision; an end of None means in office as far as the registry knows.
    """

    title: str
    country: str | None = None
    organisation: str | None = None
    start: str | None = None
    end: str | None = None
    body: str | None = None

    def held_on(self, date: str) -> bool:
        """Whether the office was held on an ISO date; months and years count as a whole, the last day not."""
        begun = self.start is None or self.start <= date
        over = self.end is not None and (self.end <= date if len(self.end) == 10 else self.end < date[: len(self.end)])
        return begun and not over


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who can take a stance. `country` is ISO 3166-1 alpha-3 or None; `surname` and `gender` are None
    for everything that is no person."""

    id: str
    name: str
    kind: Literal["person", "government", "organisation", "group"]
    country: str | None = None
    aliases: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()
    surname: str | None = None
    gender: Literal["m", "f"] | None = None

    def offices_on(self, date: str | None) -> tuple[Office, ...]:
        """The offices held on an ISO date; every office where the date is unknown."""
        return self.offices if date is None else tuple(o for o in self.offices if o.held_on(date))


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of the article's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that one source says, or is said to hold or to do.

    `actor` is None where the source is real but not resolved; `candidates` then lists the ids between which the
    text does not decide. `medium` names the outlet that carried the words ("according to Reuters").
    `headline` marks a statement of the title, which the body usually repeats; `nested` one inside another's words.
    `spokesperson` marks the words of a spokesperson, or of an office, credited to the actor spoken for. `joint` marks
    words that several said together ("Macron and Scholz said"): there is one statement for each of them.
    """

    id: str
    article_id: str
    actor: Actor | None
    source: Mention | None
    cue: Mention | None
    spans: tuple[Span, ...]
    text: str
    kind: Kind
    cue_class: str = "say"
    candidates: tuple[str, ...] = ()
    medium: str | None = None
    headline: bool = False
    nested: bool = False
    spokesperson: bool = False
    joint: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """What aid a statement is about: relevance in [0, 1], items, and the recipient's alpha-3 code or None."""

    relevance: float
    items: tuple[str, ...] = ()
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The stance of a statement. `stance` is None for what is not about military aid; then nothing else is set.

    It is one of the model's classes: a `Stance` from the released model. `because` holds (word, contribution)
    pairs, the contribution in log-odds towards the predicted class. `reviewed_by` names the people whose word it is.
    """

    stance: str | None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.0
    needs_review: bool = False
    because: tuple[tuple[str, float], ...] = ()
    reviewed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """A statement with all that the pipeline knows of it: the row that every output shows."""

    article: Article
    statement: Statement
    topic: Topic
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Position:
    """Where one actor stands in one slice: score in [-1, 1] with a 90% interval, and the evidence behind it."""

    actor_id: str
    actor: str
    country: str | None
    item: str | None
    score: float
    low: float
    high: float
    statements: int
    articles: int
    counts: Mapping[str, int]
    evidence: tuple[str, ...]
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A leader's change of position, overall (item None) or on an item: `day` is the first day of the new position.

    `before` and `after` are (score, low, high) with 90% intervals; `p_value` is how often such a change turns up by
    chance where there is none, `false_discovery_rate` the share of chance finds expected among the run's moves up to
    this one; `probability` that the score moved in the direction told. `shown_before` and `shown_after` are the ids
    of the statements on each side, oldest first.
    """

    actor_id: str
    actor: str
    country: str | None
    item: str | None
    day: str
    last_before: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    probability: float
    p_value: float
    false_discovery_rate: float
    shown_before: tuple[str, ...]
    shown_after: tuple[str, ...]


def spans_of(pairs: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    """Spans from pairs of numbers, as JSON holds them. Raises TypeError or ValueError for what are none."""
    return tuple((int(start), int(end)) for start, end in pairs)


def words_of(text: str, spans: Iterable[Span]) -> str:
    """The words that spans of a text cover, with single blanks."""
    return " ".join(" ".join(text[start:end] for start, end in spans).split())


def content_id(*parts: object) -> str:
    """A short, stable id from what a record holds (the first 16 hex digits of SHA-256)."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _mention_json(mention: Mention | None) -> dict[str, Any] | None:
    return None if mention is None else {"text": mention.text, "start": mention.start, "end": mention.end}


def statement_json(article: Article, statement: Statement) -> dict[str, Any]:
    """The fields of a labeled statement, in the order in which they are written."""
    actor = statement.actor
    return {
        "id": statement.id,
        "article_id": article.id,
        "path": article.path,
        "title": article.title,
        "published": article.published,
        "actor_id": actor.id if actor else None,
        "actor": actor.name if actor else None,
        "country": actor.country if actor else None,
        "source": _mention_json(statement.source),
        "cue": _mention_json(statement.cue),
        "spans": [list(span) for span in statement.spans],
        "text": statement.text,
        "kind": statement.kind,
        "candidates": list(statement.candidates),
        "spokesperson": statement.spokesperson,
        "joint": statement.joint,
        "nested": statement.nested,
        "medium": statement.medium,
    }


def scored_json(scored: Scored) -> dict[str, Any]:
    """One scored statement as the JSON object of the CLI contract."""
    judgement, topic = scored.judgement, scored.topic
    return statement_json(scored.article, scored.statement) | {
        "items": list(topic.items),
        "recipient": topic.recipient,
        "relevance": round(topic.relevance, 4),
        "stance": judgement.stance,
        "probabilities": {k: round(v, 4) for k, v in judgement.probabilities.items()},
        "confidence": round(judgement.confidence, 4),
        "needs_review": judgement.needs_review,
        "because": [[term, round(weight, 3)] for term, weight in judgement.because],
        "url": scored.article.url,
        "outlet": scored.article.source,
        "reviewed_by": list(judgement.reviewed_by),
    }


def position_json(position: Position) -> dict[str, Any]:
    """One position as a JSON object."""
    return {
        "actor_id": position.actor_id,
        "actor": position.actor,
        "country": position.country,
        "item": position.item,
        "position": {
            "score": round(position.score, 4),
            "interval": [round(position.low, 4), round(position.high, 4)],
            "level": 0.9,
            "statements": position.statements,
            "articles": position.articles,
            "evidence": list(position.evidence),
        },
        "counts": dict(position.counts),
        "first": position.first,
        "last": position.last,
    }


def move_json(move: Move) -> dict[str, Any]:
    """One move as a JSON object."""
    sides = {"before": (move.before, move.shown_before), "after": (move.after, move.shown_after)}
    return {
        "actor_id": move.actor_id,
        "actor": move.actor,
        "country": move.country,
        "item": move.item,
        "last_before": move.last_before,
        "day": move.day,
        **{
            side: {
                "score": round(score, 4),
                "interval": [round(low, 4), round(high, 4)],
                "level": 0.9,
                "evidence": list(evidence),
            }
            for side, ((score, low, high), evidence) in sides.items()
        },
        "probability": round(move.probability, 4),
        "p_value": round(move.p_value, 4),
        "false_discovery_rate": round(move.false_discovery_rate, 4),
    }
