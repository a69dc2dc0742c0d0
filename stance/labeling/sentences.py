"""Sentences of a paragraph and their tokens.

Sentence boundaries come from sentencex (Wikimedia's segmenter). The words inside a quotation are masked first, so
that full stops inside a quotation never end the sentence that carries it: "We will. We must," she said. What
sentencex takes wrongly in news prose is mended after it, by the words of abbreviations.txt.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

import sentencex

from stance.labeling.language import LANGUAGE
from stance.labeling.lexicon import endings, word_lists
from stance.labeling.quotes import Quote

_LAST_WORD = re.compile(r"[\w.-]*$")
_FIRST_WORD = re.compile(r"(?:[–—-]+\s*)?[\"“‘«(\[]*([\w.]+)")
_LINK = re.compile(r"\W*(?:https?:|www\.|pic\.|t\.co/|@|#)")
_ENUMERATOR = re.compile(r"\(?(?:\d{1,2}|[a-zA-Z])[.)]$")
_LIST_MARKS = "•●▪◦‣∙⁃"
_LONGEST_WORD = 24
_LONGEST_SENTENCE = 1200  # characters, below which no tokens are counted
_MOST_TOKENS = 250
_LONGEST_PART = 10_000  # characters
_start = attrgetter("start")
_AFTER_BRACKET = re.compile(r"(?<=[a-z0-9%”\"’][.!?])[)\]]\s+(?=[\"“‘«(\[]?[A-Z])")


class Token(NamedTuple):
    """A word, a mark of punctuation, or a whole quotation (`quote` is then its number in the paragraph).

    `tag` is its part of speech and `chunk` the index where its base noun phrase begins, -1 outside of one; both are
    set by `stance.labeling.phrases`.
    """

    text: str
    lower: str
    start: int
    end: int
    quote: int = -1
    tag: str = ""
    chunk: int = -1


def sentence_spans(text: str, start: int, end: int, quotes: list[Quote]) -> list[tuple[int, int]]:
    """Spans of the sentences in `text[start:end]`, white space at their edges left out."""
    paragraph = text[start:end]
    masked = paragraph
    if quotes:
        pieces, at = [], start
        for quote in quotes:
            pieces.append(text[at : quote.inner_start])
            # the last mark stays: it may end the sentence too
            inside = quote.inner_end - quote.inner_start
            pieces.append("x" * (inside - 1) + text[quote.inner_end - 1 : quote.inner_end] if inside else "")
            at = quote.inner_end
        pieces.append(text[at:end])
        masked = "".join(pieces)
    cuts = _mended(masked, _boundaries(masked), [(q.start - start, q.end - start) for q in quotes])
    spans = []
    cuts.append(len(masked))
    for first, last in pairwise(cuts):
        while last > first and paragraph[last - 1].isspace():
            last -= 1
        while first < last and paragraph[first].isspace():
            first += 1
        if first < last and paragraph[first] in _LIST_MARKS:  # a list that was run together into one paragraph
            past = first + 1
            while past < last and paragraph[past].isspace():
                past += 1
            first = past if past < last else first
        if first < last:
            spans += _pieces(text, start + first, start + last, quotes)
    return spans


def _boundaries(masked: str) -> list[int]:
    """Where sentencex lets sentences begin. It gets long paragraphs in parts: its time grows with their square."""
    cuts, begin = [], 0
    while begin < len(masked):
        end = begin + _LONGEST_PART
        if end < len(masked):
            places = (masked.rfind(". ", begin, end) + 2, masked.rfind(" ", begin, end) + 1, end)
            end = next(place for place in places if place > begin + 2)
        found = sentencex.get_sentence_boundaries(LANGUAGE.sentencex, masked[begin:end])
        cuts += [begin + piece["start_index"] for piece in found]
        begin = end
    return cuts


def _pieces(text: str, start: int, end: int, quotes: list[Quote]) -> list[tuple[int, int]]:
    """A sentence as it is; one that is longer than any of prose in pieces, as all later work compares its tokens."""
    if end - start <= _LONGEST_SENTENCE:
        return [(start, end)]
    tokens = tokenize(text, start, end, quotes)
    pieces = [tokens[i : i + _MOST_TOKENS] for i in range(0, len(tokens), _MOST_TOKENS)]
    return [(piece[0].start, min(piece[-1].end, end)) for piece in pieces]


def _mended(masked: str, cuts: list[int], quoted: list[tuple[int, int]]) -> list[int]:
    """Where the sentences of a paragraph begin, from where sentencex lets them begin."""
    kept = [0]
    moved = cuts[1:]
    if quoted:
        moved = [_out_of_marks(cut, quoted) for cut in moved]
    for number, cut in enumerate(moved):
        following = moved[number + 1] if number + 1 < len(moved) else len(masked)
        if kept[-1] < cut < following and not _goes_on(masked, kept[-1], cut, following):
            kept.append(cut)
    missed = _missed(masked, quoted, kept)
    return sorted({*kept, *missed}) if missed else kept


def _out_of_marks(cut: int, quoted: list[tuple[int, int]]) -> int:
    """A boundary that fell on a quotation: before its opening mark, or after its closing one."""
    first, last = _last_before(cut, quoted)
    if first < cut < last:
        return first if cut - first <= last - cut else last
    return cut


def _goes_on(masked: str, begin: int, cut: int, following: int) -> bool:
    """Whether the sentence that ends at `cut` goes on after it."""
    left, right = (
        masked[max(begin, cut - _LONGEST_WORD) : cut].rstrip(),
        masked[cut : min(following, cut + _LONGEST_WORD)],
    )
    match = _FIRST_WORD.match(right)
    if match is None:
        return not any(c.isalnum() for c in masked[cut:following])  # a mark that was left over
    first = match.group(1)
    if cut - begin <= 6 and _ENUMERATOR.match(left):
        return True
    if left[-1:] in "!?”\"’'":
        return first[0].islower() and not _LINK.match(right) and first[1:2].islower() | (len(first) == 1)
    if left[-1:] != ".":
        return False
    return _is_abbreviation(_LAST_WORD.search(left[:-1]).group(), first)  # type: ignore[union-attr]


def _is_abbreviation(word: str, first: str) -> bool:
    """Whether the full stop after `word` belongs to it, with `first` as the next word."""
    kinds = word_lists("abbreviations.txt")
    if word in kinds["time"]:
        return first.rstrip(".") in kinds["after-time"]
    short = word.rpartition("-")[2]  # "then-Sen.", "Maj.-Gen."
    if short in kinds["before-name"] or short in kinds["goes-on"]:
        return True
    if short in kinds["before-number"]:
        return first[0].isdigit()
    # "R-S." and "C.", "A.F.L.-C." and "I.O.": initials that were parted
    return len(short) == 1 and short != word and short.isupper() and len(first) > 1 and first[1] == "."


def _missed(masked: str, quoted: list[tuple[int, int]], known: list[int]) -> list[int]:
    """Sentences that begin where sentencex sees none: after brackets, quotations and abbreviations."""
    out = []
    begun = set(known)
    if ")" in masked or "]" in masked:
        out += [m.end() for m in _AFTER_BRACKET.finditer(masked) if not _within(m.start(), quoted)]
    for (_, last), (first, _) in pairwise(quoted):
        if masked[last - 2] in ".!?" and not masked[last:first].strip():
            out.append(first)
    at = masked.find(". ")
    while at > 0:
        if at + 2 not in begun and masked[at - 1].isalpha():
            kinds = word_lists("abbreviations.txt")
            left, right = _LAST_WORD.search(masked[max(0, at - _LONGEST_WORD) : at]), _FIRST_WORD.match(masked, at + 2)
            if left and left.group() in kinds["may-end"] and right and right.group(1) in kinds["openers"]:
                out.append(at + 2)
        at = masked.find(". ", at + 1)
    return out


def _within(at: int, quoted: list[tuple[int, int]]) -> bool:
    first, last = _last_before(at, quoted)
    return first < at < last


def _last_before(at: int, quoted: list[tuple[int, int]]) -> tuple[int, int]:
    """The last quotation that begins before an offset: the only one that may hold it."""
    number = bisect_left(quoted, (at, at)) - 1
    return quoted[number] if number >= 0 else (at, at)


def tokenize(text: str, start: int, end: int, quotes: list[Quote]) -> list[Token]:
    """Tokens of one sentence; each quotation that begins in it is a single token."""
    tokens: list[Token] = []
    at = start
    first = bisect_left(quotes, start, key=_start)
    for number, quote in enumerate(quotes[first : bisect_left(quotes, end, lo=first, key=_start)], first):
        _words(text, at, quote.start, tokens)
        tokens.append(Token(text[quote.start : quote.end], "“”", quote.start, quote.end, number))
        at = quote.end
    _words(text, at, end, tokens)
    return tokens


@cache
def _word() -> re.Pattern[str]:
    """One token: initials, an abbreviation with its full stop, a number, a word, a clitic, or a mark."""
    short, clitic = "|".join(sorted(word_lists("abbreviations.txt")["one-token"])), "|".join(endings("clitic"))
    return re.compile(
        rf"(?:[A-Za-z]\.){{2,}}|(?:{short})\.|[$€£]?\d[\d.,]*\d\w*|"
        rf"\w+(?:[-‐‑/&]\w+)*(?:['’](?!(?:{clitic})\b)\w+)?(?:[-‐‑]\w+)*|['’](?:{clitic})\b|['’](?=\s)|\S"
    )


def _words(text: str, start: int, end: int, tokens: list[Token]) -> None:
    for match in _word().finditer(text, start, end):
        word = match.group()
        tokens.append(Token(word, word.lower(), match.start(), match.end()))
