"""Effect sizes and their sampling variances from raw study data, with metafor's definitions and column letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis import _one_group, _two_groups
from glabella.synthesis._columns import BEYOND, UNDEFINED, Floats, checked, checked_add
from glabella.synthesis._numbers import check_truth
from glabella.synthesis._two_groups import correction

if TYPE_CHECKING:
    import polars as pl

__all__ = ["EffectSizes", "Measure", "correction", "effect_size"]

Measure = Literal[
    "OR", "RR", "RD", "AS", "PETO", "IRR", "IRD", "MD", "SMD", "SMDH", "ROM",
    "PR", "PLN", "PLO", "PAS", "PFT", "COR", "ZCOR", "MC", "SMCC", "SMCR",
]  # fmt: skip

_NAMES = {
    "OR": "Log odds ratio", "RR": "Log risk ratio", "RD": "Risk difference", "AS": "Arcsine risk difference",
    "PETO": "Log odds ratio by Peto's method", "IRR": "Log rate ratio", "IRD": "Rate difference",
    "MD": "Mean difference", "SMD": "Standardised mean difference",
    "SMDH": "Standardised mean difference with unequal variances", "ROM": "Log ratio of means",
    "PR": "Proportion", "PLN": "Log proportion", "PLO": "Log odds", "PAS": "Arcsine proportion",
    "PFT": "Double arcsine proportion", "COR": "Correlation", "ZCOR": "Fisher's z", "MC": "Mean change",
    "SMCC": "Standardised mean change by the SD of change",
    "SMCR": "Standardised mean change by the SD at time one",
}  # fmt: skip

_FAMILIES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("OR", "RR", "RD", "AS", "PETO"), ("ai", "bi", "ci", "di", "n1i", "n2i")),
    (("IRR", "IRD"), ("x1i", "t1i", "x2i", "t2i")),
    (("MD", "SMD", "SMDH", "ROM"), ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")),
    (("PR", "PLN", "PLO", "PAS", "PFT"), ("xi", "mi", "ni")),
    (("COR", "ZCOR"), ("ri", "ni")),
    (("MC", "SMCC", "SMCR"), ("m1i", "sd1i", "m2i", "sd2i", "ni", "ri")),
)
_LETTERS = {measure: letters for measures, letters in _FAMILIES for measure in measures}

#: Of means and correlations.
_MEASURED = frozenset(measure for measure, letters in _LETTERS.items() if {"m1i", "ri"} & set(letters))

#: Variances other than the large-sample one. The one of MD is unbiased as it is.
_VTYPES = {
    "RD": ("LS", "UB"), "PR": ("LS", "UB"), "SMD": ("LS", "UB"), "MD": ("LS", "UB", "HO"), "ROM": ("LS", "HO"),
}  # fmt: skip

#: Measures that are defined where a cell is empty, and are computed from the counts as they are unless told.
_AS_COUNTED = frozenset({"PETO", "RD", "IRD"})

#: Below this a number has lost digits.
_TINY = float(np.finfo(float).tiny)
#: Rows that are printed.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class EffectSizes:
    """Effects of one measure.

    Attributes
    ----------
    measure : str
        The measure; ratios (``OR``, ``RR``, ``PETO``, ``IRR``, ``ROM``) are on the log scale.
    yi, vi : ndarray of shape (k,)
        Effects and sampling variances; NaN in both where a study has none.
    reason : ndarray of str, of shape (k,)
        Empty, or why a study has no effect.
    """

    measure: str
    yi: Floats
    vi: Floats
    reason: NDArray[np.object_] = field(repr=False)

    @property
    def defined(self) -> NDArray[np.bool_]:
        """Which studies have an effect, of shape (k,): ``pool(e.yi[e.defined], e.vi[e.defined])``."""
        return ~np.isnan(self.yi)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What was left out and why, a line a reason, with the number of studies and their rows from one."""
        rows: dict[str, list[int]] = {}
        for row in np.flatnonzero(~self.defined).tolist():
            rows.setdefault(self.reason[row], []).append(row + 1)
        k = self.yi.size
        return tuple(f"{len(each)} of {k} studies left out: {why} (row{'s' * (len(each) > 1)} {_listed(each)})"
                     for why, each in rows.items())  # fmt: skip

    def table(self) -> pl.DataFrame:
        """Give one row a study, counted from one, with its effect, variance and standard error; NaN if left out."""
        import polars as pl

        rows = np.arange(1, self.yi.size + 1)
        numbers = {"yi": self.yi, "vi": self.vi, "se": np.sqrt(self.vi)}
        return pl.DataFrame({"study": rows, **numbers})

    def __str__(self) -> str:
        """Print the first studies."""
        k = self.yi.size
        lines = [
            f"{_NAMES.get(self.measure, self.measure)} ({self.measure}), k = {k}",
            "",
            "             yi         vi",
        ]
        shown = zip(self.yi[:_SHOWN], self.vi[:_SHOWN], strict=True)
        lines += [f"{row:4d}{y:#11.4g}{v:#11.4g}" for row, (y, v) in enumerate(shown, start=1)]
        if k > _SHOWN:
            lines.append(f"... and {k - _SHOWN} more")
        return "\n".join([*lines, *self.left_out])


