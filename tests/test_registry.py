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


def test_at_least_250_leaders(registry: Registry) -> None:
    assert sum(a.kind == "person" for a in registry.actors.values()) >= 250


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


def test_one_head_of_government_at_a_time(registry: Registry) -> None:
    terms: dict[str, list[tuple[str, Office]]] = defaultdict(list)
    for actor in registry.actors.values():
        for office in actor.offices:
            head = "chancellor" if office.country in ("DEU", "AUT") else "prime minister"
            if office.title == head and office.country and not office.organisation:
                terms[office.country].append((actor.id, office))
    assert len(terms) >= 50
    overlaps = []
    for country, held in terms.items():
        for (one, a), (other, b) in combinations(held, 2):
            # the least overlap that the dates, whatever their precision, allow
            days = (min(edges(a.end)[0], edges(b.end)[0]) - max(edges(a.start)[1], edges(b.start)[1])).days
            if days > 31:
                overlaps.append((country, one, other, days))
    assert overlaps == []


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
