"""The part of an analysis that is about how soon and how long: what the course answers, and how it predicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._course_fit import CourseFit
from glabella.mechanism._course_scores import PredictedRow, Scores, scores
from glabella.mechanism._plain import interval, numbers
from glabella.mechanism._rows import Row
from glabella.mechanism._time_to_loss import TimeToLoss, curve

if TYPE_CHECKING:
    from glabella.dossier import Questions

Floats = NDArray[np.float64]
SEXES = ("women", "men")
#: Days on which the course is followed: close together while it comes, daily afterwards, for two years.
DAYS = np.unique(np.concatenate([np.arange(0.25, 15, 0.25), np.arange(15, 735, 1.0)]))
#: Courses are shown for a year.
SHOWN = np.unique(np.concatenate([np.arange(1, 14, 1.0), np.arange(14, 365, 7.0)]))
#: Draws that answers are made from.
MANY = 2000
#: Spread of the posterior relative to the prior's: below the first the data tell an unknown, above the second not.
TOLD, UNTOLD = 0.5, 0.9
#: A trial that nobody has seen.
NEW = "\x00"


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Courses of one dose in one sex by one definition, a draw a row, of the average trial or of a new one.

    ``share`` is of all treated on :data:`DAYS`; times are in days, infinite where not reached.
    """

    share: Floats
    onset: Floats
    peak_day: Floats
    peak_share: Floats
    lost: dict[float, Floats]
    kept: Floats


def answered(
    model: TimeToLoss, draws: Floats, row: Row, given: float, kept: Sequence[float],
    rng: np.random.Generator | None = None,
) -> Answered:  # fmt: skip
    """Follow a dose; ``given`` is the day on which people count as responders whose loss is timed."""
    a, m, k, shapes = model.asked(draws, row, rng)

    def on(days: Floats) -> Floats:
        return np.asarray(curve(np.log(days), a[:, None], m[:, None], k[:, None], shapes))

    share, first = on(DAYS), on(np.array([given]))
    top = share.argmax(axis=1)
    peak = share.max(axis=1)
    after = given <= DAYS
    left = share[:, after] / first
    return Answered(
        share, _rising(DAYS, share, 0.5 * peak), DAYS[top], peak,
        {part: _falling(DAYS[after], left, 1 - part) for part in (0.1, 0.5, 0.9)},
        np.minimum(on(np.asarray(kept, dtype=float)) / first, 1.0),
    )  # fmt: skip


def _rising(days: Floats, share: Floats, level: Floats) -> Floats:
    """Give the day on which each row first reaches its level, between the days it is known on."""
    at = (share >= level[:, None]).argmax(axis=1)
    rows = np.arange(len(share))
    before = np.maximum(at - 1, 0)
    rise = share[rows, at] - share[rows, before]
    part = np.where(rise > 0, (level - share[rows, before]) / np.where(rise > 0, rise, 1.0), 1.0)
    return np.asarray(np.where(at > 0, days[before] + part * (days[at] - days[before]), days[0]))


def _falling(days: Floats, left: Floats, level: float) -> Floats:
    """Give the day on which each row falls below a level; infinite where it does not."""
    below = left < level
    at = below.argmax(axis=1)
    rows = np.arange(len(left))
    before = np.maximum(at - 1, 0)
    fall = left[rows, before] - left[rows, at]
    part = np.where(fall > 0, (left[rows, before] - level) / np.where(fall > 0, fall, 1.0), 0.0)
    return np.asarray(np.where(below.any(axis=1), days[before] + part * (days[at] - days[before]), np.inf))


def _interval(values: Floats, level: float) -> dict[str, float | None]:
    """Give median and limits; of draws themselves, so that one that is infinite moves no other."""
    low, middle, high = np.quantile(values, [0.5 - level / 2, 0.5, 0.5 + level / 2], method="inverted_cdf")
    return interval(middle, low, high)


def timed(rows: Sequence[Row], first: float) -> tuple[frozenset[str], bool]:
    """Give the products, and whether men, of which a row tells how long a response lasts.

    A row does where it times the loss, or counts people on the day ``first`` or later.
    """
    late = [row for row in rows if row.kind in ("median", "mean") or row.day >= first]
    return frozenset(row.product for row in late), any(row.sex == "men" for row in late)


