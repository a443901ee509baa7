"""What a fitted model says of one treatment: how many respond when, how soon and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._likelihood import SHIFTS, Likelihood
from glabella.mechanism._needed import Needed, amounts_needed

Floats = NDArray[np.float64]
#: Draws whose needs are held in memory at once.
MANY = 500


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and its limits; infinite beyond the last day, NaN where nobody responds at all."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class ResponseCourse:
    """Share of people with a response over time, because of the drug.

    Attributes
    ----------
    days, median, low, high : ndarray of shape (t,)
        Of the average trial; the interval is over the unknowns.
    next_low, next_high : ndarray of shape (t,)
        What a next and very large trial would see, which shifts as trials do.
    failed : int
        Draws left out because the model could not be simulated with them.
    """

    days: Floats
    median: Floats
    low: Floats
    high: Floats
    next_low: Floats
    next_high: Floats
    failed: int


def course(
    likelihood: Likelihood,
    draws: ArrayLike,
    *,
    product: str,
    dose: float,
    sex: str,
    definition: str,
    observer: str = "physician",
    days: ArrayLike,
    rng_seed: int = 1,
    level: float = 0.95,
    needed: Needed | None = None,
) -> ResponseCourse:
    """Give the share of people with a response over time, with intervals.

    Parameters
    ----------
    likelihood, draws, product, definition, observer, days, rng_seed
        As for :func:`amounts_needed`.
    dose : float
        In units of the product.
    sex : str
        One without an unknown of its own shifts nothing.
    level : float
        Of the intervals.
    needed : Needed, optional
        From :func:`amounts_needed` with the same arguments, so that nothing is simulated again.

    Returns
    -------
    ResponseCourse
    """
    found = _needed(likelihood, draws, needed, product=product, definition=definition, observer=observer, days=days,
                    rng_seed=rng_seed)  # fmt: skip
    mean, following = found.shares(likelihood, _dose(dose), sex)
    ends = _ends(level)
    low, median, high = np.quantile(mean, [ends[0], 0.5, ends[1]], axis=0)
    next_low, next_high = np.quantile(following, ends, axis=0)
    return ResponseCourse(found.days, median, low, high, next_low, next_high, found.failed)


@dataclass(frozen=True, slots=True)
class Landmarks:
    """When the effect of one injection comes, is largest and goes, counted from the injection.

    Attributes
    ----------
    onset : Interval
        Day by which half of those who respond at the peak first do.
    peak_day, peak_share : Interval
        When a response needs least, and the largest share of responders.
    duration : Interval
        Day by which half of those who responded at the peak have lost it.
    short, long : Interval
        How people differ: days that nine tenths and one tenth of the responders exceed.
    kept_days : tuple of float
    kept : tuple of Interval
        Share of those who responded at the peak who respond on each of these days.
    failed : int
        Draws left out because the model could not be simulated with them.
    """

    onset: Interval
    peak_day: Interval
    peak_share: Interval
    duration: Interval
    short: Interval
    long: Interval
    kept_days: tuple[float, ...]
    kept: tuple[Interval, ...]
    failed: int


def landmarks(
    likelihood: Likelihood,
    draws: ArrayLike,
    *,
    product: str,
    dose: float,
    sex: str,
    definition: str,
    observer: str = "physician",
    days: ArrayLike,
    kept_days: ArrayLike,
    level: float = 0.95,
    needed: Needed | None = None,
) -> Landmarks:
    """Give onset, peak, duration and waning of the average trial, with intervals over the unknowns.

    Draws with which nobody responds count for the share at the peak alone.

    Whoever responds on a day also responds on every day that needs less. The share of those who responded at the
    peak and still do is therefore the ratio of the two shares.

    Parameters
    ----------
    likelihood, draws, product, dose, sex, definition, observer, level, needed
        As for :func:`course`.
    days : array_like of shape (t,)
        Increasing; between them shares are interpolated linearly, and beyond the last nothing is known.
    kept_days : array_like
        Within ``days``.

    Returns
    -------
    Landmarks

    Raises
    ------
    ValueError
        If a day of ``kept_days`` lies outside of ``days``.
    """
    found = _needed(likelihood, draws, needed, product=product, definition=definition, observer=observer, days=days,
                    rng_seed=1)  # fmt: skip
    asked = np.atleast_1d(np.asarray(kept_days, dtype=float))
    outside = asked[(asked < found.days[0]) | (asked > found.days[-1])]
    if outside.size:
        raise ValueError(f"day {outside[0]:g} lies outside of the days from {found.days[0]:g} to "
                         f"{found.days[-1]:g}")  # fmt: skip
    mean, _ = found.shares(likelihood, _dose(dose), sex)
    peak = mean.max(axis=1)
    some = peak > 0
    least = found.days[found.logs[:, :, len(SHIFTS) // 2].argmin(axis=1)]
    with np.errstate(invalid="ignore"):
        kept = np.array([np.interp(asked, found.days, row) for row in mean]) / peak[:, None]

    def over(values: Floats) -> Interval:
        return interval_over(values[some], level)

    return Landmarks(
        onset=over(_rising(found.days, mean, 0.5)),
        peak_day=over(least),
        peak_share=interval_over(peak, level),
        duration=over(falling(found.days, mean, 0.5)),
        short=over(falling(found.days, mean, 0.9)),
        long=over(falling(found.days, mean, 0.1)),
        kept_days=tuple(asked.tolist()),
        kept=tuple(over(each) for each in kept.T),
        failed=found.failed,
    )


def duration_of_each(
    likelihood: Likelihood,
    draws: ArrayLike,
    *,
    product: str,
    dose: float,
    sex: str,
    definition: str,
    observer: str = "physician",
    days: ArrayLike,
) -> Floats:
    """Give the median duration for each draw of the unknowns, such as for a sensitivity.

    Parameters
    ----------
    likelihood, draws, product, dose, sex, definition, observer, days
        As for :func:`landmarks`.

    Returns
    -------
    ndarray of shape (draws,)
        Infinite where it is not reached by the last day; NaN where nobody responds, or the model cannot be
        simulated.
    """
    places, parts = np.atleast_2d(np.asarray(draws, dtype=float)), []
    for first in range(0, len(places), MANY):
        found = amounts_needed(likelihood, places[first : first + MANY], product=product, definition=definition,
                               observer=observer, days=days)  # fmt: skip
        mean, _ = found.shares(likelihood, _dose(dose), sex)
        part = np.full(len(found.good), np.nan)
        part[found.good] = falling(found.days, mean, 0.5)
        parts.append(part)
    return np.concatenate(parts)


def falling(days: Floats, shares: Floats, part: float) -> Floats:
    """Give the day after its peak on which each row (m, t) has fallen to a part of it.

    Infinite where it has not by the last day, NaN where the peak is not above zero.
    """
    top = shares.max(axis=1)
    after = np.arange(len(days)) > shares.argmax(axis=1)[:, None]
    below = after & (shares < part * top[:, None])
    found = np.where(below.any(axis=1), _between(days, shares, below.argmax(axis=1), part * top), np.inf)
    return np.where(top > 0, found, np.nan)


def _rising(days: Floats, shares: Floats, part: float) -> Floats:
    """Give the day on which each row first reaches a part of its peak."""
    top = shares.max(axis=1)
    found = _between(days, shares, (shares >= part * top[:, None]).argmax(axis=1), part * top)
    return np.where(top > 0, found, np.nan)


def _between(days: Floats, shares: Floats, place: NDArray[np.intp], level: Floats) -> Floats:
    """Interpolate when rows cross a level between the day before a place and the place."""
    before, rows = np.maximum(place - 1, 0), np.arange(len(shares))
    change = shares[rows, place] - shares[rows, before]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(change == 0, 1.0, (level - shares[rows, before]) / change)
    return np.asarray(days[before] + np.clip(part, 0, 1) * (days[place] - days[before]))


def interval_over(values: Floats, level: float) -> Interval:
    """Give median and limits; among infinite values without interpolation, which has no meaning there."""
    if not values.size:
        return Interval(np.nan, np.nan, np.nan)
    low, high = _ends(level)
    how: Any = "linear" if np.isfinite(values).all() else "inverted_cdf"
    return Interval(*(float(x) for x in np.quantile(values, [0.5, low, high], method=how)))


def _ends(level: float) -> tuple[float, float]:
    if not 0 < level < 1:
        raise ValueError(f"the level is {level}, expected between 0 and 1")
    return 0.5 - level / 2, 0.5 + level / 2


def _dose(dose: float) -> float:
    if not (np.isfinite(dose) and dose > 0):
        raise ValueError(f"the dose is {dose}, expected more than 0")
    return dose


def _needed(likelihood: Likelihood, draws: ArrayLike, given: Needed | None, **asked: Any) -> Needed:
    """Give the amounts needed, or check that those given belong to what is asked."""
    if given is None:
        return amounts_needed(likelihood, draws, **asked)
    for name in ("product", "definition", "observer"):
        if getattr(given, name) != asked[name]:
            raise ValueError(f"the amounts needed are for {name} {getattr(given, name)!r}, not {asked[name]!r}")
    if not np.array_equal(given.days, np.asarray(asked["days"], dtype=float)):
        raise ValueError("the amounts needed are for other days")
    return given
