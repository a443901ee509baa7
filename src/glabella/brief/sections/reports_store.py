"""A user's own store of reports: the dossier's drug with its events, and its declared comparison."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING

from glabella._version import __version__
from glabella.brief.sections.report_tables import Cited, Line, Reported
from glabella.dossier import ReportQuestion
from glabella.shown import Ledger

if TYPE_CHECKING:
    from glabella.safety import CohortResult, ReportStore

_LOG = logging.getLogger(__name__)
_SYNTHETIC = "SYNTHETIC REPORTS, made by a generator"
_MEASURE = "reporting odds ratio"
#: Counts of a line, by the ends of their ids.
_PARTS = {
    "with.reports": "reports of the drug",
    "with.events": "reports of the drug with the event",
    "versus.reports": "reports of the comparison",
    "versus.events": "reports of the comparison with the event",
}


def store_tables(store: ReportStore, question: ReportQuestion, book: Ledger) -> list[Reported]:
    """Ask a store what the dossier wants to know of it.

    Parameters
    ----------
    store : ReportStore
        Opened.
    question : ReportQuestion
        The dossier's drug, events and declared comparison.
    book : Ledger
        Keeps the claims.

    Returns
    -------
    list of Reported
        The events against all other reports, then the comparison, arm by arm as declared.
    """
    from glabella.safety.cohort import NothingToCompareError

    said = store.describe()
    database = _SYNTHETIC if said.synthetic else "the store of reports given to this brief"
    label = "SYNTHETIC store" if said.synthetic else "this store"
    span = f"{said.quarters[0]} to {said.quarters[-1]}"
    under = book.under(
        "",
        population=f"{database}, index {said.digest}",
        time_span=span,
        certainty="not rated",
        version=__version__,
        inputs=(("store", said.digest),),
        sources=(),
    )

    def reported(title: str, count_of: str, versus: str, lines: list[Line]) -> Reported:
        return Reported(title, database, span, count_of, versus, _MEASURE, (), tuple(lines))

    every = _signals(store, question, under.under("all.", function="glabella.safety.ReportStore.signals"))
    tables = [reported(label, "reports of each list of events", "all other reports", every)]
    try:
        result = store.cohort(question.cohort)
    except NothingToCompareError as reason:
        _LOG.warning("the declared comparison is left out: %s", reason)
        return tables
    arms = _arms(result, under.under("cohort.", function="glabella.safety.run_cohort"))
    events = result.spec.events.primary.replace("_", " ")
    versus = "other treatments of the same indication"
    tables.append(reported(f"{label}, as declared", f"reports of {events}", versus, arms))
    return tables


def _signals(store: ReportStore, question: ReportQuestion, book: Ledger) -> list[Line]:
    """Set each list of events against all other reports."""
    found = store.signals(drug=question.drug, event=list(question.events), ebgm=False)
    lines = []
    for name, row in zip(question.events, found.iter_rows(named=True), strict=True):
        n, drug, event, total = (row[key] for key in ("n", "n_drug", "n_event", "n_total"))
        counts = (drug, n, total - drug, event - n)
        lines.append(_line(book.under(f"{name}."), name.replace("_", " "), counts, _ratio_of(row)))
    return lines


def _arms(result: CohortResult, book: Ledger) -> list[Line]:
    """Give the declared comparison, arm by arm."""
    lines = []
    for one in result.arms:
        row = one.frame.row(0, named=True)
        a, b, c, d = (row[f"{side}_{what}"] for side in ("exposed", "comparator") for what in ("with", "without"))
        lines.append(_line(book.under(f"{one.arm.id}."), one.arm.label, (a + b, a, c + d, c), _ratio_of(row)))
    return lines


_Ratio = tuple[float | None, float | None, float | None]


def _ratio_of(row: dict[str, float | None]) -> _Ratio:
    return row["ror"], row["ror_low"], row["ror_high"]


def _line(book: Ledger, label: str, counts: tuple[int, int, int, int], ratio: _Ratio) -> Line:
    reports, events, other_reports, other_events = (
        Cited(book(part, f"{_PARTS[part]}: {label}", number, unit="reports", decimals=0))
        for part, number in zip(_PARTS, counts, strict=True)
    )
    value, low, high = ratio
    computed = None
    if value is not None and math.isfinite(value):
        computed = Cited(
            book(
                "ror",
                f"reporting odds ratio: {label}",
                value,
                low=low,
                high=high,
                interval="95 % confidence interval (Woolf)",
            )
        )
    return Line(label, (reports, events, other_reports, other_events), None, computed)
