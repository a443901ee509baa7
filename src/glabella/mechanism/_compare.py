"""Competing explanations of an effect on mood, each fitted to the same differences between arms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._model import Model
from glabella.mechanism._population import simulate_population

Floats = NDArray[np.float64]
Criterion = Literal["aic", "aicc", "bic"]
CRITERIA: tuple[Criterion, ...] = ("aic", "aicc", "bic")
#: Explanations this near to each other by a criterion are not told apart by it (Burnham and Anderson, 2004).
NEAR = 2.0
#: Speeds of mood that are tried, per day: from half-lives of three hours to two years.
SPEEDS = np.geomspace(1e-3, 5.0, 41)
#: Spreads between trials that are tried, in points.
SPREADS = np.concatenate([[0.0], np.geomspace(0.1, 30.0, 60)])
#: People at equally likely sensitivities, whose mean relief is compared to a trial's.
PEOPLE = 15


@dataclass(frozen=True, slots=True, eq=False)
class MoodData:
    """Differences in mood between arms, one row each.

    Attributes
    ----------
    study : ndarray of str of shape (m,)
        Rows of one study share its deviation; rows of one study and dose also their people.
    dose, sensitivity : ndarray of shape (m,)
        Units and what multiplies the sensitivity of the people in this arm (potency of the product, men).
    week : ndarray of shape (m,)
    relief, se : ndarray of shape (m,)
        Points by which the treated arm did better, and its standard error.
    site, other : ndarray of shape (m,)
        1 where the muscle of the model was injected, else 0; ``other`` of the comparator, NaN where that was inert.
    bound : ndarray of shape (m,)
        0 for a value, 1 where the relief was at least, -1 where it was at most ``relief``.
    """

    study: NDArray[Any]
    dose: Floats
    sensitivity: Floats
    week: Floats
    relief: Floats
    se: Floats
    site: Floats
    other: Floats
    bound: Floats

    def rows(self, which: ArrayLike) -> MoodData:
        """Give some rows."""
        return replace(self, **{name: getattr(self, name)[np.asarray(which)] for name in self.__slots__})


def mood_data(
    *,
    study: Sequence[str],
    dose: ArrayLike,
    week: ArrayLike,
    relief: ArrayLike,
    se: ArrayLike,
    sensitivity: ArrayLike = 1.0,
    site: ArrayLike = 1.0,
    other: ArrayLike = np.nan,
    bound: ArrayLike = 0.0,
) -> MoodData:
    """Check differences in mood.

    Raises
    ------
    ValueError
        If lengths differ, or a row cannot be; the message names its study.
    """
    m = len(study)
    given = {"dose": dose, "week": week, "relief": relief, "se": se, "sensitivity": sensitivity, "site": site,
             "other": other, "bound": bound}  # fmt: skip
    arrays = {}
    for name, each in given.items():
        array = np.asarray(each, dtype=float)
        if array.shape not in ((), (m,)):
            raise ValueError(f"{name} has shape {array.shape}, expected ({m},)")
        arrays[name] = np.broadcast_to(array, (m,)).copy()
    checks = {
        "dose": (arrays["dose"] > 0, "more than 0"),
        "week": (arrays["week"] > 0, "more than 0"),
        "relief": (np.isfinite(arrays["relief"]), "a number"),
        "se": (arrays["se"] > 0, "more than 0"),
        "sensitivity": (arrays["sensitivity"] > 0, "more than 0"),
        "site": (np.isin(arrays["site"], (0, 1)), "0 or 1"),
        "other": (np.isnan(arrays["other"]) | np.isin(arrays["other"], (0, 1)), "0, 1 or NaN"),
        "bound": (np.isin(arrays["bound"], (-1, 0, 1)), "-1, 0 or 1"),
    }
    for name, (good, wanted) in checks.items():
        if not good.all():
            row = int(np.flatnonzero(~good)[0])
            raise ValueError(f"{name} of row {row} ({study[row]}) is {arrays[name][row]}, expected {wanted}")
    return MoodData(study=np.asarray(study), **arrays)


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """One explanation, fitted.

    Attributes
    ----------
    name : str
    gain, gain_se : float
        Points at full drive; its standard error given the speed and the spread.
    speed, speed_low, speed_high : float
        Of mood, per day, with profile limits; 0 or infinite where the data set none.
    spread : float
        Standard deviation between trials, in points.
    relief : ndarray of shape (m,)
        Expected for each row.
    log_likelihood, aic, aicc, bic : float
        Lower is better. AICc and BIC count trials, not their visits; AICc is infinite where the trials are too few
        for it.
    parameters : int
    """

    name: str
    gain: float
    gain_se: float
    speed: float
    speed_low: float
    speed_high: float
    spread: float
    relief: Floats
    log_likelihood: float
    aic: float
    aicc: float
    bic: float
    parameters: int

    def by(self, criterion: Criterion) -> float:
        """Give one of the criteria."""
        return float(getattr(self, criterion))


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Explanations beside each other, in the order that they were given in.

    Attributes
    ----------
    explanations : tuple of Explained
    trials : int
        Of which the rows are; several visits of a trial are the same people.
    data : MoodData
    """

    explanations: tuple[Explained, ...]
    trials: int
    data: MoodData

    def first(self, criterion: Criterion) -> str:
        """Name the explanation that a criterion puts first; of several alike the one that was given first."""
        return min(self.explanations, key=lambda each: each.by(criterion)).name

    @property
    def apart(self) -> str | None:
        """The explanation that every criterion puts first and well before any other; None where there is none."""
        name = self.first("aic")
        for criterion in CRITERIA:
            best, *others = sorted(self.explanations, key=lambda each: each.by(criterion))
            near = bool(others) and others[0].by(criterion) < best.by(criterion) + NEAR
            if best.name != name or near or not np.isfinite(best.by(criterion)):
                return None
        return name

    def __str__(self) -> str:
        """Print the comparison and what it cannot tell."""
        heads = ("gain", "se", "speed", "low", "high", "spread", "AIC", "AICc", "BIC")
        rows = [f"{'':20}" + "".join(f"{head:>8}" for head in heads)]
        for each in self.explanations:
            numbers = (each.gain, each.gain_se, each.speed, each.speed_low, each.speed_high, each.spread)
            criteria = "".join(f"{each.by(name):>8.2f}" for name in CRITERIA)
            rows.append(f"{each.name:20}" + "".join(f"{x:>8.3g}" for x in numbers) + criteria)
        return "\n".join([*rows, self.statement])

    @property
    def statement(self) -> str:
        """What the data tell of the explanations, in a sentence."""
        if self.apart is not None:
            return f"{self.apart} fits best by AIC, AICc and BIC."
        firsts: dict[str, list[str]] = {}
        for criterion, said in zip(CRITERIA, ("AIC", "AICc", "BIC"), strict=True):
            if any(np.isfinite(each.by(criterion)) for each in self.explanations):
                firsts.setdefault(self.first(criterion), []).append(said)
        named = "; ".join(f"{name} by {' and '.join(criteria)}" for name, criteria in firsts.items())
        return f"The data of {self.trials} trials do not tell the explanations apart. First: {named}."


