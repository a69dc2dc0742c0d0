"""Sentences by themselves: judgements in order, and the explanation of one.

The stance is always given, as if the sentence were about military aid; `relevance` says how likely it is.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from stance.marks import stance_text
from stance.model import StanceModel, readable_term
from stance.records import STANCES
from stance.topic import relevance_text, signals

_BATCH = 2000


def classify(rows: Iterable[dict[str, Any]], model: StanceModel) -> Iterator[dict[str, Any]]:
    """One judgement for each row's `text`, in order; a row's `id` is handed on."""
    pending = iter(rows)
    while batch := list(islice(pending, _BATCH)):
        texts = [str(row["text"]) for row in batch]
        relevance = model.relevance_of([relevance_text(t) for t in texts])
        for row, judged, about in zip(batch, model.judge(texts), relevance, strict=True):
            yield {
                **({"id": row["id"]} if "id" in row else {}),
                "text": row["text"],
                "stance": judged.stance,
                "probabilities": {k: round(v, 4) for k, v in judged.probabilities.items()},
                "confidence": round(judged.confidence, 4),
                "needs_review": judged.needs_review,
                "relevance": round(float(about), 4),
                "because": [[term, round(weight, 3)] for term, weight in judged.because],
            }


def classify_lines(rows: Iterable[dict[str, Any]], model: StanceModel, form: str) -> Iterator[str]:
    """The judgements as the lines of a jsonl or csv file."""
    first = True
    for judged in classify(rows, model):
        if form == "jsonl":
            yield json.dumps(judged, ensure_ascii=False) + "\n"
            continue
        from stance.report.files import harmless

        row = {
            "text": harmless(str(judged["text"])),
            "stance": judged["stance"],
            **{f"probabilities_{s}": judged["probabilities"][s] for s in STANCES},
            **{key: judged[key] for key in ("confidence", "needs_review", "relevance")},
        }
        out = io.StringIO()
        writer = csv.DictWriter(out, row, lineterminator="\n")
        if first:
            writer.writeheader()
            first = False
        writer.writerow(row)
        yield out.getvalue()


def explanation(text: str, model: StanceModel) -> dict[str, Any]:
    """A judgement with every term's contribution; `terms` add up to `log_odds`."""
    judged = model.judge([text])[0]
    assert judged.stance is not None
    terms = model.stance.contributions(stance_text(text), judged.stance)
    return {
        "text": text,
        "stance": judged.stance,
        "probabilities": dict(judged.probabilities),
        "confidence": judged.confidence,
        "needs_review": judged.needs_review,
        "relevance": float(model.relevance_of([relevance_text(text)])[0]),
        "items": list(signals(text).items),
        "log_odds": sum(weight for _, weight in terms),
        "terms": [[term, weight] for term, weight in terms],
    }


def explain_text(found: dict[str, Any], most: int = 12) -> str:
    """An explanation for people: the judgement, then the words that moved it and the sum of what is not shown."""
    words = [(readable_term(t), w) for t, w in found["terms"] if t.startswith(("words__", "marks__"))]
    shares = ", ".join(f"{s} {found['probabilities'][s]:.2f}" for s in STANCES)
    lines = [
        f"{found['stance']}  ({shares}; about military aid {found['relevance']:.2f})",
        f"log-odds of {found['stance']} against the mean of the others: {found['log_odds']:+.2f}",
        *(f"  {weight:+.3f}  {term}" for term, weight in words[:most]),
    ]
    shown = sum(weight for _, weight in words[:most])
    lines.append(f"  {found['log_odds'] - shown:+.3f}  all other words, pieces of words and the intercept")
    return "\n".join(lines)
