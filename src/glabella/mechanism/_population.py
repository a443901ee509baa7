"""Many patients at once: the same equations, each patient with constants of their own.

The linear part of the model is solved exactly. The other states of a block of patients are put behind each other
and integrated as one system by scipy's LSODA. Its Jacobian is then banded, and its error norm is a maximum over the
elements (vmnorm in ODEPACK), so that the tolerance holds for each patient and not for their mean. A block that
fails is halved until the patient who fails stands alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._linear import chain
from glabella.mechanism._model import Model
from glabella.mechanism._spread import spread
from glabella.mechanism._translate import Equations, equations

Floats = NDArray[np.float64]
_Found = TypeVar("_Found")
#: Patients integrated as one system: larger blocks share steps with the slowest, smaller ones pay more calls.
BLOCK = 1000
#: Relative and absolute tolerance: well below what results are compared to, since errors add up over a year.
RTOL, ATOL = 1e-10, 1e-13
#: Calls without an advance in time; a Jacobian, or a step that is tried again, takes some tens.
STUCK = 5000


@dataclass(frozen=True, slots=True)
class Population:
    """What became of each patient.

    Attributes
    ----------
    times : ndarray of shape (t,)
        In the model's unit of time.
    values : dict of str to ndarray of shape (patients, t)
        By name; NaN for a patient who failed, and only for those.
    reason : ndarray of shape (patients,)
        Empty, or why a patient failed.
    """

    times: Floats
    values: dict[str, Floats]
    reason: NDArray[Any]

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Whether a patient failed."""
        return np.asarray(self.reason != "", dtype=bool)


def simulate_population(
    model: Model,
    times: ArrayLike,
    constants: Mapping[str, ArrayLike] | None = None,
    *,
    injections: Sequence[float] = (0.0,),
    into: str | None = None,
    names: Sequence[str] | None = None,
    workers: int = 1,
    rtol: float = RTOL,
) -> Population:
    """Simulate patients who differ in their constants.

    Parameters
    ----------
    model : Model
        From :func:`load`.
    times : array_like of shape (t,)
        Increasing, from zero on, in the model's unit of time.
    constants : mapping of str to float or array_like of shape (patients,), optional
        What differs from the model's own constants; arrays of one length, or numbers for everybody.
    injections : sequence of float
        When each patient is injected: at these times the initial amount is added again to ``into``.
    into : str, optional
        State that an injection fills. Needed for any schedule but one injection at time zero.
    names : sequence of str, optional
        States or computed quantities to keep; all by default.
    workers : int
        Processes to spread the patients over.
    rtol : float
        Relative tolerance of the solver.

    Returns
    -------
    Population

    Raises
    ------
    ValueError
        If a name is not in the model, lengths differ, or times do not increase from zero or later.

    References
    ----------
    Petzold L. SIAM J Sci Stat Comput 1983;4:136-148; Hindmarsh AC. ODEPACK, 1983 (LSODA).
    """
    known = cached_equations(model)
    grid = checked_times(times)
    given, n = checked_constants(known, constants or {})
    kept = checked_names(known, names)
    moments = checked_injections(known, injections, into)
    job = _Job(model, grid, tuple(moments), into, kept, rtol)
    found = by_blocks(job, given, n, workers)
    values = {name: np.concatenate([each[0][place] for each in found]) for place, name in enumerate(kept)}
    return Population(grid, values, np.concatenate([each[1] for each in found]))


def by_blocks(
    job: Callable[[dict[str, Any], int], _Found], constants: dict[str, Any], n: int, workers: int
) -> list[_Found]:
    """Do a job on all patients, a block at a time, over some processes."""
    rows = [slice(first, min(first + BLOCK, n)) for first in range(0, n, BLOCK)]
    parts = [
        {name: values[row] if np.ndim(values) else values for name, values in constants.items()} for row in rows
    ]
    sizes = [row.stop - row.start for row in rows]
    return list(spread(_OfBlock(job), list(zip(parts, sizes, strict=True)), workers))


