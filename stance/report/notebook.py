"""Tables for a notebook: the first rows of statements or positions as HTML that needs no style sheet or script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stance.records import Position, Scored
from stance.report.html import environment
from stance.report.placing import place

_MOST = 30  # rows shown


def positions_html(positions: Sequence[Position]) -> str:
    """Positions with their place on the axis: those overall of several leaders, else all that there are."""
    overall = [p for p in positions if p.item is None]
    rows = overall if len(overall) > 1 else list(positions)
    return _drawn("positions", [(p, place(p)) for p in rows[:_MOST]], len(rows))


def statements_html(scored: Sequence[Scored], articles: int) -> str:
    """Statements with speaker, words and stance."""
    return _drawn("statements", scored[:_MOST], len(scored), articles)


def _drawn(macro: str, *values: Any) -> str:
    module = environment().get_template("notebook.html.j2").module
    return str(getattr(module, macro)(*values))
