"""Numbers of a report that contradict each other are named, or put in order, never taken silently. SYNTHETIC."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from scipy.stats import t as student

from glabella.cli import main
from glabella.synthesis._derive import sd_from_ci, sd_from_difference_se, sd_from_se, sd_of_change
from tests.edges.attempts import attempt
from tests.edges.made_up import effects, faults, fields, study, write

FINE = study(fields(mean=10.0, sd=4.0), fields(mean=12.0, sd=4.0))


def named(folder: Path, measure: str, text: str) -> bool:
    """Whether the check names file and line of the first study."""
    return any(re.match(r"studies/made1\.yaml:\d+", str(fault)) for fault in faults(folder, measure, text, FINE))


@pytest.mark.parametrize("measure", ["SMD", "MD"])
@pytest.mark.parametrize(
    "printed",
    [
        {"difference": -2.0, "difference_ci": (1.0, 5.0)},
        {"difference": -2.0, "difference_se": -1.0},
        {"difference": -2.0, "difference_se": 1.0, "favours": "versus"},
        {"difference": 2.0, "p": 0.03, "favours": "arm"},
        {"difference": -2.0, "p": 1.5},
        {"difference": -2.0, "p": -0.1},
        {"f": -3.0, "favours": "arm"},
    ],
    ids=lambda printed: "-".join(f"{name}={value}" for name, value in printed.items()),
)
def test_what_is_printed_of_a_difference_and_cannot_be_is_a_fault(
    tmp_path: Path, measure: str, printed: dict[str, float | tuple[float, float] | str]
) -> None:
    assert named(tmp_path / "dossier", measure, study(between=fields(**printed)))


@pytest.mark.parametrize(
    "arm",
    [
        {"mean": 20.0, "ci": (8.0, 12.0)},
        {"mean": 4.0, "ci": (8.0, 12.0)},
    ],
    ids=["above", "below"],
)
def test_an_arms_mean_outside_its_own_interval_is_a_fault(
    tmp_path: Path, arm: dict[str, float | tuple[float, float] | str]
) -> None:
    assert named(tmp_path / "dossier", "SMD", study(fields(**arm), fields(mean=12.0, sd=4.0)))


def test_what_rounding_printed_is_no_fault_and_gives_no_effect(tmp_path: Path) -> None:
    """Programs print P = 0.000 and limits rounded to the mean: they tell no spread, and the reason is said."""
    arm = fields(mean=10.0, ci=(10.0, 10.0))
    texts = (study(arm, fields(mean=12.0, sd=4.0)), study(between=fields(difference=-2.0, p=0.0)))
    for number, text in enumerate(texts):
        found = effects(tmp_path / f"dossier{number}", "SMD", text)
        assert found.effects == ()
        assert [each.study for each in found.not_computed] == ["made1"]
        assert found.not_computed[0].reason


def test_a_correlation_beyond_one_is_a_fault(tmp_path: Path) -> None:
    arm = fields(mean=10.0, sd=4.0, baseline_mean=20.0, baseline_sd=4.0)
    text = study(arm, arm).replace(
        "    time: 6\n", "    time: 6\n    correlation: {value: 1.5, status: seen, source: EXAMPLE}\n"
    )
    assert named(tmp_path / "dossier", "SMD", text)


def test_the_command_names_file_and_line_and_exits_with_two(tmp_path: Path) -> None:
    text = study(between=fields(difference=-2.0, difference_se=1.0, favours="versus"))
    folder = write(tmp_path / "dossier", "SMD", [text])
    done = CliRunner().invoke(main, ["dossier", "check", str(folder)])
    assert done.exit_code == 2
    assert re.search(r"studies/made1\.yaml:\d+", done.stderr)


@pytest.mark.parametrize("measure", ["SMD", "MD"])
@pytest.mark.parametrize("where", ["arm", "between"])
def test_limits_in_the_wrong_order_are_named_or_put_in_order(tmp_path: Path, measure: str, where: str) -> None:
    """The same report with its limits in order gives the right value; a trial of nobody else is in the way."""

    def text(low: float, high: float) -> str:
        if where == "between":
            return study(between=fields(difference=-2.0, difference_ci=(low, high), favours="arm"))
        return study(fields(mean=10.0, ci=(low, high)), fields(mean=12.0, sd=4.0))

    low, high = (-5.0, 1.0) if where == "between" else (8.0, 12.0)
    if named(tmp_path / "checked", measure, text(high, low)):
        return
    (turned,) = effects(tmp_path / "turned", measure, text(high, low)).effects
    (right,) = effects(tmp_path / "right", measure, text(low, high)).effects
    assert right.yi < 0
    assert (turned.yi, turned.vi) == pytest.approx((right.yi, right.vi))
    assert [step.rule for step in turned.steps] != [step.rule for step in right.steps]


def test_limits_in_the_wrong_order_never_give_a_negative_sd() -> None:
    """By hand: the SD is the root of 20 times the width of 4, over twice the quantile of t with 19."""
    right = 20**0.5 * 4 / (2 * student.ppf(0.975, 19))
    assert sd_from_ci(8, 12, 20) == pytest.approx(right)
    found, says = attempt(lambda: sd_from_ci([8, 12], [12, 8], 20))
    assert "row 2" in says or found == pytest.approx([right, right])


def test_a_spread_that_is_not_above_zero_is_refused_with_its_row() -> None:
    with pytest.raises(ValueError, match="row 2"):
        sd_from_se([1.0, -1.0], 20)
    with pytest.raises(ValueError, match="row 2"):
        sd_from_difference_se([1.0, -1.0], 20, 20)
    with pytest.raises(ValueError, match="row 2"):
        sd_of_change([4.0, -4.0], [4.0, 4.0], 0.5)


def test_a_negative_standard_error_in_a_file_is_named_with_its_row(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("yi,sei\n0.1,0.2\n0.4,-0.2\n0.8,0.3\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["pool", str(file)])
    assert done.exit_code == 2
    assert "row 2" in done.stderr
    assert "-0.2" in done.stderr
