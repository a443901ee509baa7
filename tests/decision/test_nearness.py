"""How far a person is from the trials, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.decision.nearness import ORDER, Distance, Like, distances, in_words, lowered
from glabella.decision.rating import LEVELS, Level
from glabella.dossier import Answers, Score
from tests.decision.consultations import made

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
        ({"severity": Score("marks", 10)}, {"age": "not asked", "place": "not asked", "severity": "not asked"}),
    ],
)  # fmt: skip
def test_words(answers: Answers, expected: dict[str, str]) -> None:
    assert likes(answers) == expected


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
