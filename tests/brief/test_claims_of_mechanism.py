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
mood.expectancy.aicc | AICc (lower is better) |  | at the weeks of the trials |  | mechanism.compare
mood.expectancy.bic | BIC (lower is better) |  | at the weeks of the trials |  | mechanism.compare
mood.expectancy.gain | largest relief that the explanation gives | points | at the weeks of the trials | 95 % interval by likelihood | mechanism.compare
mood.expectancy.half_life | half-life with which mood follows | days | after one session | 95 % interval by likelihood | mechanism.compare
mood.expectancy.spread | standard deviation by which trials differ besides | points | at the weeks of the trials |  | mechanism.compare
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
seen.glo12_median.after | last visit before the day by which the frown was back in half of those in whom it had weakened, as a trial saw | day | after one session |  | brief.quote
seen.glo12_median.by | first visit after the day by which the frown was back in half of those in whom it had weakened, as a trial saw | day | after one session |  | brief.quote
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
mood.expectancy.aicc | people with depression, in the trials of mood; explained by: hope, because people notice what they got
none_or_mild.onabotulinumtoxinA.women.30.dose | women given 30 units of onabotulinumtoxinA in the frown muscles; the frown counts as weakened when a physician calls the frown lines none or mild
seen.glo12_median.by | people given 20 units of onabotulinumtoxinA in the frown muscles; the frown counts as weakened when a physician calls the frown lines none or mild
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
