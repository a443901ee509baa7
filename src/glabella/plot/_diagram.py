"""A mechanism as a diagram: boxes from top to bottom, and arrows that show how well each is supported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from glabella.plot._canvas import CROSS, PAGE, Sign, as_is, key, position
from glabella.plot._layered import ASIDE, LINE, LOOP, Box, Layout, layered
from glabella.plot._plot import INK, Plot, plot

Support = Literal["supported", "partly", "untested", "contradicted"]

#: Dash, width and words of each support; a contradicted arrow is crossed out besides.
_SUPPORT: dict[str, tuple[tuple[float, ...], float, str]] = {
    "supported": ((1, 0), 3.0, "supported"),
    "partly": ((7, 3), 1.8, "partly supported"),
    "untested": ((1.5, 3.5), 1.5, "untested"),
    "contradicted": ((1, 0), 0.8, "contradicted"),
}
_FONT = 11
#: Pixels between two rows, the length and area of an arrow's head, and the steps of a curve.
_BETWEEN, _HEAD, _AREA, _STEPS = 15.0, 8.0, 60, 12
_FILL = "#f2f2f2"


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow from one node to another, or to itself."""

    begin: str
    end: str
    label: str
    support: Support


def diagram(nodes: Mapping[str, str], links: Sequence[Link]) -> Plot:
    """Draw nodes and links from top to bottom.

    A node stands in the row after the last of those that lead to it. Support is shown by the line's dash and width
    and said on each arrow.

    Parameters
    ----------
    nodes : mapping of str to str
        Names by id.
    links : sequence of Link
        Arrows; one from a node to itself is a loop beside it.

    Returns
    -------
    Plot
        Its ``description`` says every link in words.

    Raises
    ------
    ValueError
        If there is no node, a link begins or ends at none, its support has no known word, or links go in a circle
        over several nodes.

    References
    ----------
    Sugiyama K, Tagawa S, Toda M. IEEE Trans Syst Man Cybern 1981;11:109-125.

    Examples
    --------
    >>> drawn = diagram({"a": "drug", "b": "weak muscle"}, [Link("a", "b", "blocks", "supported")])
    >>> drawn.spec["description"]
    'Arrows: drug to weak muscle (blocks; supported).'
    """
    if not nodes:
        raise ValueError("no nodes, expected one or more")
    for link in links:
        if stray := [end for end in (link.begin, link.end) if end not in nodes]:
            raise ValueError(f"link {link.label!r} has the end {stray[0]!r}, expected one of {', '.join(nodes)}")
        if link.support not in _SUPPORT:
            raise ValueError(f"link {link.label!r} is {link.support!r}, expected one of {', '.join(_SUPPORT)}")
    found = layered(nodes, [(link.begin, link.end, link.label, link.support) for link in links], PAGE)
    drawing = _Drawing(found, links)
    used = [each for each in _SUPPORT if any(link.support == each for link in links)]
    signs = [Sign(_SUPPORT[each][2], line=_SUPPORT[each][:2],
                  point=(CROSS, "transparent") if each == "contradicted" else None) for each in used]  # fmt: skip
    body = {"width": found.width, "height": drawing.height, "layer": drawing.layers()}
    said = "; ".join(f"{nodes[each.begin]} to {nodes[each.end]} ({each.label}; {each.support})" for each in links)
    return plot({
        "description": f"Arrows: {said}." if links else f"Without arrows: {', '.join(nodes.values())}.",
        **({"vconcat": [body, key(signs, width=found.width)], "spacing": 12} if signs else body),
    })  # fmt: skip


