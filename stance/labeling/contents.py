"""What is said: the tokens to the right of a cue that are its content, and where they end.

A cue's frames (cues.csv) say which complements it takes: a quotation, a that-clause with or without "that", an
infinitive, a noun phrase, the object of a preposition, or an addressee first and then one of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from stance.labeling.cues import Cue, is_adverb
from stance.labeling.lexicon import CueVerb, words
from stance.labeling.phrases import chunk_end, is_date_word
from stance.labeling.sentences import Token
from stance.labeling.sources import Indices, phrase_right
from stance.labeling.tags import FINITE


class Complement(NamedTuple):
    """Where a cue's content begins, by which frame, and whether the frame leaves no doubt."""

    start: int
    frame: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """A cue clause by token indices. `parts` are the pieces of its content; `begins` and `ends` bound the clause
    without its content; `shared` marks a source taken over from an earlier cue of the sentence."""

    cue: Cue
    source: Indices | None
    begins: int
    ends: int
    side: str = "right"
    found: Complement | None = None
    parts: tuple[Indices, ...] = ()
    shared: bool = False
    relative: bool = False
    nested: bool = False
    medium: str | None = None


def complement(tokens: list[Token], cue: CueVerb, after: int, limit: int, passive: bool = False) -> Complement | None:
    """The complement of a cue between token `after` and `limit`, or None."""
    frames = cue.frames
    i = _skip_adverbs(tokens, after, limit)
    if i >= limit:
        return None
    ahead = _quotation_ahead(tokens, i, limit) if "q" in frames else None
    if ahead is not None:
        return Complement(ahead, "q", True)
    # "told reporters that …" looks like a clause whose subject is the addressee: try the addressee first
    if (
        "addr" in frames
        and not passive
        and tokens[i].text not in (",", ":")
        and tokens[i].lower not in words("opens-complement")
    ):
        addressed = _after_addressee(tokens, cue, i, limit)
        if addressed is not None and addressed.sure:
            return addressed
    direct = _by_next_token(tokens, cue, i, limit)
    if direct is not None:
        return direct
    if "addr" in frames and not passive:
        addressed = _after_addressee(tokens, cue, i, limit)
        if addressed is not None:
            return addressed
    j = _skip_adjuncts(tokens, i, limit)
    if j > i and j < limit:
        later = _by_next_token(tokens, cue, j, limit)
        if later is not None and (later.frame in ("that", "q", "whether") or later.sure):
            return later
    return None


def _quotation_ahead(tokens: list[Token], i: int, limit: int) -> int | None:
    """The quotation behind an addressee or a circumstance: "says of Berg, “…”", "told his listeners on Monday: “…”"."""
    for j in range(i, min(limit - 1, i + 12)):
        token = tokens[j]
        if token.text in (",", ":") and tokens[j + 1].quote >= 0:
            return j + 1 if token.text == ":" or tokens[j + 1].text[1:2].isupper() else None
        if (
            token.tag in FINITE
            or token.quote >= 0
            or token.text in (",", ";", ":", "—")
            or token.lower in words("complementizer")
        ):
            return None
    return None


def _skip_adverbs(tokens: list[Token], i: int, limit: int) -> int:
    while i < limit and (
        (is_adverb(tokens[i].lower) and tokens[i].lower not in words("adverb-of-content"))
        or tokens[i].lower in words("weekday")
    ):
        i += 1
    return i


def _by_next_token(tokens: list[Token], cue: CueVerb, i: int, limit: int) -> Complement | None:
    """Reads the complement off the token where it would begin."""
    token, low, frames = tokens[i], tokens[i].lower, cue.frames
    if token.text in (",", ":") and i + 1 < limit:
        following = tokens[i + 1]
        if following.quote >= 0 and "q" in frames:
            return Complement(i + 1, "q", True)
        if token.text == ":" and frames & {"q", "that"}:
            return Complement(i + 1, "that", True)
        return None
    if token.quote >= 0:
        if "q" in frames or "that" in frames:
            return Complement(i, "q", True)
        return Complement(i, "np", False) if frames & {"np", "as"} else None
    if low in words("complementizer") and "that" in frames and i + 1 < limit:
        return Complement(i + 1, "that", True)
    if low in words("indirect-question") and frames & {"whether", "that"}:
        return Complement(i, "whether", True)
    governed = _by_preposition(tokens, frames, i, limit)
    if governed is not None or (low in frames and low in words("preposition") and low not in words("infinitive")):
        return governed
    if low in words("preposition") and low not in words("clause-opener") and low not in words("preposition-of-content"):
        return None
    if frames & {"that", "q"} and _clause_begins(tokens, i, limit):
        return Complement(i, "that", has_finite(tokens, i, limit))
    if frames & {"np", "as"} and _phrase_begins(token):
        return Complement(i, "np", False)
    return None


