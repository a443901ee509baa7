"""Every known defect of the agency's files, each in a small file of its own."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
import yaml

from glabella.safety.faers import FileLedger, IngestError, LayoutError, ingest
from glabella.safety.faers._layout import read_data
from tests.safety.faers.files import AERS, FAERS, aers, as_folder, as_zip, faers

PACKAGE = Path(__file__).parents[3] / "src" / "glabella" / "safety" / "faers"


def read(folder: Path, files: dict[str, bytes], table: str) -> tuple[FileLedger, pl.DataFrame]:
    """Take in one quarter, and give the ledger and the rows of one of its tables."""
    report = ingest([as_folder(folder / "files", files)], folder / "store")
    (manifest,) = report.added
    (file,) = (file for file in manifest.files if file.table == table)
    assert file.rows_read + file.rows_added == file.rows_kept + sum(file.rejected.values())
    frame = pl.read_parquet(folder / "store" / "quarters" / manifest.quarter / f"{table}.parquet")
    assert frame.height == file.rows_kept
    return file, frame


def lines(table: str, era: dict[str, str] | None = None) -> list[str]:
    return (FAERS if era is None else era)[table].splitlines()


def text(rows: list[str], end: str = "\n") -> str:
    return "".join(row + end for row in rows)


def test_every_reason_is_in_the_shipped_table() -> None:
    known = yaml.safe_load(read_data("faers_defects.yaml"))
    names = {name for kind in ("repaired", "rejected", "normalised", "noticed") for name in known[kind]}
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
    assert {name for name in names if f'"{name}"' not in code and f"{name}=" not in code} == set()
    counted = re.findall(r'(?:repaired|rejected|normalised|noticed)\["(\w+)"\]', code)
    assert set(counted) <= names


# Run-on lines: 2011Q2, 2011Q3, 2011Q4 have one each, in DRUG.


def test_a_run_on_line_of_the_legacy_era_is_split(tmp_path: Path) -> None:
    rows = AERS["DRUG"].splitlines()
    file, drugs = read(tmp_path, aers("11Q2", DRUG=text([*rows[:2], rows[2] + rows[3], rows[4]])), "drug")
    assert (file.rows_read, file.rows_added, file.rows_kept) == (3, 1, 4)
    assert file.repaired == {"run_on": 1, "trailing_separator": 2}
    assert drugs["drugname"].to_list() == ["BOTOX", "ASPIRIN", "SERTRALINE", "DYSPORT"]
    assert drugs["primaryid"].to_list() == ["4200001", "4200001", "4200002", "4200003"]


@pytest.mark.parametrize("last", ["", "19839"])
def test_a_key_glued_to_the_field_before_it_is_found(tmp_path: Path, last: str) -> None:
    rows = [row.removesuffix("$") for row in AERS["DRUG"].splitlines()]
    glued = [*rows[:2], "4200001$1000000002$C$ASPIRIN$1$ORAL$$U$D$$$" + last + rows[3], rows[4]]
    file, drugs = read(tmp_path, aers("11Q2", DRUG=text(glued)), "drug")
    assert (file.rows_read, file.rows_added, file.repaired) == (3, 1, {"run_on": 1})
    assert drugs["nda_num"].to_list() == ["103000", last or None, "19839", None]
    assert drugs["primaryid"].to_list() == ["4200001", "4200001", "4200002", "4200003"]


@pytest.mark.parametrize("table", ["DRUG", "REAC", "OUTC", "THER", "INDI", "RPSR", "DEMO"])
def test_a_run_on_line_of_the_current_era_is_split(tmp_path: Path, table: str) -> None:
    rows = lines(table)
    file, frame = read(tmp_path, faers(**{table: text([rows[0], rows[1] + rows[2], *rows[3:]])}), table.lower())
    assert file.repaired == {"run_on": 1}
    assert (file.rows_added, file.rejected) == (1, {})
    _, whole = read(tmp_path / "whole", faers(), table.lower())
    assert frame.equals(whole)


def test_a_run_on_line_with_a_key_unlike_its_case_is_rejected(tmp_path: Path) -> None:
    rows = lines("OUTC")
    file, _ = read(
        tmp_path, faers(OUTC=text([rows[0], rows[1] + rows[2].replace("10000002$", "99999999$")])), "outc"
    )
    assert (file.rows_read, file.rows_kept, file.rejected) == (1, 0, {"too_many_fields": 1})


# Separators too many.


def test_a_stray_separator_at_the_end_of_one_row_is_taken_off(tmp_path: Path) -> None:
    rows = lines("DRUG")
    rows[2] += "$"
    file, drugs = read(tmp_path, faers(DRUG=text(rows)), "drug")
    assert file.repaired == {"trailing_separator": 1}
    assert drugs["dose_freq"].to_list()[1] == "QD"
    assert drugs.height == 5


def test_rows_without_the_separator_the_others_end_in_are_kept(tmp_path: Path) -> None:
    rows = AERS["REAC"].splitlines()
    rows[2] = rows[2].removesuffix("$")
    file, reactions = read(tmp_path, aers(REAC=text(rows)), "reac")
    assert file.repaired == {"trailing_separator": 2}
    assert reactions["pt"].to_list() == ["DEPRESSION", "CROHN^S DISEASE", "MUSCULAR WEAKNESS"]


def test_the_manufacturer_number_of_2012q1_is_put_together(tmp_path: Path) -> None:
    rows = AERS["DEMO"].splitlines()
    rows[2] = rows[2].replace("$ACME-2$", "$JP-ACME-$E2B2$")
    file, reports = read(tmp_path, aers("12Q1", DEMO=text(rows)), "demo")
    assert file.repaired == {"embedded_separator": 1, "trailing_separator": 2}
    row = reports.row(1, named=True)
    assert (row["mfr_num"], row["mfr_sndr"], row["age_years"]) == ("JP-ACME-$E2B2", "ACME CORP.", 50.0)
    assert row["country"] == "JP"


def test_an_embedded_separator_is_put_together_in_the_current_era(tmp_path: Path) -> None:
    rows = lines("DEMO")
    rows[2] = rows[2].replace("$US-ACME-2$", "$US-ACME$2$")
    file, reports = read(tmp_path, faers(DEMO=text(rows)), "demo")
    assert file.repaired == {"embedded_separator": 1}
    assert reports["mfr_num"].to_list()[1] == "US-ACME$2"
    assert reports["age_years"].to_list()[1] == 70.0


def test_an_embedded_separator_that_may_be_of_two_fields_is_rejected(tmp_path: Path) -> None:
    rows = lines("DRUG")
    rows[1] = rows[1].replace("$100 units$", "$100 $units$").replace("$Intramuscular$", "$Intra$")
    file, drugs = read(tmp_path, faers(DRUG=text(rows)), "drug")
    assert file.rejected == {"ambiguous": 1}
    assert drugs.height == 4


def test_a_separator_between_two_unknown_senders_is_rejected(tmp_path: Path) -> None:
    rows = lines("DEMO")
    rows[2] = rows[2].replace("$US-ACME-2$ACME$", "$US$ACME-2$UNHEARD OF$")
    file, reports = read(tmp_path, faers(DEMO=text(rows)), "demo")
    assert file.rejected == {"ambiguous": 1}
    assert reports.height == 3


def test_rows_with_too_few_or_far_too_many_fields_are_rejected(tmp_path: Path) -> None:
    rows = lines("THER")
    file, _ = read(tmp_path, faers(THER=text([*rows, "100000031$10000003$1", "1" + "$" * 11])), "ther")
    assert file.rejected == {"too_few_fields": 1, "too_many_fields": 1}
    assert (file.rows_read, file.rows_kept) == (4, 2)


# Headers.


def test_a_byte_order_mark_and_spaces_in_the_header_of_2012q4(tmp_path: Path) -> None:
    demo = FAERS["DEMO"].replace("$rept_dt$", "$ rept_dt$")
    drug = b"\xef\xbb\xbf" + FAERS["DRUG"].replace("$lot_num$", "$lot_nbr$").encode()
    files = faers("12Q4", DEMO=demo, DRUG=drug, OUTC=FAERS["OUTC"].replace("outc_cod", "outc_code"))
    file, reports = read(tmp_path / "1", files, "demo")
    assert file.repaired == {"header_spaces": 1}
    assert reports["rept_dt"].to_list()[0] == "20180112"
    file, drugs = read(tmp_path / "2", files, "drug")
    assert file.repaired == {"byte_order_mark": 1}
    assert (drugs.columns[0], drugs["lot_num"].to_list()[0]) == ("primaryid", "L1")
    assert read(tmp_path / "3", files, "outc")[1]["outc_cod"].to_list() == ["HO", "OT"]


@pytest.mark.parametrize("stray", ["", "v4"])
def test_a_stray_column_of_the_header_is_taken_off(tmp_path: Path, stray: str) -> None:
    rows = lines("OUTC")
    closed = [f"{rows[0]}${stray}", *(f"{row}$" for row in rows[1:])]
    file, outcomes = read(tmp_path, faers(OUTC=text(closed)), "outc")
    assert file.repaired == {"stray_header_column": 1, "trailing_separator": 2}
    assert outcomes["outc_cod"].to_list() == ["HO", "OT"]


def test_columns_are_taken_from_the_header_in_any_order(tmp_path: Path) -> None:
    rows = [row.split("$") for row in lines("DRUG")]
    turned = text(["$".join(row[::-1]) for row in rows])
    _, drugs = read(tmp_path / "1", faers(DRUG=turned), "drug")
    _, usual = read(tmp_path / "2", faers(), "drug")
    assert drugs.equals(usual)


def test_columns_that_came_later_may_be_missing(tmp_path: Path) -> None:
    reac = text([row.rpartition("$")[0] for row in lines("REAC")])
    demo = FAERS["DEMO"].replace("$sex$", "$gndr_cod$")
    file, reactions = read(tmp_path / "1", faers("13Q1", REAC=reac, DEMO=demo), "reac")
    assert file.columns == ("primaryid", "caseid", "pt")
    assert reactions["drug_rec_act"].null_count() == 4
    _, reports = read(tmp_path / "2", faers("13Q1", REAC=reac, DEMO=demo), "demo")
    assert reports["sex_clean"].to_list() == ["F", "M", None, None]


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        (
            "REAC",
            "drug_rec_act",
            "meddra_code",
            "REAC18Q1.txt: unknown column 'meddra_code'; expected of a reac file: prim",
        ),
        ("REAC", "$pt$", "$drug_rec_act$", "drug_rec_act is there more than once"),
        ("DEMO", "$fda_dt$", "$death_dt$", "DEMO18Q1.txt: column fda_dt is missing"),
        ("DRUG", "primaryid$caseid", "isr$caseid", "files of both eras"),
        ("DRUG", "\n", "", "no header"),
    ],
)
def test_a_surprising_header_is_refused(tmp_path: Path, table: str, old: str, new: str, message: str) -> None:
    files = faers(**{table: FAERS[table].replace(old, new)})
    with pytest.raises(LayoutError, match=re.escape(message)):
        ingest([as_folder(tmp_path / "files", files)], tmp_path / "store")
    assert list((tmp_path / "store" / "quarters").iterdir()) == []


# Bytes.


def test_lines_are_utf8_where_they_can_be_and_latin1_elsewhere(tmp_path: Path) -> None:
    rows = [row.encode() for row in lines("REAC")]
    rows[1] = rows[1].replace(b"Depression", "Dépression".encode())
    rows[2] = rows[2].replace(b"Crohn^s", "Ménière".encode("latin-1") + b"\x92s")
    file, reactions = read(tmp_path, faers(REAC=b"\n".join(rows) + b"\n"), "reac")
    assert file.repaired == {"latin1": 1}
    assert reactions["pt"].to_list()[:2] == ["Dépression", "Ménière’s disease"]
    assert reactions["term"].to_list()[0] == "DÉPRESSION"


def test_nothing_is_a_quote_or_a_comment(tmp_path: Path) -> None:
    rows = lines("DRUG")
    rows[1] = "#" + rows[1]
    file, drugs = read(tmp_path, faers(DRUG=text(rows)), "drug")
    assert "\"ASPIRIN\" #1 'B'" in drugs["drugname"].to_list()
    assert file.rejected == {"bad_key": 1}


def test_line_ends_of_windows(tmp_path: Path) -> None:
    file, reactions = read(tmp_path / "1", faers(REAC=text(lines("REAC"), "\r\n")), "reac")
    assert file.repaired == {"crlf": 4}
    assert reactions.equals(read(tmp_path / "2", faers(), "reac")[1])


def test_single_bytes_no_text_has(tmp_path: Path) -> None:
    rows = lines("REAC")
    rows[1] = rows[1].replace("Depress", "Dep\0ress")
    rows[2] = rows[2].replace("Crohn^s ", "Crohn^s\r")
    file, reactions = read(tmp_path, faers(REAC=text(rows, "\r\n")), "reac")
    assert file.repaired == {"crlf": 4, "nul_byte": 1, "lone_carriage_return": 1}
    assert reactions["pt"].to_list()[:2] == ["Depression", "Crohn^s disease"]


@pytest.mark.parametrize("blank", ["", " ", "\t ", "\x1a"])
def test_blank_lines_are_counted(tmp_path: Path, blank: str) -> None:
    rows = lines("OUTC")
    file, _ = read(tmp_path, faers(OUTC=text([*rows[:2], blank, *rows[2:], blank])), "outc")
    assert (file.rows_read, file.rows_kept, file.rejected) == (4, 2, {"blank_line": 2})


def test_an_end_of_file_mark_of_dos_is_no_truncated_row(tmp_path: Path) -> None:
    file, _ = read(tmp_path, faers(OUTC=FAERS["OUTC"] + "\x1a"), "outc")
    assert (file.rows_kept, file.rejected) == (2, {"blank_line": 1})


def test_a_list_of_deleted_cases_with_all_its_oddities(tmp_path: Path) -> None:
    files = faers("19Q1")
    files["deleted/ADR19Q1DeletedCases.txt"] = b" \r\n100\r\n200$\r\nCASEID\r\n"
    files["DELETED/AllDeletedCases.txt"] = b"\n100\n 300\n400"
    report = ingest([as_zip(tmp_path / "faers_ascii_2019q1.zip", files)], tmp_path / "store")
    (manifest,) = report.added
    all_of_them, quarterly = (file for file in manifest.files if file.table == "deleted")
    assert (all_of_them.member, all_of_them.rows_read, all_of_them.rows_kept) == (
        "DELETED/AllDeletedCases.txt",
        4,
        3,
    )
    assert all_of_them.repaired == {"no_final_newline": 1}
    assert all_of_them.normalised == {"key_spaces": 1}
    assert quarterly.repaired == {"crlf": 4, "trailing_separator": 1}
    assert quarterly.rejected == {"bad_key": 1, "blank_line": 1}
    deleted = pl.read_parquet(tmp_path / "store" / "quarters" / "2019Q1" / "deleted.parquet")
    assert deleted["caseid"].to_list() == ["100", "300", "400", "100", "200"]


# Keys.


def test_rows_without_a_usable_key_are_rejected(tmp_path: Path) -> None:
    rows = lines("OUTC")
    odd = [
        "$10000001$DE",
        "x$10000001$DE",
        "-5$10000001$DE",
        "+5$10000001$DE",
        "0$10000001$DE",
        " 100000011$10000001$DE",
    ]
    file, outcomes = read(tmp_path, faers(OUTC=text([*rows, *odd])), "outc")
    assert (file.rejected, file.normalised) == ({"bad_key": 5}, {"key_spaces": 1})
    assert outcomes["primaryid"].to_list() == ["100000011", "100000022", "100000011"]


def test_a_report_without_a_case_number_is_kept(tmp_path: Path) -> None:
    rows = AERS["DEMO"].splitlines()
    rows[1] = rows[1].replace("$4100001$", "$$")
    file, reports = read(tmp_path, aers(DEMO=text(rows)), "demo")
    assert file.normalised["case_number_missing"] == 1
    assert reports["caseid"].to_list() == [None, "4100002", "4100003"]


# Files cut short.


@pytest.mark.parametrize("cut", [1, 12, 30, 60])
def test_a_plain_file_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    with pytest.raises(
        IngestError, match=r"DRUG18Q1.txt: cut short: the last line has no end and \d+ fields, expected 20"
    ):
        ingest(
            [as_folder(tmp_path / "files", faers(DRUG=FAERS["DRUG"][: -cut - 10]))],
            tmp_path / "store",
        )
    assert list((tmp_path / "store" / "quarters").iterdir()) == []
    assert not (tmp_path / "store" / ".partial").exists()


def test_a_whole_last_row_needs_no_line_end(tmp_path: Path) -> None:
    file, outcomes = read(tmp_path, faers(OUTC=FAERS["OUTC"].rstrip("\n")), "outc")
    assert (file.repaired, outcomes.height) == ({"no_final_newline": 1}, 2)


def test_a_table_without_rows_is_a_table(tmp_path: Path) -> None:
    file, sources = read(tmp_path, faers(RPSR=lines("RPSR")[0] + "\n"), "rpsr")
    assert (file.rows_read, sources.columns) == (0, ["primaryid", "caseid", "rpsr_cod"])


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glabella.safety.faers._read.CHUNK", 1000)
    endless = FAERS["REAC"] + "1$1$" + "x" * 5000 + "$\n"
    with pytest.raises(IngestError, match=r"REAC18Q1.txt: a line of more than 1000 bytes"):
        ingest([as_folder(tmp_path / "files", faers(REAC=endless))], tmp_path / "store")


@pytest.mark.parametrize("chunk", [401, 512, 700, 1 << 20])
def test_rows_do_not_depend_on_where_pieces_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    _, whole = read(tmp_path / "1", aers(), "demo")
    monkeypatch.setattr("glabella.safety.faers._read.CHUNK", chunk)
    file, pieces = read(tmp_path / "2", aers(), "demo")
    assert pieces.equals(whole)
    assert file.rows_read == 3


def test_lists_of_deleted_cases_are_read_in_any_spelling(tmp_path: Path) -> None:
    # Every list names the cases 10019730 and 10261866, and nothing else.
    spelled = [
        b"10019730\n10261866\n",
        b"\xef\xbb\xbf10019730\r\n10261866\r\n",
        b'"10019730"\n"10261866"\n',
        b"10019730,\n10261866,",
        b"10019730,10261866\n",
        b"10019730\t10261866\r",
        b"10019730;\n 10261866 ;\n",
        b"\n  10019730\n\n\t10261866$\n\x1a",
        b"caseid\n10019730\n10261866\n",
        b'"CASEID","DELETED_DT"\n"10019730","20190101"\n"10261866","20190102"\n',
        b"Date;Case ID\n20190101;10019730\n20190102;10261866\n",
        b"10019730,20211101\n10261866,20211102\n",
        b"'10019730'\n10261866.0\n",
        b'"10,019,730"\n0010261866\n',
    ]
    for at, text in enumerate(spelled):
        for name in ("DELETED/19Q2.txt", "DELETED/DelCases.txt", "deleted/ADR19Q2DeletedCases.csv", "DELETE19Q2"):
            folder = tmp_path / f"{at}{name.replace('/', '')}"
            files = faers("19Q2") | {name: text}
            report = ingest(
                [as_zip(folder.with_suffix(".zip").with_name(f"{folder.name}_2019q2.zip"), files)], folder
            )
            cases = pl.read_parquet(folder / "quarters" / "2019Q2" / "deleted.parquet")["caseid"].to_list()
            assert cases == ["10019730", "10261866"], (at, name)
            assert "warning" not in str(report)
            if at:
                break


def test_lines_of_a_list_that_are_not_understood_are_said(tmp_path: Path) -> None:
    files = faers("19Q2") | {"DELETED/19Q2.txt": b"10019730\nTotal: 1\n1.0e7\n(1 row)\n"}
    report = ingest([as_folder(tmp_path / "files", files)], tmp_path / "store")
    assert "warning: 3 lines of 19Q2.txt are no case numbers" in str(report)
    (file,) = (file for file in report.added[0].files if file.table == "deleted")
    assert (file.rows_read, file.rows_kept, file.rejected) == (4, 1, {"bad_key": 3})


# What will count for nothing is said.


def test_what_counts_for_nothing_is_counted_and_printed(tmp_path: Path) -> None:
    demo, drug, reac = lines("DEMO"), lines("DRUG"), lines("REAC")
    files = faers(
        DEMO=text([*demo, demo[1]]),
        DRUG=text([*drug[:4], "999$99$1$PS$BOTOX$BOTOX" + "$" * 14, "100000022$10000002$2$C" + "$" * 16]),
        REAC=text([*reac[:3], "100000031$10000003$$", "998$99$Pain$"]),
    ) | {"ascii/notes.txt": b"x", "ascii/FAQs.pdf": b"x"}
    report = ingest([as_folder(tmp_path / "files", files)], tmp_path / "store")
    noticed = {file.table: dict(file.noticed) for file in report.added[0].files}
    assert noticed["demo"] == {"repeated_report": 1, "report_without_drug": 2, "report_without_reaction": 1}
    assert noticed["drug"] == {"without_name": 1, "without_report": 1}
    assert noticed["reac"] == {"without_report": 1, "without_term": 1}
    said = str(report)
    for words in (
        "noticed 1 repeated_report in DEMO18Q1.txt",
        "noticed 1 without_report in DRUG18Q1.txt",
        "noticed 1 without_term in REAC18Q1.txt",
        "not read: notes.txt: unknown text file",
    ):
        assert words in said
    assert "pdf" not in said


def test_reactions_without_any_term_are_a_warning(tmp_path: Path) -> None:
    rows = [row.split("$") for row in lines("REAC")]
    empty = [rows[0], *([*row[:2], "", row[3]] for row in rows[1:])]
    report = ingest(
        [as_folder(tmp_path / "files", faers(REAC=text(["$".join(row) for row in empty])))], tmp_path / "s"
    )
    assert "warning: no row of REAC18Q1.txt has a term" in str(report)


def test_a_whole_quarter_gives_no_warning(tmp_path: Path) -> None:
    said = str(ingest([as_folder(tmp_path / "files", faers())], tmp_path / "store"))
    assert said == "2018Q1: 4 reports, 21 lines"
