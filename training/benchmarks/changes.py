"""Are moves found, and only moves? Simulated actors who change their shares of support, opposition and indecision.

`python -m training.benchmarks.changes` gives each actor ten statements before a day and ten after it, each on a day of
its own, judged by a noisy classifier, and prints how often a move is reported: with no change (a false alarm), and
with changes of the true score by 1.0. Beside it stands what the same test would find if every statement's class were
known and the day of the change too: no method that holds false alarms at 5% can find much more.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from stance.changes import moves
from stance.records import STANCES, Actor, Article, Judgement, Scored, Statement, Topic
from training.benchmarks.positions import CLASSIFIERS, Classifier, held_out

# true shares of support, opposition, indecision before and after
CASES: dict[str, tuple[Sequence[float], Sequence[float]]] = {
    "none, always for": ((1, 0, 0), (1, 0, 0)),
    "none, mixed": ((0.4, 0.3, 0.3), (0.4, 0.3, 0.3)),
    "none, torn": ((0.5, 0.5, 0), (0.5, 0.5, 0)),
    "0 to +1: undecided, then for": ((0, 0, 1), (1, 0, 0)),
    "-1 to 0: against, then undecided": ((0, 1, 0), (0, 0, 1)),
    "-1 to 0: against, then torn": ((0, 1, 0), (0.5, 0.5, 0)),
    "-0.5 to +0.5: half undecided": ((0, 0.5, 0.5), (0.5, 0, 0.5)),
    "-0.5 to +0.5: some undecided": ((0.1, 0.6, 0.3), (0.6, 0.1, 0.3)),
    "-0.5 to +0.5: never undecided": ((0.25, 0.75, 0), (0.75, 0.25, 0)),
    "-1 to +1": ((0, 1, 0), (1, 0, 0)),
}
OURS = CLASSIFIERS["calibrated"]
_LETTERS = np.array(list("abcdefghijklmnoprstuvz"))


def simulated(
    before: Sequence[float],
    after: Sequence[float],
    actors: int,
    random: np.random.Generator,
    each: int = 10,
    per_day: int = 1,
    judge: Classifier = OURS,
) -> list[Scored]:
    """The statements of actors who all change so: `each` before and `each` after, `per_day` of one class a day."""
    rows = []
    for n in range(actors):
        actor = Actor(f"Q{n}", f"Actor {n}", "person")
        days = each // per_day
        drawn = np.concatenate([random.choice(3, days, p=before), random.choice(3, days, p=after)])
        true = np.repeat(drawn, per_day)
        for i, probabilities in enumerate(judge.judge(true, random)):
            day = (date(2024, 1, 1) + timedelta(7 * (i // per_day))).isoformat()
            text = " ".join("".join(word) for word in random.choice(_LETTERS, (12, 5)))  # no copy of another
            article = Article(f"a{n}-{i}", None, text, published=day)
            statement = Statement(f"s{n}-{i}", article.id, actor, None, None, ((0, len(text)),), text, "direct")
            best = max(STANCES, key=probabilities.__getitem__)
            judgement = Judgement(best, probabilities, probabilities[best])
            rows.append(Scored(article, statement, Topic(1.0), judgement))
    return rows


def found_share(before: Sequence[float], after: Sequence[float], actors: int, seed: int = 0, per_day: int = 1) -> float:
    """The share of actors of whom any move is reported."""
    random = np.random.default_rng(seed)
    rows = simulated(before, after, actors, random, per_day=per_day)
    return len({m.actor_id for m in moves(rows, held_out(OURS, random))}) / actors


def best_share(before: Sequence[float], after: Sequence[float], rounds: int, seed: int = 0) -> float:
    """How often a permutation test of the difference in mean score finds the change, given the true classes of ten
    statements each side and the day of the change."""
    random, value = np.random.default_rng(seed), np.array([1.0, -1.0, 0.0])
    hits = 0
    for _ in range(rounds):
        true = value[np.concatenate([random.choice(3, 10, p=before), random.choice(3, 10, p=after)])]
        gap = abs(true[10:].mean() - true[:10].mean())
        shuffled = random.permuted(np.tile(true, (199, 1)), axis=1)
        chance = np.abs(shuffled[:, 10:].mean(axis=1) - shuffled[:, :10].mean(axis=1))
        hits += (1 + (chance >= gap - 1e-9).sum()) / 200 <= 0.05
    return hits / rounds


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--actors", type=int, default=400, help="simulated actors for each figure")
    actors = parser.parse_args().actors
    print("| change | moves reported | two statements a day, alike | classes and day known |\n|---|---|---|---|")
    for name, (before, after) in CASES.items():
        found = found_share(before, after, actors), found_share(before, after, actors, per_day=2)
        best = best_share(before, after, actors)
        print(f"| {name} | {found[0]:.3f} | {found[1]:.3f} | {best:.3f} |", flush=True)


if __name__ == "__main__":
    main()
