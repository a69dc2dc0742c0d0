"""Attribution, one construction a case: who says what, by which cue, of which kind."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.labeling import Attribution, attributions

Row = tuple[str | None, str | None, tuple[str, ...], str]


def rows(text: str) -> list[Row]:
    """(source, cue, contents, kind) of every attribution that is not inside another's words."""
    return [
        (
            text[slice(*a.source)] if a.source else None,
            text[slice(*a.cue)] if a.cue else None,
            tuple(text[slice(*span)] for span in a.spans),
            a.kind,
        )
        for a in attributions(text)
        if not a.nested
    ]


def case(name: str, text: str, *expected: Row):
    return pytest.param(text, list(expected), id=name)


DIRECT = [
    case(
        "cue-after",
        "“The howitzers leave in June,” the minister said.",
        ("the minister", "said", ("The howitzers leave in June,",), "direct"),
    ),
    case(
        "cue-before",
        "The minister said: “The howitzers leave in June.”",
        ("The minister", "said", ("The howitzers leave in June.",), "direct"),
    ),
    case(
        "inverted",
        "“The howitzers leave in June,” said Anna Berg.",
        ("Anna Berg", "said", ("The howitzers leave in June,",), "direct"),
    ),
    case(
        "inverted-present",
        "“The howitzers leave in June,” says Berg.",
        ("Berg", "says", ("The howitzers leave in June,",), "direct"),
    ),
    case("question", "“Why not now?” Berg asked.", ("Berg", "asked", ("Why not now?",), "direct")),
    case(
        "told-reporters",
        "“The guns,” he told reporters on Monday, “must go at once.”",
        ("he", "told", ("The guns,", "must go at once."), "direct"),
    ),
    case(
        "interrupted",
        "“The shells,” Berg said, “will leave in June.”",
        ("Berg", "said", ("The shells,", "will leave in June."), "direct"),
    ),
    case(
        "goes-on-after-the-cue",
        "“The shells are ready,” Berg said. “The guns will follow in June.”",
        ("Berg", "said", ("The shells are ready,", "The guns will follow in June."), "direct"),
    ),
    case(
        "next-paragraph-without-cue",
        "“The depots are full,” Berg said.\n\n“There is no reason to wait for anyone else.”",
        ("Berg", "said", ("The depots are full,",), "direct"),
        ("Berg", None, ("There is no reason to wait for anyone else.",), "direct"),
    ),
    case(
        "opened-in-one-paragraph-closed-in-the-next",
        "Berg said: “The depots are full.\n\n“We will not wait for anyone else.”",
        ("Berg", "said", ("The depots are full.", "We will not wait for anyone else."), "direct"),
    ),
    case(
        "narration-between-ends-the-speech",
        "“The depots are full,” Berg said.\n\nThe town lies on a river.\n\n“No reason to wait for anyone else.”",
        ("Berg", "said", ("The depots are full,",), "direct"),
    ),
]
MARKS = [
    case(
        "single-in-double",
        "“They told us ‘never guns’ and here the guns are,” Berg said.",
        ("Berg", "said", ("They told us ‘never guns’ and here the guns are,",), "direct"),
    ),
    case(
        "single-in-double-straight",
        "\"They told us 'never guns' and here the guns are,\" Berg said.",
        ("Berg", "said", ("They told us 'never guns' and here the guns are,",), "direct"),
    ),
    case("straight", '"We will send shells," Berg said.', ("Berg", "said", ("We will send shells,",), "direct")),
    case("curly", "“We will send shells,” Berg said.", ("Berg", "said", ("We will send shells,",), "direct")),
    case("single", "'We will send shells,' Berg said.", ("Berg", "said", ("We will send shells,",), "direct")),
    case("single-apostrophe", "‘We don’t wait,’ Berg said.", ("Berg", "said", ("We don’t wait,",), "direct")),
    case("guillemets", "«We will send shells», Berg said.", ("Berg", "said", ("We will send shells",), "direct")),
    case(
        "guillemets-spaced", "« We will send shells », Berg said.", ("Berg", "said", ("We will send shells",), "direct")
    ),
    case("low-nine", "„We will send shells“, Berg said.", ("Berg", "said", ("We will send shells",), "direct")),
]
INDIRECT = [
    case(
        "that-clause",
        "The minister said that the howitzers would leave in June.",
        ("The minister", "said", ("the howitzers would leave in June",), "indirect"),
    ),
    case("bare-clause", "Berg said the shells were ready.", ("Berg", "said", ("the shells were ready",), "indirect")),
    case(
        "cue-after-indirect",
        "The howitzers would leave in June, the minister said.",
        ("the minister", "said", ("The howitzers would leave in June",), "indirect"),
    ),
    case(
        "asked-whether-first",
        "Asked whether the guns would leave, Berg said no decision had been taken.",
        (None, "Asked", ("whether the guns would leave",), "indirect"),
        ("Berg", "said", ("no decision had been taken",), "indirect"),
    ),
    case(
        "quoted-words-inside",
        "Berg said the plan was “a dangerous mistake” for the country.",
        ("Berg", "said", ("the plan was “a dangerous mistake” for the country",), "mixed"),
    ),
    case(
        "apposition",
        "Karl Berg, the defence minister, said the plan was dead.",
        ("Karl Berg, the defence minister", "said", ("the plan was dead",), "indirect"),
    ),
    case(
        "relative-clause",
        "Prime Minister Karl Berg, who has opposed arms deliveries, said the plan was dead.",
        ("Prime Minister Karl Berg", "has opposed", ("arms deliveries",), "ascribed"),
        ("Prime Minister Karl Berg, who has opposed arms deliveries", "said", ("the plan was dead",), "indirect"),
    ),
    case(
        "participle",
        "Berg said the shells were ready, adding that more would follow.",
        ("Berg", "said", ("the shells were ready",), "indirect"),
        ("Berg", "adding", ("more would follow",), "indirect"),
    ),
    case(
        "participle-after-quotation",
        "“The shells are ready,” Berg said, adding that more would follow.",
        ("Berg", "said", ("The shells are ready,",), "direct"),
        ("Berg", "adding", ("more would follow",), "indirect"),
    ),
    case(
        "participle-after-trailing-cue",
        "The guns would go, Berg said, adding that the shells would follow.",
        ("Berg", "said", ("The guns would go",), "indirect"),
        ("Berg", "adding", ("the shells would follow",), "indirect"),
    ),
    case("pronoun-he", "He said that the guns were old.", ("He", "said", ("the guns were old",), "indirect")),
    case("pronoun-they", "They said the guns were old.", ("They", "said", ("the guns were old",), "indirect")),
    case("pronoun-she-quoted", "“The guns are old,” she said.", ("she", "said", ("The guns are old,",), "direct")),
]
ACCORDING = [
    case(
        "according-to-before",
        "According to Berg, the shells are ready.",
        ("Berg", "According to", ("the shells are ready",), "indirect"),
    ),
    case(
        "according-to-after",
        "The shells are ready, according to Berg.",
        ("Berg", "according to", ("The shells are ready",), "indirect"),
    ),
    case(
        "according-to-a-body",
        "According to the defence ministry, the shells are ready.",
        ("the defence ministry", "According to", ("the shells are ready",), "indirect"),
    ),
    case(
        "according-to-with-relative",
        "The guns must go, according to the minister, who spoke on Monday.",
        ("the minister, who spoke on Monday", "according to", ("The guns must go",), "indirect"),
    ),
]
HELD_AND_DONE = [
    case(
        "not-ruled-out",
        "Berg has not ruled out sending trainers.",
        ("Berg", "has not ruled out", ("sending trainers",), "ascribed"),
    ),
    case(
        "opposed",
        "Berg has opposed the delivery of missiles.",
        ("Berg", "has opposed", ("the delivery of missiles",), "ascribed"),
    ),
    case(
        "supports-in-relative",
        "Berg, who supports the plan, did not speak.",
        ("Berg", "supports", ("the plan",), "ascribed"),
    ),
    case("refused", "Berg refused to send the guns.", ("Berg", "refused", ("to send the guns",), "ascribed")),
    case(
        "approved",
        "The parliament approved a package of missiles.",
        ("The parliament", "approved", ("a package of missiles",), "act"),
    ),
    case(
        "approved-by",
        "A package of missiles was approved by the parliament.",
        ("the parliament", "was approved", ("A package of missiles",), "act"),
    ),
    case(
        "has-sent",
        "The government has sent howitzers to the front.",
        ("The government", "has sent", ("howitzers to the front",), "act"),
    ),
]
FIRST, LAST = "A plain first line of the article.\n\n", "\n\nThe town lies on a river."
NOTHING = [
    case("headline-link-in-capitals", FIRST + "BERG SAYS HOWITZERS WILL GO EAST AFTER LONG DEBATE" + LAST),
    case("capitals-with-colon", FIRST + "MINISTER: WE SAID NO TO GUNS" + LAST),
    case("read-more", FIRST + "READ MORE: Minister says howitzers will go east" + LAST),
    case("byline", FIRST + "By Anna Reporter and Karl Writer" + LAST),
    case("reporting-by", FIRST + "Reporting by Anna Reporter; editing by Karl Writer" + LAST),
    case("caption", FIRST + "Soldiers load a gun the minister said was new. (Anna Name/AP)" + LAST),
    case("scare-quotes", "The so-called “coalition of the willing” met in the town."),
    case("plain", "The book is on the table."),
    case("empty", ""),
]


