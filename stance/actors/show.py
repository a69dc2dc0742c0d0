"""An actor as a line of text or a JSON object, for `stance actors`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from stance.records import Actor, Office


def actor_line(actor: Actor, on: str | None = None) -> str:
    """Name, country, kind, offices (those of the day asked for) and id, separated by tabs."""
    offices = actor.offices_on(on) if on else actor.offices
    return "\t".join([actor.name, actor.country or "-", actor.kind, "; ".join(map(_office, offices)) or "-", actor.id])


def _office(office: Office) -> str:
    where = office.country or office.organisation or ""
    body = f", {office.body}" if office.body else ""
    return f"{office.title} ({where}{body}) {office.start or ''}..{office.end or ''}"


def actor_json(actor: Actor) -> dict[str, Any]:
    """The actor as in the registry's files, fields that are empty left out."""
    row = {key: value for key, value in asdict(actor).items() if value not in (None, (), [])}
    if "offices" in row:
        row["offices"] = [{k: v for k, v in office.items() if v is not None} for office in row["offices"]]
    return row
