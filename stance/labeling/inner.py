"""Quotations inside a quotation: “Fico told us ‘no shell will leave’,” Heger said.

The outer speaker's words hold a cue clause of their own; what stands in the inner marks is credited to whom it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from stance.labeling.clauses import clauses
from stance.labeling.contents import Clause
from stance.labeling.lexicon import words
from stance.labeling.phrases import chunked
from stance.labeling.quotes import Quote, quotes_between
from stance.labeling.sentences import Token, sentence_spans, tokenize
from stance.records import Span

_OPENS = re.compile(r"(?:^|[\s(—–-])[‘'“\"„«](?=\S)")


class Inner(NamedTuple):
    """A cue clause inside a quotation, with its sentence's tokens, quotations and span."""

    tokens: list[Token]
    clause: Clause
    quotes: list[Quote]
    sentence: Span


def inner_clauses(text: str, quote: Quote) -> Iterator[Inner]:
    """The cue clauses inside a quotation that credit an inner quotation to someone other than its speaker."""
    start, end = quote.inner_start, quote.inner_end
    if _OPENS.search(text, start, end) is None:
        return
    quotes = quotes_between(text, start, end)
    if not quotes:
        return
    for sentence in sentence_spans(text, start, end, quotes):
        tokens = chunked(tokenize(text, *sentence, quotes))
        for clause in clauses(tokens):
            held = any(tokens[a].quote >= 0 for a, _ in clause.parts)
            if held and not clause.relative and _names_another(tokens, clause):
                yield Inner(tokens, clause, quotes, sentence)


def _names_another(tokens: list[Token], clause: Clause) -> bool:
    """Whether the source is a name or a third person: neither the speaker ("I") nor people in general."""
    if clause.source is None:
        return False
    head = tokens[clause.source[1] - 1]
    return head.tag in ("NNP", "NNPS") or head.lower in words("inner-speaker")
