"""What a dossier says of an outcome, and what a small study may leave out."""

from __future__ import annotations

from pathlib import Path

import pytest

from glabella.dossier import check, load, shipped
from tests.made_up import write_fuller

PLAN = "dossier.yaml"
STUDY = "studies/example2020.yaml"
N = "{value: 10, status: seen, source: EXAMPLE}"


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    write_fuller(tmp_path / "dossier")
    return tmp_path / "dossier"


def edit(folder: Path, file: str, *edits: tuple[str, str]) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / file).write_text(text, encoding="utf-8")


def said(folder: Path) -> list[str]:
    return [str(fault) for fault in check(folder)]


def test_an_event_may_have_words_and_a_usual_risk(dossier: Path) -> None:
    edit(dossier, PLAN, ("    family:", f"    event: get better\n    important: {N}\n"
                         f"    usual_risk: {{label: usual care, events: {N}, n: {N}}}\n    family:"))  # fmt: skip
    assert said(dossier) == []
    outcome = load(dossier).dossier.outcomes["response"]
    assert outcome.usual_risk is not None
    assert (outcome.event, outcome.usual_risk.events.value, outcome.unit, outcome.points) == (
        "get better",
        10,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("kind", "field", "text", "expected"),
    [
        ("binary", "unit", "points", "the outcome is binary, expected no unit"),
        ("binary", "points", f"{{scale: my_scale, sd: {N}}}", "the outcome is binary, expected no points"),
        ("continuous", "event", "get better", "the outcome is continuous, expected no event"),
        ("continuous", "usual_risk", f"{{label: a, events: {N}, n: {N}}}", "continuous, expected no usual_risk"),
        ("continuous", "points", f"{{scale: other, sd: {N}}}", "no scale 'other'; expected one of ['my_scale']"),
        ("binary", "usual_risk", f"{{label: a, events: {N.replace('10', '11')}, n: {N}}}", "events 11 > n 10"),
        (
            "continuous",
            "points",
            f"{{scale: my_scale, sd: {N.replace('10', '0')}}}",
            "sd is 0, expected more than 0",
        ),
    ],
)
def test_what_does_not_fit_an_outcome_is_a_fault_there(
    dossier: Path, kind: str, field: str, text: str, expected: str
) -> None:
    edit(dossier, PLAN, ("kind: binary", f"kind: {kind}"), ("    family:", f"    {field}: {text}\n    family:"))
    line = (dossier / PLAN).read_text(encoding="utf-8").split("\n").index(f"    {field}: {text}") + 1
    assert any(fault.startswith(f"{PLAN}:{line}: ") and expected in fault for fault in said(dossier)), said(dossier)


def test_points_of_a_known_scale_are_no_fault(dossier: Path) -> None:
    edit(dossier, PLAN, ("kind: binary", "kind: continuous"), ("measure: OR", "measure: SMD"),
         ("better: lower", "better: higher"),
         ("    family:", f"    unit: points\n    points: {{scale: my_scale, sd: {N}}}\n    family:"))  # fmt: skip
    assert said(dossier) == []


def test_scores_need_a_scale_and_counts_do_not(dossier: Path) -> None:
    edit(dossier, STUDY, ("    scale: my_scale\n", ""))
    assert said(dossier) == []
    assert load(dossier).studies["example2020"].results[0].scale is None
    edit(dossier, PLAN, ("kind: binary", "kind: continuous"), ("measure: OR", "measure: SMD"))
    assert said(dossier) == [
        f"{STUDY}:28: scale is missing; scores of 'response' are on one, expected one of ['my_scale']"
    ]


def test_a_dossier_may_do_without_scales_and_times(dossier: Path) -> None:
    edit(dossier, STUDY, ("    scale: my_scale\n", ""), ("    time: 6\n", ""))
    edit(
        dossier, PLAN, ("    time: 6\n", ""), ("scales:\n  my_scale:\n    label: my scale\n    better: lower\n", "")
    )
    assert said(dossier) == []
    dossier_ = load(dossier).dossier
    assert dossier_.scales == {}
    assert dossier_.analyses["response_all"].time is None
    assert dossier_.scale_label(None) == ""


def test_a_scale_is_called_by_its_label(dossier: Path) -> None:
    assert load(dossier).dossier.scale_label("my_scale") == "my scale"


def test_what_a_study_leaves_out_was_not_seen(dossier: Path) -> None:
    text = (dossier / STUDY).read_text(encoding="utf-8")
    left = [line for line in text.split("\n") if not line.lstrip().startswith(
        ("n_randomised", "risk_of_bias", "blinding_check", "co_treatment"))]  # fmt: skip
    (dossier / STUDY).write_text("\n".join(left), encoding="utf-8")
    assert said(dossier) == []
    study = load(dossier).studies["example2020"]
    assert (study.role, study.co_treatment) == ("main", "unknown")
    for number in (study.n_randomised, study.arms["drug"].n_randomised):
        assert (number.value, number.status) == (None, "missing")
    assert (study.risk_of_bias.judgement, study.risk_of_bias.status) == (None, "missing")
    assert study.blinding_check.status == "missing"


def test_claims_and_the_search_may_be_left_out(dossier: Path) -> None:
    (dossier / "claims.yaml").unlink()
    evidence = load(dossier)
    assert evidence.claims.claims == ()
    assert (evidence.dossier.search.date, evidence.dossier.search.statement) == (None, None)
    edit(
        dossier,
        PLAN,
        ("question:", "search: {date: 2026-01-02, statement: {text: Everywhere., status: derived}}\nquestion:"),
    )
    search = load(dossier).dossier.search
    assert search.date == "2026-01-02"
    assert search.statement is not None
    edit(dossier, PLAN, ("2026-01-02", "spring"))
    assert any("search.date: found 'spring'" in fault for fault in said(dossier))


def test_the_shipped_dossier_turns_a_difference_into_points() -> None:
    evidence = load(shipped())
    assert evidence.mechanism is not None
    assert evidence.comparators is not None
    score, response = (evidence.dossier.outcomes[key] for key in ("depression_score", "response"))
    assert score.points is not None
    assert score.important is not None
    assert (score.unit, score.points.scale, score.important.value) == ("points", "madrs", 3)
    # The same number as in the mechanism, and the same risk as in the network.
    own = evidence.mechanism.parameters["points_per_sd"]
    assert (score.points.sd.value, score.points.sd.derived_from, score.points.sd.note) == (
        own.value, own.derived_from, own.note)  # fmt: skip
    assert response.usual_risk is not None
    assert evidence.comparators.control_response is not None
    assert response.usual_risk.events == evidence.comparators.control_response.events
    assert response.usual_risk.n == evidence.comparators.control_response.n
