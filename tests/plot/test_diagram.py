"""Diagrams: rows by the longest path, nothing over a text, support in look and word, and wrong input refused."""

from collections.abc import Callable
from importlib.resources import files
from itertools import combinations, pairwise
from typing import Any, get_args

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.plot import Link, Plot, diagram
from glabella.plot._canvas import text_width
from glabella.plot._diagram import Support
from glabella.plot._layered import GAP, LINE, layered

WORDS = get_args(Support)
EXPLAINED = [
    Link("toxin", "weak", "blocks", "supported"),
    Link("toxin", "brain", "travels along the nerve", "untested"),
    Link("weak", "noticed", "people notice", "supported"),
    Link("weak", "relief", "a face that cannot frown", "partly"),
    Link("noticed", "relief", "hope", "contradicted"),
    Link("brain", "relief", "acts in the brain", "untested"),
    Link("weak", "weak", "recovers", "partly"),
]
NODES = {"toxin": "toxin", "weak": "weak muscle", "noticed": "noticed change", "brain": "toxin in the brain",
         "relief": "relief of depression"}  # fmt: skip


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, str], list[Link]]:
    """Give nodes with names of some length, links that lead on, and loops."""
    n = draw(st.integers(1, 9))
    text = st.text("abcdefgh ", min_size=1, max_size=34).map(str.strip).filter(bool)
    nodes = {str(i): draw(text) for i in range(n)}
    pairs = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=14))
    links = [Link(str(min(pair)), str(max(pair)), draw(text), draw(st.sampled_from(WORDS))) for pair in pairs]
    return nodes, links


def body(drawn: Plot) -> dict[str, Any]:
    found: dict[str, Any] = drawn.spec["vconcat"][0] if "vconcat" in drawn.spec else drawn.spec
    return found


def rows(drawn: Plot, mark: str) -> list[dict[str, Any]]:
    return [
        row for layer in body(drawn)["layer"] if layer["mark"]["type"] == mark for row in layer["data"]["values"]
    ]


def boxes_of_texts(drawn: Plot) -> list[tuple[float, float, float, float]]:
    found = []
    for row in rows(drawn, "text"):
        wide = text_width(row["text"])
        left = row["x"] - (wide / 2 if row["align"] == "center" else 0)
        found.append((left, row["y"] - LINE / 2, left + wide, row["y"] + LINE / 2))
    return found


def apart(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] >= b[2] - 1e-6 or b[0] >= a[2] - 1e-6 or a[1] >= b[3] - 1e-6 or b[1] >= a[3] - 1e-6


@given(graphs())
@settings(max_examples=25, deadline=None)
def test_nothing_covers_a_text_and_all_is_in_the_frame(graph: tuple[dict[str, str], list[Link]]) -> None:
    drawn = diagram(*graph)
    width, height = body(drawn)["width"], body(drawn)["height"]
    texts = boxes_of_texts(drawn)
    for left, top, right, bottom in texts:
        assert left >= -1
        assert top >= -1
        assert right <= width + 1
        assert bottom <= height + 1
    for a, b in combinations(texts, 2):
        assert apart(a, b)
    nodes = [(row["x"], row["y"], row["x2"], row["y2"]) for row in rows(drawn, "rect")]
    assert len(nodes) == len(graph[0])
    for a, b in combinations(nodes, 2):
        assert apart(a, b)
    lines: dict[int, list[tuple[float, float]]] = {}
    for row in rows(drawn, "line"):
        lines.setdefault(row["link"], []).append((row["x"], row["y"]))
    assert len(lines) == len(graph[1])
    for line in lines.values():
        for (x, y), (x2, y2) in pairwise(line):
            # Half way along each piece; pieces are short or upright.
            for share in np.linspace(0, 1, 5):
                at = x + share * (x2 - x), y + share * (y2 - y)
                for left, top, right, bottom in [*texts, *nodes]:
                    assert not (left + 0.5 < at[0] < right - 0.5 and top + 0.5 < at[1] < bottom - 0.5)


@given(graphs())
@settings(max_examples=25, deadline=None)
def test_arrows_begin_at_their_node_and_point_at_their_node(graph: tuple[dict[str, str], list[Link]]) -> None:
    nodes, links = graph
    drawn = diagram(nodes, links)
    at = {row["node"]: row for row in rows(drawn, "rect")}
    heads = [row for row in rows(drawn, "point") if row["angle"]]
    assert len(heads) == len(links)
    for number, (link, head) in enumerate(zip(links, heads, strict=True)):
        begin, end = at[link.begin], at[link.end]
        start = next(row for row in rows(drawn, "line") if row["link"] == number and row["step"] == 0)
        if link.begin == link.end:
            assert head["angle"] == 270, "to the left"
            assert 0 <= head["x"] - end["x2"] < 10
            assert end["y"] <= head["y"] <= end["y2"]
            continue
        assert head["angle"] == 180, "down"
        assert end["x"] <= head["x"] <= end["x2"]
        assert 0 <= end["y"] - head["y"] < 10
        assert begin["x"] <= start["x"] <= begin["x2"]
        assert start["y"] == pytest.approx(begin["y2"])


