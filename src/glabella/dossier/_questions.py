"""``mechanism/questions.yaml``: what is asked of a fitted mechanism."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from glabella.dossier._number import Number, Text, _Model
from glabella.dossier._observations import Definition, Observer
from glabella.dossier._schema import Id


class Assumption(_Model):
    """A value that nobody measured, and why it is taken."""

    value: float
    why: Text


class Repeat(_Model):
    """When the treatment is repeated, and no sooner than the least gap; looked at on each visit."""

    rule: Literal["fixed", "weakness", "symptoms"] = Field(
        description="fixed: at every visit after the gap; weakness, symptoms: when the response of that is lost"
    )
    weeks: float = Field(gt=0, description="least time between two")
    every: int = Field(4, gt=0, description="weeks between visits")
    why: Text


class Questions(_Model):
    """``questions.yaml``."""

    product: Id = Field(description="the product of the trials of mood")
    definition: Definition = Field(description="what counts as a response in every answer")
    other_definitions: tuple[Definition, ...] = Field(
        (), description="further definitions with a course of their own"
    )
    observer: Observer = "physician"
    doses: dict[Id, tuple[float, ...]] = Field(description="units of each product for which answers are given")
    kept_days: tuple[float, ...] = Field(description="days at which it is told how many still respond")
    usual_dose: Assumption = Field(description="units, where a trial of mood does not state its dose")
    men: Assumption = Field(description="share of men among virtual people")
    relief_limit: Number = Field(description="points of relief that count as a response")
    gap_seen: Number = Field(description="days by which mood outlasted the muscle, at least")
    repeats: tuple[Repeat, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _asks_what_can_be_answered(self) -> Questions:
        if self.product not in self.doses:
            raise ValueError(f"no doses of {self.product}, the product of the trials of mood")
        for product, doses in self.doses.items():
            if not doses or min(doses) <= 0:
                raise ValueError(f"doses of {product} are {list(doses)}; expected numbers above zero")
        if not self.kept_days:
            raise ValueError("kept_days is empty; expected at least one day")
        if not 0 <= self.men.value <= 1:
            raise ValueError(f"the share of men is {self.men.value:g}, expected between 0 and 1")
        for name in ("relief_limit", "gap_seen"):
            if getattr(self, name).value is None:
                raise ValueError(f"{name} has no value")
        if len({each.rule for each in self.repeats}) < len(self.repeats):
            raise ValueError("a rule stands twice among repeats")
        for each in self.repeats:
            if each.weeks % each.every:
                raise ValueError(f"a gap of {each.weeks:g} weeks is no multiple of visits every {each.every}")
        return self