class _Drawing:
    """A layout in pixels."""

    def __init__(self, found: Layout, links: Sequence[Link]) -> None:
        self.found, self.links = found, links
        heights = [max(box.height for box in row) for row in found.rows]
        tops = np.cumsum([0.0, *(height + _BETWEEN for height in heights)])
        # From a row of labels to nodes there is the head of an arrow besides.
        extra = np.cumsum([_HEAD if i and i % 2 == 0 else 0.0 for i in range(len(heights))])
        self.middle = [float(top + more + height / 2 + 2)
                       for top, more, height in zip(tops[:-1], extra, heights, strict=True)]  # fmt: skip
        self.tall = heights
        self.height = float(tops[-1] + extra[-1] - _BETWEEN + 4)

    def layers(self) -> list[dict[str, Any]]:
        """Give lines, heads, boxes and texts."""
        at = position(self.found.width, self.height)
        ends = position(self.found.width, self.height, ends=True)
        lines, heads, crosses = self._arrows()
        boxes = [{"x": box.x - box.half, "x2": box.x + box.half, "y": self._top(box), "y2": self._bottom(box),
                  "node": name} for name, box in self.found.nodes.items()]  # fmt: skip
        layers: list[dict[str, Any]] = []
        if lines:
            layers.append({
                "data": {"values": lines},
                "mark": {"type": "line", "color": INK, "opacity": 1},
                "encoding": {**at, "detail": {"field": "link", "type": "nominal"},
                             "order": {"field": "step", "type": "quantitative"},
                             "strokeDash": as_is("dash"), "strokeWidth": as_is("wide")},
            })  # fmt: skip
        layers.append({
            "data": {"values": boxes},
            "mark": {"type": "rect", "fill": _FILL, "stroke": INK, "strokeWidth": 1, "cornerRadius": 5},
            "encoding": ends,
        })  # fmt: skip
        for shape, fill, rows in (("triangle", INK, heads), (CROSS, "transparent", crosses)):
            if rows:
                layers.append({
                    "data": {"values": rows},
                    "mark": {"type": "point", "shape": shape, "fill": fill, "stroke": INK, "opacity": 1,
                             "size": _AREA, "strokeWidth": 0.5 if rows is heads else 1.6},
                    "encoding": {**at, "angle": {"field": "angle", "type": "quantitative", "scale": None}},
                })  # fmt: skip
        for look, rows in (({}, self._texts()), ({"fontStyle": "italic"}, self._texts(words=True))):
            if rows:
                layers.append({
                    "data": {"values": rows},
                    "mark": {"type": "text", "fontSize": _FONT, "color": INK, "baseline": "middle",
                             "align": {"expr": "datum.align"}, **look},
                    "encoding": {**at, "text": {"field": "text", "type": "nominal"}},
                })  # fmt: skip
        return layers

    def _top(self, box: Box) -> float:
        return self.middle[box.row] - box.height / 2

    def _bottom(self, box: Box) -> float:
        return self.middle[box.row] + box.height / 2

    def _arrows(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
        lines, heads, crosses = [], [], []
        for i, (link, chain) in enumerate(zip(self.links, self.found.chains, strict=True)):
            path = list(self._path(chain)) if chain else list(self._loop(self.found.nodes[link.begin], i))
            dash, wide, _ = _SUPPORT[link.support]
            lines += [{"link": i, "step": step, "x": x, "y": y, "dash": list(dash), "wide": wide}
                      for step, (x, y) in enumerate(path)]  # fmt: skip
            x, y = path[-1]
            head = (x, y - 2 + _HEAD / 2, 180) if chain else (x - _HEAD / 2, y, 270)
            heads.append(dict(zip(("x", "y", "angle"), head, strict=True)))
            if link.support == "contradicted":
                labelled = next((box for box in chain if box.link is not None and box.text), None)
                x, y = (labelled.x, self.middle[labelled.row]) if labelled else path[len(path) // 2]
                crosses.append({"x": x, "y": y, "angle": 0})
        return lines, heads, crosses

    def _path(self, chain: list[Box]) -> Iterator[tuple[float, float]]:
        """Go straight through rows, and in between in curves that leave and arrive upright."""
        stops = [(chain[0].x + chain[1].ports[id(chain[0])], self._bottom(chain[0]), self._edge(chain[0].row, 1))]
        stops += [(box.x, self._edge(box.row, -1), self._edge(box.row, 1)) for box in chain[1:-1]]
        last = chain[-1].x + chain[-2].ports[id(chain[-1])]
        stops.append((last, self._edge(chain[-1].row, -1) - _HEAD, self._top(chain[-1]) - _HEAD))
        for (x, upper, lower), (x2, next_upper, _) in pairwise(stops):
            yield x, upper
            t = np.linspace(0, 1, _STEPS)
            smooth = t * t * (3 - 2 * t)
            if abs(x2 - x) < 0.5:
                yield x, lower
            else:
                across, down = x + (x2 - x) * smooth, lower + (next_upper - lower) * t
                yield from zip(across.tolist(), down.tolist(), strict=True)
        yield last, stops[-1][2] + 2

    def _edge(self, row: int, side: int) -> float:
        """Give the upper (-1) or lower (1) edge of a row."""
        return self.middle[row] + side * self.tall[row] / 2

    def _loops(self, box: Box) -> Iterator[tuple[int, list[str], float, float]]:
        """Give each loop of a node: the link, its lines of text, and where it begins and ends."""
        sizes = [LINE * len(lines) + 4 for lines in box.loop_lines]
        top = self.middle[box.row] - sum(sizes) / 2
        for link, lines, size in zip(box.loops, box.loop_lines, sizes, strict=True):
            reach = min(size, box.height / len(sizes)) * 0.3
            yield link, lines, top + size / 2 - reach, top + size / 2 + reach
            top += size

    def _loop(self, box: Box, link: int) -> Iterator[tuple[float, float]]:
        """Leave at the right, turn round and come back below."""
        begin, end = next((upper, lower) for each, _, upper, lower in self._loops(box) if each == link)
        side = box.x + box.half
        turn = np.linspace(-np.pi / 2, np.pi / 2, _STEPS)
        yield side, begin
        for angle in turn:
            yield side + _HEAD + _HEAD * float(np.cos(angle)), (
                (begin + end) / 2 + (end - begin) / 2 * float(np.sin(angle)))  # fmt: skip
        yield side + _HEAD, end

    def _texts(self, *, words: bool = False) -> list[dict[str, Any]]:
        """Give names and labels, or else the words of support: the last line of each label."""
        rows = []
        for box in (box for row in self.found.rows for box in row):
            if box.link is None:
                rows += [] if words else _stack(box.lines, box.x, self.middle[box.row], "center")
                for _, lines, begin, end in self._loops(box):
                    rows += _stack(lines, box.x + box.half + LOOP, (begin + end) / 2, "left", words)
            elif box.text:
                rows += _stack(box.lines, box.x + ASIDE, self.middle[box.row], "left", words)
        return rows


def _stack(
    lines: Sequence[str], x: float, middle: float, align: str, words: bool | None = None
) -> list[dict[str, Any]]:
    """Put lines over one another: all, the last one alone, or all but the last."""
    top = middle - LINE * (len(lines) - 1) / 2
    rows = [{"x": x, "y": top + LINE * i, "text": line, "align": align} for i, line in enumerate(lines)]
    return rows if words is None else rows[-1:] if words else rows[:-1]
