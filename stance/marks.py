"""Marks of stance: turns of phrase whose words by themselves mislead a bag of words ("not ruled out").

Each line of `lexicons/idioms.csv` is a mark and a pattern over normalised text. The stance model sees a statement's
marks beside its words; how much each says for or against is learned, not stated.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from stance.textmodel import normalize


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    with (files("stance") / "lexicons" / "idioms.csv").open(encoding="utf-8") as handle:
        lines = [line.rstrip("\n").split(",", 1) for line in handle][1:]
    return tuple((mark, re.compile(pattern)) for mark, pattern in lines)


def stance_text(text: str) -> str:
    """A text as the stance model reads it: its words, then the marks found in it."""
    plain = normalize(text)
    found = [mark for mark, pattern in _patterns() if pattern.search(plain)]
    return f"{text} {' '.join(found)}" if found else text
