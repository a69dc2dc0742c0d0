"""The registry: its data files, the user's own file merged over them, and the search."""

from __future__ import annotations

import calendar
import json
import re
from collections import Counter, defaultdict
from datetime import date
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from stance.actors.registry import Registry, actor_from_json, load_registry
from stance.records import InputError, Office

DATA = files("stance.actors") / "data"
ISO = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines() if line.strip()]


def edges(iso: str | None) -> tuple[date, date]:
    """The first and the last day that an ISO date of any precision covers."""
    if iso is None:
        return date.max, date.max
    year, month, day = ([int(p) for p in iso.split("-")] + [0, 0])[:3]
    last_month = month or 12
    last_day = day or calendar.monthrange(year, last_month)[1]
    return date(year, month or 1, day or 1), date(year, last_month, last_day)


def test_at_least_600_leaders(registry: Registry) -> None:
    assert sum(a.kind == "person" for a in registry.actors.values()) >= 600


@pytest.mark.parametrize("name", ["leaders.jsonl", "organisations.jsonl"])
def test_every_line_is_an_actor_with_sound_offices(registry: Registry, name: str) -> None:
    bad = []
    for row in lines(name):
        actor = actor_from_json(row)
        if actor.country is not None and actor.country not in registry.countries:
            bad.append((actor.id, actor.country))
        for office in actor.offices:
            if office.country is not None and office.country not in registry.countries:
                bad.append((actor.id, office.country))
            for iso in (office.start, office.end):
                if iso is not None and not (ISO.fullmatch(iso) and edges(iso)):
                    bad.append((actor.id, iso))
            # a term may begin and end within one year whose end is known to the year only
            if office.start and office.end and edges(office.start)[0] >= edges(office.end)[1]:
                bad.append((actor.id, f"{office.start}..{office.end}"))
    assert bad == []


def test_people_have_a_surname_and_a_known_gender(registry: Registry) -> None:
    people = [a for a in registry.actors.values() if a.kind == "person"]
    assert [a.id for a in people if not a.surname or a.gender not in ("m", "f", None)] == []


def test_no_two_actors_share_an_id() -> None:
    counts = Counter(row["id"] for name in ("leaders.jsonl", "organisations.jsonl") for row in lines(name))
    assert [i for i, n in counts.items() if n > 1] == []


def test_country_codes_are_alpha_3_and_unique() -> None:
    codes = [row["code"] for row in lines("countries.jsonl")]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch("[A-Z]{3}", code) for code in codes)


def test_every_title_is_known(registry: Registry) -> None:
    assert {o.title for a in registry.actors.values() for o in a.offices} <= set(registry.roles)


# The offices of which a country has one holder at a time; a chancellor is the prime minister of Germany and Austria.
TOP = {
    **{role: role for role in ("president", "prime minister", "monarch", "supreme leader", "general secretary")},
    "chancellor": "prime minister",
}
FIRST_DAY = date(2014, 1, 1)
GAP = 60  # days that an office may stand empty between two holders without a word about it here
EMPTY = {
    ("AFG", "prime minister"): "the Taliban's office; there was none before September 2021",
    ("AFG", "supreme leader"): "as above, since August 2021",
    ("AUT", "president"): "three presiding officers of parliament together, July 2016 to January 2017",
    ("CUB", "prime minister"): "the office came back in December 2019",
    (
        "LBN",
        "president",
    ): "parliament elected nobody: May 2014 to October 2016, October 2022 to January 2025",
    ("PRK", "general secretary"): "the party's head had other titles before January 2021",
}


def terms() -> dict[tuple[str, str], list[tuple[Office, str]]]:
    """Country and office → the terms of its holders, by their beginning."""
    found: dict[tuple[str, str], list[tuple[Office, str]]] = defaultdict(list)
    registry = load_registry()
    for actor in registry.actors.values():
        for office in actor.offices:
            role = TOP.get(registry.roles[office.title])
            if role and office.country and not office.organisation and not office.body:
                found[office.country, role].append((office, actor.name))
    return {key: sorted(held, key=lambda term: edges(term[0].start)) for key, held in found.items()}


