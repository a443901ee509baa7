"""Adverse-event reports: what analyses of safety offices' databases found, and what a user's own store says."""

from __future__ import annotations

import math

from glabella._version import __version__
from glabella.brief.quoting import capital, quote, say_all
from glabella.brief.results import Results
from glabella.brief.sections.report_tables import Cited, Line, Reported, axis_of, blocks
from glabella.brief.sections.reports_store import store_tables
from glabella.brief.words import words_of
from glabella.dossier import Number, ReportRow, ReportStudy
from glabella.shown import Block, Heading, Items, Ledger, Name, Paragraph, Section, Source, digest

_LEAD = (
    "These are reports of adverse events that people sent to drug regulators. They cannot say how often something "
    "happens, nor what caused it."
)
_MARKS = {"reported": "reported by another source", "derived": "derived, not printed with this row"}


def report(results: Results, book: Ledger) -> Section | None:
    """Give what must be read beside any such report, then a table for each analysis.

    Raises
    ------
    ValueError
        If a store is given and the dossier asks nothing of one.
    """
    reports, store = results.evidence.reports, results.store
    if store is not None and (reports is None or reports.ask is None):
        raise ValueError("the dossier asks nothing of a store of reports, expected ask in reports.yaml")
    if reports is None:
        return None
    under = book.under("reports.")
    short = words_of(results.evidence).short
    tables = [_table(under.under(f"{key}."), study, short) for key, study in reports.studies.items()]
    if store is not None and reports.ask is not None:
        tables += store_tables(store, reports.ask, under.under("store."))
    axis = axis_of(tables)
    content: list[Block] = [Paragraph(_LEAD, "lead"), Items(say_all(book, reports.caveats, "caveats"))]
    for table in tables:
        content.append(Heading(Name(capital(table.label))))
        content += blocks(table, axis, short)
    return Section("reports", "Adverse-event reports", tuple(content))


def _table(book: Ledger, study: ReportStudy, short: str) -> Reported:
    return Reported(
        label=study.label,
        database=study.database,
        time_span=study.time_span,
        count_of=study.count_of,
        versus=study.versus,
        measure=study.measure,
        sources=(study.source,),
        lines=tuple(_line(book, key, study, row, short) for key, row in study.rows.items()),
        findings=say_all(book, study.findings, "finding"),
    )


def _line(book: Ledger, key: str, study: ReportStudy, row: ReportRow, short: str) -> Line:
    def cited(number: Number | None, part: str, label: str) -> Cited | None:
        if number is None:
            return None
        claim = quote(
            book,
            number,
            f"{key}.{part}",
            label,
            population=f"{study.database}; {study.versus}",
            time_span=study.time_span,
        )
        return Cited(claim, _MARKS.get(number.status, ""))

    printed = cited(row.printed, "printed", f"{study.measure} as printed, {study.count_of}: {row.label}")
    return Line(
        row.label,
        (
            cited(row.arm.reports, "with.reports", f"reports, {short}: {row.label}"),
            cited(row.arm.events, "with.events", f"{study.count_of}, {short}: {row.label}"),
            cited(row.versus.reports, "versus.reports", f"reports, comparison: {row.label}"),
            cited(row.versus.events, "versus.events", f"{study.count_of}, comparison: {row.label}"),
        ),
        printed,
        _computed(book, key, study, row),
    )


def _computed(book: Ledger, key: str, study: ReportStudy, row: ReportRow) -> Cited | None:
    """Compute the reporting odds ratio where all four numbers are known."""
    from glabella.safety import reporting_odds_ratio

    numbers = (row.arm.events, row.arm.reports, row.versus.events, row.versus.reports)
    known = [number.value for number in numbers if number and number.usable and number.value is not None]
    if len(known) < len(numbers):
        return None
    events, every, other_events, every_other = known
    found = reporting_odds_ratio(events, every, events + other_events, every + every_other)
    ratio, low, high = (float(part[0]) if math.isfinite(part[0]) else None for part in found)
    sources = {each: Source(each, it.status, it.at) for it in numbers if it for each in it.sources}
    return Cited(
        book(
            f"{key}.ror",
            f"reporting odds ratio, {study.count_of}: {row.label}",
            ratio,
            low=low,
            high=high,
            interval="95 % confidence interval (Woolf)",
            population=f"{study.database}; {study.versus}",
            time_span=study.time_span,
            certainty="not rated",
            function="glabella.safety.disproportionality",
            version=__version__,
            inputs=(("reports.yaml", digest([it.model_dump(mode="json") for it in numbers if it])),),
            sources=tuple(sources.values()),
        )
    )
