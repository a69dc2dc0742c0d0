"""A linear text model: TF-IDF of blocks of terms, logistic regression, temperature.

Both decisions of the project stand on it, the stance of a statement and whether it is about the issue at all. Being
linear, it can say for every judgement which words moved it, and their shares add up to the log-odds shown. Models
are stored as plain arrays, read without pickle: a model file handed over by a stranger runs no code.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from stance.features import BLOCKS, aligned, vectorizer
from stance.records import InputError

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

Floats = NDArray[np.float64]
_LARGEST = 2**30  # bytes of a model's arrays, unpacked; the released one has some ten million


@dataclass(frozen=True)
class TextModel:
    """A fitted pipeline (a union of TF-IDF blocks, then logistic regression) and the temperature that calibrates it.

    Probabilities are softmax(log-odds / temperature) (Guo et al. 2017, "On Calibration of Modern Neural Networks",
    section 4.2; for a linear model it scales all confidences alike and moves no decision).
    """

    pipeline: Pipeline
    temperature: float = 1.0

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of the probability columns."""
        return tuple(str(c) for c in self.pipeline[-1].classes_)

    def with_temperature(self, temperature: float) -> TextModel:
        """The same model, calibrated by another temperature."""
        return TextModel(self.pipeline, temperature)

    def features(self, texts: Sequence[str]) -> Any:
        """The sparse TF-IDF matrix of texts, shape (n_texts, n_features)."""
        return self.pipeline[:-1].transform(texts)

    def logits_of(self, matrix: Any) -> Floats:
        """Class scores of a feature matrix before calibration, shape (n_texts, n_classes)."""
        scores = np.asarray(self.pipeline[-1].decision_function(matrix), dtype=np.float64)
        if scores.ndim == 1:  # two classes: one column of log-odds
            return np.column_stack([-scores / 2, scores / 2])
        return scores

    def probabilities_of(self, matrix: Any) -> Floats:
        """Calibrated class probabilities of a feature matrix, shape (n_texts, n_classes); rows sum to 1."""
        return softmax(self.logits_of(matrix) / self.temperature)

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Calibrated class probabilities, shape (n_texts, n_classes); rows sum to 1."""
        return self.probabilities_of(self.features(texts)) if len(texts) else np.empty((0, len(self.classes)))

    def pushes(self, text: str, label: str, row: Any = None) -> tuple[Floats, float]:
        """What each character of a text adds to the log-odds of a class against the mean of the others.

        Returns the shares, shape (len(text),), and what no character carries: the intercept. Together they add up
        to the class's calibrated score minus the mean of the other classes'. A term's contribution (its tf-idf value
        times its coefficient) is shared evenly by its occurrences, and by the characters of each. `row` is the
        text's row of `features`, where it is at hand.
        """
        weights, rest = self._against[label]
        plain, origin = aligned(text)
        row = self.features([text]) if row is None else row
        values = dict(zip(row.indices.tolist(), (row.data * weights[row.indices]).tolist(), strict=True))
        steps = [0.0] * (len(plain) + 1)  # of the share from one character to the next
        for block, vocabulary, shift in self._vocabularies:
            found = [(vocabulary[t] + shift, places) for t, places in BLOCKS[block](plain) if t in vocabulary]
            counts = Counter(index for index, _ in found)
            for index, places in found:
                value = values.get(index, 0.0) / counts[index]
                characters = sum(end - start for start, end in places)
                if not characters:
                    rest += value
                for start, end in places if characters else ():
                    steps[start] += value / characters
                    steps[end] -= value / characters
        shares = np.zeros(len(text))
        np.add.at(shares, np.array(origin, dtype=np.intp), np.cumsum(steps)[:-1])
        return shares, rest

    @cached_property
    def _against(self) -> dict[str, tuple[Floats, float]]:
        """For each class its coefficients and intercept minus the mean of the others', calibrated."""
        coefficients, intercepts = self._coefficients
        out = {}
        for k, label in enumerate(self.classes):
            others = [i for i in range(len(self.classes)) if i != k]
            weights = (coefficients[k] - coefficients[others].mean(axis=0)) / self.temperature
            out[label] = weights, float(intercepts[k] - intercepts[others].mean()) / self.temperature
        return out

    @cached_property
    def _coefficients(self) -> tuple[Floats, Floats]:
        """Coefficients, shape (n_classes, n_features), and intercepts; two classes share theirs half and half."""
        regression = self.pipeline[-1]
        coefficients, intercepts = regression.coef_, regression.intercept_
        if len(coefficients) == 1:
            return np.vstack([-coefficients / 2, coefficients / 2]), np.array([-intercepts[0] / 2, intercepts[0] / 2])
        return coefficients, intercepts

    @cached_property
    def _vocabularies(self) -> list[tuple[str, dict[str, int], int]]:
        """Each block's name, its terms with their columns, and the first column of the block."""
        out, shift = [], 0
        for block, fitted in self.pipeline[0].transformer_list:
            out.append((block, fitted.vocabulary_, shift))
            shift += len(fitted.vocabulary_)
        return out


