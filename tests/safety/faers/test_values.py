"""Values read from the text: ages, dates, sexes, weights, countries, terms."""

from __future__ import annotations

import calendar
import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.safety.faers import Quarter
from glabella.safety.faers._layout import Era, countries, layout
from glabella.safety.faers._values import normalise


def demo(
    quarter: str = "2018Q1", era: Era = "faers", **columns: list[str | None]
) -> tuple[pl.DataFrame, dict[str, int]]:
    height = len(next(iter(columns.values())))
    text = {name: columns.get(name, [None] * height) for name in layout().tables["demo"].columns}
    text["caseid"] = columns.get("caseid", ["1"] * height)
    frame = pl.DataFrame(text, schema=dict.fromkeys(text, pl.String))
    rows, counts = normalise(frame, "demo", era, Quarter.parse(quarter))
    return rows, dict(counts)


def test_ages_are_read_in_years_and_the_unusable_ones_counted() -> None:
    ages = ["45", "7", "18", "52", "20000", "48", "30", "-1", "-3", "121", "N/A", "5", None, "inf", "45.0"]
    units = ["YR", "DEC", "MON", "WK", "DY", "HR", None, "YR", "YR", "YR", "YR", "XX", "YR", "YR", "yr"]
    rows, counts = demo(age=list(ages), age_cod=list(units))
    weeks, days = 52 * 7 / 365.25, 20000 / 365.25
    expected = [45, 70, 1.5, weeks, days, 48 / 8766, 30, None, None, None, None, None, None, None, 45]
    assert rows["age_years"].to_list() == expected
    assert counts == {
        "age_unit_missing": 1,
        "age_foetal": 1,
        "age_negative": 1,
        "age_impossible": 1,
        "age_not_number": 2,
        "age_unit_unknown": 1,
    }
    assert rows["age"].to_list() == ages


def test_sexes_other_than_two_are_unknown() -> None:
    rows, counts = demo(sex=["F", "M", "f", "NS", "UNK", "P", "I", "T", "YR", None])
    assert rows["sex_clean"].to_list() == ["F", "M", "F", *[None] * 7]
    assert counts == {"sex_unknown": 6}


def test_weights_are_read_in_kilograms() -> None:
    rows, counts = demo(
        wt=["70", "154", "3500", "70", "0", "636", "-2", "x", "70", None],
        wt_cod=["KG", "LBS", "GMS", None, "KG", "KG", "KG", "KG", "STONE", None],
    )
    assert rows["wt_kg"].to_list() == pytest.approx([70, 154 * 0.45359237, 3.5, *[None] * 7])
    assert counts == {
        "weight_unit_missing": 1,
        "weight_impossible": 3,
        "weight_not_number": 1,
        "weight_unit_unknown": 1,
    }


def test_event_dates_are_read_as_far_as_known() -> None:
    dates = [
        "20180105",
        "201712",
        "2017",
        "20170229",
        "20160229",
        "201713",
        "00010101",
        "19000101",
        "9199",
        "2018010",
        None,
    ]
    rows, counts = demo(event_dt=[*dates, "20171101.0"])
    assert rows["event_date"].to_list() == [20180105, 201712, 2017, None, 20160229, *[None] * 6, 20171101]
    assert rows["event_precision"].to_list() == ["day", "month", "year", None, "day", *[None] * 6, "day"]
    assert counts == {"event_date_invalid": 6, "decimal_suffix": 1}


@pytest.mark.parametrize(
    ("quarter", "era", "padded"),
    [("2012Q3", "aers", True), ("2012Q4", "faers", False), ("2021Q3", "faers", False), ("2021Q4", "faers", True)],
)
def test_first_days_may_be_padded_in_some_periods(quarter: str, era: Era, padded: bool) -> None:
    rows, counts = demo(quarter, era, event_dt=["20110401", "20110402", "201104", None])
    assert rows["event_maybe_padded"].to_list() == [padded, False, False, False]
    assert counts == ({"event_date_padded": 1} if padded else {})


def test_receipt_dates_are_whole_days() -> None:
    rows, counts = demo(fda_dt=["20180112", "201801", "20180132", None])
    assert rows["fda_date"].to_list() == [20180112, None, None, None]
    assert counts == {"fda_date_invalid": 2}


def test_a_receipt_date_that_cannot_be_is_missing_and_counted() -> None:
    # The quarter of the files is 2018Q1: its last day can be, the next cannot.
    dates: list[str | None] = [
        "20180331",
        "20180401",
        "20500101",
        "19690101",
        "19681231",
        "19000101",
        "20171231",
        "99991231",
    ]
    rows, counts = demo(fda_dt=dates)
    assert rows["fda_date"].to_list() == [20180331, None, None, 19690101, None, None, 20171231, None]
    assert counts == {"fda_date_impossible": 4, "fda_date_invalid": 1}


