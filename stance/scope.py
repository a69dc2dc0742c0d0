"""Words with what they do to a stance: their class in the stance lexicon, and whether a reversal governs them.

"Stop", "refuse", "mistake" and "not" turn what follows them round: in "will not stop sending" the sending is meant
after all. Each word of a text is therefore read with the parity of the reversals before it in its clause, the
negation-scope features of Pang, Lee and Vaithyanathan (2002, EMNLP) and Councill, McDonald and Velikovich (2010,
NeSp-NLP) with more reversals than "not" and with two of them undoing each other (Moilanen and Pulman 2007, RANLP).
What the classes say for or against is not stated here: the model learns it.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from stance.records import ITEMS

_TOKEN = re.compile(r"\w+(?:-\w+)*(?:'\w+)?|[.,;:!?\"()-]")
_DIGITS = re.compile(r"\d+")  # which normalised texts have as 0
_ARMS = "arms"  # the class of everything that can be sent, so that what is learned of one weapon holds for all
_HARDWARE = frozenset(ITEMS) - {"funding", "intelligence", "training", "unspecified"}
_CLAUSE_MARKS = frozenset(".,;:!?")
_SHORT_FORMS = frozenset({"ll", "re", "ve", "d", "m", "s"})
_STEMS = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}  # of can't, won't, shan't, ain't


class Unit(NamedTuple):
    """A word, a phrase of the lexicon or a mark of punctuation, [start, end) in the text it was read from."""

    text: str
    start: int
    end: int
    role: str | None  # its class in the lexicon
    turned: bool  # an odd number of reversals stands before it in its clause
    divides: bool  # it ends a clause: a mark of punctuation, "but"


class _Lexicon(NamedTuple):
    words: dict[str, str]
    stems: dict[str, str]
    phrases: dict[str, list[tuple[tuple[str, ...], str]]]  # by the first three letters, longest first
    reversals: frozenset[str]
    breaks: frozenset[str]
    longest_stem: int


def _table(name: str) -> list[dict[str, str]]:
    with (files("stance") / "lexicons" / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@cache
def _lexicon() -> _Lexicon:
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    effects: dict[str, set[str]] = {"flip": set(), "end": set()}
    rows = [(_ARMS, _DIGITS.sub("0", row["terms"])) for row in _table("items.csv") if row["item"] in _HARDWARE]
    for row in _table("stance.csv"):  # after the items: where both have a term, this class holds
        if row["effect"]:
            effects[row["effect"]].add(row["class"])
        rows.append((row["class"], row["terms"]))
    for role, terms in rows:
        for term in terms.split("; "):
            parts = tuple(term.split())
            if len(parts) > 1:
                phrases.setdefault(parts[0].rstrip("*")[:3], []).append((parts, role))
            elif term.endswith("*"):
                stems[term[:-1]] = role
            else:
                words[term] = role
    for entries in phrases.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    longest = max(map(len, stems))
    return _Lexicon(words, stems, phrases, frozenset(effects["flip"]), frozenset(effects["end"]), longest)


@lru_cache(maxsize=8192)  # two blocks of terms ask for the same text
def units(plain: str) -> tuple[Unit, ...]:
    """The words, lexicon phrases and punctuation of a normalised text, in order, each with class and scope."""
    lexicon, tokens = _lexicon(), _tokens(plain)
    out: list[Unit] = []
    turned, i = False, 0
    while i < len(tokens):
        length, role = _match(tokens, i)
        piece = tokens[i : i + length]
        divides = piece[0][0] in _CLAUSE_MARKS or role in lexicon.breaks
        turned = turned and not divides
        out.append(Unit(" ".join(t for t, _, _ in piece), piece[0][1], piece[-1][2], role, turned, divides))
        if role in lexicon.reversals:
            turned = not turned
        i += length
    return tuple(out)


def _match(tokens: list[tuple[str, int, int]], i: int) -> tuple[int, str | None]:
    """How many tokens the longest entry of the lexicon takes at `i`, at least one, and its class."""
    for parts, role in _lexicon().phrases.get(tokens[i][0][:3], ()):
        here = tokens[i : i + len(parts)]
        if len(parts) == len(here) and all(_fits(p, t[0]) for p, t in zip(parts, here, strict=True)):
            return len(parts), role
    return 1, _role(tokens[i][0])


def _fits(part: str, token: str) -> bool:
    return token.startswith(part[:-1]) if part.endswith("*") else token == part


@lru_cache(maxsize=100_000)
def _role(word: str) -> str | None:
    lexicon = _lexicon()
    if word in lexicon.words:
        return lexicon.words[word]
    longest = min(len(word), lexicon.longest_stem)
    return next((lexicon.stems[word[:n]] for n in range(longest, 2, -1) if word[:n] in lexicon.stems), None)


def _tokens(plain: str) -> list[tuple[str, int, int]]:
    """Tokens with their places; "won't" is "will" and "n't", "cannot" is "can" and "not", "he's" is "he" and "'s"."""
    out = []
    for match in _TOKEN.finditer(plain):
        token, start, end = match.group(), match.start(), match.end()
        head, apostrophe, tail = token.partition("'")
        if apostrophe and tail == "t" and head.endswith("n") and len(head) > 1:
            out += [(_STEMS.get(head[:-1], head[:-1]), start, end - 3), ("n't", end - 3, end)]
        elif token == "cannot":
            out += [("can", start, start + 3), ("not", start + 3, end)]
        elif tail in _SHORT_FORMS and head:
            out += [(head, start, start + len(head)), ("'" + tail, start + len(head), end)]
        else:
            out.append((token, start, end))
    return out
