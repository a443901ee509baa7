"""How a score moved, by the rules of a plan."""

from datetime import date

import pytest
from scipy import stats

from glabella.decision.course import beside, changed, counting, course, judged_on, reached, seen_again, target
from glabella.dossier import Plan, Score
from tests.decision.consultations import SAID, content, made, number

PLAN = made().plan
assert PLAN is not None
FIRST = Score("points", 27, date(2026, 10, 1))


@pytest.mark.parametrize(
    ("now", "met"),
    [
        (Score("points", 13.5), (True, True, False, None)),
        (Score("points", 13.6), (False, True, False, None)),
        (Score("points", 24.5), (False, True, False, None)),
        (Score("points", 25), (False, False, False, None)),
        (Score("points", 10), (True, True, True, None)),
        (Score("points", 40), (False, False, False, None)),
        (Score("marks", 5), (None, None, None, None)),
    ],
)
def test_changes_that_count(now: Score, met: tuple[bool | None, ...]) -> None:
    assert PLAN is not None
    assert tuple(changed(each, FIRST, now) for each in PLAN.changes) == met


def test_a_score_reached_needs_no_first_one_on_its_scale() -> None:
    assert PLAN is not None
    assert changed(PLAN.changes[2], Score("marks", 20), Score("points", 9)) is True
    assert changed(PLAN.changes[0], Score("points", 0), Score("points", 0)) is None


def test_visits_come_by_date_each_beside_the_nearest_that_was_seen() -> None:
    assert PLAN is not None
    later = [
        Score("points", 12, date(2026, 11, 12)),
        Score("marks", 7, None),
        Score("points", 20, date(2026, 10, 20)),
    ]
    found = course(PLAN, FIRST, later)
    assert [visit.days for visit in found] == [19, 42, None]
    assert [visit.fall for visit in found] == [7, 15, None]
    assert found[1].percent == pytest.approx(100 * 15 / 27)
    assert [visit.beside.seen.label if visit.beside else None for visit in found] == ["early", "late", None]
    assert [len(visit.changes) for visit in found] == [3, 3, 1]


def test_a_person_is_set_beside_one_further_person_of_the_trial() -> None:
    assert PLAN is not None
    found = beside(PLAN.course[1], 15, 42)
    further = stats.t(59, 11, 10 * (1 + 1 / 60) ** 0.5)
    assert (found.low, found.high) == pytest.approx(further.ppf([0.025, 0.975]), rel=1e-10)
    assert found.above == pytest.approx(further.cdf(15), rel=1e-10)


def test_a_spread_that_was_not_reported_gives_no_interval() -> None:
    assert PLAN is not None
    found = beside(PLAN.course[2], 3, 42)
    assert (found.low, found.high, found.above) == (None, None, None)


def test_the_day_to_judge() -> None:
    assert PLAN is not None
    assert judged_on(PLAN, date(2026, 11, 30)) == date(2027, 1, 11)
    open_plan = made(plan={**content()["plan"], "judge_days": number(None)}).plan
    assert open_plan is not None
    assert judged_on(open_plan, date(2026, 11, 30)) is None


def plan(**more: object) -> Plan:
    found = made(plan=content()["plan"] | more).plan
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "labels"), [(27, ["half", "a little", "well"]), (20, ["half", "a little", "well"]),
                          (19.9, ["a little", "well"]), (12.4, ["well"]), (10, ["well"]), (0, ["well"])]
)  # fmt: skip
def test_no_fall_counts_below_a_score_that_another_change_asks_for(value: float, labels: list[str]) -> None:
    assert [each.label for each in counting(plan(), Score("points", value))] == labels
    assert (reached(plan(), Score("points", value)) is not None) == (value <= 10)


def test_a_change_counts_from_its_least_first_score_on() -> None:
    changes = content()["plan"]["changes"]
    changes[1] = changes[1] | {"from_points": number(20)}
    for value, counts in ((20, True), (19, False)):
        found = counting(plan(changes=changes), Score("points", value))
        assert ("a little" in [each.label for each in found]) == counts


def test_a_score_to_be_reached_is_whole_where_points_are() -> None:
    half = plan().changes[0]
    assert (target(half, Score("points", 27)), target(half, Score("points", 27), whole=True)) == (13.5, 13)
    assert target(plan().changes[1], Score("points", 2)) is None


def test_the_first_review_that_may_hold_says_when_to_see_each_other_again() -> None:
    reviews = [
        {"when": {"weak": ["yes"]}, "days": number(7), "text": SAID},
        {"when": {"age": {"below": 26}}, "days": number(10), "text": SAID},
        {"days": number(14), "text": SAID},
    ]
    it, on = plan(reviews=reviews), date(2026, 11, 30)
    for answers, days in (({"weak": False, "age": 40.0}, 14), ({"weak": False, "age": 20.0}, 10),
                          ({"weak": True, "age": 40.0}, 7), ({"age": 40.0}, 7), ({}, 7)):  # fmt: skip
        found = seen_again(it, answers, on)
        assert found is not None
        assert (found[1] - on).days == days
    assert seen_again(plan(), {}, on) is None