@dataclass(frozen=True, slots=True)
class _OfBlock:
    """A job that takes the constants and the size of a block as one."""

    job: Callable[[dict[str, Any], int], Any]

    def __call__(self, block: tuple[dict[str, Any], int]) -> Any:
        return self.job(*block)


@lru_cache(maxsize=16)
def cached_equations(model: Model) -> Equations:
    """Give a model's equations, written once."""
    return equations(model)


def checked_times(times: ArrayLike) -> Floats:
    grid = np.array(times, dtype=float)
    if grid.ndim != 1 or not grid.size or not np.isfinite(grid).all() or grid[0] < 0 or (np.diff(grid) <= 0).any():
        raise ValueError(f"times are {grid}, expected finite numbers that increase from zero or later")
    return grid


def checked_constants(known: Equations, given: Mapping[str, ArrayLike]) -> tuple[dict[str, Any], int]:
    """Join the model's constants and the patients' own; count the patients."""
    found: dict[str, Any] = dict(known.constants)
    lengths = {}
    for name, values in given.items():
        if name not in known.constants:
            raise ValueError(f"the model has no constant {name!r}; it has {', '.join(sorted(known.constants))}")
        array = np.array(values, dtype=float)
        if array.ndim > 1:
            raise ValueError(f"{name!r} has shape {array.shape}, expected a number or (patients,)")
        if array.ndim:
            lengths[name] = len(array)
        found[name] = array if array.ndim else float(array)
    if len(set(lengths.values())) > 1:
        raise ValueError(f"constants are of different lengths: {lengths}")
    return found, next(iter(lengths.values()), 1)


def checked_names(known: Equations, names: Sequence[str] | None) -> tuple[str, ...]:
    there = (*known.states, *known.computed)
    kept = there if names is None else tuple(names)
    for name in kept:
        if name not in there:
            raise ValueError(f"the model computes no {name!r}; it computes {', '.join(there)}")
    return kept


def checked_injections(known: Equations, injections: Sequence[float], into: str | None) -> Floats:
    moments = np.array(injections, dtype=float)
    if moments.ndim != 1 or not np.isfinite(moments).all() or (moments < 0).any() or (np.diff(moments) <= 0).any():
        raise ValueError(f"injections are at {moments}, expected times that increase from zero or later")
    if into is None and moments.tolist() != [0.0]:
        raise ValueError("injections other than one at time zero need the state that they fill (into)")
    if into is not None and into not in known.states:
        raise ValueError(f"the model has no state {into!r}; it has {', '.join(known.states)}")
    return moments


@dataclass(frozen=True, slots=True)
class _Job:
    """Simulate one block of patients; can be sent to another process."""

    model: Model
    times: Floats
    injections: tuple[float, ...]
    into: str | None
    names: tuple[str, ...]
    rtol: float

    def __call__(self, constants: dict[str, Any], n: int) -> tuple[list[Floats], NDArray[Any]]:
        """Give the kept quantities and why patients failed."""
        block = Block(cached_equations(self.model), constants, n, self.rtol)
        filled = 0.0 if self.into is None else block.first[self.into].copy()
        y = block.state()
        if self.into is not None and 0.0 not in self.injections:
            y[:, block.column(self.into)] -= filled
        out = [np.full((n, len(self.times)), np.nan) for _ in self.names]
        stops = [0.0, *(moment for moment in self.injections if moment > 0), np.inf]
        for begin, end in pairwise(stops):
            if begin > 0:
                y[:, block.column(str(self.into))] += filled
            inside = np.flatnonzero((self.times >= begin) & (self.times < end))
            last = end if np.isfinite(end) and end <= self.times[-1] else None
            if not inside.size and last is None:
                break
            asked = self.times[inside]
            path = block.advance(y, begin, asked if last is None else np.append(asked, last))
            for place in range(len(inside)):
                found = block.values(asked[place], path[:, place])
                for column, name in zip(out, self.names, strict=True):
                    column[:, inside[place]] = found[name]
            if last is None:
                break
            y = path[:, -1].copy()
        return block.finish(out), block.reason


