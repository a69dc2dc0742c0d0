"""The labeler's word lists, read once from the language's data files.

`cues.csv` holds each cue verb with its class, the syntax it takes and its forms, `nouns.csv` and `adjectives.csv` the
cues that are no verb; `phrases.csv` cue phrases such as "according to"; `words.txt` closed classes; `media.txt`
outlets. A new cue is a new line there.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from stance.labeling.language import LANGUAGE

TENSES = ("present", "past", "participle", "progressive")


class CueVerb(NamedTuple):
    """A cue verb. `frames` name what may follow: q (quotation), that, whether, to, np, as, addr, or a preposition."""

    lemma: str
    cls: str
    frames: frozenset[str]


class CueForm(NamedTuple):
    """One form of a cue verb as its words; tense is present, past, participle or progressive; noun or adjective for
    cues that are no verb."""

    verb: CueVerb
    words: tuple[str, ...]
    tense: str


class CuePhrase(NamedTuple):
    """A cue that is no verb; its source follows it."""

    words: tuple[str, ...]
    cls: str


@cache
def words(name: str) -> frozenset[str]:
    """The closed class of that name in words.txt."""
    return word_lists("words.txt")[name]


@cache
def endings(name: str) -> tuple[str, ...]:
    """The closed class of that name in words.txt whose members are word endings, for `str.endswith`."""
    return tuple(sorted(words(name)))


@cache
def word_lists(name: str) -> dict[str, frozenset[str]]:
    """The classes of a data file with lines such as "class: word word", or "class: member | member |" where a
    member may be of several words."""
    out = {}
    for line in LANGUAGE.lines(name):
        kind, _, members = line.partition(":")
        parts = map(str.strip, members.split("|")) if "|" in members else members.split()
        out[kind] = frozenset(filter(None, parts))
    return out


@cache
def cue_forms() -> dict[str, tuple[CueForm, ...]]:
    """First word → the cue forms that begin with it, longest first: adjectives, then verbs, then nouns."""
    out: dict[str, list[CueForm]] = {}
    for name, columns in (
        ("cues", TENSES),
        ("nouns", ("singular", "plural")),
        ("adjectives", ("lemma",)),
    ):
        for row in LANGUAGE.rows(f"{name}.csv"):
            verb = CueVerb(row["lemma"], row["class"], frozenset(row["frames"].split()))
            for column in columns:
                tense = {"nouns": "noun", "adjectives": "adjective"}.get(name, column)
                for form in dict.fromkeys(filter(None, row[column].split(";"))):
                    cue = CueForm(verb, tuple(form.split()), tense)
                    out.setdefault(cue.words[0], []).append(cue)
    return {
        first: tuple(sorted(forms, key=lambda f: (-len(f.words), f.tense != "adjective")))
        for first, forms in out.items()
    }


@cache
def _forms_by_two_words() -> dict[str, dict[str, tuple[CueForm, ...]]]:
    """First word → second word, "" for forms of one word → the cue forms that begin so, longest first."""
    out: dict[str, dict[str, tuple[CueForm, ...]]] = {}
    for first, forms in cue_forms().items():
        seconds = dict.fromkeys(form.words[1] if form.words[1:] else "" for form in forms)
        out[first] = {s: tuple(f for f in forms if (f.words[1] if f.words[1:] else "") == s) for s in seconds}
    return out


def forms_at(first: str, second: str) -> tuple[CueForm, ...]:
    """The cue forms that two words in a row may begin, longest first."""
    by_second = _forms_by_two_words().get(first)
    if by_second is None:
        return ()
    alone = by_second.get("", ())
    return by_second[second] + alone if second and second in by_second else alone


@cache
def verb_forms() -> frozenset[str]:
    """Every word that begins a form of a cue verb."""
    return frozenset(w for w, forms in cue_forms().items() if any(f.tense in TENSES for f in forms))


@cache
def cue_phrases() -> dict[str, tuple[CuePhrase, ...]]:
    """First word → the cue phrases that begin with it, longest first; their source follows."""
    out: dict[str, list[CuePhrase]] = {}
    for row in LANGUAGE.rows("phrases.csv"):
        phrase = CuePhrase(tuple(row["phrase"].split()), row["class"])
        out.setdefault(phrase.words[0], []).append(phrase)
    return {first: tuple(sorted(found, key=lambda p: -len(p.words))) for first, found in out.items()}


@cache
def openers() -> frozenset[str]:
    """Every word that begins a cue, whatever its kind: a sentence without any, and without a quotation, says nothing
    of what anybody says."""
    return frozenset(cue_forms()) | frozenset(cue_phrases()) | words("in-ones-words")


@cache
def media() -> frozenset[str]:
    """Names of outlets, folded to lower case and without a leading article."""
    return frozenset(map(plain_name, LANGUAGE.lines("media.txt")))


def plain_name(text: str) -> str:
    """A name for comparison: lower case, single spaces, no leading article."""
    name = " ".join(text.casefold().split())
    first, _, rest = name.partition(" ")
    if rest and first in words("leading-article"):
        name = rest
    for ending in endings("s-contraction"):
        name = name.removesuffix(ending)
    return name
