"""From a source as written to the actor it names, by the article's date and by what the article said before.

In order: a name in the source; a title ("the Slovak prime minister" on that date, "the chancellor" mentioned
before); a pronoun (whoever spoke or was the subject last, of that gender); a body or a government. Where two actors
remain possible, or only a guess is left, the source stays unresolved and the candidates are listed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from stance.actors.discourse import POSSESSIVE, Discourse, NameReader
from stance.actors.mentions import Named
from stance.actors.registry import WIDE_ROLES, Registry
from stance.records import Actor, Span

_PRONOUNS = {
    "he": "m",
    "she": "f",
    "him": "m",
    "her": "f",
    "who": None,
    "they": None,
    "it": None,
    "we": None,
    "i": None,
}
_ARTICLE = re.compile(r"^(?:the|a|an|both|all)\s+", re.I)
_REACH = 3  # paragraphs over which a pronoun may reach back
_STAFF = re.compile(
    r"\b(?:officials?|spokes(?:man|woman|person|people|men)|diplomats?|sources?|aides?|advis[eo]rs?|troops|forces|"
    r"lawmakers|members?|leaders|ministers|soldiers|experts?|analysts?|envoys?|ally|allies|media|newspapers?|people|"
    r"residents?|voters|sides?|states|countries|governments|companies|citizens|critics|hawks|conservatives)\b",
    re.I,
)
_GOVERNMENT = re.compile(r"\b(government|authorities|administration|cabinet)$", re.I)
_INDEFINITE = re.compile(
    r"^(?:an?|some|several|many|most|two|three|four|one|another|other|at least|more than|dozens|hundreds)\b",
    re.I,
)
_NAME = re.compile(r"(?:[A-Z][\w’'.-]+\s+)(?:(?:de|von|van|der|al|bin|el|da)\s+)?[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)?")


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who a source is: an actor, or None with the candidates between which the text does not decide."""

    actor: Actor | None
    candidates: tuple[str, ...] = ()


