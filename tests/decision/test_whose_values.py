"""Whose values would choose what: every guard in its order, and what is said where all numbers are there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from glabella.decision.chances import Chance, Consulted, Reading, Share, Without
from glabella.decision.eligibility import Eligibility
from glabella.decision.preferences import Reading as Word
from glabella.decision.uncertain import exactly
from glabella.decision.whose_values import Wanted, whose_values
from glabella.dossier import Consultation, Matter
from tests.decision.consultations import content, option

NOBODY = Eligibility((), (), (), (), (), (), False, False, (), mixed=False)


def consultation(**more: Any) -> Consultation:
    matters = {
        "better": {"label": "feeling better", "better": "higher", "family": "mood", "chance": True, "least": 20,
                   "most": 60},
        "sick": {"label": "no sickness", "better": "lower", "family": "sickness",
                 "harms": {"a": "of_a", "b": "of_b"}, "least": 50, "most": 0},
    }  # fmt: skip
    options = {"a": option(this=True), "b": option()}
    made = content() | {"options": options, "matters": matters, **more}
    made.pop("nearness", None)
    return Consultation.model_validate(made)


def chance(key: str, it: Consultation, low: float, middle: float, high: float, **more: Any) -> Chance:
    share = Share(low, high, (middle, middle))
    without = Without("mock", ("all",), True, Share(0.3, 0.4, (0.35, 0.35)), True, (exactly(0.35),))
    reading: Any = Reading(None, share, share, 0.1, more.pop("enough", None), None, False)  # type: ignore[arg-type]
    return replace(Chance(key, it.options[key], "number", without, reading, (), "low", ()), **more)


def found(it: Consultation, **more: Any) -> Consulted:
    """Give A with the better chance, B with the worse one."""
    return Consulted(
        NOBODY, (), {"a": chance("a", it, 0.5, 0.55, 0.6), "b": chance("b", it, 0.3, 0.35, 0.4), **more}
    )


COUNTED = {"of_a": (300.0, 1000.0), "of_b": (50.0, 1000.0)}


def test_each_is_chosen_by_those_who_put_first_what_it_does_best() -> None:
    it = consultation()
    said = whose_values(it, found(it), COUNTED)
    assert (said.because, said.entering) == (None, ("a", "b"))
    assert said.first is not None
    words = {key: (each.reading, said.entering[each.option]) for key, each in said.first.items()}
    assert words["better"][1] == "a"
    assert words["sick"] == (Word.CHOOSE, "b")


def test_shares_are_those_of_draws_made_another_way() -> None:
    """Weights by the gaps of one uniform number, outcomes straight from their distributions."""
    it = consultation()
    said = whose_values(it, found(it), COUNTED)
    assert said.first is not None
    random = np.random.default_rng(11)
    n = 400_000

    def odds(low: float, middle: float, high: float) -> Any:
        z = random.standard_normal(n)
        logit = [np.log(each / (1 - each)) for each in (low, middle, high)]
        spread = np.where(z < 0, logit[1] - logit[0], logit[2] - logit[1]) / 1.959963984540054
        return 1 / (1 + np.exp(-(logit[1] + spread * z)))

    sick = [random.beta(x + 0.5, n_ - x + 0.5, n) for x, n_ in COUNTED.values()]
    value = [((each - 0.2) / 0.4, (0.5 - ill) / 0.5)
             for each, ill in zip((odds(0.5, 0.55, 0.6), odds(0.3, 0.35, 0.4)), sick, strict=True)]  # fmt: skip
    first = random.uniform(0.5, 1, n)
    for key, weight in (("better", first), ("sick", 1 - first)):
        worth = [weight * good + (1 - weight) * well for good, well in value]
        share = float(np.mean(worth[said.first[key].option] > worth[1 - said.first[key].option]))
        error = 4 * (0.25 / n) ** 0.5 + 4 * (0.25 / 100_000) ** 0.5
        assert said.first[key].share == pytest.approx(share, abs=error)


def test_a_dominated_option_is_never_chosen() -> None:
    it = consultation()
    said = whose_values(it, found(it), {"of_a": (10.0, 1000.0), "of_b": (200.0, 1000.0)})
    assert said.first is not None
    assert {(each.reading, each.option) for each in said.first.values()} == {(Word.CHOOSE, 0)}


def test_nothing_is_ranked_while_a_number_is_missing() -> None:
    it = consultation()
    several = chance("a", it, 0.1, 0.5, 0.9, state="readings")
    open_ = chance("a", it, 0.1, 0.5, 0.9)
    assert open_.main is not None
    two = replace(open_, main=replace(open_.main, share=Share(0.2, 0.6, (0.3, 0.5))))
    for it_chance in (several, two):
        said = whose_values(it, found(it, a=it_chance), COUNTED)
        assert (said.because, said.missing) == ("missing", (("better", "a"),))
    said = whose_values(it, found(it), COUNTED | {"of_b": None})
    assert (said.because, said.missing) == ("missing", (("sick", "b"),))
    assert whose_values(consultation(matters={}), found(it), COUNTED).because == "missing"


def test_numbers_beside_different_controls_are_not_ranked() -> None:
    it = consultation()
    other = chance("b", it, 0.3, 0.35, 0.4)
    assert other.without is not None
    moved = replace(other, without=replace(other.without, control="care"))
    assert whose_values(it, found(it, b=moved), COUNTED).because == "controls"


@pytest.mark.parametrize(
    ("field", "value", "because"), [("family", "mood", "family"), ("least", None, "range"), ("most", 50, "range")]
)
def test_two_of_one_family_or_no_range(field: str, value: Any, because: str) -> None:
    it = consultation()
    sick = Matter.model_validate(it.matters["sick"].model_dump(exclude_none=True) | {field: value})
    changed = it.model_copy(update={"matters": {**it.matters, "sick": sick}})
    assert whose_values(changed, found(it), COUNTED).because == because


def test_an_option_that_does_too_little_does_not_enter() -> None:
    it = consultation()
    little = found(it, b=chance("b", it, 0.3, 0.35, 0.4, enough=(0.4, 0.9)))
    said = whose_values(it, little, COUNTED)
    assert (said.because, said.entering) == ("gate", ("a",))
    enough = found(it, b=chance("b", it, 0.3, 0.35, 0.4, enough=(0.5, 0.9)))
    assert whose_values(it, enough, COUNTED).because is None


def test_a_trial_is_wanted_where_readings_disagree_and_no_rule_forbids_it() -> None:
    it = consultation()
    several = chance("a", it, 0.1, 0.5, 0.9, state="readings")
    said = whose_values(it, found(it, a=several), COUNTED)
    # By hand: from 35 to 45 of a hundred, power 0.9.
    z = 1.959963984540054 + 1.2815515655446004
    expected = int(np.ceil((0.35 * 0.65 + 0.45 * 0.55) * (z / 0.1) ** 2))
    assert said.wanted == (Wanted("better", "a", expected),)
    assert whose_values(it, found(it), COUNTED | {"of_b": None}).wanted == ()
    stopped = replace(NOBODY, stops=(None,))  # type: ignore[arg-type]
    assert whose_values(it, replace(found(it, a=several), eligibility=stopped), COUNTED).wanted == ()
    other = replace(several, state="withheld")
    assert whose_values(it, found(it, a=other), COUNTED).wanted == ()
    assert whose_values(it.model_copy(update={"gate": None}), found(it, a=several), COUNTED).wanted == ()
