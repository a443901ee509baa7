"""Files changed at random: nothing but an error of ours is raised, and no line is lost uncounted."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from glabella.safety.faers import IngestError, ingest, verify
from glabella.safety.faers._find import Part
from glabella.safety.faers._layout import layout
from glabella.safety.faers._names import classify
from glabella.safety.faers._quarter import Quarter
from glabella.safety.faers._read import begin, frames
from tests.safety.faers.files import AERS, FAERS, as_folder, as_zip, faers

#: What is put in, taken out, or written over: single bytes that matter, and any others.
PIECES = st.one_of(
    st.sampled_from(
        [b"$", b"\n", b"\r\n", b"\r", b"\0", b" ", b'"', b"\xe9", b"\xc3\xa9", b"$$$", b"\n\n", b"1", b"\x1a"]
    ),
    st.binary(max_size=4),
)
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), max_size=6)


def changed(text: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for place, length, piece in changes:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + length :]
    return text


def advance(done: int) -> None:
    assert done >= 0


def read(folder: Path, era: str, table: str, text: bytes) -> None:
    """Read one file, and compare the ledger with its lines."""
    name = f"{table}{'04Q1' if era == 'aers' else '18Q1'}.txt"
    (folder / name).write_bytes(text)
    part = Part(folder / name, None, classify(name), len(text))
    reading = begin(part)
    assert reading.header.era in ("aers", "faers")
    rows = pl.concat(list(frames(reading, reading.header.era, Quarter(2018, 1), advance)))
    body = text.partition(b"\n")[2]
    tally = reading.tally
    assert tally.read == body.count(b"\n") + (not body.endswith(b"\n") and body != b"")
    assert tally.read + tally.added == tally.kept + tally.rejected.total()
    assert tally.kept == rows.height
    # Lines split into several rows are added; lines joined to one are taken off.
    assert tally.added <= tally.repaired["run_on"]
    assert tally.added == tally.repaired["run_on"] or tally.repaired["broken_line"]
    assert rows["primaryid"].null_count() == 0
    assert rows["primaryid"].str.contains(r"^\d+$").all()
    assert rows.columns[: len(layout().tables[table.lower()].columns)] == list(
        layout().tables[table.lower()].columns
    )


@pytest.mark.parametrize("chunk", [600, 32 << 20])
@settings(max_examples=200)
@given(data=st.data())
def test_a_changed_file_is_read_or_refused(chunk: int, data: st.DataObject) -> None:
    era = data.draw(st.sampled_from(["aers", "faers"]))
    tables = AERS if era == "aers" else FAERS
    table = data.draw(st.sampled_from(sorted(tables)))
    text = changed(tables[table].encode(), data.draw(CHANGES))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("glabella.safety.faers._read.CHUNK", chunk)
        try:
            read(Path(folder), era, table, text)
        except IngestError:
            assert text != tables[table].encode()


@settings(max_examples=40)
@given(table=st.sampled_from(sorted(FAERS)), rows=CHANGES)
@example(table="DEMO", rows=[])
def test_a_quarter_with_a_changed_file_is_whole_or_not_there(
    table: str, rows: list[tuple[float, int, bytes]]
) -> None:
    files = {**faers(), f"ascii/{table}18Q1.txt": changed(FAERS[table].encode(), rows)}
    with tempfile.TemporaryDirectory() as name:
        store = Path(name) / "store"
        try:
            ingest([as_folder(Path(name) / "files", files)], store)
        except IngestError:
            assert list((store / "quarters").iterdir()) == []
            assert not (store / ".partial").exists()
        assert verify(store).ok


@settings(max_examples=60)
@given(changes=CHANGES)
def test_a_changed_archive_is_whole_or_refused(changes: list[tuple[float, int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = as_zip(Path(name) / "faers_ascii_2018q1.zip", faers())
        path.write_bytes(changed(path.read_bytes(), changes))
        store = Path(name) / "store"
        try:
            ingest([path], store)
        except IngestError:
            assert not store.exists() or list((store / "quarters").iterdir()) == []
        else:
            assert verify(store).ok
