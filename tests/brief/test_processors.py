"""A brief does not depend on the processor: the kernels that linear algebra chooses differ in last digits only."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from glabella.shown import Claim, steady

#: What OpenBLAS would choose on older and newer processors (Zen takes Haswell's kernels); elsewhere, as on ARM, the
#: variable names no kernel.
KERNELS = ("Prescott", "Haswell", "SkylakeX")


def written(kernel: str, to: Path) -> bytes:
    command = [sys.executable, "-m", "glabella", "brief", "--to", str(to / kernel)]
    subprocess.run(command, env={**os.environ, "OPENBLAS_CORETYPE": kernel}, check=True, capture_output=True)
    (found,) = (to / kernel).iterdir()
    return found.read_bytes()


def test_a_brief_is_the_same_bytes_whatever_kernel_computes_it(tmp_path: Path) -> None:
    first, *others = (written(kernel, tmp_path) for kernel in KERNELS)
    assert all(other == first for other in others)


def test_a_claim_keeps_the_digits_that_are_computed_alike() -> None:
    # Two processors' values of one number of the brief, which differ in the 13th digit.
    common = ("unit", "people", "week 6", "low", "f", "1", (), ())
    one, other = (Claim("a", "b", value, *common) for value in (0.0016437630351576436, 0.0016437630351578483))  # type: ignore[arg-type]
    assert one == other
    # 5.425 is a ratio of counts (217/40) that floating point gives as 5.424999999999999: it is written 5.43.
    assert Claim("a", "b", 5.424999999999999, *common).number == "5.43"  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, 207.0, 88391.0, 20260101.0, float("inf"), 1e-300, -1e300])
def test_numbers_of_few_digits_stay_as_they_are(value: float) -> None:
    assert steady(value) == value