@pytest.mark.parametrize(("text", "expected"), [*DIRECT, *MARKS, *INDIRECT, *ACCORDING, *HELD_AND_DONE, *NOTHING])
def test_construction(text: str, expected: list[Row]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Berg said the shells were ready, according to Reuters.",
        "“We are ready,” Berg said, according to Reuters.",
        "Berg will send the shells in June, according to Reuters.",
    ],
)
def test_the_outlet_is_a_medium_and_no_source(text: str) -> None:
    (found,) = attributions(text)
    assert found.medium == "Reuters"
    assert found.source is not None
    assert text[slice(*found.source)] == "Berg"


def test_words_in_a_title_are_marked_as_headline() -> None:
    (found,) = attributions("Minister says guns will go\n\nThe town lies on a river.")
    assert found.headline


def test_an_act_inside_anothers_words_is_nested() -> None:
    text = "Olaf Scholz said that Germany would send Leopard tanks to Ukraine."
    outer, inside = attributions(text)
    assert (outer.nested, inside.nested) == (False, True)
    assert text[slice(*outer.spans[0])] == "Germany would send Leopard tanks to Ukraine"


MARKS_AND_BREAKS = [*'"“”‘’«»„,.:;?!()—', "``", "''", " ", "\n\n", "\r\n", "\u2028", "🙂", "é", "א"]
PHRASES = (
    " said | said Berg|Berg said that |He told |she | according to |According to Reuters, |, adding that |"
    ", who has opposed arms, | was approved by |has not ruled out sending tanks|The minister |BERG SAYS GUNS GO |"
    "By Anna Berg|the Senate approved |That’s "
)
FRAGMENTS = st.sampled_from([*MARKS_AND_BREAKS, *PHRASES.split("|")])


