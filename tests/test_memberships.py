"""Memberships by date: the files are sound, and what they say agrees with public record."""

import csv
import json
from collections import defaultdict
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.actors.memberships import alliances_of, bodies, party_of
from stance.actors.registry import load_registry
from stance.readers.rows import iso_day

DATA = files("stance") / "actors" / "data"
ALLIANCES = list(csv.DictReader((DATA / "alliances.csv").read_text("utf-8").splitlines()))
PARTIES = list(csv.DictReader((DATA / "parties.csv").read_text("utf-8").splitlines()))
COUNTRIES = {json.loads(line)["code"] for line in (DATA / "countries.jsonl").read_text("utf-8").splitlines()}


def members(body, day):
    return sum(body in alliances_of(code, day) for code in COUNTRIES)


@pytest.mark.parametrize(
    ("body", "day", "count"),
    [
        *(("NATO", "1949-08-23", 0), ("NATO", "1949-08-24", 12), ("NATO", "1990-10-03", 16)),
        *(("NATO", "2021-06-01", 30), ("NATO", "2023-04-04", 31), ("NATO", "2024-03-07", 32)),
        *(("EU", "1958-01-01", 6), ("EU", "2004-05-01", 25), ("EU", "2015-01-01", 28), ("EU", "2020-02-01", 27)),
        *(("G7", "1975-12-01", 6), ("G7", "2022-06-26", 7)),
        *(("BRICS", "2010-01-01", 4), ("BRICS", "2015-07-09", 5), ("BRICS", "2025-02-01", 10)),
    ],
)
def test_members_by_public_record(body, day, count):
    assert members(body, day) == count


def test_the_files_are_sound():
    registry = {actor.id for actor in load_registry().search(None, None)}
    assert {row["country"] for row in ALLIANCES} <= COUNTRIES
    assert {row["actor_id"] for row in PARTIES} <= registry
    terms = defaultdict(list)
    for row in ALLIANCES:
        terms[row["body"], row["country"]].append(row)
    for row in PARTIES:
        terms[row["actor_id"]].append(row)
    for rows in terms.values():
        for row in rows:
            assert all(not row[edge] or iso_day(row[edge]) == row[edge] for edge in ("start", "end"))
            assert not row["end"] or row["start"] < row["end"]
        ordered = sorted(rows, key=lambda r: r["start"])
        for before, after in pairwise(ordered):
            assert before["end"], before
            assert before["end"] <= after["start"]


@given(st.sampled_from(ALLIANCES), st.dates())
def test_in_from_the_first_day_to_the_day_before_the_last(row, day):
    on = day.isoformat()
    inside = row["start"] <= on and (not row["end"] or on < row["end"])
    assert (row["body"] in alliances_of(row["country"], on)) == inside
    assert row["body"] in alliances_of(row["country"], row["start"])
    if row["end"]:
        assert row["body"] not in alliances_of(row["country"], row["end"])


def test_an_unknown_day_is_the_latest_state_and_nobody_is_in_nothing():
    assert "NATO" in alliances_of("SWE", None)
    assert "EU" not in alliances_of("GBR", None)
    assert alliances_of(None, "2024-01-01") == alliances_of("XXX", None) == ()
    assert set(bodies()) >= {"NATO", "EU", "G7", "BRICS"}


def test_parties_change_with_their_members():
    assert party_of("peter-pellegrini", "2019-01-01") == "Smer"
    assert party_of("peter-pellegrini", "2024-01-01") == "Hlas"
    assert party_of("nobody", None) is None
