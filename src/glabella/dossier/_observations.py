"""``mechanism/observations.yaml``: what was seen over time, of the muscle, of nerves and of mood."""

from __future__ import annotations

from itertools import pairwise
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
from glabella.dossier._schema import Dose, Id, Statement
from glabella.dossier.rules import Control

#: What an observation is for. Only what was seen, or derived from what was seen, is fitted.
Use = Literal["fit", "held_out", "prior", "context"]
Sex = Literal["women", "men", "mixed"]
Observer = Literal["physician", "subject", "both", "either", "video", "not_stated"]
#: What counts as a response of the muscle.
Definition = Literal[
    "none_or_mild", "one_grade", "two_grades", "two_grade_composite", "improved", "onset", "retained_response",
    "not_stated",
]  # fmt: skip


_SAME_PEOPLE = (
    "observations of one group are of the same people: later visits tell what changed, raters share their weight"
)


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

    @property
    def bound(self) -> str | None:
        """On which side the source leaves the share, where it prints a bound only."""
        told = self.percent or self.events
        return told.bound if told else None


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
    group: Id | None = Field(None, description=_SAME_PEOPLE)
    weight: float | None = Field(
        None, gt=0, le=1, description="how much it counts where another row tells of the same people and no "
        "condition joins the two, as of two visits of a plateau; it then stands apart from the visits of its group"
    )  # fmt: skip
    arm: Share
    placebo: Share | None = None

    @model_validator(mode="after")
    def _span_is_in_order(self) -> MuscleObservation:
        MisfitError.refuse(misfits_of_limits("", None, self.from_day, self.day, "from_day"))
        if self.responders_at is not None and self.responders_at >= self.day:
            raise ValueError(f"responders_at is {self.responders_at:g}, expected a day before {self.day:g}")
        return self

    @property
    def last_day(self) -> float:
        """The last day that it tells of."""
        return self.day

    @property
    def outcome(self) -> tuple[Number, ...]:
        """What is known of the outcome, as numbers with sources."""
        return _numbers(*self.arm.numbers, *(self.placebo.numbers if self.placebo else ()))


class TimeObservation(_OneDose):
    """A time to something among people, in days.

    Trials look at visits: a Kaplan-Meier median lies between two of them, and "at least" leaves the later one open.
    """

    kind: Literal["median_duration", "mean_duration", "median_onset", "mean_onset"]
    observer: Observer
    definition: Definition
    definition_note: Text | None = None
    responders_at: float | None = Field(None, description="only people with a response at this day are counted")
    days: NotNegative
    se: Positive | None = Field(None, description="of a mean: how far it can be trusted, visits and rule included")
    after_day: float | None = Field(
        None, ge=0, description="of a median: last visit at which more than half had it"
    )
    by_day: float | None = Field(
        None, ge=0, description="of a median: next visit; null where only 'at least' is known"
    )
    visits: tuple[float, ...] = Field((), description="of a mean: the days that people were seen, to the last")
    group: Id | None = Field(None, description=_SAME_PEOPLE)
    people: Count = Field(description="status missing when unknown")

    @model_validator(mode="after")
    def _lies_between_visits(self) -> TimeObservation:
        MisfitError.refuse(misfits_of_limits("", None, self.after_day, self.by_day, "after_day"))
        if self.after_day is not None and self.after_day == self.by_day:
            raise ValueError(f"after_day and by_day are both {self.after_day:g}, expected two visits")
        if self.by_day is not None and self.after_day is None:
            raise ValueError("by_day stands alone; expected after_day too, the visit before")
        if self.kind != "median_duration" and self.after_day is not None:
            raise ValueError(f"after_day is for a median_duration, not for a {self.kind}")
        if self.kind != "mean_duration" and (self.visits or self.se is not None):
            raise ValueError(f"visits and se are for a mean_duration, not for a {self.kind}")
        if any(b <= a for a, b in pairwise(self.visits)):
            raise ValueError("visits are out of order, expected days that increase")
        value, given = self.days.value, self.responders_at
        if value is not None and self.after_day is not None and not self.days.bound:
            inside = self.after_day < value and (self.by_day is None or value <= self.by_day)
            if not inside:
                raise ValueError(f"days is {value:g}, expected within after_day and by_day")
        if given is not None and self.after_day is not None and given > self.after_day:
            raise ValueError(f"responders_at is {given:g}, expected no later than after_day, {self.after_day:g}")
        return self

    @property
    def last_day(self) -> float:
        """The last day that it tells of."""
        return max(self.after_day or 0.0, self.by_day or 0.0, *self.visits)

    @property
    def outcome(self) -> tuple[Number, ...]:
        """What is known of the outcome, as numbers with sources."""
        return _numbers(self.days, self.se, self.people)


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
    ends: dict[Id, NotNegative] = Field({}, description="by trial: the last day on which it saw its people")
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

    @model_validator(mode="after")
    def _nothing_was_seen_after_the_end(self) -> Observations:
        every: list[MuscleObservation | TimeObservation] = [*self.muscle, *self.times]
        for each in every:
            end = self.ends.get(each.study)
            if end is not None and end.value is not None and each.last_day > end.value:
                raise ValueError(
                    f"{each.id} is of day {each.last_day:g}, but {each.study} ended on day {end.value:g}"
                )
        return self

    @model_validator(mode="after")
    def _groups_are_of_the_same_people(self) -> Observations:
        seen: dict[str, MuscleObservation | TimeObservation] = {}
        visits: dict[tuple[str, str, str, float], MuscleObservation] = {}
        every: list[MuscleObservation | TimeObservation] = [*self.muscle, *self.times]
        for each in every:
            if each.group is None:
                continue
            first = seen.setdefault(each.group, each)
            for name in ("study", "product", "units", "sex"):
                if getattr(each, name) != getattr(first, name):
                    raise ValueError(f"{each.id} and {first.id} are of one group, but of another {name}")
            if isinstance(each, MuscleObservation):
                key = (each.group, each.definition, each.observer, each.day)
                if key in visits:
                    raise ValueError(f"{each.id} and {visits[key].id} tell of the same people on the same day")
                visits[key] = each
                self._follow_on(each)
        return self

    def _follow_on(self, each: MuscleObservation) -> None:
        """Refuse a later visit of the same people that is of another number of them."""
        if each.weight is not None or each.responders_at is not None:
            return
        for one in self.muscle:
            same = (one.group, one.definition, one.observer) == (each.group, each.definition, each.observer)
            if same and one.weight is None and one.responders_at is None and one.arm.people != each.arm.people:
                raise ValueError(f"{each.id} and {one.id} are of one group, but of {each.arm.people} and "
                                 f"{one.arm.people} people; say what weight one of them has")  # fmt: skip
