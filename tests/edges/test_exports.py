"""Tables written for other programs: no cell is a formula, numbers stay numbers; SYNTHETIC reports."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from glabella.safety import open_store
from tests.edges.files import few, report, run, store_of

FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://evil")',
    "@SUM(A1)",
    "+1+cmd",
    "-1+cmd",
    "=cmd|' /C calc'!A0",
    "−2",
    "=\u00e4",
]
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def formulas(file: Path) -> list[str]:
    """Give the cells that a spreadsheet would compute."""
    with file.open(encoding="utf-8", newline="") as stream:
        return [
            cell for row in csv.reader(stream) for cell in row
            if cell.lstrip(" ").startswith(DANGEROUS) and not is_number(cell)
        ]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kinds = [("ASPIRIN", text) for text in FORMULAS for _ in range(4)] + [("SERTRALINE", "Nausea")] * 20
    kinds += [(f"{text[0]}{text[1:]}X", "Rash") for text in FORMULAS for _ in range(4)]
    reports = [report(10_000_001 + i, drugs=[drug], events=[event]) for i, (drug, event) in enumerate(kinds)]
    return store_of(tmp_path_factory.mktemp("formulas"), reports)


def test_signals_write_no_formula(store: Path, tmp_path: Path) -> None:
    shown = run("safety", "signals", store, "--to", tmp_path / "s.csv")
    assert shown.exit_code == 0, repr(shown.exception)
    assert formulas(tmp_path / "s.csv") == []


def test_signals_of_products_write_no_formula(store: Path, tmp_path: Path) -> None:
    shown = run("safety", "signals", store, "--level", "product", "--to", tmp_path / "s.csv")
    assert shown.exit_code == 0, repr(shown.exception)
    assert formulas(tmp_path / "s.csv") == []


def test_a_chosen_event_writes_no_formula(store: Path, tmp_path: Path) -> None:
    # A single term is asked for by an equals sign before it, and this term begins with another.
    shown = run("safety", "signals", store, "--event", "==1+1", "--to", tmp_path / "s.csv")
    assert shown.exit_code == 0, repr(shown.exception)
    assert formulas(tmp_path / "s.csv") == []


def test_numbers_stay_numbers(store: Path, tmp_path: Path) -> None:
    run("safety", "signals", store, "--to", tmp_path / "s.csv")
    with open_store(store) as opened:
        frame = opened.signals(ebgm=False)
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert sorted(float(row["ic025"]) for row in rows) == pytest.approx(sorted(frame["ic025"].to_list()))
    assert any(float(row["ic025"]) < 0 for row in rows), "a number below zero begins with a minus and is no formula"


SPEC = """\
schema_version: 1
id: one
title: One
question: Which?
rationale: None.
{more}exposed: [{drug}]
arms: [{{id: a, label: {label}, comparators: everything else}}]
events: {{primary: {event}, also: ["Rash"]}}
"""


def spec(folder: Path, **words: str) -> Path:
    file = folder / "spec.yaml"
    words = {"more": "", "drug": "ASPIRIN", "label": "A", "event": "Nausea", **words}
    file.write_text(SPEC.format(**words), encoding="utf-8")
    return file


@pytest.mark.parametrize("label", ["=1+1", "@x"])
def test_a_cohort_writes_no_formula(store: Path, tmp_path: Path, label: str) -> None:
    file = spec(tmp_path, label=f'"{label}"', drug='"ASPIRIN"', event='"==1+1"')
    shown = run("safety", "cohort", store, file, "--to", tmp_path / "c.csv")
    assert shown.exit_code == 0, shown.output + repr(shown.exception)
    assert formulas(tmp_path / "c.csv") == []


@pytest.mark.parametrize("period", [("1999Q1", "2001Q4"), ("2019Q1", "2024Q4"), ("2018Q2", "2018Q3")])
def test_a_period_outside_the_store_is_said(tmp_path: Path, period: tuple[str, str]) -> None:
    # The store holds 2018Q1 alone.
    store = store_of(tmp_path, [*few(), *({**one, "key": one["key"] + 1000} for one in few("SERTRALINE", "Rash"))])
    file = spec(
        tmp_path, more=f"quarters: [{period[0]}, {period[1]}]\n", drug="ABOBOTULINUMTOXINA", event="Dysphagia"
    )
    shown = run("safety", "cohort", store, file)
    assert shown.exit_code in (0, 1, 2), repr(shown.exception)
    assert not isinstance(shown.exception, ValueError)
    assert "2018Q1" in shown.output, "what the store holds is not said"
    assert period[0] in shown.output, "what was asked for is not said"
    assert "0 / 0" not in shown.output


def test_a_period_that_the_store_holds_in_part_is_said(tmp_path: Path) -> None:
    store = store_of(tmp_path, few())
    file = spec(tmp_path, more="quarters: [2017Q1, 2018Q4]\n", drug="ABOBOTULINUMTOXINA", event="Dysphagia")
    shown = run("safety", "cohort", store, file)
    assert shown.exit_code == 0, shown.output + repr(shown.exception)
    assert "1 of the 8 quarters" in " ".join(shown.output.split())
    assert "2017Q1" in shown.output
