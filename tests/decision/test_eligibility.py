"""What rules come to for a person, and when the next dose could be."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.decision.eligibility import Eligibility, NextDose, eligibility, months_later, next_dose
from glabella.dossier import Answers, DoseGiven, Score, Spacing
from tests.decision.consultations import SAID, made, number

TODAY = date(2026, 11, 30)
MADE = made()
WELL: Answers = {
    "age": 38.0, "expecting": False, "weak": False, "place": "near", "drugs": ("blue",),
    "severity": Score("points", 27), "doses": (),
}  # fmt: skip


def given_before(*doses: tuple[str | None, float | None, int | None]) -> tuple[DoseGiven, ...]:
    return tuple(
        DoseGiven(product, units, None if days is None else TODAY - timedelta(days=days))
        for product, units, days in doses
    )


def found(**answers: object) -> Eligibility:
    return eligibility(MADE, {**WELL, **answers}, TODAY)  # type: ignore[dict-item]


def next_of(product: str, *doses: tuple[str | None, float | None, int | None]) -> NextDose:
    return next_dose(product, MADE.spacing, given_before(*doses), TODAY)


def test_nothing_holds_for_somebody_whom_no_rule_is_about() -> None:
    it = found()
    assert (it.stops, it.cautions, it.first, it.undecided, it.asks) == ((), (), (), (), ())
    assert (it.stopped, it.crisis, it.withheld, it.mixed) == (False, False, False, False)


def test_each_rule_goes_where_it_asks_to_go() -> None:
    it = found(weak=True, expecting=True, drugs=())
    assert [met.id for met in it.stops] == ["weak"]
    assert [met.id for met in it.cautions] == ["expecting"]
    assert [met.id for met in it.first] == ["none"]
    assert it.stopped is True
    assert it.withheld is True


def test_of_rules_that_say_the_same_the_first_that_holds_is_told() -> None:
    same = {"then": "caution", "text": SAID}
    it = made(rules={"one": {"when": {"weak": ["yes"]}, **same}, "two": {"when": {"expecting": ["yes"]}, **same},
                     "other": {"when": {"weak": ["yes"]}, **same, "then": "stop"}})  # fmt: skip
    for answers, told in (({"weak": True, "expecting": True}, ["other", "one"]), ({"expecting": True}, ["two"])):
        assert [met.id for met in eligibility(it, {**WELL, **answers}, TODAY).met] == told


def test_what_cannot_wait_is_asked_first_where_a_rule_that_holds_names_it() -> None:
    today = {"text": SAID, "days": number(1), "why": SAID}
    it = made(rules={"weak": {"when": {"weak": ["yes"]}, "then": "stop", "text": SAID, "ask": ["expecting"]},
                     "now": {"when": {"expecting": ["yes"]}, "then": "caution", "text": SAID,
                             "today": today}})  # fmt: skip
    for answers, first in (({"weak": True, "expecting": None}, ("expecting",)), ({"weak": True}, ()),
                           ({"expecting": None}, ())):  # fmt: skip
        assert eligibility(it, {**WELL, **answers}, TODAY).asked_first == first


def test_what_is_not_known_becomes_a_question_those_of_stops_first() -> None:
    it = eligibility(MADE, {}, TODAY)
    assert it.stopped is None
    assert it.withheld is None
    assert it.crisis is None
    assert it.asks == ("weak", "doses", "expecting", "drugs", "age")
    assert [met.rule.then for met in it.undecided] == ["stop", "stop", "caution", "caution", "ask first"]


def test_an_answer_that_cannot_turn_a_rule_is_not_asked_for() -> None:
    assert found(age=None).asks == ()
    assert found(age=None, drugs=("amber",)).asks == ("age",)


def test_a_crisis_comes_from_the_answer_on_its_scale() -> None:
    assert found(severity=Score("points", 50)).crisis is True
    assert found(severity=Score("marks", 50)).crisis is None
    assert eligibility(made(crisis=None), {}, TODAY).crisis is False


def test_another_product_six_weeks_ago_is_waited_for_and_not_counted() -> None:
    it = next_of("one", ("other", 30, 42))
    assert (it.waited, it.days, it.units, it.left, it.others) == (False, (42, 42), 0, 400, ("other",))
    assert it.earliest == TODAY + timedelta(days=42)


def test_the_longer_interval_of_both_products_counts() -> None:
    assert next_of("one", ("two", 30, 100)).earliest == TODAY + timedelta(days=12)
    assert next_of("two", ("one", 30, 100)).earliest == TODAY + timedelta(days=12)
    assert next_of("one", ("one", 30, 100)).earliest == TODAY


def test_no_dose_before_leaves_all() -> None:
    it = next_of("one")
    assert (it.waited, it.days, it.units, it.left, it.earliest) == (True, None, 0, 400, TODAY)


def test_a_dose_leaves_its_span_on_the_day_that_ends_it() -> None:
    assert (next_of("one", ("one", 100, 83)).units, next_of("one", ("one", 100, 84)).units) == (100, 0)


def test_the_next_day_waits_for_room_too() -> None:
    long = {"one": Spacing.model_validate({
        "least_days": number(10), "most_units": number(400), "within_days": number(84), "text": SAID})}  # fmt: skip
    doses = given_before(("one", 300, 50), ("one", 100, 20))
    it = next_dose("one", long, doses, TODAY)
    assert (it.waited, it.units, it.left, it.earliest) == (True, 400, 0, TODAY + timedelta(days=34))


@pytest.mark.parametrize(
    ("dose", "waited", "units", "day"),
    [
        (("one", 20, None), None, None, None),
        (("one", None, 100), True, 0, TODAY),
        (("one", None, 42), False, None, None),
        ((None, 20, 42), False, None, None),
        (("other", None, None), None, 0, None),
    ],
)
def test_what_is_not_known_of_a_dose_leaves_open_what_rests_on_it(
    dose: tuple[str | None, float | None, int | None],
    waited: bool | None,
    units: float | None,
    day: date | None,
) -> None:
    it = next_of("one", dose)
    assert (it.waited, it.units, it.earliest) == (waited, units, day)


def test_nothing_known_of_doses_leaves_all_open() -> None:
    it = next_dose("one", MADE.spacing, None, TODAY)
    assert (it.waited, it.units, it.left, it.earliest) == (None, None, None, None)


def test_an_interval_that_the_source_lacks_is_not_known() -> None:
    lacking = {"one": Spacing.model_validate({"least_days": number(None), "text": SAID})}
    doses = given_before(("one", 20, 400))
    assert next_dose("one", lacking, doses, TODAY).waited is None


@pytest.mark.parametrize(
    ("doses", "mixed"),
    [((), False), ((("one", 1, 9),), True), ((("other", 1, 9),), True), (((None, 1, 9),), True)],
)
def test_several_products_are_said_to_be_mixed(
    doses: tuple[tuple[str | None, float, int], ...], mixed: bool
) -> None:
    assert found(doses=given_before(*doses)).mixed is mixed


def test_one_product_alone_is_not_mixed() -> None:
    alone = made(spacing={"one": {"least_days": number(84), "text": SAID}})
    assert not eligibility(alone, {"doses": given_before(("one", 20, 9))}, TODAY).mixed


@given(st.lists(st.tuples(st.sampled_from(["one", "two", "other"]), st.integers(1, 300), st.integers(0, 300))))
def test_other_products_never_enter_a_sum(doses: list[tuple[str, int, int]]) -> None:
    mine = [each for each in doses if each[0] == "one"]
    assert next_of("one", *doses).units == next_of("one", *mine).units
    assert next_of("one", *doses).units == sum(units for _, units, days in mine if days < 84)


@given(st.lists(st.tuples(st.sampled_from(["one", "two", "other"]), st.integers(1, 300), st.integers(0, 300))))
def test_the_day_found_is_the_first_that_allows_it(doses: list[tuple[str, int, int]]) -> None:
    earliest = next_of("one", *doses).earliest
    given_doses = given_before(*doses)

    def allowed(day: date) -> bool:
        then = next_dose("one", MADE.spacing, given_doses, day)
        return bool(then.waited) and then.left is not None and then.left > 0

    assert earliest is not None
    assert allowed(earliest)
    assert not any(allowed(TODAY + timedelta(days=step)) for step in range((earliest - TODAY).days))


# --- months of the calendar, and answers that do not go together -----------------------------------------


def test_months_are_those_of_the_calendar() -> None:
    spacing = {"m": Spacing.model_validate({"least_months": number(3), "text": SAID})}
    given = (DoseGiven("m", 20, date(2024, 10, 19)),)
    assert next_dose("m", spacing, given, date(2025, 1, 18)).waited is False
    it = next_dose("m", spacing, given, date(2025, 1, 19))
    assert (it.waited, it.earliest) == (True, date(2025, 1, 19))


def test_units_count_until_so_many_months_have_passed() -> None:
    content = {"least_days": number(30), "most_units": number(400), "within_months": number(3), "text": SAID}
    spacing = {"m": Spacing.model_validate(content)}
    given = (DoseGiven("m", 400, date(2024, 10, 19)),)
    assert next_dose("m", spacing, given, date(2025, 1, 18)).left == 0
    assert next_dose("m", spacing, given, date(2025, 1, 18)).earliest == date(2025, 1, 19)
    assert next_dose("m", spacing, given, date(2025, 1, 19)).units == 0


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 24))
def test_so_many_months_later_is_never_sooner(since: date, months: int) -> None:
    later = months_later(since, months)
    assert later > since
    assert 28 * months <= (later - since).days <= 31 * months + 1
    assert months_later(since + timedelta(days=1), months) >= later


@pytest.mark.parametrize(
    "more",
    [
        {"least_days": number(84), "least_months": number(3)},
        {"least_months": number(2.5)},
        {"most_units": number(400), "within_days": number(84), "within_months": number(3)},
        {"within_months": number(3)},
        {"most_units": number(400)},
    ],
)
def test_times_that_contradict_each_other_are_refused(more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"expected|needs"):
        Spacing.model_validate({"text": SAID, **more})


def test_answers_that_do_not_go_together_are_found_and_what_is_not_known_is_none() -> None:
    clashing = made(clashes={"both": {"when": {"weak": ["no"], "expecting": ["yes"]}, "text": SAID}})
    assert eligibility(clashing, {**WELL, "expecting": True}, TODAY).clashes == ("both",)
    assert eligibility(clashing, WELL, TODAY).clashes == ()
    assert eligibility(clashing, {"expecting": True}, TODAY).clashes == ()
