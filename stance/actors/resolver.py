"""From a source as written to the actors it names, by the article's date and by what the article said before.

In order: a pronoun (`pronouns`); several together (`groups`); a spokesperson or an office; a name; a title without
a name (`offices`); a body or a government. Where two actors remain possible, or only a guess is left, the source
stays unresolved and the candidates are listed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from stance.actors import groups, offices, pronouns
from stance.actors.discourse import POSSESSIVE, Discourse, NameReader
from stance.actors.mentions import Named
from stance.actors.registry import Registry, fold
from stance.actors.resolution import NOBODY, Asked, Resolution, known, open_between
from stance.actors.words import words
from stance.records import Span

__all__ = ["Resolution", "Resolver"]

_ARTICLE = re.compile(r"^(?:the|a|an|both|all)\s+", re.I)
_STAFF = re.compile(
    r"\b(?:officials?|spokes(?:man|woman|person|people|men)|diplomats?|sources?|aides?|advis[eo]rs?|troops|forces|"
    r"lawmakers|members?|leaders|ministers|soldiers|experts?|analysts?|envoys?|ally|allies|media|newspapers?|people|"
    r"residents?|voters|sides?|states|countries|governments|companies|citizens|critics|hawks|conservatives)\b",
    re.I,
)
_OWNED = re.compile(r"['’]s? (?:government|administration|cabinet)$", re.I)  # "Prime Minister X’s government"
_GOVERNMENT = re.compile(r"\b(government|authorities|administration|cabinet)$", re.I)
_NAME = re.compile(r"(?:[A-Z][\w’'.-]+\s+)(?:(?:de|von|van|der|al|bin|el|da)\s+)?[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)?")
_SPEAKER = r"(?:(?:chief |official |press )?spokes(?:man|woman|person)|press (?:secretary|service|office|team))"
_OFFICE = r"(?:(?:press |private )?office)"
_VOICE_OF = re.compile(
    rf"^(?:[Aa]n?|[Tt]he|[Oo]ne)?\s*(?:(?:\w+\s+)??{_SPEAKER}|{_OFFICE})\s+(?:for|of|at|from)\s+"
    r"(?P<whose>[^,]+)(?P<name>,.*)?$"
)
_VOICE_AFTER = re.compile(
    r"^(?:[Aa]n?\s+|[Tt]he\s+)?(?P<whose>.+?)(?:"
    rf"(?:['’]s?)?\s+(?:(?:new|own|top|senior|longtime)\s+)?{_SPEAKER}|['’]s?\s+{_OFFICE})\b(?P<name>,?\s+[A-Z].*)?$"
)
_VOICE_ALONE = re.compile(r"^(?:the|his|her|their)\s+spokes(?:man|woman|person)$", re.I)
_PREPOSITION = re.compile(r"\b(?:for|to|of|from|with|against|by|under|in)(?:\s+(?:the\s+)?(?:\w+\s+){0,2})?$", re.I)


class Resolver:
    """Resolves the sources of one article after another against a registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.reader = NameReader(registry)

    def open(self, text: str, date: str | None) -> Discourse:
        """Reads an article's names once: every mention, and which person each one is."""
        return self.reader.read(text.replace("\xa0", " ").replace("\u202f", " "), date)

    def resolve(
        self, discourse: Discourse, source: Span, sentence: Span, spoken: Sequence[tuple[int, Resolution]]
    ) -> Resolution:
        """Who the source at a span is. `spoken` holds earlier sources of the article: (offset, resolution)."""
        asked = Asked(discourse, source, sentence, spoken)
        group = groups.several(asked, self.registry) or groups.office_of_each(asked, self.registry)
        if group is not None:
            return group
        parts = groups.split(asked)
        clauses = [i for i, part in enumerate(parts[:-1]) if groups.is_clause(discourse, part, self.reader.matcher)]
        parts = parts[clauses[-1] + 1 :] if clauses else parts
        return self._one(asked.part(*parts[0])) if len(parts) == 1 else self._together(asked, parts)

    def _together(self, asked: Asked, parts: list[Span]) -> Resolution:
        """Several sources in one: the actors of all its parts. Parts that are one actor twice are that actor."""
        found: dict[str, Resolution] = {}
        candidates: list[str] = []
        others = False
        voice = False
        last = next((m for m in reversed(asked.discourse.within(*asked.span)) if m.form == "full"), None)
        for part in parts:
            text = asked.discourse.text[part[0] : part[1]]
            possessive = text.endswith(("’s", "'s"))  # "Macron’s and Scholz’s offices"
            resolution = NOBODY if possessive else self._one(asked.part(*part))
            if not resolution.actors and not resolution.candidates:
                spouse = groups.couple(asked, part, self.registry, last)
                resolution = known(spouse) if spouse is not None else resolution
            if (
                voice
                and resolution.actors
                and not resolution.spokesperson
                and not re.match(r"(?:the|an?|his|her)\b", text)
            ):
                resolution = resolution.through_another()  # "a spokesman for Macron and Scholz"
            voice = voice or (resolution.spokesperson and _VOICE_OF.match(text) is not None)
            for actor in resolution.actors:
                found.setdefault(actor.id, replace(resolution, actors=(actor,)))
            candidates += resolution.candidates
            others = others or (not resolution.actors and groups.is_another(text))
        actors = tuple(r.actors[0] for r in found.values())
        if not actors:
            return open_between(candidates)
        spoken_for = all(r.spokesperson for r in found.values())
        shared = len(actors) > 1 or others or bool(candidates)
        return Resolution(actors, tuple(dict.fromkeys(candidates)), spoken_for, shared)

    def _one(self, asked: Asked) -> Resolution:
        """Who a source of one is."""
        discourse, text = asked.discourse, asked.text
        low = text.lower().strip()
        if low in pronouns.GENDERS:
            return pronouns.he_or_she(asked, low, self.registry)
        if low in pronouns.OTHERS:
            return pronouns.it_or_they(asked, low, self.registry)
        inside = discourse.within(*asked.span)
        people = [m for m in inside if m.form in ("full", "surname") and not _dependent(discourse, m, asked.span)]
        voice = self._voice(asked, people)
        if voice is not None:
            return voice
        if people:
            return self._named(discourse, people)
        stranger = _NAME.search(_without_known(text, inside, asked.start, self.reader))
        surname = fold(text.split()[-1]) if text.split() else ""
        if surname in discourse.voices and (not stranger or _NAME.fullmatch(text)):
            return known(self.registry.actors[discourse.voices[surname]]).through_another()
        if stranger:
            return NOBODY
        if fold(text) in discourse.strangers and min(discourse.strangers[fold(text)])[0] < asked.start:
            return NOBODY  # "London" after "Karl London"
        owned = _OWNED.search(text) is not None and any(m.form in ("full", "surname") for m in inside)
        titled = None if owned else offices.by_title(asked, inside, self.reader)
        if titled is not None:
            return titled
        return self._body(asked, inside)

    def _named(self, discourse: Discourse, people: list[Named]) -> Resolution:
        bearers = [discourse.bearers[m.start] for m in people]
        sure = tuple(dict.fromkeys(b[0] for b in bearers if len(b) == 1))
        if len(sure) == 1:
            return known(self.registry.actors[sure[0]])
        return open_between(sure or max(bearers, key=len))

    def _voice(self, asked: Asked, people: list[Named]) -> Resolution | None:
        """ "A spokesman for Macron", "Macron’s office", "a Kremlin spokesman": for whom the words are said.

        A spokesperson who is an actor of the registry speaks in that name. None where nobody speaks for another.
        """
        text, discourse = asked.text, asked.discourse
        if not any(word in text for word in ("spokes", "office", "press ")):
            return None
        if _VOICE_ALONE.match(text):
            before = [r for _, r in asked.spoken if r.spokesperson]
            return before[-1] if before else None
        of = _VOICE_OF.match(text)
        match = of or _VOICE_AFTER.match(text)
        if match is None:
            return None
        whose = asked.part(asked.start + match.start("whose"), asked.start + match.end("whose"))
        inside = discourse.within(*asked.span)
        named = {i for m in people if m.start >= whose.span[1] for i in discourse.bearers[m.start]}
        principal = self._one(whose)
        if not principal.actors and not any(m.form in ("body", "full", "surname") for m in inside):
            principal = self._body(whose, discourse.within(*whose.span)) if not principal.candidates else principal
        if named and not (named <= {a.id for a in principal.actors}):
            return None  # a spokesperson of the registry
        if any(a.kind == "government" and not self._governs(whose.text) for a in principal.actors):
            return NOBODY if not people else None  # "a Russian spokesman": of whom is not said
        if principal.actors and match["name"] and not named:
            discourse.voices[fold(match["name"].split()[-1])] = principal.actors[0].id
        if not principal.actors and not principal.candidates:
            return None
        speaks = self._spokesperson_of(asked, principal)
        return speaks or principal.through_another()

    def _governs(self, text: str) -> bool:
        return bool(_GOVERNMENT.search(text)) or _ARTICLE.sub("", text) not in self.registry.demonyms

    def _spokesperson_of(self, asked: Asked, principal: Resolution) -> Resolution | None:
        """ "The Kremlin spokesman" after "Kremlin spokesman Dmitry Peskov": who was named as its voice."""
        body = principal.actor
        if body is None or re.match(r"an?\b", asked.text, re.I) or "office" in asked.text:
            return None
        for actor_id in asked.discourse.named_before(asked.start):
            offices_ = self.registry.actors[actor_id].offices_on(asked.discourse.date)
            if any(
                o.title == "spokesperson" and {o.body, o.organisation} & {body.id, body.name, *body.aliases}
                for o in offices_
            ):
                return known(self.registry.actors[actor_id])
        return None

    def _body(self, asked: Asked, inside: list[Named]) -> Resolution:
        """A government or an organisation, where the source is its name and nothing more."""
        discourse, text, source = asked.discourse, asked.text, asked.span
        bare = _ARTICLE.sub("", text).strip()
        if offices.INDEFINITE.match(text):
            return NOBODY
        if _STAFF.search(bare):
            return NOBODY
        named = [m for m in inside if m.form in ("body", "place")]
        for mention in reversed(named):
            name = discourse.text[mention.start : mention.end]
            rest = (discourse.text[source[0] : mention.start] + discourse.text[mention.end : source[1]]).strip()
            if not _ARTICLE.sub("", rest + " ").strip() or rest.lower() in ("the", "the country of"):
                if len(mention.ids) == 1:
                    return known(self.registry.actors[mention.ids[0]])
                return open_between(mention.ids)
            if name and _GOVERNMENT.search(bare):
                actor = self.registry.actors[mention.ids[0]]
                if actor.kind == "government":
                    return known(actor)
        if _GOVERNMENT.search(bare):
            country = offices.country_in(text, self.registry)
            if country in self.registry.governments:
                return known(self.registry.actors[self.registry.governments[country]])
        owners = {i for m in inside for i in discourse.bearers.get(m.start, ())}
        if len(owners) == 1 and _OWNED.search(bare):
            country = self.registry.actors[owners.pop()].country or ""  # "Orban’s government"
            if country in self.registry.governments:
                return known(self.registry.actors[self.registry.governments[country]])
        return self._body_again(asked, bare)

    def _body_again(self, asked: Asked, bare: str) -> Resolution:
        """ "The ministry", "the alliance": the body named before whose name holds that word, if it is one."""
        discourse, low = asked.discourse, bare.lower()
        if not re.match(r"the\b", asked.text, re.I) or low not in words("body-noun"):
            return NOBODY
        found = [
            m
            for m in discourse.mentions_before(asked.start)
            if m.form in ("body", "place")
            and len(m.ids) == 1
            and low in f"{discourse.text[m.start : m.end]} {self.registry.actors[m.ids[0]].name}".lower()
        ]
        ids = list(dict.fromkeys(m.ids[0] for m in reversed(found)))
        if not ids and low in ("government", "administration"):
            counts = self.reader.countries(discourse)
            ids = [self.registry.governments[c] for c in counts if c in self.registry.governments]
        start = discourse.last_mark(("\n",), discourse.last_mark(("\n",), asked.start) - 1)
        close = list(dict.fromkeys(m.ids[0] for m in found if m.start > start))
        if len(ids) == 1 or len(close) == 1:
            return known(self.registry.actors[(ids if len(ids) == 1 else close)[0]])
        return open_between(ids)


def _dependent(discourse: Discourse, mention: Named, source: Span) -> bool:
    """Whether a name in a source only belongs to whoever speaks: "Putin’s spokesman", "an aide to Macron"."""
    text = discourse.text
    after = text[mention.end : source[1]]
    if POSSESSIVE.match(after) and re.search(r"\w", after[2:]):
        return True
    before = text[source[0] : mention.start].rstrip()
    return (
        bool(re.search(r"\w", before))
        and "," not in text[source[0] : mention.start]
        and _PREPOSITION.search(before + " ") is not None
    )


def _without_known(text: str, inside: list[Named], offset: int, reader: NameReader) -> str:
    """A source's text with the registry's names and title words blanked, to see whether a stranger's name is left."""
    chars = list(text)
    for mention in inside:
        for i in range(mention.start - offset, mention.end - offset):
            chars[i] = "_"

    def blank(match: re.Match[str]) -> str:
        word, low = match.group(), match.group().lower()
        no_name = low in reader.matcher.title_words or low in words("opener") or word in reader.registry.demonyms
        return "_" * len(word) if no_name else word

    return re.sub(r"[A-Z][\w’'-]*", blank, "".join(chars))
