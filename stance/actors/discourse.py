"""The names of one article: every mention, and which person of the registry each one is, if any.

A full name decides; a surname follows the full name before it, a title or an honorific beside it, or stands for the
bearer whose office on the article's date, and whose country, the article is about. A stranger of the same surname
makes it nobody of ours.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from stance.actors.mentions import Matcher, Named
from stance.actors.registry import GOVERNS, WIDE_ROLES, Registry, fold
from stance.actors.words import words
from stance.records import Actor

POSSESSIVE = re.compile(r"['’]s?\b|['’](?=\s|$)")
_FULL_NAME = re.compile(r"\b([A-Z][\w’'-]+) ((?:[A-Z][\w’'-]+ )?[A-Z][\w-]+)")
_PARAGRAPH_BREAK = re.compile(r"\n\s*")
# to the closing mark or the end of the line; of the text too, or each opening mark would search for it anew
_QUOTED = re.compile(r"(?:“[^”\n]*|„[^“”\n]*|«[^»\n]*|(?<![\w])\"[^\"\n]*)(?:[”“»\"\n]|\Z)")
_PRESENTED = re.compile(r", (?:an? |the |who\b|whose\b|\d\d)")
_CAPITALISED = re.compile(r"\b[A-Z][\w-]+")
_SPOUSE = re.compile(r"\b(wife|husband|widow|daughter|son|sister|brother|mother|father),? $")
_GENDER_OF = {
    **dict.fromkeys(("wife", "widow", "daughter", "sister", "mother"), "f"),
    **dict.fromkeys(("husband", "son", "brother", "father"), "m"),
}
MOST_BEFORE = 300  # names before a source among which the one meant is sought
_FARTHEST = 10_000  # characters back to the mark that ends the sentence or paragraph before
_TOP = GOVERNS | {"foreign minister", "defence minister", "secretary general", "speaker"}


class Person(NamedTuple):
    """A person named in the article: of the registry, or a stranger (id None)."""

    start: int
    end: int
    id: str | None
    gender: str | None


@dataclass
class Discourse:
    """What an article names, as far as it helps to tell who is meant."""

    text: str
    date: str | None
    mentions: list[Named]
    people: list[Person] = field(default_factory=list)
    # surname, folded → where a stranger of that surname is named in full, and the gender if the text tells
    strangers: dict[str, list[tuple[int, str | None]]] = field(default_factory=dict)
    # start of a mention → the people it may be: one, several, or none
    bearers: dict[int, tuple[str, ...]] = field(default_factory=dict)
    # surname of a spokesperson who is no actor → for whom he or she speaks, an id
    voices: dict[str, str] = field(default_factory=dict)
    # the countries that the article names, with how often, once somebody asks
    countries: Counter[str | None] | None = None

    @cached_property
    def starts(self) -> list[int]:
        """Where the mentions start."""
        return [m.start for m in self.mentions]

    @cached_property
    def _quotations(self) -> list[tuple[int, int]]:
        return [m.span() for m in _QUOTED.finditer(self.text)]

    def quoted(self, at: int) -> bool:
        """Whether an offset lies within quotation marks."""
        index = bisect_right(self._quotations, (at, len(self.text))) - 1
        return index >= 0 and self._quotations[index][0] <= at < self._quotations[index][1]

    def within(self, start: int, end: int) -> list[Named]:
        """The mentions that lie between two offsets."""
        first = bisect_left(self.starts, start)
        last = bisect_left(self.starts, end)
        return [m for m in self.mentions[first:last] if m.end <= end]

    @cached_property
    def breaks(self) -> list[int]:
        """Where the breaks between paragraphs begin, however many blank lines make one."""
        return [m.start() for m in _PARAGRAPH_BREAK.finditer(self.text)]

    def paragraphs_between(self, start: int, end: int) -> int:
        """How many breaks between paragraphs lie between two offsets."""
        return bisect_left(self.breaks, end) - bisect_left(self.breaks, start)

    def people_between(self, start: int, end: int) -> list[Person]:
        """The people named between two offsets; of very many the last."""
        first, last = bisect_left(self._peoples_starts, start), bisect_left(self._peoples_starts, end)
        return self.people[max(first, last - MOST_BEFORE) : last]

    def mentions_before(self, at: int) -> list[Named]:
        """The mentions before an offset; of very many the last."""
        last = bisect_left(self.starts, at)
        return self.mentions[max(0, last - MOST_BEFORE) : last]

    def named_before(self, at: int) -> list[str]:
        """Ids of the registry's people named before an offset, the last named first, each once."""
        last = {}
        for person_id, starts in self._starts_of.items():
            number = bisect_left(starts, at)
            if number:
                last[person_id] = starts[number - 1]
        return sorted(last, key=lambda i: -last[i])

    @cached_property
    def _peoples_starts(self) -> list[int]:
        return [p.start for p in self.people]

    @cached_property
    def _starts_of(self) -> dict[str, list[int]]:
        """Where each of the registry's people is named."""
        out: dict[str, list[int]] = {}
        for person in self.people:
            if person.id is not None:
                out.setdefault(person.id, []).append(person.start)
        return out

    def last_mark(self, marks: tuple[str, ...], at: int) -> int:
        """Where the last of some marks before an offset stands, -1 where none does, or none within reach."""
        return max(self.text.rfind(mark, max(0, at - _FARTHEST), max(0, at)) for mark in marks)


