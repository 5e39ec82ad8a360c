"""One law a group: how a characteristic is spread over people, from the figures published about it.

A publication prints of a group its size, minimum, quartiles, maximum, mean and standard deviation,
or some of them. Of all laws on whole numbers that honour every figure to its rounding, the one is
taken that adds nothing else: the law of least relative entropy to a plain reference (Jaynes,
Physical Review 106, 1957; the dual in Boyd and Vandenberghe, Convex Optimization, 2004, ch. 7).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

QUARTILES = {"q1": 0.25, "median": 0.5, "q3": 0.75}
# A law that misses a figure by more than this share of people, or of the figure's own rounding
# beyond it, is listed: the figures cannot hold together.
MISSED = 0.02


@dataclass(frozen=True)
class Law:
    """Probabilities of the whole numbers `x` (both arrays of one shape), and what was not honoured.

    misses: a sentence for each published figure that no law honours together with the others.
    """

    x: np.ndarray
    p: np.ndarray
    misses: tuple[str, ...] = ()

    def mean(self, of=None) -> float:
        """Expectation of `of` (values on x; the number itself by default)."""
        return float(self.p @ (self.x if of is None else of))

    def sd(self) -> float:
        """Standard deviation."""
        return float(np.sqrt(self.p @ (self.x - self.mean()) ** 2))


def law(figures: dict[str, float], x: np.ndarray, log_reference: np.ndarray, unit: float) -> Law:
    """The law on whole numbers nearest to a reference that honours all published figures of a group.

    Of the laws that honour every figure to its rounding, the one of least relative entropy to the
    reference [1]_, found by Newton's method on the dual [2]_.

    Parameters
    ----------
    figures : dict of str to float
        Any of n, min, q1, median, q3, max, mean, sd; absent or NaN where not published.
    x : ndarray of int, shape (numbers,)
        The whole numbers it may take, rising; narrowed to min and max where published.
    log_reference : ndarray, shape (numbers,)
        Log weights on x of the plain law that holds where nothing is published.
    unit : float
        To how much mean and standard deviation are rounded, in the unit of x.

    Returns
    -------
    Law
        With a sentence for every figure that no law honours together with the others.

    Raises
    ------
    ValueError
        Where min or max leave nothing of x.

    References
    ----------
    .. [1] Jaynes, Information Theory and Statistical Mechanics, Physical Review 106 (1957).
    .. [2] Boyd and Vandenberghe, Convex Optimization (2004), ch. 7.

    Examples
    --------
    >>> scores = np.arange(200, 301)
    >>> found = law({"n": 400, "mean": 250.0, "sd": 12.0}, scores, np.zeros(scores.size), 0.1)
    >>> round(found.mean()), round(found.sd()), found.misses
    (250, 12, ())
    """
    known = {name: float(value) for name, value in figures.items() if value == value}
    inside = (x >= known.get("min", -np.inf)) & (x <= known.get("max", np.inf))
    if not inside.any():
        raise ValueError(f"no whole number between {known.get('min')} and {known.get('max')}")
    x, log_reference = x[inside].astype(float), log_reference[inside]
    names, features, bounds = _demands(known, x, unit)
    if not names:
        return Law(x, _weights(log_reference)[0])
    slack = features - bounds[:, None]
    # Features are brought to one size, so that one ridge bounds them all.
    size = np.maximum(np.abs(slack).max(axis=1), 1e-9)
    slack = slack / size[:, None]

    p = _tilted(log_reference, slack)
    short = -(features @ p - bounds)
    misses = tuple(
        dict.fromkeys(
            f"{name} {known[name]:g}"
            for name, by, of in zip(names, short, size, strict=True)
            if by > MISSED * of
        )
    )
    return Law(x, p, misses)


def _demands(known, x, unit) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Everything published as demands E[feature] >= bound: names, features (k, x), bounds (k,)."""
    found = []
    if "mean" in known:
        found.append(("mean", x, known["mean"] - unit / 2))
        found.append(("mean", -x, -known["mean"] - unit / 2))
        if "sd" in known:
            square = (x - known["mean"]) ** 2
            found.append(("sd", square, max(known["sd"] - unit / 2, 0) ** 2))
            found.append(("sd", -square, -((known["sd"] + unit / 2) ** 2)))
    # Half a person: a quartile of n people is known no better.
    half = 0.5 / known["n"] if known.get("n", 0) else 0.0
    for name, level in QUARTILES.items():
        if name in known:
            found.append((name, (x <= known[name]).astype(float), level - half))
            found.append((name, -(x < known[name]).astype(float), -level - half))
    if "max" in known and half:
        found.append(("max", (x == x[-1]).astype(float), half))
    if not found:
        return [], np.empty((0, x.size)), np.empty(0)
    names, features, bounds = zip(*found, strict=True)
    return list(names), np.array(features), np.array(bounds)


def _weights(log: np.ndarray) -> tuple[np.ndarray, float]:
    """exp(log) scaled to sum 1, and the log of the sum."""
    top = log.max()
    weight = np.exp(log - top)
    total = weight.sum()
    return weight / total, top + float(np.log(total))


def _tilted(log_reference: np.ndarray, slack: np.ndarray) -> np.ndarray:
    """The law of least relative entropy with E[slack] >= 0, slack of shape (demands, numbers).

    Newton's method on the dual, whose multipliers are not negative: each step is a quadratic
    problem with that bound, solved by non-negative least squares. A small ridge keeps the
    multipliers finite where the demands contradict each other.
    """
    ridge = 1e-6 * np.eye(len(slack))
    at = np.zeros(len(slack))
    p, value = _weights(log_reference)
    for _ in range(60):
        mean = slack @ p
        gradient = mean + 2e-6 * at
        hessian = (slack * p) @ slack.T - np.outer(mean, mean) + 2 * ridge
        root = np.linalg.cholesky(hessian + 1e-9 * np.eye(len(slack)))
        target = root.T @ at - np.linalg.solve(root, gradient)
        step = nnls(root.T, target)[0] - at
        descent = gradient @ step
        if descent > -1e-9:
            break
        length = 1.0
        while True:
            new = at + length * step
            p, total = _weights(log_reference + new @ slack)
            reached = total + 1e-6 * new @ new
            if reached <= value + 0.1 * length * descent or length < 1e-4:
                break
            length /= 2
        at, value = new, reached
    return p
