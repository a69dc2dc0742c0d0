"""jsonl and csv: a row for each judgement."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stance.interop.task import NOBODY, Judged, Task, actor_of, label_of, moment_of, plain, spans_of, who_of, words_of
from stance.report.files import harmless, json_text

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
    yield Judged(
        statement_id=str(row["statement_id"]),
        article_id=row.get("article_id") or None,
        annotator=who_of(row.get("annotator") or annotator),
        label=label_of(str(row["stance"]).strip()),
        actor_id=actor_of(row.get("speaker_id")),
        spans=spans_of(spans),
        at=moment_of(row.get("at")),
        note=plain(row.get("note")),
        keeps_actor=not row.get("speaker_id"),
        settled=str(row.get("settled")).lower() == "true",
    )


def csv_line(cells: Sequence[Any]) -> str:
    """A line of csv: lists as JSON, and nothing that a spreadsheet would take for a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def unguarded(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of csv without the apostrophes that `csv_line` put before what looks like a formula."""
    return {name: value[1:] if _is_guarded(value) else value for name, value in row.items()}


def _is_guarded(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("'") and harmless(value[1:]) == value


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return json_text(value)
    return harmless(value) if isinstance(value, str) else value
