"""The figures of a model on labeled sentences: as `stance evaluate` prints them and the card holds them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from stance.examples import example_texts
from stance.model import AID, StanceModel
from stance.records import STANCES, InputError
from stance.textmodel import TextModel
from training.behaviour import load_behaviour, measure
from training.corpus import Labeled, groups, stance_rows
from training.drift import drift
from training.metrics import Floats, summary


def evaluate(rows: Sequence[Labeled], model: StanceModel, split: str) -> dict[str, Any]:
    """The figures of a model folder on one split of labeled records, the behavioural tests, and signs of drift.

    Raises InputError where the records have a class that the model does not know.
    """
    about = stance_rows(rows, split)
    strange = sorted({str(r.stance) for r in about} - set(model.classes))
    if strange:
        raise InputError(
            f"the sentences are labeled {strange[0]!r}, a class that the model does not have "
            f"({', '.join(model.classes)}); evaluate with a model that was trained on these labels."
        )
    texts = [r.text for r in about]
    probabilities = model.stance.probabilities(texts)
    out = _on_stance(about, probabilities, model.classes, split) | _on_relevance(rows, model.relevance, split)
    signs = drift(texts, probabilities, example_texts(model.folder), model.info.get("reference", {}))
    if signs:
        out["drift"] = signs
    behaviour = behavioural(model.stance, model.issue)
    if behaviour:
        out["behaviour"] = behaviour
    return out


def split_figures(
    rows: Sequence[Labeled], stance: TextModel, relevance: TextModel | None, split: str
) -> dict[str, Any]:
    """The figures of the text models on one split; a part without records is left out."""
    about = stance_rows(rows, split)
    probabilities = stance.probabilities([r.text for r in about])
    return _on_stance(about, probabilities, stance.classes, split) | _on_relevance(rows, relevance, split)


def _on_stance(about: Sequence[Labeled], probabilities: Floats, classes: Sequence[str], split: str) -> dict[str, Any]:
    if not about:
        return {}
    return {
        split: stance_figures(about, probabilities, classes),
        f"{split}_by_register": by_register(about, probabilities, classes),
    }


def _on_relevance(rows: Sequence[Labeled], relevance: TextModel | None, split: str) -> dict[str, Any]:
    everything = [r for r in rows if r.split == split]
    if relevance is None or len({r.stance is None for r in everything}) < 2:
        return {}
    probabilities = relevance.probabilities([r.text for r in everything])
    return {f"{split}_relevance": relevance_figures(everything, probabilities, relevance.classes)}


def stance_figures(rows: Sequence[Labeled], probabilities: Floats, classes: Sequence[str]) -> dict[str, Any]:
    """All figures of the stance judgements of labeled records."""
    return summary([str(r.stance) for r in rows], probabilities, classes, [r.pair for r in rows], groups(rows))


def by_register(rows: Sequence[Labeled], probabilities: Floats, classes: Sequence[str]) -> dict[str, Any]:
    """`stance_figures` of the records of each register apart."""
    out = {}
    for register in sorted({r.register for r in rows}):
        index = np.array([i for i, r in enumerate(rows) if r.register == register])
        out[register] = stance_figures([rows[i] for i in index], probabilities[index], classes)
    return out


def relevance_figures(rows: Sequence[Labeled], probabilities: Floats, classes: Sequence[str]) -> dict[str, Any]:
    """All figures of the judgement whether labeled records are about the issue."""
    truth = ["about" if r.stance else "other" for r in rows]
    return summary(truth, probabilities, classes, [None] * len(rows), groups(rows))


def behavioural(stance: TextModel, issue: str) -> dict[str, Any]:
    """The failure rates of the behavioural tests, for a model of their issue and classes; else nothing."""
    if issue != AID or set(stance.classes) != set(STANCES):
        return {}
    return measure(load_behaviour(), stance.probabilities, stance.classes)


def of_training(model: StanceModel) -> dict[str, Any]:
    """The figures that only training can give, as the model folder holds them: cross-validation, leave-one-out."""
    try:
        metrics = json.loads((model.folder / "metrics.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in metrics.items() if k.startswith(("cross_validation", "leave_one_", "relevance_cross"))}
