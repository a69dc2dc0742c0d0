"""Sentences of a paragraph and their tokens.

Sentence boundaries come from sentencex (Wikimedia's segmenter). The words inside a quotation are masked first, so
that full stops inside a quotation never end the sentence that carries it: "We will. We must," she said.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import sentencex

from stance.labeling.quotes import Quote

_WORD = re.compile(
    r"(?:[A-Za-z]\.){2,}|(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Sen|Rep|Gov|St|Jr|Sr|Prof|Rev|Adm|Maj|Sgt|Capt|No)\.|"
    r"[$€£]?\d[\d.,]*\d\w*|\w+(?:[-‐‑/&]\w+)*(?:['’](?!s\b|S\b)\w+)?(?:[-‐‑]\w+)*|['’][sS]\b|['’](?=\s)|\S"
)


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
            inner = text[quote.inner_start : quote.inner_end]
            # the last mark stays: it may end the sentence too
            pieces.append(inner[:1] + re.sub(r"[^\s]", "x", inner[1:-1]) + inner[1:][-1:])
            at = quote.inner_end
        pieces.append(text[at:end])
        masked = "".join(pieces)
    spans = []
    for piece in sentencex.get_sentence_boundaries("en", masked):
        first, last = piece["start_index"], piece["end_index"]
        while first < last and paragraph[first].isspace():
            first += 1
        while last > first and paragraph[last - 1].isspace():
            last -= 1
        if first < last:
            spans.append((start + first, start + last))
    return spans


def tokenize(text: str, start: int, end: int, quotes: list[Quote]) -> list[Token]:
    """Tokens of one sentence; each quotation that begins in it is a single token."""
    tokens: list[Token] = []
    at = start
    for number, quote in enumerate(quotes):
        if quote.start < start or quote.start >= end:
            continue
        _words(text, at, quote.start, tokens)
        tokens.append(Token(text[quote.start : quote.end], "“”", quote.start, quote.end, number))
        at = quote.end
    _words(text, at, end, tokens)
    return tokens


def _words(text: str, start: int, end: int, tokens: list[Token]) -> None:
    for match in _WORD.finditer(text, start, end):
        word = match.group()
        tokens.append(Token(word, word.lower(), match.start(), match.end()))
