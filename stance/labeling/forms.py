"""Attributions by form alone, where no cue of the lexicon stands: a headline's colon, a verb beside a quotation.

"Poll: Voters favour aid" credits what follows the colon; in "Protesters chanted “No more”" the quotation makes any
verb a cue.
"""

from __future__ import annotations

from stance.labeling.contents import Clause
from stance.labeling.cues import Cue, verb_group
from stance.labeling.lexicon import CueVerb, words
from stance.labeling.phrases import chunk_end
from stance.labeling.sentences import Token
from stance.labeling.sources import holds_views, is_animate, phrase_right, subject_left

_QUOTING = frozenset({"q", "that"})
_MIN_WORDS = 3  # fewer quoted words beside an unknown verb are a name or a scare quote
_MAX_HEAD = 8  # tokens before a headline's colon


def by_form(tokens: list[Token], found: list[Clause], headline: bool) -> list[Clause]:
    """The clauses of a sentence and those that form alone tells."""
    colon = _by_colon(tokens) if headline else None
    if colon is not None and not any(c.begins < colon.begins for c in found):
        found = [colon, *found]
    owned = _in_ones_words(tokens)
    if owned is not None and not any(c.source == owned.source for c in found):
        found = [owned, *found]
    covered = {i for c in found for a, b in c.parts for i in range(a, b)}
    extra = [
        clause
        for i, token in enumerate(tokens)
        if token.quote >= 0 and i not in covered and len(token.text.split()) >= _MIN_WORDS
        for clause in [_by_quotation(tokens, i)]
        if clause is not None and not any(c.begins <= clause.cue.verb < c.ends for c in found)
    ]
    return sorted([*found, *extra], key=lambda c: c.cue.first)


def _by_colon(tokens: list[Token]) -> Clause | None:
    colon = next((i for i, t in enumerate(tokens[: _MAX_HEAD + 1]) if t.text == ":"), None)
    if colon is None or colon == 0 or colon + 1 >= len(tokens):
        return None
    head = chunk_end(tokens, 0) if tokens[0].chunk == 0 else 0
    if head == 0 or not is_animate(tokens, (0, head)):
        return None
    if head == 1 and tokens[0].tag in ("NN", "NNS") and not holds_views(tokens[0].lower):
        return None  # "Weather: Rain in the east"
    return Clause(_cue(":", colon, colon), (0, colon), 0, colon + 1, parts=((colon + 1, _before_full_stop(tokens)),))


def _in_ones_words(tokens: list[Token]) -> Clause | None:
    """ "In Berg’s words, the plan is dead": the possessor is the source of what follows."""
    if len(tokens) < 5 or tokens[0].lower not in words("in-ones-words") or tokens[1].chunk != 1:
        return None
    end = chunk_end(tokens, 1)
    possessive = next((i for i in range(1, end) if tokens[i].tag == "POS"), None)
    who = (1, 2) if tokens[1].tag == "PRP$" else None if possessive is None else (1, possessive)
    if (
        who is None
        or end + 1 >= len(tokens)
        or tokens[end].text != ","
        or tokens[end - 1].lower not in words("ones-words")
    ):
        return None
    return Clause(_cue("in one’s words", 0, 0), who, 0, end + 1, parts=((end + 1, _before_full_stop(tokens)),))


def _before_full_stop(tokens: list[Token]) -> int:
    return len(tokens) - 1 if tokens[-1].text in ".!" else len(tokens)


def _cue(lemma: str, first: int, last: int) -> Cue:
    return Cue(CueVerb(lemma, "say", _QUOTING), first, last, last, "past", "active")


def _by_quotation(tokens: list[Token], i: int) -> Clause | None:
    """The clause whose verb stands right before the quotation at `i`, or right after it with its subject."""
    verb = i - 1
    while verb > 0 and tokens[verb].text in (",", ":"):
        verb -= 1
    if verb > 0 and tokens[verb].tag in ("VBD", "VBZ", "VBG", "VBP") and _speaks(tokens[verb]):
        first = verb_group(tokens, verb)
        who = subject_left(tokens, first)
        if who is None and tokens[verb].tag == "VBG" and tokens[first - 1].text == ",":
            who = phrase_right(tokens, 0, first)
        if who is not None and is_animate(tokens, who):
            return Clause(_cue(tokens[verb].lower, first, verb), who, who[0], verb + 1, parts=((i, i + 1),))
    return _after(tokens, i)


def _after(tokens: list[Token], i: int) -> Clause | None:
    who = phrase_right(tokens, i + 1)
    if who is None or who[1] >= len(tokens) or not is_animate(tokens, who):
        return None
    verb = who[1]
    if tokens[verb].tag not in ("VBD", "VBZ") or not _speaks(tokens[verb]) or tokens[i].text[-2] not in ",.!?":
        return None
    return Clause(_cue(tokens[verb].lower, verb, verb), who, who[0], verb + 1, side="left", parts=((i, i + 1),))


def _speaks(token: Token) -> bool:
    return token.lower not in words("auxiliary") and token.lower not in words("naming")
