"""Partial pooling: match rates of small cells borrow strength from the others.

Rates use the beta-binomial model (Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 5), effect
sizes the random-effects model of DerSimonian and Laird (Controlled Clinical Trials 7, 1986).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, digamma, expit, logit

RIDGE_SD = 0.5  # prior sd of a standardized specialty signal's coefficient, in log odds


@dataclass(frozen=True)
class Shrunk:
    """A population of effects: its mean, the mean's variance, the spread between cells (tau^2),
    and each cell's posterior mean and variance (NaN input: the prediction for a new cell)."""

    mean: float
    mean_variance: float
    tau2: float
    values: np.ndarray
    variances: np.ndarray


def shrink(estimates: np.ndarray, variances: np.ndarray) -> Shrunk:
    """Random-effects shrinkage: each cell's value drawn towards the mean of all.

    Parameters
    ----------
    estimates : ndarray, shape (cells,)
        One effect a cell, on any additive scale (here log odds); NaN where none is published.
    variances : ndarray, shape (cells,)
        Their sampling variances, on the scale squared.

    Returns
    -------
    Shrunk
        The population's mean and spread, and every cell's posterior mean and variance.

    Raises
    ------
    ValueError
        Where no cell has a published value.

    References
    ----------
    .. [1] DerSimonian and Laird, Meta-analysis in Clinical Trials, Controlled Clinical Trials 7 (1986).

    Examples
    --------
    Two cells far apart are drawn little, and a third without figures gets their mean:

    >>> found = shrink(np.array([0.0, 1.0, np.nan]), np.array([0.01, 0.01, np.nan]))
    >>> found.values.round(2)
    array([0.01, 0.99, 0.5 ])
    >>> round(found.tau2, 2)
    0.49
    """
    known = np.isfinite(estimates) & np.isfinite(variances)
    x, v = estimates[known], variances[known]
    if x.size == 0:
        raise ValueError("nothing to pool: no cell has a published value")
    w = 1 / v
    fixed = np.sum(w * x) / w.sum()
    spare = w.sum() - np.sum(w**2) / w.sum()
    excess = np.sum(w * (x - fixed) ** 2) - (x.size - 1)
    tau2 = max(0.0, excess / spare) if x.size > 1 else 0.0
    w = 1 / (v + tau2)
    mean, mean_variance = np.sum(w * x) / w.sum(), 1 / w.sum()
    values = np.full(estimates.shape, mean)
    posterior = np.full(estimates.shape, tau2 + mean_variance)
    trust = tau2 / (tau2 + v)
    values[known] = trust * x + (1 - trust) * mean
    posterior[known] = trust * v + (1 - trust) ** 2 * mean_variance
    return Shrunk(float(mean), float(mean_variance), float(tau2), values, posterior)


def log_beta_binomial(y: np.ndarray, n: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Log probability of counts whose rate is drawn from a beta law, without the binomial coefficient.

    Parameters
    ----------
    y, n : ndarray, shape (cells,)
        People who matched, of how many.
    a, b : ndarray, shape (cells,)
        The beta law's parameters.

    Returns
    -------
    ndarray, shape (cells,)

    Examples
    --------
    Under a flat law every count is as likely as any other:

    >>> flat = log_beta_binomial(np.array([0, 1]), np.array([1, 1]), np.ones(2), np.ones(2))
    >>> np.exp(flat).round(2)
    array([0.5, 0.5])
    """
    return betaln(y + a, n - y + b) - betaln(a, b)


@dataclass(frozen=True)
class Pool:
    """Beta prior of a type's specialties: mean expit(coefficients . signals), precision kappa."""

    coefficients: np.ndarray
    covariance: np.ndarray
    kappa: float

    def prior(self, signals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The beta law of cells' rates before their own counts, the doubt about the fit included.

        Parameters
        ----------
        signals : ndarray, shape (cells, k)
            As in `fit_pool`.

        Returns
        -------
        a, b : ndarray, shape (cells,)
            Beta parameters; a / (a + b) is the expected rate, a + b the people the prior is worth.
        """
        x = np.column_stack([np.ones(len(signals)), signals])
        m = expit(x @ self.coefficients)
        doubt = np.einsum("ij,jk,ik->i", x, self.covariance, x)
        size = 1 / (1 / (self.kappa + 1) + m * (1 - m) * doubt) - 1
        size = np.maximum(size, 0.5)
        return m * size, (1 - m) * size


def fit_pool(y: np.ndarray, n: np.ndarray, signals: np.ndarray) -> Pool:
    """Fit one applicant type's `Pool` on its specialties' counts, by penalized likelihood.

    Parameters
    ----------
    y, n : ndarray, shape (cells,)
        People who matched, of how many; effective counts need not be whole.
    signals : ndarray, shape (cells, k)
        How selective each specialty is towards other populations, standardized.

    Returns
    -------
    Pool

    References
    ----------
    .. [1] Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 5: the beta-binomial model.

    Examples
    --------
    >>> pool = fit_pool(np.array([55.0, 60.0, 65.0]), np.array([100.0, 100.0, 100.0]), np.zeros((3, 0)))
    >>> a, b = pool.prior(np.zeros((1, 0)))
    >>> (a / (a + b)).round(2)
    array([0.6])
    """
    x = np.column_stack([np.ones(len(n)), signals])

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        m, kappa = expit(x @ theta[:-1]), np.exp(theta[-1])
        a, b = m * kappa, (1 - m) * kappa
        value = -log_beta_binomial(y, n, a, b).sum() + 0.5 * np.sum((theta[1:-1] / RIDGE_SD) ** 2)
        value += 0.5 * ((theta[-1] - 3) / 2) ** 2
        da = digamma(a) - digamma(y + a)
        db = digamma(b) - digamma(n - y + b)
        both = digamma(kappa + n) - digamma(kappa)
        slope = x.T @ ((da - db) * kappa * m * (1 - m))
        slope[1:] += theta[1:-1] / RIDGE_SD**2
        scale = kappa * np.sum(m * da + (1 - m) * db + both) + (theta[-1] - 3) / 4
        return value, np.append(slope, scale)

    start = np.append(np.zeros(x.shape[1]), 3.0)
    start[0] = logit((y.sum() + 0.5) / (n.sum() + 1))
    best = minimize(loss, start, jac=True, method="BFGS")
    return Pool(best.x[:-1], best.hess_inv[:-1, :-1], float(np.exp(best.x[-1])))
