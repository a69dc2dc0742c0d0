"""The JSON Schemas (draft 2020-12) of a line of statements.jsonl, of positions.json and of moves.json."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from stance.report.atomic import write_text

SCHEMAS = ("statements.schema.json", "positions.schema.json", "moves.schema.json")


def schema_text(name: str) -> str:
    """The text of one of `SCHEMAS`."""
    return files("stance.report").joinpath(f"assets/{name}").read_text(encoding="utf-8")


def load_schema(name: str) -> dict[str, Any]:
    """One of `SCHEMAS` as an object, for a validator."""
    schema: dict[str, Any] = json.loads(schema_text(name))
    return schema


def write_schemas(folder: Path) -> None:
    """Writes every schema into a folder, under its own name."""
    for name in SCHEMAS:
        write_text(folder / name, schema_text(name))
