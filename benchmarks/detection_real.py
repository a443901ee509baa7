"""The reference sets on the one real table of counts: a section of docs/detection.md."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from glabella.safety.evaluation import SCORES, StoreEvaluation, evaluate, evaluate_store, rank_scores, reference_set
from glabella.safety.faers import QuarterManifest, TableEntry
from glabella.safety.store import open_store

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.safety.data import DATA, suspects

WORDS = {
    "eb05": "EB05", "ic025": "IC025", "ebgm": "EBGM", "prr": "PRR", "prr_low": "PRR, lower limit",
    "ror_low": "ROR, lower limit", "chi2": "chi²", "n": "n alone", "chance": "(posterior chance of ratio ≥ 2)",
}  # fmt: skip


def table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    """Write rows as Markdown."""
    yield "| " + " | ".join(head) + " |"
    yield "|---" + "|---:" * (len(head) - 1) + "|"
    yield from ("| " + " | ".join(row) + " |" for row in rows)


def write_real_quarter(store: Path) -> None:
    """Write the real primary-suspect table of 2022Q3 as a quarter of a store."""
    rows = suspects()
    key = {"primaryid": pl.col("CASEID"), "caseid": pl.col("CASEID")}
    term = pl.col("AE").str.to_uppercase()
    drugs = rows.unique(["CASEID", "DRUG"], maintain_order=True)
    events = rows.unique(["CASEID", "AE"], maintain_order=True)
    cases = rows.unique("CASEID", maintain_order=True)
    name = pl.col("DRUG").str.to_uppercase()
    order = pl.int_range(pl.len()).over("CASEID") + 1
    missing = pl.lit(None, pl.String)
    demo = "occp_cod rept_cod sex_clean country event_precision mfr_sndr lit_ref"
    frames = {
        "demo": cases.select(
            **key,
            caseversion=pl.lit("1"),
            **dict.fromkeys(demo.split(), missing),
            age_years=pl.lit(None, pl.Float64),
            wt_kg=pl.lit(None, pl.Float64),
            fda_date=pl.lit(None, pl.Int32),
            event_date=pl.lit(None, pl.Int32),
            event_maybe_padded=pl.lit(False),
        ),
        "drug": drugs.select(
            **key,
            drug_seq=order.cast(pl.String),
            role_cod=pl.lit("PS"),
            drugname=name,
            # The table has names of either kind; what is no brand of the dictionary is taken for ingredients.
            prod_ai=name,
        ),
        "reac": events.select(**key, pt=pl.col("AE"), term=term, drug_rec_act=missing),
        "indi": cases.clear().select(**key, indi_drug_seq=missing, indi_pt=missing, term=missing),
        "outc": cases.clear().select(**key, outc_cod=missing),
        "rpsr": cases.clear().select(**key, rpsr_cod=missing),
        "ther": cases.clear().select(**key, dsg_drug_seq=missing, start_dt=missing),
    }
    folder = store / "quarters" / "2022Q3"
    folder.mkdir(parents=True)
    (store / "store.json").write_text('{"format": 1}')
    tables = {}
    for table_name, frame in frames.items():
        frame.write_parquet(folder / f"{table_name}.parquet")
        content = (folder / f"{table_name}.parquet").read_bytes()
        tables[table_name] = TableEntry(frame.height, len(content), hashlib.sha256(content).hexdigest())
    (folder / "quarter.json").write_text(QuarterManifest("2022Q3", "faers", False, "0", (), tables).to_json())


STATEMENT = """\
FAERS 2022Q3, primary suspects, {reports:,} cases, from the CRAN package pvLRT, whose authors kept only reaction
terms of a single word. Most terms of the outcomes have two or more (acute kidney injury, myocardial
infarction), so nearly all that the controls are about is missing. **This is next to nothing: it shows that the
mapping runs on real names, and it cannot rank measures.** The full archive has not been evaluated. Brand names
were resolved with the EMA Article 57 list (aioli; not shipped). Every version of a case counts as it stands in
that table.