def softmax(scores: Floats) -> Floats:
    """Row-wise softmax, safe for large scores."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def save(model: TextModel, path: Path) -> None:
    """Writes a model as plain arrays (.npz): terms, idf and coefficients, and the settings of the blocks as JSON."""
    regression, union = model.pipeline[-1], model.pipeline[0]
    arrays: dict[str, Any] = {
        "classes": np.array([str(c) for c in regression.classes_]),
        "coefficients": regression.coef_.astype(np.float32),
        "intercepts": regression.intercept_.astype(np.float32),
        "temperature": np.array(model.temperature),
    }
    blocks = []
    for block, fitted in union.transformer_list:
        arrays[f"{block}_terms"] = np.array([str(t) for t in fitted.get_feature_names_out()])
        arrays[f"{block}_idf"] = fitted.idf_.astype(np.float32)
        weight = (union.transformer_weights or {}).get(block, 1.0)
        blocks.append({"block": block, "weight": weight, "sublinear_tf": fitted.sublinear_tf})
    arrays["blocks"] = np.array(json.dumps(blocks))
    np.savez_compressed(path, **arrays)


def load(path: Path) -> TextModel:
    """Reads a model. Raises InputError where the file is none.

    The file holds numbers and strings only and is read with pickling off, so that it can run no code. What it unpacks
    to is bounded, and what is in it has to fit together.
    """
    if not path.is_file():  # a pipe would be waited for
        raise InputError(f"{path}: no such model file; train one with `stance train`.")
    try:
        with ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST:
                raise ValueError("too large")
        with np.load(path, allow_pickle=False) as arrays:
            return _rebuild({key: arrays[key] for key in arrays.files})
    except Exception as error:  # a damaged archive fails in many ways, none of them ours
        raise InputError(f"{path}: not a model file ({type(error).__name__}); train one with `stance train`.") from None


def _rebuild(arrays: dict[str, Any]) -> TextModel:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import FeatureUnion, Pipeline

    parts, weights, width = [], {}, 0
    for entry in json.loads(str(arrays["blocks"])):
        block = str(entry["block"])
        terms = [str(t) for t in arrays[f"{block}_terms"]]
        if block not in BLOCKS or block in weights or not len(set(terms)) == len(terms) == len(arrays[f"{block}_idf"]):
            raise ValueError("a block that does not fit")
        fitted = vectorizer(
            block, vocabulary={t: i for i, t in enumerate(terms)}, sublinear_tf=bool(entry["sublinear_tf"])
        )
        fitted.idf_ = arrays[f"{block}_idf"].astype(np.float64)
        parts.append((block, fitted))
        weights[block] = float(entry["weight"])
        width += len(terms)
    regression = LogisticRegression()
    regression.classes_ = arrays["classes"]
    regression.coef_ = arrays["coefficients"].astype(np.float64)
    regression.intercept_ = arrays["intercepts"].astype(np.float64)
    regression.n_features_in_ = width
    temperature, classes = float(arrays["temperature"]), [str(c) for c in regression.classes_]
    rows = 1 if len(classes) == 2 else len(classes)
    if regression.coef_.shape != (rows, width) or regression.intercept_.shape != (rows,):
        raise ValueError("terms, classes and coefficients differ in number")
    numbers = (regression.coef_, regression.intercept_, [temperature, *weights.values()], *(p.idf_ for _, p in parts))
    if not all(np.isfinite(some).all() for some in numbers) or temperature <= 0:
        raise ValueError("a number that is none")
    if len(set(classes)) < max(2, len(classes)) or regression.classes_.dtype.kind != "U":
        raise ValueError("classes that are none")
    union = FeatureUnion(parts, transformer_weights=weights)
    return TextModel(Pipeline([("features", union), ("regression", regression)]), temperature)
