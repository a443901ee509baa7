"""One interval drawn on an axis as SVG: pure, without a drawing engine.

Lengths along the axis are per cent of its width, so that a drawing is as wide as its cell and its lines stay
thin; on paper, whose renderer wants lengths, they are points of a fixed width.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

from glabella.brief.render.icons import INK
from glabella.shown import Axis, Drawn

#: For paper, whose renderer does not look for a font in the style of the page.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
ACCENT, LINE = "#0d4f63", "#7f8b96"
#: Height of a row's drawing, and side of the largest square.
HEIGHT, LARGEST, SMALLEST = 22, 12.0, 4.0
#: Most steps between ticks of an axis, and what the figures of one need in points.
_TICKS, _ROOM = 5, 36
_STEPS = (1, 2, 2.5, 5, 10)

#: How far below the top of a cell its first line stands.
FIRST = 17

#: Gives where a share of the axis lies, as an attribute's value.
Place = Callable[[float], str]


def share(axis: Axis, value: float) -> float:
    """Give where a value lies on an axis, as a share of its width.

    >>> share(Axis(-10, 10, 0), 5), round(share(Axis(0.1, 10, 1, ratio=True), 1), 3)
    (0.75, 0.5)
    """
    low, high, value = (math.log(it) if axis.ratio else it for it in (axis.low, axis.high, value))
    return (value - low) / (high - low)


def _per_cent(part: float) -> str:
    return f"{100 * part:.2f}".rstrip("0").rstrip(".") + "%"


def _points(width: float) -> Place:
    return lambda part: f"{width * part:.1f}".removesuffix(".0")


def interval(
    drawn: Drawn, axis: Axis, *, label: str = "", side: float = LARGEST, width: float | None = None
) -> str:
    """Draw a claim's interval: a square, a diamond or a dashed line; an arrow where it leaves the axis.

    Parameters
    ----------
    drawn : Drawn
        The claim and how it looks.
    axis : Axis
        On what it is drawn; its lines of no effect and of the difference that matters are drawn as well.
    label : str
        What a reader who does not see it is told.
    side : float
        Of a square.
    width : float, optional
        Of the drawing in points; left out, it is as wide as what holds it.

    Examples
    --------
    >>> from glabella.shown import Ledger
    >>> claim = Ledger()("x", "effect", -1.0, low=-2.0, high=0.5, population="", time_span="", certainty="low",
    ...                  function="f", version="1", inputs=(), sources=())
    >>> "<rect" in interval(Drawn(claim), Axis(-4, 2, 0))
    True
    """
    name = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    if width is None:
        # As high as its cell, so that lines run from row to row; marks stand beside the first line of its row.
        lines, mark = _lines(axis, _per_cent, "100%"), _mark(drawn, axis, _per_cent, side)
        return f'<svg class="iv" {name}>{lines}<svg y="{FIRST}" overflow="visible">{mark}</svg></svg>'
    place = _points(width)
    size = f'width="{width:g}" height="{HEIGHT}" viewBox="0 0 {width:g} {HEIGHT}"'
    lines, mark = _lines(axis, place, str(HEIGHT)), _mark(drawn, axis, place, side)
    return f'<svg class="iv" {size} {name}>{lines}<g transform="translate(0 {HEIGHT / 2:g})">{mark}</g></svg>'


def _lines(axis: Axis, place: Place, height: str) -> str:
    """Draw the line of no effect, and the difference that matters dashed."""
    found = ""
    for value, dash in ((axis.null, ""), (axis.important, ' stroke-dasharray="3 3"')):
        if value is not None:
            at = place(share(axis, value))
            found += f'<line x1="{at}" x2="{at}" y1="0" y2="{height}" stroke="{LINE}"{dash}/>'
    return found


def _mark(drawn: Drawn, axis: Axis, place: Place, side: float) -> str:
    """Draw a claim around the height of zero."""
    claim = drawn.claim
    if claim.value is None and claim.low is None and claim.high is None:
        return ""
    low, high = _ends(drawn, axis)
    within = (min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0))
    if drawn.look == "prediction":
        look = f'stroke="{ACCENT}" stroke-width="2"'
        caps = "".join(_cap(place(end), look) for end in (low, high) if 0 <= end <= 1)
        return _line(within, place, f'{look} stroke-dasharray="5 3"') + caps + _arrows(low, high, place, ACCENT)
    middle = None if claim.value is None else share(axis, claim.value)
    if drawn.look == "pooled" and middle is not None:
        return _diamond(within, min(max(middle, within[0]), within[1]), place) + _arrows(low, high, place, ACCENT)
    square = _square(place(middle), side) if middle is not None and 0 <= middle <= 1 else ""
    return _line(within, place, f'stroke="{INK}" stroke-width="1.6"') + square + _arrows(low, high, place, INK)


def _ends(drawn: Drawn, axis: Axis) -> tuple[float, float]:
    """Give where the limits lie, as shares; an end that is not there lies beyond the axis."""
    claim = drawn.claim
    if claim.low is None and claim.high is None:
        at = share(axis, axis.null if claim.value is None else claim.value)
        return at, at
    return _end(claim.low, axis, -1.0), _end(claim.high, axis, 2.0)


def _end(value: float | None, axis: Axis, beyond: float) -> float:
    return beyond if value is None or (axis.ratio and value <= 0) else share(axis, value)


def _line(ends: tuple[float, float], place: Place, look: str) -> str:
    return f'<line x1="{place(ends[0])}" x2="{place(ends[1])}" {look}/>'


def _cap(at: str, look: str) -> str:
    return f'<line x1="{at}" x2="{at}" y1="-5" y2="5" {look}/>'


def _square(at: str, side: float) -> str:
    half = f"{side / 2:.3g}"
    return (
        f'<rect x="{at}" y="-{half}" width="{side:.3g}" height="{side:.3g}"'
        f' transform="translate(-{half} 0)" fill="{INK}"/>'
    )


def _diamond(ends: tuple[float, float], middle: float, place: Place) -> str:
    """Draw a diamond in a drawing of its own, stretched to the interval's width."""
    span = max(ends[1] - ends[0], 1e-6)
    top = f"{100 * (middle - ends[0]) / span:.1f}"
    return (
        f'<svg x="{place(ends[0])}" y="-7" width="{place(span)}" height="14" viewBox="0 0 100 14"'
        f' preserveAspectRatio="none"><path d="M0 7L{top} 0L100 7L{top} 14z" fill="{ACCENT}"/></svg>'
    )


