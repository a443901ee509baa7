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
constant.k_entry | entry into the nerve ending | per day | after one session |  | brief.quote
constant.k_loss | loss of the enzyme, most likely value | per day | after one session |  | mechanism.fit
constants.assumed | numbers that the data do not identify |  | after one session |  | mechanism.fit_course
constants.identified | numbers that the data identify |  | after one session |  | mechanism.fit_course
constants.partly | numbers that the data identify in part |  | after one session |  | mechanism.fit_course
counted.glo12_d30.day | day on which people with a weakened frown were counted | day | after one session |  | brief.quote
counted.glo12_d30.share | people whose frown was weakened, as a trial counted | % | after one session |  | brief.quote
predicted.product_late.bias | mean of predicted less seen | percentage points | at the days of the trials |  | mechanism.scores
predicted.shares.coverage | 95 % prediction intervals that hold what was seen | % | at the days of the trials |  | mechanism.scores
predicted.shares.error | mean absolute error | percentage points | at the days of the trials |  | mechanism.scores
predicted.shares.rows | observations predicted |  | at the days of the trials |  | mechanism.scores
predicted.shares.score | mean log score, an observation |  | at the days of the trials |  | mechanism.scores
predicted.shares.trials | trials predicted |  | at the days of the trials |  | mechanism.scores
predicted.shares.width | mean width of the 95 % prediction intervals of shares | percentage points | at the days of the trials |  | mechanism.scores
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
none_or_mild.onabotulinumtoxinA.women.30.dose | dose given once | units of onabotulinumtoxinA | after one session |  | mechanism.fit_course
none_or_mild.onabotulinumtoxinA.women.30.duration | time by which the frown is back in half of those in whom it was weakened on day 30 | weeks | after one session | 95 % credible interval | mechanism.fit_course
none_or_mild.onabotulinumtoxinA.women.30.kept.84 | people whose frown is still weakened on day 84, of those in whom it was on day 30 | % | after one session | 95 % credible interval | mechanism.fit_course
none_or_mild.onabotulinumtoxinA.women.30.kept.84.time | time after it was given | weeks | after one session |  | mechanism.fit_course
none_or_mild.onabotulinumtoxinA.women.30.new_trial | time by which the frown is back in half of those in whom it was weakened on day 30, and what a new trial may see | weeks | after one session | 95 % interval of a new trial | mechanism.fit_course
none_or_mild.onabotulinumtoxinA.women.30.onset | day by which the frown is weakened in half of those in whom it is at the peak | days | after one session | 95 % credible interval | mechanism.fit_course
none_or_mild.onabotulinumtoxinA.women.30.peak_day | day of the largest effect | days | after one session | 95 % credible interval | mechanism.fit_course
none_or_mild.onabotulinumtoxinA.women.30.peak_share | people whose frown is weakened at the peak | % | after one session | 95 % credible interval | mechanism.fit_course
none_or_mild.onabotulinumtoxinA.women.30.people | time by which the frown is back in half of those in whom it was weakened on day 30, and how people differ | weeks | after one session | tenth to ninetieth percentile of people | mechanism.fit_course
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
seen.glo12_median.after | last visit before the day by which the frown was back in half of those in whom it had weakened, as a trial saw | day | after one session |  | brief.quote
seen.glo12_median.by | first visit after the day by which the frown was back in half of those in whom it had weakened, as a trial saw | day | after one session |  | brief.quote
swing.0.centre | days by which relief outlasts weakness, if mood follows by hope, because people notice what they got, with every assumption at its central value |  | after one session |  | mechanism.tornado
trial.beer2011.error | mean absolute error | percentage points | at the days of the trial |  | mechanism.fit_course
trial.beer2011.inside | shares and medians within their 95 % prediction interval |  | at the days of the trial |  | mechanism.fit_course
trial.beer2011.shares | shares and medians of the trial |  | at the days of the trial |  | mechanism.fit_course
"""
#: One claim of each kind of people.
PEOPLE = """\
constant.k_entry | constants of the model
constant.k_loss | constants of the model
constants.assumed | constants of the model
predicted.shares.bias | shares of every product, of people with a weakened frown in the dossier’s trials, each trial predicted from the others
gap_seen | people with depression, in the trials of mood
mood.expectancy.aicc | people with depression, in the trials of mood; explained by: hope, because people notice what they got
none_or_mild.onabotulinumtoxinA.women.30.dose | women given 30 units of onabotulinumtoxinA in the frown muscles; the frown counts as weakened when a physician calls the frown lines none or mild
relief_limit | as in the source
repeat.weakness.feedback.gap | simulated (synthetic) people given onabotulinumtoxinA when the frown is back; mood follows by: facial feedback
seen.glo12_median.by | people given 20 units of onabotulinumtoxinA in the frown muscles; the frown counts as weakened when a physician calls the frown lines none or mild
swing.0.centre | people as the model computes them
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
