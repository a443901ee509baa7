"""Real counts and other programs' outputs beside the repository, as arrays."""

from functools import cache
from pathlib import Path

import polars as pl

DATA = Path(__file__).parents[4] / "shared" / "safety" / "data"


@cache
def caers() -> pl.DataFrame:
    """FDA's CAERS rows: one per report, product, event and sex."""
    return pl.read_csv(DATA / "counts" / "openebgm_caers_raw.csv.gz")


@cache
def caers_pairs() -> pl.DataFrame:
    """CAERS pairs with distinct reports, and openEBGM's scores (rounded by it to two decimals)."""
    raw = caers()
    reports = pl.col("id").n_unique()
    pairs = raw.group_by("var1", "var2").agg(n=reports)
    for name, margin in (("var1", "n_drug"), ("var2", "n_event")):
        pairs = pairs.join(raw.group_by(name).agg(reports.alias(margin)), on=name)
    scores = pl.read_csv(DATA / "reference_outputs" / "openebgm_caers_unstratified_scores.csv.gz")
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
def phvid() -> pl.DataFrame:
    """PhViD's pairs with its results; its total is the sum of the pair counts."""
    pairs = pl.read_csv(DATA / "counts" / "phvid_dataframe.csv.gz", new_columns=["drug", "event", "n"])
    scores = pl.read_csv(DATA / "reference_outputs" / "phvid_scores.csv.gz").drop("n11", "expected")
    n = pl.col("n")
    return (
        pairs.with_columns(n_drug=n.sum().over("drug"), n_event=n.sum().over("event"), n_total=n.sum())
        .with_columns(expected=pl.col("n_drug") * pl.col("n_event") / pl.col("n_total"))
        .join(scores, on=["drug", "event"], validate="1:1")
    )


@cache
def quarter() -> pl.DataFrame:
    """Primary-suspect pairs of FAERS 2022Q3 by distinct reports."""
    rows = pl.read_csv(DATA / "faers_22q3_ps" / "faers22q3_ps.csv.gz", infer_schema=False).unique()
    pairs = rows.group_by("DRUG", "AE").agg(n=pl.len())
    for name, margin in (("DRUG", "n_drug"), ("AE", "n_event")):
        pairs = pairs.join(rows.group_by(name).agg(pl.col("CASEID").n_unique().alias(margin)), on=name)
    total = rows["CASEID"].n_unique()
    return pairs.with_columns(n_total=pl.lit(total), expected=pl.col("n_drug") * pl.col("n_event") / total).sort(
        "DRUG", "AE"
    )
