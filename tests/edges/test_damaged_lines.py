"""A damaged line is mended as its file shows, or refused and counted; it never becomes another row.

SYNTHETIC reports. For every damaged line the row that was meant is known, because the damage was done here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from glabella.safety import ingest
from glabella.safety.faers import IngestReport
from tests.edges.files import DEMO, DRUG, REAC, archive, line, report, texts
from tests.safety.faers.files import aers, as_zip

PLAIN = [report(10_000_001 + i, drugs=["BOTOX"], events=["Headache"], indications=["Pain"]) for i in range(30)]
IDS = {"primaryid": "100000991", "caseid": "10000099"}


def taken(folder: Path, table: str, lines: Sequence[str]) -> tuple[pl.DataFrame, IngestReport]:
    """Put lines into the middle of a table of the current layout; give the other rows and the ledger."""
    whole = texts(PLAIN)[table].splitlines()
    text = "\n".join([*whole[:16], *lines, *whole[16:]]) + "\n"
    found = ingest(archive(folder / "a", PLAIN, changed={table: text}), folder / "store")
    frame = pl.read_parquet((folder / "store" / "quarters" / "2018Q1" / f"{table.lower()}.parquet").read_bytes())
    keys = [f"{one['key']}1" for one in PLAIN]
    assert frame.filter(pl.col("primaryid").is_in(keys)).height == len(PLAIN), "good rows are never touched"
    return frame.filter(~pl.col("primaryid").is_in(keys)), found


def refused(report: IngestReport, table: str) -> int:
    """Give how many lines of a table were refused."""
    return sum(sum(one.rejected.values()) for one in report.added[0].files if one.table == table.lower())


def legacy(folder: Path, table: str, text: str) -> tuple[pl.DataFrame, IngestReport]:
    """Take in a quarter of the legacy layout with one table changed."""
    files = {name.replace(".TXT", "_SYNTHETIC.TXT"): content for name, content in aers(**{table: text}).items()}
    folder.mkdir(exist_ok=True)
    found = ingest(as_zip(folder / "aers_ascii_2004q1.zip", files), folder / "store")
    path = folder / "store" / "quarters" / "2004Q1" / f"{table.lower()}.parquet"
    return pl.read_parquet(path.read_bytes()), found


@pytest.mark.parametrize("term", ["Dep$ression", "Pain$in arm", "Rash$Pruritus"])
def test_a_separator_inside_a_reaction_does_not_cut_it(tmp_path: Path, term: str) -> None:
    # The last column is empty in all lines: what is left of the line has the right width, and the wrong meaning.
    rows, ledger = taken(tmp_path, "REAC", [line(REAC, **IDS, pt=term)])
    if rows.height:
        assert rows["pt"].to_list() == [term]
    else:
        assert refused(ledger, "REAC") == 1


@pytest.mark.parametrize("column", ["drugname", "prod_ai", "dose_vbm", "lot_num"])
def test_a_separator_inside_a_drug_does_not_move_its_columns(tmp_path: Path, column: str) -> None:
    meant = {"drug_seq": 1, "role_cod": "PS", "drugname": "BOTOX", "prod_ai": "", "route": "Oral", **IDS}
    meant |= {column: "BO$TOX"}
    rows, ledger = taken(tmp_path, "DRUG", [line(DRUG, **meant)])
    if rows.height:
        assert rows.row(0, named=True)[column] == "BO$TOX"
        assert rows["route"].to_list() == ["Oral"]
    else:
        assert refused(ledger, "DRUG") == 1


@pytest.mark.parametrize("column", ["mfr_sndr", "lit_ref", "mfr_num", "auth_num"])
def test_a_separator_inside_a_report_does_not_move_its_columns(tmp_path: Path, column: str) -> None:
    meant = {"caseversion": 1, "fda_dt": "20180112", "occp_cod": "MD", "reporter_country": "US", **IDS}
    rows, ledger = taken(tmp_path, "DEMO", [line(DEMO, **meant, **{column: "ACME$CO"})])
    if rows.height:
        row = rows.row(0, named=True)
        assert (row[column], row["reporter_country"], row["occp_cod"]) == ("ACME$CO", "US", "MD")
    else:
        assert refused(ledger, "DEMO") == 1


@pytest.mark.parametrize("parts", [["Musc", "ular weakness"], ["Musc", "ular wea", "kness"]])
def test_a_legacy_reaction_broken_over_lines_is_no_other_reaction(tmp_path: Path, parts: Sequence[str]) -> None:
    # Every line of this file is closed by a separator; the first part of the broken one is not.
    text = "ISR$PT\n4200001$DEPRESSION$\n4200002$RASH$\n" + "4200003$" + "\n".join(parts) + "$\n4200003$ANXIETY$\n"
    rows, ledger = legacy(tmp_path / "a", "REAC", text)
    found = set(rows["term"].to_list())
    assert {"DEPRESSION", "RASH", "ANXIETY"} <= found
    assert found <= {"DEPRESSION", "RASH", "ANXIETY", "".join(parts).upper(), " ".join(parts).upper()}
    if len(found) == 3:
        assert refused(ledger, "REAC") == len(parts)


def test_an_indication_broken_over_two_lines_is_no_other_indication(tmp_path: Path) -> None:
    rows, ledger = taken(tmp_path, "INDI", ["100000991$10000099$1$Migr", "aine"])
    assert rows["term"].to_list() in ([], ["MIGRAINE"])
    assert rows.height or refused(ledger, "INDI") == 2


def test_a_drug_broken_in_its_name_is_put_together_or_refused(tmp_path: Path) -> None:
    whole = line(DRUG, **IDS, drug_seq=1, role_cod="PS", drugname="SERTR@ALINE", route="Oral")
    rows, ledger = taken(tmp_path, "DRUG", whole.split("@"))
    assert rows.height or refused(ledger, "DRUG") == 2
    assert {str(name).replace(" ", "") for name in rows["drugname"]} <= {"SERTRALINE"}


def test_a_report_broken_over_three_lines_is_put_together_or_refused(tmp_path: Path) -> None:
    whole = line(DEMO, **IDS, caseversion=1, fda_dt="20180112", mfr_sndr="AC@ME", lit_ref="A pa@per", sex="M")
    rows, ledger = taken(tmp_path, "DEMO", whole.split("@"))
    assert rows.height or refused(ledger, "DEMO") == 3
    assert rows["sex"].to_list() in ([], ["M"])


@pytest.mark.parametrize("glue", ["", "$"])
@pytest.mark.parametrize("records", [2, 3])
def test_records_in_one_line_are_told_apart_or_refused(tmp_path: Path, glue: str, records: int) -> None:
    keys = [10_000_091 + i for i in range(records)]
    run_on = glue.join(f"{key}1${key}$1$Migraine" for key in keys)
    rows, ledger = taken(tmp_path, "INDI", [run_on])
    if rows.height:
        assert rows["primaryid"].to_list() == [f"{key}1" for key in keys]
        assert set(rows["term"].to_list()) == {"MIGRAINE"}
    else:
        assert refused(ledger, "INDI") == 1


@pytest.mark.parametrize("number", ["14200002", "2004200002"])
def test_a_number_at_the_end_of_a_term_does_not_become_part_of_a_key(tmp_path: Path, number: str) -> None:
    # Keys of seven and of eight digits are in the file, so that the end of the glued field can be read in two ways.
    rest = number.removesuffix("4200002")
    text = (
        "ISR$DRUG_SEQ$INDI_PT\n4200001$1000000001$MIGRAINE\n14200001$1000000005$PAIN\n"
        f"4200003$1000000004$FACTOR {rest}4200002$1000000003$DEPRESSION\n"
    )
    rows, ledger = legacy(tmp_path / "a", "INDI", text)
    found = dict(zip(rows["primaryid"].to_list(), rows["term"].to_list(), strict=True))
    assert "DEPRESSION" not in found.values() or found.get("4200002") == "DEPRESSION", found
    assert len(found) == 4 or refused(ledger, "INDI") == 1


@pytest.mark.parametrize("extra", ["$", "$$", "$$$"])
def test_separators_after_the_last_field_change_nothing(tmp_path: Path, extra: str) -> None:
    meant = {
        "caseversion": 1,
        "fda_dt": "20180112",
        "occp_cod": "MD",
        "reporter_country": "US",
        "occr_country": "DE",
    }
    rows, _ = taken(tmp_path, "DEMO", [line(DEMO, **IDS, **meant) + extra])
    assert [(row["reporter_country"], row["occr_country"]) for row in rows.to_dicts()] == [("US", "DE")]
