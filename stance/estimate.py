"""The estimate behind a position: class shares from unsure judgements, pooled over actors.

Model. An actor's statements are draws from a categorical distribution over (support, oppose, undecided) with unknown
shares. The class of a statement is not observed; what is, is the likelihood of each class that `stance.reliability`
makes of the classifier's probabilities and of its errors on held-out text. So the likelihood of the shares is, for
each statement, the sum over classes of share times class likelihood, and the posterior follows by summing over a grid
on the triangle of shares: no sampling, the same numbers at every run.

Partial pooling. The prior of the shares is one for all actors, fitted to them: Dirichlet distributions around their
common mean, of strengths from weak to strong, each weighed by how likely it makes the actors' statements. So an actor
with one statement stays near the others and one with many stands alone, and where the actors do not tell how much
alike they are, the interval is as wide as that not knowing. A weak hyperprior of a few imagined actors spread evenly
keeps the prior near flat where actors are few.

Weights. A statement of weight w enters with its likelihood to the power of w, as if it had been made w times: less of
a commitment, or older, it says less, and the interval widens accordingly.

Sources: Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), sections 3.4, 5.1-5.3 and 22.1 (multinomial model,
hierarchical prior averaged over its strength, mixture with unknown proportions); Saerens, Latinne and Decaestecker
(2002), Neural Computation 14 (class shares from a classifier's probabilities); Minka (2000), "Estimating a Dirichlet
distribution"; Ibrahim and Chen (2000), Statistical Science 15 (power likelihood).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from stance.records import STANCES

Floats = NDArray[np.float64]

LEVEL = 0.90
_VALUE = {"support": 1, "undecided": 0, "oppose": -1}
_STEPS = 60  # of the grid on the triangle of shares: 1,891 points
_IMAGINED = 5.0  # actors spread evenly that the hyperprior counts beside the real ones
# of the prior, in imagined statements; 3 is flat, and more than 5 would drown the ten statements of a dissenter
_STRENGTHS = np.geomspace(0.75, 5, 12)
_ROUNDS = 30


class Estimate(NamedTuple):
    """The posterior mean of (share of support - share of oppose), in [-1, 1], and its 90% interval."""

    score: float
    low: float
    high: float


def log_likelihood(classes: Floats, weights: Sequence[float] | Floats | None = None) -> Floats:
    """The log likelihood of every grid point, shape (draws, points), from class likelihoods (draws, n, 3) in the order
    of STANCES and the weights of the n statements (1 where none are given)."""
    shares, _ = _grid()
    draws, n, _ = classes.shape
    if not n:
        return np.zeros((draws, len(shares)))
    power = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    # the logarithms are the cost of a large report; in single precision they take a fifth of the time
    columns = shares.T.astype(np.float32)
    return np.stack(
        [power @ np.log(np.maximum(table.astype(np.float32) @ columns, np.float32(1e-12))) for table in classes]
    )


def flat_prior() -> Floats:
    """The log probability of every grid point, shape (points,), where nothing is known."""
    return _dirichlet(np.ones(3))


def pooled_prior(actors: Sequence[Floats]) -> Floats:
    """The log probability of every grid point for an actor of whom nothing is known but the others.

    `actors` holds the log likelihoods of each actor, shape (points,). Flat without actors.
    """
    if not actors:
        return flat_prior()
    shares, _ = _grid()
    logs = np.array(actors)
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))  # (n_actors, n_points)
    mean, by_strength = np.full(3, 1 / 3), np.zeros(len(_STRENGTHS))
    for _ in range(_ROUNDS):
        prior = _mixture(mean, by_strength)
        posterior = likelihood * np.exp(prior)
        posterior /= posterior.sum(axis=1, keepdims=True)
        new_mean = ((posterior @ shares).sum(axis=0) + _IMAGINED / 3) / (len(actors) + _IMAGINED)
        by_strength = np.array([_evidence(likelihood, k * new_mean, k) for k in _STRENGTHS])
        done = np.abs(new_mean - mean).max() < 1e-4
        mean = new_mean
        if done:
            break
    return _mixture(mean, by_strength)


def posterior(logs: Floats, prior: Floats) -> Floats:
    """The probability of each score from -1 to +1, shape (scores,), from log likelihoods (draws, points) and a prior:
    the mean of the draws' posteriors."""
    _, steps = _grid()
    each = logs + prior
    mass = np.exp(each - logsumexp(each, axis=1, keepdims=True)).mean(axis=0)
    # many points of the triangle have one score: their probabilities together are that score's
    return np.bincount(steps, weights=mass, minlength=2 * _STEPS + 1).astype(np.float64)


def summary(by_score: Floats) -> Estimate:
    """Mean and middle 90% of a posterior."""
    return _summary(by_score, _values())


def mean_summary(posteriors: Sequence[Floats]) -> Estimate:
    """Mean and middle 90% of the unweighted mean of at least one score, the scores taken as independent."""
    total = reduce(np.convolve, posteriors)
    return _summary(total, np.linspace(_values()[0], _values()[-1], len(total)))


def difference(before: Floats, after: Floats) -> tuple[Estimate, float]:
    """How far one posterior stands above another, in [-2, 2], taken as independent, and the probability that it does
    (a tie counts half)."""
    gap = np.convolve(after, before[::-1])
    middle = len(gap) // 2
    above = float(gap[middle + 1 :].sum() + gap[middle] / 2)
    values = np.linspace(-middle, middle, len(gap)) / (_STEPS + 1)
    return _summary(gap, values), above


def _summary(mass: Floats, values: Floats) -> Estimate:
    score = float(mass @ values)
    middle = np.cumsum(mass) - mass / 2
    tail = (1 - LEVEL) / 2
    low, high = np.interp([tail, 1 - tail], middle, values)
    return Estimate(score, float(min(low, score)), float(max(high, score)))


def _evidence(likelihood: Floats, parameters: Floats, strength: float) -> float:
    """The log marginal likelihood of all actors under a Dirichlet prior, with a hyperprior of its strength around
    flat."""
    marginal = likelihood @ np.exp(_dirichlet(parameters))
    return float(np.log(np.maximum(marginal, 1e-300)).sum() - 0.5 * np.log(strength / 3) ** 2)


def _mixture(mean: Floats, by_strength: Floats) -> Floats:
    """The Dirichlet distributions around a mean, each weighed by the log evidence of its strength."""
    each = np.stack([_dirichlet(k * mean) for k in _STRENGTHS])
    return logsumexp(each + (by_strength - logsumexp(by_strength))[:, None], axis=0)


def _dirichlet(parameters: Floats) -> Floats:
    """The log probability of each point of the grid under a Dirichlet distribution; the points' sum to 1."""
    shares, _ = _grid()
    logs = np.log(shares) @ (parameters - 1)
    return logs - logsumexp(logs)


def _values() -> Floats:
    return np.linspace(-_STEPS, _STEPS, 2 * _STEPS + 1) / (_STEPS + 1)


@cache
def _grid() -> tuple[Floats, NDArray[np.intp]]:
    """Points of the triangle of shares, shape (n, 3) in the order of STANCES, and each one's score in whole steps
    from the lowest, shape (n,)."""
    points = np.array([(i, j, _STEPS - i - j) for i in range(_STEPS + 1) for j in range(_STEPS + 1 - i)])
    shares = (points + 1 / 3) / (_STEPS + 1)
    step = np.array([_VALUE[s] for s in STANCES])
    return shares, (points @ step + _STEPS).astype(np.intp)
