"""P values by permutation, which need no distribution: signs flipped, or moderators shuffled."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._design import Design, columns
from glabella.synthesis._numbers import check_whole
from glabella.synthesis._pool import EQUAL, Method, Pooled, Test, pool
from glabella.synthesis._sensitivity import _one

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Permutation:
    """A permutation test.

    Attributes
    ----------
    p_value : ndarray of shape (p,)
        Two-sided, one a coefficient.
    fit : Pooled
        The fit itself.
    draws : int
        Permutations that were fitted.
    exact : bool
        Whether they are all there are.
    dropped : int
        Permutations that could not be fitted; they count in no P value.
    """

    p_value: Floats
    fit: Pooled
    draws: int
    exact: bool
    dropped: int

    def table(self) -> pl.DataFrame:
        """Give one row a coefficient."""
        import polars as pl

        table = self.fit.table()
        return table.with_columns(permutation_p=pl.Series(self.p_value))

    def __str__(self) -> str:
        """Print the P values."""
        kind = "all" if self.exact else "random"
        lines = [f"Permutation test, {self.draws} {kind} permutations"]
        lines += [f"{name}: p = {p:.4f}" for name, p in zip(self.fit.names, self.p_value, strict=True)]
        return "\n".join(lines)


def permutation_test(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    mods: ArrayLike | Design | None = None,
    method: Method = "REML",
    test: Test = "z",
    draws: int = 10_000,
    seed: int = 0,
) -> Permutation:
    """Test a pooled effect or moderators by permutation.

    Parameters
    ----------
    yi, vi, mods, method, test
        As for :func:`pool`; ``yi`` and ``vi`` of shape (k,). Without moderators the signs of the effects are
        flipped, with them their rows are shuffled.
    draws : int
        Permutations; all of them are taken instead where there are no more than this.
    seed : int
        Of the random draw.

    Returns
    -------
    Permutation
        Its P values count the data themselves as one permutation, so none is zero.

    References
    ----------
    Follmann DA, Proschan MA. Biometrics 1999;55:732-737. Higgins JPT, Thompson SG. Stat Med 2004;23:1663-1682.
    Phipson B, Smyth GK. Stat Appl Genet Mol Biol 2010;9:39.

    Examples
    --------
    >>> permutation_test([0.5, 0.4, 0.8], [0.04, 0.05, 0.09]).p_value
    array([0.25])
    """
    y, v = _one(yi, vi, 2)
    check_whole(draws, "draws", 1)
    check_whole(seed, "seed", 0)
    found = columns(mods, y.shape)
    fit = pool(y, v, mods=mods, method=method, test=test)
    k = len(y)
    random = np.random.default_rng(seed)
    if found is None:
        exact = 2**k <= draws if k < 63 else False
        if exact:
            signs = 1 - 2 * ((np.arange(2**k)[:, None] >> np.arange(k)) & 1)
        else:
            signs = random.choice([-1, 1], size=(draws, k))
        batch = pool(signs * y, np.broadcast_to(v, signs.shape), method=method, test=test)
    else:
        exact = k <= 10 and math.factorial(k) <= draws
        order = _orders(k) if exact else random.permuted(np.tile(np.arange(k), (draws, 1)), axis=1)
        x = Design(found.matrix[order], found.names)
        batch = pool(
            np.broadcast_to(y, order.shape), np.broadcast_to(v, order.shape), mods=x, method=method, test=test
        )
    permuted = np.abs(batch.statistic.reshape(len(batch.k), -1))
    # Flipped so that all effects are equal the statistic is without bound, not unknown.
    permuted[batch.reason == EQUAL] = np.inf
    observed = np.abs(np.atleast_1d(fit.statistic))
    usable = ~np.isnan(permuted).any(axis=1)
    # Equal statistics may differ in their last digits, since sums are taken in another order.
    as_large = (permuted[usable] >= observed * (1 - 1e-10)).sum(axis=0)
    total = int(usable.sum())
    p_value = as_large / total if exact else (as_large + 1) / (total + 1)
    return Permutation(p_value, fit, len(permuted), exact, int((~usable).sum()))


def _orders(k: int) -> NDArray[np.int_]:
    """All orders of ``k`` things."""
    orders = np.zeros((1, 1), dtype=int)
    for size in range(2, k + 1):
        orders = np.concatenate([np.insert(orders, at, size - 1, axis=1) for at in range(size)])
    return orders