def _by_preposition(tokens: list[Token], frames: frozenset[str], i: int, limit: int) -> Complement | None:
    """An infinitive, a gerund, or the object of a preposition that the cue takes."""
    low = tokens[i].lower
    if "ing" in frames and tokens[i].tag == "VBG":
        return Complement(i, "to", True)
    if i + 1 >= limit:
        return None
    if low in words("infinitive"):
        if "to" in frames and _is_infinitive(tokens[i + 1]):
            return Complement(i, "to", True)
        return Complement(i + 1, "np", True) if "to-np" in frames and tokens[i + 1].chunk == i + 1 else None
    if low in frames and low in words("preposition"):
        if _is_time(tokens[i + 1]):
            return None
        behind = chunk_end(tokens, i + 1) if tokens[i + 1].chunk == i + 1 else i + 1
        if "that" in frames and behind + 1 < limit and tokens[behind].lower in words("complementizer"):
            return Complement(behind + 1, "that", True)  # "said of the heavier tank that …"
        return Complement(i + 1, "np", True)
    return None


def _is_time(token: Token) -> bool:
    """ "on Tuesday", "for 40 minutes", "about 30 times": no content."""
    return token.tag == "CD" or is_date_word(token.lower)


def _is_infinitive(token: Token) -> bool:
    return token.text.islower() and token.lower not in words("determiner") and token.lower not in words("possessive")


def _phrase_begins(token: Token) -> bool:
    low = token.lower
    if not (token.text[0].isalnum() or token.text[0] in "$€£"):
        return False
    return (
        (low not in words("auxiliary") or token.tag == "VBG")
        and low not in words("coordinator")
        and low not in words("subordinator") - words("complementizer")
    )


def _clause_begins(tokens: list[Token], i: int, limit: int) -> bool:
    """Whether a clause without "that" begins at token `i`: a subject there whose finite verb follows."""
    token = tokens[i]
    if token.chunk == i and (end := chunk_end(tokens, i)) < limit and tokens[end].quote >= 0:
        return True  # "said Germany “will send them”": the quotation holds the verb
    adverbial = token.tag in ("IN", "RB", "WRB") or token.lower in words("conjunction")
    if adverbial:
        opens = token.lower in words("clause-opener") or token.tag == "RB" or token.lower in words("preposition")
        return opens and has_finite(tokens, i + 1, limit)
    if not _phrase_begins(token):
        return False
    return _has_verb_of_its_own(tokens, i, limit)


def _has_verb_of_its_own(tokens: list[Token], i: int, limit: int) -> bool:
    """Whether a finite verb follows whose subject begins at token `i`; a relative clause in between keeps its own."""
    pending = 0
    comma = False
    j = i + 1
    while j < limit:
        token = tokens[j]
        if token.text in (";", ":", "?") or token.quote >= 0:
            return False
        if token.text in (",", "—", "–", "("):
            comma = True
        elif token.tag in ("WP", "WDT", "WRB") or (token.tag == "IN" and token.lower in words("conjunction")):
            if token.lower in words("complementizer") and not pending and tokens[j - 1].chunk < 0:
                return False
            pending += 1
        elif token.tag in FINITE:
            if pending:
                pending -= 1
                while j + 1 < limit and tokens[j + 1].tag in (*FINITE, "VB", "VBN", "VBG", "RB"):
                    j += 1
            else:
                return not comma or _closes_parenthesis(tokens, i, j)
        elif token.tag == "CC" and j + 1 < limit and tokens[j + 1].tag in FINITE and not pending:
            return False  # a second predicate of the cue's own subject
        j += 1
    return False


def _closes_parenthesis(tokens: list[Token], i: int, verb: int) -> bool:
    """Whether the commas between a subject and its verb enclose a parenthesis or part a list."""
    k = verb - 1
    while k > i and tokens[k].tag == "RB":
        k -= 1
    if tokens[k].text in (",", "—", "–", ")"):
        return True
    return tokens[k].chunk > i and tokens[tokens[k].chunk - 1].tag == "CC"


