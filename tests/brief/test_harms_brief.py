"""The brief's table of harm: what rows share is said once, what they do not in each, and nothing rare is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from glabella.brief.results import Results
from glabella.brief.sections import harms
from glabella.dossier import load, write_starter
from glabella.shown import Ledger, Section, Table, plain


def number(value: float, status: str = "seen") -> dict[str, Any]:
    return {"value": value, "status": status, "source": "EXAMPLE"}


def event(label: str, arm: tuple[int, int], versus: tuple[int, int], **own: str) -> dict[str, Any]:
    """Make up a row; a bound makes its events unusable."""
    bound = {"bound": own.pop("bound")} if "bound" in own else {}
    sides = [{"events": {**number(events), **bound}, "n": number(n)} for events, n in (arm, versus)]
    shared = {"population": "children", "time_span": "first year"}
    return {"label": label, **shared, **own, "arm": sides[0], "versus": sides[1]}


def made(folder: Path, *rows: dict[str, Any]) -> Section | None:
    write_starter(folder)
    products = yaml.safe_load((folder / "products.yaml").read_text(encoding="utf-8"))
    products["harm_counts"] = {f"row{place}": row for place, row in enumerate(rows)}
    (folder / "products.yaml").write_text(yaml.safe_dump(products), encoding="utf-8")
    return harms.brief(Results(load(folder)), Ledger())


def shown(folder: Path, *rows: dict[str, Any]) -> tuple[str, list[list[str]]]:
    section = made(folder, *rows)
    assert section is not None
    (table,) = section.content
    assert isinstance(table, Table)
    return plain(table.caption), [[plain(cell) for cell in row.cells] for row in table.rows]


RASH = event("rash", (20, 100), (10, 100))


def test_what_all_rows_share_is_said_once(tmp_path: Path) -> None:
    caption, rows = shown(tmp_path / "d", RASH, event("cough", (30, 100), (25, 100)))
    assert caption == "Of a hundred people, first year; counted in children."
    assert [row[0] for row in rows] == ["rash", "cough"]


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ({"time_span": "first day"}, "cough (first day)"),
        ({"population": "adults"}, "cough (adults)"),
        ({"population": "adults", "time_span": "first day"}, "cough (adults, first day)"),
    ],
)
def test_a_row_that_differs_from_most_says_in_what(tmp_path: Path, own: dict[str, str], name: str) -> None:
    rows = (RASH, event("cough", (30, 100), (25, 100), **own), event("sleep", (9, 100), (9, 100)))
    caption, shown_rows = shown(tmp_path / "d", *rows)
    assert caption == "Of a hundred people, first year; counted in children."
    assert [row[0] for row in shown_rows] == ["rash", name, "sleep"]


def test_a_row_without_usable_counts_is_named(tmp_path: Path) -> None:
    _, rows = shown(tmp_path / "d", RASH, event("itch", (3, 100), (3, 100), bound=">"))
    assert rows[1] == ["itch", "not counted", "not counted"]


def test_without_any_usable_count_there_is_no_table(tmp_path: Path) -> None:
    assert made(tmp_path / "d", event("itch", (3, 100), (3, 100), bound=">")) is None


@pytest.mark.parametrize(
    ("arm", "of"),
    [
        ((30, 100), "a hundred"),
        ((3, 1000), "a thousand"),
        ((1, 1000), "a thousand"),
        ((1, 10_000), "ten thousand"),
        ((1, 10_000_000), "a hundred thousand"),
    ],
)
def test_what_is_not_none_is_not_written_as_none(tmp_path: Path, arm: tuple[int, int], of: str) -> None:
    caption, rows = shown(tmp_path / "d", event("death", arm, (0, 100)), RASH)
    assert caption.startswith(f"Of {of} people")
    assert rows[0][2].startswith("0 (0 to ")
    if arm[1] <= 10_000:
        assert not rows[0][1].startswith("0 ")


def test_less_than_one_person_is_written_with_a_digit(tmp_path: Path) -> None:
    _, rows = shown(tmp_path / "d", event("cough", (3, 100), (1, 236)))
    assert rows[0][2].startswith("0.4 (")
