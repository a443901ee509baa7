"""Spontaneous reports as claims: what publications printed, and the ratio of every table whose counts are known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from glabella._version import __version__
from glabella.decision._words import quote
from glabella.dossier import Number, Reports, ReportStudy
from glabella.shown import Claim, Source, digest


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One comparison: reports and events on both sides, the ratio as printed and as computed; None is not known."""

    label: str
    reports: Claim | None
    events: Claim | None
    versus_reports: Claim | None
    versus_events: Claim | None
    printed: Claim | None
    computed: Claim | None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """One analysis of one database."""

    id: str
    label: str
    database: str
    time_span: str
    count_of: str
    versus: str
    source: str | None
    lines: tuple[ReportLine, ...]


def report_tables(reports: Reports | None, keep: Callable[[Claim], Claim]) -> tuple[ReportTable, ...]:
    """Turn the dossier's report studies into tables of claims.

    Parameters
    ----------
    reports : Reports or None
        As read; a dossier may have none.
    keep : callable
        Remembers a claim that may be shown, and gives it back.

    Returns
    -------
    tuple of ReportTable
    """
    return tuple(_table(key, study, keep) for key, study in reports.studies.items()) if reports else ()


def _table(key: str, study: ReportStudy, keep: Callable[[Claim], Claim]) -> ReportTable:
    lines = []
    for name, row in study.rows.items():
        place = f"reports.{key}.{name}"

        def shown(number: Number | None, part: str, label: str, place: str = place) -> Claim | None:
            if number is None:
                return None
            population, time = f"{study.database}; {study.versus}", study.time_span
            return keep(quote(number, f"{place}.{part}", label, population=population, time_span=time))

        sides = {"with": row.arm, "versus": row.versus}
        told = {
            (side, part): shown(getattr(both, part), f"{side}.{part}", f"{words}, {row.label}")
            for side, both in sides.items()
            for part, words in (("reports", f"reports, {side}"), ("events", f"{study.count_of}, {side}"))
        }
        printed = shown(row.printed, "printed", f"{study.measure} as printed, {study.count_of}: {row.label}")
        numbers = (row.arm.events, row.arm.reports, row.versus.events, row.versus.reports)
        computed = _ratio(place, study, row.label, numbers)
        lines.append(
            ReportLine(
                label=row.label,
                reports=told["with", "reports"],
                events=told["with", "events"],
                versus_reports=told["versus", "reports"],
                versus_events=told["versus", "events"],
                printed=printed,
                computed=keep(computed) if computed else None,
            )
        )
    return ReportTable(
        key, study.label, study.database, study.time_span, study.count_of, study.versus, study.source, tuple(lines)
    )


def _ratio(place: str, study: ReportStudy, label: str, numbers: tuple[Number | None, ...]) -> Claim | None:
    """Compute the reporting odds ratio where all four numbers are known and none is only remembered."""
    # The arrays behind glabella.safety.disproportionality: reading a frame library costs more than the ratios.
    from glabella.safety.measures._disproportionality import measured

    known = [
        number.value for number in numbers if number is not None and number.usable and number.value is not None
    ]
    if len(known) < len(numbers):
        return None
    with_events, with_all, versus_events, versus_all = known
    columns = measured(with_events, with_all, with_events + versus_events, with_all + versus_all)
    row = {name: float(columns[name][0]) if math.isfinite(columns[name][0]) else None
           for name in ("ror", "ror_low", "ror_high")}  # fmt: skip
    sources = {key: Source(key, number.status, number.at) for number in numbers if number for key in number.sources}
    return Claim(
        id=f"{place}.ror",
        label=f"reporting odds ratio, {study.count_of}: {label}",
        value=row["ror"],
        low=row["ror_low"],
        high=row["ror_high"],
        interval="95 % confidence interval (Woolf)",
        unit="",
        population=f"{study.database}; {study.versus}",
        time_span=study.time_span,
        certainty="not rated",
        function="glabella.safety.disproportionality",
        version=__version__,
        inputs=(("reports.yaml", digest([n.model_dump(mode="json") for n in numbers if n])),),
        sources=tuple(sources.values()),
    )
