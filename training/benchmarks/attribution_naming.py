"""How the source of an attribution is named: by name, office, pronoun, as a body, or not by name at all.

The closed classes and the words for roles and bodies are the labeler's own (stance/labeling/data/en/words.txt), with
what a benchmark on any news needs besides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from stance.actors.registry import load_registry
from stance.labeling.lexicon import media, plain_name, words

NAMINGS = ("full name", "surname", "office", "pronoun", "collective", "anonymous", "other", "none")

_WORD = re.compile(r"(?:[A-Z]\.)+|\w+(?:[-&.'’]\w+)*")
_PRONOUNS, _BODIES, _PAPERS, _NAMELESS, _BREAK = (
    frozenset(line.split())
    for line in (
        "him her them us me that this these those which his hers their himself herself themselves",
        "police media press camp data statistics network website newspaper news times post journal center centre fund "
        "foundation association service services bureau",
        "article story analysis research book video tweet ad filing memo document rule rules law",
        "official source critic expert insider people person persons someone somebody anyone everyone man men woman "
        "women other others many some most few several one environmentalists economists scientists reporters readers "
        "reader lawyers attorneys protesters democrats republicans conservatives liberals americans",
        "who whom whose which that in on at for with from by to about near during against close familiar",
    )
)


def naming_of(source: str) -> str:
    """How a source is named: a class of NAMINGS. What fits none is "other".

    The name, or else the head noun, decides: capitals at the end of the noun phrase are a name ("spokesman John
    Doe"), otherwise its last word counts ("Doe's campaign"); what follows a preposition or a relative pronoun does
    not. An apposition counts only where what precedes it says less than a name ("the mayor, Jane Doe").
    """
    parts = [part for part in re.split(r"[,;(:—]|--", source) if _WORD.search(part)]
    if not parts:
        return "none"
    first = _phrase_naming(parts[0])
    if first in ("office", "other") and len(parts) > 1 and _phrase_naming(parts[1]) == "full name":
        return "full name"
    return first


def _phrase_naming(phrase: str) -> str:
    whole = _WORD.findall(re.sub(r"['’]s\b|['’](?!\w)", " ", phrase))
    if all(word.lower() in _PRONOUNS | words("pronoun") for word in whole):
        return "pronoun"
    name = " ".join(w for w in whole if w.lower() not in words("determiner")).lower()
    if plain_name(phrase) in media() or name in _countries():
        return "collective"
    if name in _peoples():
        return "anonymous"
    noun = _noun_phrase(whole)
    return _name(noun) or _head_naming(noun[-1].lower())


def _noun_phrase(whole: Sequence[str]) -> list[str]:
    """The words up to the first preposition or relative pronoun; "of" between capitals may be part of an office."""
    out: list[str] = []
    for i, word in enumerate(whole):
        lower = word.lower()
        if out and lower in _BREAK:
            break
        if out and lower == "of":
            name = [w for w in whole[i + 1 :] if w[:1].isupper()]
            # "Secretary of State John Doe": an office, its field, then two names at least
            if not (out[-1].istitle() and out[-1].lower() in words("role") and len(name) >= 3):
                break
        out.append(word)
    return out


def _name(noun: Sequence[str]) -> str | None:
    """The class of the name at the end of a noun phrase; None where it ends in no name ("the President")."""
    run: list[str] = []
    for word in reversed(noun):
        if not word[:1].isupper() and not (run and word in words("particle")):
            break
        run.append(word)
    titled = any(w.lower() in words("titles") for w in run)  # "Mr. King"
    if not run or (not titled and run[0].lower() in words("role")) or run[0].lower() in _collective():
        return None
    closed = words("determiner") | words("possessive") | words("titles") | words("role") | words("particle")
    names = [w for w in run if w.lower() not in closed | _NAMELESS] or run[: int(titled)]
    if len(names) == 1:
        # FBI, NYPD, S.E.C.; a speaker in a transcript's capitals mostly has a longer name
        letters = names[0].replace(".", "")
        return "collective" if letters.isupper() and 2 <= len(letters) <= 4 else "surname"
    return "full name" if names else None


def _head_naming(head: str) -> str:
    if head in _collective():
        return "collective"
    if head in _NAMELESS or (head in words("role") and _is_plural(head)):
        return "anonymous"
    if head in words("role") or head in ("nominee", "mate"):
        return "office"
    return "anonymous" if head.removesuffix("s") in _NAMELESS else "other"


def _is_plural(role: str) -> bool:
    return role.endswith(("people", "men", "women")) or (role.endswith("s") and role[:-1] in words("role"))


@cache
def _collective() -> frozenset[str]:
    singular = words("collective") | _BODIES | _PAPERS
    return singular | {w + "s" for w in singular} | {w[:-1] + "ies" for w in singular if w.endswith("y")}


@cache
def _countries() -> frozenset[str]:
    return frozenset(n.lower() for c in load_registry().countries.values() for n in (c.name, *c.aliases))


@cache
def _peoples() -> frozenset[str]:
    return frozenset(n.lower() for c in load_registry().countries.values() for n in c.people)
