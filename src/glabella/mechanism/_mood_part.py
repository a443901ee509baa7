"""The part of an analysis that is about mood: what carries weakness to it, and when to repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._compare import Compared, Explained, MoodData
from glabella.mechanism._gap import gap, speed_for_gap
from glabella.mechanism._model import Model
from glabella.mechanism._plain import interval, numbers, swings
from glabella.mechanism._population import simulate_population
from glabella.mechanism._repeated import Scheduled, Spread, schedules
from glabella.mechanism._schedule import Rule
from glabella.mechanism._sensitivity import quantile, tornado
from glabella.mechanism._unknowns import Unknown
from glabella.mechanism._virtual import VirtualPeople

if TYPE_CHECKING:
    from glabella.dossier import MoodObservation, Questions

Floats = NDArray[np.float64]
#: Half-lives of mood that are looked at, in days.
HALF_LIVES = (0.2, 500.0)
HORIZON = 1096.0
WEEKS = np.arange(0.0, 53.0)
YEAR = 364.0
#: Years of repeating, and afterwards.
REPEATED, AFTER = 2 * YEAR, 1 * YEAR


def explained_part(found: Compared) -> list[dict[str, Any]]:
    """Give each explanation as fitted."""
    return [{
        "name": each.name,
        "gain": interval(each.gain, each.gain - 1.959964 * each.gain_se, each.gain + 1.959964 * each.gain_se),
        "half_life": _half_life(each),
        "spread": each.spread, "aicc": each.aicc, "bic": each.bic, "weight": each.weight,
        "parameters": each.parameters, "expected": numbers(each.relief),
    } for each in found.explanations]  # fmt: skip


def _half_life(each: Explained) -> dict[str, float | None]:
    """Turn speeds into half-lives; what the data do not bound is null."""
    if not np.isfinite(each.speed):
        return interval(None)
    low = np.log(2) / each.speed_high if np.isfinite(each.speed_high) else None
    high = np.log(2) / each.speed_low if each.speed_low > 0 else None
    return interval(np.log(2) / each.speed, low, high)


def seen_part(observations: Sequence[MoodObservation], data: MoodData) -> dict[str, Any]:
    """Give the differences that were fitted."""
    half = 1.959964 * data.se
    return {
        "rows": [each.id for each in observations],
        "relief": [interval(value, None if bound else value - wide, None if bound else value + wide)
                   for value, wide, bound in zip(data.relief, half, data.bound, strict=True)],
        "weeks": numbers(data.week),
    }  # fmt: skip


def gaps_part(
    model: Model,
    found: Compared,
    switches: Mapping[str, Mapping[str, float]],
    constants: Mapping[str, float],
    seen: float,
) -> list[dict[str, Any]]:
    """Give how long relief outlasts weakness under each explanation, at the speeds that the data allow."""
    with_effect = {each.name: each for each in found.explanations if each.name in switches and each.parameters > 1}
    speeds = {name: np.log(2) / np.clip([each.speed, each.speed_high, each.speed_low], *_speeds())
              for name, each in with_effect.items()}  # fmt: skip
    tried = {name: np.log(2) / each for name, each in speeds.items()}
    these = {name: switches[name] for name in with_effect}
    needed = speed_for_gap(model, these, constants, days=seen, half_lives=HALF_LIVES, horizon=HORIZON)
    out = []
    for each in gap(model, these, constants, tried, horizon=HORIZON):
        relief = each.relief_half
        out.append({
            "explanation": each.explanation, "weakness_half": interval(each.weakness_half),
            "relief_half": interval(relief[0], relief[1], relief[2]), "needed_half_life": needed[each.explanation],
        })  # fmt: skip
    return out


def _speeds() -> tuple[float, float]:
    return float(np.log(2) / HALF_LIVES[1]), float(np.log(2) / HALF_LIVES[0])


def courses_part(
    model: Model,
    found: Compared,
    switches: Mapping[str, Mapping[str, float]],
    constants: Mapping[str, float],
    sensitivity: Floats,
) -> list[dict[str, Any]]:
    """Give mean relief over a year under each explanation with an effect, at its best gain and speed."""
    out = []
    for each in _with_effect(found, switches):
        own = {**constants, **switches[each.name], "k_mood": each.speed, "gain": each.gain}
        run = simulate_population(model, 7 * WEEKS, {**own, "sensitivity": sensitivity}, names=["relief"])
        out.append({"explanation": each.name, "days": numbers(7 * WEEKS),
                    "relief": numbers(run.values["relief"].mean(axis=0))})  # fmt: skip
    return out


def _with_effect(found: Compared, switches: Mapping[str, Mapping[str, float]]) -> list[Explained]:
    return [each for each in found.explanations if each.name in switches and each.parameters > 1 and each.gain > 0]


def schedules_part(
    model: Model,
    people: VirtualPeople,
    asked: Questions,
    found: Compared,
    switches: Mapping[str, Mapping[str, float]],
    into: str,
) -> list[dict[str, Any]]:
    """Give what each rule of repeating means under each explanation with an effect."""
    limits: dict[str, Any] = {"weakness": people.threshold, "relief": float(asked.relief_limit.value or 0)}
    out = []
    for each in _with_effect(found, switches):
        own = {**switches[each.name], "k_mood": each.speed, "gain": each.gain}
        rules: dict[str, Rule] = {
            repeat.rule: _rule(repeat.rule, 7 * repeat.weeks, 7 * repeat.every) for repeat in asked.repeats
        }
        runs = schedules(model, people, rules, end=REPEATED + AFTER, into=into, limits=limits, constants=own)
        out += [_scheduled(each.name, run) for run in runs]
    return out


def _rule(name: str, gap: float, every: float) -> Rule:
    quantity = "relief" if name == "symptoms" else "weakness"
    return Rule(quantity, np.inf if name == "fixed" else 1.0, gap, every, REPEATED)


def _scheduled(explanation: str, run: Scheduled) -> dict[str, Any]:
    every = run.everyone

    def of(it: Spread) -> dict[str, float | None]:
        return interval(it.mean, it.low, it.high)

    def lost(name: str) -> dict[str, float | None]:
        weeks = run.stopped[name].weeks
        return interval(weeks.value, weeks.low, weeks.high)

    return {
        "rule": run.name, "explanation": explanation, "people": every.people, "failed": run.failed,
        "injections": of(every.injections), "units": of(every.units), "weeks_weakness": of(every.weeks["weakness"]),
        "weeks_relief": of(every.weeks["relief"]), "stopping_weakness": lost("weakness"),
        "stopping_relief": lost("relief"), "never": 100 * every.never["weakness"],
        "never_relief": 100 * every.never["relief"],
    }  # fmt: skip


def outlasting_part(
    model: Model,
    found: Compared,
    switches: Mapping[str, Mapping[str, float]],
    constants: Mapping[str, float],
    assumed: Mapping[str, Unknown],
) -> list[dict[str, Any]]:
    """Say what the days by which relief outlasts weakness owe to what is assumed, under each explanation."""
    out = []
    for each in _with_effect(found, switches):
        names = _moving(model, switches[each.name], assumed)
        ends = np.array([quantile(assumed[name], (0.025, 0.5, 0.975)) for name in names])
        own = {**constants, **switches[each.name]}

        def outlasts(values: Floats, names: Sequence[str] = names, own: Mapping[str, float] = own) -> Floats:
            varied: dict[str, Any] = {**own, **dict(zip(names, values.T, strict=True))}
            return _outlasting(model, varied)

        run = tornado(outlasts, ends[:, 1], ends[:, 0], ends[:, 2], names)
        out.append({
            "quantity": "outlasting", "explanation": each.name, "centre": run.centre,
            "swings": swings(run),
        })  # fmt: skip
    return out


def _moving(model: Model, switches: Mapping[str, float], assumed: Mapping[str, Unknown]) -> list[str]:
    """Give those of some constants that move when relief comes and goes: not those behind a switch that is off."""
    times, found = np.array([7.0, 42.0, 168.0]), []

    def course(constants: Mapping[str, float]) -> Floats:
        relief = simulate_population(model, times, constants, names=["relief"]).values["relief"][0]
        return np.asarray(relief / relief.max())

    before = course(switches)
    for name in assumed:
        after = course({**switches, name: 1.1 * model.parameters[name]})
        if not np.allclose(after, before, rtol=1e-7, atol=1e-12):
            found.append(name)
    return found


def _outlasting(model: Model, varied: Mapping[str, Any]) -> Floats:
    from glabella.mechanism._answers import falling

    times = np.linspace(0.0, HORIZON, int(HORIZON) + 1)
    run = simulate_population(model, times, varied, names=["weakness", "relief"])
    if run.failed.any():
        raise ValueError(f"the model cannot be simulated: {run.reason[run.failed][0]}")
    weak, relief = (falling(times, run.values[name], 0.5) for name in ("weakness", "relief"))
    return np.minimum(relief, HORIZON) - np.minimum(weak, HORIZON)
