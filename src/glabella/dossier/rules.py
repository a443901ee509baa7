"""What decides a claim: rules of a few operators over a few kinds of evidence, as a dossier writes them.

The words are plain keys of YAML, such as ``{all: [{facts: {for: [A1]}}, {estimate: {analysis: main, target:
any_benefit}}]}``. :mod:`glabella.decision.verdicts` says what each comes to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from glabella.dossier._number import Text, _Model

Stated = Literal["important_benefit", "any_benefit", "not_worse", "little_or_none", "any_harm", "important_harm"]
Sure = Literal["high", "moderate", "low", "very low"]
Control = Literal["placebo", "other_site", "sham", "drug", "none"]
Filter = dict[Text, Text | tuple[Text, ...] | float]


class _Atom(_Model):
    """What every kind of evidence may be called."""

    named: Text | None = Field(None, alias="as", description="what this part is called, such as children")


class EstimateRule(_Atom):
    """A pooled effect against a threshold: the estimate and its interval on one side, and sure enough."""

    analysis: Text | None = Field(None, description="key of analyses")
    difference: Text | None = Field(None, description="of two effects, where the program computes it")
    network: Text | None = Field(None, description="a treatment of the network that the dossier's is compared with")
    harm: Text | None = Field(None, description="an event of harms, counted in both arms: how many fewer have it")
    against: Control | None = Field(None, description="of harm, the control of the comparisons that are taken")
    target: Stated
    need: Literal["high", "moderate", "low"] = Field("moderate", description="certainty; of a hedged claim low")

    @model_validator(mode="after")
    def _has_one_effect(self) -> EstimateRule:
        _only_one(self, "analysis", "difference", "network", "harm")
        if (self.harm is None) != (self.against is None):
            raise ValueError("harm goes with against, and against with harm")
        return self

    @property
    def key(self) -> str:
        """The analysis or the difference, ``network.TREATMENT``, or ``harm.CONTROL.EVENT``."""
        if self.network is not None:
            return f"network.{self.network}"
        if self.harm is not None:
            return f"harm.{self.against}.{self.harm}"
        return self.analysis or self.difference or ""


class ShareRule(_Atom):
    """A share of people against a number, by exact limits."""

    arm: Text
    outcome: Text
    above: float | None = Field(None, ge=-1, le=1)
    below: float | None = Field(None, ge=-1, le=1)
    equals: float | None = Field(None, ge=-1, le=1)
    tolerance: float = Field(0.0, ge=0, le=1, description="of equals")

    @model_validator(mode="after")
    def _has_one_number(self) -> ShareRule:
        _only_one(self, "above", "below", "equals")
        return self


class StatedRule(_Atom):
    """A number that people say against the interval that is computed."""

    quantity: Text
    value: float | None = None
    between: tuple[float, float] | None = Field(None, description="where people say a range")

    @model_validator(mode="after")
    def _has_one_number(self) -> StatedRule:
        _only_one(self, "value", "between")
        return self


class RareHarmRule(_Atom):
    """Whether a harm that comes more often than so is ruled out."""

    event: Text
    population: Text
    per: float = Field(gt=0, lt=1, description="a share, such as 0.001")


class FactsRule(_Atom):
    """Sentences of the claim with their sources; only what was seen, or derived from it, decides."""

    supports: tuple[Text, ...] = Field((), alias="for", description="references, or names of sentences")
    against: tuple[Text, ...] = ()
    unclear: tuple[Text, ...] = Field((), description="tested, and cannot tell")
    weak: bool = Field(False, description="never more than inconclusive")


class CountRule(_Atom):
    """How many studies, or how many people in them, are so; the record itself is the evidence."""

    of: Text = Field(description="studies, people, or a number that the program computes")
    where: Filter = Field({}, description="which of them")
    among: Filter = Field({}, description="of which, where a share is asked")
    equals: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    at_least_share: float | None = Field(None, ge=0, le=1)

    @model_validator(mode="after")
    def _has_one_number(self) -> CountRule:
        _only_one(self, "equals", "at_least", "at_most", "at_least_share")
        return self


class OrderRule(_Atom):
    """Two times with limits, or one between two bounds."""

    first: Text
    relation: Literal["later", "earlier", "within"] = Field(description="of the first to the second or the bounds")
    second: Text | None = None
    between: tuple[float, float] | None = None
    trials_at_least: int = Field(1, ge=1)

    @model_validator(mode="after")
    def _has_something_to_compare_with(self) -> OrderRule:
        _only_one(self, "second", "between")
        if (self.relation == "within") != (self.between is not None):
            raise ValueError("within goes with between, later and earlier with second")
        return self


class LicenceRule(_Atom):
    """Whether a use is approved: a dated record, or two independent reports."""

    use: Text
    authority: Text


class ModeratorRule(_Atom):
    """Whether the effect changes with something, declared beforehand and with trials enough."""

    analysis: Text
    by: Text
    direction: Literal["positive", "negative"] = Field(description="of the slope of the good effect")


class CertaintyRule(_Atom):
    """The word of certainty itself."""

    analysis: Text
    target: Stated
    at_least: Sure | None = None
    at_most: Sure | None = None

    @model_validator(mode="after")
    def _has_one_word(self) -> CertaintyRule:
        _only_one(self, "at_least", "at_most")
        return self


class TestedRule(_Model):
    """A rule that says something only where some study passes a filter."""

    where: Filter = Field(min_length=1)
    then: Rule


class CapRule(_Model):
    """A rule whose verdicts are held back while a condition is met."""

    when: Rule
    rule: Rule
    of: tuple[Literal["supported", "contradicted"], ...] = Field(
        ("supported", "contradicted"), min_length=1, description="which verdicts become inconclusive"
    )


class Rule(_Model):
    """One operator, or one kind of evidence."""

    all: tuple[Rule, ...] | None = Field(None, min_length=1)
    any: tuple[Rule, ...] | None = Field(None, min_length=1)
    first: tuple[Rule, ...] | None = Field(None, min_length=1, description="the first that is not untested decides")
    denied: Rule | None = Field(None, alias="not")
    tested: TestedRule | None = None
    cap: CapRule | None = None
    estimate: EstimateRule | None = None
    share: ShareRule | None = None
    stated: StatedRule | None = None
    rare_harm: RareHarmRule | None = None
    facts: FactsRule | None = None
    count: CountRule | None = None
    order: OrderRule | None = None
    licence: LicenceRule | None = None
    moderator: ModeratorRule | None = None
    certainty: CertaintyRule | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Rule:
        _only_one(self, *type(self).model_fields)
        return self

    @property
    def kind(self) -> str:
        """The operator or the kind of evidence, as it is called here."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def atoms(self) -> Iterator[Rule]:
        """Every kind of evidence in it, also that of a cap's condition."""
        inside = (*self.parts, *((self.cap.when,) if self.cap else ()))
        if not inside:
            yield self
        for part in inside:
            yield from part.atoms

    @property
    def parts(self) -> tuple[Rule, ...]:
        """What an operator is over; nothing of evidence."""
        if self.tested is not None:
            return (self.tested.then,)
        if self.cap is not None:
            return (self.cap.rule,)
        if self.denied is not None:
            return (self.denied,)
        return self.all or self.any or self.first or ()


def _only_one(model: _Model, *names: str) -> None:
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) != 1:
        raise ValueError(f"has {' and '.join(given) or 'none'}, expected one of {', '.join(names)}")


TestedRule.model_rebuild()
CapRule.model_rebuild()
