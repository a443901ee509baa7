"""The brief as one self-contained HTML file: no network, no script, readable on a phone and on paper."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from glabella._version import __version__
from glabella.brief._content import Brief
from glabella.brief._course_plot import course_plots
from glabella.brief._packed import packed
from glabella.brief._plot import (
    alternatives_forest,
    alternatives_graph,
    bias_curve,
    curve,
    pooling_forest,
    report_forest,
)
from glabella.brief._verify import CLAIMS_ID
from glabella.plot import Plot, in_turn

#: Plots that the template calls by name; nothing is shown where the brief has none.
_NAMED = ("report_forest", "curve", "unblinding", "network", "alternatives_forest")
#: Before the names of the plots of how it works over time.
_COURSE = "course."


def html(brief: Brief, draw: Callable[[Iterable[Plot]], Iterator[str]] = in_turn) -> str:
    """Render a brief as HTML; the same dossier gives the same bytes.

    Parameters
    ----------
    brief : Brief
    draw : callable
        Draws plots in their order, such as ``Studio.svgs``, which does it beside the rest of the page.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    plots = _plots(brief)
    drawing = draw(plots.values())
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["anchor"] = lambda name: name.replace("/", "-").replace(".", "-")
    template = environment.get_template("brief.html")
    data = {"glabella": __version__, **packed(claim.as_json() for claim in brief.claims.values())}
    # Within a script element both "</script" and "<!--" mean something; no "<" is left for either.
    text = json.dumps(data, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    drawn = {name: Markup(svg) for name, svg in zip(plots, drawing, strict=True)}
    context: dict[str, Any] = {
        "brief": brief,
        "answer": brief.answer,
        "dossier": brief.evidence.dossier,
        "forest": {pooling.id: drawn[f"forest.{pooling.id}"] for pooling in brief.answer.poolings},
        **{name: drawn.get(name, "") for name in _NAMED},
        "course_plots": {name[len(_COURSE) :]: svg for name, svg in drawn.items() if name.startswith(_COURSE)},
        "css": Markup((folder / "brief.css").read_text(encoding="utf-8")),
        "claims_id": CLAIMS_ID,
        "claims_json": Markup(text),
        "version": __version__,
    }
    return template.render(**context)


def _plots(brief: Brief) -> dict[str, Plot]:
    """Give the plots of a page by name."""
    held, bias, others = brief.answer.sure, brief.answer.bias, brief.answer.alternatives
    plots = {f"forest.{pooling.id}": pooling_forest(pooling) for pooling in brief.answer.poolings}
    mechanism, over_time = brief.evidence.mechanism, brief.answer.course
    if mechanism and over_time:
        plots |= {_COURSE + name: plot for name, plot in course_plots(mechanism, over_time.timed).items()}
    if brief.answer.reports:
        plots["report_forest"] = report_forest(brief.answer.reports)
    if held:
        plots["curve"] = curve(held, ratio=brief.answer.headline.measure in ("OR", "RR"))
    if bias:
        plots["unblinding"] = bias_curve(bias)
    if others:
        plots["network"] = alternatives_graph(others)
        plots["alternatives_forest"] = alternatives_forest(others)
    return plots
