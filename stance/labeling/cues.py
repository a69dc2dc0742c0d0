"""Cues in a tagged sentence: which word reports, ascribes or decides, with its auxiliaries.

A word counts as a cue where its tag says that it is a verb; how it stands there (finite, passive, after a comma, in an
infinitive) is its voice, and says where source and content are looked for.
"""

from __future__ import annotations

from typing import NamedTuple

from stance.labeling.lexicon import CueForm, CueVerb, cue_phrases, endings, forms_at, openers, words
from stance.labeling.sentences import Token
from stance.labeling.tags import FINITE, NOUNS, title_case


class Cue(NamedTuple):
    """A cue in a sentence, by token indices: the verb group runs from `first` to `last`, the verb begins at `verb`.

    `voice` is active, passive ("was told that"), participial (", adding that …"), attached ("a letter urging …"),
    reduced ("asked whether …" without "was"), infinitive ("refused to say") or phrase ("according to").
    """

    cue: CueVerb
    first: int
    verb: int
    last: int
    tense: str
    voice: str


def find_cues(tokens: list[Token]) -> list[Cue]:
    """The cues of one tagged sentence, from left to right, none overlapping another."""
    found: list[Cue] = []
    known = openers()
    taken = -1
    headline = title_case(tokens)
    for i, token in enumerate(tokens):
        if i <= taken or token.quote >= 0 or token.lower not in known:
            continue
        phrase = _phrase_at(tokens, i)
        if phrase is not None:
            found.append(phrase)
            taken = phrase.last
            continue
        if not headline and _in_a_name(tokens, i):
            continue
        # an auxiliary before its participle and a form of several tenses: the first reading that fits
        for form in forms_at(token.lower, tokens[i + 1].lower if i + 1 < len(tokens) else ""):
            last = i + len(form.words) - 1
            if last >= len(tokens) or any(tokens[i + k].lower != w for k, w in enumerate(form.words)):
                continue
            cue = _read(tokens, i, last, form)
            if cue is not None and cue.voice == "infinitive" and cue.first <= taken:
                break  # "refused to rule out": the first verb's content
            if cue is not None:
                found.append(cue)
                taken = last
                break
    return found


def _in_a_name(tokens: list[Token], i: int) -> bool:
    """ "the United States", "Defense Department Claims Board": a capital after a capital is part of a name."""
    return i > 0 and tokens[i].text[0].isupper() and tokens[i - 1].text[:1].isupper()


def _phrase_at(tokens: list[Token], i: int) -> Cue | None:
    for phrase in cue_phrases().get(tokens[i].lower, ()):
        last = i + len(phrase.words) - 1
        if last < len(tokens) and all(tokens[i + k].lower == w for k, w in enumerate(phrase.words)):
            verb = CueVerb(" ".join(phrase.words), phrase.cls, frozenset({"q", "that"}))
            return Cue(verb, i, i, last, "", "phrase")
    return None


def _is_done(tokens: list[Token], first: int, last: int, voice: str) -> bool:
    """Whether an act is told as done: "the possibility of sending", "a plan to send" tell none."""
    if last + 1 < len(tokens) and tokens[last + 1].lower in words("complementizer"):
        return False  # "provided that"
    if any(t.lower in words("no-act-after") for t in tokens[max(0, first - 3) : first]):
        return False
    if voice == "participial":
        return first > 0 and tokens[first - 1].text == ","
    return voice in ("active", "passive", "reduced")


_VERBS = FINITE | {"VB", "VBN", "VBG"}
_TENSES = {"present": ("VB", "VBP", "VBZ"), "past": ("VBD",), "participle": ("VBN",), "progressive": ("VBG",)}


def _read(tokens: list[Token], i: int, last: int, form: CueForm) -> Cue | None:
    """The reading of a form in its place, or None where it is no verb there."""
    if form.tense == "noun":
        return _noun(tokens, i, last, form)
    if form.tense == "adjective":
        return _adjective(tokens, i, last, form)
    if tokens[i].tag not in _TENSES[form.tense]:
        return None
    first = verb_group(tokens, i)
    voice = _voice(tokens, first, i, last, form)
    if voice is None or (form.verb.cls in words("deciding") and not _is_done(tokens, first, last, voice)):
        return None
    if voice == "infinitive":
        first = _governors(tokens, first)
    return Cue(form.verb, first, i, last, form.tense, voice)


def _noun(tokens: list[Token], i: int, last: int, form: CueForm) -> Cue | None:
    """A noun as head of its phrase, with its content behind it: "the claim that", "support for"."""
    if tokens[i].tag not in ("NN", "NNS") or last + 1 >= len(tokens) or tokens[last + 1].chunk == tokens[i].chunk:
        return None
    return Cue(form.verb, i, i, last, "", "noun")


