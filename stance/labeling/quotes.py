"""Quotation spans of an article: straight, curly, low and guillemet marks, single marks, and open ends.

A quotation that opens in one paragraph and has no closing mark goes on in the next when that one opens with a mark
again, as newspapers set long speech. Single marks inside double ones belong to the inner quotation and are not
reported: the outer speaker says them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import repeat

from stance.labeling.layout import Block
from stance.labeling.lexicon import endings, words

# Two single marks set close are a double one; an apostrophe within a word is no mark at all. Each expression begins
# with one set of characters, which lets the search run fast.
_PAIRED = r"(?<=`)`|(?<=')'|(?<=‘)‘|(?<=’)’"
_MARKS = re.compile(rf"[\"“”„‟«»‹›‚‘’'`](?:(?<=[\"“”„‟«»‹›])|{_PAIRED}|(?<=['‘’‚])(?:(?<!\w.)|(?!\w)))")
_DOUBLE_MARKS = re.compile(rf"[\"“”„‟″‘’'`](?:(?<=[\"“”„‟″])|{_PAIRED})")
_GUILLEMETS = {"«": "»", "»": "«", "‹": "›"}
_SINGLE = ("'", "‘", "’", "‚")
_OPENING = ("“", "„", "``", "‘‘")
_EITHER = ('"', "''")  # the same mark opens and closes
_WORD = re.compile(r"\w")
_MOST_MARKS = 200  # within a quotation in single marks


@cache
def _clipped() -> re.Pattern[str]:
    """A word or a year that an apostrophe opens ("’em", "’90s")."""
    endings_, clipped = "|".join(endings("after-year")), "|".join(endings("clipped"))
    return re.compile(rf"['’‘](?:\d\d(?:{endings_})?\b|(?:{clipped})\b)", re.I)


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
        quotes = quotes_between(text, block.start, block.end)
        if carried and quotes and quotes[0].start == block.start:
            first = quotes[0]
            quotes[0] = Quote(first.start, first.end, first.inner_start, first.inner_end, first.open_end, goes_on=True)
        out.append(quotes)
        carried = bool(quotes) and quotes[-1].open_end
    return out


def quotes_between(text: str, start: int, end: int) -> list[Quote]:
    """The outermost quotations of a stretch of text, in order."""
    quotes: list[Quote] = []
    position = start
    end_of_words = _end_of_words(text, start, end)
    while True:
        opening = _next_opening(text, position, end, end_of_words)
        if opening is None:
            return quotes
        mark, at = opening
        inner = at + len(mark)
        closing = _closing(text, mark, inner, end, end_of_words)
        if closing is None:
            if mark in _SINGLE:  # an apostrophe after all
                position = inner
                continue
            quotes.append(Quote(at, end, inner, end, open_end=True))
            return quotes
        quotes.append(Quote(at, closing[1], inner, closing[0]))
        position = closing[1]


def _end_of_words(text: str, start: int, end: int) -> int:
    """The offset behind the last letter or digit of a stretch of text."""
    while end > start and _WORD.match(text, end - 1) is None:
        end -= 1
    return end


def _next_opening(text: str, position: int, end: int, end_of_words: int) -> tuple[str, int] | None:
    for match in _MARKS.finditer(text, position, end):
        mark, at = match.group(), match.start()
        before = text[at - 1] if at > 0 else " "
        after = text[match.end()] if match.end() < end else " "
        if mark in ("’", "›"):
            continue
        if mark in _SINGLE:
            fits = not before.isalnum() and before not in '.,!?)]’”"' and not after.isspace()
            if not fits or _clipped().match(text, at):
                continue
        elif mark in ("”", "’’"):
            if not before.isspace() or after.isspace():  # set the wrong way round at times (”We go.”)
                continue
        elif mark in _EITHER:
            if after.isspace() and not before.isspace():
                continue  # a closing mark whose opening one is missing, or a measure (5")
        elif mark == "»" and not before.isspace():
            continue
        if match.end() >= end_of_words:
            continue  # nothing is left to quote
        return mark, at
    return None


def _closing(
    text: str, mark: str, inner: int, end: int, end_of_words: int, budget: Iterable[object] | None = None
) -> tuple[int, int] | None:
    """Where the quotation that `mark` opened ends: (end of the inner text, end of the closing mark).

    Each mark on the way takes one of `budget`, where there is one; None too where it runs out.
    """
    if mark in _SINGLE:
        return _single_closing(text, inner, end, end_of_words)
    if mark in _GUILLEMETS:
        return _guillemet_closing(text, mark, inner, end)
    depth = 0
    marks = _DOUBLE_MARKS.finditer(text, inner, end)
    for _, match in zip(repeat(None) if budget is None else budget, marks, strict=False):
        other, at, stop = match.group(), match.start(), match.end()
        before, after = text[at - 1], (text[stop] if stop < end else " ")
        if other in ("''", "’’"):
            if (other == "''") != (mark in ("''", "``")) and mark not in ("“", "‘‘"):
                continue  # the ends of inner quotations
            while stop < end and text[stop] == other[0]:  # the inner quotation's mark stands before the closing one
                at, stop = at + 1, stop + 1
            after = text[stop] if stop < end else " "
        elif other == "″" and before not in ",.!?":
            continue
        if other == '"' and before.isdigit() and _is_measure(text, stop, end):
            continue
        opens = other in _OPENING or (other in _EITHER and before.isspace() and not after.isspace())
        if (mark == "„" and other == "“") or stop >= end_of_words:
            opens = False
        if opens and (before.isspace() or before in "([—–-"):
            if other == mark and mark in _EITHER and depth == 0 and not _twice(text, mark, stop, end):
                return at, stop  # no marks are left for an inner pair and the outer closing one
            depth += 1
        elif depth == 0:
            return at, stop
        else:
            depth -= 1
    return None


def _twice(text: str, mark: str, start: int, end: int) -> bool:
    """Whether a mark stands in a stretch of text two times or more."""
    first = text.find(mark, start, end)
    return first >= 0 and text.find(mark, first + len(mark), end) >= 0


def _is_measure(text: str, position: int, end: int) -> bool:
    """Whether a straight mark after a number means inches: the mark after it closes a quotation that is open."""
    after = text.find('"', position, end)
    return text[position : position + 1] == " " and after > position + 1 and not text[after - 1].isspace()


def _guillemet_closing(text: str, mark: str, inner: int, end: int) -> tuple[int, int] | None:
    depth, closer = 0, _GUILLEMETS[mark]
    for at in range(inner, end):
        if text[at] == closer:
            if depth == 0:
                return at, at + 1
            depth -= 1
        elif text[at] == mark:
            depth += 1
    return None


def _single_closing(text: str, inner: int, end: int, end_of_words: int) -> tuple[int, int] | None:
    last = None
    position = inner
    budget = iter(range(_MOST_MARKS))  # a single mark may be an apostrophe, each of which would search to the end
    while (match := _MARKS.search(text, position, end)) is not None and next(budget, None) is not None:
        other, at = match.group(), match.start()
        position = match.end()
        before, after = text[at - 1], (text[position] if position < end else " ")
        if other in ("''", "’’"):  # the ends of an inner quotation and of this one
            return at + 1, at + 2
        if other not in _SINGLE:
            if other not in _GUILLEMETS and not after.isspace():
                closing = _closing(text, other, position, end, end_of_words, budget)
                position = position if closing is None else closing[1]
            continue
        if _clipped().match(text, at) and not before.isalnum():
            continue
        if before.isspace() and other != "’":
            if last is not None:
                break  # the next quotation opens
            continue
        if after.isalnum():
            continue  # an apostrophe that begins a word
        if before not in words("plural-ending") or not (after.isspace() or after.isalpha()):
            return at, position
        # perhaps a plural possessive ("the allies’ tanks"): keep looking, more so where the next word is a small one
        if last is None or not text[position + 1 : position + 2].islower():
            last = (at, position)
    return last
