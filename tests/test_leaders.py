"""The registry's data, and the resolver: who a source is, by date and by what the article said before."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stance.actors.registry import load_registry
from stance.actors.resolver import Resolver
from stance.labeling import label
from stance.records import Article, InputError

REGISTRY = load_registry()
RESOLVER = Resolver(REGISTRY)
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def speakers(text: str, date: str | None) -> list[str | None]:
    found = label(Article("a", None, text, date), RESOLVER)
    return [s.actor.name if s.actor else None for s in found if not s.nested]


@pytest.mark.parametrize(
    ("date", "name"), [("2024-02-27", "Robert Fico"), ("2023-06-15", "Ľudovít Ódor"), ("2022-06-15", "Eduard Heger")]
)
def test_an_office_is_read_on_the_date(date: str, name: str) -> None:
    assert speakers("The Slovak prime minister said that the depots were empty.", date) == [name]


@pytest.mark.parametrize("spelling", ["Zelensky", "Zelenskiy", "Zelenskyy"])
def test_transliterations(spelling: str) -> None:
    assert speakers(f"President Volodymyr {spelling} said that more was needed.", "2023-05-01") == [
        "Volodymyr Zelenskyy"
    ]
    assert speakers(f"{spelling} said that more was needed.", "2023-05-01") == ["Volodymyr Zelenskyy"]


def test_later_mentions_point_back() -> None:
    text = (
        "French President Emmanuel Macron said that talks would go on.\n\nMacron added that nothing was settled.\n\n"
        "He said that he would travel.\n\nThe president warned that time was short."
    )
    assert speakers(text, "2024-02-27") == ["Emmanuel Macron"] * 4


def test_she_is_not_the_man_named_last() -> None:
    text = (
        "German Foreign Minister Annalena Baerbock met Emmanuel Macron in Paris.\n\nShe said that the talks were good."
    )
    assert speakers(text, "2023-02-27") == ["Annalena Baerbock"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("The Kremlin", "Kremlin"),
        ("Berlin", "Germany"),
        ("The German government", "Germany"),
        ("Russian authorities", "Russia"),
        ("The European Union", "European Union"),
        ("Putin’s spokesman, Dmitry Peskov,", "Dmitry Peskov"),
        ("A senior official", None),
        ("A spokesman for Macron", "Emmanuel Macron"),
        ("At least 15 countries", None),
        ("Hunter Biden", None),
        ("Ukrainian officials", None),
    ],
)
def test_bodies_and_strangers(source: str, name: str | None) -> None:
    assert speakers(f"{source} said that the matter was closed.", "2024-02-27") == [name]


def test_enough_leaders_with_sound_dates() -> None:
    people = [a for a in REGISTRY.actors.values() if a.kind == "person"]
    assert len(people) >= 600
    for actor in REGISTRY.actors.values():
        for office in actor.offices:
            assert office.start is None or DATE.fullmatch(office.start), actor.id
            assert office.end is None or DATE.fullmatch(office.end), actor.id
            assert office.end is None or office.start is None or office.start[: len(office.end)] <= office.end, actor.id
            assert office.country is None or office.country in REGISTRY.countries, actor.id
            assert office.organisation is None or office.organisation in REGISTRY.actors, (actor.id, office)


def test_a_users_registry_is_merged(tmp_path: Path) -> None:
    extra = tmp_path / "mine.jsonl"
    extra.write_text('{"name": "Karla Muster", "country": "DEU", "gender": "f"}\n', "utf-8")
    merged = load_registry(extra)
    assert merged.search("muster")[0].name == "Karla Muster"
    assert len(merged.actors) == len(REGISTRY.actors) + 1
    extra.write_text('{"name": "A"}\nnonsense\n', "utf-8")
    with pytest.raises(InputError, match="line 2"):
        load_registry(extra)


def test_search_on_a_day() -> None:
    found = {a.name for a in REGISTRY.search("prime minister slovakia", "2024-02-27")}
    assert "Robert Fico" in found
    assert "Ľudovít Ódor" not in found


@pytest.mark.parametrize(
    "line",
    [
        '{"name": " "}',
        '{"name": "A B", "aliases": "Bob"}',
        '{"name": "A B", "surname": 5}',
        '{"name": "A B", "kind": "alien"}',
        '{"name": "A B", "offices": [{"title": "king", "start": 2024}]}',
        '{"name": "A B", "offices": [{"title": "king", "start": "May 2024"}]}',
    ],
)
def test_a_users_actor_that_is_none(tmp_path: Path, line: str) -> None:
    (tmp_path / "mine.jsonl").write_text(line, "utf-8")
    with pytest.raises(InputError, match="line 1"):
        load_registry(tmp_path / "mine.jsonl")
