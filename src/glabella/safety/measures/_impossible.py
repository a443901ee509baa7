"""Counts expected of drugs that cannot have some of the events, when nobody says which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Cells of the table held at once.
BLOCK = 1 << 20
#: Sweeps over the table, and the change of a share or of a log rate at which they end.
SWEEPS, ACCURACY = 300, 1e-5
#: Longest step ahead, in sweeps, and the farthest that it may take a logarithm.
LONGEST, FARTHEST = 50.0, 5.0
#: A share this small is none: it is where the search for the greatest likelihood ends at its boundary.
NONE = 1e-5
#: Chance, over the whole table, that a pair without a signal is held for one where rates are made robust.
MISTAKEN = 1e-3
#: Rates of an event that are tried below the most likely one.
LOWER = np.geomspace(1, 1e-6, 40)


@dataclass(frozen=True, slots=True)
class Possible:
    """A fitted table of independent counts, in which each drug lacks a share of the events.

    Attributes
    ----------
    share : ndarray of shape (drugs,)
        Share of events that the drug cannot have.
    activity : ndarray of shape (drugs,)
        Reports of the drug with a possible event of rate 1.
    rate, reach, reports : ndarray of shape (events,)
        Rate of the event, total activity of the drugs that can have it, and its reports.
    """

    share: Floats
    activity: Floats
    rate: Floats
    reach: Floats
    reports: Floats

    def of(self, drug: int, seen: Ints) -> tuple[Floats, Floats]:
        """Give the counts expected of a drug where it can have the events, and the chances that it cannot."""
        share, activity = self.share[drug], self.activity[drug]
        missing = _missing(share, activity * self.rate)
        missing[seen] = 0
        # What the drug itself adds to the reach is certain for counts that are given it to be possible.
        reach = self.reach + activity * missing
        return np.divide(self.reports * activity, reach, out=np.zeros_like(reach), where=reach > 0), missing


def fit_possible(table: csr_array, rest: Floats) -> Possible:
    """Fit rates of drugs and events, and the share of impossible events of each drug.

    Parameters
    ----------
    table : csr_array of shape (drugs, events)
        Reports.
    rest : ndarray of shape (events,)
        Reports of the drugs that are not in the table; taken together they can have every event.

    Returns
    -------
    Possible
        Of the greatest likelihood: each count is Poisson with mean activity × rate, or impossible with the drug's
        share. Reaches rest on robust rates: an event that few drugs have in number, and all others lack, is a
        signal of the few rather than impossible for the others, unless chance explains that too.

    Notes
    -----
    The EM algorithm over latent impossible cells, its steps lengthened (Varadhan R, Roland C. Scand J Stat
    2008;35:335-353). A margin lacks the reports of impossible events, so activities and rates are not margins:
    they are what the sums over possible cells must be to give the margins (quasi-independence, Goodman LA. J Am
    Stat Assoc 1968;63:1091-1131).
    """
    from scipy.sparse import csr_array, vstack

    whole = csr_array(vstack([table, csr_array(rest[None])]))
    drugs, events = np.asarray(whole.sum(axis=1)).ravel(), np.asarray(whole.sum(axis=0)).ravel()
    kept, named = np.flatnonzero(drugs), np.flatnonzero(events)
    inner = csr_array(whole[kept][:, named])
    lacking = np.where(kept < table.shape[0], 1 - np.diff(inner.indptr) / max(len(named), 1), 0)
    start = np.concatenate([lacking / 2, np.log(drugs[kept] / drugs.sum()), np.log(events[named])])
    margins = drugs[kept], events[named]
    found = _fixed_point(lambda state: _sweep(inner, margins, state), start, len(kept))
    share, activity, rate = _unpack(found, len(kept))
    share = np.where(share < NONE, 0, share)
    rate = rate * LOWER[_robust(inner, share, activity, rate)]
    reach = np.zeros(len(named))
    for rows, seen in _blocks(inner):
        missing = _missing(share[rows, None], activity[rows, None] * rate)
        missing[seen] = 0
        reach += activity[rows] @ (1 - missing)
    by_drug, by_event = np.zeros((2, len(drugs))), np.zeros((2, len(events)))
    by_drug[:, kept], by_event[:, named] = (share, activity), (rate, reach)
    return Possible(by_drug[0, :-1], by_drug[1, :-1], by_event[0], by_event[1], events)


def _missing(share: Floats | float, mean: Floats) -> Floats:
    """Give the chance that a pair without a report is impossible."""
    none = np.exp(-mean)
    return np.asarray(share / np.maximum(share + (1 - share) * none, 1e-300))


def _blocks(table: csr_array) -> Iterator[tuple[slice, tuple[Ints, Ints]]]:
    """Give rows of the table, and where in them pairs were reported, some rows at a time."""
    size = max(1, BLOCK // max(table.shape[1], 1))
    for start in range(0, table.shape[0], size):
        ends = table.indptr[start : start + size + 1]
        row = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        yield slice(start, start + size), (row, table.indices[ends[0] : ends[-1]])


def _unpack(state: Floats, drugs: int) -> tuple[Floats, Floats, Floats]:
    return state[:drugs], np.exp(state[drugs : 2 * drugs]), np.exp(state[2 * drugs :])


def _sweep(table: csr_array, margins: tuple[Floats, Floats], state: Floats) -> Floats:
    """One step of EM: which cells are impossible, then shares, activities and rates in turn."""
    drugs, events = margins
    share, activity, rate = _unpack(state, len(drugs))
    reach = np.zeros_like(rate)
    new = np.empty((2, len(drugs)))
    for rows, seen in _blocks(table):
        missing = _missing(share[rows, None], activity[rows, None] * rate)
        missing[seen] = 0
        new[0, rows] = missing.mean(axis=1)
        possible = np.subtract(1, missing, out=missing)
        new[1, rows] = drugs[rows] / (possible @ rate)
        reach += new[1, rows] @ possible
    return np.concatenate([new[0], np.log(new[1]), np.log(events / reach)])


def _fixed_point(step: Callable[[Floats], Floats], state: Floats, shares: int) -> Floats:
    """Repeat a step until it changes nothing, going ahead along the bend of two steps where that is safe."""
    for _ in range(SWEEPS // 3):
        one = step(state)
        two = step(one)
        first, bend = one - state, (two - one) - (one - state)
        if np.abs(two - one).max(initial=0) < ACCURACY:
            return two
        length = min(max(float(np.linalg.norm(first)) / max(float(np.linalg.norm(bend)), 1e-150), 1.0), LONGEST)
        ahead = state + 2 * length * first + length**2 * bend
        ahead[:shares] = np.clip(ahead[:shares], 1e-9 * (two[:shares] > 0), 1 - 1e-9)
        state = step(ahead if np.abs(ahead - two).max() < FARTHEST else two)
    return state


def _robust(table: csr_array, share: Floats, activity: Floats, rate: Floats) -> NDArray[np.intp]:
    """Give which of the lower rates explains an event best when a few pairs may be signals.

    A signal explains its own count and costs as much as makes a mistaken one rare; without signals the most likely
    rate is the best.
    """
    cost = np.log(len(activity) * len(rate) / MISTAKEN)
    row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    counts, column = np.asarray(table.data, dtype=float), table.indices
    mean = activity[row] * rate[column]
    possible, fits = np.log1p(-share[row]), np.empty((len(LOWER), len(rate)))
    for place, lower in enumerate(LOWER):
        distance = counts * np.log(counts / (mean * lower)) - counts + mean * lower
        distance = np.where(counts > mean * lower, np.minimum(distance, cost), distance)
        fits[place] = np.bincount(column, weights=possible - distance, minlength=len(rate))
        for rows, seen in _blocks(table):
            own = share[rows, None]
            none = own + (1 - own) * np.exp(-activity[rows, None] * rate * lower)
            none[seen] = 1
            fits[place] += np.log(np.maximum(none, 1e-300)).sum(axis=0)
    return np.asarray(fits.argmax(axis=0))
