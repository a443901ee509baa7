"""Drawing in pixels: positions as they are, and the key that says in words what marks mean."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glabella.plot._plot import INK

#: Width that a phone shows without shrinking letters much, in pixels.
PAGE = 372
#: Of words beside others: quiet, and dark enough to be read by all.
QUIET = "#595959"
#: Two strokes that cross, as a path: the shapes that Vega-Lite knows by name have none.
CROSS = "M-1.3,-1.3L1.3,1.3M-1.3,1.3L1.3,-1.3"
#: Mean width of a character against the font's size, with a little to spare.
_WIDE = 0.58
_FONT, _LINE, _GAP = 11, 18, 16.0
#: Widths of a sample with a line or a box, and of one that is a point.
_SAMPLE, _DOT = 34.0, 10.0


@dataclass(frozen=True, slots=True)
class Sign:
    """One entry of a key: words, and the sample of what they stand for.

    A sample may have a line (its dash and width), a box (its shade) and a point (its shape and fill).
    """

    words: str
    line: tuple[tuple[float, ...], float] | None = None
    box: str = ""
    point: tuple[str, str] | None = None

    @property
    def sample(self) -> float:
        """Width of the sample with the gap behind it; words without one start at once."""
        wide = _SAMPLE if self.line or self.box else _DOT if self.point else -6.0
        return wide + 6


def text_width(text: str, size: float = _FONT) -> float:
    """Give the width of a text in pixels, rather too wide than too narrow."""
    return len(text) * size * _WIDE


def position(width: float, height: float, *, ends: bool = False) -> dict[str, Any]:
    """Encode fields x and y (and x2 and y2) as pixels from the upper left corner."""
    both: dict[str, Any] = {
        way: {
            "field": way,
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": domain, "nice": False, "zero": False},
        }
        for way, domain in (("x", [0, width]), ("y", [height, 0]))
    }
    return both | ({"x2": {"field": "x2"}, "y2": {"field": "y2"}} if ends else {})


def lines_of(title: str) -> list[str]:
    """Break a title where a phone's width ends."""
    return textwrap.wrap(title, int(PAGE / text_width(" ", 12))) or [""]


def heading(title: str) -> dict[str, Any]:
    """Give what an upright axis shows as a title above it: letters that stand on their side are hard to read."""
    return {"text": lines_of(title), "anchor": "start", "fontSize": 12, "fontWeight": "normal", "color": QUIET}


def as_is(field: str) -> dict[str, Any]:
    """Encode a field that holds what is drawn: a shade, a dash, a shape, a width."""
    return {"field": field, "type": "nominal", "scale": None}


def key(signs: Sequence[Sign], *, width: float = PAGE, left: float = 0.0) -> dict[str, Any]:
    """Give the key as a view to stand below a plot.

    Parameters
    ----------
    signs : sequence of Sign
    width : float
        After which entries go on in the next row.
    left : float
        Where rows start; below zero to start under the labels of an axis.
    """
    x, y = 0.0, _LINE / 2
    places = []
    for sign in signs:
        need = sign.sample + text_width(sign.words)
        if x and x + need > width:
            x, y = 0.0, y + _LINE
        places.append((sign, x + left, y))
        x += need + _GAP
    height = y + _LINE / 2
    room = max(width + min(left, 0.0), 1.0)
    layers = [*_samples(places, position(room, height), position(room, height, ends=True))]
    layers.append({
        "data": {"values": [{"x": x + sign.sample, "y": y, "words": sign.words} for sign, x, y in places]},
        "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": _FONT, "color": INK},
        "encoding": {**position(room, height), "text": {"field": "words", "type": "nominal"}},
    })  # fmt: skip
    return {"width": room, "height": height, "layer": layers}


def _samples(
    places: Sequence[tuple[Sign, float, float]], at: dict[str, Any], ends: dict[str, Any]
) -> list[dict[str, Any]]:
    boxes = [{"x": x, "x2": x + _SAMPLE, "y": y - 6, "y2": y + 6, "fill": sign.box}
             for sign, x, y in places if sign.box]  # fmt: skip
    # A box has its line at both edges, as a band has.
    lines = [{"x": x, "x2": x + _SAMPLE, "y": y + shift, "y2": y + shift, "dash": list(sign.line[0]),
              "wide": sign.line[1]}
             for sign, x, y in places if sign.line for shift in ((-6, 6) if sign.box else (0,))]  # fmt: skip
    points = [{"x": x + (sign.sample - 6) / 2, "y": y, "shape": sign.point[0], "fill": sign.point[1]}
              for sign, x, y in places if sign.point]  # fmt: skip
    drawn = []
    if boxes:
        drawn.append({"data": {"values": boxes}, "mark": {"type": "rect"},
                      "encoding": {**ends, "fill": as_is("fill")}})  # fmt: skip
    if lines:
        drawn.append({"data": {"values": lines}, "mark": {"type": "rule", "color": INK},
                      "encoding": {**ends, "strokeDash": as_is("dash"), "strokeWidth": as_is("wide")}})  # fmt: skip
    if points:
        drawn.append({"data": {"values": points},
                      "mark": {"type": "point", "stroke": INK, "size": 60, "opacity": 1, "strokeWidth": 1.4},
                      "encoding": {**at, "shape": as_is("shape"), "fill": as_is("fill")}})  # fmt: skip
    return drawn
