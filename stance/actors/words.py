"""Closed classes of words that tell names and references apart, one a line in `data/words.csv`."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def words(name: str) -> frozenset[str]:
    """The words of a class, in small letters. Raises KeyError for a class that the file does not have."""
    return _classes()[name]


@cache
def _classes() -> dict[str, frozenset[str]]:
    classes: dict[str, set[str]] = {}
    with (files("stance.actors") / "data" / "words.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            classes.setdefault(row["class"], set()).add(row["word"])
    return {name: frozenset(members) for name, members in classes.items()}
