"""The terms of a text: normalising, scope of reversals, places of terms, and scikit-learn's own n-grams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from stance.features import BLOCKS, CHAR_NGRAMS, aligned, normalize, terms
from stance.scope import units

TEXTS = st.text(max_size=80) | st.lists(
    st.sampled_from(
        ["not", "won't", "stop", "sending", "tanks", "but", ",", ".", "Σ", "İ", "ﬁ", "…", "10,000", "🚀", "we", "“no”"]
    ),
    max_size=14,
).map(" ".join)


def read(text: str) -> dict[str, bool]:
    return {u.text: u.turned for u in units(normalize(text))}


def test_normalize() -> None:
    assert normalize("“Ten  10,000\u00a0ﬁghters’”—A") == '"ten 0 fighters\'"-a'
    assert normalize("in 2024, he said. F\u201116") == "in 0, he said. f-0"


@given(TEXTS)
def test_aligned_is_normalize_with_the_place_of_each_character(text: str) -> None:
    plain, origin = aligned(text)
    assert plain == normalize(text)
    assert len(origin) == len(plain)
    assert origin == sorted(origin)
    assert all(0 <= i < len(text) for i in origin)
    for character, i in zip(plain, origin, strict=True):
        if character.isascii() and character.isalpha() and text[i].isascii():
            assert text[i].lower() == character


@pytest.mark.parametrize(
    ("text", "word", "turned"),
    [
        ("We will send shells.", "send", False),
        ("We will not send shells.", "send", True),
        ("We will not stop sending shells.", "sending", False),
        ("We won't send shells.", "send", True),
        ("They cannot refuse to send shells.", "send", False),
        ("No, we send shells.", "send", False),  # the comma ends the scope
        ("It is not easy but we send shells.", "send", False),
        ("Nobody ruled out troops.", "troops", False),
        ("It would be a mistake not to send shells.", "send", False),
        ("She warned against sending shells.", "sending", False),
    ],
)
def test_reversals_govern_what_follows_in_their_clause(text: str, word: str, turned: bool) -> None:
    assert read(text)[word] is turned


@given(TEXTS)
def test_units_lie_in_order_inside_the_text(text: str) -> None:
    plain = normalize(text)
    last = 0
    for unit in units(plain):
        assert last <= unit.start < unit.end <= len(plain)
        assert unit.text.split()[0][0] == plain[unit.start] or unit.text == "will"
        last = unit.end


@given(TEXTS, st.sampled_from(sorted(BLOCKS)))
def test_every_term_stands_inside_the_text(text: str, block: str) -> None:
    plain = normalize(text)
    for term, places in BLOCKS[block](plain):
        assert term
        assert all(0 <= start <= end <= len(plain) for start, end in places)


@given(TEXTS)
def test_characters_are_those_of_scikit_learn(text: str) -> None:
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=CHAR_NGRAMS, lowercase=False).build_analyzer()
    assert sorted(terms(text, "chars")) == sorted(theirs(normalize(text)))


def test_frames_pair_the_classes_of_a_clause_in_order() -> None:
    found = {term for term, _ in BLOCKS["frames"](normalize("We will not stop sending shells, and we refuse."))}
    assert {"<not>+><stop>~", "<stop>~><give>+", "<not>+><give>+"} <= found
    assert "<stop>~><refuse>+" not in found  # another clause
    assert any(term.startswith("$<refuse>") for term in found)
    assert any(term.startswith("^<stop>") for term in found)
