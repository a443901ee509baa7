"""Failures of disk, engines and libraries said in one line by every command; our own faults keep a traceback."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import Any

import click

from glabella.cli._files import BAD_INPUT

#: Packages whose errors come from files, the disk or the memory, by the first name of their module.
_OTHERS = frozenset({"duckdb", "_duckdb", "polars", "pyarrow", "pyspark", "py4j", "httpx", "httpcore", "zipfile",
                     "zlib", "yaml"})  # fmt: skip
#: Errors of theirs that no file or disk brings about: a fault of ours.
_OURS = ("SchemaError", "ColumnNotFoundError", "SchemaFieldNotFoundError", "ShapeError", "DuplicateError",
         "InvalidOperationError")  # fmt: skip


class Careful(click.Group):
    """A group of commands in which such a failure ends in one line and the exit code of bad input."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and see what it printed on its way."""
        try:
            found = super().invoke(ctx)
            sys.stdout.flush()
        except Exception as error:
            if not expected(error):
                raise
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EIO):
                _forget_output()
            click.echo(said(error), err=True)
            sys.exit(BAD_INPUT)
        return found


def expected(error: BaseException) -> bool:
    """Say whether an error comes from outside: files, disk, memory, engines; and not from a fault of ours."""
    if isinstance(error, click.ClickException | click.exceptions.Exit | click.Abort | ModuleNotFoundError):
        return False
    if isinstance(error, OSError):
        # Who closes the pipe has read enough; Click ends such a run quietly.
        return error.errno != errno.EPIPE
    if isinstance(error, MemoryError | RecursionError | UnicodeError):
        return True
    if type(error).__name__ in _OURS:
        return False
    return any(kind.__module__.split(".")[0] in _OTHERS for kind in type(error).__mro__)


def said(error: BaseException) -> str:
    """Say an error in one line."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{f'{error.filename}: ' if error.filename else ''}no space is left on the disk"
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, MemoryError):
        return "not enough memory for this"
    if isinstance(error, RecursionError):
        return "the input is nested too deeply"
    words = " ".join(str(error).split()) or "no more is known"
    return words if isinstance(error, OSError | ValueError) else f"{type(error).__name__}: {words}"


def _forget_output() -> None:
    """Let what could not be written not fail once more when the process ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(nowhere, sys.stdout.fileno())
        finally:
            os.close(nowhere)
