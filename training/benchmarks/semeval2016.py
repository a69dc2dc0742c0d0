"""Stance in tweets: `StanceClassifier` on SemEval-2016 Task 6 (Mohammad et al. 2016, SemEval-2016 Task 6, S16-1003).

`python -m training.benchmarks.semeval2016 FOLDER [--dev [K]] [--jobs N]`. The folder holds the task's files as
published; semeval2016_read.py tells which file is taken for what. Every target has a model of its own. Settings are
chosen for each target by cross-validation on its training tweets, by the official score of the out-of-fold predictions;
the labels of the test files reach nothing but the score. `--dev` opens no test file: it cross-validates the whole,
choice of settings included, on the training tweets.

The official score is the mean of F1(FAVOR) and F1(AGAINST), each counted over the tweets of all targets together; NONE
counts only by the errors it takes part in. The macro score is the mean of the targets' own scores.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from rich import box
from rich.console import Console
from rich.table import Table
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import ParameterGrid, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from stance.records import InputError
from training.benchmarks.semeval2016_read import Data, Tweet, read_folder
from training.estimator import SEED, StanceClassifier

PUBLISHED = 68.98  # official score of the organisers' SVM-ngrams on subtask A
FOLDS = 5  # of the choice of settings
_WIDTH = 110  # columns of the tables where the output is no terminal

Labels = NDArray[np.str_]
Split = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True, slots=True)
class System:
    """An estimator of texts and the settings from which the best is chosen for each target."""

    name: str
    estimator: Any
    grid: Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Figures:
    """F1 of both stances that count, from 0 to 1, and their mean."""

    favor: float
    against: float

    @property
    def mean(self) -> float:
        """The official score of these tweets."""
        return (self.favor + self.against) / 2


def systems() -> list[System]:
    """Majority class, our own build of the organisers' kind of baseline, and `StanceClassifier`.

    The temperature of `StanceClassifier` moves no decision and is left at 1 (`folds=0`).
    """
    ngrams = make_union(
        CountVectorizer(ngram_range=(1, 3), token_pattern=r"[#@]?\w+|[^\w\s]", binary=True),
        CountVectorizer(analyzer="char", ngram_range=(2, 5), binary=True),
    )
    blocks = [
        (("scoped", 1.5), ("chars", 0.7)),
        (("scoped", 1.0), ("chars", 1.0)),
        (("words", 1.0), ("chars", 1.0)),
    ]
    svm = make_pipeline(ngrams, LinearSVC(random_state=SEED, max_iter=10_000))
    return [
        System("majority class", DummyClassifier(strategy="most_frequent"), {}),
        System("n-gram SVM (ours, not the organisers')", svm, {"linearsvc__C": [0.001, 0.01, 0.1, 1.0]}),
        System(
            "StanceClassifier",
            StanceClassifier(folds=0),
            {"C": [1.0, 4.0, 16.0], "class_weight": [None, "balanced"], "blocks": blocks},
        ),
    ]


def official(truth: Sequence[str], predicted: Sequence[str]) -> Figures:
    """F1 of FAVOR and AGAINST over all the tweets given; 0 for a stance that is nowhere."""
    favor, against = f1_score(truth, predicted, labels=["FAVOR", "AGAINST"], average=None, zero_division=0)
    return Figures(float(favor), float(against))


def splits(labels: Labels, wanted: int) -> list[Split]:
    """Stratified folds, fewer where the second most frequent label is rarer, so that a part never lacks a second label.

    Empty where that label stands once only.
    """
    folds = min(wanted, sorted(Counter(labels.tolist()).values())[-2])
    if folds < 2:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that the third label is rarer than the folds are many
        return list(StratifiedKFold(folds, shuffle=True, random_state=SEED).split(labels, labels))


def tuned(system: System, texts: Sequence[str], labels: Labels) -> Any:
    """The system fitted on all the texts, with the settings that do best in cross-validation on them."""
    candidates = list(ParameterGrid(system.grid))
    folds = splits(labels, FOLDS) if len(candidates) > 1 else []

    def score(settings: Mapping[str, Any]) -> float:
        estimator = clone(system.estimator).set_params(**settings)
        return official(labels.tolist(), cross_val_predict(estimator, texts, labels, cv=folds)).mean

    best = max(candidates, key=score) if folds else candidates[0]
    return clone(system.estimator).set_params(**best).fit(texts, labels)


def predict(system: System, training: Sequence[Tweet], texts: Sequence[str]) -> list[str]:
    """Stances of the texts of a target, of which nothing but the words is known."""
    known = np.array([tweet.stance for tweet in training])
    return [str(label) for label in tuned(system, [tweet.text for tweet in training], known).predict(texts)]


def cross_predict(system: System, training: Sequence[Tweet], folds: int) -> list[str]:
    """Stances of a target's training tweets, each by a model fitted, settings too, on the other folds."""
    out = [""] * len(training)
    for seen, unseen in splits(np.array([tweet.stance for tweet in training]), folds):
        found = predict(system, [training[i] for i in seen], [training[i].text for i in unseen])
        for i, label in zip(unseen, found, strict=True):
            out[i] = label
    return out


