"""The brief's claims: a word for each, the parts of one that is in parts below it, or parts named alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.brief.references import listed
from glabella.brief.results import Results
from glabella.brief.sections import claims_met, harms
from glabella.dossier import Evidence, Reference, load
from glabella.shown import Icon, Ledger, Section, inlines_of
from tests.brief.sections import changed, lines, sentence, starter


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    """Give the starter with a claim that holds for some and was tested in nobody else."""
    evidence = starter(tmp_path)
    parts = {
        key: {"text": f"in the {key}", "verdict": verdict, "why": [{**sentence("So."), "bears": bears}]}
        for key, verdict, bears in (("young", "supported", "for"), ("old", "untested", "beside"))
    }
    claims: list[dict[str, Any]] = [
        {"id": "a", "claim": "It works.", "verdict": "in parts", "parts": parts},
        {"id": "b", "claim": "It is free.", "verdict": "untested", "why": [sentence("Nobody knows.")]},
    ]
    return replace(evidence, claims=changed(evidence.claims, claims=claims))


def brief(evidence: Evidence, **claims: str) -> Section:
    summary = evidence.summary.model_copy(update={"claims": claims})
    section = claims_met.brief(Results(replace(evidence, summary=summary)), Ledger())
    assert section is not None
    return section


def test_a_claim_in_parts_shows_each_part_with_its_verdict(evidence: Evidence) -> None:
    section = brief(evidence, a="Works", b="Free")
    assert lines(section)[2:] == [
        "Claim | Verdict", "Works | in parts", "…in the young | supported", "…in the old | untested",
        "Free | untested",
    ]  # fmt: skip
    assert [piece.word for piece in inlines_of((section,)) if isinstance(piece, Icon)] == [
        "in parts", "supported", "untested", "untested",
    ]  # fmt: skip


def test_parts_may_be_named_alone(evidence: Evidence) -> None:
    assert lines(brief(evidence, **{"a.young": "Works in the young", "a.old": "Works in the old"}))[3:] == [
        "Works in the young | supported", "Works in the old | untested",
    ]  # fmt: skip


def test_without_claims_there_is_no_such_section(evidence: Evidence) -> None:
    assert claims_met.brief(Results(evidence), Ledger()) is None


def test_a_reference_leads_to_its_address_where_it_has_no_number() -> None:
    shared = {"type": "webpage", "title": "A page", "note": "seen", "genre": "page"}
    page = Reference.model_validate({"id": "A", **shared, "URL": "https://example.org/a"})
    paper = Reference.model_validate({"id": "B", **shared, "URL": "https://example.org/a", "DOI": "10.1/b"})
    bare = Reference.model_validate({"id": "C", **shared})
    found = listed({one.id: one for one in (page, paper, bare)})
    assert [one.address for one in found] == ["https://example.org/a", "https://doi.org/10.1/b", None]
    assert "https://example.org/a" in found[0].text
    with pytest.raises(ValueError, match="URL"):
        Reference.model_validate({"id": "D", **shared, "URL": "somewhere"})


def test_the_shipped_harms_stand_with_counts_of_both_pools_and_of_the_trial_with_the_most_ptosis() -> None:
    evidence = load()
    short = harms.brief(Results(evidence), Ledger())
    assert short is not None
    assert {line.split(" | ")[0] for line in lines(short)} >= {
        "headache (whole blinded period)",
        "any, whole upper face",
    }
    book = Ledger()
    full = harms.report(Results(evidence), book)
    assert full is not None
    text = "\n".join(lines(full))
    assert "1,136 of 3,431 against 395 of 1,359 (p = 0.0103)" in text
    assert "in 16 of 665 people after the toxin and in 0 of 236 after saline" in text
    assert "in the trial with the highest share, in 11 of 203 after the toxin" in text
    assert "headache in 75 and 27" in text
    highest = book.claims["harm.eyelid_ptosis_highest.with"]
    assert highest.interval == "95 % confidence interval (Wilson)"
    assert "harm.eyelid_ptosis_highest.without" not in book.claims
    # One method for every interval of a count: none is typed beside the counts.
    assert all(claim.low is None for name, claim in book.claims.items() if name.startswith("harms0."))