def has_finite(tokens: list[Token], start: int, end: int) -> bool:
    """Whether a finite verb stands among the tokens from `start` to `end`."""
    return any(t.tag in FINITE for t in tokens[start:end])


def _after_addressee(tokens: list[Token], cue: CueVerb, i: int, limit: int) -> Complement | None:
    """ "told reporters that …", "urged Germany to send …": the complement behind the one addressed."""
    who = phrase_right(tokens, i, limit)
    if who is None:
        return None
    j = who[1]
    # "told reporters in Kyiv on Monday that", "told Fox News in an interview:"
    for k in range(j, min(limit, j + 14)):
        token = tokens[k]
        if token.lower in words("complementizer") and "that" in cue.frames:
            return Complement(k + 1, "that", True) if k + 1 < limit else None
        if token.text in (":", ",") and k + 1 < limit and tokens[k + 1].quote >= 0 and "q" in cue.frames:
            return Complement(k + 1, "q", True)
        if token.quote >= 0 and "q" in cue.frames and k == j:
            return Complement(k, "q", True)
        if (
            token.lower in words("infinitive")
            and "to" in cue.frames
            and k + 1 < limit
            and _is_infinitive(tokens[k + 1])
        ):
            start = k if cue.lemma in words("addressee-no-subject") else i
            return Complement(start, "to", True)
        if token.lower in words("addressed-question") and k == j:
            return Complement(k, "whether", True)
        if (
            token.lower in cue.frames
            and token.lower in words("preposition")
            and k == j
            and token.lower not in words("infinitive")
        ):
            return Complement(k + 1, "np", True)
        if k > j and tokens[k].tag in FINITE:
            break
    if "that" in cue.frames and j < limit and _clause_begins(tokens, j, limit):
        return Complement(j, "that", True)
    # "told reporters Germany would …": the phrase runs on from the addressee into the clause's subject
    if "that" in cue.frames and who[1] - who[0] >= 2 and j < limit and tokens[j].tag in FINITE:
        return Complement(who[0] + 1, "that", False)
    return None


def _skip_adjuncts(tokens: list[Token], i: int, limit: int) -> int:
    """Steps over "on Monday", "in a statement", "during a visit to Kyiv" and the like after a cue."""
    j = i
    moved = True
    while moved and j < limit:
        moved = False
        if tokens[j].lower in words("preposition") and tokens[j].lower not in words("no-adjunct"):
            end = _adjunct_end(tokens, j + 1, limit)
            if end is not None:
                j, moved = end, True
        elif tokens[j].lower in words("before-time") and j + 1 < limit and tokens[j + 1].lower in words("time"):
            j, moved = j + 2, True
        elif tokens[j].lower in words("weekday") or tokens[j].lower in words("time") or is_adverb(tokens[j].lower):
            j, moved = j + 1, True
        elif (
            tokens[j].text == ","
            and j > i
            and j + 1 < limit
            and (
                tokens[j + 1].quote >= 0
                or tokens[j + 1].lower in words("complementizer")
                or tokens[j + 1].lower in words("preposition")
            )
        ):
            if tokens[j + 1].quote >= 0:
                return j
            j, moved = j + 1, True
    return j


def _adjunct_end(tokens: list[Token], i: int, limit: int) -> int | None:
    """The end of a prepositional phrase that tells when, where or on what occasion something was said."""
    k = i
    while k < min(limit, i + 12):
        token, low = tokens[k], tokens[k].lower
        if token.quote >= 0 or token.text in (",", ":", ";") or low in words("complementizer"):
            return k if k > i else None
        if k > i and tokens[k].tag in FINITE:
            # "in a statement the allies would": ends after the occasion
            for m in range(k - 1, i - 1, -1):
                if (
                    tokens[m].lower in words("occasion")
                    or tokens[m].lower in words("weekday")
                    or tokens[m].lower in words("month")
                ):
                    return m + 1
            return None
        if k > i and low in words("preposition") and low not in words("genitive"):
            return k
        if low in words("weekday") and k > i - 1:
            return k + 1
        k += 1
    return k if k >= limit else None


def strip_end(tokens: list[Token], end: int) -> int:
    """The index behind the last token before `end` that is no mark of punctuation."""
    while end > 0 and tokens[end - 1].text in (".", ",", ";", "!", "?", "—", "–", "-") and tokens[end - 1].quote < 0:
        end -= 1
    return end
