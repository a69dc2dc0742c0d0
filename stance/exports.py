"""Labeled statements in the forms that annotation tools read: Label Studio, doccano and Prodigy, beside jsonl and csv.

One task an article for the tools, one line a statement for jsonl and csv. The spans keep the article's offsets.
Formats as their documents give them: Label Studio JSON tasks with predictions, doccano JSONL sequence labeling,
Prodigy JSONL with spans.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from stance.interop.offsets import to_utf16
from stance.records import Article, Statement, content_id, statement_json

FORMATS = ("jsonl", "csv", "label-studio", "doccano", "prodigy")
Labeled = tuple[Article, Sequence[Statement]]


def label_lines(labeled: Iterable[Labeled], form: str) -> Iterator[str]:
    """The lines of a file of labeled articles in one of `FORMATS`, each with its line end."""
    if form == "label-studio":
        yield json.dumps([_label_studio(a, s) for a, s in labeled], ensure_ascii=False, indent=1) + "\n"
        return
    if form == "csv":
        yield from _csv(labeled)
        return
    for article, statements in labeled:
        if form == "jsonl":
            for statement in statements:
                yield json.dumps(statement_json(article, statement), ensure_ascii=False) + "\n"
        else:
            task = _doccano(article, statements) if form == "doccano" else _prodigy(article, statements)
            yield json.dumps(task, ensure_ascii=False) + "\n"


def _parts(statements: Sequence[Statement]) -> Iterator[tuple[str, int, int, Statement]]:
    """(label, start, end, statement) of each source, cue and content piece; a source of many statements once."""
    seen = set()
    for statement in statements:
        marks = [("source", statement.source), ("cue", statement.cue)]
        pieces = [(name, m.start, m.end) for name, m in marks if m is not None]
        pieces += [("content", start, end) for start, end in statement.spans]
        for piece in pieces:
            if piece not in seen:
                seen.add(piece)
                yield (*piece, statement)


def _meta(article: Article) -> dict[str, Any]:
    return {
        "article_id": article.id,
        "title": article.title,
        "published": article.published,
        "path": article.path,
    }


def _label_studio(article: Article, statements: Sequence[Statement]) -> dict[str, Any]:
    result: list[dict[str, Any]] = []
    ids: dict[tuple[str, int, int], str] = {}
    related: set[tuple[str, int, int]] = set()
    for name, start, end, _ in _parts(statements):
        ids[name, start, end] = content_id(article.id, name, start, end)
        result.append(
            {
                "id": ids[name, start, end],
                "from_name": "label",
                "to_name": "text",
                "type": "labels",
                "value": {"start": start, "end": end, "text": article.text[start:end], "labels": [name]},
            }
        )
    for statement in statements:
        if statement.source is None:
            continue
        origin = ids["source", statement.source.start, statement.source.end]
        for start, end in statement.spans:
            if (origin, start, end) in related:
                continue  # said by several together: one relation
            related.add((origin, start, end))
            result.append(
                {
                    "type": "relation",
                    "from_id": origin,
                    "to_id": ids["content", start, end],
                    "direction": "right",
                }
            )
    return {
        "data": {"text": article.text, **_meta(article)},
        "predictions": [{"model_version": "stance", "result": result}],
    }


def _doccano(article: Article, statements: Sequence[Statement]) -> dict[str, Any]:
    units = to_utf16(article.text)  # as doccano counts
    return {
        "text": article.text,
        "label": [[units(s), units(e), name] for name, s, e, _ in _parts(statements)],
        **_meta(article),
    }


def _prodigy(article: Article, statements: Sequence[Statement]) -> dict[str, Any]:
    spans = [{"start": s, "end": e, "label": name} for name, s, e, _ in _parts(statements)]
    return {"text": article.text, "spans": spans, "meta": _meta(article)}


def _csv(labeled: Iterable[Labeled]) -> Iterator[str]:
    from stance.report.files import csv_line, flat

    header: list[str] | None = None
    for article, statements in labeled:
        for statement in statements:
            row = flat(statement_json(article, statement))
            if header is None:
                header = list(row)
                yield csv_line(header)
            yield csv_line([row.get(name) for name in header])
