"""A user's own table of reports, drugs and events: counted and scored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl

    from glabella.safety.measures import GPS

_COLUMNS = ("report", "drug", "event")
_MISSING = frozenset({"na", "n/a", "<na>", "nan", "nat", "none", "null"})
_COUNTS = ("n", "n_drug", "n_event", "n_total")


def score(file: Path) -> tuple[pl.DataFrame, int, GPS, list[str]]:
    """Count and score a table.

    Returns
    -------
    tuple
        Every pair with its counts and measures; the number of reports; the prior of EBGM; and notes.

    Raises
    ------
    ValueError
        Naming the file, and the column and row, if it cannot be read, a column is missing or a label is.
    """
    import polars as pl

    from glabella.safety.measures import count_pairs, disproportionality
    from glabella.safety.store import with_gps

    try:
        table, notes = _read(file)
        counted = count_pairs(*(table[name] for name in _COLUMNS))
        scored = pl.concat([counted, disproportionality(*(counted[name] for name in _COUNTS))], how="horizontal")
        prior = _prior(counted)
        scored = with_gps(scored, prior)
        if "stratum" in table.columns:
            within = count_pairs(*(table[name] for name in _COLUMNS), stratum=table["stratum"])
            scored = scored.with_columns(**_stratified(table, counted, within))
            notes.append(f"mh, mh_low, mh_high in --to: over {table['stratum'].n_unique():,} strata")
    except ValueError as fault:
        raise ValueError(f"{file}: {fault}") from fault
    return scored, int(counted["n_total"][0]), prior, notes


def _read(file: Path) -> tuple[pl.DataFrame, list[str]]:
    """Read the columns as text, spelled as the store spells names."""
    import polars as pl

    from glabella.cli._tables import read, texts

    given = read(file)
    used = [name for name in (*_COLUMNS, "stratum") if name in _COLUMNS or given.find(name)]
    columns = {name: texts(given, name) for name in used}
    for name, column in columns.items():
        # Other programs write what is missing so.
        for row, cell in enumerate(column, 1):
            if cell.casefold() in _MISSING:
                raise ValueError(f"column {name!r} is {cell} in row {row}, expected a name")
    other = [name for name in given.columns if name not in {given.find(each) for each in used}]
    table = pl.DataFrame(columns)
    spelled = pl.col("drug", "event").str.to_uppercase().str.replace_all(r"\s+", " ").str.strip_chars()
    notes = [f"columns not used: {', '.join(other)}"] if other else []
    twice = table.height - table.unique().height
    if twice:
        notes.append(f"{twice:,} of {table.height:,} rows say what another row says, counted once")
    table = table.with_columns(spelled)
    of_report = table.group_by("report").agg(
        pairs=pl.struct("drug", "event").n_unique(), each=pl.col("drug").n_unique() * pl.col("event").n_unique()
    )
    if apart := of_report.filter(pl.col("pairs") < pl.col("each")).height:
        notes.append(f"in {apart:,} of {of_report.height:,} reports not every drug stands with every event: a pair "
                     "counts where it stands in one row")  # fmt: skip
    return table, notes


def _prior(counted: pl.DataFrame) -> GPS:
    """Fit the prior of EBGM to all pairs."""
    from glabella.safety.measures import fit_gps

    n, drug, event, total = (counted[name].to_numpy() for name in _COUNTS)
    drugs, events = counted.unique("drug")["n_drug"], counted.unique("event")["n_event"]
    return fit_gps(n, drug * event / total, margins=(drugs.to_numpy(), events.to_numpy(), total[0]))


def _stratified(table: pl.DataFrame, counted: pl.DataFrame, within: pl.DataFrame) -> dict[str, Any]:
    """Give the odds ratio of Mantel and Haenszel; a stratum without a report of the pair has its margins too."""
    import polars as pl

    from glabella.safety.measures import mantel_haenszel

    totals = table.group_by("stratum").agg(n_total=pl.col("report").n_unique()).sort("stratum")
    every = counted.select("drug", "event").join(totals, how="cross")
    every = every.join(within.select("drug", "event", "stratum", "n"), on=["drug", "event", "stratum"], how="left",
                       maintain_order="left")  # fmt: skip
    for side in ("drug", "event"):
        margin = table.group_by(side, "stratum").agg(pl.col("report").n_unique().alias(f"n_{side}"))
        every = every.join(margin, on=[side, "stratum"], how="left", maintain_order="left")
    shape = (counted.height, totals.height)
    n, drug, event, total = (every[name].fill_null(0).to_numpy().astype(float).reshape(shape) for name in _COUNTS)
    found = mantel_haenszel(n, drug - n, event - n, total - drug - event + n)
    columns = {"mh": found.ror, "mh_low": found.ror_low, "mh_high": found.ror_high}
    return {name: pl.Series(np.asarray(values)).fill_nan(None) for name, values in columns.items()}
