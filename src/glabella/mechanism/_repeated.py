"""What a rule of repeating means for virtual people: injections and units a year, weeks of effect, and stopping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._answers import Interval, interval_over
from glabella.mechanism._model import Model, load
from glabella.mechanism._schedule import Course, Rule, simulate_rule
from glabella.mechanism._translate import flat
from glabella.mechanism._virtual import VirtualPeople

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
#: The model's unit of time as it must be, and how many of it make a week and a year.
DAY, WEEK, YEAR = "(86400 second)", 7.0, 365.25
#: From a tenth to nine tenths of people.
MOST = 0.8
#: What a quantity is on days without a visit: beyond any limit.
UNSEEN = 1e300


@dataclass(frozen=True, slots=True)
class Spread:
    """A mean over people, and what a tenth of them are below and above."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Yearly:
    """What a rule means for some people, in a year.

    Attributes
    ----------
    people : int
    injections, units : Spread
    weeks : dict of str to Spread
        Weeks in which a quantity reached its limit, by quantity; looked at when each step ends.
    never : dict of str to float
        Share of people in whom it never did.
    """

    people: int
    injections: Spread
    units: Spread
    weeks: dict[str, Spread]
    never: dict[str, float]


@dataclass(frozen=True, slots=True)
class Lost:
    """When an effect is lost after stopping.

    Attributes
    ----------
    weeks : Interval
        From the last injection: the median, and what a tenth of people are below and above; of those who had it.
    kept : float
        Share of those who have not lost it by the end.
    without : int
        People who had no effect after their last injection.
    """

    weeks: Interval
    kept: float
    without: int


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What a rule of repeating means for virtual people.

    Attributes
    ----------
    name : str
    failed : int
        People with whom the model could not be simulated, who are in nothing below.
    everyone : Yearly
    carriers, others : Yearly or None
        With antibodies and without; None if there are none.
    stopped : dict of str to Lost
        By quantity; empty if the rule does not stop before the end.
    """

    name: str
    failed: int
    everyone: Yearly
    carriers: Yearly | None
    others: Yearly | None
    stopped: dict[str, Lost]


def schedules(
    model: Model,
    people: VirtualPeople,
    rules: Mapping[str, Rule],
    *,
    end: float,
    into: str,
    limits: Mapping[str, ArrayLike],
    constants: Mapping[str, ArrayLike] | None = None,
    step: float = WEEK,
    workers: int = 1,
) -> tuple[Scheduled, ...]:
    """Give what rules of repeating mean for virtual people.

    Parameters
    ----------
    model : Model
    people : VirtualPeople
    rules : mapping of str to Rule
        By name. ``below`` is in multiples of each person's limit of the quantity: 1 is its return, infinity a fixed
        interval. Years are counted up to ``until``, and what becomes of people afterwards is told apart.
    end : float
        Last day.
    into : str
        State that an injection fills.
    limits : mapping of str to float or array_like of shape (n,)
        What a quantity must reach to count, by quantity: such as the threshold of weakness, and points of relief.
    constants : mapping of str to float or array_like, optional
        Further constants of the model, such as the switches of an explanation.
    step : float
        People are looked at so often; visits are at multiples of it.
    workers : int
        Processes to spread the people over.

    Returns
    -------
    tuple of Scheduled

    Raises
    ------
    ValueError
        If a rule looks at a quantity without a limit, a limit is not above zero, visits are not at multiples of the
        step, a rule stops before its first step, or nobody can be simulated.
    """
    if model.time_unit != DAY:
        raise ValueError(f"the model's time is in {model.time_unit}, expected days of {DAY}")
    n = len(people.threshold)
    known = {name: np.broadcast_to(np.asarray(limit, dtype=float), (n,)) for name, limit in limits.items()}
    for name, limit in known.items():
        if not (limit > 0).all():
            raise ValueError(f"the limit of {name} is {limit[~(limit > 0)][0]} for somebody, expected more than 0")
    given: dict[str, ArrayLike] = {**people.constants, **(constants or {})}
    found = []
    for name, rule in rules.items():
        if rule.quantity not in known:
            raise ValueError(f"the rule {name} looks at {rule.quantity}, which has no limit")
        _check_steps(name, rule, step)
        own: dict[str, ArrayLike] = {f"limit_of_{rule.quantity}": known[rule.quantity],
                                     "time_between_visits": rule.every}  # fmt: skip
        # Days without a visit come out as UNSEEN, which must not be below an infinite limit.
        seen = replace(rule, quantity=f"{rule.quantity}_at_visit", every=step, below=min(rule.below, UNSEEN / 2))
        run = simulate_rule(_watched(model, rule.quantity), seen, end, given | own, into=into, names=list(known),
                            workers=workers)  # fmt: skip
        found.append(_scheduled(name, rule, run, people.antibodies, np.asarray(given["dose"], dtype=float), known))
    return tuple(found)


def _check_steps(name: str, rule: Rule, step: float) -> None:
    times = rule.every / step
    if abs(times - round(times)) > 1e-9 or round(times) < 1 or rule.until < step:
        raise ValueError(f"the rule {name} has visits every {rule.every:g} and stops at {rule.until:g}; "
                         f"expected multiples of {step:g}, and no sooner than that")  # fmt: skip


@lru_cache(maxsize=16)
def _watched(model: Model, quantity: str) -> Model:
    """Add a quantity as it is seen at visits, in multiples of a limit that each person has of their own."""
    import libsbml

    document = flat(model.sbml)
    sbml = document.getModel()
    there = sbml.getElementBySId(quantity)
    if there is None:
        raise ValueError(f"the model has no {quantity!r}")
    day = sbml.getTimeUnits() or "second"
    for name, unit in ((f"limit_of_{quantity}", getattr(there, "getUnits", str)() or "dimensionless"),
                       ("time_between_visits", day), (f"{quantity}_at_visit", "dimensionless")):  # fmt: skip
        new = sbml.createParameter()
        new.setId(name)
        new.setUnits(unit)
        new.setConstant(not name.endswith("_at_visit"))
        if new.getConstant():
            new.setValue(1.0)
    visits = "time/time_between_visits"
    rule = sbml.createAssignmentRule()
    rule.setVariable(f"{quantity}_at_visit")
    rule.setMath(libsbml.parseL3Formula(
        f"piecewise({quantity}/limit_of_{quantity}, abs({visits} - floor({visits} + 0.5 dimensionless)) < "
        f"1e-6 dimensionless, {UNSEEN!r} dimensionless)"
    ))  # fmt: skip
    return load(str(libsbml.writeSBMLToString(document)))


def _scheduled(
    name: str, rule: Rule, run: Course, antibodies: Flags, dose: Floats, limits: Mapping[str, Floats]
) -> Scheduled:
    """Sum up one rule."""
    there = ~run.population.failed
    if not there.any():
        raise ValueError(f"nobody can be simulated by the rule {name}: {run.population.reason[0]}")
    times = run.population.times
    reached = {each: run.population.values[each] >= limit[:, None] for each, limit in limits.items()}
    doses = np.broadcast_to(dose, (len(there),))

    def yearly(who: Flags) -> Yearly | None:
        return _yearly(times, rule.until, run.injected[who], doses[who],
                       {each: some[who] for each, some in reached.items()}) if who.any() else None  # fmt: skip

    everyone = yearly(there)
    assert everyone is not None
    stopped = {
        each: _lost(times, run.population.values[each][there] / limit[there, None], run.injected[there])
        for each, limit in limits.items()
    } if rule.until < times[-1] else {}  # fmt: skip
    return Scheduled(name, int((~there).sum()), everyone, yearly(there & antibodies),
                     yearly(there & ~antibodies), stopped)  # fmt: skip


def _yearly(times: Floats, until: float, injected: Flags, doses: Floats, reached: Mapping[str, Flags]) -> Yearly:
    """Count injections at the start of each step, and effects at its end, up to a day."""
    steps = int((times[1:] <= until).sum())
    years = times[steps] / YEAR
    injections = injected[:, :steps].sum(axis=1) / years
    shares = {name: some[:, 1 : steps + 1] for name, some in reached.items()}
    return Yearly(
        len(injected),
        _spread(injections),
        _spread(injections * doses),
        {name: _spread(some.mean(axis=1) * YEAR / WEEK) for name, some in shares.items()},
        {name: float(1 - some.any(axis=1).mean()) for name, some in shares.items()},
    )


def _lost(times: Floats, relative: Floats, injected: Flags) -> Lost:
    """Give when a quantity, relative to its limit, is lost for good after each person's last injection."""
    visits = np.arange(len(times))
    last = (injected * visits).max(axis=1)
    above = (relative >= 1) & (visits > last[:, None])
    had = above.any(axis=1)
    final = (above * visits).max(axis=1)[had]
    after, rows = np.minimum(final + 1, visits[-1]), np.flatnonzero(had)
    one, two = relative[rows, final], relative[rows, after]
    with np.errstate(invalid="ignore", divide="ignore"):
        day = times[final] + (one - 1) / (one - two) * (times[after] - times[final])
    weeks = np.where(final == visits[-1], np.inf, day - times[last[had]]) / WEEK
    kept = float(np.isinf(weeks).mean()) if weeks.size else np.nan
    return Lost(interval_over(weeks, MOST), kept, int((~had).sum()))


def _spread(values: Floats) -> Spread:
    low, high = np.quantile(values, [0.5 - MOST / 2, 0.5 + MOST / 2])
    return Spread(float(values.mean()), float(low), float(high))
