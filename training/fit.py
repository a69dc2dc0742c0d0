"""Fits the two text models, calibrates them, chooses the review threshold, and writes the model folder.

Everything that is chosen (temperature, threshold) is chosen on out-of-fold predictions of the training split, with
hard pairs kept on one side of every split. The test split is only looked at, in `metrics.json` and the card.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import FeatureUnion, Pipeline

from stance.marks import stance_text
from stance.records import STANCES, InputError
from stance.textmodel import TextModel, normalize, save, softmax
from stance.topic import relevance_text
from training.corpus import Labeled, composition, corpus_hash, groups, stance_rows
from training.metrics import summary

Floats = NDArray[np.float64]

SEED = 0
FOLDS = 5
REVIEW_SHARE = 0.25  # of the out-of-fold judgements, the least confident that go to a person
_TOKEN = r"(?u)\b(?!xx)\w+(?:'\w+)?\b|[?!]"  # words, and marks that change what is meant; no marks of ours
_WORD_OR_MARK = r"(?u)\b\w+(?:'\w+)?\b|[?!]"
_MARK = r"\bxx\w+"


def stance_pipeline() -> Pipeline:
    """The unfitted stance model: TF-IDF of word 1-2-grams, character 2-5-grams and the marks of `stance.marks`,
    then multinomial logistic regression."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, lowercase=False, token_pattern=_TOKEN)
    chars = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True, lowercase=False)
    marks = TfidfVectorizer(lowercase=False, token_pattern=_MARK)
    return Pipeline(
        [
            ("features", FeatureUnion([("words", words), ("chars", chars), ("marks", marks)])),
            ("regression", LogisticRegression(C=4.0, max_iter=3000, random_state=SEED)),
        ]
    )


