"""The stance model: statements in, calibrated judgements with reasons out.

A model is a folder: `stance.npz` and, where it was trained on off-topic sentences too, `relevance.npz` (TF-IDF +
logistic regression), `model.json` (issue, thresholds, hashes, versions), `examples.jsonl` (the labeled sentences it
was fitted on), beside `metrics.json` and the card `README.md`. The released one ships in `artifacts/`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from stance.records import InputError, Judgement, Statement, clean
from stance.reliability import HeldOutErrors, errors_from_json
from stance.textmodel import Reading, TextModel, load
from stance.tfidf import Floats

FILES = ("model.json", "stance.npz", "relevance.npz")  # of a folder, those that judge
AID = "military aid"  # the issue of the released model, and the one that topic.py's lexicons are about
BECAUSE = 6  # words that a judgement gives as its reasons
_STATED = frozenset({"say"})
_SIDES = (" against", " for")  # the preposition of a cue that tells which side: "spoke against"
_LONGEST_INFO = 2**24  # bytes of model.json, which has a few thousand
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:[-'’]\w+)*")


class Push(NamedTuple):
    """A word of a text, [start, end), and what it adds to the log-odds of the class judged."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class StanceModel:
    """The text models of a folder, and the confidence below which a person should look."""

    stance: TextModel
    relevance: TextModel | None
    review_below: float
    info: dict[str, Any]
    folder: Path
    errors: HeldOutErrors | None = None  # on held-out text, where the folder tells them

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels it judges by."""
        return self.stance.classes

    @property
    def issue(self) -> str:
        """What its stances are about."""
        return str(self.info.get("issue", AID))

    def relevance_of(self, texts: Sequence[str]) -> Floats:
        """The probability that each text is about the issue by its own words, shape (n_texts,).

        It is 1 throughout for a model that was trained on nothing off-topic.
        """
        if self.relevance is None:
            return np.ones(len(texts))
        probabilities = self.relevance.probabilities(texts)
        return probabilities[:, self.relevance.classes.index("about")]

    def judge(self, texts: Sequence[str], terms: int = BECAUSE) -> list[Judgement]:
        """The stance of each text with its probabilities; `because` lists at most `terms` words."""
        if not texts:
            return []
        readings = self.stance.read(texts)
        out = []
        for text, reading, row in zip(texts, readings, self.stance.probabilities_of(readings), strict=True):
            best = int(row.argmax())
            confidence, label = float(row[best]), self.classes[best]
            out.append(
                Judgement(
                    stance=label,
                    probabilities={c: float(p) for c, p in zip(self.classes, row, strict=True)},
                    confidence=confidence,
                    needs_review=confidence < self.review_below,
                    because=_strongest(text, self.pushes_of(reading, label)[0], terms) if terms else (),
                )
            )
        return out

    def pushes(self, text: str, label: str) -> tuple[tuple[Push, ...], float]:
        """The words of a text with what each adds to the log-odds of a class, and all else (punctuation, intercept).

        Together they add up to the class's calibrated score minus the mean of the other classes'.
        """
        return self.pushes_of(self.stance.read([text])[0], label)

    def pushes_of(self, reading: Reading, label: str) -> tuple[tuple[Push, ...], float]:
        """As `pushes`, of a text that the stance model has read."""
        shares, rest = self.stance.pushes(reading, label)
        sums = [0.0, *np.cumsum(shares).tolist()]
        words = [Push(m.start(), m.end(), sums[m.end()] - sums[m.start()]) for m in _WORD.finditer(reading.text)]
        return tuple(words), rest + sums[-1] - sum(w.weight for w in words)


def _strongest(text: str, words: Sequence[Push], most: int) -> tuple[tuple[str, float], ...]:
    """The words that push most, the same word at several places counted once."""
    sums: dict[str, float] = {}
    for start, end, weight in words:
        word = text[start:end].lower()
        sums[word] = sums.get(word, 0.0) + weight
    return tuple(sorted(sums.items(), key=lambda item: -abs(item[1]))[:most])


def model_text(statement: Statement) -> str:
    """What the model reads of a statement: its words, and before them a cue that carries stance itself.

    "said" adds nothing; "warned that …", "has opposed …", "spoke against …" are half of what is meant.
    """
    if statement.cue is None or statement.kind == "direct":
        return statement.text
    sided = statement.cue.text.lower().endswith(_SIDES)
    if statement.cue_class in _STATED and not sided and statement.kind not in ("ascribed", "act"):
        return statement.text
    return _SPACES.sub(" ", f"{statement.cue.text} {statement.text}")


def released_dir() -> Path:
    """The folder of the released model: beside the package's modules when installed, `artifacts/` in a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / "released"
    return installed if installed.is_dir() else here.parent / "artifacts"


def load_model(folder: str | Path | None = None) -> StanceModel:
    """Reads a model folder, the released one by default. Raises InputError where it is no model folder."""
    return _load(Path(folder) if folder is not None else released_dir())


def model_fingerprint(folder: Path) -> str:
    """The version of a model: 16 hex digits of SHA-256 over the files that judge."""
    digest = hashlib.sha256()
    for name in FILES:
        file = folder / name
        digest.update(name.encode() + (file.read_bytes() if file.is_file() else b"-"))
    return digest.hexdigest()[:16]


@cache
def _load(path: Path) -> StanceModel:
    info_file = path / "model.json"
    if not path.is_dir() or not info_file.is_file():
        raise InputError(f"{path}: not a model folder (no model.json in it); train one with `stance train -o {path}`.")
    try:
        if info_file.stat().st_size > _LONGEST_INFO:
            raise ValueError("too large")
        info = json.loads(info_file.read_text("utf-8"))
        review_below, has_relevance = float(info["review_below"]), bool(info["sentences"].get("relevance"))
        errors = errors_from_json(info["held_out_errors"]) if info.get("held_out_errors") else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = clean(" ".join(str(error).split())[:200])
        raise InputError(f"{info_file}: not a model description ({reason}); train the model again.") from None
    return StanceModel(
        stance=load(path / "stance.npz"),
        relevance=load(path / "relevance.npz") if has_relevance else None,
        review_below=review_below,
        info=info,
        folder=path,
        errors=errors,
    )
