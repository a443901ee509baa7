"""Risks under treatment and points of a scale: values by hand, and what must hold for any."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.synthesis import risk_with, to_scale_points

RISKS = st.floats(0.001, 0.999)
EFFECTS = st.floats(-5, 5)


@pytest.mark.parametrize(
    ("measure", "estimate", "baseline", "expected"),
    [
        # Odds 1:9, doubled 2:9.
        ("OR", math.log(2), 0.1, 2 / 11),
        ("PETO", math.log(2), 0.1, 2 / 11),
        # 8.27 times the odds of 11 in 100: 0.11/0.89 * 8.27 = 1.0221; over 2.0221.
        ("OR", math.log(8.27), 0.11, 0.505477),
        ("RR", math.log(0.49), 0.02, 0.0098),
        ("RD", -0.03, 0.10, 0.07),
        # ln OR = 0.5 * 1.813799 = 0.906900, OR 2.476633; odds 3:7, 1.061414; over 2.061414.
        ("SMD", 0.5, 0.3, 0.514896),
    ],
)
def test_by_hand(measure: str, estimate: float, baseline: float, expected: float) -> None:
    assert risk_with(measure, estimate, baseline) == pytest.approx(expected, rel=1e-5)  # type: ignore[arg-type]


def test_low_scores_as_events_turn_a_standardised_difference_round() -> None:
    assert risk_with("SMD", -0.5, 0.3, events="lower") == risk_with("SMD", 0.5, 0.3)
    assert risk_with("OR", 0.5, 0.3, events="lower") == risk_with("OR", 0.5, 0.3)


def test_a_risk_stays_one() -> None:
    assert risk_with("RR", math.log(3), 0.5) == 1
    assert risk_with("RD", [-0.2, 0.2], [0.1, 0.9]).tolist() == [0, 1]
    assert risk_with("OR", [50.0, -5000.0, 5000.0], 0.5).tolist() == pytest.approx([1, 0, 1])


def test_nobody_and_everybody_stay_so_by_odds() -> None:
    assert risk_with("OR", [1.0, 1.0], [0.0, 1.0]).tolist() == [0, 1]


def test_what_is_not_known_stays_not_known() -> None:
    assert np.isnan(risk_with("OR", [math.nan, 1.0], [0.5, math.nan])).all()
    assert np.isnan(to_scale_points([math.nan, 1.0], [1.0, math.nan])).all()


def test_shapes_are_broadcast() -> None:
    assert risk_with("RR", [[0.0], [0.1], [0.2]], [0.1, 0.2]).shape == (3, 2)
    assert to_scale_points(0.5, [1.0, 2.0]).tolist() == [0.5, 1.0]


@given(EFFECTS, RISKS)
def test_odds_are_multiplied(log_or: float, base: float) -> None:
    risk = float(risk_with("OR", log_or, base))
    assert risk / (1 - risk) == pytest.approx(base / (1 - base) * math.exp(log_or), rel=1e-6)


@given(EFFECTS, EFFECTS, RISKS, st.sampled_from(["OR", "RR", "RD", "SMD"]))
def test_a_larger_effect_never_lowers_a_risk_and_none_leaves_it(
    one: float, two: float, base: float, m: str
) -> None:
    low, high, same = risk_with(m, [min(one, two), max(one, two), 0.0], base)  # type: ignore[arg-type]
    assert 0 <= low <= high <= 1
    assert same == pytest.approx(base)


@given(EFFECTS, RISKS)
def test_the_other_event_has_the_other_odds(log_or: float, base: float) -> None:
    assert float(risk_with("OR", log_or, base)) == pytest.approx(
        1 - float(risk_with("OR", -log_or, 1 - base)), rel=1e-9, abs=1e-9
    )


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: risk_with("MD", 1.0, 0.5),  # type: ignore[arg-type]
            "measure is 'MD', expected one of OR, PETO, RR, RD, SMD; divide points",
        ),
        (lambda: risk_with("IRR", 1.0, 0.5), "measure is 'IRR', expected one of OR"),  # type: ignore[arg-type]
        (lambda: risk_with("OR", 1.0, [0.5, 1.5]), "baseline is 1.5, expected a risk between 0 and 1"),
        (lambda: risk_with("OR", 1.0, -0.1), "baseline is -0.1"),
        (lambda: risk_with("OR", 1.0, 0.1, events="up"), "events is 'up'"),  # type: ignore[arg-type]
        (lambda: risk_with("OR", "much", 0.1), "estimate is not a list of numbers"),
        (lambda: to_scale_points(0.5, 0.0), "sd is 0, expected a standard deviation above 0"),
        (lambda: to_scale_points(0.5, [1.0, -2.0]), "sd is -2"),
    ],
)
def test_what_cannot_be_is_refused(call, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        call()
