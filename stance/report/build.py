"""The main job's last step: narrows scored statements, pools them, and writes the report's files to a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from stance.actors.registry import fold
from stance.changes import moves
from stance.counting import HALF_LIFE
from stance.positions import positions
from stance.readers.rows import require_day
from stance.records import ITEMS, InputError, Position, Scored
from stance.report.also import write_also
from stance.report.files import write_moves_json, write_positions_json, write_statements
from stance.report.html import write_html
from stance.report.tables import write_positions_csv, write_slices_csv
from stance.report.view import Content
from stance.slices import slices

if TYPE_CHECKING:
    from stance.model import StanceModel


@dataclass(frozen=True)
class Narrow:
    """What a report is limited to; None limits nothing. Dates are ISO days, both ends included."""

    actor: str | None = None
    item: str | None = None
    recipient: str | None = None
    since: str | None = None
    until: str | None = None

    def check(self) -> None:
        """Raises InputError for a value that can match nothing."""
        if self.item is not None and self.item not in ITEMS:
            raise InputError(f"--item {self.item!r} is no item: choose one of {', '.join(ITEMS)}.")
        require_day("--since", self.since)
        require_day("--until", self.until)

    def words(self) -> dict[str, str]:
        """The limits, for the report's notes; nothing where there are none."""
        limits = [f"{name} {value}" for name, value in vars(self).items() if value is not None]
        return {"Limited to": ", ".join(limits)} if limits else {}

    def keeps(self, scored: Scored) -> bool:
        """Whether a statement is within the limits; one without a date is outside of any period."""
        day, actor = scored.article.published, scored.statement.actor
        if self.actor is not None and (
            actor is None or (fold(self.actor) not in fold(actor.name) and self.actor != actor.id)
        ):
            return False
        if self.item is not None and self.item not in scored.topic.items:
            return False
        if self.recipient is not None and self.recipient.upper() != scored.topic.recipient:
            return False
        if self.since is not None and (day is None or day < self.since):
            return False
        return self.until is None or (day is not None and day <= self.until)


def build_report(
    scored: Sequence[Scored],
    narrow: Narrow,
    folder: Path,
    articles: int,
    model: StanceModel | None = None,
    half_life: float = HALF_LIFE,
    by: Sequence[str] = (),
    also: Sequence[str] = (),
) -> tuple[list[Position], list[str]]:
    """Writes report.html, statements.jsonl, positions.csv, positions.json and moves.json; returns the positions, and
    what the user should be told of the exports.

    Given the model that judged, report.html tells its reasons too. `half_life` is in days, 0 for none. With names of
    `stance.slices.KEYS` in `by`, slices.csv is written too, with names of `stance.report.also.EXPORTS` in `also` those
    exports.
    """
    kept = [one for one in scored if narrow.keeps(one)]
    errors = model.errors if model else None
    content = Content(
        kept,
        positions(kept, half_life=half_life, errors=errors),
        moves(kept, errors),
        slices(kept, by, half_life, errors) if by else None,
        model,
    )
    return list(content.positions), write_report(folder, content, narrow, articles, also)


def write_report(folder: Path, content: Content, narrow: Narrow, articles: int, also: Sequence[str] = ()) -> list[str]:
    """Writes the files of a report that is worked out; see `build_report`."""
    generated = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, stance {version('stance')}"
    coverage = f"{articles} articles read; {len(content.scored)} statements about military aid found in them."
    write_statements(folder / "statements.jsonl", content.scored)
    write_positions_csv(folder / "positions.csv", content.positions)
    write_positions_json(folder / "positions.json", content.positions, generated=generated)
    write_moves_json(folder / "moves.json", content.moves, generated=generated)
    if content.slices is not None:
        write_slices_csv(folder / "slices.csv", content.slices)
    notes = {"Coverage": coverage} | narrow.words()
    told = write_also(also, folder, content, {"Made": generated} | notes)
    title = "Who stands where on military aid"
    write_html(folder / "report.html", content, title=title, generated=generated, notes=notes)
    return told
