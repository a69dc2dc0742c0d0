"""The files that `stance report --also` writes beside the report: one registry, a name for each kind of export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stance.records import InputError
from stance.report.appendix import write_appendix_csv, write_appendix_markdown
from stance.report.events import write_events
from stance.report.files import write_statements
from stance.report.markdown import write_positions_markdown
from stance.report.schema import write_schemas
from stance.report.tables import write_agreement_csv, write_matrix_csv, write_positions_parquet
from stance.report.view import Content
from stance.report.workbook import write_workbook

ALL = "all"


Facts = Mapping[str, str]  # about the report, by name, that a reader should know


def parse_also(names: str | None) -> tuple[str, ...]:
    """The exports that a list such as "csv,xlsx" asks for, in the registry's order; InputError for any other name."""
    if names is None:
        return ()
    asked = {name.strip().lower() for name in names.split(",")}
    unknown = sorted(asked - EXPORTS.keys() - {ALL})
    if unknown:
        raise InputError(f"--also {unknown[0]!r} is no export: choose from {', '.join((*EXPORTS, ALL))}.")
    return tuple(name for name in EXPORTS if ALL in asked or name in asked)


def write_also(names: Sequence[str], folder: Path, content: Content, facts: Facts) -> list[str]:
    """Writes the named exports into a folder; returns what the user should be told of them, a sentence each."""
    return [note for name in names for note in EXPORTS[name](folder, content, facts)]


def _csv(folder: Path, content: Content, _facts: Facts) -> Sequence[str]:
    write_statements(folder / "statements.csv", content.scored)
    return ()


def _parquet(folder: Path, content: Content, _facts: Facts) -> Sequence[str]:
    write_statements(folder / "statements.parquet", content.scored)
    write_positions_parquet(folder / "positions.parquet", content.positions)
    return ()


def _xlsx(folder: Path, content: Content, facts: Facts) -> Sequence[str]:
    write_workbook(folder / "report.xlsx", content, facts)
    return ()


def _markdown(folder: Path, content: Content, facts: Facts) -> Sequence[str]:
    write_positions_markdown(folder / "positions.md", content.positions, facts)
    return ()


def _appendix(folder: Path, content: Content, facts: Facts) -> Sequence[str]:
    write_appendix_markdown(folder / "appendix.md", content.scored, facts)
    write_appendix_csv(folder / "appendix.csv", content.scored)
    return ()


def _matrix(folder: Path, content: Content, _facts: Facts) -> Sequence[str]:
    write_matrix_csv(folder / "matrix.csv", content.positions)
    return ()


def _agreement(folder: Path, content: Content, _facts: Facts) -> Sequence[str]:
    write_agreement_csv(folder / "agreement.csv", content.positions)
    return ()


def _events(folder: Path, content: Content, _facts: Facts) -> Sequence[str]:
    return (write_events(folder / "events.csv", content.scored),)


def _schema(folder: Path, _content: Content, _facts: Facts) -> Sequence[str]:
    write_schemas(folder)
    return ()


EXPORTS: dict[str, Callable[[Path, Content, Facts], Sequence[str]]] = {
    "csv": _csv,
    "parquet": _parquet,
    "xlsx": _xlsx,
    "markdown": _markdown,
    "appendix": _appendix,
    "matrix": _matrix,
    "agreement": _agreement,
    "events": _events,
    "schema": _schema,
}
