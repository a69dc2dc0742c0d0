"""Fits the text models, calibrates them, chooses the review threshold, and writes the model folder.

Everything that is chosen (temperature, threshold) is chosen on out-of-fold predictions of the training split, with
hard pairs kept on one side of every split. The test split is only looked at, in `metrics.json` and the card.
"""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader

from stance.examples import FILE as EXAMPLES
from stance.model import AID
from stance.records import InputError
from stance.reliability import errors_json, held_out_errors
from stance.textmodel import TextModel, save
from training.corpus import Labeled, composition, corpus_hash, groups, stance_rows
from training.drift import reference
from training.estimator import StanceClassifier
from training.evaluate import behavioural, by_register, relevance_figures, split_figures, stance_figures
from training.holdouts import KINDS, leave_one_out
from training.metrics import Floats
from training.reviews import Reviewed, what_reviews_bought

REVIEW_SHARE = 0.25  # of the out-of-fold judgements, the least confident that go to a person
LEAST = 5  # texts of each class
PACKAGES = ("stance", "scikit-learn", "numpy")  # whose versions the model's description names

Note = Callable[[str], None]


def relevance_estimator() -> StanceClassifier:
    """The unfitted relevance model. Off-topic texts are few among labeled ones and many in news: the classes count
    alike."""
    return StanceClassifier(blocks=(("words", 1.0), ("topic", 1.0), ("chars", 1.0)), class_weight="balanced")


def train(
    rows: Sequence[Labeled],
    folder: Path,
    estimator: StanceClassifier | None = None,
    held_out: Sequence[str] = tuple(KINDS),
    jobs: int = 1,
    note: Note = lambda _: None,
    about_data: str = "",
    reviewed: Sequence[Reviewed] = (),
) -> dict[str, Any]:
    """Fits the models on the train split and writes the folder; returns the metrics.

    `held_out` names the kinds of training.holdouts to evaluate by; they take most of the time. `about_data` goes into
    the card as it stands: who wrote and labeled the sentences. `reviewed` statements train too, and what they bought is
    measured. The relevance model is left out where no sentence is
    off-topic. Raises InputError where there are too few sentences or classes, or sentences of several targets.
    """
    seeds, rows = stance_rows(rows, "train"), [*rows, *(one.row for one in reviewed)]
    check(rows)
    training, issue = stance_rows(rows, "train"), _issue(rows)
    texts, labels = [r.text for r in training], [str(r.stance) for r in training]
    note(f"fitting on {len(training)} labeled sentences")
    stance = (estimator or StanceClassifier()).fit(texts, labels, groups=groups(training))
    out_of_fold = stance.out_of_fold_
    assert out_of_fold is not None
    classes, model = stance.model_.classes, stance.model_
    metrics: dict[str, Any] = {"cross_validation": stance_figures(training, out_of_fold, classes)}
    metrics["cross_validation_by_register"] = by_register(training, out_of_fold, classes)
    about = [r for r in rows if r.split == "train"]
    relevance: TextModel | None = None
    if any(r.stance is None for r in about):
        fitted = relevance_estimator()
        fitted.fit([r.text for r in about], ["about" if r.stance else "other" for r in about], groups=groups(about))
        assert fitted.out_of_fold_ is not None
        relevance = fitted.model_
        metrics["relevance_cross_validation"] = relevance_figures(about, fitted.out_of_fold_, relevance.classes)
    for kind in held_out:
        note(f"holding out each {kind} in turn")
        figures = leave_one_out(training, kind, stance, model.temperature, jobs)
        if figures:
            metrics[f"leave_one_{kind}_out"] = figures
    metrics |= split_figures(rows, model, relevance, "test")
    if reviewed:
        note("measuring what the reviews bought")
        test = [row for row in stance_rows(rows, "test") if row.stance in classes]
        bought = what_reviews_bought(seeds, test, reviewed, stance, bool(held_out), jobs) if seeds else {}
        if bought:
            metrics["reviews"] = bought
    behaviour = behavioural(model, issue)
    if behaviour:
        metrics["behaviour"] = behaviour
    info = {
        "format": 2,
        "issue": issue,
        "classes": list(classes),
        "settings": {**stance.get_params(), "blocks": [list(block) for block in stance.blocks]},
        "temperature": {"stance": model.temperature, "relevance": relevance.temperature if relevance else None},
        "review_below": float(np.quantile(out_of_fold.max(axis=1), REVIEW_SHARE)),
        "held_out_errors": _held_out_errors(rows, model, training, out_of_fold),
        "reference": reference(texts, [r.source for r in training], out_of_fold),
        "corpus_sha256": corpus_hash(rows),
        "sentences": {"stance": len(training), "relevance": len(about) if relevance else 0},
        "reviews": len(reviewed),
        "versions": {name: version(name) for name in PACKAGES} | {"python": platform.python_version()},
    }
    failures = _failures(training, out_of_fold, classes)
    told = {"composition": composition(rows), "failures": failures, "about_data": about_data}
    _write(folder, model, relevance, training, info, metrics, told)
    return metrics


