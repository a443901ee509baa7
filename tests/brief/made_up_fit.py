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
DEFINITIONS = ("none_or_mild", "one_grade")
#: Products of which nothing late was seen.
UNTIMED = ("incobotulinumtoxinA", "prabotulinumtoxinA")
ACCOUNTS = ("none", "expectancy", "feedback", "satisfaction", "central")


def evidence() -> Evidence:
    """Give the shipped dossier with a fit that is made up, whether or not it has one of its own."""
    read = load(fitted=False)
    assert read.mechanism is not None
    return replace(read, mechanism=replace(read.mechanism, fitted=made_up(read.mechanism)))


def made_up(mechanism: Mechanism, **changes: Any) -> Fitted:
    """Make a fit up."""
    data: dict[str, Any] = {
        "format": 2, "function": "glabella.mechanism.analyse", "version": "made up", "seed": 1, "level": 0.95,
        "inputs": dict.fromkeys(("model.ant", "parameters.yaml", "observations.yaml"), "made up"),
        "muscle": _muscle(mechanism), "responders_at": 30.0,
        "chain": {"log_likelihood": -150.0, "constants": [
            {"name": name, "mode": each.value} for name, each in mechanism.parameters.items()
            if each.role != "fixed" and not name.startswith(("k_mood", "gain"))
        ]},
        "courses": [_course(*it, name) for name in DEFINITIONS for it in TREATED],
        "landmarks": [_landmarks(*it, name) for name in DEFINITIONS for it in TREATED], "mood": _mood(mechanism),
        "mood_courses": [
            {"explanation": name, "days": DAYS, "relief": [at * math.exp(-day / 100) / 2 for day in DAYS]}
            for at, name in enumerate(ACCOUNTS) if name != "none"
        ],
    }  # fmt: skip
    return Fitted.model_validate_json(Fitted.model_validate({**data, **changes}).model_dump_json())


def _interval(value: float, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    return {"value": value, "low": low, "high": high}


def _muscle(mechanism: Mechanism) -> dict[str, Any]:
    names = ("days", "onset", "ceiling of none_or_mild", "days of one_grade", "spread of trials, days", "days, men")
    unknowns = [
        {"name": name, "posterior": _interval(1.0 + at, 0.6 + at, 1.6 + at),
         "prior": _interval(1.0 + at, at - 1.0, 3.0 + at),
         "rhat": 1.01, "verdict": ("identified", "partly identified", "identified", "not identified")[at % 4]}
        for at, name in enumerate(names)
    ]  # fmt: skip
    rows = [
        {"id": each.id, "kind": "share", "seen": each.arm.share, "left_out": _interval(0.7, 0.4, 0.9),
         "error": 0.7 - each.arm.share, "inside": 0.4 <= each.arm.share <= 0.9, "score": -3.0}
        for each in mechanism.observations.muscle if each.use == "fit"
    ]  # fmt: skip
    rows += [
        {"id": each.id, "kind": "median", "seen": each.days.value, "left_out": _interval(0.5), "error": 0.0,
         "inside": True, "score": -0.7}
        for each in mechanism.observations.times if each.use == "fit" and each.after_day is not None
    ]  # fmt: skip
    predicted = [
        {"of": of, "rows": rows_, "trials": trials, "error": error, "bias": bias, "coverage": coverage,
         "width": 50.0, "score": -3.1}
        for of, rows_, trials, error, bias, coverage in (
            ("all", 71, 20, 8.1, -2.0, 97.2), ("shares", 60, 19, 8.7, 1.2, 92.3),
            ("product_shares", 22, 7, 14.1, -3.4, 88.5), ("product_late", 17, 6, 9.9, 5.6, 85.7),
        )
    ]  # fmt: skip
    return {
        "draws": 1000, "chains": 8, "acceptance": 0.8, "unknowns": unknowns, "rows": rows, "predicted": predicted,
        "left_out": [],
    }  # fmt: skip


def _course(product: str, dose: float, sex: str, definition: str) -> dict[str, Any]:
    top = (0.8 if sex == "women" else 0.6) + dose / 1000
    middle = [top * min(1.0, day / 14) * math.exp(-max(day - 60, 0) / 90) for day in DAYS]
    return {
        "product": product, "dose": dose, "sex": sex, "definition": definition, "days": DAYS, "median": middle,
        "low": [0.85 * x for x in middle], "high": [min(1.1 * x, 1.0) for x in middle],
        "next_low": [0.7 * x for x in middle], "next_high": [min(1.3 * x, 1.0) for x in middle],
    }  # fmt: skip


def _landmarks(product: str, dose: float, sex: str, definition: str) -> dict[str, Any]:
    days = (100 if definition == DEFINITIONS[0] else 124) + dose
    return {
        "product": product, "dose": dose, "sex": sex, "definition": definition,
        "known": sex == "women" and product not in UNTIMED,
        "onset": _interval(1.9, 1.2, 3.1), "peak_day": _interval(24.0, 17.0, 33.0),
        "peak_share": _interval(0.84, 0.78, 0.9) if sex == "women" else _interval(0.62, 0.45, 0.75),
        "duration": _interval(days, days - 18, days + 22),
        "next_duration": _interval(days - 1, days - 32, days + 47),
        "short": _interval(days - 62, days - 70, days - 55),
        "long": _interval(days + 81, days + 60, None),
        "kept": [{"day": 84.0, "share": _interval(0.72, 0.6, 0.81), "next_share": _interval(0.72, 0.5, 0.9)},
                 {"day": 168.0, "share": _interval(0.2, 0.1, 0.3), "next_share": _interval(0.2, 0.02, 0.5)}],
    }  # fmt: skip


def _mood(mechanism: Mechanism) -> dict[str, Any]:
    rows = [each for each in mechanism.observations.mood if each.use == "fit"]
    explanations = [
        {"name": name, "gain": _interval(0.0) if name == "none" else _interval(5.5 + at, -0.9, 12.0 + at),
         "half_life": _interval(None) if name == "none" else _interval(12.0 * at, None, 90.0 if at == 1 else None),  # type: ignore[arg-type]
         "spread": 9.1 if name == "none" else 2.1 + at, "aic": 60.0 + at, "aicc": 70.0 + at, "bic": 64.5 - at,
         "parameters": 1 if name == "none" else 3, "expected": [3.0 for _ in rows]}
        for at, name in enumerate(ACCOUNTS)
    ]  # fmt: skip
    return {
        "product": "onabotulinumtoxinA", "rows": [each.id for each in rows],
        "relief": [_interval(3.7, -0.1, 7.5) for _ in rows], "weeks": [each.week for each in rows],
        "explanations": explanations, "trials": len({each.study for each in rows}), "apart": None,
        "statement": "made up", "left_out": [],
    }  # fmt: skip