def run(data: Data, system: System, dev: int | None = None, jobs: int = 1) -> dict[str, list[str]]:
    """Predictions of each target: of its test tweets, or with `dev` of its training tweets in so many folds."""
    if dev is not None:
        work = [delayed(cross_predict)(system, tweets, dev) for tweets in data.training.values()]
    else:
        texts = {target: [tweet.text for tweet in tweets] for target, tweets in data.test.items()}
        work = [delayed(predict)(system, data.training[target], texts[target]) for target in data.training]
    return dict(zip(data.training, Parallel(n_jobs=jobs)(work), strict=True))


def figures(truth: Mapping[str, Sequence[Tweet]], predicted: Mapping[str, Sequence[str]]) -> dict[str, Figures]:
    """The figures of each target, then "all together" (the official score is its mean) and "macro over targets"."""
    gold = {target: [tweet.stance for tweet in tweets] for target, tweets in truth.items()}
    out = {target: official(gold[target], predicted[target]) for target in gold}
    macro = Figures(*(float(np.mean([getattr(f, name) for f in out.values()])) for name in ("favor", "against")))
    together = official(*([label for target in gold for label in labels[target]] for labels in (gold, predicted)))
    return out | {"all together": together, "macro over targets": macro}


def show(data: Data, results: Mapping[str, Mapping[str, Figures]], dev: int | None, console: Console) -> None:
    """Prints what was left out, a table for each system, and the scores side by side."""
    for note in data.notes:
        console.print(note)
    scored = data.test if dev is None else data.training
    sizes = {target: (str(len(data.training[target])), str(len(tweets))) for target, tweets in scored.items()}
    everything = (str(sum(map(len, data.training.values()))), str(sum(map(len, scored.values()))))
    for name, result in results.items():
        rows = [[key, *sizes.get(key, everything), *_percent(f.favor, f.against, f.mean)] for key, f in result.items()]
        head = ["target", "training", "scored", "F1 FAVOR", "F1 AGAINST", "mean"]
        _print(console, name, head, rows)
    rows = [
        [name, *_percent(result["all together"].mean, result["macro over targets"].mean)]
        for name, result in results.items()
    ]
    if dev is None:
        rows.append(["published: the organisers' SVM-ngrams, subtask A", f"{PUBLISHED:.2f}", ""])
    where = "test tweets" if dev is None else f"training tweets, cross-validated in {dev} folds"
    _print(console, f"Mean of F1 FAVOR and F1 AGAINST, {where}", ["", "official", "macro over targets"], rows)


def _percent(*values: float) -> list[str]:
    return [f"{100 * value:.2f}" for value in values]


def _print(console: Console, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    console.print(f"\n{title}")
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else None, pad_edge=False)
    for number, name in enumerate(head):
        table.add_column(name, justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def main() -> None:
    """Parses the arguments, reads, fits, predicts and prints."""
    parser = argparse.ArgumentParser(prog="python -m training.benchmarks.semeval2016")
    parser.add_argument("folder", type=Path, help="folder with the task's files")
    parser.add_argument("--dev", type=int, nargs="?", const=5, metavar="K", help="K-fold on the training data only (5)")
    parser.add_argument("--jobs", type=int, default=1, help="processes; targets are shared among them")
    given = parser.parse_args()
    if given.dev is not None and given.dev < 2:
        parser.error("--dev must be 2 or more")
    if given.jobs < 1:
        parser.error("--jobs must be 1 or more")
    try:
        data = read_folder(given.folder, given.dev is not None)
    except InputError as error:
        parser.exit(2, f"semeval2016: {error}\n")
    truth = data.test if given.dev is None else data.training
    results = {s.name: figures(truth, run(data, s, given.dev, given.jobs)) for s in systems()}
    console = Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False, markup=False)
    show(data, results, given.dev, console)


if __name__ == "__main__":
    main()
