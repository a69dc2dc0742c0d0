"""Which alliances a country was in, and which party a person, on a day.

`data/alliances.csv` holds the dates of accession and of leaving (the first day out), `data/parties.csv` the parties
of those persons of the registry whose party is well known; both are public record, written from memory. An empty start
or end sets no bound.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from stance.records import Actor

_AFTER_ALL = "9999-12-31"  # an unknown day is taken as the latest known state


class _Term(NamedTuple):
    name: str
    start: str
    end: str

    def holds(self, day: str | None) -> bool:
        on = day or _AFTER_ALL
        return self.start <= on and (not self.end or on < self.end)


def bodies() -> tuple[str, ...]:
    """The alliances known, in alphabetical order."""
    return tuple(sorted({term.name for terms in _terms("alliances").values() for term in terms}))


def alliances_of(country: str | None, day: str | None) -> tuple[str, ...]:
    """The alliances that a country (alpha-3) was a member of on an ISO day, in alphabetical order; None as the day
    asks for the latest known state."""
    return tuple(sorted(t.name for t in _terms("alliances").get(country or "", ()) if t.holds(day)))


def party_of(actor_id: str, day: str | None) -> str | None:
    """The party of a person on an ISO day, or None where it is not known."""
    return next((t.name for t in _terms("parties").get(actor_id, ()) if t.holds(day)), None)


def country_spoken_for(actor: Actor | None, day: str | None) -> str | None:
    """The country of an actor (alpha-3), unless all its offices on an ISO day are those of international bodies: the
    President of the European Commission does not speak for the country of her passport."""
    offices = actor.offices_on(day) if actor else ()
    return None if actor is None or (offices and not any(office.country for office in offices)) else actor.country


@cache
def _terms(table: str) -> dict[str, list[_Term]]:
    name, key = {"alliances": ("body", "country"), "parties": ("party", "actor_id")}[table]
    out: dict[str, list[_Term]] = {}
    with (files("stance") / "actors" / "data" / f"{table}.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            out.setdefault(row[key], []).append(_Term(row[name], row["start"], row["end"]))
    return out
