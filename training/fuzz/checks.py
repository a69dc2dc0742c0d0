"""What must hold of every article read and of every statement found, whatever the bytes: the fuzzers' one question."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from stance.readers import Skipped
from stance.readers.rows import iso_day
from stance.records import Article, Statement


def check_article(article: Article) -> None:
    """Its texts hold something and can be written, its date is of the calendar."""
    assert article.text.strip()
    for value in (article.id, article.title, article.text, article.url, article.source, article.path):
        check_writable(value)
    assert article.published is None or iso_day(article.published) == article.published


def check_skipped(skipped: Skipped) -> None:
    """It says where and why in one line."""
    check_line(skipped.where)
    check_line(skipped.reason)


def check_line(text: str) -> None:
    """One line that says something and can be written."""
    assert text
    assert "\n" not in text
    check_writable(text)


def check_writable(value: str | None) -> None:
    """No NUL, and no lone surrogate, which UTF-8 cannot hold."""
    assert value is None or "\0" not in value
    (value or "").encode("utf-8")


def check_statements(article: Article, statements: Sequence[Statement]) -> None:
    """Every span lies inside the text, in order, and every text and mention spells what stands at its offsets."""
    text = article.text
    for statement in statements:
        assert statement.spans
        assert all(0 <= start < end <= len(text) for start, end in statement.spans)
        assert all(before[1] <= after[0] for before, after in pairwise(statement.spans))
        said = " ".join(text[start:end] for start, end in statement.spans)
        assert statement.text == " ".join(said.split())
        for mention in (statement.source, statement.cue):
            assert mention is None or mention.text == text[mention.start : mention.end] != ""
    assert len({statement.id for statement in statements}) == len(statements)
