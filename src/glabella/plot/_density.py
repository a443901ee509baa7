"""A density: what is believed after the data, what was believed before them, and what an interval holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glabella.plot._check import columns, forbid
from glabella.plot._plot import INK, SOFT, Plot, plot

_WIDTH, _HEIGHT = 420, 220
_SHADE = "#d5d5d5"


def density(
    x: ArrayLike,
    posterior: ArrayLike,
    *,
    prior: ArrayLike | None = None,
    interval: tuple[float, float] | None = None,
    title: str = "effect",
) -> Plot:
    """Draw a posterior density, and its prior as a broken line.

    Parameters
    ----------
    x : array_like of shape (n,)
        Where the densities are, in ascending order.
    posterior : array_like of shape (n,)
        Posterior density; such as ``Distribution.density(x)``.
    prior : array_like of shape (n,), optional
        Prior density; a flat one is left out.
    interval : tuple of float, optional
        Limits of a credible interval, under which the density is shaded; such as ``Distribution.interval()``.
    title : str
        What the quantity is.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If lengths differ, a number is not finite, a density is below zero, x does not ascend, or the interval's
        limits are not in order.

    Examples
    --------
    >>> drawn = density([0.0, 1.0, 2.0], [0.2, 0.6, 0.2], prior=[0.3, 0.3, 0.3], interval=(0.1, 1.9))
    >>> len(drawn.spec["layer"])
    3
    """
    given = {"x": x, "posterior": posterior} | ({} if prior is None else {"prior": prior})
    at, after, *before = columns(**given)
    forbid(np.diff(at, prepend=-np.inf) <= 0, at, "x", "more than the one before")
    for name, heights in zip(("posterior", "prior"), (after, *before), strict=False):
        forbid(heights < 0, heights, name, "0 or more")
    across = {"field": "x", "type": "quantitative", "title": title,
              "scale": {"domain": [float(at[0]), float(at[-1])], "nice": False, "zero": False}}  # fmt: skip
    up = {"field": "density", "type": "quantitative", "title": "density"}
    layers: list[dict[str, Any]] = []

    def layer(places: Any, heights: Any, mark: dict[str, Any]) -> None:
        rows = [{"x": float(a), "density": float(b)} for a, b in zip(places, heights, strict=True)]
        layers.append({"data": {"values": rows}, "mark": mark, "encoding": {"x": across, "y": up}})

    if interval is not None:
        low, high = interval
        if not low < high:
            raise ValueError(f"interval is {low} to {high}, expected the lower limit first")
        inside = np.unique(np.clip(np.concatenate([at, [low, high]]), low, high))
        layer(inside, np.interp(inside, at, after), {"type": "area", "color": _SHADE, "opacity": 1})
    for heights in before:
        layer(at, heights, {"type": "line", "color": SOFT, "strokeDash": [5, 4], "strokeWidth": 1.5})
    layer(at, after, {"type": "line", "color": INK, "strokeWidth": 2})
    body: dict[str, Any] = {"width": _WIDTH, "height": _HEIGHT, "layer": layers}
    if before:
        body["title"] = {"text": "broken line: prior", "anchor": "end", "fontSize": 12, "fontWeight": "normal",
                         "color": SOFT}  # fmt: skip
    return plot(body)
