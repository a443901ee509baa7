"""From reports to effects: shared controls, crossover, and every standard derivation. SYNTHETIC data throughout."""

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glabella.dossier import Evidence, load, shipped
from glabella.synthesis import Contrasts, Effect, arrays, contrasts, effect_size
from tests.made_up import write_fuller

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


def n(value: float | str) -> str:
    return f"{{value: {value}, status: seen, source: EXAMPLE}}"


def made(tmp_path: Path, arms: dict[str, int], results: str, measure: str, kind: str = "parallel") -> Evidence:
    """Write a synthetic dossier of one study, each active arm compared with ``placebo``, and load it."""
    folder = tmp_path / "dossier"
    write_fuller(folder)
    text = HEAD % {"type": kind, "total": sum(arms.values())} + "arms:\n"
    for arm, size in arms.items():
        role, treatment = ("control", "placebo") if arm == "placebo" else ("active", "my_drug")
        text += f"  {arm}: {{label: {arm}, treatment: {treatment}, role: {role}, n_randomised: {n(size)}}}\n"
    text += "comparisons:\n"
    active = [arm for arm in arms if arm != "placebo"]
    for arm in active:
        text += f"  {arm}_v_placebo: {{arm: {arm}, versus: placebo, control: placebo}}\n"
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
    text = "  - outcome: response\n    scale: my_scale\n    time: 6\n"
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


# --- what no trial can have, and what rounding made of it -------------------------------------------------------


def every(evidence: Evidence, **changed: Any) -> Contrasts:
    return contrasts(evidence, evidence.dossier.analyses["response_all"].model_copy(update=changed))


def differing(tmp_path: Path, numbers: str, measure: str = "SMD", sizes: tuple[int, int] = (65, 58)) -> Evidence:
    """Write a trial of which a difference is printed, or what stands for one."""
    one, other = sizes
    between = f"    between:\n      - {{comparison: drug_v_placebo, {numbers}}}\n"
    text = result({"drug": {"n": one}, "placebo": {"n": other}}, between)
    return made(tmp_path, {"drug": one, "placebo": other}, text, measure)


def with_between(evidence: Evidence, **changed: Any) -> Evidence:
    """Give evidence that no reader has checked, as a program may make it."""
    study = evidence.studies["example2020"]
    between = study.results[0].between[0].model_copy(update=changed)
    first = study.results[0].model_copy(update={"between": (between,)})
    return replace(evidence, studies={"example2020": study.model_copy(update={"results": (first,)})})


