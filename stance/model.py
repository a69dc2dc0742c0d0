"""The stance model: statements in, calibrated judgements with reasons out.

A model is a folder: `stance.npz` and `relevance.npz` (TF-IDF + logistic regression), `model.json` (thresholds,
hashes, versions), beside `metrics.json` and the card `README.md`. The released one ships in `artifacts/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from stance.marks import stance_text
from stance.records import InputError, Judgement, Stance, Statement
from stance.textmodel import Floats, TextModel, load, softmax

_STATED = frozenset({"say"})
_SIDES = (" against", " for")  # the preposition of a cue that tells which side: "spoke against"
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class StanceModel:
    """The two text models of a folder, and the threshold below which a person should look."""

    stance: TextModel
    relevance: TextModel
    review_below: float
    info: dict[str, Any]

    def relevance_of(self, texts: Sequence[str]) -> Floats:
        """The probability that each text is about military aid by its own words, shape (n_texts,)."""
        probabilities = self.relevance.probabilities(texts)
        return probabilities[:, self.relevance.classes.index("aid")]

    def judge(self, texts: Sequence[str], terms: int = 6) -> list[Judgement]:
        """The stance of each text with its probabilities; `because` lists at most `terms` terms."""
        if not texts:
            return []
        matrix = self.stance.features([stance_text(t) for t in texts])
        probabilities = softmax(self.stance.logits_of(matrix) / self.stance.temperature)
        best = probabilities.argmax(axis=1)
        labels = [self.stance.classes[i] for i in best]
        reasons = self.stance.contributions_of(matrix, labels) if terms else [[] for _ in texts]
        out = []
        for row, label, reason in zip(probabilities, labels, reasons, strict=True):
            confidence = float(row.max())
            out.append(
                Judgement(
                    stance=_as_stance(label),
                    probabilities={c: float(p) for c, p in zip(self.stance.classes, row, strict=True)},
                    confidence=confidence,
                    needs_review=confidence < self.review_below,
                    because=_readable(reason, terms),
                )
            )
        return out


def _as_stance(label: str) -> Stance:
    if label == "support":
        return "support"
    return "oppose" if label == "oppose" else "undecided"


def _readable(reasons: list[tuple[str, float]], limit: int) -> tuple[tuple[str, float], ...]:
    """The strongest words, phrases and marks among the terms; pieces of words explain nothing to a reader."""
    shown = [(readable_term(term), weight) for term, weight in reasons if term.startswith(("words__", "marks__"))]
    return tuple(shown[:limit])


def readable_term(term: str) -> str:
    """A feature's name for people: "words__has opposed" → "has opposed", "marks__xxkept_open" → "[kept open]"."""
    block, _, name = term.partition("__")
    return f"[{name.removeprefix('xx').replace('_', ' ')}]" if block == "marks" else name


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


@cache
def _load(path: Path) -> StanceModel:
    info_file = path / "model.json"
    if not path.is_dir() or not info_file.is_file():
        raise InputError(f"{path}: not a model folder (no model.json in it); train one with `stance train -o {path}`.")
    try:
        info = json.loads(info_file.read_text("utf-8"))
        review_below = float(info["review_below"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{info_file}: not a model description ({error}); train the model again.") from None
    return StanceModel(
        stance=load(path / "stance.npz"),
        relevance=load(path / "relevance.npz"),
        review_below=review_below,
        info=info,
    )
