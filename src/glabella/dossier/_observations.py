"""``mechanism/observations.yaml``: what was seen over time, of the muscle, of nerves and of mood."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from glabella.dossier._faults import MisfitError
from glabella.dossier._number import (
    Chance,
    Count,
    NotNegative,
    Number,
    Positive,
    Status,
    Text,
    _Model,
    misfits_of_limits,
)
from glabella.dossier._schema import Control, Dose, Id, Statement

#: What an observation is for. Only what was seen, or derived from what was seen, is fitted.
Use = Literal["fit", "held_out", "prior", "context"]
Sex = Literal["women", "men", "mixed"]
Observer = Literal["physician", "subject", "both", "either", "video", "not_stated"]
#: What counts as a response of the muscle.
Definition = Literal[
    "none_or_mild", "one_grade", "two_grades", "two_grade_composite", "improved", "onset", "retained_response",
    "not_stated",
]  # fmt: skip


def _numbers(*candidates: Number | None) -> tuple[Number, ...]:
    return tuple(each for each in candidates if each is not None and each.status != "missing")


class Share(_Model):
    """How many of some people: a percentage or a count, and of how many."""

    percent: Number | None = None
    events: Count | None = None
    n: Count = Field(description="status missing when unknown")

    @model_validator(mode="after")
    def _is_a_share(self) -> Share:
        if (self.percent is None) == (self.events is None):
            raise ValueError("expected either percent or events")
        if self.events is not None and self.n.value is None:
            raise ValueError("events need n: of how many people")
        if not 0 <= self.share <= 1:
            raise ValueError(f"a share of {self.share:g}, expected between 0 and 1")
        return self

    @property
    def share(self) -> float:
        """The share, between 0 and 1."""
        if self.percent is not None and self.percent.value is not None:
            return self.percent.value / 100
        if self.events is not None and self.events.value is not None and self.n.value:
            return self.events.value / self.n.value
        raise ValueError("a share needs a number")

    @property
    def people(self) -> float | None:
        """How many people, if known."""
        return self.n.value

    @property
    def numbers(self) -> tuple[Number, ...]:
        """What is known, as numbers with sources."""
        return _numbers(self.percent, self.events, self.n)


class _Observation(_Model):
    """What every observation says; units never stand without their product."""

    id: Id
    study: Id = Field(description="the trial; observations of one trial share its random effect")
    product: Id = Field(description="key in products.yaml; the units of the dose are those of this product")
    use: Use
    note: Text | None = None

    @property
    def given(self) -> tuple[Number, ...]:
        """What is known of the treatment, as numbers with sources."""
        raise NotImplementedError

    @property
    def outcome(self) -> tuple[Number, ...]:
        """What is known of the outcome, as numbers with sources."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _only_what_was_seen_is_fitted(self) -> _Observation:
        wrong = {each.status for each in self.outcome} - {"seen", "derived"}
        wrong |= {each.status for each in self.given} - {"seen", "derived", "reported"}
        if self.use == "fit" and wrong:
            raise ValueError(
                f"use is fit with a number that is {min(wrong)}; expected seen or derived, or another use"
            )
        if self.use in ("fit", "held_out") and not self.outcome:
            raise ValueError(f"use is {self.use}, but no number is known")
        return self

    @property
    def status(self) -> Status:
        """The weakest status among the numbers of its outcome."""
        order: tuple[Status, ...] = ("recalled", "reported", "derived", "seen")
        found = {each.status for each in self.outcome}
        return next((status for status in order if status in found), "missing")

    @property
    def sources(self) -> tuple[str, ...]:
        """The references behind it, each once."""
        numbers = (*self.outcome, *self.given)
        return tuple(dict.fromkeys(key for number in numbers for key in number.sources))


class _OneDose(_Observation):
    """An observation after one dose of one product."""

    dose: Number = Field(description="units of the product named beside it")
    sex: Sex = "mixed"

    @model_validator(mode="after")
    def _dose_is_in_units(self) -> _OneDose:
        if self.dose.unit != "U" or self.dose.value is None or self.dose.value <= 0:
            raise ValueError(f"dose is {self.dose.value} {self.dose.unit}; expected units (U) of {self.product}")
        return self

    @property
    def given(self) -> tuple[Number, ...]:
        """The dose, with its source."""
        return (self.dose,)

    @property
    def units(self) -> float:
        """The dose, in units of its product."""
        if self.dose.value is None:  # refused when the file is read
            raise ValueError("no dose")
        return self.dose.value


class MuscleObservation(_OneDose):
    """How many people had a response of the muscle at a day."""

    observer: Observer
    definition: Definition
    definition_note: Text | None = Field(None, description="where the source leaves the definition open")
    day: float = Field(ge=0, description="the day it was seen; of a span of days, the last")
    from_day: float | None = Field(None, description="first day of a span")
    responders_at: float | None = Field(None, description="only people with a response at this day are counted")
    arm: Share
    placebo: Share | None = None

    @model_validator(mode="after")
    def _span_is_in_order(self) -> MuscleObservation:
        MisfitError.refuse(misfits_of_limits("", None, self.from_day, self.day, "from_day"))
        return self

    @property
    def outcome(self) -> tuple[Number, ...]:
        """What is known of the outcome, as numbers with sources."""
        return _numbers(*self.arm.numbers, *(self.placebo.numbers if self.placebo else ()))