def compare(
    model: Model,
    data: MoodData,
    explanations: Mapping[str, Mapping[str, float]],
    *,
    constants: Mapping[str, float] | None = None,
    spread_people: float = 0.0,
    correlation: float = 0.5,
    none: str = "no effect",
) -> Compared:
    """Fit each explanation, and the absence of any, to differences in mood.

    Constants of the muscle are held. Each explanation has a gain, a speed of mood and a spread between trials.

    Parameters
    ----------
    model : Model
        Computes ``relief`` in proportion to ``gain``; has ``k_mood`` and ``at_site``.
    data : MoodData
    explanations : mapping of str to mapping of str to float
        Switches of the model, by explanation.
    constants : mapping of str to float, optional
        Of the muscle, as fitted.
    spread_people : float
        Standard deviation of log sensitivity between people.
    correlation : float
        Between rows of the same people (one study and dose) at different weeks: an assumption, which trials do not
        report.
    none : str
        Name of the fit without any effect; an explanation of which no effect follows takes its place.

    Returns
    -------
    Compared

    References
    ----------
    Burnham KP, Anderson DR. Sociol Methods Res 2004;33:261-304 (AIC, AICc, BIC, differences below two).
    """
    if not 0 <= correlation < 1:
        raise ValueError(f"the correlation is {correlation}, expected 0 or more and below 1")
    if len(data.study) < 5 or not explanations:
        raise ValueError(f"{len(data.study)} rows and {len(explanations)} explanations; expected at least 5 and 1")
    fitted = []
    for name, switches in explanations.items():
        drive = unit_relief(model, data, {**(constants or {}), **switches}, spread_people)
        fitted.append(_explain(name, data, drive, correlation) if drive.any() else _null(data, correlation, name))
    if all(each.parameters > 1 for each in fitted):
        if none in explanations:
            raise ValueError(f"an explanation with an effect is called {none!r} like the fit without any")
        fitted.append(_null(data, correlation, none))
    return Compared(tuple(fitted), _trials(data), data)