@dataclass
class _Reading:
    """What is known of an article while its names are read from its start to its end."""

    discourse: Discourse
    last: dict[str, Person] = field(default_factory=dict)  # of the registry's people read so far, the last naming
    countries: Counter[str | None] | None = None  # as `Discourse.countries`, as far as read
    demonyms: dict[int, str] = field(default_factory=dict)

    @cached_property
    def in_full(self) -> frozenset[str]:
        """Whom the article names in full, anywhere."""
        return frozenset(i for m in self.discourse.mentions if m.form == "full" for i in m.ids)

    @cached_property
    def strangers(self) -> dict[str, dict[str | None, list[int]]]:
        """The discourse's strangers by surname and gender."""
        out: dict[str, dict[str | None, list[int]]] = {}
        for surname, places in self.discourse.strangers.items():
            for at, gender in places:
                out.setdefault(surname, {}).setdefault(gender, []).append(at)
        return out

    def stranger_before(self, surname: str, gender: str | None, at: int) -> list[int]:
        """Where the last stranger of a surname who may be of a gender is named before an offset; at most one."""
        places = self.strangers.get(surname, {})
        fitting = [places[g] for g in places if gender is None or g in (None, gender)]
        return sorted(found[n - 1] for found in fitting if (n := bisect_left(found, at)))[-1:]


