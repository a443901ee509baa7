"""The course: slopes of its posterior, made-up trials that it gives back, and its answers. All data are made up."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from glabella.cli._mechanism import _rounded
from glabella.dossier import Number, Questions
from glabella.dossier._course import Belief, Between, CoursePriors, Differ, OfDefinition, OfSome, Unknown
from glabella.dossier._questions import Assumption
from glabella.mechanism import CourseFit, Row, TimeToLoss, fit_course, scores
from glabella.mechanism._course_part import answered, answers_part, muscle_part, timed
from glabella.mechanism._course_scores import predict_row
from glabella.mechanism._time_to_loss import curve, terms

Floats = NDArray[np.float64]


def units(value: float) -> Number:
    return Number(value=value, unit="U", status="seen", source="EXAMPLE")


PRIORS = CoursePriors(
    label_doses={"first": units(20), "other": units(50)},
    responders_at=30,
    men_in_mixed=Assumption(value=0.2, why="made up"),
    days=Belief(mean=np.log(100), sd=0.4),
    shape=Belief(mean=np.log(3), sd=0.5),
    onset=Belief(mean=np.log(2), sd=0.5),
    onset_spread=Belief(mean=np.log(0.6), sd=0.4),
    definitions={
        "none_or_mild": OfDefinition(ceiling=Belief(mean=1.6, sd=1)),
        "one_grade": OfDefinition(ceiling=Belief(mean=3, sd=1), days=Belief(mean=0.15, sd=0.2)),
        "onset": OfDefinition(
            ceiling=Belief(mean=3.5, sd=1), days="one_grade", onset=Belief(mean=-0.5, sd=0.3)
        ),
    },
    unknown={"not_stated": Unknown(between=("none_or_mild", "one_grade"), ceiling=Belief(mean=0, sd=0.7),
                                   days=Belief(mean=0, sd=0.2))},
    observers={"subject": OfSome(ceiling=Belief(mean=0, sd=0.7), days=Belief(mean=0, sd=0.2))},
    men=OfSome(ceiling=Belief(mean=-0.8, sd=0.7), days=Belief(mean=-0.1, sd=0.2)),
    dose=OfSome(ceiling=Belief(mean=0.3, sd=0.3), days=Belief(mean=0.2, sd=0.2)),
    trials=Between(ceiling=Differ(scale=0.5), days=Differ(scale=0.2), onset=Differ(scale=0.3)),
    products=Between(ceiling=Differ(scale=0.5), days=Differ(scale=0.3)),
)  # fmt: skip
#: Half have lost none or mild after this; one grade is kept so much longer; the shape.
DAYS, LATER, SHAPE = 110.0, 0.2, 2.5


def row(study: str, definition: str, kind: str = "count", **own: object) -> Row:
    bare = Row(f"{study} {definition}", study, "first", 20.0, "women", "physician", definition, "count", n=100.0)
    return replace(bare, **{"kind": kind, **own})  # type: ignore[arg-type]


@cache
def made_up() -> tuple[Row, ...]:
    """Twelve trials of which every number is drawn from a known course."""
    rng, rows = np.random.default_rng(11), []
    for at in range(12):
        definition = ("none_or_mild", "one_grade")[at % 2]
        shift, n, study = 0.1 * rng.standard_normal(), 150, f"trial{at}"
        half = DAYS * np.exp(LATER * (at % 2) + shift)
        lost = half * (-np.log(rng.random(n)) / np.log(2)) ** (1 / SHAPE)
        can = np.asarray(rng.random(n) < (0.85, 0.95)[at % 2], dtype=float)
        there = np.exp(np.log(2.0) + 0.6 * rng.standard_normal(n))

        def respond(day: float, lost: Floats = lost, can: Floats = can, there: Floats = there) -> NDArray[np.bool_]:
            return np.asarray((can > 0) & (there <= day) & (lost > day))

        first = respond(30)
        y = float(first.sum())
        rows.append(
            row(study, definition, id=f"{study} d30", y=y, n=float(n), day=30.0, seen=y / n, people=float(n))
        )
        if at % 3 == 0:
            left = [(respond(day) & first).sum() for day in range(30, 301, 30)]
            by = 30.0 * next(k + 1 for k, each in enumerate(left) if each <= y / 2)
            visits = {"given": 30.0, "after": by - 30, "by": by, "seen": by}
            rows.append(row(study, definition, "median", id=f"{study} median", n=y, people=y, **visits))
            continue
        later = float((respond(120) & first).sum())
        rows.append(row(study, definition, "fall", id=f"{study} d120", y=later, n=y, day=120.0, given=30.0,
                        seen=later / n, people=float(n)))  # fmt: skip
        soon = float(respond(2).sum())
        rows.append(row(study, definition, id=f"{study} d2", y=soon, n=float(n), day=2.0, seen=soon / n,
                        people=float(n), weight=0.5))  # fmt: skip
    return tuple(rows)


@cache
def fitted() -> CourseFit:
    return fit_course(PRIORS, made_up(), chains=4, left_out=1, warm=300, draws=300, seed=4)


def test_slopes_of_the_posterior_are_those_of_differences() -> None:
    rows = (*made_up(), row("last", "not_stated", observer="subject", product="other", dose=75.0, sex="mixed",
                            y=60.0, day=90.0), row("men", "onset", sex="men", y=50.0, day=3.0))  # fmt: skip
    model = TimeToLoss(PRIORS, rows)
    rng = np.random.default_rng(1)
    z = 0.3 * rng.standard_normal((2, model.size))
    keep = np.array([np.ones(len(rows)), rng.integers(0, 2, len(rows))])
    _, slope = model.log_posterior(z, keep)
    step = 1e-6
    for place in range(model.size):
        aside = np.zeros(model.size)
        aside[place] = step
        up, down = (model.log_posterior(z + sign * aside, keep)[0] for sign in (1, -1))
        np.testing.assert_allclose(slope[:, place], (up - down) / (2 * step), rtol=1e-4, atol=1e-4,
                                   err_msg=model.names[place])  # fmt: skip


def test_the_curve_is_a_ceiling_an_onset_and_a_loss() -> None:
    shapes = np.log([[2.5, 0.6]])
    share = curve(
        np.log([2.0, 110.0]), np.array([[1.0]]), np.array([[np.log(110)]]), np.array([[np.log(2)]]), shapes
    )
    top = 1 / (1 + np.exp(-1))
    assert share[0, 0] == pytest.approx(top * 0.5 * 0.5 ** ((2 / 110) ** 2.5))
    assert share[0, 1] == pytest.approx(top * norm.cdf(np.log(55) / 0.6) * 0.5)


def test_what_adds_up_is_named_by_the_row() -> None:
    names = {each.name: each for each in terms(PRIORS, row("t", "not_stated", sex="mixed", product="other",
                                                           dose=100.0, observer="subject"))}  # fmt: skip
    assert names["ceiling of none_or_mild"].times == names["ceiling of one_grade"].times == 0.5
    assert names["days of one_grade"].times == 0.5
    assert names["days by the rule of t"].sd == 0.2
    assert names["days, men"].times == 0.2
    assert names["days, dose"].times == pytest.approx(np.log(2))
    assert names["days, observer subject"].mean == 0
    assert names["days of other"].spread == "spread of products, days"
    own = {each.name for each in terms(PRIORS, row("t", "onset"))}
    # The dose of the label in women, seen by physicians, adds nothing; a diary has the days of one grade.
    assert "days of one_grade" in own
    assert not {name for name in own if name.endswith(("men", "dose")) or "observer" in name}


def test_made_up_trials_give_their_course_back() -> None:
    found = fitted()
    assert found.rhat.max() < 1.15
    for definition, days in (("none_or_mild", DAYS), ("one_grade", DAYS * np.exp(LATER))):
        asked = answered(found.model, found.draws, row("new", definition), 30.0, [120.0])
        low, high = np.quantile(asked.lost[0.5], [0.025, 0.975])
        # Responders of day 30 have kept it so long; half of them lose it a little later than half of all.
        expected = days * (1 + (30 / days) ** SHAPE) ** (1 / SHAPE)
        assert low < expected < high
        assert high - low < 50
    *_, shapes = found.model.unpack(found.draws)
    low, high = np.quantile(np.exp(shapes[:, 0]), [0.025, 0.975])
    assert low < SHAPE < high


def test_trials_left_out_are_predicted_within_their_intervals() -> None:
    found = fitted()
    assert [each.row for each in found.predicted] == list(made_up())
    summed = scores(found.predicted)
    assert summed.trials == 12
    assert summed.coverage > 85
    assert summed.error < 9
    assert abs(summed.bias) < 4


def test_the_same_seed_gives_the_same_draws() -> None:
    one, two, other = (
        fit_course(PRIORS, made_up()[:4], chains=2, left_out=1, warm=20, draws=20, seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.draws, two.draws)
    assert one.predicted == two.predicted
    assert (one.draws != other.draws).any()


#: What is asked of the made-up trials.
_ASKED: dict[str, Any] = {
    "product": "first", "definition": "none_or_mild", "other_definitions": ("one_grade",), "observer": "physician",
    "doses": {"first": (20.0, 40.0)}, "kept_days": (84.0, 168.0),
}  # fmt: skip
ASKED = Questions.model_construct(**_ASKED)


def kept() -> Any:
    """Fit a few trials and give what would be kept, with as many digits."""
    found = fit_course(PRIORS, made_up()[:8], chains=2, left_out=1, warm=30, draws=40, seed=2)
    return _rounded(muscle_part(found, ASKED, 0.95) | answers_part(found, ASKED, 30.0, 0.95, 2))


def test_a_refit_keeps_every_digit_on_another_processor_too(monkeypatch: pytest.MonkeyPatch) -> None:
    one = kept()
    assert json.dumps(one) == json.dumps(kept())
    noise, exact = np.random.default_rng(3), TimeToLoss.log_posterior

    def elsewhere(self: TimeToLoss, z: Floats, keep: Floats) -> tuple[Floats, Floats]:
        value, slope = exact(self, z, keep)
        return value * (1 + 1e-15 * noise.integers(-4, 5, value.shape)), slope * (
            1 + 1e-15 * noise.integers(-4, 5, slope.shape)
        )

    monkeypatch.setattr(TimeToLoss, "log_posterior", elsewhere)
    assert json.dumps(one) == json.dumps(kept())


def test_answers_are_by_definition_product_dose_and_sex() -> None:
    found = muscle_part(fitted(), ASKED, 0.95) | answers_part(fitted(), ASKED, 30.0, 0.95, 2)
    asked = [(each["definition"], each["dose"], each["sex"]) for each in found["landmarks"]]
    assert asked == [(name, dose, sex) for name in ("none_or_mild", "one_grade") for dose in (20.0, 40.0)
                     for sex in ("women", "men")]  # fmt: skip
    assert [each["known"] for each in found["landmarks"]] == [True, False] * 4, "nothing was seen of men"
    for each in found["landmarks"]:
        new, usual = each["next_duration"], each["duration"]
        assert new["high"] is None or new["high"] - new["low"] > usual["high"] - usual["low"]
        assert [day["day"] for day in each["kept"]] == [84.0, 168.0]
    assert [each["of"] for each in found["predicted"]] == ["all", "shares", "product_shares", "product_late"]
    names = {each["name"] for each in found["unknowns"]}
    assert {"days", "days of one_grade", "spread of trials, days", "shape"} <= names
    assert not any("trial0" in name for name in names), "numbers of single trials are not kept"


def test_one_trial_has_no_others_to_be_predicted_by() -> None:
    one = fit_course(PRIORS, made_up()[:2], chains=2, left_out=1, warm=20, draws=20)
    assert one.predicted == ()


def test_a_new_trial_and_an_unseen_product_differ_more() -> None:
    found, rng = fitted(), np.random.default_rng(1)

    def spread(which: Row, rng: np.random.Generator | None = None) -> float:
        return float(np.std(np.log(answered(found.model, found.draws, which, 30.0, [120.0], rng).lost[0.5])))

    usual = row("new", "none_or_mild")
    assert spread(usual) < spread(usual, rng)
    assert spread(usual) < spread(replace(usual, product="other", dose=50.0))


def test_what_times_the_loss_is_late_or_a_median() -> None:
    rows = [row("a", "onset", day=30.0), row("b", "onset", day=83.0, product="other"),
            row("c", "onset", day=84.0, sex="mixed"),
            row("d", "onset", "median", product="third", after=90.0)]  # fmt: skip
    assert timed(rows, 84.0) == (frozenset({"first", "third"}), False)
    assert timed([row("e", "onset", day=120.0, sex="men")], 84.0) == (frozenset({"first"}), True)


def test_a_response_that_is_not_lost_has_no_day() -> None:
    found = fitted()
    late = found.draws.copy()
    late[:, found.model.names.index("days")] = 12.0  # far beyond two years
    asked = answered(found.model, late, row("new", "none_or_mild"), 30.0, [120.0])
    assert np.isinf(asked.lost[0.5]).all()
    assert (asked.kept > 0.99).all()


# --- one row predicted ------------------------------------------------------------------------------------


def test_a_share_is_scored_by_the_chance_of_what_was_seen() -> None:
    from scipy.stats import binom

    one = row("a", "onset", "fall", y=20.0, n=80.0, day=120.0, given=30.0, placebo=0.1, seen=0.2, people=100.0)
    share = np.tile([0.3, 0.9], (4000, 1))
    found = predict_row(one, share, np.random.default_rng(1))
    # As a share of all who were treated, not given the visit before.
    p = 0.1 + 0.9 * 0.3
    assert found.predicted == pytest.approx(p)
    assert found.score == pytest.approx(binom.logpmf(20, 100, p))
    assert (found.low, found.high) == pytest.approx(binom.ppf([0.025, 0.975], 100, p) / 100, abs=0.011)
    assert found.error == pytest.approx(p - 0.2)
    assert not found.inside
    kept = replace(one, kind="kept", placebo=0.0)
    assert predict_row(kept, share, np.random.default_rng(1)).predicted == pytest.approx(1 / 3)


def test_a_median_is_missed_by_how_far_the_nearer_visit_is_from_a_half() -> None:
    one = row("a", "onset", "median", n=100.0, given=30.0, after=90.0, by=120.0, seen=110.0, people=100.0)
    rng = np.random.default_rng(1)
    late, early, right = (
        predict_row(one, np.tile(share, (10, 1)), rng)
        for share in ([0.9, 0.72, 0.9], [0.27, 0.09, 0.9], [0.6, 0.4, 1.0])
    )
    assert (late.error, early.error, right.error) == pytest.approx((0.3, -0.2, 0.0))
    assert (late.predicted, early.predicted, right.predicted) == pytest.approx((0.8, 0.3, 0.5))
    assert (late.inside, early.inside, right.inside) == (False, False, True)
    assert right.score > -0.1
    assert late.score < -10
    assert right.low is None
    open_ = predict_row(replace(one, by=np.inf), np.tile([0.6, 0.6, 1.0], (10, 1)), rng)
    assert (open_.error, open_.inside) == (0.0, True)


def test_means_and_bounds_have_errors_of_their_own() -> None:
    rng = np.random.default_rng(1)
    mean = row("a", "onset", "mean", y=50.0, se=5.0, given=28.0, visits=(28.0, 56.0), seen=50.0, people=30.0)
    found = predict_row(mean, np.tile([0.9, 0.9, 0.45], (2000, 1)), rng)
    assert found.predicted == pytest.approx(28 + 14 * 1.5)
    assert found.score == pytest.approx(norm.logpdf(50, 49, 5))
    assert found.inside
    bound = row("b", "onset", "bound", y=43.0, n=100.0, day=150.0, seen=0.43, people=100.0)
    low, high = (predict_row(bound, np.full((2000, 1), p), rng) for p in (0.2, 0.8))
    assert low.error == pytest.approx(-0.23)
    assert high.error == 0.0
    assert (low.inside, high.inside) == (False, True)
    # Days are no percentage points.
    summed = scores([found, high])
    assert (summed.rows, summed.error) == (1, 0.0)
    assert summed.score == pytest.approx((found.score + high.score) / 2)
