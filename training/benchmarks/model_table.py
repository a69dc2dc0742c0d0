"""What each modelling choice buys on the stance task, by nested cross-validation that holds out whole writers.

`python -m training.benchmarks.model_table LABELED... [-o FILE.md] [--only NAME,...] [--jobs 2]`. A Markdown table of
one row for each choice of training.benchmarks.model_choices, printed and written as rows finish.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.model_selection import GroupKFold, GroupShuffleSplit
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from stance.records import STANCES, InputError
from stance.report.atomic import write_text
from stance.textmodel import softmax
from training import metrics
from training.benchmarks.model_choices import Choice, Features, Learner, choices, counter, read_as
from training.corpus import Labeled, corpus_hash, groups, load_labeled, stance_rows
from training.estimator import SEED, fit_temperature
from training.metrics import Floats, Index

FOLDS = 5
DIMENSIONS = 200
HEAD = ("row", "macro-F1", "95%", "to released", "95%", "hard pairs", "ECE", "at 80%", "strength", "seconds")
NOTE = """
Five outer folds hold out whole writers, and all figures are pooled over them. Strength (C; alpha of naive Bayes,
learning rate of boosting, epochs of floret), one for each fold, and the temperature come from one inner split of the
outer training part, a fifth of its writers held out; then one refit on the whole outer training part keeps both.
Vocabulary, idf and SVD are fitted on the outer training part, once for inner and outer fits. Intervals resample
sentences, hard pairs whole, not writers. Hard pairs: both members right. ECE: expected calibration error. At 80%:
accuracy on the surer 80%. Seconds: choosing, fitting and judging on one thread, without features and without what a
row shares with an earlier one. Sigmoid and isotonic keep the released strength and are fitted on out-of-fold scores
of three folds of writers. The lexicon rule learns its temperature alone, the majority class none.
"""


@dataclass(frozen=True, eq=False)
class Data:
    """The stance sentences, their classes as numbers into STANCES, their writers, and the outer folds."""

    rows: tuple[Labeled, ...]
    truth: Index
    writers: NDArray[np.str_]
    folds: tuple[tuple[Index, Index], ...]  # seen, unseen


class Judged(NamedTuple):
    """Class probabilities of all sentences, the strength chosen in each fold, and the seconds of all folds."""

    probabilities: Floats
    strengths: tuple[float, ...]
    seconds: float


def prepare(rows: Sequence[Labeled]) -> Data:
    """The stance sentences of the train split with their folds. Raises InputError where they do not allow any."""
    kept = tuple(stance_rows(rows, "train"))
    unknown = next((r.stance for r in kept if r.stance not in STANCES), None)
    if unknown is not None:
        raise InputError(f"stance {unknown!r} is none of {', '.join(STANCES)}; the table is of these three.")
    writers = np.array([r.source for r in kept], dtype=np.str_)
    if len(set(writers)) < FOLDS:
        raise InputError(f"stance sentences of {len(set(writers))} writers (`source`); {FOLDS} at least are needed.")
    names: list[str] = [*STANCES]
    truth = np.array([names.index(str(r.stance)) for r in kept], dtype=np.intp)
    data = Data(kept, truth, writers, tuple(GroupKFold(FOLDS).split(truth, groups=writers)))
    if any(len(set(truth[inner_split(data, fold)[0]])) < len(STANCES) for fold in range(FOLDS)):
        raise InputError("each stance needs sentences of several writers; a part of the folds lacks one.")
    return data


def inner_split(data: Data, fold: int) -> tuple[Index, Index]:
    """The training part of an outer fold in two: what is fitted on, and a fifth of its writers to choose by."""
    seen = data.folds[fold][0]
    split = GroupShuffleSplit(1, test_size=0.2, random_state=SEED).split(seen, groups=data.writers[seen])
    fitted, held = next(split)
    return seen[fitted], seen[held]


@lru_cache(maxsize=16)
def _counts(data: Data, block: str, text: str) -> Any:
    """Counts of a block's terms in all sentences, shape (n_sentences, n_terms)."""
    return counter(block).fit_transform(
        [r.register if block == "register" else read_as(r.text, text) for r in data.rows]
    )


@lru_cache(maxsize=FOLDS)
def inputs(data: Data, features: Features, fold: int) -> Any:
    """The features of all sentences, fitted on the training part of an outer fold; rows are sentences."""
    if features.form == "texts":
        return np.array([r.text for r in data.rows], dtype=object)
    seen, parts = data.folds[fold][0], []
    for block, weight in features.blocks:
        counts = _counts(data, block, features.text)
        kept = np.flatnonzero(np.diff(counts[seen].tocsc().indptr) >= features.min_df)
        if not len(kept):
            raise InputError(f"no term of {block} stands in {features.min_df} sentences; give more sentences.")
        counts = counts[:, kept]
        parts.append(TfidfTransformer(sublinear_tf=features.sublinear_tf).fit(counts[seen]).transform(counts) * weight)
    matrix = hstack(parts).tocsr()
    if features.form == "svd":
        dimensions = min(DIMENSIONS, matrix.shape[1] - 1, len(seen) - 1)
        return TruncatedSVD(dimensions, random_state=SEED).fit(matrix[seen]).transform(matrix)
    return matrix


@lru_cache(maxsize=256)
def _chosen(
    data: Data, features: Features, learner: Learner, strengths: tuple[float, ...], fold: int
) -> tuple[float, float]:
    """The strength with the best macro-F1 on the inner held-out writers, and the temperature of its scores."""
    x, (fitted, held) = inputs(data, features, fold), inner_split(data, fold)
    tried = []
    for strength in strengths:
        scores = learner(x[fitted], data.truth[fitted], strength, data.writers[fitted])(x[held])
        tried.append((macro_f1(data.truth[held], scores.argmax(axis=1)), strength, scores))
    _, strength, scores = max(tried, key=lambda one: one[0])
    return strength, fit_temperature(scores, data.truth[held])


