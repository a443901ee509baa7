"""Trials in which nobody, or everybody, had the event say nothing of a ratio. SYNTHETIC data."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from glabella.cli import main
from glabella.synthesis import effect_size, pairwise, pool, pool_peto
from tests.edges.made_up import effects, fields, study

#: The second trial is one like any other; the first has no event, or nothing but events.
NONE: dict[str, Any] = {"ai": [0, 5], "n1i": [20, 20], "ci": [0, 8], "n2i": [25, 25]}
EVERYBODY: dict[str, Any] = NONE | {"ai": [20, 5], "ci": [25, 8]}
RATES: dict[str, Any] = {"x1i": [0, 3], "t1i": [10, 10], "x2i": [0, 5], "t2i": [20, 20]}


@pytest.mark.parametrize("measure", ["OR", "RR", "PETO", "IRR"])
def test_a_trial_without_an_event_has_no_ratio(measure: Any) -> None:
    found = effect_size(measure, **(RATES if measure == "IRR" else NONE))
    assert np.isnan(found.yi[0])
    assert np.isnan(found.vi[0])
    assert np.isfinite(found.yi[1])


@pytest.mark.parametrize("measure", ["OR", "PETO"])
def test_a_trial_of_events_alone_has_no_odds_ratio(measure: Any) -> None:
    found = effect_size(measure, **EVERYBODY)
    assert np.isnan(found.yi[0])
    assert np.isfinite(found.yi[1])


def test_a_risk_ratio_of_events_alone_is_no_evidence() -> None:
    """With half an event added its variance would be 0.002, so that of most trials it would weigh the most."""
    found = effect_size("RR", **EVERYBODY)
    assert np.isnan(found.yi[0])


@pytest.mark.parametrize("to", ["all", "if0all"])
def test_an_addition_to_every_trial_makes_no_evidence_either(to: Any) -> None:
    assert np.isnan(effect_size("OR", **NONE, to=to).yi[0])


@pytest.mark.parametrize(
    ("measure", "columns", "yi", "vi"),
    [
        ("OR", NONE, math.log(25.5 / 20.5), 4 + 1 / 20.5 + 1 / 25.5),
        ("RR", NONE, math.log(26 / 21), 4 - 1 / 21 - 1 / 26),
        ("IRR", RATES, math.log(2), 4.0),
    ],
)
def test_metafors_number_is_given_when_asked_for(
    measure: Any, columns: dict[str, Any], yi: float, vi: float
) -> None:
    """By hand, with 0.5 added to each cell of the first trial."""
    found = effect_size(measure, **columns, drop00=False)
    assert (found.yi[0], found.vi[0]) == pytest.approx((yi, vi))


def test_peto_needs_nothing_added_where_one_arm_is_empty() -> None:
    """By hand: O - E = 0 - 3 x 20/40; V = 3 x 37 x 20 x 20 / (40² x 39)."""
    v = 3 * 37 * 20 * 20 / (40**2 * 39)
    found = effect_size("PETO", ai=[0], n1i=[20], ci=[3], n2i=[20])
    assert (found.yi[0], found.vi[0]) == pytest.approx((-1.5 / v, 1 / v))
    assert found.yi[0] == pytest.approx(pool_peto(ai=[0], n1i=[20], ci=[3], n2i=[20]).estimate)


@pytest.mark.parametrize(("measure", "columns"), [("RD", NONE), ("RD", EVERYBODY), ("IRD", RATES)])
def test_two_equal_risks_differ_by_nothing(measure: Any, columns: dict[str, Any]) -> None:
    assert effect_size(measure, **columns).yi[0] == pytest.approx(0, abs=1e-15)


def test_two_equal_risks_differ_by_nothing_between_arms() -> None:
    found = pairwise(
        ["a", "a", "b", "b"], ["x", "y", "x", "y"], measure="RD", events=[0, 0, 4, 8], n=[20, 30, 20, 20]
    )
    assert found.te[0] == pytest.approx(0, abs=1e-15)


def test_two_equal_risks_differ_by_nothing_in_a_dossier(tmp_path: Path) -> None:
    """Of 20 and of 30 people, so that an addition to each cell would not cancel."""
    text = study(fields(events=0.0), fields(events=0.0), ", not_convertible: nobody responded", n=(20, 30))
    found = effects(tmp_path / "dossier", "RD", text)
    assert [effect.yi for effect in found.effects] in ([], [pytest.approx(0, abs=1e-15)])


@pytest.mark.parametrize(
    ("measure", "text"),
    [
        ("OR", "ai,n1i,ci,n2i\n9,15,2,15\n0,20,0,30\n17,33,6,41\n"),
        ("RR", "ai,n1i,ci,n2i\n9,15,2,15\n0,20,0,30\n17,33,6,41\n"),
        ("IRR", "x1i,t1i,x2i,t2i\n9,15,2,15\n0,20,0,30\n17,33,6,41\n"),
    ],
)
def test_the_command_leaves_them_out_and_says_so(tmp_path: Path, measure: Any, text: str) -> None:
    file = tmp_path / "data.csv"
    file.write_text(text, encoding="utf-8")
    head, first, _, third = text.splitlines()
    rows = np.array([[float(cell) for cell in row.split(",")] for row in (first, third)])
    kept = effect_size(measure, **dict(zip(head.split(","), rows.T, strict=True)))
    done = CliRunner().invoke(main, ["pool", str(file), "--measure", measure, "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["k"] == 2
    assert found["estimate"] == pytest.approx(pool(kept.yi, kept.vi).estimate)
    printed = CliRunner().invoke(main, ["pool", str(file), "--measure", measure])
    assert "event" in printed.output


@pytest.mark.parametrize("command", [["pool"], ["bayes", "--tau-prior", "halfnormal:1"]], ids=str)
def test_a_file_of_trials_without_events_is_an_error(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "data.csv"
    file.write_text("ai,n1i,ci,n2i\n0,15,0,15\n0,33,0,41\n", encoding="utf-8")
    done = CliRunner().invoke(main, [*command, str(file), "--measure", "OR"])
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