class NameReader:
    """Reads the names of one article after another against a registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.matcher = Matcher(registry)

    def read(self, text: str, date: str | None) -> Discourse:
        """Reads an article's names once: every mention, and which person each one is."""
        discourse = Discourse(text, date, self.matcher.find(text))
        self._note_strangers(discourse)
        known: list[Person] = []
        reading = _Reading(discourse)
        for index, mention in enumerate(discourse.mentions):
            if mention.form not in ("full", "surname"):
                continue
            ids = self._bearers(mention, reading)
            discourse.bearers[mention.start] = ids
            as_body = mention if ids else self._as_body(mention)
            self._recount(reading, as_body)
            if len(ids) == 1:
                known.append(Person(mention.start, mention.end, ids[0], self.registry.actors[ids[0]].gender))
                reading.last[ids[0]] = known[-1]
            elif not ids:
                discourse.mentions[index] = as_body
        discourse.people = sorted(discourse.people + known, key=lambda person: person[:2])
        return discourse

    def _as_body(self, mention: Named) -> Named:
        """A name that is a surname and a country's or a body's too ("Wagner"), where it is nobody's surname here."""
        actors = self.registry.actors
        others = tuple(i for i in mention.ids if actors[i].kind != "person")
        if not others or mention.form == "full":
            return mention
        return mention._replace(ids=others, form="place" if actors[others[0]].kind == "government" else "body")

    def _bearers(self, mention: Named, reading: _Reading) -> tuple[str, ...]:
        """The people a name may be: one where the text decides, several where it does not, or nobody of ours."""
        discourse, actors = reading.discourse, self.registry.actors
        text = discourse.text
        candidates = [actors[i] for i in mention.ids if actors[i].kind == "person"]
        if not candidates:
            return ()
        if mention.form == "full":
            return _ids(self._in_office(candidates, discourse))
        surname = fold(text[mention.start : mention.end])
        gender = _gender_before(text, mention.start)
        if gender is not None:
            candidates = [a for a in candidates if a.gender in (None, gender)]
        title = self._title_before(text, mention.start)
        if title is not None:
            fitting = [a for a in candidates if self._fits(a, title, discourse.date)]
            if len(fitting) == 1:
                return _ids(fitting)
        wordlike = surname in words("wordlike")
        if wordlike and title is None and gender is None and _like_a_date_or_place(text, mention):
            return ()
        ids = {a.id for a in candidates}
        anchors = [reading.last[i] for i in ids if i in reading.last]
        strange = reading.stranger_before(surname, gender, mention.start)
        if anchors or strange:
            return _nearest(discourse, anchors, strange, mention.start)
        if title is not None and title[1] is not None and not any(a.country == title[1] for a in candidates):
            return ()  # "Australian Prime Minister Johnson": a namesake
        if surname in discourse.strangers:
            return ()
        later = ids & reading.in_full
        if len(later) == 1 and not wordlike:
            return tuple(later)
        if candidates and len(mention.ids) > len(candidates) and not self._counted(reading)[candidates[0].country]:
            return ()  # Montenegro is the country, unless the article is about Portugal
        return _ids(self._by_office(candidates, reading, surname, wordlike))

    def _by_office(self, candidates: list[Actor], reading: _Reading, surname: str, wordlike: bool) -> Sequence[Actor]:
        """Of a surname's bearers, none named in full, whoever is in office in a country that the article names."""
        date = reading.discourse.date
        holding = [a for a in candidates if a.offices_on(date)]
        if len(candidates) == 1:
            sure = bool(holding) or date is None or (len(surname) > 4 and not wordlike)
            return candidates if sure and not (wordlike and date is None) else ()
        if date is None:
            return candidates
        counts = self._counted(reading)
        local = [a for a in candidates if counts[a.country]] or candidates
        top = [a for a in holding if self.registry.roles_on(a, date) & _TOP]
        if len(top) == 1 and counts[top[0].country] >= max(counts[a.country] for a in local):
            return top
        if len(local) == 1:
            return local
        return top if len(top) == 1 and not any(_left_lately(a, date) for a in local if a not in top) else local

    def countries(self, discourse: Discourse) -> Counter[str | None]:
        """The countries that an article names, by its words for them, with how often."""
        if discourse.countries is None:
            counts: Counter[str | None] = Counter()
            for mention in discourse.mentions:
                counts.update(self._countries_of(mention))
            counts.update(c for at, c in self._by_demonym(discourse.text).items() if at not in discourse.bearers)
            discourse.countries = counts
        return discourse.countries

    def _counted(self, reading: _Reading) -> Counter[str | None]:
        """As `countries`, as far as the article is read."""
        if reading.countries is None:
            reading.countries, reading.discourse.countries = self.countries(reading.discourse), None
            reading.demonyms = self._by_demonym(reading.discourse.text)
        return reading.countries

    def _recount(self, reading: _Reading, mention: Named) -> None:
        """Counts anew once it is known whose name a mention is: no country's, or a country's or a body's after all."""
        if reading.countries is not None:
            reading.countries.subtract([c for c in [reading.demonyms.get(mention.start)] if c is not None])
            reading.countries.update(self._countries_of(mention))

    def _countries_of(self, mention: Named) -> set[str | None]:
        if mention.form not in ("place", "body"):
            return set()
        return {self.registry.actors[i].country for i in mention.ids} - {None}

    def _by_demonym(self, text: str) -> dict[int, str]:
        """The words of a text for countries, by where they stand."""
        found = {m.start(): self.registry.demonyms.get(m.group()) for m in _CAPITALISED.finditer(text)}
        return {at: code for at, code in found.items() if code is not None}

    def _in_office(self, candidates: list[Actor], discourse: Discourse) -> list[Actor]:
        if len(candidates) == 1:
            return candidates
        holding = [a for a in candidates if a.offices_on(discourse.date)]
        return holding if len(holding) == 1 else candidates

    def _title_before(self, text: str, start: int) -> tuple[str, str | None] | None:
        """The role and country that stand right before a name: "German Foreign Minister Baerbock"."""
        before = re.findall(r"[\w.’'-]+", text[max(0, start - 60) : start])
        for size in (4, 3, 2, 1):
            surface = " ".join(before[-size:]).lower()
            role = self.registry.role_of(surface) if len(before) >= size else None
            if role is not None:
                country = before[-size - 1] if len(before) > size else ""
                return role, self.registry.demonyms.get(re.sub(r"['’]s?$", "", country))
        return None

    def _fits(self, actor: Actor, title: tuple[str, str | None], date: str | None) -> bool:
        role, country = title
        if country is not None and actor.country != country:
            return False
        wanted = WIDE_ROLES.get(role, frozenset({role}))
        return bool(wanted & (self.registry.roles_on(actor, date) | self.registry.roles_on(actor, None)))

    def _note_strangers(self, discourse: Discourse) -> None:
        """Remembers the people of the article who are not in the registry."""
        text, first_names = discourse.text, self.matcher.first_names
        taken = [(m.start, m.end) for m in discourse.mentions if m.form in ("full", "body")]
        starts = [t[0] for t in taken]
        for match in _FULL_NAME.finditer(text):
            first, low, last = match[1], match[1].lower(), match[2].split()[-1]
            if (
                low in self.matcher.title_words
                or first in self.registry.demonyms
                or low in words("opener")
                or low in words("honorific")
                or low.endswith(("’s", "'s"))
            ):
                continue
            at = bisect_left(starts, match.start())
            if any(s < match.end() and e > match.start() for s, e in taken[max(0, at - 1) : at + 1]):
                continue
            spouse = _SPOUSE.search(text, max(0, match.start() - 12), match.start())
            gender = (_GENDER_OF[spouse[1]] if spouse else None) or first_names.get(fold(first))
            certain = fold(first) in first_names or _PRESENTED.match(text, match.end()) is not None
            if fold(last) in self._folded_surnames or (certain and last in self.registry.demonyms):
                discourse.strangers.setdefault(fold(last), []).append((match.start(), gender))
            if certain:
                discourse.people.append(Person(match.start(), match.end(), None, gender))

    @cached_property
    def _folded_surnames(self) -> frozenset[str]:
        return frozenset(fold(s) for s in self.registry.by_surname)


