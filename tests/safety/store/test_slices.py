"""From the agency's files to counts: the real slices, ingested, against a reading of the text in Python."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from glabella.safety.faers import ingest
from glabella.safety.store import Store, TermGroup, open_store
from tests.safety.data import DATA, unpacked


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("slices") / "store"
    older = DATA / "faers_2004q1_2017q2_sample"
    ingest(
        [unpacked("faers_25q4_sample"), older / "aers_ascii_2004q1.zip", older / "faers_ascii_2017q2.zip"], folder
    )
    return open_store(folder, threads=2)


def text(name: str) -> list[dict[str, str]]:
    with (unpacked("faers_25q4_sample") / f"{name}25Q4.txt").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="$", quoting=csv.QUOTE_NONE))


def test_both_eras_are_there_and_nothing_is_lost(store: Store) -> None:
    said = store.describe()
    assert said.quarters == ("2004Q1", "2017Q2", "2025Q4")
    assert said.reports == said.rows["demo_rows"] == 1200
    assert not said.synthetic
    lost = {name: count for name, count in said.rows.items() if "without_report" in name or "repeats" in name}
    assert set(lost.values()) == {0}
    assert 0 < said.names["unmapped"]["rows"] < said.names["unmapped"]["of_rows"]


def test_the_toxin_is_counted_in_reports_not_in_rows(store: Store) -> None:
    toxin = [row for row in text("DRUG") if row["drugname"] in ("BOTOX", "BOTULINUM TOXIN TYPE A")]
    assert len(toxin) == 13
    reports = {row["primaryid"] for row in toxin}
    terms = defaultdict(set)
    for row in text("REAC"):
        terms[row["pt"].upper()].add(row["primaryid"])
    named = TermGroup(id="named", title="named", terms=("ONABOTULINUMTOXINA", "BOTULINUM TOXIN TYPE A"))
    found = store.signals(named, role="any", mode="raw", ebgm=False)
    counts = {row["event"]: (row["n"], row["n_drug"]) for row in found.iter_rows(named=True)}
    assert counts == {
        term: (len(reports & having), len(reports)) for term, having in terms.items() if reports & having
    }


def test_nine_doses_in_one_report_are_one_report(store: Store) -> None:
    """The slice of 2017Q2 has Dysport in nine rows of one report."""
    counted = dict(store.margins(mode="raw").drugs.rows())
    (dysport,) = store.find_drugs("abobotulinumtoxinA")
    assert [counted[one] for one in dysport.ids] == [1]
    (family,) = store.find_drugs("botulinum_toxin")
    found = store.signals("botulinum_toxin", mode="raw", ebgm=False)
    assert len(family.ids) == 3
    # Of eight reports with one of the family one names it as a concomitant drug.
    assert set(found["n_drug"]) == {7}


def test_the_brand_stays_a_product_beside_its_ingredient(store: Store) -> None:
    rows = [row for row in text("DRUG") if row["prod_ai"] == "ONABOTULINUMTOXINA"]
    assert {row["drugname"] for row in rows} == {"BOTOX"}
    reports = len({row["primaryid"] for row in rows})
    for level, name in (("product", "Botox"), ("substance", "onabotulinumtoxinA")):
        drugs = store.margins("any", mode="raw", level=level).drugs
        (found,) = store.find_drugs(name, level=level)
        assert dict(drugs.select(f"{level}_id", "n_drug").rows())[found.ids[0]] == reports
