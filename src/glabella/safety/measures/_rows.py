"""Own data: four cells, or single rows of reports, brought to the counts that every measure takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.safety.measures._columns import broadcast, whole

if TYPE_CHECKING:
    import polars

Ints = NDArray[np.int64]

#: What a missing value becomes where it is turned into text without care.
_MISSING = frozenset({"", "nan", "NaN", "None", "NaT", "<NA>"})


class Counts(NamedTuple):
    """What :func:`disproportionality` takes, in its order."""

    n: Ints
    n_drug: Ints
    n_event: Ints
    n_total: Ints


def from_cells(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Counts:
    """Give the counts of 2×2 tables.

    Parameters
    ----------
    a : array of whole numbers
        Reports with both the drug and the event; one value per pair, or one for all.
    b : array of whole numbers
        Reports with the drug and without the event.
    c : array of whole numbers
        Reports with the event and without the drug.
    d : array of whole numbers
        Reports with neither.

    Returns
    -------
    Counts
        ``n``, ``n_drug``, ``n_event`` and ``n_total``, to be given to :func:`disproportionality`, :func:`exact_ror`
        and the others as ``*counts``.

    Raises
    ------
    ValueError
        If the columns do not fit each other, a count is not a whole number of 0 or more, or ``d`` stays the same
        over several rows while their sum does not: then these are a count with its margins.

    Notes
    -----
    Of one row nothing tells cells from margins: that ``b`` is not all reports of the drug, ``c`` not all of the
    event and ``d`` not all there are is for the caller to see to. Exchanging ``b`` and ``c`` leaves the odds ratio
    as it is and changes the proportional ratio.

    Examples
    --------
    >>> counts = from_cells(9, 198, 1743, 213_917)
    >>> print(*(int(one[0]) for one in counts))
    9 207 1752 215867
    """
    given = broadcast({"a": a, "b": b, "c": c, "d": d})
    cells = [whole(name, values).astype(np.int64) for name, values in given.items()]
    total = np.sum(cells, axis=0)
    if len(total) > 1 and (cells[3] == cells[3][0]).all() and (total != total[0]).any():
        raise ValueError(
            f"d: {cells[3][0]} in every row while a + b + c + d changes, as a total does, expected the reports "
            "with neither; counts with their margins go to disproportionality as they are"
        )
    return Counts(cells[0], cells[0] + cells[1], cells[0] + cells[2], total)


def count_pairs(
    report: Iterable[Any], drug: Iterable[Any], event: Iterable[Any], *, stratum: Iterable[Any] | None = None
) -> polars.DataFrame:
    """Count pairs of drugs and events in rows of reports.

    Parameters
    ----------
    report, drug, event : column of labels
        A row says that a report names a drug and an event together. Text or whole numbers; white space around a
        label does not count, and its case does.
    stratum : column of labels, optional
        Of the report: sex, year, country or any other. Counts are then those within each.

    Returns
    -------
    polars.DataFrame
        ``drug``, ``event`` (and ``stratum``), and ``n``, ``n_drug``, ``n_event``, ``n_total`` as
        :func:`disproportionality` takes them; sorted by the labels. All are distinct reports: what a
        report says twice counts once.

    Raises
    ------
    ValueError
        If the columns differ in length or are empty, a label is missing or is no label, or a report is in two
        strata, naming the column and the row; or if a pair has more reports of its drug or its event than there
        are reports, as can be where reports do not hold each of their drugs with each of their events.

    Notes
    -----
    ``n`` counts the reports that have the pair in a row, as openEBGM counts it. Where reactions belong to a report
    and not to a drug, as in FAERS, a report needs a row for each of its drugs with each of its events.

    References
    ----------
    Canida T, Ihrie J. R Journal 2017;9:499-519 (openEBGM).

    Examples
    --------
    >>> found = count_pairs([1, 1, 2, 3], ["A", "A", "A", "B"], ["rash", "rash", "rash", "pain"])
    >>> found.row(0)
    ('A', 'rash', 2, 2, 2, 3)
    """
    import polars as pl

    given = {"report": report, "drug": drug, "event": event} | ({} if stratum is None else {"stratum": stratum})
    columns = {name: _labels(name, values) for name, values in given.items()}
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1 or not lengths["report"]:
        raise ValueError(f"columns of {lengths} rows, expected one length of 1 or more")
    rows = pl.DataFrame(columns)
    within = ["stratum"] if stratum is not None else []
    if within:
        _one_stratum(rows)

    def counted(name: str, *of: str) -> polars.DataFrame:
        """Count distinct reports by some of the labels."""
        once, keys = rows.select("report", *of, *within).unique(), [*of, *within]
        return once.group_by(keys).len(name) if keys else once.select(pl.len().alias(name))

    found = counted("n", "drug", "event")
    found = found.join(counted("n_drug", "drug"), on=["drug", *within])
    found = found.join(counted("n_event", "event"), on=["event", *within])
    total = counted("n_total")
    found = found.join(total, on="stratum") if within else found.join(total, how="cross")
    counts = ("n", "n_drug", "n_event", "n_total")
    _fit_together(found.select("drug", "event", pl.col(counts).cast(pl.Int64)))
    return found.sort("drug", "event", *within).select("drug", "event", *within, pl.col(counts).cast(pl.Int64))


def _labels(name: str, values: Iterable[Any]) -> polars.Series:
    """Read a column of labels as text."""
    import polars as pl

    if isinstance(values, str):
        raise ValueError(f"{name}: one text ({values!r}), expected a column of labels")
    if isinstance(values, pl.Series) and (values.dtype == pl.String or values.dtype.is_integer()):
        texts = values.cast(pl.String).str.strip_chars().alias(name)
    else:
        texts = pl.Series(name, [_label(value) for value in values], dtype=pl.String)
    bad = (texts.is_null() | texts.is_in(list(_MISSING))).fill_null(True)
    if bad.any():
        row = int(bad.arg_max() or 0)
        found = texts[row]
        raise ValueError(f"{name}, row {row}: {'nothing' if found is None else repr(found)}, expected a label")
    return texts


def _label(value: Any) -> str | None:
    """Read one label; what is missing or no label is None."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool | np.bool_):
        return None
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return None


def _one_stratum(rows: polars.DataFrame) -> None:
    import polars as pl

    first = rows.select(pl.col("stratum").first().over("report"))["stratum"]
    other = rows["stratum"] != first
    if other.any():
        row = int(other.arg_max() or 0)
        raise ValueError(
            f"stratum, row {row}: {rows['stratum'][row]!r}, expected {first[row]!r} as in an earlier row of report "
            f"{rows['report'][row]!r}"
        )


def _fit_together(found: polars.DataFrame) -> None:
    """Refuse a pair whose drug or event is in more reports than there are."""
    import polars as pl

    neither = pl.col("n_total") - pl.col("n_drug") - pl.col("n_event") + pl.col("n")
    wrong = found.filter(neither < 0).sort("drug", "event")
    if wrong.height:
        drug, event, n, n_drug, n_event, total = wrong.row(0)
        raise ValueError(
            f"{drug!r} and {event!r}: {n} reports in one row, {n_drug} of the drug, {n_event} of the event and "
            f"{total} in all, which cannot be; expected a row for each drug of a report with each of its events"
        )
