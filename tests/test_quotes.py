"""Quotation marks: where a quotation begins and ends, whatever the marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.labeling.layout import blocks
from stance.labeling.quotes import Quote, find_quotes


def quotes(text: str) -> list[Quote]:
    return [quote for paragraph in find_quotes(text, blocks(text)) for quote in paragraph]


def inner(text: str) -> list[str]:
    return [text[q.inner_start : q.inner_end] for q in quotes(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("“The guns go.” And “the shells too.”", ["The guns go.", "the shells too."], id="curly"),
        pytest.param('"The guns go." And "the shells too."', ["The guns go.", "the shells too."], id="straight"),
        pytest.param("‘The guns go’, he wrote.", ["The guns go"], id="single-curly"),
        pytest.param("'The guns go', he wrote.", ["The guns go"], id="single-straight"),
        pytest.param("„The guns go“, he wrote.", ["The guns go"], id="low-nine"),
        pytest.param("«The guns go», he wrote.", ["The guns go"], id="guillemets"),
        pytest.param("»The guns go«, he wrote.", ["The guns go"], id="guillemets-inward"),
        pytest.param("‹The guns go›, he wrote.", ["The guns go"], id="single-guillemets"),
        pytest.param("“He said ‘no guns’ twice.”", ["He said ‘no guns’ twice."], id="single-in-double"),
        pytest.param("\"He said 'no guns' twice.\"", ["He said 'no guns' twice."], id="straight-single-in-double"),
        pytest.param("“He said “no guns” twice.”", ["He said “no guns” twice."], id="double-in-double"),
        pytest.param("«He said «no guns» twice.»", ["He said «no guns» twice."], id="guillemets-nested"),
        pytest.param("‘We don’t send guns’, he wrote.", ["We don’t send guns"], id="apostrophe-in-single"),
        pytest.param("The allies’ guns of the '90s don't go.", [], id="apostrophes-only"),
        pytest.param('The 6" gun fires.', [], id="inches"),
        pytest.param("``The guns go,'' he wrote.", ["The guns go,"], id="tex-marks"),
        pytest.param("''The guns go,'' he wrote.", ["The guns go,"], id="two-single-marks"),
        pytest.param("”The guns go,” he wrote.", ["The guns go,"], id="curly-the-wrong-way-round"),
        pytest.param('He wrote, " The guns go." It rained.', [" The guns go."], id="space-after-the-mark"),
        pytest.param('" The guns go, " he wrote. " All. "', [" The guns go, ", " All. "], id="spaces-on-both-sides"),
        pytest.param("He is 6'2\" tall.", [], id="feet-and-inches"),
        pytest.param('"We sent 5" guns to them," he wrote.', ['We sent 5" guns to them,'], id="inches-in-a-quotation"),
        pytest.param('"Article 5" is his "last word".', ["Article 5", "last word"], id="number-at-the-end"),
        pytest.param("‘The allies’ “old” guns go’, he wrote.", ["The allies’ “old” guns go"], id="double-in-single"),
        pytest.param("“The guns go.“", ["The guns go."], id="opening-mark-closes"),
        pytest.param(
            "“The guns go,” he wrote. “They go. “", ["The guns go,", "They go. "], id="opening-mark-after-a-space"
        ),
        pytest.param("Rock 'n' roll of the ‘90s.", [], id="clipped-words"),
        pytest.param("No marks at all.", [], id="none"),
    ],
)
def test_marks(text: str, expected: list[str]) -> None:
    assert inner(text) == expected


def test_outer_span_holds_the_marks() -> None:
    text = "She wrote “no guns” twice."
    (quote,) = quotes(text)
    assert text[quote.start : quote.end] == "“no guns”"
    assert quote.words(text) == 2


def test_open_end_goes_on_where_the_next_paragraph_opens_with_a_mark() -> None:
    first, second = quotes("“The guns go.\n\n“The shells go too.”")
    assert (first.open_end, first.goes_on) == (True, False)
    assert (second.open_end, second.goes_on) == (False, True)


def test_a_closed_quotation_does_not_go_on() -> None:
    first, second = quotes("“The guns go.”\n\n“The shells go too.”")
    assert not first.open_end
    assert not second.goes_on


def test_an_open_end_stops_at_its_paragraph() -> None:
    text = "“The guns go.\n\nThe town lies on a river."
    assert inner(text) == ["The guns go."]


STYLES = {  # outer opening and closing mark, inner opening and closing mark
    "straight": ('"', '"', "'", "'"),
    "curly": ("“", "”", "‘", "’"),
    "low-high": ("„", "“", "‚", "‘"),
    "low-curly": ("„", "”", "‚", "’"),
    "guillemets": ("«", "»", "‹", "›"),
    "guillemets-inward": ("»", "«", "›", "‹"),
    "british": ("‘", "’", "“", "”"),
    "british-straight": ("'", "'", '"', '"'),
    "tex": ("``", "''", "`", "'"),
    "two-singles": ("''", "''", '"', '"'),
}
PROSE = [
    "The minister spoke on Monday.",
    "It doesn’t end here.",
    "The allies’ stocks ran low in the ’90s.",
    "The officers' mess stood empty since the '80s.",
    "Then she added:",
    "Nobody answered, of course.",
    "Aid of $61.4 bn went by.",
]
SPEECH = [
    "We don’t send tanks.",
    "The allies’ tanks go, and we can't stop.",
    "Who pays?",
    "In the ’90s we paid our friends' bills",
    "They’re late, he’s not,",
    "We said no, and we meant it.",
]


@st.composite
def paragraphs(draw: st.DrawFn) -> list[list[tuple[str, str | None] | str]]:
    """Paragraphs of prose and of speech; a piece of speech is its words and perhaps a quotation inside it."""
    inside = st.sampled_from([None, None, "not now", "Never again!", "a long way off"])
    piece = st.sampled_from(PROSE) | st.tuples(st.sampled_from(SPEECH), inside)
    return draw(st.lists(st.lists(piece, min_size=1, max_size=5), min_size=1, max_size=4))


def written(
    article: list[list[tuple[str, str | None] | str]], marks: tuple[str, str, str, str]
) -> tuple[str, list[str]]:
    """The article in one style of marks, and the quotations that it holds."""
    opening, closing, inner_opening, inner_closing = marks
    out, said = [], []
    for pieces in article:
        parts = []
        for piece in pieces:
            if isinstance(piece, str):
                parts.append(piece)
                continue
            words, nested = piece
            if nested is not None:
                words = f"He told me {inner_opening}{nested}{inner_closing} twice. {words}"
            said.append(words)
            parts.append(opening + words + closing)
        out.append(" ".join(parts))
    return "\n\n".join(out), said


@pytest.mark.parametrize("style", STYLES)
@given(article=paragraphs())
def test_every_style_of_marks_gives_the_same_quotations(
    style: str, article: list[list[tuple[str, str | None] | str]]
) -> None:
    text, said = written([["The headline stands here"], *article], STYLES[style])
    assert inner(text) == said


@pytest.mark.parametrize("style", ["straight", "curly", "low-high", "guillemets", "tex", "two-singles"])
@given(article=paragraphs(), count=st.integers(1, 3))
def test_speech_goes_on_over_paragraphs_in_every_style(
    style: str, article: list[list[tuple[str, str | None] | str]], count: int
) -> None:
    before, said = written([["The headline stands here"], *article], STYLES[style])
    opening, closing = STYLES[style][:2]
    long = "\n".join(f"{opening}We sent the guns." for _ in range(count))
    found = quotes(f"{before}\nHe said:\n{long}\n{opening}That is all.{closing}\nIt rained.")
    assert len(found) == len(said) + count + 1
    assert [q.open_end for q in found[len(said) :]] == [True] * count + [False]
    assert [q.goes_on for q in found[len(said) :]] == [False] + [True] * count


@given(text=st.text(alphabet="ab.5 ,\n\"'“”„‘’‚«»‹›`″", max_size=80))
def test_quotations_of_any_text_are_in_order_and_within_their_paragraph(text: str) -> None:
    for block, found in zip(blocks(text), find_quotes(text, blocks(text)), strict=True):
        at = block.start
        for quote in found:
            assert at <= quote.start < quote.inner_start <= quote.inner_end <= quote.end <= block.end
            at = quote.end
