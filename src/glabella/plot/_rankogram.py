"""The rankogram: for each treatment how likely it is to be first, second, … , the best at the top left."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glabella.plot._check import Floats, names
from glabella.plot._plot import INK, SOFT, Plot, plot

_WIDTH, _HEIGHT, _COLUMNS = 130, 70, 4
#: Characters after which a treatment's name goes on in the next line.
_WRAP = 22


def rankogram(probability: ArrayLike, treatments: Sequence[str]) -> Plot:
    """Draw a panel of bars for each treatment.

    Parameters
    ----------
    probability : array_like of shape (n, n)
        Of treatment i to have rank j + 1, the first being the best; such as ``Ranks.probability``.
    treatments : sequence of n str
        Names of the rows. Panels are sorted by their mean rank; each says its SUCRA.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If the matrix is not square, or a row is not of probabilities that sum to one.

    References
    ----------
    Salanti G, Ades AE, Ioannidis JPA. J Clin Epidemiol 2011;64:163-171.

    Examples
    --------
    >>> drawn = rankogram([[0.7, 0.3], [0.3, 0.7]], ["A", "B"])
    >>> len(drawn.spec["concat"])
    2
    """
    shares = np.asarray(probability, dtype=float)
    n = len(shares)
    if shares.ndim != 2 or shares.shape != (n, n) or n < 2:
        raise ValueError(f"probability has shape {shares.shape}, expected (n, n) with n of 2 or more")
    labels = names("treatments", treatments, n)
    for name, row in zip(labels, shares, strict=True):
        if not (np.isfinite(row).all() and (row >= 0).all() and abs(row.sum() - 1) < 1e-6):
            raise ValueError(f"the row of {name!r} holds {row.min():g} to {row.max():g} and sums to {row.sum():g}, "
                             "expected probabilities that sum to 1")  # fmt: skip
    mean = shares @ np.arange(1, n + 1)
    best = np.argsort(mean, kind="stable")
    columns = min(_COLUMNS, n)
    panels = []
    for place, row in enumerate(best):
        bottom = place >= n - columns
        sucra = (n - mean[row]) / (n - 1)
        panels.append(_panel(shares[row], labels[row], sucra, float(shares.max()), place % columns == 0, bottom))
    return plot({"concat": panels, "columns": columns, "spacing": {"row": 8, "column": 14}})


def _panel(share: Floats, name: str, sucra: float, top: float, left: bool, bottom: bool) -> dict[str, Any]:
    n = len(share)
    rows = [{"rank": rank, "probability": float(p)} for rank, p in enumerate(share, 1)]
    wrapped = textwrap.wrap(name, _WRAP) or [name]
    ticks = sorted({1, *range(5, n, 5), n} - ({n - n % 5} if n % 5 in (1, 2) and n > 5 else set()))
    return {
        "title": {"text": wrapped, "subtitle": f"SUCRA {sucra:.2f}", "anchor": "start", "frame": "group",
                  "fontSize": 11, "fontWeight": "normal", "subtitleFontSize": 10, "subtitleColor": SOFT,
                  "offset": 3},
        "data": {"values": rows},
        "width": _WIDTH,
        "height": _HEIGHT,
        "mark": {"type": "bar", "color": INK, "width": max(1.5, 0.75 * _WIDTH / n)},
        "encoding": {
            "x": {
                "field": "rank",
                "type": "quantitative",
                "scale": {"domain": [0.5, n + 0.5], "nice": False, "zero": False},
                "axis": {"values": ticks if len(ticks) < 8 else [1, n], "format": "d", "labels": bottom,
                         "ticks": bottom, "title": "rank" if bottom else None, "labelFontSize": 10},
            },
            "y": {
                "field": "probability",
                "type": "quantitative",
                "scale": {"domain": [0, top], "nice": True},
                "axis": {"tickCount": 3, "format": "%", "labels": left, "ticks": left, "labelFontSize": 10,
                         "title": "probability" if left else None, "titleFontSize": 10},
            },
        },
    }  # fmt: skip