def _adjective(tokens: list[Token], i: int, last: int, form: CueForm) -> Cue | None:
    """A predicative adjective: "is confident that", "remains opposed to"."""
    first = verb_group(tokens, i)
    linked = any(_is_copula(t.lower) for t in tokens[first:i])
    if not linked and first > 0 and tokens[first - 1].lower in words("linking"):
        first = verb_group(tokens, first - 1)
        linked = True
    return Cue(form.verb, first, i, last, "", "adjective") if linked else None


def _is_copula(low: str) -> bool:
    return low in words("be") or _is_short_be(low)


def _is_short_be(low: str) -> bool:
    return low in words("be-contraction") or low in words("s-contraction")


def verb_group(tokens: list[Token], i: int) -> int:
    """Walks left over auxiliaries, negation and adverbs: the index of the first."""
    first = i
    while first > 0:
        word = tokens[first - 1].lower
        auxiliary = word in words("auxiliary") or (
            word in words("contraction") and (word not in words("s-contraction") or _is_verb_s(tokens, first - 1))
        )
        if not auxiliary and word not in words("negation") and not is_adverb(word):
            break
        first -= 1
    # "On Monday again Macron …": leading adverbs without an auxiliary belong to the clause, not to the verb
    while first < i and is_adverb(tokens[first].lower) and (first == 0 or tokens[first - 1].text == ","):
        first += 1
    return first


def _is_verb_s(tokens: list[Token], i: int) -> bool:
    """Whether "'s" is "is" or "has": after a pronoun."""
    return i > 0 and tokens[i - 1].tag in ("PRP", "EX", "WP")


def is_adverb(word: str) -> bool:
    """Whether a word is one of the adverbs that stand inside a verb group."""
    return word in words("adverb") or (
        len(word) > 4 and word.endswith(endings("adverb-ending")) and word not in words("no-adverb")
    )


def _voice(tokens: list[Token], first: int, i: int, last: int, form: CueForm) -> str | None:
    group = {t.lower for t in tokens[first:i]}
    be = bool(group & words("be")) or bool(group & words("be-contraction"))
    before = tokens[first - 1] if first > 0 else None
    tag = tokens[i].tag
    if tag == "VBG":
        if be:
            return "active"
        return _gerund_voice(before)
    if tag == "VBN":
        if be:
            return "passive"
        if group & words("have") or group & words("have-contraction"):
            return "active"
        return _reduced_voice(tokens, last, form, before)
    if tag == "VBD":
        return "active"
    if before is not None and before.tag == "TO":
        return "infinitive"
    if tag in ("VBZ", "VBP"):
        return "active"
    if group & (words("modal") | words("do")) or group & words("modal-contraction"):
        return "active"
    return None


def _gerund_voice(before: Token | None) -> str | None:
    if before is None or before.text in (",", "—", "–", ";") or before.tag == "CC":
        return "participial"
    if before.quote >= 0 or before.lower in words("before-gerund"):
        return "participial"
    return "attached" if before.tag in NOUNS or before.text == ")" else None


def _reduced_voice(tokens: list[Token], last: int, form: CueForm, before: Token | None) -> str | None:
    agent = last + 1 < len(tokens) and tokens[last + 1].lower in words("agent")
    if agent and before is not None and (before.tag in NOUNS or before.text == ","):
        return "reduced"
    asked = before is None or before.text == "," or before.lower in words("before-reduced")
    return "reduced" if asked and "addr" in form.verb.frames else None


def _governs(tokens: list[Token], k: int) -> bool:
    """Whether the word before "to" belongs to the cue's group: a verb, or an adjective that is a predicate."""
    if tokens[k].lower in words("governor"):
        return True
    if tokens[k].tag == "JJ":
        return any(_is_copula(t.lower) or t.lower in words("linking") for t in tokens[max(0, k - 3) : k])
    return tokens[k].tag in _VERBS


def _governors(tokens: list[Token], first: int) -> int:
    """Where a group of verbs before an infinitive begins: "declined to", "appears set to", "is likely to"."""
    j = first
    while j > 0 and tokens[j - 1].tag == "TO":
        k = j - 2
        while k >= 0 and tokens[k].tag == "RB":
            k -= 1
        if k < 0 or not _governs(tokens, k):
            return j - 1
        j = k
        while j > 0 and (
            tokens[j - 1].tag in FINITE
            or tokens[j - 1].tag == "RB"
            or tokens[j - 1].lower in words("auxiliary")
            or (_is_short_be(tokens[j - 1].lower) and _is_verb_s(tokens, j - 1))
        ):
            j -= 1
    return j
