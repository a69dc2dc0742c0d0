"""The report as an Excel workbook: positions, positions by item, moves, statements, notes. Text stays text in every
cell: nothing an article says is taken for a formula or a link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stance.records import STANCES, Move, Position, Scored
from stance.report.atomic import atomic_file
from stance.report.view import Content
from stance.report.wording import KIND_LABELS, STANCE_LABELS, country_name, item_label

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

ROWS = 1_048_575  # of a sheet, below its header
CHARACTERS = 32_767  # of a cell
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # in XML 1.0

# header, width in characters
_POSITIONS = {
    **{"Leader": 28, "Country": 18, "Item": 18, "Score": 8, "Low (90%)": 10, "High (90%)": 10},
    **{"Statements": 11, "Articles": 9, **{STANCE_LABELS[s]: 10 for s in STANCES}, "First": 11, "Last": 11, "Id": 14},
}
_MOVES = {
    **{"Leader": 28, "Country": 18, "Item": 18, "Last day before": 15, "First day after": 15, "Before": 8, "After": 8},
    **{"Probability": 11, "p-value": 9, "False discovery rate": 19, "Id": 14},
}
_STATEMENTS = {
    **{"Leader": 24, "Country": 18, "As written": 24, "Date": 11, "Stance": 11, "Statement": 80, "Kind": 18},
    **{STANCE_LABELS[s] + " (p)": 13 for s in STANCES},
    **{
        "Confidence": 11,
        "Needs review": 13,
        "Judged by people": 13,
        "Items": 22,
        "Recipient": 16,
        "Outlet": 20,
        "Title": 40,
        "Address": 40,
    },
    **{"File": 24, "Spans": 14, "Statement id": 18, "Article id": 18},
}


def write_workbook(path: Path, content: Content, facts: Mapping[str, str]) -> None:
    """Writes the workbook. What Excel cannot hold is cut, and the sheet of notes says how much was."""
    from xlsxwriter import Workbook

    options = {
        **{"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        **{"constant_memory": True, "in_memory": False},
    }
    cut = 0
    with atomic_file(path) as file, Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        overall = [p for p in content.positions if p.item is None]
        by_item = [p for p in content.positions if p.item is not None]
        cut += _sheet(book, bold, "Positions", _POSITIONS, map(_position, overall))
        cut += _sheet(book, bold, "By item", _POSITIONS, map(_position, by_item))
        cut += _sheet(book, bold, "Moves", _MOVES, map(_move, content.moves))
        cut += _sheet(book, bold, "Statements", _STATEMENTS, map(_statement, content.scored))
        notes = [*facts.items(), ("Scores", "from -1 (opposes) to +1 (supports); copies of a statement count once")]
        if cut:
            notes.append(("Cut", f"{cut} cells hold more than {CHARACTERS:,} characters and end in an ellipsis here"))
        _sheet(book, bold, "Notes", {"About": 20, "Text": 100}, notes)


def _sheet(book: Workbook, bold: Format, name: str, head: Mapping[str, int], rows: Iterable[Sequence[Any]]) -> int:
    """Writes one sheet, and more of them where it is full; returns the number of cells that had to be cut."""
    pending, number, cut = iter(rows), 1, 0
    while True:
        sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
        for column, (title, width) in enumerate(head.items()):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, bold)
        sheet.freeze_panes(1, 1)
        count = 0
        for count, row in enumerate(islice(pending, ROWS), 1):
            cut += sum(_cell(sheet, count, column, value) for column, value in enumerate(row))
        sheet.autofilter(0, 0, count, len(head) - 1)
        if count < ROWS:
            return cut
        number += 1


def _cell(sheet: Worksheet, row: int, column: int, value: Any) -> bool:
    """Writes one cell as what it is; tells whether it had to be cut."""
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value:
        text = _ILLEGAL.sub("\ufffd", value)
        # xlsxwriter takes a text of this form for markup of its own and writes it as it is
        text += " " if text.startswith("<r>") and text.endswith("</r>") else ""
        sheet.write_string(row, column, _fitting(text))
        return _units(text) > CHARACTERS
    return False


def _units(text: str) -> int:
    """The length of a text as Excel counts it, in UTF-16 units."""
    return len(text) + sum(c > "\uffff" for c in text)


def _fitting(text: str) -> str:
    if _units(text) <= CHARACTERS:
        return text
    return text.encode("utf-16-le")[: 2 * (CHARACTERS - 1)].decode("utf-16-le", "ignore") + "…"


def _position(p: Position) -> tuple[Any, ...]:
    scores = (round(p.score, 4), round(p.low, 4), round(p.high, 4))
    return (
        *(p.actor, country_name(p.country), item_label(p.item) if p.item else "overall", *scores),
        *(p.statements, p.articles, *(p.counts.get(s, 0) for s in STANCES), p.first, p.last, p.actor_id),
    )


def _move(m: Move) -> tuple[Any, ...]:
    numbers = (m.before[0], m.after[0], m.probability, m.p_value, m.false_discovery_rate)
    item = item_label(m.item) if m.item else "overall"
    return (m.actor, country_name(m.country), item, m.last_before, m.day, *(round(x, 4) for x in numbers), m.actor_id)


def _statement(one: Scored) -> tuple[Any, ...]:
    article, statement, judgement = one.article, one.statement, one.judgement
    actor, stance = statement.actor, judgement.stance
    return (
        actor.name if actor else None,
        country_name(actor.country) if actor else None,
        statement.source.text if statement.source else None,
        article.published,
        STANCE_LABELS[stance] if stance else None,
        statement.text,
        KIND_LABELS[statement.kind],
        *(round(judgement.probabilities[s], 4) if stance else None for s in STANCES),
        round(judgement.confidence, 4) if stance else None,
        judgement.needs_review,
        bool(judgement.reviewed_by),
        ", ".join(item_label(item) for item in one.topic.items),
        country_name(one.topic.recipient),
        *(article.source, article.title, article.url, article.path),
        ", ".join(f"{start}-{end}" for start, end in statement.spans),
        *(statement.id, article.id),
    )
