"""Claims of a dossier and the verdicts that their rules come to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from glabella.decision.claims import judge_claims, marks_of, studies_known
from glabella.decision.verdicts import Known, Licence, Time, judge
from glabella.dossier import PopularClaim, load, shipped, write_starter
from glabella.dossier.rules import Rule


def reason(source: str, status: str = "seen", bears: str = "for") -> dict[str, Any]:
    return {"text": "So it is.", "status": status, "source": source, "bears": bears}


def claim(verdict: str, **more: Any) -> PopularClaim:
    return PopularClaim.model_validate({"id": "x", "claim": "It helps.", "verdict": verdict, **more})


FACTS = {"facts": {"for": ["A"], "against": ["B"]}}


def test_a_typed_verdict_that_disagrees_is_told() -> None:
    typed = claim("supported", why=[reason("A"), reason("B", bears="against")], rule=FACTS)
    (judged,) = judge_claims((typed,), Known(marks={"B": "missing"}))
    assert judged.verdict == "inconclusive"
    ((name, decision),) = judged.disagreements
    assert (name, str(decision.why)) == ("", "what was seen: for it and against it")
    agreed = claim("contradicted", why=[reason("B")], rule=FACTS)
    assert next(judge_claims((agreed,), Known())).disagreements == ()


def test_parts_have_their_own_sources_and_differ() -> None:
    parts = {
        "young": {"text": "in the young", "verdict": "supported", "why": [reason("A")], "rule": FACTS},
        "old": {"text": "in the old", "verdict": "untested", "why": [reason("C")], "rule": FACTS},
    }
    (judged,) = judge_claims((claim("in parts", parts=parts),), Known())
    assert (judged.verdict, judged.disagreements) == ("in parts", ())
    without = {**parts, "old": {**parts["old"], "rule": None}}
    assert list(judge_claims((claim("in parts", parts=without),), Known())) == []


def test_a_claim_without_a_rule_is_left_alone() -> None:
    assert list(judge_claims((claim("supported", why=[reason("A")]),), Known())) == []


def test_the_best_mark_of_a_source_counts_and_also_is_a_source() -> None:
    marked = claim(
        "supported",
        why=[
            reason("A", "reported"),
            {**reason("A"), "also": ["C"]},
            {"text": "Nobody looked.", "status": "missing"},
        ],
    )
    assert marks_of(marked) == {"A": "seen", "C": "seen"}


APPROVED = {"licence": {"use": "pain", "authority": "agency"}}


def test_a_licence_rests_on_two_sources_of_the_claim_or_on_a_record() -> None:
    two = claim("contradicted", why=[{**reason("A", "reported", "against"), "also": ["B"]}], rule=APPROVED)
    one = claim("untested", why=[reason("A", "reported", "against")], rule=APPROVED)
    both = claim("untested", why=[reason("A"), reason("B", bears="against")], rule=APPROVED)
    beside = claim("untested", why=[{**reason("A", bears="beside"), "also": ["B"]}], rule=APPROVED)
    assert [judged.verdict for judged in judge_claims((two, one, both, beside), Known())] == [
        "contradicted", "untested", "untested", "untested",
    ]  # fmt: skip
    record = Known(licences={("pain", "agency"): Licence(True, recorded=True)})
    assert next(judge_claims((two,), record)).verdict == "supported"


def test_a_time_with_limits_is_one_of_the_claims_own_numbers() -> None:
    rule = {"order": {"first": "lost", "relation": "within", "between": [60, 210]}}
    lost = {"value": 120, "low": 90, "high": 120, "status": "seen", "source": "A"}
    timed = claim(
        "supported", why=[{**reason("A"), "text": "Lost by {lost}.", "values": {"lost": lost}}], rule=rule
    )
    assert next(judge_claims((timed,), Known())).verdict == "supported"
    assert next(judge_claims((timed,), Known(times={"lost": Time(10, 20)}))).verdict == "contradicted"
    exact = {"value": 120, "status": "seen", "source": "A"}
    bare = claim(
        "supported", why=[{**reason("A"), "text": "Lost by {lost}.", "values": {"lost": exact}}], rule=rule
    )
    assert next(judge_claims((bare,), Known())).verdict == "untested"


def test_what_was_not_over_when_last_looked_at_has_no_end() -> None:
    rule = {"order": {"first": "mood", "relation": "later", "second": "frown"}}
    values = {
        "mood": {"value": 24, "low": 24, "status": "seen", "source": "A"},
        "frown": {"value": 16, "low": 12, "high": 16, "status": "seen", "source": "A"},
    }
    why = [{**reason("A"), "text": "At {mood}, and {frown}.", "values": values}]
    (judged,) = judge_claims((claim("supported", why=why, rule=rule),), Known())
    assert judged.verdict == "supported"
    assert str(judged.decisions[0][1].why) == "24 or later against 12 to 16, 1 trial"


def test_what_is_not_judged_has_no_decision() -> None:
    unseen = PopularClaim.model_validate(
        {"id": "x", "claim": "It is cheap.", "verdict": "not judged", "looked_for": "No price was seen."}
    )
    assert list(judge_claims((unseen,), Known())) == []


def test_a_study_may_declare_what_rules_ask() -> None:
    evidence = load(shipped())
    rule = Rule.model_validate({"tested": {
        "where": {"design": "randomised", "population": "borderline"}, "then": {"facts": {"for": ["A"]}},
    }})  # fmt: skip
    known = Known(studies=studies_known(evidence), marks={"A": "seen"})
    assert judge(rule, known).verdict == "supported"
    plain = {key: study.model_copy(update={"asked": {}}) for key, study in evidence.studies.items()}
    without = Known(studies=studies_known(replace(evidence, studies=plain)), marks={"A": "seen"})
    assert judge(rule, without).verdict == "untested"


def test_studies_are_asked_by_design_role_control_outcome_and_size(tmp_path: Path) -> None:
    write_starter(tmp_path / "d")
    (study,) = load(tmp_path / "d").studies.values()
    (known,) = studies_known(load(tmp_path / "d"))
    assert known.words["design"] == {"randomised"}
    assert known.words["role"] == {study.role}
    assert known.words["control"] == {one.control for one in study.comparisons.values()}
    assert known.words["outcome"] == {one.outcome for one in study.results}
    assert study.n_randomised.value is None
    assert (known.people, known.numbers) == (0, {})  # not known is not few


def test_most_trials_of_the_shipped_dossier_are_small() -> None:
    evidence = load(shipped())
    rule = Rule.model_validate({"count": {
        "of": "studies", "where": {"n_below": 100}, "among": {"design": "randomised", "role": "main"},
        "at_least_share": 0.75,
    }})  # fmt: skip
    decision = judge(rule, Known(studies=studies_known(evidence)))
    assert decision.verdict == "supported"
    counted = {figure.name: figure.value for figure in decision.why.figures}
    assert (counted["found"], counted["total"]) == (6, 7)  # counted by hand: all but the largest


def test_interests_count_as_they_are_known() -> None:
    """By hand: the maker's trial has 258 of the 577 people; another interest is only reported."""
    count = {"of": "people", "among": {"design": "randomised", "role": "main"}, "at_least_share": 0.5}
    known = Known(studies=studies_known(load(shipped())))
    seen = judge(Rule.model_validate({"count": count | {"where": {"interest": "seen"}}}), known)
    assert (seen.verdict, str(seen.why)) == ("contradicted", "258 of 577, at least 50 of 100 asked")
