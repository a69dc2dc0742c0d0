"""Articles that nobody would write: they are read and labeled all the same, or passed over with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.actors.registry import load_registry
from stance.actors.resolver import Resolver
from stance.classify import explain_text, explanation
from stance.labeling import label
from stance.pipeline import load_pipeline, score
from stance.readers import Skipped, read_articles
from stance.records import Article, Statement, visible
from training.fuzz.checks import check_article, check_skipped, check_statements
from training.fuzz.labeler import PIECES, text_of
from training.fuzz.readers import KINDS

RESOLVER = Resolver(load_registry())
SAID = "Macron said France will send tanks to Ukraine."


def labeled(text: str) -> list[Statement]:
    article = Article("a", None, text, "2024-03-01")
    found = label(article, RESOLVER)
    check_statements(article, found)
    return found


HUGE = {
    "100,000 quotation marks": '"' * 100_000,
    "100,000 quotation marks in a sentence": f"Macron said: {'“' * 100_000} we go on.",
    "100,000 quotation marks apart": f"Macron said: {'” “' * 33_000} we go on.",
    "100,000 apostrophes": f"Macron said: {chr(39) * 100_000} we go on.",
    "10,000 nested quotations": f"Macron said: {'“‘' * 5_000}we go on{'’”' * 5_000}.",
    "10,000 nested quotations of one kind": f"Macron said: {'“we ' * 10_000}go{' on”' * 10_000}.",
    "10,000 nested guillemets": f"Macron said: {'«we ' * 10_000}go{' on»' * 10_000}.",
    "10,000 dashes before a verb": f"Macron {'— ' * 10_000}said we go on.",
    "10,000 brackets": f"Macron {'(' * 10_000}{')' * 10_000} said we go on.",
    "10,000 relative clauses": f"Macron, {'who said that ' * 10_000}we go on.",
    "a word of 200,000 letters": f"Macron said {'a' * 200_000} goes on.",
    "200,000 blanks before a name": f"Macron and{' ' * 200_000}Scholz said we go on.",
    "200,000 NULs": f"Macron said {chr(0) * 200_000} goes on.",
    "200,000 halves of characters": f"Macron said {chr(0xD800) * 200_000} goes on.",
    "50,000 lines": "\n" * 50_000,
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_a_huge_text_is_labeled(text):
    rain = "Olen said that it was raining."
    found = labeled(f"{rain}\n\n{text}\n\n{rain}")
    assert [(s.text, s.source and s.source.text) for s in (found[0], found[-1])] == [("it was raining", "Olen")] * 2


def test_a_huge_text_is_judged():
    text = f"{SAID}\n\n{HUGE['10,000 nested quotations of one kind']}"
    assert [s.judgement.stance for s in score([Article("a", None, text)], load_pipeline())][:1] == ["support"]


def test_an_article_holds_nothing_that_cannot_be_written():
    made = Article("i\ud800", "t\0", "a\0b\ud800c\U0001f642", "\0", "u\udfff", "s\0", "p\0")
    assert made == Article("i\ufffd", "t\ufffd", "a\ufffdb\ufffdc\U0001f642", "\ufffd", "u\ufffd", "s\ufffd", "p\ufffd")


@settings(max_examples=100)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(codec=None), max_size=4))).map("".join))
def test_any_text_is_labeled(text):
    labeled(text)


@settings(max_examples=80)
@given(st.binary(min_size=2, max_size=200))
def test_any_bytes_are_labeled(data):
    labeled(text_of(data))


def read(file: Path) -> tuple[list[Article], list[Skipped]]:
    skipped: list[Skipped] = []
    found = list(read_articles([file], on_skip=skipped.append, any_language=True))
    for article in found:
        check_article(article)
    for one in skipped:
        check_skipped(one)
    return found, skipped


PROSE = "The minister said the tanks would leave in June, and the town waited for them.\n"


@settings(max_examples=100)
@given(st.sampled_from(KINDS), st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_passed_over(tmp_path_factory, kind, data, with_prose):
    file = tmp_path_factory.getbasetemp() / f"2024-03-01-news{kind}"
    file.write_bytes(data + (PROSE.encode() if with_prose else b""))
    found, skipped = read(file)
    assert found or skipped


@pytest.mark.parametrize("kind", [".json", ".jsonl"])
@pytest.mark.parametrize("key", ["\0", "\ud800", "\x1b[2J", "a\nb", "\u202e"])
def test_names_of_fields_cannot_steer_a_terminal(tmp_path, kind, key):
    file = tmp_path / f"news{kind}"
    file.write_text(json.dumps({key: PROSE}))
    found, skipped = read(file)
    assert found == []
    assert skipped[0].reason.isprintable()


def test_a_stranger_s_words_are_one_visible_line():
    assert visible("a\x1b[2J\nb\u202e\ud800 c\u00a0é") == "a\ufffd[2J b\ufffd\ufffd c é"


@pytest.mark.parametrize("broken", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf"])
def test_bytes_that_are_no_utf_8_cost_a_character_and_no_article(tmp_path, broken):
    file = tmp_path / "news.txt"
    file.write_bytes(PROSE.encode() * 3 + "é".encode() * 20 + broken + PROSE.encode())
    found, skipped = read(file)
    assert skipped == []
    assert found[0].text.count(PROSE.strip()) == 4


def test_nul_bytes_are_a_reason_not_an_article(tmp_path):
    file = tmp_path / "news.txt"
    file.write_bytes(PROSE.encode() + b"\0" + PROSE.encode())
    found, skipped = read(file)
    assert found == []
    assert "binary" in skipped[0].reason


def test_an_explanation_cannot_steer_a_terminal():
    chosen = load_pipeline().model
    shown = explain_text(explanation("We will \x1b[2Jsend tanks\x9b to Ukraine.", chosen), "aid\x1b]0;x\x07")
    assert all(line.isprintable() for line in shown.plain.split("\n"))
