"""Plots of networks: what stands where, what is marked how, and wrong input refused."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.plot import Plot, net_heat, network_graph, rankogram
from glabella.plot._network import _LINE, _SIZE, _WIDE, _apart

NAMES = st.lists(st.text("abcdefgh ", min_size=1, max_size=44).map(str.strip).filter(bool), min_size=2, max_size=40,
                 unique_by=lambda name: " ".join(name.split()))  # fmt: skip


def star(names: list[str]) -> Plot:
    """Draw the first of them versus all others."""
    others = names[1:]
    return network_graph([str(i) for i in range(len(others))], [names[0]] * len(others), others)


def layer(drawn: Plot, mark: str) -> dict[str, Any]:
    return next(each for each in drawn.spec["layer"] if each["mark"]["type"] == mark)


@given(NAMES)
@settings(max_examples=60)
def test_names_stay_in_the_frame_and_off_one_another_and_off_nodes(names: list[str]) -> None:
    names = [" ".join(name.split()) for name in names]
    drawn = star(names)
    boxes = []
    for row in layer(drawn, "text")["data"]["values"]:
        lines = row["name"].split("\n")
        wide = max(map(len, lines)) * _SIZE * _WIDE
        left = row["x"] if row["align"] == "left" else row["x"] - wide
        boxes.append((left, row["y"] - _LINE / 2, left + wide, row["y"] + _LINE * (len(lines) - 0.5)))
    assert len(boxes) == len(names)
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert top >= 0
        assert right <= drawn.spec["width"]
        assert bottom <= drawn.spec["height"]
    for a, b in combinations(boxes, 2):
        assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] - 1e-6 or b[1] >= a[3] - 1e-6
    nodes = [(row["x"], row["y"]) for row in layer(drawn, "point")["data"]["values"]]
    for left, top, right, bottom in boxes:
        assert not any(left < x < right and top < y < bottom for x, y in nodes)


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(10, 30)), min_size=1, max_size=10))
def test_names_move_only_as_far_as_they_must(places: list[tuple[float, float]]) -> None:
    wanted, heights = (np.array(column) for column in zip(*sorted(places), strict=True))
    found = _apart(wanted, heights, 1000.0)
    assert (np.diff(found) >= (heights[1:] + heights[:-1]) / 2 - 1e-9).all()
    if (np.diff(wanted) >= (heights[1:] + heights[:-1]) / 2).all() and wanted[0] >= heights[0] / 2:
        assert found == pytest.approx(wanted)


def test_edges_are_counted_and_those_of_three_arms_are_dashed_with_an_area() -> None:
    rows = [("1", "A", "B"), ("2", "B", "A"), ("3", "A", "B"), ("3", "A", "C"), ("3", "B", "C"), ("4", "C", "D")]
    drawn = network_graph(*zip(*rows, strict=True))
    edges = {row["comparison"]: (row["studies"], row["kind"]) for row in layer(drawn, "rule")["data"]["values"]}
    two, many = "two in each study", "three or more in some"
    assert edges == {"A : B": (3, many), "A : C": (1, many), "B : C": (1, many), "C : D": (1, two)}
    nodes = {row["treatment"]: row["size"] for row in layer(drawn, "point")["data"]["values"]}
    assert nodes == {"A": 3, "B": 3, "C": 2, "D": 1}
    area = layer(drawn, "line")["data"]["values"]
    corners = {(row["x"], row["y"]) for row in area}
    places = {row["treatment"]: (row["x"], row["y"]) for row in layer(drawn, "point")["data"]["values"]}
    assert corners == {places[t] for t in "ABC"}
    assert sum(each["mark"]["type"] == "line" for each in drawn.spec["layer"]) == 1


def test_without_studies_of_three_arms_nothing_is_said_of_them() -> None:
    drawn = network_graph(["1", "2"], ["A", "B"], ["B", "C"])
    assert layer(drawn, "rule")["encoding"]["strokeDash"]["legend"] is None
    assert not any(each["mark"]["type"] == "line" for each in drawn.spec["layer"])


def test_treatments_stand_in_the_order_asked_for() -> None:
    drawn = network_graph(["1", "2", "3"], ["A", "B", "A"], ["B", "C", "C"], order=["C", "A", "B"])
    rows = layer(drawn, "point")["data"]["values"]
    assert [row["treatment"] for row in rows] == ["C", "A", "B"]
    assert rows[0]["x"] > rows[2]["x"], "clockwise from the top"


def test_rankogram_starts_with_the_best_and_says_its_sucra() -> None:
    drawn = rankogram([[0.1, 0.2, 0.7], [0.8, 0.1, 0.1], [0.1, 0.7, 0.2]], ["A", "B", "C"])
    titles = [(panel["title"]["text"], panel["title"]["subtitle"]) for panel in drawn.spec["concat"]]
    assert titles == [(["B"], "SUCRA 0.85"), (["C"], "SUCRA 0.45"), (["A"], "SUCRA 0.20")]
    scales = {str(panel["encoding"]["y"]["scale"]) for panel in drawn.spec["concat"]}
    assert len(scales) == 1, "panels have one scale"


def test_net_heat_crosses_what_rises_and_shades_by_size() -> None:
    drawn = net_heat([[20.0, -1.0], [0.5, -0.001]], [[0.9, 0.1], [-0.4, 0.0]], ["A:B", "A:C"])
    cells = {(row["row"], row["column"]): row["amount"] for row in layer(drawn, "rect")["data"]["values"]}
    assert cells == {("A:B", "A:B"): "8 or more", ("A:B", "A:C"): "1 to 2", ("A:C", "A:B"): "0.5 to 1",
                     ("A:C", "A:C"): "below 0.5"}  # fmt: skip
    crossed = [(row["row"], row["column"]) for row in layer(drawn, "rule")["data"]["values"]]
    assert crossed == [("A:B", "A:C")]
    squares = {(row["row"], row["column"]): row["weight"] for row in layer(drawn, "point")["data"]["values"]}
    assert squares == {("A:B", "A:B"): 0.9, ("A:B", "A:C"): 0.1, ("A:C", "A:B"): 0.4}


WRONG: list[tuple[Callable[[], Plot], str]] = [
    (lambda: network_graph(["1"], ["A"], ["A"]), "study '1' compares 'A' with itself in row 1"),
    (lambda: network_graph([], [], []), "studlab is empty, expected one contrast or more"),
    (lambda: network_graph(["1", "2"], ["A"], ["B", "C"]), "treat1 has 1 entries, expected 2"),
    (lambda: network_graph(["1"], ["A"], ["B"], order=["A"]), r"order and the contrasts differ in \['B'\]"),
    (lambda: network_graph(["1"], ["A"], ["B"], order=["A", "B", "B"]), r"differ in \['B', 'B'\]"),
    (lambda: network_graph(["1"], ["A"], ["B"], participants={"A": 3}), "participants has no entry for 'B'"),
    (lambda: network_graph(["1"], ["A"], ["B"], participants={"A": 3, "B": -1}), "participants of 'B' is -1"),
    (lambda: rankogram([[1.0]], ["A"]), r"probability has shape \(1, 1\)"),
    (lambda: rankogram([[0.5, 0.6], [0.5, 0.5]], ["A", "B"]), "the row of 'A' holds 0.5 to 0.6 and sums to 1.1"),
    (lambda: rankogram([[0.5, 0.5], [1.5, -0.5]], ["A", "B"]), "the row of 'B' holds -0.5 to 1.5"),
    (lambda: rankogram(np.eye(2), ["A"]), "treatments has 1 entries, expected 2"),
    (lambda: net_heat(np.eye(2), np.eye(3), ["A", "B"]), r"change has shape \(2, 2\) and hat \(3, 3\)"),
    (lambda: net_heat([[1.0, np.nan], [0.0, 1.0]], np.eye(2), ["A", "B"]), "change is nan in row 'A', column 'B'"),
    (lambda: net_heat(np.eye(2), np.eye(2), ["A", "A"]), "label 'A' stands for two rows"),
]


@pytest.mark.parametrize(("draw", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_refused(draw: Callable[[], Plot], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()
