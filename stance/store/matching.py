"""Which statement of an article scored anew is which of before, and where a reviewed stretch of text has moved.

A stretch is found again by its words, as the W3C Web Annotation Data Model's TextQuoteSelector does: of all places
where they stand, the one whose surroundings are most like those of before. White space may have changed. A statement
is the same one where it covers mostly the same text, of the same actor before another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from stance.records import Span

Spans = tuple[Span, ...]

_CONTEXT = 32  # characters before and after, as in the recommendation's examples
_LEAST = 0.5  # of the text that two statements cover together, what they must share to be one


class Quote(NamedTuple):
    """A stretch of text by its words, with what stands before and after it, and where it stood."""

    exact: str
    prefix: str
    suffix: str
    start: int


class Known(NamedTuple):
    """What tells a statement of one scoring: where its content stands, and whose it is."""

    spans: Spans
    actor_id: str | None


def quotes_of(spans: Spans, text: str) -> tuple[Quote, ...]:
    """The quotes by which stretches of a text can be found in another version of it."""
    return tuple(
        Quote(text[start:end], text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT], start)
        for start, end in spans
    )


def find(quotes: Sequence[Quote], text: str) -> Spans | None:
    """Where quotes stand in a text, in their order; None where one does not."""
    out: list[Span] = []
    shift = 0
    for quote in quotes:
        found = _find(quote, text, quote.start + shift, out[-1][1] if out else 0)
        if found is None:
            return None
        out.append(found)
        shift = found[0] - quote.start
    return tuple(out)


def relocate(spans: Spans, old: str, new: str) -> Spans | None:
    """Where stretches of an article's old text stand in its new one, in their order; None where one is gone."""
    return spans if old == new else find(quotes_of(spans, old), new)


def _find(quote: Quote, text: str, expected: int, least: int) -> Span | None:
    words = quote.exact.split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    best: tuple[int, int] | None = None
    found = None
    for match in pattern.finditer(text, least):
        start, end = match.span()
        like = _same_start(quote.prefix[::-1], text[max(0, start - _CONTEXT) : start][::-1])
        like += _same_start(quote.suffix, text[end : end + _CONTEXT])
        key = (like, -abs(start - expected))
        if best is None or key > best:
            best, found = key, (start, end)
    return found


def _same_start(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def match(old: Sequence[Known | None], new: Sequence[Known]) -> dict[int, int]:
    """For each statement of the new scoring that was there before, its index among the old ones.

    `old` holds the old statements with their spans in the new text, None for those whose text is gone. Each is taken
    once: the same place and actor first, then the same place, then the greatest overlap.
    """
    out: dict[int, int] = {}
    taken: set[int] = set()
    for key in (_place_and_actor, _place):
        by_key: dict[object, list[int]] = {}
        for j, known in enumerate(old):
            if known is not None and j not in taken:
                by_key.setdefault(key(known), []).append(j)
        for i, known in enumerate(new):
            waiting = by_key.get(key(known))
            if i not in out and waiting:
                out[i] = waiting.pop(0)
                taken.add(out[i])
    rest_old = [(j, known) for j, known in enumerate(old) if known is not None and j not in taken]
    rest_new = [(i, known) for i, known in enumerate(new) if i not in out]
    pairs = []
    for i, mine in rest_new:
        for j, theirs in rest_old:
            share = overlap(mine.spans, theirs.spans)
            if share >= _LEAST:
                pairs.append((mine.actor_id == theirs.actor_id, share, -j, -i))
    for _, _, minus_j, minus_i in sorted(pairs, reverse=True):
        if -minus_i not in out and -minus_j not in taken:
            out[-minus_i] = -minus_j
            taken.add(-minus_j)
    return out


def _place_and_actor(known: Known) -> object:
    return known


def _place(known: Known) -> object:
    return known.spans


def overlap(one: Spans, other: Spans) -> float:
    """The characters that both cover, as a share of those that either covers (Jaccard), in [0, 1]."""
    if not one or not other or one[-1][1] <= other[0][0] or other[-1][1] <= one[0][0]:
        return 0.0
    both = sum(max(0, min(b, d) - max(a, c)) for a, b in one for c, d in other)
    either = sum(b - a for a, b in one) + sum(d - c for c, d in other) - both
    return both / either if either else 0.0
