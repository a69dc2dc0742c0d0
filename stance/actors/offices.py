"""Titles without a name: "the Slovak prime minister", "the chancellor", "the former president", "his counterpart".

Who holds an office is told by the article's date, by the country in the title, else by whom the article named, else
by the one country that the article is about.
"""

from __future__ import annotations

import re
from dataclasses import replace

from stance.actors.discourse import POSSESSIVE, NameReader
from stance.actors.mentions import Named
from stance.actors.pronouns import GENDERS, he_or_she
from stance.actors.registry import GOVERNS, WIDE_ROLES, Registry
from stance.actors.resolution import NOBODY, Asked, Resolution, known, open_between
from stance.records import Actor

INDEFINITE = re.compile(
    r"(?:an?|some|several|many|most|two|three|four|one|another|other|at least|more than|dozens|hundreds)\b", re.I
)
_FORMER = re.compile(r"\b(?:former|ex|then|late|previous|outgoing)\b", re.I)
_LESSER = re.compile(r"\b(?:deputy|vice|counterpart|elect|designate|incoming|next|future)\b", re.I)
_STAFF = re.compile(r"\W+(?:\w+\W+)?(?:spokes\w+|aides?|advis\w+|office|allies|ally|critics?)\b", re.I)
_COUNTERPART = re.compile(r"(?:\b(?P<whose>his|her|their)\b|['’]s?\b).*\bcounterpart\b", re.I)
_GENERIC = frozenset({"minister", "secretary", "general", "commander"})  # with a word before them, another office
_MODIFIERS = frozenset(
    {"the", "a", "an", "senior", "new", "former", "then", "his", "her", "their", "its", "top", "own"}
)
_BY_DESCRIPTION = frozenset(
    {"general", "lawmaker", "minister", "adviser", "chair", "secretary", "governor", "mayor", "spokesperson",
     "ambassador", "senator", "representative"}
)  # fmt: skip
_EQUALS = frozenset(
    {"president", "prime minister", "chancellor", "monarch", "foreign minister", "defence minister",
     "finance minister", "interior minister", "national security adviser", "chief of defence", "speaker"}
)  # fmt: skip


def by_title(asked: Asked, inside: list[Named], reader: NameReader) -> Resolution | None:
    """Who a title without a name means. None where the source holds no title."""
    registry, text = reader.registry, asked.text
    if _COUNTERPART.search(text):
        return _counterpart(asked, inside, registry)
    found = find_title(text, registry)
    if found is None:
        following = re.match(r" ([a-z]+)", asked.discourse.text[asked.span[1] : asked.span[1] + 30])
        cut_short = following is not None and following[1] in reader.matcher.title_words
        return None if cut_short else _native(asked, registry)
    surface, role, word_before = found
    if INDEFINITE.match(text) or _STAFF.search(text):
        return NOBODY
    if surface in _GENERIC and word_before.islower() and word_before not in _MODIFIERS:
        return NOBODY  # "the health minister"
    if _LESSER.search(text) and not surface.startswith(("deputy", "vice")):
        return NOBODY
    country = country_in(text, registry)
    if _FORMER.search(text):
        return _former(asked, role, country, registry)
    date = asked.discourse.date
    organisation = next((i for m in inside if m.form == "body" for i in m.ids), None)
    if country is not None or organisation is not None:
        holders = registry.holders(role, None if organisation else country, date, organisation) if date else []
        if role == "leader" and organisation is None:  # not the leaders of parties
            holders = [a for a in holders if GOVERNS & registry.roles_on(a, date)] or holders
        if not holders and organisation and country is None:
            holders = _mentioned(asked, role, registry)
        return _one_of(holders, asked)
    last = asked.spoken[-1][1].actor if asked.spoken else None
    if role in _BY_DESCRIPTION:
        described = _described(asked, surface, registry)
        if described is not None:
            return known(last) if last is not None and last.id in described.candidates else described
    holders = _mentioned(asked, role, registry)
    if last is not None and last.id in {a.id for a in holders}:
        return known(last)  # "the foreign minister" goes on speaking
    if not holders and date and re.match(r"the\b", text, re.I) and role in _EQUALS:
        counts = reader.countries(asked.discourse)
        holders = [
            a
            for c in counts
            if c is not None
            for a in registry.holders(role, c, date)
            if _exactly(a, role, date, registry)
        ]
    return _one_of(holders, asked)


def _exactly(actor: Actor, role: str, date: str, registry: Registry) -> bool:
    return role in registry.roles_on(actor, date)


def find_title(text: str, registry: Registry) -> tuple[str, str, str] | None:
    """The longest and last title in a source, its role, and the word before it."""
    words_ = re.findall(r"[\w.’'-]+", text)
    for size in range(min(6, len(words_)), 0, -1):
        for i in range(len(words_) - size, -1, -1):
            surface = " ".join(words_[i : i + size]).lower().removeprefix("ex-")
            role = registry.role_of(surface)
            if role is not None:
                return surface, role, words_[i - 1] if i else ""
    return None


def country_in(text: str, registry: Registry) -> str | None:
    """The one country that a source names, by any word for it."""
    codes = []
    for group in re.findall(r"[A-Z][\w.]*(?:\s+[A-Z][\w.]*)?", text):
        for piece in (group, *group.split()):
            code = registry.demonyms.get(piece.strip(".")) or registry.demonyms.get(piece)
            if code is not None:
                codes.append(code)
                break
    return codes[0] if len(set(codes)) == 1 else None


