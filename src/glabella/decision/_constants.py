"""The constants of a fitted mechanism: before the data, with them, and what results owe to those assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glabella.decision._carried import label_of
from glabella.decision._told import CREDIBLE, Teller, decimals_of, of_parameter, once, worse
from glabella.dossier import Parameter
from glabella.dossier._fitted import FittedUnknown, Interval, Sensitivity
from glabella.shown import Certainty, Claim

#: Whether the data tell a constant.
VERDICTS: Mapping[str, str] = {
    "identified": "the data tell",
    "partly identified": "the data tell a little",
    "not identified": "the data do not tell",
}
#: Results whose debt to assumptions is told.
RESULTS: Mapping[str, str] = {
    "duration": "days until half of the responders have lost the effect",
    "responders": "per cent of women with a response on the first of the days told above",
    "outlasting": "days by which relief outlasts weakness",
}
#: How a constant is known, in words.
KNOWN: Mapping[str, str] = {
    "seen": "seen",
    "reported": "reported",
    "derived": "derived",
    "recalled": "remembered",
    "assumed": "assumed",
    "by_definition": "by definition",
}


@dataclass(frozen=True, slots=True)
class Constant:
    """One unknown: its prior, its posterior, and whether the data tell it."""

    label: str
    known: str
    assumed: bool
    prior: Claim
    posterior: Claim
    verdict: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A constant that is held as its source has it."""

    label: str
    known: str
    value: Claim
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Swung:
    """How far a result moves as one assumption moves over its prior."""

    label: str
    low: Claim
    high: Claim
    at_low: Claim
    at_high: Claim


@dataclass(frozen=True, slots=True)
class Indexed:
    """Which share of a result's variance one assumption brings, alone and with others."""

    label: str
    first: Claim
    total: Claim


@dataclass(frozen=True, slots=True)
class Swings:
    """What a result owes to assumptions, the largest swing first."""

    quantity: str
    explanation: str | None
    centre: Claim
    swings: tuple[Swung, ...]
    indices: tuple[Indexed, ...]


@dataclass(frozen=True, slots=True)
class Constants:
    """All of them; ``told``, ``untold`` and ``assumed`` count the unknowns."""

    unknowns: tuple[Constant, ...]
    held: tuple[Held, ...]
    told: Claim
    untold: Claim
    assumed: Claim
    sensitivity: tuple[Swings, ...]


def constants(tell: Teller, certainty: Certainty, mood: Certainty) -> Constants:
    """Make the claims of the constants, and of what results owe to them; of mood with its own certainty."""
    unknowns = tell.fitted.muscle.unknowns
    common: dict[str, Any] = {
        "population": "constants of the model", "certainty": certainty, "function": "profile", "decimals": 0,
        "sources": tell.muscle_sources(),
    }  # fmt: skip
    told = [each for each in unknowns if not each.assumed and each.verdict == "identified"]
    assumed = [each for each in unknowns if each.assumed]
    rest = len(unknowns) - len(told) - len(assumed)
    fixed = {key: each for key, each in tell.mechanism.parameters.items() if each.role == "fixed"}
    return Constants(
        unknowns=tuple(_constant(tell, each, certainty) for each in unknowns),
        held=tuple(_held(tell, key, each) for key, each in fixed.items()),
        told=tell("constants.told", "constants that the data tell", len(told), **common),
        untold=tell("constants.untold", "constants that the data tell in part or not at all", rest, **common),
        assumed=tell("constants.assumed", "constants that nothing seen can tell", len(assumed), **common),
        sensitivity=tuple(_swings(tell, at, each, certainty, mood)
                          for at, each in enumerate(tell.fitted.sensitivity)),
    )  # fmt: skip


def _label(tell: Teller, name: str) -> str:
    found = tell.mechanism.parameters.get(name)
    return found.label if found else name.replace("_", " ")


def _unit(each: Parameter | None) -> str:
    """Give a unit as it is shown; units of a toxin name their product."""
    if each is None:
        return ""
    unit = "" if each.unit == "1" else each.unit.replace("/", " per ", 1).removeprefix("1 ")
    return f"{unit.replace('per U', 'per unit')} of {each.product}" if "U" in each.unit and each.product else unit


