"""Quotation marks: where a quotation begins and ends, whatever the marks."""

from __future__ import annotations

import pytest

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
