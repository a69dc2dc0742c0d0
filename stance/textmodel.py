"""A linear text model: TF-IDF of words and characters, logistic regression, temperature.

Both decisions of the project stand on it, the stance of a statement and whether it is about aid at all. Being
linear, it can say for every judgement which terms moved it, and the contributions add up to the log-odds shown.
Models are stored with skops, which loads known types only: a model file handed over by a stranger runs no code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stance.records import InputError

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

Floats = NDArray[np.float64]

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "…": "..."})
_LIGATURES = str.maketrans({"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"})
_DIGITS = re.compile(r"\d[\d.,]*")


def normalize(text: str) -> str:
    """Text as the model sees it: lower case, plain quotation marks and dashes, digits as 0, single spaces."""
    plain = text.translate(_LIGATURES).translate(_QUOTES).lower()
    return " ".join(_DIGITS.sub("0", plain).split())


@dataclass(frozen=True)
class TextModel:
    """A fitted pipeline (vectorizers, then logistic regression) with the temperature that calibrates it.

    Probabilities are softmax(log-odds / temperature) (Guo et al. 2017, "On Calibration of Modern Neural Networks",
    section 4.2; for a linear model it scales all confidences alike and moves no decision).
    """

    pipeline: Pipeline
    temperature: float = 1.0

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of the probability columns."""
        return tuple(str(c) for c in self.pipeline[-1].classes_)

    def logits(self, texts: Sequence[str]) -> Floats:
        """Class scores before calibration, shape (n_texts, n_classes)."""
        return self._logits(self.features(texts))

    def features(self, texts: Sequence[str]) -> Any:
        """The sparse TF-IDF matrix of texts, shape (n_texts, n_features)."""
        return self.pipeline[:-1].transform([normalize(t) for t in texts])

    def _logits(self, matrix: Any) -> Floats:
        scores = np.asarray(self.pipeline[-1].decision_function(matrix), dtype=np.float64)
        if scores.ndim == 1:  # two classes: one column of log-odds
            return np.column_stack([-scores / 2, scores / 2])
        return scores

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Calibrated class probabilities, shape (n_texts, n_classes); rows sum to 1."""
        if not texts:
            return np.empty((0, len(self.classes)))
        return softmax(self.logits(texts) / self.temperature)

    def contributions(self, text: str, label: str) -> list[tuple[str, float]]:
        """Terms of a text with their contribution to a class against the mean of the others, largest first.

        A contribution is tf-idf value times coefficient, in calibrated log-odds; together with the term named
        "(intercept)" they add up to the class's score minus the mean score of the other classes.
        """
        return self.contributions_of(self.features([text]), [label])[0]

    def contributions_of(self, matrix: Any, labels: Sequence[str]) -> list[list[tuple[str, float]]]:
        """`contributions` for every row of a feature matrix and its class."""
        coefficients, intercepts = self._coefficients()
        names = self._names
        rows = matrix.tocsr()
        out = []
        for number, label in enumerate(labels):
            k = self.classes.index(label)
            others = [i for i in range(len(self.classes)) if i != k]
            row = rows[number]
            weights = coefficients[k, row.indices] - coefficients[others][:, row.indices].mean(axis=0)
            values = row.data * weights / self.temperature
            terms = [(names[i], float(v)) for i, v in zip(row.indices, values, strict=True)]
            terms.append(("(intercept)", float(intercepts[k] - intercepts[others].mean()) / self.temperature))
            out.append(sorted(terms, key=lambda t: -abs(t[1])))
        return out

    def _coefficients(self) -> tuple[Floats, Floats]:
        regression = self.pipeline[-1]
        coefficients, intercepts = regression.coef_, regression.intercept_
        if len(coefficients) == 1:
            return np.vstack([-coefficients / 2, coefficients / 2]), np.array([-intercepts[0] / 2, intercepts[0] / 2])
        return coefficients, intercepts

    @property
    def _names(self) -> Any:
        return self.pipeline[:-1].get_feature_names_out()


def softmax(scores: Floats) -> Floats:
    """Row-wise softmax, safe for large scores."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def save_pipeline(pipeline: Pipeline, path: Path) -> None:
    """Writes a fitted pipeline with skops."""
    from skops import io

    io.dump(pipeline, path)


def load_pipeline(path: Path) -> Pipeline:
    """Reads a pipeline; raises InputError where the file is none or holds a type beyond scikit-learn's and numpy's."""
    from skops import io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        pipeline = io.load(path, trusted=[])
    except UntrustedTypesFoundException as error:
        raise InputError(f"{path}: refused, the model holds types that are not scikit-learn's ({error}).") from None
    except Exception as error:  # a damaged archive fails in many ways, none of them ours
        raise InputError(f"{path}: not a model file ({type(error).__name__}); train one with `stance train`.") from None
    if not hasattr(pipeline, "predict_proba"):
        raise InputError(f"{path}: not a text model; train one with `stance train`.")
    return pipeline
