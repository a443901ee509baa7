"""What claims about a fitted mechanism are called: every label, unit, time, interval and people, of a made-up fit."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from glabella.brief.results import Results
from glabella.brief.sections import explanations, identifiability, prediction, retreatment, time_course
from glabella.shown import Claim, Ledger
from tests.decision.made_up import evidence

#: Name, label, unit, time, interval, function: one of each kind.
CLAIMS = """\
check.0.made | largest miss, as the model makes it |  | at the days of the trials | 95 % interval of replications | mechanism.check
check.0.p | largest miss: replications at or beyond what was seen, on its side |  | at the days of the trials |  | mechanism.check
check.0.seen | largest miss, seen |  | at the days of the trials |  | mechanism.check
constant.k_entry | entry into the nerve ending | per day | after one injection |  | brief.quote
constant.k_loss.posterior | with the data | per day | after one injection | 95 % credible interval | mechanism.fit
constant.k_loss.prior | before the data | per day | after one injection | 95 % interval of the prior | mechanism.muscle_unknowns
constants.assumed | constants that nothing seen can tell |  | after one injection |  | mechanism.profile
constants.told | constants that the data tell |  | after one injection |  | mechanism.profile
constants.untold | constants that the data tell in part or not at all |  | after one injection |  | mechanism.profile
foretold.held_out.groups | groups foretold |  | at the days of the trials |  | mechanism.predict
foretold.product.groups | products foretold |  | at the days of the trials |  | mechanism.leave_one_out
foretold.study.bias | mean of foretold less seen | percentage points | at the days of the trials |  | mechanism.leave_one_out
foretold.study.coverage | 95 % intervals that hold the share that was seen | % | at the days of the trials |  | mechanism.leave_one_out
foretold.study.error | mean size of the miss | percentage points | at the days of the trials |  | mechanism.leave_one_out
foretold.study.groups | trials foretold |  | at the days of the trials |  | mechanism.leave_one_out
foretold.study.shares | shares foretold |  | at the days of the trials |  | mechanism.leave_one_out
gap_seen | least time by which mood outlasted the weak frown, where it was seen | weeks | at the weeks of the trials |  | brief.quote
mood.expectancy.aicc | AICc: lower is better |  | at the weeks of the trials |  | mechanism.compare
mood.expectancy.gain | relief at full drive | points | at the weeks of the trials | 95 % interval by likelihood | mechanism.compare
mood.expectancy.half_life | half-life of mood: how slowly it follows | days | after one injection | 95 % interval by likelihood | mechanism.compare
mood.expectancy.needed | half-life of mood with which relief outlasts weakness by as much as was seen | days | after one injection |  | mechanism.speed_for_gap
mood.expectancy.relief_half | day by which relief has fallen to half | days | after one injection |  | mechanism.gap
mood.expectancy.weakness_half | day by which weakness has fallen to half | days | after one injection |  | mechanism.gap
mood.expectancy.weight | weight among the explanations, by AICc | % | at the weeks of the trials |  | mechanism.compare
mood.rows | differences in mood that were fitted |  | at the weeks of the trials |  | mechanism.compare
mood.trials | trials of mood that were fitted |  | at the weeks of the trials |  | mechanism.compare
none_or_mild.onabotulinumtoxinA.women.30.dose | dose | units of onabotulinumtoxinA | after one injection |  | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.duration | time by which half of the responders have lost it | weeks | after one injection | 95 % credible interval | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.kept.84 | responders at the peak who respond on day 84 | % | after one injection | 95 % credible interval | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.kept.84.time | time | weeks | after one injection |  | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.onset | day by which half of those who respond at the peak first do | days | after one injection | 95 % credible interval | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.peak_day | day of the largest effect | days | after one injection | 95 % credible interval | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.peak_share | people with a response at the peak | % | after one injection | 95 % credible interval | mechanism.landmarks
none_or_mild.onabotulinumtoxinA.women.30.people | time by which half of the responders have lost it, and how people differ | weeks | after one injection | tenth to ninetieth percentile of people | mechanism.landmarks
relief_limit | relief that counts | points | at any time |  | brief.quote
repeat.frown.feedback.gap | least time between injections | weeks | a year |  | mechanism.simulate_rule
repeat.frown.feedback.injections | simulated: injections |  | a year | tenth to ninetieth percentile of virtual people | mechanism.simulate_rule
repeat.frown.feedback.never | simulated people whose frown never responds | % | a year |  | mechanism.simulate_rule
repeat.frown.feedback.never_relief | simulated people who never have relief that counts | % | a year |  | mechanism.simulate_rule
repeat.frown.feedback.people | simulated people |  | a year |  | mechanism.simulate_rule
repeat.frown.feedback.stopping_frown | simulated: time until the frown is back | weeks | after the last injection | tenth to ninetieth percentile of virtual people | mechanism.simulate_rule
repeat.frown.feedback.stopping_relief | simulated: time until relief is gone | weeks | after the last injection | tenth to ninetieth percentile of virtual people | mechanism.simulate_rule
repeat.frown.feedback.units | simulated: dose | units of onabotulinumtoxinA | a year | tenth to ninetieth percentile of virtual people | mechanism.simulate_rule
repeat.frown.feedback.weeks_frown | simulated: weeks with a weak frown | weeks | a year | tenth to ninetieth percentile of virtual people | mechanism.simulate_rule
repeat.frown.feedback.weeks_relief | simulated: weeks with relief | weeks | a year | tenth to ninetieth percentile of virtual people | mechanism.simulate_rule
seen.glo12_median | time by which half of the responders had lost it, as a trial saw | weeks | after one injection |  | brief.quote
sobol.0.half_cut.alone | share of the variance of days until half of the responders have lost the effect, alone: cut share at which the muscle is half weak | % | after one injection | 95 % confidence interval | mechanism.sobol
sobol.0.half_cut.with_others | share of the variance of days until half of the responders have lost the effect, with others: cut share at which the muscle is half weak | % | after one injection | 95 % confidence interval | mechanism.sobol
swing.0.centre | days until half of the responders have lost the effect |  | after one injection |  | mechanism.tornado
swing.0.half_cut.at_high | days until half of the responders have lost the effect, at the high value of: cut share at which the muscle is half weak |  | after one injection |  | mechanism.tornado
swing.0.half_cut.at_low | days until half of the responders have lost the effect, at the low value of: cut share at which the muscle is half weak |  | after one injection |  | mechanism.tornado
swing.0.half_cut.high | high value of: cut share at which the muscle is half weak |  | after one injection |  | mechanism.tornado
swing.0.half_cut.low | low value of: cut share at which the muscle is half weak |  | after one injection |  | mechanism.tornado
swing.1.centre | days by which relief outlasts weakness |  | after one injection |  | mechanism.tornado
trial.beer2011.error | mean size of the miss | percentage points | at the days of the trial |  | mechanism.leave_one_out
trial.beer2011.inside | shares within their 95 % interval |  | at the days of the trial |  | mechanism.leave_one_out
trial.beer2011.shares | shares of the trial |  | at the days of the trial |  | mechanism.leave_one_out
"""
#: One claim of each kind of people.
PEOPLE = """\
check.0.made | shares of responders in the dossier’s trials
constant.k_entry | entry into the nerve ending
constant.k_loss.posterior | loss of the enzyme
constants.assumed | constants of the model
foretold.held_out.groups | shares of responders in the dossier’s trials: shares that were never fitted
foretold.product.groups | shares of responders in the dossier’s trials: each product, from the other products
foretold.study.bias | shares of responders in the dossier’s trials: each trial, from the other trials
gap_seen | people with depression, in the trials of mood
mood.expectancy.aicc | people with depression, in the trials of mood; explained by: hope, because people notice what they got
none_or_mild.onabotulinumtoxinA.women.30.dose | women with 30 units of onabotulinumtoxinA in the frown muscles; a response is when a physician calls the frown lines none or mild
relief_limit | as in the source
repeat.frown.feedback.gap | simulated (virtual, synthetic) people with onabotulinumtoxinA when the frown is back; mood as by: facial feedback
seen.glo12_median | people with 20 units of onabotulinumtoxinA in the frown muscles; a response is when a physician calls the frown lines none or mild
sobol.0.half_cut.alone | days until half of the responders have lost the effect, as the model computes it
swing.1.centre | days by which relief outlasts weakness (by: hope, because people notice what they got), as the model computes it
trial.beer2011.error | beer2011, foretold from the other trials
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
