"""The first pass: which texts hold no term of military aid at all, and so no statement about it.

A statement is on the topic by a term of its own (`stance.topic.needed_terms`), or takes the topic from one before it
that has such a term; a text without any can be passed over unread and nothing changes. All terms are one regular
expression for RE2 (Cox 2007, "Regular Expression Matching Can Be Simple And Fast"), which Arrow runs over a whole
column, in time linear in the text, at hundreds of megabytes a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

import numpy as np

from stance.records import Article
from stance.topic import needed_terms

_BATCH = 1024  # the expression is compiled anew for each, which takes as long as reading some 600 articles


def may_matter(column: object) -> list[bool]:
    """For each text of an Arrow column of strings whether it holds a term; False for null."""
    import pyarrow.compute as pc

    found: list[bool | None] = pc.match_substring_regex(column, pattern=_pattern(), ignore_case=True).to_pylist()
    return [bool(one) for one in found]


def screened(articles: Iterable[Article]) -> Iterator[Article]:
    """The articles that may hold a statement about military aid, in order."""
    import pyarrow as pa

    pending = iter(articles)
    while batch := list(islice(pending, _BATCH)):
        # what cannot be UTF-8 is no term either; made of buffers, since pa.array would import pandas
        texts = [one.text.encode("utf-8", "replace") for one in batch]
        edges = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        buffers = [None, pa.py_buffer(edges), pa.py_buffer(b"".join(texts))]
        column = pa.Array.from_buffers(pa.large_string(), len(texts), buffers)
        yield from (one for one, keep in zip(batch, may_matter(column), strict=True) if keep)


@cache
def _pattern() -> str:
    """Every term, between characters that are no ASCII letters or digits; its blanks may be any white space."""
    pieces = []
    for term in needed_terms():
        words = [re.escape(word).replace("'", "['’]") for word in term.rstrip("*").split()]
        pieces.append(r"[\s\p{Z}]+".join(words) + ("" if term.endswith("*") else "(?:[^0-9A-Za-z]|$)"))
    return f"(?:^|[^0-9A-Za-z])(?:{'|'.join(sorted(set(pieces)))})"
