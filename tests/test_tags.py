"""Parts of speech and noun phrases of short sentences."""

from __future__ import annotations

import pytest

from stance.labeling.layout import Block
from stance.labeling.phrases import chunked
from stance.labeling.quotes import find_quotes
from stance.labeling.sentences import Token, tokenize
from stance.labeling.tags import tag


def tokens_of(text: str) -> list[Token]:
    (quotes,) = find_quotes(text, [Block(0, len(text))])
    return tokenize(text, 0, len(text), quotes)


def phrases(text: str) -> list[str]:
    """The chunks of a sentence as written."""
    found: dict[int, list[Token]] = {}
    for token in chunked(tokens_of(text)):
        if token.chunk >= 0:
            found.setdefault(token.chunk, []).append(token)
    return [text[part[0].start : part[-1].end] for part in found.values()]


# (sentence, word, its tags: "A|B" where both are right for what reads them)
TAGS = [
    # nouns and verbs of one form
    ("The claims are old.", "claims", "NNS"),
    ("He claims that it rains.", "claims", "VBZ"),
    ("Officials claim that it rains.", "claim", "VBP"),
    ("The claim is old.", "claim", "NN"),
    ("His claim that it rains is old.", "claim", "NN"),
    ("They claim the guns are old.", "claim", "VBP"),
    ("He would claim that it rains.", "claim", "VB"),
    ("She plans to send guns.", "plans", "VBZ"),
    ("The minister plans to resign.", "plans", "VBZ"),
    ("The plans to send guns are old.", "plans", "NNS"),
    ("Their plans were old.", "plans", "NNS"),
    ("Berg plans a visit.", "plans", "VBZ"),
    ("The calls were heard.", "calls", "NNS"),
    ("She calls it a mistake.", "calls", "VBZ"),
    ("The minister calls for calm.", "calls", "VBZ"),
    ("Ministers call for calm.", "call", "VBP"),
    ("The call was heard.", "call", "NN"),
    ("The demands were heard.", "demands", "NNS"),
    ("He demands that the guns go.", "demands", "VBZ"),
    ("They demand that the guns go.", "demand", "VBP"),
    ("The demand was heard.", "demand", "NN"),
    ("The vote was close.", "vote", "NN"),
    ("They vote on Monday.", "vote", "VBP"),
    ("He promises to go.", "promises", "VBZ"),
    ("The promises were broken.", "promises", "NNS"),
    ("She promised to go.", "promised", "VBD"),
    ("The promised tanks arrived.", "promised", "VBN|JJ"),
    ("The tanks promised by Berg arrived.", "promised", "VBN"),
    ("He has promised tanks.", "promised", "VBN"),
    ("The tanks were promised.", "promised", "VBN"),
    ("The reports were wrong.", "reports", "NNS"),
    ("He reports that it rains.", "reports", "VBZ"),
    ("The offer was good.", "offer", "NN"),
    ("They offer the guns.", "offer", "VBP"),
    ("The support was great.", "support", "NN"),
    ("We support the plan.", "support", "VBP"),
    ("He will support the plan.", "support", "VB"),
    ("They refused to support the plan.", "support", "VB"),
    ("The comments were brief.", "comments", "NNS"),
    ("He did not comment on it.", "comment", "VB"),
    ("The talks failed.", "talks", "NNS"),
    ("She talks to the press.", "talks", "VBZ"),
    ("The pledge was kept.", "pledge", "NN"),
    ("They pledge to go.", "pledge", "VBP"),
    ("The threats were idle.", "threats", "NNS"),
    ("The warnings were heard.", "warnings", "NNS"),
    ("The warning was heard.", "warning", "NN"),
    ("Berg left, warning that it would rain.", "warning", "VBG"),
    ("He is warning of war.", "warning", "VBG"),
    ("The meeting was long.", "meeting", "NN"),
    ("The statement was short.", "statement", "NN"),
    ("The state of the bridge is bad.", "state", "NN"),
    # past tense and participle
    ("He asked whether it rained.", "asked", "VBD"),
    ("When asked, he left.", "asked", "VBN"),
    ("Asked about it, he left.", "Asked", "VBN"),
    ("He was asked about it.", "asked", "VBN"),
    ("She said it rained.", "said", "VBD"),
    ("She has said it rained.", "said", "VBN"),
    ("It was said in the town.", "said", "VBN"),
    ("The man said it rained.", "said", "VBD"),
    ("Downing Street said it rained.", "said", "VBD"),
    ("He told the press.", "told", "VBD"),
    ("He was told the truth.", "told", "VBN"),
    ("They urged him to go.", "urged", "VBD"),
    ("They have urged him to go.", "urged", "VBN"),
    ("Berg never said it.", "said", "VBD"),
    ("Berg has never said it.", "said", "VBN"),
    ("The guns sent by Berg arrived.", "sent", "VBN"),
    ("Berg sent the guns.", "sent", "VBD"),
    ("Berg has sent the guns.", "sent", "VBN"),
    ("The guns were sent east.", "sent", "VBN"),
    ("“We go on,” Berg said.", "said", "VBD"),
    ("“We go on,” said Berg.", "said", "VBD"),
    # names
    ("Downing Street said it rained.", "Downing", "NNP"),
    ("Downing Street said it rained.", "Street", "NNP"),
    ("The White House said no.", "White", "NNP"),
    ("The White House said no.", "House", "NNP"),
    ("The US said no.", "US", "NNP"),
    ("He told us.", "us", "PRP"),
    ("The guns came from the US.", "US", "NNP"),
    # her
    ("He told her.", "her", "PRP"),
    ("He told her that it rained.", "her", "PRP"),
    ("Her plan was old.", "Her", "PRP$"),
    ("He liked her plan.", "her", "PRP$"),
    ("He urged her to go.", "her", "PRP"),
    ("He praised her new plan.", "her", "PRP$"),
    ("He met her on Monday.", "her", "PRP"),
    # more of both
    ("The $40 bill is old.", "$40", "CD"),
    ("The mayor claims it rains.", "claims", "VBZ"),
    ("Berg claims the guns are old.", "claims", "VBZ"),
    ("The mayor’s claims were wrong.", "claims", "NNS"),
    ("Many claims were wrong.", "claims", "NNS"),
    ("Two ministers claim it rains.", "claim", "VBP"),
    ("These officials plan to go.", "plan", "VBP"),
    ("This plan is old.", "plan", "NN"),
    ("The promised aid came.", "promised", "VBN|JJ"),
    ("Berg promised aid.", "promised", "VBD"),
    ("Berg asked if it rained.", "asked", "VBD"),
    ("When asked about it, she said no.", "said", "VBD"),
    ("If asked, he will go.", "asked", "VBN"),
    ("His visits were brief.", "visits", "NNS"),
    ("The delayed guns came.", "delayed", "VBN|JJ"),
    ("She urges him to go.", "urges", "VBZ"),
    ("Some officials warn of war.", "warn", "VBP"),
    ("The man who warned of it left.", "warned", "VBD"),
    ("The lies were many.", "lies", "NNS"),
    ("The town lies on a river.", "lies", "VBZ"),
    ("The doubts grew.", "doubts", "NNS"),
    ("She doubts that it rained.", "doubts", "VBZ"),
    ("The guns could be sent.", "sent", "VBN"),
    ("The guns, sent by rail, came.", "sent", "VBN"),
    # closed classes
    ("They go to Paris.", "to", "TO"),
    ("He can go.", "can", "MD"),
    ("They were there.", "They", "PRP"),
    ("His plan was old.", "His", "PRP$"),
    ("Berg’s plan was old.", "’s", "POS"),
    ("The allies’ plan was old.", "’", "POS"),
    ("The man who left is old.", "who", "WP"),
    ("The plan which failed is old.", "which", "WDT"),
    ("Seven tanks arrived.", "Seven", "CD"),
    ("The 40 tanks arrived.", "40", "CD"),
    ("He will never go.", "never", "RB"),
    ("He will not go.", "go", "VB"),
    ("He wants to go.", "go", "VB"),
    ("The old bridge fell.", "old", "JJ"),
    ("The bridge fell quickly.", "quickly", "RB"),
]

