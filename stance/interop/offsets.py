"""Offsets as other tools count them: in UTF-16 code units, two for each character beyond U+FFFF, as JavaScript does."""

from __future__ import annotations

from collections.abc import Callable


def to_utf16(text: str) -> Callable[[int], int]:
    """What turns an offset in code points into one in UTF-16 code units of the same text."""
    if text.isascii() or max(text, default="") < "\U00010000":
        return lambda offset: offset
    return lambda offset: offset + sum(char > "\uffff" for char in text[:offset])


def from_utf16(text: str) -> Callable[[int], int]:
    """What turns an offset in UTF-16 code units into one in code points; one inside a character goes to its start."""
    if text.isascii() or max(text, default="") < "\U00010000":
        return lambda offset: offset

    def convert(offset: int) -> int:
        units = 0
        for i, char in enumerate(text):
            units += 2 if char > "\uffff" else 1
            if units > offset:
                return i
        return len(text) + max(0, offset - units)

    return convert
