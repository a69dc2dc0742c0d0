"""Agreement: textbook values, what is not counted, and bounds."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_sample import filled
from test_store import judge, row_with

from stance.review.agreement import ALL, Said, by_class, by_month, judgements_of, of_models, on_gold, pairs
from stance.store import open_store

# Cohen's example in Wikipedia's article on kappa: 50 proposals, 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: 0.4
COHEN = [("support", "support")] * 20 + [("support", "oppose")] * 5 + [("oppose", "support")] * 10 + [
    ("oppose", "oppose")
] * 15  # fmt: skip


def said(labels, month="2026-01"):
    return [
        Said(n, who, label, month)
        for n, row in enumerate(labels)
        for who, label in zip(("A", "B", "C"), row, strict=False)
        if label is not None
    ]


def test_cohens_kappa():
    (pair,) = pairs(said(COHEN))
    assert (pair.first, pair.second, pair.statements, pair.same) == ("A", "B", 50, 0.7)
    assert pair.kappa == pytest.approx(0.4)
    overall, support, oppose = by_class(said(COHEN))
    assert (overall.name, overall.statements) == (ALL, 50)
    assert overall.kappa == support.kappa == oppose.kappa == pytest.approx(0.4)


def test_krippendorffs_alpha_of_nominal_data_by_hand():
    # coincidences: o_aa 2, o_bb 2, o_ab 2 of n = 6 values; disagreement expected 2 * 3 * 3 / 5, observed 2:
    # alpha = 1 - (n - 1) * o_ab / (n_a * n_b) = 1 - 5 * 1 / 9
    found = by_class(said([("support", "support"), ("oppose", "oppose"), ("support", "oppose")]))[0]
    assert found.alpha == pytest.approx(1 - 5 * 1 / 9)


def test_what_cannot_be_told_is_nan():
    for labels in ([], [("support",)], [("support", "support")] * 3):
        found = by_class(said(labels))[0]
        assert isnan(found.kappa)
        assert isnan(found.alpha)


def test_three_annotators_are_weighed_by_their_statements():
    rows = [("support", "support", None)] * 3 + [("oppose", "oppose", None)] * 3 + [(None, "support", "oppose")] * 2
    rows += [(None, "oppose", "support")] * 2
    by_pair = {(p.first, p.second): p for p in pairs(said(rows))}
    assert by_pair["A", "B"].kappa == 1.0
    assert by_pair["B", "C"].kappa == -1.0
    assert by_class(said(rows))[0].kappa == pytest.approx((6 * 1.0 - 4 * 1.0) / 10)


def test_months_are_those_of_the_last_judgement():
    rows = [Said(1, "A", "support", "2026-01"), Said(1, "B", "oppose", "2026-02"), Said(2, "A", "support", "2026-01")]
    assert [(a.name, a.statements) for a in by_month(rows)] == [("2026-01", 0), ("2026-02", 1)]


LABEL = st.sampled_from(["support", "oppose", "undecided", "off-topic"])


@given(st.lists(st.tuples(LABEL, LABEL), min_size=2, max_size=30))
def test_bounds_and_perfect_agreement(labels):
    for found in by_class(said(labels)):
        assert isnan(found.kappa) or -1 - 1e-9 <= found.kappa <= 1 + 1e-9
        assert isnan(found.alpha) or found.alpha <= 1 + 1e-9
    same = by_class(said([(a, a) for a, _ in labels]))[0]
    if len({a for a, _ in labels}) > 1:
        assert same.kappa == pytest.approx(1)
        assert same.alpha == pytest.approx(1)


def test_settlements_and_speakers_alone_are_no_judgements(tmp_path):
    store = filled(open_store(tmp_path / "s.db"))
    tank, missiles = row_with(store, "single tank"), row_with(store, "missiles")
    judge(store, tank, "support")
    judge(store, tank, "oppose", who="Bea")
    judge(store, tank, "oppose", who="Zoe", action="settle", gold=True)
    judge(store, missiles, None)
    judge(store, tank, "oppose", who="Cy")
    judge(store, tank, "undecided", who="Cy")  # by now Cy has seen what the others said
    with store.read() as connection:
        assert [(s.annotator, s.label) for s in judgements_of(connection)] == [
            ("Ann", "support"),
            ("Bea", "oppose"),
            ("Cy", "oppose"),
        ]
        (cy,) = on_gold(connection)  # the others judged before the answer was known
        assert (cy.name, cy.statements, cy.right) == ("Cy", 1, 1.0)
        (model,) = of_models(connection)
        assert (model.statements, model.right) == (1, 1.0)
    store.close()
