"""Small drawings of one interval: what leaves the axis ends in an arrow, what is not known is not drawn."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from lxml import etree

from glabella.brief.render.icons import icon
from glabella.brief.render.interval import axis_svg, interval, share, ticks
from glabella.dossier import PopularClaim
from glabella.shown import Axis, Claim, Drawn, Icon, Ledger

PLAIN, RATIO = Axis(-4, 2, 0, important=-1), Axis(0.1, 10, 1, ratio=True)


def claim(value: float | None, low: float | None, high: float | None) -> Claim:
    return Ledger()("x", "x", value, low=low, high=high, population="", time_span="", certainty="low", function="f",
                    version="1", inputs=(), sources=())  # fmt: skip


def drawn(
    value: float | None, low: float | None, high: float | None, look: str = "trial", axis: Axis = PLAIN
) -> str:
    svg = interval(Drawn(claim(value, low, high), look), axis, label="a & b")  # type: ignore[arg-type]
    etree.fromstring(svg)
    return svg


def test_a_trial_is_a_square_on_a_line() -> None:
    svg = drawn(-1, -2.5, 0.5)
    assert 'aria-label="a &amp; b"' in svg
    assert '<line x1="25%" x2="75%" stroke="#17212b"' in svg
    assert '<rect x="50%"' in svg
    assert svg.count("stroke-dasharray") == 1  # the difference that matters
    assert "l7-4.5" not in svg
    assert "l-7-4.5" not in svg


@pytest.mark.parametrize("axis", [PLAIN, RATIO])
def test_what_leaves_the_axis_ends_in_an_arrow(axis: Axis) -> None:
    svg = drawn(1, None, 99, axis=axis)
    assert "l7-4.5" in svg
    assert "l-7-4.5" in svg
    assert 'x1="0%" x2="100%"' in svg


def test_a_ratio_of_nothing_leaves_its_axis() -> None:
    assert "l7-4.5" in drawn(1, 0, 2, axis=RATIO)


def test_a_value_beyond_the_axis_has_no_square() -> None:
    assert "<rect" not in drawn(-9, -10, -3)


def test_a_value_without_an_interval_is_a_square_alone() -> None:
    svg = drawn(-1, None, None)
    assert 'x1="50%" x2="50%" stroke="#17212b"' in svg
    assert "l7-4.5" not in svg


def test_what_is_not_known_is_not_drawn() -> None:
    assert re.findall("<(rect|path|svg)", drawn(None, None, None)) == ["svg", "svg"]


def test_a_pooled_effect_is_a_diamond_with_its_tip_at_the_value() -> None:
    assert 'd="M0 7L25.0 0L100 7L25.0 14z"' in drawn(-2, -3, 1, "pooled")


def test_a_prediction_is_a_dashed_line_with_caps_where_it_ends_on_the_axis() -> None:
    svg = drawn(None, -3, 9, "prediction")
    assert svg.count('y1="-5" y2="5"') == 1
    assert 'stroke-dasharray="5 3"' in svg


def test_on_paper_lengths_are_fixed() -> None:
    svg = interval(Drawn(claim(-1, -2.5, 0.5)), PLAIN, width=180)
    assert "%" not in svg
    assert '<rect x="90"' in svg
    assert 'aria-hidden="true"' in svg
    assert "%" not in axis_svg(PLAIN, width=180)


@pytest.mark.parametrize(
    ("axis", "found"),
    [
        (Axis(-3, 1.5, 0), (-3, -2, -1, 0, 1)),
        (Axis(-0.2, 0.2, 0), (-0.2, -0.1, 0, 0.1, 0.2)),
        (Axis(0, 1000, 0), (0, 250, 500, 750, 1000)),
        (Axis(0.1, 10, 1, ratio=True), (0.1, 1, 10)),
        (Axis(0.2, 5, 1, ratio=True), (0.2, 0.5, 1, 2, 5)),
        (Axis(0.001, 1000, 1, ratio=True), (0.01, 1, 100)),
        (Axis(0.9, 1.1, 1, ratio=True), (1,)),
    ],
)
def test_ticks_are_round_and_few(axis: Axis, found: tuple[float, ...]) -> None:
    assert ticks(axis) == pytest.approx(found)
    assert all(-1e-6 <= share(axis, it) <= 1 + 1e-6 for it in ticks(axis))


@pytest.mark.parametrize("axis", [Axis(-3, 1.5, 0), Axis(0.1, 10000, 1, ratio=True)])
def test_a_narrow_axis_has_fewer_ticks(axis: Axis) -> None:
    wide, narrow = (axis_svg(axis, width=width).count("<text") for width in (300, 80))
    assert narrow < wide
    assert narrow <= 3


@pytest.mark.parametrize("word", ["very low", "low", "moderate", "high"])
def test_circles_are_filled_from_the_left(word: str) -> None:
    fills = re.findall('fill="([^"]*)"', icon(Icon("certainty", word)))
    count = ("very low", "low", "moderate", "high").index(word) + 1
    assert fills == ["#17212b"] * count + ["#fff"] * (4 - count)


def test_glyphs_differ_in_shape_and_words_without_one_have_none() -> None:
    shapes = {icon(Icon("verdict", word)) for word in get_args(PopularClaim.model_fields["verdict"].annotation)}
    assert len(shapes) == 6
    for svg in shapes:
        etree.fromstring(svg)
    assert icon(Icon("verdict", "partly")) == icon(Icon("certainty", "not rated")) == ""


@pytest.mark.parametrize(("low", "high", "ratio"), [(1, 1, False), (2, 1, False), (0, 2, True)])
def test_an_axis_on_which_nothing_can_be_drawn_is_refused(low: float, high: float, ratio: bool) -> None:
    with pytest.raises(ValueError, match="an axis from"):
        Axis(low, high, 1, ratio=ratio)
