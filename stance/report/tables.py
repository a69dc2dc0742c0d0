"""Positions as tables: one row each, by slice, as a matrix of leaders and items, and by pairs of leaders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stance.agreement import Pair, pairs
from stance.records import STANCES, Position, position_json
from stance.report.atomic import atomic_file
from stance.report.files import well_formed, write_csv
from stance.slices import Slice

if TYPE_CHECKING:
    import pyarrow as pa

POSITION_COLUMNS = (
    *("actor_id", "actor", "country", "item", "score", "low", "high", "level", "statements", "articles"),
    *(*STANCES, "first", "last", "evidence"),
)


def write_positions_csv(path: Path, positions: Sequence[Position]) -> None:
    """Writes positions as csv, one row for each, the evidence as a JSON list."""
    write_csv(path, POSITION_COLUMNS, map(position_row, positions))


def write_positions_parquet(path: Path, positions: Sequence[Position]) -> None:
    """Writes positions as parquet, one row for each, the evidence as a list."""
    from pyarrow import parquet

    with atomic_file(path) as file:
        parquet.write_table(position_table(positions), file, compression="zstd")


def position_table(positions: Sequence[Position]) -> pa.Table:
    """Positions as an Arrow table, one row for each, the evidence as a list."""
    import pyarrow as pa

    kinds: dict[str, pa.DataType] = {name: pa.string() for name in POSITION_COLUMNS}
    kinds |= dict.fromkeys(("score", "low", "high", "level"), pa.float64())
    kinds |= dict.fromkeys(("statements", "articles", *STANCES), pa.int64())
    kinds["evidence"] = pa.list_(pa.string())
    rows = [{name: well_formed(value) for name, value in position_row(p).items()} for p in positions]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(kinds.items())))


def position_row(position: Position) -> dict[str, Any]:
    """A position as one row of `POSITION_COLUMNS`."""
    row = position_json(position)
    pooled = row["position"]
    low, high = pooled["interval"]
    counts = {stance: row["counts"].get(stance, 0) for stance in STANCES}
    whole = row | pooled | counts | {"low": low, "high": high}
    return {name: whole[name] for name in POSITION_COLUMNS}


def write_slices_csv(path: Path, rows: Iterable[Slice]) -> None:
    """Writes slices as csv, one row for each."""
    names = [field.name for field in fields(Slice) if field.name != "counts"]
    at = names.index("first")
    write_csv(path, (*names[:at], *STANCES, *names[at:]), (_slice_row(row, names) for row in rows))


def _slice_row(row: Slice, names: Sequence[str]) -> dict[str, Any]:
    scores = {name: round(getattr(row, name), 4) for name in ("score", "low", "high")}
    return {name: getattr(row, name) for name in names} | dict(row.counts) | scores


def write_matrix_csv(path: Path, positions: Sequence[Position]) -> None:
    """Writes the scores as a table of leaders by items, "overall" first; empty where a leader said nothing of it."""
    found = {(p.actor_id, p.item): p for p in positions}
    items = sorted({item for _, item in found if item})
    columns = ("actor_id", "actor", "country", "overall", *items)
    leaders = [p for p in positions if p.item is None]
    write_csv(path, columns, (_matrix_row(leader, items, found) for leader in leaders))


def _matrix_row(
    leader: Position, items: Sequence[str], found: Mapping[tuple[str, str | None], Position]
) -> dict[str, Any]:
    scores = {item: round(p.score, 4) if (p := found.get((leader.actor_id, item))) else None for item in items}
    who = {"actor_id": leader.actor_id, "actor": leader.actor, "country": leader.country}
    return who | {"overall": round(leader.score, 4)} | scores


def write_agreement_csv(path: Path, positions: Sequence[Position]) -> None:
    """Writes the distance and agreement of every pair of leaders; see `stance.agreement.Pair`."""
    names = ("difference", "low", "high", "same_side", "items", "distance")
    columns = ("actor_id", "actor", "other_id", "other", *names)
    write_csv(path, columns, (_pair_row(pair, names) for pair in pairs(positions)))


def _pair_row(pair: Pair, names: Sequence[str]) -> dict[str, Any]:
    numbers = {name: getattr(pair, name) for name in names}
    who = {"actor_id": pair.first.actor_id, "actor": pair.first.actor}
    other = {"other_id": pair.second.actor_id, "other": pair.second.actor}
    return who | other | {k: round(v, 4) if isinstance(v, float) else v for k, v in numbers.items()}
