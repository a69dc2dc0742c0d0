"""What a statement is about: whether it is military aid, which items, which recipient.

In: a labeled statement and its article. Out: a `Topic`. Relevance is a logistic score of a few counts over the term
lists in `lexicons/`: aid named outright, arms and giving (or stopping) together, and terms that speak of something
else. Words that do not say what they are about ("Nothing should be excluded") take it from their sentence, from the
same speaker's last words and from the title.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import ahocorasick_rs

from stance.actors.registry import Registry
from stance.records import Article, Span, Statement, Topic, clean

ON_TOPIC = 0.5
_NEEDED = ("aid", "arms", "bond")  # classes of aid.csv, and all items but the vague ones
_VAGUE = frozenset({"funding", "intelligence"})
_LEXICONS = files("stance") / "lexicons"
_TOWARDS = re.compile(
    r"(?:\b(?:to|for|into|in|arm|arming|help|helping|support|supporting|give|giving|supply|supplying|equip|with|behind)\s+(?:the\s+)?)$",
    re.I,
)


class Signals(NamedTuple):
    """Counts of terms by class in one stretch of text, and the items named."""

    aid: int
    arms: int
    give: int
    stop: int
    bond: int
    off: int
    items: tuple[str, ...]


class _Terms:
    """A multi-pattern matcher over terms; a trailing * lets a term go on to the end of its word."""

    def __init__(self, terms: dict[str, list[str]]) -> None:
        self.labels: list[tuple[str, bool]] = []
        patterns = []
        for label, entries in terms.items():
            for entry in entries:
                patterns.append(entry.rstrip("*"))
                self.labels.append((label, entry.endswith("*")))
        self.automaton = ahocorasick_rs.AhoCorasick(patterns)

    def find(self, text: str) -> list[tuple[str, int, int]]:
        """(label, start, end) of every term in a lower-case text, overlapping ones too."""
        out = []
        try:
            found = self.automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:  # halves of surrogate pairs: an article that no reader has cleaned
            found = self.automaton.find_matches_as_indexes(clean(text), overlapping=True)
        for index, start, end in found:
            label, stem = self.labels[index]
            if start > 0 and text[start - 1].isalnum():
                continue
            if not stem and end < len(text) and text[end].isalnum():
                continue
            out.append((label, start, end))
        return out


@cache
def _matchers() -> tuple[_Terms, _Terms]:
    return _Terms(_read("aid.csv")), _Terms(_read("items.csv"))


def _read(name: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for line in (_LEXICONS / name).read_text("utf-8").splitlines()[1:]:
        label, _, terms = line.partition(",")
        out[label] = [t.strip() for t in terms.split(";") if t.strip()]
    return out


@cache
def _priors() -> dict[str, float]:
    with (_LEXICONS / "recipients.csv").open(encoding="utf-8") as handle:
        return {row["code"]: float(row["prior"]) for row in csv.DictReader(handle)}


def signals(text: str) -> Signals:
    """Counts the aid terms and items of a text."""
    aid, items = _found(text.lower().replace("’", "'"))
    counts = Counter(label for label, _, _ in aid)
    named = tuple(dict.fromkeys(label for label, _, _ in items))
    return Signals(counts["aid"], counts["arms"], counts["give"], counts["stop"], counts["bond"], counts["off"], named)


def _found(low: str) -> tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]]:
    """The aid terms and the item terms of a lower-case text with their places.

    "Anti-tank missiles" is no tank, "fighter pilots' training" no jet: the longest item at a place wins.
    """
    aid_terms, item_terms = _matchers()
    return aid_terms.find(low), _outermost(item_terms.find(low))


def _outermost(found: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """The terms that no longer one holds within it."""
    farthest: dict[int, int] = {}  # where a term starts → where the longest that starts there ends
    for _, start, end in found:
        farthest[start] = max(end, farthest.get(start, end))
    reached: dict[int, int] = {}  # where a term starts → how far those go that started before it
    reach = -1
    for start in sorted(farthest):
        reached[start] = reach
        reach = max(reach, farthest[start])
    return [(label, start, end) for label, start, end in found if reached[start] < end == farthest[start]]


def topic_terms(plain: str) -> list[tuple[str, int, int]]:
    """A mark for each class of terms in a normalised text, with the place of its first term.

    They let the relevance model learn from few examples what the lexicons know: that any weapon is a weapon.
    """
    aid, items = _found(plain)
    first = {label: (s, e) for label, s, e in reversed(aid)}
    hardware = [(s, e) for label, s, e in items if label not in ("funding", "intelligence", "training")]
    marks = [(f"[{label}]", *place) for label, place in first.items()]
    marks += [("[item]", s, e) for s, e in hardware[:1]]
    marks += [("[money]", s, e) for label, s, e in items if label == "funding"][:1]
    arms = [*hardware, *(place for label, place in first.items() if label == "arms")]
    if arms and ("give" in first or "stop" in first):
        marks.append(("[moved]", *arms[0]))
    return marks or [("[bare]", 0, len(plain))]


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def needed_terms() -> list[str]:
    """The terms of which a statement must hold one to be on the topic by its own words (a trailing * lets a term go
    on to the end of its word): `has_term` tells it of a text."""
    aid, items = _read("aid.csv"), _read("items.csv")
    return [t for label in _NEEDED for t in aid[label]] + [t for i in items if i not in _VAGUE for t in items[i]]


def has_term(own: Signals) -> bool:
    """Whether signals hold any weapon, aid or bond: without one only the context can make words a statement on aid."""
    return bool(own.aid or own.arms or own.bond or set(own.items) - _VAGUE)


def own_signals(statement: Statement) -> Signals:
    """The signals of a statement's own words, its cue among them."""
    return signals(_own_words(statement))


