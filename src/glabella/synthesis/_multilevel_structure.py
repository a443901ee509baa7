"""Structures of the covariance between the true effects, and the parameters in which they are searched."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Struct = Literal["CS", "HCS", "UN", "AR"]
STRUCTS = ("CS", "HCS", "UN", "AR")

#: Distance to a bound, for parameters of order one, at which the bound itself is tried.
NEAR = 1e-5


@dataclass(frozen=True, slots=True)
class Model:
    """Which (co)variances there are, and how the parameters that are searched make them.

    Parameters are those of the structure, if there is one, and then a variance for each further cluster. A
    structure is searched in variance and correlation (CS, AR), standard deviations and correlation (HCS), or the
    lower triangle of a Cholesky factor (UN): all keep the covariance semi-definite, and reach zero variance and
    perfect correlation.
    """

    struct: Struct | None
    outcomes: int
    components: tuple[str, ...]
    correlations: tuple[str, ...]
    lower: Floats
    upper: Floats

    @staticmethod
    def of(
        clusters: tuple[str, ...], struct: Struct | None, outcomes: tuple[str, ...], rho_low: float | None = None
    ) -> Model:
        """Lay out the parameters."""
        j = len(outcomes)
        least = rho_low if rho_low is not None else -1 / (j - 1) if j > 1 else -1.0
        own: tuple[str, ...] = ()
        correlations: tuple[str, ...] = ()
        below: list[float] = []
        above: list[float] = []
        if struct in ("CS", "AR"):
            own, correlations = (clusters[0],), ("rho",)
            below, above = [0.0, least if struct == "CS" else -1.0], [np.inf, 1.0]
        elif struct == "HCS":
            own, correlations = tuple(f"{clusters[0]}: {label}" for label in outcomes), ("rho",)
            below, above = [*[0.0] * j, least], [*[np.inf] * j, 1.0]
        elif struct == "UN":
            own = tuple(f"{clusters[0]}: {label}" for label in outcomes)
            correlations = tuple(f"{a}, {b}" for a, b in combinations(outcomes, 2))
            below, above = [-np.inf] * (j * (j + 1) // 2), [np.inf] * (j * (j + 1) // 2)
        rest = clusters[1:] if struct else clusters
        return Model(struct, j, (*own, *rest), correlations, np.array([*below, *[0.0] * len(rest)]),
                      np.array([*above, *[np.inf] * len(rest)]))  # fmt: skip

    @property
    def size(self) -> int:
        """Parameters."""
        return len(self.lower)

    @property
    def own(self) -> int:
        """Parameters of the structure."""
        if self.struct is None:
            return 0
        if self.struct == "UN":
            return self.outcomes * (self.outcomes + 1) // 2
        return self.outcomes + 1 if self.struct == "HCS" else 2

    def between(self, theta: Floats) -> tuple[Floats, Floats]:
        """Covariance of outcomes, of shape (J, J), and its derivatives by each of the structure's parameters."""
        j = self.outcomes
        eye = np.eye(j)
        if self.struct == "UN":
            at = np.tril_indices(j)
            factor = np.zeros((j, j))
            factor[at] = theta[: self.own]
            steps = np.zeros((self.own, j, j))
            steps[np.arange(self.own), at[0], at[1]] = 1.0
            half = steps @ factor.T
            return factor @ factor.T, half + np.swapaxes(half, 1, 2)
        rho = theta[self.own - 1]
        if self.struct == "AR":
            apart = np.abs(np.subtract.outer(np.arange(j), np.arange(j)))
            r, dr = rho**apart, apart * rho ** np.maximum(apart - 1, 0)
        else:
            r, dr = eye + rho * (1 - eye), 1 - eye
        if self.struct == "HCS":
            s = theta[:j]
            half = eye[:, :, None] * (s * r)[:, None, :]
            return r * np.outer(s, s), np.concatenate([half + np.swapaxes(half, 1, 2), [dr * np.outer(s, s)]])
        return theta[0] * r, np.stack([r, theta[0] * dr])

    def start(self, variances: Floats, rho: float, rest: Floats) -> Floats:
        """Parameters at which outcomes have these variances (on average, if they share one) and one correlation."""
        if self.struct is None:
            return rest
        if self.struct in ("CS", "AR"):
            own = np.array([variances.mean(), rho])
        elif self.struct == "HCS":
            own = np.array([*np.sqrt(variances), rho])
        else:
            root = np.sqrt(variances)
            j = self.outcomes
            own = np.linalg.cholesky(np.outer(root, root) * ((1 - rho) * np.eye(j) + rho))[np.tril_indices(j)]
        return np.concatenate([own, rest])

    def escapes(self, theta: Floats) -> list[Floats]:
        """Points beside one where a variance of an outcome is zero.

        There the correlation leads nowhere, so that the search may have come to rest although, with another
        correlation, the likelihood rises as the variance does.
        """
        if self.struct in (None, "UN"):
            return []
        variances = theta[: self.own - 1]
        if (variances > NEAR).all():
            return []
        beside = []
        for rho in (0.99 * self.lower[self.own - 1], 0.99):
            tried = theta.copy()
            tried[: self.own - 1] = np.maximum(variances, 0.01)
            tried[self.own - 1] = rho
            beside.append(tried)
        return beside

    def named(self, theta: Floats) -> tuple[Floats, Floats]:
        """Variances and correlations."""
        if self.struct is None:
            return theta, np.empty(0)
        full, _ = self.between(theta)
        variances = np.diagonal(full)
        if self.struct == "UN":
            one, other = np.triu_indices(self.outcomes, 1)
            product = variances[one] * variances[other]
            varies = np.minimum(variances[one], variances[other]) > NEAR**2
            rho = np.where(
                varies, np.clip(full[one, other] / np.sqrt(np.where(varies, product, 1.0)), -1, 1), np.nan
            )
        else:
            # One correlation is there as long as two outcomes vary.
            rho = np.array([theta[self.own - 1] if np.count_nonzero(variances) > 1 else np.nan])
        own = variances[:1] if self.struct in ("CS", "AR") else variances
        return np.concatenate([own, theta[self.own :]]), rho
