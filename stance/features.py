"""The terms a text is made of, as the models count them, each with its places in the text.

A block is one kind of term: `scoped` words and bigrams with the reversals that govern them, `patterns` runs of
stance classes and words, `frames` the order of classes in a clause, `chars` character n-grams within words, `words`
and bigrams, `topic` the classes of aid terms present. A model is a few blocks side by side, each a TF-IDF vectorizer;
knowing where every term stands, an explanation can mark it in the sentence itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

from stance.records import Span
from stance.scope import Unit, units
from stance.topic import topic_terms

Occurrence = tuple[str, tuple[Span, ...]]  # a term and its places [start, end) in the normalised text

CHAR_NGRAMS = (2, 5)
_TRANSLATED = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u2011": "-", "\u00a0": " ", "…": "..."}
    | {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"}
)  # fmt: skip
_DIGITS_OR_SPACE = re.compile(r"\d+(?:[.,]\d+)*|\s+")
_WORD = re.compile(r"\w+(?:'\w+)?|[?!]")


@lru_cache(maxsize=4096)
def normalize(text: str) -> str:
    """Text as the models see it: lower case, plain quotation marks and dashes, digits as 0, single spaces."""
    return _DIGITS_OR_SPACE.sub(_plain, text.translate(_TRANSLATED).lower()).strip()


def _plain(match: re.Match[str]) -> str:
    return " " if match.group().isspace() else "0"


def aligned(text: str) -> tuple[str, list[int]]:
    """`normalize(text)`, and for each of its characters the index of the character of `text` it came from."""
    low = text.translate(_TRANSLATED).lower()
    places = [i for i, character in enumerate(text) for _ in character.translate(_TRANSLATED).lower()]
    plain, origin, last = [], [], 0
    for match in _DIGITS_OR_SPACE.finditer(low):
        plain.append(low[last : match.start()] + _plain(match))
        origin += places[last : match.start() + 1]
        last = match.end()
    joined = "".join(plain) + low[last:]
    origin += places[last:]
    left = len(joined) - len(joined.lstrip())
    return joined.strip(), origin[left : left + len(joined.strip())]


def scoped(plain: str) -> list[Occurrence]:
    """Words and their lexicon classes, "~" where a reversal governs them and "+" where none does, and bigrams."""
    out: list[Occurrence] = []
    for unit in units(plain):
        place = (_place(unit),)
        if unit.role is not None:
            out.append((_class(unit), place))
        out.append((unit.text + _sign(unit), place))
    return out + _bigrams(out)


def patterns(plain: str) -> list[Occurrence]:
    """Runs of two and three units, each by its lexicon class, or by its word where it has none."""
    found = units(plain)
    names = [_name(u) for u in found]
    places = [_place(u) for u in found]
    return [(" ".join(names[i : i + n]), tuple(places[i : i + n])) for n in (2, 3) for i in range(len(found) - n + 1)]


def frames(plain: str) -> list[Occurrence]:
    """How a clause goes: its lexicon classes in pairs, in order and at any distance; and what stands in the first
    and in the last clause, of which the last more often holds what is meant ("I understand them, but we send none").
    """
    clauses = [clause for clause in _clauses(plain) if clause]
    out: list[Occurrence] = []
    for number, clause in enumerate(clauses):
        classes = [u for u in clause if u.role is not None]
        earlier: dict[str, Unit] = {}
        for later in classes:
            out += [(f"{name}>{_class(later)}", (_place(u), _place(later))) for name, u in earlier.items()]
            earlier[_class(later)] = later
        mark = "$" if number == len(clauses) - 1 else "^" if number == 0 else ""
        if mark:
            out += [(mark + _name(u), (_place(u),)) for u in clause]
    return out


def _clauses(plain: str) -> list[list[Unit]]:
    """The units of a text by clause, without what divides them."""
    out: list[list[Unit]] = [[]]
    for unit in units(plain):
        if unit.divides:
            out.append([])
        else:
            out[-1].append(unit)
    return out


def _sign(unit: Unit) -> str:
    return "~" if unit.turned else "+"


def _class(unit: Unit) -> str:
    return f"<{unit.role}>{_sign(unit)}"


def _name(unit: Unit) -> str:
    """A unit by its class, or by its word where it has none."""
    return _class(unit) if unit.role else unit.text + _sign(unit)


def _place(unit: Unit) -> Span:
    return (unit.start, unit.end)


def words(plain: str) -> list[Occurrence]:
    """Words and bigrams of words."""
    out: list[Occurrence] = [(m.group(), (m.span(),)) for m in _WORD.finditer(plain)]
    return out + _bigrams(out)


def _bigrams(found: list[Occurrence]) -> list[Occurrence]:
    return [(f"{a} {b}", (*first, *second)) for (a, first), (b, second) in pairwise(found)]


def chars(plain: str) -> list[Occurrence]:
    """Character n-grams of each word between two spaces, as scikit-learn's `char_wb` has them."""
    out: list[Occurrence] = []
    for match in re.finditer(r"\S+", plain):
        word, shift = f" {match.group()} ", match.start() - 1
        for n in range(CHAR_NGRAMS[0], min(CHAR_NGRAMS[1], len(word)) + 1):
            for i in range(len(word) - n + 1):
                start, end = max(i + shift, match.start()), min(i + n + shift, match.end())
                out.append((word[i : i + n], ((start, end),)))
    return out


def topic(plain: str) -> list[Occurrence]:
    """The classes of aid terms in a text (stance.topic), each at its first term."""
    return [(mark, ((start, end),)) for mark, start, end in topic_terms(plain)]


BLOCKS: dict[str, Callable[[str], list[Occurrence]]] = {
    "scoped": scoped,
    "patterns": patterns,
    "frames": frames,
    "chars": chars,
    "words": words,
    "topic": topic,
}


def terms(text: str, block: str) -> list[str]:
    """The terms of a text in a block, as its vectorizer counts them."""
    return [term for term, _ in BLOCKS[block](normalize(text))]


def vectorizer(block: str, **settings: Any) -> Any:
    """An unfitted TF-IDF vectorizer over the terms of a block; `settings` go to scikit-learn's TfidfVectorizer.

    Models are fitted with it; what is fitted is read by `stance.tfidf`.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    settings = {"sublinear_tf": True, **settings}
    if block == "chars":  # scikit-learn's own analyzer finds the same terms faster
        return TfidfVectorizer(
            analyzer="char_wb", ngram_range=CHAR_NGRAMS, lowercase=False, preprocessor=normalize, **settings
        )
    return TfidfVectorizer(analyzer=partial(terms, block=block), **settings)
