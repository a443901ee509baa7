"""Tornado and Sobol bars: what lies where, how ends are told apart, and wrong input refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.plot import Plot, Swing, sobol_bars, tornado

RESULT = st.floats(-100, 100)


def bars(drawn: Plot) -> list[dict[str, Any]]:
    return list(drawn.spec["vconcat"][0]["layer"][0]["data"]["values"])


def texts(drawn: Plot) -> list[str]:
    return [row.get("text", row.get("words", "")) for layer in drawn.spec["vconcat"][0]["layer"]
            if layer["mark"]["type"] == "text" for row in layer["data"]["values"]]  # fmt: skip


@given(st.lists(st.tuples(RESULT, RESULT), min_size=1, max_size=8), RESULT)
def test_bars_reach_from_the_centre_and_never_cover_one_another(
    ends: list[tuple[float, float]], centre: float
) -> None:
    rows = [Swing(str(i), low, high) for i, (low, high) in enumerate(ends)]
    drawn = bars(tornado(rows, centre, title="weeks"))
    assert len(drawn) == 2 * len(rows)
    for low, high in zip(drawn[::2], drawn[1::2], strict=True):
        assert (low["end"], high["end"], low["name"]) == ("low", "high", high["name"])
        assert (low["result"], high["result"]) == ends[int(low["name"])]
        assert low["centre"] == high["centre"] == centre
        apart = low["y2"] <= high["y"] + 1e-9
        assert apart or (low["result"] - centre) * (high["result"] - centre) <= 0
    widths = [max(low["result"], high["result"], centre) - min(low["result"], high["result"], centre)
              for low, high in zip(drawn[::2], drawn[1::2], strict=True)]  # fmt: skip
    assert widths == sorted(widths, reverse=True), "the farthest first"
    tops = [row["y"] for row in drawn[::2]]
    assert (np.diff(tops) > 14).all()


def test_ends_differ_in_fill_and_ranges_are_said() -> None:
    drawn = tornado([Swing("loss of the enzyme", 18, 9, "a week to two months")], 12, title="weeks")
    low, high = bars(drawn)
    assert low["fill"] != high["fill"]
    assert texts(drawn) == ["a week to two months", "loss of the enzyme"]
    assert drawn.spec["description"] == ("weeks, 12 in the middle, as each assumption moves. loss of the enzyme (a "
                                         "week to two months): 18 to 9.")  # fmt: skip


def test_a_result_that_is_not_reached_is_said_and_stands_first() -> None:
    drawn = tornado([Swing("loss", 5, 20), Swing("antibodies", 13, None)], 12, title="weeks")
    assert [row["name"] for row in bars(drawn)] == ["antibodies", "loss", "loss"]
    assert "not reached at the upper value" in texts(drawn)
    assert "antibodies: 13 to not reached" in drawn.spec["description"]


def test_long_names_go_on_in_more_lines_above_their_bar() -> None:
    drawn = tornado([Swing("word " * 30, 1, 2), Swing("short", 1, 2)], 1.5, title="weeks")
    assert max(map(len, texts(drawn))) <= 60
    labels = [row["y"] for layer in drawn.spec["vconcat"][0]["layer"] if layer["mark"]["type"] == "text"
              for row in layer["data"]["values"]]  # fmt: skip
    assert len(labels) == len(set(labels)) == len(texts(drawn))
    assert min(labels) >= 14 - 1e-9, "the first line is whole"


def test_a_long_title_goes_on_in_more_lines() -> None:
    title = "weeks until half of the people with a response no longer have it, after one injection"
    drawn = tornado([Swing("loss", 1, 2)], 1.5, title=title)
    lines = drawn.spec["vconcat"][0]["layer"][0]["encoding"]["x"]["axis"]["title"]
    assert len(lines) == 2
    assert " ".join(lines) == title


def test_sobol_bars_are_sorted_with_intervals() -> None:
    drawn = sobol_bars(["a", "b"], [0.1, 0.3], [0.2, 0.9], [0.15, 0.02], [0.05, 0.2])
    rows = {(row["name"], row["kind"]): row for row in bars(drawn)}
    assert list(rows) == [("b", "alone"), ("b", "with others"), ("a", "alone"), ("a", "with others")]
    one = rows["a", "alone"]
    assert (one["index"], one["low"], one["high"]) == pytest.approx((0.1, -0.05, 0.25))
    assert rows["a", "alone"]["fill"] != rows["a", "with others"]["fill"]
    assert rows["a", "alone"]["y2"] <= rows["a", "with others"]["y"]
    low, high = drawn.spec["vconcat"][0]["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low == pytest.approx(-0.05)
    assert high == pytest.approx(1.1)
    assert drawn.spec["description"].endswith("b: 0.30 alone, 0.90 with others; a: 0.10 alone, 0.20 with others.")


WRONG: list[tuple[Callable[[], Plot], str]] = [
    (lambda: tornado([], 1, title=""), "no rows, expected one or more"),
    (lambda: tornado([Swing("a", 1, 2)], np.nan, title=""), "centre is nan, expected a finite number"),
    (lambda: tornado([Swing("a", 1, np.inf)], 1, title=""), "result of 'a' is inf, expected a finite number"),
    (lambda: tornado([Swing("a", 1, 2), Swing("a", 1, 2)], 1, title=""), "label 'a' stands for two rows"),
    (lambda: sobol_bars(["a"], [0.1, 0.2], [0.1, 0.2], [0, 0], [0, 0]), "names has 1 entries, expected 2"),
    (lambda: sobol_bars(["a"], [0.1], [0.1, 0.2], [0], [0]), "columns differ in length"),
    (lambda: sobol_bars(["a"], [0.1], [np.nan], [0], [0]), "total is nan in row 1"),
    (lambda: sobol_bars(["a"], [0.1], [0.1], [-1], [0]), "first_half_width is -1 in row 1, expected 0 or more"),
    (lambda: sobol_bars(["a"], [0.1], [0.1], [0], [-1]), "total_half_width is -1 in row 1"),
    (lambda: sobol_bars(["a", "a"], [0.1] * 2, [0.1] * 2, [0] * 2, [0] * 2), "label 'a' stands for two rows"),
]


@pytest.mark.parametrize(("draw", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_refused(draw: Callable[[], Plot], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()
