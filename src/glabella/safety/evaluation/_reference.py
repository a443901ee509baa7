"""Published sets of drug–event controls, with their names mapped to substances and report terms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from glabella.safety.store import TermGroup, load_terms

if TYPE_CHECKING:
    import polars

REFERENCE_SETS = ("euadr", "omop")


@dataclass(frozen=True, slots=True)
class ReferenceSet:
    """Drug–event pairs that are held to be causal, or not.

    Both sets are dated: what was not known to be a reaction when they were made may be known now, and both are
    known to hold errors. They rank measures against each other and prove nothing of a drug.

    Attributes
    ----------
    name : str
        ``"omop"`` or ``"euadr"``.
    controls : polars.DataFrame
        One row per control, in the order of the origin: ``drug`` as the set spells it, ``substances`` (list),
        ``outcome`` (id of the list of terms), ``terms`` (list), ``positive``.
    outcomes : tuple of TermGroup
        The lists of report terms, by id.
    unmapped : tuple of str
        Drugs for which the table of substances has no entry; their controls have an empty list.
    """

    name: str
    controls: polars.DataFrame
    outcomes: tuple[TermGroup, ...]
    unmapped: tuple[str, ...]


def reference_set(name: str) -> ReferenceSet:
    """Give a shipped reference set.

    Parameters
    ----------
    name : "omop" or "euadr"
        399 controls of four outcomes (Ryan et al., Drug Saf 2013;36 Suppl 1:S33-47), or 93 of ten (Coloma et
        al., Drug Saf 2013;36:13-23).

    Returns
    -------
    ReferenceSet

    Raises
    ------
    ValueError
        If there is no such set.

    Examples
    --------
    >>> reference_set("euadr").controls.height
    93
    """
    if name not in REFERENCE_SETS:
        raise ValueError(f"reference set: {name!r}, expected one of {', '.join(REFERENCE_SETS)}")
    return _read(name)


@cache
def _read(name: str) -> ReferenceSet:
    import polars as pl

    folder = Path(__file__).parent.parent / "data" / "reference_sets"
    given = pl.read_csv((folder / f"{name}.csv").read_bytes(), schema_overrides={"positive": pl.Int8})
    lists = pl.read_csv((folder / "outcomes.csv").read_bytes(), infer_schema=False)
    groups = {one: load_terms(folder / "outcomes" / f"{one}.yaml") for one in lists["terms"].to_list()}
    terms = pl.DataFrame({"id": list(groups), "terms": [list(group.terms) for group in groups.values()]})
    substances = (
        pl.read_csv((folder / "drug_substances.csv").read_bytes(), infer_schema=False)
        .group_by("drug", maintain_order=True)
        .agg(substances="substance")
    )
    controls = (
        given.join(substances, on="drug", how="left", maintain_order="left")
        .join(lists.rename({"terms": "id"}), on="outcome", how="left", maintain_order="left")
        .join(terms, on="id", how="left", maintain_order="left")
        .select(
            "drug",
            pl.col("substances").fill_null(pl.lit([], dtype=pl.List(pl.String))),
            outcome="id",
            terms="terms",
            positive=pl.col("positive") == 1,
        )
    )
    used = controls["outcome"].unique().sort().to_list()
    without = controls.filter(pl.col("substances").list.len() == 0)["drug"].unique().sort()
    return ReferenceSet(name, controls, tuple(groups[one] for one in used), tuple(without.to_list()))
