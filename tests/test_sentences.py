"""Sentences of news prose: where they end, and where a full stop does not end one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.labeling.layout import blocks
from stance.labeling.quotes import find_quotes
from stance.labeling.sentences import sentence_spans, tokenize


def sentences(text: str) -> list[str]:
    out = []
    paragraphs = blocks(text)
    for block, quotes in zip(paragraphs, find_quotes(text, paragraphs), strict=True):
        if not block.furniture:
            out += [text[a:b] for a, b in sentence_spans(text, block.start, block.end, quotes)]
    return out


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(["Sen. Ann Olen, R-Ky., said no.", "She left."], id="party-and-state"),
        pytest.param(["He met Ann Olen (R-S.C.) in May.", "She left."], id="party-and-state-in-brackets"),
        pytest.param(["So said Bo Ek, D-S. C., and others."], id="parted-initials"),
        pytest.param(["Gen. Bo A. Ek spoke.", "He stayed."], id="rank-and-initial"),
        pytest.param(["The case of Ms. Olen-Ek is old.", "She won."], id="title-and-double-name"),
        pytest.param(["Gens. Ek and Olen met Govs. Ask and Bil."], id="titles-of-two"),
        pytest.param(["Maj.-Gen. Ek met then-Sen. Olen and Amb. Bil."], id="joined-titles"),
        pytest.param(["She lives in the U.S. now.", "He left the U.S.", "The others stayed."], id="country"),
        pytest.param(["The U.S. Army and the U.N. Council met."], id="country-in-a-name"),
        pytest.param(["On Sept. 11 it fell.", "It rose on Oct. 3, 2022."], id="months"),
        pytest.param(["It cost $61.4 bn.", "The rest (€1.2 mn) came later."], id="money"),
        pytest.param(["They met at 8:30 p.m. Tuesday.", "He left at 9 p.m. EST."], id="time-and-day"),
        pytest.param(["He left at 9 p.m.", "The others stayed."], id="time-at-the-end"),
        pytest.param(["He waited ... and went.", "It rained."], id="ellipsis"),
        pytest.param(["He waited...", "Then he went."], id="ellipsis-at-the-end"),
        pytest.param(["He waited… then he went."], id="ellipsis-sign"),
        pytest.param(["Shares of Ek Inc. rose.", "So did those of Olen Corp.", "The rest fell."], id="companies"),
        pytest.param(["He moved to Reno, Nev.", "They stayed in Miami, Fla., until May."], id="states"),
        pytest.param(["Hooray Guns! aired on Tuesday.", "It was dull."], id="mark-in-a-name"),
        pytest.param(["“Why not?” he asked.", "Nobody knew."], id="question-before-the-speaker"),
        pytest.param(["“We will. We must,” she said.", "“They must too. Now.”"], id="full-stop-in-a-quotation"),
        pytest.param(["She wrote “Guns for All.”", "“Send them,” he said."], id="quotation-after-quotation"),
        pytest.param(["She spoke of “guns.”", "“Send them.”"], id="two-quotations-side-by-side"),
        pytest.param(["“They go,” he said.", "“They go now"], id="open-quotation"),
        pytest.param(["(The ministry said no.)", "It rained."], id="brackets"),
        pytest.param(["It is on page No. 5 of approx. 50.", "He read it."], id="numbers"),
        pytest.param(["The list is long.", "1. Send arms.", "2. Send money."], id="enumerator"),
        pytest.param(["It was Ek vs. Olen again.", "Ek won."], id="versus"),
        pytest.param(["Did he say no?", "No.", "We don't know."], id="short-sentences"),
    ],
)
def test_sentences(parts: list[str]) -> None:
    assert sentences("A headline stands over it\n" + " ".join(parts)) == ["A headline stands over it", *parts]


def test_marks_of_a_list_in_one_paragraph_are_left_out() -> None:
    assert sentences("The list is long. • Send arms. • Send money.") == [
        "The list is long.",
        "Send arms.",
        "Send money.",
    ]


def test_a_dateline_a_time_and_a_label_are_in_no_sentence() -> None:
    text = "Headline\nPARIS (Reuters) - It ends. All go.\n14:32 GMT Ek spoke.\nMR. EK: We go.\nQ: Why do you?"
    assert sentences(text)[1:] == ["It ends.", "All go.", "Ek spoke.", "We go.", "Why do you?"]


@pytest.mark.parametrize("mark", ['"', "“", "''"])
def test_every_paragraph_that_is_no_furniture_has_a_sentence(mark: str) -> None:
    for text in ("Yes.", f"{mark}Yes", "1. Yes", "a", "He said:\nNO!"):
        for block in blocks(text):
            assert block.furniture or sentence_spans(text, block.start, block.end, [])


@given(
    text=st.lists(
        st.sampled_from(
            [
                "He",
                "said.",
                "Mr.",
                "U.S.",
                "p.m.",
                "1.",
                "(No.)",
                "“We",
                "go.”",
                "‘so’",
                '"',
                "?",
                "…",
                "•",
                "\n",
                "Ek!",
            ]
        ),
        max_size=25,
    ).map(" ".join)
)
def test_sentences_lose_no_word_and_do_not_overlap(text: str) -> None:
    paragraphs = blocks(text)
    for block, quotes in zip(paragraphs, find_quotes(text, paragraphs), strict=True):
        spans = sentence_spans(text, block.start, block.end, quotes)
        at = block.start
        for start, end in spans:
            assert not any(c.isalnum() for c in text[at:start])
            assert at <= start < end <= block.end
            assert tokenize(text, start, end, quotes)
            at = end
        assert not text[at : block.end].strip()
        assert not any(a < q.start < b < q.end for a, b in spans for q in quotes)