def _arrows(low: float, high: float, place: Place, colour: str) -> str:
    """Draw an arrow at each end of the axis that an interval crosses."""
    found = f'<path d="M0 0l7-4.5v9z" fill="{colour}"/>' if low < 0 else ""
    if high > 1:
        arrow = f'<path d="M0 0l-7-4.5v9z" fill="{colour}"/>'
        found += f'<svg x="{place(1)}" overflow="visible">{arrow}</svg>'
    return found


def ticks(axis: Axis, most: int = _TICKS) -> tuple[float, ...]:
    """Choose round values of an axis, with fewer steps between them than ``most``, so that they can be read.

    >>> ticks(Axis(-24, 6, 0)), ticks(Axis(0.1, 4, 1, ratio=True))
    ((-20.0, -10.0, 0.0), (0.1, 0.2, 0.5, 1.0, 2.0))
    """
    return _log_ticks(axis, most) if axis.ratio else _even_ticks(axis, most)


def _even_ticks(axis: Axis, most: int) -> tuple[float, ...]:
    span = axis.high - axis.low
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(it * power for it in _STEPS if span / (it * power) < most)
    first, last = math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9)
    return tuple(round(place * step, 10) + 0.0 for place in range(first, last + 1))


def _log_ticks(axis: Axis, most: int) -> tuple[float, ...]:
    """Choose no effect, powers of ten, and of their halves and doubles those that leave room for their figures."""
    low, high = (math.floor(math.log10(end)) for end in (axis.low, axis.high))
    # Of many powers only every second or third, counted from one.
    apart = 0.9 / most
    step = max(1, math.ceil(apart * math.log10(axis.high / axis.low)))
    powers = [10.0**power for power in range(low, high + 1) if power % step == 0]
    kept: list[float] = []
    for value in (float(axis.null), *powers, *(5 * it for it in powers), *(2 * it for it in powers)):
        at = share(axis, value)
        if -1e-9 <= at <= 1 + 1e-9 and all(abs(at - share(axis, other)) >= apart for other in kept):
            kept.append(value)
    return tuple(sorted(kept))


def tick_text(value: float) -> str:
    """Write a tick with a real minus sign.

    >>> tick_text(-20.0), tick_text(0.5)
    ('−20', '0.5')
    """
    return f"{value:g}".replace("-", "−")


def axis_svg(axis: Axis, *, width: float | None = None) -> str:
    """Draw an axis with its ticks and their values."""
    place = _per_cent if width is None else _points(width)
    size = 'width="100%"' if width is None else f'width="{width:g}" viewBox="0 0 {width:g} 21" font-family="{FONT}"'
    found = [f'<line x1="0" x2="{place(1)}" y1="1" y2="1" stroke="{INK}"/>']
    most = _TICKS if width is None else min(_TICKS, max(2, int(width // _ROOM)))
    for value in ticks(axis, most):
        part = share(axis, value)
        at = place(part)
        anchor = "start" if part < 0.04 else "end" if part > 0.96 else "middle"
        found.append(
            f'<line x1="{at}" x2="{at}" y1="1" y2="6" stroke="{INK}"/>'
            f'<text x="{at}" y="18" text-anchor="{anchor}">{tick_text(value)}</text>'
        )
    return f'<svg class="ax" {size} height="21" font-size="13" aria-hidden="true">{"".join(found)}</svg>'
