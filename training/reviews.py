"""What people's reviews bought: reviewed statements as training sentences, a before/after table, a learning curve.

In: a store. Out: `Reviewed` records, and figures. A reviewed statement is only ever judged by a model that has seen no
statement of its article: whole articles are held out. The curve adds the reviews in the order in which they were made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

from stance.actors.registry import Registry
from stance.model import model_text
from stance.records import STANCES
from stance.store import Store
from stance.store.loading import SHOWN, corrected, judged_scored, outcomes
from stance.store.reviews import OFF_TOPIC, history
from training.corpus import Labeled
from training.estimator import StanceClassifier
from training.metrics import Index, bootstrap, confusion, precision_recall_f1

FOLDS = 3
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
LEAST = 9  # reviewed statements with a stance, or there is nothing to measure
REGISTER = "review"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A statement as people judged it, what the model had said of it, and its article. `key` is the store's."""

    key: int
    row: Labeled
    model_label: str
    article: str
    order: int  # the number of its last review


def reviewed_rows(store: Store, registry: Registry) -> list[Reviewed]:
    """The statements whose label people agree on, in the order of their last reviews.

    The note of each tells its history. Conflicts, skips and corrections of the speaker alone are left out.
    """
    out = []
    with store.read() as connection:
        said = outcomes(connection)
        past: dict[int, list[Any]] = {}
        for review in history(connection):
            past.setdefault(review["statement_key"], []).append(review)
        for key, one in judged_scored(connection, SHOWN):
            found = said.get(key)
            if found is None or found.decision is None or found.decision.label is None:
                continue
            mended = corrected(one, found, registry)
            label = found.decision.label
            row = Labeled(
                text=model_text(mended.statement),
                stance=None if label == OFF_TOPIC else label,
                source=f"{REGISTER}: {', '.join(found.by)}",
                register=REGISTER,
                items=one.topic.items,
                recipient=one.topic.recipient,
                actor=mended.statement.actor.name if mended.statement.actor else None,
                note=_told(past[key]),
                place=f"statement {one.statement.id}",
            )
            machine = one.judgement.stance or OFF_TOPIC
            out.append(Reviewed(key, row, machine, one.article.id, past[key][-1]["id"]))
    return sorted(out, key=lambda reviewed: reviewed.order)


def _told(reviews: Sequence[Any]) -> str:
    """The history of a statement in words: who, when, what from what."""
    return "; ".join(
        f"{r['at'][:10]} {r['annotator']}: {r['action']}"
        + (f" {r['from_label']} to {r['label']}" if r["action"] in ("judge", "settle") else "")
        for r in reviews
    )


def what_reviews_bought(
    seeds: Sequence[Labeled],
    test: Sequence[Labeled],
    reviewed: Sequence[Reviewed],
    estimator: StanceClassifier,
    curve: bool = True,
    jobs: int = 1,
) -> dict[str, Any]:
    """Macro-F1 without the reviews and with them, on the test sentences and on the reviewed statements themselves, with
    the 95% interval of the difference; and, with `curve`, by how many of the reviews a model has seen.

    `seeds` and `test` are sentences with a stance. An empty dict where fewer than LEAST reviewed statements have one,
    or all are of one article.
    """
    about = [one for one in reviewed if one.row.stance is not None]
    articles = [one.article for one in about]
    if len(about) < LEAST or len(set(articles)) < 2:
        return {}
    rows = [one.row for one in about]
    shares = SHARES if curve else (SHARES[0], SHARES[-1])
    folds = list(GroupKFold(min(FOLDS, len(set(articles)))).split(rows, groups=articles))
    tasks = [(fold, share) for fold in range(len(folds)) for share in shares if share > 0]
    runs = [([*seeds, *_first(rows, folds[f][0], share)], [rows[i] for i in folds[f][1]]) for f, share in tasks]
    runs += [(list(seeds), [*rows, *test]), ([*seeds, *rows], list(test))]
    *folded, without, with_all = Parallel(n_jobs=jobs)(delayed(_predict)(estimator, *run) for run in runs)
    by_share = {0.0: without[: len(rows)]}
    for (fold, share), labels in zip(tasks, folded, strict=True):
        column = by_share.setdefault(share, np.empty(len(rows), dtype=object))
        column[folds[fold][1]] = labels
    truth = np.array([str(row.stance) for row in rows])
    out: dict[str, Any] = {
        "reviewed": _counts(reviewed),
        "before_after": {"reviewed statements": _compare(truth, by_share[0.0], by_share[1.0], articles)},
    }
    if test:
        test_truth = np.array([str(row.stance) for row in test])
        pairs = [row.pair or f"#{i}" for i, row in enumerate(test)]
        compared = _compare(test_truth, without[len(rows) :], with_all, pairs)
        out["before_after"]["held-out sentences"] = compared
    if curve:
        most = np.mean([len(seen) for seen, _ in folds])
        out["learning_curve"] = [
            {"reviews": round(share * most), "macro_f1": _macro(truth, by_share[share])} for share in shares
        ]
    return out


def _first(rows: Sequence[Labeled], seen: Index, share: float) -> list[Labeled]:
    """The first reviews made, of those that a fold may see."""
    return [rows[i] for i in sorted(seen)[: round(share * len(seen))]]


def _predict(estimator: StanceClassifier, seen: Sequence[Labeled], unseen: Sequence[Labeled]) -> Any:
    if not unseen:
        return np.empty(0, dtype=object)
    fitted = clone(estimator).set_params(folds=0)
    fitted.fit([row.text for row in seen], [str(row.stance) for row in seen])
    return fitted.predict([row.text for row in unseen]).astype(object)


def _counts(reviewed: Sequence[Reviewed]) -> dict[str, Any]:
    changed = sum((one.row.stance or OFF_TOPIC) != one.model_label for one in reviewed)
    labels = Counter(one.row.stance or OFF_TOPIC for one in reviewed)
    return {"statements": len(reviewed), "changed": changed, "labels": {s: labels[s] for s in (*STANCES, OFF_TOPIC)}}


def _compare(truth: Any, before: Any, after: Any, groups: Sequence[str]) -> dict[str, Any]:
    def difference(index: Index) -> float:
        return _macro(truth[index], after[index]) - _macro(truth[index], before[index])

    low, high = bootstrap(difference, groups)
    return {
        "n": len(truth),
        "before": {"macro_f1": _macro(truth, before), "accuracy": float((truth == before).mean())},
        "after": {"macro_f1": _macro(truth, after), "accuracy": float((truth == after).mean())},
        "difference_95": [float(low), float(high)],
    }


def _macro(truth: Any, predicted: Any) -> float:
    """Macro-F1 over the labels that are in the truth."""
    labels, index = np.unique(np.concatenate([truth, predicted]).astype(str), return_inverse=True)
    table = confusion(index[: len(truth)], index[len(truth) :], len(labels))
    return float(precision_recall_f1(table)[2][table.sum(axis=1) > 0].mean())