def _mentioned(asked: Asked, role: str, registry: Registry) -> list[Actor]:
    """People named so far who hold a role on the article's date, the last named first."""
    wanted = WIDE_ROLES.get(role, frozenset({role}))
    people = [registry.actors[i] for i in asked.discourse.named_before(asked.start)]
    spoke = [a for _, resolution in reversed(asked.spoken) for a in resolution.actors if a.kind == "person"]
    return [a for a in dict.fromkeys([*people, *spoke]) if wanted & registry.roles_on(a, asked.discourse.date)]


def _described(asked: Asked, surface: str, registry: Registry) -> Resolution | None:
    """ "The general" after "General Robert Brieger": the person whom the article gave that title."""
    found: dict[str, Actor] = {}
    for person in asked.discourse.people_between(0, asked.start):
        if person.id is None:
            continue
        context = asked.discourse.text[max(0, person.start - 50) : person.start].lower()
        if re.search(rf"\b{re.escape(surface)}\b[^.]*$", context):
            found[person.id] = registry.actors[person.id]
    if not found:
        return None
    return known(next(iter(found.values()))) if len(found) == 1 else open_between(list(found))


def _one_of(actors: list[Actor], asked: Asked) -> Resolution:
    """The one actor; of several the only one named so far, or named in this or the last paragraph."""
    if len(actors) == 1:
        return known(actors[0])
    if not actors:
        return NOBODY
    discourse = asked.discourse
    named = set(discourse.named_before(asked.start))
    start = discourse.last_mark(("\n",), discourse.last_mark(("\n",), asked.start) - 1)
    close = {p.id for p in discourse.people_between(start, asked.start)}
    for group in (named, close):
        among = [a for a in actors if a.id in group]
        if len(among) == 1:
            return known(among[0])
    return open_between([a.id for a in actors])


def _former(asked: Asked, role: str, country: str | None, registry: Registry) -> Resolution:
    """ "The former president": whoever the article named and who held the office before its date, and no more."""
    date = asked.discourse.date
    if date is None or not re.match(r"(?:the|its|his|her|their)\b|[A-Z]", asked.text):
        return NOBODY
    wanted = WIDE_ROLES.get(role, frozenset({role}))

    def held(actor: Actor) -> bool:
        past = [
            o
            for o in actor.offices
            if registry.roles.get(o.title, o.title) in wanted
            and (country is None or o.country == country)
            and not o.held_on(date)
            and (o.start is None or o.start <= date)
        ]
        return bool(past) and not wanted & registry.roles_on(actor, date)

    named = [registry.actors[i] for i in asked.discourse.named_before(asked.start)]
    holders = [a for a in named if held(a)]
    last = asked.spoken[-1][1].actor if asked.spoken else None
    if last is not None and last in holders:
        return known(last)
    if not holders and country is not None:
        holders = sorted((a for a in registry.actors.values() if held(a)), key=_left, reverse=True)
        return open_between([a.id for a in holders])
    return _one_of(holders, asked)


def _left(actor: Actor) -> str:
    return max((o.end or "" for o in actor.offices), default="")


def _counterpart(asked: Asked, inside: list[Named], registry: Registry) -> Resolution:
    """ "His Slovak counterpart": whoever holds, in that country, the office of the person spoken of before."""
    text, discourse, date = asked.text, asked.discourse, asked.discourse.date
    match = _COUNTERPART.search(text)
    country = country_in(text[match.start("whose") if match and match["whose"] else 0 :], registry)
    owners: list[Actor] = []
    for mention in inside:
        if len(discourse.bearers.get(mention.start, ())) == 1 and POSSESSIVE.match(discourse.text, mention.end):
            owners = [registry.actors[discourse.bearers[mention.start][0]]]
            country = country_in(discourse.text[mention.end : asked.span[1]], registry)
    if not owners and match is not None and match["whose"] and match["whose"].lower() in GENDERS:
        owner = he_or_she(replace(asked, span=(asked.start, asked.start)), match["whose"].lower(), registry)
        owners = [*owner.actors] or [registry.actors[i] for i in owner.candidates]
    if date is None or country is None:
        return NOBODY
    holders: dict[str, Actor] = {}
    for owner_ in owners:
        for role in sorted(registry.roles_on(owner_, date) & _EQUALS):
            # a president who governs meets prime ministers where no president does
            found = registry.holders(role, country, date)
            if role in ("president", "prime minister", "chancellor") and not found:
                found = registry.holders("prime minister" if role == "president" else "president", country, date)
            holders |= {a.id: a for a in found if owner_.country != country}
        if "president" in registry.roles_on(owner_, date):
            named = {a.id: a for a in registry.holders("prime minister", country, date)}
            met = [a for i, a in named.items() if i in discourse.named_before(asked.start)]
            holders |= {a.id: a for a in met}
    return _one_of(list(holders.values()), asked)


def _native(asked: Asked, registry: Registry) -> Resolution | None:
    """ "The Frenchman", "the Ukrainian": the one person of that country who was named, nobody else."""
    match = re.fullmatch(r"the ([A-Z][\w-]+?)(?P<person>m[ae]n|wom[ae]n)?", asked.text, re.I)
    if match is None or match[1].lower() in ("us", "uk"):
        return None
    word = asked.text.split()[-1]
    country = registry.demonyms.get(word) or (registry.demonyms.get(match[1]) if match["person"] else None)
    if country is None or word in registry.by_name or not word[0].isupper():
        return None
    people = [registry.actors[i] for i in asked.discourse.named_before(asked.start)]
    return _one_of([a for a in people if a.country == country], asked)