def test_limits_in_order_give_the_effect_by_hand(tmp_path: Path) -> None:
    evidence = differing(tmp_path, f"difference: {n(-3.7)}, difference_ci: [{n(-7.4)}, {n(0.0)}], favours: arm")
    # The half width is 3.7, t(121) at 0.975 is 1.979764 in tables, J is 1 - 3 / 483 (Borenstein 4.22).
    sd = 3.7 / 1.979764 / (1 / 65 + 1 / 58) ** 0.5
    assert only(evidence).yi == pytest.approx(-3.7 / sd * (1 - 3 / 483), abs=1e-5)
    assert "Student's t" in only(evidence).steps[0].rule


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"difference_ci": (0.0, -7.4)}, "low is 0 and high -7.4"),
        ({"difference_ci": (1.0, 5.0)}, "difference is -3.7, expected within its interval 1 to 5"),
        ({"difference_se": -1.9, "difference_ci": None}, "se is -1.9, expected more than 0"),
        ({"p": 1.5, "difference_ci": None}, "p is 1.5, expected more than 0 and less than 1"),
        ({"p": -0.2, "difference_ci": None}, "p is -0.2, expected more than 0 and less than 1"),
        ({"favours": "versus"}, "difference is -3.7, where lower is better, but favours is versus"),
        ({"difference": None, "difference_ci": None, "f": -2.0}, "f is -2, expected 0 or more"),
    ],
)
def test_what_cannot_be_is_refused_with_the_study(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    evidence = differing(tmp_path, f"difference: {n(-3.7)}, difference_ci: [{n(-7.4)}, {n(0.0)}], favours: arm")
    like = evidence.studies["example2020"].results[0].between[0].difference
    assert like is not None

    def number(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(number(each) for each in value)
        return like.model_copy(update={"value": value}) if isinstance(value, float) else value

    asked = with_between(evidence, **{name: number(value) for name, value in changed.items()})
    with pytest.raises(ValueError, match=re.escape(f"example2020/drug_v_placebo, my_scale, week 6: {says}")):
        every(asked)


@pytest.mark.parametrize(
    "numbers",
    [
        f"difference: {n(0)}, p: {n(0.9)}, favours: neither",
        f"difference: {n(0)}, p: {n(1)}",
        f"difference: {n(0)}",
        f"difference: {n(0)}, difference_se: {n(0)}",
        f"difference: {n(0)}, difference_ci: [{n(0)}, {n(0)}]",
        f"difference: {n(-0.1)}, p: {n(1.0)}, favours: arm",
        f"difference: {n(-0.1)}, p: {n(1.0)}, favours: neither",
        f"p: {n(1)}",
        f"t: {n(0)}",
        f"f: {n(0)}, favours: neither",
        f"d: {n(0)}",
    ],
)
def test_no_difference_is_a_g_of_nil_with_the_variance_of_the_sizes(tmp_path: Path, numbers: str) -> None:
    effect = only(differing(tmp_path, numbers))
    assert effect.yi == 0
    assert effect.vi == pytest.approx(1 / 65 + 1 / 58, rel=1e-12)


@pytest.mark.parametrize(
    ("numbers", "measure", "reason"),
    [
        (f"difference: {n(-3.7)}, p: {n(0)}, favours: arm", "SMD", "P is printed as nil"),
        (f"p: {n(0)}, favours: arm", "SMD", "P is printed as nil"),
        (f"difference: {n(-3.7)}, difference_se: {n(0)}, favours: arm", "SMD", "standard error .* printed as nil"),
        (f"difference: {n(-3.7)}, difference_ci: [{n(-3.7)}, {n(-3.7)}]", "SMD", "both limits .* printed alike"),
        (f"difference: {n(0)}, p: {n(0.9)}", "MD", "tells nothing of its spread"),
        (f"difference: {n(-0.1)}, p: {n(1)}", "MD", "tells nothing of its spread"),
        (f"difference: {n(0)}, difference_se: {n(0)}", "MD", "standard error .* printed as nil"),
    ],
)
def test_what_rounding_made_nil_is_not_computed_with_the_reason(
    tmp_path: Path, numbers: str, measure: str, reason: str
) -> None:
    evidence = differing(tmp_path, numbers, measure)
    found = every(evidence)
    assert found.effects == ()
    assert re.search(reason, found.not_computed[0].reason)


def test_a_spread_that_rounding_made_nil_gives_way_to_the_next(tmp_path: Path) -> None:
    both = only(
        differing(tmp_path / "a", f"difference: {n(-3.7)}, difference_se: {n(0)}, p: {n(0.053)}, favours: arm")
    )
    alone = only(differing(tmp_path / "b", f"p: {n(0.053)}, favours: arm"))
    assert both.yi == pytest.approx(alone.yi, rel=1e-12)
    assert both.vi == pytest.approx(alone.vi, rel=1e-12)


@pytest.mark.parametrize("sizes", [(1, 1), (1, 2), (0, 9)])
def test_too_few_people_for_a_g_are_no_end_of_the_brief(tmp_path: Path, sizes: tuple[int, int]) -> None:
    found = every(differing(tmp_path, f"p: {n(0.3)}, favours: arm", sizes=sizes))
    assert found.effects == ()
    assert re.search("too few people|nobody was analysed", found.not_computed[0].reason)


def test_the_other_trials_go_on_beside_one_without_a_spread() -> None:
    # The shipped dossier, its largest trial with a P printed as 0.
    evidence = load(shipped())
    study = evidence.studies["brin2020"]
    results = []
    for each in study.results:
        between = tuple(
            b if b.p is None else b.model_copy(update={"p": b.p.model_copy(update={"value": 0.0})})
            for b in each.between
        )
        results.append(each.model_copy(update={"between": between}))
    changed = {**evidence.studies, "brin2020": study.model_copy(update={"results": tuple(results)})}
    analysis = evidence.dossier.analyses["scores_30u_only"]
    before, after = contrasts(evidence, analysis), contrasts(replace(evidence, studies=changed), analysis)
    assert [e for e in before.effects if e.study != "brin2020"] == list(after.effects)
    assert any(each.study == "brin2020" and "nil" in each.reason for each in after.not_computed)


# --- final scores and changes ------------------------------------------------------------------------------------


CHANGED = {"change_mean": -12, "change_sd": 6, "n": 30}
ENDED = {"mean": 14, "sd": 7, "n": 30}


def sides(
    tmp_path: Path, drug: dict[str, Any], placebo: dict[str, Any], measure: str = "SMD", **more: Any
) -> Contrasts:
    return every(
        made(tmp_path, {"drug": 30, "placebo": 30}, result({"drug": drug, "placebo": placebo}, **more), measure)
    )


@pytest.mark.parametrize("measure", ["SMD", "MD"])
def test_a_final_score_is_not_taken_from_a_change(tmp_path: Path, measure: str) -> None:
    for place, pair in enumerate(((CHANGED, ENDED), (ENDED, CHANGED))):
        found = sides(tmp_path / str(place), *pair, measure=measure)
        assert found.effects == ()
        assert "final score" in found.not_computed[0].reason


def test_what_is_printed_between_the_arms_stands_in_for_scores_that_do_not_compare(tmp_path: Path) -> None:
    def of(numbers: str, place: str) -> Contrasts:
        between = f"    between:\n      - {{comparison: drug_v_placebo, {numbers}}}\n"
        text = result({"drug": CHANGED, "placebo": ENDED}, between)
        return every(made(tmp_path / place, {"drug": 30, "placebo": 30}, text, "SMD"))

    (effect,) = of(f"t: {n(2.0)}, favours: arm", "a").effects
    # t of 2 with 30 + 30 people: d is 2 times the root of 2/30, J(58) is 1 - 3/231.
    assert effect.yi == pytest.approx(-2 * (2 / 30) ** 0.5 * (1 - 3 / 231), abs=1e-5)
    assert "final score" in of("favours: arm", "b").not_computed[0].reason


def test_a_change_by_correlation_is_not_put_beside_a_final_score(tmp_path: Path) -> None:
    drug = {"mean": 10, "sd": 5, "baseline_mean": 20, "baseline_sd": 5, "n": 30}
    found = sides(tmp_path, drug, {"mean": 15, "sd": 5, "n": 30}, "MD", correlation=n(0.5))
    # Both show how they ended, so that is compared: 10 less 15, not -10 less 15.
    assert found.effects[0].yi == pytest.approx(-5)


def test_arms_that_share_a_kind_are_compared_by_it(tmp_path: Path) -> None:
    both = {"change_mean": -12, "change_sd": 6, "mean": 10, "sd": 7, "n": 30}
    assert sides(tmp_path / "a", both, ENDED, "MD").effects[0].yi == pytest.approx(10 - 14)
    changed = {"change_mean": -9, "change_sd": 6, "n": 30}
    assert sides(tmp_path / "b", both, changed, "MD").effects[0].yi == pytest.approx(-12 + 9)


def test_a_mean_that_is_a_change_is_not_taken_from_the_baseline_again(tmp_path: Path) -> None:
    drug = {"mean": -10, "sd": 5, "baseline_mean": 20, "baseline_sd": 5, "n": 30}
    placebo = {**drug, "mean": -4, "baseline_mean": 26}
    found = sides(tmp_path, drug, placebo, "MD", correlation=n(0.5), score="change")
    assert found.effects[0].yi == pytest.approx(-10 + 4)
    assert found.effects[0].vi == pytest.approx(2 * 25 / 30)


def test_arms_in_different_units_are_not_compared(tmp_path: Path) -> None:
    share = "{value: -0.4, unit: share of baseline, status: seen, source: EXAMPLE}"
    points = "{value: -9, unit: points, status: seen, source: EXAMPLE}"
    found = sides(
        tmp_path, {"change_mean": share, "change_sd": 6, "n": 30}, {"change_mean": points, "change_sd": 6, "n": 30}
    )
    assert found.effects == ()
    assert "different units, share of baseline and points" in found.not_computed[0].reason


def test_an_sd_is_not_borrowed_from_another_scale(tmp_path: Path) -> None:
    sizes = {"low": 30, "high": 30, "placebo": 30}
    shown = {arm: {"n": size} for arm, size in sizes.items()}
    lender = (
        f"    between:\n      - {{comparison: low_v_placebo, difference: {n(-4)}, p: {n(0.03)}, favours: arm}}\n"
    )
    borrower = (
        f"    between:\n      - {{comparison: high_v_placebo, difference: {n(-2)}, favours: arm, "
        "borrow_sd_from: low_v_placebo}\n"
    )
    other = result(shown, lender).replace("my_scale", "other_scale")
    same = made(tmp_path, sizes, result(shown, borrower) + result(shown, lender), "SMD")
    assert len(every(same, comparisons=("example2020/high_v_placebo",)).effects) == 1
    plan = tmp_path / "dossier" / "dossier.yaml"
    text = plan.read_text(encoding="utf-8").replace(
        "scales:\n", "scales:\n  other_scale: {label: another scale}\n", 1
    )
    plan.write_text(text, encoding="utf-8")
    study = tmp_path / "dossier" / "studies" / "example2020.yaml"
    head = study.read_text(encoding="utf-8").partition("results:\n")[0]
    study.write_text(head + "results:\n" + result(shown, borrower) + other, encoding="utf-8")
    found = every(load(tmp_path / "dossier"), comparisons=("example2020/high_v_placebo",))
    assert found.effects == ()
    assert "borrowed has none" in found.not_computed[0].reason


# --- what was added to counts ------------------------------------------------------------------------------------


EMPTY = {"drug": {"events": 6, "n": 11}, "placebo": {"events": 0, "n": 19}}


@pytest.mark.parametrize(
    ("measure", "yi", "vi", "said"),
    [
        # By hand: 6.5 / 5.5 against 0.5 / 19.5; 6.5 / 12 against 0.5 / 20; 6 / 11 against 0 / 19.
        ("OR", math.log(6.5 * 19.5 / (5.5 * 0.5)), 1 / 6.5 + 1 / 5.5 + 1 / 0.5 + 1 / 19.5, "added to each cell"),
        ("RR", math.log((6.5 / 12) / (0.5 / 20)), 1 / 6.5 - 1 / 12 + 1 / 0.5 - 1 / 20, "added to each cell"),
        ("RD", 6 / 11, 6.5 * 5.5 / 12**3 + 0.5 * 19.5 / 20**3, "for the variance, not for the difference"),
        # Nothing is added: 6 events where 6 · 11 / 30 = 2.2 were expected, variance 2.2 · (19 / 30) · (24 / 29).
        ("PETO", 3.8 / (2.2 * 19 / 30 * 24 / 29), 1 / (2.2 * 19 / 30 * 24 / 29), None),
        ("AS", math.asin(math.sqrt(6 / 11)), 1 / 44 + 1 / 76, None),
    ],
)
def test_what_is_added_to_an_empty_cell_is_said(
    tmp_path: Path, measure: str, yi: float, vi: float, said: str | None
) -> None:
    evidence = made(tmp_path, {"drug": 11, "placebo": 19}, result(EMPTY), "OR")
    (effect,) = every(evidence, measure=measure).effects
    assert effect.yi == pytest.approx(yi, rel=1e-12)
    assert effect.vi == pytest.approx(vi, rel=1e-12)
    rules = " ".join(step.rule for step in effect.steps)
    assert (said in rules) if said else ("half an event" not in rules)


@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "PETO", "AS"])
def test_nothing_is_said_to_be_added_where_no_cell_is_empty(tmp_path: Path, measure: str) -> None:
    counts = {"drug": {"events": 6, "n": 11}, "placebo": {"events": 2, "n": 19}}
    evidence = made(tmp_path, {"drug": 11, "placebo": 19}, result(counts), "OR")
    (effect,) = every(evidence, measure=measure).effects
    assert not any("half an event" in step.rule for step in effect.steps)
    plain = effect_size(measure, ai=[6], n1i=[11], ci=[2], n2i=[19], to="none")  # type: ignore[arg-type]
    assert (effect.yi, effect.vi) == pytest.approx((plain.yi[0], plain.vi[0]), rel=1e-12)