# (sentence, its noun phrases)
PHRASES = [
    ("The minister left.", ["The minister"]),
    ("The former defence minister left.", ["The former defence minister"]),
    ("His plan failed.", ["His plan"]),
    ("Their new plan failed.", ["Their new plan"]),
    ("Berg’s plan failed.", ["Berg’s plan"]),
    ("The minister’s plan failed.", ["The minister’s plan"]),
    ("The allies’ plan failed.", ["The allies’ plan"]),
    ("Mark A. Milley left.", ["Mark A. Milley"]),
    ("Gen. Mark A. Milley left.", ["Gen. Mark A. Milley"]),
    ("Ursula von der Leyen left.", ["Ursula von der Leyen"]),
    ("Prime Minister Karl Berg left.", ["Prime Minister Karl Berg"]),
    ("Defence minister Karl Berg left.", ["Defence minister Karl Berg"]),
    ("At least 15 countries left.", ["At least 15 countries"]),
    ("More than 20 tanks arrived.", ["More than 20 tanks"]),
    ("Seven tanks arrived.", ["Seven tanks"]),
    ("The secretary general left.", ["The secretary general"]),
    ("The three leaders left.", ["The three leaders"]),
    ("In a radio interview Perry declared it.", ["a radio interview", "Perry", "it"]),
    ("In a radio interview Perry left.", ["a radio interview", "Perry"]),
    ("He told her.", ["He", "her"]),
    ("She praised her plan.", ["She", "her plan"]),
    ("The man who left came back.", ["The man", "who"]),
    ("The president of the council left.", ["The president", "the council"]),
    ("The White House left.", ["The White House"]),
    ("Downing Street left.", ["Downing Street"]),
    ("The promised tanks arrived.", ["The promised tanks"]),
    ("Karl Berg, the mayor, left.", ["Karl Berg", "the mayor"]),
    ("Berg and Holm left.", ["Berg", "Holm"]),
    ("They sent the guns to the town.", ["They", "the guns", "the town"]),
    ("The so-called plan failed.", ["The so-called plan"]),
    ("All the guns left.", ["All the guns"]),
    ("The US left.", ["The US"]),
    ("The very old bridge fell.", ["The very old bridge"]),
    ("Sources close to the campaign left.", ["Sources", "the campaign"]),
    ("The prime minister’s old friend left.", ["The prime minister’s old friend"]),
    ("The “Old Tom” tower fell.", ["The “Old Tom” tower"]),
    ("Berg arrived on Monday.", ["Berg", "Monday"]),
    ("Germany’s Holm left.", ["Germany’s Holm"]),
    ("It rained.", ["It"]),
]


@pytest.mark.parametrize(("text", "word", "expected"), TAGS, ids=[f"{w}: {t}" for t, w, _ in TAGS])
def test_tag(text: str, word: str, expected: str) -> None:
    tokens = tokens_of(text)
    found = [g for t, g in zip(tokens, tag(tokens), strict=True) if t.text == word]
    assert len(found) == 1
    assert found[0] in expected.split("|")


@pytest.mark.parametrize(("text", "expected"), PHRASES, ids=[text for text, _ in PHRASES])
def test_phrases(text: str, expected: list[str]) -> None:
    assert phrases(text) == expected


def test_a_quotation_is_one_token() -> None:
    tokens = tokens_of("“We go on,” Berg said.")
    assert [t.text for t in tokens] == ["“We go on,”", "Berg", "said", "."]
    assert tag(tokens)[0] == "“”"


def test_no_tokens_no_tags() -> None:
    assert tag([]) == []
    assert chunked([]) == []
