"""A consultation for tests, of no treatment that there is; every number is MADE UP."""

from __future__ import annotations

from typing import Any

from glabella.dossier import Consultation

SAID = {"text": "As the source says.", "status": "seen", "source": "A"}


def number(value: float | None, **more: Any) -> dict[str, Any]:
    """Give a number with its source, or a missing one."""
    if value is None:
        return {"value": None, "status": "missing"}
    return {"value": value, "status": "seen", "source": "A", **more}


def option(**more: Any) -> dict[str, Any]:
    """Give an option with the texts that each needs."""
    return {
        "label": "an option",
        **dict.fromkeys(("what", "approved", "visits", "trouble", "unknown"), SAID),
        **more,
    }


def yes_no(label: str) -> dict[str, Any]:
    """Give an ask of yes or no."""
    return {"label": label, "ask": f"{label}?", "kind": "yes_no"}


def content(**more: Any) -> dict[str, Any]:
    """Give the content of a consultation.yaml."""
    return {
        "title": "Shall we?",
        "first": [SAID],
        "asks": {
            "age": {"label": "age", "ask": "How old?", "kind": "number", "low": 0, "high": 120},
            "expecting": yes_no("expecting"),
            "weak": yes_no("weak muscles"),
            "place": {"label": "place", "ask": "Where?", "kind": "choice",
                      "choices": {"near": "near", "far": "far"}},
            "drugs": {"label": "drugs", "ask": "Which?", "kind": "several",
                      "choices": {"amber": "amber", "blue": "blue"}},
            "severity": {"label": "severity", "ask": "How ill?", "kind": "score", "scales": ["points", "marks"]},
            "doses": {"label": "doses", "ask": "Which before?", "kind": "doses"},
        },
        "crisis": {"when": [{"severity": {"at_least": 50, "scale": "points"}}], "always": SAID, "task": SAID},
        "rules": {
            "weak": {"when": {"weak": ["yes"]}, "then": "stop", "text": SAID},
            "expecting": {"when": {"expecting": ["yes"]}, "then": "caution", "text": SAID, "withhold": True},
            "amber": {"when": {"drugs": ["amber"], "age": {"at_least": 60}}, "then": "caution", "text": SAID},
            "soon": {"when": {"doses": {"below": 84}}, "then": "stop", "text": SAID},
            "none": {"when": {"drugs": ["none"]}, "then": "ask first", "text": SAID},
        },
        "doses": "doses",
        "spacing": {
            "one": {"least_days": number(84), "most_units": number(400), "within_days": number(84), "text": SAID},
            "two": {"least_days": number(112), "text": SAID},
        },
        "baselines": {
            "far": {"label": "far", "control": "mock", "when": {"place": ["far"]}, "time": "6 weeks",
                    "percent": number(23.5, low=18, high=30), "why": SAID},
            "old": {"label": "old", "control": "mock", "when": {"age": {"at_least": 60}}, "time": "6 weeks",
                    "events": number(8), "n": number(75), "why": SAID},
            "all": {"label": "all", "control": "mock", "time": "6 weeks", "percent": number(37.5, low=35, high=40),
                    "why": SAID},
            "left": {"label": "left", "control": "nothing", "time": "3 months", "percent": number(23), "why": SAID},
        },
        "event": "feel better",
        "better": "higher",
        "options": {
            "this": option(this=True, effect={"analysis": "main", "readings": ["large"]}, control="mock"),
            "other": option(effect={"treatment": "b", "against": "a"}, control="mock",
                            not_for={"unborn": {"when": {"expecting": ["yes"]}, "text": SAID}}),
            "wait": option(effect={"baseline": "left"}),
            "unknown": option(effect=None),
        },
        "nearness": {
            "age": {"ask": "age", "label": "age", "of": number(200), "otherwise": SAID, "groups": [
                {"when": {"below": 18}, "people": number(0), "text": SAID},
                {"when": {"at_least": 18, "below": 65}, "people": number(190), "text": SAID},
                {"when": {"at_least": 65, "below": 80}, "people": number(10), "text": SAID}]},
            "place": {"ask": "place", "label": "place", "of": number(100), "otherwise": SAID, "groups": [
                {"when": ["near"], "people": number(12), "text": SAID}]},
            "severity": {"ask": "severity", "label": "severity", "of": number(None), "otherwise": SAID, "groups": [
                {"when": {"at_least": 20, "scale": "points"}, "people": number(None), "text": SAID}]},
        },
        "gate": number(10),
        "plan": {
            "judge_days": number(42), "judge": SAID, "better": SAID, "unchanged": SAID, "worse": SAID, "whom": SAID,
            "changes": [
                {"scale": "points", "label": "half", "fall_percent": number(50), "why": SAID},
                {"scale": "points", "label": "a little", "fall_points": number(2.5), "why": SAID},
                {"scale": "points", "label": "well", "at_most": number(10), "why": SAID},
                {"scale": "marks", "label": "half", "fall_percent": number(50), "why": SAID},
            ],
            "course": [
                {"scale": "points", "days": number(21), "label": "early", "mean_fall": number(8), "sd": number(9),
                 "n": number(65)},
                {"scale": "points", "days": number(42), "label": "late", "mean_fall": number(11), "sd": number(10),
                 "n": number(60)},
                {"scale": "marks", "days": number(42), "label": "late", "mean_fall": number(5), "n": number(60)},
            ],
        },
    } | more  # fmt: skip


def made(**more: Any) -> Consultation:
    """Give the consultation as read."""
    return Consultation.model_validate(content(**more))
