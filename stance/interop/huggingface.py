"""Reviewed statements as a data set: parquet files that `datasets` reads, and the card that tells what they are.

The card's head follows the Hub's dataset card metadata (YAML); the text says how the labels came about, after Gebru et
al. (2021), "Datasheets for Datasets", Communications of the ACM 64.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from stance.interop.task import Task
from stance.records import words_of
from stance.report.atomic import atomic_file, write_text
from stance.store.reviews import LABELS, Outcome

FILE = "data/train-00000-of-00001.parquet"
_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("label", pa.int64()),
        ("actor_id", pa.string()),
        ("actor", pa.string()),
        ("kind", pa.string()),
        ("items", pa.list_(pa.string())),
        ("recipient", pa.string()),
        ("published", pa.string()),
        ("url", pa.string()),
        ("votes", pa.list_(pa.struct([("annotator", pa.string()), ("label", pa.string())]))),
        ("model_stance", pa.string()),
        ("model_confidence", pa.float64()),
    ]
)


def write_dataset(folder: Path, tasks: Sequence[tuple[Task, Outcome]], names: bool = False) -> int:
    """Writes the statements whose label people agree on; returns how many. Annotators are numbered unless `names`."""
    numbers: dict[str, str] = {}
    rows = [_row(task, out, numbers, names) for task, out in tasks if out.decision and out.decision.label]
    metadata = {"huggingface": '{"info": {"features": ' + _features_json() + "}}"}
    table = pa.Table.from_pylist(rows, schema=_SCHEMA).replace_schema_metadata(metadata)
    with atomic_file(folder / FILE) as file:
        parquet.write_table(table, file, compression="zstd")
    write_text(folder / "README.md", _card(rows, len(numbers)))
    return len(rows)


def _row(task: Task, out: Outcome, numbers: dict[str, str], names: bool) -> dict[str, Any]:
    one, decision = task.scored, out.decision
    assert decision is not None
    assert decision.label is not None
    votes = []
    for said in task.judged:
        number = numbers.setdefault(said.annotator, f"annotator {len(numbers) + 1}")
        votes.append({"annotator": said.annotator if names else number, "label": said.label})
    return {
        "id": one.statement.id,
        "text": words_of(one.article.text, decision.spans) or one.statement.text,
        "label": LABELS.index(decision.label),
        "actor_id": decision.actor_id,
        "actor": decision.actor,
        "kind": one.statement.kind,
        "items": list(one.topic.items),
        "recipient": one.topic.recipient,
        "published": one.article.published,
        "url": one.article.url,
        "votes": votes,
        "model_stance": one.judgement.stance,
        "model_confidence": one.judgement.confidence,
    }


def _features_json() -> str:
    def of(kind: pa.DataType) -> Any:
        if pa.types.is_list(kind):
            return {"feature": of(kind.value_type), "_type": "List"}
        if pa.types.is_struct(kind):
            return {field.name: of(field.type) for field in kind}
        return {"dtype": "float64" if pa.types.is_floating(kind) else str(kind), "_type": "Value"}

    features = {field.name: of(field.type) for field in _SCHEMA}
    features["label"] = {"names": list(LABELS), "_type": "ClassLabel"}
    return json.dumps(features)


def _card(rows: Sequence[dict[str, Any]], annotators: int) -> str:
    counts = Counter(LABELS[row["label"]] for row in rows)
    twice = sum(len({vote["annotator"] for vote in row["votes"]}) > 1 for row in rows)
    days = sorted(row["published"] for row in rows if row["published"])
    told = "\n".join(f"| {label} | {counts[label]} |" for label in LABELS)
    size = "n<1K" if len(rows) < 1000 else "1K<n<10K" if len(rows) < 10_000 else "10K<n<100K"
    dated = f", published between {days[0]} and {days[-1]}" if days else ""
    return f"""---
pretty_name: Stances on military aid, reviewed
language:
- en
task_categories:
- text-classification
task_ids:
- sentiment-classification
size_categories:
- {size}
configs:
- config_name: default
  data_files:
  - split: train
    path: {FILE}
---
# Stances on military aid, reviewed

{len(rows)} statements of political actors from news articles{dated}. `label` is the stance that people gave the
statement: the actor's, towards giving the military aid that the statement is about. {annotators} people judged; {twice}
statements were judged by two or more, each without seeing what the others said. `votes` holds every judgement, `label`
what more than half of them say, or what an adjudicator settled. Statements on which people conflict are left out.

| label | statements |
|---|---|
{told}

## How it came about
stance {version("stance")} found the statements in articles, and said who speaks, about which items and what recipient;
people corrected speaker, text and stance by its codebook. Statements were not drawn at random unless the queue was: the
ones that teach the model most come first, so the shares above are not those of the news.

## Fields
`id`, `text` (the words of the statement), `label`, `actor_id` and `actor` (null for nobody of the registry), `kind`
(direct, indirect, mixed, ascribed, act), `items`, `recipient` (ISO 3166-1 alpha-3), `published` (ISO date), `url`,
`votes` (annotator, label), `model_stance` and `model_confidence` (what the model said before).

## Rights
The words are those of the articles and their publishers; check what you may pass on before you do.
"""