def equally_likely(spread: float) -> Floats:
    """Give sensitivities that divide people into equal parts; one of them where people do not differ."""
    from scipy.special import ndtri

    return np.exp(spread * ndtri((np.arange(PEOPLE) + 0.5) / PEOPLE)) if spread else np.ones(1)


def unit_relief(model: Model, data: MoodData, constants: Mapping[str, float], spread: float) -> Floats:
    """Give the mean relief of each row with a gain of one, at each speed (speeds, m), from one simulation."""
    people = equally_likely(spread)
    arms = sorted({
        (float(dose), float(sensitivity), float(site))
        for sites in (data.site, data.other)
        for dose, sensitivity, site in zip(data.dose, data.sensitivity, sites, strict=True)
        if not np.isnan(site)
    })  # fmt: skip
    weeks, week = np.unique(data.week, return_inverse=True)
    speeds, dose, sensitivity, site, who = (
        each.ravel()
        for each in np.broadcast_arrays(
            SPEEDS[:, None, None],
            *(np.array([arm[k] for arm in arms])[None, :, None] for k in range(3)),
            people[None, None, :],
        )
    )
    varied = {"k_mood": speeds, "dose": dose, "sensitivity": sensitivity * who, "at_site": site, "gain": 1.0}
    found = simulate_population(model, 7 * weeks, {**constants, **varied}, names=["relief"])
    if found.failed.any():
        raise ValueError(f"the model cannot be simulated: {found.reason[found.failed][0]}")
    mean = found.values["relief"].reshape(len(SPEEDS), len(arms), len(people), len(weeks)).mean(axis=2)

    def of(sites: Floats) -> Floats:
        column = np.zeros((len(SPEEDS), len(data.study)))
        for row, (dose, sensitivity, site) in enumerate(zip(data.dose, data.sensitivity, sites, strict=True)):
            if not np.isnan(site):
                column[:, row] = mean[:, arms.index((float(dose), float(sensitivity), float(site))), week[row]]
        return column

    return of(data.site) - of(data.other)


def _covariances(data: MoodData, correlation: float) -> tuple[Floats, Floats]:
    """Give the covariance within trials, and which rows share a trial (of rows with values)."""
    study, dose, se = data.study, data.dose, data.se
    same = study[:, None] == study
    people = same & (dose[:, None] == dose)
    within = np.where(people, correlation, 0.0) * se[:, None] * se
    np.fill_diagonal(within, se**2)
    return within, same.astype(float)


