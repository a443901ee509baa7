"""Declared comparisons of reports: a drug against other treatments of the same indication.

``load_spec`` reads a declaration, ``run_cohort`` counts it on a store and tries every change that critics ask for;
the result carries all four cells, the checklist of its report, and the words that belong beside every ratio.
"""

from glabella.safety.cohort._result import ArmResult, CohortResult, Item
from glabella.safety.cohort._run import NothingToCompareError, run_cohort
from glabella.safety.cohort._settings import Setting
from glabella.safety.cohort._spec import CohortSpec, load_spec

__all__ = [
    "ArmResult",
    "CohortResult",
    "CohortSpec",
    "Item",
    "NothingToCompareError",
    "Setting",
    "load_spec",
    "run_cohort",
]
