"""What holds of every article: offsets, ids, and that marks, line ends and neighbours change no statement."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stance.actors.registry import load_registry
from stance.actors.resolver import Resolver
from stance.labeling import label
from stance.records import Article, Statement, clean

RESOLVER = Resolver(load_registry())

# Paragraphs of invented articles: {a} and {b} are whoever speaks, {x}, {y} and {z} clauses, "<" and ">" the marks of
# quotation.
QUOTATIONS = [
    "<{X},> {a} said.",
    "<{X},> said {a}.",
    "<{X},> {a} told reporters on Monday.",
    "{A} said: <{X}.>",
    "{A} told reporters: <{X}.>",
    "<{X}>, {a} said.",
    "<{X}>, said {a}, <and {y}>.",
    "{A} said the plan was <a grave mistake> for the town.",
    "{A} called the plan <a grave mistake>.",
    "In a letter to the town, {a} said: <{X}. {Y}.> The town did not reply.",
    "The <town of bridges> was quiet. <{X},> {a} said.",
    "{X} and <{y}>, {a} said.",
    "<{X},> {a} said. <{Y}.>",
    "<{X},> {a} said, <and {y}.>",
    "<{X},> {a} said, adding that {y}.",
    "<{X}. {Y},> {a} said.",
    "{A} said that <{x}> and that {y}.",
    "{A} said {x}, <and {y}>.",
    "According to {a}, <{x}>.",
    "Asked whether {x}, {a} said: <{Y}.>",
    "<{X},> {a} said.\n\n<{Y}.>",
    "{A} spoke again. {B} said:\n\n<{X}.>",
]
QUESTION = "<Why is it that {x}?> {a} asked."
UNCLOSED = "{A} said: <{X}.\n\n<{Y}.>"
PLAIN = [
    "{A} said that {x}.",
    "{A} said {x}.",
    "{X}, {a} said.",
    "{X}, said {a}.",
    "According to {a}, {x}.",
    "{X}, according to {a}.",
    "{A} warned that {x}, adding that {y}.",
    "{A} said that {x}, but {b} said that {y}.",
    "{A} has opposed the delivery of tanks.",
    "{A} refused to send the guns.",
    "{A} promised to send the guns, and {b} promised to pay for them.",
    "{A} is confident that {x}.",
    "{A} told reporters that {x}.",
    "{A} told reporters on Monday that {x}. <It’s late,> {b} said.",
    "The plan, {a} said, would fail.",
    "The plan, according to {a}, would fail.",
    "{A}, who has opposed the plan, said that {x}.",
    "Asked whether {x}, {a} said no.",
    "It was said that {x}.",
    "{A} and {b} said that {x}.",
    "{A} said that {b} had said that {x}.",
    "The town waited for the changes, which {a} said will begin in June.",
    "{A} spoke again. {B} added:\n\n{X}.",
    "{A} voiced support for the plan.",
    "A package of missiles was approved by {a}.",
    "The rain fell on the town all night.",
]
NAMES = [
    "Anna Berg", "Karl Holm", "Berg", "Karl Holm, the mayor,", "the defence minister", "a spokesman for the town",
    "the council", "officials", "she", "he", "they", "Emmanuel Macron", "Macron", "Olaf Scholz", "NATO",
    "the French president",
]  # fmt: skip
CLAUSES = [
    "the shells will leave in June",
    "we will not send the guns",
    "the old bridge has to be mended",
    "nobody in the town was asked",
    "it’s the allies who decide",
    "the depots of the army are empty",
    "more help is on its way to the east",
]
TITLES = ["", "Minister says guns will go\n\n", "Poll: Voters favour aid\n\n", "A night of rain in the town\n\n"]
DATELINES = ("", "LUND, Sweden (AP) — ", "LUND — ")
TRANSCRIPT = (
    "ANNA BERG: I think that {x}.\n\nKARL HOLM: We know that {x}. You do too.\n\n"
    "ANNA BERG: Do you say that {y}?\n\nKARL HOLM: I do."
)
EVERY = (*QUOTATIONS, *PLAIN, QUESTION, UNCLOSED, TRANSCRIPT)
CURLY = ("“", "”")
STYLES = [
    ('"', '"'),
    ("„", "“"),
    ("«", "»"),
    ("‘", "’"),
    ("``", "''"),
    ("''", "''"),
    ("‘‘", "’’"),
    ("'", "'"),
    ("‹", "›"),
]
MARK = re.compile(r"``|''|‘‘|’’|[‹›\"“”„«»‘’]")
UNRELATED = ["The river froze over in January.", "Trains ran late on the coast.", "Snow lay in the hills."]
BOILERPLATE = [
    "Sign up to our daily newsletter",
    "Subscribe now for full access",
    "Photo: Ann Olen/The Gazette",
    "Ann Olen/AFP via Getty Images",
    "By Ann Olen and Bo Ek",
    "Read also: Minister says guns will go",
    "READ MORE: Minister says guns will go",
    "Copyright 2023 The Gazette. All rights reserved.",
    "© 2023 The Gazette",
    "(Reporting by Ann Olen; Editing by Bo Ek)",
]


def capital(text: str) -> str:
    return text[0].upper() + text[1:]


@st.composite
def paragraphs(draw: st.DrawFn, templates: tuple[str, ...]) -> str:
    template = draw(st.sampled_from(templates))
    words = {key: draw(st.sampled_from(NAMES)) for key in "ab"} | {key: draw(st.sampled_from(CLAUSES)) for key in "xyz"}
    return template.format(**words, **{key.upper(): capital(value) for key, value in words.items()})


@st.composite
def articles(draw: st.DrawFn, templates: tuple[str, ...] = EVERY, datelines: tuple[str, ...] = DATELINES) -> str:
    """The text of an invented article, with "<" and ">" for its marks of quotation."""
    body = draw(st.lists(paragraphs(templates), min_size=1, max_size=5))
    return draw(st.sampled_from(TITLES)) + draw(st.sampled_from(datelines)) + "\n\n".join(body)


def marked(text: str, marks: tuple[str, str] = CURLY) -> str:
    return text.replace("<", marks[0]).replace(">", marks[1])


def labeled(text: str) -> list[Statement]:
    return label(Article("a", None, text, "2024-02-27"), RESOLVER)


def told(found: list[Statement]) -> list[tuple[str | None, ...]]:
    """What statements say, wherever they stand: source, cue, kind and words, marks of quotation made alike."""
    return [
        (s.source and neutral(s.source.text), s.cue and neutral(s.cue.text), s.kind, neutral(s.text)) for s in found
    ]


def actors(found: list[Statement]) -> list[str | None]:
    return [s.actor.id if s.actor else None for s in found]


def neutral(text: str) -> str:
    return " ".join(MARK.sub("'", text).split())


def check_offsets(text: str, found: list[Statement]) -> None:
    text = clean(text)  # as it stands in the article, which offsets count in; of the same length
    for statement in found:
        spans = statement.spans
        assert spans
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
        assert statement.text == " ".join(" ".join(text[start:end] for start, end in spans).split())
        for mention in (statement.source, statement.cue):
            assert mention is None or mention.text == text[mention.start : mention.end] != ""


@settings(max_examples=100, deadline=None)
@given(articles(), st.sampled_from([CURLY, *STYLES]))
def test_offsets_spell_the_words(text: str, marks: tuple[str, str]) -> None:
    text = marked(text, marks)
    check_offsets(text, labeled(text))


FRAGMENTS = st.sampled_from(
    [*"“”\"'‘’«»„<>—–():;.,!? \n", "\r\n", "\n\n", "\u00a0", "\u2028", "``", "''", "Berg", " said", "he", "🙂"]
    + [" said that ", "According to ", " told Berg: ", "added:\n\n", "— Anna Berg", "ANNA BERG: I ", "By ", "Macron"]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=6)), max_size=40).map("".join))
@example(" told Berg: \x00")
def test_offsets_in_any_text(text: str) -> None:
    found = labeled(text)
    check_offsets(text, found)
    assert len({s.id for s in found}) == len(found)


@settings(max_examples=250, deadline=None)
@given(articles())
def test_ids_are_stable_and_unique(text: str) -> None:
    text = marked(text)
    found = labeled(text)
    assert found == labeled(text)
    assert len({s.id for s in found}) == len(found)


@settings(max_examples=250, deadline=None)
@given(articles(), st.sampled_from(UNRELATED))
def test_a_paragraph_more_changes_no_statement_before_it(text: str, more: str) -> None:
    text = marked(text)
    assert labeled(f"{text}\n\n{more}") == labeled(text)


@pytest.mark.parametrize("marks", STYLES, ids=["".join(m) for m in STYLES])
@settings(max_examples=80, deadline=None)
@given(text=articles((*QUOTATIONS, *PLAIN), ("",)))
def test_every_style_of_marks_gives_the_same(marks: tuple[str, str], text: str) -> None:
    assert told(labeled(marked(text, marks))) == told(labeled(marked(text)))


@pytest.mark.parametrize(("old", "new"), [("\n", "\r\n"), ("\n\n", "\n"), ("\n\n", "\n\n\n")])
@settings(max_examples=120, deadline=None)
@given(text=articles())
def test_white_space_changes_nothing(old: str, new: str, text: str) -> None:
    text = marked(text)
    found, other = labeled(text), labeled(text.replace(old, new))
    assert told(found) == told(other)
    assert actors(found) == actors(other)


@settings(max_examples=250, deadline=None)
@given(articles((*QUOTATIONS, *PLAIN, QUESTION, UNCLOSED), ("",)))
def test_spaces_that_do_not_break_change_nothing(text: str) -> None:
    text = marked(text)
    assert set(told(labeled(text.replace(" ", "\u00a0")))) == set(told(labeled(text)))


@settings(max_examples=250, deadline=None)
@given(articles(), st.lists(st.sampled_from(BOILERPLATE), min_size=1, max_size=4, unique=True))
def test_boilerplate_says_nothing(text: str, lines: list[str]) -> None:
    text = marked(text) + "\n\nIt rained."
    assert labeled("\n\n".join([text, *lines])) == labeled(text)