class Block:
    """Patients of one block: their constants, where they start, and how they move on.

    Attributes
    ----------
    first : dict of str to ndarray of shape (n,)
        States at time zero.
    reason : ndarray of shape (n,)
        Empty, or why a patient failed; one who has failed is left out from then on.
    """

    def __init__(self, known: Equations, constants: dict[str, Any], n: int, rtol: float = RTOL) -> None:
        self.known, self.n, self.rtol = known, n, rtol
        self.constants = {
            name: np.broadcast_to(np.asarray(value, dtype=float), (n,)) for name, value in constants.items()
        }
        self.reason = np.full(n, "", dtype=object)
        for name, value in self.constants.items():
            self._fail(~np.isfinite(value), f"{name} is no finite number")
        with np.errstate(all="ignore"):
            start = known.start(self.constants)
        self.first = {name: np.broadcast_to(np.asarray(start[name], dtype=float), (n,)) for name in known.states}
        for name, value in self.first.items():
            self._fail(~np.isfinite(value), f"{name} has no finite value at the start")
        self.chain = chain(self._linear_rates, n, len(known.linear))

    def _fail(self, where: NDArray[np.bool_], why: str) -> None:
        self.reason[where & (self.reason == "")] = why

    def _linear_rates(self, y: Floats) -> Floats:
        known = self.known
        if not known.linear:
            return np.zeros((self.n, 0))
        with np.errstate(all="ignore"):
            found = known.linear_rates(0.0, self.constants | dict(zip(known.linear, y.T, strict=True)))
        return np.stack([np.broadcast_to(found[name], (self.n,)) for name in known.linear], axis=1)

    def column(self, state: str) -> int:
        """Give the column of a state."""
        return self.known.states.index(state)

    def state(self) -> Floats:
        """Give the states at time zero, of shape (n, states)."""
        return np.stack([self.first[name] for name in self.known.states], axis=1)

    def values(self, time: float, y: Floats) -> dict[str, Floats]:
        """Give states and computed quantities at one time."""
        states = {name: y[:, place] for place, name in enumerate(self.known.states)}
        with np.errstate(all="ignore"):
            found = self.known.compute(time, self.constants | states)
        return states | {name: np.broadcast_to(value, (self.n,)) for name, value in found.items()}

    def finish(self, columns: list[Floats]) -> list[Floats]:
        """Blank the patients who failed; name those who came out without a number and had not."""
        for column in columns:
            self._fail(np.asarray(~np.isfinite(column).all(axis=1)), "a quantity is no finite number")
        for column in columns:
            column[self.reason != ""] = np.nan
        return columns

    def advance(self, y: Floats, begin: float, times: Floats) -> Floats:
        """Move on from ``begin`` to each of ``times``: states of shape (n, times, states)."""
        path = np.full((self.n, len(times), len(self.known.states)), np.nan)
        later = times > begin
        path[:, ~later] = y[:, None]
        if later.any():
            ahead, there = path[:, later.argmax() :], np.asarray(self.reason == "")
            exact = there & self.chain.exact
            self._advance(np.flatnonzero(exact), y, begin, times[later], ahead, self._by_chain)
            self._advance(np.flatnonzero(there & ~exact), y, begin, times[later], ahead, self._by_solver)
        return path

    def _advance(
        self, rows: NDArray[np.intp], y: Floats, begin: float, times: Floats, path: Floats, move: Callable[..., Any]
    ) -> None:
        """Move some patients on together; if that fails, in halves, down to the one who fails."""
        if not rows.size:
            return
        found = move(rows, y[rows], begin, times)
        if isinstance(found, str):
            if len(rows) == 1:
                self.reason[rows] = found
                return
            for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
                self._advance(half, y, begin, times, path, move)
            return
        path[rows] = found

    def _by_solver(self, rows: NDArray[np.intp], y: Floats, begin: float, times: Floats) -> Floats | str:
        """Integrate every state."""
        known, constants = self.known, {name: value[rows] for name, value in self.constants.items()}

        def rates(time: float, columns: Floats) -> dict[str, Any]:
            values = constants | dict(zip(known.states, columns, strict=True))
            return known.linear_rates(time, values) | known.rest_rates(time, values)

        return _integrate(rates, known.states, y, begin, times, self.rtol)

    def _by_chain(self, rows: NDArray[np.intp], y: Floats, begin: float, times: Floats) -> Floats | str:
        """Solve the linear states exactly, and integrate the rest with them."""
        known, constants = self.known, {name: value[rows] for name, value in self.constants.items()}
        linear = [self.column(name) for name in known.linear]
        rest = [self.column(name) for name in known.rest]
        found = np.empty((len(rows), len(times), len(known.states)))
        solved = self.chain.rows(rows)
        waves, speeds = solved.waves(y[:, linear])[:, : len(linear)], solved.values
        with np.errstate(all="ignore"):
            growth = np.exp(speeds[:, None] * (times - begin)[:, None])
            found[:, :, linear] = np.einsum("nsl,ntl->nts", waves, growth).real
        if not rest:
            return found if np.isfinite(found).all() else "a quantity grows without bound"
        # Patients stand last, so that each line below is one pass over memory.
        real = not (speeds.imag.any() or waves.imag.any())
        speed = np.ascontiguousarray((speeds.real if real else speeds).T)
        driving = {name: np.ascontiguousarray((waves.real if real else waves)[:, known.linear.index(name)].T)
                   for name in known.driving}  # fmt: skip

        def rates(time: float, columns: Floats) -> dict[str, Any]:
            wave = np.exp(speed * (time - begin))
            values = {name: (share * wave).sum(axis=0).real for name, share in driving.items()}
            return known.rest_rates(time, constants | values | dict(zip(known.rest, columns, strict=True)))

        moved = _integrate(rates, known.rest, y[:, rest], begin, times, self.rtol)
        if isinstance(moved, str):
            return moved
        found[:, :, rest] = moved
        return found if np.isfinite(found).all() else "a quantity grows without bound"


