"""The rows of the model table: which features, which learner, which calibration; and the learners themselves."""

from __future__ import annotations

import importlib
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from stance.actors.registry import load_registry
from stance.features import normalize, terms, vectorizer, words
from stance.records import STANCES
from stance.scope import Unit, units
from stance.topic import signals
from training.estimator import SEED, StanceClassifier, regression
from training.metrics import Floats, Index

Scorer = Callable[[Any], Floats]  # features → class scores, of which softmax makes probabilities
Learner = Callable[[Any, Index, float, Any], Scorer]  # features, classes in STANCES, strength and writers → scorer

_RELEASED = StanceClassifier()
_WEIGHTS = dict(_RELEASED.blocks)
_INNER_CAPITALS = re.compile(r"(?<=[a-z,;] )(?!I\b)[A-Z0-9][\w-]*(?: [A-Z0-9][\w-]*)*")
_CLAUSE_END = re.compile(r"(?<=[.,;:!?])\s+|\s+(?=but\b)")
_FOR = "give go help allow promise continue more need ask want must thank good duty"
_AGAINST = "stop over block refuse exclude warn attack bad waste law escalate prolong empty"
_OPEN = "discuss decide postpone possible unsure comment open condition question"


@dataclass(frozen=True)
class Features:
    """What a learner is given: TF-IDF of blocks over a reading of the texts, its SVD, or the texts as they are."""

    blocks: tuple[tuple[str, float], ...] = tuple(_WEIGHTS.items())
    text: str = "plain"
    min_df: int = _RELEASED.min_df
    sublinear_tf: bool = _RELEASED.sublinear_tf
    form: str = "tfidf"  # svd, texts


@dataclass(frozen=True)
class Choice:
    """A row. `final` learns where the learner that strength and temperature were chosen with does not."""

    name: str
    features: Features
    learner: Learner
    strengths: tuple[float, ...] = (1.0, 4.0, 16.0)
    final: Learner | None = None
    temperature: bool = True


def counter(block: str) -> Any:
    """An unfitted counter of the terms of a block of stance.features, or of one that only this table knows."""
    settings = {"use_idf": False, "norm": None, "sublinear_tf": False}
    own: dict[str, Callable[[str], list[str]]] = {
        "trigrams": _to_trigrams,
        "register": lambda register: [register],
        "scoped by not": partial(_terms_by_not, block="scoped"),
        "patterns by not": partial(_terms_by_not, block="patterns"),
        "frames by not": partial(_terms_by_not, block="frames"),
    }
    if block == "chars 3-6":
        return vectorizer("chars", **settings).set_params(ngram_range=(3, 6))
    if block in own:
        return vectorizer("words", **settings).set_params(analyzer=own[block])
    return vectorizer(block, **settings)


