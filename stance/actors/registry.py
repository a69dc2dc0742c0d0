"""The registry of actors: leaders, governments and organisations, with their names and offices.

It is data: `leaders.jsonl`, `organisations.jsonl`, `countries.jsonl` and `titles.csv` beside this module, one actor
or country a line. A user's own file of the same form is merged over them: an id (of a country, a code) that exists is
replaced, a new one is added. Governments are made from the countries: a country's name and its capital stand for its
government. docs/registry.md tells how to write such a file.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from stance.records import Actor, InputError, Office, clean

_DATA = files("stance.actors") / "data"
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_LARGEST = 2**26  # bytes of a user's file
_LONGEST_NAME = 1000
_GOVERNING = ("government", "authorities", "administration", "cabinet", "leadership", "state")

# letters that no decomposition takes apart
_LETTERS = str.maketrans("łŁøØđĐı", "lLoOdDi")

# what one word means as a role: "the leader" is whoever governs, "the minister" any minister
WIDE_ROLES: dict[str, frozenset[str]] = {
    "leader": frozenset(
        {"president", "prime minister", "chancellor", "supreme leader", "monarch", "general secretary", "party leader",
         "opposition leader", "crown prince"}
    ),
    "minister": frozenset(
        {"foreign minister", "defence minister", "finance minister", "interior minister", "deputy prime minister"}
    ),
    "majority leader": frozenset({"senate majority leader", "house majority leader"}),
    "minority leader": frozenset({"senate minority leader", "house minority leader"}),
    "senate republican leader": frozenset({"senate minority leader", "senate majority leader"}),
    "lawmaker": frozenset({"senator", "representative", "member of parliament", "speaker", "committee chair"}),
    "chair": frozenset({"committee chair", "military committee chair"}),
    "general": frozenset({"chief of defence", "supreme allied commander europe", "military committee chair"}),
    "prime minister": frozenset({"prime minister", "chancellor"}),
}  # fmt: skip
GOVERNS = frozenset({"president", "prime minister", "chancellor", "supreme leader", "monarch", "general secretary"})


@dataclass(frozen=True, slots=True)
class Country:
    """A country and the words that point to it. `code` is ISO 3166-1 alpha-3."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    qid: str | None = None


@dataclass(frozen=True)
class Registry:
    """Actors and countries, with the indices that look-ups need."""

    actors: dict[str, Actor]
    countries: dict[str, Country]
    roles: dict[str, str] = field(repr=False)

    @cached_property
    def by_name(self) -> dict[str, tuple[str, ...]]:
        """Name or alias, as written → ids of the actors that bear it."""
        return _index((name, a.id) for a in self.actors.values() for name in (a.name, *a.aliases))

    @cached_property
    def by_surname(self) -> dict[str, tuple[str, ...]]:
        """Surname in its spellings → ids of the people who bear it."""
        return _index((name, a.id) for a in self.actors.values() if a.kind == "person" for name in surnames(a))

    @cached_property
    def demonyms(self) -> dict[str, str]:
        """Adjective, people's name, country or capital → country code ("Slovak", "Slovakia", "Bratislava")."""
        out: dict[str, str] = {}
        for country in self.countries.values():
            for word in (
                *country.capitals,
                *country.people,
                *country.adjectives,
                *country.aliases,
                country.name,
            ):
                out[word] = country.code
        return out

    @cached_property
    def governments(self) -> dict[str, str]:
        """Country code → id of its government."""
        return {a.country: a.id for a in self.actors.values() if a.kind == "government" and a.country}

    @cached_property
    def _officials(self) -> dict[str, list[tuple[int, Actor]]]:
        """Role → everyone who ever held it, each with the place in the registry's order."""
        out: dict[str, list[tuple[int, Actor]]] = {}
        for place, actor in enumerate(self.actors.values()):
            for role in self.roles_on(actor, None):
                out.setdefault(role, []).append((place, actor))
        return out

    def role_of(self, title: str) -> str | None:
        """The role that a title names ("foreign secretary" → "foreign minister"), or None."""
        return self.roles.get(title.lower())

    def roles_on(self, actor: Actor, date: str | None) -> frozenset[str]:
        """The roles an actor held on an ISO date (all ever held where the date is None)."""
        return frozenset(self.roles.get(o.title, o.title) for o in actor.offices_on(date))

    def holders(self, role: str, country: str | None, date: str | None, organisation: str | None = None) -> list[Actor]:
        """Who held a role in a country or an organisation on a date, in the registry's order."""
        wanted = WIDE_ROLES.get(role, frozenset({role}))
        found = []
        ever = dict(pair for one in wanted for pair in self._officials.get(one, ()))
        for _, actor in sorted(ever.items(), key=lambda pair: pair[0]) if len(wanted) > 1 else ever.items():
            for office in actor.offices:
                if self.roles.get(office.title, office.title) not in wanted:
                    continue
                if country is not None and (office.country != country or office.organisation):
                    continue
                if organisation is not None and organisation not in (office.organisation, office.body):
                    continue
                if date is None or office.held_on(date):
                    found.append(actor)
                    break
        return found

    def search(self, query: str | None = None, on: str | None = None) -> list[Actor]:
        """Actors whose name, alias, country or title holds every word of a query; with a date, those in office."""
        wanted = fold(query or "").split()
        out = []
        for actor in self.actors.values():
            offices = actor.offices_on(on) if on else actor.offices
            if on and actor.kind == "person" and not offices:
                continue
            country = self.countries.get(actor.country or "")
            hay = " ".join(
                [actor.name, actor.id, actor.country or "", country.name if country else "", *actor.aliases,
                 *(o.title for o in offices), *(o.organisation or "" for o in offices)]
            )  # fmt: skip
            words = set(fold(hay).split())
            if all(any(word.startswith(w) for word in words) for w in wanted):
                out.append(actor)
        return out


