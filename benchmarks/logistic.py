"""Ridge logistic regression, by Newton's method."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RIDGE = 1.0
MAX_STEPS, TOLERANCE = 50, 1e-6
LARGEST_LOG_ODDS = 30.0


def fit(features: Floats, is_true: Floats) -> Floats:
    """The weight of each feature that makes the labels most likely.

    Args:
        features: a row per pair, a column per feature; a column of ones is the intercept.
        is_true: 1 or 0 of each pair.
    """
    weights = np.zeros(features.shape[1])
    for _ in range(MAX_STEPS):
        said = probability(features @ weights)
        gradient = features.T @ (said - is_true) + RIDGE * weights
        curvature = (features * (said * (1 - said))[:, None]).T @ features + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights = weights - step
        if np.abs(step).max() < TOLERANCE:
            break
    return weights


def probability(log_odds: Floats) -> Floats:
    """Probabilities of log-odds."""
    share: Floats = 1 / (1 + np.exp(-np.clip(log_odds, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)))
    return share
