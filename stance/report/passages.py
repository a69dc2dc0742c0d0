"""A statement in its context: which part of the article to show, and the marks on speaker, cue and content.

Offsets stay code points of `Article.text` until the very end; each character is escaped on its own side of a
mark's edge, so that no mark is off by the length of an entity.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from markupsafe import Markup, escape

from stance.records import Span, Statement

Role = Literal["source", "cue", "content"]
Mark = tuple[Role, Span]

LIMIT = 600
_EDGES = "\r\n\u2028\u2029"
# Embeddings, overrides and isolates: they reorder what follows. The plain marks (LRM, RLM, ALM) are harmless.
_BIDI = re.compile(r"([\u202a-\u202e\u2066-\u2069])")
_NEAR = 24  # pieces this close are shown as one
_ASIDE = 48  # characters kept on either side of a speaker or cue that stands far from its words
_SNAP = 40  # how far a cut may move to find a space


@dataclass(frozen=True, slots=True)
class Passage:
    """The pieces of an article to show, and whether text is left out before the first and after the last."""

    pieces: tuple[Span, ...]
    cut_before: bool = False
    cut_after: bool = False


def visible(text: str) -> Markup:
    """Escapes a text and encloses each control that would reorder it, so that it is seen and does nothing."""
    parts = _BIDI.split(text)
    # str.join, as Markup.join would escape the pieces a second time
    return Markup("".join(_control(part) if i % 2 else str(escape(part)) for i, part in enumerate(parts)))


def _control(char: str) -> str:
    return f'<span class="bidi" title="direction control U+{ord(char):04X}">{char}</span>'


def statement_marks(text: str, statement: Statement) -> list[Mark]:
    """The marks of a statement that lie inside the text; others (a damaged record) are left out."""
    found: list[Mark] = [("content", span) for span in statement.spans]
    if statement.source:
        found.append(("source", (statement.source.start, statement.source.end)))
    if statement.cue:
        found.append(("cue", (statement.cue.start, statement.cue.end)))
    return [(role, (a, b)) for role, (a, b) in found if 0 <= a < b <= len(text)]


def find_passage(text: str, marks: Sequence[Mark], limit: int = LIMIT) -> Passage:
    """The paragraphs of the content, cut down to about `limit` characters around what is marked.

    A speaker or cue outside of them (a pronoun's antecedent, say) comes along as a short piece of its own.
    """
    content = [span for role, span in marks if role == "content"] or [span for _, span in marks]
    if not content:
        return Passage(())
    others = [span for role, span in marks if role != "content"]
    hull = _hull(content)
    block = _paragraphs(text, hull)
    pieces = [block] if block[1] - block[0] <= limit else _cut_down(text, block, hull, others, limit)
    pieces += [_aside(text, span) for span in others if not any(_covers(piece, span) for piece in pieces)]
    pieces = _merge(pieces)
    first, last = pieces[0], pieces[-1]
    return Passage(
        tuple(pieces),
        cut_before=first[0] > _paragraphs(text, first)[0],
        cut_after=last[1] < _paragraphs(text, last)[1],
    )


def passage_text(text: str, passage: Passage) -> str:
    """The passage as plain text, with … where something is left out."""
    body = " … ".join(text[a:b] for a, b in passage.pieces)
    return ("… " if passage.cut_before else "") + body + (" …" if passage.cut_after else "")


def marked_passage(text: str, passage: Passage, marks: Sequence[Mark]) -> Markup:
    """The passage as HTML with `<mark class="source|cue|content">`; an overlap has both classes."""
    gap = '<span class="gap">…</span>'
    body = f" {gap} ".join(marked_piece(text, piece, marks) for piece in passage.pieces)
    before = f"{gap} " if passage.cut_before else ""
    return Markup(before + body + (f" {gap}" if passage.cut_after else ""))


def marked_piece(text: str, piece: Span, marks: Sequence[Mark]) -> str:
    """One stretch of the text as HTML, with the marks that lie in it."""
    start, end = piece
    edges = {start, end} | {edge for _, span in marks for edge in span if start < edge < end}
    cuts = sorted(edges)
    out = []
    for a, b in pairwise(cuts):
        inner = str(visible(text[a:b]))
        roles = {role for role, span in marks if span[0] <= a and b <= span[1]}
        if roles:
            names = " ".join(role for role in ("source", "cue", "content") if role in roles)
            inner = f'<mark class="{names}">{inner}</mark>'
        out.append(inner)
    return "".join(out)


def _hull(spans: Iterable[Span]) -> Span:
    pairs = list(spans)
    return min(a for a, _ in pairs), max(b for _, b in pairs)


def _covers(outer: Span, inner: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _paragraphs(text: str, span: Span) -> Span:
    """From the start of the line in which a span starts to the end of the line in which it ends, trimmed.

    A line is a paragraph to the labeler too (stance.labeling.layout).
    """
    start, end = span
    a = max(text.rfind(edge, 0, start) for edge in _EDGES) + 1
    b = min((at for edge in _EDGES if (at := text.find(edge, end - 1)) >= 0), default=len(text))
    b = max(b, end)
    while a < start and text[a].isspace():
        a += 1
    while b > end and text[b - 1].isspace():
        b -= 1
    return a, b


def _cut_down(text: str, block: Span, hull: Span, others: Sequence[Span], limit: int) -> list[Span]:
    inside = [span for span in others if _covers(block, span)]
    whole = _hull([hull, *inside])
    if whole[1] - whole[0] <= limit:
        return [_grow(text, whole, block, limit)]
    if hull[1] - hull[0] <= limit:
        return [_grow(text, hull, block, max(hull[1] - hull[0], limit - 2 * _ASIDE * len(inside)))]
    head, tail = limit * 7 // 10, limit * 3 // 10
    return [
        (hull[0], _cut_before(text, hull[0] + head, hull[0] + 1)),
        (_cut_after(text, hull[1] - tail, hull[1] - 1), hull[1]),
    ]


def _grow(text: str, core: Span, block: Span, limit: int) -> Span:
    """Widens a core to `limit` characters inside its block, evenly where there is room, to whole words."""
    spare = max(0, limit - (core[1] - core[0]))
    left_room, right_room = core[0] - block[0], block[1] - core[1]
    left = min(left_room, max(spare // 2, spare - right_room))
    right = min(right_room, spare - left)
    start, end = core[0] - left, core[1] + right
    start = start if start == block[0] else _cut_after(text, start, core[0])
    return start, end if end == block[1] else _cut_before(text, end, core[1])


def _aside(text: str, span: Span) -> Span:
    return _grow(text, span, _paragraphs(text, span), span[1] - span[0] + 2 * _ASIDE)


def _cut_after(text: str, at: int, limit: int) -> int:
    """A place at or after `at`, not beyond `limit`, where a word starts."""
    for i in range(at, min(limit, at + _SNAP)):
        if text[i].isspace():
            return i + 1
    while at < limit and joins(text, at):
        at += 1
    return at


def _cut_before(text: str, at: int, limit: int) -> int:
    """A place at or before `at`, not before `limit`, where a word ends."""
    for i in range(at, max(limit, at - _SNAP), -1):
        if text[i - 1 : i].isspace():
            return i - 1
    while at > limit and joins(text, at):
        at -= 1
    return at


def joins(text: str, at: int) -> bool:
    """Whether a character belongs to the one before it: combining marks, joiners, variation selectors."""
    char = text[at : at + 1]
    return bool(char) and (unicodedata.category(char) in ("Mn", "Me", "Mc", "Cf") or text[at - 1 : at] == "\u200d")


def _merge(pieces: Iterable[Span]) -> list[Span]:
    out: list[Span] = []
    for start, end in sorted(pieces):
        if out and start - out[-1][1] <= _NEAR:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