def may_speak(paragraph: str) -> bool:
    """Whether a statement in a paragraph can be on the topic, and not only by what was said before it."""
    return has_term(signals(" ".join(paragraph.split())))


def leads(text: str, statement: Statement, own_relevance: float | None) -> bool:
    """Whether a statement of a text is on the topic by itself or by its paragraph; `own_relevance` is as for
    `topics`. Where none of an article does, none of it is on the topic."""
    own = own_signals(statement)
    return _alone(text, statement, own, own_relevance) >= 0


def _alone(text: str, statement: Statement, own: Signals, own_relevance: float | None) -> float:
    """The evidence of a statement's own words and of its paragraph."""
    evidence = _held_back(0.0 if own_relevance is None else _log_odds(own_relevance), own)
    telling = own.stop or own.give or own.items or own.bond
    if telling and not own.off and signals(_sentence_around(text, statement.spans)).aid:
        evidence = max(evidence, 0.4)
    return evidence


def _own_words(statement: Statement) -> str:
    return statement.text if statement.cue is None else f"{statement.cue.text} {statement.text}"


def topics(
    article: Article, statements: Sequence[Statement], own_relevance: Sequence[float | None], registry: Registry
) -> list[Topic]:
    """The topic of each statement of one article, in the order given; what is off the topic has no recipient.

    `own_relevance` is the relevance model's probability for each statement's own words; None, for words without any
    term (`has_term`), takes them as just off the topic, the most that they could be.
    """
    main_recipient: str | None = None
    looked = False
    scores: list[float] = []
    out: list[Topic] = []
    for number, statement in enumerate(statements):
        own = own_signals(statement)
        evidence = _alone(article.text, statement, own, own_relevance[number])
        evidence = max(evidence, _carried(statements, number, scores, own))
        scores.append(evidence)
        relevance = _logistic(evidence)
        if relevance < ON_TOPIC:
            out.append(Topic(relevance))
            continue
        if not looked:
            main_recipient, looked = _main_recipient(article.text, registry), True
        around = _sentence_around(article.text, statement.spans)
        items = own.items or signals(around).items
        recipient = _recipient(_own_words(statement), around, statement, registry, main_recipient)
        out.append(Topic(relevance, _tidy(items), recipient))
    return out


