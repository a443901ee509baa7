"""Archives that are damaged or meant to harm, and the names of what is in them."""

from __future__ import annotations

import contextlib
import re
import zipfile
from pathlib import Path

import pytest

from glabella.safety.faers import ArchiveError, IngestError, LayoutError, Quarter, ingest, quarters
from glabella.safety.faers._names import classify
from tests.safety.faers.files import FAERS, aers, as_folder, as_zip, contents, faers


def refused(path: Path, store: Path, message: str, kind: type[IngestError] = ArchiveError) -> None:
    before = contents(store) if store.exists() else {}
    with pytest.raises(kind, match=message):
        ingest([path], store)
    assert (contents(store) if store.exists() else {}) == before


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give a store with one good quarter."""
    ingest([as_zip(tmp_path / "faers_ascii_2017q4.zip", faers("17Q4"))], tmp_path / "store")
    return tmp_path / "store"


@pytest.mark.parametrize(
    "name", ["../DEMO18Q1.txt", "/etc/DEMO18Q1.txt", "a/../../b.txt", "..\\b.txt", "C:\\b.txt"]
)
def test_a_name_outside_the_archive_is_refused(tmp_path: Path, store: Path, name: str) -> None:
    refused(as_zip(tmp_path / "faers_ascii_2018q1.zip", {**faers(), name: b"x"}), store, "names a file outside")
    assert not (tmp_path.parent / "DEMO18Q1.txt").exists()


def test_a_zip_bomb_is_refused_by_its_ratio(tmp_path: Path, store: Path) -> None:
    bomb = {**faers(), "ascii/DRUG18Q1.txt": bytes(65 << 20)}
    refused(as_zip(tmp_path / "faers_ascii_2018q1.zip", bomb), store, r"unpacks \d+ bytes to 68157440.* a zip bomb")


def test_an_archive_that_would_unpack_to_too_much_is_refused(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("glabella.safety.faers._archive.MOST_BYTES", 1000)
    refused(as_zip(tmp_path / "faers_ascii_2018q1.zip", faers()), store, "would unpack to .* a zip bomb")


def test_too_many_files_are_refused(tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glabella.safety.faers._archive.MOST_MEMBERS", 5)
    refused(as_zip(tmp_path / "faers_ascii_2018q1.zip", faers()), store, "7 files in the archive")


def test_overlapping_files_are_refused(tmp_path: Path, store: Path) -> None:
    path = as_zip(tmp_path / "faers_ascii_2018q1.zip", faers())
    with zipfile.ZipFile(path) as archive:
        first, second = (
            archive.getinfo(name).header_offset for name in ("ascii/DEMO18Q1.txt", "ascii/DRUG18Q1.txt")
        )
    data = bytearray(path.read_bytes())
    # The directory entry of the second file is pointed at the first.
    at = data.index(second.to_bytes(4, "little") + b"ascii/DRUG18Q1.txt")
    data[at : at + 4] = first.to_bytes(4, "little")
    path.write_bytes(data)
    refused(path, store, "overlaps another file")


def test_a_size_that_lies_is_no_way_around_the_limits(tmp_path: Path, store: Path) -> None:
    path = as_zip(tmp_path / "faers_ascii_2018q1.zip", {**faers(), "ascii/DRUG18Q1.txt": b"x" * 100_000})
    data = bytearray(path.read_bytes())
    declared = (100_000).to_bytes(4, "little")
    while declared in data:
        at = data.index(declared)
        data[at : at + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    refused(path, store, "DRUG18Q1.txt", IngestError)


def test_an_encrypted_file_is_refused(tmp_path: Path, store: Path) -> None:
    path = as_zip(tmp_path / "faers_ascii_2018q1.zip", faers())
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    refused(path, store, "is encrypted")


def test_an_archive_in_an_archive_is_refused(tmp_path: Path, store: Path) -> None:
    refused(
        as_zip(tmp_path / "a_2018q1.zip", {**faers(), "more.ZIP": b"PK"}), store, "an archive inside the archive"
    )


def test_a_file_that_is_there_twice_is_refused(tmp_path: Path, store: Path) -> None:
    path = as_zip(tmp_path / "faers_ascii_2018q1.zip", faers())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("ascii/DEMO18Q1.txt", "x")
    refused(path, store, "more than once")


def test_other_ways_of_packing_are_refused(tmp_path: Path, store: Path) -> None:
    path = tmp_path / "faers_ascii_2018q1.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("ascii/DEMO18Q1.txt", FAERS["DEMO"])
    refused(path, store, "packed by method 14")


def test_a_damaged_archive_leaves_the_store_as_it_was(tmp_path: Path, store: Path) -> None:
    whole = as_zip(tmp_path / "whole_2018q1.zip", faers()).read_bytes()
    path = tmp_path / "faers_ascii_2018q1.zip"
    with zipfile.ZipFile(tmp_path / "whole_2018q1.zip") as archive:
        info = archive.getinfo("ascii/INDI18Q1.txt")
    middle = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :])
    refused(path, store, "damaged or cut short")


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_an_archive_cut_short_leaves_the_store_as_it_was(tmp_path: Path, store: Path, part: float) -> None:
    whole = as_zip(tmp_path / "whole_2018q1.zip", faers()).read_bytes()
    path = tmp_path / "faers_ascii_2018q1.zip"
    path.write_bytes(whole[: int(len(whole) * part)])
    refused(path, store, "damaged or cut short")


# Names.


@pytest.mark.parametrize(
    ("name", "table", "quarter"),
    [
        ("ascii/DEMO04Q1.TXT", "demo", "2004Q1"),
        ("ASCII/drug12q4.txt", "drug", "2012Q4"),
        ("faers_ascii_2018q1/ascii/DEMO18Q1_new.txt", "demo", "2018Q1"),
        ("ascii/REAC20Q1_synthetic.txt", "reac", "2020Q1"),
        ("deleted/ADR19Q1DeletedCases.txt", "deleted", "2019Q1"),
        ("DELETED/ADR20Q1DeletedCases.txt", "deleted", "2020Q1"),
        ("Deleted/20Q4DeletedCases.txt", "deleted", "2020Q4"),
        ("Deleted/DELETE21Q4.txt", "deleted", "2021Q4"),
        ("deleted/AllDeletedCases.txt", "deleted", None),
        ("ascii/STAT04Q1.TXT", None, None),
        ("ascii/SIZE04Q1.TXT", None, None),
        ("ascii/ASC_NTS.pdf", None, None),
        ("FAQs.doc", None, None),
        ("ASCII/Thumbs.db", None, None),
        ("Deleted/readme.txt", None, None),
        ("SYNTHETIC.txt", None, None),
    ],
)
def test_names_of_all_years_are_understood(name: str, table: str | None, quarter: str | None) -> None:
    found = classify(name)
    assert (found.table, found.quarter and str(found.quarter)) == (table, quarter)
    assert bool(found.why) == (table is None)
    assert found.synthetic == ("synthetic" in name.lower())


def test_what_is_not_read_is_listed(tmp_path: Path) -> None:
    others = {"FAQs.pdf": b"%PDF", "ascii/STAT18Q1.TXT": b"\n", "ascii/EXTRA18Q1.txt": b"a$b\n"}
    report = ingest([as_zip(tmp_path / "faers_ascii_2018q1.zip", {**faers(), **others})], tmp_path / "store")
    (manifest,) = report.added
    assert {(file.member, file.why) for file in manifest.ignored} == {
        ("FAQs.pdf", "no table"),
        ("ascii/STAT18Q1.TXT", "statistics of the release"),
        ("ascii/EXTRA18Q1.txt", "unknown text file"),
    }
    assert not manifest.synthetic


def test_a_renewed_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    files = {**faers(), "ascii/DEMO18Q1_new.txt": FAERS["DEMO"].encode()}
    files["ascii/DEMO18Q1.txt"] = b"old"
    (manifest,) = ingest([as_zip(tmp_path / "faers_ascii_2018q1.zip", files)], tmp_path / "store").added
    assert [file.member for file in manifest.files if file.table == "demo"] == ["ascii/DEMO18Q1_new.txt"]
    assert [(file.member, file.why) for file in manifest.ignored] == [
        ("ascii/DEMO18Q1.txt", "replaced by ascii/DEMO18Q1_new.txt")
    ]


def test_a_note_makes_a_quarter_synthetic(tmp_path: Path) -> None:
    files = {**faers(), "SYNTHETIC.txt": b"Invented."}
    (manifest,) = ingest([as_zip(tmp_path / "faers_ascii_2018q1.zip", files)], tmp_path / "store").added
    assert manifest.synthetic


def test_one_call_takes_archives_and_folders_of_many_quarters(tmp_path: Path) -> None:
    downloads = as_folder(tmp_path / "downloads", aers("04Q2"))
    as_zip(downloads / "faers_ascii_2018q1.zip", faers())
    as_zip(downloads / "renamed.zip", faers("18Q2"))
    (downloads / "notes.txt").write_text("beside the archives")
    report = ingest([downloads, downloads / "renamed.zip", downloads], tmp_path / "store")
    assert [manifest.quarter for manifest in report.added] == ["2004Q2", "2018Q1", "2018Q2"]
    assert [manifest.era for manifest in report.added] == ["aers", "faers", "faers"]


def test_a_quarter_needs_all_its_tables_once(tmp_path: Path, store: Path) -> None:
    files = faers()
    del files["ascii/REAC18Q1.txt"]
    refused(
        as_zip(tmp_path / "a_2018q1.zip", files), store, "2018Q1: no REAC file; found the tables demo", LayoutError
    )
    twice = {**faers(), "more/REAC18Q1.txt": b"x"}
    refused(as_zip(tmp_path / "b_2018q1.zip", twice), store, "REAC more than once", LayoutError)


@pytest.mark.parametrize(
    ("name", "files", "message"),
    [
        ("faers_ascii_2018q2.zip", faers(), "DEMO18Q1.txt is of 2018Q1, expected 2018Q2"),
        (
            "renamed.zip",
            {**faers(), "REAC18Q2.txt": b""},
            "expected the files of one quarter, found 2018Q1, 2018Q2",
        ),
        ("renamed.zip", {"a.pdf": b""}, "expected the files of one quarter, found none"),
    ],
)
def test_files_of_other_quarters_are_refused(
    tmp_path: Path, store: Path, name: str, files: dict[str, bytes], message: str
) -> None:
    refused(as_zip(tmp_path / name, files), store, message, IngestError)


def test_files_that_are_none_are_refused(tmp_path: Path, store: Path) -> None:
    refused(tmp_path / "nowhere", store, "no such file or folder", IngestError)
    refused(as_folder(tmp_path / "f", {"a.csv": b"x"}), store, "no archive and no table", IngestError)
    with pytest.raises(IngestError, match="no files"):
        ingest([], store)
    lists = as_folder(tmp_path / "lists", {"AllDeletedCases.txt": b"1\n"})
    refused(lists, store, "the quarter of AllDeletedCases.txt cannot be told", IngestError)


def test_quarters_are_read_as_lists_and_ranges() -> None:
    assert len(quarters("2012Q4..2026Q2")) == 55
    assert len(quarters("2004q1..2026Q2")) == 90
    assert [str(one) for one in quarters("2013Q1, 2012Q3..2012Q4,2013Q1")] == ["2012Q3", "2012Q4", "2013Q1"]
    assert quarters("2012Q4") == (Quarter(2012, 4),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2012Q5", "'2012Q5' is no quarter"),
        ("2012Q4..", "'' is no quarter"),
        ("2013Q1..2012Q4", "the range '2013Q1..2012Q4' runs backwards"),
    ],
)
def test_what_is_no_range_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        quarters(text)


@pytest.mark.parametrize("size", [200_000, 40 << 20, 80 << 20])
def test_an_archive_of_blank_lines_is_read_in_no_time_or_refused(tmp_path: Path, size: int) -> None:
    files = faers()
    files["ascii/REAC18Q1.txt"] += b"\n" * size
    path = as_zip(tmp_path / "faers_ascii_2018q1.zip", files)
    if size > 4 << 20:
        with pytest.raises(ArchiveError, match=r"REAC18Q1.txt' unpacks \d+ bytes to \d+, more than 100 times"):
            ingest([path], tmp_path / "store")
    else:
        (manifest,) = ingest([path], tmp_path / "store").added
        (file,) = (file for file in manifest.files if file.table == "reac")
        assert file.rejected == {"blank_line": size}


@pytest.mark.parametrize("line", [b"\n", b" \n", b"x\n", b"$\n", b"\0\n", b"\xff\n"])
def test_lines_without_a_row_are_counted_in_arrays(
    tmp_path: Path, line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What looks at single lines would take minutes for a file of them.
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a line was looked at by itself")

    monkeypatch.setattr("glabella.safety.faers._mend.explain", never)
    monkeypatch.setattr("glabella.safety.faers._mend.piecings", never)
    monkeypatch.setattr("glabella.safety.faers._mend.Mender._text", never)
    files = faers()
    files["ascii/REAC18Q1.txt"] += line * 100_000
    (manifest,) = ingest([as_folder(tmp_path / "files", files)], tmp_path / "store").added
    (file,) = (file for file in manifest.files if file.table == "reac")
    # The row before pieces of records may be one of them.
    assert file.rows_kept >= 3
    assert sum(file.rejected.values()) == file.rows_read - file.rows_kept >= 100_000


def test_a_file_without_a_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "faers_ascii_2018q1.zip"
    as_zip(path, {"": b"x"} | faers())
    with pytest.raises(ArchiveError, match="a file in the archive has no name"):
        ingest([path], tmp_path / "store")


@pytest.mark.parametrize("name", ["/", "//", ".", "a/", "\\", " ", "\n", "[/red]"])
def test_odd_names_of_files_never_end_in_a_traceback(tmp_path: Path, name: str) -> None:
    path = as_zip(tmp_path / "faers_ascii_2018q1.zip", {name: b"x"} | faers())
    with contextlib.suppress(IngestError):
        assert ingest([path], tmp_path / "store").added[0].tables["demo"].rows == 4
