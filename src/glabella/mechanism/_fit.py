"""The most likely unknowns, how sure they are, and which the data cannot tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._likelihood import Likelihood, MuscleData, RowLikelihood
from glabella.mechanism._model import Model
from glabella.mechanism._rows import Rows
from glabella.mechanism._unknowns import Unknown
from glabella.shown import steady

Floats = NDArray[np.float64]
Priors = Literal["assumed", "all"]
#: Steps of central differences: for slopes, and for slopes of slopes. Interpolated curves make the objective uneven
#: by some 1e-6, which over the first step squared would hide the curvature of a prior.
STEP, HESSIAN_STEP = 1e-4, 1e-2
#: Step along directions that the objective hardly changes in.
FAR = 0.3
#: Decimals of a most likely place, and significant digits of its covariance. The search stops within about as much;
#: more would hang on the processor, and with them every draw that starts there.
PLACES, DIGITS = 4, 6
#: Decimals of places that are drawn: the last digits of linear algebra must not decide the steps of a solver.
DECIMALS = 9
#: Decimals of the objective: far fewer than processors share, far more than its curves are even to.
EVEN = 8
#: How far from its start an unknown is sought, on the real line: a factor of about 150.
REACH = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A model fitted to shares of responders.

    Attributes
    ----------
    names : tuple of str
    estimate, low, high : ndarray of shape (p,)
        Each unknown on its own scale, with Wald limits taken back from the real line.
    place, se : ndarray of shape (p,)
        On the real line.
    covariance : ndarray of shape (p, p)
        On the real line.
    log_likelihood, log_posterior : float
        At the estimate; the second with the priors that were used.
    at_limit : tuple of str
        Unknowns that ran to the end of where they were sought.
    flat : tuple of str
        Unknowns in a direction along which the fit does not change.
    converged : bool
    message : str
        Of the optimiser.
    priors : str
        Whose priors were used: of all unknowns, or of those that are assumed.
    level : float
    """

    names: tuple[str, ...]
    estimate: Floats
    low: Floats
    high: Floats
    place: Floats
    se: Floats
    covariance: Floats
    log_likelihood: float
    log_posterior: float
    at_limit: tuple[str, ...]
    flat: tuple[str, ...]
    converged: bool
    message: str
    priors: Priors
    level: float
    likelihood: Likelihood = field(repr=False)

    @property
    def aic(self) -> float:
        """Akaike's criterion; meaningful for a fit by likelihood alone."""
        return 2 * len(self.names) - 2 * self.log_likelihood

    def __str__(self) -> str:
        """Print the estimates."""
        rows = [f"{'':32}{'estimate':>10}{'low':>10}{'high':>10}"]
        for name, *values in zip(self.names, self.estimate, self.low, self.high, strict=True):
            note = "  at its limit" if name in self.at_limit else "  not identified" if name in self.flat else ""
            rows.append(f"{name:32}" + "".join(f"{value:>10.4g}" for value in values) + note)
        return "\n".join([*rows, f"log-likelihood {self.log_likelihood:.2f}; {self.message}"])


def fit(
    model: Model,
    data: MuscleData | Rows,
    unknowns: Sequence[Unknown],
    *,
    held: Mapping[str, float] | None = None,
    priors: Priors = "assumed",
    start: Floats | None = None,
    level: float = 0.95,
) -> Fit:
    """Fit a model to shares of responders of several trials.

    Parameters
    ----------
    model : Model
        Fills one state by ``dose`` and ``sensitivity`` and computes ``weakness``.
    data : MuscleData or Rows
    unknowns : sequence of Unknown
    held : mapping of str to float, optional
        Constants of the model that differ from its own and are not estimated.
    priors : {"assumed", "all"}
        Whether only assumed unknowns have their priors (others by maximum likelihood) or all have.
    start : ndarray of shape (p,), optional
        On the real line.
    level : float
        Of the intervals.

    Returns
    -------
    Fit

    References
    ----------
    Mandema JW, et al. Clin Pharmacol Ther 2011;90:766-769 (model-based meta-analysis). Raue A, et al.
    Bioinformatics 2009;25:1923-1929 (identifiability by profiles).
    """
    likelihood = (
        RowLikelihood(model, data, unknowns, held) if isinstance(data, Rows)
        else Likelihood(model, data, unknowns, held)
    )  # fmt: skip
    first = likelihood.start if start is None else np.asarray(start, dtype=float)
    if not np.isfinite(objective(likelihood, first, priors)):
        raise ValueError("the likelihood has no value where the search starts")
    place, converged, message = search(likelihood, first, priors, np.ones(len(first), dtype=bool))
    place = np.round(place, PLACES)
    covariance, flat = _covariance(likelihood, place, priors)
    se = np.sqrt(np.where(np.isinf(np.diag(covariance)), np.inf, np.diag(covariance)))
    from scipy.special import ndtri

    half = float(ndtri(0.5 + level / 2)) * se
    with np.errstate(over="ignore"):
        low, middle, high = (
            np.array([each.from_line(x) for each, x in zip(likelihood.unknowns, at, strict=True)])
            for at in (place - half, place, place + half)
        )
    names = tuple(each.name for each in likelihood.unknowns)
    far = np.abs(place - likelihood.start) > 0.999 * REACH
    log_likelihood = likelihood.log_likelihood(place)
    return Fit(
        names, middle, low, high, place, se, covariance, log_likelihood,
        log_likelihood + likelihood.log_prior(place, priors == "all"),
        tuple(name for name, one in zip(names, far, strict=True) if one),
        tuple(name for name, one in zip(names, flat, strict=True) if one),
        converged, message, priors, level, likelihood,
    )  # fmt: skip


