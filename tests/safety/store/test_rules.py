"""Cleaning flags and never deletes: each rule on a store small enough to count by eye."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from glabella.safety.store import build_index, load_rules, open_store
from tests.safety.store.tiny import report, write_quarter


def flags(store: Path, **more: Any) -> dict[tuple[str, int], int]:
    index = build_index(store, **more)
    reports = pl.read_parquet(index / "reports.parquet")
    return {(row["quarter"], row["primaryid"]): row["flags"] for row in reports.iter_rows(named=True)}


def effects(store: Path) -> dict[str, int]:
    with open_store(store) as opened:
        return {rule["id"]: rule["reports"] for rule in opened.describe().rules}


@pytest.mark.parametrize(
    ("first", "second", "superseded"),
    [
        ({"caseversion": "1"}, {"caseversion": "2"}, 1),
        ({"caseversion": "10"}, {"caseversion": "9"}, 2),  # as numbers, not as text
        ({"caseversion": "2", "fda_date": 20220101}, {"caseversion": "1", "fda_date": 20220301}, 2),
        ({"caseversion": "1", "fda_date": 20220301}, {"caseversion": "1", "fda_date": 20220101}, 2),
        ({"caseversion": "1", "fda_date": None}, {"caseversion": "1", "fda_date": 20220101}, 1),
        ({}, {}, 1),  # all else equal: the highest primaryid
    ],
)
def test_the_latest_version_stays(
    tmp_path: Path, first: dict[str, Any], second: dict[str, Any], superseded: int
) -> None:
    write_quarter(tmp_path, "2022Q1", [report(101, caseid=1, **first), report(102, caseid=1, **second)])
    assert flags(tmp_path) == {("2022Q1", 100 + n): int(n == superseded) for n in (1, 2)}


def test_a_version_that_comes_again_in_a_later_quarter_counts_once(tmp_path: Path) -> None:
    for quarter in ("2022Q1", "2022Q2"):
        write_quarter(tmp_path, quarter, [report(11, caseid=1, caseversion="1", fda_date=20220105)])
    assert flags(tmp_path) == {("2022Q1", 11): 1, ("2022Q2", 11): 0}


@pytest.mark.parametrize(
    ("legacy", "current", "stays"),
    [(20120801, 20121101, "2012Q4"), (20121201, 20121101, "2012Q3"), (20121101, 20121101, "2012Q4")],
)
def test_of_a_case_in_both_eras_the_later_one_stays(tmp_path: Path, legacy: int, current: int, stays: str) -> None:
    older = [report(7000001, caseid=5, fda_date=20120101), report(7000002, caseid=5, fda_date=legacy)]
    write_quarter(tmp_path, "2012Q3", older)
    write_quarter(tmp_path, "2012Q4", [report(51, caseid=5, caseversion="1", fda_date=current)])
    assert [quarter for (quarter, _), bits in flags(tmp_path).items() if bits == 0] == [stays]


def test_a_report_without_a_case_is_its_own(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2022Q1", [report(1, caseid=""), report(2, caseid="")])
    assert set(flags(tmp_path).values()) == {0}


def test_every_list_of_deleted_cases_applies_to_every_quarter(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2012Q3", [report(1, caseid=10), report(2, caseid=20)])
    write_quarter(tmp_path, "2019Q1", [report(300, caseid=30), report(400, caseid=40)], deleted=[10, 30, 99])
    found = flags(tmp_path)
    assert [key[1] for key, bits in found.items() if bits & 2] == [1, 300]
    assert effects(tmp_path)["deleted_case"] == 2


SAME = {
    "event_date": 20220315,
    "event_precision": "day",
    "event_maybe_padded": False,
    "age_years": 61.0,
    "sex_clean": "F",
    "country": "DE",
    "drugs": ["BOTOX", "ZOLOFT"],
    "events": ["PTOSIS", "HEADACHE"],
}


def two(tmp_path: Path, **second: Any) -> list[int]:
    write_quarter(tmp_path, "2022Q2", [report(1, fda_date=20220401, **SAME), report(2, **SAME | second)])
    return [number for (_, number), bits in flags(tmp_path).items() if bits & 4]


def test_the_same_event_filed_twice_is_a_probable_duplicate_and_the_latest_stays(tmp_path: Path) -> None:
    assert two(tmp_path, fda_date=20220402) == [1]


@pytest.mark.parametrize(
    "second",
    [
        {"event_date": 20220316},
        {"event_date": 202203, "event_precision": "month"},
        {"event_date": None, "event_precision": None},
        {"age_years": 62.0},
        {"age_years": None},
        {"sex_clean": "M"},
        {"sex_clean": None},
        {"country": "FR"},
        {"country": None},
        {"drugs": ["BOTOX"]},
        {"drugs": ["BOTOX", "ZOLOFT", "ASPIRIN"]},
        {"events": ["PTOSIS"]},
        {"events": []},
        {"caseid": 1},
    ],
    ids=str,
)
def test_whatever_differs_or_is_missing_is_no_duplicate(tmp_path: Path, second: dict[str, Any]) -> None:
    assert two(tmp_path, **second) == []


def test_the_order_and_the_doses_of_drugs_and_terms_do_not_matter(tmp_path: Path) -> None:
    more = {"drugs": ["Zoloft 50 mg", "BOTOX", "BOTOX"], "events": ["HEADACHE", "PTOSIS"]}
    assert two(tmp_path, fda_date=20220301, **more) == [2]


def test_what_is_missing_in_both_is_not_alike(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2022Q2", [report(n, **SAME | {"age_years": None}) for n in (1, 2)])
    assert set(flags(tmp_path).values()) == {0}


@pytest.mark.parametrize(("senders", "found"), [(("A", "A"), [1]), (("A", "B"), []), ((None, None), [])])
def test_a_date_that_may_be_padded_needs_the_same_sender(
    tmp_path: Path, senders: tuple[str | None, str | None], found: list[int]
) -> None:
    padded = SAME | {"event_date": 20220301, "event_maybe_padded": True}
    reports = [report(n, fda_date=20220400 + n, mfr_sndr=who, **padded) for n, who in enumerate(senders, start=1)]
    write_quarter(tmp_path, "2022Q2", reports)
    assert [number for (_, number), bits in flags(tmp_path).items() if bits & 4] == found


def test_a_superseded_version_is_no_partner_of_a_duplicate(tmp_path: Path) -> None:
    reports = [
        report(11, caseid=1, caseversion="1", **SAME),
        report(12, caseid=1, caseversion="2"),
        report(21, **SAME),
    ]
    write_quarter(tmp_path, "2022Q2", reports)
    assert flags(tmp_path) == {("2022Q2", 11): 1, ("2022Q2", 12): 0, ("2022Q2", 21): 0}


PAPER = "Smith J, et al. Ptosis after treatment of the glabella. J Test. 2021;1:1-9"


def test_a_paper_filed_twice_is_left_out_by_the_literature_mode_alone(tmp_path: Path) -> None:
    twice = {"drugs": ["BOTOX"], "events": ["PTOSIS"]}
    reports = [report(1, lit_ref=PAPER, **twice), report(2, lit_ref=PAPER.upper().replace(".", " ;"), **twice)]
    reports += [report(3, lit_ref=PAPER, drugs=["BOTOX"], events=["HEADACHE"]), report(4, lit_ref="N/A", **twice)]
    reports += [report(5, lit_ref="N/A", **twice)]
    write_quarter(tmp_path, "2022Q2", reports)
    assert [number for (_, number), bits in flags(tmp_path).items() if bits] == [1]
    with open_store(tmp_path) as store:
        assert dict(store.describe().kept) == {"raw": 5, "latest": 5, "strict": 5, "literature": 4}


def test_a_rule_switched_off_sets_no_bit(tmp_path: Path) -> None:
    shipped = load_rules().content.decode()
    own = tmp_path / "rules.yaml"
    own.write_text(shipped.replace("bit: 1\n    on: true", "bit: 1\n    on: false"))
    write_quarter(
        tmp_path, "2022Q1", [report(11, caseid=1, caseversion="1"), report(12, caseid=1, caseversion="2")]
    )
    assert sorted(flags(tmp_path).values()) == [0, 1]
    assert set(flags(tmp_path, rules=own).values()) == {0}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("bit: 2", "bit: 3", "powers of two"),
        ("bit: 2", "bit: 1", "different"),
        ("id: deleted_case", "id: erased", "expected"),
        ("modes: [literature]", "modes: [sometimes]", "mode 'sometimes'"),
        ("on: true", "on: perhaps", "on is 'perhaps'"),
        ("default_mode: strict", "default_mode: loose", "default_mode 'loose'"),
        ("rules:", "rule:", "list `rules`"),
    ],
)
def test_wrong_rules_are_refused_by_name(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(load_rules().content.decode().replace(old, new, 1))
    with pytest.raises(ValueError, match=words) as fault:
        load_rules(path)
    assert str(path) in str(fault.value)
