"""Which result of a trial an analysis takes, by its time and its scale, or without. SYNTHETIC data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.dossier import Evidence
from glabella.synthesis import contrasts
from tests.synthesis.test_contrasts import made

ARMS = {"drug": 20, "placebo": 20}


def row(events: int, **more: Any) -> str:
    """Write counts that tell by the number of events which result was taken."""
    numbers = ", ".join(
        f"{arm}: {{n: {{value: 20, status: seen, source: EXAMPLE}}, "
        f"events: {{value: {count}, status: seen, source: EXAMPLE}}}}"
        for arm, count in (("drug", events), ("placebo", 4))
    )
    fields = "".join(f"    {name}: {value}\n" for name, value in more.items() if value is not None)
    return f"  - outcome: response\n{fields}    arms: {{{numbers}}}\n"


def taken(evidence: Evidence, **choice: Any) -> tuple[float, float | None, str | None]:
    """Give the events of the drug, the time and the scale of the one effect."""
    analysis = evidence.dossier.analyses["response_all"].model_copy(update=choice)
    (effect,) = contrasts(evidence, analysis).effects
    events = dict(effect.steps[0].inputs)["events, arm"].value
    assert events is not None
    return events, effect.time, effect.scale


@pytest.fixture
def three(tmp_path: Path) -> Evidence:
    """Make up a trial with results at three times, the primary one in the middle, and one without a time."""
    text = row(11, time=2) + row(12, time=6, role="primary") + row(13, time=12) + row(14)
    return made(tmp_path, ARMS, text, "OR")


@pytest.mark.parametrize(
    ("choice", "events", "time"),
    [
        ({"time": 2}, 11, 2),
        ({"time": 12}, 13, 12),
        ({"time": None}, 12, 6),  # its primary result
        ({"time": 6, "when": "first"}, 11, 2),
        ({"time": None, "when": "first"}, 11, 2),
        ({"time": 6, "when": "last"}, 14, None),  # no time is that of the end
        ({"time": None, "when": "last"}, 14, None),
    ],
)
def test_the_time_that_an_analysis_names(three: Evidence, choice: Any, events: int, time: float | None) -> None:
    assert taken(three, **choice) == (events, time, None)


def test_without_a_primary_result_the_main_one_is_the_last(tmp_path: Path) -> None:
    evidence = made(tmp_path, ARMS, row(11, time=2) + row(13, time=12) + row(12, time=6), "OR")
    assert taken(evidence, time=None) == (13, 12, None)


def test_a_trial_may_have_a_single_result_without_time(tmp_path: Path) -> None:
    evidence = made(tmp_path, ARMS, row(11), "OR")
    assert taken(evidence, time=None) == (11, None, None)
    named = contrasts(evidence, evidence.dossier.analyses["response_all"])
    assert named.effects == ()
    assert named.not_computed[0].reason == "no result for this outcome at this week was seen"
    other = evidence.dossier.analyses["response_all"].model_copy(update={"time": None, "not_from": ("EXAMPLE",)})
    assert "was not seen" in contrasts(evidence, other).not_computed[0].reason


def test_counts_on_no_scale_have_no_rater(tmp_path: Path) -> None:
    evidence = made(tmp_path, ARMS, row(11, time=6) + row(12, time=6, scale="my_scale"), "OR")
    assert taken(evidence) == (11, 6, None)
    analysis = evidence.dossier.analyses["response_all"].model_copy(update={"raters": ("self",)})
    assert contrasts(evidence, analysis).effects == ()
    at_any = analysis.model_copy(update={"time": None})
    assert contrasts(evidence, at_any).not_computed[0].reason == "no result for this outcome was seen"


def test_a_second_scale_is_told_by_its_label_and_none_is_not(tmp_path: Path) -> None:
    first, none = row(11, time=6, scale="my_scale", role="primary"), row(12, time=6)
    evidence = made(tmp_path / "a", ARMS, first + none, "OR")
    (effect,) = contrasts(evidence, evidence.dossier.analyses["response_all"]).effects
    assert not any("also reported" in step.rule for step in effect.steps)
    evidence = made(tmp_path / "b", ARMS, row(12, time=6, role="primary") + row(11, time=6, scale="my_scale"), "OR")
    (effect,) = contrasts(evidence, evidence.dossier.analyses["response_all"]).effects
    assert any("also reported on my scale" in step.rule for step in effect.steps)


def test_the_unit_of_time_is_the_dossiers(tmp_path: Path) -> None:
    evidence = made(tmp_path, ARMS, row(11, time=6), "OR")
    words = evidence.words.model_copy(update={"visit": "year"})
    dossier = evidence.dossier.model_copy(update={"words": words})
    named = replace(evidence, dossier=dossier)
    analysis = dossier.analyses["response_all"].model_copy(update={"time": 2})
    assert contrasts(named, analysis).not_computed[0].reason == "no result for this outcome at this year was seen"