def surnames(actor: Actor) -> tuple[str, ...]:
    """The spellings of a person's surname: as given, without diacritics, and as its one-word aliases have it."""
    if not actor.surname:
        return ()
    names = [actor.surname, strip_marks(actor.surname)]
    names += [alias for alias in actor.aliases if " " not in alias or alias.split()[0].islower()]
    return tuple(dict.fromkeys(names))


def strip_marks(text: str) -> str:
    """A name in ASCII letters: "Erdoğan" → "Erdogan"."""
    if text.isascii():
        return text
    special = text.translate(_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFKD", special) if not unicodedata.combining(c))


def fold(text: str) -> str:
    """Text for comparison: without diacritics, case or punctuation."""
    return "".join(c if c.isalnum() else " " for c in strip_marks(text).casefold())


def load_registry(extra: str | Path | None = None) -> Registry:
    """The registry that ships with the package, with a user's JSON lines file merged over it.

    Raises `InputError` where the user's file is missing or one of its lines is no actor.
    """
    base = _shipped()
    if extra is None:
        return base
    actors, countries = dict(base.actors), dict(base.countries)
    for one in _read_user_file(Path(extra), frozenset(countries)):
        if isinstance(one, Country):
            if one.code in countries:
                actors.pop(_government(countries[one.code]).id, None)
            countries[one.code] = one
            one = _government(one)
        actors[one.id] = one
    return Registry(actors, countries, base.roles)


@cache
def _shipped() -> Registry:
    countries = {c["code"]: _country(c) for c in _lines("countries.jsonl")}
    actors: dict[str, Actor] = {}
    for name in ("leaders.jsonl", "organisations.jsonl"):
        for row in _lines(name):
            actors[row["id"]] = actor_from_json(row)
    for country in countries.values():
        government = _government(country)
        actors.setdefault(government.id, government)
    with (_DATA / "titles.csv").open(encoding="utf-8") as handle:
        roles = {row["surface"]: row["role"] for row in csv.DictReader(handle)}
    return Registry(actors, countries, roles)


def _lines(name: str) -> Iterator[dict[str, Any]]:
    for line in (_DATA / name).read_text("utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def _country(row: dict[str, Any]) -> Country:
    lists = {key: tuple(row.get(key, ())) for key in ("aliases", "adjectives", "people", "capitals")}
    return Country(row["code"], row["name"], qid=row.get("qid"), **lists)


def _government(country: Country) -> Actor:
    """A country's government under the names the press uses: the country, its capital, "the X government"."""
    governing = [f"{adjective} {word}" for adjective in country.adjectives for word in _GOVERNING]
    names = tuple(dict.fromkeys([*country.aliases, *country.capitals, *governing]))
    return Actor(country.qid or f"government-{country.code.lower()}", country.name, "government", country.code, names)


def actor_from_json(row: dict[str, Any]) -> Actor:
    """An actor from its JSON object. Raises KeyError or TypeError where a required field is missing."""
    offices = tuple(
        Office(
            title=o["title"],
            country=o.get("country"),
            organisation=o.get("organisation"),
            start=o.get("start"),
            end=o.get("end"),
            body=o.get("body"),
        )
        for o in row.get("offices", ())
    )
    surname = row.get("surname") or (row["name"].split()[-1] if row["kind"] == "person" else None)
    return Actor(
        id=row["id"], name=row["name"], kind=row["kind"], country=row.get("country"),
        aliases=tuple(row.get("aliases", ())), offices=offices, surname=surname, gender=row.get("gender"),
    )  # fmt: skip


def _read_user_file(path: Path, known: frozenset[str]) -> Iterator[Actor | Country]:
    """The actors and countries of a user's file; `known` are the codes of the countries there are already."""
    try:
        if not path.is_file() and path.exists():
            raise IsADirectoryError("it is no file")
        if path.stat().st_size > _LARGEST:
            raise OSError(f"it has more than {_LARGEST // 2**20} MB")
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the registry cannot be read ({error}); give a UTF-8 file of JSON lines.") from None
    codes = set(known)
    # not splitlines, which also cuts at U+2028 and its like, and JSON may hold these inside a text
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if row.get("kind") == "country":
                _check_country(row)
                codes.add(row["code"])
                yield _country(row)
                continue
            row.setdefault("kind", "person")
            row.setdefault("id", fold(row["name"]).strip().replace(" ", "-"))
            _check_actor(row, codes)
            yield actor_from_json(row)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            reason = clean(" ".join(str(error).split())[:200])
            raise InputError(
                f"{path}, line {number}: no actor ({reason}); each line is a JSON object with at least a name."
            ) from None


def _check_country(row: dict[str, Any]) -> None:
    """Raises ValueError, KeyError or TypeError for a user's country that is not of the form of countries.jsonl."""
    if not re.fullmatch("[A-Z]{3}", row["code"]):
        raise ValueError(f"code {row['code']!r} is none of three capital letters, such as DEU")
    _check_names(row, "aliases", "adjectives", "people", "capitals")
    if not isinstance(row.get("qid"), str | None):
        raise ValueError(f"qid {row['qid']!r} is no text")
    if row.get("qid"):
        _check_text("qid", row["qid"])


def _check_names(row: dict[str, Any], *lists: str) -> None:
    _check_text("name", row["name"])
    for key in lists:
        names = row.get(key, [])
        if not isinstance(names, list):
            raise ValueError(f"{key} is no list of names")
        for name in names:
            _check_text(key, name)


def _check_text(field_: str, text: str) -> None:
    """Raises ValueError where a text holds no letter or digit, or what could do harm to a terminal or a file."""
    if not isinstance(text, str) or not fold(text).strip() or len(text) > _LONGEST_NAME:
        raise ValueError(f"{field_} holds no name")
    if any(unicodedata.category(c) in ("Cc", "Cs") and c != "\x85" for c in text):  # that one is a line's end
        raise ValueError(f"{field_} holds a control character")


def _check_actor(row: dict[str, Any], codes: set[str]) -> None:
    """Raises ValueError for a field of a user's actor that is not what the registry's files hold there."""
    _check_names(row, "aliases")
    if row["kind"] not in ("person", "government", "organisation", "group"):
        raise ValueError(f"kind {row['kind']!r} is none of person, government, organisation, group, country")
    fields = ("id", "country", "surname", "gender")
    office_fields = ("title", "country", "organisation", "body", "start", "end")
    values = [(f, row.get(f)) for f in fields] + [(f, o.get(f)) for o in row.get("offices", []) for f in office_fields]
    for name, value in values:
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{name} {value!r} is no text")
        if value:
            _check_text(name, value)
        if name in ("start", "end") and value and not _DATE.fullmatch(value):
            raise ValueError(f"{name} {value!r} is no date such as 2024-02-27, 2024-02 or 2024")
        if name == "country" and value and value not in codes:
            raise ValueError(f"country {value!r} is no code such as DEU; a new country needs a line of its own above")


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    out: dict[str, dict[str, None]] = {}
    for name, actor_id in pairs:
        out.setdefault(name, {})[actor_id] = None
    return {name: tuple(ids) for name, ids in out.items()}