@pytest.mark.parametrize(("quarter", "last"), [("2012Q4", 20121231), ("2016Q1", 20160331), ("2019Q2", 20190630)])
def test_the_last_day_of_each_quarter_can_be(quarter: str, last: int) -> None:
    rows, _ = demo(quarter, "faers", fda_dt=[str(last), str(last + 70)])
    assert rows["fda_date"].to_list() == [last, None]


def test_an_event_after_the_quarter_is_no_date() -> None:
    rows, counts = demo(event_dt=["20180331", "20180401", "201803", "201804", "2018", "2019"])
    assert rows["event_date"].to_list() == [20180331, None, 201803, None, 2018, None]
    assert counts["event_date_invalid"] == 3


def test_countries_are_read_as_codes() -> None:
    rows, counts = demo(
        reporter_country=[
            "US",
            "gb",
            "UNITED STATES",
            "Korea, Republic of",
            "COUNTRY NOT SPECIFIED",
            "A1",
            "EU",
            None,
        ]
    )
    assert rows["country"].to_list() == ["US", "GB", "US", "KR", None, None, None, None]
    assert counts == {"country_name": 2, "country_unknown": 3}


def test_the_table_of_countries_is_consistent() -> None:
    known = countries()
    codes = set(known.values())
    assert all(len(code) == 2 and known[code] == code for code in codes)
    assert all(name == name.upper().strip() for name in known)
    assert len(codes) == 253


@pytest.mark.parametrize(
    ("quarter", "clean"), [("2012Q4", None), ("2015Q3", None), ("2015Q4", "D"), ("2012Q3", "D")]
)
def test_a_filler_is_no_rechallenge(quarter: str, clean: str | None) -> None:
    columns = layout().tables["drug"].columns
    frame = pl.DataFrame({name: ["D", "Y", None] for name in columns})
    rows, counts = normalise(frame, "drug", "faers", Quarter.parse(quarter))
    assert rows["rechal_clean"].to_list() == [clean, "Y", None]
    assert rows["rechal"].to_list() == ["D", "Y", None]
    assert counts == ({"rechallenge_filler": 1} if clean is None else {})


@pytest.mark.parametrize(("table", "column"), [("reac", "pt"), ("indi", "indi_pt")])
def test_terms_are_written_one_way(table: str, column: str) -> None:
    written = [
        "Crohn^s disease",
        "CROHN'S DISEASE",
        " Muscular \t weakness",
        "Muscular weakness",
        "a\u00a0b",
        " ",
        None,
    ]
    frame = pl.DataFrame(dict.fromkeys(layout().tables[table].columns, written))
    rows, counts = normalise(frame, table, "faers", Quarter(2018, 1))
    weak = "MUSCULAR WEAKNESS"
    assert rows["term"].to_list() == ["CROHN'S DISEASE", "CROHN'S DISEASE", weak, weak, "A B", None, None]
    assert rows[column].to_list() == written
    assert counts == {"caret": 1, "white_space": 3}


@given(
    st.lists(
        st.one_of(st.from_regex(r"\d{3,9}", fullmatch=True), st.text("0123456789.-+ x", max_size=9)), min_size=1
    )
)
def test_a_date_is_a_date_of_the_calendar_or_counted(dates: list[str]) -> None:
    rows, counts = demo(event_dt=[date or None for date in dates])
    invalid = 0
    for written, date, precision in rows.select("event_dt", "event_date", "event_precision").rows():
        if date is None:
            invalid += written is not None
            assert precision is None
            continue
        digits = str(date)
        year, month = int(digits[:4]), int(digits[4:6] or 1)
        assert 1901 <= year <= 2018
        datetime.date(year, month, int(digits[6:] or 1))
        assert {4: "year", 6: "month", 8: "day"}[len(digits)] == precision
    assert counts.get("event_date_invalid", 0) == invalid


@given(st.dates(datetime.date(1901, 1, 1), datetime.date(2018, 3, 31)))
def test_every_day_of_the_calendar_is_a_date(day: datetime.date) -> None:
    last = calendar.monthrange(day.year, day.month)[1]
    rows, _ = demo(event_dt=[f"{day:%Y%m%d}", f"{day:%Y%m}{last}", f"{day:%Y%m}{last + 1}", f"{day:%Y%m}00"])
    assert rows["event_precision"].to_list() == ["day", "day", None, None]
