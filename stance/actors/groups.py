"""Sources of several: "Macron and Scholz", "the French and German leaders", "the two leaders", "both countries"."""

from __future__ import annotations

import re

from stance.actors.discourse import Discourse, Person, possessed
from stance.actors.mentions import Matcher, Named
from stance.actors.registry import GOVERNS, WIDE_ROLES, Registry
from stance.actors.resolution import NOBODY, Asked, Resolution, open_between
from stance.actors.words import words
from stance.records import Actor, Span

_AND = re.compile(r",?\s+(?:and|&|as well as|along with|together with)\s+")
_COMMA = re.compile(r",\s+")
_SEVERAL = re.compile(
    r"(?P<the>the|these|those)?\s*(?P<number>two|three|both|pair|duo|trio)?(?:\s+of)?(?:\s+the)?\s*"
    r"(?P<noun>[a-z][a-z -]*)?",
    re.I,
)
_NUMBERS = {"two": 2, "both": 2, "pair": 2, "duo": 2, "three": 3, "trio": 3}
_REACH = 3  # paragraphs back in which the members may be named
_FARTHEST = 6000  # characters back, where the paragraphs are no paragraphs of prose
_BESIDE = 1000  # characters before a source where those may stand who speak too
_DETERMINER = re.compile(r"(?:the|an?|his|her|their|its)\s", re.I)
_NAME = re.compile(r"[A-Z][\w’'.-]+\s+[A-Z]")

_BOUNDARY = re.compile(r"[“”\":;–—(]|\b(?:that|when|while|as|because|after|before|but|whether|if)\b")
_ALTERNATIVE = re.compile(r",?\s+(and|or|nor)\s+$")
_PLACED = re.compile(r"\w\s+(?:in|from|at|near)\s+$")
_LOOSE = re.compile(r"(?:from|for|in|to|by|between)|[a-z]+(?:s|ion|ing)|people")
_JOINED = re.compile(r",?\s+(?:and|as well as|along with)\s+$")
_RIGHT = re.compile(
    r",? (?:and|as well as|along with|together with) (?:(?:his|her|the|their) )?(?:[A-Z][\w’'-]*|[a-z]+(?= ))?"
    r"(?: [\w’'-]+){0,4}?(?=,? (?:said|told|in|on|at|after)\b|[.,;]|\n|$)"
)


# "critics of Scholz and Macron": the names hang on the plural noun, who speaks is neither
_PLURAL_OF = re.compile(
    r"(?:(?:the|some|many|several|most|two|three|four)\s+)?(?:\w+\s+)?\w+s\s+(?:of|from|to|for|in)\s", re.I
)


def split(asked: Asked) -> list[Span]:
    """The spans that "and" and commas part a source into; one span where nothing does."""
    text, (start, end) = asked.text, asked.span
    inside = [(m.start - start, m.end - start) for m in asked.discourse.within(start, end)]
    cuts = [m.span() for m in _AND.finditer(text) if not _within(m.start(), inside)]
    if not cuts or _PLURAL_OF.match(text):
        return [asked.span]
    first_and = cuts[0][0]
    cuts += [m.span() for m in _COMMA.finditer(text) if m.start() < first_and and not _within(m.start(), inside)]
    out, begin = [], 0
    for left, right in sorted(set(cuts)):
        if left > begin:
            out.append((start + begin, start + left))
        begin = max(begin, right)
    out.append((start + begin, end))
    return [_trimmed(asked.discourse.text, span) for span in out]


def _trimmed(text: str, span: Span) -> Span:
    """A part without its "both"."""
    opening = re.match(r"both\s+", text[span[0] : span[1]], re.I)
    return (span[0] + opening.end(), span[1]) if opening else span


