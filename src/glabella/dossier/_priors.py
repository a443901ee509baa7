"""``priors.yaml``: what may be believed before the trials are seen, each with its source; a dossier may lack it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

from pydantic import Field, model_validator

from glabella.dossier._number import Number, Text, _Model
from glabella.dossier._schema import Id, Statement

Family = Literal[
    "normal", "t", "uniform", "beta", "half_normal", "half_cauchy", "half_t", "log_normal", "log_t", "inverse_gamma"
]
#: The parameters of each family. Of ``log_normal`` and ``log_t`` they are those of the logarithm.
PARAMETERS = MappingProxyType({
    "normal": ("mean", "sd"),
    "t": ("df", "mean", "scale"),
    "uniform": ("low", "high"),
    "beta": ("alpha", "beta"),
    "half_normal": ("scale",),
    "half_cauchy": ("scale",),
    "half_t": ("df", "scale"),
    "log_normal": ("mean", "sd"),
    "log_t": ("df", "mean", "scale"),
    "inverse_gamma": ("shape", "scale"),
})  # fmt: skip
POSITIVE = frozenset({"sd", "df", "scale", "shape", "alpha", "beta"})


class Prior(_Model):
    """A distribution with a source."""

    label: Text
    of: Literal["tau", "tau2", "effect", "bias", "share"] = Field(
        description="tau, tau2: spread between trials; bias: what a trial adds to its effect; share: a proportion"
    )
    measure: Literal["OR", "RR", "RD", "SMD", "MD", "any"] = Field(description="the scale it is on; ratios as logs")
    applies_to: Text = Field(description="which outcomes, comparisons or trials")
    family: Family
    parameters: dict[Text, Number]
    usual: bool = Field(
        False,
        description="the one to take first, which tells of a new trial where trials are few; the others are for "
        "sensitivity",
    )
    why: tuple[Statement, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _parameters_are_those_of_the_family(self) -> Prior:
        wanted = PARAMETERS[self.family]
        if self.parameters.keys() != set(wanted):
            raise ValueError(f"{self.family} has parameters {sorted(self.parameters)}, expected {sorted(wanted)}")
        for name in wanted:
            value = self.parameters[name].value
            if value is None or not self.parameters[name].usable:
                raise ValueError(f"parameter {name} is not known; a prior must be a number with a source")
            if name in POSITIVE and value <= 0:
                raise ValueError(f"parameter {name} is {value:g}, expected more than zero")
        if self.family == "uniform" and self.value("low") >= self.value("high"):
            raise ValueError(f"low {self.value('low'):g} is not below high {self.value('high'):g}")
        return self

    def value(self, name: str) -> float:
        """Give a parameter as a number."""
        value = self.parameters[name].value
        if value is None:  # refused when the file is read
            raise ValueError(f"parameter {name} is not known")
        return value


class Priors(_Model):
    """``priors.yaml``: on the spread between trials, on effects, and on what is wrong with trials."""

    heterogeneity: dict[Id, Prior] = Field({})
    effect: dict[Id, Prior] = Field({})
    bias: dict[Id, Prior] = Field({})

    @model_validator(mode="after")
    def _each_in_its_place(self) -> Priors:
        places = {"heterogeneity": ("tau", "tau2"), "effect": ("effect",), "bias": ("bias", "share")}
        for place, kinds in places.items():
            for name, prior in getattr(self, place).items():
                if prior.of not in kinds:
                    raise ValueError(f"{place}.{name} is a prior of {prior.of}, expected of {' or '.join(kinds)}")
        return self
