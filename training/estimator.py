"""`StanceClassifier`: the project's text classifier as a scikit-learn estimator.

Texts in, one label each out: TF-IDF of scoped words, of patterns and frames of stance classes and of character
n-grams (stance.features), multinomial logistic regression, and a temperature fitted on out-of-fold scores. It fits
any labels, two or more, and drops into Pipeline, GridSearchCV and cross_val_predict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import check_is_fitted, column_or_1d

from stance.features import vectorizer
from stance.textmodel import TextModel, softmax
from stance.tfidf import Block, Floats

SEED = 0


class StanceClassifier(ClassifierMixin, BaseEstimator):
    """TF-IDF of blocks of terms, logistic regression, calibrated by temperature.

    Parameters
    ----------
    blocks : blocks of stance.features with their weights, as (name, weight) pairs
    C : inverse strength of the L2 penalty
    min_df : least number of texts that hold a term; what is rarer is left out
    sublinear_tf : 1 + log(tf) instead of tf
    class_weight : as in LogisticRegression
    folds : folds of the out-of-fold scores that the temperature is fitted on; below 2 leaves it at 1

    Attributes
    ----------
    classes_ : labels in the order of the probability columns, shape (n_classes,)
    model_ : the fitted `TextModel`, which `stance.textmodel.save` writes
    out_of_fold_ : calibrated probabilities of the training texts, each from a model that did not see it or its
        group, shape (n_texts, n_classes); None where `folds` is below 2

    The temperature follows Guo et al. (2017), "On Calibration of Modern Neural Networks", section 4.2.
    """

    def __init__(
        self,
        blocks: Sequence[tuple[str, float]] = (("scoped", 1.5), ("patterns", 0.7), ("frames", 1.0), ("chars", 0.7)),
        C: float = 4.0,
        min_df: int = 2,
        sublinear_tf: bool = True,
        class_weight: str | None = None,
        folds: int = 5,
    ) -> None:
        self.blocks = blocks
        self.C = C
        self.min_df = min_df
        self.sublinear_tf = sublinear_tf
        self.class_weight = class_weight
        self.folds = folds

    def fit(self, X: Sequence[str], y: ArrayLike, groups: Sequence[str] | None = None) -> Self:
        """Fits on texts, shape (n_texts,), and labels; texts of one group stay together in the calibration folds.

        Raises ValueError for texts that are no strings, for lengths that differ and for fewer than two labels.
        """
        texts = check_texts(X)
        labels = column_or_1d(y)
        check_classification_targets(labels)
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} texts but {len(labels)} labels")
        self.classes_ = unique_labels(labels)
        if len(self.classes_) < 2:
            raise ValueError(f"one class only, {self.classes_[0]!r}: a classifier needs at least two")
        pipeline = self._pipeline()
        folds = _folds(labels, self.folds)
        self.out_of_fold_: Floats | None = None
        temperature = 1.0
        if folds >= 2:
            index = np.searchsorted(self.classes_, labels)
            scores = _out_of_fold(pipeline, texts, index, groups, folds, len(self.classes_))
            temperature = fit_temperature(scores, index)
            self.out_of_fold_ = softmax(scores / temperature)
        self.model_ = text_model(clone(pipeline).fit(texts, labels), temperature)
        return self

    def predict_proba(self, X: Sequence[str]) -> Floats:
        """Calibrated probabilities, shape (n_texts, n_classes); rows sum to 1."""
        check_is_fitted(self, "model_")
        return self.model_.probabilities(check_texts(X))

    def decision_function(self, X: Sequence[str]) -> Floats:
        """Calibrated log-odds: shape (n_texts, n_classes), or (n_texts,) of the second class where there are two."""
        check_is_fitted(self, "model_")
        scores = self.model_.logits(check_texts(X)) / self.model_.temperature
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def predict(self, X: Sequence[str]) -> NDArray[Any]:
        """The likeliest label of each text, shape (n_texts,)."""
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def _pipeline(self) -> Pipeline:
        parts = [
            (name, vectorizer(name, sublinear_tf=self.sublinear_tf, min_df=self.min_df)) for name, _ in self.blocks
        ]
        union = FeatureUnion(parts, transformer_weights=dict(self.blocks))
        return Pipeline([("features", union), ("regression", regression(self.C, self.class_weight))])


def regression(C: float, class_weight: str | None = None) -> LogisticRegression:
    """The unfitted logistic regression of `StanceClassifier`."""
    return LogisticRegression(C=C, class_weight=class_weight, max_iter=2000, tol=1e-4, random_state=SEED)


def text_model(pipeline: Pipeline, temperature: float = 1.0) -> TextModel:
    """A fitted pipeline (a union of TF-IDF blocks, then logistic regression) as plain arrays."""
    union, fitted = pipeline[0], pipeline[-1]
    blocks: list[Block] = []
    width = 0
    for name, part in union.transformer_list:
        vocabulary = {term: width + column for term, column in part.vocabulary_.items()}
        weight = (union.transformer_weights or {}).get(name, 1.0)
        blocks.append(Block(name, vocabulary, part.idf_, width, weight, part.sublinear_tf))
        width += len(vocabulary)
    classes = tuple(str(label) for label in fitted.classes_)
    return TextModel(classes, tuple(blocks), fitted.coef_, fitted.intercept_, temperature)


def check_texts(texts: Any) -> list[str]:
    """The texts as a list. Raises ValueError where they are one string, nested or no strings."""
    if isinstance(texts, str):
        raise ValueError("one string given; expected a sequence of texts")
    out = list(texts)
    if not out:
        raise ValueError("no text given (0 sample(s)); at least one is needed")
    for text in out:
        if not isinstance(text, str):
            raise ValueError(f"expected texts, got {type(text).__name__}")
    return out


def _folds(labels: NDArray[Any], wanted: int) -> int:
    """As many folds as the rarest class allows."""
    return min(wanted, min(Counter(labels.tolist()).values()))


def _out_of_fold(
    pipeline: Pipeline, texts: list[str], index: NDArray[np.intp], groups: Sequence[str] | None, folds: int, n: int
) -> Floats:
    """Class scores of each text from a model that has not seen its group, shape (n_texts, n_classes)."""
    members = np.arange(len(texts)) if groups is None else np.asarray(groups)
    out = np.zeros((len(texts), n))
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=SEED).split(texts, index, members)
    for seen, unseen in split:
        model = text_model(clone(pipeline).fit([texts[i] for i in seen], index[seen]))
        columns = [int(c) for c in model.classes]  # a fold may lack a rare class whose group is all of it
        out[np.ix_(unseen, columns)] = model.logits([texts[i] for i in unseen])
    return out


def fit_temperature(scores: Floats, truth: NDArray[np.intp]) -> float:
    """The temperature that minimises the negative log-likelihood (Guo et al. 2017), between 0.05 and 20."""

    def loss(log_t: float) -> float:
        probabilities = softmax(scores / np.exp(log_t))
        return float(-np.log(probabilities[np.arange(len(truth)), truth] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded").x))
