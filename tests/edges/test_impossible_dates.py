"""A receipt date that cannot be makes no version the latest and no year; SYNTHETIC reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from glabella.safety import ingest, open_store
from tests.edges.files import archive, few, opened, report
from tests.safety.faers.files import AERS, aers, as_zip

#: All of 2018Q1, which ended on 31 March 2018: after it, in another century, before there was an agency, no date.
IMPOSSIBLE = ["20180701", "20190101", "20991231", "20180230", "19000101", "19590101", "18000101", "00010101"]


@pytest.mark.parametrize("date", IMPOSSIBLE)
def test_an_impossible_receipt_date_forms_no_year(tmp_path: Path, date: str) -> None:
    reports = few()
    reports[0]["fda_dt"] = date
    with opened(tmp_path, reports) as store:
        years = set(store.margins(strata=("year",)).totals["year"].to_list())
    # The other reports are of 2018; what is not known may be the quarter's year or unknown.
    assert years <= {2018, None, "2018", "unknown", 0}
    assert 2018 in years or "2018" in years


@pytest.mark.parametrize("date", IMPOSSIBLE)
def test_an_impossible_receipt_date_is_counted(tmp_path: Path, date: str) -> None:
    reports = few()
    reports[0]["fda_dt"] = date
    found = ingest(archive(tmp_path, reports), tmp_path / "store")
    (demo,) = [file for file in found.added[0].files if file.table == "demo"]
    assert sum(count for what, count in demo.normalised.items() if what.startswith("fda_date_")) == 1


@pytest.mark.parametrize("date", ["20040501", "20110101", "20991231"])
def test_a_date_after_its_quarter_makes_no_legacy_version_the_latest(tmp_path: Path, date: str) -> None:
    # Two versions of case 4100001: the later number came later. The first bears a date after 2004Q1.
    demo = AERS["DEMO"].replace("4200002$4100002", "4200002$4100001")
    demo = demo.replace("$20040112$EXP", f"${date}$EXP")
    files = {name.replace(".TXT", "_SYNTHETIC.TXT"): text for name, text in aers(DEMO=demo).items()}
    ingest(as_zip(tmp_path / "aers_ascii_2004q1.zip", files), tmp_path / "store")
    with open_store(tmp_path / "store") as store:
        kept = store.signals(role="any", mode="latest", ebgm=False)
    # By hand: of the first version only BOTOX and ASPIRIN with DEPRESSION are left out; SERTRALINE stays.
    assert "SERTRALINE" in kept["drug"].to_list()
    assert "ONABOTULINUMTOXINA" not in kept["drug"].to_list()


def test_a_date_after_its_quarter_decides_nothing_between_eras(tmp_path: Path) -> None:
    demo = AERS["DEMO"].replace("4200001$4100001", "4200001$10000001").replace("$20040112$EXP", "$20990101$EXP")
    files = {name.replace(".TXT", "_SYNTHETIC.TXT"): text for name, text in aers(DEMO=demo).items()}
    old = as_zip(tmp_path / "aers_ascii_2004q1.zip", files)
    new = archive(tmp_path / "new", [report(10_000_001, drugs=["DYSPORT"], events=["Rash"], fda_dt="20180112")])
    ingest([old, new], tmp_path / "store")
    with open_store(tmp_path / "store") as store:
        kept = store.signals(role="any", mode="latest", ebgm=False)
    assert "RASH" in kept["event"].to_list()
    assert "ONABOTULINUMTOXINA" not in kept["drug"].to_list()


def test_two_rows_of_one_report_are_not_decided_by_a_date_to_come(tmp_path: Path) -> None:
    # The same number twice in one quarter: of a woman on 12 January 2018, and of a man on a day long after.
    first = report(10_000_001, sex="F", fda_dt="20180112")
    second = report(10_000_001, sex="M", fda_dt="20551231", drugs=[], events=[])
    with opened(tmp_path, [first, second, report(10_000_002, sex="F")]) as store:
        totals = store.margins(mode="raw", strata=("sex",)).totals
    assert dict(totals.rows()) == {"F": 2}
