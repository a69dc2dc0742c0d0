"""The names of one article: every mention, and which person of the registry each one is, if any.

A full name decides; a surname follows the full name before it, a title beside it, or stands for the only bearer in
office on the article's date. A stranger of the same surname makes it nobody of ours.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property

from stance.actors.mentions import Matcher, Named
from stance.actors.registry import GOVERNS, WIDE_ROLES, Registry, fold
from stance.records import Actor

POSSESSIVE = re.compile(r"['’]s?\b|['’](?=\s|$)")
_HONORIFICS = frozenset(
    ["mr", "mrs", "ms", "dr", "sir", "lord", "lady", "dame", "gen", "sen", "rep", "gov", "col", "lt", "adm", "prof"]
)
_COMMON_STARTS = frozenset(
    [
        "the",
        "a",
        "an",
        "in",
        "on",
        "at",
        "as",
        "but",
        "and",
        "when",
        "while",
        "if",
        "after",
        "before",
        "since",
        "for",
        "from",
        "to",
        "by",
        "with",
        "he",
        "she",
        "it",
        "his",
        "her",
        "their",
        "our",
        "we",
        "they",
        "this",
        "that",
        "these",
        "those",
        "both",
        "mr",
        "mrs",
        "ms",
        "dr",
        "sir",
        "lord",
        "lady",
        "former",
        "then-president",
        "president",
        "what",
        "who",
        "why",
        "how",
        "like",
        "said",
        "says",
        "though",
        "although",
        "because",
        "under",
        "during",
        "even",
        "also",
        "then",
        "now",
        "here",
        "there",
        "according",
        "speaking",
        "asked",
    ]
)


@dataclass(slots=True)
class Discourse:
    """What the article has said so far, as far as it helps to tell who is meant later."""

    text: str
    date: str | None
    mentions: list[Named]
    starts: list[int]
    # (offset, registry id, gender) of each person named
    people: list[tuple[int, str, str | None]] = field(default_factory=list)
    strangers: dict[str, int] = field(default_factory=dict)


class NameReader:
    """Reads the names of one article after another against a registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.matcher = Matcher(registry)

    def read(self, text: str, date: str | None) -> Discourse:
        """Reads an article's names once: every mention, and which person each one is."""
        mentions = self.matcher.find(text)
        discourse = Discourse(text, date, mentions, [m.start for m in mentions])
        self._note_strangers(discourse)
        for mention in mentions:
            if mention.form in ("full", "surname"):
                actor = self.person(mention, discourse)
                if actor is not None:
                    discourse.people.append((mention.start, actor.id, actor.gender))
        discourse.people.sort()
        return discourse

    def person(self, mention: Named, discourse: Discourse) -> Actor | None:
        """Which person a name is: the only bearer, the one named in full before, the one in office, or none."""
        actors = self.registry.actors
        candidates = [actors[i] for i in mention.ids if actors[i].kind == "person"]
        if not candidates:
            return None
        text = discourse.text
        if mention.form == "full":
            return self._only(candidates, discourse)
        surname = fold(text[mention.start : mention.end])
        titles = self._title_before(text, mention.start)
        if titles is not None:
            fitting = [a for a in candidates if self._fits(a, titles, discourse.date)]
            if len(fitting) == 1:
                return fitting[0]
        earlier = [
            m for m in discourse.mentions
            if m.start < mention.start and m.form == "full" and set(m.ids) & set(mention.ids)
        ]  # fmt: skip
        stranger = discourse.strangers.get(surname, -1)
        if earlier:
            last = earlier[-1]
            if stranger > last.start:
                return None
            both = [a for a in candidates if a.id in last.ids]
            return self._only(both, discourse)
        if stranger >= 0:
            return None
        later = {i for m in discourse.mentions if m.form == "full" for i in set(m.ids) & set(mention.ids)}
        if len(later) == 1:
            return actors[later.pop()]
        holding = [a for a in candidates if a.offices_on(discourse.date)]
        top = [
            a
            for a in holding
            if self.registry.roles_on(a, discourse.date)
            & (GOVERNS | {"foreign minister", "defence minister", "secretary general"})
        ]
        if len(candidates) == 1 and (
            holding or discourse.date is None or (mention.form == "surname" and len(surname) > 4)
        ):
            return candidates[0]
        return top[0] if len(top) == 1 else None

    def _only(self, candidates: list[Actor], discourse: Discourse) -> Actor | None:
        if len(candidates) == 1:
            return candidates[0]
        holding = [a for a in candidates if a.offices_on(discourse.date)]
        return holding[0] if len(holding) == 1 else None

    def _title_before(self, text: str, start: int) -> tuple[str, str | None] | None:
        """The role and country that stand right before a name: "German Foreign Minister Baerbock"."""
        words = re.findall(r"[\w.’'-]+", text[max(0, start - 60) : start])
        for size in (4, 3, 2, 1):
            surface = " ".join(words[-size:]).lower()
            role = self.registry.role_of(surface) if len(words) >= size else None
            if role is not None:
                before = words[-size - 1] if len(words) > size else ""
                return role, self.registry.demonyms.get(before)
        return None

    def _fits(self, actor: Actor, title: tuple[str, str | None], date: str | None) -> bool:
        role, country = title
        if country is not None and actor.country != country:
            return False
        wanted = WIDE_ROLES.get(role, frozenset({role}))
        return bool(wanted & (self.registry.roles_on(actor, date) | self.registry.roles_on(actor, None)))

    def _note_strangers(self, discourse: Discourse) -> None:
        """Remembers the surnames of people in the article who are not in the registry, by their last place."""
        known = [(m.start, m.end) for m in discourse.mentions if m.form == "full"]
        starts = [k[0] for k in known]
        for match in re.finditer(r"\b([A-Z][\w’'-]+) ((?:[A-Z][\w’'-]+ )?[A-Z][\w-]+)", discourse.text):
            at = bisect_left(starts, match.start())
            near = known[max(0, at - 1) : at + 1]
            if any(s < match.end() and e > match.start() for s, e in near):
                continue
            first, last = match[1], match[2].split()[-1]
            low = first.lower()
            if fold(last) in self._folded_surnames and not (
                low in self.matcher.title_words
                or first in self.registry.demonyms
                or low in _COMMON_STARTS
                or low in _HONORIFICS
            ):
                discourse.strangers.setdefault(fold(last), match.start())

    @cached_property
    def _folded_surnames(self) -> frozenset[str]:
        return frozenset(fold(s) for s in self.registry.by_surname)

    def possessed(self, discourse: Discourse, start: int) -> bool:
        """Whether the mention that starts there is a possessor ("Putin’s …")."""
        at = bisect_left(discourse.starts, start)
        mention = discourse.mentions[at]
        return bool(POSSESSIVE.match(discourse.text, mention.end))
