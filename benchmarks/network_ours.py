"""Our side of the benchmark of networks and Bayesian models: the data, the tasks, and what they give."""

from __future__ import annotations

import csv
import importlib.resources
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from glabella.synthesis import HalfNormal, Network, bayes, network
from glabella.synthesis.networks._contribution import contribution
from glabella.synthesis.networks._split import node_split

#: The largest network of those whose numbers the project has: 22 treatments, 93 trials.
TABLE = "dossiers/botulinum-depression/tables/linde2016.csv"
REFITS, FITS, STUDIES = 1_000, 10_000, 10
PRIOR = HalfNormal(0.5)


@dataclass(frozen=True, slots=True)
class Problem:
    """What everybody analyses.

    Attributes
    ----------
    study, treat1, treat2 : list of str
        Of each contrast.
    te, se : ndarray of shape (m,)
        Effects and standard errors.
    codes : dict
        A short name for each treatment, in our order, which every program then sorts alike.
    tau2 : float
        By REML.
    drawn : ndarray of shape (refits, m)
        Effects drawn from the random-effects model that was fitted: parametric bootstrap.
    yi, vi : ndarray of shape (fits, k)
        Effects and variances of small meta-analyses.
    """

    study: list[str]
    treat1: list[str]
    treat2: list[str]
    te: np.ndarray
    se: np.ndarray
    codes: dict[str, str]
    tau2: float
    drawn: np.ndarray
    yi: np.ndarray
    vi: np.ndarray


def best_of(work: Callable[[], Any], times: int, rounds: int = 5) -> float:
    """Seconds a call, of the best round; one call before to warm up."""
    work()
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(times):
            work()
        best = min(best, (time.perf_counter() - start) / times)
    return best


def problem() -> Problem:
    """Read the network, and draw the rest of it from a fixed seed."""
    path = importlib.resources.files("glabella") / TABLE
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    rows = list(csv.DictReader(lines))
    study, treat1, treat2 = ([row[name] for row in rows] for name in ("study", "treat1", "treat2"))
    te, se = (np.array([float(row[name]) for row in rows]) for name in ("te", "se"))
    fit = network(study, treat1, treat2, te, se)
    random = np.random.default_rng(5)
    yi = random.normal(0.2, np.sqrt(0.05 + 0.1), (FITS, STUDIES))
    return Problem(
        study, treat1, treat2, te, se, {name: f"t{at:02}" for at, name in enumerate(fit.treatments)}, fit.tau2,
        _draw(fit, random, REFITS), yi, random.uniform(0.02, 0.3, yi.shape),
    )  # fmt: skip


def _draw(fit: Network, random: np.random.Generator, times: int) -> np.ndarray:
    """Draw effects from the model, those of a study with more than two arms from one set of arms."""
    of = fit.structure
    mean = fit.te_random[of.a, of.b]
    drawn = np.empty((times, of.m))
    for study in range(len(of.studies)):
        rows = np.flatnonzero(of.study == study)
        arms = np.flatnonzero(of.member[study])
        v = np.zeros((len(arms), len(arms)))
        i, j = np.searchsorted(arms, of.a[rows]), np.searchsorted(arms, of.b[rows])
        v[i, j] = v[j, i] = fit.given.se[0, rows] ** 2 + fit.tau2
        # Arms against the first: variances on the diagonal, and what two of them share off it.
        cov = (v[1:, :1] + v[:1, 1:] - v[1:, 1:]) / 2
        noise = np.zeros((times, len(arms)))
        noise[:, 1:] = random.multivariate_normal(np.zeros(len(arms) - 1), cov, times, method="eigh")
        drawn[:, rows] = mean[rows] + noise[:, i] - noise[:, j]
    return drawn


def everything(fit: Network) -> tuple[Any, ...]:
    """Ask for what netmeta computes in a fit."""
    return (fit.te_common, fit.se_common, fit.te_random, fit.se_random, fit.pi_low, fit.pi_high, fit.p_score,
            fit.q_within_p, fit.q_between_p)  # fmt: skip


def every_posterior(yi: np.ndarray, vi: np.ndarray, *, studies: bool = True) -> list[Any]:
    """Ask for what bayesmeta computes in a fit: mode, median, mean, SD and shortest interval of each quantity."""
    fit = bayes(yi, vi, tau_prior=PRIOR)
    asked = [fit.mu, fit.tau, fit.theta_new, *([fit.shrinkage] if studies else [])]
    return [(one.mode, one.median, one.mean, one.sd, *one.interval()) for one in asked]


def times(given: Problem) -> dict[str, float]:
    """Seconds of each task; of refits and of many fits, per fit."""
    names = (given.study, given.treat1, given.treat2)
    found: dict[str, float] = {}
    for method in ("DL", "REML"):
        found[f"fit {method}"] = best_of(
            lambda method=method: everything(network(*names, given.te, given.se, method=method)), 20
        )
        se = np.broadcast_to(given.se, given.drawn.shape)

        def refit(method: Any = method, se: Any = se) -> Any:
            fit = network(*names, given.drawn, se, method=method)
            return fit.te_random, fit.se_random

        found[f"refit {method}"] = best_of(refit, 1) / REFITS
    fit = network(*names, given.te, given.se, method="DL")
    found["split"] = best_of(lambda: node_split(fit), 50)
    found["shortest"] = best_of(lambda: contribution(fit), 2)
    found["walk"] = best_of(lambda: contribution(fit, way="random_walk"), 10)
    found["bayes"] = best_of(lambda: every_posterior(given.yi[0], given.vi[0]), 5)
    found["bayes many"] = best_of(lambda: every_posterior(given.yi, given.vi), 1, 2) / FITS
    found["bayes many, means only"] = (
        best_of(lambda: every_posterior(given.yi, given.vi, studies=False), 1, 2) / FITS
    )
    return found
