"""Positions for the terminal (a rich table) and for pipes (tab-separated text)."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from stance.records import Position
from stance.report.wording import item_label, one_line, signed

_HALF = 7  # cells from the middle of the bar to a score of 1
_STYLES = {"support": "blue", "oppose": "dark_orange", "undecided": "bright_black"}
_COLUMNS = (
    *("actor_id", "leader", "country", "item", "score", "low", "high", "statements", "articles"),
    *("support", "undecided", "oppose", "first", "last"),
)


def positions_table(positions: Sequence[Position]) -> Table:
    """The leaders' overall positions, ordered by score; where there are none, those by item."""
    rows = _rows(positions)
    with_item = any(p.item for p in rows)
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=0,  # one space between columns: all of it fits into 80 cells
        pad_edge=False,
        show_edge=False,
        caption="● score and ━ 90% interval, from −1 (opposes) to +1 (supports). "
        "S/U/O: statements that support, are undecided, oppose.",
        caption_justify="left",
    )
    table.add_column("Leader", overflow="fold", min_width=12)
    table.add_column("Country", no_wrap=True)
    if with_item:
        table.add_column("Item", overflow="fold")
    table.add_column(_bar_head(), no_wrap=True)
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("90% interval", justify="right", no_wrap=True)
    table.add_column("St.", justify="right", no_wrap=True)
    table.add_column("S/U/O", justify="right", no_wrap=True)
    table.add_column("Last", no_wrap=True)
    for p in rows:
        table.add_row(
            Text(one_line(p.actor)),
            Text(one_line(p.country or "")),
            *([Text(item_label(p.item or ""))] if with_item else []),
            interval_bar(p),
            signed(p.score),
            f"{signed(p.low)}…{signed(p.high)}",
            str(p.statements),
            "/".join(str(n) for n in _counts(p)),
            Text(one_line(p.last or "")),
        )
    return table


def positions_text(positions: Sequence[Position]) -> str:
    """The same rows as `positions_table`, tab-separated under a header, with plain numbers and codes."""
    lines = ["\t".join(_COLUMNS)]
    for p in _rows(positions):
        numbers = (f"{x:.4f}" for x in (p.score, p.low, p.high))
        who, basis = (p.actor_id, p.actor, p.country, p.item), (p.statements, p.articles, *_counts(p))
        cells = (*who, *numbers, *basis, p.first, p.last)
        lines.append("\t".join("" if cell is None else one_line(str(cell)) for cell in cells))
    return "\n".join(lines) + "\n"


def interval_bar(position: Position) -> Text:
    """An axis of 15 cells from −1 to +1: ━ the interval, ● the score, │ the middle."""
    low, at, high = (_cell(x) for x in (position.low, position.score, position.high))
    lean = "support" if position.low > 0 else "oppose" if position.high < 0 else "undecided"
    bar = Text()
    for cell in range(2 * _HALF + 1):
        if cell == at:
            bar.append("●", _STYLES[lean])
        elif low <= cell <= high:
            bar.append("┿" if cell == _HALF else "━", _STYLES[lean])
        else:
            bar.append("│" if cell == _HALF else "╌", "dim")
    return bar


def _bar_head() -> str:
    return "−1".ljust(_HALF) + "0" + "+1".rjust(_HALF)


def _cell(score: float) -> int:
    return round(_HALF * (1 + max(-1.0, min(1.0, score))))


def _counts(position: Position) -> tuple[int, int, int]:
    counts = position.counts
    return counts.get("support", 0), counts.get("undecided", 0), counts.get("oppose", 0)


def _rows(positions: Sequence[Position]) -> list[Position]:
    overall = [p for p in positions if p.item is None] or list(positions)
    return sorted(overall, key=lambda p: (-p.score, p.actor, p.item or ""))
