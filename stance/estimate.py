"""The estimate behind a position: class shares from unsure judgements, pooled over actors.

Model. An actor's statements are draws from a categorical distribution over (support, oppose, undecided) with unknown
shares. The class of a statement is not observed; what is, is the classifier's calibrated probability of each class,
which over the training classes' even base rates is the likelihood of that class. So the likelihood of the shares is,
for each statement, the sum over classes of share times probability, and the posterior follows by summing over a grid
on the triangle of shares: no sampling, the same numbers at every run.

Partial pooling. The prior of the shares is a Dirichlet distribution, one for all actors, fitted to them by marginal
likelihood (empirical Bayes): an actor with one statement stays near the others, one with many stands alone. A weak
hyperprior of a few imagined actors spread evenly keeps it near flat where actors are few.

Weights. A statement of weight w enters with its likelihood to the power of w, as if it had been made w times: less of
a commitment, or older, it says less, and the interval widens accordingly.

Sources: Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), sections 3.4, 5.1 and 22.1 (multinomial model,
hierarchical prior, mixture with unknown proportions); Saerens, Latinne and Decaestecker (2002), Neural Computation 14
(class shares from a classifier's probabilities); Minka (2000), "Estimating a Dirichlet distribution"; Ibrahim and
Chen (2000), Statistical Science 15 (power likelihood).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.records import STANCES

Floats = NDArray[np.float64]

LEVEL = 0.90
FLAT = (1.0, 1.0, 1.0)  # the Dirichlet prior that knows nothing, in the order of STANCES
_VALUE = {"support": 1, "undecided": 0, "oppose": -1}
_STEPS = 80  # of the grid on the triangle of shares: 3,321 points
_IMAGINED = 5.0  # actors spread evenly that the hyperprior counts beside the real ones
# of the prior, in imagined statements; 3 is flat, and more than 5 would drown the ten statements of a dissenter
_STRENGTHS = np.geomspace(0.75, 5, 20)


class Estimate(NamedTuple):
    """The posterior mean of (share of support - share of oppose), in [-1, 1], and its 90% interval."""

    score: float
    low: float
    high: float


def estimate(
    probabilities: Sequence[dict[str, float]],
    weights: Sequence[float] | None = None,
    prior: Sequence[float] = FLAT,
) -> Estimate:
    """One actor's score from each statement's class probabilities and weight (1 where none are given).

    Without any statement it returns the prior's.
    """
    return _summary(_log_likelihood(probabilities, weights) + _log_prior(prior))


def pooled_prior(
    actors: Sequence[Sequence[dict[str, float]]], weights: Sequence[Sequence[float]] | None = None
) -> tuple[float, float, float]:
    """The Dirichlet parameters that the actors' statements make likeliest, in the order of STANCES.

    `actors` holds each one's class probabilities, `weights` the weights of the same statements. Flat without actors.
    """
    if not actors:
        return FLAT
    each = weights if weights is not None else [None] * len(actors)
    logs = np.array([_log_likelihood(p, w) for p, w in zip(actors, each, strict=True)])
    shares, _ = _grid()
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))  # (n_actors, n_points)
    mean, strength = np.full(3, 1 / 3), 3.0
    for _ in range(30):
        posterior = likelihood * np.exp(_log_prior(strength * mean))
        posterior /= posterior.sum(axis=1, keepdims=True)
        new_mean = ((posterior @ shares).sum(axis=0) + _IMAGINED / 3) / (len(actors) + _IMAGINED)
        new_strength = max(_STRENGTHS, key=lambda k: _evidence(likelihood, k * new_mean, k))
        done = np.abs(new_mean - mean).max() < 1e-4 and new_strength == strength
        mean, strength = new_mean, float(new_strength)
        if done:
            break
    support, oppose, undecided = (strength * mean).tolist()
    return support, oppose, undecided


def _evidence(likelihood: Floats, prior: Floats, strength: float) -> float:
    """The log marginal likelihood of all actors under a prior, with the hyperprior of its strength around flat."""
    marginal = likelihood @ np.exp(_log_prior(prior))
    return float(np.log(np.maximum(marginal, 1e-300)).sum() - 0.5 * np.log(strength / 3) ** 2)


def _log_likelihood(probabilities: Sequence[dict[str, float]], weights: Sequence[float] | None) -> Floats:
    shares, steps = _grid()
    if not probabilities:
        return np.zeros(len(steps))
    table = np.array([[p[s] for s in STANCES] for p in probabilities])
    power = np.ones(len(table)) if weights is None else np.asarray(weights, dtype=np.float64)
    return power @ np.log(np.maximum(table @ shares.T, 1e-12))


def _log_prior(parameters: Sequence[float] | Floats) -> Floats:
    """The log probability of each point of the grid under a Dirichlet distribution; the points' sum to 1."""
    shares, _ = _grid()
    logs = np.log(shares) @ (np.asarray(parameters) - 1)
    top = logs.max()
    return logs - top - np.log(np.exp(logs - top).sum())


def _summary(logs: Floats) -> Estimate:
    _, steps = _grid()
    mass = np.exp(logs - logs.max())
    # many points of the triangle have one score: their weights together are that score's
    by_score = np.bincount(steps, weights=mass, minlength=2 * _STEPS + 1) / mass.sum()
    values = np.arange(-_STEPS, _STEPS + 1) / (_STEPS + 1)
    score = float(by_score @ values)
    middle = np.cumsum(by_score) - by_score / 2
    tail = (1 - LEVEL) / 2
    low, high = np.interp([tail, 1 - tail], middle, values)
    return Estimate(score, float(min(low, score)), float(max(high, score)))


@cache
def _grid() -> tuple[Floats, NDArray[np.intp]]:
    """Points of the triangle of shares, shape (n, 3) in the order of STANCES, and each one's score in whole steps
    from the lowest, shape (n,)."""
    points = np.array([(i, j, _STEPS - i - j) for i in range(_STEPS + 1) for j in range(_STEPS + 1 - i)])
    shares = (points + 1 / 3) / (_STEPS + 1)
    step = np.array([_VALUE[s] for s in STANCES])
    return shares, (points @ step + _STEPS).astype(np.intp)