def test_one_holder_at_a_time() -> None:
    """No day has two heads of government (or of state) of one country; acting ones stand in for one who is."""
    held = terms()
    assert sum(role == "prime minister" for _, role in held) >= 50
    overlaps = []
    for (country, role), everyone in held.items():
        proper = [term for term in everyone if not term[0].title.startswith(("acting", "interim", "caretaker"))]
        for (a, one), (b, other) in combinations(proper, 2):
            # the least overlap that the dates, whatever their precision, allow; an end is the successor's first day
            days = (min(edges(a.end)[0], edges(b.end)[0]) - max(edges(a.start)[1], edges(b.start)[1])).days
            if days > 0:
                overlaps.append((country, role, one, other, days))
    assert overlaps == []


def test_no_office_stands_empty() -> None:
    """From 2014 to the last holder known, the highest offices have somebody, acting ones included."""
    gaps = []
    for (country, role), everyone in terms().items():
        covered = FIRST_DAY
        for office, name in everyone:
            end = edges(office.end)[1]
            if end <= FIRST_DAY:
                continue
            begun = edges(office.start)[0]
            if (begun - covered).days > GAP:
                gaps.append((country, role, f"{covered} to {begun}, before {name}"))
            covered = max(covered, end)
    assert [gap for gap in gaps if gap[:2] not in EMPTY] == []
    assert {gap[:2] for gap in gaps} == set(EMPTY), "what is no gap any longer is to be taken out of EMPTY"


LARGE = (
    *("USA", "GBR", "FRA", "DEU", "ITA", "ESP", "POL", "UKR", "RUS", "CZE", "HUN", "ROU", "NLD", "BEL", "DNK", "NOR"),
    *("SWE", "FIN", "LTU", "PRT", "GRC", "TUR", "CAN", "AUS", "JPN", "KOR", "IND", "ISR"),
)


@pytest.mark.parametrize("role", ["foreign minister", "defence minister"])
@pytest.mark.parametrize("country", LARGE)
def test_large_countries_have_their_ministers(registry: Registry, country: str, role: str) -> None:
    """Looked up as the resolver does, on the 15th of every month from 2014 to 2025; three months may be empty."""
    days = [f"{year}-{month:02}-15" for year in range(2014, 2026) for month in range(1, 13)]
    empty = [day for day in days if not registry.holders(role, country, day)]
    assert len(empty) <= 3, empty


def test_governments_and_organisations(registry: Registry) -> None:
    kinds = Counter(actor.kind for actor in registry.actors.values())
    assert kinds["government"] >= 150
    assert kinds["organisation"] >= 150


def test_every_field_is_one_that_is_read() -> None:
    """What nothing reads goes stale."""
    person = {"id", "name", "surname", "gender", "kind", "country", "aliases", "offices"}
    assert {key for row in lines("leaders.jsonl") for key in row} == person
    assert {key for row in lines("organisations.jsonl") for key in row} <= person
    office = {"title", "country", "organisation", "body", "start", "end"}
    assert {key for row in lines("leaders.jsonl") for held in row["offices"] for key in held} == office


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "mine.jsonl"
    row = json.dumps({"name": "Karla Muster", "aliases": [f"Karla{mark}M."]}, ensure_ascii=False)
    path.write_text(f"{row}\r\nnonsense", "utf-8")
    with pytest.raises(InputError, match="line 2"):
        load_registry(path)
    path.write_text(row, "utf-8")
    assert load_registry(path).actors["karla-muster"].aliases == (json.loads(row)["aliases"][0],)


def test_a_new_actor_is_added(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('\ufeff{"name": "Karla Müsterin", "country": "DEU", "gender": "f"}\n\n', "utf-8")
    merged = load_registry(path)
    assert len(merged.actors) == len(registry.actors) + 1
    added = merged.actors["karla-musterin"]
    assert (added.kind, added.surname, added.country) == ("person", "Müsterin", "DEU")
    assert merged.by_surname["Musterin"] == (added.id,)
    assert "karla-musterin" not in registry.actors


def test_an_actor_with_a_known_id_is_replaced(registry: Registry, tmp_path: Path) -> None:
    (fico,) = registry.search("robert fico")
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps({"id": fico.id, "name": "Robert Fico", "country": "SVK"}), "utf-8")
    merged = load_registry(path)
    assert len(merged.actors) == len(registry.actors)
    assert merged.actors[fico.id].offices == ()
    assert registry.actors[fico.id].offices != ()


COUNTRY = {
    "kind": "country",
    "code": "NLX",
    "name": "Norland",
    "adjectives": ["Norlandic"],
    "capitals": ["Nordhaven"],
}


