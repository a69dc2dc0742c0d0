"""Behavioural tests in the manner of CheckList (Ribeiro, Wu, Guestrin and Singh 2020, ACL), each with its failure rate.

Three kinds: `invariance`, a sentence with slots whose fillings (another country, weapon, sum) must not change the
judgement; `functionality`, a sentence whose stance is plain; `direction`, a small edit that changes the stance, after
which the new stance must have become likelier. The cases stand in `assets/behaviour.jsonl`, apart from what is
trained on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from stance.records import InputError
from training.metrics import Floats, bootstrap

FILE = Path(__file__).parent / "assets" / "behaviour.jsonl"
KINDS = ("invariance", "functionality", "direction")
_EXAMPLES = 3

Probabilities = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True, slots=True)
class Case:
    """One test: its texts, and the stances they should have, where those are told.

    An invariance case holds every filling of its template; a direction case the sentence before and after the edit.
    """

    kind: str
    capability: str
    texts: tuple[str, ...]
    stances: tuple[str, ...] = ()


def load_behaviour(path: Path = FILE) -> list[Case]:
    """Reads the cases. Raises InputError for a record that is none, with its line."""
    out = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            out.append(_case(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}, line {number}: not a behavioural test ({error!r}); mend the record.") from None
    return out


def _case(row: dict[str, Any]) -> Case:
    kind, capability = str(row["kind"]), str(row["capability"])
    if kind == "invariance":
        slots: dict[str, list[str]] = row["slots"]
        fillings = [dict(zip(slots, values, strict=True)) for values in product(*slots.values())]
        return Case(kind, capability, tuple(row["template"].format(**filling) for filling in fillings))
    if kind == "functionality":
        return Case(kind, capability, (row["text"],), (row["stance"],))
    if kind == "direction":
        return Case(kind, capability, (row["before"], row["after"]), (row["before_stance"], row["after_stance"]))
    raise ValueError(f"unknown kind {kind!r}")


def measure(cases: Sequence[Case], probabilities: Probabilities, classes: Sequence[str]) -> dict[str, Any]:
    """Failure rates of a classifier by kind and capability, JSON-ready.

    `kinds` holds for each kind the number of cases, the failed ones, their rate with its 95% bootstrap interval, and
    the same by capability with up to three failed texts. `direction_label` counts the edits after which the judgement
    is not the new stance, whichever way the probability went.
    """
    texts = list(dict.fromkeys(text for case in cases for text in case.texts))
    found = dict(zip(texts, probabilities(texts), strict=True)) if texts else {}
    out: dict[str, Any] = {}
    for kind in KINDS:
        chosen = [case for case in cases if case.kind == kind]
        if chosen:
            out[kind] = _rates(chosen, [_failed(case, found, classes) for case in chosen])
        if chosen and kind == "direction":
            out["direction_label"] = _rates(
                chosen, [_label(found[c.texts[1]], classes) != c.stances[1] for c in chosen]
            )
    return {"kinds": out}


def _failed(case: Case, found: dict[str, Floats], classes: Sequence[str]) -> bool:
    if case.kind == "invariance":
        return len({_label(found[text], classes) for text in case.texts}) > 1
    if case.kind == "functionality":
        return _label(found[case.texts[0]], classes) != case.stances[0]
    before, after = (found[text][list(classes).index(case.stances[1])] for text in case.texts)
    return bool(after <= before)


def _label(probabilities: Floats, classes: Sequence[str]) -> str:
    return classes[int(probabilities.argmax())]


def _rates(cases: Sequence[Case], failed: Sequence[bool]) -> dict[str, Any]:
    values = np.array(failed, dtype=float)
    low, high = bootstrap(lambda index: float(values[index].mean()), [str(i) for i in range(len(cases))])
    by_capability = {}
    for capability in dict.fromkeys(case.capability for case in cases):
        own = [(c, f) for c, f in zip(cases, failed, strict=True) if c.capability == capability]
        by_capability[capability] = {
            **_counts([f for _, f in own]),
            "examples": [c.texts[-1] for c, f in own if f][:_EXAMPLES],
        }
    return {**_counts(failed), "interval": [float(low), float(high)], "capabilities": by_capability}


def _counts(failed: Sequence[bool]) -> dict[str, Any]:
    return {"cases": len(failed), "failed": sum(failed), "rate": sum(failed) / len(failed)}
