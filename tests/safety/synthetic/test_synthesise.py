"""Archives: labelled, the same bytes for the same seed, each era's layout, and the defects that are declared.

The reader here is as plain as can be and shares nothing with the generator or the ingest.
"""

import json
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from glabella.safety.synthetic import Synthesis, synthesise
from glabella.safety.synthetic import _synthesise as module

QUARTERS = "2004Q1,2008Q2,2011Q1..2013Q1,2014Q2..2014Q3,2015Q3,2018Q1,2018Q4..2019Q3,2021Q3..2021Q4,2024Q3..2025Q1"


@dataclass(frozen=True)
class Member:
    """A text file as a plain reader finds it."""

    quarter: str
    table: str
    raw: bytes
    header: list[str]
    lines: list[str]

    @property
    def legacy(self) -> bool:
        return self.quarter <= "2012Q3"

    def rows(self) -> list[list[str]]:
        """Split lines, and mend the two that cannot be read."""
        found: list[list[str]] = []
        width = len(self.header)
        for line in self.lines:
            fields = line.split("$")
            if len(fields) >= 2 * width:
                found += [fields[:width], fields[width : 2 * width]]
            elif self.table == "demo" and (self.quarter == "2012Q1") and "SYN" in fields:
                at = fields.index("SYN")
                found.append([*fields[:at], "SYN$" + fields[at + 1], *fields[at + 2 :]][:width])
            else:
                found.append(fields[:width])
        return found

    def column(self, *names: str) -> list[str]:
        (name,) = [one for one in names if one in self.header]
        at = self.header.index(name)
        return [row[at] for row in self.rows()]


def read(raw: bytes, entry: dict[str, Any]) -> Member:
    text = raw.removeprefix(b"\xef\xbb\xbf")
    lines = [_decoded(line) for line in text.replace(b"\r\n", b"\n").split(b"\n")]
    assert lines.pop() == ""
    header = lines.pop(0).split("$") if entry["table"] != "deleted" else ["caseid"]
    return Member(entry["quarter"], entry["table"], raw, [one.strip() for one in header], lines)


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesise(15_000, QUARTERS, tmp_path_factory.mktemp("synthetic") / "out", seed=5)


@pytest.fixture(scope="module")
def card(made: Synthesis) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((made.folder / "defects.json").read_text())
    return found


@pytest.fixture(scope="module")
def members(made: Synthesis, card: dict[str, Any]) -> list[tuple[Member, dict[str, Any]]]:
    return [
        (read(zipfile.ZipFile(made.folder / one["archive"]).read(one["member"]), one), one) for one in card["files"]
    ]


def test_the_same_seed_gives_the_same_bytes(made: Synthesis, tmp_path: Path) -> None:
    again = synthesise(15_000, QUARTERS, tmp_path / "again", seed=5)
    assert [path.name for path in again.archives] == [path.name for path in made.archives]
    for path in made.folder.iterdir():
        assert path.read_bytes() == (again.folder / path.name).read_bytes(), path.name


def test_every_file_says_that_it_is_synthetic(made: Synthesis) -> None:
    assert "SYNTHETIC" in (made.folder / "SYNTHETIC.txt").read_text()
    for path in made.archives:
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            assert archive.comment.startswith(b"SYNTHETIC")
            assert archive.read("SYNTHETIC.txt").startswith(b"SYNTHETIC")
            names = set(archive.namelist()) - {"SYNTHETIC.txt"}
            assert all(re.search(r"_synthetic\.txt$", name, re.IGNORECASE) for name in names)
            assert len(names) >= 8


def test_senders_and_lots_say_so_in_every_row(members: list[tuple[Member, dict[str, Any]]]) -> None:
    for member, _ in members:
        if member.table == "demo":
            assert set(member.column("mfr_sndr")) == {"SYNTHETIC"}
        if member.table == "drug":
            assert set(member.column("lot_num", "lot_nbr")) == {"SYNTHETIC"}


def test_rows_are_those_declared(members: list[tuple[Member, dict[str, Any]]], made: Synthesis) -> None:
    for member, entry in members:
        blank = entry["defects"].get("blank_line", 0)
        assert len(member.rows()) == entry["rows"] + blank, entry["member"]
        assert len(member.raw) == entry["bytes"]
    assert sum(entry["rows"] for _, entry in members if entry["table"] == "demo") == made.reports == 15_000


def test_layouts_are_those_of_each_era(members: list[tuple[Member, dict[str, Any]]]) -> None:
    headers = {(member.quarter, member.table): member.header for member, _ in members}
    assert headers["2004Q1", "demo"][:4] == ["isr", "case", "i_f_cod", "foll_seq"]
    assert "reporter_country" not in headers["2004Q1", "demo"]
    assert headers["2011Q1", "demo"][-1] == "reporter_country"
    assert "gndr_cod" in headers["2014Q2", "demo"]
    assert {"sex", "auth_num", "lit_ref", "age_grp"} <= set(headers["2014Q3", "demo"])
    assert "prod_ai" not in headers["2014Q2", "drug"]
    assert headers["2014Q3", "drug"][5] == "prod_ai"
    assert "lot_nbr" in headers["2012Q4", "drug"]
    assert "outc_code" in headers["2012Q4", "outc"]
    assert headers["2014Q3", "reac"] == ["primaryid", "caseid", "pt", "drug_rec_act"]
    assert headers["2008Q2", "ther"] == ["isr", "drug_seq", "start_dt", "end_dt", "dur", "dur_cod"]


