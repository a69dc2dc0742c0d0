"""Do the intervals of positions hold what they promise? Simulated actors of known shares, judged by a noisy classifier.

`python -m training.benchmarks.positions` draws populations of actors, gives each n statements and judges them by one
of two classifiers: a calibrated one, and a lopsided one that is too sure of itself and takes oppositions for support
more often than the other way round. For each it prints the share of 90% intervals that hold the truth and the mean
error of the score beside that of the plain mean of labels: by the probabilities alone, and with the errors that the
same classifier made on 1,000 held-out sentences.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from stance.estimate import log_likelihood, pooled_prior, posterior, summary
from stance.records import STANCES
from stance.reliability import Floats, HeldOutErrors, class_likelihoods, held_out_errors

POPULATIONS = {"spread evenly": (1.0, 1.0, 1.0), "mostly for": (2.5, 0.7, 0.8), "two camps": (0.5, 0.5, 0.3)}
ACTORS = 60
HELD_OUT = 1000


class Classifier(NamedTuple):
    """Gaussian noise about the true class, which a signal raises above the others. At sharpness 1 and no lean its
    softmax is calibrated; at this signal about 79% of the likeliest classes are right, as with the released model."""

    signal: float = 1.6
    sharpness: float = 1.0
    lean: tuple[float, float, float] = (0.0, 0.0, 0.0)  # added to the log-odds of each class

    def judge(self, true: np.ndarray, random: np.random.Generator) -> list[dict[str, float]]:
        """Class probabilities for each true class (an index into STANCES)."""
        seen = self.signal * np.eye(3)[true] + random.normal(size=(len(true), 3))
        return [
            dict(zip(STANCES, p, strict=True))
            for p in softmax(self.sharpness * self.signal * seen + np.array(self.lean), axis=1).tolist()
        ]


CLASSIFIERS = {"calibrated": Classifier(), "lopsided": Classifier(sharpness=1.5, lean=(0.9, -0.6, 0.0))}


class Result(NamedTuple):
    """The share of intervals that hold the truth and the mean absolute error of the score."""

    covered: float
    error: float


def simulated(
    population: Sequence[float], n: int, classifier: Classifier, random: np.random.Generator, actors: int = ACTORS
) -> tuple[Floats, list[list[dict[str, float]]]]:
    """True scores, shape (actors,), and the class probabilities of each actor's n statements."""
    shares = random.dirichlet(population, actors)
    judged = [classifier.judge(random.choice(3, n, p=own), random) for own in shares]
    return shares[:, 0] - shares[:, 1], judged


def held_out(classifier: Classifier, random: np.random.Generator) -> HeldOutErrors:
    """The classifier's errors on held-out sentences of even classes."""
    true = random.integers(0, 3, HELD_OUT)
    table = np.array([[p[s] for s in STANCES] for p in classifier.judge(true, random)])
    found = held_out_errors([STANCES[i] for i in true], table, STANCES)
    assert found is not None
    return found


def measured(
    population: Sequence[float], n: int, rounds: int, classifier: Classifier | None = None, seed: int = 0
) -> dict[str, Result]:
    """Coverage and error by method; the mean of labels has no interval."""
    random, judge = np.random.default_rng(seed), classifier or Classifier()
    hits: dict[str, list[bool]] = {"probabilities": [], "with errors": []}
    misses: dict[str, list[float]] = {"probabilities": [], "with errors": [], "mean of labels": []}
    for _ in range(rounds):
        truth, actors = simulated(population, n, judge, random)
        for name, errors in (("probabilities", None), ("with errors", held_out(judge, random))):
            logs = [log_likelihood(class_likelihoods(rows, errors)) for rows in actors]
            prior = pooled_prior([each[0] for each in logs])
            for value, each in zip(truth, logs, strict=True):
                found = summary(posterior(each, prior))
                hits[name].append(found.low <= value <= found.high)
                misses[name].append(abs(found.score - value))
        for value, rows in zip(truth, actors, strict=True):
            labels = [max(STANCES, key=row.__getitem__) for row in rows]
            misses["mean of labels"].append(abs((labels.count("support") - labels.count("oppose")) / n - value))
    return {name: Result(float(np.mean(hits.get(name, [np.nan]))), float(np.mean(m))) for name, m in misses.items()}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=20, help=f"populations of {ACTORS} actors for each figure")
    rounds = parser.parse_args().rounds
    print("| classifier | population | statements each | covered | covered, errors | error | error, errors | labels |")
    print("|---|---|---|---|---|---|---|---|")
    for kind, classifier in CLASSIFIERS.items():
        for name, population in POPULATIONS.items():
            for n in (1, 5, 20, 200):
                found = measured(population, n, max(4, rounds // 5) if n == 200 else rounds, classifier)
                own, errors, labels = found["probabilities"], found["with errors"], found["mean of labels"]
                figures = (own.covered, errors.covered, own.error, errors.error, labels.error)
                print(f"| {kind} | {name} | {n} |", " | ".join(f"{x:.3f}" for x in figures), "|", flush=True)


if __name__ == "__main__":
    main()
