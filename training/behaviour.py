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
from string import Formatter
from typing import Any

import numpy as np

from stance.records import STANCES, InputError
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


def load_behaviour(path: Path | None = None) -> list[Case]:
    """Reads the cases, by default those that ship. Raises InputError for a record that is none, with file and line."""
    path = path or FILE
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); name a file of behavioural tests.") from None
    out = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            out.append(_case(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}, line {number}: not a behavioural test ({error!r}); mend the record.") from None
    return out


def _case(row: dict[str, Any]) -> Case:
    kind, capability = row["kind"], row["capability"]
    if kind == "invariance":
        case = Case(kind, capability, _fillings(row["template"], row["slots"]))
    elif kind == "functionality":
        case = Case(kind, capability, (row["text"],), (row["stance"],))
    elif kind == "direction":
        case = Case(kind, capability, (row["before"], row["after"]), (row["before_stance"], row["after_stance"]))
    else:
        raise ValueError(f"unknown kind {kind!r}")
    if not all(isinstance(text, str) and text.strip() for text in (capability, *case.texts)):
        raise ValueError("an empty text, or one that is no string")
    if unknown := [stance for stance in case.stances if stance not in STANCES]:
        raise ValueError(f"unknown stance {unknown[0]!r}")
    if len(set(case.texts)) < len(case.texts) or len(set(case.stances)) < len(case.stances):
        raise ValueError("two of its texts, or its two stances, are the same")
    return case


def _fillings(template: str, slots: dict[str, list[str]]) -> tuple[str, ...]:
    """Every filling of a template, in the order of its slots' values; the first is what the others must agree with."""
    if {field for _, field, _, _ in Formatter().parse(template) if field is not None} != set(slots):
        raise ValueError("the slots are not those of the template")
    if not all(isinstance(values, list) and len(values) > 1 for values in slots.values()) or not slots:
        raise ValueError("a slot needs a list of two values or more")
    return tuple(template.format(**dict(zip(slots, chosen, strict=True))) for chosen in product(*slots.values()))


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
        shown = [_example(case, found, classes) for case in chosen]
        if chosen:
            out[kind] = _rates(chosen, [_failed(case, found, classes) for case in chosen], shown)
        if chosen and kind == "direction":
            out["direction_label"] = _rates(
                chosen, [_label(found[c.texts[1]], classes) != c.stances[1] for c in chosen], shown
            )
    return {"kinds": out}


def _failed(case: Case, found: dict[str, Floats], classes: Sequence[str]) -> bool:
    if case.kind == "invariance":
        return len({_label(found[text], classes) for text in case.texts}) > 1
    if case.kind == "functionality":
        return _label(found[case.texts[0]], classes) != case.stances[0]
    before, after = (found[text][list(classes).index(case.stances[1])] for text in case.texts)
    return bool(after <= before)


def _example(case: Case, found: dict[str, Floats], classes: Sequence[str]) -> str:
    """The text to show of a failed case: the first filling that is judged otherwise, or the last text."""
    first = _label(found[case.texts[0]], classes)
    others = (text for text in case.texts if _label(found[text], classes) != first)
    return next(others, case.texts[-1]) if case.kind == "invariance" else case.texts[-1]


def _label(probabilities: Floats, classes: Sequence[str]) -> str:
    return classes[int(probabilities.argmax())]


def _rates(cases: Sequence[Case], failed: Sequence[bool], shown: Sequence[str]) -> dict[str, Any]:
    values = np.array(failed, dtype=float)
    low, high = bootstrap(lambda index: float(values[index].mean()), [str(i) for i in range(len(cases))])
    by_capability = {}
    for capability in dict.fromkeys(case.capability for case in cases):
        own = [(s, f) for c, s, f in zip(cases, shown, failed, strict=True) if c.capability == capability]
        by_capability[capability] = {
            **_counts([f for _, f in own]),
            "examples": [s for s, f in own if f][:_EXAMPLES],
        }
    return {**_counts(failed), "interval": [float(low), float(high)], "capabilities": by_capability}


def _counts(failed: Sequence[bool]) -> dict[str, Any]:
    return {"cases": len(failed), "failed": sum(failed), "rate": sum(failed) / len(failed)}
