"""Slices by period, recipient, country, party and alliance, and how near leaders stand to each other."""

from __future__ import annotations

import csv
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from test_positions import AGAINST, FOR, OPEN

from stance.agreement import pairs
from stance.estimate import mean_summary, summary
from stance.positions import positions
from stance.records import Actor, Article, InputError, Judgement, Office, Position, Scored, Statement, Topic
from stance.report.tables import write_slices_csv
from stance.slices import KEYS, parse_by, slices


def said(
    actor: Actor, probabilities: dict[str, float], n: int, day: str | None = None, recipient: str = "UKR"
) -> Scored:
    """One statement, its words unlike those of any other number."""
    letters = random.Random(n)
    text = " ".join("".join(letters.choices("abdegiklmnoprstu", k=6)) for _ in range(7))
    statement = Statement(f"s{n}", f"a{n}", actor, None, None, ((0, len(text)),), text, "direct")
    judgement = Judgement(max(probabilities, key=lambda s: probabilities[s]), probabilities)
    return Scored(Article(f"a{n}", None, text, day), statement, Topic(1.0, ("tanks",), recipient), judgement)


ADA = Actor("ada", "Ada Example", "person", "FIN")
BO = Actor("bo", "Bo Example", "person", "SWE")


def rows(by: str, scored: list[Scored], **options: object) -> dict[tuple[str, str | None], object]:
    return {(row.key, row.actor_id): row for row in slices(scored, (by,), **options)}  # type: ignore[arg-type]


def test_members_count_from_the_day_their_country_joined():
    # Finland joined NATO on 4 April 2023, Sweden on 7 March 2024
    scored = [said(ADA, AGAINST, n, "2023-04-03") for n in range(4)]
    scored += [said(ADA, FOR, n, "2023-04-04") for n in range(4, 7)]
    scored += [said(BO, AGAINST, n, "2023-06-01") for n in range(7, 9)]
    found = rows("alliance", scored)
    assert found["NATO", None].statements == 3
    assert found["NATO", None].actors == 1
    assert found["NATO", None].counts == {"support": 3, "oppose": 0, "undecided": 0}
    assert found["EU", None].statements == 9
    assert found["EU", None].actors == 2


def test_periods_hold_their_own_statements_and_no_others():
    scored = [said(ADA, FOR, 1, "2023-12-31"), said(ADA, AGAINST, 2, "2024-01-01"), said(ADA, OPEN, 3, "2024-04-01")]
    scored.append(said(ADA, FOR, 4))  # of no known day
    assert [key for key, actor in rows("month", scored) if actor] == ["2023-12", "2024-01", "2024-04"]
    assert [key for key, actor in rows("quarter", scored) if actor] == ["2023-Q4", "2024-Q1", "2024-Q2"]
    years = rows("year", scored)
    assert years["2024", "ada"].counts == {"support": 0, "oppose": 1, "undecided": 1}
    assert years["2023", "ada"].score > 0 > years["2024", "ada"].score


def test_within_a_period_age_does_not_count_and_elsewhere_it_does():
    old = [said(ADA, AGAINST, n, "2024-01-01") for n in range(5)]
    scored = old + [said(ADA, FOR, n, "2024-12-31") for n in range(5, 10)]
    assert rows("year", scored, half_life=30)["2024", "ada"].score == pytest.approx(0, abs=0.05)
    assert rows("recipient", scored, half_life=30)["UKR", "ada"].score > 0.3


def test_a_group_is_the_mean_of_its_actors_however_much_each_says():
    scored = [said(ADA, FOR, n, "2024-05-01") for n in range(20)] + [said(BO, AGAINST, 30, "2024-05-01")]
    found = rows("alliance", scored)
    ada, bo, both = (found["EU", who] for who in ("ada", "bo", None))
    assert both.score == pytest.approx((ada.score + bo.score) / 2, abs=0.01)
    # a mean of two is better known than the less known of them
    assert both.high - both.low < bo.high - bo.low


def test_the_interval_of_a_mean_is_that_of_drawing_it():
    generator = np.random.default_rng(4)
    masses = [generator.dirichlet(np.ones(121)) for _ in range(3)]
    values = np.linspace(-60, 60, 121) / 61
    drawn = np.mean([generator.choice(values, 200_000, p=mass) for mass in masses], axis=0)
    score, low, high = mean_summary(masses)
    assert (score, low, high) == pytest.approx((drawn.mean(), *np.quantile(drawn, [0.05, 0.95])), abs=0.01)
    assert mean_summary(masses[:1]) == pytest.approx(summary(masses[0]))


