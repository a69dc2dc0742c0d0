"""Label Studio JSON: tasks with `predictions` (the model's) and `annotations` (people's).

Newer versions count offsets in code points, older ones in UTF-16 code units (Label Studio pull request 1559).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stance.interop.offsets import from_utf16
from stance.interop.task import CONTENT, NOBODY, SPEAKER_ONLY, Judged, Task, judged, marks_of, meta_of, speaker_words
from stance.records import InputError, Span, content_id
from stance.store.reviews import LABELS


def label_config() -> str:
    """The labeling interface that Label Studio needs for these tasks, as its XML."""
    labels = "".join(f'    <Label value="{name}"/>\n' for name in ("source", "cue", CONTENT))
    choices = "".join(f'    <Choice value="{name}"/>\n' for name in (*LABELS, SPEAKER_ONLY))
    return (
        '<View>\n  <Header value="$speaker"/>\n'
        f'  <Labels name="label" toName="text">\n{labels}  </Labels>\n  <Text name="text" value="$text"/>\n'
        f'  <Choices name="stance" toName="text" choice="single" required="true">\n{choices}  </Choices>\n'
        '  <TextArea name="speaker" toName="text" maxSubmissions="1"/>\n'
        '  <TextArea name="note" toName="text" maxSubmissions="1"/>\n</View>\n'
    )


def write(task: Task) -> dict[str, Any]:
    """A statement as a task."""
    one = task.scored
    statement = one.statement
    actor_id = statement.actor.id if statement.actor else None
    suggestion = _regions(task, statement.spans) + _answers(one.judgement.stance or "off-topic", actor_id, None)
    return {
        "data": {"text": one.article.text, "speaker": speaker_words(one), **meta_of(one)},
        "predictions": [
            {"model_version": task.model, "score": round(one.judgement.confidence, 4), "result": suggestion}
        ],
        "annotations": [
            {
                "completed_by": {"email": said.annotator},
                "created_at": said.at,
                "was_cancelled": False,
                "ground_truth": said.settled,
                "result": _regions(task, said.spans) + _answers(said.label, said.actor_id, said.note),
            }
            for said in task.judged
        ],
    }


def _regions(task: Task, spans: Sequence[Span]) -> list[dict[str, Any]]:
    text = task.scored.article.text
    return [
        {
            "id": content_id(task.scored.statement.id, name, start, end)[:10],
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {"start": start, "end": end, "text": text[start:end], "labels": [name]},
        }
        for name, start, end in marks_of(task, spans)
    ]


def _answers(label: str, actor_id: str | None, note: str | None) -> list[dict[str, Any]]:
    out = [{"from_name": "stance", "to_name": "text", "type": "choices", "value": {"choices": [label]}}]
    for name, value in (("speaker", actor_id or NOBODY), ("note", note)):
        if value:
            out.append({"from_name": name, "to_name": "text", "type": "textarea", "value": {"text": [value]}})
    return out


def _place(value: Mapping[str, Any], text: str) -> Span:
    """Where a region stands. Its own text tells whether its offsets are code points or UTF-16 code units.

    Raises InputError where it is neither.
    """
    start, end, words = int(value["start"]), int(value["end"]), value.get("text")
    for convert in (int, from_utf16(text)):
        place = (convert(start), convert(end))
        if not words or text[slice(*place)].split() == str(words).replace("\\n", "\n").split():
            return place
    raise InputError(f"the region {start} to {end} does not hold its own text {str(words)[:40]!r}; export it again.")


def read(record: Mapping[str, Any], annotator: str | None) -> Iterator[Judged]:
    """The judgements of a task that came back."""
    data = record["data"]
    for made in record.get("annotations") or ():
        if made.get("was_cancelled"):
            continue
        by_name: dict[str, list[Any]] = {}
        for part in made["result"]:
            by_name.setdefault(part.get("from_name", ""), []).append(part["value"])
        if "stance" not in by_name:
            continue
        content = [_place(v, data["text"]) for v in by_name.get("label", ()) if CONTENT in v["labels"]]
        speaker = by_name["speaker"][0]["text"] if "speaker" in by_name else None
        note = by_name["note"][0]["text"] if "note" in by_name else None
        speaker, note = (v[0] if isinstance(v, list) else v for v in (speaker, note))
        by = made.get("completed_by")
        by = (by.get("email") or by.get("id")) if isinstance(by, dict) else by
        yield judged(
            data["statement_id"],
            data.get("article_id"),
            annotator if by is None else by if isinstance(by, str) else f"annotator {by}",
            by_name["stance"][0]["choices"][0],
            None if speaker is None else speaker or NOBODY,
            sorted(content),
            made.get("created_at"),
            note,
            settled=bool(made.get("ground_truth")),
        )
