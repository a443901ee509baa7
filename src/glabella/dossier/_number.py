"""A number with its source, and what numbers may be by what they stand for.

What a value cannot be is a fault of the field that holds it: limits in the wrong order, an estimate outside its
own limits, a spread below zero, a chance above one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from glabella.dossier._faults import MisfitError

#: ``seen`` in the study's own report or registry record; ``reported`` by another paper only; ``derived`` here
#: from numbers with a source; ``recalled`` from memory, never pooled; ``missing`` on purpose.
Status = Literal["seen", "reported", "derived", "recalled", "missing"]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
ReferenceId = Annotated[str, StringConstraints(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Alternative(_Model):
    """Another value that a source gives for the same quantity, kept beside the one that is used."""

    value: float
    source: ReferenceId
    note: Text


class Number(_Model):
    """A number with where it was found and whether it was seen there."""

    value: float | None = Field(description="null when unknown; never a guess")
    status: Status
    low: float | None = Field(None, description="lower limit printed by the source")
    high: float | None = Field(None, description="upper limit printed by the source")
    bound: Literal["<", ">", "<=", ">="] | None = Field(None, description="the source prints a bound only")
    unit: Text | None = None
    source: ReferenceId | None = Field(None, description="key in references.json")
    at: Text | None = Field(None, description="where in the source: abstract, table, page")
    derived_from: tuple[ReferenceId, ...] = ()
    note: Text | None = None
    alternatives: tuple[Alternative, ...] = Field((), description="conflicting values of other sources")
    because: Text | None = Field(None, description="why this value is used and not an alternative")

    @model_validator(mode="after")
    def _is_accounted_for(self) -> Number:
        if self.status == "missing":
            if self.value is not None:
                raise ValueError("status is missing, so value must be null")
        elif self.value is None:
            raise ValueError(f"value is null, so status must be missing, not {self.status}")
        if self.status in ("seen", "reported") and self.source is None:
            raise ValueError(f"a number with no source: status {self.status} needs a source")
        if self.status == "derived" and not (self.derived_from and self.note):
            raise ValueError("a derived number needs derived_from (sources) and a note (the arithmetic)")
        if self.alternatives and not self.because:
            raise ValueError("alternatives need because: why this value is the one used")
        return self

    @model_validator(mode="after")
    def _lies_within_its_limits(self) -> Number:
        value = None if self.bound else self.value
        MisfitError.refuse(misfits_of_limits("value", value, self.low, self.high, "low"))
        return self

    @property
    def usable(self) -> bool:
        """Whether the number may enter a calculation: known, and not only remembered."""
        return self.status in ("seen", "reported", "derived") and self.bound is None

    @property
    def sources(self) -> tuple[str, ...]:
        """The references behind the number."""
        return ((self.source,) if self.source else ()) + self.derived_from


def known(number: Number | None) -> float | None:
    """Give the value where one is printed, and not a bound alone."""
    return None if number is None or number.bound else number.value


def misfits_of_limits(
    name: str, value: float | None, low: float | None, high: float | None, limits: str
) -> Iterator[tuple[str, str]]:
    """Say what is wrong between a value and its limits, each with the field where the fault is shown.

    Parameters
    ----------
    name : str
        Field of the value.
    value, low, high : float or None
        None where unknown, or where the source prints a bound only.
    limits : str
        Field of the limits.
    """
    if low is not None and high is not None and low > high:
        yield limits, f"lower limit {low:g} is above upper limit {high:g}, expected the lower one first"
    elif value is not None and ((low is not None and value < low) or (high is not None and value > high)):
        between = " to ".join("?" if limit is None else f"{limit:g}" for limit in (low, high))
        yield name, f"{name} is {value:g}, expected within its own limits {between}"


def misfits_of_count(name: str, part: Number | None, total: str, whole: Number | None) -> Iterator[tuple[str, str]]:
    """Say where more are counted than there are."""
    if part and whole and part.value is not None and whole.value is not None and part.value > whole.value:
        yield name, f"{name} {part.value:g} > {total} {whole.value:g}: more than there are"


def misfits_of_pair(
    name: str, number: Number | None, limits: str, pair: Limits | None
) -> Iterator[tuple[str, str]]:
    """Say where an estimate lies outside the interval that stands beside it."""
    if number is None or number.bound or pair is None or any(limit.bound for limit in pair):
        return
    low, high = (limit.value for limit in pair)
    if low is None or high is None or low <= high:  # else the limits themselves are the fault
        yield from misfits_of_limits(name, number.value, low, high, limits)


def _expecting(holds: Callable[[float], bool], expected: str) -> AfterValidator:
    def check(number: Number, info: ValidationInfo) -> Number:
        if number.value is not None and not holds(number.value):
            raise ValueError(f"{info.field_name} is {number.value:g}, expected {expected}")
        return number

    return AfterValidator(check)


def _in_order(limits: tuple[Number, Number]) -> tuple[Number, Number]:
    low, high = (limit.value for limit in limits)
    for _, message in misfits_of_limits("", None, low, high, ""):
        raise ValueError(message)
    return limits


Positive = Annotated[Number, _expecting(lambda x: x > 0, "more than 0")]
NotNegative = Annotated[Number, _expecting(lambda x: x >= 0, "0 or more")]
#: People or reports.
Count = Annotated[Number, _expecting(lambda x: x >= 0 and not x % 1, "a whole number, 0 or more")]
#: A P value, or a share of one.
Chance = Annotated[Number, _expecting(lambda x: 0 <= x <= 1, "0 to 1")]
Percent = Annotated[Number, _expecting(lambda x: 0 <= x <= 100, "0 to 100")]
Correlation = Annotated[Number, _expecting(lambda x: -1 <= x <= 1, "-1 to 1")]
#: Lower limit, then upper.
Limits = Annotated[tuple[Number, Number], AfterValidator(_in_order)]