def test_a_new_country_brings_its_government(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    leader = {"name": "Astrid Halvik", "country": "NLX", "offices": [{"title": "prime minister", "country": "NLX"}]}
    path.write_text("\n".join(map(json.dumps, [COUNTRY, leader])), "utf-8")
    merged = load_registry(path)
    assert merged.demonyms["Norlandic"] == "NLX"
    assert merged.governments["NLX"] == "government-nlx"
    assert [a.name for a in merged.holders("prime minister", "NLX", "2024-02-27")] == ["Astrid Halvik"]
    assert "NLX" not in registry.countries


def test_a_known_country_is_replaced_with_its_government(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps(COUNTRY | {"code": "DEU"}), "utf-8")
    merged = load_registry(path)
    assert len(merged.actors) == len(registry.actors)
    assert merged.actors[merged.governments["DEU"]].name == "Norland"
    assert "German" not in merged.demonyms


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[1]",
        "5",
        '{"id": "x"}',
        '{"name": null}',
        '{"name": "A", "aliases": 5}',
        '{"name": "A", "offices": "president"}',
        '{"name": "A", "offices": [{"country": "DEU"}]}',
        '{"name": "A", "country": "Germany"}',
        '{"name": "A", "offices": [{"title": "president", "country": "NLX"}]}',
        '{"kind": "country", "name": "A"}',
        '{"kind": "country", "code": "NLX"}',
        '{"kind": "country", "code": "Norland", "name": "Norland"}',
        '{"kind": "country", "code": "NLX", "name": "Norland", "capitals": "Nordhaven"}',
        '{"kind": "country", "code": "NLX", "name": "Norland", "qid": 5}',
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(f'{{"name": "Karla Muster"}}\n\n{line}\n', "utf-8")
    with pytest.raises(InputError) as caught:
        load_registry(path)
    assert str(path) in str(caught.value)
    assert "line 3" in str(caught.value)


def test_a_missing_or_undecodable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    with pytest.raises(InputError, match=r"mine\.jsonl"):
        load_registry(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"mine\.jsonl"):
        load_registry(path)


@pytest.mark.parametrize(
    ("query", "on", "held_by", "not_by"),
    [
        ("prime minister slovakia", "2023-06-15", "Ľudovít Ódor", "Robert Fico"),
        ("prime minister slovakia", "2024-02-27", "Robert Fico", "Ľudovít Ódor"),
        ("chancellor germany", "2021-12-08", "Olaf Scholz", "Angela Merkel"),
        ("chancellor DEU", "2025-05-06", "Friedrich Merz", "Olaf Scholz"),
        ("president united states", "2025-01-20", "Donald Trump", "Joe Biden"),
    ],
)
def test_search_on_a_date(registry: Registry, query: str, on: str, held_by: str, not_by: str) -> None:
    found = {a.name for a in registry.search(query, on=on)}
    assert held_by in found
    assert not_by not in found


def test_search_without_a_date(registry: Registry) -> None:
    assert [a.name for a in registry.search("Zelensky")] == ["Volodymyr Zelenskyy"]
    assert [a.name for a in registry.search("ERDOGAN")] == ["Recep Tayyip Erdoğan"]
    assert registry.search("xyzzy") == []
    assert len(registry.search()) == len(registry.actors)


def test_search_leaves_out_who_holds_no_office_that_day(registry: Registry) -> None:
    assert registry.search("zelenskyy", on="2010-01-01") == []
    assert [a.name for a in registry.search("kremlin", on="2010-01-01")] == ["Kremlin"]


@pytest.mark.parametrize(
    ("start", "end", "day", "held"),
    [
        ("2023-05-15", "2023-10-25", "2023-05-15", True),
        ("2023-05-15", "2023-10-25", "2023-05-14", False),
        ("2023-05-15", "2023-10-25", "2023-10-24", True),
        ("2023-05-15", "2023-10-25", "2023-10-25", False),  # the successor's first day
        ("2020", "2021", "2021-12-31", True),
        ("2020-04", "2021-05", "2021-06-01", False),
        ("2020-04", None, "2030-01-01", True),
        (None, "2021", "1990-01-01", True),
    ],
)
def test_held_on(start: str | None, end: str | None, day: str, held: bool) -> None:
    assert Office("president", "DEU", start=start, end=end).held_on(day) is held