@given(graphs())
@settings(max_examples=25, deadline=None)
def test_a_node_stands_below_the_last_that_leads_to_it(graph: tuple[dict[str, str], list[Link]]) -> None:
    nodes, links = graph
    found = layered(nodes, [(each.begin, each.end, each.label, each.support) for each in links], 372)
    for name, box in found.nodes.items():
        before = [found.nodes[each.begin].row for each in links if each.end == name != each.begin]
        assert box.row == max((row + 2 for row in before), default=0)
    for row in found.rows:
        for one, two in pairwise(row):
            assert two.x - two.left - (one.x + one.right) >= GAP - 2, "whole pixels, so up to one less at each side"


def test_a_chain_is_straight() -> None:
    nodes = {str(i): "x" * (3 * i + 1) for i in range(8)}
    drawn = diagram(nodes, [Link(str(i), str(i + 1), "leads on", "partly") for i in range(7)])
    assert len({row["x"] for row in rows(drawn, "line")}) == 1


def test_competing_explanations_are_side_by_side() -> None:
    drawn = diagram(NODES, EXPLAINED)
    ends = [row for row in rows(drawn, "point") if row["angle"] == 180 and row["y"] > body(drawn)["height"] - 60]
    assert len(ends) == 3
    assert len({row["x"] for row in ends}) == 3
    assert len({row["y"] for row in ends}) == 1


def test_support_is_in_dash_width_and_word() -> None:
    drawn = diagram(NODES, EXPLAINED)
    looks: dict[str, tuple[tuple[float, ...], float]] = {}
    for row in rows(drawn, "line"):
        looks[EXPLAINED[row["link"]].support] = (tuple(row["dash"]), row["wide"])
    assert len({dash for dash, _ in looks.values()}) == 3, "contradicted is thin and crossed out"
    assert len({wide for _, wide in looks.values()}) == 4
    crosses = [row for row in rows(drawn, "point") if not row["angle"]]
    assert len(crosses) == 1
    said = [row["text"] for row in rows(drawn, "text")]
    assert sorted(text for text in said if text in WORDS) == sorted(link.support for link in EXPLAINED)
    key = [row["words"] for row in drawn.spec["vconcat"][1]["layer"][-1]["data"]["values"]]
    assert key == ["supported", "partly supported", "untested", "contradicted"]


def test_the_dossier_s_links_fit_a_phone() -> None:
    place = files("glabella") / "dossiers" / "botulinum-depression" / "mechanism" / "links.yaml"
    read = yaml.safe_load(place.read_text("utf-8"))
    links = [Link(each["from"], each["to"], each["label"], each["support"]) for each in read["links"].values()]
    drawn = diagram(read["nodes"], links)
    assert body(drawn)["width"] <= 372
    assert len(rows(drawn, "rect")) == len(read["nodes"])
    assert all(apart(a, b) for a, b in combinations(boxes_of_texts(drawn), 2))


def test_every_link_is_said() -> None:
    said = diagram(NODES, EXPLAINED).spec["description"]
    assert said.startswith("Arrows: toxin to weak muscle (blocks; supported); ")
    assert "weak muscle to weak muscle (recovers; partly)" in said
    assert said.count(" to ") == len(EXPLAINED)


WRONG: list[tuple[Callable[[], Plot], str]] = [
    (lambda: diagram({}, []), "no nodes, expected one or more"),
    (
        lambda: diagram({"a": "A"}, [Link("a", "b", "goes", "partly")]),
        "link 'goes' has the end 'b', expected one of a",
    ),
    (lambda: diagram({"a": "A"}, [Link("a", "a", "goes", "likely")]), "link 'goes' is 'likely', expected one of"),  # type: ignore[arg-type]
    (
        lambda: diagram(dict.fromkeys("abc", "x"), [Link(a, b, "goes", "partly") for a, b in ("ab", "bc", "ca")]),
        "links go in a circle: [abc] to [abc] to [abc] to [abc]; expected links that lead on",
    ),
]


@pytest.mark.parametrize(("draw", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_refused(draw: Callable[[], Plot], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()