def _best_gain(relief: Floats, drive: Floats, covariance: Floats) -> tuple[Floats, Floats, Floats]:
    """Give gain, its precision and the log-likelihood for drives (s, m): least squares is exact."""
    lower = np.linalg.cholesky(covariance)
    y = np.linalg.solve(lower, relief)
    x = np.linalg.solve(lower, drive.T).T
    precision = (x**2).sum(axis=1)
    gain = np.divide(x @ y, precision, out=np.zeros(len(x)), where=precision > 1e-12)
    rest = ((y - gain[:, None] * x) ** 2).sum(axis=1)
    const = -0.5 * len(relief) * np.log(2 * np.pi) - np.log(np.diag(lower)).sum()
    return gain, precision, const - 0.5 * rest


def _bounds(data: MoodData, expected: Floats, spread: float) -> Floats:
    """Give the log-likelihood of rows that are bounds: the probability of the side where the value lies."""
    from scipy.special import log_ndtr

    sd = np.sqrt(data.se**2 + spread**2)
    return np.asarray(log_ndtr(data.bound * (expected - data.relief) / sd).sum(axis=-1))


def _surface(data: MoodData, drive: Floats, correlation: float) -> tuple[Floats, Floats, Floats]:
    """Give log-likelihood, gain and precision over spreads and speeds, both at their best gain."""
    value, bound = data.rows(data.bound == 0), data.rows(data.bound != 0)
    within, same = _covariances(value, correlation)
    out = []
    for spread in SPREADS:
        gain, precision, log = _best_gain(value.relief, drive[:, data.bound == 0], within + spread**2 * same)
        if len(bound.study):
            gain, log = _with_bounds(bound, drive[:, data.bound != 0], spread, gain, precision, log)
        out.append((log, gain, precision))
    log, gain, precision = (np.array(each) for each in zip(*out, strict=True))
    return log, gain, precision


def _with_bounds(
    bound: MoodData, drive: Floats, spread: float, gain: Floats, precision: Floats, log: Floats
) -> tuple[Floats, Floats]:
    """Move the gain to where values and bounds together are most likely: a search on a grid of its errors."""
    se = 1 / np.sqrt(np.maximum(precision, 1e-12))
    steps = np.linspace(-6, 6, 481)
    gains = gain[:, None] + steps * se[:, None]
    both = log[:, None] - 0.5 * steps**2 + _bounds(bound, gains[:, :, None] * drive[:, None, :], spread)
    best = both.argmax(axis=1)
    rows = np.arange(len(gain))
    return gains[rows, best], both[rows, best]


def _explain(name: str, data: MoodData, drive: Floats, correlation: float) -> Explained:
    log, gain, precision = _surface(data, drive, correlation)
    s, k = np.unravel_index(int(log.argmax()), log.shape)
    profile = log.max(axis=0)
    # 95 % cut of the profile.
    inside = np.flatnonzero(profile > log.max() - 1.9207)
    low = SPEEDS[inside[0]] if inside[0] > 0 else 0.0
    high = SPEEDS[inside[-1]] if inside[-1] < len(SPEEDS) - 1 else np.inf
    return _scored(Explained(
        name, float(gain[s, k]), float(1 / np.sqrt(max(precision[s, k], 1e-12))), float(SPEEDS[k]), float(low),
        float(high), float(SPREADS[s]), gain[s, k] * drive[k], float(log[s, k]), 0.0, 0.0, 0.0, 3,
    ), _trials(data))  # fmt: skip


def _null(data: MoodData, correlation: float, name: str) -> Explained:
    nothing = np.zeros((1, len(data.study)))
    log, _, _ = _surface(data, nothing, correlation)
    s = int(log[:, 0].argmax())
    return _scored(Explained(
        name, 0.0, 0.0, np.nan, np.nan, np.nan, float(SPREADS[s]), nothing[0], float(log[s, 0]), 0.0, 0.0, 0.0, 1,
    ), _trials(data))  # fmt: skip


def _trials(data: MoodData) -> int:
    return len(np.unique(data.study))


def _scored(each: Explained, n: int) -> Explained:
    p = each.parameters
    aic = 2 * p - 2 * each.log_likelihood
    small = 2 * p * (p + 1) / (n - p - 1) if n > p + 1 else np.inf
    return replace(each, aic=aic, aicc=aic + small, bic=p * np.log(n) - 2 * each.log_likelihood)