def _integrate(
    rates: Callable[[float, Floats], dict[str, Any]],
    names: tuple[str, ...],
    y: Floats,
    begin: float,
    times: Floats,
    rtol: float,
) -> Floats | str:
    """Integrate patients put behind each other; give the states (patients, times, states), or why it failed."""
    from scipy.integrate import solve_ivp

    n, states = y.shape
    change = np.empty((n, states))
    latest, calls = begin, 0

    def flat(time: float, stacked: Floats) -> Floats:
        nonlocal latest, calls
        # Before a pole LSODA goes on for ever with steps too short to change the time.
        latest, calls = (time, 0) if time > latest + 1e-14 * abs(latest) else (latest, calls + 1)
        if calls > STUCK:
            raise FloatingPointError
        found = rates(time, np.ascontiguousarray(stacked.reshape(n, states).T))
        for place, name in enumerate(names):
            change[:, place] = found[name]
        return change.ravel()

    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # LSODA prints why it stopped; the message says it too
        try:
            found = solve_ivp(flat, (begin, times[-1]), y.ravel(), method="LSODA", t_eval=times, rtol=rtol,
                              atol=ATOL * (rtol / RTOL), lband=states - 1, uband=states - 1)  # fmt: skip
        except FloatingPointError:
            return f"the solver stopped near time {latest:g}"
    if not found.success or not np.isfinite(found.y).all():
        return f"the solver stopped near time {found.t[-1] if len(found.t) else begin:g}"
    return np.asarray(found.y).reshape(n, states, -1).swapaxes(1, 2)