def objective(likelihood: Likelihood, place: Floats, priors: Priors) -> float:
    """Give what is made small: minus the log of likelihood times priors."""
    return round(-likelihood.log_likelihood(place) - likelihood.log_prior(place, priors == "all"), EVEN)


def slopes(
    likelihood: Likelihood, place: Floats, priors: Priors, free: NDArray[np.bool_], step: float = STEP
) -> Floats:
    """Give the slopes of the objective along free unknowns, from one stacked simulation."""
    steps = np.eye(len(place))[free] * step
    around = np.concatenate([place + steps, place - steps])
    likelihood.prepare(around)
    found = np.array([objective(likelihood, each, priors) for each in around]).reshape(2, -1)
    # A place where the model can just be run may have neither side: no slope, which the search takes for 0.
    with np.errstate(invalid="ignore"):
        return np.asarray((found[0] - found[1]) / (2 * step))


def search(
    likelihood: Likelihood, start: Floats, priors: Priors, free: NDArray[np.bool_], scale: Floats | None = None
) -> tuple[Floats, bool, str]:
    """Make the objective small over the free unknowns.

    Parameters
    ----------
    scale : ndarray of shape (p,), optional
        Typical change of each unknown.
    """
    from scipy.optimize import minimize

    unit = np.ones(len(start)) if scale is None else scale
    at = start.copy()
    # Where the model cannot be run the search must turn back: a large number, not infinity, lets it.
    worst = 1e10

    def both(x: Floats) -> tuple[float, Floats]:
        # Curves are uneven by some 1e-6: a last digit of the search's own would send it another way.
        at[free] = np.round(x * unit[free], DECIMALS)
        value = objective(likelihood, at, priors)
        if not np.isfinite(value):
            return worst, np.zeros(int(free.sum()))
        slope = np.nan_to_num(slopes(likelihood, at, priors, free), nan=0.0, posinf=0.0, neginf=0.0)
        return value, slope * unit[free]

    limits = [((x0 - REACH) / u, (x0 + REACH) / u)
              for x0, u in zip(likelihood.start[free], unit[free], strict=True)]  # fmt: skip
    x0 = np.clip(start[free] / unit[free], *np.transpose(limits))
    found = minimize(both, x0, jac=True, method="L-BFGS-B", bounds=limits,
                     options={"maxiter": 300, "ftol": 1e-10, "gtol": 1e-4, "maxcor": 20})  # fmt: skip
    at[free] = found.x * unit[free]
    return at.copy(), bool(found.success), str(found.message)


def _covariance(likelihood: Likelihood, place: Floats, priors: Priors) -> tuple[Floats, NDArray[np.bool_]]:
    """Invert the curvature; unknowns in a direction without curvature get an infinite variance."""
    p = len(place)
    free = np.ones(p, dtype=bool)
    steps = np.eye(p) * HESSIAN_STEP
    after, before = (
        np.array([slopes(likelihood, place + sign * step, priors, free, HESSIAN_STEP) for step in steps])
        for sign in (1.0, -1.0)
    )
    curvature = (after - before) / (2 * HESSIAN_STEP)
    curvature = (curvature + curvature.T) / 2
    values, vectors = np.linalg.eigh(curvature)
    # Along weak directions the differences' own error is as large as the curvature; a longer way tells it.
    for weak in np.flatnonzero(values < 1):
        ahead, behind = (np.round(place + far * vectors[:, weak], DECIMALS) for far in (FAR, -FAR))
        likelihood.prepare(np.array([ahead, behind]))
        rise = sum(objective(likelihood, each, priors) for each in (ahead, behind))
        values[weak] = (rise - 2 * objective(likelihood, place, priors)) / FAR**2
    # A standard error above 10 on the real line, a factor of 20,000, spans everything that could be. The objective
    # is even to about 1e-5, a curvature of 1e-4 over the longer way: no decision hangs on that.
    good = values > 1 / 10**2
    covariance = (vectors[:, good] / values[good]) @ vectors[:, good].T
    flat = (np.abs(vectors[:, ~good]) > 0.1).any(axis=1)
    covariance[flat, flat] = np.inf
    kept = [steady(each, DIGITS) for each in covariance.ravel()]
    return np.reshape(kept, covariance.shape), flat
