"""Measures, directions and sizes that do not fit their outcome are faults of their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from glabella.dossier import check, shipped
from tests.made_up import write_fuller

PLAN = "dossier.yaml"
N = "{value: 10, status: seen, source: EXAMPLE}"


def faults_of(folder: Path, *edits: tuple[str, str]) -> list[str]:
    write_fuller(folder)
    text = (folder / PLAN).read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / PLAN).write_text(text, encoding="utf-8")
    return [str(fault) for fault in check(folder)]


def line_of(folder: Path, start: str) -> int:
    lines = (folder / PLAN).read_text(encoding="utf-8").splitlines()
    return 1 + next(at for at, line in enumerate(lines) if line.strip().startswith(start))


@pytest.mark.parametrize(
    ("kind", "measure", "expected"),
    [
        ("continuous", "OR", "is continuous; expected SMD or MD"),
        ("continuous", "RR", "is continuous; expected SMD or MD"),
        ("continuous", "RD", "is continuous; expected SMD or MD"),
        ("binary", "MD", "is binary; expected OR, RR or RD"),
        ("binary", "SMD", "is binary; expected OR, RR or RD"),
    ],
)
def test_a_measure_of_another_kind_of_outcome_is_a_fault(
    tmp_path: Path, kind: str, measure: str, expected: str
) -> None:
    folder = tmp_path / "d"
    found = faults_of(folder, ("kind: binary", f"kind: {kind}"), ("measure: OR", f"measure: {measure}"))
    line = line_of(folder, "measure:")
    assert f"{PLAN}:{line}: measure is {measure}, but outcome 'response' {expected}" in found


@pytest.mark.parametrize(
    ("kind", "measure"),
    [("binary", "OR"), ("binary", "RR"), ("binary", "RD"), ("continuous", "SMD"), ("continuous", "MD"),
     ("binary", "SMD\n    uses: [response]")],
)  # fmt: skip
def test_a_measure_that_fits_is_none(tmp_path: Path, kind: str, measure: str) -> None:
    found = faults_of(tmp_path / "d", ("kind: binary", f"kind: {kind}"), ("measure: OR", f"measure: {measure}"))
    assert not any("measure is" in fault for fault in found)


@pytest.mark.parametrize(("better", "wrong"), [("lower", False), ("higher", True)])
def test_points_of_a_scale_of_the_other_direction_are_a_fault(tmp_path: Path, better: str, wrong: bool) -> None:
    folder = tmp_path / "d"
    found = faults_of(
        folder,
        ("kind: binary", "kind: continuous"),
        ("better: higher", f"better: {better}"),
        ("measure: OR", "measure: SMD"),
        ("    family:", f"    points:\n      scale: my_scale\n      sd: {N}\n    family:"),
    )
    line = line_of(folder, "scale: my_scale")
    expected = (
        f"{PLAN}:{line}: on scale 'my_scale' lower is better, but of outcome 'response' higher: "
        "points would have the wrong sign"
    )
    assert (expected in found) == wrong, found


@pytest.mark.parametrize("value", ["0", "-3"])
def test_a_difference_that_matters_is_more_than_nil(tmp_path: Path, value: str) -> None:
    folder = tmp_path / "d"
    found = faults_of(folder, ("    family:", f"    important: {N.replace('10', value)}\n    family:"))
    line = line_of(folder, "important:")
    assert any(
        fault.startswith(f"{PLAN}:{line}: ") and f"important is {value}, expected more than 0" in fault
        for fault in found
    ), found


@pytest.mark.parametrize(("measure", "wrong"), [("OR", True), ("RR", True), ("RD", False)])
def test_a_ratio_that_matters_is_not_one(tmp_path: Path, measure: str, wrong: bool) -> None:
    folder = tmp_path / "d"
    found = faults_of(folder, ("measure: OR", f"measure: {measure}"),
                      ("    family:", f"    important: {N.replace('10', '1')}\n    family:"))  # fmt: skip
    line = line_of(folder, "important:")
    expected = f"{PLAN}:{line}: important is 1, which is no difference of the {measure} of analysis 'response_all'"
    assert (expected in found) == wrong, found


def test_the_shipped_dossier_fits() -> None:
    assert check(shipped()) == []
