"""How far a classifier's word can be taken: its errors on held-out text, carried into what rests on its judgements.

A calibrated probability is right on average over all texts; by what was predicted it can still lean, say because
oppositions are taken for support more often than the other way round. The confusion matrix of the held-out set tells
by how much, here split by how sure each prediction was (five bands of equal size for each class): within a cell the
probabilities are scaled until their mean is the share of true classes counted there. What the held-out set cannot
tell, being finite, is carried along too: the counted shares are drawn many times from their Dirichlet posterior, and
each draw makes its own corrected probabilities. All of one actor's judgements share a draw, so that many statements
do not make the classifier surer than it was tested.

Divided by the classes' shares in the held-out set, the corrected probabilities are likelihoods, which an estimate of
class shares needs (Saerens, Latinne and Decaestecker 2002, Neural Computation 14). Sources: Dawid and Skene (1979),
Applied Statistics 28 (error rates of an observer); Zadrozny and Elkan (2001), ICML (calibration by bands); Buonaccorsi
(2010), Measurement Error, ch. 2 (misclassification with validation data); Rubin (1987), Multiple Imputation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.records import STANCES

Floats = NDArray[np.float64]

DRAWS = 12
BANDS = 5
_OWN = 3.0  # judgements that the classifier's own probabilities count for beside the held-out ones of a cell
_CELLS = len(STANCES) * BANDS


@dataclass(frozen=True)
class HeldOutErrors:
    """Held-out judgements by cell: predicted class (in the order of STANCES) and band of confidence.

    `edges`, shape (3, BANDS - 1), are the confidences between the bands of each predicted class; `counts`, shape
    (3 * BANDS, 3), the judgements of each true class; `sums`, of that shape too, the sums of the probabilities given.
    """

    edges: Floats
    counts: Floats
    sums: Floats

    def cells(self, table: Floats) -> NDArray[np.intp]:
        """The cell of each judgement, shape (n,), from its probabilities, shape (n, 3)."""
        predicted = table.argmax(axis=1)
        bands = (table.max(axis=1)[:, None] >= self.edges[predicted]).sum(axis=1)
        return predicted * BANDS + bands


def held_out_errors(truth: Sequence[str], probabilities: Floats, classes: Sequence[str]) -> HeldOutErrors | None:
    """The errors of judgements, shape (n, classes), whose true classes are known; None for other classes than ours."""
    if set(classes) != set(STANCES) or not len(truth):
        return None
    table = probabilities[:, [list(classes).index(s) for s in STANCES]]
    predicted, confidence = table.argmax(axis=1), table.max(axis=1)
    inner = np.arange(1, BANDS) / BANDS
    edges = np.stack(
        [np.quantile(own if len(own := confidence[predicted == k]) else [1.0], inner) for k in range(len(STANCES))]
    )
    counts, sums = np.zeros((_CELLS, 3)), np.zeros((_CELLS, 3))
    cells = HeldOutErrors(edges, counts, sums).cells(table)
    np.add.at(counts, (cells, [list(STANCES).index(t) for t in truth]), 1)  # type: ignore[arg-type]
    np.add.at(sums, cells, table)
    return HeldOutErrors(edges, counts, sums)


def errors_json(errors: HeldOutErrors) -> dict[str, Any]:
    """The errors as a JSON object of a model's description."""
    return {
        "classes": list(STANCES),
        "edges": errors.edges.round(6).tolist(),
        "true_by_cell": errors.counts.astype(int).tolist(),
        "probability_sums_by_cell": errors.sums.round(6).tolist(),
    }


def errors_from_json(content: Mapping[str, Any]) -> HeldOutErrors:
    """The errors of a model's description. Raises ValueError, KeyError or TypeError for broken ones."""
    if list(content["classes"]) != list(STANCES):
        raise ValueError("its held-out errors are of other classes")
    names = {"edges": (3, BANDS - 1), "true_by_cell": (_CELLS, 3), "probability_sums_by_cell": (_CELLS, 3)}
    tables = {name: np.array(content[name], dtype=np.float64) for name in names}
    for name, shape in names.items():
        if tables[name].shape != shape or not (np.isfinite(tables[name]) & (tables[name] >= 0)).all():
            raise ValueError(f"{name} of its held-out errors is no table of {shape[0]} by {shape[1]} numbers")
    return HeldOutErrors(*tables.values())


def class_likelihoods(
    probabilities: Sequence[Mapping[str, float]], errors: HeldOutErrors | None, draws: int = DRAWS, seed: int = 0
) -> Floats:
    """Class likelihoods of each judgement, shape (draws, n, 3) in the order of STANCES.

    The first draw is the expected one. Without held-out errors there is one draw, the probabilities themselves.
    """
    table = np.array([[p[s] for s in STANCES] for p in probabilities], dtype=np.float64).reshape(-1, len(STANCES))
    if errors is None:
        return table[None]
    scaled = table * _factors(errors, draws, seed)[:, errors.cells(table)]
    return scaled / np.maximum(scaled.sum(axis=2, keepdims=True), 1e-12)


def _factors(errors: HeldOutErrors, draws: int, seed: int) -> Floats:
    """What each class's probability is multiplied by, by draw and cell: shape (draws, cells, 3)."""
    random = np.random.default_rng(seed)
    own = errors.sums + 1e-9  # a cell without any judgement leaves the probabilities as they are
    own = own / own.sum(axis=1, keepdims=True)
    held = errors.counts + _OWN * own
    expected = held / held.sum(axis=1, keepdims=True)
    drawn = np.stack([expected, *(np.stack([random.dirichlet(row) for row in held]) for _ in range(draws - 1))])
    size = errors.counts.sum(axis=1)
    base = np.einsum("k,dkc->dc", size / size.sum(), drawn)
    return drawn / own / base[:, None, :]