def _within(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def is_clause(discourse: Discourse, part: Span, matcher: Matcher) -> bool:
    """Whether a part is a clause of its own: "Macron visited Berlin" before "and Scholz said"."""
    first = next((m for m in discourse.within(*part) if m.form in ("full", "surname", "place")), None)
    if first is None:
        return False
    after = re.match(r"\s+([a-z]+)", discourse.text[first.end : part[1]])
    return (
        after is not None
        and after[1] not in matcher.title_words
        and after[1] not in ("of", "for", "from", "government")
    )


def is_another(text: str) -> bool:
    """Whether a part that nothing resolves is someone else all the same: a name, or "the mayor", "officials"."""
    return bool(_DETERMINER.match(text) or _NAME.search(text) or re.search(r"\w(?:s|men|women|people)$", text))


def couple(asked: Asked, part: Span, registry: Registry, surname: Named | None) -> Actor | None:
    """ "Joe" in "Joe and Jill Biden": the first name with the surname that ends the source."""
    text = asked.discourse.text
    first = text[part[0] : part[1]]
    last = text[surname.start : surname.end] if surname else asked.text.split()[-1]
    if not re.fullmatch(r"[A-Z][\w’'-]+", first):
        return None
    ids = registry.by_name.get(f"{first} {last}", ())
    return registry.actors[ids[0]] if len(ids) == 1 else None


def singular_role(registry: Registry, noun: str) -> str | None:
    """The role that a plural names ("foreign ministers"), or None."""
    low = noun.lower().strip()
    for ending, single in (("ies", "y"), ("men", "man"), ("s", "")):
        if low.endswith(ending):
            role = registry.role_of(low[: -len(ending)] + single)
            if role is not None:
                return role
    return None


def plural_title(text: str, registry: Registry) -> str | None:
    """The role of the longest plural title in a text, or None."""
    low = [w.lower() for w in re.findall(r"[\w-]+", text)]
    for size in (3, 2, 1):
        for i in range(len(low) - size + 1):
            role = singular_role(registry, " ".join(low[i : i + size]))
            if role is not None:
                return role
    return None


def office_of_each(asked: Asked, registry: Registry) -> Resolution | None:
    """ "The French and German leaders", "the presidents of France and Poland": one holder a country.

    None where the source is no such plural.
    """
    if " and " not in asked.text or asked.discourse.date is None:
        return None
    role = plural_title(asked.text, registry)
    if role is None:
        return None
    found = re.findall(r"[A-Z][\w.]*(?:\s+[A-Z][\w.]*)?", asked.text)
    pieces = [p for group in found for p in ((group,) if group in registry.demonyms else group.split())]
    codes = list(
        dict.fromkeys(c for p in pieces if (c := registry.demonyms.get(p.strip(".")) or registry.demonyms.get(p)))
    )
    if len(codes) < 2:
        return None
    actors: list[Actor] = []
    left: list[str] = []
    for code in codes:
        date = asked.discourse.date
        holders = registry.holders(role, code, date)
        if role == "leader":  # not the leaders of parties
            holders = [a for a in holders if GOVERNS & registry.roles_on(a, date)]
        named = [a for a in holders if a.id in asked.discourse.named_before(asked.start)]
        holders = named if len(named) == 1 else holders
        if len(holders) == 1:
            actors += holders
        else:
            left += [a.id for a in holders]
    return Resolution(tuple(actors), open_between(left).candidates, shared=True)


def several(asked: Asked, registry: Registry) -> Resolution | None:
    """ "The two leaders", "both men", "the pair", "both countries": those whom the text named last, if it is plain.

    None where the source is nothing of the kind.
    """
    match = _SEVERAL.fullmatch(asked.text.strip())
    if match is None or not (match["number"] or match["the"]):
        return None
    noun = (match["noun"] or "").lower().strip()
    if match["number"] is None and singular_role(registry, noun) is None:
        return None
    size = _NUMBERS.get((match["number"] or "two").lower(), 2)
    if noun in words("country-noun"):
        members = _named_governments(asked, registry)
    elif noun in ("", "people", "politicians", *words("person-noun-m"), *words("person-noun-f")):
        gender = "m" if noun in words("person-noun-m") else "f" if noun in words("person-noun-f") else None
        members = [m for m in _named_people(asked) if gender is None or m[2] in (None, gender)]
    else:
        role = singular_role(registry, noun)
        if role is None:
            return None
        wanted = GOVERNS if role == "leader" else WIDE_ROLES.get(role, frozenset({role}))
        members = [
            m
            for m in _named_people(asked)
            if m[1] is None or wanted & registry.roles_on(registry.actors[m[1]], asked.discourse.date)
        ]
    return _last_group(asked, members, size, registry)


Member = tuple[int, str | None, str | None]  # offset, id, gender


def _named_people(asked: Asked) -> list[Member]:
    """The people named before the source, and those who spoke before it under a title or a pronoun."""
    discourse = asked.discourse
    named = [
        (p.start, p.id, p.gender)
        for p in discourse.people_between(0, asked.start)
        if not discourse.quoted(p.start) and not _only_possesses(asked, p)
    ]
    spoke = [
        (at, a.id, a.gender)
        for at, resolution in asked.spoken
        for a in resolution.actors
        if a.kind == "person" and at < asked.start and not resolution.spokesperson
    ]
    return sorted({*named, *spoke}, key=lambda m: m[0])


def _only_possesses(asked: Asked, person: Person) -> bool:
    """Whether a person only owns what is spoken of, other than a meeting or talks of the two."""
    after = asked.discourse.text[person.end : person.end + 30]
    return possessed(asked.discourse, person) and not re.match(r"['’]s? (?:\w+ )?(?:talks|meeting|visit|call)", after)


def _named_governments(asked: Asked, registry: Registry) -> list[Member]:
    return [
        (m.start, m.ids[0], None)
        for m in asked.discourse.mentions_before(asked.start)
        if m.form == "place" and registry.actors[m.ids[0]].kind == "government"
    ]


def _last_group(asked: Asked, members: list[Member], size: int, registry: Registry) -> Resolution:
    """The last `size` members that the text holds together: in one sentence, else in one paragraph or two."""
    text = asked.discourse.text
    breaks, passed = asked.discourse.breaks, asked.discourse.paragraphs_between(0, asked.start)
    floor = breaks[passed - _REACH] if passed >= _REACH else -1
    floor = max(floor, asked.start - _FARTHEST)
    close = [m for m in members if m[0] > floor]
    distinct = list(dict.fromkeys(m[1] for m in close))
    if len(distinct) == size:
        return _group(distinct, registry)
    end = asked.start
    for start in _sentence_starts(text, floor + 1, asked.start):
        here = list(dict.fromkeys(m[1] for m in close if start <= m[0] < end))
        if len(here) == size:
            later = {m[1] for m in close if m[0] >= end}
            if later <= set(here):
                return _group(here, registry)
            break
        if len(here) > size:
            break
    last = [m[1] for m in close if m[0] > asked.discourse.last_mark(("\n",), close[-1][0])] if close else []
    if len(set(last)) == size:
        return _group(list(dict.fromkeys(last)), registry)
    return open_between([i for i in reversed(distinct) if i is not None])


def _sentence_starts(text: str, floor: int, end: int) -> list[int]:
    starts = [floor, *(m.end() for m in re.finditer(r"[.!?][”\"]?\s+|\n+", text[floor:end]))]
    return sorted({s if s == floor else floor + s for s in starts}, reverse=True)


def _group(ids: list[str | None], registry: Registry) -> Resolution:
    if any(i is None for i in ids):
        return NOBODY
    return Resolution(tuple(registry.actors[i] for i in ids if i is not None), shared=True)


def widened(discourse: Discourse, source: Span, sentence: Span, cue: Span | None, matcher: Matcher) -> Span:
    """A source with those who stand beside it: "Scholz and" before "his Polish counterpart", or after "said Scholz".

    The same span where the words beside it are not all names, titles and determiners.
    """
    text = discourse.text
    start, end = source
    floor = max(sentence[0], start - _BESIDE)
    before = text[floor:start]
    joined = _JOINED.search(before) if before.rstrip().endswith(("and", "as", "with")) else None
    if joined is None and " and " in text[start:end]:
        joined = re.search(r",\s+$", before)  # "Macron, " before "Scholz and Tusk"
    if joined is not None:
        boundary = max((m.end() for m in _BOUNDARY.finditer(before)), default=0)
        stretch = before[boundary : joined.start()]
        lead = len(stretch) - len(stretch.lstrip(" ,"))
        offset = floor + boundary + lead
        if _all_names(stretch, offset - lead, discourse, matcher):
            start = offset
    elif before.rstrip().lower().endswith(("the", "both")) and re.match(r"(?:two|three)\b", text[source[0] : end]):
        start = floor + len(before.rstrip()) - len(before.split()[-1])
    after = _RIGHT.match(text, end) if text.startswith((",", " and ", " as ", " along ", " together "), end) else None
    if after is not None and after.end() <= sentence[1]:
        comma = after.group().startswith(",") and " and " not in after.group()[:6]
        inverted = cue is not None and cue[1] <= source[0]
        if (comma or inverted) and _all_names(after.group(), end, discourse, matcher):
            end = after.end()
    return start, end


def is_cut_off(discourse: Discourse, source: Span, sentence: Span, cue: Span | None, matcher: Matcher) -> bool:
    """Whether a source is only the end of one: "Officials from Germany and" before "France", "Macron or" before
    "Scholz", "Officials in" before "Berlin". Its name is then not who speaks.
    """
    text = discourse.text
    if cue is None or cue[0] < source[0]:
        return False
    floor = max(sentence[0], source[0] - _BESIDE)
    before = text[floor : source[0]]
    if _PLACED.search(before) and all(m.form == "place" for m in discourse.within(*source)):
        return True
    joined = _ALTERNATIVE.search(before)
    if joined is None:
        return False
    boundary = max((m.end() for m in _BOUNDARY.finditer(before)), default=0)
    stretch = before[boundary : joined.start()]
    known = _all_names(stretch, floor + boundary, discourse, matcher)
    return (
        known if joined[1] != "and" else not known and _all_names(stretch, floor + boundary, discourse, matcher, _LOOSE)
    )


def _all_names(
    stretch: str, offset: int, discourse: Discourse, matcher: Matcher, loose: re.Pattern[str] | None = None
) -> bool:
    """Whether a stretch of text holds names and titles, and words that join them (or match `loose`), only."""
    spans = [(m.start - offset, m.end - offset) for m in discourse.within(offset, offset + len(stretch))]
    found = False
    for match in re.finditer(r"[\w’'.-]+", stretch):
        low = re.sub(r"['’]s?$", "", match.group()).lower()
        name = _within(match.start(), spans) or match.group() in matcher.registry.demonyms
        title = low in matcher.title_words or _singular(low) in matcher.title_words
        if low in words("list-word") or (loose is not None and loose.fullmatch(low)):
            continue
        if not (name or title or re.sub(r"['’]s?$", "", match.group()) in matcher.registry.demonyms):
            return False
        found = True
    return found


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") else word
