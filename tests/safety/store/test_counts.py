"""Counts are distinct reports: against a count in plain Python, and against the rows of a real quarter."""

from __future__ import annotations

import tempfile
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.safety.store import Store, TermGroup, open_store
from tests.safety.data import suspects
from tests.safety.store.tiny import report, write_quarter, write_tables

NAMES = ["BOTOX", "BOTOX COSMETIC", "DYSPORT", "ZOLOFT", "X"]
TERMS = ["DEPRESSION", "DEPRESSED MOOD", "NAUSEA", "PAIN"]
RANK = {"PS": 1, "SS": 2, "I": 3, "C": 4, "DN": 5}
SUBSTANCE = {
    "BOTOX": "ONABOTULINUMTOXINA",
    "BOTOX COSMETIC": "ONABOTULINUMTOXINA",
    "DYSPORT": "ABOBOTULINUMTOXINA",
    "ZOLOFT": "SERTRALINE",
    "X": "X",
}

drugs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(sorted(RANK))), max_size=5)
rows = st.fixed_dictionaries(
    {
        "caseid": st.integers(1, 6),
        "drugs": drugs,
        "events": st.lists(st.sampled_from(TERMS), max_size=4),
        "sex_clean": st.sampled_from(["F", "M", None]),
        "country": st.sampled_from(["DE", "US", None]),
    }
)
stores = st.lists(rows, min_size=1, max_size=12)


