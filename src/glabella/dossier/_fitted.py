"""``mechanism/fit.json``: what was computed from a mechanism, kept because computing it takes minutes.

Written by ``glabella mechanism fit`` with the digests of the files it was made from, and never by hand. Readers
only check its shape and that it is not stale.
"""

from __future__ import annotations

import json
from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from glabella.dossier._faults import MisfitError
from glabella.dossier._number import Text, _Model, misfits_of_limits
from glabella.dossier._schema import Id

#: Whose course it is; trials of both sexes are mixtures.
PeopleSex = Literal["women", "men"]


def _alike(**columns: tuple[object, ...]) -> None:
    """Refuse columns of one table that are not of one length."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError("columns of different lengths: " + ", ".join(f"{k} {n}" for k, n in lengths.items()))


class _Finite(_Model):
    """A part of it: what is no finite number is null where that may be, and never hides as a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Interval(_Finite):
    """A value and the limits around it; null where it is not reached."""

    value: float | None
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _limits_are_in_order(self) -> Interval:
        MisfitError.refuse(misfits_of_limits("value", None, self.low, self.high, "low"))
        return self


class FittedUnknown(_Finite):
    """One unknown: what the data and its prior say of it, and whether the data say anything."""

    name: Text
    assumed: bool = Field(description="nothing seen can tell it; it stands on its prior")
    mode: float
    posterior: Interval
    prior: Interval
    rhat: float
    ess: float
    profile: Interval | None = Field(None, description="limits of the profile; null where not profiled")
    likelihood: Interval = Field(description="by the likelihood alone, with Wald limits; null where there are none")
    alone: bool = Field(description="whether the likelihood alone, without priors, has a single best value of it")
    verdict: Literal["identified", "partly identified", "not identified"] = Field(
        description="whether the posterior is narrower than the prior: by half, by a little, or not"
    )


class Curve(_Finite):
    """The profile of one unknown: twice the rise of minus the log-likelihood at each value."""

    name: Text
    values: tuple[float, ...]
    rise: tuple[float, ...]

    @model_validator(mode="after")
    def _lengths_are_alike(self) -> Curve:
        _alike(values=self.values, rise=self.rise)
        return self


class PredictedRow(_Finite):
    """One share as seen, as fitted, and as predicted by the other trials."""

    id: Id
    seen: float
    fitted: Interval
    left_out: Interval | None = Field(None, description="predicted without its trial; null where it was not fitted")


class Predicted(_Finite):
    """How well shares are predicted that a fit has not seen."""

    by: Literal["study", "product", "held_out", "recalled"]
    shares: int
    groups: int
    error: float = Field(description="mean absolute error in percentage points")
    bias: float = Field(description="mean of predicted less seen, in percentage points")
    coverage: float = Field(description="share of intervals that hold what was seen, in per cent")


class Check(_Finite):
    """A posterior predictive check: where a statistic of the data lies among those of replications."""

    name: Text
    seen: float
    replicated: Interval
    p: float = Field(description="share of replications at or beyond what was seen")


class Muscle(_Finite):
    """The model of the muscle, fitted."""

    log_likelihood: float
    log_posterior: float
    largest_log_likelihood: float = Field(description="of all constants, without the priors of those fitted")
    draws: int
    chains: int
    acceptance: float
    unknowns: tuple[FittedUnknown, ...]
    profiles: tuple[Curve, ...]
    rows: tuple[PredictedRow, ...]
    predicted: tuple[Predicted, ...]
    checks: tuple[Check, ...]
    left_out: tuple[Text, ...] = Field(description="a sentence for each observation that could not be used")


class Course(_Finite):
    """Share of people with a response over time."""

    product: Id
    dose: float
    sex: PeopleSex
    definition: Text
    days: tuple[float, ...]
    median: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    next_low: tuple[float, ...] = Field(description="what a next trial would see")
    next_high: tuple[float, ...]

    @model_validator(mode="after")
    def _lengths_are_alike(self) -> Course:
        _alike(days=self.days, median=self.median, low=self.low, high=self.high, next_low=self.next_low,
               next_high=self.next_high)  # fmt: skip
        return self


class Kept(_Finite):
    """Share of the responders at the peak who still respond at a day."""

    day: float
    share: Interval


