"""Virtual people and rules of repeating: against closed forms and people followed one by one."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit

from glabella.mechanism import Rule, load
from glabella.mechanism._repeated import YEAR, Scheduled, schedules
from glabella.mechanism._virtual import VirtualPeople, virtual_people
from tests.mechanism.toy import BULK, CARRIERS, LOSS, MOOD, SHIFT, SPREAD, likelihood

PEOPLE = 6000
ASKED: dict[str, Any] = {"product": "one", "dose": 0.01, "definition": "mild", "sex_share_men": 0.3,
                         "days": np.arange(0.0, 301.0, 4.0)}  # fmt: skip


def several() -> Any:
    """Draws with a threshold and a rate of their own."""
    draws = np.repeat(likelihood().start[None], 7, axis=0)
    draws[:, 0] += np.linspace(-0.3, 0.3, 7)
    draws[:, 1] += np.linspace(1, -1, 7)
    return draws


def test_people_are_distributed_as_the_unknowns_say() -> None:
    here = likelihood()
    people = virtual_people(PEOPLE, draws=here.start, likelihood=here, **ASKED)
    assert people.men.mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / PEOPLE))
    assert people.antibodies.mean() == pytest.approx(CARRIERS, abs=4 * np.sqrt(0.09 / PEOPLE))
    assert (people.constants["sensitivity"][people.antibodies] == 0).all()
    for who, centre in ((people.men, SHIFT), (~people.men, 0.0)):
        logs = np.log(people.constants["sensitivity"][who & ~people.antibodies])
        assert logs.mean() == pytest.approx(centre, abs=4 * SPREAD / np.sqrt(len(logs)))
        assert logs.std() == pytest.approx(SPREAD, abs=4 * SPREAD / np.sqrt(2 * len(logs)))
    assert not people.failed.any()


def test_unknowns_of_a_person_are_those_of_one_draw_and_all_draws_are_used_alike() -> None:
    people = virtual_people(100, draws=several(), likelihood=likelihood(), **ASKED)
    rates, counts = np.unique(people.constants["kdeg"], return_counts=True)
    np.testing.assert_allclose(rates, LOSS * np.exp(np.linspace(-0.3, 0.3, 7)))
    assert sorted(counts) == [14] * 5 + [15] * 2
    # A high threshold came with a low rate.
    order = np.argsort(people.constants["kdeg"], kind="stable")
    assert (np.diff(people.threshold[order]) <= 0).all()
    # Fewer people than draws: not always the first draws.
    few = {tuple(virtual_people(2, draws=several(), likelihood=likelihood(), seed=seed, **ASKED).threshold)
           for seed in range(8)}  # fmt: skip
    assert len(few) > 3


def test_weak_responders_never_reach_their_threshold() -> None:
    people = virtual_people(400, draws=several(), likelihood=likelihood(), **(ASKED | {"dose": 0.002}))
    days, rate = ASKED["days"], people.constants["kdeg"][:, None]
    with np.errstate(divide="ignore"):
        height = np.log(0.002 * people.constants["sensitivity"][:, None]) + 2 * np.log(days) - rate * days
    expected = (height.max(axis=1) < logit(people.threshold)) & ~people.antibodies
    assert 20 < expected.sum() < 380
    np.testing.assert_array_equal(people.weak, expected)


def test_the_same_seed_draws_the_same_people() -> None:
    one, two, other = (virtual_people(50, draws=several(), likelihood=likelihood(), seed=seed, **ASKED)
                       for seed in (5, 5, 6))  # fmt: skip
    np.testing.assert_array_equal(one.constants["sensitivity"], two.constants["sensitivity"])
    assert (one.constants["sensitivity"] != other.constants["sensitivity"]).any()


def test_people_that_cannot_be() -> None:
    for changed, message in (
        ({"definition": "other"}, "threshold_other"), ({"sex_share_men": 2}, "expected at least"),
        ({"antibody_share_from": "x"}, "no unknown x"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            virtual_people(5, draws=several(), likelihood=likelihood(), **(ASKED | changed))
    draws = several()
    draws[0, 0] = np.nan
    people = virtual_people(70, draws=draws, likelihood=likelihood(), **ASKED)
    assert people.failed.sum() == 10
    assert not people.weak[people.failed].any()


def crowd(n: int = 60, carriers: int = 5) -> VirtualPeople:
    """People of a model whose weakness is dose * sensitivity, lost at a constant rate."""
    rng = np.random.default_rng(8)
    antibodies = np.arange(n) < carriers
    sensitivity = np.where(antibodies, 0.0, np.exp(0.5 * rng.standard_normal(n)))
    none = np.zeros(n, dtype=bool)
    constants = {"dose": np.full(n, 20.0), "sensitivity": sensitivity,
                 "kdeg": LOSS * np.exp(0.3 * rng.standard_normal(n)), "k_mood": np.full(n, 0.1)}  # fmt: skip
    return VirtualPeople(constants, rng.uniform(3, 10, n), antibodies, none, none, none)


def run(people: VirtualPeople, rule: Rule, end: float = 728.0, **more: Any) -> Scheduled:
    limits: dict[str, Any] = {"weakness": people.threshold, "relief": 4.0}
    (found,) = schedules(MOOD, people, {"rule": rule}, end=end, into="bulk", limits=limits, **more)
    assert found.name == "rule"
    return found


def followed(people: VirtualPeople, who: int, rule: Rule, end: float) -> tuple[int, float, float]:
    """Follow one person by the closed form: injections, share of weeks with an effect, weeks until it is lost."""
    dose = people.constants["dose"][who] * people.constants["sensitivity"][who]
    rate, limit = people.constants["kdeg"][who], people.threshold[who]
    amount, last, count, weeks = dose, 0.0, 1, 0
    top = dose
    for day in np.arange(7.0, min(end, rule.until) + 1e-6, 7.0):
        amount = top * np.exp(-rate * (day - last))
        weeks += int(amount >= limit)
        if day % rule.every == 0 and day - last >= rule.gap and amount / limit < rule.below:
            top, last = amount + dose, day
            count += int(day < min(end, rule.until))
    with np.errstate(divide="ignore"):
        return count, weeks / (min(end, rule.until) // 7), max(np.log(top / limit) / rate, 0) / 7


@pytest.mark.parametrize("rule", [
    Rule("weakness", 1.0, gap=84.0, every=7.0), Rule("weakness", 1.0, gap=84.0, every=28.0),
    Rule("weakness", 0.5, gap=60.0, every=28.0), Rule("weakness", np.inf, gap=90.0, every=28.0),
    Rule("weakness", -np.inf, gap=84.0, every=7.0), Rule("weakness", 1.0, gap=84.0, every=28.0, until=364.0),
])  # fmt: skip
def test_people_fare_as_each_of_them_followed_alone(rule: Rule) -> None:
    people, end = crowd(), 1092.0
    found = run(people, rule, end)
    alone = np.array([followed(people, who, rule, end) for who in range(60)])
    years = min(end, rule.until) / YEAR
    for spread, values in ((found.everyone.injections, alone[:, 0] / years),
                           (found.everyone.units, 20 * alone[:, 0] / years),
                           (found.everyone.weeks["weakness"], alone[:, 1] * YEAR / 7)):  # fmt: skip
        np.testing.assert_allclose([spread.mean, spread.low, spread.high],
                                   [values.mean(), *np.quantile(values, [0.1, 0.9])], rtol=1e-9)  # fmt: skip
    assert len(found.stopped) == (2 if rule.until < end else 0)


def test_a_fixed_interval_gives_its_counts() -> None:
    found = run(crowd(), Rule("weakness", np.inf, gap=84.0, every=7.0))
    # Days 0, 84, ..., 672.
    each = 9 / (728 / YEAR)
    for spread, value in ((found.everyone.injections, each), (found.everyone.units, 20 * each)):
        np.testing.assert_allclose([spread.mean, spread.low, spread.high], value)
    half = run(crowd(), Rule("weakness", np.inf, gap=84.0, every=7.0), constants={"dose": 10.0})
    assert half.everyone.units.mean == pytest.approx(10 * each)


def test_carriers_never_respond_and_the_parts_add_up() -> None:
    found = run(crowd(), Rule("weakness", 1.0, gap=84.0, every=28.0))
    carriers, others = found.carriers, found.others
    assert carriers is not None
    assert others is not None
    assert (carriers.people, others.people) == (5, 55)
    assert carriers.weeks["weakness"].high == carriers.weeks["relief"].high == 0.0
    assert carriers.never == {"weakness": 1.0, "relief": 1.0}
    # They are injected whenever they may be: on days 0, 84, ..., 672.
    assert carriers.injections.low == carriers.injections.high == pytest.approx(9 / (728 / YEAR))
    for name in ("injections", "units"):
        whole = (5 * getattr(carriers, name).mean + 55 * getattr(others, name).mean) / 60
        assert getattr(found.everyone, name).mean == pytest.approx(whole)
    assert run(crowd(20, 0), Rule("weakness", 1.0, gap=84.0, every=28.0)).carriers is None


def test_stopping_loses_the_effect_when_the_closed_form_does() -> None:
    people, rule = crowd(), Rule("weakness", np.inf, gap=84.0, every=7.0, until=170.0)
    found = run(people, rule, 900.0).stopped["weakness"]
    weeks = np.array([followed(people, who, rule, 900.0)[2] for who in range(60)])
    # Five carriers, and one whose effect is lost within a week and not seen.
    had = weeks >= 1
    assert found.without == (~had).sum() == 6
    assert found.kept == 0.0
    low, median, high = np.quantile(weeks[had], [0.1, 0.5, 0.9])
    # Between weeks the fall is interpolated linearly: a hundredth of a week.
    np.testing.assert_allclose(
        [found.weeks.value, found.weeks.low, found.weeks.high], [median, low, high], atol=0.03
    )
    short = run(people, rule, 210.0).stopped["weakness"]
    assert short.kept == pytest.approx((weeks[had] > 6).mean())
    assert short.weeks.high == np.inf


def test_relief_outlasts_weakness_after_stopping() -> None:
    people = replace(crowd(20, 0), threshold=np.full(20, 4.0))
    stopped = run(people, Rule("relief", 1.0, gap=84.0, every=28.0, until=364.0), 900.0).stopped
    assert stopped["relief"].weeks.value > stopped["weakness"].weeks.value


def test_those_who_fail_are_counted_and_left_out() -> None:
    people = crowd()
    people.constants["kdeg"][[2, 30]] = np.nan
    found = run(people, Rule("weakness", 1.0, gap=84.0, every=28.0))
    assert found.failed == 2
    assert found.everyone.people == 58
    assert found.carriers is not None
    assert found.carriers.people == 4
    assert np.isfinite(found.everyone.weeks["weakness"].mean)
    people.constants["kdeg"][:] = np.nan
    with pytest.raises(ValueError, match="nobody can be simulated by the rule rule: kdeg is no finite number"):
        run(people, Rule("weakness", 1.0, gap=84.0, every=28.0))


@settings(max_examples=10, deadline=None)
@given(st.floats(0.2, 1.0), st.floats(0.2, 1.0))
def test_waiting_longer_injects_no_more(one: float, two: float) -> None:
    late, early = (run(crowd(12, 2), Rule("weakness", below, gap=28.0, every=7.0)).everyone
                   for below in sorted((one, two)))  # fmt: skip
    assert late.injections.mean <= early.injections.mean + 1e-9
    assert late.weeks["weakness"].mean <= early.weeks["weakness"].mean + 1e-9
    assert early.weeks["weakness"].high <= YEAR / 7


def test_rules_that_cannot_be() -> None:
    people, rule = crowd(4), Rule("weakness", 1.0, gap=84.0, every=28.0)
    for bad, message in (
        (replace(rule, every=10.0), "multiples of 7"), (replace(rule, until=1.0), "multiples of 7"),
        (replace(rule, quantity="mood"), "looks at mood, which has no limit"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            run(people, bad)
    with pytest.raises(ValueError, match="limit of weakness is 0"):
        run(replace(people, threshold=np.zeros(4)), rule)
    with pytest.raises(ValueError, match="no 'mood'"):
        schedules(MOOD, people, {"a": replace(rule, quantity="mood")}, end=728.0, into="bulk", limits={"mood": 1.0})
    hours = load(BULK.replace("time_unit = 86400", "time_unit = 3600").replace("1 / 86400", "1 / 3600"))
    with pytest.raises(ValueError, match="expected days"):
        schedules(hours, people, {"a": rule}, end=728.0, into="bulk", limits={"weakness": 1.0})
