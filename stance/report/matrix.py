"""The matrix of leaders and items: where each leader stands on each item it is reported to have spoken of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from stance.records import Position
from stance.report.leaders import Leader
from stance.report.placing import Placed


@dataclass(frozen=True, slots=True)
class Matrix:
    """One row a leader, of shape (leaders, items); None where nothing was said."""

    items: list[str]
    rows: list[tuple[Leader, list[Placed[Position] | None]]]


def matrix(leaders: Sequence[Leader]) -> Matrix | None:
    """The items with most statements first, the leaders in their order; None for fewer than two of either."""
    rows = [(leader, {p.position.item or "": p for p in leader.by_item}) for leader in leaders if leader.by_item]
    said = Counter[str]()
    for _, places in rows:
        said.update({item: placed.position.statements for item, placed in places.items()})
    # what no item is named for says nothing about items, and stands last
    items = sorted(said, key=lambda item: (item == "unspecified", -said[item], item))
    if len(rows) < 2 or len(items) < 2:
        return None
    return Matrix(items, [(leader, [places.get(item) for item in items]) for leader, places in rows])
