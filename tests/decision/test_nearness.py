"""How far a person is from the trials, in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.decision.nearness import ORDER, Distance, Like, distances, in_words, lowered
from glabella.decision.rating import LEVELS, Level
from glabella.dossier import Answers, DoseGiven, Score
from tests.decision.consultations import SAID, made, number

NEARNESS = made().nearness


def likes(answers: Answers) -> dict[str, str]:
    return {each.id: each.like for each in distances(NEARNESS, answers)}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"age": 38.0, "place": "near", "severity": Score("points", 27)},
         {"age": "many", "place": "some", "severity": "not known"}),
        ({"age": 70.0, "place": "far"}, {"age": "some", "place": "nobody", "severity": "not asked"}),
        ({"age": 15.0}, {"age": "nobody", "place": "not asked", "severity": "not asked"}),
        ({"age": 85.0}, {"age": "nobody", "place": "not asked", "severity": "not asked"}),
        ({"severity": Score("points", 10)}, {"age": "not asked", "place": "not asked", "severity": "not known"}),
        ({"severity": Score("marks", 10)}, {"age": "not asked", "place": "not asked", "severity": "not known"}),
    ],
)  # fmt: skip
def test_words(answers: Answers, expected: dict[str, str]) -> None:
    assert likes(answers) == expected


def test_a_score_is_compared_with_groups_of_its_own_scale() -> None:
    groups = [{"when": {"at_least": 20, "scale": "points"}, "people": number(60), "text": SAID},
              {"when": {"at_least": 9, "scale": "marks"}, "people": number(10), "text": SAID}]  # fmt: skip
    severity = {"ask": "severity", "label": "severity", "of": number(100), "otherwise": SAID, "groups": groups}
    nearness = made(nearness={"severity": severity}).nearness
    scores = Score("points", 27), Score("points", 9), Score("marks", 27), Score("marks", 3)
    assert [distances(nearness, {"severity": each})[0].like for each in scores] == [
        "many",
        "nobody",
        "some",
        "nobody",
    ]
    one = made(nearness={"severity": severity | {"groups": groups[:1]}}).nearness
    assert distances(one, {"severity": Score("marks", 27)})[0].like == "not known"


def test_doses_of_which_a_date_is_missing_are_not_known() -> None:
    group = {"when": {"below": 84}, "people": number(60), "text": SAID}
    of = {"ask": "doses", "label": "doses", "of": number(100), "otherwise": SAID, "groups": [group]}
    (found,) = distances(made(nearness={"doses": of}).nearness, {"doses": (DoseGiven("one"),)}, date(2026, 11, 30))
    assert (found.like, found.text) == ("not known", None)


def test_the_worst_stands_first() -> None:
    found = [
        each.like for each in distances(NEARNESS, {"age": 38.0, "place": "far", "severity": Score("points", 27)})
    ]
    assert found == ["nobody", "not known", "many"]


def test_the_limits_of_the_words() -> None:
    assert [in_words(each, 1000) for each in (0, 1, 49, 50, 199, 200, 1000)] == [
        "nobody", "few", "few", "some", "some", "many", "many"]  # fmt: skip
    assert [in_words(5, None), in_words(5, 0), in_words(None, 5)] == ["not known"] * 3


def test_a_share_is_of_those_who_report_it() -> None:
    found = {each.id: each for each in distances(NEARNESS, {"age": 70.0})}
    assert found["age"].share == 0.05
    assert found["place"].share is None
    assert found["place"].text is None


@given(st.sampled_from(LEVELS), st.lists(st.sampled_from(ORDER)))
def test_certainty_for_a_person_is_never_above_that_of_the_trials(level: Level, words: list[Like]) -> None:
    found = tuple(Distance("x", "x", "x", word, None, None, None) for word in words)
    place = LEVELS.index(lowered(level, found))
    assert place >= LEVELS.index(level)
    assert place >= LEVELS.index(lowered(level, found[1:]))
    if not {"nobody", "few"} & set(words):
        assert place == LEVELS.index(level)
