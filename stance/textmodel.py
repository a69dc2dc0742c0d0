"""A linear text model: TF-IDF of words and characters, logistic regression, temperature.

Both decisions of the project stand on it, the stance of a statement and whether it is about aid at all. Being
linear, it can say for every judgement which terms moved it, and the contributions add up to the log-odds shown.
Models are stored as plain arrays, read without pickle: a model file handed over by a stranger runs no code.
"""

from __future__ import annotations

import json
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
_SETTINGS = ("analyzer", "ngram_range", "sublinear_tf", "lowercase", "token_pattern")
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
        return self.logits_of(self.features(texts))

    def features(self, texts: Sequence[str]) -> Any:
        """The sparse TF-IDF matrix of texts, shape (n_texts, n_features)."""
        return self.pipeline[:-1].transform([normalize(t) for t in texts])

    def logits_of(self, matrix: Any) -> Floats:
        """`logits` of a feature matrix."""
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


def save(model: TextModel, path: Path) -> None:
    """Writes a model as plain arrays (.npz): terms, idf and coefficients, and the vectorizers' settings as JSON."""
    regression, union = model.pipeline[-1], model.pipeline[0]
    arrays: dict[str, Any] = {
        "classes": np.array([str(c) for c in regression.classes_]),
        "coefficients": regression.coef_.astype(np.float32),
        "intercepts": regression.intercept_.astype(np.float32),
    }
    settings = []
    for name, vectorizer in union.transformer_list:
        terms = vectorizer.get_feature_names_out()
        arrays[f"{name}_terms"] = np.array([str(t) for t in terms])
        arrays[f"{name}_idf"] = vectorizer.idf_.astype(np.float32)
        settings.append({"name": name, **{key: getattr(vectorizer, key) for key in _SETTINGS}})
    arrays["vectorizers"] = np.array(json.dumps(settings))
    arrays["temperature"] = np.array(model.temperature)
    np.savez_compressed(path, **arrays)


def load(path: Path) -> TextModel:
    """Reads a model. Raises InputError where the file is none.

    The file holds numbers and strings only and is read with pickling off, so that it can run no code.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return _rebuild({key: arrays[key] for key in arrays.files})
    except FileNotFoundError:
        raise InputError(f"{path}: no such model file; train one with `stance train`.") from None
    except Exception as error:  # a damaged archive fails in many ways, none of them ours
        raise InputError(f"{path}: not a model file ({type(error).__name__}); train one with `stance train`.") from None


def _rebuild(arrays: dict[str, Any]) -> TextModel:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import FeatureUnion, Pipeline

    parts, width = [], 0
    for setting in json.loads(str(arrays["vectorizers"])):
        name = str(setting["name"])
        chosen = {key: setting[key] for key in _SETTINGS}
        chosen["ngram_range"] = tuple(chosen["ngram_range"])
        terms = [str(t) for t in arrays[f"{name}_terms"]]
        vectorizer = TfidfVectorizer(vocabulary={t: i for i, t in enumerate(terms)}, **chosen)
        vectorizer.idf_ = arrays[f"{name}_idf"].astype(np.float64)
        parts.append((name, vectorizer))
        width += len(terms)
    regression = LogisticRegression()
    regression.classes_ = arrays["classes"]
    regression.coef_ = arrays["coefficients"].astype(np.float64)
    regression.intercept_ = arrays["intercepts"].astype(np.float64)
    regression.n_features_in_ = width
    if regression.coef_.shape[1] != width:
        raise ValueError("terms and coefficients differ in number")
    return TextModel(
        Pipeline([("features", FeatureUnion(parts)), ("regression", regression)]),
        float(arrays["temperature"]),
    )
