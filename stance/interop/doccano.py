"""doccano JSONL for sequence labeling: a record for each judgement, since a document has one set of labels.

doccano counts offsets in UTF-16 code units (doccano issue 2290).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stance.interop.offsets import from_utf16, to_utf16
from stance.interop.task import CONTENT, NOBODY, SPEAKER_ONLY, Judged, Task, judged, marks_of, meta_of
from stance.records import InputError
from stance.store.reviews import LABELS


def write(task: Task) -> Iterator[dict[str, Any]]:
    """A statement as records, one a judgement, or one without where nobody has judged."""
    for said in task.judged or (None,):
        spans = said.spans if said else task.scored.statement.spans
        name = said.label if said else CONTENT
        units = to_utf16(task.scored.article.text)
        marks = [
            (units(start), units(end), name if mark == CONTENT else mark) for mark, start, end in marks_of(task, spans)
        ]
        record = {"text": task.scored.article.text, "label": [list(mark) for mark in marks], **meta_of(task.scored)}
        if said:
            record |= {"annotator": said.annotator, "at": said.at, "speaker_id": said.actor_id or NOBODY}
            record |= {"settled": said.settled}
            record |= {"Comments": [said.note] if said.note else []}
        yield record


def read(record: Mapping[str, Any], annotator: str | None) -> Iterator[Judged]:
    """The judgement of a record, if it holds one."""
    marks = record.get("label") or record.get("labels") or []
    if "entities" in record:
        marks = [(e["start_offset"], e["end_offset"], e["label"]) for e in record["entities"]]
    said = sorted((start, end, name) for start, end, name in marks if name in (*LABELS, SPEAKER_ONLY))
    if not said:
        return
    points = from_utf16(record["text"])
    names = {name for _, _, name in said}
    if len(names) > 1:
        raise InputError(f"a statement has one stance, and this record gives {', '.join(sorted(names))}.")
    comments = record.get("Comments") or []
    yield judged(
        record["statement_id"],
        record.get("article_id"),
        record.get("annotator") or record.get("username") or annotator,
        names.pop(),
        record.get("speaker_id"),
        [(points(start), points(end)) for start, end, _ in said],
        record.get("at"),
        comments[0] if comments else None,
        settled=record.get("settled") is True,
    )
