"""Draws of all unknowns from their posterior, with what tells whether the draws can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._fit import DECIMALS, REACH, Fit, spread_out
from glabella.mechanism._likelihood import Likelihood, MuscleData
from glabella.mechanism._model import Model
from glabella.mechanism._spread import spread
from glabella.mechanism._unknowns import Unknown

Floats = NDArray[np.float64]
#: Convergence as Vehtari et al. ask for it.
MOST_RHAT, LEAST_ESS = 1.01, 400


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Draws from the posterior.

    Attributes
    ----------
    names : tuple of str
    draws : ndarray of shape (draws, p)
        On the real line.
    values : ndarray of shape (draws, p)
        On the unknowns' own scales.
    rhat, ess : ndarray of shape (p,)
        Split R-hat of ranks between ensembles, and effective number of draws.
    acceptance : float
        Share of proposals that were taken.
    ensembles, walkers, steps : int
        Independent runs, and what was kept of each before thinning.
    likelihood : Likelihood
    """

    names: tuple[str, ...]
    draws: Floats
    values: Floats
    rhat: Floats
    ess: Floats
    acceptance: float
    ensembles: int
    walkers: int
    steps: int
    likelihood: Likelihood = field(repr=False)

    @property
    def converged(self) -> bool:
        """Whether R-hat and effective sample size are as good as asked for."""
        return bool((self.rhat < MOST_RHAT).all() and (self.ess > LEAST_ESS).all())

    def limits(self, level: float = 0.95) -> Floats:
        """Give lower limit, median and upper limit of each unknown (3, p)."""
        return np.asarray(np.quantile(self.values, [0.5 - level / 2, 0.5, 0.5 + level / 2], axis=0))

    def __str__(self) -> str:
        """Print medians, limits and convergence."""
        rows = [f"{'':32}{'median':>10}{'low':>10}{'high':>10}{'R-hat':>8}{'ESS':>8}"]
        low, middle, high = self.limits()
        for name, a, b, c, rhat, ess in zip(self.names, middle, low, high, self.rhat, self.ess, strict=True):
            rows.append(f"{name:32}{a:>10.4g}{b:>10.4g}{c:>10.4g}{rhat:>8.3f}{ess:>8.0f}")
        word = (
            "converged" if self.converged else f"NOT converged (R-hat above {MOST_RHAT} or ESS below {LEAST_ESS})"
        )
        return "\n".join([*rows, f"{len(self.draws)} draws, {word}"])


