"""Every plot of the project, one function each: numbers in, a :class:`Plot` out.

A plot is Vega-Lite, the grammar that Vega-Altair writes, held as plain data: importing Altair would cost a third of
the time of a whole brief. ``Plot.altair`` gives the Altair chart to whoever wants to go on from there. Nothing is
computed here beyond what drawing needs; statistics live in ``synthesis``, ``safety`` and ``mechanism``.
"""

from glabella.plot._forest import Line, forest
from glabella.plot._plot import Plot

__all__ = ["Line", "Plot", "forest"]