def _to_trigrams(text: str) -> list[str]:
    found = [term for term, _ in words(normalize(text))]
    single = found[: (len(found) + 1) // 2]  # words come before their bigrams
    return found + [" ".join(three) for three in zip(single, single[1:], single[2:], strict=False)]


def _terms_by_not(text: str, block: str) -> list[str]:
    with patch("stance.features.units", _units_by_not):
        return terms(text, block)


def _units_by_not(plain: str) -> tuple[Unit, ...]:
    """The units of a text with "not" and its like as the only reversals."""
    out, turned = [], False
    for unit in units(plain):
        turned = turned and not unit.divides
        out.append(unit._replace(turned=turned))
        turned ^= unit.role == "not"
    return tuple(out)


def read_as(text: str, reading: str) -> str:
    """A text as a row reads it: plain, masked (countries, inner capitals, numbers), or its clauses on aid alone."""
    if reading == "masked":
        return re.sub(r"\d[\d.,]*", "xx", _INNER_CAPITALS.sub("xx", _countries().sub("xx", text)))
    if reading == "aid clauses":
        found = ((clause, signals(clause)) for clause in _CLAUSE_END.split(text))
        return " ".join(c for c, s in found if s.aid or s.arms or s.items) or text
    return text


@cache
def _countries() -> re.Pattern[str]:
    names = sorted(load_registry().demonyms, key=lambda name: (-len(name), name))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")


def _regression(strength: float, **settings: Any) -> Any:
    return regression(strength).set_params(**settings)


def _boosting(strength: float) -> Any:
    small = {"max_iter": 100, "max_leaf_nodes": 15, "max_bins": 63, "early_stopping": False}
    return HistGradientBoostingClassifier(learning_rate=strength, random_state=SEED, **small)


def _learner(make: Callable[[float], Any], scores: str = "decision_function") -> Learner:
    """A scikit-learn classifier of some strength as a learner."""
    return lambda x, y, strength, _: getattr(make(strength).fit(x, y), scores)


_logistic = _learner(_regression)


def _ordinal(x: Any, y: Index, strength: float, _: Any) -> Scorer:
    """Oppose < undecided < support: a regression for each cut, a class is the difference of two (Frank, Hall 2001)."""
    cuts = (y != STANCES.index("oppose"), y == STANCES.index("support"))
    models = [_regression(strength).fit(x, above) for above in cuts]

    def scores(x: Any) -> Floats:
        first, second = (model.predict_proba(x)[:, 1] for model in models)
        by_name = {"oppose": 1 - first, "undecided": first - second, "support": second}
        return _log(np.column_stack([by_name[name] for name in STANCES]))

    return scores


def _calibrated(x: Any, y: Index, strength: float, writers: Any, method: str) -> Scorer:
    """scikit-learn's calibration on out-of-fold scores, of whole writers, of one regression on everything."""
    folds = list(GroupKFold(3).split(x, y, writers))
    model = CalibratedClassifierCV(_regression(strength), method=method, cv=folds, ensemble=False).fit(x, y)
    return lambda x: _log(model.predict_proba(x))


def _log(probabilities: Floats) -> Floats:
    return np.log(np.clip(probabilities, 1e-6, 1))


def _majority(_x: Any, y: Index, _strength: float, _: Any) -> Scorer:
    shares = _log(np.bincount(y, minlength=len(STANCES)) / len(y))
    return lambda x: np.tile(shares, (x.shape[0], 1))


def _lexicon_rule(_x: Any, _y: Index, _strength: float, _: Any) -> Scorer:
    return lambda texts: np.array([_counted(text) for text in texts])


def _counted(text: str) -> list[float]:
    """Words for, against (each by its parity) and open, in the order of STANCES; undecided wins a tie."""
    counts, sides = Counter({"undecided": 0.5}), (_FOR.split(), _AGAINST.split(), _OPEN.split())
    for unit in units(normalize(text)):
        if unit.role in sides[0] or unit.role in sides[1]:
            counts["support" if (unit.role in sides[0]) != unit.turned else "oppose"] += 1
        counts["undecided"] += unit.role in sides[2]
    return [float(counts[name]) for name in STANCES]


def _floret(x: Any, y: Index, strength: float, _: Any) -> Scorer:
    """fastText's linear classifier of averaged subword vectors (Joulin et al. 2017); strength is its epochs."""
    settings = {"lr": 0.5, "dim": 50, "wordNgrams": 2, "minn": 2, "maxn": 5, "bucket": 200_000, "thread": 1}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = (f"__label__{label} {normalize(text)}\n" for text, label in zip(x, y, strict=True))
        path.write_text("".join(lines), "utf-8")
        train = importlib.import_module("floret").train_supervised
        model = train(input=str(path), epoch=int(strength), seed=SEED, verbose=0, **settings)

    def scores(texts: Any) -> Floats:  # by its binding: its `predict` fails with numpy 2, and of lists is wrong
        found = ({label: p for p, label in model.f.predict(normalize(t) + "\n", -1, 0.0, "strict")} for t in texts)
        return _log(np.array([[one.get(f"__label__{i}", 0.0) for i in range(len(STANCES))] for one in found]))

    return scores


def _with(*added: tuple[str, float], less: str = "") -> Features:
    """The released blocks without some and with others."""
    return Features((*(b for b in _WEIGHTS.items() if b[0] not in less.split()), *added))


def choices() -> tuple[Choice, ...]:
    """All rows in their order, the released settings first; floret only where it is installed."""
    plain, texts = Features(), Features(form="texts")
    scope = ("scoped", "patterns", "frames")
    by_not = tuple((f"{block} by not", _WEIGHTS[block]) for block in scope)
    features = {
        "released": plain,
        "no frames": _with(less="frames"),
        "no patterns": _with(less="patterns"),
        "words for scoped": _with(("words", _WEIGHTS["scoped"]), less="scoped"),
        "no chars": _with(less="chars"),
        "words alone": Features((("words", 1.0),)),
        "chars alone": Features((("chars", 1.0),)),
        "with words": _with(("words", 1.0)),
        "chars 3-6 for 2-5": _with(("chars 3-6", _WEIGHTS["chars"]), less="chars"),
        "with words to trigrams": _with(("trigrams", 1.0)),
        "min_df 1": Features(min_df=1),
        "min_df 3": Features(min_df=3),
        "no sublinear tf": Features(sublinear_tf=False),
        "negation by not alone": _with(*by_not, less=" ".join(scope)),
        "names and numbers masked": Features(text="masked"),
        "aid clauses alone": Features(text="aid clauses"),
        "with register": _with(("register", 1.0)),
    }
    out = [Choice(name, chosen, _logistic) for name, chosen in features.items()]
    out += [
        Choice("balanced classes", plain, _learner(partial(_regression, class_weight="balanced"))),
        Choice("fitted to tol 1e-5", plain, _learner(partial(_regression, tol=1e-5))),
        Choice("one-vs-rest", plain, _learner(lambda c: OneVsRestClassifier(_regression(c)))),
        Choice("ordinal", plain, _ordinal),
        Choice("calibration: none", plain, _logistic, temperature=False),
    ]
    for method in ("sigmoid", "isotonic"):
        final = partial(_calibrated, method=method)
        out.append(Choice(f"calibration: {method}", plain, _logistic, final=final, temperature=False))
    bayes = _learner(lambda alpha: ComplementNB(alpha=alpha), "predict_joint_log_proba")
    out += [
        Choice("majority class", texts, _majority, (0.0,), temperature=False),
        Choice("lexicon rule", texts, _lexicon_rule, (0.0,)),
        Choice("linear SVM", plain, _learner(lambda c: LinearSVC(C=c, random_state=SEED)), (0.1, 0.4, 1.6)),
        Choice("complement naive Bayes", plain, bayes, (0.1, 0.4, 1.6)),
        Choice("boosting on SVD", Features(form="svd"), _learner(_boosting), (0.05, 0.1, 0.2)),
    ]
    return (*out, Choice("floret", texts, _floret, (10, 25))) if find_spec("floret") else tuple(out)
