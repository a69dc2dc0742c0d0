"""Paragraphs: what is furniture, and where the prose begins and ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.labeling.layout import Block, blocks, is_furniture


def body(line: str) -> str:
    """The prose of a line that stands under a headline."""
    text = f"A headline stands over it\n{line}"
    block = blocks(text)[1]
    assert not block.furniture
    assert text[block.start - block.dateline :].startswith(line[0])
    return text[block.start : block.end]


def speakers(text: str) -> list[str | None]:
    return [None if b.speaker is None else text[b.speaker[0] : b.speaker[1]] for b in blocks(text)]


@pytest.mark.parametrize(
    "line",
    [
        # links
        "Read also: Guns for all",
        "Related: Guns for all",
        "RELATED STORIES",
        "See also: the guns of spring",
        "Click here to read more",
        "WATCH: Minister opens the bridge",
        "More on this story",
        "MINISTER SENDS ALL THE GUNS TO THE FRONT",
        "‘shame,’ SAYS MINISTER OF ALL THE GUNS",
        "Advertisement",
        "Recommended",
        # newsletters, cookies
        "Sign up to our daily newsletter",
        "Sign up for The Morning Gun, our free newsletter",
        "Subscribe now for full access",
        "Get the Gazette app",
        "Follow us on X",
        "Join us on Telegram",
        "Follow Ann Olen on Twitter @annolen",
        "We use cookies to improve your visit.",
        "This site uses cookies.",
        "By signing up you agree to our terms.",
        # buttons
        "Share",
        "Facebook Twitter Email",
        "Share this article on Facebook",
        "12 comments",
        "3 min read",
        "2 hours ago",
        # notices
        "This is a breaking news story. Check back for updates.",
        "This story has been updated.",
        "This article was first published in March.",
        "More to follow",
        "Correction: An earlier version misspelled a name.",
        "Editor’s note: The minister has since left.",
        "The views expressed are the author’s own.",
        "© 2023 The Gazette. All rights reserved.",
        "Copyright 2023 The Gazette",
        "The Gazette. All rights reserved.",
        "Privacy policy | Terms of use",
        # contact
        "Contact: press office, +46 8 000 00 00",
        "For more information, contact press@example.org",
        "ann.olen@example.org",
        "@annolen",
        # bylines
        "By Ann Olen",
        "By Ann Olen and Bo Ek, Staff Writers",
        "BY ANN OLEN",
        "Ann Olen contributed reporting.",
        "Bo Ek in Lund contributed to this report.",
        "Olen reported from Lund.",
        "(Reporting by Ann Olen; Editing by Bo Ek)",
        "Additional reporting by Ann Olen",
        "Bo Ek is a columnist for the Gazette.",
        # captions
        "A soldier waits near Lund. (AP Photo/Ann Olen)",
        "A soldier waits near Lund, March 3, 2022. Photo: Ann Olen",
        "Ann Olen/AFP via Getty Images",
        "Photo: Ann Olen/The Gazette",
        "A tank. (Ann Olen/Getty Images)",
        # times
        "14:32 GMT",
        "8:30 p.m.",
        "Published 12:03 BST, 4 March 2023",
        "March 3, 2023 / 10:12 AM",
        "5 March 2023",
        "Last updated on Monday 12:00",
        "Updated: 2 hours ago",
        # labels and marks
        "OPINION",
        "World",
        "___",
        "***",
        "14",
        "CNN —",
        "https://example.org/guns",
        "pic.x.com/abcd",
        "margin-top: 5px;",
        "— Ann Olen (@annolen) March 3, 2023",
    ],
)
def test_furniture(line: str) -> None:
    assert [b.furniture for b in blocks(f"A headline stands over it\n{line}\nIt rained.")] == [False, True, False]


@pytest.mark.parametrize(
    "line",
    [
        "No.",
        "He lies.",
        "We will go.",
        "Share of the guns fell to a tenth.",
        "Read my lips: no guns, he said.",
        "Follow the money, she said.",
        "Source close to the minister said he would go.",
        "Image matters in war, he said.",
        "This story is about courage, he said.",
        "Recommended by the panel, the plan passed.",
        "Subscribe to the idea that we win, he said.",
        "She signed up to fight.",
        "By Tuesday the guns were gone, he said.",
        "From Lund the minister flew home.",
        "NO GUNS, the minister said on Monday, as he had before.",
        "“WE SEND ALL THE GUNS WE HAVE!”",
        "The minister said no. He will say so again. It is the end (Reuters).",
        "8:30 p.m. was the end of it.",
        "World leaders met.",
        "The video shows a tank: it burns.",
        "He thanked the photo editor, Ann Olen.",
        "Contact with the unit was lost, the army said.",
        "Breaking the siege is hard, he said.",
        "Updated guns are on their way.",
        "Copyright law is no help, she said.",
    ],
)
def test_prose(line: str) -> None:
    assert not is_furniture(line)
    assert [b.furniture for b in blocks(f"A headline stands over it\n{line}\nIt rained.")] == [False, False, False]


def test_a_post_in_capitals_that_the_prose_announces_is_no_furniture() -> None:
    cry = "WE SEND ALL THE GUNS WE HAVE TODAY!"
    assert is_furniture(cry)
    assert not blocks(f"A headline stands over it\nHe wrote on his page:\n{cry}")[2].furniture


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("PARIS (Reuters) - France sends guns.", "France sends guns."),
        ("KYIV, Ukraine (AP) — It waits.", "It waits."),
        ("KYIV, March 3 (Reuters) - It waits.", "It waits."),
        ("CAMBRIDGE, Mass., Dec. 11 (UPI) — It waits.", "It waits."),
        ("NEW YORK/LONDON, Feb 24 (Reuters) - Oil rose.", "Oil rose."),
        ("Kyiv (Ukraine), 12 Mar (EFE).- It waits.", "It waits."),
        ("Washington (AFP) – The minister spoke.", "The minister spoke."),
        ("WASHINGTON — The minister spoke.", "The minister spoke."),
        ("ST. LOUIS -- “We go,” he said.", "“We go,” he said."),
        ("(CNN)The minister spoke.", "The minister spoke."),
        ("CNN — The minister spoke.", "The minister spoke."),
        ("NATO — Ukraine’s hope — will act.", "NATO — Ukraine’s hope — will act."),
        ("NATO - which it joins - will act.", "NATO - which it joins - will act."),
        ("14:32 GMT Ek said no.", "Ek said no."),
        ("14.32: Ek said no.", "Ek said no."),
        ("8:30 p.m. The minister left.", "The minister left."),
        ("[14:32] Ek said no.", "Ek said no."),
        ("• We send arms.", "We send arms."),
        ("- We send arms.", "We send arms."),
        ("— “We send arms,” he said.", "“We send arms,” he said."),
        ("1. Send arms now.", "Send arms now."),
        ("(a) Send arms now.", "Send arms now."),
        ("-5 degrees is cold.", "-5 degrees is cold."),
        ("3.5 million came.", "3.5 million came."),
        ("We send arms. https://t.co/abcd", "We send arms."),
        ("We send arms. pic.twitter.com/abcd", "We send arms."),
        ("It ends, he said. (Reporting by Ann Olen; Editing by Bo Ek)", "It ends, he said."),
        (
            "The guns go, he said. The rest stays. It rains. (Reuters)",
            "The guns go, he said. The rest stays. It rains.",
        ),
    ],
)
def test_prose_begins_after_the_lead_and_ends_before_links(line: str, expected: str) -> None:
    assert body(line) == expected


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        ("RT @annolen: We send arms.", "@annolen", "We send arms."),
        ("@annolen: We send arms.", "@annolen", "We send arms."),
        ("We send arms. — Ann Olen (@annolen) March 3, 2023", "Ann Olen", "We send arms."),
        ("“We send arms.” ― Ann B. Olen", "Ann B. Olen", "“We send arms.”"),
        ("“We send arms.” — Ann Olen, minister of war", "Ann Olen", "“We send arms.”"),
    ],
)
def test_posts_and_signed_quotations_have_a_speaker(line: str, name: str, expected: str) -> None:
    assert body(line) == expected
    assert speakers(f"A headline stands over it\n{line}")[1] == name


def test_the_line_under_a_post_names_its_author() -> None:
    text = "A headline stands over it\nWe send arms.\n— Ann Olen (@annolen) March 3, 2023\nIt rained."
    assert speakers(text) == [None, "Ann Olen", None, None]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["MR. EK: We send them.", "Q: When is that?", "MR. EK: Soon."], ["MR. EK", "Q", "MR. EK"]),
        (["Q: What do you send?", "A: Guns."], ["Q", "A"]),
        (["Q. What do you send?", "A. Guns."], ["Q", "A"]),
        (["OLEN: We need guns.", "EK: You get them."], ["OLEN", "EK"]),
        (["GEN. BO EK (through interpreter): We go.", "MS. OLEN: Why do you?"], ["GEN. BO EK", "MS. OLEN"]),
        (["Gazette: Why do you go?", "Ek: We must.", "Gazette: Why?", "Ek: I said so."], ["Gazette", "Ek"] * 2),
        (["MR. EK: We send them.", "It rained."], [None, None]),
        (["UPDATE: We saw it.", "NOTE: You may read it."], [None, None]),
        (["ECONOMY: The plan is big.", "SECURITY: The plan is small."], [None, None]),
        (["He said: We go.", "She said: You stay."], [None, None]),
        (["Poll: Ek leads.", "Poll: Olen leads."], [None, None]),
    ],
)
def test_turns_of_a_transcript(lines: list[str], expected: list[str | None]) -> None:
    text = "\n".join(["A headline stands over it", *lines])
    assert speakers(text)[1:] == expected
    for block, name in zip(blocks(text)[1:], expected, strict=True):
        assert name is None or ":" not in text[block.start : block.end]


def test_a_turn_goes_on_over_paragraphs_but_not_past_the_last_one() -> None:
    turns = ["MR. EK: We go.", "And we go soon.", "Q: Why do you?", "MR. EK: We must.", "Q: Who?", "MR. EK: All of us."]
    text = "\n".join(["A headline stands over it", *turns, "It rained."])
    assert speakers(text)[1:] == ["MR. EK", "MR. EK", "Q", "MR. EK", "Q", "MR. EK", None]


def test_a_paragraph_without_a_lead_is_whole() -> None:
    assert blocks("It rained.") == [Block(0, 10)]


@given(
    text=st.lists(
        st.sampled_from(
            [
                "PARIS",
                "(AP)",
                "—",
                "-",
                "•",
                "1.",
                "Q:",
                "A:",
                "MR. EK:",
                "we",
                "Go",
                "\n",
                "@ek:",
                "RT",
                "14:32",
                "GMT",
            ]
            + ["http://a.b", "<p>", "”", "“", "Photo:", "©", "(@ek)", "___"]
        ),
        max_size=25,
    ).map(" ".join)
)
def test_paragraphs_of_any_text_are_in_order_and_hold_something(text: str) -> None:
    at = 0
    for block in blocks(text):
        assert at <= block.start - block.dateline <= block.start < block.end <= len(text)
        assert block.furniture or any(c.isalnum() for c in text[block.start : block.end])
        if block.speaker is not None:
            assert text[slice(*block.speaker)].strip()
        at = block.end


def test_a_dateline_without_a_dash_is_still_one() -> None:
    text = "PARIS (AP) The minister went home."
    (block,) = blocks(text)
    assert text[block.start : block.end] == "The minister went home."
