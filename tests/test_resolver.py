"""The resolver: who a source is, by the article's date and by what it said before."""

from __future__ import annotations

import pytest

from stance.actors.registry import load_registry
from stance.actors.resolver import Resolver
from stance.labeling import label
from stance.records import Article, Statement

DATE = "2024-02-27"
INTRO = "French President Emmanuel Macron said that talks would go on.\n\n"


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return Resolver(load_registry())


def statements(resolver: Resolver, text: str, date: str | None = DATE) -> list[Statement]:
    return [s for s in label(Article("a", None, text, date), resolver) if not s.nested]


def names(resolver: Resolver, text: str, date: str | None = DATE) -> list[str | None]:
    return [s.actor.name if s.actor else None for s in statements(resolver, text, date)]


@pytest.mark.parametrize(
    ("title", "date", "name"),
    [
        ("The Slovak prime minister", "2024-02-27", "Robert Fico"),
        ("The Slovak prime minister", "2023-06-15", "Ľudovít Ódor"),
        ("The Slovak prime minister", "2023-05-15", "Ľudovít Ódor"),
        ("The Slovak prime minister", "2023-10-25", "Robert Fico"),
        ("Slovakia’s prime minister", "2023-06-15", "Ľudovít Ódor"),
        ("The prime minister of Slovakia", "2023-06-15", "Ľudovít Ódor"),
        ("The US president", "2024-02-27", "Joe Biden"),
        ("The US president", "2025-02-27", "Donald Trump"),
        ("The German chancellor", "2021-06-01", "Angela Merkel"),
        ("The German chancellor", "2022-06-01", "Olaf Scholz"),
        ("The German chancellor", "2025-06-01", "Friedrich Merz"),
        ("The NATO secretary general", "2024-02-27", "Jens Stoltenberg"),
        ("NATO’s secretary general", "2024-12-27", "Mark Rutte"),
    ],
)
def test_an_office_belongs_to_its_holder_on_the_day(resolver: Resolver, title: str, date: str, name: str) -> None:
    assert names(resolver, f"{title} said that the depots were empty.", date) == [name]


def test_an_office_without_a_date_is_left_open(resolver: Resolver) -> None:
    assert names(resolver, "The German chancellor said that it was late.", None) == [None]


@pytest.mark.parametrize(
    "later", ["Macron added that", "The president said that", "The French president said that", "He said that"]
)
def test_later_mention_of_someone_named_in_full(resolver: Resolver, later: str) -> None:
    assert names(resolver, f"{INTRO}{later} time was short.") == ["Emmanuel Macron"] * 2


def test_two_presidents_leave_the_president_open(resolver: Resolver) -> None:
    text = "Ukrainian President Volodymyr Zelenskyy met Joe Biden.\n\nThe president said that talks were good."
    (found,) = statements(resolver, text)
    assert found.actor is None
    assert len(found.candidates) == 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Emmanuel Macron met Giorgia Meloni in Paris.\n\nHe said that talks went on.", "Emmanuel Macron"),
        ("Emmanuel Macron met Giorgia Meloni in Paris.\n\nShe said that talks went on.", "Giorgia Meloni"),
        ("Giorgia Meloni met Emmanuel Macron in Rome.\n\nHe said that talks went on.", "Emmanuel Macron"),
        ("Giorgia Meloni met Emmanuel Macron in Rome.\n\nShe said that talks went on.", "Giorgia Meloni"),
    ],
)
def test_pronouns_go_by_gender(resolver: Resolver, text: str, name: str) -> None:
    assert names(resolver, text) == [name]


@pytest.mark.parametrize(
    "source",
    [
        "Karl Musterberg, a farmer,",
        "Hunter Biden",
        "A senior official",
        "A senior German official",
        "A spokesman for Musterberg",
        "The prime minister",
        "The former Slovak prime minister",
        "He",
    ],
)
def test_left_unresolved(resolver: Resolver, source: str) -> None:
    (found,) = statements(resolver, f"{source} said that talks were off.")
    assert found.actor is None
    assert found.source is not None


def test_a_strangers_surname_stays_a_stranger(resolver: Resolver) -> None:
    assert names(resolver, "Karl Musterberg said that it rained.\n\nMusterberg said it was late.") == [None, None]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Putin’s spokesman, Dmitry Peskov,", "Dmitry Peskov"),
        ("Putin's spokesman, Dmitry Peskov,", "Dmitry Peskov"),
        ("The Kremlin", "Kremlin"),
        ("The German government", "Germany"),
        ("Berlin", "Germany"),
        ("Germany", "Germany"),
        ("Moscow", "Russia"),
        ("The White House", "White House"),
        ("Recep Tayyip Erdogan", "Recep Tayyip Erdoğan"),
        ("Mr Orbán", "Viktor Orbán"),
        ("Viktor Orban", "Viktor Orbán"),
    ],
)
def test_named_sources(resolver: Resolver, source: str, name: str) -> None:
    assert names(resolver, f"{source} said that talks were off.") == [name]


@pytest.mark.parametrize("spelling", ["Zelensky", "Zelenskiy", "Zelenskyy", "Zelenskyi"])
@pytest.mark.parametrize("before", ["", "President ", "Volodymyr ", "Ukrainian President Volodymyr "])
def test_transliterations(resolver: Resolver, before: str, spelling: str) -> None:
    assert names(resolver, f"{before}{spelling} said that more was needed.") == ["Volodymyr Zelenskyy"]


def test_two_sources_in_one_speak_together(resolver: Resolver) -> None:
    found = statements(resolver, "Scholz and Macron said that it was late.")
    assert [s.actor.name for s in found if s.actor] == ["Olaf Scholz", "Emmanuel Macron"]
    assert all(s.joint for s in found)
    assert len({s.id for s in found}) == 2
