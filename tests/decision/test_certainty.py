"""How far to trust a pooled result, case by case. Trials are made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from glabella.decision import certainty
from glabella.dossier import Study
from glabella.synthesis import HalfNormal, Pooled, pool, pool_trials


@dataclass
class _Judged:
    judgement: str | None


@dataclass
class _Checked:
    status: str


@dataclass
class _Designed:
    randomised: str = "yes"


@dataclass
class _Trial:
    id: str
    risk_of_bias: _Judged
    blinding_check: _Checked
    design: _Designed = field(default_factory=_Designed)
    role: str = "main"


def trials(judgements: Sequence[str | None], guesses: Sequence[str]) -> list[Study]:
    made = [
        _Trial(f"t{place}", _Judged(one), _Checked(two))
        for place, (one, two) in enumerate(zip(judgements, guesses, strict=True))
    ]
    return cast("list[Study]", made)


def designed(randomised: Sequence[str], roles: Sequence[str] = ("main",) * 5) -> list[Study]:
    made = [
        _Trial(f"t{place}", _Judged("low"), _Checked("seen"), _Designed(one), role)
        for place, (one, role) in enumerate(zip(randomised, roles, strict=True))
    ]
    return cast("list[Study]", made)


GOOD = trials(["low"] * 5, ["seen"] * 5)
CLEAR = pool([0.50, 0.52, 0.48, 0.51, 0.49], [0.01] * 5)
FEW, BIAS = "few trials", "no published judgement of risk of bias was seen for some trials"
UNJUDGED = "no published judgement of risk of bias was seen for any trial"
KNEW = "people may have known what they were given, and {} showed how many guessed"


@pytest.mark.parametrize(
    ("fit", "studies", "reasons"),
    [
        (CLEAR, GOOD, ()),
        (pool([0.50, 0.52, 0.48, 0.51], [0.01] * 4), GOOD[:4], (FEW,)),
        (pool([0.10, 0.12, -0.12, 0.11, -0.09], [0.02] * 5), GOOD, ("the interval includes zero",)),
        (pool([0.90, 0.20, 1.20, 0.70, 1.00], [0.01] * 5), GOOD, ("the trials disagree",)),
        (CLEAR, trials(["low", None, "low", "low", "low"], ["seen"] * 5), (BIAS,)),
        (CLEAR, trials(["low", None, "high", "low", "low"], ["seen"] * 5),
         ("risk of bias was judged high in some trials",)),
        (CLEAR, trials(["some_concerns"] * 5, ["seen"] * 5), ()),
        (CLEAR, trials(["low"] * 5, ["missing"] * 5), (KNEW.format("no trial"),)),
        (CLEAR, trials(["low"] * 5, ["missing"] * 4 + ["seen"]), (KNEW.format("not every trial"),)),
        (CLEAR, trials([None] * 5, ["missing"] * 5), (UNJUDGED, KNEW.format("no trial"))),
    ],
)  # fmt: skip
def test_each_reason_lowers_it_by_one(fit: Pooled, studies: list[Study], reasons: tuple[str, ...]) -> None:
    word, found = certainty(fit, studies)
    assert found == reasons
    assert word == ("high", "moderate", "low", "very low")[len(reasons)]


def test_a_new_trial_that_may_find_nothing_is_disagreement() -> None:
    fit = pool([0.30, 0.74, 0.21, 0.69, 0.35], [0.03] * 5)
    assert fit.i2 < 50
    assert fit.ci_low > 0 > fit.pi_low
    assert certainty(fit, GOOD) == ("moderate", ("the trials disagree",))


def test_it_cannot_fall_below_very_low() -> None:
    fit = pool([0.90, -0.80, 1.60, -0.70], [0.01] * 4)
    word, reasons = certainty(fit, trials([None] * 4, ["missing"] * 4))
    assert (word, len(reasons)) == ("very low", 5)


def test_a_ratio_has_one_inside() -> None:
    fit = pool([0.10, 0.12, -0.12, 0.11, -0.09], [0.02] * 5)
    assert certainty(fit, GOOD, ratio=True)[1] == ("the interval includes one",)


def test_another_null_is_kept_to() -> None:
    assert certainty(CLEAR, GOOD, 0.5)[1] == ("the interval includes zero",)


@pytest.mark.parametrize(
    ("studies", "word", "reasons"),
    [
        (designed(["no"] * 5), "low", ("no study was randomised",)),
        (designed(["yes"] * 4 + ["no"]), "moderate", ("not every study was randomised",)),
        (designed(["yes"] * 4 + ["unclear"]), "moderate", ("not every study is known to be randomised",)),
        (designed(["no"] * 4 + ["unclear"]), "low", ("no study is known to be randomised",)),
        (designed(["yes"] * 5, ["observational"] * 5), "low", ("no study was randomised",)),
        (designed(["yes"] * 5, ["main"] * 4 + ["related"]), "moderate", ("some trials asked another question",)),
        (designed(["yes"] * 5, ["related"] * 5), "moderate", ("the trials asked another question",)),
    ],
)
def test_design_and_question_count(studies: list[Study], word: str, reasons: tuple[str, ...]) -> None:
    assert certainty(CLEAR, studies) == (word, reasons)


def test_a_trial_with_two_comparisons_is_one_trial() -> None:
    assert certainty(CLEAR, [*GOOD[:4], GOOD[0]]) == ("moderate", (FEW,))


def test_what_a_prior_tells_of_a_new_trial_counts() -> None:
    """Three trials that agree tell little of a fourth; two need the prior for all that is known of them."""
    y, v = [0.60, 0.62, 0.58], [0.015] * 3
    sure = pool_trials(y, v, tau_prior=HalfNormal(0.02))
    assert sure.pi_low > 0
    assert certainty(sure, GOOD[:3]) == ("moderate", (FEW,))
    unsure = pool_trials(y, v, tau_prior=HalfNormal(3.0))
    assert unsure.ci_low > 0 > unsure.pi_low
    assert certainty(unsure, GOOD[:3]) == ("low", (FEW, "the trials disagree"))
    assert certainty(pool_trials(y, v), GOOD[:3]) == ("moderate", (FEW,))


def test_comparisons_of_one_trial_do_not_disagree() -> None:
    one = pool_trials([0.9, 0.3], [0.01, 0.01], trial=["t", "t"])
    assert certainty(one, [GOOD[0], GOOD[0]]) == ("moderate", (FEW,))
