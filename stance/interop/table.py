"""jsonl and csv: a row for each judgement."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from stance.interop.task import NOBODY, Judged, Task, judged
from stance.records import words_of
from stance.report.files import harmless

FIELDS = (
    *("statement_id", "article_id", "title", "published", "url", "path", "actor_id", "actor", "kind", "items"),
    *("recipient", "model_stance", "model_confidence", "annotator", "at", "stance", "speaker_id", "spans", "text"),
    *("note", "settled"),
)


def write(task: Task) -> Iterator[dict[str, Any]]:
    """The rows of a statement, one a judgement."""
    one, article = task.scored, task.scored.article
    actor = one.statement.actor
    for said in task.judged:
        yield {
            "statement_id": one.statement.id,
            "article_id": article.id,
            "title": article.title,
            "published": article.published,
            "url": article.url,
            "path": article.path,
            "actor_id": actor.id if actor else None,
            "actor": actor.name if actor else None,
            "kind": one.statement.kind,
            "items": list(one.topic.items),
            "recipient": one.topic.recipient,
            "model_stance": one.judgement.stance,
            "model_confidence": round(one.judgement.confidence, 4),
            "annotator": said.annotator,
            "at": said.at,
            "stance": said.label,
            "speaker_id": said.actor_id or NOBODY,
            "spans": [list(span) for span in said.spans],
            "text": words_of(article.text, said.spans),
            "note": said.note,
            "settled": said.settled,
        }


def read(row: Mapping[str, Any], annotator: str | None) -> Iterator[Judged]:
    """The judgement of a row, if it was filled in."""
    if not (row.get("stance") or "").strip():
        return  # a line that nobody has filled in
    spans = row.get("spans") or []
    spans = json.loads(spans) if isinstance(spans, str) else spans
    yield judged(
        row["statement_id"],
        row.get("article_id") or None,
        row.get("annotator") or annotator,
        str(row["stance"]).strip(),
        row.get("speaker_id"),
        spans,
        row.get("at"),
        row.get("note"),
        settled=str(row.get("settled")).lower() == "true",
    )


def unguarded(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of csv without the apostrophes that `stance.report.files.csv_line` put before what looks like a formula."""
    return {name: value[1:] if _is_guarded(value) else value for name, value in row.items()}


def _is_guarded(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("'") and harmless(value[1:]) == value
