"""Where an article names actors: one pass of a multi-pattern matcher over the text for every name in the registry.

A surname alone counts where no other first name stands before it ("Hunter Biden" is no mention of Joe Biden).
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal, NamedTuple

import ahocorasick_rs

from stance.actors.registry import Registry, strip_marks

_BEFORE = re.compile(r"([\w.’'-]+)[ \u00a0]$")
_HONORIFICS = frozenset(
    ["mr", "mrs", "ms", "dr", "sir", "lord", "lady", "dame", "gen", "sen", "rep", "gov", "col", "lt", "adm", "prof"]
)


class Named(NamedTuple):
    """A name found in the text: who may bear it, and whether it is a full name, a surname, or a body's name."""

    start: int
    end: int
    ids: tuple[str, ...]
    form: Literal["full", "surname", "body", "place"]


class Matcher:
    """Finds the registry's names in a text. Building it takes some milliseconds: build it once a registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    @cached_property
    def _patterns(self) -> dict[str, tuple[tuple[str, ...], str]]:
        table: dict[str, tuple[tuple[str, ...], str]] = {}
        actors = self.registry.actors
        for name, ids in self.registry.by_surname.items():
            table[name] = (ids, "surname")
        for name, ids in self.registry.by_name.items():
            people = tuple(i for i in ids if actors[i].kind == "person")
            if people:
                if name in table:
                    continue  # a surname given as an alias too
                for spelling in {name, strip_marks(name)}:
                    table[spelling] = (people, "full" if " " in name else "surname")
            else:
                form = "place" if all(actors[i].kind == "government" for i in ids) else "body"
                table.setdefault(name, (ids, form))
        return table

    @cached_property
    def _automaton(self) -> tuple[list[str], ahocorasick_rs.AhoCorasick]:
        names = list(self._patterns)
        return names, ahocorasick_rs.AhoCorasick(names, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def find(self, text: str) -> list[Named]:
        """The mentions in a text, in order, none overlapping another."""
        names, automaton = self._automaton
        found = []
        for index, start, end in automaton.find_matches_as_indexes(text):
            if (start > 0 and _joins(text[start - 1])) or (end < len(text) and _joins(text[end])):
                continue
            ids, form = self._patterns[names[index]]
            if form == "surname" and self._other_first_name(text, start):
                continue
            found.append(Named(start, end, ids, form))  # type: ignore[arg-type]
        return found

    def _other_first_name(self, text: str, start: int) -> bool:
        """Whether a capitalised word that is no title and no adjective stands right before a surname."""
        before = _BEFORE.search(text, max(0, start - 30), start)
        if before is None:
            return False
        word = before[1]
        if not word[0].isupper() or word.isupper() or word.endswith("."):
            return word.endswith(".") and len(word) == 2
        low = word.lower()
        if low in _HONORIFICS or low in self.title_words or word in self.registry.demonyms:
            return False
        # a word that opens the sentence is capitalised whatever it is
        head = text[max(0, before.start() - 2) : before.start()].strip()
        return not (head == "" or head[-1] in '.!?"“”:\n') or (before.start() == 0 and False)

    @cached_property
    def title_words(self) -> frozenset[str]:
        """Single words of titles ("President", "Minister", "Secretary")."""
        return frozenset(word for surface in self.registry.roles for word in surface.split())


def _joins(char: str) -> bool:
    return char.isalnum() or char in "_"
