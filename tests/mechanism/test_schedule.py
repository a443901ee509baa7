"""Injections by a rule: the fixed interval is the schedule of the same times, and a rule keeps its promise."""

import numpy as np
import pytest

from glabella.mechanism import Rule, load, simulate_population, simulate_rule
from tests.mechanism.models import TOXIN

FIXED = Rule("weakness", np.inf, gap=84.0, every=7.0)


def test_a_fixed_interval_is_the_schedule_of_the_same_times() -> None:
    model = load(TOXIN)
    doses = {"dose": [10.0, 20.0, 40.0]}
    course = simulate_rule(model, FIXED, 364.0, doses, into="bulk")
    times = course.population.times
    assert times[course.injected[0]].tolist() == [0.0, 84.0, 168.0, 252.0, 336.0]
    # A course shows the moment before an injection, a schedule the moment after: they differ in the bulk alone.
    same = simulate_population(model, times, doses, injections=(0.0, 84.0, 168.0, 252.0, 336.0), into="bulk")
    for name in ("weakness", "intact", "light_chain"):
        np.testing.assert_allclose(course.population.values[name], same.values[name], rtol=1e-6, atol=1e-8)


def test_nobody_is_injected_before_the_limit_or_the_gap() -> None:
    model = load(TOXIN)
    rng = np.random.default_rng(4)
    patients = {"dose": 20 * np.exp(rng.standard_normal(40)), "kdeg": 0.0144 * np.exp(rng.standard_normal(40) / 2)}
    course = simulate_rule(model, Rule("weakness", 0.5, gap=84.0, every=7.0), 728.0, patients, into="bulk")
    times, weakness = course.population.times, course.population.values["weakness"]
    assert len(set(course.injections.tolist())) > 3
    for person, given in enumerate(course.injected):
        again = np.flatnonzero(given)[1:]
        assert (weakness[person, again] < 0.5).all()
        assert (np.diff(times[given]) >= 84.0).all()
        # And nobody waits who need not: at each visit that is due, the injection is given.
        last = 0.0
        for visit in range(1, len(times)):
            due = weakness[person, visit] < 0.5 and times[visit] - last >= 84.0
            assert given[visit] == due
            last = times[visit] if due else last


def test_never_again_and_stopping() -> None:
    model = load(TOXIN)
    once = simulate_rule(model, Rule("weakness", -np.inf, gap=84.0, every=7.0), 364.0, into="bulk")
    assert once.injections.tolist() == [1]
    stopped = simulate_rule(model, Rule("weakness", np.inf, gap=84.0, every=7.0, until=170.0), 728.0, into="bulk")
    assert stopped.injections.tolist() == [3]
    assert stopped.population.values["weakness"][0, -1] < 0.01


def test_a_patient_who_fails_is_not_injected() -> None:
    course = simulate_rule(load(TOXIN), FIXED, 364.0, {"kdeg": [np.nan, 0.0144]}, into="bulk")
    assert course.population.failed.tolist() == [True, False]
    assert course.injections.tolist() == [0, 5]


@pytest.mark.parametrize(
    ("rule", "end", "message"),
    [
        (Rule("weakness", 0.5, gap=0.0, every=7.0), 364.0, "above 0"),
        (Rule("weakness", 0.5, gap=84.0, every=0.0), 364.0, "above 0"),
        (Rule("weakness", 0.5, gap=84.0, every=7.0), 1.0, "no sooner"),
        (Rule("mood", 0.5, gap=84.0, every=7.0), 364.0, "computes no 'mood'"),
    ],
)
def test_a_rule_that_cannot_be(rule: Rule, end: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate_rule(load(TOXIN), rule, end, into="bulk")