def possessed(discourse: Discourse, person: Person) -> bool:
    """Whether a person is named as a possessor ("Putin’s …")."""
    return bool(POSSESSIVE.match(discourse.text, person.end))


def _ids(actors: Sequence[Actor]) -> tuple[str, ...]:
    return tuple(a.id for a in actors)


def _gender_before(text: str, start: int) -> str | None:
    """The gender that an honorific right before a name tells ("Mrs Macron")."""
    before = re.search(r"(\w+)\.?[ \u00a0]$", text[max(0, start - 12) : start])
    low = before[1].lower() if before else ""
    return "m" if low in words("honorific-m") else "f" if low in words("honorific-f") else None


def _like_a_date_or_place(text: str, mention: Named) -> bool:
    """Whether a name that is a common word stands where the month or the place would: "in May", "near Austin"."""
    before = re.search(r"([\w-]+)[ \u00a0]$", text[max(0, mention.start - 16) : mention.start])
    return bool((before and (before[1].lower() in words("datelike") or before[1].isdigit()))
                or re.match(r",? \d", text[mention.end : mention.end + 3]))  # fmt: skip


def _nearest(discourse: Discourse, anchors: list[Person], strange: list[int], at: int) -> tuple[str, ...]:
    """Who a surname is after people of that surname were named: whoever the nearest text that names any names alone.

    Nearest is the sentence, then the paragraph of the last naming. Two there, one of them maybe a stranger, and the
    text does not decide.
    """
    named: list[tuple[int, str]] = sorted([(p.start, p.id or "") for p in anchors] + [(s, "") for s in strange])
    sentence = discourse.last_mark((". ", "\n", "” "), at)
    paragraph = discourse.last_mark(("\n",), named[-1][0])
    for start in (sentence, paragraph):
        close = tuple(dict.fromkeys(who for where, who in reversed(named) if where > start))
        if len(close) == 1:
            return close if close[0] else ()
        if close:
            return close if all(close) else ()
    return ()


def _left_lately(actor: Actor, date: str) -> bool:
    """Whether someone left a high office within about two years before a date."""
    return any(o.end is not None and o.end[:4] >= str(int(date[:4]) - 2) for o in actor.offices if o.title in _TOP)