@lru_cache(maxsize=256)
def _scores(data: Data, features: Features, learner: Learner, strength: float, fold: int) -> Floats:
    """Class scores of an outer fold's unseen sentences, fitted on all that are seen."""
    x, (seen, unseen) = inputs(data, features, fold), data.folds[fold]
    return learner(x[seen], data.truth[seen], strength, data.writers[seen])(x[unseen])


def _judge_fold(data: Data, choice: Choice, fold: int) -> tuple[Floats, float, float]:
    """Probabilities of the unseen sentences of a fold, the strength, and the seconds."""
    inputs(data, choice.features, fold)  # not timed: rows share them
    begun = time.perf_counter()
    strength, temperature = _chosen(data, choice.features, choice.learner, choice.strengths, fold)
    scores = _scores(data, choice.features, choice.final or choice.learner, strength, fold)
    probabilities = softmax(scores / (temperature if choice.temperature else 1.0))
    return probabilities, strength, time.perf_counter() - begun


def judge(data: Data, choice: Choice, jobs: int = 1) -> Judged:
    """Judges every sentence by a model that has seen nothing of its writer."""
    for block, _ in choice.features.blocks if choice.features.form != "texts" else ():
        _counts(data, block, choice.features.text)  # once, before folds run side by side
    with threadpool_limits(1):
        found = Parallel(n_jobs=jobs, prefer="threads")(delayed(_judge_fold)(data, choice, f) for f in range(FOLDS))
    out = np.zeros((len(data.rows), len(STANCES)))
    for (_, unseen), (probabilities, _, _) in zip(data.folds, found, strict=True):
        out[unseen] = probabilities
    return Judged(out, tuple(strength for _, strength, _ in found), sum(s for _, _, s in found))


def macro_f1(truth: Index, predicted: Index) -> float:
    """Mean F1 of the classes."""
    return float(metrics.precision_recall_f1(metrics.confusion(truth, predicted, len(STANCES)))[2].mean())


def cells(data: Data, choice: Choice, judged: Judged, released: Judged) -> list[str]:
    """A row of the table, in the order of HEAD."""
    predicted, before = judged.probabilities.argmax(axis=1), released.probabilities.argmax(axis=1)
    right, confidence = predicted == data.truth, judged.probabilities.max(axis=1)

    def figure(index: Index) -> Floats:
        value = macro_f1(data.truth[index], predicted[index])
        return np.array([value, value - macro_f1(data.truth[index], before[index])])

    value, difference = figure(np.arange(len(data.truth)))
    (low, below), (high, above) = metrics.bootstrap(figure, groups(data.rows))
    pairs, n_pairs = metrics.both_right(right, metrics.partners([r.pair for r in data.rows]))
    against = ["", ""] if judged is released else [f"{difference:+.3f}", f"{below:+.3f} to {above:+.3f}"]
    return [
        choice.name,
        *(f"{value:.3f}", f"{low:.3f} to {high:.3f}", *against),
        f"{pairs:.3f}" if n_pairs else "none",
        f"{metrics.expected_calibration_error(right, confidence):.3f}",
        f"{metrics.coverage_accuracy(right, confidence)['80%']:.3f}",
        " ".join(f"{s:g}" for s in judged.strengths) if len(choice.strengths) > 1 else "",
        f"{judged.seconds:.0f}",
    ]


def chosen_rows(only: str | None) -> list[Choice]:
    """The rows named, between commas, after the released one; all where none is. Raises InputError for an unknown."""
    known = {choice.name: choice for choice in choices()}
    names = list(known) if only is None else [name.strip() for name in only.split(",") if name.strip()]
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        raise InputError(f"no row {unknown!r}; the rows are: {', '.join(known)}.")
    return [known[name] for name in dict.fromkeys(["released", *names])]


def tabulate(data: Data, rows: Sequence[Choice], jobs: int = 1, output: Path | None = None) -> str:
    """Judges by each choice, the released one first, prints its row, and writes the page so far; returns the page."""
    about = (
        f"{len(data.rows)} stance sentences (SHA-256 {corpus_hash(data.rows)[:8]}) of {len(set(data.writers))} writers."
    )
    page = "\n".join([about, "", _line(HEAD), _line(["---", *["---:"] * (len(HEAD) - 1)]), ""])
    print(page, end="", flush=True)
    released: Judged | None = None
    for choice in rows:
        judged = judge(data, choice, jobs)
        released = released or judged
        row = _line(cells(data, choice, judged, released))
        print(row, flush=True)
        page += row + "\n"
        if output is not None:
            write_text(output, page + NOTE)
    print(NOTE, end="")
    return page + NOTE


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Parses the arguments and makes the table."""
    parser = argparse.ArgumentParser(prog="python -m training.benchmarks.model_table")
    parser.add_argument("labeled", nargs="+", type=Path, help="files of labeled sentences or folders of them")
    parser.add_argument("-o", "--output", type=Path, help="writes the table to this file too, as rows finish")
    parser.add_argument("--only", help="only these rows, between commas; the released one always runs")
    parser.add_argument("--jobs", type=int, default=1, help="folds at a time")
    given = parser.parse_args()
    if given.jobs < 1:
        parser.error("--jobs must be 1 or more")
    try:
        tabulate(prepare(load_labeled(given.labeled)), chosen_rows(given.only), given.jobs, given.output)
    except InputError as error:
        parser.exit(2, f"model_table: {error}\n")
    except OSError as error:
        parser.exit(2, f"model_table: {error.filename}: cannot be written ({error.strerror}); name another file.\n")


if __name__ == "__main__":
    main()
