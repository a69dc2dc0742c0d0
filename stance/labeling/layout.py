"""Paragraphs of an article, and which of them are no prose: links to other stories, bylines, captions, notices.

News text as scraped carries the page's furniture between its paragraphs. What is marked as furniture here is not
searched for statements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_LINK = re.compile(
    r"^\W*(?:read (?:also|more|next)|see also|also read|related(?: stor(?:y|ies))?|more on this|more from|click here|"
    r"sign up|subscribe|watch(?: live| now)?:|listen(?: to)?:|recommended|advertisement|follow us|don[’']t miss|"
    r"go here|download the|share this|newsletter|this story|this article|editor[’']s note)\b",
    re.I,
)
_BYLINE = re.compile(
    r"^\W*(?:by|from|reporting by|additional reporting by|editing by|written by|photo|photos|image|images|picture|"
    r"credit|video|source|caption)\s*:?\s+(?-i:[A-Z])[^.!?]{0,90}$|"
    r"^\W*(?:photo|image|credit|source|getty|file photo)\b.{0,80}$|"
    r"^[^.]{0,80}contributed to this (?:report|article|story)\W*$|"
    r"^\W*\(?(?:reporting|additional reporting|editing) by\b.*$",
    re.I,
)
_CREDIT = re.compile(
    r"\((?:[^()]{2,60}/)?(?:AP|AFP|PA|EPA|Reuters|REUTERS|AP Photo|PA Wire|PA Archive|Getty(?: Images)?|Sipa|Rex|"
    r"POOL|Pool|ANSA|dpa|Shutterstock)[^()]{0,40}\)\s*$|\[(?:[^\[\]]{2,60}/)?(?:AP|AFP|EPA|Reuters|Getty)[^\[\]]{0,40}\]\s*$"
)
_SHARED = re.compile(r"^\W*(?:pic\.twitter\.com|https?://|www\.)\S*\W*$", re.I)


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph: its span in the article, whether it is the title, and whether it is furniture."""

    start: int
    end: int
    title: bool = False
    furniture: bool = False


def blocks(text: str, title: str | None = None) -> list[Block]:
    """Cuts a text into paragraphs, one a line that is not blank.

    The first line is the title where it equals `title`, or where it looks like one: short, without a full stop at
    its end, and followed by more.
    """
    found: list[Block] = []
    for match in _LINE.finditer(text):
        line = match.group()
        stripped = line.strip(" \t\xa0\ufeff")
        if not stripped:
            continue
        start = match.start() + line.index(stripped[0])
        found.append(Block(start, start + len(stripped)))
    out = []
    for number, block in enumerate(found):
        line = text[block.start : block.end]
        is_title = number == 0 and len(found) > 1 and _looks_like_title(line, title)
        out.append(Block(block.start, block.end, is_title, not is_title and is_furniture(line)))
    return out


def _looks_like_title(line: str, title: str | None) -> bool:
    if title and " ".join(line.split()) == " ".join(title.split()):
        return True
    return len(line) <= 160 and not line.endswith((".", "!", ":", ",", ";", ".”", '."'))


def is_furniture(line: str) -> bool:
    """Whether a paragraph is page furniture: a capitals link, "Read also: …", a byline, a credited caption."""
    if _LINK.search(line) or _BYLINE.search(line) or _SHARED.search(line) or _CREDIT.search(line):
        return True
    return _in_capitals(line)


def _in_capitals(line: str) -> bool:
    letters = [c for c in line if c.isalpha()]
    # a link carries a few words in small letters at the most ("‘genocidal,’ REQUIRES …")
    return len(letters) >= 12 and sum(c.isupper() for c in letters) >= 0.8 * len(letters)
