"""A claim: how it is written, what it keeps, and the ledger that makes it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pkgutil import resolve_name

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.brief import count, quote
from glabella.shown import YEAR, Claim, Ledger, steady, written
from glabella.synthesis import pool

ONE = Claim("x", "x", 3.0, "days", "people", "week 6", "low", "f", "1", (), (), low=2.0, interval="i", decimals=0)
COMMON = {"population": "p", "time_span": "t", "certainty": "low", "version": "1", "inputs": (), "sources": ()}


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-1.245, 2, "−1.25"),
        (-0.001, 2, "0.00"),
        (1234567, 0, "1,234,567"),
        (0.5, 0, "1"),
        (float("nan"), 1, "not known"),
        (float("inf"), 1, "infinite"),
        (float("-inf"), 1, "−infinite"),
        (999999999999999.0, 0, "999,999,999,999,999"),
        (1e15, 0, "1 × 10¹⁵"),
        (-3.333e30, 2, "−3.33 × 10³⁰"),
        (9.999e20, 2, "1 × 10²¹"),
    ],
)
def test_numbers_are_written_as_people_do(value: float, decimals: int, text: str) -> None:
    assert written(value, decimals) == text


@given(st.floats(), st.integers(0, 10))
def test_every_number_is_written_and_briefly(value: float, decimals: int) -> None:
    text = written(value, decimals)
    assert 0 < len(text) <= 32
    assert not text.startswith("-")


@given(st.floats(-1e14, 1e14), st.integers(0, 6))
def test_what_is_written_is_the_number(value: float, decimals: int) -> None:
    read = float(written(value, decimals).replace("−", "-").replace(",", ""))
    assert read == pytest.approx(value, rel=1e-12, abs=0.51 * 10**-decimals)


@given(st.floats(1e15, allow_infinity=False))
def test_a_power_of_ten_is_the_number_to_its_digits(value: float) -> None:
    digits, power = written(value, 2).split(" × 10")
    raised = int(power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")))
    assert Decimal(digits) * Decimal(10) ** raised == pytest.approx(Decimal(value), rel=Decimal("0.006"))


def test_a_year_is_written_as_one() -> None:
    assert replace(ONE, value=1971.0, low=None, unit=YEAR).text == "1971"
    assert replace(ONE, value=1971.0, low=None).text == "1,971 days"


def test_one_limit_is_never_shown_as_none() -> None:
    assert ONE.text == "3 days (2 or more)"
    assert replace(ONE, low=None, high=9.0).text == "3 days (up to 9)"
    assert replace(ONE, low=None).limits is None
    assert replace(ONE, low=None).interval_text == "not known"


def test_what_is_not_known_has_no_unit_and_a_bound_is_said() -> None:
    assert replace(ONE, value=None, low=None).text == "not known"
    assert replace(ONE, low=None, bound="<=").text == "≤ 3 days"
    assert replace(ONE, low=None, unit="%").text == "3\u202f%"


def test_it_may_be_written_in_four_ways() -> None:
    whole = replace(ONE, high=9.0)
    assert whole.texts == ("3 days (2 to 9)", "3 (2 to 9)", "3", "2 to 9")


def test_a_claim_is_frozen() -> None:
    with pytest.raises(AttributeError):
        ONE.value = 1.0  # type: ignore[misc]


def test_it_keeps_the_digits_that_are_computed_alike() -> None:
    # Two processors' values of one number of the brief, which differ in the 13th digit.
    one, other = (replace(ONE, value=value) for value in (0.0016437630351576436, 0.0016437630351578483))
    assert one == other
    # 5.425 is a ratio of counts (217/40) that floating point gives as 5.424999999999999: it is written 5.43.
    assert replace(ONE, value=5.424999999999999, decimals=2).number == "5.43"


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, 207.0, 88391.0, 20260101.0, float("inf"), 1e-300, -1e300])
def test_numbers_of_few_digits_stay_as_they_are(value: float) -> None:
    assert steady(value) == value


@pytest.mark.parametrize("function", [count, quote, pool])
def test_a_ledger_names_a_function_by_the_package_that_offers_it(function: object) -> None:
    claim = Ledger().under(**COMMON)("a", "a", 1, function=function)  # type: ignore[arg-type]
    assert resolve_name(claim.function) is function


def test_a_ledger_refuses_two_claims_of_one_name_and_one_without_a_function() -> None:
    book = Ledger().under("part.", **COMMON)  # type: ignore[arg-type]
    assert book("a", "a", 1, function="f") == book("a", "a", 1, function="f")
    with pytest.raises(ValueError, match=r"two different claims are called part\.a"):
        book("a", "a", 2, function="f")
    with pytest.raises(TypeError, match="needs the function"):
        book("b", "b", 2)