def _listed(rows: list[int]) -> str:
    """Write the first rows."""
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return ", ".join(str(row) for row in rows[:_SHOWN]) + more


def effect_size(
    measure: Measure,
    *,
    vtype: Literal["LS", "UB", "HO"] = "LS",
    add: float | None = None,
    to: Literal["only0", "all", "if0all", "none"] = "only0",
    drop00: bool = True,
    **columns: ArrayLike,
) -> EffectSizes:
    """Compute effect sizes of ``k`` studies.

    Parameters
    ----------
    measure : str
        Two groups, always the first minus the second:

        - counts: log odds ratio ``OR``, log risk ratio ``RR``, risk difference ``RD``, difference of the
          arcsines of the square roots of the risks ``AS``, log odds ratio by Peto's method ``PETO``;
        - rates: log rate ratio ``IRR``, rate difference ``IRD``;
        - means: difference ``MD``, standardised difference ``SMD`` (Hedges' g with the exact correction) and
          ``SMDH`` (the same by the mean of two variances that may differ), log ratio of means ``ROM``.

        One group:

        - a proportion: as it is ``PR``, its log ``PLN``, log odds ``PLO``, arcsine of the square root ``PAS``,
          Freeman and Tukey's double arcsine ``PFT``;
        - a correlation: as it is ``COR``, Fisher's z ``ZCOR``;
        - means at two times, the first minus the second: ``MC``, divided by the SD of the change ``SMCC`` or by
          the SD at time one ``SMCR``, both with the exact correction.
    vtype : {"LS", "UB", "HO"}
        Variance: the usual large-sample one, the unbiased one (``RD``, ``PR``, ``SMD``, ``MD``), or the one of
        groups with the same SD (``MD``, ``ROM``).
    add : float, optional
        For counts, rates and proportions: added to each cell of a study that ``to`` selects. By default 0.5, for
        ``AS``, ``PAS`` and ``PFT`` 0. A proportion's cells are people with and without the event. Unless ``add``
        or ``to`` is given, or ``drop00`` is False, ``PETO``, which needs nothing added, is computed from the counts
        as they are; so are the differences ``RD`` and ``IRD``, and only their variances, which would be zero, have
        the half.
    to : {"only0", "all", "if0all", "none"}
        Add to studies with an empty cell, to all, to all when any has an empty cell, or to none.
    drop00 : bool
        Leave out studies without an event in either group (``OR``, ``RR``, ``PETO``, ``IRR``), or with the event in
        everybody (``OR``, ``RR``, ``PETO``): they tell nothing of a ratio, and a half added to each cell makes one
        of the groups' sizes. With False every effect is metafor's, the half added to every measure's cells but an
        arcsine's.
    **columns : array_like of shape (k,)
        - counts: ``ai``, ``ci`` (events) with ``bi``, ``di`` (no event) or with ``n1i``, ``n2i`` (people);
        - rates: ``x1i``, ``x2i`` (events), ``t1i``, ``t2i`` (person-time);
        - means: ``m1i``, ``sd1i``, ``n1i``, ``m2i``, ``sd2i``, ``n2i``;
        - proportions: ``xi`` (events) with ``mi`` (no event) or with ``ni`` (people);
        - correlations: ``ri``, ``ni``;
        - changes: ``m1i``, ``sd1i``, ``m2i``, ``sd2i`` (times one and two), ``ni``, ``ri`` (correlation of the
          two times).

    Returns
    -------
    EffectSizes
        ``yi`` and ``vi``. Entries that are left out or not defined (an empty cell with ``to="none"``) are NaN in
        both, and ``reason`` says why. So is what is too large or too small for the computer.

    Raises
    ------
    ValueError
        If the measure is unknown or has no such ``vtype``, a column is missing or unknown, lengths differ, or a
        value cannot be: not finite, a count below 0 or above 1e15, a time not between 1e-40 and 1e40, more events
        than people, an SD not above 0, a correlation not between -1 and 1, too few people, means of two signs or of
        0 for ``ROM``. The message names the column and the row, counted from one.

    References
    ----------
    Becker BJ. Synthesizing standardized mean-change measures. Br J Math Stat Psychol 1988;41:257-278.
    Bonett DG. Meta-analytic interval estimation for standardized and unstandardized mean differences. Psychol
    Methods 2009;14:225-238.
    Freeman MF, Tukey JW. Transformations related to the angular and the square root. Ann Math Stat
    1950;21:607-611.
    Gibbons RD, Hedeker DR, Davis JM. Estimation of effect size from a series of experiments involving paired
    comparisons. J Educ Stat 1993;18:271-279.
    Hedges LV. Distribution theory for Glass's estimator of effect size. J Educ Stat 1981;6:107-128.
    Hedges LV. A random effects model for effect sizes. Psychol Bull 1983;93:388-395 (the unbiased variance).
    Hedges LV, Gurevitch J, Curtis PS. The meta-analysis of response ratios in experimental ecology. Ecology
    1999;80:1150-1156.
    Morris SB, DeShon RP. Combining effect size estimates in meta-analysis with repeated measures and
    independent-groups designs. Psychol Methods 2002;7:105-125.
    Rücker G, Schwarzer G, Carpenter J, Olkin I. Why add anything to nothing? The arcsine difference as a measure
    of treatment effect in meta-analysis with zero cells. Stat Med 2009;28:721-738.
    Viechtbauer W. Conducting meta-analyses in R with the metafor package. J Stat Softw 2010;36(3).
    Yusuf S, Peto R, Lewis J, et al. Beta blockade during and after myocardial infarction. Prog Cardiovasc Dis
    1985;27:335-371.

    Examples
    --------
    >>> found = effect_size("OR", ai=[9], n1i=[15], ci=[2], n2i=[15])
    >>> float(np.exp(found.yi[0]).round(2))
    9.75
    >>> print(effect_size("SMCC", m1i=[24], sd1i=[5], m2i=[15], sd2i=[6], ni=[20], ri=[0.5]))
    Standardised mean change by the SD of change (SMCC), k = 1
    <BLANKLINE>
                 yi         vi
       1      1.552     0.1102
    """
    if not isinstance(measure, str) or measure not in _LETTERS:
        raise ValueError(f"unknown measure {measure!r}; expected one of {sorted(_LETTERS)}")
    if vtype not in (vtypes := _VTYPES.get(measure, ("LS",))):
        raise ValueError(f"vtype is {vtype!r}, expected for {measure} {' or '.join(vtypes)}")
    check_truth(drop00, "drop00")
    letters = _LETTERS[measure]
    given = checked(columns, letters)
    if add is not None:
        add = checked_add(add)
    elif measure in _AS_COUNTED and not (drop00 and to == "only0"):
        add = 0.5
    empty: dict[str, NDArray[np.bool_]] = {}
    # Empty cells divide by zero on purpose; what is not defined, or beyond the machine, becomes NaN below.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if "ai" in letters:
            yi, vi, empty = _two_groups.counts(measure, given, vtype, add, to)
        elif "x1i" in letters:
            yi, vi, empty = _two_groups.rates(measure, given, add, to)
        elif "n1i" in letters:
            yi, vi = _two_groups.means(measure, given, vtype)
        elif "xi" in letters:
            yi, vi = _one_group.proportions(measure, given, vtype, add, to)
        elif "m1i" in letters:
            yi, vi = _one_group.changes(measure, given)
        else:
            yi, vi = _one_group.correlations(measure, given)
    # The variance of a count may be nil, that of a measurement is so only where it was too small to be held.
    least, why_not = (_TINY, BEYOND) if measure in _MEASURED else (0.0, UNDEFINED)
    defined = np.isfinite(yi) & np.isfinite(vi) & (vi >= least)
    reason = np.full(yi.shape, "", dtype=object)
    reason[~defined] = why_not
    for why, where in empty.items() if drop00 else ():
        reason[where] = why
        defined &= ~where
    return EffectSizes(measure, np.where(defined, yi, np.nan), np.where(defined, vi, np.nan), reason)
