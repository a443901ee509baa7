"""A user's own store of reports as claims: the dossier's drug with its events, and its declared comparison."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from glabella._version import __version__
from glabella.decision._reports import ReportLine, ReportTable
from glabella.dossier import ReportQuestion
from glabella.shown import Claim

if TYPE_CHECKING:
    from glabella.safety import ReportStore

_LOG = logging.getLogger(__name__)
_SYNTHETIC = "SYNTHETIC REPORTS, made by a generator"


def store_tables(
    store: ReportStore, question: ReportQuestion, keep: Callable[[Claim], Claim]
) -> tuple[ReportTable, ...]:
    """Ask a store what the dossier wants to know of it.

    Parameters
    ----------
    store : ReportStore
        Opened.
    question : ReportQuestion
        The dossier's drug, events and declared comparison.
    keep : callable
        Remembers a claim that may be shown, and gives it back.

    Returns
    -------
    tuple of ReportTable
        The events against all other reports, then the comparison, arm by arm as declared.
    """
    from glabella.safety.cohort import NothingToCompareError

    said = store.describe()
    database = _SYNTHETIC if said.synthetic else "the store of reports given to this brief"
    label = "SYNTHETIC store" if said.synthetic else "this store"
    span = f"{said.quarters[0]} to {said.quarters[-1]}"
    found = store.signals(drug=question.drug, event=list(question.events), ebgm=False)
    make = _Maker(f"{database}, index {said.digest}", span, said.digest, keep)
    lines = []
    for name, row in zip(question.events, found.iter_rows(named=True), strict=True):
        n, drug, event, total = (row[key] for key in ("n", "n_drug", "n_event", "n_total"))
        cells = (n, drug - n, event - n, total - drug - event + n)
        ratio = (row["ror"], row["ror_low"], row["ror_high"])
        lines.append(
            make.line(f"all.{name}", name.replace("_", " "), cells, ratio, "glabella.safety.ReportStore.signals")
        )
    tables = [
        ReportTable(
            "store_all", label, database, span, "reports of each list of events", "all other reports", None,
            tuple(lines),
        )
    ]  # fmt: skip
    try:
        result = store.cohort(question.cohort)
    except NothingToCompareError as reason:
        _LOG.warning("the declared comparison is left out: %s", reason)
        return tuple(tables)
    arms = []
    for one in result.arms:
        row = one.frame.row(0, named=True)
        cells = tuple(row[f"{side}_{what}"] for side in ("exposed", "comparator") for what in ("with", "without"))
        ratio = (row["ror"], row["ror_low"], row["ror_high"])
        arms.append(make.line(f"cohort.{one.arm.id}", one.arm.label, cells, ratio, "glabella.safety.run_cohort"))
    events = result.spec.events.primary.replace("_", " ")
    tables.append(
        ReportTable(
            "store_cohort", f"{label}, as declared", database, span, f"reports of {events}",
            "other treatments of the same indication", None, tuple(arms),
        )
    )  # fmt: skip
    return tuple(tables)


class _Maker:
    """Makes the claims of one store."""

    def __init__(self, population: str, span: str, digest: str, keep: Callable[[Claim], Claim]) -> None:
        self._population, self._span, self._digest, self._keep = population, span, digest, keep

    def line(
        self, name: str, label: str, cells: tuple[Any, ...], ratio: tuple[Any, ...], function: str
    ) -> ReportLine:
        a, b, c, d = cells
        counts = {"with.reports": a + b, "with.events": a, "versus.reports": c + d, "versus.events": c}
        made = {
            part: self._claim(f"{name}.{part}", f"{part.replace('.', ', ')}: {label}", value, function=function)
            for part, value in counts.items()
        }
        value, low, high = ratio
        return ReportLine(
            label=label,
            reports=made["with.reports"],
            events=made["with.events"],
            versus_reports=made["versus.reports"],
            versus_events=made["versus.events"],
            printed=None,
            computed=None if value is None or not math.isfinite(value) else self._claim(
                f"{name}.ror", f"reporting odds ratio: {label}", value, function=function, low=low, high=high,
                interval="95 % confidence interval (Woolf)", decimals=2,
            ),
        )  # fmt: skip

    def _claim(
        self, name: str, label: str, value: float, *, function: str, decimals: int = 0, **more: Any
    ) -> Claim:
        return self._keep(
            Claim(
                id=f"reports.store.{name}",
                label=label,
                value=value,
                unit="" if decimals else "reports",
                population=self._population,
                time_span=self._span,
                certainty="not rated",
                function=function,
                version=__version__,
                inputs=(("store", self._digest),),
                sources=(),
                decimals=decimals,
                **more,
            )
        )
