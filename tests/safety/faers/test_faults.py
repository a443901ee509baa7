"""Runs that are killed, disks that are full, two runs at once: a store holds whole quarters and nothing else."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from glabella.safety.faers import IngestError, StoreError, ingest, read_quarter_manifests, verify
from glabella.safety.faers._store import writing
from tests.safety.faers.files import FAERS, aers, as_folder, as_zip, contents, faers

ROOT = Path(__file__).parents[3]

#: Takes in files with small pieces, and kills itself at one call of the progress, or of a renaming.
KILLED = """
import os, pathlib, signal, sys
from glabella.safety.faers import _read, ingest

store, point, what, replace, *files = sys.argv[1:]
_read.CHUNK = 512
calls = 0


def die(*_):
    global calls
    calls += 1
    if calls == int(point):
        os.kill(os.getpid(), signal.SIGKILL)


rename = pathlib.Path.rename


def renamed(self, target):
    die()
    done = rename(self, target)
    die()
    return done


if what == "renames":
    pathlib.Path.rename = renamed
ingest(files, store, replace=replace == "replace", progress=die if what == "pieces" else None)
print(calls)
"""


def start(store: Path, point: int, what: str, files: list[Path], replace: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", KILLED, str(store), str(point), what, replace, *map(str, files)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def many_rows(quarter: str) -> dict[str, bytes]:
    """Give a quarter of several pieces a table."""
    header, *rows = FAERS["DRUG"].splitlines()
    drugs = "\n".join([header, *rows * 5]) + "\n"
    return faers(quarter, DRUG=drugs)


@pytest.fixture
def archives(tmp_path: Path) -> list[Path]:
    return [
        as_zip(tmp_path / "aers_ascii_2004q1.zip", aers()),
        as_zip(tmp_path / "faers_ascii_2018q1.zip", many_rows("18Q1")),
    ]


def finish(run: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = run.communicate()
    assert run.returncode in (0, -9), err
    return run.returncode, out


@pytest.mark.parametrize("what", ["pieces", "renames"])
def test_a_killed_run_goes_on_to_the_same_bytes(
    tmp_path: Path, archives: list[Path], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, calls = finish(start(tmp_path / "whole", 0, what, archives))
    assert code == 0
    last = int(calls)
    points = range(1, last + 1) if last <= 10 else [1 + (last - 1) * i // 9 for i in range(10)]
    assert len(set(points)) == (10 if what == "pieces" else last)
    runs = {point: start(tmp_path / f"killed{point}", point, what, archives) for point in points}
    monkeypatch.setattr("glabella.safety.faers._read.CHUNK", 512)
    whole = contents(tmp_path / "whole")
    for point, run in runs.items():
        assert finish(run)[0] == -9
        store = tmp_path / f"killed{point}"
        quarters = store / "quarters"
        for quarter in quarters.iterdir() if quarters.exists() else ():
            assert (quarter / "quarter.json").exists()
        ingest(archives, store)
        assert contents(store) == whole
        assert verify(store).ok


def test_a_killed_replacement_leaves_the_old_quarter_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("glabella.safety.faers._read.CHUNK", 512)
    old = as_zip(tmp_path / "old_2018q1.zip", faers())
    new = as_zip(tmp_path / "new_2018q1.zip", many_rows("18Q1"))
    ingest([old], tmp_path / "old")
    ingest([new], tmp_path / "new")
    expected = [contents(tmp_path / "old"), contents(tmp_path / "new")]
    other = as_zip(tmp_path / "aers_ascii_2004q1.zip", aers())
    runs = {}
    for point in (1, 2, 3, 4):
        ingest([old], tmp_path / f"killed{point}")
        runs[point] = start(tmp_path / f"killed{point}", point, "renames", [new], "replace")
    for point, run in runs.items():
        assert finish(run)[0] == -9
        store = tmp_path / f"killed{point}"
        # The next run, of whatever files, puts the store in order.
        ingest([other], store)
        held = {name: text for name, text in contents(store).items() if "2004Q1" not in name}
        assert held == expected[point == 4]
        assert verify(store).ok


def test_the_same_files_are_skipped(tmp_path: Path, archives: list[Path]) -> None:
    store = tmp_path / "store"
    first = ingest(archives, store)
    before = contents(store)
    again = ingest(archives[::-1], store)
    assert (again.added, again.skipped) == ((), ("2004Q1", "2018Q1"))
    assert contents(store) == before
    assert "2018Q1: already in the store" in str(again)
    assert list(read_quarter_manifests(store).values()) == list(first.added)


def test_the_same_files_give_the_same_bytes(tmp_path: Path, archives: list[Path]) -> None:
    for store in ("a", "b"):
        ingest(archives, tmp_path / store)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_other_files_of_a_quarter_are_refused_unless_asked_for(tmp_path: Path) -> None:
    store = tmp_path / "store"
    old = as_zip(tmp_path / "old_2018q1.zip", faers())
    new = as_folder(tmp_path / "new", many_rows("18Q1"))
    ingest([old], store)
    before = contents(store)
    with pytest.raises(StoreError, match="holds 2018Q1 from other files"):
        ingest([new], store)
    assert contents(store) == before
    (manifest,) = ingest([new], store, replace=True).added
    assert manifest.tables["drug"].rows == 25
    assert {file.archive for file in manifest.files} == {None}
    assert ingest([new], store).skipped == ("2018Q1",)
    assert verify(store).ok


def test_quarters_before_a_bad_one_stay(tmp_path: Path, archives: list[Path]) -> None:
    bad = as_folder(tmp_path / "bad", faers("18Q2", REAC="x\n"))
    with pytest.raises(IngestError, match="unknown column 'x'"):
        ingest([*archives, bad], tmp_path / "store")
    assert list(read_quarter_manifests(tmp_path / "store")) == ["2004Q1", "2018Q1"]
    assert verify(tmp_path / "store").ok


# A full disk.


@pytest.mark.parametrize("limit", [500, 3000, 20_000])
def test_a_file_that_cannot_grow_leaves_nothing(tmp_path: Path, archives: list[Path], limit: int) -> None:
    store = tmp_path / "store"
    ingest(archives[:1], store)
    before = contents(store)
    code = (
        "import resource, sys\n"
        "from glabella.safety.faers import IngestError, ingest\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "try:\n    ingest(sys.argv[2:], sys.argv[1])\n"
        "except IngestError as error:\n    print(error)\n"
    )
    long = as_folder(tmp_path / "long", many_rows("18Q2"))
    rows = [f"{10**9 + i}1${10**9 + i}${hash_of(i)}$" for i in range(2000)]
    (long / "ascii" / "REAC18Q2.txt").write_text("\n".join([FAERS["REAC"].splitlines()[0], *rows]) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", code, str(store), str(long)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "taking in failed" in done.stdout, done.stderr
    assert contents(store) == before
    assert verify(store).ok


def hash_of(number: int) -> str:
    """Give text that does not pack."""
    import hashlib

    return hashlib.sha256(str(number).encode()).hexdigest()


@pytest.mark.parametrize(
    "where", ["pyarrow.parquet.ParquetWriter.write_table", "glabella.safety.faers._ingest.write_text"]
)
def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, archives: list[Path], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = tmp_path / "store"
    ingest(archives[:1], store)
    before = contents(store)
    with monkeypatch.context() as patch:
        patch.setattr(where, full)
        with pytest.raises(IngestError, match="no space is left on the disk"):
            ingest(archives, store)
    assert contents(store) == before
    assert not (store / ".partial").exists()
    ingest(archives, store)
    assert verify(store).ok


def test_an_interrupted_run_leaves_nothing(tmp_path: Path, archives: list[Path]) -> None:
    def interrupt(done: int, total: int, quarter: str, table: str) -> None:
        assert 0 < done <= total
        if (quarter, table) == ("2018Q1", "reac"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(archives, tmp_path / "store", progress=interrupt)
    assert list(read_quarter_manifests(tmp_path / "store")) == ["2004Q1"]
    assert not (tmp_path / "store" / ".partial").exists()


def test_progress_ends_at_the_bytes_there_are(tmp_path: Path, archives: list[Path]) -> None:
    seen: list[tuple[int, int, str, str]] = []
    ingest(archives, tmp_path / "store", progress=lambda *said: seen.append(said))
    for quarter in ("2004Q1", "2018Q1"):
        mine = [(done, total) for done, total, of, _ in seen if of == quarter]
        assert mine == sorted(mine)
        assert mine[-1][0] == mine[-1][1] > 0


# Two runs at once.


def test_a_second_run_into_one_store_is_refused(tmp_path: Path, archives: list[Path]) -> None:
    store = tmp_path / "store"
    code = (
        "import sys\nfrom glabella.safety.faers import ingest\n"
        "def wait(done, total, quarter, table):\n"
        "    if table == 'demo':\n        print('reading', flush=True)\n        sys.stdin.readline()\n"
        "ingest(sys.argv[2:], sys.argv[1], progress=wait)\n"
    )
    command = [sys.executable, "-c", code, str(store), str(archives[0])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as first:
        assert first.stdout is not None
        assert first.stdin is not None
        assert first.stdout.readline() == "reading\n"
        with pytest.raises(StoreError, match="another ingest is writing into this store"):
            ingest(archives, store)
        first.stdin.write("\n")
        first.stdin.close()
        assert first.wait() == 0
    assert ingest(archives, store).skipped == ("2004Q1",)
    assert verify(store).ok


def test_a_store_in_use_is_refused_in_the_same_process_too(tmp_path: Path, archives: list[Path]) -> None:
    with writing(tmp_path / "store"), pytest.raises(StoreError, match="another ingest"):
        ingest(archives, tmp_path / "store")


def test_a_folder_with_other_things_in_it_is_no_store(tmp_path: Path, archives: list[Path]) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.doc").write_text("x")
    with pytest.raises(StoreError, match=r"no store, and not empty: it holds thesis\.doc"):
        ingest(archives, tmp_path / "home")
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["thesis.doc"]
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "store.json").write_text(json.dumps({"format": 2}))
    with pytest.raises(StoreError, match="the store is of format 2, expected 1"):
        ingest(archives, tmp_path / "later")


# Verification.


@pytest.mark.parametrize(
    ("change", "kind", "path"),
    [
        (lambda folder: (folder / "drug.parquet").unlink(), "missing", "drug.parquet"),
        (lambda folder: (folder / "more.parquet").write_bytes(b"x"), "extra", "more.parquet"),
        (lambda folder: (folder / "reac.parquet").write_bytes(b"x"), "changed", "reac.parquet"),
        (lambda folder: (folder / "quarter.json").unlink(), "missing", "quarter.json"),
        (lambda folder: (folder / "quarter.json").write_text("{}"), "changed", "quarter.json"),
        (lambda folder: folder.rename(folder.parent / "2019Q1"), "changed", "2019Q1/quarter.json"),
    ],
)
def test_what_was_changed_is_found(
    tmp_path: Path, archives: list[Path], change: Callable[[Path], object], kind: str, path: str
) -> None:
    ingest(archives, tmp_path / "store")
    assert str(verify(tmp_path / "store")) == "2 quarters, 14 tables: sound"
    change(tmp_path / "store" / "quarters" / "2018Q1")
    report = verify(tmp_path / "store")
    assert not report.ok
    assert {(problem.kind, problem.path.endswith(path)) for problem in report.problems} == {(kind, True)}
    assert path in str(report)


def test_one_changed_bit_is_found(tmp_path: Path, archives: list[Path]) -> None:
    ingest(archives, tmp_path / "store")
    path = tmp_path / "store" / "quarters" / "2018Q1" / "demo.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert [(problem.path, problem.kind) for problem in verify(tmp_path / "store").problems][:1] == [
        ("quarters/2018Q1/demo.parquet", "changed")
    ]


def test_manifests_are_read_back(tmp_path: Path, archives: list[Path]) -> None:
    ingest(archives, tmp_path / "store")
    (tmp_path / "store" / "quarters" / "2018Q1" / "quarter.json").write_text('{"format": 9}')
    with pytest.raises(StoreError, match="no manifest of a quarter: not format 1"):
        read_quarter_manifests(tmp_path / "store")
    with pytest.raises(StoreError, match="no store"):
        read_quarter_manifests(tmp_path)
