"""Sentences by themselves: judgements in order, and the explanation of one.

The stance is always given, as if the sentence were about the issue; `relevance` says how likely it is.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from stance.examples import nearest
from stance.model import AID, BECAUSE, StanceModel
from stance.records import visible
from stance.topic import signals

if TYPE_CHECKING:
    from rich.text import Text

_BATCH = 2000


def classify(rows: Iterable[dict[str, Any]], model: StanceModel, terms: int = BECAUSE) -> Iterator[dict[str, Any]]:
    """One judgement for each row's `text`, in order; a row's `id` is handed on. `because` lists `terms` words."""
    pending = iter(rows)
    while batch := list(islice(pending, _BATCH)):
        texts = [str(row["text"]) for row in batch]
        for row, judged, about in zip(batch, model.judge(texts, terms), model.relevance_of(texts), strict=True):
            yield {
                **({"id": row["id"]} if "id" in row else {}),
                "text": row["text"],
                "stance": judged.stance,
                "probabilities": {k: round(v, 4) for k, v in judged.probabilities.items()},
                "confidence": round(judged.confidence, 4),
                "needs_review": judged.needs_review,
                "relevance": round(float(about), 4),
                "because": [[word, round(weight, 3)] for word, weight in judged.because],
            }


def classify_lines(rows: Iterable[dict[str, Any]], model: StanceModel, form: str) -> Iterator[str]:
    """The judgements as the lines of a jsonl or csv file."""
    first = True
    # csv shows no reasons, and working them out takes longer than judging
    for judged in classify(rows, model, BECAUSE if form == "jsonl" else 0):
        if form == "jsonl":
            yield json.dumps(judged, ensure_ascii=False) + "\n"
            continue
        from stance.report.files import harmless

        row = {
            "text": harmless(str(judged["text"])),
            "stance": judged["stance"],
            **{f"probabilities_{label}": p for label, p in judged["probabilities"].items()},
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
    """A judgement with what each word adds to it, and the labeled sentences nearest to the text.

    The weights of `words` and `rest` (punctuation and the model's intercept) add up to `log_odds`, the calibrated
    score of the stance minus the mean score of the others.
    """
    judged = model.judge([text], terms=0)[0]  # all words follow
    assert judged.stance is not None
    words, rest = model.pushes(text, judged.stance)
    return {
        "text": text,
        "stance": judged.stance,
        "probabilities": dict(judged.probabilities),
        "confidence": judged.confidence,
        "needs_review": judged.needs_review,
        "relevance": float(model.relevance_of([text])[0]),
        "items": list(signals(text).items) if model.issue == AID else [],
        "log_odds": sum(w.weight for w in words) + rest,
        "words": [{"text": text[w.start : w.end], **w._asdict()} for w in words],
        "rest": rest,
        "nearest": [
            {"text": e.text, "stance": e.stance, "similarity": e.similarity} for e in nearest(model.folder, [text])[0]
        ],
    }


def explain_text(found: dict[str, Any], issue: str) -> Text:
    """An explanation for people: the judgement, the sentence with its words marked, the words, the nearest examples.

    Words for the stance are green and bold, words against it red and underlined, in the measure of their weight;
    the table under it says the same in numbers, for terminals and eyes that tell no colours.
    """
    from rich.text import Text

    shares = ", ".join(f"{label} {p:.2f}" for label, p in found["probabilities"].items())
    out = Text(f"{found['stance']}  ({shares}; about {visible(issue)} {found['relevance']:.2f})\n\n")
    strongest = max((abs(w["weight"]) for w in found["words"]), default=0.0)
    marked = Text(visible(found["text"]))
    for word in found["words"]:
        if abs(word["weight"]) >= 0.15 * strongest:
            marked.stylize("bold green" if word["weight"] > 0 else "underline red", word["start"], word["end"])
    out.append_text(marked)
    out.append(f"\n\nlog-odds of {found['stance']} against the mean of the others: {found['log_odds']:+.2f}\n")
    for word in sorted(found["words"], key=lambda w: -abs(w["weight"])):
        out.append(f"  {word['weight']:+.3f}  {visible(word['text'])}\n")
    out.append(f"  {found['rest']:+.3f}  punctuation and the intercept\n")
    if found["nearest"]:
        out.append("\nnearest labeled sentences\n")
    for example in found["nearest"]:
        out.append(f"  {example['similarity']:.2f}  {visible(example['stance'])}: {visible(example['text'])}\n")
    return out
