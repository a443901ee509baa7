"""Risks: spontaneous reports, from the FDA's quarterly files to signals and cohort comparisons.

``faers`` reads files into a store, ``synthetic`` makes files of that shape with planted truth, ``store`` cleans,
names and counts, ``measures`` is the array mathematics, ``cohort`` runs declared comparisons, ``evaluation`` asks
how well known signals are found, and ``data`` holds the general vocabularies and rules that they read. What belongs
to one treatment or condition (cohorts, groups of terms, names of products, caveats) is read from the folder
``reports`` of a dossier. ``measures`` never touches files; nothing here draws, or knows how a number is shown.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glabella.safety._check import check_lists
    from glabella.safety._open import ReportStore, open_store
    from glabella.safety.cohort import CohortResult, CohortSpec, load_spec, run_cohort
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
    from glabella.safety.store import Lists, build_index, load_lists, load_terms
    from glabella.safety.synthetic import synthesise
else:
    from glabella._front_door import front_door

    # The same names again: each module is imported when a name of it is first used.
    __getattr__, __dir__ = front_door(
        __name__,
        {
            "_check": ("check_lists",),
            "_open": (
                "ReportStore",
                "open_store",
            ),
            "cohort": (
                "CohortResult",
                "CohortSpec",
                "load_spec",
                "run_cohort",
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
                "Lists",
                "build_index",
                "load_lists",
                "load_terms",
            ),
            "synthetic": ("synthesise",),
        },
    )

__all__ = [
    "CohortResult",
    "CohortSpec",
    "Lists",
    "ReportStore",
    "build_index",
    "check_lists",
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
    "load_lists",
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
    "stratified_expected",
    "synthesise",
    "unmasked",
    "verify",
    "without_drug",
]
