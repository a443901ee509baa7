"""Numbers of one result that contradict each other in size, and people that would be counted twice. SYNTHETIC."""

from pathlib import Path
from typing import Any

import pytest

from glabella.dossier import check
from tests.edges.made_up import faults, fields, study, write

SMALL = fields(mean=10.0, sd=5.0)


def turned(plan: str) -> str:
    """Let more be better on the scale."""
    head, _, rest = plan.partition("  my_scale:")
    old = "better: higher" if "better: higher" in rest.splitlines()[0] else "better: lower"
    new = "better: lower" if old == "better: higher" else "better: higher"
    return head + "  my_scale:" + rest.replace(old, new, 1)


@pytest.mark.parametrize(
    ("printed", "named"),
    [
        # Half of -9 to -3 is 3: a standard error of about 1.5.
        ({"difference": -6.0, "difference_ci": (-9.0, -3.0), "difference_se": 0.2}, "difference_se is 0.2"),
        # 6 over 1.53 is 3.9 standard errors, P about 0.0001.
        ({"difference": -6.0, "difference_ci": (-9.0, -3.0), "p": 0.6}, "p is 0.6"),
        ({"difference": -6.0, "difference_se": 1.5, "p": 0.6}, "p is 0.6"),
        # 6 over 6.6 is 0.9 standard errors, P about 0.37.
        ({"difference": -6.0, "difference_ci": (-19.0, 7.0), "p": 0.001}, "p is 0.001"),
        ({"difference": 0.0, "p": 0.002}, "difference is 0"),
        ({"difference": 0.0, "d": 1.28}, "difference is 0"),
        ({"f": 0.0, "p": 0.002}, "f is 0"),
    ],
)
def test_a_difference_that_contradicts_its_size_is_a_fault(
    tmp_path: Path, printed: dict[str, Any], named: str
) -> None:
    found = faults(tmp_path / "dossier", "SMD", study(between=fields(**printed)))
    assert any(named in str(fault) for fault in found), found


@pytest.mark.parametrize(
    "printed",
    [
        {"difference": -6.0, "difference_ci": (-9.0, -3.0), "difference_se": 1.5, "p": 0.0001},
        # With six people t is 2.78: limits are wide for their standard error, and P is larger than the normal's.
        {"difference": -3.0, "difference_ci": (-7.2, 1.2), "difference_se": 1.5, "p": 0.12},
        {"difference": 0.0, "p": 1.0},
        {"difference": 0.0, "p": 0.9, "d": 0.01},
    ],
)
def test_what_agrees_is_no_fault(tmp_path: Path, printed: dict[str, Any]) -> None:
    assert faults(tmp_path / "dossier", "SMD", study(between=fields(**printed))) == []


@pytest.mark.parametrize(
    ("arm", "named"),
    [
        ({"mean": 10.0, "sd": 1.3, "se": 1.3}, "se is 1.3"),
        ({"mean": 10.0, "sd": 1.3, "ci": (7.0, 13.0)}, "sd gives"),
    ],
)
def test_a_standard_error_printed_as_an_sd_is_a_fault(tmp_path: Path, arm: dict[str, Any], named: str) -> None:
    found = faults(tmp_path / "dossier", "SMD", study(fields(**arm), SMALL))
    assert any(named in str(fault) for fault in found), found


def test_an_arm_is_not_compared_with_itself_nor_twice_with_another(tmp_path: Path) -> None:
    text = study(SMALL, SMALL)
    (line,) = [each for each in text.splitlines() if each.strip().startswith("drug_v_placebo:")]
    itself = text.replace(line, line.replace("versus: placebo", "versus: drug"))
    assert any("with itself" in str(fault) for fault in faults(tmp_path / "one", "SMD", itself))
    twice = text.replace(line, f"{line}\n{line.replace('drug_v_placebo', 'again')}")
    assert any("again" in str(fault) for fault in faults(tmp_path / "two", "SMD", twice))


def test_nobody_is_counted_twice_in_an_analysis(tmp_path: Path) -> None:
    text = study(SMALL, SMALL)
    (line,) = [each for each in text.splitlines() if each.strip().startswith("drug_v_placebo:")]
    (arm,) = [each for each in text.splitlines() if each.strip().startswith("placebo: {label")]
    total = text.replace("n_randomised: {value: 40,", "n_randomised: {value: 60,", 1)
    other = total.replace(arm, f"{arm}\n{arm.replace('placebo:', 'sham:', 1)}")
    second = line.replace("drug_v_placebo", "drug_v_sham").replace("versus: placebo", "versus: sham")
    other = other.replace(line, f"{line}\n{second}")
    folder = write(tmp_path / "dossier", "SMD", [other])
    plan = (folder / "dossier.yaml").read_text(encoding="utf-8")
    assert check(folder) == []
    one = "made1/drug_v_placebo"
    (folder / "dossier.yaml").write_text(plan.replace(one, f"{one}, made1/drug_v_sham"))
    assert any("has the arm drug of 'made1/drug_v_placebo'" in str(fault) for fault in check(folder))
    (folder / "dossier.yaml").write_text(plan.replace(one, f"{one}, {one}"))
    assert any("twice" in str(fault) for fault in check(folder))


def test_a_scale_that_runs_the_other_way_is_a_fault_of_scores_alone(tmp_path: Path) -> None:
    folder = write(tmp_path / "dossier", "SMD", [study(SMALL, SMALL)])
    plan = (folder / "dossier.yaml").read_text(encoding="utf-8")
    assert "  my_scale:" in plan
    (folder / "dossier.yaml").write_text(turned(plan))
    assert any("wrong sign" in str(fault) for fault in check(folder))
    folder = write(tmp_path / "counts", "OR", [study(fields(events=4.0), fields(events=9.0))])
    (folder / "dossier.yaml").write_text(turned((folder / "dossier.yaml").read_text(encoding="utf-8")))
    assert check(folder) == []