def _held_back(evidence: float, own: Signals) -> float:
    """Evidence with the doubts that news of war calls for, where words of war without aid are the rule.

    Without any weapon, aid or bond in the words only the context can make them a statement on aid; weapons that
    nobody gives or stops, and terms of another topic, count against it.
    """
    if not has_term(own):
        return min(evidence, -0.5)
    if not (own.aid or own.bond):
        evidence -= 0.0 if (own.give or own.stop) else 1.0
        evidence -= 1.2 * bool(own.off)
    return evidence


def _carried(statements: Sequence[Statement], number: int, scores: Sequence[float], own: Signals) -> float:
    """Evidence that words take from the speaker's last words on aid."""
    if own.off:
        return -9.0
    carried = -9.0
    if statements[number].cue is None or own.stop or own.give or own.bond:
        carried = max(carried, _last_words(statements, number, scores) - 0.8)
    return min(carried, 1.5)


def _log_odds(p: float) -> float:
    return math.log(max(p, 1e-6) / max(1 - p, 1e-6))


def _last_words(statements: Sequence[Statement], number: int, scores: Sequence[float]) -> float:
    """The evidence of the same speaker's statement just before, or next to nothing."""
    if number == 0:
        return -9.0
    now, last = statements[number], statements[number - 1]
    same = now.source == last.source or (now.actor is not None and now.actor == last.actor)
    return scores[number - 1] if same else -9.0


def _sentence_around(text: str, spans: Sequence[Span]) -> str:
    """The paragraph that holds a statement, within 400 characters of it."""
    low, high = max(0, spans[0][0] - 400), spans[-1][1] + 400
    start = max(text.rfind("\n", low, spans[0][0]) + 1, low)
    end = text.find("\n", spans[-1][1], high)
    return text[start : high if end < 0 else end]


def _tidy(items: Sequence[str]) -> tuple[str, ...]:
    """Items without what only comes with them: money next to hardware is a price, not the aid."""
    hardware = [i for i in items if i != "funding"]
    return tuple(hardware or items) or ("unspecified",)


def _countries(text: str, registry: Registry) -> list[tuple[str, int]]:
    out = []
    for match in re.finditer(r"[A-Z][\w.’']*(?:\s[A-Z][\w.]*)?", text):
        words = re.sub(r"['’]s?$", "", match.group())
        for piece in (words, *words.split()):
            code = registry.demonyms.get(re.sub(r"['’]s?$", "", piece))
            if code is not None:
                out.append((code, match.start()))
                break
    return out


def _main_recipient(text: str, registry: Registry) -> str | None:
    return _best(text[:6000], registry, None, 3)


def _best(text: str, registry: Registry, own_country: str | None, least: float) -> str | None:
    """The country that most likely receives, by how it is named and by how often it receives at all."""
    scores: dict[str, float] = defaultdict(float)
    for code, at in _countries(text, registry):
        if code == own_country:
            continue
        scores[code] += 1.0 + 3.0 * bool(_TOWARDS.search(text[max(0, at - 24) : at]))
    weighed = {code: count + _priors().get(code, -1.0) for code, count in scores.items()}
    best = max(weighed, key=lambda c: weighed[c], default=None)
    return best if best is not None and weighed[best] >= least else None


def _recipient(text: str, around: str, statement: Statement, registry: Registry, main: str | None) -> str | None:
    actor = statement.actor.country if statement.actor else None
    # a recipient may ask for itself: its own country counts when its words name it
    own = None if actor is not None and _priors().get(actor, -1.0) > 0 else actor
    return _best(text, registry, own, 1.0) or _best(around, registry, own, 2.0) or main
