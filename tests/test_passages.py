"""Passages of an article and the marks in them: exactly the right characters, cut at words, nothing lost."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from report_sample import sample

from stance.records import Mention, Statement
from stance.report.html import render_html
from stance.report.passages import find_passage, marked_passage, passage_text, statement_marks, visible
from stance.report.view import Content

CHARS = st.sampled_from(
    [
        *list("abc  .,\n\r\u2028<>&\"'"),
        "🤦",
        "🏽",
        "\u200d",
        "e",
        "́",
        "א",
        "ش",
        "\u202e",
        "\u2066",
        "️",
        "\x85",
    ]
)
TEXTS = st.text(CHARS, min_size=1, max_size=300) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


class Tags(HTMLParser):
    """Collects a passage's text, and which of its characters stand in a mark of each role."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=False)
        self.text, self.roles, self.stack = "", [], []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.stack.append(set((dict(attrs).get("class") or "").split()) if tag == "mark" else set())

    def handle_endtag(self, tag: str) -> None:
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        self.roles += [frozenset().union(*self.stack)] * len(data)

    def handle_charref(self, name: str) -> None:
        self.handle_data(html.unescape(f"&#{name};"))

    def handle_entityref(self, name: str) -> None:
        self.handle_data(html.unescape(f"&{name};"))


def stripped(markup: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", markup))


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[tuple[str, tuple[int, int]]], int]:
    text = draw(TEXTS) * draw(st.integers(1, 12))
    marks = []
    for role in ["content", *draw(st.lists(st.sampled_from(["source", "cue", "content"]), max_size=4))]:
        start = draw(st.integers(0, len(text) - 1))
        marks.append((role, (start, draw(st.integers(start + 1, len(text))))))
    return text, marks, draw(st.sampled_from([20, 80, 600]))


@given(marked_texts())
def test_passage_without_its_tags_is_the_exact_text(case):
    text, marks, limit = case
    passage = find_passage(text, marks, limit)
    markup = str(marked_passage(text, passage, marks))
    assert stripped(markup) == passage_text(text, passage)
    assert Tags(markup).text == passage_text(text, passage)


@given(marked_texts())
def test_marks_cover_exactly_their_characters(case):
    text, marks, limit = case
    passage = find_passage(text, marks, limit)
    found = Tags(str(marked_passage(text, passage, marks)))
    # where each character of the passage stands in the article; None for the ellipses
    at: list[int | None] = [None] * (2 if passage.cut_before else 0)
    for n, (a, b) in enumerate(passage.pieces):
        at += [None] * (3 if n else 0) + list(range(a, b))
    at += [None] * (2 if passage.cut_after else 0)
    assert len(at) == len(found.text)
    for place, char, roles in zip(at, found.text, found.roles, strict=True):
        assert roles == (set() if place is None else {r for r, (a, b) in marks if a <= place < b})
        assert place is None or text[place] == char


@given(marked_texts())
@example(("<" * 29 + " ", [("content", (0, 30))], 20))  # a tail of nothing but a space
@example((" " + "<" * 29, [("content", (0, 30))], 20))
def test_pieces_are_in_order_and_hold_the_start_of_what_is_said(case):
    text, marks, limit = case
    pieces = find_passage(text, marks, limit).pieces
    assert all(0 <= a < b <= len(text) for a, b in pieces)
    assert all(x[1] < y[0] for x, y in pairwise(pieces))
    first = min(a for role, (a, _) in marks if role == "content")
    assert any(a <= first < b for a, b in pieces)


@pytest.mark.parametrize(
    "word",
    [
        "plain",
        "\U0001f926\U0001f3fd\u200d\u2642\ufe0f",
        "e\u0301u\u0308",
        "\u0644\u0646 \u0646\u0631\u0633\u0644",
        "<b>&amp;",
        "a\u202eb",
    ],
)
def test_a_mark_on_a_word_of_many_code_points(word):
    text = f"x {word} y"
    marks = [("content", (2, 2 + len(word)))]
    markup = str(marked_passage(text, find_passage(text, marks), marks))
    inner = re.search(r'<mark class="content">(.*)</mark>', markup)
    assert inner
    assert stripped(inner[1]) == word


def test_context_is_the_paragraphs_of_the_content():
    text = "First one.\nHe began, “we give”, and went on.\nThen “all of it”. Done.\nLast one."
    a, b = text.index("we give"), text.index("all of it")
    marks = [("content", (a, a + 7)), ("content", (b, b + 9))]
    assert passage_text(text, find_passage(text, marks)) == text.split("\n", 1)[1].rsplit("\n", 1)[0]


def test_a_long_paragraph_is_cut_at_words_around_what_is_marked():
    text = "Before that, much was done. " * 60 + "Ada Lorne said: “Never again tanks.” " + "And then some more. " * 60
    marks = statement_marks_of(text, "Ada Lorne", "said", "Never again tanks.")
    shown = passage_text(text, find_passage(text, marks))
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert "Ada Lorne said: “Never again tanks.”" in shown
    assert len(shown) <= 610
    assert all(word.strip(".") in text.replace(".", "").split() for word in shown.strip("… ").replace(".", "").split())


def test_a_long_statement_is_cut_in_its_middle():
    text = "Ada Lorne said " + "that it was not so, and again that it was not so, " * 40 + "and never would be."
    marks = statement_marks_of(text, "Ada Lorne", "said", text[15:])
    shown = passage_text(text, find_passage(text, marks))
    assert shown.startswith("Ada Lorne said that it")
    assert shown.endswith("and never would be.")
    assert " … " in shown
    assert len(shown) < 700


def test_a_speaker_in_another_paragraph_comes_along():
    text = "Ada Lorne arrived late.\n" + "Nothing happened.\n" * 9 + "“No tanks,” she said."
    marks = statement_marks_of(text, "Ada Lorne", "said", "No tanks,")
    assert passage_text(text, find_passage(text, marks)) == "Ada Lorne arrived late. … “No tanks,” she said."


def test_offsets_outside_of_the_text_are_ignored():
    one = sample()[0]
    wrong = replace(one.statement, spans=((10**6, 10**6 + 5),), source=Mention("?", -4, 2))
    page = render_html(Content([replace(one, statement=wrong)], []), title="t", generated="g")
    assert f'<mark class="content">{one.statement.text}</mark>' in page


def test_direction_controls_are_enclosed():
    assert str(visible("a\u202eb<")) == 'a<span class="bidi" title="direction control U+202E">\u202e</span>b&lt;'


def statement_marks_of(text: str, source: str, cue: str, content: str) -> list:
    a, b, c = (text.index(part) for part in (source, cue, content))
    mentions = Mention(source, a, a + len(source)), Mention(cue, b, b + len(cue))
    return statement_marks(text, Statement("s", "a", None, *mentions, ((c, c + len(content)),), content, "direct"))
