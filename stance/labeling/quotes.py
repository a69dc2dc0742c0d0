"""Quotation spans of an article: straight, curly, low and guillemet marks, single marks, and open ends.

A quotation that opens in one paragraph and has no closing mark goes on in the next when that one opens with a mark
again, as newspapers set long speech. Single marks inside double ones belong to the inner quotation and are not
reported: the outer speaker says them too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stance.labeling.layout import Block

_MARKS = re.compile(r"``|''|[\"“”„‟«»‘’‚'‹›]")
_OPENERS = {"“": "”", "„": "“”", "‟": "”", "«": "»", "»": "«", "``": "''", "‹": "›"}
_DOUBLE = {'"', "“", "”", "„", "‟", "``", "''"}
_YEAR_OR_CLIP = re.compile(r"['’](?:\d\ds?\b|em\b|til\b|cause\b|tis\b|twas\b)", re.I)


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation in one paragraph. `start`/`end` include the marks, `inner_start`/`inner_end` do not.

    `open_end`: no closing mark before the paragraph ends. `goes_on`: continues the quotation of the paragraph before.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    open_end: bool = False
    goes_on: bool = False

    def words(self, text: str) -> int:
        """How many words stand between the marks."""
        return len(text[self.inner_start : self.inner_end].split())


def find_quotes(text: str, paragraphs: list[Block]) -> list[list[Quote]]:
    """The quotations of each paragraph, in order; one list a paragraph."""
    out: list[list[Quote]] = []
    carried = False
    for block in paragraphs:
        if block.furniture:
            out.append([])
            continue
        quotes = _in_paragraph(text, block.start, block.end)
        if carried and quotes and quotes[0].start == block.start:
            first = quotes[0]
            quotes[0] = Quote(first.start, first.end, first.inner_start, first.inner_end, first.open_end, goes_on=True)
        out.append(quotes)
        carried = bool(quotes) and quotes[-1].open_end
    return out


def _in_paragraph(text: str, start: int, end: int) -> list[Quote]:
    quotes: list[Quote] = []
    position = start
    while True:
        opening = _next_opening(text, position, end)
        if opening is None:
            return quotes
        mark, at = opening
        inner = at + len(mark)
        closing = _closing(text, mark, inner, end)
        if closing is None:
            if mark in ("'", "’", "‘"):  # an apostrophe after all
                position = inner
                continue
            quotes.append(Quote(at, end, inner, end, open_end=True))
            return quotes
        quotes.append(Quote(at, closing[1], inner, closing[0]))
        position = closing[1]


def _next_opening(text: str, position: int, end: int) -> tuple[str, int] | None:
    for match in _MARKS.finditer(text, position, end):
        mark, at = match.group(), match.start()
        before = text[at - 1] if at > 0 else " "
        after = text[match.end()] if match.end() < len(text) else " "
        if mark in ("”", "›") or (mark == "''" and (not before.isspace() or after.isspace())):
            continue
        if mark in ("'", "‘", "’", "‚"):
            fits = not before.isalnum() and before not in '.,!?)]’”"' and not after.isspace()
            if mark == "’" or not fits or _YEAR_OR_CLIP.match(text, at):
                continue
        elif mark == '"' and after.isspace() and not before.isspace():
            continue  # a closing mark whose opening one is missing
        elif mark == "»" and not (before.isspace() or at == 0):
            continue
        return mark, at
    return None


def _closing(text: str, mark: str, inner: int, end: int) -> tuple[int, int] | None:
    """Where the quotation that `mark` opened ends: (end of the inner text, end of the closing mark)."""
    if mark in ("'", "‘", "‚"):
        return _single_closing(text, inner, end)
    depth = 0
    for match in _MARKS.finditer(text, inner, end):
        other, at = match.group(), match.start()
        before, after = text[at - 1], (text[match.end()] if match.end() < end else " ")
        if mark in ("«", "»", "‹"):
            if other == mark:
                depth += 1
            elif other in _OPENERS[mark]:
                if depth == 0:
                    return at, match.end()
                depth -= 1
            continue
        if other not in _DOUBLE:
            continue
        opens = other in ("“", "„", "``") or (other in ('"', "''") and before.isspace() and not after.isspace())
        if mark == "„" and other == "“":
            opens = False
        if opens and (before.isspace() or before in "([—–-"):
            if other == '"' and mark == '"' and depth == 0 and not _closes_later_twice(text, match.end(), end):
                return at, match.end()
            depth += 1
        elif depth == 0:
            return at, match.end()
        else:
            depth -= 1
    return None


def _closes_later_twice(text: str, position: int, end: int) -> bool:
    """Whether enough straight marks follow for an inner pair and the outer closing one."""
    return text.count('"', position, end) >= 2


def _single_closing(text: str, inner: int, end: int) -> tuple[int, int] | None:
    last = None
    for match in _MARKS.finditer(text, inner, end):
        other, at = match.group(), match.start()
        if other not in ("'", "’", "‘"):
            if other in _DOUBLE and last is not None:
                break
            continue
        before, after = text[at - 1], (text[match.end()] if match.end() < end else " ")
        if before.isspace() and other != "’":
            if last is not None:
                break  # the next quotation opens
            continue
        if after.isalnum():
            continue  # an apostrophe inside a word
        if before in ".,!?…;:" or not before.isalpha() or before != "s":
            return at, match.end()
        last = last or (at, match.end())  # perhaps a plural possessive ("the allies’ tanks"): keep looking
    return last
