"""Pooled results that others published, recomputed from this dossier."""

from __future__ import annotations

import math

from glabella._version import __version__
from glabella.brief.counting import count
from glabella.brief.measure import is_ratio
from glabella.brief.quoting import quote
from glabella.brief.results import Results, sources_of
from glabella.dossier import Target
from glabella.shown import Claim, Column, Ledger, Name, Paragraph, Row, Section, Table

_VERDICTS = {"exact": "exact", "approximate": "approximate", "not_possible": "not possible"}


def report(results: Results, book: Ledger) -> Section | None:
    """Set each published result beside ours."""
    targets = results.evidence.dossier.reproduce
    if not targets:
        return None
    under = book.under("reproduce.")
    rows = []
    for key, target in targets.items():
        ours = _ours(results, under, key, target)
        cells = (Name(target.label), _printed(under, key, target), ours or "not possible")
        rows.append(Row((*cells, _VERDICTS[target.verdict], target.why)))
    columns = (
        Column("result"),
        Column("as printed", "number"),
        Column("recomputed", "number"),
        Column("agreement"),
        Column("why", "wide"),
    )
    table = Table(
        "Published pooled results beside the same pooling of this dossier's numbers.", columns, tuple(rows)
    )
    lead = _lead(results, under)
    return Section("reproductions", "Published pooled results, recomputed", (Paragraph(lead, "lead"), table))


def _lead(results: Results, book: Ledger) -> tuple[str | Claim, ...]:
    """Count how many results were met."""
    targets = results.evidence.dossier.reproduce
    sources = [key for target in targets.values() for number in target.printed for key in number.sources]

    def counted(name: str, label: str, verdicts: set[str]) -> Claim:
        value = sum(target.verdict in verdicts for target in targets.values())
        return count(results, book, name, label, value, files=["dossier.yaml"], sources=sources)

    total = counted("total", "published pooled results", set(_VERDICTS))
    exact = counted("exact", "published pooled results met exactly", {"exact"})
    near = counted("approximate", "published pooled results met approximately", {"approximate"})
    return ("Published pooled results: ", total, "; met exactly: ", exact, "; met approximately: ", near, ".")


def _printed(book: Ledger, key: str, target: Target) -> Claim:
    first = target.printed[0]
    if len(target.printed) == 3:
        first = first.model_copy(update={"low": target.printed[1].value, "high": target.printed[2].value})
    return quote(book, first, f"{key}.printed", f"as printed: {target.label}")


def _ours(results: Results, book: Ledger, key: str, target: Target) -> Claim | None:
    if target.verdict == "not_possible":
        return None
    found = results.published(target.analysis)
    if found is None:
        return None
    (fit, effects), analysis = found, results.evidence.dossier.analyses[target.analysis]
    shown = math.exp if is_ratio(analysis.measure) else float
    return book(
        f"{key}.ours",
        f"recomputed: {target.label}",
        shown(fit.estimate),
        low=shown(fit.ci_low),
        high=shown(fit.ci_high),
        interval="95 % confidence interval",
        population="as in the review",
        time_span=results.time_of(analysis),
        certainty="not rated",
        function="glabella.synthesis.pool",
        version=__version__,
        inputs=results.inputs(tuple(effect.study for effect in effects), analysis),
        sources=sources_of(effects),
        decimals=target.decimals,
    )
