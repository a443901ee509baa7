"""A user's own table of reports, drugs and events: counted and scored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl

    from glabella.safety.measures import GPS

_COLUMNS = ("report", "drug", "event")
_SEPARATORS = (",", ";", "\t", "|")
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

    table, notes = _read(file)
    try:
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

    content = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    header = content.split(b"\n", 1)[0].decode("utf-8", "replace")
    separator = max(_SEPARATORS, key=header.count)
    try:
        table = pl.read_csv(content, separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as fault:
        raise ValueError(f"{file}: cannot be read as CSV: {fault}") from fault
    table = table.rename({name: name.strip().casefold() for name in table.columns})
    absent = [name for name in _COLUMNS if name not in table.columns]
    if absent:
        raise ValueError(f"{file}: no column {' or '.join(map(repr, absent))}; it has {', '.join(table.columns)}, "
                         "expected report, drug, event, and stratum if wanted")  # fmt: skip
    used = [*_COLUMNS, *(["stratum"] if "stratum" in table.columns else [])]
    other = [name for name in table.columns if name not in used]
    table = table.select(used)
    for name in used:
        empty = table[name].is_null() | table[name].str.strip_chars().is_in(["", "NA"])
        if empty.fill_null(True).any():
            row = int(empty.fill_null(True).arg_max() or 0)
            raise ValueError(f"{file}: column {name!r} is empty in row {row + 1}, expected a name")
    spelled = pl.col("drug", "event").str.to_uppercase().str.replace_all(r"\s+", " ").str.strip_chars()
    notes = [f"columns not used: {', '.join(other)}"] if other else []
    twice = table.height - table.unique().height
    if twice:
        notes.append(f"{twice:,} of {table.height:,} rows say what another row says, counted once")
    return table.with_columns(spelled), notes


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
