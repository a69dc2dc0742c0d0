"""Cues in a tokenized sentence: which verb reports, ascribes or decides, with its auxiliaries and its polarity.

There is no part-of-speech tagger. A form that may be a noun too ("calls", "plans", "report") counts as a verb only
where its neighbours let it be one; a form of the passive counts only with its agent.
"""

from __future__ import annotations

from typing import NamedTuple

from stance.labeling.lexicon import CueForm, CueVerb, cue_forms, cue_phrases, words
from stance.labeling.sentences import Token


class Cue(NamedTuple):
    """A cue in a sentence, by token indices: the verb group runs from `first` to `last`, the verb begins at `verb`.

    `voice` is active, passive (its agent follows "by"), participial (", adding that …"), infinitive ("went on to
    say") or phrase ("according to").
    """

    cue: CueVerb
    first: int
    verb: int
    last: int
    tense: str
    voice: str
    negated: bool


def find_cues(tokens: list[Token]) -> list[Cue]:
    """The cues of one sentence, from left to right, none overlapping another."""
    found: list[Cue] = []
    forms = cue_forms()
    taken = -1
    for i, token in enumerate(tokens):
        if i <= taken or token.quote >= 0 or _in_a_name(tokens, i):
            continue
        phrase = _phrase_at(tokens, i)
        if phrase is not None:
            found.append(phrase)
            taken = phrase.last
            continue
        # an auxiliary before its participle and a form of several tenses: the first reading that fits
        for form in forms.get(token.lower, ()):
            last = i + len(form.words) - 1
            if last >= len(tokens) or any(tokens[i + k].lower != w for k, w in enumerate(form.words)):
                continue
            cue = _read(tokens, i, last, form)
            if cue is not None:
                found.append(cue)
                taken = last
                break
    return found


def _in_a_name(tokens: list[Token], i: int) -> bool:
    """ "the United States", "Defense Department Claims Board": a capital after a capital is part of a name."""
    return i > 0 and tokens[i].text[0].isupper() and tokens[i - 1].text[:1].isupper() and not _title_case(tokens)


def _title_case(tokens: list[Token]) -> bool:
    """Whether a sentence is a headline that sets every longer word with a capital."""
    words_ = [t for t in tokens if len(t.text) > 4 and t.text.isalpha()]
    return len(words_) >= 4 and all(t.text[0].isupper() for t in words_)


def _phrase_at(tokens: list[Token], i: int) -> Cue | None:
    for phrase in cue_phrases():
        if tokens[i].lower != phrase.words[0]:
            continue
        last = i + len(phrase.words) - 1
        if last < len(tokens) and all(tokens[i + k].lower == w for k, w in enumerate(phrase.words)):
            verb = CueVerb(" ".join(phrase.words), phrase.cls, frozenset({"q", "that"}))
            return Cue(verb, i, i, last, "", "phrase", False)
    return None


def _read(tokens: list[Token], i: int, last: int, form: CueForm) -> Cue | None:
    """The reading of a form in its place, or None where it is no verb there."""
    first, auxiliaries, negated = _verb_group(tokens, i)
    before = tokens[first - 1] if first > 0 else None
    after = tokens[last + 1] if last + 1 < len(tokens) else None
    voice = _voice(tokens, i, last, form, auxiliaries, before, after)
    if voice is None:
        return None
    return Cue(form.verb, first, i, last, form.tense, voice, negated)


def _verb_group(tokens: list[Token], i: int) -> tuple[int, list[str], bool]:
    """Walks left over auxiliaries, negation and adverbs: (index of the first, auxiliaries met, whether negated)."""
    first, auxiliaries, negated = i, [], False
    while first > 0:
        word = tokens[first - 1].lower
        if word in words("auxiliary") or (word in words("contraction") and word not in ("'s", "’s")):
            auxiliaries.append(word)
        elif word not in words("negation") and not is_adverb(word):
            break
        negated = negated or word in words("negation")
        first -= 1
    # "On Monday again Macron …": leading adverbs without an auxiliary belong to the clause, not to the verb
    while first < i and is_adverb(tokens[first].lower) and (first == 0 or tokens[first - 1].text == ","):
        first += 1
    return first, auxiliaries, negated


def is_adverb(word: str) -> bool:
    """Whether a word is one of the adverbs that stand inside a verb group."""
    return word in words("adverb") or (
        len(word) > 4
        and word.endswith("ly")
        and word not in ("ally", "italy", "july", "reply", "supply", "family", "assembly")
    )


