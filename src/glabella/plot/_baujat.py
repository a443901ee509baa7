"""Baujat's plot: which study makes the studies differ, and which moves the pooled effect."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from glabella.plot._check import columns, forbid, names
from glabella.plot._labels import Frame, label_layers
from glabella.plot._plot import INK, SOFT, Plot, plot

#: Larger than the other plots: most studies crowd in one corner.
_WIDTH, _HEIGHT = 520, 420
#: So many names can be read beside their marks; more would need lines across the crowd near the origin.
_NAMED = 10


def baujat(contribution: ArrayLike, influence: ArrayLike, *, labels: Sequence[str], named: int = _NAMED) -> Plot:
    """Draw Baujat's plot.

    Parameters
    ----------
    contribution : array_like of shape (k,)
        Each study's contribution to Cochran's Q; ``Influence.q_contribution``.
    influence : array_like of shape (k,)
        What leaving the study out does to the pooled effect; ``Influence.effect_change``.
    labels : sequence of k str
        Names beside the points; an empty one is left out.
    named : int
        At most so many names are shown, those of the studies farthest from the origin, where both axes count alike.
        The studies near the origin matter least and crowd; the plot says how many have no name.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If lengths differ, a number is not finite or below zero, or ``named`` is below zero.

    References
    ----------
    Baujat B, Mahé C, Pignon J-P, Hill C. A graphical method for exploring heterogeneity in meta-analyses.
    Stat Med 2002;21:2641-2652.

    Examples
    --------
    >>> drawn = baujat([0.2, 1.4, 0.1], [0.01, 0.9, 0.2], labels=["A", "B", "C"])
    >>> len(drawn.spec["layer"][0]["data"]["values"])
    3
    """
    x, y = columns(contribution=contribution, influence=influence)
    texts = names("labels", labels, len(x))
    forbid(x < 0, x, "contribution", "0 or more")
    forbid(y < 0, y, "influence", "0 or more")
    # The scales start at zero, a little inside the frame, so that the crowd near it keeps its marks.
    right, upper = (float(column.max()) or 1.0 for column in (x, y))
    across, up = (-0.03 * right, 1.08 * right), (-0.04 * upper, 1.08 * upper)
    if named < 0:
        raise ValueError(f"named is {named}, expected 0 or more")
    farthest = np.argsort(-np.hypot(x / right, y / upper), kind="stable")
    shown = set([i for i in farthest.tolist() if texts[i]][:named])
    texts = [text if i in shown else "" for i, text in enumerate(texts)]
    nameless = texts.count("")
    rows = [
        {"contribution": float(a), "influence": float(b), "study": t} for a, b, t in zip(x, y, texts, strict=True)
    ]
    points = {
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "color": INK, "opacity": 1, "size": 36},
        "encoding": {
            "x": {
                "field": "contribution",
                "type": "quantitative",
                "scale": {"domain": list(across), "nice": False, "zero": False},
                "title": "contribution to heterogeneity (squared Pearson residual)",
            },
            "y": {
                "field": "influence",
                "type": "quantitative",
                "scale": {"domain": list(up), "nice": False, "zero": False},
                "title": "influence on the pooled effect (squared change, standardised)",
            },
        },
    }
    frame = Frame(_WIDTH, _HEIGHT, across, up)
    body = {"width": _WIDTH, "height": _HEIGHT, "layer": [points, *label_layers(x, y, texts, frame)]}
    if nameless:
        studies = f"{nameless} study has" if nameless == 1 else f"{nameless} studies have"
        body["title"] = {"text": f"{studies} no name here", "anchor": "end", "fontSize": 12, "fontWeight": "normal",
                         "color": SOFT}  # fmt: skip
    return plot(body)