def test_who_holds_an_international_office_speaks_for_no_country():
    abroad = replace(ADA, offices=(Office("Secretary", organisation="body", start="2024-01-01"),))
    scored = [said(abroad, FOR, 1, "2023-06-01"), said(abroad, FOR, 2, "2024-06-01")]
    assert rows("country", scored)["FIN", None].statements == 2 - 1


def test_parties_of_one_name_stay_apart():
    one, two = Actor("antonio-costa", "A", "person", "PRT"), Actor("francois-hollande", "F", "person", "FRA")
    found = rows("party", [said(one, FOR, 1, "2024-05-01"), said(two, FOR, 2, "2024-05-01")])
    assert {key for key, _ in found} == {"Socialist Party (PRT)", "Socialist Party (FRA)"}


def test_recipients_and_items():
    scored = [said(ADA, FOR, 1, recipient="UKR"), said(ADA, AGAINST, 2, recipient="ISR")]
    assert {key: row.score > 0 for (key, who), row in rows("recipient", scored).items() if who} == {
        "UKR": True,
        "ISR": False,
    }
    overall = {p.item: p for p in positions(scored)}
    assert rows("item", scored)["tanks", "ada"].score == pytest.approx(overall["tanks"].score)


def test_the_file_is_tidy(tmp_path):
    write_slices_csv(tmp_path / "slices.csv", slices([said(ADA, FOR, 1, "2024-05-01")], ("month", "alliance")))
    with (tmp_path / "slices.csv").open(encoding="utf-8") as handle:
        read = list(csv.DictReader(handle))
    assert {(r["by"], r["key"], r["actor_id"]) for r in read if r["by"] == "month"} == {
        ("month", "2024-05", ""),
        ("month", "2024-05", "ada"),
    }
    assert all(-1 <= float(r["low"]) <= float(r["score"]) <= float(r["high"]) <= 1 for r in read)
    assert all(r["support"] == "1" and r["statements"] == "1" for r in read)


def test_names_of_dimensions_are_checked():
    assert parse_by("month, Alliance,month") == ("month", "alliance")
    assert parse_by(None) == ()
    with pytest.raises(InputError, match="choose from " + ", ".join(KEYS)):
        parse_by("month,planet")


Z = norm.ppf(0.95)


# A "position" for the pairs, its interval from a standard deviation
def at(name: str, score: float, sd: float = 0.1, item: str | None = None) -> Position:
    return Position(name, name, None, item, score, score - Z * sd, score + Z * sd, 9, 9, {}, ())


scores = st.floats(-0.6, 0.6)
deviations = st.floats(0.01, 0.2)


@given(scores, scores, deviations, deviations)
def test_agreement_is_the_chance_of_one_side(a, b, sd_a, sd_b):
    (pair,) = pairs([at("a", a, sd_a), at("b", b, sd_b)])
    above, above_too = norm.sf(0, a, sd_a), norm.sf(0, b, sd_b)
    assert pair.same_side == pytest.approx(above * above_too + (1 - above) * (1 - above_too), abs=1e-6)
    assert pair.difference == pytest.approx(a - b)
    low, high = norm.interval(0.9, a - b, np.hypot(sd_a, sd_b))
    assert (pair.low, pair.high) == pytest.approx((max(-2, low), min(2, high)), abs=1e-3)


def test_distance_is_over_the_items_of_both():
    own = [at("a", 0.5), at("a", 0.8, item="tanks"), at("a", -0.2, item="troops")]
    other = [at("b", 0.1), at("b", 0.2, item="tanks"), at("b", 0.6, item="drones"), at("b", 0.0, item="troops")]
    (pair,) = pairs(own + other)
    assert (pair.items, pair.distance) == (2, pytest.approx(0.4))
    (bare,) = pairs([*own, at("c", 0.0)])
    assert (bare.items, bare.distance) == (0, None)
    assert [(p.first.actor, p.second.actor) for p in pairs([*own, *other, at("c", 0.0)])] == [
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    ]
