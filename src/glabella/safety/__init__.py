"""Risks: spontaneous reports, from the FDA's quarterly files to signals and cohort comparisons.

``faers`` reads files into a store, ``synthetic`` makes files of that shape with planted truth, ``store`` cleans,
names and counts, ``measures`` is the array mathematics, ``cohort`` runs declared comparisons, ``evaluation`` asks
how well known signals are found, and ``data`` holds the vocabularies and rules that they read. ``measures`` never
touches files; nothing here draws, or knows how a number is shown.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glabella.safety._open import ReportStore, open_store
    from glabella.safety.cohort import CohortResult, CohortSpec, load_spec, run_cohort, shipped_cohorts
    from glabella.safety.evaluation import evaluate, evaluate_store, reference_set
    from glabella.safety.faers import fetch, ingest, verify
    from glabella.safety.measures import (
        count_pairs,
        cumulative_ic,
        disproportionality,
        ema,
        evans,
        exact_ror,
        fit_gps,
        from_cells,
        information_component,
        lasso_logistic,
        likelihood_ratio_test,
        logistic_ratio,
        mantel_haenszel,
        masking_ratio,
        omega,
        reporting_odds_ratio,
        stratified_expected,
        unmasked,
        without_drug,
    )
    from glabella.safety.store import build_index, load_terms
    from glabella.safety.synthetic import synthesise
else:
    from glabella._front_door import front_door

    # The same names again: each module is imported when a name of it is first used.
    __getattr__, __dir__ = front_door(
        __name__,
        {
            "_open": (
                "ReportStore",
                "open_store",
            ),
            "cohort": (
                "CohortResult",
                "CohortSpec",
                "load_spec",
                "run_cohort",
                "shipped_cohorts",
            ),
            "evaluation": (
                "evaluate",
                "evaluate_store",
                "reference_set",
            ),
            "faers": (
                "fetch",
                "ingest",
                "verify",
            ),
            "measures": (
                "count_pairs",
                "cumulative_ic",
                "disproportionality",
                "ema",
                "evans",
                "exact_ror",
                "fit_gps",
                "from_cells",
                "information_component",
                "lasso_logistic",
                "likelihood_ratio_test",
                "logistic_ratio",
                "mantel_haenszel",
                "masking_ratio",
                "omega",
                "reporting_odds_ratio",
                "stratified_expected",
                "unmasked",
                "without_drug",
            ),
            "store": (
                "build_index",
                "load_terms",
            ),
            "synthetic": ("synthesise",),
        },
    )

__all__ = [
    "CohortResult",
    "CohortSpec",
    "ReportStore",
    "build_index",
    "count_pairs",
    "cumulative_ic",
    "disproportionality",
    "ema",
    "evaluate",
    "evaluate_store",
    "evans",
    "exact_ror",
    "fetch",
    "fit_gps",
    "from_cells",
    "information_component",
    "ingest",
    "lasso_logistic",
    "likelihood_ratio_test",
    "load_spec",
    "load_terms",
    "logistic_ratio",
    "mantel_haenszel",
    "masking_ratio",
    "omega",
    "open_store",
    "reference_set",
    "reporting_odds_ratio",
    "run_cohort",
    "shipped_cohorts",
    "stratified_expected",
    "synthesise",
    "unmasked",
    "verify",
    "without_drug",
]
