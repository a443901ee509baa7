"""``mechanism/questions.yaml``: what is asked of a fitted mechanism."""

from __future__ import annotations

from pydantic import Field, model_validator

from glabella.dossier._number import Text, _Model
from glabella.dossier._observations import Definition, Observer
from glabella.dossier._schema import Id


class Assumption(_Model):
    """A value that nobody measured, and why it is taken."""

    value: float
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

    @model_validator(mode="after")
    def _asks_what_can_be_answered(self) -> Questions:
        if self.product not in self.doses:
            raise ValueError(f"no doses of {self.product}, the product of the trials of mood")
        for product, doses in self.doses.items():
            if not doses or min(doses) <= 0:
                raise ValueError(f"doses of {product} are {list(doses)}; expected numbers above zero")
        if not self.kept_days:
            raise ValueError("kept_days is empty; expected at least one day")
        return self
