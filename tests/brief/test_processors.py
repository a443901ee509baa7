"""Documents do not depend on the processor: the kernels that linear algebra chooses differ in last digits only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from glabella.brief import as_json
from tests.brief.conftest import Made

#: What OpenBLAS would choose on older and newer processors (Zen takes Haswell's kernels); elsewhere, as on ARM, the
#: variable names no kernel.
KERNELS = ("Prescott", "Haswell", "SkylakeX")


def written(kernel: str, to: Path, *words: str) -> bytes:
    command = [sys.executable, "-m", "glabella", *words, "--to", str(to / kernel)]
    done = subprocess.run(
        command, env={**os.environ, "OPENBLAS_CORETYPE": kernel}, check=False, capture_output=True
    )
    if done.returncode == -signal.SIGILL:
        pytest.skip(f"this processor lacks instructions that {kernel} needs")
    assert done.returncode == 0, done.stderr
    (found,) = (to / kernel).iterdir()
    return found.read_bytes()


@pytest.mark.xdist_group("brief")
@pytest.mark.parametrize("kernel", KERNELS)
def test_documents_are_the_same_bytes_whatever_kernel_computes_them(
    tmp_path: Path, kernel: str, brief: Made, report: Made
) -> None:
    """The same, too, as this process made them: each is made twice, by two processes."""
    assert written(kernel, tmp_path / "brief", "brief") == brief.page.encode()
    data = written(kernel, tmp_path / "report", "report", "--format", "json")
    assert data == as_json(report.document).encode()
