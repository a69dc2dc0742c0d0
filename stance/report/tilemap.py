"""The map of the report: one square a country, roughly where it lies, with the mean position of its leaders.

A tile-grid map gives each country the same weight on the page, so that small ones are seen, and needs no outlines.
The places are in `assets/tiles.csv`: of the 193 members of the United Nations, Kosovo, Palestine, Taiwan and the
Vatican.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import hypot

from stance.estimate import Estimate
from stance.report.leaders import Leader
from stance.report.placing import Placed, place
from stance.report.wording import country_name, plural

_FEWEST = 3  # countries with a position, from which on a map says more than the chart


@dataclass(frozen=True, slots=True)
class Tile:
    """A country's square: its place in the grid, and the mean of its leaders' positions, None without any."""

    country: str
    column: int
    row: int
    placed: Placed[Estimate] | None
    leaders: tuple[Leader, ...]

    @property
    def words(self) -> str:
        """The country with its mean score, interval and number of leaders."""
        if self.placed is None:
            return country_name(self.country)
        return f"{country_name(self.country)}: {self.placed.words.lower()}, {plural(len(self.leaders), 'leader')}"


@dataclass(frozen=True, slots=True)
class TileMap:
    """All tiles, the size of the grid, and the number of leaders that no tile stands for."""

    tiles: tuple[Tile, ...]
    columns: int
    rows: int
    elsewhere: int

    @property
    def placed(self) -> list[Tile]:
        """The tiles with a position, by the country's name."""
        return sorted((t for t in self.tiles if t.placed), key=lambda t: country_name(t.country))


def tile_map(leaders: Sequence[Leader]) -> TileMap | None:
    """The map of these leaders; None where fewer than three countries have a position."""
    by_country: dict[str, list[Leader]] = {}
    for leader in leaders:
        if leader.overall is not None:
            by_country.setdefault(leader.speaks_for or "", []).append(leader)
    tiles = tuple(_tile(code, column, row, by_country.get(code, ())) for code, (column, row) in places().items())
    shown = sum(len(tile.leaders) for tile in tiles)
    if sum(tile.placed is not None for tile in tiles) < _FEWEST:
        return None
    return TileMap(
        tiles,
        columns=max(tile.column for tile in tiles) + 1,
        rows=max(tile.row for tile in tiles) + 1,
        elsewhere=sum(map(len, by_country.values())) - shown,
    )


@cache
def places() -> dict[str, tuple[int, int]]:
    """Column and row of each country (alpha-3), from the upper left."""
    with (files("stance.report") / "assets" / "tiles.csv").open(encoding="utf-8") as handle:
        return {line["country"]: (int(line["column"]), int(line["row"])) for line in csv.DictReader(handle)}


def _tile(country: str, column: int, row: int, leaders: Sequence[Leader]) -> Tile:
    return Tile(country, column, row, place(_mean(leaders)) if leaders else None, tuple(leaders))


def _mean(leaders: Sequence[Leader]) -> Estimate:
    """The mean of the leaders' scores, each with the same weight, and its interval as if they were independent and
    normal."""
    own = [leader.overall.position for leader in leaders if leader.overall]
    score = sum(p.score for p in own) / len(own)
    below, above = (
        hypot(*gaps) / len(own) for gaps in ([p.score - p.low for p in own], [p.high - p.score for p in own])
    )
    return Estimate(score, max(-1.0, score - below), min(1.0, score + above))
