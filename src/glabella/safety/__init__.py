"""Risks: spontaneous reports, from the FDA's quarterly files to signals and cohort comparisons.

``faers`` reads files into a store, ``synthetic`` makes files of that shape with planted truth, ``store`` cleans,
names and counts, ``measures`` is the array mathematics, ``cohort`` runs declared comparisons, and ``data`` holds
the vocabularies and rules that they read. ``measures`` never touches files; nothing here draws, or knows how a
number is shown.
"""

from glabella.safety.measures import disproportionality, ema, evans, exact_ror, fit_gps, information_component

__all__ = [
    "disproportionality",
    "ema",
    "evans",
    "exact_ror",
    "fit_gps",
    "information_component",
]
