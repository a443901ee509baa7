"""Every quantity of bayesmeta's reference outputs beside ours; ``make agreement`` writes the table.

The reference sums over a grid of heterogeneity that is placed by a bound on the divergence of neighbouring
components, and looks for modes and shortest intervals by an optimiser with a wide tolerance. Both are emulated, the
grid from the paper that describes it (Röver C, Friede T. J Comput Graph Stat 2017;26:217-222): so every number is
compared twice, with the exact posterior and with what the reference's rules make of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import brentq, fminbound

from glabella.synthesis import Bayes, Distribution, HalfCauchy, HalfNormal, HalfT, Normal, TauPrior, Uniform, bayes
from glabella.synthesis.bayesian._distribution import Mixture
from tests.synthesis.records import ITERATIVE, Part, Record, files, markdown, outputs, rows

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "agreement-bayesmeta.md"
FILES = files("bayesmeta")

QUANTILE = 1e-5
PRIORS: dict[str, TauPrior] = {
    "halfnormal_0.5": HalfNormal(0.5), "halfcauchy_0.5": HalfCauchy(0.5), "halft4_1": HalfT(4, 1),
    "uniform": Uniform(),
}  # fmt: skip
#: Settings of the reference's grid.
DELTA, EPSILON = 1e-3, 1e-6
#: Tolerance of the reference's search for modes and shortest intervals, that of R's ``optimize`` by default.
SEARCH = np.finfo(float).eps ** 0.25

LEFT_OUT = {"nothing": "every number of the files is compared"}
COARSE = (
    "the reference sums over a grid of heterogeneity (delta 0.001, epsilon 1e-6), ours is the exact posterior. "
    "With that grid, emulated, our numbers are the reference's (sections 'at the reference's grid'); run again "
    "with a finer one the reference comes to ours (tests/synthesis/bayesian/test_agreement.py); ours equals an "
    "independent integration in 30 digits (tests/synthesis/bayesian/test_exact.py)"
)
FLAT = (
    "the reference looks for modes and shortest intervals with R's optimize at its default tolerance, 1.2e-4 of "
    "the quantity itself, those of effects on the grid above; with that search, emulated, our numbers are the "
    "reference's (sections 'at the reference's grid'). Our modes have the higher density, our intervals are the "
    "shorter ones (tests/synthesis/bayesian/test_agreement.py)"
)
SUMMARY = ("mode", "median", "mean", "sd", "low", "high")


def fits(reference: dict[str, Any]) -> Iterator[tuple[str, Bayes, dict[str, Any]]]:
    """Give each analysis of a file: its name, ours, and what is expected."""
    for prior, by_mean in reference["fits"].items():
        for mean, expected in by_mean.items():
            yield f"{prior}, mean {mean}", fitted(reference["dataset"], prior, mean), expected


@cache
def fitted(dataset: str, prior: str, mean: str) -> Bayes:
    """Analyse one data set of the reference."""
    reference = outputs("bayesmeta", dataset)
    y, v = np.array(reference["yi"]), np.array(reference["sei"]) ** 2
    return bayes(y, v, tau_prior=PRIORS[prior], mu_prior=None if mean == "flat" else Normal(0, 2))


def exact(reference: dict[str, Any]) -> Iterator[Record]:
    """Compare with the exact posterior."""
    for name, fit, expected in fits(reference):
        where = f"{reference['dataset']} {name}"
        for quantity in ("tau", "mu", "theta_new"):
            one = getattr(fit, quantity)
            values = (one.mode, one.median, one.mean, one.sd, *one.interval())
            for key, value, theirs in zip(SUMMARY, values, expected["summary"][quantity], strict=True):
                why = FLAT if key in ("mode", "low", "high") else COARSE
                relative = ITERATIVE if key in ("mean", "sd") else QUANTILE
                yield from rows(f"bayes {quantity}", key, where, value, theirs, relative=relative, why=why)
        for quantity, key in (("tau", "q_tau"), ("mu", "q_mu"), ("theta_new", "q_pred")):
            values = getattr(fit, quantity).quantile(expected["probs"])
            yield from rows(
                f"bayes {quantity}", "quantiles", where, values, expected[key], relative=QUANTILE, why=COARSE
            )
        for quantity in ("tau", "mu"):
            given = expected[f"dens_{quantity}"]
            values = getattr(fit, quantity).density(given["x"])
            yield from rows(
                f"bayes {quantity}", "density", where, values, given["d"], relative=ITERATIVE, why=COARSE
            )
        for key, values in (("mean", fit.shrinkage.mean), ("sd", fit.shrinkage.sd)):
            yield from rows("bayes shrinkage", key, where, values, expected[f"shrink_{key}"],
                            relative=ITERATIVE, why=COARSE)  # fmt: skip
        yield from rows("bayes", "marginal likelihood", where, math.exp(fit.log_marginal), expected["marginal"])


def emulated(reference: dict[str, Any]) -> Iterator[Record]:
    """Compare what the reference's grid and its search make of the posterior."""
    yield from _emulated(reference["dataset"])


@cache
def _emulated(dataset: str) -> tuple[Record, ...]:
    return tuple(_emulate(outputs("bayesmeta", dataset)))


