"""Every combination of the declared choices, against the same analyses made one by one."""

import shutil
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from glabella.decision import Sure, answer
from glabella.dossier import Evidence, Option, check, load, shipped
from glabella.synthesis import arrays, contrasts, pool
from tests.made_up import write_fuller


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load()


@pytest.fixture(scope="module")
def held(evidence: Evidence) -> Sure:
    found = answer(evidence).sure
    assert found is not None
    return found


def test_every_combination_is_counted_once_or_said_why_not(evidence: Evidence, held: Sure) -> None:
    options = evidence.dossier.choices.values()
    alike = sum(name.startswith("scores_") for name in evidence.dossier.analyses)
    ways = 4 * 2
    assert held.combinations.value == alike * np.prod([len(each) for each in options]) * ways
    impossible = sum(claim.value or 0 for _, claim in held.not_analysed)
    assert held.combinations.value == (held.total.value or 0) + (held.repeated.value or 0) + impossible
    assert held.choices.value == len(evidence.dossier.choices) + 3
    assert held.total.value == len(held.specifications)


def test_each_analysis_is_the_one_made_alone(evidence: Evidence, held: Sure) -> None:
    """Made one by one, without any sharing of work, a part of all combinations gives a part of all results."""
    dossier = evidence.dossier
    some = {"every dose", "without the higher dose of the largest trial", "score, else response", "response only",
            "the trial's own", "patient's first", "main week", "last week reported", "any"}  # fmt: skip
    kept = [[(name, option) for name, option in each.items() if name in some] for each in dossier.choices.values()]
    results = {(each.effect.value, each.effect.low, each.effect.high): each for each in held.specifications}
    for key, combination in product(("scores_all", "scores_with_other_site"), product(*kept)):
        analysis = dossier.analyses[key].choosing(*(option for _, option in combination))
        yi, vi = arrays(contrasts(evidence, analysis).effects)
        fit = pool(yi, vi, method="DL", test="z")
        found = results.get((fit.estimate, fit.ci_low, fit.ci_high)) or min(
            held.specifications,
            key=lambda each: abs(each.effect.value - fit.estimate) + abs(each.effect.low - fit.ci_low),
        )
        assert found.effect.value == pytest.approx(fit.estimate, rel=1e-9)
        assert found.effect.low == pytest.approx(fit.ci_low, rel=1e-9)
        chosen = dict(found.chosen)
        assert analysis.label in chosen["trials"]
        for choice, (name, _) in zip(dossier.choices, combination, strict=True):
            assert name in chosen[choice]


def test_the_headline_is_among_them(evidence: Evidence, held: Sure) -> None:
    head = answer(evidence).headline.estimate
    assert any(
        each.effect.limits == head.limits and each.effect.number == head.number for each in held.specifications
    )


def test_options_sum_up_what_is_drawn(held: Sure) -> None:
    for row in held.by_option:
        mine = [each.effect for each in held.specifications if row.option in dict(each.chosen)[row.choice]]
        assert row.analyses.value == len(mine)
        assert row.excluding.value == sum(each.high < 0 or each.low > 0 for each in mine)  # type: ignore[operator]
        if row.range is None:
            assert mine == []
        else:
            assert row.range.low == min(each.value for each in mine)  # type: ignore[type-var]
            assert row.range.high == max(each.value for each in mine)  # type: ignore[type-var]
    empty = [(row.choice, row.option) for row in held.by_option if row.range is None]
    assert empty == [("scale", "patient's only")]


def test_no_judgement_of_bias_is_said(held: Sure) -> None:
    assert held.unjudged


def found(evidence: Evidence, **options: object) -> dict[str, tuple[float, str]]:
    """Give week and scale of each effect of all placebo-controlled comparisons, with other options."""
    analysis = evidence.dossier.analyses["scores_with_other_site"].choosing(Option.model_validate(options))
    return {f"{e.study}/{e.comparison}": (e.time, e.scale) for e in contrasts(evidence, analysis).effects}


def test_options_choose_the_week(evidence: Evidence) -> None:
    assert {week for week, _ in found(evidence).values()} == {6}
    assert found(evidence, when="first")["brin2020/u30_v_placebo"] == (3, "madrs")
    last = found(evidence, when="last")
    assert last["brin2020/u30_v_placebo"] == (9, "madrs")
    assert last["wollmer2012/toxin_v_placebo"] == (16, "ham_d17")
    # The higher dose borrows its spread from the other one at the same week, whatever week that one shows.
    assert last["brin2020/u50_v_placebo"] == (6, "madrs")


def test_a_borrowed_spread_is_of_the_same_week(evidence: Evidence) -> None:
    named = contrasts(evidence, evidence.dossier.analyses["scores_all"]).effects
    last = contrasts(evidence, evidence.dossier.analyses["scores_all"].choosing(Option(when="last"))).effects
    (one,), (two,) = ([e for e in each if e.comparison == "u50_v_placebo"] for each in (named, last))
    assert (one.yi, one.vi) == (two.yi, two.vi)


def test_options_choose_who_rates(evidence: Evidence) -> None:
    assert found(evidence)["magid2014/toxin_v_placebo"][1] == "hdrs21"
    first = found(evidence, raters=("self", "clinician"))
    assert first["magid2014/toxin_v_placebo"][1] == "bdi"
    assert first["finzi2014/toxin_v_placebo"][1] == "madrs"
    assert list(found(evidence, raters=("self",))) == ["magid2014/toxin_v_placebo"]


def test_options_keep_kinds_of_trials_and_what_is_only_remembered_is_unknown(evidence: Evidence) -> None:
    assert list(found(evidence, co_treatment=("adjunct",))) == [
        "wollmer2012/toxin_v_placebo",
        "onadep2024/glabella_v_crows_feet",
    ]
    # That two trials let people keep an antidepressant is remembered, not seen.
    assert found(evidence, co_treatment=("mixed",)) == {}
    assert "onadep2024/glabella_v_crows_feet" not in found(evidence, controls=("placebo",))
    analysis = evidence.dossier.analyses["scores_all"].choosing(Option(blinding=("double",)))
    reasons = {each.study: each.reason for each in contrasts(evidence, analysis).not_computed}
    assert reasons["zamanian2017"] == "blinding is unknown, not double"


def test_numbers_of_a_source_can_be_left_out(evidence: Evidence) -> None:
    without = found(evidence, not_from=("AGN17",))
    assert "brin2020/u30_v_placebo" in without
    assert "brin2020/u50_v_placebo" not in without


def test_response_alone_has_the_sign_of_a_score(evidence: Evidence) -> None:
    analysis = evidence.dossier.analyses["scores_all"].choosing(Option(uses=("response",)))
    effects = contrasts(evidence, analysis).effects
    assert len(effects) == 3
    assert all(effect.yi < 0 and effect.route == "response odds" for effect in effects)


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
    write_fuller(folder)
    path = folder / "dossier.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").partition("choices:")[0] + f"choices:\n  {choices}\n", encoding="utf-8"
    )
    faults = [str(fault) for fault in check(folder)]
    assert any(says in fault and "dossier.yaml:" in fault for fault in faults), faults


def test_a_dossier_without_choices_still_has_those_of_method(tmp_path: Path) -> None:
    folder = tmp_path / "dossier"
    shutil.copytree(shipped(), folder)
    path = folder / "dossier.yaml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("choices:\n"), text.index("reproduce:\n")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    held = answer(load(folder)).sure
    assert held is not None
    assert list(dict.fromkeys(row.choice for row in held.by_option)) == ["trials", "estimator", "interval"]
    assert held.choices.value == 3
