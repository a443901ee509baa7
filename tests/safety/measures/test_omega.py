"""Omega: no interaction gives nothing, the formula by another route, and what must hold of any data."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma

from glabella.safety.measures._omega import omega

NAMES = (("n111", "n11"), ("n101", "n10"), ("n011", "n01"), ("n001", "n00"))


@st.composite
def groups(draw: st.DrawFn, least: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for events, reports in NAMES:
        found[reports] = draw(st.integers(1, 10_000))
        found[events] = draw(st.integers(least, found[reports]))
    return found


def by_hand(*, n11: int, n101: int, n10: int, n011: int, n01: int, n001: int, n00: int) -> float:
    """Give the expected count from the published equation, with shares instead of odds."""
    f00, f10, f01 = n001 / n00, n101 / n10, n011 / n01
    if 1 in (f00, f10, f01):
        return n11
    first, second, rest = (f / (1 - f) for f in (max(f00, f10), max(f00, f01), f00))
    return n11 * (1 - 1 / (first + second - rest + 1))


@given(groups())
def test_the_published_equation_by_hand(counts: dict[str, Any]) -> None:
    found, expected = omega(**counts), by_hand(**{name: count for name, count in counts.items() if name != "n111"})
    assert found.expected == pytest.approx(expected)
    assert found.omega == pytest.approx(np.log2((counts["n111"] + 0.5) / (expected + 0.5)))
    posterior = gamma(counts["n111"] + 0.5, scale=1 / (expected + 0.5))
    assert found.low == pytest.approx(np.log2(posterior.ppf(0.025)), rel=1e-8, abs=1e-8)
    assert found.high == pytest.approx(np.log2(posterior.ppf(0.975)), rel=1e-8, abs=1e-8)


@given(st.floats(0.001, 0.2), st.floats(0, 0.5), st.floats(0, 0.5))
def test_risks_that_add_on_the_odds_scale_show_nothing(base: float, first: float, second: float) -> None:
    reports = 1e6
    o00, o10, o01 = base, base + first, base + second
    shares = {
        name: o / (1 + o) for name, o in (("n001", o00), ("n101", o10), ("n011", o01), ("n111", o10 + o01 - o00))
    }
    counts: dict[str, Any] = {name: share * reports for name, share in shares.items()}
    found = omega(**counts, n11=reports, n10=reports, n01=reports, n00=reports)
    assert found.omega == pytest.approx(0, abs=1e-9)
    assert found.low < 0 < found.high


@given(groups())
def test_exchanging_the_drugs_changes_nothing(counts: dict[str, Any]) -> None:
    other = counts | {"n101": counts["n011"], "n10": counts["n01"], "n011": counts["n101"], "n01": counts["n10"]}
    assert omega(**counts).low == pytest.approx(float(omega(**other).low))


@given(groups())
def test_a_drug_reported_less_than_the_rest_lowers_nothing(counts: dict[str, Any]) -> None:
    without = counts | {"n101": 0, "n011": 0}
    found = omega(**without)
    assert found.expected == pytest.approx(counts["n11"] * counts["n001"] / counts["n00"])
    assert omega(**counts).expected >= found.expected * (1 - 1e-12)


@given(groups(), st.integers(1, 1000))
def test_more_reports_with_both_raise_it(counts: dict[str, Any], more: int) -> None:
    counts["n11"] += 1000
    found, raised = omega(**counts), omega(**(counts | {"n111": counts["n111"] + more}))
    assert raised.omega > found.omega
    assert raised.low > found.low
    assert raised.expected == found.expected


def test_few_reports_are_shrunken() -> None:
    """One report where a thousandth is expected is a ratio of a thousand, and of three after shrinkage."""
    found = omega(n111=1, n11=1, n101=1, n10=1000, n011=1, n01=1000, n001=100, n00=100_000)
    assert found.omega == pytest.approx(np.log2(1.5 / 0.501), abs=1e-6)
    assert found.low < 0


def test_groups_without_reports_leave_it_empty() -> None:
    found = omega(n111=[2, 2], n11=9, n101=[0, 1], n10=[0, 5], n011=1, n01=5, n001=1, n00=50)
    assert np.isnan(found.expected).tolist() == [True, False]
    assert np.isnan(found.low).tolist() == [True, False]


def test_closed_limits_are_near_the_exact_ones() -> None:
    counts: dict[str, Any] = {
        "n11": 100,
        "n101": 20,
        "n10": 1000,
        "n011": 30,
        "n01": 1000,
        "n001": 900,
        "n00": 90_000,
    }
    n111 = np.arange(1, 100)
    closed, exact = omega(n111=n111, **counts, bounds="closed"), omega(n111=n111, **counts)
    assert np.abs(closed.low - exact.low).max() < 0.05


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"n101\[1\] is 6, expected at most n10"):
        omega(n111=2, n11=9, n101=[1, 6], n10=5, n011=1, n01=5, n001=1, n00=50)
