"""What claims about a fitted mechanism are called: every label, unit, time, interval and people, of a made-up fit."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from glabella.brief.results import Results
from glabella.brief.sections import explanations, identifiability, prediction, retreatment, time_course
from glabella.shown import Claim, Ledger
from tests.brief.made_up_fit import evidence

#: Name, label, unit, time, interval, function: one of each kind.
CLAIMS = """\
check.0.made | largest miss, in replicated data |  | at the days of the trials | 95 % interval of replications | mechanism.check
check.0.p | largest miss: share of replicated data at or beyond what was seen |  | at the days of the trials |  | mechanism.check
check.0.seen | largest miss, seen |  | at the days of the trials |  | mechanism.check
constant.k_entry | entry into the nerve ending | per day | after one session |  | brief.quote
constant.k_loss.posterior | loss of the enzyme, with the data (posterior) | per day | after one session | 95 % credible interval | mechanism.fit
constant.k_loss.prior | loss of the enzyme, before the data (prior) | per day | after one session | 95 % interval of the prior | mechanism.muscle_unknowns
constants.assumed | constants that nothing seen can identify |  | after one session |  | mechanism.profile
constants.identified | constants that the data identify |  | after one session |  | mechanism.profile
constants.partly | constants that the data identify in part or not at all |  | after one session |  | mechanism.profile
predicted.held_out.groups | groups predicted |  | at the days of the trials |  | mechanism.predict
predicted.product.groups | products predicted |  | at the days of the trials |  | mechanism.leave_one_out
predicted.study.bias | mean of predicted less seen | percentage points | at the days of the trials |  | mechanism.leave_one_out
predicted.study.coverage | 95 % prediction intervals that hold the share that was seen | % | at the days of the trials |  | mechanism.leave_one_out
predicted.study.error | mean absolute error | percentage points | at the days of the trials |  | mechanism.leave_one_out
predicted.study.groups | trials predicted |  | at the days of the trials |  | mechanism.leave_one_out
predicted.study.shares | shares predicted |  | at the days of the trials |  | mechanism.leave_one_out
gap_seen | least time by which mood outlasted the weakened frown, where it was seen | weeks | at the weeks of the trials |  | brief.quote
mood.expectancy.aicc | AICc (lower is better) |  | at the weeks of the trials |  | mechanism.compare
mood.expectancy.gain | largest relief that the explanation gives | points | at the weeks of the trials | 95 % interval by likelihood | mechanism.compare
mood.expectancy.half_life | half-life with which mood follows | days | after one session | 95 % interval by likelihood | mechanism.compare
mood.expectancy.needed | half-life of mood with which relief would outlast weakness by as much as was seen | days | after one session |  | mechanism.speed_for_gap
mood.expectancy.relief_half | day by which relief has fallen to half | days | after one session |  | mechanism.gap
mood.expectancy.weakness_half | day by which weakness has fallen to half | days | after one session |  | mechanism.gap
mood.expectancy.weight | weight among the explanations, from AICc | % | at the weeks of the trials |  | mechanism.compare
mood.rows | differences in mood that were fitted |  | at the weeks of the trials |  | mechanism.compare
mood.trials | trials of mood that were fitted |  | at the weeks of the trials |  | mechanism.compare
none_or_mild.onabotulinumtoxinA.women.30.dose | dose given once | units of onabotulinumtoxinA | after one session |  | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.duration | time by which the frown is back in half of those in whom it weakened | weeks | after one session | 95 % credible interval | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.kept.84 | people whose frown is still weakened on day 84, of those in whom it is at the peak | % | after one session | 95 % credible interval | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.kept.84.time | time after it was given | weeks | after one session |  | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.onset | day by which the frown is weakened in half of those in whom it is at the peak | days | after one session | 95 % credible interval | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.peak_day | day of the largest effect | days | after one session | 95 % credible interval | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.peak_share | people whose frown is weakened at the peak | % | after one session | 95 % credible interval | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.people | time by which the frown is back in half of those in whom it weakened, and how people differ | weeks | after one session | tenth to ninetieth percentile of people | mechanism.landmarks
relief_limit | relief that counts | points | at any time |  | brief.quote
repeat.weakness.feedback.gap | least time between sessions | weeks | a year |  | mechanism.simulate_rule
repeat.weakness.feedback.sessions | simulated: sessions |  | a year | tenth to ninetieth percentile of simulated people | mechanism.simulate_rule
repeat.weakness.feedback.never | simulated people whose frown never weakens enough to count | % | a year |  | mechanism.simulate_rule
repeat.weakness.feedback.never_relief | simulated people who never have relief that counts | % | a year |  | mechanism.simulate_rule
repeat.weakness.feedback.people | simulated people |  | a year |  | mechanism.simulate_rule
repeat.weakness.feedback.stopping_weakness | simulated: time until the frown is back | weeks | after the last session | tenth to ninetieth percentile of simulated people | mechanism.simulate_rule
repeat.weakness.feedback.stopping_relief | simulated: time until relief is gone | weeks | after the last session | tenth to ninetieth percentile of simulated people | mechanism.simulate_rule
repeat.weakness.feedback.units | simulated: dose | units of onabotulinumtoxinA | a year | tenth to ninetieth percentile of simulated people | mechanism.simulate_rule
repeat.weakness.feedback.weeks_weakness | simulated: weeks with the frown weakened | weeks | a year | tenth to ninetieth percentile of simulated people | mechanism.simulate_rule
repeat.weakness.feedback.weeks_relief | simulated: weeks with relief | weeks | a year | tenth to ninetieth percentile of simulated people | mechanism.simulate_rule
seen.glo12_median | time by which the frown was back in half of those in whom it had weakened, as a trial saw | weeks | after one session |  | brief.quote
sobol.0.half_cut.alone | share of the variance of days until the frown is back in half of the women in whom it weakened, alone: cut share at which the muscle is half weak | % | after one session | 95 % confidence interval | mechanism.sobol
sobol.0.half_cut.with_others | share of the variance of days until the frown is back in half of the women in whom it weakened, with the others: cut share at which the muscle is half weak | % | after one session | 95 % confidence interval | mechanism.sobol
swing.0.centre | days until the frown is back in half of the women in whom it weakened, with every assumption at its central value |  | after one session |  | mechanism.tornado
swing.0.half_cut.at_high | days until the frown is back in half of the women in whom it weakened, at the high value of: cut share at which the muscle is half weak |  | after one session |  | mechanism.tornado
swing.0.half_cut.at_low | days until the frown is back in half of the women in whom it weakened, at the low value of: cut share at which the muscle is half weak |  | after one session |  | mechanism.tornado
swing.0.half_cut.high | high value of: cut share at which the muscle is half weak; moved for days until the frown is back in half of the women in whom it weakened |  | after one session |  | mechanism.tornado
swing.0.half_cut.low | low value of: cut share at which the muscle is half weak; moved for days until the frown is back in half of the women in whom it weakened |  | after one session |  | mechanism.tornado
swing.1.centre | days by which relief outlasts weakness, if mood follows by hope, because people notice what they got, with every assumption at its central value |  | after one session |  | mechanism.tornado
trial.beer2011.error | mean absolute error | percentage points | at the days of the trial |  | mechanism.leave_one_out
trial.beer2011.inside | shares within their 95 % prediction interval |  | at the days of the trial |  | mechanism.leave_one_out
trial.beer2011.shares | shares of the trial |  | at the days of the trial |  | mechanism.leave_one_out
"""
#: One claim of each kind of people.
PEOPLE = """\
check.0.made | shares of people whose frown is weakened, in the dossier’s trials
constant.k_entry | constants of the model
constant.k_loss.posterior | constants of the model
constants.assumed | constants of the model
predicted.held_out.groups | shares of people whose frown is weakened, in the dossier’s trials: shares that were never fitted
predicted.product.groups | shares of people whose frown is weakened, in the dossier’s trials: each product, from the other products
predicted.study.bias | shares of people whose frown is weakened, in the dossier’s trials: each trial, from the other trials
gap_seen | people with depression, in the trials of mood
mood.expectancy.aicc | people with depression, in the trials of mood; explained by: hope, because people notice what they got
none_or_mild.onabotulinumtoxinA.women.30.dose | women given 30 units of onabotulinumtoxinA in the frown muscles; the frown counts as weakened when a physician calls the frown lines none or mild
relief_limit | as in the source
repeat.weakness.feedback.gap | simulated (synthetic) people given onabotulinumtoxinA when the frown is back; mood follows by: facial feedback
seen.glo12_median | people given 20 units of onabotulinumtoxinA in the frown muscles; the frown counts as weakened when a physician calls the frown lines none or mild
sobol.0.half_cut.alone | people as the model computes them
swing.1.centre | people as the model computes them
trial.beer2011.error | Beer 2011, predicted from the other trials
"""


@pytest.fixture(scope="module")
def claims() -> dict[str, Claim]:
    book, results = Ledger(), Results(evidence())
    for section in (time_course, prediction, explanations, retreatment, identifiability):
        section.report(results, book)
    return book.claims


def test_every_kind_of_claim_says_what_it_is(claims: dict[str, Claim]) -> None:
    expected = CLAIMS.splitlines()
    found = [claims[f"course.{line.partition(' | ')[0]}"] for line in expected]
    assert [
        " | ".join(
            (
                it.id.removeprefix("course."),
                it.label,
                it.unit,
                it.time_span,
                it.interval or "",
                it.function.removeprefix("glabella."),
            )
        )
        for it in found
    ] == expected


def test_every_kind_of_claim_says_of_whom_it_is(claims: dict[str, Claim]) -> None:
    for line in PEOPLE.splitlines():
        name, _, people = line.partition(" | ")
        assert claims[f"course.{name}"].population == people, name