def _held_out_errors(
    rows: Sequence[Labeled], model: TextModel, training: Sequence[Labeled], out_of_fold: Floats
) -> dict[str, Any] | None:
    """The errors on the test split, which positions carry along; on the out-of-fold judgements where there is none."""
    test = stance_rows(rows, "test")
    judged, probabilities = (test, model.probabilities([r.text for r in test])) if test else (training, out_of_fold)
    found = held_out_errors([str(r.stance) for r in judged], probabilities, model.classes)
    return errors_json(found) if found else None


def _failures(rows: Sequence[Labeled], probabilities: Floats, classes: Sequence[str]) -> list[dict[str, Any]]:
    """The surest wrong judgements, two of each way to be wrong: examples of known failures."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for i in np.argsort(-probabilities.max(axis=1), kind="stable"):
        judged, label = classes[int(probabilities[i].argmax())], str(rows[i].stance)
        way = found.setdefault((label, judged), [])
        if judged != label and len(way) < 2:
            way.append({"text": rows[i].text, "label": label, "judged": judged, "confidence": probabilities[i].max()})
    return [x for way in found.values() for x in way]


def _issue(rows: Sequence[Labeled]) -> str:
    targets = sorted({r.target for r in rows if r.target})
    if len(targets) > 1:
        raise InputError(
            f"the sentences have {len(targets)} targets ({', '.join(targets[:5])}); train one model for each, "
            "choosing it with --target."
        )
    return targets[0] if targets else AID


def check(rows: Sequence[Labeled]) -> None:
    """Raises InputError where a model cannot be trained on labeled records: too few of a class, several targets."""
    _issue(rows)
    counts = Counter(str(row.stance) for row in stance_rows(rows, "train"))
    if len(counts) < 2:
        raise InputError(
            f"too few classes to train on: {len(counts)} in the train split; give sentences of two at least."
        )
    rarest = min(counts, key=lambda c: counts[c])
    if counts[rarest] < LEAST:
        raise InputError(
            f"too few sentences to train on: {counts[rarest]} of class {rarest!r} in the train split; "
            f"give at least {LEAST} of each class (hundreds for a useful model)."
        )


def _write(
    folder: Path,
    stance: TextModel,
    relevance: TextModel | None,
    training: Sequence[Labeled],
    info: dict[str, Any],
    metrics: dict[str, Any],
    told: dict[str, Any],
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").unlink(missing_ok=True)  # a folder without it is no model: a broken run leaves none
    save(stance, folder / "stance.npz")
    if relevance is not None:
        save(relevance, folder / "relevance.npz")
    examples = (json.dumps({"text": r.text, "stance": r.stance}, ensure_ascii=False) + "\n" for r in training)
    (folder / EXAMPLES).write_text("".join(examples), "utf-8")
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", "utf-8")
    card = Environment(loader=PackageLoader("training", "assets"), autoescape=False, keep_trailing_newline=True)
    text = card.get_template("card.md.j2").render(info=info, metrics=metrics, **told)
    (folder / "README.md").write_text(text, "utf-8")
    (folder / "model.json").write_text(json.dumps(info, indent=1) + "\n", "utf-8")
