"""A problem of benefit and harm for tests: one trial of three options (R3), whose parts are replaced."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

from glabella.dossier import ProblemFile, load_problem
from tests.decision.preferences import reference_cases as cases

_FAMILIES = dict(zip(cases.R3_CRITERIA, ("mood", "stomach", "sleep", "fear"), strict=True))


def trial() -> dict[str, Any]:
    """Give the trial as a problem's file holds it."""
    return {
        "format": 1,
        "title": "Placebo or one of two drugs",
        "asked": "Which would people choose?",
        "date": "2026-11-30",
        "people": "adults in one trial",
        "time": "six weeks",
        "spread": "mean",
        "prior": "uniform",
        "control": "placebo",
        "criteria": {
            key: {
                "label": key,
                "better": "higher" if key == "response" else "lower",
                "scale": "chance",
                "family": _FAMILIES[key],
                "range": {"low": min(ends), "high": max(ends), "source": "TER11"},
            }
            for key, ends in zip(cases.R3_CRITERIA, cases.R3_RANGES, strict=True)
        },
        "options": {
            option: {
                "label": option,
                "cells": {
                    key: {"counts": {"events": events, "people": people}, "source": "TER11", "at": "table"}
                    for key, (events, people) in zip(cases.R3_CRITERIA, counts, strict=True)
                },
            }
            for option, counts in zip(cases.R3_OPTIONS, cases.R3_COUNTS, strict=True)
        },
        "references": {"TER11": {"text": "Tervonen 2011", "address": "https://doi.org/10.1002/sim.4194"}},
    }


def everything() -> dict[str, Any]:
    """Give the trial with every part that a problem may have."""
    return trial() | {
        "statements": [{"rank": ["response", "nausea", "anxiety", "insomnia"]}],
        "gate": {"criterion": "response", "least": 0.1, "why": "one more in ten", "source": "TER11"},
        "importance": {"response": 1, "nausea": 0.2, "insomnia": 0.25, "anxiety": 0},
        "plane": {"benefit": "response", "harm": "nausea"},
        "guard_rails": [{"text": "Thoughts of suicide are asked about at every visit.", "source": "TER11"}],
    }


def changed(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Give a copy with another value at a dotted path; ``...`` takes the part away."""
    made = copy.deepcopy(data)
    *above, last = path.split(".")
    part: Any = made
    for step in above:
        part = part[int(step) if isinstance(part, list) else step]
    if value is ...:
        del part[last]
    else:
        part[int(last) if isinstance(part, list) else last] = value
    return made


def written(folder: Path, data: Any, name: str = "problem.yaml") -> Path:
    """Write a problem's file."""
    path = folder / name
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def read(folder: Path, data: Any) -> ProblemFile:
    """Write a problem's file and read it."""
    return load_problem(written(folder, data))
