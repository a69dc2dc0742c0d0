"""Positions: the estimate's properties, copies, items."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.positions import distinct_statements, estimate, positions
from stance.records import Actor, Article, Judgement, Scored, Statement, Topic

FOR = {"support": 0.9, "oppose": 0.04, "undecided": 0.06}
AGAINST = {"support": 0.04, "oppose": 0.9, "undecided": 0.06}
OPEN = {"support": 0.05, "oppose": 0.05, "undecided": 0.9}

weights = st.tuples(*[st.floats(0.0, 1.0)] * 3).filter(lambda w: sum(w) > 1e-3)
probabilities = weights.map(
    lambda w: dict(zip(("support", "oppose", "undecided"), (x / sum(w) for x in w), strict=True))
)


@settings(max_examples=60, deadline=None)
@given(st.lists(probabilities, max_size=30))
def test_score_and_interval_are_inside_the_scale(rows):
    score, low, high = estimate(rows)
    assert -1 <= low <= score <= high <= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(probabilities, max_size=30))
def test_symmetric(rows):
    score, low, high = estimate(rows)
    turned = [{"support": p["oppose"], "oppose": p["support"], "undecided": p["undecided"]} for p in rows]
    assert estimate(turned) == pytest.approx((-score, -high, -low), abs=2.5e-2)


@settings(max_examples=30, deadline=None)
@given(st.lists(probabilities, min_size=1, max_size=10))
def test_order_of_statements_does_not_matter(rows):
    assert estimate(rows[::-1]) == pytest.approx(estimate(rows), abs=1e-6)


def test_nothing_known():
    score, low, high = estimate([])
    assert score == pytest.approx(0, abs=1e-12)
    assert low == pytest.approx(-high)
    assert high > 0.6


@pytest.mark.parametrize("one", [FOR, AGAINST, OPEN])
def test_interval_narrows_with_statements(one):
    widths = [high - low for _, low, high in (estimate([one] * n) for n in (1, 2, 5, 20, 100))]
    assert widths == sorted(widths, reverse=True)
    assert len(set(widths)) == 5


def test_one_statement_makes_no_extremist():
    scores = [estimate([FOR] * n)[0] for n in (1, 3, 30)]
    assert 0 < scores[0] < scores[1] < scores[2] < 1
    assert scores[0] < 0.6


def actor(name="A", key="Q1"):
    return Actor(key, name, "person", "SVK")


def row(number, text, stance=FOR, who=None, items=("tanks",), day="2024-01-01"):
    article = Article(f"a{number}", None, text, published=day)
    statement = Statement(f"s{number}", article.id, who or actor(), None, None, ((0, len(text)),), text, "direct")
    best = max(stance, key=stance.get)
    return Scored(article, statement, Topic(0.9, items, "UKR"), Judgement(best, stance, stance[best]))


TEXT = "We will never send a single soldier over the border into that war, whatever our allies may ask of us"


def test_copies_count_once():
    rows = [
        row(1, TEXT, AGAINST, day="2024-02-02"),
        row(2, TEXT.replace("never", "Never") + ".", AGAINST),
        row(3, TEXT.upper(), AGAINST),
        row(4, "Ammunition is another matter and there the cabinet keeps thinking it over", OPEN),
    ]
    assert sorted(len(g) for g in distinct_statements(rows)) == [1, 3]
    overall = next(p for p in positions(rows) if p.item is None)
    assert (overall.statements, overall.articles) == (2, 4)
    assert overall.counts == {"support": 0, "oppose": 1, "undecided": 1}
    assert len(overall.evidence) == 2
    assert "s2" in overall.evidence  # the earliest of the copies
    assert (overall.first, overall.last) == ("2024-01-01", "2024-02-02")
    alone = next(p for p in positions([rows[0], rows[3]]) if p.item is None)
    assert (overall.score, overall.low, overall.high) == pytest.approx((alone.score, alone.low, alone.high))


def test_items_are_told_apart():
    rows = [
        row(1, "Every tank that we can spare will be on a train before the spring comes", FOR, items=("tanks",)),
        row(2, TEXT, AGAINST, items=("troops",)),
        row(
            3,
            "Shells and howitzers go together and both of them will go from here",
            FOR,
            items=("artillery", "ammunition"),
        ),
    ]
    by_item = {p.item: p for p in positions(rows)}
    assert set(by_item) == {None, "tanks", "troops", "artillery", "ammunition"}
    assert by_item["tanks"].score > 0 > by_item["troops"].score
    assert by_item[None].statements == 3
    assert by_item["troops"].evidence == ("s2",)
    assert [p.item for p in positions(rows, by_item=False)] == [None]


def test_one_position_an_actor_from_support_to_oppose():
    b = actor("B", "Q2")
    found = positions([row(1, TEXT, AGAINST), row(2, TEXT, FOR, who=b)], by_item=False)
    assert [p.actor_id for p in found] == ["Q2", "Q1"]


def test_unresolved_and_off_topic_are_left_out():
    one = row(1, TEXT)
    unresolved = Statement("u", "a1", None, None, None, ((0, 3),), TEXT, "direct")
    off_topic = Scored(one.article, one.statement, Topic(0.1), Judgement(None))
    assert positions([Scored(one.article, unresolved, one.topic, one.judgement), off_topic]) == []
    assert positions([]) == []