def _constant(tell: Teller, each: FittedUnknown, certainty: Certainty) -> Constant:
    parameter = tell.mechanism.parameters[each.name]
    common: dict[str, Any] = {
        "population": parameter.label, "unit": _unit(parameter), "certainty": certainty,
        "decimals": decimals_of(each.posterior.value, each.prior.value),
    }  # fmt: skip
    own = of_parameter(parameter)
    before: dict[str, Any] = {**common, "certainty": "not rated"}
    products = (parameter.product,) if parameter.product else ()
    return Constant(
        parameter.label, KNOWN[parameter.status], each.assumed,
        prior=tell.interval(f"constant.{each.name}.prior", "before the data", each.prior,
                            tell.level("interval of the prior"), function="muscle_unknowns",
                            sources=own or tell.muscle_sources(*products), **before),
        posterior=tell.interval(f"constant.{each.name}.posterior", "with the data", each.posterior,
                                tell.level(CREDIBLE), function="fit",
                                sources=once((*own, *tell.muscle_sources(*products))), **common),
        verdict=VERDICTS[each.verdict] + ("" if each.alone else "; not without priors"),
        references=parameter.sources,
    )  # fmt: skip


def _held(tell: Teller, key: str, each: Parameter) -> Held:
    found = Interval(value=each.value, low=each.low, high=each.high)
    value = tell.interval(
        f"constant.{key}", each.label, found, "as the source has it", population=each.label, unit=_unit(each),
        certainty="as printed", function="glabella.decision.quote", decimals=decimals_of(each.value, digits=3),
        sources=of_parameter(each) or tell.muscle_sources(),
    )  # fmt: skip
    return Held(each.label, KNOWN[each.status], value, each.sources)


def _swings(tell: Teller, at: int, each: Sensitivity, certainty: Certainty, mood: Certainty) -> Swings:
    """Make the claims of one result."""
    other = each.product is not None and each.product != tell.fitted.mood.product
    quantity = RESULTS[each.quantity] + (f", after {each.product}" if other else "")
    by = label_of(tell.mechanism, each.explanation) if each.explanation else None
    if by:
        certainty = worse(certainty, mood)
    common: dict[str, Any] = {
        "population": f"{quantity}{f' (by: {by})' if by else ''}, as the model computes it", "certainty": certainty,
        "sources": tell.muscle_sources(),
    }  # fmt: skip
    ends = [x for it in each.swings for x in (it.at_low, it.at_high) if x is not None]
    shown = {**common, "decimals": decimals_of(each.centre, *ends, digits=3), "function": "tornado"}

    def swung(name: str, low: float, high: float, at_low: float | None, at_high: float | None) -> Swung:
        label, place = _label(tell, name), f"swing.{at}.{name}"
        inputs: dict[str, Any] = {
            **common, "unit": _unit(tell.mechanism.parameters.get(name)), "decimals": decimals_of(low, high),
            "function": "tornado",
        }  # fmt: skip
        return Swung(
            label,
            low=tell(f"{place}.low", f"low value of: {label}", low, **inputs),
            high=tell(f"{place}.high", f"high value of: {label}", high, **inputs),
            at_low=tell(f"{place}.at_low", f"{quantity}, at the low value of: {label}", at_low, **shown),
            at_high=tell(f"{place}.at_high", f"{quantity}, at the high value of: {label}", at_high, **shown),
        )  # fmt: skip

    def share(name: str, what: str, value: float, half: float) -> Claim:
        return tell(
            f"sobol.{at}.{name}.{what.replace(' ', '_')}",
            f"share of the variance of {quantity}, {what}: {_label(tell, name)}",
            100 * value,
            low=100 * (value - half),
            high=100 * (value + half),
            interval=tell.level("confidence interval"),
            unit="%",
            decimals=0,
            function="sobol",
            **common,
        )

    order = sorted(each.swings, key=lambda it: -abs((it.at_high or 0.0) - (it.at_low or 0.0)))
    return Swings(
        quantity,
        by,
        centre=tell(f"swing.{at}.centre", quantity, each.centre, **shown),
        swings=tuple(swung(it.name, it.low, it.high, it.at_low, it.at_high) for it in order),
        indices=tuple(Indexed(_label(tell, it.name), share(it.name, "alone", it.first, it.first_half_width),
                              share(it.name, "with others", it.total, it.total_half_width)) for it in each.sobol),
    )  # fmt: skip