class Landmarks(_Finite):
    """When the effect comes, is largest and goes, in days and shares of people."""

    product: Id
    dose: float
    sex: PeopleSex
    definition: Text
    onset: Interval
    peak_day: Interval
    peak_share: Interval
    duration: Interval = Field(description="day by which half of the responders have lost it")
    short: Interval = Field(description="day by which a tenth have lost it")
    long: Interval = Field(description="day by which nine tenths have lost it")
    kept: tuple[Kept, ...]


class Explained(_Finite):
    """One explanation of the effect on mood, fitted."""

    name: Text
    gain: Interval
    half_life: Interval = Field(description="of mood, in days; null limits are not bounded")
    spread: float
    aicc: float
    bic: float
    weight: float
    parameters: int
    expected: tuple[float, ...] = Field(description="relief expected for each row, in points")


class Gap(_Finite):
    """How long relief outlasts weakness under one explanation, in days."""

    explanation: Text
    weakness_half: Interval
    relief_half: Interval
    needed_half_life: float | None = Field(description="of mood, so that relief outlasts weakness by what was seen")


class Mood(_Finite):
    """What carries weakness to mood, as far as trials tell."""

    product: Id
    rows: tuple[Id, ...]
    relief: tuple[Interval, ...] = Field(description="as seen, in points; null limits for a bound")
    weeks: tuple[float, ...]
    explanations: tuple[Explained, ...]
    inseparable: tuple[Text, ...]
    statement: Text
    gaps: tuple[Gap, ...]
    gap_seen: float = Field(description="days by which mood outlasted the muscle at least")
    left_out: tuple[Text, ...]

    @model_validator(mode="after")
    def _lengths_are_alike(self) -> Mood:
        expected = {f"expected of {each.name}": each.expected for each in self.explanations}
        _alike(rows=self.rows, relief=self.relief, weeks=self.weeks, **expected)
        return self


class MoodCourse(_Finite):
    """Relief over time after one injection under one explanation, in points."""

    explanation: Text
    days: tuple[float, ...]
    relief: tuple[float, ...]

    @model_validator(mode="after")
    def _lengths_are_alike(self) -> MoodCourse:
        _alike(days=self.days, relief=self.relief)
        return self


class Scheduled(_Finite):
    """What a rule of repeating means for virtual people, a year."""

    rule: Literal["fixed", "weakness", "symptoms"]
    explanation: Text = Field(description="what carries weakness to mood here")
    people: int
    failed: int
    injections: Interval = Field(description="mean, and what a tenth of people are below and above")
    units: Interval
    weeks_weakness: Interval
    weeks_relief: Interval
    stopping_weakness: Interval = Field(description="weeks from the last injection until weakness is lost")
    stopping_relief: Interval
    never: float = Field(description="share in per cent whose muscle never responded")
    never_relief: float = Field(description="share in per cent who never had relief enough")


class Swing(_Finite):
    """How far a result moves as one assumption moves over its prior."""

    name: Text
    low: float
    high: float
    at_low: float | None
    at_high: float | None


class SobolIndex(_Finite):
    """Which share of a result's variance one assumption brings, alone and with others."""

    name: Text
    first: float
    first_half_width: float
    total: float
    total_half_width: float


class Sensitivity(_Finite):
    """What a result owes to assumptions."""

    quantity: Literal["duration", "responders", "outlasting"] = Field(
        description="days by which half of the responders have lost it; per cent of people who respond on the "
        "first of the days asked about; days by which relief outlasts weakness"
    )
    product: Id | None = Field(None, description="of which a duration or a share is")
    explanation: Text | None = Field(None, description="under which relief outlasts weakness")
    centre: float
    swings: tuple[Swing, ...]
    sobol: tuple[SobolIndex, ...]


class Fitted(_Finite):
    """``fit.json``."""

    function: Text
    version: Text
    seed: int
    level: float
    inputs: dict[Text, Text] = Field(description="SHA-256 of each file of the folder that it was made from")
    muscle: Muscle
    courses: tuple[Course, ...]
    landmarks: tuple[Landmarks, ...]
    mood: Mood
    mood_courses: tuple[MoodCourse, ...]
    schedules: tuple[Scheduled, ...]
    sensitivity: tuple[Sensitivity, ...]

    @property
    def text(self) -> str:
        """The file's text."""
        return written_fit(self.model_dump(mode="json"))


def written_fit(values: object) -> str:
    """Write the values of a fit as ``fit.json`` has them, the same for the same values."""
    return json.dumps(values, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n"
