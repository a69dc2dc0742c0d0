"""The map: every country has a place of its own near its neighbours, and shows the mean of its leaders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import sqrt

import pytest
from report_sample import sample, sample_positions

from stance.actors.registry import load_registry
from stance.records import Actor, Article, Judgement, Office, Position, Scored, Statement, Topic
from stance.report.html import render_html
from stance.report.leaders import find_leaders
from stance.report.tilemap import TileMap, places, tile_map
from stance.report.view import Content
from stance.report.wording import country_name


def at(name: str, country: str | None, score: float, half: float = 0.2) -> Position:
    low, high = max(-1.0, score - half), min(1.0, score + half)
    return Position(name, name, country, None, score, low, high, 1, 1, {"support": 1}, ())


def mapped(positions: Sequence[Position], scored: Sequence[Scored] = ()) -> TileMap | None:
    return tile_map(find_leaders(scored, positions, ())[0])


THREE = [at("a", "FRA", 0.5), at("b", "DEU", -0.5), at("c", "POL", 0.1)]


def test_each_country_has_one_place_and_none_two():
    cells = list(places().values())
    assert len(set(cells)) == len(cells)
    assert all(country_name(code) != code for code in places())
    countries = {actor.country for actor in load_registry(None).actors.values() if actor.kind == "government"}
    assert countries - {None} <= places().keys()


@pytest.mark.parametrize(
    "pair",
    ["DEU POL", "FRA ESP", "UKR POL", "USA CAN", "CHN MNG", "IND PAK", "EGY ISR", "AUS NZL", "NOR SWE", "KOR PRK"],
)
def test_neighbours_are_near(pair):
    (x, y), (u, v) = (places()[code] for code in pair.split())
    assert abs(x - u) + abs(y - v) <= 4


def test_the_world_is_the_right_way_round():
    column, row = ({code: place[axis] for code, place in places().items()} for axis in (0, 1))
    west_to_east = [column[code] for code in ("USA", "GBR", "RUS", "JPN", "FJI")]
    north_to_south = [row[code] for code in ("NOR", "ITA", "NGA", "ZAF")]
    assert west_to_east == sorted(west_to_east)
    assert north_to_south == sorted(north_to_south)


def test_a_country_is_the_mean_of_its_leaders():
    found = mapped([*THREE, at("d", "FRA", -0.1, 0.4)])
    assert found is not None
    france = next(tile for tile in found.tiles if tile.country == "FRA")
    assert france.placed
    assert france.placed.position.score == pytest.approx(0.2)
    half = sqrt(0.2**2 + 0.4**2) / 2
    assert france.placed.position.low == pytest.approx(0.2 - half)
    assert france.placed.position.high == pytest.approx(0.2 + half)
    assert france.placed.lean == "undecided"
    assert "2 leaders" in france.words
    assert {t.country: t.placed.lean for t in found.placed if t.placed} == {
        "FRA": "undecided",
        "DEU": "oppose",
        "POL": "undecided",
    }
    assert sum(tile.placed is None for tile in found.tiles) == len(places()) - 3


def test_few_countries_make_no_map():
    assert mapped(THREE[:2]) is None
    assert mapped([*THREE[:2], at("e", None, 0.1), at("f", "XYZ", 0.1)]) is None


def test_who_speaks_for_a_body_is_told_beside_the_map():
    actor = Actor("d", "d", "person", "FRA", offices=(Office("Chair", organisation="body"),))
    statement = Statement("s", "a", actor, None, None, ((0, 1),), "x", "direct")
    said = Scored(Article("a", None, "x", "2024-01-01"), statement, Topic(1.0), Judgement("support", {"support": 1.0}))
    found = mapped([*THREE, at("d", "FRA", 1.0), at("e", None, 0.0)], [said])
    assert found is not None
    assert found.elsewhere == 2
    assert [len(tile.leaders) for tile in found.placed] == [1, 1, 1]


def test_the_page_links_tiles_to_leaders_and_says_it_in_a_table():
    page = render_html(Content(sample(), sample_positions(sample())), title="t", generated="g")
    figure = page[page.index('<svg class="map"') : page.index("</figure>")]
    targets = re.findall(r'<a href="#(actor-[^"]+)" aria-label="([^"]+)"', figure)
    assert targets
    assert all(f'<section id="{target}"' in page for target, _ in targets)
    table = page[page.index("The same as a table") : page.index("</details>")]
    for _, words in targets:
        assert f">{words.split(':')[0]}</th>" in table
