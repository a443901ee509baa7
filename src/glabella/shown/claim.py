"""The one type between computing and showing: a number that can answer for itself.

Nothing but a :class:`Claim` is ever shown as a number. How it is written (digits, minus sign, interval) is
decided here once, so that a page, a terminal and a file say the same.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

#: Significant digits of a number that a claim holds. Linear algebra on another processor moves the shipped brief's
#: numbers by at most 2e-13 of themselves, so that what is kept here is the same everywhere; nothing shows as many.
DIGITS = 10
#: How a bound is written.
_BOUNDS = {"<": "<", ">": ">", "<=": "≤", ">=": "≥"}
#: The unit of a year of the calendar, which is written without a separator and without the word.
YEAR = "year"
#: Units of which several take another word.
_OF_TIME = frozenset({"day", "week", "month"})
#: From here on numbers are written with a power of ten, with so many digits.
_PLAIN_BELOW, _DIGITS_OF_POWERS = 1e15, 3
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
Certainty = Literal[
    "high", "moderate", "low", "very low", "not rated", "as printed", "from memory; source not checked"
]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from.

    Attributes
    ----------
    reference : str
        Key in the dossier's references.
    status : str
        ``seen``, ``reported`` or ``derived``; in documents of older versions ``recalled``, too.
    at : str or None
        Place in the source: abstract, table, page.
    """

    reference: str
    status: str
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A number with its interval, unit, population, sources and the function that made it.

    Attributes
    ----------
    id : str
        Stable name, unique in a brief.
    label : str
        What the number is, in words.
    value, low, high : float or None
        The number and the limits of its interval, kept to ten significant digits; ``None`` is unknown and shown
        as unknown.
    interval : str or None
        What the limits are: ``95 % confidence interval``, ``95 % prediction interval``, ``as printed``.
    unit, population, time_span : str
        Of what, in whom, and when.
    certainty : str
        How far to trust it.
    function, version : str
        What made it: dotted name and version of the package.
    inputs : tuple of (str, str)
        Digest of the inputs, by the study or file they come from.
    sources : tuple of Source
        Every reference behind it.
    decimals : int
        Digits after the point when shown.
    bound : str or None
        ``<`` or the like, when the source prints a bound only.
    """

    id: str
    label: str
    value: float | None
    unit: str
    population: str
    time_span: str
    certainty: Certainty
    function: str
    version: str
    inputs: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    low: float | None = None
    high: float | None = None
    interval: str | None = None
    decimals: int = 2
    bound: str | None = None

    def __post_init__(self) -> None:
        """Keep the digits that every processor computes alike."""
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None:
                object.__setattr__(self, name, steady(number))

    @property
    def inputs_hash(self) -> str:
        """One digest of all inputs."""
        return digest(self.inputs)

    @property
    def number(self) -> str:
        """The value as it is written."""
        if self.value is None:
            return "not known"
        number = written(self.value, self.decimals)
        if self.unit == YEAR:
            number = number.replace(",", "")
        return f"{_BOUNDS[self.bound]} {number}" if self.bound else number

    @property
    def limits(self) -> str | None:
        """The interval as it is written, without its name; one that has no other end says so."""
        low, high = (None if end is None else written(end, self.decimals) for end in (self.low, self.high))
        if low is None:
            return f"up to {high}" if high else None
        return f"{low} to {high}" if high else f"{low} or more"

    @property
    def text(self) -> str:
        """Value, unit and interval as one phrase."""
        unit = "" if self.unit in ("", YEAR) else ("\u202f%" if self.unit == "%" else f" {self._counted}")
        body = self.number + (unit if self.value is not None else "")
        return f"{body} ({self.limits})" if self.limits else body

    @property
    def _counted(self) -> str:
        """The unit as it follows its number: a sentence that says "day 90" names it before, one of them."""
        return f"{self.unit}s" if self.unit in _OF_TIME and self.value != 1 else self.unit

    @property
    def bare(self) -> str:
        """Value and interval without the unit, for where it is named beside."""
        return f"{self.number} ({self.limits})" if self.limits else self.number

    @property
    def interval_text(self) -> str:
        """The interval where it stands alone; one that could not be had, such as of one trial, is not known."""
        return self.limits or "not known"

    @property
    def texts(self) -> tuple[str, ...]:
        """Every way in which the claim may be written: whole, or its number, limits or both without unit."""
        alone = self.interval_text if self.interval else self.limits
        return tuple(dict.fromkeys(text for text in (self.text, self.bare, self.number, alone) if text))

    def as_json(self) -> dict[str, Any]:
        """Give every field, with the inputs' digest and the text shown, as plain JSON values."""
        return {**asdict(self), "inputs_hash": self.inputs_hash, "text": self.text}


def written(value: float, decimals: int) -> str:
    """Write a number with a real minus sign and no negative zero.

    >>> written(-1.245, 2), written(-0.001, 2), written(1234567, 0), written(3.3e20, 0)
    ('−1.25', '0.00', '1,234,567', '3.3 × 10²⁰')
    """
    if math.isnan(value):
        return "not known"
    if math.isinf(value):
        return "infinite" if value > 0 else "−infinite"
    if abs(value) >= _PLAIN_BELOW:
        # Nobody counts so many digits, and a float holds no more of them than these.
        digits, power = f"{abs(value):.{_DIGITS_OF_POWERS - 1}e}".split("e")
        text = f"{digits.rstrip('0').rstrip('.')} × 10{str(int(power)).translate(_RAISED)}"
        return f"−{text}" if value < 0 else text
    # Round half away from zero on the decimal text, as people do: 1.245 is written 1.25, not 1.24.
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}"
    return f"−{text}" if rounded < 0 else text


def dated(day: str) -> str:
    """Write a day of the calendar as people do.

    >>> dated("2026-11-03"), dated("autumn")
    ('3 November 2026', 'autumn')
    """
    parts = day.split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts) or not 1 <= int(parts[1]) <= 12:
        return day
    return f"{int(parts[2])} {_MONTHS[int(parts[1]) - 1]} {parts[0]}"


def steady(value: float, digits: int = DIGITS) -> float:
    """Round to significant digits, by default to those that do not depend on the processor.

    >>> steady(0.1 + 0.2), steady(2.0)
    (0.3, 2.0)
    """
    return float(f"{value:.{digits}g}")


def digest(inputs: object) -> str:
    """SHA-256 of plain values in their canonical JSON form."""
    text = json.dumps(inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
