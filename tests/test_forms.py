"""Attribution by form: headlines, signatures, announcements, parted speech, nouns and adjectives as cues, nesting.

A case is a text and its attributions: (source, cue, pieces, kind), with "+" before the source of one that is inside
another's words.
"""

from __future__ import annotations

import pytest

from stance.labeling import attributions

Row = tuple[str | None, str | None, list[str], str]


def rows(text: str) -> list[Row]:
    return [
        (
            None if a.source is None else ("+" if a.nested else "") + text[slice(*a.source)],
            None if a.cue is None else text[slice(*a.cue)],
            [text[slice(*span)] for span in a.spans],
            a.kind,
        )
        for a in attributions(text)
    ]


def case(name: str, text: str, *expected: Row):
    return pytest.param(text, list(expected), id=name)


BELOW = "\n\nThe town lies on a river."
HEADLINES = [
    case("poll", "Poll: Voters favour aid" + BELOW, ("Poll", ":", ["Voters favour aid"], "indirect")),
    case("minister", "Minister: Guns will go" + BELOW, ("Minister", ":", ["Guns will go"], "indirect")),
    case("name", "Anna Berg: Guns will go east" + BELOW, ("Anna Berg", ":", ["Guns will go east"], "indirect")),
    case("report", "Report: Depots stand empty" + BELOW, ("Report", ":", ["Depots stand empty"], "indirect")),
    case("says", "Minister says guns will go" + BELOW, ("Minister", "says", ["guns will go"], "indirect")),
    case("cue-last", "Guns will go, minister says" + BELOW, ("minister", "says", ["Guns will go"], "indirect")),
    case("place-in-prose", "It rained.\n\nThere was one thing left: the bridge." + BELOW),
    case(
        "title-case",
        "Defence Minister Promises Howitzers Within Seven Weeks" + BELOW,
        ("Defence Minister", "Promises", ["Howitzers Within Seven Weeks"], "indirect"),
    ),
]
BESIDE = [
    case(
        "sang",
        "The pupils sang: “Rain, rain, go away.”",
        ("The pupils", "sang", ["Rain, rain, go away."], "direct"),
    ),
    case("chanted", "Protesters chanted “No more shells”.", ("Protesters", "chanted", ["No more shells"], "direct")),
    case(
        "chanted-behind",
        "“No more shells,” the protesters chanted.",
        ("the protesters", "chanted", ["No more shells,"], "direct"),
    ),
    case(
        "bellowed",
        "Two men bellowed: “Send the guns at once.”",
        ("Two men", "bellowed", ["Send the guns at once."], "direct"),
    ),
    case(
        "bellowed-behind",
        "“Send them at once,” the man bellowed.",
        ("the man", "bellowed", ["Send them at once,"], "direct"),
    ),
]
SIGNED = [
    case(
        "dash",
        "It rained.\n\n“We will go on as before.” — Jane Doe",
        ("Jane Doe", "—", ["We will go on as before."], "direct"),
    ),
    case(
        "bar",
        "It rained.\n\n“We will go on as before.” ― Jane Doe",
        ("Jane Doe", "―", ["We will go on as before."], "direct"),
    ),
    case(
        "hyphens",
        "It rained.\n\n“We will go on as before.” -- Jane Doe",
        ("Jane Doe", "-", ["We will go on as before."], "direct"),
    ),
    case(
        "role",
        "It rained.\n\n“We will go on as before.” — Jane Doe, mayor of the town",
        ("Jane Doe", "—", ["We will go on as before."], "direct"),
    ),
    case(
        "straight",
        'It rained.\n\n"We will go on as before." — Jane Doe',
        ("Jane Doe", "—", ["We will go on as before."], "direct"),
    ),
]
ANNOUNCED = [
    case(
        "said-then-quotation",
        "The minister said:\n\n“The howitzers will leave in June.”",
        ("The minister", "said", ["The howitzers will leave in June."], "direct"),
    ),
    case(
        "said-then-plain",
        "The minister said:\n\nThe howitzers will leave in June.",
        ("The minister", "said", ["The howitzers will leave in June."], "indirect"),
    ),
    case(
        "two-quotations",
        "The minister said:\n\n“The howitzers will leave in June.” “The shells will follow.”",
        ("The minister", "said", ["The howitzers will leave in June.", "The shells will follow."], "direct"),
    ),
    case(
        "said-and-added",
        "“The depots are full,” Berg said, and added:\n\n“The howitzers will leave in June.”",
        ("Berg", "said", ["The depots are full,"], "direct"),
        ("Berg", "added", ["The howitzers will leave in June."], "direct"),
    ),
    case(
        "a-list-is-no-speech",
        "Three towns were hit:\n\n“Old Tom” fell, and the bridge was lost.",
    ),
    case(
        "added-then-quotation",
        "Berg flew home. She added:\n\n“The howitzers will leave in June.”",
        ("She", "added", ["The howitzers will leave in June."], "direct"),
    ),
    case(
        "added-then-plain",
        "Berg flew home. She added:\n\nThe howitzers will leave in June.",
        ("She", "added", ["The howitzers will leave in June."], "indirect"),
    ),
]
PARTED = [
    case(
        "in-the-middle",
        "The howitzers, the minister said, would leave in June.",
        ("the minister", "said", ["The howitzers", "would leave in June"], "indirect"),
    ),
    case(
        "she-said",
        "The plan, she said, was dead.",
        ("she", "said", ["The plan", "was dead"], "indirect"),
    ),
    case(
        "quotation",
        "“The howitzers,” the minister said, “would leave in June.”",
        ("the minister", "said", ["The howitzers,", "would leave in June."], "direct"),
    ),
    case(
        "according-to",
        "The howitzers, according to the minister, would leave in June.",
        ("the minister", "according to", ["The howitzers", "would leave in June"], "indirect"),
    ),
    case(
        "according-to-a-name",
        "The shells, according to Berg, are ready.",
        ("Berg", "according to", ["The shells", "are ready"], "indirect"),
    ),
    case("dashes", "The shells — Berg said — would go.", ("Berg", "said", ["The shells", "would go"], "indirect")),
    case("warned", "The guns, Berg warned, were old.", ("Berg", "warned", ["The guns", "were old"], "indirect")),
    case(
        "according-to-before-the-end",
        "The depots are, according to Berg, full.",
        ("Berg", "according to", ["The depots are", "full"], "indirect"),
    ),
]
INVERTED = [
    case(
        "said-the-minister",
        "Said the minister: “The howitzers will leave in June.”",
        ("the minister", "Said", ["The howitzers will leave in June."], "direct"),
    ),
    case(
        "said-berg",
        "Said Anna Berg: “The howitzers will leave in June.”",
        ("Anna Berg", "Said", ["The howitzers will leave in June."], "direct"),
    ),
    case(
        "after-quotation",
        "“The howitzers will leave in June,” said the minister.",
        ("the minister", "said", ["The howitzers will leave in June,"], "direct"),
    ),
    case(
        "with-role",
        "“The guns will go,” said Anna Berg, the defence minister.",
        ("Anna Berg, the defence minister", "said", ["The guns will go,"], "direct"),
    ),
    case(
        "plain",
        "The guns will go, said Berg.",
        ("Berg", "said", ["The guns will go"], "indirect"),
    ),
]
RELATIVE = [
    case(
        "which-officials-said",
        "The town waited for the changes, which officials said will begin in June.",
        ("officials", "said", ["will begin in June"], "indirect"),
    ),
    case(
        "which-she-said",
        "The town paid for the bridge, which Berg said would last.",
        ("Berg", "said", ["would last"], "indirect"),
    ),
    case("cleft", "It was the plan that Berg said was dead.", ("Berg", "said", ["was dead"], "indirect")),
    case(
        "who-then-said",
        "Berg, who opposed the plan, said that it was dead.",
        ("Berg", "opposed", ["the plan"], "ascribed"),
        ("Berg, who opposed the plan", "said", ["it was dead"], "indirect"),
    ),
]
NOUNS = [
    case("nobody", "The claim that the depots are full made the news."),
    case(
        "voiced-support",
        "Berg voiced support for the delivery of tanks.",
        ("Berg", "voiced support for", ["the delivery of tanks"], "ascribed"),
    ),
    case(
        "expressed-support",
        "The minister expressed support for the plan.",
        ("The minister", "expressed support for", ["the plan"], "ascribed"),
    ),
    case(
        "gave-assurances",
        "The minister gave assurances that the guns would go.",
        ("The minister", "gave assurances", ["the guns would go"], "indirect"),
    ),
    case(
        "claim",
        "The town heard Berg’s claim that the depots are full.",
        ("Berg", "claim", ["the depots are full"], "indirect"),
    ),
    case(
        "her-claim",
        "The town heard her claim that the depots are full.",
        ("her", "claim", ["the depots are full"], "indirect"),
    ),
]
ADJECTIVES = [
    case(
        "confident",
        "Berg is confident that the shells will come.",
        ("Berg", "is confident", ["the shells will come"], "ascribed"),
    ),
    case("of-a-thing", "The bridge is old."),
    case("hopeful", "Berg is hopeful that the guns will go.", ("Berg", "is hopeful", ["the guns will go"], "ascribed")),
    case("certain", "Berg is certain that the guns will go.", ("Berg", "is certain", ["the guns will go"], "ascribed")),
    case("optimistic", "Berg is optimistic about the plan.", ("Berg", "is optimistic about", ["the plan"], "ascribed")),
    case("proud", "The minister is proud of the plan.", ("The minister", "is proud of", ["the plan"], "ascribed")),
    case("critical", "Berg is critical of the plan.", ("Berg", "is critical of", ["the plan"], "ascribed")),
    case(
        "sceptical",
        "Berg remains sceptical about the plan.",
        ("Berg", "remains sceptical about", ["the plan"], "ascribed"),
    ),
    case("in-favour", "Berg is in favour of the plan.", ("Berg", "is in favour of", ["the plan"], "ascribed")),
    case("against", "Berg is against the plan.", ("Berg", "is against", ["the plan"], "ascribed")),
]
APPOSITIONS = [
    case(
        "behind",
        "Karl Berg, the defence minister, said the plan was dead.",
        ("Karl Berg, the defence minister", "said", ["the plan was dead"], "indirect"),
    ),
    case(
        "before",
        "The defence minister, Karl Berg, said the plan was dead.",
        ("The defence minister, Karl Berg", "said", ["the plan was dead"], "indirect"),
    ),
    case(
        "close",
        "Defence minister Karl Berg said the plan was dead.",
        ("Defence minister Karl Berg", "said", ["the plan was dead"], "indirect"),
    ),
    case(
        "of-a-body",
        "Karl Berg, the head of the town council, said the plan was dead.",
        ("Karl Berg, the head of the town council", "said", ["the plan was dead"], "indirect"),
    ),
    case(
        "after-quotation",
        "“The plan is dead,” Karl Berg, the defence minister, said.",
        ("Karl Berg, the defence minister", "said", ["The plan is dead,"], "direct"),
    ),
    case(
        "according-to",
        "According to Karl Berg, the defence minister, the plan is dead.",
        ("Karl Berg, the defence minister", "According to", ["the plan is dead"], "indirect"),
    ),
    case(
        "with-relative",
        "Karl Berg, who leads the council, said the plan was dead.",
        ("Karl Berg, who leads the council", "said", ["the plan was dead"], "indirect"),
    ),
]
NESTED = [
    case(
        "said-sent",
        "Berg said that the government had sent howitzers to the front.",
        ("Berg", "said", ["the government had sent howitzers to the front"], "indirect"),
        ("+the government", "had sent", ["howitzers to the front"], "act"),
    ),
    case(
        "said-said",
        "Berg said that Holm had said that the plan was dead.",
        ("Berg", "said", ["Holm had said that the plan was dead"], "indirect"),
        ("+Holm", "had said", ["the plan was dead"], "indirect"),
    ),
    case(
        "said-opposed",
        "Berg said that Holm opposed the delivery of tanks.",
        ("Berg", "said", ["Holm opposed the delivery of tanks"], "indirect"),
        ("+Holm", "opposed", ["the delivery of tanks"], "ascribed"),
    ),
    case(
        "two-side-by-side",
        "Berg said that the plan was dead, but Holm said that it lived.",
        ("Berg", "said", ["the plan was dead"], "indirect"),
        ("Holm", "said", ["it lived"], "indirect"),
    ),
    case(
        "two-of-one-source",
        "Berg said that the plan was dead and added that it had been bad.",
        ("Berg", "said", ["the plan was dead"], "indirect"),
        ("Berg", "added", ["it had been bad"], "indirect"),
    ),
]
MIXED = [
    case(
        "in-a-clause",
        "Berg said the plan was “a grave mistake” for the town.",
        ("Berg", "said", ["the plan was “a grave mistake” for the town"], "mixed"),
    ),
    case(
        "at-the-end",
        "The minister said that the guns were “old and of no use”.",
        ("The minister", "said", ["the guns were “old and of no use”"], "mixed"),
    ),
    case(
        "according-to",
        "According to Berg, the plan was “a grave mistake” for the town.",
        ("Berg", "According to", ["the plan was “a grave mistake” for the town"], "mixed"),
    ),
]
ALL = [
    *HEADLINES, *BESIDE, *SIGNED, *ANNOUNCED, *PARTED, *INVERTED, *RELATIVE, *NOUNS, *ADJECTIVES, *APPOSITIONS,
    *NESTED, *MIXED,
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ALL)
def test_form(text: str, expected: list[Row]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize(
    ("text", "source", "cue", "pieces"),
    [
        ("“It is a trap,” as Berg put it.", "Berg", "put it", ["It is a trap,"]),
        ("As Berg recently put it, “It is a trap.”", "Berg", "put it", ["It is a trap."]),
        ("The plan is dead, as Berg said.", "Berg", "said", ["The plan is dead"]),
        ("In Berg’s words, “the plan is dead and gone”.", "Berg", "In", ["the plan is dead and gone"]),
        ("In her view, the plan is dead.", "her", "In", ["the plan is dead"]),
        ("The plan is dead, as reported by the ministry.", "the ministry", "as reported by", ["The plan is dead"]),
    ],
)
def test_in_ones_words(text: str, source: str, cue: str, pieces: list[str]) -> None:
    (found,) = attributions(text)
    assert found.source is not None
    assert found.cue is not None
    assert text[slice(*found.source)] == source
    assert text[slice(*found.cue)].removeprefix("recently ") == cue
    assert [text[a:b] for a, b in found.spans] == pieces
