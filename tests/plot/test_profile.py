"""Profiles: curve, cut, the values that are allowed, the verdict, and wrong input refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from glabella.plot import Plot, ProfileCurve, profile_plot

CUT = 3.84
X = np.linspace(-3, 3, 13)


def panel(curve: ProfileCurve) -> dict[str, Any]:
    found: dict[str, Any] = profile_plot([curve], CUT).spec["vconcat"][0]["concat"][0]
    return found


def allowed(curve: ProfileCurve) -> list[tuple[float, float]]:
    return [(row["low"], row["high"]) for row in panel(curve)["layer"][0]["data"]["values"]]


def test_a_parabola_is_allowed_between_its_limits() -> None:
    curve = ProfileCurve("men", X + 1, (2 * X) ** 2, "identified")
    half = np.sqrt(CUT) / 2
    assert allowed(curve) == [pytest.approx((1 - half, 1 + half))], "exact: a parabola's root is straight"
    drawn = panel(curve)
    rows = drawn["data"]["values"]
    assert [row["rise"] for row in rows] == pytest.approx([(2 * (row["value"] - 1)) ** 2 for row in rows])
    assert max(row["rise"] for row in rows) == pytest.approx(2.2 * CUT), "no more than is shown"
    assert drawn["layer"][1]["data"]["values"] == [{"rise": CUT}]
    assert drawn["title"] | {"text": ["men"], "subtitle": "identified"} == drawn["title"]


def test_on_logs_it_is_the_same_in_logs() -> None:
    half = np.sqrt(CUT) / 2
    curve = ProfileCurve("loss", np.exp(X), (2 * X) ** 2, "identified")
    assert allowed(curve) == [pytest.approx((np.exp(-half), np.exp(half)))]
    axis = panel(curve)["layer"][2]["encoding"]["x"]
    assert axis["scale"]["type"] == "log"
    low, high = axis["scale"]["domain"]
    assert all(low <= tick <= high for tick in axis["axis"]["values"])
    assert axis["axis"]["values"]
    # Values that span little, or are below zero, are not.
    assert (
        panel(ProfileCurve("loss", [1, 2, 3], [9, 0, 9], "identified"))["layer"][2]["encoding"]["x"]["scale"][
            "type"
        ]
        == "linear"
    )


def test_what_stays_below_the_cut_is_allowed_to_the_end() -> None:
    curve = ProfileCurve("speed", X, np.where(X < 0, (2 * X) ** 2, 0.1 * X), "bounded below")
    ((low, high),) = allowed(curve)
    assert low == pytest.approx(-np.sqrt(CUT) / 2)
    assert high == 3
    assert allowed(ProfileCurve("speed", X, 0 * X, "not identified")) == [(-3, 3)]


def test_two_valleys_are_two_spans() -> None:
    assert len(allowed(ProfileCurve("two", [-2, -1, 0, 1, 2], [9, 0, 9, 1, 9], "identified"))) == 2


def test_each_has_a_panel_and_is_described() -> None:
    curves = [ProfileCurve("a", X, X**2, "identified"), ProfileCurve("b", X, X**2, "bounded above")]
    drawn = profile_plot(curves, CUT, title="rise")
    assert [each["title"]["text"] for each in drawn.spec["vconcat"][0]["concat"]] == [["a"], ["b"]]
    assert drawn.spec["description"] == "rise over the values of each unknown. a: identified; b: bounded above."
    ticks = drawn.spec["vconcat"][0]["concat"][0]["layer"][2]["encoding"]["y"]["axis"]["values"]
    assert ticks[0] == 0
    assert max(ticks) > CUT


def one(values: Any, rise: Any, cut: float = CUT) -> Callable[[], Plot]:
    return lambda: profile_plot([ProfileCurve("a", values, rise, "identified")], cut)


WRONG: list[tuple[Callable[[], Plot], str]] = [
    (lambda: profile_plot([], CUT), "no profiles, expected one or more"),
    (lambda: profile_plot([ProfileCurve("a", X, X**2, "")] * 2, CUT), "label 'a' stands for two profiles"),
    (one(X, X**2, 0), "cut is 0, expected more than 0"),
    (one([1], [0]), "'a' has one value, expected two or more"),
    (one([1, 1], [0, 1]), "value of 'a' is 1 in row 2, expected more than the one before"),
    (one([1, 2], [-1, 1]), "rise of 'a' is -1 in row 1, expected 0 or more"),
    (one([1, 2, 3], [0, 1]), "columns differ in length"),
    (one([1, np.inf], [0, 1]), "values of 'a' is inf in row 2"),
    (one([1, 2], [20, 30]), "rise of 'a' stays above"),
]


@pytest.mark.parametrize(("draw", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_refused(draw: Callable[[], Plot], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()