def _voice(
    tokens: list[Token],
    i: int,
    last: int,
    form: CueForm,
    auxiliaries: list[str],
    before: Token | None,
    after: Token | None,
) -> str | None:
    left = before.lower if before else ""
    be = any(a in words("be") for a in auxiliaries)
    if form.tense == "progressive":
        return _progressive(tokens, i, be, left)
    if form.tense == "participle":
        if be:
            return "passive" if _agent_follows(tokens, last) else None
        return "active" if auxiliaries else None
    if form.tense == "past":
        if be or (
            after is not None and after.lower == "by" and form.verb.cls in ("act", "decide", "oppose", "support")
        ):
            return None
        if any(a in words("modal") or a in ("do", "does", "did", "didn't", "didn’t") for a in auxiliaries):
            return None
        return "active" if not _is_modifier(tokens, i, left, after) else None
    return _present(tokens, i, form, auxiliaries, left, after)


def _progressive(tokens: list[Token], i: int, be: bool, left: str) -> str | None:
    if be:
        return "active"
    previous = tokens[i - 1].lower if i > 0 else ""
    if previous in (",", "while", "“”", "by", "without", "—", "–") or (
        previous in ("and", "but") and left in words("coordinator")
    ):
        return "participial"
    return None


def _agent_follows(tokens: list[Token], last: int) -> bool:
    return any(t.lower == "by" for t in tokens[last + 1 : last + 4])


def _is_modifier(tokens: list[Token], i: int, left: str, after: Token | None) -> bool:
    """ "the promised tanks", "his stated aim": a participle between a determiner and a noun."""
    return (
        (left in words("determiner") or left in words("possessive") or left in ("'s", "’s", "of"))
        and (
            after is not None
            and after.text.isalpha()
            and after.lower not in words("preposition")
            and tokens[i].text.islower()
        )
        and left not in ("that", "this", "these", "those", "some", "many", "most", "all", "both", "several", "few")
    )


def _present(
    tokens: list[Token], i: int, form: CueForm, auxiliaries: list[str], left: str, after: Token | None
) -> str | None:
    word = tokens[i].lower
    if left == "to":
        return "infinitive" if i >= 2 and _went_on(tokens, i) else None
    if auxiliaries:
        # "would approve", "did not say"; "has" or "is" before a base form is no verb group
        modal = any(
            a in words("modal")
            or a
            in (
                "do",
                "does",
                "did",
                "doesn't",
                "didn't",
                "don't",
                "doesn’t",
                "didn’t",
                "don’t",
                "'d",
                "’d",
                "'ll",
                "’ll",
            )
            for a in auxiliaries
        )
        return "active" if modal and not word.endswith("s") else None
    if left in words("determiner") - {
        "some",
        "many",
        "most",
        "all",
        "both",
        "several",
        "few",
        "that",
        "those",
        "these",
    }:
        return None
    if left in words("possessive") or left in words("preposition") or left in ("'s", "’s", "'", "’", ""):
        return None
    third_person = form.words[0].endswith("s")
    if third_person:
        return None if left in ("they", "we", "i", "you") or _noun_reading(tokens, i, after) else "active"
    # a base form needs a plural subject
    if left in ("they", "we", "i", "you", "who", "many", "some", "most", "others", "both"):
        return "active"
    plural = left.endswith("s") or left in ("people", "officials", "police", "men", "women")
    return "active" if plural and not _noun_reading(tokens, i, after) and before_is_subject(tokens, i) else None


def before_is_subject(tokens: list[Token], i: int) -> bool:
    """Whether what precedes a base form can be a plural subject: no preposition right before its noun."""
    return i >= 1 and tokens[i - 1].text.isalpha() and (i < 2 or tokens[i - 2].lower not in words("preposition"))


def _noun_reading(tokens: list[Token], i: int, after: Token | None) -> bool:
    """Whether an ambiguous form ("claims", "plans", "calls") sits where a noun does: before "of", a verb or a mark."""
    if after is None:
        return tokens[i].lower not in ("says", "said")
    if tokens[i].lower in ("says", "tells", "thinks", "believes", "insists", "adds"):
        return False
    if after.lower in cue_forms() or after.lower in words("finite"):
        return True
    return after.lower in words("auxiliary") or after.lower in ("of", ".", ",", "and", "or", ")", "’s", "'s")


def _went_on(tokens: list[Token], i: int) -> bool:
    left = [t.lower for t in tokens[max(0, i - 4) : i - 1]]
    return left[-2:] in (["went", "on"], ["goes", "on"]) or left[-1:] == ["continued"]
