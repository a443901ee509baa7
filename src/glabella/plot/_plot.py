"""A plot as data, and the ways to see it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glabella._writing import replace

if TYPE_CHECKING:
    import altair

INK = "#1b1b1b"
SOFT = "#777777"
_CONFIG = {
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "grid": False,
        "labelFlush": False,
    },
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 0},
    "font": "DejaVu Sans, sans-serif",
    # Ink is dark: on a dark page or slide a plot without paper below it would not be seen.
    "background": "white",
}


@dataclass(frozen=True, slots=True)
class Plot:
    """A Vega-Lite description that draws itself, offline.

    Attributes
    ----------
    spec : dict
        The description; JSON through and through.
    """

    spec: dict[str, Any]

    def svg(self) -> str:
        """Draw as SVG."""
        import vl_convert

        drawn: str = vl_convert.vegalite_to_svg(self.spec)
        return drawn

    def png(self, *, scale: float = 2.0) -> bytes:
        """Draw as PNG, ``scale`` pixels to a point."""
        import vl_convert

        drawn: bytes = vl_convert.vegalite_to_png(self.spec, scale=scale)
        return drawn

    def save(self, path: str | Path) -> None:
        """Write to ``path`` as its suffix says, .svg or .png: whole, or not at all.

        Raises
        ------
        ValueError
            If the suffix is another one.
        OSError
            If it cannot be written; what stood there is as it was.
        """
        replace(Path(path), self.content(path))

    def content(self, path: str | Path) -> bytes:
        """Give the bytes of a file of that name: SVG or PNG.

        Raises
        ------
        ValueError
            If the suffix is neither .svg nor .png.
        """
        suffix = Path(path).suffix
        if suffix not in (".svg", ".png"):
            raise ValueError(f"{path}: cannot draw as {suffix or 'a file without suffix'!r}; "
                             "expected .svg or .png")  # fmt: skip
        return self.svg().encode() if suffix == ".svg" else self.png()

    def altair(self) -> altair.Chart:
        """Give the plot as an Altair chart (needs Altair installed)."""
        import altair

        chart: altair.Chart = altair.Chart.from_dict(self.spec)
        return chart

    def _repr_svg_(self) -> str:
        """Let notebooks draw it."""
        return self.svg()


def plot(body: dict[str, Any]) -> Plot:
    """Give a chart's body the look that all plots share."""
    return Plot({"$schema": "https://vega.github.io/schema/vega-lite/v6.json", **body, "config": _CONFIG})