def answers_part(found: CourseFit, asked: Questions, given: float, level: float, seed: int) -> dict[str, Any]:
    """Give courses and landmarks by definition, product, dose and sex."""
    model = found.model
    draws = found.draws[np.linspace(0, len(found.draws) - 1, min(MANY, len(found.draws))).astype(int)]
    products, men = timed(model.rows.rows, min(asked.kept_days))
    shown = np.searchsorted(DAYS, SHOWN)
    courses, marks = [], []
    for at, (definition, product, dose, sex) in enumerate(_asked(asked)):
        row = Row(NEW, NEW, product, dose, sex, asked.observer, definition, "count", n=1.0)
        rng = np.random.default_rng([seed, at])
        usual = answered(model, draws, row, given, asked.kept_days)
        new = answered(model, draws, row, given, asked.kept_days, rng)
        who = {"product": product, "dose": dose, "sex": sex, "definition": definition}
        bands = [0.5 - level / 2, 0.5, 0.5 + level / 2]
        low, middle, high = np.quantile(usual.share[:, shown], bands, axis=0)
        next_low, _, next_high = np.quantile(new.share[:, shown], bands, axis=0)
        courses.append(who | {
            "days": numbers(SHOWN), "median": numbers(middle), "low": numbers(low), "high": numbers(high),
            "next_low": numbers(next_low), "next_high": numbers(next_high),
        })  # fmt: skip
        marks.append(who | {
            "known": product in products and (sex != "men" or men),
            "onset": _interval(usual.onset, level), "peak_day": _interval(usual.peak_day, level),
            "peak_share": _interval(usual.peak_share, level), "duration": _interval(usual.lost[0.5], level),
            "next_duration": _interval(new.lost[0.5], level), "short": _interval(usual.lost[0.1], level),
            "long": _interval(usual.lost[0.9], level),
            "kept": [{"day": day, "share": _interval(usual.kept[:, k], level),
                      "next_share": _interval(new.kept[:, k], level)}
                     for k, day in enumerate(asked.kept_days)],
        })  # fmt: skip
    return {"responders_at": given, "courses": courses, "landmarks": marks}


def _asked(asked: Questions) -> Iterator[tuple[str, str, float, str]]:
    for definition in (asked.definition, *asked.other_definitions):
        for product, doses in asked.doses.items():
            for dose in doses:
                for sex in SEXES:
                    yield definition, product, dose, sex


def muscle_part(found: CourseFit, asked: Questions, level: float) -> dict[str, Any]:
    """Say how the course fits and how it predicts trials that it has not seen."""
    return {
        "draws": len(found.draws), "chains": found.chains, "acceptance": found.acceptance,
        "unknowns": list(_unknowns(found, level)),
        "rows": [_row(each) for each in found.predicted],
        "predicted": list(_predicted(found.predicted, asked)),
    }  # fmt: skip


def _unknowns(found: CourseFit, level: float) -> Iterator[dict[str, Any]]:
    """Give each unknown but those of one trial, with what the data say of it."""
    model, z = found.model, found.draws
    added, _, spreads, shapes = model.unpack(z)
    values = np.concatenate([added, spreads, shapes], axis=1)
    trials = set(model.rows.studies.tolist())
    rng = np.random.default_rng(0)
    half = {name: np.abs(rng.standard_normal(20000)) * scale for name, scale in zip(model.spreads, model.scale,
                                                                                    strict=True)}  # fmt: skip
    for k, name in enumerate(model.names):
        if any(name.endswith(f" of {trial}") or f" of {trial}, " in name for trial in trials):
            continue
        if k < len(model.added):
            spread = model.of[k] < len(model.spreads)
            scale = half[model.spreads[model.of[k]]] if spread else model.sd[k]
            prior = model.mean[k] + scale * rng.standard_normal(20000)
        elif name in half:
            prior = half[name]
        else:
            mean, sd = model.shapes[k - len(model.names) + 2]
            prior = mean + sd * rng.standard_normal(20000)
        ratio = float(values[:, k].std() / prior.std())
        yield {
            "name": name, "posterior": _interval(values[:, k], level), "prior": _interval(prior, level),
            "rhat": float(found.rhat[k]),
            "verdict": "identified" if ratio < TOLD else
            "not identified" if ratio > UNTOLD else "partly identified",
        }  # fmt: skip


def _row(each: PredictedRow) -> dict[str, Any]:
    return {
        "id": each.row.id, "seen": each.row.seen, "kind": "days" if each.row.kind == "mean" else
        "median" if each.row.kind == "median" else "share",
        "left_out": interval(each.predicted, each.low, each.high), "error": each.error, "inside": each.inside,
        "score": each.score,
    }  # fmt: skip


def _predicted(rows: Sequence[PredictedRow], asked: Questions) -> Iterator[dict[str, Any]]:
    """Sum up predictions: of all rows, of shares, of shares of the product asked about, and of its late rows."""
    first = min(asked.kept_days)
    own = [each for each in rows if each.row.product == asked.product]
    shares = ("count", "rise", "fall", "kept", "bound")
    for of, these in (
        ("all", rows),
        ("shares", [each for each in rows if each.row.kind in shares]),
        ("product_shares", [each for each in own if each.row.kind in shares]),
        ("product_late", [each for each in own if _last(each.row) >= first and each.row.kind != "mean"]),
    ):
        if any(each.row.kind != "mean" for each in these):
            yield {"of": of, **_summed(scores(these))}


def _last(row: Row) -> float:
    """Give the last day that a row tells of."""
    if row.kind == "median":
        return row.by if np.isfinite(row.by) else row.after
    return row.day


def _summed(found: Scores) -> dict[str, Any]:
    return {"rows": found.rows, "trials": found.trials, "error": found.error, "bias": found.bias,
            "coverage": found.coverage, "width": found.width, "score": found.score}  # fmt: skip