def _emulate(reference: dict[str, Any]) -> Iterator[Record]:
    section = "at the reference's grid"
    for name, fit, expected in fits(reference):
        where = f"{reference['dataset']} {name}"
        mixture = direct(fit, DELTA, EPSILON)
        for quantity, one in (("tau", fit.tau), ("mu", mixture["mu"]), ("theta_new", mixture["theta_new"])):
            start = 0.0 if quantity == "tau" else None
            values = (search_mode(one, start), one.median, one.mean, one.sd, *search_shortest(one, start))
            for key, value, theirs in zip(SUMMARY, values, expected["summary"][quantity], strict=True):
                yield from rows(f"{section}: {quantity}", key, where, value, theirs, relative=ITERATIVE)
        for quantity, key in (("mu", "q_mu"), ("theta_new", "q_pred")):
            values = mixture[quantity].quantile(expected["probs"])
            yield from rows(f"{section}: {quantity}", "quantiles", where, values, expected[key], relative=ITERATIVE)
        given = expected["dens_mu"]
        values = mixture["mu"].density(given["x"])
        yield from rows(f"{section}: mu", "density", where, values, given["d"], relative=ITERATIVE)
        for key in ("mean", "sd"):
            yield from rows(f"{section}: shrinkage", key, where, getattr(mixture["shrinkage"], key),
                            expected[f"shrink_{key}"], relative=ITERATIVE)  # fmt: skip


PARTS: tuple[Part, ...] = (exact, emulated)


def given_tau(fit: Bayes, tau: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means and variances given τ, of shape (len(tau), 2 + k): of μ, of a new study, and of each study's effect."""
    y, v, prior = fit.found.model.y[0], fit.found.model.v[0], fit.mu_prior
    tau2 = np.asarray(tau)[:, None] ** 2
    weight = 1 / (v + tau2)
    variance = 1 / (weight.sum(axis=1, keepdims=True) + (0.0 if prior is None else prior.sd**-2))
    mean = variance * (
        (weight * y).sum(axis=1, keepdims=True) + (0.0 if prior is None else prior.mean / prior.sd**2)
    )
    share = v / (v + tau2)
    means = np.concatenate([mean, mean, (1 - share) * y + share * mean], axis=1)
    return means, np.concatenate([variance, variance + tau2, share * tau2 + share**2 * variance], axis=1)


def direct(fit: Bayes, delta: float, epsilon: float) -> dict[str, Distribution]:
    """Emulate the grid: bins of heterogeneity in which no component is farther than ``delta`` from the centre's."""

    def farther(start: float) -> float:
        def divergence(tau: float) -> float:
            means, variances = given_tau(fit, np.array([start, tau]))
            shift = (means[0] - means[1]) ** 2 * (1 / variances[0] + 1 / variances[1]) / 2
            widening = (variances[0] - variances[1]) ** 2 / (2 * variances[0] * variances[1])
            return float((shift + widening).max()) - delta

        end = start + 1
        while divergence(end) < 0:
            end += end
        return float(brentq(divergence, start, end, xtol=1e-13))

    last = fit.tau.quantile(1 - epsilon)
    centres, edges = [0.0], [farther(0.0)]
    while edges[-1] <= last:
        centres.append(farther(edges[-1]))
        edges.append(farther(centres[-1]))
    weight = np.diff(fit.tau.cdf(np.array(edges)), prepend=0.0)
    weight = weight / weight.sum()
    means, variances = given_tau(fit, np.array(centres))

    def mixture(columns: slice, shape: tuple[int, ...]) -> Distribution:
        mean, variance = means[:, columns].T, variances[:, columns].T
        centre = mean @ weight
        sd = np.sqrt((variance + (mean - centre[:, None]) ** 2) @ weight)
        curve = Mixture(np.tile(weight, (len(mean), 1)), mean, np.sqrt(variance))
        return Distribution(centre.reshape(shape)[()], sd.reshape(shape)[()], 0.95, curve, shape,
                            np.arange(len(mean)), -math.inf)  # fmt: skip

    k = means.shape[1] - 2
    return {"mu": mixture(slice(0, 1), ()), "theta_new": mixture(slice(1, 2), ()),
            "shrinkage": mixture(slice(2, None), (k,))}  # fmt: skip


def brent(function: Callable[[float], float], low: float, high: float) -> float:
    """Brent's minimum as R's ``optimize`` seeks it: the same method, the same tolerance."""
    return float(fminbound(function, low, high, xtol=SEARCH))


def search_mode(one: Distribution, start: float | None) -> float:
    """Emulate the search for a mode."""
    low = one.quantile(0.1) if start is None else start
    found = brent(lambda x: -one.density(x), low, one.quantile(0.9))
    near_start = start is not None and found <= 2 * SEARCH and one.density(start) > one.density(found)
    return start if near_start and start is not None else found


def search_shortest(one: Distribution, start: float | None) -> tuple[float, float]:
    """Emulate the search for the shortest interval that holds 95 %."""

    def right(left: float) -> float:
        return float(one.quantile(min(0.95 + one.cdf(left), 1.0)))

    low = one.quantile(0.001) if start is None else start
    found = brent(lambda left: right(left) - left, low, one.quantile(0.05))
    if start is not None and right(start) - start < right(found) - found:
        found = start
    return found, right(found)


def explanation(record: Record) -> str | None:
    """Why a number may differ, if that is known."""
    return record.why


def table() -> str:
    """Write the agreement as Markdown."""
    return markdown(
        "bayesmeta",
        "Each number of the reference outputs (R, bayesmeta 3.3, five data sets, four priors of tau, two of mu) "
        "beside ours: a relative difference of 1e-6, or 1e-5 for quantiles, modes and limits.",
        FILES, PARTS, explanation, LEFT_OUT,
    )  # fmt: skip


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
