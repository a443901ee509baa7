"""``mechanism/``: a model of how the treatment works over time, and what has been observed of it.

The model itself is a text (``model.ant``); beside it stand its parameters, the observations, what supports each
link, and the explanations that compete. A dossier may lack the whole folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from glabella.dossier._course import CoursePriors
from glabella.dossier._faults import MisfitError
from glabella.dossier._fitted import Fitted
from glabella.dossier._mechanism_words import MechanismWords
from glabella.dossier._number import ReferenceId, Status, Text, _Model, misfits_of_limits
from glabella.dossier._observations import Observations
from glabella.dossier._priors import PARAMETERS, POSITIVE, Family
from glabella.dossier._questions import Questions
from glabella.dossier._schema import Id, Statement

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
#: Units of a product, as a unit or part of one: ``U``, ``1/U``, ``U/week``.
_OWN_UNITS = re.compile(r"(?<![A-Za-z])U(?![A-Za-z])")


# --- parameters.yaml --------------------------------------------------------------------------------------


class ParameterPrior(_Model):
    """What may be believed of a parameter before the observations are seen."""

    family: Family
    parameters: dict[Text, float]

    @model_validator(mode="after")
    def _parameters_are_those_of_the_family(self) -> ParameterPrior:
        wanted = PARAMETERS[self.family]
        if self.parameters.keys() != set(wanted):
            raise ValueError(f"{self.family} has parameters {sorted(self.parameters)}, expected {sorted(wanted)}")
        for name in wanted:
            if name in POSITIVE and self.parameters[name] <= 0:
                raise ValueError(f"parameter {name} is {self.parameters[name]:g}, expected more than zero")
        if self.family == "uniform" and self.parameters["low"] >= self.parameters["high"]:
            raise ValueError("low is not below high")
        return self


class Parameter(_Model):
    """A constant of the model or of how people and observers differ."""

    label: Text
    symbol: Name | None = Field(None, description="its name in the model, where that is not the key")
    belongs_to: Literal["model", "people", "observers", "studies"] = "model"
    product: Id | None = Field(None, description="the product it belongs to; needed where its units (U) are meant")
    value: float
    unit: Text = Field(description="1 for a pure number")
    role: Literal["fitted", "fixed", "assumed"]
    status: Status | Literal["assumed", "by_definition"]
    low: float | None = Field(None, description="lower limit of what the source gives")
    high: float | None = None
    prior: ParameterPrior | None = None
    source: ReferenceId | None = None
    at: Text | None = None
    derived_from: tuple[ReferenceId, ...] = ()
    why: Text | None = Field(None, description="of an assumption: why there is no better")
    note: Text | None = None

    @model_validator(mode="after")
    def _is_accounted_for(self) -> Parameter:
        if self.status == "missing":
            raise ValueError("status is missing; a parameter has a value: seen, derived, recalled or assumed")
        if self.status in ("seen", "reported") and self.source is None:
            raise ValueError(f"a parameter with no source: status {self.status} needs a source")
        if self.status == "derived" and not (self.derived_from and self.note):
            raise ValueError("a derived parameter needs derived_from (sources) and a note (the arithmetic)")
        if self.status in ("assumed", "recalled") and self.why is None:
            raise ValueError(f"a parameter that is {self.status} needs why: a sentence")
        if self.role == "fixed" and self.status in ("assumed", "recalled"):
            raise ValueError(f"role is fixed but the value is {self.status}; expected role assumed, with a prior")
        if self.role in ("assumed", "fitted") and self.prior is None:
            raise ValueError(f"role is {self.role}; expected a prior")
        if _OWN_UNITS.search(self.unit) and self.product is None:
            raise ValueError(f"unit {self.unit} without a product; units (U) are those of one product only")
        return self

    @model_validator(mode="after")
    def _lies_within_its_limits(self) -> Parameter:
        MisfitError.refuse(misfits_of_limits("value", self.value, self.low, self.high, "low"))
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The references behind it."""
        return ((self.source,) if self.source else ()) + self.derived_from


class Parameters(_Model):
    """``parameters.yaml``."""

    parameters: dict[Name, Parameter] = Field(min_length=1)


# --- links.yaml and explanations.yaml ---------------------------------------------------------------------


class Link(_Model):
    """An arrow of the model, and how well it is supported."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    begin: Name = Field(alias="from", description="a state or quantity of the model")
    end: Name = Field(alias="to", description="a state or quantity of the model")
    through: Name = Field(description="the reaction or the quantity whose equation holds the link")
    label: Text = Field(description="what happens, in a few words")
    support: Literal["supported", "partly", "contradicted", "untested"]
    why: tuple[Statement, ...] = Field(min_length=1)


class Links(_Model):
    """``links.yaml``."""

    nodes: dict[Name, Text] = Field(description="states and quantities of the model, as people read them")
    links: dict[Id, Link] = Field(min_length=1)

    @model_validator(mode="after")
    def _ends_are_nodes(self) -> Links:
        for key, link in self.links.items():
            for name in (link.begin, link.end):
                if name not in self.nodes:
                    raise ValueError(f"link {key} has no node {name!r}; expected one of {sorted(self.nodes)}")
        return self


class Explanation(_Model):
    """One account of how the treatment could lift mood: switches of the model, and what speaks for it."""

    label: Text
    switches: dict[Name, Literal[0, 1]] = Field(description="all switches, by name in the model")
    predicts: tuple[Statement, ...] = Field(min_length=1)
    in_favour: tuple[Statement, ...] = ()
    against: tuple[Statement, ...] = ()


class Explanations(_Model):
    """``explanations.yaml``."""

    explanations: dict[Id, Explanation] = Field(min_length=2)

    @model_validator(mode="after")
    def _differ_in_the_same_switches(self) -> Explanations:
        switches = [frozenset(each.switches) for each in self.explanations.values()]
        if len(set(switches)) > 1:
            every = sorted(frozenset().union(*switches))
            raise ValueError(f"explanations set different switches; expected all of {every} in each")
        settings = [tuple(sorted(each.switches.items())) for each in self.explanations.values()]
        if len(set(settings)) < len(settings):
            raise ValueError("two explanations set the switches alike")
        return self


@dataclass(frozen=True, slots=True)
class Mechanism:
    """The folder ``mechanism/`` as read.

    Attributes
    ----------
    model : str
        Text of ``model.ant``.
    parameters : Mapping[str, Parameter]
        By key; a parameter of one product has a key of its own and names the model's constant as ``symbol``.
    observations : Observations
        Of the muscle, of times, of nerves and of mood.
    nodes : Mapping[str, str]
        States and quantities of the model, as people read them.
    links : Mapping[str, Link]
    explanations : Mapping[str, Explanation]
    questions : Questions or None
        What is asked of the fit, where there is ``questions.yaml``.
    course : CoursePriors or None
        What may be believed of a course before any trial, where there is ``course.yaml``.
    fitted : Fitted or None
        What was computed from the rest, where it was.
    words : MechanismWords
        How sentences name what it is of.
    """

    model: str
    parameters: Mapping[str, Parameter]
    observations: Observations
    nodes: Mapping[str, str]
    links: Mapping[str, Link]
    explanations: Mapping[str, Explanation]
    questions: Questions | None = None
    course: CoursePriors | None = None
    fitted: Fitted | None = None
    words: MechanismWords = field(default_factory=MechanismWords)

    def of_product(self, symbol: str) -> Mapping[str, Parameter]:
        """Give the parameters that stand for one constant of the model, by product."""
        return MappingProxyType({
            each.product: each
            for each in self.parameters.values()
            if each.product is not None and each.symbol == symbol
        })  # fmt: skip
