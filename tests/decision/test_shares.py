"""Shares of people in a text: in figures and in words, and not by how much something changed."""

from __future__ import annotations

import pytest

from glabella.decision.shares import shares_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("52% responded", [0.52]),
        ("52.5 percent responded", [0.525]),
        ("fifty-two per cent responded", [0.52]),
        ("a hundred per cent of them", [1.0]),
        ("one in seven, and 9 out of 10", [1 / 7, 0.9]),
        ("17 of 33 people", [17 / 33]),
        ("three of every five", [0.6]),
        ("Half of them", [0.5]),
        ("two thirds, a quarter and three-quarters", [2 / 3, 0.25, 0.75]),
        ("a fifth of patients", [0.2]),
        ("more than half, 54 %", [0.5, 0.54]),
        ("the score fell by half", []),
        ("it fell by at least 50%", []),
        ("a 50% drop in score", []),
        ("50 per cent or more", []),
        ("in 2 of 1 cases", []),
        ("120% of them", []),
        ("20 units at week 6", []),
        ("behalf of others, halfway", []),
        ("", []),
    ],
)
def test_shares_of_people(text: str, found: list[float]) -> None:
    assert [each.value for each in shares_in(text)] == pytest.approx(found)


@pytest.mark.parametrize(
    ("text", "off"),
    [("52%", 0.005), ("52.5%", 0.0005), ("0.6 per cent", 0.0005), ("half", 0), ("sixty per cent", 0)],
)
def test_what_was_rounded_may_lie_half_a_unit_off(text: str, off: float) -> None:
    (share,) = shares_in(text)
    assert share.off == pytest.approx(off)
