"""A disk that is full, an engine that fails, an archive that is odd: one clear line, and nothing half-written.

SYNTHETIC reports. A full disk is stood in for by the system's limit on the size of a file.
"""

from __future__ import annotations

import shutil
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from glabella.plot import volcano
from glabella.safety import ingest
from glabella.safety.faers import IngestError
from tests.edges.files import archive, few, run, store_of
from tests.edges.limits import clear, limited

DRUG = ("--drug", "ABOBOTULINUMTOXINA")


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = store_of(tmp_path_factory.mktemp("counted"), few())
    assert run("safety", "signals", store).exit_code == 0
    return store


@pytest.fixture
def store(counted: Path, tmp_path: Path) -> Path:
    return shutil.copytree(counted, tmp_path / "store")


def test_an_index_that_does_not_fit_on_the_disk_is_said(store: Path) -> None:
    shutil.rmtree(store / "index")
    clear(limited("safety", "signals", store, *DRUG, largest_file=4096))
    assert not list(store.glob("index/*/*.parquet"))


def test_an_ingest_that_does_not_fit_on_the_disk_is_said(tmp_path: Path) -> None:
    file = archive(tmp_path / "a", few())
    clear(limited("safety", "ingest", file, "--into", tmp_path / "s", largest_file=500))
    assert not list(tmp_path.glob("s/quarters/*"))


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_plot_that_does_not_fit_keeps_the_old_one(store: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / "out" / f"plot.{suffix}"
    target.parent.mkdir()
    target.write_bytes(b"the old one")
    clear(limited("safety", "signals", store, *DRUG, "--plot", target, memory=None, largest_file=1000))
    assert target.read_bytes() == b"the old one"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_saved_plot_is_whole_or_the_old_one(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"plot.{suffix}"
    target.write_bytes(b"the old one")
    code = (
        "import sys\nfrom glabella.plot import volcano\n"
        "try:\n volcano([0.3, 1.8], [0.04, 1.2], [1.7, 8.4], [1, 26]).save(sys.argv[1])\n"
        "except OSError as error:\n print(error, file=sys.stderr); sys.exit(2)\n"
    )
    clear(limited(target, code=code, memory=None, largest_file=1000))
    assert target.read_bytes() == b"the old one"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("option", ["--to", "--plot"])
def test_a_folder_that_is_a_file_is_named(store: Path, tmp_path: Path, option: str) -> None:
    (tmp_path / "file").write_text("x")
    target = tmp_path / "file" / ("x.csv" if option == "--to" else "x.svg")
    shown = run("safety", "signals", store, *DRUG, option, target)
    assert shown.exit_code == 2, repr(shown.exception)
    assert "file" in shown.output


def test_a_plot_goes_into_a_folder_to_be_made_as_a_table_does(store: Path, tmp_path: Path) -> None:
    for option, name in (("--to", "x.csv"), ("--plot", "x.svg")):
        target = tmp_path / f"new{option}" / name
        shown = run("safety", "signals", store, *DRUG, option, target)
        assert shown.exit_code == 0 or (shown.exit_code == 2 and name in shown.output), repr(shown.exception)
        assert target.exists() == (shown.exit_code == 0)


@pytest.mark.parametrize("content", [b"", b"junk" * 500])
@pytest.mark.parametrize("pattern", ["index/*/substance_report.parquet", "index/*/events.parquet",
                                     "index/*/counted/*/drugs.parquet", "index/*/index.json"])  # fmt: skip
@pytest.mark.parametrize("words", [("signals", *DRUG), ("describe",)])
def test_a_damaged_index_is_said_or_made_again(
    store: Path, pattern: str, content: bytes, words: tuple[str, ...]
) -> None:
    (path,) = store.glob(pattern)
    path.write_bytes(content)
    shown = run("safety", words[0], store, *words[1:])
    assert shown.exit_code in (0, 2), repr(shown.exception)
    assert shown.exit_code == 0 or len(shown.stderr.strip().splitlines()) <= 3


def test_a_damaged_prior_is_said_or_fitted_again(store: Path) -> None:
    (frame,) = store.glob("index/*/counted/*/frame.parquet")
    (frame.parent / "prior.json").write_text('{"alpha1": "x"}', encoding="utf-8")
    shown = run("safety", "signals", store, *DRUG)
    assert shown.exit_code in (0, 2), repr(shown.exception)


def test_a_damaged_quarter_is_said_when_the_index_is_made(store: Path) -> None:
    shutil.rmtree(store / "index")
    (store / "quarters" / "2018Q1" / "drug.parquet").write_bytes(b"PAR1 no more")
    shown = run("safety", "signals", store, *DRUG)
    assert shown.exit_code == 2, repr(shown.exception)
    assert "drug.parquet" in shown.output


@pytest.mark.parametrize("engine", ["nonsense", ""])
def test_an_engine_that_is_none_is_said(store: Path, engine: str) -> None:
    shown = run("safety", "signals", store, *DRUG, "--engine", engine)
    assert shown.exit_code == 2, repr(shown.exception)


def test_an_index_in_place_of_a_folder_is_said(store: Path) -> None:
    shutil.rmtree(store / "index")
    (store / "index").write_text("a file")
    shown = run("safety", "signals", store, *DRUG)
    assert shown.exit_code == 2, repr(shown.exception)


@pytest.mark.parametrize(("field", "value"), [("version", 99), ("method", 93), ("flags", 0x41), ("flags", 0x20)])
def test_an_odd_archive_is_named(tmp_path: Path, field: str, value: int) -> None:
    # The number of a version needed, a way of packing, strong encryption and patches, in both headers of each file.
    file = archive(tmp_path, few())
    raw = bytearray(file.read_bytes())
    for mark, at in ((b"PK\x03\x04", {"version": 4, "flags": 6, "method": 8}),
                     (b"PK\x01\x02", {"version": 6, "flags": 8, "method": 10})):  # fmt: skip
        place = raw.find(mark)
        while place >= 0:
            struct.pack_into("<H", raw, place + at[field], value)
            place = raw.find(mark, place + 4)
    file.write_bytes(raw)
    shown = run("safety", "ingest", file, "--into", tmp_path / "s")
    assert shown.exit_code == 2, repr(shown.exception)
    assert file.name in shown.output
    assert not list(tmp_path.glob("s/quarters/*"))


def test_any_changed_byte_of_an_archive_is_said_or_harmless(tmp_path: Path) -> None:
    file = archive(tmp_path, few()[:2])
    raw = file.read_bytes()
    directory = raw.find(b"PK\x01\x02")
    for place in [
        *range(0, 60, 3),
        *range(directory, min(directory + 60, len(raw)), 2),
        *range(len(raw) - 22, len(raw)),
    ]:
        file.write_bytes(raw[:place] + bytes([raw[place] ^ 0xFF]) + raw[place + 1 :])
        try:
            ingest(file, tmp_path / f"s{place}")
        except IngestError:
            shutil.rmtree(tmp_path / f"s{place}", ignore_errors=True)


def test_a_plot_on_paper_is_not_transparent() -> None:
    # The first pixel, read by hand: eight bits of red, green, blue and opacity behind the filter of the first row.
    raw = volcano([0.3, 1.8], [0.04, 1.2], [1.7, 8.4], [1, 26]).png(scale=1)
    place, packed, kind = 8, b"", 0
    while place < len(raw):
        length, name = struct.unpack(">I4s", raw[place : place + 8])
        if name == b"IHDR":
            kind = raw[place + 17]
        if name == b"IDAT":
            packed += raw[place + 8 : place + 8 + length]
        place += 12 + length
    row = zlib.decompress(packed)
    if kind == 6:
        assert row[4] == 255
        assert row[1:4] == b"\xff\xff\xff"
    else:
        assert kind in (2, 3, 0)


def lines_of_nothing(path: Path, text: bytes, member: str) -> Path:
    """Write an archive one of whose tables goes on with lines without meaning, packed a thousandfold."""
    base = archive(path, few())
    with zipfile.ZipFile(base) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(base, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content + (text if member in name else b""))
    return base


@pytest.mark.parametrize("text", [b"\n", b"$\n", b"\0\n"])
def test_an_archive_of_lines_of_nothing_is_read_or_refused(tmp_path: Path, text: bytes) -> None:
    file = lines_of_nothing(tmp_path, text * (60_000_000 // len(text)), "REAC")
    assert file.stat().st_size < 300_000
    # The time-out is a net: at a few bytes a microsecond this takes seconds.
    done = limited("safety", "ingest", file, "--into", tmp_path / "s", seconds=60)
    assert done.returncode in (0, 2), done.stderr[-500:]
    assert done.returncode == 2 or "blank" in done.stdout or "few" in done.stdout