def relevance_pipeline() -> Pipeline:
    """The unfitted relevance model: TF-IDF of words and of the term marks of `stance.topic`, logistic regression."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, lowercase=False, token_pattern=_WORD_OR_MARK)
    return Pipeline(
        [
            ("features", FeatureUnion([("words", words)])),
            (
                "regression",
                LogisticRegression(C=4.0, max_iter=3000, class_weight="balanced", random_state=SEED),
            ),
        ]
    )


def train(rows: Sequence[Labeled], folder: Path) -> dict[str, Any]:
    """Fits both models on the train split and writes the folder; returns the metrics. Raises InputError where a
    class is missing or too few sentences are given."""
    training = stance_rows(rows, "train")
    _check(training)
    about = [r for r in rows if r.split == "train"]
    if not any(r.stance is None for r in about):
        raise InputError("no off-topic sentence (stance null) among the labeled ones; the relevance model needs some.")
    texts, labels = [stance_text(r.text) for r in training], [str(r.stance) for r in training]
    stance, out_of_fold = _fit_calibrated(stance_pipeline(), texts, labels, groups(training))
    aid_texts = [relevance_text(r.text) for r in about]
    aid_labels = ["aid" if r.stance else "other" for r in about]
    relevance, aid_out = _fit_calibrated(relevance_pipeline(), aid_texts, aid_labels, groups(about))
    review_below = float(np.quantile(out_of_fold.max(axis=1), REVIEW_SHARE))
    metrics = {
        "cross_validation": summary(labels, out_of_fold, stance.classes, [r.pair for r in training], groups(training)),
        "relevance_cross_validation": summary(
            aid_labels, aid_out, relevance.classes, [None] * len(about), groups(about)
        ),
        **evaluate(rows, stance, relevance, "test"),
    }
    info = {
        "format": 1,
        "classes": list(stance.classes),
        "temperature": {"stance": stance.temperature, "relevance": relevance.temperature},
        "review_below": review_below,
        "corpus_sha256": corpus_hash(rows),
        "sentences": {"stance": len(training), "relevance": len(about)},
        "versions": {
            "stance": version("stance"), "scikit-learn": version("scikit-learn"), "numpy": version("numpy"),
            "python": platform.python_version(),
        },
    }  # fmt: skip
    _write(folder, stance, relevance, info, metrics, composition(rows))
    return metrics


def _check(training: Sequence[Labeled]) -> None:
    counts = {s: sum(r.stance == s for r in training) for s in STANCES}
    few = [s for s, n in counts.items() if n < FOLDS]
    if few:
        raise InputError(
            f"too few sentences to train on: {counts[few[0]]} of class {few[0]!r} in the train split; "
            f"give at least {FOLDS} of each class (hundreds for a useful model)."
        )


def _fit_calibrated(
    pipeline: Pipeline, texts: Sequence[str], labels: Sequence[str], group: Sequence[str]
) -> tuple[TextModel, Floats]:
    """Fits a pipeline, and its temperature on out-of-fold log-odds; returns the out-of-fold probabilities too."""
    logits = out_of_fold_logits(pipeline, texts, labels, group)
    classes = sorted(set(labels))
    temperature = fit_temperature(logits, [classes.index(label) for label in labels])
    fitted = clone(pipeline).fit([normalize(t) for t in texts], list(labels))
    return TextModel(fitted, temperature), softmax(logits / temperature)


def out_of_fold_logits(pipeline: Pipeline, texts: Sequence[str], labels: Sequence[str], group: Sequence[str]) -> Floats:
    """Class scores of each text from a model that has not seen its group, shape (n_texts, n_classes)."""
    plain = np.array([normalize(t) for t in texts], dtype=object)
    y = np.array(labels)
    out = np.empty((len(y), len(set(labels))))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for seen, unseen in folds.split(plain, y, group):
        model = TextModel(clone(pipeline).fit(plain[seen], y[seen]))
        out[unseen] = model.logits_of(model.pipeline[:-1].transform(plain[unseen]))
    return out


def fit_temperature(logits: Floats, truth: Sequence[int]) -> float:
    """The temperature that minimises the negative log-likelihood (Guo et al. 2017), between 0.05 and 20."""
    index = np.asarray(truth)

    def loss(log_t: float) -> float:
        probabilities = softmax(logits / np.exp(log_t))
        return float(-np.log(probabilities[np.arange(len(index)), index] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded").x))


def evaluate(rows: Sequence[Labeled], stance: TextModel, relevance: TextModel, split: str) -> dict[str, Any]:
    """The figures of both models on one split of labeled records; a part without records is left out."""
    out: dict[str, Any] = {}
    about = stance_rows(rows, split)
    if about:
        truth = [str(r.stance) for r in about]
        probabilities = stance.probabilities([stance_text(r.text) for r in about])
        out[split] = summary(truth, probabilities, stance.classes, [r.pair for r in about], groups(about))
        out[f"{split}_by_register"] = {}
        for register in sorted({r.register for r in about}):
            index = [i for i, r in enumerate(about) if r.register == register]
            part = [about[i] for i in index]
            out[f"{split}_by_register"][register] = summary(
                [truth[i] for i in index],
                probabilities[index],
                stance.classes,
                [r.pair for r in part],
                groups(part),
            )
    everything = [r for r in rows if r.split == split]
    if len({r.stance is None for r in everything}) == 2:
        truth = ["aid" if r.stance else "other" for r in everything]
        probabilities = relevance.probabilities([relevance_text(r.text) for r in everything])
        out[f"{split}_relevance"] = summary(
            truth, probabilities, relevance.classes, [None] * len(everything), groups(everything)
        )
    return out


def _write(
    folder: Path,
    stance: TextModel,
    relevance: TextModel,
    info: dict[str, Any],
    metrics: dict[str, Any],
    tables: dict[str, Any],
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    save(stance, folder / "stance.npz")
    save(relevance, folder / "relevance.npz")
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", "utf-8")
    card = Environment(loader=PackageLoader("training", "assets"), autoescape=False, keep_trailing_newline=True)
    text = card.get_template("card.md.j2").render(info=info, metrics=metrics, composition=tables)
    (folder / "README.md").write_text(text, "utf-8")
    # last: a folder without it is no model, so that a broken run leaves none that looks whole
    (folder / "model.json").write_text(json.dumps(info, indent=1) + "\n", "utf-8")
