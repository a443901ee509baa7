"""Fewer points for the same likelihood: pairs of one count and nearly one expected count stand for each other.

DuMouchel and Pregibon (2001) squash ``(n, E)`` points to weighted ones. Cells never seen are squashed without
being listed: with the margins known, their expected counts are an outer product.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Weighted = tuple[Floats, Floats, Floats]

#: Bins of log expected count are this wide: fifty to a factor of ten. The mean expected count stands for its
#: bin, so that the error is of second order; a real quarter's prior moves by one part in ten thousand.
WIDTH = np.log(10) / 50
#: Pairs up to this many are not squashed unless the caller says how.
FEW = 20_000
#: Cells of the outer product handled at once: 8 MB an array.
_CELLS = 1_000_000


class Squash(NamedTuple):
    """How pairs of one count are squashed: in bins of equal numbers by expected count.

    Attributes
    ----------
    n : int
        The count whose pairs are squashed.
    bin_size : int
        Pairs to a bin; the mean of their expected counts stands for them. The last bin may hold fewer.
    keep : int
        So many pairs of the largest expected counts are left as they are.
    """

    n: int
    bin_size: int
    keep: int


#: The squashing of openEBGM's documentation, which its printed figures for CAERS come from.
OPENEBGM = (Squash(1, 50, 100), Squash(2, 10, 50))


def squash_equal(n: Floats, expected: Floats, weight: Floats, how: Squash) -> Weighted:
    """Squash the pairs of one count into bins of equal numbers; the other counts are left as they are."""
    chosen = np.flatnonzero(n == how.n)
    squashed = len(chosen) - how.keep
    if squashed < how.bin_size:
        return n, expected, weight
    chosen = chosen[np.argsort(expected[chosen], kind="stable")]
    starts = np.arange(0, squashed, how.bin_size)
    mass = np.add.reduceat(weight[chosen[:squashed]], starts)
    mean = np.add.reduceat((weight * expected)[chosen[:squashed]], starts) / mass
    rest = np.concatenate([np.flatnonzero(n != how.n), chosen[squashed:]])
    return (
        np.concatenate([n[rest], np.full(len(starts), float(how.n))]),
        np.concatenate([expected[rest], mean]),
        np.concatenate([weight[rest], mass]),
    )


def squash_all(n: Floats, expected: Floats, how: Sequence[Squash]) -> Weighted:
    """Squash one count after the other, each once."""
    points = n, expected, np.ones_like(n)
    for each in how:
        points = squash_equal(*points, each)
    return points


def squash_by_width(n: Floats, expected: Floats, weight: Floats) -> Weighted:
    """Squash every count into bins of equal width of the logarithm of the expected count."""
    kept = expected > 0
    n, expected, weight = n[kept], expected[kept], weight[kept]
    place = np.floor(np.log(expected) / WIDTH).astype(np.int64)
    place -= place.min(initial=0)
    bins = int(place.max(initial=0)) + 1
    counts, which = np.unique(n, return_inverse=True)
    # Added up in a table of every count by every place, which is small: many different counts need very many
    # reports. Sorting the pairs instead takes four times as long.
    which *= bins
    which += place
    filled = np.flatnonzero(np.bincount(which))
    mass, sums = (np.bincount(which, weights=one)[filled].astype(np.float64) for one in (weight, weight * expected))
    return counts[filled // bins], sums / mass, mass


def zero_cells(
    n_drug: Floats, n_event: Floats, n_total: Floats, seen: Floats, *, squash: bool = True
) -> tuple[Floats, Floats]:
    """Give expected counts and weights of the cells nobody reported.

    Parameters
    ----------
    n_drug, n_event : array
        Margins, of shape (drugs,) and (events,), or (strata, drugs) and (strata, events).
    n_total : array
        Reports, a number or one per stratum.
    seen : array
        Expected counts of the pairs that were reported.
    squash : bool
        In bins, of which the mean expected count is given. Otherwise every product of two different margins is
        a point; pairs seen are taken away as points of negative weight.

    Returns
    -------
    tuple of array
        Expected counts, and how many cells each stands for.

    Raises
    ------
    ValueError
        If ``seen`` cannot come from these margins.
    """
    drugs, events, times = _distinct(n_drug, n_event, n_total)
    step = len(drugs.T) if not squash else max(1, _CELLS // max(1, events.shape[1]))
    blocks = [slice(at, at + step) for at in range(0, drugs.shape[1], step)]
    if not squash:
        cells, weight = _outer(drugs, events, times, slice(None))
        return np.concatenate([cells, seen]), np.concatenate([weight, -np.ones_like(seen)])
    spans = [_span(_outer(drugs, events, times, block)[0]) for block in blocks]
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    _check_span(low, high, seen)
    base = int(np.floor(np.log(low) / WIDTH)) - 1
    bins = int(np.floor(np.log(high) / WIDTH)) - base + 2
    mass, sums = np.zeros(bins), np.zeros(bins)
    for block in blocks:
        _add(mass, sums, *_outer(drugs, events, times, block), base)
    _add(mass, sums, seen, -np.ones_like(seen), base)
    # Where a caller rounds an expected count otherwise than we do, a pair may be taken from the bin beside its
    # own: what is left then is off by one cell, and its mean is held inside the bin.
    left = np.flatnonzero(np.abs(mass) > 0.5)
    missing = -mass[mass < 0].sum()
    if missing > 0.01 * len(seen) + 10:
        raise ValueError(
            f"expected: {missing:.0f} of {len(seen)} pairs have an expected count the margins give to no cell; "
            "use one definition of n_total for both"
        )
    edges = np.exp((base + left) * WIDTH)
    return np.clip(sums[left] / mass[left], edges, edges * np.exp(WIDTH)), mass[left]


def _distinct(n_drug: Floats, n_event: Floats, n_total: Floats) -> tuple[Floats, Floats, tuple[Floats, Floats]]:
    """Keep margins that differ, with how often each occurs; expected counts are a product of what is given."""
    drugs, drug_times = np.unique(np.atleast_2d(n_drug), axis=1, return_counts=True)
    events, event_times = np.unique(np.atleast_2d(n_event), axis=1, return_counts=True)
    total = np.atleast_1d(n_total)[:, None]
    share = np.divide(events, total, out=np.zeros_like(events), where=total > 0)
    return drugs, share, (drug_times.astype(np.float64), event_times.astype(np.float64))


def _outer(drugs: Floats, events: Floats, times: tuple[Floats, Floats], block: slice) -> tuple[Floats, Floats]:
    """Give expected counts above zero of some drugs with every event, and how often each occurs."""
    cells = (drugs[:, block].T @ events).ravel()
    weight = np.outer(times[0][block], times[1]).ravel()
    kept = cells > 0
    return cells[kept], weight[kept]


def _span(cells: Floats) -> tuple[float, float]:
    return (cells.min(), cells.max()) if cells.size else (np.inf, 0.0)


def _check_span(low: float, high: float, seen: Floats) -> None:
    slack = 1e-9
    if not low <= high or (seen.size and (seen.min() < low * (1 - slack) or seen.max() > high * (1 + slack))):
        raise ValueError(
            f"expected: values from {seen.min(initial=np.inf):g} to {seen.max(initial=0):g} do not come from the "
            f"margins, which give {low:g} to {high:g}; use one definition of n_total for both"
        )


def _add(mass: Floats, sums: Floats, cells: Floats, weight: Floats, base: int) -> None:
    place = np.floor(np.log(cells) / WIDTH).astype(np.int64) - base
    mass += np.bincount(place, weights=weight, minlength=len(mass))
    sums += np.bincount(place, weights=weight * cells, minlength=len(mass))