def found_defects(member: Member) -> Counter[str]:
    """Count defects by looking at the text alone."""
    found: Counter[str] = Counter()
    width = len(member.header)
    separators = [line.count("$") for line in member.lines]
    found["byte_order_mark"] = int(member.raw.startswith(b"\xef\xbb\xbf"))
    found["header_spaces"] = int(b"$ " in member.raw.split(b"\n")[0])
    found["crlf"] = member.raw.count(b"\r\n") - (1 if b"\r\n" in member.raw else 0)
    found["latin1"] = sum(not _is_utf8(line) for line in member.raw.split(b"\n"))
    if member.table == "deleted":
        found["blank_line"] = sum(not line.strip() for line in member.lines)
        return found
    found["trailing_separator"] = sum(count == width for count in separators if member.legacy)
    found["run_on"] = sum(count > width + 1 for count in separators)
    found["embedded_separator"] = sum(count == width + 1 for count in separators)
    for count in (_demo_defects, _drug_defects, _term_defects):
        found += count(member)
    return found


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _demo_defects(member: Member) -> Counter[str]:
    found: Counter[str] = Counter()
    if member.table != "demo":
        return found
    ages = list(zip(member.column("age"), member.column("age_cod"), strict=True))
    found["age_foetal"] = sum(age == "-1" for age, _ in ages)
    found["age_unit_missing"] = sum(age != "" and unit == "" for age, unit in ages)
    found["age_impossible"] = sum(unit == "YR" and int(age) > 120 for age, unit in ages)
    found["sex_unknown"] = sum(sex not in ("", "F", "M") for sex in member.column("sex", "gndr_cod"))
    weights = list(zip(member.column("wt"), member.column("wt_cod"), strict=True))
    found["weight_unit_missing"] = sum(weight != "" and unit == "" for weight, unit in weights)
    kilograms = [float(weight) * {"KG": 1, "LBS": 0.45359237}[unit] for weight, unit in weights if unit]
    found["weight_impossible"] = sum(not 0 < one <= 635 for one in kilograms)
    if member.legacy or member.quarter >= "2021Q4":
        found["event_date_padded"] = sum(
            re.fullmatch(r"\d{6}01", date) is not None for date in member.column("event_dt")
        )
    if "reporter_country" in member.header:
        countries = member.column("reporter_country")
        found["country_unknown"] = sum(one in ("COUNTRY NOT SPECIFIED", "A1", "EU") for one in countries)
        found["country_name"] = sum(len(one) > 2 and one != "COUNTRY NOT SPECIFIED" for one in countries)
    return found


def _drug_defects(member: Member) -> Counter[str]:
    found: Counter[str] = Counter()
    if member.table == "drug" and "2012Q4" <= member.quarter <= "2015Q3":
        found["rechallenge_filler"] = sum(one == "D" for one in member.column("rechal"))
    return found


def _term_defects(member: Member) -> Counter[str]:
    found: Counter[str] = Counter()
    if member.table in ("reac", "indi"):
        terms = member.column("pt" if member.table == "reac" else "indi_pt")
        found["caret"] = sum("^" in one for one in terms)
        found["white_space"] = sum("  " in one for one in terms)
    return found


def test_a_plain_reader_finds_the_declared_defects(members: list[tuple[Member, dict[str, Any]]]) -> None:
    for member, entry in members:
        assert dict(+found_defects(member)) == entry["defects"], entry["member"]


def test_every_known_defect_is_planted_somewhere(card: dict[str, Any]) -> None:
    planted = {name for entry in card["files"] for name in (*entry["defects"], *entry["harmless"])}
    assert planted == {
        "accents",
        "age_foetal",
        "age_impossible",
        "age_in_days",
        "age_unit_missing",
        "blank_line",
        "byte_order_mark",
        "caret",
        "country_name",
        "country_unknown",
        "crlf",
        "dose_rows",
        "embedded_separator",
        "event_date_padded",
        "hash_and_quotes",
        "header_spaces",
        "latin1",
        "rechallenge_filler",
        "run_on",
        "sex_unknown",
        "trailing_separator",
        "weight_impossible",
        "weight_pounds",
        "weight_unit_missing",
        "white_space",
    }
    assert sum(entry["defects"].get("run_on", 0) for entry in card["files"]) == 3
    assert len({entry["member"].split("/")[0] for entry in card["files"]}) > 3
    assert any("DEMO18Q1_new" in entry["member"] for entry in card["files"])
    assert card["cases_in_both_eras"] > 0


