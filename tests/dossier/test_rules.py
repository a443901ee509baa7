"""Rules of claims in a dossier: what they name must be there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from glabella.dossier import PopularClaim, check, write_starter

WHY = [{"text": "So it is.", "status": "seen", "source": "EXAMPLE", "bears": "for"}]


def faults(tmp_path: Path, rule: dict[str, Any]) -> list[str]:
    folder = tmp_path / "d"
    write_starter(folder)
    claim = {"id": "x", "claim": "It helps.", "verdict": "supported", "why": WHY, "rule": rule}
    (folder / "claims.yaml").write_text(yaml.safe_dump({"claims": [claim]}, sort_keys=False), encoding="utf-8")
    return [str(fault) for fault in check(folder)]


def test_a_rule_that_names_what_there_is_is_sound(tmp_path: Path) -> None:
    assert faults(tmp_path, {"facts": {"for": ["EXAMPLE"]}}) == []


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ({"facts": {"against": ["OTHER"]}}, "the source 'OTHER', which no reason of the claim cites"),
        ({"facts": {"unclear": ["OTHER"]}}, "the source 'OTHER'"),
        ({"estimate": {"analysis": "none", "target": "any_benefit"}}, "the analysis 'none', expected one of ["),
        ({"certainty": {"analysis": "none", "target": "any_benefit", "at_most": "low"}}, "the analysis 'none'"),
        ({"moderator": {"analysis": "none", "by": "age", "direction": "positive"}}, "the analysis 'none'"),
        ({"not": {"all": [{"facts": {"for": ["OTHER"]}}]}}, "the source 'OTHER'"),
        ({"stated": {"quantity": "reports.nix.row", "value": 1}}, "'reports.nix.row', expected one of ["),
        (
            {"cap": {"when": {"facts": {"for": ["OTHER"]}}, "rule": {"facts": {"for": ["EXAMPLE"]}}}},
            "the source 'OTHER'",
        ),
        ({"tested": {"where": {"kind": "any"}, "then": {"facts": {"for": ["OTHER"]}}}}, "the source 'OTHER'"),
    ],
)
def test_a_rule_that_names_what_there_is_not_is_a_fault_with_its_line(
    tmp_path: Path, rule: dict[str, Any], named: str
) -> None:
    (fault,) = faults(tmp_path, rule)
    assert fault.startswith("claims.yaml:")
    assert f"the rule names {named}" in fault
    lines = (tmp_path / "d" / "claims.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[int(fault.split(":")[1]) - 1].strip() == "rule:"


def test_a_difference_is_no_analysis(tmp_path: Path) -> None:
    assert faults(tmp_path, {"estimate": {"difference": "together_minus_alone", "target": "any_benefit"}}) == []


def test_a_claim_of_parts_has_its_rules_there() -> None:
    part = {"text": "so", "verdict": "supported", "why": WHY}
    other = {"text": "or so", "verdict": "untested", "why": [{**WHY[0], "bears": "beside"}]}
    with pytest.raises(ValidationError, match="parts and a rule beside them"):
        PopularClaim.model_validate({
            "id": "x", "claim": "It helps.", "verdict": "in parts", "parts": {"a": part, "b": other},
            "rule": {"facts": {"for": ["EXAMPLE"]}},
        })  # fmt: skip


def test_what_is_not_judged_says_what_was_not_seen_and_nothing_else() -> None:
    bare = {"id": "x", "claim": "It is cheap.", "verdict": "not judged"}
    claim = PopularClaim.model_validate({**bare, "looked_for": "No price was seen."})
    assert (claim.judged, claim.reasons) == ((), ())
    with pytest.raises(ValidationError, match="looked_for goes with the verdict not judged"):
        PopularClaim.model_validate(bare)
    with pytest.raises(ValidationError, match="looked_for goes with the verdict not judged"):
        PopularClaim.model_validate({**bare, "verdict": "supported", "why": WHY, "looked_for": "No price."})
    for more in ({"why": WHY}, {"rule": {"facts": {"for": ["EXAMPLE"]}}}):
        with pytest.raises(ValidationError, match="expected no why, rule or parts"):
            PopularClaim.model_validate({**bare, "looked_for": "No price was seen.", **more})


def test_where_one_claim_has_a_rule_each_has_or_each_of_its_parts(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    write_starter(folder)
    rule = {"facts": {"for": ["EXAMPLE"]}}
    parts = {
        "young": {"text": "in the young", "verdict": "supported", "why": WHY, "rule": rule},
        "old": {"text": "in the old", "verdict": "untested", "why": [{**WHY[0], "bears": "beside"}]},
    }
    claims = [
        {"id": "x", "claim": "It helps.", "verdict": "in parts", "parts": parts},
        {"id": "y", "claim": "It is safe.", "verdict": "supported", "why": WHY},
        {"id": "z", "claim": "It is cheap.", "verdict": "not judged", "looked_for": "No price was seen."},
    ]
    (folder / "claims.yaml").write_text(yaml.safe_dump({"claims": claims}, sort_keys=False), encoding="utf-8")
    lines = (folder / "claims.yaml").read_text(encoding="utf-8").splitlines()
    found = [(lines[(fault.line or 0) - 1].strip(), fault.message) for fault in check(folder)]
    message = "has no rule, but other claims have; expected one for each claim or part"
    assert found == [("verdict: untested", message), ("verdict: supported", message)]
    del claims[0]
    (folder / "claims.yaml").write_text(yaml.safe_dump({"claims": claims}, sort_keys=False), encoding="utf-8")
    assert check(folder) == []
