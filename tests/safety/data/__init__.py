"""Public slices of reports, compressed; the README beside says where each comes from."""

from __future__ import annotations

import atexit
import gzip
import shutil
import tempfile
from functools import cache
from pathlib import Path

import polars as pl

DATA = Path(__file__).parent


@cache
def unpacked(folder: str) -> Path:
    """Unpack a folder of the agency's text files for this process; give its path."""
    place = Path(tempfile.mkdtemp(prefix="glabella-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    for file in (DATA / folder).glob("*.gz"):
        (place / file.stem).write_bytes(gzip.decompress(file.read_bytes()))
    return place


def suspects() -> pl.DataFrame:
    """Read the primary suspects of FAERS 2022Q3: CASEID, DRUG and AE as text, a row each."""
    rows = pl.read_csv(DATA / "faers_22q3_ps.csv.gz", infer_schema=False, null_values=[])
    return rows.with_columns(pl.col("AE").str.split("|")).explode("AE")
