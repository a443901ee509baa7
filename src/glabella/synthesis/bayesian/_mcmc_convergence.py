"""Whether chains have told the same, and enough: R-hat, effective sample sizes, divergent trajectories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis.bayesian._mcmc_sampler import diagnostics

Floats = NDArray[np.float64]

#: Bounds of Vehtari et al. (2021): chains that disagree by more, or that are worth fewer draws, are not summed up.
R_HAT = 1.01
ESS_A_CHAIN = 100


class NotConvergedError(ValueError):
    """Chains that have not converged.

    Attributes
    ----------
    result : object
        What was found all the same, to look at; its numbers are not to be used.
    """

    def __init__(self, found: Convergence, result: object) -> None:
        super().__init__(f"{'; '.join(found.problems)} (advice: more tune and draws, or narrower priors)")
        self.result = result


@dataclass(frozen=True)
class Convergence:
    """Diagnostics of chains.

    Attributes
    ----------
    names : tuple of str
        What was looked at.
    r_hat, ess_bulk, ess_tail : ndarray
        One a name: rank-normalised split R-hat, effective draws in the bulk and in the tails.
    divergent : int
        Trajectories that diverged.
    chains, draws : int
        Chains, and draws of each.

    References
    ----------
    Vehtari A, Gelman A, Simpson D, Carpenter B, Bürkner P-C. Bayesian Anal 2021;16:667-718.
    """

    names: tuple[str, ...]
    r_hat: Floats
    ess_bulk: Floats
    ess_tail: Floats
    divergent: int
    chains: int
    draws: int

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong; empty if nothing is."""
        found = []
        # A comparison with NaN (a chain that stands still) must count as a problem.
        if not (self.r_hat <= R_HAT).all():
            worst = int(np.argmax(np.nan_to_num(self.r_hat, nan=np.inf)))
            found.append(f"R-hat of {self.names[worst]} is {self.r_hat[worst]:.3f}, expected {R_HAT} or less")
        for kind, ess in (("bulk", self.ess_bulk), ("tail", self.ess_tail)):
            needed = ESS_A_CHAIN * self.chains
            if not (ess >= needed).all():
                worst = int(np.argmin(np.nan_to_num(ess, nan=0.0)))
                found.append(f"{kind} ESS of {self.names[worst]} is {ess[worst]:.0f}, expected {needed} or more")
        if self.divergent:
            found.append(f"{self.divergent} of {self.chains * self.draws} trajectories diverged, expected none")
        return tuple(found)

    @property
    def converged(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def __str__(self) -> str:
        """Sum up in one line."""
        if self.problems:
            return "NOT CONVERGED: " + "; ".join(self.problems)
        return (
            f"{self.chains} chains of {self.draws} draws: R-hat at most {self.r_hat.max():.3f}, "
            f"ESS at least {min(self.ess_bulk.min(), self.ess_tail.min()):.0f}, no divergence"
        )


def convergence(names: tuple[str, ...], values: Floats, divergent: int) -> Convergence:
    """Look at chains.

    Parameters
    ----------
    names : tuple of str
        What the columns of ``values`` are.
    values : ndarray of shape (chains, draws, names)
        Draws.
    divergent : int
        Trajectories that diverged.
    """
    array_stats = diagnostics()
    # Of chains that stand still there is no R-hat: NaN, which counts as a problem.
    with np.errstate(invalid="ignore", divide="ignore"):
        r_hat = array_stats.rhat(values, chain_axis=0, draw_axis=1)
    bulk = array_stats.ess(values, chain_axis=0, draw_axis=1, method="bulk")
    tail = array_stats.ess(values, chain_axis=0, draw_axis=1, method="tail", prob=(0.05, 0.95))
    chains, draws, _ = values.shape
    return Convergence(names, np.asarray(r_hat), np.asarray(bulk), np.asarray(tail), divergent, chains, draws)