def sample(
    found: Fit,
    *,
    ensembles: int = 2,
    walkers: int = 48,
    steps: int = 2000,
    keep: int = 1000,
    seed: int = 1,
    workers: int = 1,
) -> Posterior:
    """Draw from the posterior by ensembles of walkers that start around the mode.

    Parameters
    ----------
    found : Fit
        With all priors; a flat direction would have no posterior.
    ensembles : int
        Independent runs, whose agreement is R-hat.
    walkers, steps : int
        Of each ensemble; a third of the steps is thrown away.
    keep : int
        Draws to keep, evenly spread over the rest.
    seed : int
    workers : int
        Processes; each runs one ensemble.

    Returns
    -------
    Posterior

    Raises
    ------
    ValueError
        If the fit did not use all priors, an unknown has none, or there are fewer than two ensembles.
    ImportError
        If the extra ``glabella[mechanism]`` is not installed.

    References
    ----------
    Foreman-Mackey D, et al. Publ Astron Soc Pac 2013;125:306-312 (emcee, effective size from the time of
    autocorrelation). ter Braak CJF. Stat Comput 2006;16:239-249 (differential evolution). Vehtari A, et al.
    Bayesian Anal 2021;16:667-718 (R-hat of ranks).
    """
    bare = [each.name for each in found.likelihood.unknowns if not each.family]
    if bare or found.priors != "all":
        raise ValueError(f"a posterior needs all priors{': without ' + ', '.join(bare) if bare else ''}")
    if ensembles < 2:
        raise ValueError(f"{ensembles} ensembles, expected at least 2: their agreement is the check")
    there = found.likelihood
    job = _Ensemble(
        there.model, there.data, there.unknowns, there.held, found.place, found.covariance, walkers, steps
    )
    runs = list(spread(job, [seed + k for k in range(ensembles)], workers))
    chains = np.stack([chain for chain, _, _ in runs])
    p = chains.shape[-1]
    flat = chains.reshape(-1, p)
    draws = np.round(flat[np.linspace(0, len(flat) - 1, min(keep, len(flat))).astype(int)], DECIMALS)
    values = np.stack([[each.from_line(x) for x in column]
                       for each, column in zip(there.unknowns, draws.T, strict=True)], axis=1)  # fmt: skip
    size = chains.shape[1] * walkers
    return Posterior(
        found.names, draws, values, _rhat(chains), sum(size / tau for _, tau, _ in runs),
        float(np.mean([acceptance for *_, acceptance in runs])), ensembles, walkers, chains.shape[1], there,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ensemble:
    """One run of an ensemble; can be sent to another process."""

    model: Model
    data: MuscleData
    unknowns: tuple[Unknown, ...]
    held: Mapping[str, float]
    place: Floats
    covariance: Floats
    walkers: int
    steps: int

    def __call__(self, seed: int) -> tuple[Floats, Floats, float]:
        """Give draws (steps x walkers, p) in the order of time, the time of autocorrelation, and acceptance."""
        try:
            import emcee
        except ImportError as error:
            raise ImportError("posteriors are drawn by emcee: install glabella[mechanism]") from error
        target = Target(Likelihood(self.model, self.data, self.unknowns, self.held))
        moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.1), (emcee.moves.StretchMove(), 0.1)]
        run = emcee.EnsembleSampler(self.walkers, len(self.place), target, moves=moves, vectorize=True)
        run.random_state = np.random.RandomState(seed).get_state()
        run.run_mcmc(self._start(np.random.default_rng(seed)), self.steps)
        burnt = self.steps // 3
        with np.errstate(invalid="ignore"):
            tau = np.asarray(run.get_autocorr_time(discard=burnt, tol=0))
        # A walker that never moved has no time of autocorrelation: its whole run is one draw.
        tau = np.where(np.isfinite(tau), tau, self.steps - burnt)
        return run.get_chain(discard=burnt), tau, float(run.acceptance_fraction.mean())

    def _start(self, rng: np.random.Generator) -> Floats:
        """Start by the normal approximation, drawn in so that all have a posterior."""
        root = spread_out(self.covariance, 1e-8, 1.0)
        away = rng.standard_normal((self.walkers, len(self.place))) @ root
        return np.round(self.place + 0.7 * away, DECIMALS)


@dataclass(frozen=True, slots=True)
class Target:
    """The log posterior at many places, simulated together."""

    likelihood: Likelihood

    def __call__(self, places: Floats) -> Floats:
        """Give the log posterior (k,) at places (k, p) on the real line; minus infinity out of reach."""
        there = self.likelihood
        places = np.round(places, DECIMALS)
        near = (np.abs(places - there.start) < REACH).all(axis=1)
        there.prepare(places[near])
        out = np.full(len(places), -np.inf)
        for row in np.flatnonzero(near):
            out[row] = there.log_likelihood(places[row]) + there.log_prior(places[row], every=True)
        return np.where(np.isnan(out), -np.inf, out)


def _rhat(chains: Floats) -> Floats:
    """Give R-hat of each unknown from (ensembles, steps, walkers, p); an ensemble's walkers are one chain."""
    try:
        from arviz_stats.base.array import array_stats
    except ImportError as error:
        raise ImportError("chains are judged by arviz-stats: install glabella[mechanism]") from error
    judge: Any = array_stats
    runs, steps, walkers, p = chains.shape
    columns = chains.reshape(runs, steps * walkers, p)
    each: Any = {"chain_axis": 0, "draw_axis": 1}
    return np.array([float(judge.rhat(np.ascontiguousarray(columns[..., k]), **each)) for k in range(p)])
