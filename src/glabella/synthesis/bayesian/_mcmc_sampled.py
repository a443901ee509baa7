"""A quantity known by draws: its summaries, each with its Monte Carlo error."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis.bayesian._mcmc_sampler import diagnostics

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sampled:
    """Draws of one quantity or of an array of them.

    Attributes
    ----------
    chains : ndarray of shape (chains, draws, ...)
        Draws of each chain.
    """

    chains: Floats = field(repr=False)

    @property
    def draws(self) -> Floats:
        """Draws of all chains, of shape (samples, ...)."""
        return self.chains.reshape(-1, *self.chains.shape[2:])

    @property
    def mean(self) -> Any:
        """Posterior mean."""
        return _plain(self.chains.mean(axis=(0, 1)))

    @property
    def sd(self) -> Any:
        """Posterior standard deviation."""
        return _plain(self.draws.std(axis=0, ddof=1))

    @property
    def median(self) -> Any:
        """Posterior median."""
        return self.quantile(0.5)

    def quantile(self, p: ArrayLike) -> Any:
        """Value below which the quantity lies with probability ``p``; an axis of ``p`` comes first."""
        return _plain(np.quantile(self.draws, np.asarray(p, dtype=float), axis=0))

    def interval(self, level: float = 0.95) -> tuple[Any, Any]:
        """Central interval."""
        if not 0 < level < 1:
            raise ValueError(f"level is {level}, expected between 0 and 1")
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    @property
    def mean_error(self) -> Any:
        """Monte Carlo standard error of the mean, with the chains' own correlation; 0 of a constant."""
        return self._error("mean")

    @property
    def sd_error(self) -> Any:
        """Monte Carlo standard error of the standard deviation."""
        return self._error("sd")

    def _error(self, method: str) -> Any:
        flat = self.chains.reshape(*self.chains.shape[:2], -1)
        found = np.zeros(flat.shape[2])
        moving = np.ptp(flat, axis=(0, 1)) > 0
        if moving.any():
            found[moving] = diagnostics().mcse(flat[..., moving], chain_axis=0, draw_axis=1, method=method)
        return _plain(found.reshape(self.chains.shape[2:]))


def _plain(values: Floats) -> Any:
    return values.item() if np.ndim(values) == 0 else values
