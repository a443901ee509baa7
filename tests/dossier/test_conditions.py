"""Conditions of three values, against every way in which what is missing could be."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.dossier import Ask, DoseGiven, Limit, Score, When
from glabella.dossier.conditions import days_since, every, holds, meets, open_asks, some, standing

TODAY = date(2026, 11, 30)
WHEN: When = {"a": ("yes",), "b": ("near", "far"), "c": Limit(at_least=18, below=65)}
FULL = {"a": (True, False), "b": ("near", "far", "else"), "c": (17.0, 18.0, 64.9, 65.0)}


@pytest.mark.parametrize("missing", list(product((False, True), repeat=3)))
def test_what_is_missing_leaves_open_only_what_it_could_turn(missing: tuple[bool, ...]) -> None:
    asks = list(FULL)
    for values in product(*FULL.values()):
        known = {ask: value for ask, value, gone in zip(asks, values, missing, strict=True) if not gone}
        ways = product(*(FULL[ask] if gone else (known[ask],) for ask, gone in zip(asks, missing, strict=True)))
        could = {holds(WHEN, dict(zip(asks, way, strict=True))) for way in ways}
        expected = could.pop() if len(could) == 1 else None
        assert holds(WHEN, known) is expected
        assert holds(WHEN, {**dict.fromkeys(asks), **known}) is expected
        gone = [ask for ask in asks if ask not in known]
        assert open_asks(WHEN, known) == (tuple(gone) if expected is None else ())


def test_an_empty_condition_holds_for_everybody() -> None:
    assert holds({}, {}) is True


@pytest.mark.parametrize(
    ("wanted", "answer", "expected"),
    [
        (("yes",), True, True),
        (("no",), True, False),
        (("yes", "no"), False, True),
        (("amber",), ("blue", "amber"), True),
        (("amber",), ("blue",), False),
        (("amber",), (), False),
        (("none",), (), True),
        (("none",), ("blue",), False),
        (Limit(at_least=3), 3.0, True),
        (Limit(below=3), 3.0, False),
        (Limit(at_least=20, scale="points"), Score("points", 20), True),
        (Limit(at_least=20, scale="points"), Score("points", 19.5), False),
        (Limit(at_least=20, scale="points"), Score("marks", 27), None),
        (Limit(below=84), (), False),
        (Limit(at_least=84), (), False),
        (Limit(at_least=3), None, None),
        (("yes",), None, None),
    ],
)
def test_one_answer(wanted, answer, expected) -> None:  # type: ignore[no-untyped-def]
    assert meets(wanted, answer, TODAY) is expected


def dosed(*days: int | None) -> tuple[DoseGiven, ...]:
    return tuple(DoseGiven("p", 20, None if each is None else TODAY - timedelta(days=each)) for each in days)


@pytest.mark.parametrize(
    ("days", "limit", "expected"),
    [
        ((42,), Limit(below=84), True),
        ((84,), Limit(below=84), False),
        ((84,), Limit(at_least=84), True),
        ((200, 42), Limit(below=84), True),
        ((None,), Limit(below=84), None),
        ((42, None), Limit(below=84), True),
        ((200, None), Limit(below=84), None),
        ((200, None), Limit(at_least=84), None),
        ((42, None), Limit(at_least=84), False),
        ((None,), Limit(at_least=0), True),
    ],
)
def test_doses_are_compared_by_the_days_since_the_last(
    days: tuple[int | None, ...], limit: Limit, expected: bool | None
) -> None:
    assert meets(limit, dosed(*days), TODAY) is expected


def test_days_since_need_a_day() -> None:
    with pytest.raises(ValueError, match="none was given"):
        meets(Limit(below=84), dosed(10))


def test_who_had_none_has_no_days() -> None:
    assert days_since((), TODAY) is None


@given(st.lists(st.sampled_from([True, False, None])))
def test_every_and_some_mirror_each_other(found: list[bool | None]) -> None:
    turned = [None if each is None else not each for each in found]
    mirror = some(turned)
    assert every(found) is (None if mirror is None else not mirror)


def test_what_is_not_asked_of_such_a_person_is_no_or_none_and_an_answer_stands() -> None:
    yes_no = {"label": "a", "ask": "A?", "kind": "yes_no", "of": {"sex": ["woman"]}}
    several = {"label": "b", "ask": "B?", "kind": "several", "choices": {"one": "one"}, "of": {"age": {"below": 9}}}
    asks = {"a": Ask.model_validate(yes_no), "b": Ask.model_validate(several)}
    assert standing(asks, {"sex": "man", "age": 9.0}) == {"sex": "man", "age": 9.0, "a": False, "b": ()}
    assert standing(asks, {"sex": "man", "a": True, "age": 8.0}) == {"sex": "man", "a": True, "age": 8.0}
    assert standing(asks, {}) == {}
    twice = standing(asks, {"sex": "man"})
    assert standing(asks, twice) == twice


@pytest.mark.parametrize(("day", "known"), [(date(2026, 11, 16), True), (date(2026, 11, 15), False), (None, True)])
def test_a_score_that_is_too_old_is_not_known_any_more(day: date | None, known: bool) -> None:
    said = {"text": "As it asks.", "status": "seen", "source": "A"}
    fresh = {"days": {"value": 14, "status": "seen", "source": "A"}, "why": said}
    severity = {"label": "s", "ask": "How bad?", "kind": "score", "scales": ["points"]}
    answers = {"severity": Score("points", 20, day)}
    for more, stands in (({"fresh": fresh}, known), ({}, True)):
        asks = {"severity": Ask.model_validate(severity | more)}
        assert ("severity" in standing(asks, answers, date(2026, 11, 30))) == stands
        assert "severity" in standing(asks, answers)
