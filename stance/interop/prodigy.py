"""Prodigy JSONL: a record for each judgement, as its database holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from stance.interop.task import CONTENT, NOBODY, SPEAKER_ONLY, Judged, Task, judged, marks_of, meta_of
from stance.store.reviews import LABELS


def write(task: Task) -> Iterator[dict[str, Any]]:
    """A statement as records, one a judgement, or one without where nobody has judged."""
    options = [{"id": name, "text": name} for name in (*LABELS, SPEAKER_ONLY)]
    for said in task.judged or (None,):
        spans = said.spans if said else task.scored.statement.spans
        record: dict[str, Any] = {
            "text": task.scored.article.text,
            "spans": [{"start": s, "end": e, "label": name} for name, s, e in marks_of(task, spans)],
            "options": options,
            "meta": {**meta_of(task.scored), "speaker_id": (said.actor_id or NOBODY) if said else None},
        }
        if said:
            record |= {"accept": [said.label], "answer": "accept", "_session_id": said.annotator}
            record |= {"settled": said.settled}
            if said.at:
                record["_timestamp"] = int(datetime.fromisoformat(said.at).timestamp())
            if said.note:
                record["note"] = said.note
        yield record


def read(record: Mapping[str, Any], annotator: str | None) -> Iterator[Judged]:
    """The judgement of a record, if it was accepted."""
    if record.get("answer") != "accept" or not record.get("accept"):
        return  # rejected or ignored: no judgement
    meta, stamp = record["meta"], record.get("_timestamp")
    content = [(span["start"], span["end"]) for span in record.get("spans") or () if span["label"] == CONTENT]
    yield judged(
        meta["statement_id"],
        meta.get("article_id"),
        record.get("_session_id") or record.get("_annotator_id") or annotator,
        record["accept"][0],
        meta.get("speaker_id"),
        sorted(content),
        None if stamp is None else datetime.fromtimestamp(stamp, UTC).isoformat(),
        record.get("note"),
        settled=record.get("settled") is True,
    )
