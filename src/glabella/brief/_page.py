"""The brief as one self-contained HTML file: no network, no script, readable on a phone and on paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from glabella._version import __version__
from glabella.brief._content import Brief
from glabella.brief._plot import (
    alternatives_forest,
    alternatives_graph,
    bias_curve,
    curve,
    pooling_forest,
    report_forest,
)

#: Where the page keeps its claims for ``glabella brief verify`` and ``diff``.
CLAIMS_ID = "glabella-claims"


def html(brief: Brief) -> str:
    """Render a brief as HTML; the same dossier gives the same bytes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["anchor"] = lambda name: name.replace("/", "-").replace(".", "-")
    data = {"glabella": __version__, "claims": [claim.as_json() for claim in brief.claims.values()]}
    text = json.dumps(data, ensure_ascii=False, sort_keys=True).replace("</", "<\\/")
    held, bias, others = brief.answer.sure, brief.answer.bias, brief.answer.alternatives
    context: dict[str, Any] = {
        "brief": brief,
        "answer": brief.answer,
        "dossier": brief.evidence.dossier,
        "forest": {pooling.id: Markup(pooling_forest(pooling).svg()) for pooling in brief.answer.poolings},
        "report_forest": Markup(report_forest(brief.answer.reports).svg()) if brief.answer.reports else "",
        "curve": Markup(curve(held, ratio=brief.answer.headline.measure in ("OR", "RR")).svg()) if held else "",
        "unblinding": Markup(bias_curve(bias).svg()) if bias else "",
        "network": Markup(alternatives_graph(others).svg()) if others else "",
        "alternatives_forest": Markup(alternatives_forest(others).svg()) if others else "",
        "css": Markup((folder / "brief.css").read_text(encoding="utf-8")),
        "claims_id": CLAIMS_ID,
        "claims_json": Markup(text),
        "version": __version__,
    }
    return environment.get_template("brief.html").render(**context)