def test_harmless_oddities_are_counted(members: list[tuple[Member, dict[str, Any]]]) -> None:
    for member, entry in members:
        if member.table == "drug":
            doses = member.column("dose_vbm")
            assert sum('"' in one and "#" in one and "'" in one for one in doses) == entry["harmless"].get(
                "hash_and_quotes", 0
            )
            key = list(zip(member.column("primaryid", "isr"), member.column("drug_seq"), strict=True))
            assert len(key) - len(set(key)) == entry["harmless"].get("dose_rows", 0)
        if member.table == "demo":
            days = sum(unit == "DY" for unit in member.column("age_cod"))
            assert days == entry["harmless"].get("age_in_days", 0)


def test_reports_and_lists_agree_with_the_text(
    made: Synthesis, card: dict[str, Any], members: list[tuple[Member, dict[str, Any]]]
) -> None:
    reports = pl.read_parquet(made.folder / "reports.parquet")
    cases: list[tuple[int, int, str]] = []
    for member, _ in members:
        if member.table == "demo":
            keys, numbers = member.column("primaryid", "isr"), member.column("caseid", "case")
            cases += [(int(key), int(case), member.quarter) for key, case in zip(keys, numbers, strict=True)]
    assert sorted(cases) == sorted(reports.select("primaryid", "caseid", "quarter").rows())
    listed = [
        int(line) for member, _ in members if member.table == "deleted" for line in member.lines if line.strip()
    ]
    assert len(listed) == card["deleted_listings"]
    assert len(set(listed)) == card["deleted_cases"]
    assert set(reports.filter(pl.col("flags") & 2 > 0)["caseid"]) == set(listed)
    assert reports["copy_of"].drop_nulls().is_in(reports["caseid"].implode()).all()
    assert (reports["flags"] & 4 > 0).sum() == card["second_copies"]
    assert reports["copy_of"].drop_nulls().len() >= card["second_copies"]


def test_children_belong_to_reports(members: list[tuple[Member, dict[str, Any]]]) -> None:
    keys: dict[str, set[str]] = {}
    for member, _ in members:
        if member.table == "demo":
            keys[member.quarter] = set(member.column("primaryid", "isr"))
        elif member.table != "deleted":
            assert set(member.column("primaryid", "isr")) <= keys[member.quarter]
    for member, _ in members:
        if member.table in ("drug", "reac"):
            assert set(member.column("primaryid", "isr")) == keys[member.quarter]


def test_terms_and_dates_follow_the_era(members: list[tuple[Member, dict[str, Any]]]) -> None:
    for member, _ in members:
        if member.table == "reac":
            terms = member.column("pt")
            assert all(one == (one.upper() if member.legacy else one.capitalize()) for one in terms)
        if member.table == "demo":
            lengths = {len(date) for date in member.column("event_dt")}
            partial = not member.legacy and member.quarter < "2021Q4"
            assert lengths == ({0, 4, 6, 8} if partial else {0, 8})


def test_without_defects_the_text_is_clean(tmp_path: Path) -> None:
    clean = synthesise(1_500, "2011Q2,2012Q1,2012Q4,2013Q3,2025Q1", tmp_path / "clean", seed=2, defects=False)
    card = json.loads((clean.folder / "defects.json").read_text())
    planted = {name for entry in card["files"] for name in entry["defects"]}
    # Habits of an era that stay: they are how its files are written.
    assert planted == {"country_name", "event_date_padded"}
    for entry in card["files"]:
        raw = zipfile.ZipFile(clean.folder / entry["archive"]).read(entry["member"])
        assert entry["member"].startswith(("ascii/", "Deleted/"))
        assert raw.isascii()
        widths = {line.count(b"$") for line in raw.split(b"\n")[:-1]}
        assert len(widths) == 1


def test_a_filled_folder_is_refused_and_a_failure_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    with pytest.raises(ValueError, match="expected a new or an empty folder"):
        synthesise(200, "2013Q1", tmp_path / "full")

    def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(module, "write_archive", fails)
    with pytest.raises(OSError, match="disk full"):
        synthesise(200, "2013Q1", tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_it_says_what_it_wrote(made: Synthesis) -> None:
    assert str(made).startswith("SYNTHETIC: 15,000 reports in 24 archives")


@pytest.mark.parametrize("quarters", ["2004Q1..2026Q2", "2012Q1", "2011Q2", "2012Q3,2012Q4", "2019Q1"])
def test_few_reports_leave_quarters_empty_and_still_whole(quarters: str, tmp_path: Path) -> None:
    few = synthesise(100, quarters, tmp_path / "few", seed=3)
    card = json.loads((few.folder / "defects.json").read_text())
    assert sum(entry["rows"] for entry in card["files"] if entry["table"] == "demo") == 100
    for path in few.archives:
        assert len(zipfile.ZipFile(path).namelist()) >= 9
