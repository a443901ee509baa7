"""Courses over weeks: what stands in which panel, how points are marked and moved, and wrong input refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.plot import Course, Plot, Point, explained_course, time_course
from glabella.plot._points import _ASIDE, _aside

WEEKS = [0.0, 4.0, 12.0, 24.0]
WOMEN = Course(
    "women", WEEKS, [0, 0.9, 0.5, 0.1], [0, 0.8, 0.4, 0], [0, 0.95, 0.6, 0.2], [0, 0.6, 0.2, 0], [0, 1, 0.8, 0.4]
)
MEN = Course("men", WEEKS, [0, 0.7, 0.3, 0.0])
POINTS = [
    Point("women", 4, 0.85, 0.7, 0.95, 40),
    Point("men", 4, 0.6, 0.4, 0.8, 20, "held out"),
    Point("men", 12, 0.4, None, None, 80, "held out"),
]


def panels(drawn: Plot) -> list[dict[str, Any]]:
    return list(drawn.spec["vconcat"][0]["concat"])


def words(drawn: Plot) -> list[str]:
    return [row["words"] for row in drawn.spec["vconcat"][1]["layer"][-1]["data"]["values"]]


def layers(panel: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    return [layer for layer in panel["layer"] if layer["mark"]["type"] == mark]


def test_each_course_has_its_panel_with_its_own_points() -> None:
    women, men = panels(time_course([WOMEN, MEN], POINTS))
    assert women["title"]["text"] == ["women"]
    assert [row["median"] for row in women["data"]["values"]] == list(WOMEN.median)
    assert [row["high"] for row in women["data"]["values"]] == list(WOMEN.high)
    assert [row["value"] for row in layers(women, "point")[0]["data"]["values"]] == [0.85]
    assert sorted(row["value"] for row in layers(men, "point")[0]["data"]["values"]) == [0.4, 0.6]
    # The wide band lies below the narrow one, and a course without bands has none.
    assert [layer["encoding"]["y"]["field"] for layer in layers(women, "area")] == ["next_high", "high"]
    assert (
        layers(women, "area")[0]["mark"]["line"]["strokeDash"]
        != layers(women, "area")[1]["mark"]["line"]["strokeDash"]
    )
    assert not layers(men, "area")
    assert {str(layer["encoding"]["y"]["scale"]) for panel in (women, men) for layer in layers(panel, "line")} == {
        str(layers(women, "line")[0]["encoding"]["y"]["scale"])
    }


def test_kinds_differ_in_shape_or_fill_and_unknown_limits_are_not_drawn() -> None:
    both = [layers(panel, "point")[0]["data"]["values"] for panel in panels(time_course([WOMEN, MEN], POINTS))]
    looks = {row["kind"]: (row["shape"], row["fill"]) for rows in both for row in rows}
    assert len(set(looks.values())) == 2
    assert looks["held out"][1] == "white"
    intervals = layers(panels(time_course([WOMEN, MEN], POINTS))[1], "rule")[0]["data"]["values"]
    assert [(row["low"], row["high"]) for row in intervals] == [(0.4, 0.8)]


def test_the_key_says_what_is_drawn_and_no_more() -> None:
    said = words(time_course([WOMEN, MEN], POINTS, level=0.9))
    assert said == ["model", "average, 90 per cent interval", "a next trial, 90 per cent interval", "trial, fitted",
                    "trial, held out", "larger: more people",
                    "upright line: 90 per cent interval"]  # fmt: skip
    assert words(time_course([MEN])) == ["model"]
    assert words(time_course([MEN], POINTS[1:2])) == ["model", "trial, held out", "upright line: interval"]


def test_it_is_described_for_those_who_hear_it() -> None:
    said = time_course([WOMEN, MEN], POINTS, title="with a response").spec["description"]
    assert said.startswith(
        "with a response over weeks. women: farthest from zero in week 4, at 0.9; 0.1 in week 24."
    )
    assert said.endswith("Points, fitted: 1. Points, held out: 2.")


def test_the_title_stands_above() -> None:
    for drawn in (time_course([MEN], title="with a response"), explained_course([MEN], title="with a response")):
        assert drawn.spec["title"]["text"] == ["with a response"]


def test_a_dose_stays_with_its_unit() -> None:
    (panel,) = panels(time_course([Course("a product with a name 20 U, men", [0, 1], [0, 1])]))
    assert "20\N{NO-BREAK SPACE}U" in " ".join(panel["title"]["text"])


def test_explanations_differ_in_dash_or_width_and_have_letters_on_their_lines() -> None:
    courses = [Course(f"account {i}", [0, 5, 10], [0, 3 + i / 9, 1]) for i in range(8)]
    drawn = explained_course(courses, [Point("", 5, -2, -4, 1, 30)])
    panel = drawn.spec["vconcat"][0]
    rows = layers(panel, "line")[0]["data"]["values"]
    looks = {row["course"]: (tuple(row["dash"]), row["wide"]) for row in rows}
    assert len(set(looks.values())) == 8
    letters = layers(panel, "text")[1]["data"]["values"]
    assert [row["letter"] for row in letters] == list("ABCDEFGH")
    for row, course in zip(letters, courses, strict=True):
        assert row["value"] == pytest.approx(np.interp(row["week"], course.weeks, course.median))
    assert len({row["week"] for row in letters}) == 8, "letters of lines that meet stand apart"
    assert words(drawn)[:2] == ["A: account 0", "B: account 1"]
    low, high = layers(panel, "line")[0]["encoding"]["y"]["scale"]["domain"]
    assert low < -4, "the whole interval is seen"
    assert high > 35 / 9


@given(st.lists(st.floats(0, 52), min_size=1, max_size=12))
def test_points_move_a_little_and_keep_their_order(weeks: list[float]) -> None:
    given_ = np.array(weeks)
    moved = _aside(given_, 52.0, 150.0)
    assert np.abs(moved - given_).max() <= _ASIDE / 150 * 52 + 1e-9
    order = np.argsort(given_, kind="stable")
    assert (np.diff(moved[order]) >= -1e-9).all()


def test_points_of_one_week_stand_side_by_side() -> None:
    assert np.diff(_aside(np.array([4.0, 4.0]), 52.0, 150.0))[0] > 1
    assert _aside(np.array([4.0, 20.0]), 52.0, 150.0) == pytest.approx([4, 20])


WRONG: list[tuple[Callable[[], Plot], str]] = [
    (lambda: time_course([]), "no course, expected one or more"),
    (lambda: time_course([MEN, MEN]), "label 'men' stands for two courses"),
    (lambda: time_course([MEN], POINTS), "a point belongs to 'women', expected the label of a course"),
    (lambda: time_course([Course("x", [0, 1], [0, 1.2])]), "median of 'x' holds 1.2, expected shares from 0 to 1"),
    (lambda: time_course([Course("x", [0, 1], [0, np.nan])]), "median is nan in row 2"),
    (lambda: time_course([Course("x", [0, 1], [0])]), "columns differ in length"),
    (lambda: time_course([Course("x", [0], [0])]), "'x' has one week, expected two or more"),
    (lambda: time_course([Course("x", [1, 0], [0, 0])]), "weeks of 'x' do not rise"),
    (lambda: time_course([Course("x", [0, 1], [0, 0], low=[0, 0])]), "'x' has one of low and high"),
    (lambda: time_course([Course("x", [0, 1], [0, 0], [0, 0.5], [0, 0.4])]), "low of 'x' is above high"),
    (lambda: time_course([MEN], [Point("men", 25, 0.1, 0, 1, 9)]), "expected a week from 0 to 24"),
    (lambda: time_course([MEN], [Point("men", 4, 1.1, None, None, 9)]), "holds 1.1, expected shares"),
    (lambda: time_course([MEN], [Point("men", 4, 0.1, 0.2, 1, 9)]), "is 0.1, 0.2 to 1, expected limits around it"),
    (lambda: time_course([MEN], [Point("men", 4, 0.1, 0.0, None, 9)]), "has one limit, expected two or none"),
    (lambda: time_course([MEN], [Point("men", 4, 0.1, 0.0, 1, 0)]), "is of 0 people, expected more than 0"),
    (lambda: time_course([MEN], [Point("men", 4, 0.1, 0, 1, 9, "seen")]), "is 'seen', expected one of fitted"),  # type: ignore[arg-type]
    (lambda: explained_course([MEN], [Point("", 4, 2, 1, np.inf, 9)]), "is inf, expected a finite number"),
    (lambda: explained_course([Course(str(i), [0, 1], [0, 1]) for i in range(9)]), "9 courses in one panel"),
]


@pytest.mark.parametrize(("draw", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_refused(draw: Callable[[], Plot], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()
