"""Faults in the choices that a dossier declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from glabella.dossier import check, write_starter


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ("trials: {a: {}}", "choice 'trials' is always made"),
        ("a: {}", "choice 'a' has no option"),
        ("a: {b: {when: last}}\n  c: {d: {when: first}}", "choice 'c' sets when, which choice 'a' sets too"),
        ("a: {week 6: {}}", "'week 6' holds the bare number '6'"),
        ("a: {b: {without: [x/y]}}", "no analysis has comparison 'x/y'"),
        ("a: {b: {not_from: [X]}}", "reference 'X' is not in references.json"),
        ("a: {b: {colour: red}}", "unknown key 'colour'"),
    ],
)
def test_a_faulty_choice_is_named(tmp_path: Path, choices: str, says: str) -> None:
    folder = tmp_path / "dossier"
    write_starter(folder)
    path = folder / "dossier.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").partition("choices:")[0] + f"choices:\n  {choices}\n", encoding="utf-8"
    )
    faults = [str(fault) for fault in check(folder)]
    assert any(says in fault and "dossier.yaml:" in fault for fault in faults), faults
