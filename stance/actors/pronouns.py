"""Who "he", "she", "it" and "they" are: by gender, by who spoke last, and by the subject of the sentence before.

A stranger, or an unresolved speaker, that stands nearer than an actor of the registry blocks it.
"""

from __future__ import annotations

import re

from stance.actors.discourse import Person, possessed
from stance.actors.registry import Registry
from stance.actors.resolution import NOBODY, Asked, Resolution, known, open_between

GENDERS = {"he": "m", "she": "f", "him": "m", "her": "f", "his": "m"}
OTHERS = frozenset({"who", "they", "it", "we", "i", "them"})
_REACH = 3  # paragraphs over which a pronoun may reach back
_SENTENCE_ENDS = (". ", ".\n", "\n", ".” ", '." ')
_OPENING = re.compile(
    r"\W*(?:in|on|at|as|after|before|during|while|when|with|following|by|for|since|despite|unlike|like|asked|under|"
    r"speaking|meeting|alongside|standing|citing|responding)\b[^,.\n]*,",
    re.I,
)


def he_or_she(asked: Asked, pronoun: str, registry: Registry) -> Resolution:
    """The person whom a pronoun of a gender stands for."""
    gender, text = GENDERS[pronoun], asked.discourse.text
    begin, at = asked.sentence[0], asked.start
    fitting = [p for p in _antecedents(asked) if p.gender in (None, gender)]
    same = _subject([p for p in fitting if begin <= p.start < at], text, begin)
    if same is not None:
        return _of(same, registry)
    previous = _previous_sentence(asked, begin)
    before = [p for p in fitting if p.start < begin]
    nearby = [p for p in before if p.start >= previous]
    subject = _subject(nearby, text, previous + 1)
    last_at, last = asked.spoken[-1] if asked.spoken else (-1, NOBODY)
    recent = bool(asked.spoken) and asked.discourse.paragraphs_between(last_at, begin) <= _REACH
    if recent and last.spokesperson and not any(p.id is None and ". " in text[last_at : p.start] for p in before):
        return last  # a spokesperson goes on
    if recent and not last.actors and (subject is None or last_at >= previous):
        inside = [p for p in nearby if p.id in last.candidates]
        if subject is None or inside:
            return Resolution((), last.candidates)
    if recent and len(last.actors) > 1:
        both = [a for a in last.actors if a.gender == gender]
        if subject is None or any(a.id == subject.id for a in both):
            return known(both[0]) if len(both) == 1 else open_between([a.id for a in both])
    speaker = last.actor if recent and last.actor is not None and last.actor.kind == "person" else None
    if speaker is not None and speaker.gender not in (None, gender):
        speaker = None
    if speaker is not None and (
        subject is None
        or speaker.id in {p.id for p in nearby}
        or (last_at >= previous and not _is_clause(text, subject))
    ):
        if subject is None and any(p.id is None and p.start > last_at for p in before):
            return NOBODY  # a stranger came in between
        return known(speaker)
    if subject is not None:
        return _of(subject, registry)
    if before and asked.discourse.paragraphs_between(before[-1].start, begin) <= 1:
        final = before[-2:]
        if any(p.id is None for p in final):
            return NOBODY
        ids = list(dict.fromkeys(p.id for p in final if p.id is not None))
        return known(registry.actors[ids[0]]) if len(ids) == 1 else open_between(ids)
    return NOBODY


def _previous_sentence(asked: Asked, begin: int) -> int:
    """Where the mark stands after which the sentence before the one at `begin` begins; -1 at the text's start."""
    return asked.discourse.last_mark(_SENTENCE_ENDS, begin - 3)


def _is_clause(text: str, person: Person) -> bool:
    """Whether a person opens a sentence, as its subject."""
    return text[max(0, person.start - 2) : person.start].strip()[-1:] in ("", ".", "”", '"')


def _antecedents(asked: Asked) -> list[Person]:
    """The people who may be meant: no possessors, and nobody out of a quotation where the source stands outside."""
    discourse = asked.discourse
    inside = discourse.quoted(asked.start)
    return [
        p
        for p in discourse.people_between(0, asked.start)
        if not possessed(discourse, p) and (inside or not discourse.quoted(p.start))
    ]


def _subject(people: list[Person], text: str, begin: int) -> Person | None:
    """The first person named, passing over a circumstance that opens the sentence ("After meeting Putin, …")."""
    if not people:
        return None
    opening = _OPENING.match(text, begin)
    main = [p for p in people if opening is None or p.start >= opening.end()]
    return (main or people)[0]


def _of(person: Person, registry: Registry) -> Resolution:
    return NOBODY if person.id is None else known(registry.actors[person.id])


def it_or_they(asked: Asked, pronoun: str, registry: Registry) -> Resolution:
    """ "It": the government or body that spoke last or was the subject before; "they": the pair that did."""
    discourse, text = asked.discourse, asked.discourse.text
    if pronoun not in ("it", "they", "them"):
        return NOBODY
    begin = asked.sentence[0]
    at, last = asked.spoken[-1] if asked.spoken else (-1, NOBODY)
    close = at >= 0 and discourse.paragraphs_between(at, asked.start) <= 1
    previous = _previous_sentence(asked, begin) + 1
    if pronoun == "it":
        if close and last.actor is not None and last.actor.kind != "person":
            return known(last.actor)
        if close and at >= previous:
            return NOBODY  # someone else spoke in the sentence before
        for mention in discourse.within(previous, begin):
            if mention.form in ("body", "place") and re.fullmatch(
                r"\W*(?:the\s+)?", text[previous : mention.start], re.I
            ):
                return known(registry.actors[mention.ids[0]]) if len(mention.ids) == 1 else open_between(mention.ids)
        return NOBODY
    if close and len(last.actors) > 1:
        return last
    if close and at >= previous:
        return NOBODY
    pair = [p for p in discourse.people_between(previous, begin) if not discourse.quoted(p.start)]
    both = tuple(registry.actors[p.id] for p in pair if p.id is not None)
    if len(pair) == len(both) == 2 and re.fullmatch(r",? and (?:[\w’'-]+ ){0,4}", text[pair[0].end : pair[1].start]):
        return Resolution(both, shared=True)
    return NOBODY
