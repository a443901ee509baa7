"""A report of no difference costs one trial its effect at most, never the others theirs. SYNTHETIC data."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from glabella.cli import main
from tests.edges.made_up import effects, faults, fields, study, write

FINE = study(fields(mean=10.0, sd=4.0), fields(mean=12.0, sd=4.0))
NIL: dict[str, dict[str, float | tuple[float, float] | str]] = {
    "difference 0 and P 1": {"difference": 0.0, "p": 1.0, "favours": "neither"},
    "P 1 alone": {"p": 1.0, "favours": "arm"},
    "difference 0 of a P below 1": {"difference": 0.0, "p": 0.5},
    "P 1 beside a difference": {"difference": -2.0, "p": 1.0, "favours": "arm"},
}
#: Those of which the check may say that the one number does not go with the other.
CONTRADICTORY = ("difference 0 of a P below 1", "P 1 beside a difference")
NO_SPREAD: dict[str, dict[str, float | tuple[float, float] | str]] = {
    "no standard error": {"difference": -2.0, "difference_se": 0.0, "favours": "arm"},
    "equal limits": {"difference": -2.0, "difference_ci": (-2.0, -2.0), "favours": "arm"},
}


@pytest.mark.parametrize("measure", ["SMD", "MD"])
@pytest.mark.parametrize("printed", list(NIL))
def test_no_difference_is_nil_or_not_computed_and_the_others_go_on(
    tmp_path: Path, measure: str, printed: str
) -> None:
    if measure == "MD" and printed == "P 1 alone":
        pytest.skip("a mean difference needs a difference")
    text = study(between=fields(**NIL[printed]))
    if printed in CONTRADICTORY and faults(tmp_path / "checked", measure, text, FINE):
        return
    found = effects(tmp_path / "dossier", measure, text, FINE)
    assert "made2" in [effect.study for effect in found.effects]
    for effect in found.effects:
        assert effect.vi > 0
        if effect.study == "made1":
            assert effect.yi == pytest.approx(0, abs=1e-12)
    assert {effect.study for effect in found.effects} | {each.study for each in found.not_computed} == {
        "made1",
        "made2",
    }
    assert all(each.reason for each in found.not_computed)


@pytest.mark.parametrize("measure", ["SMD", "MD"])
@pytest.mark.parametrize("printed", list(NO_SPREAD))
def test_a_difference_without_spread_is_a_fault_or_not_computed(tmp_path: Path, measure: str, printed: str) -> None:
    text = study(between=fields(**NO_SPREAD[printed]))
    if any(fault.file == "studies/made1.yaml" for fault in faults(tmp_path / "checked", measure, text, FINE)):
        return
    found = effects(tmp_path / "dossier", measure, text, FINE)
    assert [effect.study for effect in found.effects] == ["made2"]
    assert [each.study for each in found.not_computed] == ["made1"]


def test_an_sd_of_change_of_nothing_does_not_stop_the_others(tmp_path: Path) -> None:
    """Equal SDs and a correlation of one leave a change without spread."""
    arm = fields(mean=10.0, sd=4.0, baseline_mean=20.0, baseline_sd=4.0)
    text = study(arm, arm).replace(
        "    time: 6\n", "    time: 6\n    correlation: {value: 1.0, status: seen, source: EXAMPLE}\n"
    )
    if any(fault.file == "studies/made1.yaml" for fault in faults(tmp_path / "checked", "SMD", text, FINE)):
        return
    assert "made2" in [effect.study for effect in effects(tmp_path / "dossier", "SMD", text, FINE).effects]


def test_two_people_are_too_few_and_the_others_go_on(tmp_path: Path) -> None:
    for place, printed in enumerate((fields(p=0.2, favours="arm"), fields(t=2.0, favours="arm"))):
        found = effects(tmp_path / str(place), "SMD", study(between=printed, n=(1, 1)), FINE)
        assert [effect.study for effect in found.effects] == ["made2"]
        assert [each.study for each in found.not_computed] == ["made1"]


def test_the_brief_is_written_where_a_trial_found_no_difference(tmp_path: Path) -> None:
    texts = [study(between=fields(**NIL["difference 0 and P 1"])), FINE]
    folder = write(tmp_path / "dossier", "SMD", texts)
    done = CliRunner().invoke(main, ["brief", str(folder), "--format", "json", "--to", str(tmp_path / "out")])
    assert done.exit_code in (0, 1), done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