class Resolver:
    """Resolves the sources of one article after another against a registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.reader = NameReader(registry)

    def open(self, text: str, date: str | None) -> Discourse:
        """Reads an article's names once: every mention, and which person each one is."""
        return self.reader.read(text, date)

    def resolve(
        self, discourse: Discourse, source: Span, sentence: Span, spoken: Sequence[tuple[int, Resolution]]
    ) -> Resolution:
        """Who the source at a span is. `spoken` holds earlier sources of the article: (offset, resolution)."""
        text = discourse.text[source[0] : source[1]]
        low = text.lower().strip()
        if low in _PRONOUNS:
            return self._pronoun(discourse, low, source, sentence, spoken)
        inside = self._between(discourse, *source)
        people = [m for m in inside if m.form in ("full", "surname") and not self._dependent(discourse, m, source)]
        if people:
            return self._named(discourse, people)
        if _NAME.search(_without_known(text, inside, source[0], self.reader.matcher.title_words)):
            return Resolution(None)
        titled = self._titled(discourse, text, inside, source, spoken)
        if titled is not None:
            return titled
        return self._body(discourse, text, inside, source)

    def _between(self, discourse: Discourse, start: int, end: int) -> list[Named]:
        first = bisect_left(discourse.starts, start)
        return [m for m in discourse.mentions[first:] if m.start < end and m.end <= end]

    def _dependent(self, discourse: Discourse, mention: Named, source: Span) -> bool:
        """Whether a name in a source only belongs to whoever speaks: "Putin’s spokesman", "an aide to Macron"."""
        text = discourse.text
        after = text[mention.end : source[1]]
        if POSSESSIVE.match(after) and re.search(r"\w", after[2:]):
            return True
        before = text[source[0] : mention.start].rstrip()
        return (
            bool(
                re.search(
                    r"\b(?:for|to|of|from|with|against|by|under|in)(?:\s+(?:the\s+)?(?:\w+\s+){0,2})?$",
                    before + " ",
                    re.I,
                )
            )
            and bool(re.search(r"\w", before))
            and "," not in text[source[0] : mention.start]
        )

    def _named(self, discourse: Discourse, people: list[Named]) -> Resolution:
        found = [a for a in (self.reader.person(m, discourse) for m in people) if a is not None]
        ids = tuple(dict.fromkeys(a.id for a in found))
        if len(ids) == 1:
            return Resolution(found[0])
        if not ids:
            candidates = people[-1].ids
            return Resolution(None, candidates if len(candidates) > 1 else ())
        return Resolution(None, ids)

    def _pronoun(
        self,
        discourse: Discourse,
        pronoun: str,
        source: Span,
        sentence: Span,
        spoken: Sequence[tuple[int, Resolution]],
    ) -> Resolution:
        if pronoun in ("it", "they", "we", "i", "who"):
            return self._plural(discourse, pronoun, source, spoken)
        gender = _PRONOUNS[pronoun]
        text, actors = discourse.text, self.registry.actors
        fitting = [
            (at, who)
            for at, who, g in discourse.people
            if g in (None, gender) and not self.reader.possessed(discourse, at)
        ]
        same = [who for at, who in fitting if sentence[0] <= at < source[0]]
        if same:
            return Resolution(actors[same[0]])  # the first person named in the sentence is its subject
        before = [(at, who) for at, who in fitting if at < sentence[0]]
        marks = (". ", ".\n", "\n", ".” ", '." ')
        previous_sentence = max(text.rfind(mark, 0, max(0, sentence[0] - 3)) for mark in marks)
        subjects = [who for at, who in before if at >= previous_sentence]
        last_at, last = spoken[-1] if spoken else (-1, Resolution(None))
        recent = bool(spoken) and text.count("\n", last_at, sentence[0]) <= 2 * _REACH
        if recent and last.actor is None and not subjects:
            return Resolution(None)  # a stranger spoke last: "he" is most likely the stranger
        speaks = last.actor if recent and last.actor is not None and last.actor.kind == "person" else None
        if speaks is not None and speaks.gender not in (None, gender):
            speaks = None
        if subjects and not (speaks is not None and (speaks.id in subjects or last_at >= previous_sentence)):
            return Resolution(actors[subjects[0]])
        if speaks is not None:
            return Resolution(speaks)
        if before and text.count("\n", before[-1][0], sentence[0]) <= 2:
            ids = tuple(dict.fromkeys(who for _, who in before[-2:]))
            return Resolution(actors[ids[0]]) if len(ids) == 1 else Resolution(None, ids)
        return Resolution(None)

    def _plural(
        self, discourse: Discourse, pronoun: str, source: Span, spoken: Sequence[tuple[int, Resolution]]
    ) -> Resolution:
        if pronoun != "it" or not spoken:
            return Resolution(None)
        at, last = spoken[-1]
        close = discourse.text.count("\n", at, source[0]) <= 2
        if close and last.actor is not None and last.actor.kind != "person":
            return last
        return Resolution(None)

    def _titled(
        self,
        discourse: Discourse,
        text: str,
        inside: list[Named],
        source: Span,
        spoken: Sequence[tuple[int, Resolution]],
    ) -> Resolution | None:
        """A title without a name. None where the source holds no title."""
        found = self._find_title(text)
        if found is None or _INDEFINITE.match(text):
            return None
        surface, role = found
        if re.search(rf"\b{re.escape(surface)}\b\W+(?:\w+\W+){{0,1}}?(?:spokes\w+|aide|advis\w+|office)", text, re.I):
            return Resolution(None)
        if re.search(r"\b(?:former|ex|then|late|deputy|vice|counterpart)\b", text, re.I) and not surface.startswith(
            ("deputy", "vice")
        ):
            return Resolution(None)
        country = self._country_in(text)
        organisation = next((i for m in inside if m.form == "body" for i in m.ids), None)
        if country is not None or organisation is not None:
            date = discourse.date
            holders = self.registry.holders(role, None if organisation else country, date, organisation) if date else []
            if not holders and organisation and country is None:
                holders = self._mentioned(discourse, role, source[0])
            if role in ("leader", "president", "prime minister") and len(holders) > 1:
                holders = self._governing(holders, discourse, source[0])
            return self._one_of(holders, discourse, source[0])
        if role in (
            "general",
            "lawmaker",
            "minister",
            "adviser",
            "chair",
            "secretary",
            "governor",
            "mayor",
            "spokesperson",
            "ambassador",
            "senator",
            "representative",
        ):
            described = self._described(discourse, surface, source[0])
            if described is not None:
                return described
        holders = self._mentioned(discourse, role, source[0])
        last = spoken[-1][1].actor if spoken else None
        if last is not None and last.id in {a.id for a in holders}:
            return Resolution(last)  # "the foreign minister" goes on speaking
        return self._one_of(holders, discourse, source[0])

    def _find_title(self, text: str) -> tuple[str, str] | None:
        words = [w.lower() for w in re.findall(r"[\w.’'-]+", text)]
        for size in range(min(6, len(words)), 0, -1):
            for i in range(len(words) - size, -1, -1):
                surface = " ".join(words[i : i + size])
                role = self.registry.role_of(surface)
                if role is not None:
                    return surface, role
        return None

    def _country_in(self, text: str) -> str | None:
        words = re.findall(r"[A-Z][\w.]*(?:\s+[A-Z][\w.]*)?", text)
        codes = []
        for group in words:
            for piece in (group, *group.split()):
                code = self.registry.demonyms.get(piece.strip(".")) or self.registry.demonyms.get(piece)
                if code is not None:
                    codes.append(code)
                    break
        return codes[0] if len(set(codes)) == 1 else None

    def _mentioned(self, discourse: Discourse, role: str, before: int) -> list[Actor]:
        """People named so far who hold, or held, a role, the last named first."""
        wanted = WIDE_ROLES.get(role, frozenset({role}))
        out: dict[str, Actor] = {}
        for _, actor_id, _ in reversed([p for p in discourse.people if p[0] < before]):
            actor = self.registry.actors[actor_id]
            if wanted & self.registry.roles_on(actor, discourse.date):
                out.setdefault(actor.id, actor)
        return list(out.values())

    def _described(self, discourse: Discourse, surface: str, before: int) -> Resolution | None:
        """ "The general" after "General Robert Brieger": the person whom the article gave that title."""
        found: dict[str, Actor] = {}
        for start, actor_id, _ in discourse.people:
            if start >= before:
                continue
            context = discourse.text[max(0, start - 50) : start].lower()
            if re.search(rf"\b{re.escape(surface)}\b[^.]*$", context):
                found[actor_id] = self.registry.actors[actor_id]
        if len(found) == 1:
            return Resolution(next(iter(found.values())))
        return Resolution(None, tuple(found)) if found else None

    def _governing(self, holders: list[Actor], discourse: Discourse, before: int) -> list[Actor]:
        """Of several who hold a role ("leader"), the one named in the article so far, else the head of government."""
        named = {p[1] for p in discourse.people if p[0] < before}
        mentioned = [a for a in holders if a.id in named]
        return mentioned if len(mentioned) == 1 else holders

    def _one_of(self, actors: list[Actor], discourse: Discourse, before: int) -> Resolution:
        if len(actors) == 1:
            return Resolution(actors[0])
        if not actors:
            return Resolution(None)
        # several of that role named: only the one in this or the last paragraph, where there is just one
        start = discourse.text.rfind("\n", 0, max(0, discourse.text.rfind("\n", 0, before) - 1))
        close = {p[1] for p in discourse.people if start <= p[0] < before}
        near = [a for a in actors if a.id in close]
        if len(near) == 1:
            return Resolution(near[0])
        return Resolution(None, tuple(a.id for a in actors[:5]))

    def _body(self, discourse: Discourse, text: str, inside: list[Named], source: Span) -> Resolution:
        """A government or an organisation, where the source is its name and nothing more."""
        bare = _ARTICLE.sub("", text).strip()
        if _INDEFINITE.match(text) and not re.match(r"^the\b", text, re.I):
            return Resolution(None)
        if _STAFF.search(bare):
            return Resolution(None)
        named = [m for m in inside if m.form in ("body", "place")]
        for mention in reversed(named):
            name = discourse.text[mention.start : mention.end]
            rest = (discourse.text[source[0] : mention.start] + discourse.text[mention.end : source[1]]).strip()
            if not _ARTICLE.sub("", rest + " ").strip() or rest.lower() in ("the", "the country of"):
                if len(mention.ids) == 1:
                    return Resolution(self.registry.actors[mention.ids[0]])
                return Resolution(None, mention.ids)
            if name and _GOVERNMENT.search(bare):
                actor = self.registry.actors[mention.ids[0]]
                if actor.kind == "government":
                    return Resolution(actor)
        if _GOVERNMENT.search(bare):
            country = self._country_in(text)
            if country in self.registry.governments:
                return Resolution(self.registry.actors[self.registry.governments[country]])
        return Resolution(None)


def _without_known(text: str, inside: list[Named], offset: int, title_words: frozenset[str]) -> str:
    """A source's text with the registry's names and title words blanked, to see whether a stranger's name is left."""
    chars = list(text)
    for mention in inside:
        for i in range(mention.start - offset, mention.end - offset):
            chars[i] = "_"
    blanked = "".join(chars)
    return re.sub(
        r"[A-Z][\w’'-]*",
        lambda m: m.group() if m.group().lower() not in title_words else "_" * len(m.group()),
        blanked,
    )
