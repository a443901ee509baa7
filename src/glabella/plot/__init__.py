"""Every plot of the project, one function each: numbers in, a :class:`Plot` out.

A plot is Vega-Lite, the grammar that Vega-Altair writes, held as plain data: importing Altair would cost a third of
the time of a whole brief. ``Plot.altair`` gives the Altair chart to whoever wants to go on from there. Nothing is
computed here beyond what drawing needs; statistics live in ``synthesis``, ``safety`` and ``mechanism``. Shape, dash
and fill carry the meaning and every colour is a grey, so that a plot survives a printer without colour.
"""

from glabella.plot._baujat import baujat
from glabella.plot._course import Course, Point, explained_course, time_course
from glabella.plot._density import density
from glabella.plot._diagram import Link, diagram
from glabella.plot._forest import Line, forest
from glabella.plot._funnel import funnel
from glabella.plot._gosh import gosh
from glabella.plot._labbe import labbe
from glabella.plot._netheat import net_heat
from glabella.plot._network import network_graph
from glabella.plot._plot import Plot
from glabella.plot._radial import radial
from glabella.plot._rankogram import rankogram
from glabella.plot._specification import specification_curve
from glabella.plot._studio import Studio, in_turn
from glabella.plot._trend import trend
from glabella.plot._unblinding import unblinding
from glabella.plot._volcano import volcano

__all__ = [
    "Course",
    "Line",
    "Link",
    "Plot",
    "Point",
    "Studio",
    "baujat",
    "density",
    "diagram",
    "explained_course",
    "forest",
    "funnel",
    "gosh",
    "in_turn",
    "labbe",
    "net_heat",
    "network_graph",
    "radial",
    "rankogram",
    "specification_curve",
    "time_course",
    "trend",
    "unblinding",
    "volcano",
]
