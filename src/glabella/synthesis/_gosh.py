"""Graphical display of heterogeneity: the pooled effect of every subset of the studies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._blocks import by_blocks
from glabella.synthesis._design import basis
from glabella.synthesis._numbers import check_whole
from glabella.synthesis._pool import Method
from glabella.synthesis._sensitivity import _one
from glabella.synthesis._tau2 import estimate, method_called, trace_p, weighted

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

#: Above this the subsets no longer fit in memory; a random sample of them does.
_MOST_STUDIES = 24
_MOST_SUBSETS = 10**8


@dataclass(frozen=True, slots=True)
class Gosh:
    """Every subset, or a random sample of them; arrays of shape (subsets,).

    Attributes
    ----------
    subset : ndarray of unsigned integers
        Bit ``i`` says whether study ``i`` is in.
    k : ndarray
        Studies in the subset.
    estimate, tau2, i2, q : ndarray
        Of the subset; τ² and I² of a single study are zero.
    converged : ndarray
        Whether τ² was found; where not, the estimates are NaN.
    """

    subset: NDArray[np.uint64]
    k: NDArray[np.int_]
    estimate: Floats
    tau2: Floats
    i2: Floats
    q: Floats
    converged: NDArray[np.bool_]

    def contains(self, study: int) -> NDArray[np.bool_]:
        """Tell which subsets contain a study, counted from zero."""
        check_whole(study, "study", 0, 63)
        return np.asarray((self.subset >> np.uint64(study)) & np.uint64(1), dtype=bool)

    def table(self) -> pl.DataFrame:
        """Give one row a subset."""
        import polars as pl

        return pl.DataFrame({name: getattr(self, name) for name in self.__slots__})

    def __str__(self) -> str:
        """Print how the subsets spread."""
        low, middle, high = np.nanpercentile(self.estimate, [0, 50, 100])
        lost = int((~self.converged).sum())
        return (
            f"{len(self.k)} subsets; estimate {low:.4f} to {high:.4f}, median {middle:.4f}; "
            f"I^2 median {np.nanmedian(self.i2):.2f}%; {lost} did not converge"
        )


def gosh(
    yi: ArrayLike, vi: ArrayLike, *, method: Method = "REML", subsets: int | None = None, seed: int = 0
) -> Gosh:
    """Pool every subset of the studies.

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and variances.
    method : str
        As for :func:`pool`.
    subsets : int, optional
        Draw so many subsets at random in place of all of them; needed above 24 studies.
    seed : int
        Of the random draw.

    Returns
    -------
    Gosh
        All 2^k - 1 subsets, the smallest first, or the sample.

    Raises
    ------
    ValueError
        With one study, more than 24 without ``subsets``, more than 64, or an unknown method.

    References
    ----------
    Olkin I, Dahabreh IJ, Trikalinos TA. Res Synth Methods 2012;3:214-223.

    Examples
    --------
    >>> gosh([0.1, 0.4, 0.8], [0.04, 0.05, 0.09], method="DL").estimate.round(2)
    array([0.1 , 0.4 , 0.8 , 0.23, 0.41, 0.55, 0.38])
    """
    y, v = _one(yi, vi, 2)
    method = method_called(method)
    check_whole(seed, "seed", 0)
    if subsets is not None:
        check_whole(subsets, "subsets", 1, _MOST_SUBSETS)
    if len(y) > 64 or (subsets is None and len(y) > _MOST_STUDIES):
        limit = 64 if subsets is not None else _MOST_STUDIES
        raise ValueError(f"k is {len(y)}, expected at most {limit}; "
                         "draw a number of subsets above 24 studies")  # fmt: skip
    chosen = _all(len(y)) if subsets is None else _drawn(len(y), subsets, seed)
    size = np.bitwise_count(chosen).astype(int)
    order = np.argsort(size, kind="stable")
    chosen, size = chosen[order], size[order]
    found: dict[str, list[Any]] = {}
    # Subsets of one size share a shape, so no study is carried along only to weigh nothing.
    for k in range(1, len(y) + 1):
        start, end = np.searchsorted(size, [k, k + 1])
        if start < end:
            part = _same_size(y, v, chosen[start:end], k, method)
            for name, values in part.items():
                found.setdefault(name, []).append(values)
    return Gosh(subset=chosen, k=size, **{name: np.concatenate(parts) for name, parts in found.items()})


def _all(k: int) -> NDArray[np.uint64]:
    return np.arange(1, 2**k, dtype=np.uint64)


def _drawn(k: int, subsets: int, seed: int) -> NDArray[np.uint64]:
    """Draw subsets uniformly, with repetition; the empty one is left out."""
    random = np.random.default_rng(seed)
    highest = np.uint64(2**k - 1) if k < 64 else np.iinfo(np.uint64).max
    return random.integers(1, highest, size=subsets, dtype=np.uint64, endpoint=True)


def _same_size(y: Floats, v: Floats, chosen: NDArray[np.uint64], k: int, method: Method) -> dict[str, Any]:
    """Pool subsets of ``k`` studies each."""
    bit = np.arange(len(y), dtype=np.uint64)

    def work(rows: slice) -> dict[str, Any]:
        inside = ((chosen[rows, None] >> bit) & np.uint64(1)).astype(bool)
        place = np.nonzero(inside)[1].reshape(-1, k)
        ys, vs = y[place], v[place]
        count = np.full(len(ys), k)
        span, _ = basis(None, inside)
        fixed = weighted(ys, 1 / vs, span)
        if k == 1 or method == "common":
            tau2, settled = np.zeros(len(ys)), np.ones(len(ys), dtype=bool)
        else:
            tau2, _, settled = estimate(method, ys, vs, span, count)
        at = weighted(ys, 1 / (vs + tau2[:, None]), span)
        if k == 1:
            i2 = np.zeros(len(ys))
        elif method == "common":
            i2 = np.where(fixed.q > k - 1, 100 * (fixed.q - (k - 1)) / np.maximum(fixed.q, 1e-300), 0.0)
        else:
            # Where one study outweighs all others by far, rounding leaves nothing of the trace, a difference.
            with np.errstate(divide="ignore", over="ignore"):
                i2 = 100 * tau2 / (tau2 + (k - 1) / np.maximum(trace_p(fixed, span), 0.0))
        return {
            "estimate": np.where(settled, at.beta[:, 0], np.nan),
            "tau2": np.where(settled, tau2, np.nan),
            "i2": np.where(settled, i2, np.nan),
            "q": fixed.q,
            "converged": settled,
        }

    return by_blocks(work, len(chosen), k)
