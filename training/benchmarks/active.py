"""How many labels the queue's order saves: a simulated annotator works through labeled sentences in each order.

Data: the training split of the labeled sentences, never the test split. In each repeat some writers are held out whole,
as the sentences to be judged; of the others a pool is drawn, of which the annotator has labeled a random few to begin
with. Then, round by round, the model is fitted on what is labeled (its temperature left at 1: calibrating it takes five
more fits), the pool is ordered by the strategy with that model, and the first sentences get their labels. A person's
error is not simulated. Figures: macro-F1 on the held-out writers by labels, mean over the repeats, and the labels that
each order needs for the macro-F1 that random order ends with.

    python -m training.benchmarks.active [seeds/labeled] [--repeats 4]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from sklearn.metrics import f1_score

from stance.examples import FILE, nearest
from stance.strategies import NEIGHBOURS, STRATEGIES, worth
from training.corpus import Labeled, load_labeled, stance_rows
from training.estimator import StanceClassifier

BEGIN, STEP, END = 200, 300, 2000
POOL = 4000
WRITERS = 4  # held out in each repeat


def curve(rows: Sequence[Labeled], strategy: str, repeat: int) -> list[float]:
    """Macro-F1 on held-out writers after BEGIN, BEGIN + STEP, … END labels in the order of a strategy."""
    random = np.random.default_rng(repeat)
    writers = sorted({row.source for row in rows})
    held = set(random.choice(writers, WRITERS, replace=False))
    test = [row for row in rows if row.source in held]
    others = [row for row in rows if row.source not in held]
    pool = [others[i] for i in random.permutation(len(others))[:POOL]]
    labeled, waiting = pool[:BEGIN], pool[BEGIN:]
    out = []
    while True:
        model = StanceClassifier(folds=0).fit([r.text for r in labeled], [str(r.stance) for r in labeled])
        out.append(_macro_f1(model, test))
        if len(labeled) >= END:
            return out
        order = _order(model, labeled, waiting, strategy, random)
        chosen = set(order[:STEP].tolist())
        labeled = labeled + [waiting[i] for i in order[:STEP]]
        waiting = [row for i, row in enumerate(waiting) if i not in chosen]


def _order(
    model: StanceClassifier,
    labeled: Sequence[Labeled],
    waiting: Sequence[Labeled],
    strategy: str,
    random: np.random.Generator,
) -> np.ndarray:
    if strategy == "random":
        return random.permutation(len(waiting))
    texts = [row.text for row in waiting]
    classes = [str(c) for c in model.classes_]
    with tempfile.TemporaryDirectory() as folder:
        lines = (json.dumps({"text": row.text, "stance": row.stance}) + "\n" for row in labeled)
        (Path(folder) / FILE).write_text("".join(lines), "utf-8")
        near = nearest(Path(folder), texts, NEIGHBOURS)
    worths = [
        getattr(worth(dict(zip(classes, map(float, p), strict=True)), like), strategy)
        for p, like in zip(model.predict_proba(texts), near, strict=True)
    ]
    return np.argsort(-np.array(worths), kind="stable")


def _macro_f1(model: StanceClassifier, rows: Sequence[Labeled]) -> float:
    truth, predicted = [str(row.stance) for row in rows], model.predict([row.text for row in rows])
    return float(f1_score(truth, predicted, average="macro"))


def labels_for(goal: float, values: Sequence[float]) -> float:
    """The labels at which a curve first reaches a macro-F1, between its points; NaN where it does not."""
    for i, value in enumerate(values):
        if value >= goal:
            if i == 0:
                return float(BEGIN)
            share = (goal - values[i - 1]) / (value - values[i - 1])
            return BEGIN + STEP * (i - 1 + share)
    return float("nan")


def main() -> None:
    """Prints the curves as a markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labeled", nargs="*", default=["seeds/labeled"])
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    rows = stance_rows(load_labeled(given.labeled), "train")
    tasks = [(strategy, repeat) for strategy in STRATEGIES for repeat in range(given.repeats)]
    found = Parallel(n_jobs=given.jobs)(delayed(curve)(rows, *task) for task in tasks)
    curves = {
        name: np.array([values for (strategy, _), values in zip(tasks, found, strict=True) if strategy == name])
        for name in STRATEGIES
    }
    labels = range(BEGIN, END + 1, STEP)
    print("| order | " + " | ".join(map(str, labels)) + " | labels for random's last |")
    print("|---|" + "---|" * (len(labels) + 1))
    goal = float(curves["random"].mean(axis=0)[-1])
    for name, values in curves.items():
        means = values.mean(axis=0)
        print(f"| {name} | " + " | ".join(f"{m:.3f}" for m in means) + f" | {labels_for(goal, list(means)):.0f} |")
    for name, values in curves.items():
        gain = (values - curves["random"]).mean(axis=1)
        spread = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else float("nan")
        print(f"{name}: mean gain over random along the curve {gain.mean():+.4f}, standard error {spread:.4f}")


if __name__ == "__main__":
    main()
