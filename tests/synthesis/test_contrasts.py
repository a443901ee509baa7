"""From reports to effects: shared controls, crossover, and every standard derivation. SYNTHETIC data throughout."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glabella.dossier import Evidence, load, write_starter
from glabella.synthesis import Effect, arrays, contrasts, effect_size

HEAD = """\
id: example2020
label: Example 2020
year: 2020
reports: [EXAMPLE]
design: {type: %(type)s, randomised: "yes", blinding: double}
co_treatment: unknown
n_randomised: {value: %(total)s, status: seen, source: EXAMPLE}
risk_of_bias: {tool: RoB 2, judgement: null, status: missing, note: none}
blinding_check: {text: None seen., status: missing}
"""


def n(value: float) -> str:
    return f"{{value: {value}, status: seen, source: EXAMPLE}}"


def made(tmp_path: Path, arms: dict[str, int], results: str, measure: str, kind: str = "parallel") -> Evidence:
    """Write a synthetic dossier of one study, each active arm compared with ``placebo``, and load it."""
    folder = tmp_path / "dossier"
    write_starter(folder)
    text = HEAD % {"type": kind, "total": sum(arms.values())} + "arms:\n"
    for arm, size in arms.items():
        role, treatment = ("control", "placebo") if arm == "placebo" else ("active", "my_drug")
        text += f"  {arm}: {{label: {arm}, treatment: {treatment}, role: {role}, n_randomised: {n(size)}}}\n"
    text += "comparisons:\n"
    active = [arm for arm in arms if arm != "placebo"]
    for arm in active:
        text += f"  {arm}_v_placebo: {{arm: {arm}, versus: placebo, control: saline}}\n"
    (folder / "studies" / "example2020.yaml").write_text(text + "results:\n" + results, encoding="utf-8")
    plan = (folder / "dossier.yaml").read_text(encoding="utf-8")
    names = ", ".join(f"example2020/{arm}_v_placebo" for arm in active)
    plan = plan.replace("example2020/drug_v_placebo", names).replace("measure: OR", f"measure: {measure}")
    if measure in ("SMD", "MD"):
        plan = plan.replace("kind: binary", "kind: continuous").replace("better: higher ", "better: lower ")
    (folder / "dossier.yaml").write_text(plan, encoding="utf-8")
    return load(folder)


def only(evidence: Evidence) -> Effect:
    found = contrasts(evidence, evidence.dossier.analyses["response_all"])
    assert found.not_computed == ()
    (effect,) = found.effects
    return effect


def result(arms: dict[str, dict[str, Any]], extra: str = "", **more: Any) -> str:
    text = "  - outcome: response\n    scale: my_scale\n    week: 6\n"
    text += "".join(f"    {key}: {value}\n" for key, value in more.items())
    if arms:
        text += "    arms:\n"
    for arm, numbers in arms.items():
        inside = ", ".join(f"{name}: {n(v) if not isinstance(v, str) else v}" for name, v in numbers.items())
        text += f"      {arm}: {{{inside}}}\n"
    return text + extra


def test_a_shared_control_is_never_counted_twice(tmp_path: Path) -> None:
    arms = {"low": {"events": 12, "n": 30}, "high": {"events": 9, "n": 30}, "placebo": {"events": 8, "n": 40}}
    evidence = made(tmp_path, {"low": 30, "high": 30, "placebo": 40}, result(arms), "OR")
    found = contrasts(evidence, evidence.dossier.analyses["response_all"])
    assert sum(effect.n2 for effect in found.effects) == 40
    expected = effect_size("OR", ai=[12, 9], n1i=[30, 30], ci=[4, 4], n2i=[20, 20])
    yi, vi = arrays(found.effects)
    assert yi == pytest.approx(expected.yi)
    assert vi == pytest.approx(expected.vi)
    assert any("shared" in step.rule for step in found.effects[0].steps)


def test_a_shared_control_widens_an_effect_from_a_statistic(tmp_path: Path) -> None:
    arms = {"low": {"n": 30}, "high": {"n": 30}, "placebo": {"n": 40}}
    between = "    between:\n" + "".join(
        f"      - {{comparison: {arm}_v_placebo, t: {n(2.5)}, favours: arm}}\n" for arm in ("low", "high")
    )
    evidence = made(tmp_path, {"low": 30, "high": 30, "placebo": 40}, result(arms, between), "SMD")
    for effect in contrasts(evidence, evidence.dossier.analyses["response_all"]).effects:
        assert effect.yi < 0
        assert effect.vi == pytest.approx(1 / 30 + 1 / 20 + effect.yi**2 / (2 * 50))


def test_of_a_crossover_trial_only_the_first_period_enters(tmp_path: Path) -> None:
    first = result({"drug": {"events": 6, "n": 11}, "placebo": {"events": 1, "n": 19}}, period=1)
    second = result({"drug": {"events": 10, "n": 11}, "placebo": {"events": 9, "n": 19}}, period=2)
    evidence = made(tmp_path, {"drug": 11, "placebo": 19}, second + first, "OR", "crossover")
    effect = only(evidence)
    assert effect.yi == pytest.approx(effect_size("OR", ai=[6], n1i=[11], ci=[1], n2i=[19]).yi[0])
    assert any("first period" in step.rule for step in effect.steps)


SD: dict[str, dict[str, Any]] = {
    "sd": {"mean": 10, "sd": 4},
    "se": {"mean": 10, "se": 4 / 5},
    "ci": {"mean": 10, "ci": f"[{n(10 - 2.0638985616280205 * 0.8)}, {n(10 + 2.0638985616280205 * 0.8)}]"},
    "change": {"change_mean": 10, "change_sd": 4},
}


@pytest.mark.parametrize("way", list(SD))
def test_every_way_to_an_sd_gives_the_same_effect(tmp_path: Path, way: str) -> None:
    drug: dict[str, Any] = {**SD[way], "n": 25}
    placebo = dict(drug)
    for key in ("mean", "change_mean"):
        if key in placebo:
            placebo[key] = 13
    if way == "ci":
        half = 2.0638985616280205 * 0.8
        placebo["ci"] = f"[{n(13 - half)}, {n(13 + half)}]"
    evidence = made(tmp_path, {"drug": 25, "placebo": 25}, result({"drug": drug, "placebo": placebo}), "SMD")
    expected = effect_size("SMD", m1i=[10], sd1i=[4], n1i=[25], m2i=[13], sd2i=[4], n2i=[25])
    assert only(evidence).yi == pytest.approx(expected.yi[0], rel=1e-9)
    assert only(evidence).vi == pytest.approx(expected.vi[0], rel=1e-9)


def test_change_from_both_sds_and_a_stated_correlation(tmp_path: Path) -> None:
    sides = {
        "drug": {"mean": 10, "sd": 5, "baseline_mean": 20, "baseline_sd": 5, "n": 25},
        "placebo": {"mean": 15, "sd": 5, "baseline_mean": 20, "baseline_sd": 5, "n": 25},
    }
    text = result(sides, correlation=n(0.5))
    effect = only(made(tmp_path, {"drug": 25, "placebo": 25}, text, "MD"))
    assert effect.yi == pytest.approx(-5)
    assert effect.vi == pytest.approx(2 * 25 / 25)
    assert "correlation" in effect.steps[0].rule


def test_a_statistic_on_counted_visits_is_refused_with_the_reason(tmp_path: Path) -> None:
    between = (
        f"    between:\n      - {{comparison: drug_v_placebo, f: {n(9.1)}, error_df: {n(370)}, favours: arm}}\n"
    )
    text = result({"drug": {"n": 40}, "placebo": {"n": 40}}, between)
    evidence = made(tmp_path, {"drug": 40, "placebo": 40}, text, "SMD")
    found = contrasts(evidence, evidence.dossier.analyses["response_all"])
    assert found.effects == ()
    assert "visits were counted as independent" in found.not_computed[0].reason


def test_an_empty_cell_is_noted(tmp_path: Path) -> None:
    text = result({"drug": {"events": 6, "n": 11}, "placebo": {"events": 0, "n": 19}})
    effect = only(made(tmp_path, {"drug": 11, "placebo": 19}, text, "OR"))
    assert np.isfinite(effect.yi)
    assert any("half an event" in step.rule for step in effect.steps)
