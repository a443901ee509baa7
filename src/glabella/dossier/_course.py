"""``mechanism/course.yaml``: what may be believed of a course over time before any trial is seen.

The course is a share that can respond at all (a ceiling), a time until the response is there, and a time until
it is lost. Everything here is on the scale on which trials, products and definitions add up: logits of the
ceiling, logs of days.
"""

from __future__ import annotations

from pydantic import Field, model_validator

from glabella.dossier._number import Number, Text, _Model
from glabella.dossier._observations import Definition, Observer
from glabella.dossier._questions import Assumption
from glabella.dossier._schema import Id


class Belief(_Model):
    """A normal prior."""

    mean: float
    sd: float = Field(gt=0)
    why: Text | None = None


class Differ(_Model):
    """A half-normal prior of how far trials, or products, differ (their standard deviation)."""

    scale: float = Field(gt=0)
    why: Text | None = None


class OfDefinition(_Model):
    """What is particular to one definition of a response."""

    ceiling: Belief = Field(description="logit of the share that responds to the dose of the label")
    days: Belief | Definition | None = Field(
        None, description="how much later half have lost it than by the first definition; or a definition that has "
        "the same"
    )  # fmt: skip
    onset: Belief | None = Field(None, description="how much later it is there than by the first definition")


class Unknown(_Model):
    """A definition that a source does not say, taken as half-way between two others, and what it may differ."""

    between: tuple[Definition, Definition]
    ceiling: Belief
    days: Belief


class OfSome(_Model):
    """What an observer, a sex or a dose changes."""

    ceiling: Belief | None = None
    days: Belief | None = None
    onset: Belief | None = None


class Between(_Model):
    """How far trials, or products, differ."""

    ceiling: Differ
    days: Differ
    onset: Differ | None = None


class CoursePriors(_Model):
    """``course.yaml``."""

    label_doses: dict[Id, Number] = Field(description="units of each product that its doses are compared with")
    loss: Text | None = Field(
        None, description="constant of the model that is set so that a response is lost when the course says"
    )
    responders_at: float = Field(gt=0, description="day at which people count as responders whose loss is timed")
    men_in_mixed: Assumption = Field(description="share of men in trials of both sexes")
    days: Belief = Field(description="log of the days until half have lost it, by the first definition")
    shape: Belief = Field(description="log of the Weibull shape of the time to loss")
    onset: Belief = Field(description="log of the days until half of the responders have it")
    onset_spread: Belief = Field(description="log of the standard deviation of the log of days until it is there")
    definitions: dict[Definition, OfDefinition] = Field(min_length=1)
    unknown: dict[Definition, Unknown] = Field({}, description="definitions that a source does not say")
    observers: dict[Observer, OfSome] = Field({}, description="what it changes who saw it")
    men: OfSome = Field(description="what it changes that people are men")
    dose: OfSome = Field(description="for each unit of the log of the dose over the label's")
    trials: Between
    products: Between

    @model_validator(mode="after")
    def _names_are_known(self) -> CoursePriors:
        for key, each in self.definitions.items():
            if isinstance(each.days, str) and not isinstance(self._days_of(each.days), Belief):
                raise ValueError(f"days of {key} are those of {each.days}, which has none of its own")
        for key, one in self.unknown.items():
            for name in one.between:
                if name not in self.definitions:
                    raise ValueError(f"{key} lies between {name} and another, but definitions has no {name}")
        for product, dose in self.label_doses.items():
            if dose.value is None or dose.value <= 0 or dose.unit != "U":
                raise ValueError(f"label dose of {product} is {dose.value} {dose.unit}; expected units (U)")
        if not 0 <= self.men_in_mixed.value <= 1:
            raise ValueError(f"the share of men is {self.men_in_mixed.value:g}, expected between 0 and 1")
        return self

    def _days_of(self, name: Definition) -> Belief | str | None:
        found = self.definitions.get(name)
        return found.days if found else None
