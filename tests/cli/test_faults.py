"""Failures from outside are one line and exit code two in every command; our own faults stay tracebacks."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import click
import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from glabella.cli import main
from glabella.cli._faults import Careful, expected, said
from glabella.cli._files import csv_bytes, harmless


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device", "/x/y"), "/x/y: no space is left on the disk"),
        (OSError(28, "No space left on device"), "no space is left on the disk"),
        (PermissionError(13, "Permission denied", "/x/y"), "/x/y: Permission denied"),
        (BlockingIOError("/x: another process"), "/x: another process"),
        (MemoryError(), "not enough memory"),
        (RecursionError("maximum recursion depth exceeded"), "nested too deeply"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "invalid start byte"),
        (
            duckdb.TransactionException("Failed to commit:\nno space"),
            "TransactionException: Failed to commit: no space",
        ),
        (duckdb.OutOfMemoryException("could not allocate"), "OutOfMemoryException: could not allocate"),
        (pl.exceptions.ComputeError("writing\nfailed"), "ComputeError: writing failed"),
        (zipfile.BadZipFile("bad magic"), "BadZipFile: bad magic"),
        (zlib.error("incorrect header"), "error: incorrect header"),
    ],
)
@pytest.mark.parametrize("place", [("top",), ("group", "inner")])
def test_failures_from_outside_are_one_line(error: Exception, words: str, place: tuple[str, ...]) -> None:
    @click.group(cls=Careful)
    def everything() -> None: ...

    @everything.group()
    def group() -> None: ...

    @everything.command("top")
    def top() -> None:
        raise error

    group.command("inner")(top.callback)  # type: ignore[arg-type]
    shown = CliRunner().invoke(everything, list(place))
    assert shown.exit_code == 2
    assert words in shown.output
    assert shown.output.count("\n") == 1


@pytest.mark.parametrize(
    "error", [KeyError("x"), TypeError("x"), AssertionError("x"), ZeroDivisionError(), IndexError(),
              ValueError("x"),
              pl.exceptions.ColumnNotFoundError("x"), BrokenPipeError(32, "x"), ModuleNotFoundError("x")]
)  # fmt: skip
def test_our_own_faults_are_not_hidden(error: Exception) -> None:
    assert not expected(error)


def test_every_command_is_covered() -> None:
    assert isinstance(main, Careful)


def test_a_full_disk_under_the_output_is_said() -> None:
    if not os.path.exists("/dev/full"):  # noqa: PTH110
        pytest.skip("no /dev/full on this system")
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run([sys.executable, "-m", "glabella", "dossier", "schema", "study"], stdout=full,
                              stderr=subprocess.PIPE, text=True, check=False)  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.strip() == "no space is left on the disk"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("@SUM(A1)", "'@SUM(A1)"), ("-", "'-"),
        ("-1+2", "'-1+2"), (" =1", "' =1"), ("\t=1", "'\t=1"), ("＝1", "'＝1"), ("-2+3+cmd|'!A0", "'-2+3+cmd|'!A0"),
        ("-0.42 (-0.90 to 0.06)", "-0.42 (-0.90 to 0.06)"), ("-1.5", "-1.5"), ("+2", "+2"), ("-1e-05", "-1e-05"),
        ("aspirin", "aspirin"), ("a=b", "a=b"), ("", ""),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula_and_numbers_stay(text: str, written: str) -> None:
    assert harmless(text) == written
    table: dict[str, Any] = {"name": [text, None], text or "x": [-1.5, 2.0]}
    rows = list(csv.reader(io.StringIO(csv_bytes(pl.DataFrame(table)).decode(), newline="")))
    assert rows == [["name", harmless(text or "x")], [written, "-1.5"], ["", "2.0"]]


def test_one_line_is_one_line() -> None:
    assert said(OSError("a\nb\r\n  c")) == "a b c"
    assert said(duckdb.IOException("")) == "IOException: no more is known"


def test_files_that_are_no_files(tmp_path: Path) -> None:
    shown = CliRunner().invoke(main, ["pool", str(tmp_path)])
    assert shown.exit_code == 2
    assert "Traceback" not in shown.output