Most controls have no report of both. The PRR leaves these tied at the end; EB05, IC025, EBGM and chi² still
order them by how many reports were expected, which puts much-reported drugs last, positive controls among them.
That is why they may lie below the PRR over all controls; the second column has the controls with a report of
both.
"""


def real() -> Iterator[str]:
    """Evaluate both sets on the real quarter."""
    yield "## Real reports: one quarter, single-word terms"
    yield ""
    with tempfile.TemporaryDirectory() as folder:
        write_real_quarter(Path(folder) / "store")
        brands = Path(folder) / "brands.csv"
        known = pl.read_csv(DATA / "names_art57.tsv.gz", separator="\t", quote_char=None, infer_schema=False)
        # A comma separates ingredients there; in the store's own spelling it may be part of a name.
        known.with_columns(pl.col("ingredient").str.replace_all(", ", " / ")).write_csv(brands)
        with open_store(Path(folder) / "store", names=[brands]) as store:
            results = [evaluate_store(store, name, role="primary", mode="raw") for name in ("omop", "euadr")]
            reports = store.describe().reports
    yield STATEMENT.format(reports=reports)
    for one in results:
        yield from _real_set(one)


def _real_set(one: StoreEvaluation) -> Iterator[str]:
    controls = reference_set(one.name).controls
    drugs = controls["drug"].n_unique()
    present = pl.concat(
        [one.table.select("drug"), one.unscored.filter(~pl.col("reason").str.contains("drug")).select("drug")]
    )
    yield f"### {one.name.upper()}"
    yield ""
    yield (
        f"{controls.height} controls, {drugs} drugs, {present['drug'].n_unique()} of them in a report as primary "
        f"suspect; {one.table.height} controls could be scored ({int(one.table['positive'].sum())} positive), "
        f"{int((one.table['n'] > 0).sum())} have a report of both. Not scored: "
        + "; ".join(
            f"{count} because {reason}" for reason, count in one.unscored["reason"].value_counts(sort=True).rows()
        )
        + "."
    )
    yield ""
    yield from table(
        ["Outcome", "Terms", "In the table", "Controls scored", "positive", "with n ≥ 1", "with n ≥ 3"],
        [
            [
                row["outcome"],
                str(row["terms"]),
                str(row["terms"] - len(row["absent"])),
                *(str(value) for value in _scored(one, row["outcome"])),
            ]
            for row in one.absent_terms.iter_rows(named=True)
        ],
    )
    yield ""
    yield "AUC with DeLong's 95 % limits; a control without a report of both ranks last by the ratios:"
    yield ""
    parts = {"all scored": one.table, "with a report of both": one.table.filter(pl.col("n") > 0)}
    heads = [f"{name}: {part['positive'].sum()} of {part.height} positive" for name, part in parts.items()]
    areas = {name: _areas(part) for name, part in parts.items()}
    yield from table(["Measure", *heads], [[WORDS[s], *(areas[name].get(s, "") for name in parts)] for s in SCORES])
    yield ""
    rules = one.rules.filter(pl.col("outcome") == "all")
    yield from table(
        ["Threshold", "Positives found", "Sensitivity", "Negatives spared", "Specificity"],
        [
            [
                row["rule"],
                f"{row['found']} of {row['positives']}",
                _share(row, "sensitivity"),
                f"{row['spared']} of {row['negatives']}",
                _share(row, "specificity"),
            ]
            for row in rules.iter_rows(named=True)
        ],
    )
    yield ""


def _areas(part: pl.DataFrame) -> dict[str, str]:
    found = {s.name: evaluate(s.to_numpy(), part["positive"].to_numpy()) for s in rank_scores(part).iter_columns()}
    return {name: f"{area.auc:.2f} ({area.low:.2f} to {area.high:.2f})" for name, area in found.items()}


def _scored(one: StoreEvaluation, outcome: str) -> tuple[int, int, int, int]:
    part = one.table.filter(pl.col("outcome") == outcome)
    n = part["n"]
    return part.height, int(part["positive"].sum()), int((n >= 1).sum()), int((n >= 3).sum())


def _share(row: dict[str, float], what: str) -> str:
    if row[what] is None:
        return ""
    return f"{row[what]:.2f} ({row[f'{what}_low']:.2f} to {row[f'{what}_high']:.2f})"
