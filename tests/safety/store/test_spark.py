"""DuckDB and Spark run the same statements: the same rows, types and order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from glabella.safety.store import Store, open_index, open_store
from tests.safety.store.tiny import report, write_quarter

#: Under `--dist loadgroup` one worker starts Java, not each.
pytestmark = pytest.mark.xdist_group("spark")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, spark: str) -> Iterator[tuple[Store, Store]]:
    folder = tmp_path_factory.mktemp("both")
    rng = np.random.default_rng(3)
    names = ["BOTOX", "DYSPORT", "ZOLOFT", "TOPAMAX", "ASPIRIN"]
    terms = ["DEPRESSION", "DEPRESSED MOOD", "NAUSEA", "PAIN", "Ä", "a"]
    reports = [
        report(
            i + 1,
            drugs=[(names[k], ["PS", "SS", "I", "C"][int(rng.integers(4))]) for k in rng.integers(0, 5, 3)],
            events=[terms[k] for k in rng.integers(0, 6, 2)],
            indications=[("1", ["MIGRAINE", "PAIN"][int(rng.integers(2))])],
            caseid=int(rng.integers(1, 90)),
            sex_clean=[None, "F", "M"][int(rng.integers(3))],
            country=[None, "DE", "US"][int(rng.integers(3))],
            occp_cod=[None, "MD", "LW"][int(rng.integers(3))],
            age_years=float(rng.uniform(0, 90)),
        )
        for i in range(120)
    ]
    write_quarter(folder, "2012Q3", reports[:40])
    write_quarter(folder, "2022Q1", reports[40:])
    with open_store(folder) as duck, open_index(duck.index, engine=spark, memory="1GB") as other:
        yield duck, other


def same(one: pl.DataFrame, two: pl.DataFrame) -> None:
    assert one.schema == two.schema
    assert one.equals(two)
    assert one.height > 0


def test_pairs_and_margins(both: tuple[Store, Store]) -> None:
    duck, spark = both
    # Counted anew by each: the pairs that are kept would be those of the other engine.
    strata = ("sex", "country")
    one, two = (store.pairs("any", strata=strata) for store in both)
    same(one.frame, two.frame)
    same(one.margins.drugs, two.margins.drugs)
    same(one.margins.events, two.margins.events)
    same(one.margins.totals, two.margins.totals)
    kept = duck.pairs()
    for path in (duck.index / "counted").rglob("*.parquet"):
        path.unlink()
    (duck.index / "counted" / "substance-suspect-strict").rmdir()
    same(kept.frame, spark.pairs().frame)


def test_groups(both: tuple[Store, Store]) -> None:
    one, two = (store.signals("botulinum_toxin", "depression_core", mode="raw", ebgm=False) for store in both)
    same(one, two)


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2022Q1", [report(1)])
    with pytest.raises(ValueError, match="engine: 'postgres'"):
        open_store(tmp_path, engine="postgres")
