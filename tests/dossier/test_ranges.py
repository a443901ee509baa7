"""What no number can be is a fault with file and line, wherever a dossier holds one. SYNTHETIC data throughout."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from glabella.dossier import DossierError, Number, Scale, check, load, shipped
from glabella.dossier._check_direction import better_side
from glabella.dossier._comparators import ArmTotal
from glabella.dossier._fitted import Interval
from glabella.dossier._load import _faults
from glabella.dossier._mechanism import Parameter
from glabella.dossier._observations import Observations
from glabella.dossier._priors import Priors
from glabella.dossier._reports import Reports
from glabella.dossier._schema import Products, Statement, Target
from glabella.dossier._text import read_document
from tests.synthesis.test_contrasts import made, n, result

STUDY = "studies/example2020.yaml"


def printed(tmp_path: Path, numbers: str, arms: dict[str, Any] | None = None, measure: str = "SMD") -> list[str]:
    """Give the faults of a made-up trial that prints ``numbers`` between its arms."""
    between = f"    between:\n      - {{comparison: drug_v_placebo, {numbers}}}\n" if numbers else ""
    text = result(arms or {"drug": {"n": 65}, "placebo": {"n": 58}}, between)
    try:
        made(tmp_path, {"drug": 65, "placebo": 58}, text, measure)
    except DossierError as error:
        found = [str(fault) for fault in error.faults]
        assert found == [str(fault) for fault in check(tmp_path / "dossier")]
        return found
    assert check(tmp_path / "dossier") == []
    return []


def pair(low: float, high: float) -> str:
    return f"[{n(low)}, {n(high)}]"


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        (f"difference: {n(-3.7)}, difference_ci: {pair(0.0, -7.4)}", "difference_ci: lower limit 0 is above upper"),
        (f"difference: {n(-3.7)}, difference_se: {n(-1.9)}", "difference_se is -1.9, expected 0 or more"),
        (f"difference: {n(-3.7)}, difference_ci: {pair(1, 5)}", "difference is -3.7, expected within .* 1 to 5"),
        (f"difference: {n(-3.7)}, difference_ci: {pair(-3, 5)}", "difference is -3.7, expected within .* -3 to 5"),
        (f"difference: {n(3.7)}, favours: arm", "difference is 3.7, where lower is better, but favours is arm"),
        (f"difference: {n(-3.7)}, favours: versus", "difference is -3.7, where lower .* but favours is versus"),
        (f"p: {n(1.5)}", "p is 1.5, expected 0 to 1"),
        (f"p: {n(-0.01)}", "p is -0.01, expected 0 to 1"),
        (f"f: {n(-9.1)}", "f is -9.1, expected 0 or more"),
        (f"f: {n(9.1)}, error_df: {n(0)}", "error_df is 0, expected more than 0"),
        (f"t: {n('.inf')}", "t.value: found inf, expected a number that is finite"),
        (f"difference: {n('.nan')}", "difference.value: found nan, expected a number that is finite"),
        (
            "difference: {value: -3.7, low: 0.0, high: -7.4, status: seen, source: EXAMPLE}",
            "lower limit 0 is above",
        ),
        ("d: {value: 1.28, low: 1.5, high: 2, status: seen, source: EXAMPLE}", "value is 1.28, expected within"),
        (
            "d: {value: 1.28, low: 1.5, status: seen, source: EXAMPLE}",
            r"value is 1.28, .* 1.5 to \?",
        ),
    ],
)
def test_what_stands_between_two_arms(tmp_path: Path, numbers: str, says: str) -> None:
    faults = printed(tmp_path, numbers)
    assert any(re.search(rf"^{STUDY}:\d+: .*{says}", fault) for fault in faults), faults


@pytest.mark.parametrize(
    ("arm", "says"),
    [
        ({"mean": 10, "ci": pair(12, 8)}, "ci: lower limit 12 is above upper limit 8"),
        ({"mean": 10, "ci": pair(12, 18)}, "mean is 10, expected within its own limits 12 to 18"),
        ({"change_mean": 10, "ci": pair(12, 18)}, "change_mean is 10, expected within its own limits"),
        ({"mean": 10, "se": -0.8}, "se is -0.8, expected more than 0"),
        ({"mean": 10, "sd": 0}, "sd is 0, expected more than 0"),
        ({"change_mean": 10, "change_sd": -4}, "change_sd is -4, expected more than 0"),
        ({"mean": 10, "baseline_mean": 20, "baseline_sd": -4}, "baseline_sd is -4, expected more than 0"),
        ({"events": -1}, "events is -1, expected a whole number"),
        ({"events": 66}, "events 66 > n_randomised 65"),
        ({"n": 66}, "n 66 > n_randomised 65"),
        ({"n": 12.5}, "n is 12.5, expected a whole number"),
        ({"percent": 104}, "percent is 104, expected 0 to 100"),
    ],
)
def test_what_stands_of_one_arm(tmp_path: Path, arm: dict[str, Any], says: str) -> None:
    faults = printed(tmp_path, "", {"drug": arm, "placebo": {"n": 58}})
    assert any(re.search(rf"^{STUDY}:\d+: .*{says}", fault) for fault in faults), faults


def test_the_line_is_that_of_the_field_and_all_come_at_once(tmp_path: Path) -> None:
    faults = printed(
        tmp_path,
        f"difference: {n(-3.7)}, difference_ci: {pair(0, -7.4)}, p: {n(2)}, f: {n(-1)}",
        {"drug": {"mean": 10, "ci": pair(12, 8), "se": -1}, "placebo": {"sd": -2, "events": 0.5}},
    )
    text = (tmp_path / "dossier" / STUDY).read_text(encoding="utf-8").splitlines()
    lines = {
        name: next(at for at, line in enumerate(text, 1) if name in line)
        for name in ("drug: {mean", "placebo: {sd")
    }
    assert len(faults) == 7
    assert sum(f":{lines['drug: {mean']}:" in fault for fault in faults) == 2
    assert sum(f":{lines['placebo: {sd']}:" in fault for fault in faults) == 2


@pytest.mark.parametrize(
    "numbers",
    [
        f"difference: {n(-3.7)}, difference_ci: {pair(-7.4, 0.0)}, favours: arm",
        f"difference: {n(-3.7)}, favours: neither",
        f"difference: {n(0)}, p: {n(1)}, favours: neither",
        # What rounding prints is no fault.
        f"difference: {n(-3.7)}, difference_se: {n(0)}, p: {n(0)}",
        f"difference: {n(-3.7)}, difference_ci: {pair(-3.7, -3.7)}",
        "difference: {value: -4, bound: '<=', low: -3, high: -1, status: seen, source: EXAMPLE}",
        f"difference: {n(3.7)}, favours: arm, not_convertible: which sign it has was not seen",
    ],
)
def test_what_can_be_is_no_fault(tmp_path: Path, numbers: str) -> None:
    assert printed(tmp_path, numbers) == []


def test_the_better_side_by_hand() -> None:
    assert better_side(-1, "lower") == better_side(1, "higher") == "arm"
    assert better_side(1, "lower") == better_side(-1, "higher") == "versus"
    assert better_side(0, "lower") is None


@pytest.mark.parametrize(
    ("drug", "placebo", "numbers", "fault"),
    [
        ({"mean": 10}, {"mean": 13}, "favours: versus", True),
        ({"mean": 10}, {"mean": 13}, "favours: arm", False),
        ({"mean": 10}, {"mean": 13}, f"difference: {n(3)}", True),
        ({"change_mean": -2}, {"change_mean": -8}, "favours: arm", True),
        ({"percent_change": -47}, {"percent_change": -9}, "favours: versus", True),
        # The drug's people began higher and fell further: both can be meant.
        ({"mean": 14, "baseline_mean": 30}, {"mean": 13, "baseline_mean": 20}, "favours: arm", False),
        ({"mean": 14, "baseline_mean": 30}, {"mean": 13, "baseline_mean": 20}, "favours: versus", False),
    ],
)
def test_arms_that_contradict_who_did_better(
    tmp_path: Path, drug: dict[str, Any], placebo: dict[str, Any], numbers: str, fault: bool
) -> None:
    faults = printed(tmp_path, numbers, {"drug": drug, "placebo": placebo})
    assert [bool(re.search("of the arms", each)) for each in faults] == [True] * fault


def test_counts_that_contradict_who_did_better(tmp_path: Path) -> None:
    # In the starter a response is good: 20 of 65 is better than 5 of 58.
    arms = {"drug": {"events": 20, "n": 65}, "placebo": {"events": 5, "n": 58}}
    assert printed(tmp_path / "a", "favours: arm", arms, "OR") == []
    (fault,) = printed(tmp_path / "b", "favours: versus", arms, "OR")
    assert "favours is versus, but by the counts of the arms not, where higher is better" in fault


# --- every other file that holds a number ------------------------------------------------------------------------

SEEN = {"status": "seen", "source": "X"}


def value(x: float, **more: Any) -> dict[str, Any]:
    return {"value": x, **SEEN, **more}


def told(tmp_path: Path, model: Any, content: dict[str, Any]) -> list[str]:
    """Give the faults of a file as its reader gives them."""
    path = tmp_path / "file.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    document = read_document(path.read_bytes(), "file.yaml")
    try:
        model.model_validate(document.data)
    except ValidationError as error:
        return [str(fault) for fault in _faults(document, error)]
    return []


def said(**limits: float) -> dict[str, Any]:
    return {"text": "{x} points", "values": {"x": value(2, **limits)}, **SEEN}


def prior(**parameters: Any) -> dict[str, Any]:
    numbers = {"mean": value(-0.2), "sd": value(0.1), **parameters}
    return {"effect": {"p": {"label": "l", "of": "effect", "measure": "SMD", "applies_to": "all",
            "family": "normal", "parameters": numbers, "why": [{"text": "because", **SEEN}]}}}  # fmt: skip


def side(reports: float, events: float) -> dict[str, Any]:
    row = {"label": "l", "arm": {"reports": value(reports), "events": value(events)}, "versus": {},
           "printed": value(0.5, low=0.3, high=0.8)}  # fmt: skip
    study = {"label": "l", "database": "d", "time_span": "t", "count_of": "c", "versus": "v", "source": "X",
             "rows": {"r": row}}  # fmt: skip
    return {"studies": {"s": study}, "caveats": [{"text": "mind", **SEEN}]}


def mood(**more: Any) -> dict[str, Any]:
    return {"site": "frown",
            "mood": [{"id": "m", "study": "s", "product": "p", "use": "fit", "comparison": "c", "site": "frown",
                      "comparator": "placebo", "scale": "x", "week": 6, "measure": "points",
                      "difference": value(-3.0), "se": value(1.0), "p": value(0.01), **more}]}  # fmt: skip


def parameter(**more: Any) -> dict[str, Any]:
    return {"label": "l", "value": 2.0, "unit": "1", "role": "fixed", "status": "seen", "source": "X", **more}


def harm(arm: dict[str, Any]) -> dict[str, Any]:
    shown = {"label": "l", "population": "people", "time_span": "a year", "arm": arm,
             "versus": {"events": value(1), "n": value(9)}}  # fmt: skip
    return {"products": {}, "harm_counts": {"h": shown}}


@pytest.mark.parametrize(
    ("model", "content", "says"),
    [
        (
            Statement,
            {"text": "{x} points", "values": {"x": value(2, low=3, high=1)}, **SEEN},
            "lower limit 3 is above",
        ),
        (
            Statement,
            {"text": "{x} points", "values": {"x": value(2, low=3, high=4)}, **SEEN},
            "value is 2, expected",
        ),
        (Priors, prior(sd=value(-0.1)), "parameter sd is -0.1, expected more than zero"),
        (Priors, prior(mean=value(-0.2, low=0.1, high=-0.4)), "lower limit 0.1 is above"),
        (Priors, prior(mean=value(-0.2, low=-0.1, high=0.4)), "value is -0.2, expected within"),
        (Reports, side(10, 11), "events 11 > reports 10"),
        (Reports, side(-10, 0), "reports is -10, expected a whole number"),
        (Observations, mood(se=value(-1.0)), "se is -1, expected more than 0"),
        (Observations, mood(se=value(0)), "se is 0, expected more than 0"),
        (Observations, mood(p=value(1.01)), "p is 1.01, expected 0 to 1"),
        (Observations, mood(difference=value(-3.0, low=1, high=5)), "value is -3, expected within"),
        (Observations, mood(to_week=3), "lower limit 6 is above upper limit 3"),
        (Observations, mood(women=value(1.2)), "women is 1.2, expected 0 to 1"),
        (Parameter, parameter(low=3, high=1), "lower limit 3 is above"),
        (Parameter, parameter(low=3, high=5), "value is 2, expected within"),
        (Products, harm({"events": value(9), "n": value(3)}), "events 9 > n 3"),
        (Products, harm({"mean": value(1), "se": value(-1)}), "se is -1, expected more than 0"),
    ],
)
def test_no_file_holds_what_cannot_be(tmp_path: Path, model: Any, content: dict[str, Any], says: str) -> None:
    faults = told(tmp_path, model, content)
    assert any(re.search(rf"^file.yaml:\d+: .*{re.escape(says)}", fault) for fault in faults), faults


@pytest.mark.parametrize(
    ("model", "content"),
    [(Priors, prior()), (Reports, side(10, 10)), (Observations, mood()), (Parameter, parameter(low=1, high=3)),
     (Products, harm({"events": value(3), "n": value(9)}))],
)  # fmt: skip
def test_the_same_files_with_what_can_be_are_sound(tmp_path: Path, model: Any, content: dict[str, Any]) -> None:
    assert told(tmp_path, model, content) == []


def test_the_printed_result_of_a_review_lies_within_its_limits() -> None:
    def reviewed(*numbers: float) -> Target:
        printed = [{"value": x, **SEEN} for x in numbers]
        return Target.model_validate({"label": "r", "analysis": "a", "printed": printed, "verdict": "exact",
                                      "decimals": 2, "why": "because"})  # fmt: skip

    assert len(reviewed(2, 1, 3).printed) == 3
    with pytest.raises(ValidationError, match="lower limit 3 is above upper limit 1"):
        reviewed(2, 3, 1)
    with pytest.raises(ValidationError, match="printed is 5, expected within its own limits 1 to 3"):
        reviewed(5, 1, 3)


@pytest.mark.parametrize(
    ("model", "content", "says"),
    [
        (Interval, {"value": 1.0, "low": 2.0, "high": 1.0}, "lower limit 2 is above upper limit 1"),
        (Scale, {"label": "l", "range": (52, 0)}, "lower limit 52 is above upper limit 0"),
        (ArmTotal, {"events": value(4), "n": value(3)}, "events 4 > n 3"),
        (Number, value(float("nan")), "finite number"),
        (Number, value(1, low=float("-inf")), "finite number"),
    ],
)
def test_no_part_holds_what_cannot_be(model: Any, content: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        model.model_validate(content)


def test_the_shipped_dossier_with_limits_turned_does_not_load(tmp_path: Path) -> None:
    shutil.copytree(shipped(), tmp_path / "dossier")
    path = tmp_path / "dossier" / "studies" / "brin2020.yaml"
    text = path.read_text(encoding="utf-8")
    old = "    p: {value: 0.053, status: seen, source: BRIN20, at: abstract}\n"
    limits = ", ".join(f"{{value: {x}, status: seen, source: BRIN20}}" for x in (0.0, -7.4))
    path.write_text(text.replace(old, f"    difference_ci: [{limits}]\n", 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(
        DossierError, match=rf"studies/brin2020.yaml:{line}: .*lower limit 0 is above upper limit -7.4"
    ):
        load(tmp_path / "dossier")
