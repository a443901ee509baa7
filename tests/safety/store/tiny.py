"""Stores written by hand: rows of quarter tables as Python says them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from glabella.safety.faers import QuarterManifest, TableEntry

TEXT = {
    "demo": (
        "primaryid caseid caseversion i_f_code event_dt mfr_dt init_fda_dt fda_dt rept_cod auth_num mfr_num "
        "mfr_sndr lit_ref age age_cod age_grp sex e_sub wt wt_cod rept_dt to_mfr occp_cod reporter_country "
        "occr_country"
    ),
    "drug": "primaryid caseid drug_seq role_cod drugname prod_ai val_vbm route dose_vbm",
    "reac": "primaryid caseid pt drug_rec_act term",
    "indi": "primaryid caseid indi_drug_seq indi_pt term",
    "outc": "primaryid caseid outc_cod",
    "rpsr": "primaryid caseid rpsr_cod",
    "ther": "primaryid caseid dsg_drug_seq start_dt end_dt dur dur_cod",
    "deleted": "caseid",
}
TYPED = {
    "age_years": pl.Float64,
    "sex_clean": pl.String,
    "fda_date": pl.Int32,
    "event_date": pl.Int32,
    "event_precision": pl.String,
    "event_maybe_padded": pl.Boolean,
    "wt_kg": pl.Float64,
    "country": pl.String,
}
Row = Mapping[str, Any]


def report(primaryid: int, **more: Any) -> dict[str, Any]:
    """Give a row of DEMO; `drugs` (name, or name with role, or with prod_ai), `events`, `indications` beside it."""
    return {"primaryid": primaryid, "caseid": primaryid, "drugs": ["ASPIRIN"], "events": ["NAUSEA"], **more}


def write_quarter(
    store: Path, quarter: str, reports: Sequence[Row], *, deleted: Sequence[int] = (), synthetic: bool = True
) -> None:
    """Write a quarter folder with its manifest."""
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TEXT}
    for one in reports:
        key = {"primaryid": str(one["primaryid"]), "caseid": str(one["caseid"])}
        columns = {*TEXT["demo"].split(), *TYPED}
        rows["demo"].append({**{k: v for k, v in one.items() if k in columns}, **key})
        for number, drug in enumerate(one["drugs"], start=1):
            name, role, ai, seq = (*((drug,) if isinstance(drug, str) else drug), None, None, None)[:4]
            rows["drug"].append(
                {**key, "drug_seq": seq or str(number), "drugname": name, "role_cod": role or "PS", "prod_ai": ai}
            )
        rows["reac"] += [{**key, "pt": term, "term": term} for term in one["events"]]
        rows["indi"] += [
            {**key, "indi_drug_seq": str(seq), "indi_pt": term, "term": term}
            for seq, term in one.get("indications", ())
        ]
    rows["deleted"] = [{"caseid": str(case)} for case in deleted]
    frames = {}
    for table, names in TEXT.items():
        schema: dict[str, Any] = dict.fromkeys(names.split(), pl.String) | (TYPED if table == "demo" else {})
        frames[table] = pl.DataFrame(
            [{name: row.get(name) for name in schema} for row in rows[table]], schema, strict=False
        )
    if not deleted:
        del frames["deleted"]
    write_tables(store, quarter, frames, synthetic=synthetic)


def write_tables(store: Path, quarter: str, frames: Mapping[str, pl.DataFrame], *, synthetic: bool = False) -> None:
    """Write tables as a quarter; columns that are not there are null."""
    folder = store / "quarters" / quarter
    folder.mkdir(parents=True)
    (store / "store.json").write_text(json.dumps({"format": 1}))
    tables = {}
    for table, names in TEXT.items():
        if table == "deleted" and table not in frames:
            continue
        schema: dict[str, Any] = dict.fromkeys(names.split(), pl.String) | (TYPED if table == "demo" else {})
        given = frames.get(table, pl.DataFrame())
        frame = given.select(
            pl.col(name).cast(kind) if name in given.columns else pl.lit(None, kind).alias(name)
            for name, kind in schema.items()
        )
        frame.write_parquet(folder / f"{table}.parquet")
        content = (folder / f"{table}.parquet").read_bytes()
        tables[table] = TableEntry(frame.height, len(content), hashlib.sha256(content).hexdigest())
    era = "aers" if quarter < "2012Q4" else "faers"
    manifest = QuarterManifest(quarter, era, synthetic, "0", (), tables)  # type: ignore[arg-type]
    (folder / "quarter.json").write_text(manifest.to_json())
