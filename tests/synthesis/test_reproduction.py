"""Published pooled results, recomputed from the dossier to the precision that the papers print."""

import math

import pytest

from glabella.dossier import load
from glabella.synthesis import arrays, contrasts, pool

EVIDENCE = load()


def pooled(name: str) -> tuple[float, float, float]:
    analysis = EVIDENCE.dossier.analyses[name]
    fit = pool(*arrays(contrasts(EVIDENCE, analysis).effects), method=analysis.method, test=analysis.test)
    return fit.estimate, fit.ci_low, fit.ci_high


@pytest.mark.parametrize(
    ("name", "printed", "interval"),
    [("reproduce_parsaik_response", 8.3, (3.36, 20.3)), ("reproduce_parsaik_remission", 4.6, (1.60, 13.1))],
)
def test_odds_ratios_of_parsaik_to_the_printed_digit(
    name: str, printed: float, interval: tuple[float, float]
) -> None:
    estimate, low, high = (math.exp(x) for x in pooled(name))
    assert round(estimate, 1) == printed
    assert low == pytest.approx(interval[0], abs=0.01)
    assert high == pytest.approx(interval[1], abs=0.05)


@pytest.mark.parametrize(("name", "printed"), [("reproduce_schulze", -0.98)])
def test_approximate_targets_are_near(name: str, printed: float) -> None:
    estimate, low, high = pooled(name)
    assert estimate == pytest.approx(printed, abs=0.08)
    assert low < printed < high


def test_response_with_the_other_site_added() -> None:
    analysis = EVIDENCE.dossier.analyses["response_with_other_site"]
    fit = pool(*arrays(contrasts(EVIDENCE, analysis).effects), method="DL", test="z")
    assert math.exp(fit.estimate) == pytest.approx(6.24, abs=0.005)
    assert math.exp(fit.ci_low) == pytest.approx(3.03, abs=0.005)
    assert math.exp(fit.ci_high) == pytest.approx(12.9, abs=0.05)


def test_pooled_percentages_of_magid_from_the_counts() -> None:
    found = contrasts(EVIDENCE, EVIDENCE.dossier.analyses["reproduce_parsaik_response"]).effects
    inputs = [dict(effect.steps[0].inputs) for effect in found]
    total = {name: sum(each[name].value or 0 for each in inputs) for name in inputs[0]}
    assert round(100 * total["events, arm"] / total["n, arm"], 1) == 54.2
    assert round(100 * total["events, control"] / total["n, control"], 1) == 10.7


def test_what_is_recalled_is_never_pooled() -> None:
    for analysis in EVIDENCE.dossier.analyses.values():
        for effect in contrasts(EVIDENCE, analysis).effects:
            for step in effect.steps:
                assert all(number.status != "recalled" for _, number in step.inputs)


def test_what_cannot_be_computed_is_listed_with_a_reason() -> None:
    found = contrasts(EVIDENCE, EVIDENCE.dossier.analyses["scores_all"])
    reasons = {item.study: item.reason for item in found.not_computed}
    assert reasons["zamanian2017"] == "the number analysed in each arm was not seen"
    assert set(reasons) == {"zamanian2017", "li2022"}