def spans_of(found: Attribution) -> list[tuple[int, int]]:
    return [*found.spans, *(span for span in (found.source, found.cue, found.sentence) if span is not None)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=40).map("".join), st.booleans())
def test_any_text_gives_spans_inside_it(text: str, titled: bool) -> None:
    title = text.split("\n")[0] if titled else None
    for found in attributions(text, title):
        assert found.spans
        assert all(0 <= start < end <= len(text) for start, end in spans_of(found))


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("“Fico told us ‘no shell will leave this depot’,” Heger said.", ("Fico", "no shell will leave this depot")),
        ("\"Berg said, 'we will send the tanks', and I agree,\" Heger said.", ("Berg", "we will send the tanks")),
        ("“I said ‘no shell will leave this depot’,” Heger said.", None),
        ("“People who say ‘never again’ forget,” Heger said.", None),
    ],
)
def test_a_quotation_inside_a_quotation_is_the_inner_speakers(text: str, inner: tuple[str, str] | None) -> None:
    found = attributions(text)
    assert found[0].source is not None
    assert text[slice(*found[0].source)] == "Heger"
    nested = [(text[slice(*a.source)], text[slice(*a.spans[0])]) for a in found if a.nested and a.source]
    assert nested == ([inner] if inner else [])


@pytest.mark.parametrize(
    ("text", "source", "pieces"),
    [
        ("Berg says of the plan, “It will fail by June.”", "Berg", ["It will fail by June."]),
        ("Berg told his listeners on Monday, “It will fail by June.”", "Berg", ["It will fail by June."]),
        ("“You winning?” Berg said, but Holm was far away, and nobody heard “the best of songs”.", "Berg", None),
    ],
)
def test_a_quotation_behind_a_circumstance(text: str, source: str, pieces: list[str] | None) -> None:
    first = attributions(text)[0]
    assert first.source is not None
    assert text[slice(*first.source)] == source
    assert [text[a:b] for a, b in first.spans] == (pieces or ["You winning?"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On Monday evening Berg said it rained.", [("Berg", "said", ["it rained"])]),
        ("In March 2024 Berg said it rained.", [("Berg", "said", ["it rained"])]),
        (
            "Berg said his country will send no guns, and on Monday Karl Holm added that shipments would be barred.",
            [
                ("Berg", "said", ["his country will send no guns"]),
                ("Karl Holm", "added", ["shipments would be barred"]),
            ],
        ),
        ("Berg refused to rule out trainers.", [("Berg", "refused", ["to rule out trainers"])]),
        ("Berg answered the question whether he would send jets.", []),
        (
            "The town could not deliver, Berg explained, its guns.",
            [("Berg", "explained", ["The town could not deliver", "its guns"])],
        ),
        ("Berg said of the heavier tank that nothing was excluded.", [("Berg", "said", ["nothing was excluded"])]),
    ],
)
def test_errors_that_reading_the_seed_articles_showed(text: str, expected: list[tuple[str, str, list[str]]]) -> None:
    found = [
        (text[slice(*a.source)], text[slice(*a.cue)], [text[x:y] for x, y in a.spans])
        for a in attributions(text)
        if a.source and a.cue and not a.nested
    ]
    assert found == expected