class TimeObservation(_OneDose):
    """A time to something among people, in days."""

    kind: Literal["median_duration", "median_onset", "mean_onset"]
    observer: Observer
    definition: Definition
    definition_note: Text | None = None
    responders_at: float | None = Field(None, description="only people with a response at this day are counted")
    days: NotNegative
    people: Count = Field(description="status missing when unknown")

    @property
    def outcome(self) -> tuple[Number, ...]:
        """What is known of the outcome, as numbers with sources."""
        return _numbers(self.days, self.people)


class NerveObservation(_OneDose):
    """Fall of a muscle's electrical answer to its nerve (CMAP), as a share of what it was before."""

    kind: Literal["cmap_fall", "cmap_peak_day"]
    muscle: Text
    day: float | None = Field(None, ge=0, description="null where the day itself was observed")
    fall: Number | None = None
    days: NotNegative | None = None
    people: Count

    @property
    def outcome(self) -> tuple[Number, ...]:
        """What is known of the outcome, as numbers with sources."""
        return _numbers(self.fall, self.days, self.people)


class MoodObservation(_Observation):
    """What a trial showed about mood between two arms at a week."""

    comparison: Id = Field(description="key of comparisons in the study's file")
    doses: tuple[Dose, ...] = Field((), description="units of the product; empty when not known")
    women: Chance | None = Field(None, description="share of women, where the dose depends on sex")
    site: Id = Field(description="where it was given")
    comparator: Control
    comparator_site: Id | None = None
    scale: Id = Field(description="key of scales in dossier.yaml")
    week: float = Field(ge=0)
    to_week: float | None = Field(None, description="last week of a span that a bound covers")
    measure: Literal["points", "sd", "response"] = Field(
        description="points: difference of means on the scale; sd: that in standard deviations; response: counts"
    )
    difference: Number | None = Field(None, description="arm minus comparator; below zero the arm did better")
    se: Positive | None = None
    p: Chance | None = None
    arm: Share | None = None
    versus: Share | None = None

    @model_validator(mode="after")
    def _says_what_it_measures(self) -> MoodObservation:
        if self.measure == "response":
            if self.arm is None or self.versus is None:
                raise ValueError("measure is response; expected arm and versus")
        elif self.arm is not None or self.versus is not None:
            raise ValueError(f"measure is {self.measure}; expected difference, not arm and versus")
        elif self.use == "fit" and (self.difference is None or self.se is None or self.difference.bound):
            raise ValueError("use is fit; expected a difference, not a bound, and its se")
        if self.comparator == "other_site" and self.comparator_site is None:
            raise ValueError("comparator is other_site; expected comparator_site")
        MisfitError.refuse(misfits_of_limits("", None, self.week, self.to_week, "to_week"))
        for dose in self.doses:
            if dose.units.unit != "U":
                raise ValueError(f"dose in {dose.units.unit}; expected units (U) of {self.product}")
        return self

    @property
    def given(self) -> tuple[Number, ...]:
        """The doses and who had which, with their sources."""
        return _numbers(*(dose.units for dose in self.doses), self.women)

    @property
    def outcome(self) -> tuple[Number, ...]:
        """What is known of the outcome, as numbers with sources."""
        shares = [number for each in (self.arm, self.versus) if each is not None for number in each.numbers]
        return _numbers(self.difference, self.se, self.p, *shares)

    @property
    def doses_and_shares(self) -> tuple[tuple[float, Literal["women", "men", "all"], float], ...]:
        """Each dose in units, who had it, and which share of the arm that was."""
        women = self.women.value if self.women is not None and self.women.value is not None else 1.0
        shares: dict[str, tuple[Literal["women", "men", "all"], float]] = {
            "all": ("all", 1.0), "female": ("women", women), "male": ("men", 1 - women)
        }  # fmt: skip
        return tuple((d.units.value, *shares[d.who]) for d in self.doses if d.units.value is not None)


class Observations(_Model):
    """``observations.yaml``: what was seen over time."""

    site: Id | None = Field(None, description="of the muscle that the model is of; needed where mood was observed")
    muscle: tuple[MuscleObservation, ...] = ()
    times: tuple[TimeObservation, ...] = ()
    nerve: tuple[NerveObservation, ...] = ()
    mood: tuple[MoodObservation, ...] = ()
    context: tuple[Statement, ...] = Field((), description="what is known but cannot be put beside the model")

    @model_validator(mode="after")
    def _mood_has_a_site(self) -> Observations:
        if self.mood and self.site is None:
            raise ValueError("site is missing; expected that of the muscle, one of the sites of mood")
        return self

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Observations:
        seen: set[str] = set()
        for each in (*self.muscle, *self.times, *self.nerve, *self.mood):
            if each.id in seen:
                raise ValueError(f"id {each.id!r} stands twice")
            seen.add(each.id)
        return self
