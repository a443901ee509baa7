"""Shares of people that a text states, in figures or in words, such as 52 per cent or one in seven."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
          "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = "|".join(_UNITS[1:10])
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_NUMBER = (
    rf"(?:\d+(?:\.\d+)?|(?:{'|'.join(_TENS)})(?:[-\s](?:{_ONES}))?|(?:a\s+)?hundred"
    rf"|{'|'.join(sorted(_UNITS, key=len, reverse=True))})"
)
_SHARE = re.compile(
    rf"\b(?P<percent>{_NUMBER})\s*(?:%|per\s?cent\b)"
    rf"|\b(?P<some>{_NUMBER})\s+(?:in|out\s+of|of)\s+(?:every\s+)?(?P<all>{_NUMBER})\b"
    rf"|\b(?:(?P<times>{_NUMBER}|an?)[\s-])?(?P<part>{'|'.join(_PARTS)})s?\b",
    re.IGNORECASE,
)
#: By how much something changed is no share of people: "fell by half", "a 50 per cent drop".
_BY = re.compile(
    r"\bby\s+(?:(?:at\s+least|about|around|more\s+than|over|nearly|almost|up\s+to)\s+)?$", re.IGNORECASE
)
_CHANGE = re.compile(r"[\s-]*(?:or\s+more|reduction|drop|fall|decrease|improvement|increase|less|fewer|lower|higher"
                     r"|more)\b", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatedShare:
    """A share as it stands in a text.

    Attributes
    ----------
    words : str
        As it stands there.
    value : float
        Between zero and one.
    off : float
        How far from the value what was rounded to it may lie; nothing of words and of so many in so many.
    """

    words: str
    value: float
    off: float = 0.0


def shares_in(text: str) -> tuple[StatedShare, ...]:
    """Find the shares of people in a text, in order.

    Parameters
    ----------
    text : str
        A sentence.

    Returns
    -------
    tuple of StatedShare
        Without those by which something changed.

    Examples
    --------
    >>> [(each.words, each.value) for each in shares_in("Just over half, 52%, responded; with placebo 1 in 8.")]
    [('half', 0.5), ('52%', 0.52), ('1 in 8', 0.125)]
    >>> shares_in("Scores fell by half, a 50 per cent drop.")
    ()
    """
    return tuple(_found(text))


def _found(text: str) -> Iterator[StatedShare]:
    for match in _SHARE.finditer(text):
        if _BY.search(text[: match.start()]) or _CHANGE.match(text[match.end() :]):
            continue
        value = _value(match)
        if value is not None and 0 <= value <= 1:
            yield StatedShare(match.group(), value, _off(match["percent"]))


def _off(percent: str | None) -> float:
    """Give half a unit of the last digit of a percentage in figures."""
    if not percent or not percent[0].isdigit():
        return 0.0
    return 0.005 / 10.0 ** len(percent.partition(".")[2])


def _value(match: re.Match[str]) -> float | None:
    if match["percent"]:
        return _number(match["percent"]) / 100
    if match["part"]:
        times = match["times"]
        return (1.0 if times in (None, "a", "an", "A", "An") else _number(times)) / _PARTS[match["part"].lower()]
    whole = _number(match["all"])
    return None if whole < 2 else _number(match["some"]) / whole


def _number(words: str) -> float:
    if words[0].isdigit():
        return float(words)
    total = 0
    for word in re.split(r"[-\s]+", words.lower()):
        total += 100 if word == "hundred" else _UNITS.index(word) if word in _UNITS else 0
        total += 10 * (_TENS.index(word) + 2) if word in _TENS else 0
    return float(total)
