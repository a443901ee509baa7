"""How numbers of a fitted mechanism become Claims: their sources, their inputs, and how far to trust them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from glabella.dossier import Evidence, Fitted, Mechanism, Number, Parameter
from glabella.dossier._fitted import Interval
from glabella.shown import Certainty, Claim, Source

#: From best to worst.
LEVELS: tuple[Certainty, ...] = ("high", "moderate", "low", "very low")
#: What an interval is; a level is said before it.
CREDIBLE, NEXT = "credible interval", "prediction interval for a next trial"
LIKELY = "interval by likelihood"
PEOPLE = "tenth to ninetieth percentile of people"
#: What is never shown as known of a source.
_STATUSES = {"assumed": "derived", "by_definition": "derived"}
DAYS_A_WEEK = 7.0


def rated(reasons: Iterable[str]) -> Certainty:
    """Rate down from high, one level a reason."""
    return LEVELS[min(len(tuple(reasons)), len(LEVELS) - 1)]


def worse(*words: Certainty) -> Certainty:
    """Give the worst of some ratings; a word that is no rating counts as the worst."""
    return LEVELS[max(LEVELS.index(word) if word in LEVELS else len(LEVELS) - 1 for word in words)]


def decimals_of(*values: float | None, digits: int = 2) -> int:
    """Give how many decimals the first of some values needs for so many digits, within reason."""
    size = next((abs(value) for value in values if value), 1.0)
    return min(max(digits - 1 - math.floor(math.log10(size)), 0), 5)


@dataclass(frozen=True)
class Teller:
    """Makes the Claims of a fitted mechanism."""

    evidence: Evidence
    mechanism: Mechanism
    fitted: Fitted
    keep: Callable[[Claim], Claim]

    def __call__(
        self, name: str, label: str, value: float | None, *, population: str, certainty: Certainty, function: str,
        sources: tuple[Source, ...], unit: str = "", time_span: str = "after one injection", **more: Any,
    ) -> Claim:  # fmt: skip
        """Make and remember a claim; its inputs are the files of the mechanism."""
        return self.keep(Claim(
            id=f"course.{name}", label=label, value=value, unit=unit, population=population, time_span=time_span,
            certainty=certainty, function=function if "." in function else f"glabella.mechanism.{function}",
            version=self.fitted.version, inputs=self.inputs, sources=sources, **more,
        ))  # fmt: skip

    def interval(
        self, name: str, label: str, found: Interval, kind: str, *, scale: float = 1.0, **more: Any
    ) -> Claim:
        """Make a claim of a value with its limits, in another unit where a scale is given."""
        value, low, high = (None if x is None else scale * x for x in (found.value, found.low, found.high))
        if value is not None and (low is not None or high is not None):
            more |= {"low": low, "high": high, "interval": kind}
        return self(name, label, value, **more)

    def level(self, kind: str) -> str:
        """Name an interval with its level."""
        return f"{100 * self.fitted.level:g} % {kind}"

    @cached_property
    def inputs(self) -> tuple[tuple[str, str], ...]:
        """Digests of the mechanism's files, the fit among them; no number rests on its words."""
        return tuple(
            (name, value) for name, value in self.evidence.digests.items()
            if name.startswith("mechanism/") and name != "mechanism/words.yaml"
        )  # fmt: skip

    def muscle_sources(self, *products: str) -> tuple[Source, ...]:
        """Give the references behind the fitted observations of the muscle, of all products if none is named."""
        seen = self.mechanism.observations
        numbers = [
            number for each in (*seen.muscle, *seen.times)
            if each.use == "fit" and (not products or each.product in products)
            for number in (*each.outcome, *each.given)
        ]  # fmt: skip
        return once((*of_numbers(numbers), *self._constants_sources))

    @cached_property
    def mood_sources(self) -> tuple[Source, ...]:
        """The references behind what was seen of mood, and behind the constants."""
        rows = set(self.fitted.mood.rows)
        numbers = [number for each in self.mechanism.observations.mood if each.id in rows
                   for number in (*each.outcome, *each.given)]  # fmt: skip
        return once((*of_numbers(numbers), *self._constants_sources))

    @cached_property
    def _constants_sources(self) -> tuple[Source, ...]:
        found = (each for each in self.mechanism.parameters.values() if each.role == "fixed")
        return once(source for each in found for source in of_parameter(each))


def of_numbers(numbers: Iterable[Number]) -> tuple[Source, ...]:
    """Give the sources of numbers, each once."""
    return once(Source(key, each.status, each.at) for each in numbers for key in each.sources)


def of_parameter(each: Parameter) -> tuple[Source, ...]:
    """Give the sources of a constant."""
    return tuple(Source(key, _STATUSES.get(each.status, each.status), each.at) for key in each.sources)


def once(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Keep each reference once, as it was first met."""
    found: dict[str, Source] = {}
    for source in sources:
        found.setdefault(source.reference, source)
    return tuple(found.values())


def studies_of(mechanism: Mechanism) -> Mapping[str, str]:
    """Give the trial of each observation of the muscle."""
    seen = mechanism.observations
    return {each.id: each.study for each in (*seen.muscle, *seen.times)}
