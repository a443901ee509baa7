"""How likely shares of responders are under the model, with trials that differ in what they call a response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._model import Model
from glabella.mechanism._responders import Curves, crossing, share_above, with_placebo
from glabella.mechanism._rows import Rows
from glabella.mechanism._unknowns import Unknown

Floats = NDArray[np.float64]
#: A trial's shift is integrated by the trapezoid rule, which for a smooth integrand that falls off like a normal
#: density converges faster than any power. Gauss-Hermite nodes would be too far apart for trials of hundreds.
SHIFTS = np.linspace(-5.0, 5.0, 101)
LOG_WEIGHTS = -0.5 * SHIFTS**2 - np.log(np.exp(-0.5 * SHIFTS**2).sum())
#: Shares of exactly 0 or 1 would make any other outcome impossible.
LEAST = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class MuscleData:
    """Shares of people with a response, one row each.

    Attributes
    ----------
    study, product, sex, observer, definition : ndarray of str of shape (m,)
        Rows of one study and definition share a shift. A sex or observer without an unknown of its own shifts
        nothing.
    dose, day : ndarray of shape (m,)
    events, n : ndarray of shape (m,)
        Events need not be whole numbers, since percentages are rounded.
    placebo : ndarray of shape (m,)
        Share who respond without the drug, taken as known.
    given : ndarray of shape (m,)
        Where only people count who responded on an earlier day, that day; NaN where everybody counts.
    """

    study: NDArray[Any]
    product: NDArray[Any]
    dose: Floats
    sex: NDArray[Any]
    observer: NDArray[Any]
    definition: NDArray[Any]
    day: Floats
    events: Floats
    n: Floats
    placebo: Floats
    given: Floats

    def rows(self, which: ArrayLike) -> MuscleData:
        """Give some rows."""
        return replace(self, **{name: getattr(self, name)[np.asarray(which)] for name in self.__slots__})


def muscle_data(
    *,
    study: Sequence[str],
    product: Sequence[str],
    dose: ArrayLike,
    definition: Sequence[str],
    day: ArrayLike,
    n: ArrayLike,
    events: ArrayLike | None = None,
    percent: ArrayLike | None = None,
    sex: Sequence[str] | None = None,
    observer: Sequence[str] | None = None,
    placebo: ArrayLike = 0.0,
    given: ArrayLike = np.nan,
) -> MuscleData:
    """Check shares of responders.

    Raises
    ------
    ValueError
        If lengths differ, or a row cannot be; the message names its study.
    """
    m = len(study)
    if (events is None) == (percent is None):
        raise ValueError("expected either events or percent")
    people = np.broadcast_to(np.asarray(n, dtype=float), (m,)).copy()
    if events is None:
        events = np.asarray(percent, dtype=float) / 100 * people
    found = MuscleData(
        study=np.asarray(study),
        product=np.asarray(product),
        dose=np.asarray(dose, dtype=float),
        sex=np.asarray(sex if sex is not None else [""] * m),
        observer=np.asarray(observer if observer is not None else [""] * m),
        definition=np.asarray(definition),
        day=np.asarray(day, dtype=float),
        events=np.asarray(events, dtype=float),
        n=people,
        placebo=np.broadcast_to(np.asarray(placebo, dtype=float), (m,)).copy(),
        given=np.broadcast_to(np.asarray(given, dtype=float), (m,)).copy(),
    )
    for name in found.__slots__:
        if getattr(found, name).shape != (m,):
            raise ValueError(f"{name} has shape {getattr(found, name).shape}, expected ({m},)")
    for name, good, wanted in (
        ("dose", found.dose > 0, "more than 0"),
        ("day", found.day >= 0, "0 or later"),
        ("n", found.n > 0, "more than 0"),
        ("events", (found.events >= 0) & (found.events <= found.n), "between 0 and n"),
        ("placebo", (found.placebo >= 0) & (found.placebo < 1), "a share below 1"),
        ("placebo", np.isnan(found.given) | (found.placebo == 0), "0 where only earlier responders count"),
        ("given", np.isnan(found.given) | ((found.given >= 0) & (found.given < found.day)), "a day before day"),
    ):
        good = good & (np.isfinite(getattr(found, name)) | (name == "given"))
        if not good.all():
            row = int(np.flatnonzero(~good)[0])
            raise ValueError(
                f"{name} of row {row} ({study[row]}) is {getattr(found, name)[row]}, expected {wanted}"
            )
    return found


class Likelihood:
    """Likelihood of shares of responders; one simulation for all rows, kept while rates stay as they are.

    Between trials, the logit of the threshold shifts by a normal amount with standard deviation ``study_spread``;
    each definition within a trial has a shift of its own, since a diary of onset and a grade of lines are rated by
    other scales. Rows are independent given their shifts, as far as different people or days are.

    Parameters
    ----------
    model : Model
    data : MuscleData
    unknowns : sequence of Unknown
        See :class:`Unknown` for how names are looked up.
    held : mapping of str to float, optional
        Further constants of the model for everybody.

    Raises
    ------
    ValueError
        If a definition has no threshold, or an unknown is no constant of the model.
    """

    def __init__(
        self, model: Model, data: MuscleData, unknowns: Sequence[Unknown], held: Mapping[str, float] | None = None
    ) -> None:
        self.model, self.data, self.unknowns, self.held = model, data, tuple(unknowns), dict(held or {})
        names = [each.name for each in self.unknowns]
        if len(set(names)) < len(names):
            raise ValueError(f"an unknown stands twice among {', '.join(names)}")
        for definition in np.unique(data.definition):
            if f"threshold_{definition}" not in names:
                raise ValueError(f"no unknown threshold_{definition} for the definition {definition!r}")
        self.some = np.flatnonzero(~np.isnan(data.given))
        days, place = np.unique(np.concatenate([data.day, data.given[self.some]]), return_inverse=True)
        self.day, self.given = place[: len(data.day)], place[len(data.day) :]
        self.curves = Curves(model, days)
        for name in [each.constant for each in self.unknowns if each.constant] + list(self.held):
            if name not in self.curves.known.constants:
                raise ValueError(f"the model has no constant {name!r}")
        arms = sorted({(str(p), float(d)) for p, d in zip(data.product, data.dose, strict=True)})
        self.arms = arms
        self.arm = np.array([arms.index((str(p), float(d))) for p, d in zip(data.product, data.dose, strict=True)])
        scales = [f"{study}: {definition}" for study, definition in zip(data.study, data.definition, strict=True)]
        self.scales, self.scale = np.unique(scales, return_inverse=True)

    @cached_property
    def start(self) -> Floats:
        """Where the search starts, on the real line."""
        return np.array([each.to_line(each.value) for each in self.unknowns])

    def values(self, place: Floats) -> dict[str, float]:
        """Give the unknowns on their own scales."""
        return {each.name: each.from_line(x) for each, x in zip(self.unknowns, place, strict=True)}

    def constants(self, values: Mapping[str, float], product: str, dose: float) -> dict[str, float]:
        """Give the constants of the model for an arm, from unknowns on their own scales."""
        found = self.held | {"dose": dose}
        # What belongs to one product comes after what belongs to all.
        for each in sorted(self.unknowns, key=lambda one: one.product != ""):
            if each.constant and each.product in ("", product):
                found[each.constant] = values[each.name]
        return found

    def prepare(self, places: Floats) -> None:
        """Simulate for many places on the real line at once."""
        keys = [self.curves.key(self.constants(self.values(place), *arm)) for place in places for arm in self.arms]
        self.curves.of(keys)

    def shares(self, place: Floats, shifts: Floats) -> Floats:
        """Give the share of responders of each row (m, u) if its scale shifts by multiples of the spread."""
        values = self.values(place)
        constants = [self.constants(values, *arm) for arm in self.arms]
        by_arm = np.stack(self.curves.of([self.curves.key(each) for each in constants]))
        data = self.data
        logits = {each.name: x for each, x in zip(self.unknowns, place, strict=True)}
        threshold = np.array([logits[f"threshold_{each}"] for each in data.definition])
        threshold = threshold + [values.get(f"observer_{each}", 0.0) for each in data.observer]
        centre = np.array([self.curves.amount(each) for each in constants])[self.arm]
        centre = centre + [values.get(f"sensitivity_{each}", 0.0) for each in data.sex]
        if np.isnan(by_arm).any():
            return np.full((len(threshold), len(shifts)), np.nan)
        limits = threshold[:, None] + values.get("study_spread", 0.0) * shifts
        spread, able = values.get("sensitivity_spread", 0.0), 1 - values.get("antibody_share", 0.0)
        q = able * share_above(crossing(by_arm[self.arm, self.day], limits), centre[:, None], spread)
        if (some := self.some).size:
            # Weakness has one peak, so whoever responds later did so earlier, unless the earlier day was too early.
            before = able * share_above(crossing(by_arm[self.arm[some], self.given], limits[some]),
                                        centre[some, None], spread)  # fmt: skip
            q[some] = np.minimum(q[some] / np.maximum(before, LEAST), 1.0)
        return with_placebo(q, data.placebo[:, None])

    def mean_shares(self, place: Floats) -> Floats:
        """Give the share of responders of each row, averaged over studies."""
        return np.asarray((self.shares(place, SHIFTS) * np.exp(LOG_WEIGHTS)).sum(axis=1))

    def log_likelihood(self, place: Floats) -> float:
        """Give the log-likelihood; minus infinity where the model cannot be simulated."""
        from scipy.special import gammaln, logsumexp

        alike = not self.values(place).get("study_spread", 0.0)
        shifts, weights = (np.zeros(1), np.zeros(1)) if alike else (SHIFTS, LOG_WEIGHTS)
        p = np.clip(self.shares(place, shifts), LEAST, 1 - LEAST)
        if np.isnan(p).any():
            return -np.inf
        y, n = self.data.events[:, None], self.data.n[:, None]
        rows = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1) + y * np.log(p) + (n - y) * np.log1p(-p)
        by_scale = np.zeros((len(self.scales), len(shifts)))
        np.add.at(by_scale, self.scale, rows)
        return float(logsumexp(by_scale + weights, axis=1).sum())

    def log_prior(self, place: Floats, every: bool) -> float:
        """Give the log density of the priors: of all unknowns, or of those that are assumed."""
        return sum(each.log_prior(x) for each, x in zip(self.unknowns, place, strict=True) if every or each.assumed)


class RowLikelihood(Likelihood):
    """Likelihood of any rows, medians between visits and later visits of the same people among them.

    Parameters
    ----------
    model : Model
    rows : Rows
    unknowns : sequence of Unknown
    held : mapping of str to float, optional
    """

    def __init__(
        self, model: Model, rows: Rows, unknowns: Sequence[Unknown], held: Mapping[str, float] | None = None
    ) -> None:
        super().__init__(model, days_of_rows(rows), unknowns, held)
        self.rows = rows

    def log_likelihood(self, place: Floats) -> float:
        """Give the log-likelihood; minus infinity where the model cannot be simulated."""
        from scipy.special import logsumexp

        alike = not self.values(place).get("study_spread", 0.0)
        shifts, weights = (np.zeros(1), np.zeros(1)) if alike else (SHIFTS, LOG_WEIGHTS)
        share = self.shares(place, shifts)
        if np.isnan(share).any():
            return -np.inf
        each, _ = self.rows.log_likelihood(share.T)
        by_scale = np.zeros((len(self.scales), len(shifts)))
        np.add.at(by_scale, self.scale[self.rows.first], (each * self.rows.weight).T)
        return float(logsumexp(by_scale + weights, axis=1).sum())


def days_of_rows(rows: Rows) -> MuscleData:
    """Give each day of rows as if it were a row of its own, for its share; nobody is counted there."""
    found = [rows.rows[at] for at in rows.owner]
    return muscle_data(
        study=[each.study for each in found], product=[each.product for each in found],
        dose=[each.dose for each in found], sex=[each.sex for each in found],
        observer=[each.observer for each in found], definition=[each.definition for each in found],
        day=rows.day, n=1.0, events=np.zeros(len(found)),
    )  # fmt: skip
