"""A linear text model: TF-IDF of blocks of terms, logistic regression, temperature.

Both decisions of the project stand on it, the stance of a statement and whether it is about the issue at all. Being
linear, it can say for every judgement which words moved it, and their shares add up to the log-odds shown. A model is
plain arrays, in memory and on disk: judging needs no scikit-learn, which fits it (training.estimator), and a model
file handed over by a stranger runs no code.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np

from stance.features import BLOCKS, aligned, normalize
from stance.records import InputError
from stance.tfidf import Block, Floats, Rows, Terms, products, weigh

_LARGEST = 2**30  # bytes of a model's arrays, unpacked; the released one has some ten million


@dataclass(frozen=True, eq=False)
class Reading:
    """A text as a model sees it: the terms it knows, block by block, and their columns with weights."""

    text: str
    terms: tuple[Terms, ...]
    columns: Any
    values: Floats


@dataclass(frozen=True, eq=False)
class TextModel:
    """Blocks of terms, the coefficients of a logistic regression over them, and the temperature that calibrates it.

    `coefficients` have shape (n_classes, n_features), or (1, n_features) where there are two classes, `intercepts`
    (n_classes,) or (1,). Probabilities are softmax(log-odds / temperature) (Guo et al. 2017, "On Calibration of
    Modern Neural Networks", section 4.2; for a linear model it scales all confidences alike and moves no decision).
    """

    classes: tuple[str, ...]
    blocks: tuple[Block, ...]
    coefficients: Floats
    intercepts: Floats
    temperature: float = 1.0

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """The texts as the model sees them."""
        read = [tuple(block.read(plain) for block in self.blocks) for plain in map(normalize, texts)]
        rows = weigh(self.blocks, read)
        return [
            Reading(text, terms, rows.columns[start:end], rows.values[start:end])
            for text, terms, start, end in zip(texts, read, rows.edges, rows.edges[1:], strict=False)
        ]

    def logits(self, texts: Sequence[str]) -> Floats:
        """Class scores of texts before calibration, shape (n_texts, n_classes)."""
        return self.logits_of(self.read(texts))

    def logits_of(self, readings: Sequence[Reading]) -> Floats:
        """Class scores before calibration, shape (n_texts, n_classes)."""
        if not readings:
            return np.empty((0, len(self.classes)))
        edges = np.cumsum([0, *(len(one.columns) for one in readings)])
        rows = Rows(edges, np.concatenate([r.columns for r in readings]), np.concatenate([r.values for r in readings]))
        scores = products(rows, self.coefficients) + self.intercepts
        # two classes share one column of log-odds
        return scores if scores.shape[1] > 1 else np.column_stack([-scores[:, 0] / 2, scores[:, 0] / 2])

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Calibrated class probabilities, shape (n_texts, n_classes); rows sum to 1."""
        return self.probabilities_of(self.read(texts))

    def probabilities_of(self, readings: Sequence[Reading]) -> Floats:
        """Calibrated class probabilities, shape (n_texts, n_classes); rows sum to 1."""
        return softmax(self.logits_of(readings) / self.temperature)

    def pushes(self, reading: Reading, label: str) -> tuple[Floats, float]:
        """What each character of a text adds to the log-odds of a class against the mean of the others.

        Returns the shares, shape (len(text),), and what no character carries: the intercept. Together they add up
        to the class's calibrated score minus the mean of the other classes'. A term's contribution (its tf-idf value
        times its coefficient) is shared evenly by its occurrences, and by the characters of each.
        """
        weights, rest = self._against[label]
        plain, origin = aligned(reading.text)
        steps = np.zeros(len(plain) + 1)  # of the share from one character to the next
        if len(reading.columns):
            columns = np.concatenate([terms.columns for terms in reading.terms])
            offsets = np.cumsum([0, *(len(terms.columns) for terms in reading.terms)])
            term = np.concatenate([t.term + at for t, at in zip(reading.terms, offsets, strict=False)])
            start = np.concatenate([terms.start for terms in reading.terms])
            end = np.concatenate([terms.end for terms in reading.terms])
            place = np.searchsorted(reading.columns, columns)
            count = np.bincount(place)
            value = (reading.values * weights[reading.columns] / count)[place]
            characters = np.bincount(term, end - start, minlength=len(columns))
            rest += float(value[characters == 0].sum())
            share = (value / np.maximum(characters, 1))[term]
            steps += np.bincount(start, share, minlength=len(steps))
            steps -= np.bincount(end, share, minlength=len(steps))
        shares: Floats = np.bincount(origin, np.cumsum(steps)[:-1], minlength=len(reading.text)).astype(np.float64)
        return shares, rest

    @cached_property
    def _against(self) -> dict[str, tuple[Floats, float]]:
        """For each class its coefficients and intercept minus the mean of the others', calibrated."""
        coefficients, intercepts = self.coefficients, self.intercepts
        if len(coefficients) == 1:  # two classes share theirs half and half
            coefficients = np.vstack([-coefficients / 2, coefficients / 2])
            intercepts = np.array([-intercepts[0] / 2, intercepts[0] / 2])
        out = {}
        for k, label in enumerate(self.classes):
            others = [i for i in range(len(self.classes)) if i != k]
            weights = (coefficients[k] - coefficients[others].mean(axis=0)) / self.temperature
            out[label] = weights, float(intercepts[k] - intercepts[others].mean()) / self.temperature
        return out


def softmax(scores: Floats) -> Floats:
    """Row-wise softmax, safe for large scores."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    return shifted / shifted.sum(axis=1, keepdims=True)


def save(model: TextModel, path: Path) -> None:
    """Writes a model as plain arrays (.npz): terms, idf and coefficients, and the settings of the blocks as JSON."""
    arrays: dict[str, Any] = {
        "classes": np.array(model.classes),
        "coefficients": model.coefficients.astype(np.float32),
        "intercepts": model.intercepts.astype(np.float32),
        "temperature": np.array(model.temperature),
    }
    blocks = []
    for block in model.blocks:
        arrays[f"{block.name}_terms"] = np.array(sorted(block.vocabulary, key=block.vocabulary.__getitem__))
        arrays[f"{block.name}_idf"] = block.idf.astype(np.float32)
        blocks.append({"block": block.name, "weight": block.weight, "sublinear_tf": block.sublinear})
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
    blocks: list[Block] = []
    width = 0
    for entry in json.loads(str(arrays["blocks"])):
        name, weight, sublinear = str(entry["block"]), float(entry["weight"]), bool(entry["sublinear_tf"])
        terms, idf = arrays[f"{name}_terms"].tolist(), arrays[f"{name}_idf"].astype(np.float64)
        vocabulary = {str(term): width + i for i, term in enumerate(terms)}
        known = name in BLOCKS and all(block.name != name for block in blocks)
        if not known or not len(vocabulary) == len(terms) == len(idf):
            raise ValueError("a block that does not fit")
        blocks.append(Block(name, vocabulary, idf, width, weight, sublinear))
        width += len(vocabulary)
    classes = tuple(str(label) for label in arrays["classes"])
    coefficients, intercepts = arrays["coefficients"].astype(np.float64), arrays["intercepts"].astype(np.float64)
    temperature = float(arrays["temperature"])
    rows = 1 if len(classes) == 2 else len(classes)
    if coefficients.shape != (rows, width) or intercepts.shape != (rows,):
        raise ValueError("terms, classes and coefficients differ in number")
    numbers = (coefficients, intercepts, [temperature], *([b.weight] for b in blocks), *(b.idf for b in blocks))
    if not all(np.isfinite(some).all() for some in numbers) or temperature <= 0:
        raise ValueError("a number that is none")
    if len(set(classes)) < max(2, len(classes)) or arrays["classes"].dtype.kind != "U":
        raise ValueError("classes that are none")
    return TextModel(classes, tuple(blocks), coefficients, intercepts, temperature)
