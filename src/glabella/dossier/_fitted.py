"""``mechanism/fit.json``: what was computed from a mechanism, kept because computing it takes long.

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

#: Of this form; of an older one there is nothing to keep.
FORMAT = 2
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
    """One unknown of the course: what its prior and what the data say of it."""

    name: Text
    posterior: Interval
    prior: Interval
    rhat: float
    verdict: Literal["identified", "partly identified", "not identified"] = Field(
        description="whether the posterior is narrower than the prior: by half, by a little, or not"
    )


class PredictedRow(_Finite):
    """One observation of the muscle as seen, and as predicted by the other trials."""

    id: Id
    kind: Literal["share", "median", "days"]
    seen: float = Field(description="share of people, or days")
    left_out: Interval = Field(
        description="predicted without its trial, for a trial like it; of a median the share that is left at the "
        "visit that is missed, or a half"
    )
    error: float = Field(description="predicted less seen; of a median nought between its visits")
    inside: bool
    score: float = Field(description="log of the chance of what was seen")


class Predicted(_Finite):
    """How well trials are predicted that the fit has not seen; medians are scored as intervals between visits."""

    of: Literal["all", "shares", "product_shares", "product_late"] = Field(
        description="all rows; shares; shares of the product of the trials of mood; its rows on or after the first "
        "of the days asked about"
    )
    rows: int
    trials: int
    error: float = Field(description="mean absolute error in percentage points, of shares and medians")
    bias: float = Field(description="mean of predicted less seen, in percentage points")
    coverage: float = Field(description="share of intervals that hold what was seen, in per cent")
    width: float = Field(description="mean width of the intervals of shares, in percentage points")
    score: float = Field(description="mean log of the chance of what was seen, a row")


class Muscle(_Finite):
    """How soon and how long: the course fitted, and how it predicts."""

    draws: int
    chains: int
    acceptance: float
    unknowns: tuple[FittedUnknown, ...]
    rows: tuple[PredictedRow, ...]
    predicted: tuple[Predicted, ...]
    left_out: tuple[Text, ...] = Field(description="a sentence for each observation that could not be used")


class Constant(_Finite):
    """One constant of the chain at its most likely value."""

    name: Text
    mode: float


class Chain(_Finite):
    """The model of how it works, fitted to the same observations; it is asked for no duration."""

    log_likelihood: float
    constants: tuple[Constant, ...]


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
    """Share of the responders who still respond at a day."""

    day: float
    share: Interval
    next_share: Interval = Field(description="what a next trial would see")


class Landmarks(_Finite):
    """When the effect comes, is largest and goes, in days and shares of people."""

    product: Id
    dose: float
    sex: PeopleSex
    definition: Text
    known: bool = Field(description="whether anything late was seen of this product, and in this sex")
    onset: Interval
    peak_day: Interval
    peak_share: Interval
    duration: Interval = Field(description="day by which half of the responders have lost it, in the average trial")
    next_duration: Interval = Field(description="the same in a next trial")
    short: Interval = Field(description="day by which a tenth have lost it")
    long: Interval = Field(description="day by which nine tenths have lost it")
    kept: tuple[Kept, ...]


class Explained(_Finite):
    """One explanation of the effect on mood, fitted."""

    name: Text
    gain: Interval
    half_life: Interval = Field(description="of mood, in days; null limits are not bounded")
    spread: float
    aic: float
    aicc: float | None = Field(description="null where the trials are too few for it")
    bic: float
    parameters: int
    expected: tuple[float, ...] = Field(description="relief expected for each row, in points")


class Mood(_Finite):
    """What carries weakness to mood, as far as trials tell."""

    product: Id
    rows: tuple[Id, ...]
    relief: tuple[Interval, ...] = Field(description="as seen, in points; null limits for a bound")
    weeks: tuple[float, ...]
    explanations: tuple[Explained, ...]
    trials: int = Field(description="of which the rows are")
    apart: Text | None = Field(description="the explanation that every criterion puts well before any other")
    statement: Text
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


class Fitted(_Finite):
    """``fit.json``."""

    format: Literal[2] = Field(description="of an older one there is nothing to keep: fit anew")
    function: Text
    version: Text
    seed: int
    level: float
    inputs: dict[Text, Text] = Field(description="SHA-256 of each file of the folder that it was made from")
    muscle: Muscle
    chain: Chain
    responders_at: float = Field(description="day on which people count as responders whose loss is timed")
    courses: tuple[Course, ...]
    landmarks: tuple[Landmarks, ...]
    mood: Mood
    mood_courses: tuple[MoodCourse, ...]

    @property
    def text(self) -> str:
        """The file's text."""
        return written_fit(self.model_dump(mode="json"))


def written_fit(values: object) -> str:
    """Write the values of a fit as ``fit.json`` has them, the same for the same values."""
    return json.dumps(values, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n"
