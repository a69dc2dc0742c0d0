"""Positions: the estimate's properties, copies, items."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.counting import distinct_statements
from stance.estimate import flat_prior, log_likelihood, pooled_prior, posterior, summary
from stance.positions import positions
from stance.records import Actor, Article, Judgement, Scored, Statement, Topic
from stance.reliability import class_likelihoods
from training.benchmarks.positions import POPULATIONS, measured

FOR = {"support": 0.9, "oppose": 0.04, "undecided": 0.06}
AGAINST = {"support": 0.04, "oppose": 0.9, "undecided": 0.06}
OPEN = {"support": 0.05, "oppose": 0.05, "undecided": 0.9}


def logs(rows, given=None):
    return log_likelihood(class_likelihoods(rows, None), given)


def estimate(rows, given=None, prior=None):
    return summary(posterior(logs(rows, given), flat_prior() if prior is None else prior))


def pooled(actors):
    return pooled_prior([logs(rows)[0] for rows in actors])


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
    overall = next(p for p in positions(rows, half_life=0) if p.item is None)
    alone = next(p for p in positions([rows[0], rows[3]], half_life=0) if p.item is None)
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


def of(found, key="Q1"):
    return next(p for p in found if p.actor_id == key and p.item is None)


def test_old_words_count_less():
    rows = [
        row(1, TEXT, AGAINST, day="2020-01-01"),
        row(2, "Now the tanks go and more will follow", FOR, day="2024-01-01"),
    ]
    even, fading = of(positions(rows, half_life=0)), of(positions(rows, half_life=365))
    assert abs(even.score) < 0.05
    assert fading.score > even.score + 0.1


def test_ages_count_from_the_actors_own_newest_words():
    old = [row(1, TEXT, AGAINST, day="2022-01-01")]
    other = row(2, "A word of somebody else today", AGAINST, who=actor("B", "Q2"), day="2024-01-01")
    found = positions([*old, other])
    assert of(found).score == pytest.approx(of(found, "Q2").score)


def test_acts_say_more_than_a_writers_word():
    words = row(1, TEXT, AGAINST)
    act = replace(words, statement=replace(words.statement, kind="act"))
    said = replace(words, statement=replace(words.statement, kind="ascribed"))
    assert of(positions([act], half_life=0)).score < of(positions([words], half_life=0)).score
    assert of(positions([words], half_life=0)).score < of(positions([said], half_life=0)).score


def test_undated_words_count_as_a_half_life_old():
    new = row(1, "Now the tanks go and more will follow", FOR, day="2024-01-01")
    aged = [row(2, TEXT, AGAINST, day=day) for day in (None, "2022-01-01", "2024-01-01")]
    undated, a_half_life, none = (of(positions([new, one], half_life=730)).score for one in aged)
    assert undated == pytest.approx(a_half_life, abs=1e-6)
    assert undated > none


@settings(max_examples=30, deadline=None)
@given(st.lists(probabilities, min_size=1, max_size=10), st.floats(0.05, 1.0))
def test_weights_only_widen(rows, weight):
    full, less = estimate(rows), estimate(rows, [weight] * len(rows))
    nothing = estimate(rows, [0.0] * len(rows))
    assert nothing == pytest.approx(estimate([]), abs=1e-9)
    assert min(full.score, nothing.score) - 0.03 <= less.score <= max(full.score, nothing.score) + 0.03


class TestPooling:
    def test_no_actors_or_evenly_spread_ones_leave_the_prior_near_flat(self):
        assert pooled_prior([]) == pytest.approx(flat_prior())
        found = estimate([], prior=pooled([[FOR] * 9, [AGAINST] * 9, [OPEN] * 9] * 10))
        assert found.score == pytest.approx(0, abs=0.02)
        assert found.high > 0.6

    def test_a_newcomer_stays_near_the_others_and_many_words_stand_alone(self):
        prior = pooled([[FOR] * 8] * 40)
        assert estimate([], prior=prior).score > 0.3
        assert estimate([AGAINST], prior=prior).score > estimate([AGAINST]).score + 0.2
        assert estimate([AGAINST] * 60, prior=prior).score == pytest.approx(estimate([AGAINST] * 60).score, abs=0.15)
        assert estimate([AGAINST] * 20, prior=prior).high < 0  # a dissenter is not drowned

    def test_order_of_actors_does_not_matter(self):
        actors = [[FOR] * 3, [AGAINST], [OPEN, FOR]]
        assert pooled(actors) == pytest.approx(pooled(actors[::-1]))

    @pytest.mark.parametrize("population", ["spread evenly", "mostly for"])
    @pytest.mark.parametrize("n", [1, 20])
    def test_intervals_cover_and_errors_are_below_those_of_labels(self, population, n):
        found = measured(POPULATIONS[population], n, rounds=4)
        for method in ("probabilities", "with errors"):
            assert 0.84 <= found[method].covered <= 0.96  # 240 actors: two standard errors about 0.90 are 0.04
            assert found[method].error < found["mean of labels"].error
