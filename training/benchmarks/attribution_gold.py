"""Articles with gold attributions, the arithmetic of their spans, and the classes by which the figures are split.

The form is that of PolNeAR (Newell, Margolin and Ruths, LREC 2018) as JSON lines: an article a line with `article`,
`text` and `attributions`, each with `source`, `cue` and `content` as lists of [start, end] pairs. Offsets count
characters (Unicode code points) of the text; the end is exclusive. A list may be empty or hold several pieces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stance.records import InputError, Span

Spans = tuple[Span, ...]

_PARTS = ("source", "cue", "content")
KINDS = ("direct", "mixed", "indirect")
POSITIONS = ("before", "after", "inverted", "interrupting", "none")

_MARKS = "\"“”„‟«»‘’'‹›`"
# an apostrophe opens a quotation only where a word begins after it and none ends before it
_QUOTATION = re.compile(r"[\"“”„‟«»‘‹›]|``|''|(?<!\w)'(?=\w)")
_THAT = re.compile(r"that\s+(?=\S)", re.I)


@dataclass(frozen=True, slots=True)
class Marked:
    """One attribution, gold or predicted. `cue_class` is empty for gold."""

    source: Spans
    cue: Spans
    content: Spans
    kind: str
    cue_class: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """An article with those of its gold attributions that have content."""

    id: str
    text: str
    gold: tuple[Marked, ...]


def read_gold(path: Path, limit: int | None = None) -> list[Document]:
    """The articles of a file, or of every .jsonl in a folder, in order. Raises InputError for the first bad line."""
    if not path.exists():
        raise InputError(f"{path}: no such file or folder; name a .jsonl file with gold attributions.")
    out: list[Document] = []
    for file in sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]:
        for document in _documents(file):
            if limit is not None and len(out) >= limit:
                return out
            out.append(document)
    if not out:
        raise InputError(f"{path}: no article in it; each line needs `article`, `text` and `attributions`.")
    return out


def _documents(file: Path) -> Iterator[Document]:
    try:
        # split at line feeds alone: other separators may stand inside a JSON string
        lines = file.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read as UTF-8 text ({type(error).__name__}).") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{where}: this is no JSON ({error}).") from error
        yield _document(row, where)


def _document(row: Any, where: str) -> Document:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not isinstance(row.get("article"), str):
        raise InputError(f"{where}: an article needs the texts `article` and `text`.")
    if not isinstance(row.get("attributions"), list):
        raise InputError(f"{where}: `attributions` must be a list.")
    text, gold = row["text"], []
    for found in row["attributions"]:
        if not isinstance(found, dict):
            raise InputError(f"{where}: each attribution must be an object with `source`, `cue` and `content`.")
        source, cue, content = (_pieces(found.get(key), len(text), f"{where}: `{key}`") for key in _PARTS)
        content = trimmed(text, content)
        if content:
            gold.append(Marked(source, cue, content, kind_of(text, content)))
    return Document(row["article"], text, tuple(gold))


def _pieces(value: Any, length: int, where: str) -> Spans:
    if not isinstance(value, list) or not all(_is_span(pair, length) for pair in value):
        raise InputError(f"{where} must be a list of [start, end] pairs inside the text.")
    return tuple(sorted((start, end) for start, end in value))


def _is_span(pair: Any, length: int) -> bool:
    # a bool is an int to Python, but no offset
    whole = isinstance(pair, list) and len(pair) == 2 and all(type(x) is int for x in pair)
    return whole and 0 <= pair[0] < pair[1] <= length


def trimmed(text: str, spans: Sequence[Span]) -> Spans:
    """The spans in order, joined where they overlap, without white space at their edges and without empty ones."""
    out: list[Span] = []
    for start, end in sorted(spans):
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        elif start < end:
            out.append((start, end))
    return tuple(out)


def characters(spans: Sequence[Span]) -> frozenset[int]:
    """The offsets that the spans cover."""
    return frozenset(i for start, end in spans for i in range(start, end))


def character_f1(one: Sequence[Span], other: Sequence[Span]) -> float:
    """F1 over the characters that two lists of spans cover, in [0, 1]; 1 where both are empty."""
    first, second = characters(one), characters(other)
    total = len(first) + len(second)
    return 2 * len(first & second) / total if total else 1.0


def same_words(text: str, one: Sequence[Span], other: Sequence[Span]) -> bool:
    """Whether two lists of spans cover the same letters and digits.

    Marks and spaces are left out of it, and so is "that" in front: gold contents include them and our spans do not.
    """
    first, second = (characters(_after_that(text, spans)) for spans in (one, other))
    return all(not text[i].isalnum() for i in first ^ second)


def _after_that(text: str, spans: Sequence[Span]) -> Sequence[Span]:
    if spans and (that := _THAT.match(text, *spans[0])):
        return ((that.end(), spans[0][1]), *spans[1:])
    return spans


def written(text: str, spans: Sequence[Span]) -> str:
    """The spans' text on one line, pieces parted by an ellipsis."""
    return " … ".join(" ".join(text[start:end].split()) for start, end in spans)


def kind_of(text: str, content: Sequence[Span]) -> str:
    """direct: begins and ends with quotation marks; mixed: has a quotation inside; indirect: has none."""
    said = [text[start:end] for start, end in content]
    if said[0][0] in _MARKS and said[-1].rstrip(".,;")[-1:] in _MARKS:
        return "direct"
    return "mixed" if any(_QUOTATION.search(piece) for piece in said) else "indirect"


def position_of(marked: Marked) -> str:
    """Where the cue stands to the content.

    before; after, with the source before the cue or left out; inverted: after, with the source behind it;
    interrupting: between pieces of the content; none: no cue.
    """
    if not marked.cue:
        return "none"
    cue = marked.cue[0][0]
    if cue < marked.content[0][0]:
        return "before"
    if cue < marked.content[-1][1]:
        return "interrupting"
    return "inverted" if marked.source and marked.source[0][0] > cue else "after"
