"""Scored statements read back from the jsonl file that `stance report` and `stance score` write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from stance.counting import HALF_LIFE
from stance.periods import parse_period
from stance.readers.rows import iso_day
from stance.records import (
    STANCES,
    Actor,
    Article,
    InputError,
    Judgement,
    Kind,
    Mention,
    Scored,
    Statement,
    Topic,
    spans_of,
)

NAME = "statements.jsonl"


def read_scored(path: Path) -> list[Scored]:
    """The statements of a report's folder or of a jsonl file, as they were written but without the articles' texts.

    Raises InputError for a file that cannot be read, and for a line that is no scored statement.
    """
    file = path / NAME if path.is_dir() else path
    if file.suffix != ".jsonl":
        raise InputError(f"{file} is no jsonl file; give a report's folder or the statements.jsonl in it.")
    try:
        with file.open(encoding="utf-8") as handle:
            return [_read(line, f"{file}, line {n}") for n, line in enumerate(handle, 1) if line.strip()]
    except OSError as error:
        hint = "give a report's folder or the statements.jsonl in it"
        raise InputError(f"{file} cannot be read ({error.strerror}); {hint}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{file} is not UTF-8 text; give the statements.jsonl that stance wrote.") from None


def sides(before: str, after: str, of: Path | None = None) -> tuple[list[Scored], list[Scored], float]:
    """The statements of two reports, or of two periods of the report `of`, and the half-life that suits them, in days:
    within a period age does not count. Raises InputError for what is neither."""
    if of is None:
        return read_scored(Path(before)), read_scored(Path(after)), HALF_LIFE
    periods = parse_period(before), parse_period(after)
    scored = read_scored(of)
    old, new = ([one for one in scored if period.holds(one.article.published)] for period in periods)
    return old, new, 0.0


def _read(line: str, where: str) -> Scored:
    try:
        row = json.loads(line)
        return scored_from_json(row)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(f"{where} is no scored statement; give the statements.jsonl that stance wrote.") from None


def scored_from_json(row: Mapping[str, Any]) -> Scored:
    """The record of an object that `scored_json` made, with an empty text for the article.

    Raises KeyError, TypeError or ValueError where the object is none.
    """
    judgement = _judgement(row)
    published = _text(row["published"])
    if published is not None and iso_day(published) != published:
        raise ValueError(published)
    article = Article(
        id=str(row["article_id"]),
        title=_text(row["title"]),
        text="",
        published=published,
        url=_text(row.get("url")),
        source=_text(row.get("outlet")),
        path=_text(row["path"]),
    )
    statement = Statement(
        id=str(row["id"]),
        article_id=article.id,
        actor=_actor(row),
        source=_mention(row["source"]),
        cue=_mention(row["cue"]),
        spans=spans_of(row["spans"]),
        text=str(row["text"]),
        kind=row["kind"],
        candidates=tuple(row.get("candidates", ())),
        medium=_text(row.get("medium")),
        nested=bool(row.get("nested")),
        spokesperson=bool(row.get("spokesperson")),
        joint=bool(row.get("joint")),
    )
    if statement.kind not in get_args(Kind):
        raise ValueError(statement.kind)
    topic = Topic(float(row["relevance"]), tuple(map(str, row["items"])), _text(row["recipient"]))
    return Scored(article, statement, topic, judgement)


def _judgement(row: Mapping[str, Any]) -> Judgement:
    stance = row["stance"]
    probabilities = {str(name): float(value) for name, value in row["probabilities"].items()}
    if stance is not None and (stance not in STANCES or set(probabilities) != set(STANCES)):
        raise ValueError(stance)
    because = tuple((str(term), float(weight)) for term, weight in row.get("because", ()))
    by = tuple(map(str, row.get("reviewed_by", ())))
    return Judgement(stance, probabilities, float(row["confidence"]), bool(row["needs_review"]), because, by)


def _actor(row: Mapping[str, Any]) -> Actor | None:
    if row["actor_id"] is None:
        return None
    return Actor(str(row["actor_id"]), str(row["actor"]), "person", _text(row["country"]))


def _mention(value: Mapping[str, Any] | None) -> Mention | None:
    return None if value is None else Mention(str(value["text"]), int(value["start"]), int(value["end"]))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
