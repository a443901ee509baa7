"""The store that people open: counting from ``store``, and declared comparisons from ``cohort``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from glabella.safety import cohort, store

if TYPE_CHECKING:
    import polars


class ReportStore(store.Store):
    """A store of reports, ready to be counted and compared."""

    def trend(
        self,
        drug: str | store.TermGroup,
        event: str | store.TermGroup,
        *,
        role: str = "suspect",
        mode: str | None = None,
        level: str = "substance",
    ) -> polars.DataFrame:
        """Follow one drug with one event over the quarters; see :func:`glabella.safety.store.count_trend`."""
        return store.count_trend(self, drug, event, role=role, mode=mode, level=level)

    def cohort(
        self, spec: cohort.CohortSpec | str | Path, *, progress: Callable[[str], None] | None = None
    ) -> cohort.CohortResult:
        """Run a declared comparison.

        Parameters
        ----------
        spec : CohortSpec, or path of one, or its id among the cohorts of the dossier
            The declaration.
        progress : callable, optional
            Called with the label of each arm before it is counted.

        Returns
        -------
        CohortResult

        Raises
        ------
        ValueError
            As :func:`glabella.safety.load_spec` and :func:`glabella.safety.run_cohort`.
        """
        declared = spec if isinstance(spec, cohort.CohortSpec) else cohort.load_spec(spec, self.lists)
        return cohort.run_cohort(self, declared, progress=progress)


#: Open a store for counting and comparing.
open_store = ReportStore.open
