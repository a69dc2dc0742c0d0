"""Where an article names actors: one pass of a multi-pattern matcher over the text for every name in the registry.

A surname alone counts where no other first name stands before it ("Hunter Biden" is no mention of Joe Biden).
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal, NamedTuple

import ahocorasick_rs

from stance.actors.registry import Registry, fold, strip_marks
from stance.actors.words import words

_BEFORE = re.compile(r"([\w.’'-]+)[ \u00a0]$")
_AFTER = re.compile(r"[ \u00a0]([A-Z][a-zà-ž’'-]+)")


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
            others = tuple(i for i in self.registry.by_name.get(name, ()) if actors[i].kind != "person")
            table[name] = (ids + others, "surname")  # the name of a country or a body may be a surname too
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
            if form == "surname" and (self._other_first_name(text, start) or self._is_first_name(text, start, end)):
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
        if low.endswith(("’s", "'s")):
            return False  # "Germany’s Scholz"
        if low in words("honorific") or low in self.title_words or word in self.registry.demonyms:
            return False
        # a word that opens the sentence is capitalised whatever it is
        head = text[max(0, before.start() - 2) : before.start()].strip()
        return not (head == "" or head[-1] in '.!?"“”:\n')

    def _is_first_name(self, text: str, start: int, end: int) -> bool:
        """Whether a surname that is a first name too has another surname after it ("Paul Dibb" is no Rand Paul)."""
        after = _AFTER.match(text, end)
        return (
            after is not None
            and fold(text[start:end]) in self.first_names
            and after[1].lower() not in self.title_words
            and after[1] not in self.registry.demonyms
        )

    @cached_property
    def first_names(self) -> dict[str, str | None]:
        """First names, common ones and those in the registry, folded, with the gender where all bearers share it."""
        genders: dict[str, set[str | None]] = {name: {"m"} for name in words("first-name-m")}
        genders |= {name: {"f"} for name in words("first-name-f")}
        for actor in self.registry.actors.values():
            parts = actor.name.split() if actor.kind == "person" else []
            if len(parts) > 1 and parts[0] != actor.surname and len(parts[0]) > 2:
                genders.setdefault(fold(parts[0]), set()).add(actor.gender)
        return {name: next(iter(found)) if len(found) == 1 else None for name, found in genders.items()}

    @cached_property
    def title_words(self) -> frozenset[str]:
        """Single words of titles, and their plurals ("President", "Ministers", "Secretary")."""
        single = {word for surface in self.registry.roles for word in surface.split()}
        return frozenset(single | {f"{word}s" for word in single if word.isalpha()})


def _joins(char: str) -> bool:
    return char.isalnum() or char in "_"