def numbered(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [report(100 + i, **row) for i, row in enumerate(found)]


def opened(folder: str, found: list[dict[str, Any]], engine: str = "duckdb") -> Store:
    write_quarter(Path(folder), "2022Q1", found)
    return open_store(folder, engine=engine, threads=1)


def by_hand(found: list[dict[str, Any]], role: str, level: str, latest: bool) -> dict[str, Any]:
    """Count sets of reports in plain Python."""
    highest = {"primary": 1, "suspect": 2, "any": 4}[role]
    last = {row["caseid"]: row["primaryid"] for row in found}
    kept = [row for row in found if not latest or last[row["caseid"]] == row["primaryid"]]
    pairs: Counter[tuple[str, str]] = Counter()
    of_drug: Counter[str] = Counter()
    of_event: Counter[str] = Counter()
    for row in kept:
        named = {
            SUBSTANCE[name] if level == "substance" else name
            for name, code in row["drugs"]
            if RANK[code] <= highest
        }
        of_drug.update(named)
        of_event.update(set(row["events"]))
        pairs.update(product(named, set(row["events"])))
    return {"pairs": pairs, "drugs": of_drug, "events": of_event, "total": len(kept)}


@settings(max_examples=15)
@given(
    stores, st.sampled_from(["primary", "suspect", "any"]), st.sampled_from(["substance", "product"]), st.booleans()
)
def test_pairs_are_those_counted_by_hand(found: list[dict[str, Any]], role: str, level: str, latest: bool) -> None:
    found = numbered(found)
    with tempfile.TemporaryDirectory() as folder, opened(folder, found) as store:
        counted = store.pairs(role, mode="latest" if latest else "raw", level=level)
        drug_names = dict(pl.read_parquet(store.index / f"{level}s.parquet").select(f"{level}_id", "name").rows())
        event_names = dict(pl.read_parquet(store.index / "events.parquet").rows())
        true = by_hand(found, role, level, latest)
        got = {
            (drug_names[drug], event_names[event]): (n, a, b, total)
            for drug, event, n, a, b, total in counted.frame.rows()
        }
        assert got == {
            (drug, event): (n, true["drugs"][drug], true["events"][event], true["total"])
            for (drug, event), n in true["pairs"].items()
        }
        ids = counted.frame.select(f"{level}_id", "event_id").rows()
        assert ids == sorted(ids)
        # Strata add up to the whole.
        by_sex = store.pairs(role, mode="latest" if latest else "raw", level=level, strata=("sex", "country"))
        keys = [f"{level}_id", "event_id"]
        summed = by_sex.frame.group_by(keys).agg(pl.col("n").sum()).sort(keys)
        assert summed.rows() == counted.frame.select(*keys, "n").rows()
        assert by_sex.margins.totals["n_total"].sum() == true["total"]


@settings(max_examples=6)
@given(stores, st.randoms(use_true_random=False), st.integers(1, 10**6))
def test_numbers_of_reports_and_order_of_rows_leave_the_counts(
    found: list[dict[str, Any]], random: Any, offset: int
) -> None:
    found = [row | {"caseid": i} for i, row in enumerate(numbered(found))]
    other = [row | {"primaryid": offset + 7 * i, "caseid": offset + i} for i, row in enumerate(found)]
    random.shuffle(other)
    with (
        tempfile.TemporaryDirectory() as a,
        tempfile.TemporaryDirectory() as b,
        opened(a, found) as one,
        opened(b, other) as two,
    ):
        assert one.pairs("any").frame.equals(two.pairs("any").frame)


def test_a_report_with_a_row_for_every_dose_counts_once(tmp_path: Path) -> None:
    doses = [("BOTOX", "PS")] * 5 + [("BOTOX COSMETIC", "SS")]
    write_quarter(tmp_path, "2024Q4", [report(1, drugs=doses, events=["PTOSIS", "PTOSIS"])])
    with open_store(tmp_path) as store:
        assert store.pairs().frame.rows() == [(0, 0, 1, 1, 1, 1)]
        assert store.pairs("primary", level="product").frame.rows() == [(0, 0, 1, 1, 1, 1)]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("small")
    reports = [
        report(1, drugs=["BOTOX", "DYSPORT"], events=["DEPRESSION", "DEPRESSED MOOD"]),
        report(2, drugs=["BOTOX"], events=["NAUSEA"]),
        report(3, drugs=[("EXPAREL", "PS", "BUPIVACAINE")], events=["DEPRESSION"]),
        report(4, drugs=[("BUPIVACAINE", "PS", "BUPIVACAINE"), ("BOTOX", "C")], events=["PAIN"]),
    ]
    write_quarter(folder, "2022Q1", reports)
    return open_store(folder)


def rows_of(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return frame.select("drug", "event", "n", "n_drug", "n_event", "n_total").rows()


def test_a_group_counts_a_report_once(small: Store) -> None:
    assert rows_of(small.signals("Botulinum Toxin", "depression_core")) == [
        ("botulinum_toxin", "depression_core", 1, 2, 2, 4)
    ]
    assert rows_of(small.signals("botulinum_toxin", "depression_core", role="any")) == [
        ("botulinum_toxin", "depression_core", 1, 3, 2, 4)
    ]


def test_chosen_with_chosen_has_pairs_without_a_report(small: Store) -> None:
    found = small.signals(["bupivacaine", "ABOBOTULINUMTOXINA"], ["nausea", "pain"], ebgm=False)
    assert [row[2] for row in rows_of(found)] == [0, 1, 0, 0]
    # One report of bupivacaine with pain, and none of pain without it.
    assert found["ror"].to_list() == [None, float("inf"), None, None]
    assert "ebgm" not in found.columns


def test_one_side_open_gives_every_single_partner(small: Store) -> None:
    assert rows_of(small.signals("onabotulinumtoxina")) == [
        ("ONABOTULINUMTOXINA", "DEPRESSED MOOD", 1, 2, 1, 4),
        ("ONABOTULINUMTOXINA", "DEPRESSION", 1, 2, 2, 4),
        ("ONABOTULINUMTOXINA", "NAUSEA", 1, 2, 1, 4),
    ]
    assert [row[0] for row in rows_of(small.signals(event="depression_core"))] == [
        "ABOBOTULINUMTOXINA",
        "BUPIVACAINE",
        "ONABOTULINUMTOXINA",
    ]
    assert small.signals().height == small.pairs().frame.height


def test_a_brand_hidden_by_its_ingredient_is_found_at_the_level_of_products(small: Store) -> None:
    assert rows_of(small.signals("bupivacaine", "depression")) == [("BUPIVACAINE", "DEPRESSION", 1, 2, 2, 4)]
    assert rows_of(small.signals("exparel", "depression", level="product")) == [
        ("EXPAREL", "DEPRESSION", 1, 1, 2, 4)
    ]
    assert rows_of(small.signals("botulinum_toxin_A", "nausea", level="product"))[0][3] == 2


def test_a_group_goes_before_a_term_spelled_alike(tmp_path: Path) -> None:
    events = [["ANXIETY"], ["PANIC ATTACK"]]
    write_quarter(tmp_path, "2022Q1", [report(i, drugs=["BOTOX"], events=terms) for i, terms in enumerate(events)])
    with open_store(tmp_path) as store:
        found = store.signals("botulinum_toxin", ["anxiety", "=anxiety"], ebgm=False)
        assert found.select("event", "n").rows() == [("anxiety", 2), ("ANXIETY", 1)]


def test_a_list_of_the_user_is_a_group(small: Store) -> None:
    own = TermGroup(id="own", title="own", terms=("PAIN", "NAUSEA", "NEVER SEEN"))
    assert rows_of(small.signals("botulinum_toxin", own)) == [("botulinum_toxin", "own", 1, 2, 2, 4)]
    assert small.find_events(own)[0].absent == ("NEVER SEEN",)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"drug": "bupivacane"}, "near it: BUPIVACAINE"),
        ({"drug": "exparel"}, "brands are at level 'product'"),
        ({"drug": "botulinumtoxin"}, "botulinum_toxin"),
        ({"event": "depresion"}, "near it: DEPRESSION"),
        ({"drug": "qqq", "level": "product"}, "in no report of this store; substances"),
        ({"drug": "bupivacaine", "role": "main"}, "role: 'main'"),
        ({"drug": "bupivacaine", "mode": "clean"}, "mode: 'clean'"),
        ({"drug": "bupivacaine", "level": "brand"}, "level: 'brand'"),
    ],
)
def test_what_is_not_known_is_said_with_what_is_near(small: Store, asked: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        small.signals(**asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("strata", [("age",), ("sex", "sex")])
def test_strata_are_checked(small: Store, strata: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="strata"):
        small.pairs(strata=strata)


def test_counted_pairs_are_kept_and_read_again(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2022Q1", [report(1, drugs=["BOTOX"], events=["NAUSEA"])])
    with open_store(tmp_path) as store:
        first = store.pairs()
        assert (store.index / "counted" / "substance-suspect-strict" / "frame.parquet").exists()
        again = store.pairs()
        assert again.frame.equals(first.frame)
        assert again.margins.drugs.equals(first.margins.drugs)
        assert (again.role, again.mode, again.level) == ("suspect", "strict", "substance")


def test_expected_counts_over_strata_are_sums_of_products_of_margins(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    reports = [
        report(
            i,
            drugs=sorted({f"D{k}" for k in rng.integers(0, 4, 2)}),
            events=sorted({f"E{k}" for k in rng.integers(0, 5, 2)}),
            sex_clean=["F", "M", None][int(rng.integers(3))],
        )
        for i in range(60)
    ]
    write_quarter(tmp_path, "2022Q1", reports)
    with open_store(tmp_path) as store:
        pairs = store.pairs(strata=("sex",), mode="raw")
        pooled = pairs.pooled()
        names = dict(pl.read_parquet(store.index / "substances.parquet").select("substance_id", "name").rows())
        terms = dict(pl.read_parquet(store.index / "events.parquet").rows())
        for drug, event, n, expected in pooled.rows():
            true = 0.0
            for sex in ("F", "M", None):
                inside = [one for one in reports if one["sex_clean"] == sex]
                of_drug = sum(names[drug] in one["drugs"] for one in inside)
                of_event = sum(terms[event] in one["events"] for one in inside)
                true += of_drug * of_event / len(inside)
            assert expected == pytest.approx(true, rel=1e-12)
            assert n == sum(names[drug] in one["drugs"] and terms[event] in one["events"] for one in reports)
        whole = store.pairs(mode="raw")
        assert whole.pooled()["expected"].to_list() == pytest.approx(
            [a * b / 60 for a, b in whole.frame.select("n_drug", "n_event").rows()]
        )
        assert {"ror", "ic025"} <= set(pairs.score().columns)


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Give the real primary suspects of 2022Q3, one report a case."""
    folder = tmp_path_factory.mktemp("quarter")
    read = suspects()
    key = {"primaryid": pl.col("CASEID") + "1", "caseid": pl.col("CASEID")}
    drugs = read.select(**key, role_cod=pl.lit("PS"), drugname="DRUG").unique(maintain_order=True)
    events = read.select(**key, pt="AE", term=pl.col("AE").str.to_uppercase())
    write_tables(
        folder, "2022Q3", {"demo": drugs.select(*key).unique(maintain_order=True), "drug": drugs, "reac": events}
    )
    return open_store(folder, threads=2)


#: As docs/safety.md has them: a, b, c, d, ROR with limits, and IC where it is printed.
PUBLISHED = {
    "DEPRESSION": (1, 206, 3581, 212079, 0.287, 0.040, 2.051),
    "ANXIETY": (4, 203, 6342, 209318, 0.650, 0.242, 1.750),
    "DEATH": (26, 181, 15951, 199709, 1.798, 1.192, 2.714),
    "HEADACHE": (33, 174, 13727, 201933, 2.790, 1.922, 4.049),
    "DYSPHAGIA": (9, 198, 1743, 213917, 5.579, 2.856, 10.898),
    "DIPLOPIA": (7, 200, 463, 215197, 16.268, 7.614, 34.755),
    "MIGRAINE": (12, 195, 2156, 213504, 6.094, 3.397, 10.933),
}


#: The names that the published rows count: all of the family in this quarter but Vistabel, which the map adds.
COUNTED = (
    "BOTOX",
    "BOTOX COSMETIC",
    "DYSPORT",
    "XEOMIN",
    "BOTULINUM TOXIN TYPE A",
    "BOTULINUM TOXIN NOS",
    "JEUVEAU",
    "MYOBLOC",
    "NEUROBLOC",
    "RIMABOTULINUMTOXINB",
)


def test_the_real_quarter_gives_the_published_rows_of_botulinum_toxin(quarter: Store) -> None:
    counted = TermGroup(id="counted", title="names counted", terms=COUNTED)
    found = quarter.signals(
        counted, [f"={event}" for event in PUBLISHED], role="primary", level="product", ebgm=False
    )
    for row, (event, (a, b, c, d, ror, low, high)) in zip(
        found.iter_rows(named=True), PUBLISHED.items(), strict=True
    ):
        n, drug, of_event, total = (row[name] for name in ("n", "n_drug", "n_event", "n_total"))
        assert (row["event"], n, drug - n, of_event - n, total - drug - of_event + n) == (event, a, b, c, d)
        assert [round(row[name], 3) for name in ("ror", "ror_low", "ror_high")] == [ror, low, high]
    first = found.row(0, named=True)
    assert (round(first["ic"], 2), round(first["ic025"], 2)) == (-1.39, -5.17)


def test_the_group_of_the_family_is_those_names_and_the_two_cases_of_vistabel(quarter: Store) -> None:
    found = quarter.signals("botulinum_toxin", [f"={event}" for event in PUBLISHED], role="primary", ebgm=False)
    assert set(found["n_drug"]) == {209}
    assert quarter.signals("vistabel", "death", level="product", ebgm=False)["n_drug"].to_list() == [2]
    extra = TermGroup(id="all", title="all", terms=(*COUNTED, "VISTABEL"))
    products = quarter.signals(
        extra, [f"={event}" for event in PUBLISHED], role="primary", level="product", ebgm=False
    )
    assert products.drop("drug").equals(found.drop("drug"))


def test_the_prior_of_the_real_quarter_is_the_published_one(quarter: Store) -> None:
    """Published on the names as they stand (3,880 of them), which is the level of products before any is merged."""
    pairs = quarter.pairs("primary", level="product")
    assert pairs.margins.totals["n_total"].to_list() == [215_867]
    gps = quarter.prior("primary", level="product")
    assert gps.converged
    assert quarter.prior("primary", level="product").prior == gps.prior
    scored = quarter.signals("BOTOX", "DIPLOPIA", role="primary", level="product").row(0, named=True)
    assert scored["eb05"] < scored["ebgm"] < scored["eb95"]
