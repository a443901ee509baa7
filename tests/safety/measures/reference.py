"""Real and made-up counts, and other programs' outputs, as arrays."""

import json
from functools import cache
from typing import Any

import polars as pl

from tests.safety.data import DATA, suspects


@cache
def caers() -> pl.DataFrame:
    """FDA's CAERS rows: one per report, product, event and sex."""
    return pl.read_csv(DATA / "caers_reports.csv.gz")


@cache
def caers_pairs() -> pl.DataFrame:
    """CAERS pairs with distinct reports, and openEBGM's scores (rounded by it to two decimals)."""
    raw = caers()
    reports = pl.col("id").n_unique()
    pairs = raw.group_by("var1", "var2").agg(n=reports)
    for name, margin in (("var1", "n_drug"), ("var2", "n_event")):
        pairs = pairs.join(raw.group_by(name).agg(reports.alias(margin)), on=name)
    scores = pl.read_csv(DATA / "openebgm_scores.csv.gz")
    total = raw["id"].n_unique()
    return (
        pairs.with_columns(expected=pl.col("n_drug") * pl.col("n_event") / total)
        .join(scores, on=["var1", "var2"], validate="1:1")
        .sort("var1", "var2")
    )


@cache
def caers_by_sex() -> pl.DataFrame:
    """CAERS pairs with expected counts summed over sexes."""
    raw = caers()
    reports = pl.col("id").n_unique()
    strata = raw.group_by("strat1").agg(n_total=reports)
    drugs = raw.group_by("strat1", "var1").agg(n_drug=reports)
    events = raw.group_by("strat1", "var2").agg(n_event=reports)
    return (
        raw.group_by("var1", "var2")
        .agg(n=reports)
        .join(drugs, on="var1")
        .join(events, on=["strat1", "var2"])
        .join(strata, on="strat1")
        .group_by("var1", "var2", "n")
        .agg(expected=(pl.col("n_drug") * pl.col("n_event") / pl.col("n_total")).sum())
        .sort("var1", "var2")
    )


@cache
def made_up() -> pl.DataFrame:
    """Made-up pairs; their total is the sum of the pair counts, as PhViD has it."""
    pairs = pl.read_csv(DATA / "made_up_counts.csv.gz")
    n = pl.col("n")
    return pairs.with_columns(
        n_drug=n.sum().over("drug"), n_event=n.sum().over("event"), n_total=n.sum()
    ).with_columns(expected=pl.col("n_drug") * pl.col("n_event") / pl.col("n_total"))


@cache
def phvid() -> dict[str, Any]:
    """PhViD's prior of the made-up pairs, and what its figures for all of them come to."""
    summary: dict[str, Any] = json.loads((DATA / "phvid_summary.json").read_text(encoding="utf-8"))
    return summary


def agrees_with_phvid(column: str, ours: pl.Series, tolerance: float, *, relative: bool = False) -> None:
    """Compare the figures of every made-up pair with PhViD's: those drawn, and the column's sum and ends.

    Pairs without a figure there have none here either.
    """
    pairs = made_up().select("drug", "event", ours=ours.fill_nan(None))
    drawn = pl.read_csv(DATA / "phvid_scores.csv.gz").join(pairs, on=["drug", "event"], validate="1:1")
    both = drawn.select("ours", theirs=column)
    assert both.height >= 4000
    assert both["ours"].is_null().to_list() == both["theirs"].is_null().to_list()
    scale = both["theirs"].abs() if relative else 1
    assert ((both["ours"] - both["theirs"]).abs() / scale).max() < tolerance  # type: ignore[operator]
    whole, all_ours = phvid()["columns"][column], pairs["ours"]
    assert all_ours.null_count() == whole["missing"]
    assert (all_ours > whole["threshold"]).sum() == whole["above"]
    for found, expected, weight in (
        (all_ours.min(), whole["least"], 1), (all_ours.max(), whole["greatest"], 1),
        (all_ours.sum(), whole["sum"], len(all_ours)),
    ):  # fmt: skip
        assert abs(found - expected) < tolerance * (abs(expected) if relative else weight)


@cache
def quarter() -> pl.DataFrame:
    """Primary-suspect pairs of FAERS 2022Q3 by distinct reports."""
    rows = suspects()
    pairs = rows.group_by("DRUG", "AE").agg(n=pl.len())
    for name, margin in (("DRUG", "n_drug"), ("AE", "n_event")):
        pairs = pairs.join(rows.group_by(name).agg(pl.col("CASEID").n_unique().alias(margin)), on=name)
    total = rows["CASEID"].n_unique()
    return pairs.with_columns(n_total=pl.lit(total), expected=pl.col("n_drug") * pl.col("n_event") / total).sort(
        "DRUG", "AE"
    )
