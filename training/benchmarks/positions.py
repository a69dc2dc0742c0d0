"""Do the intervals of positions hold what they promise? Simulated actors of known shares, judged by a noisy classifier.

`python -m training.benchmarks.positions` draws populations of actors, gives each n statements and calibrated noisy
probabilities, and prints for each n the share of 90% intervals that hold the truth, and the mean error of the score
beside that of the plain mean of labels: with the flat prior and with partial pooling.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from stance.estimate import FLAT, estimate, pooled_prior
from stance.records import STANCES

POPULATIONS = {"spread evenly": (1.0, 1.0, 1.0), "mostly for": (2.5, 0.7, 0.8), "two camps": (0.5, 0.5, 0.3)}
ACTORS = 60


def simulated(
    population: Sequence[float], n: int, random: np.random.Generator, actors: int = ACTORS
) -> tuple[np.ndarray, list[list[dict[str, float]]]]:
    """True scores, shape (actors,), and each actor's n class probabilities.

    The noise is Gaussian in log-odds about the true class, for which softmax of the right scale is calibrated; with
    these figures about 79% of the likeliest classes are right, as with the released model.
    """
    shares = random.dirichlet(population, actors)
    truth, rows = shares[:, 0] - shares[:, 1], []
    for own in shares:
        seen = 1.6 * np.eye(3)[random.choice(3, n, p=own)] + random.normal(size=(n, 3))
        odds = np.exp(1.6 * seen)
        rows.append([dict(zip(STANCES, p, strict=True)) for p in odds / odds.sum(axis=1, keepdims=True)])
    return truth, rows


def measured(population: Sequence[float], n: int, rounds: int, seed: int = 0) -> dict[str, tuple[float, float]]:
    """By method the coverage of the 90% interval and the mean absolute error; the mean of labels has no interval."""
    random = np.random.default_rng(seed)
    hits: dict[str, list[bool]] = {"flat": [], "pooled": []}
    errors: dict[str, list[float]] = {"flat": [], "pooled": [], "mean of labels": []}
    for _ in range(rounds):
        truth, actors = simulated(population, n, random)
        priors = {"flat": FLAT, "pooled": pooled_prior(actors)}
        for value, rows in zip(truth, actors, strict=True):
            for name, prior in priors.items():
                found = estimate(rows, prior=prior)
                hits[name].append(found.low <= value <= found.high)
                errors[name].append(abs(found.score - value))
            labels = [max(STANCES, key=row.__getitem__) for row in rows]
            errors["mean of labels"].append(abs((labels.count("support") - labels.count("oppose")) / n - value))
    return {name: (float(np.mean(hits.get(name, [np.nan]))), float(np.mean(e))) for name, e in errors.items()}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=20, help=f"populations of {ACTORS} actors for each figure")
    rounds = parser.parse_args().rounds
    print("population       n   covered: flat  pooled   error: flat  pooled  mean of labels")
    for name, population in POPULATIONS.items():
        for n in (1, 5, 20, 200):
            found = measured(population, n, max(4, rounds // 5) if n == 200 else rounds)
            (flat, flat_error), (pooled, pooled_error) = found["flat"], found["pooled"]
            plain = found["mean of labels"][1]
            print(
                f"{name:14} {n:3}  {flat:13.3f}  {pooled:6.3f}  {flat_error:12.3f}  {pooled_error:6.3f}  {plain:14.3f}"
            )


if __name__ == "__main__":
    main()
