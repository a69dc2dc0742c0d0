"""How far annotators agree, with each other, with the known answers and with the model.

Cohen's kappa of each pair (Cohen 1960, Educational and Psychological Measurement 20; scikit-learn's) and, over several
pairs, the mean weighed by their statements (after Light 1971); Krippendorff's alpha for nominal data (Krippendorff
2019, Content Analysis, 4th ed., ch. 12; the package krippendorff). Each for all labels and for each class against the
rest. Only blind judgements count: settlements and skips do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isnan, nan

from sqlalchemy import Connection, select

from stance.store.loading import SHOWN, outcomes
from stance.store.reviews import LABELS, OFF_TOPIC, history, standing
from stance.store.tables import Row, judgements, reviews, rows_of, statements, verdicts

ALL = "all labels"


@dataclass(frozen=True, slots=True)
class Said:
    """One judgement: by whom, of which statement, what and in which month (YYYY-MM)."""

    statement: int
    annotator: str
    label: str
    month: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one set of labels: statements that two or more people judged, kappa and alpha (NaN where they are
    not defined: no such statement, or one label throughout)."""

    name: str
    statements: int
    kappa: float
    alpha: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two annotators: the statements that both judged, the share on which they agree, kappa."""

    first: str
    second: str
    statements: int
    same: float
    kappa: float


@dataclass(frozen=True, slots=True)
class Against:
    """Somebody against known answers: how many, and the share that is right."""

    name: str
    statements: int
    right: float


def judgements_of(connection: Connection) -> list[Said]:
    """Every blind judgement that has a label: each person's first on a statement, since then they see the others'."""
    reviewed = statements.c.key.in_(select(reviews.c.statement_key))
    query = select(statements.c.key).where(reviewed, statements.c.state.in_(SHOWN))
    shown = set(connection.execute(query).scalars())
    return [
        Said(row["statement_key"], row["annotator"], row["label"], row["at"][:7])
        for row in _first(history(connection))
        if row["label"] is not None and row["statement_key"] in shown
    ]


def _first(rows: Iterable[Row]) -> list[Row]:
    """Each person's first judgement of a statement that stands, in the order of time."""
    found: dict[tuple[int, str], Row] = {}
    for row in sorted(standing(rows), key=lambda row: row["id"]):
        if row["action"] == "judge":
            found.setdefault((row["statement_key"], row["annotator"]), row)
    return list(found.values())


def by_class(said: Sequence[Said]) -> list[Agreement]:
    """Agreement on all labels, and on each one against the rest."""
    return [
        agreement(ALL, said, lambda label: label),
        *(agreement(name, said, _is(name)) for name in LABELS if any(one.label == name for one in said)),
    ]


def by_month(said: Sequence[Said]) -> list[Agreement]:
    """Agreement on all labels, by the month in which a statement got its last judgement."""
    last: dict[int, str] = {}
    for one in said:
        last[one.statement] = max(last.get(one.statement, ""), one.month)
    months = sorted(set(last.values()))
    return [agreement(m, [one for one in said if last[one.statement] == m], lambda label: label) for m in months]


def agreement(name: str, said: Iterable[Said], value: Callable[[str], Hashable]) -> Agreement:
    """Kappa and alpha of judgements whose labels are taken for `value` of them."""
    table = _table(said, value)
    both = {key: row for key, row in table.items() if len(row) > 1}
    found = [pair for pair in _pairs(both) if not isnan(pair.kappa)]
    weight = sum(pair.statements for pair in found)
    kappa = sum(pair.statements * pair.kappa for pair in found) / weight if weight else nan
    return Agreement(name, len(both), kappa, _alpha(both))


def pairs(said: Iterable[Said]) -> list[Pair]:
    """Every two annotators who judged a statement in common."""
    return _pairs(_table(said, lambda label: label))


def on_gold(connection: Connection) -> list[Against]:
    """Each annotator on the statements whose answer was known when they judged them."""
    rows = history(connection)
    known: dict[int, Row] = {}
    for row in sorted(standing(rows), key=lambda row: row["id"]):
        if row["action"] == "settle" and row["gold"] and row["label"] is not None:
            known.setdefault(row["statement_key"], row)
    right: dict[str, list[bool]] = defaultdict(list)
    for row in _first(rows):
        answer = known.get(row["statement_key"])
        if answer is not None and row["label"] is not None and row["id"] > answer["id"]:
            right[row["annotator"]].append(row["label"] == answer["label"])
    return [Against(name, len(hits), sum(hits) / len(hits)) for name, hits in sorted(right.items())]


def of_models(connection: Connection) -> list[Against]:
    """Each model's own words on the statements that people have judged, against what these come to."""
    truth = {
        key: out.decision.label for key, out in outcomes(connection).items() if out.decision and out.decision.label
    }
    query = select(judgements.c.statement_key, judgements.c.model_id, judgements.c.stance)
    query = query.where(judgements.c.statement_key.in_(select(verdicts.c.statement_key)))
    right: dict[str, list[bool]] = defaultdict(list)
    for row in rows_of(connection, query.order_by(judgements.c.at)):
        if row["statement_key"] in truth:
            right[row["model_id"]].append((row["stance"] or OFF_TOPIC) == truth[row["statement_key"]])
    return [Against(name, len(hits), sum(hits) / len(hits)) for name, hits in right.items()]


def _is(name: str) -> Callable[[str], Hashable]:
    return lambda label: label == name


def _table(said: Iterable[Said], value: Callable[[str], Hashable]) -> dict[int, dict[str, Hashable]]:
    table: dict[int, dict[str, Hashable]] = defaultdict(dict)
    for one in said:
        table[one.statement][one.annotator] = value(one.label)
    return table


def _pairs(table: dict[int, dict[str, Hashable]]) -> list[Pair]:
    by_pair: dict[tuple[str, str], list[tuple[Hashable, Hashable]]] = defaultdict(list)
    for row in table.values():
        for first, second in combinations(sorted(row), 2):
            by_pair[first, second].append((row[first], row[second]))
    return [
        Pair(first, second, len(both), sum(a == b for a, b in both) / len(both), _kappa(both))
        for (first, second), both in sorted(by_pair.items())
    ]


def _kappa(both: Sequence[tuple[Hashable, Hashable]]) -> float:
    if len({value for pair in both for value in pair}) < 2:
        return nan  # chance alone would agree as well
    from sklearn.metrics import cohen_kappa_score

    first, second = zip(*both, strict=True)
    return float(cohen_kappa_score([str(v) for v in first], [str(v) for v in second]))


def _alpha(table: dict[int, dict[str, Hashable]]) -> float:
    values = sorted({str(value) for row in table.values() for value in row.values()})
    if len(values) < 2:
        return nan
    import krippendorff
    import numpy as np

    names = sorted({name for row in table.values() for name in row})
    data = np.full((len(names), len(table)), np.nan)
    for column, row in enumerate(table.values()):
        for name, value in row.items():
            data[names.index(name), column] = values.index(str(value))
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))