def test_the_shipped_trial_without_events_has_its_own_risk_difference() -> None:
    evidence = load(shipped())
    analysis = next(
        each for each in evidence.dossier.analyses.values()
        if each.measure == "OR" and any("magid" in name for name in each.comparisons)
    ).model_copy(update={"measure": "RD"})  # fmt: skip
    (effect,) = (each for each in contrasts(evidence, analysis).effects if "magid" in each.study)
    assert effect.yi == pytest.approx(6 / 11)
    assert any("half an event" in step.rule for step in effect.steps)


def test_a_measure_that_counts_cannot_give_is_refused_by_name(tmp_path: Path) -> None:
    evidence = made(tmp_path, {"drug": 11, "placebo": 19}, result(EMPTY), "OR")
    with pytest.raises(ValueError, match="measure is IRR, expected SMD, MD, OR"):
        every(evidence, measure="IRR")


def test_points_of_two_scales_are_not_pooled(tmp_path: Path) -> None:
    evidence = made(tmp_path, {"drug": 30, "placebo": 30}, result({"drug": ENDED, "placebo": ENDED}), "MD")
    dossier = evidence.dossier.model_copy(
        update={"scales": {**evidence.dossier.scales, "other": evidence.dossier.scales["my_scale"]}}
    )
    study = evidence.studies["example2020"]
    other = study.model_copy(
        update={"id": "other2020", "results": (study.results[0].model_copy(update={"scale": "other"}),)}
    )
    both = replace(evidence, dossier=dossier, studies={**evidence.studies, "other2020": other})
    found = every(both, comparisons=("example2020/drug_v_placebo", "other2020/drug_v_placebo"))
    assert [each.study for each in found.effects] == ["example2020"]
    assert found.not_computed[0].reason.startswith("in points of")


