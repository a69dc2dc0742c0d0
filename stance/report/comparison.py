"""A comparison for the terminal, for pipes (tab-separated), and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from stance.compare import Comparison, Contrast
from stance.records import Position, position_json
from stance.report.files import json_text
from stance.report.table import interval_bar
from stance.report.wording import one_line, signed

_COLUMNS = (
    *("group", "actor_id", "leader", "country"),
    *(f"{name}_{side}" for side in ("before", "after") for name in ("score", "low", "high", "statements")),
    *("change", "change_low", "change_high", "probability", "false_discovery_rate"),
)
_GROUPS = {"moved": "Moved", "same": "No clear change", "new": "New voices", "lost": "Lost voices"}


def comparison_json(found: Comparison, names: Sequence[str]) -> dict[str, Any]:
    """The comparison as one JSON object; `names` say what was compared, before and after."""
    return {
        "before": names[0],
        "after": names[1],
        "moved": [_contrast_json(one) for one in found.moved],
        "same": [_contrast_json(one) for one in found.same],
        "new": [position_json(p) for p in found.new],
        "lost": [position_json(p) for p in found.lost],
    }


def comparison_text(found: Comparison) -> str:
    """Tab-separated, one row a leader under a header, with plain numbers."""
    lines = ["\t".join(_COLUMNS)]
    for group, before, after, contrast in _rows(found):
        who = before or after
        assert who is not None
        cells = [group, who.actor_id, who.actor, who.country or ""]
        for p in (before, after):
            cells += [f"{p.score:.4f}", f"{p.low:.4f}", f"{p.high:.4f}", str(p.statements)] if p else [""] * 4
        if contrast:
            numbers = (contrast.change, contrast.low, contrast.high)
            cells += [f"{x:.4f}" for x in (*numbers, contrast.probability, contrast.false_discovery_rate)]
        else:
            cells += [""] * 5
        lines.append("\t".join(one_line(cell) for cell in cells))
    return "\n".join(lines) + "\n"


def comparison_tables(found: Comparison, names: Sequence[str]) -> Group:
    """One table a group of leaders, for a terminal; groups without leaders are named in a line."""
    parts: list[Table | Text] = []
    rows = list(_rows(found))
    for group, title in _GROUPS.items():
        own = [row for row in rows if row[0] == group]
        if not own:
            parts.append(Text(f"{title}: none\n"))
            continue
        table = Table(box=box.SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False, title=f"{title}: {len(own)}")
        table.title_justify = "left"
        table.add_column("Leader", overflow="fold", min_width=12)
        for name, shown in zip(names, (group != "new", group != "lost"), strict=True):
            if shown:
                table.add_column(Text(one_line(name)), no_wrap=True, max_width=15)
                table.add_column("Score", justify="right", no_wrap=True)
                table.add_column("St.", justify="right", no_wrap=True)
        if group in ("moved", "same"):
            table.add_column("Change", justify="right", no_wrap=True)
            table.add_column("90% interval", justify="right", no_wrap=True)
        for _, before, after, contrast in own:
            table.add_row(*_cells(before, after, contrast))
        parts += [table, Text()]
    return Group(*parts)


def _cells(before: Position | None, after: Position | None, contrast: Contrast | None) -> Iterator[Text | str]:
    yield Text(one_line((before or after).actor))  # type: ignore[union-attr]
    for p in (before, after):
        if p:
            yield from (interval_bar(p), signed(p.score), str(p.statements))
    if contrast:
        yield from (signed(contrast.change), f"{signed(contrast.low)}…{signed(contrast.high)}")


def _rows(found: Comparison) -> Iterator[tuple[str, Position | None, Position | None, Contrast | None]]:
    for group, contrasts in (("moved", found.moved), ("same", found.same)):
        for one in contrasts:
            yield group, one.before, one.after, one
    for p in found.new:
        yield "new", None, p, None
    for p in found.lost:
        yield "lost", p, None, None


def _contrast_json(one: Contrast) -> dict[str, Any]:
    return {
        "actor_id": one.after.actor_id,
        "actor": one.after.actor,
        "country": one.after.country,
        "change": {"score": round(one.change, 4), "interval": [round(one.low, 4), round(one.high, 4)], "level": 0.9},
        "probability": round(one.probability, 4),
        "false_discovery_rate": round(one.false_discovery_rate, 4),
        "before": position_json(one.before),
        "after": position_json(one.after),
    }


def comparison_line(found: Comparison, names: Sequence[str]) -> str:
    """The comparison as JSON text."""
    return json_text(comparison_json(found, names), indent=1) + "\n"
