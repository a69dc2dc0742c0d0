"""Attribution: constructions, one readable case each, and what holds for any text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.labeling import attributions

CASES = [
    # cue before, after, inverted
    (
        "The minister said that the tanks would leave in May.",
        [("The minister", "said", ["the tanks would leave in May"])],
    ),
    ("“The tanks leave in May,” the aide said.", [("the aide", "said", ["The tanks leave in May,"])]),
    ("“The tanks leave in May,” said Anna Berg.", [("Anna Berg", "said", ["The tanks leave in May,"])]),
    (
        "The tanks would leave in May, the minister told reporters on Monday.",
        [("the minister", "told", ["The tanks would leave in May"])],
    ),
    # a cue that interrupts: one statement, two spans
    (
        '"We will help," Berg said. "We will not wait for others to go first."',
        [("Berg", "said", ["We will help,", "We will not wait for others to go first."])],
    ),
    # marks
    ("«We will send no shells,» Berg said.", [("Berg", "said", ["We will send no shells,"])]),
    (
        "“They told us 'never tanks' and here the tanks are,” Berg said.",
        [("Berg", "said", ["They told us 'never tanks' and here the tanks are,"])],
    ),
    ("‘We will send no shells,’ Berg said.", [("Berg", "said", ["We will send no shells,"])]),
    # according to
    ("According to Berg, the shells are ready.", [("Berg", "According to", ["the shells are ready"])]),
    ("The shells are ready, according to Berg.", [("Berg", "according to", ["The shells are ready"])]),
    # who has …, said …, although he warned …
    (
        "Prime Minister Karl Berg, who has opposed arms deliveries, said the plan was dead, although he warned that it "
        "could return.",
        [
            ("Prime Minister Karl Berg", "has opposed", ["arms deliveries"]),
            ("Prime Minister Karl Berg, who has opposed arms deliveries", "said", ["the plan was dead"]),
            ("he", "warned", ["it could return"]),
        ],
    ),
    (
        "Berg has not ruled out the possibility of sending trainers.",
        [("Berg", "has not ruled out", ["the possibility of sending trainers"])],
    ),
    ("The Senate approved a package of missiles.", [("The Senate", "approved", ["a package of missiles"])]),
    ("The package was approved by the Senate.", [("the Senate", "approved", ["The package"])]),
    (
        "Berg said the shells were ready, adding that more would follow.",
        [("Berg", "said", ["the shells were ready"]), ("Berg", "adding", ["more would follow"])],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text[:40] for text, _ in CASES])
def test_constructions(text: str, expected: list[tuple[str, str, list[str]]]) -> None:
    found = [
        (
            text[a.source[0] : a.source[1]] if a.source else None,
            text[a.cue[0] : a.cue[1]].removeprefix("was ") if a.cue else None,
            [text[s:e] for s, e in a.spans],
        )
        for a in attributions(text)
        if not a.nested
    ]
    assert found == expected


def test_the_outlet_that_carried_the_words_is_no_source() -> None:
    (found,) = attributions('"We will send the shells," he said before leaving, according to Reuters.')
    assert found.medium == "Reuters"


@pytest.mark.parametrize(
    "text",
    [
        "BERG SAYS TANKS WILL GO TO THE FRONT AFTER LONG DEBATE",
        "By Anna Reporter and Karl Writer",
        "Read also: Minister says the tanks will go",
        "Soldiers walk past a tank that the minister said was new (Some Name/AP)",
    ],
)
def test_page_furniture_is_no_statement(text: str) -> None:
    assert attributions("A plain first line of the article.\n\n" + text + "\n\nAnd the last one.") == []


def test_a_quotation_in_its_own_paragraph_belongs_to_the_last_speaker() -> None:
    text = '"We have waited long enough," Berg said.\n\n"The shells must go now, and the guns with them."'
    first, second = attributions(text)
    assert first.source == second.source
    assert text[slice(*second.spans[0])] == "The shells must go now, and the guns with them."


def test_a_quotation_left_open_goes_on_in_the_next_paragraph() -> None:
    text = '"We have waited long enough," Berg said. "It is time.\n\n"The shells must go now, I tell you."'
    (found,) = attributions(text)
    assert [text[s:e] for s, e in found.spans][-1] == "The shells must go now, I tell you."


def test_the_united_states_states_nothing() -> None:
    text = "The United States has never said so before, he knew."
    assert all(text[slice(*a.cue)] != "States" for a in attributions(text) if a.cue)


PIECES = (
    '"|“|”|’|‘|«|»| said |Berg|, |. |\n\n| that |tanks|'
    " according to | who | (|) | and |🙂|é|א| – |was approved by | told "
)
FRAGMENTS = st.sampled_from(PIECES.split("|"))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=6)), max_size=40).map("".join))
def test_spans_lie_in_any_text(text: str) -> None:
    for found in attributions(text):
        spans = [*found.spans, *(s for s in (found.source, found.cue) if s)]
        assert all(0 <= start < end <= len(text) for start, end in spans)


@pytest.mark.parametrize("whom", ["reporters", "the parliament", "lawmakers in Bern"])
def test_whoever_is_told_is_no_part_of_what_is_said(whom: str) -> None:
    text = f"Berg told {whom} that the shells were ready."
    (found,) = attributions(text)
    assert text[slice(*found.spans[0])] == "the shells were ready"
