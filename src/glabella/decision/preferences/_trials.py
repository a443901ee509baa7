"""What knowing more is worth among several options, on draws: all of it, a part of it, or what a trial would show.

What an option is worth is a sum over criteria, and cells are independent. So what would be expected of it once some
cells are known is those cells and the means of all others, and a trial moves each cell to its own posterior mean:
nothing needs draws within draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.decision.preferences._outcomes import Beta, Distribution, Fixed, LogNormal, Normal
from glabella.decision.preferences._seed import SEED

Floats = NDArray[np.float64]
#: People in each group of the trials that are tried, from a pilot to a very large one.
SIZES = (20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
#: Draws of a trial's data; what all draws say of perfect information takes most of the chance out of them.
TRIAL_DRAWS = 20_000
#: Draws at a time, with a stream of their own.
_CHUNK = 2_000
#: Of chances with a normal logarithm: taken as no smaller when it is asked what one person tells of them.
_RAREST = 1e-4


@dataclass(frozen=True, slots=True)
class Perfect:
    """What it would be worth to know without doubt.

    Attributes
    ----------
    value, error : ndarray, shape (options + 1, criteria + 1)
        Of each cell, and the Monte Carlo standard error; the last row is of all options together, the last column
        of all criteria, and the corner of everything.
    now : int
        The option that would be chosen as things are.
    stays : float
        Share of draws in which no other is worth more.
    """

    value: Floats
    error: Floats
    now: int
    stays: float

    @property
    def all(self) -> float:
        """What it would be worth to know everything."""
        return float(self.value[-1, -1])


@dataclass(frozen=True, slots=True)
class Trials:
    """What trials of several sizes are worth.

    Attributes
    ----------
    sizes : tuple of int
        People in each group.
    value, error : ndarray, shape (sizes,)
        Expected value of what the trial shows, and the Monte Carlo standard error.
    settles : ndarray, shape (sizes,)
        Chance that by the trial's own 95 % intervals one of its groups is worth more than each other.
    """

    sizes: tuple[int, ...]
    value: Floats
    error: Floats
    settles: Floats


def means(cells: Sequence[Sequence[Distribution]]) -> Floats:
    """Give the mean of every cell, exactly.

    Parameters
    ----------
    cells : sequence of sequence of Distribution
        By option, then by criterion.

    Returns
    -------
    ndarray, shape (options, criteria)

    Examples
    --------
    >>> means([[Beta(3, 1), Normal(0.4, 0.1), LogNormal(0.0, 0.0), Fixed(0.2)]]).tolist()
    [[0.75, 0.4, 1.0, 0.2]]
    """
    return np.array([[_mean(cell) for cell in option] for option in cells])


def perfect_information(worth: ArrayLike, expected: ArrayLike) -> Perfect:
    """Say what it would be worth to know each cell, each criterion, each option, and everything.

    Parameters
    ----------
    worth : array_like, shape (draws, options, criteria)
        What each cell adds to what its option is worth.
    expected : array_like, shape (options, criteria)
        The means that the draws are of.

    Returns
    -------
    Perfect

    Notes
    -----
    Knowing some cells is worth E max_a E(w_a | cells) − max_a E(w_a). Both are taken on the same draws, as the mean
    of what the best option is then worth beyond the one that would be chosen now. That is never below 0, and is 0
    without any error where that one is always the best.

    Examples
    --------
    >>> found = perfect_information([[[0.0], [10.0]], [[0.0], [-4.0]]], [[0.0], [3.0]])
    >>> found.all, found.now, found.stays
    (2.0, 1, 0.5)
    """
    draws, mean = np.asarray(worth, dtype=float), np.asarray(expected, dtype=float)
    options, criteria = mean.shape
    total = mean.sum(axis=1)
    now = int(total.argmax())
    value, error = np.empty((options + 1, criteria + 1)), np.empty((options + 1, criteria + 1))
    # What each cell is above or below its mean.
    moved = np.ascontiguousarray(np.moveaxis(draws, 0, 2)) - mean[:, :, None]
    stays = 1.0
    for column in range(criteria + 1):
        by = moved.sum(axis=1) if column == criteria else moved[:, column]
        for option in range(options):
            gained = _gained_by_one(by[option], option, total, now)
            value[option, column], error[option, column] = _mean_of(gained)
        known = total[:, None] + by
        gained = known.max(axis=0) - known[now]
        value[-1, column], error[-1, column] = _mean_of(gained)
        if column == criteria:
            stays = float((gained == 0).mean())
    return Perfect(value, error, now, stays)


def arms_worth_trying(worth: ArrayLike, expected: ArrayLike, share: float = 0.9) -> tuple[int, ...]:
    """Give the fewest options, the one that would be chosen now among them, of which to know nearly all there is.

    Parameters
    ----------
    worth, expected : array_like
        As in :func:`perfect_information`.
    share : float
        The part of all that could be gained which knowing these must give.

    Returns
    -------
    tuple of int
        In their order; an option at a time was added, always the one worth most.
    """
    draws, mean = np.asarray(worth, dtype=float).sum(axis=2).T, np.asarray(expected, dtype=float).sum(axis=1)
    now = int(mean.argmax())
    whole = _mean_of(_gained(draws, mean, range(len(mean)), now))[0]
    arms = [now]
    while len(arms) < 2 or _mean_of(_gained(draws, mean, arms, now))[0] < share * whole:
        others = [option for option in range(len(mean)) if option not in arms]
        if not others:
            break
        arms.append(max(others, key=lambda one: _mean_of(_gained(draws, mean, [*arms, one], now))[0]))
    return tuple(sorted(arms))


def trial_information(
    cells: Sequence[Sequence[Distribution]],
    outcomes: ArrayLike,
    each: ArrayLike,
    arms: Sequence[int],
    sizes: Sequence[int] = SIZES,
    *,
    draws: int = TRIAL_DRAWS,
    level: float = 0.95,
    seed: int = SEED,
) -> Trials:
    """Say what trials of several sizes are worth, and how probably each settles which of its groups is worth most.

    Parameters
    ----------
    cells : sequence of sequence of Distribution
        What is known of every criterion of every option, all of them chances.
    outcomes : array_like, shape (draws, options, criteria)
        Draws of the cells.
    each : array_like, shape (criteria,)
        What one outcome of each criterion is worth, below 0 where less is better.
    arms : sequence of int
        Options that the trial compares, as many people in each.
    sizes : sequence of int
        People in each group, rising.
    draws : int
        How often a trial's data are drawn.
    level : float
        Of the trial's own intervals.
    seed : int
        Where its data begin.

    Returns
    -------
    Trials

    Notes
    -----
    A trial counts everybody in whom an outcome happens. Where events were counted before, the chance's posterior is
    exact (beta and binomial); a normal chance, or a normal logarithm of one, meets a mean with the variance of so
    many people. Larger trials go on from the data of smaller ones. As both come of the same draws, what the trial
    gives is regressed on what perfect knowledge of its groups would give, which all draws of ``outcomes`` tell
    better (a control variate).

    The trial settles it as :func:`trial_settles` has it: by its own data, with the intervals of Agresti and Caffo,
    and nothing known before.
    """
    x, per = np.asarray(outcomes, dtype=float), np.asarray(each, dtype=float)
    used = min(draws, len(x))
    expected = means(cells) * per
    total = expected.sum(axis=1)
    now, groups, steps = int(total.argmax()), tuple(arms), tuple(sizes)
    if any(later <= earlier for earlier, later in zip((0, *steps), steps, strict=False)) or len(groups) < 2:
        found = f"sizes are {list(steps)}, groups {list(groups)}"
        raise ValueError(f"{found}; expected rising sizes from 1, and several groups")
    errors = [[_error(cell, x[:, o, c]) for c, cell in enumerate(option)] for o, option in enumerate(cells)]
    half = NormalDist().inv_cdf((1 + level) / 2)

    def part(begin: int) -> tuple[Floats, NDArray[np.bool_]]:
        random = np.random.default_rng([seed, 0, begin])
        some = x[begin : min(begin + _CHUNK, used)]
        later = np.broadcast_to(total[:, None], (len(steps), len(total), len(some))).copy()
        own = np.zeros((len(steps), len(groups), len(some)))
        variance = np.zeros_like(own)
        for place, option in enumerate(groups):
            later[:, option] = 0.0
            for criterion, cell in enumerate(cells[option]):
                data = _seen(cell, some[:, option, criterion], errors[option][criterion], steps, random)
                later[:, option] += per[criterion] * data[0]
                own[:, place] += per[criterion] * data[1]
                variance[:, place] += per[criterion] ** 2 * data[2]
        return later.max(axis=1) - later[:, now], _settled(own, variance, half)

    with ThreadPoolExecutor(max_workers=2) as pool:
        parts = list(pool.map(part, range(0, used, _CHUNK)))
    gained = np.concatenate([one for one, _ in parts], axis=1)
    settled = np.concatenate([one for _, one in parts], axis=1)
    perfect = _gained(np.einsum("doc,c->od", x, per), total, groups, now)
    value, error = _regressed(gained, perfect, used)
    return Trials(steps, value, error, settled.mean(axis=1))


# --- what is gained --------------------------------------------------------------------------------------------


def _gained(worth: Floats, total: Floats, known: Sequence[int], now: int) -> Floats:
    """Give what is gained in each draw if these options are known without doubt; worth is (options, draws)."""
    some = list(known)
    others = [option for option in range(len(total)) if option not in known]
    best = worth[some].max(axis=0)
    if others:
        best = np.maximum(best, total[others].max())
    return np.asarray(best - (worth[now] if now in known else total[now]))


def _gained_by_one(moved: Floats, option: int, total: Floats, now: int) -> Floats:
    """Give what is gained where one option is so much above or below its mean, and all others are as expected."""
    known = total[option] + moved
    if option != now:
        return np.asarray(np.maximum(known - total[now], 0.0))
    others = np.delete(total, option)
    return np.asarray(np.maximum(others.max(initial=-np.inf) - known, 0.0))


def _mean_of(gained: Floats) -> tuple[float, float]:
    """Give a mean and its standard error."""
    return float(gained.mean()), float(gained.std() / math.sqrt(len(gained)))


def _regressed(gained: Floats, perfect: Floats, used: int) -> tuple[Floats, Floats]:
    """Give the means of rows whose draws are the first of those of ``perfect``, and their standard errors."""
    alike = perfect[:used]
    off, spread = alike - alike.mean(), float(alike.var())
    slope = gained @ off / (used * spread) if spread else np.zeros(len(gained))
    value = gained.mean(axis=1) + slope * (perfect.mean() - alike.mean())
    left = (gained - slope[:, None] * alike).var(axis=1)
    error = np.sqrt(left / used + slope**2 * spread / len(perfect))
    return np.maximum(value, 0.0), error


def _settled(own: Floats, variance: Floats, half: float) -> NDArray[np.bool_]:
    """Tell in which trials one group is worth more than each other by intervals of their differences."""
    groups = range(own.shape[1])
    found = np.zeros((own.shape[0], own.shape[2]), dtype=bool)
    for one in groups:
        above = np.ones_like(found)
        for other in groups:
            if other != one:
                wide = half * np.sqrt(variance[:, one] + variance[:, other])
                above &= own[:, one] - own[:, other] > wide
        found |= above
    return found


# --- one cell in one group ---------------------------------------------------------------------------------------


def _mean(cell: Distribution) -> float:
    match cell:
        case Beta(events, others):
            return events / (events + others)
        case Normal(mean, _):
            return mean
        case LogNormal(mean, sd):
            return float(np.exp(mean + sd * sd / 2))
        case Fixed(value):
            return value


def _error(cell: Distribution, drawn: Floats) -> float:
    """Give the variance with which one person tells the cell, or its logarithm, as is expected of the draws."""
    match cell:
        case Normal():
            inside = np.clip(drawn, 0.0, 1.0)
            return float((inside * (1 - inside)).mean())
        case LogNormal():
            return float((1 / np.clip(drawn, _RAREST, 1.0) - 1).mean())
    return 0.0


def _seen(
    cell: Distribution, true: Floats, error: float, sizes: tuple[int, ...], random: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Draw a group's data; give for each size the posterior mean, the trial's own estimate and its variance."""
    shape = (len(sizes), len(true))
    n = np.array(sizes, dtype=float)[:, None]
    more = np.diff([0, *sizes])
    match cell:
        case Beta(events, others):
            y = np.cumsum([random.binomial(int(step), true) for step in more], axis=0)
            own = (y + 1) / (n + 2)
            return (events + y) / (events + others + n), own, own * (1 - own) / (n + 2)
        case Normal(mean, sd):
            seen, weight = _averages(true, sd, error, more, n, random)
            return mean + weight * (seen - mean), seen, np.broadcast_to(error / n, shape)
        case LogNormal(mean, sd):
            seen, weight = _averages(np.log(np.maximum(true, _RAREST)), sd, error, more, n, random)
            own = np.exp(seen)
            # A normal logarithm stays one; its variance is what the data leave of it.
            later = np.exp(mean + weight * (seen - mean) + sd * sd * (1 - weight) / 2)
            return later, own, own**2 * error / n
        case Fixed(value):
            return np.full(shape, value), np.full(shape, value), np.zeros(shape)


def _averages(
    true: Floats, sd: float, error: float, more: NDArray[np.int_], n: Floats, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw the averages of so many people, and give the weight that each has beside what was believed."""
    sums = [random.normal(step * true, math.sqrt(step * error)) for step in more]
    spread = sd * sd
    weight = spread / (spread + error / n) if spread else np.zeros_like(n)
    return np.cumsum(sums, axis=0) / n, weight