def test_whatever_is_printed_an_effect_or_a_reason_or_the_study_by_name_comes_out(tmp_path: Path) -> None:
    """Put odd numbers, which no reader has checked, in every place of a result."""
    evidence = differing(tmp_path, f"difference: {n(-3.7)}, p: {n(0.05)}, favours: arm")
    study = evidence.studies["example2020"]
    like = study.results[0].between[0].p
    assert like is not None
    rng = np.random.default_rng(3)
    odd = (0.0, 1.0, -1.0, 0.5, -3.7, 2.0, 12.0, 65.0, 1e-9, 1e9, 1e-300, 1e300)

    def number() -> Any:
        return like.model_copy(update={"value": float(rng.choice(odd))}) if rng.random() < 0.5 else None

    def limits() -> Any:
        found = (number(), number())
        return found if None not in found and rng.random() < 0.5 else None

    outcomes = set()
    for _ in range(1500):
        arms = {
            arm: shown.model_copy(update={"ci": limits()} | {
                name: number() for name in ("n", "events", "mean", "sd", "se", "change_mean", "change_sd",
                                            "baseline_mean", "baseline_sd")
            } if rng.random() < 0.5 else {})
            for arm, shown in study.results[0].arms.items()
        }  # fmt: skip
        between = (
            study.results[0]
            .between[0]
            .model_copy(
                update={"difference_ci": limits(), "favours": str(rng.choice(["arm", "versus", "neither"]))}
                | {name: number() for name in ("f", "t", "error_df", "p", "difference", "difference_se", "d")}
            )
        )
        first = study.results[0].model_copy(
            update={"arms": arms, "between": (between,), "correlation": number(),
                    "score": str(rng.choice(["endpoint", "change"]))}
        )  # fmt: skip
        asked = replace(evidence, studies={"example2020": study.model_copy(update={"results": (first,)})})
        measure = str(rng.choice(["SMD", "MD", "OR", "RR", "RD"]))
        said, found = "", Contrasts((), ())
        try:
            with np.errstate(over="ignore"):
                found = every(asked, measure=measure)
        except ValueError as error:
            said = str(error)
        if said:
            assert said.startswith("example2020/drug_v_placebo, my_scale, week 6: ")
            outcomes.add("refused")
        for effect in found.effects:
            assert math.isfinite(effect.yi)
            assert 0 < effect.vi < math.inf
            outcomes.add("effect")
        for missing in found.not_computed:
            assert missing.reason
            outcomes.add("reason")
    assert outcomes == {"refused", "effect", "reason"}
