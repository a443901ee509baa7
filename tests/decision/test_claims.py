"""Claims of a dossier and the verdicts that their rules come to."""

from __future__ import annotations

from typing import Any

from glabella.decision.claims import judge_claims, marks_of
from glabella.decision.verdicts import Known
from glabella.dossier import PopularClaim


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
