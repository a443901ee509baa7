"""A fit whose numbers are made up: they look like those of a fit, and say nothing about any treatment."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from glabella.dossier import Evidence, Fitted, Mechanism, load

DAYS = tuple(float(day) for day in range(0, 365, 7))
#: Product, dose and sex of the courses; the last ones in the dose of their own label.
TREATED = [
    ("onabotulinumtoxinA", 20.0, "women"), ("onabotulinumtoxinA", 30.0, "women"),
    ("onabotulinumtoxinA", 40.0, "women"),
    ("onabotulinumtoxinA", 20.0, "men"), ("onabotulinumtoxinA", 40.0, "men"),
    ("abobotulinumtoxinA", 50.0, "women"), ("incobotulinumtoxinA", 20.0, "women"),
    ("prabotulinumtoxinA", 20.0, "women"), ("daxibotulinumtoxinA", 40.0, "women"),
    ("relabotulinumtoxinA", 50.0, "women"),
]  # fmt: skip
ACCOUNTS = ("none", "expectancy", "feedback", "satisfaction", "central")


def evidence() -> Evidence:
    """Give the shipped dossier with a fit that is made up, whether or not it has one of its own."""
    read = load(fitted=False)
    assert read.mechanism is not None
    return replace(read, mechanism=replace(read.mechanism, fitted=made_up(read.mechanism)))


def made_up(mechanism: Mechanism, **changes: Any) -> Fitted:
    """Make a fit up."""
    data: dict[str, Any] = {
        "function": "glabella.mechanism.analyse", "version": "made up", "seed": 1, "level": 0.95,
        "inputs": dict.fromkeys(("model.ant", "parameters.yaml", "observations.yaml"), "made up"),
        "muscle": _muscle(mechanism),
        "courses": [_course(*it) for it in TREATED],
        "landmarks": [_landmarks(*it) for it in TREATED], "mood": _mood(mechanism),
        "mood_courses": [
            {"explanation": name, "days": DAYS, "relief": [at * math.exp(-day / 100) / 2 for day in DAYS]}
            for at, name in enumerate(ACCOUNTS)
        ],
        "schedules": [_scheduled(rule, name, at) for name in ("feedback", "expectancy")
                      for at, rule in enumerate(("fixed", "weakness", "symptoms"))],
        "sensitivity": [{
            "quantity": "duration", "centre": 122.0,
            "swings": [{"name": "steepness", "low": 1.4, "high": 6.6, "at_low": 104.0, "at_high": 134.0},
                       {"name": "half_cut", "low": 0.12, "high": 0.44, "at_low": 169.0, "at_high": 86.0}],
            "sobol": [{"name": "half_cut", "first": 0.71, "first_half_width": 0.05, "total": 0.78,
                       "total_half_width": 0.06},
                      {"name": "steepness", "first": 0.18, "first_half_width": 0.04, "total": 0.24,
                       "total_half_width": 0.05}],
        }, {
            "quantity": "outlasting", "explanation": "expectancy", "centre": 14.0,
            "swings": [{"name": "k_mood", "low": 0.014, "high": 0.71, "at_low": 61.0, "at_high": 2.0},
                       {"name": "k_noticing", "low": 0.09, "high": 1.4, "at_low": 17.0, "at_high": None}],
            "sobol": [],
        }],
    }  # fmt: skip
    return Fitted.model_validate_json(Fitted.model_validate({**data, **changes}).model_dump_json())


def _interval(value: float, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    return {"value": value, "low": low, "high": high}


def _muscle(mechanism: Mechanism) -> dict[str, Any]:
    unknowns = [
        {"name": name, "assumed": each.role == "assumed", "mode": each.value,
         "posterior": _interval(each.value, each.value - 0.4 * abs(each.value), each.value + 0.6 * abs(each.value)),
         "prior": _interval(each.value, each.value - 0.8 * abs(each.value), each.value + 2 * abs(each.value)),
         "likelihood": _interval(each.value), "rhat": 1.01, "ess": 900.0, "profile": None,
         "alone": at % 2 == 0, "verdict": ("identified", "not identified", "partly identified")[at % 3]}
        for at, (name, each) in enumerate(mechanism.parameters.items())
        if each.role != "fixed" and not name.startswith(("k_mood", "gain"))
    ]  # fmt: skip
    rows = [
        {"id": each.id, "seen": each.arm.share, "fitted": _interval(0.8, 0.7, 0.9),
         "left_out": _interval(0.7, 0.4, 0.9) if each.use == "fit" else None}
        for each in mechanism.observations.muscle if each.use in ("fit", "held_out")
    ]  # fmt: skip
    return {
        "log_likelihood": -143.9, "largest_log_likelihood": -140.2, "log_posterior": -160.1,
        "draws": 1000, "chains": 8, "acceptance": 0.3,
        "unknowns": unknowns,
        "profiles": [{"name": "k_loss", "values": [0.008, 0.011, 0.016], "rise": [4.1, 0.0, 4.4]}],
        "rows": rows,
        "predicted": [
            {"by": "study", "shares": 52, "groups": 15, "error": 8.7, "bias": 1.2, "coverage": 92.3},
            {"by": "product", "shares": 52, "groups": 6, "error": 14.1, "bias": -3.4, "coverage": 88.5},
            {"by": "held_out", "shares": 14, "groups": 5, "error": 9.9, "bias": 0.6, "coverage": 85.7},
            {"by": "recalled", "shares": 10, "groups": 2, "error": 7.2, "bias": -1.1, "coverage": 90.0},
        ],
        "checks": [{"name": "largest miss", "seen": 3.1, "replicated": _interval(2.9, 2.1, 4.4), "p": 0.41}],
        "left_out": [],
    }  # fmt: skip


def _course(product: str, dose: float, sex: str) -> dict[str, Any]:
    top = (0.8 if sex == "women" else 0.6) + dose / 1000
    middle = [top * min(1.0, day / 14) * math.exp(-max(day - 60, 0) / 90) for day in DAYS]
    return {
        "product": product, "dose": dose, "sex": sex, "definition": "none_or_mild", "days": DAYS, "median": middle,
        "low": [0.85 * x for x in middle], "high": [min(1.1 * x, 1.0) for x in middle],
        "next_low": [0.7 * x for x in middle], "next_high": [min(1.3 * x, 1.0) for x in middle],
    }  # fmt: skip


def _landmarks(product: str, dose: float, sex: str) -> dict[str, Any]:
    days = 100 + dose
    return {
        "product": product, "dose": dose, "sex": sex, "definition": "none_or_mild",
        "onset": _interval(1.9, 1.2, 3.1), "peak_day": _interval(24.0, 17.0, 33.0),
        "peak_share": _interval(0.84, 0.78, 0.9) if sex == "women" else _interval(0.62, 0.45, 0.75),
        "duration": _interval(days, days - 18, days + 22), "short": _interval(days - 62, days - 70, days - 55),
        "long": _interval(days + 81, days + 60, None),
        "kept": [{"day": 84.0, "share": _interval(0.72, 0.6, 0.81)},
                 {"day": 168.0, "share": _interval(0.2, 0.1, 0.3)}],
    }  # fmt: skip


def _mood(mechanism: Mechanism) -> dict[str, Any]:
    rows = [each for each in mechanism.observations.mood if each.use == "fit"]
    explanations = [
        {"name": name, "gain": _interval(0.0) if name == "none" else _interval(5.5 + at, -0.9, 12.0 + at),
         "half_life": _interval(None) if name == "none" else _interval(12.0 * at, None, 90.0 if at == 1 else None),  # type: ignore[arg-type]
         "spread": 2.1, "aicc": 70.0 + at, "bic": 71.0 + at, "weight": (0.4, 0.25, 0.2, 0.1, 0.05)[at],
         "parameters": 1 if name == "none" else 3, "expected": [3.0 for _ in rows]}
        for at, name in enumerate(ACCOUNTS)
    ]  # fmt: skip
    gaps = [
        {"explanation": name, "weakness_half": _interval(118.0), "relief_half": _interval(118.0 + 11 * at),
         "needed_half_life": None if name == "feedback" else 30.0 + at}
        for at, name in enumerate(ACCOUNTS) if name != "none"
    ]  # fmt: skip
    return {
        "product": "onabotulinumtoxinA", "rows": [each.id for each in rows],
        "relief": [_interval(3.7, -0.1, 7.5) for _ in rows], "weeks": [each.week for each in rows],
        "explanations": explanations, "inseparable": ["none", "expectancy"], "statement": "made up", "gaps": gaps,
        "gap_seen": 56.0, "left_out": [],
    }  # fmt: skip


def _scheduled(rule: str, explanation: str, at: int) -> dict[str, Any]:
    return {
        "rule": rule, "explanation": explanation, "people": 10000, "failed": 0,
        "injections": _interval(4.3 - at / 2, 3.0, 5.0), "units": _interval(129.0 - 15 * at, 90.0, 150.0),
        "weeks_weakness": _interval(45.0 - at, 31.0, 52.0), "weeks_relief": _interval(40.0 + at, 20.0, 51.0),
        "stopping_weakness": _interval(16.0, 9.0, 27.0), "stopping_relief": _interval(19.0, 10.0, None),
        "never": 2.6, "never_relief": 21.0,
    }  # fmt: skip
