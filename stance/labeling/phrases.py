"""Base noun phrases of a tagged sentence: chunks in the manner of Ramshaw and Marcus (1995), found by tags alone.

A chunk runs from its determiner or first modifier to its head noun ("the former Slovak prime minister"); a pronoun is
one of its own. Prepositional phrases, appositions and coordinations are joined by `stance.labeling.sources`.
"""

from __future__ import annotations

from functools import cache

from stance.labeling.lexicon import words
from stance.labeling.sentences import Token
from stance.labeling.tags import NOUNS, QUOTE, tag

_MEMBERS = NOUNS | {"DT", "PRP$", "CD", "JJ", "JJR", "JJS", "POS", "$", "%", "#", "&"}
_ALONE = frozenset({"PRP", "WP", "WDT", "EX"})
_ADJECTIVAL = frozenset({"JJ", "JJR", "JJS", "CD"})


def chunked(tokens: list[Token]) -> list[Token]:
    """The tokens with their tags, each with the index of the first token of its chunk (-1 outside of one)."""
    tags = tag(tokens)
    starts = chunk_starts(tokens, tags)
    return [Token(t.text, t.lower, t.start, t.end, t.quote, g, c) for t, g, c in zip(tokens, tags, starts, strict=True)]


def chunk_starts(tokens: list[Token], tags: list[str]) -> list[int]:
    """For each token the index where its chunk begins, or -1."""
    out = [-1] * len(tokens)
    start = -1
    for i, found in enumerate(tags):
        low = tokens[i].lower
        if found in _ALONE:
            out[i], start = i, -1
            continue
        if low in _date_words():
            out[i], start = (i, -1) if not (start >= 0 and tags[i - 1] in ("POS", "DT", "JJ")) else (start, start)
            continue
        if start < 0 and _counts(tokens, tags, i):
            start = i
        elif not _is_member(tokens, tags, i, start) and not (
            start >= 0 and i == start + 1 and _counts(tokens, tags, start)
        ):
            start = -1
            continue
        if start >= 0 and found == "NNP" and i - 1 == start and _tells_time(tokens[start].lower):
            start = i  # "Monday evening Perry said", "in March 2024 Perry said"
        if start >= 0 and found == "NNP" and tags[i - 1] in ("NN", "NNS") and _is_common(tokens, i - 1, start, tags):
            start = i  # "in a radio interview Perry said": no noun phrase goes on from a plain noun to a name
        if found in ("DT", "PRP$") and start >= 0 and tokens[i - 1].lower not in words("predeterminer"):
            start = -1
        if start < 0:
            if found in ("POS", "%", "&"):
                continue
            start = i
        out[i] = start
    return out


@cache
def _date_words() -> frozenset[str]:
    return words("weekday") | words("date-noun") | words("month")


@cache
def _before_number() -> frozenset[str]:
    """The first words of what may stand before a number."""
    return frozenset(pair.split()[0] for pair in words("before-number"))


def is_day(low: str) -> bool:
    """Whether a word is a day's name, or "today" or the like."""
    return low in words("weekday") or low in words("date-noun")


def is_date_word(low: str) -> bool:
    """Whether a word names a day or a month."""
    return low in _date_words()


def is_year(low: str) -> bool:
    """Whether a word is a number of four figures."""
    return len(low) == 4 and low.isdigit()


def _tells_time(low: str) -> bool:
    return low in words("time") or is_year(low)


def _counts(tokens: list[Token], tags: list[str], i: int) -> bool:
    """Whether "at least", "more than" or the like before a number begins at `i`."""
    if tokens[i].lower not in _before_number():
        return False
    pair = f"{tokens[i].lower} {tokens[i + 1].lower}" if i + 2 < len(tokens) else ""
    return pair in words("before-number") and tags[i + 2] in ("CD", "DT", "NN")


def _is_common(tokens: list[Token], i: int, start: int, tags: list[str]) -> bool:
    """Whether the noun at `i` ends the phrase of a preposition or of an adverb: no title of the name that follows."""
    if start == 0 or tags[start - 1] not in ("IN", "TO", "VBG"):
        return False
    low = tokens[i].lower
    titled = tokens[i + 1].lower.rstrip(".") in words("role") | words("titles")
    return tokens[i].text.islower() and not titled and low not in words("role") and low not in words("collective")


def _is_member(tokens: list[Token], tags: list[str], i: int, start: int) -> bool:
    found = tags[i]
    after = tags[i + 1] if i + 1 < len(tags) else ""
    if found in ("JJ", "JJR") and start >= 0 and tags[i - 1] in NOUNS and after not in _MEMBERS:
        return tokens[i].lower in words("role")  # "sources close to the campaign"
    if found in _MEMBERS:
        return True
    if tokens[i].text == "." and start >= 0:  # "Mark A. Milley"
        return len(tokens[i - 1].text) == 1 and tokens[i - 1].text.isupper() and after in ("NNP", "NNPS")
    if found in ("VBN", "VBG"):
        if start < 0:
            return i > 0 and tags[i - 1] in (QUOTE, "—", "IN") and found == "VBN" and after in NOUNS
        return tags[i - 1] in ("DT", "JJ", "PRP$", "POS", "CD", "RB") and after in NOUNS | _ADJECTIVAL
    if found == "RB":
        return (start >= 0 and after in _ADJECTIVAL) or (after == "CD" and start < 0)
    low = tokens[i].lower
    if start >= 0 and tags[i - 1] in ("NNP", "NNPS") and after in ("NNP", "NNPS"):
        return low in words("particle") or tokens[i].text in ("-", "/") or (found == QUOTE and len(tokens[i].text) < 16)
    if tokens[i].text == "-" and start >= 0:
        return after in _MEMBERS
    return (
        found == QUOTE
        and tokens[i].text[-2] not in ",.?!"
        and start >= 0
        and tags[i - 1] in ("DT", "JJ", "POS", "PRP$")
        and after in NOUNS
    )


def is_phrase(tokens: list[Token], end: int) -> bool:
    """Whether the chunk whose last token is `end` can stand as a noun phrase: it has a noun or a pronoun as head."""
    last = tokens[end]
    if last.chunk < 0:
        return False
    if last.tag in NOUNS or last.tag in ("PRP", "WP", "WDT", "CD", "EX"):
        return True
    first = tokens[last.chunk]
    if last.lower in words("role"):
        return True  # "the secretary general"
    if last.tag in _ADJECTIVAL and first.tag in ("DT", "PRP$", "CD"):
        return True
    return last.tag in ("DT", *_ADJECTIVAL) and last.lower in words("bare-subject") | words("standalone-determiner")


def chunk_end(tokens: list[Token], i: int) -> int:
    """The index behind the chunk that token `i` belongs to."""
    j = i
    while j < len(tokens) and tokens[j].chunk == tokens[i].chunk:
        j += 1
    return j
