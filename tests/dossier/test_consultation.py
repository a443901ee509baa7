"""What ``consultation.yaml`` names must be there, and must fit what it is used for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from glabella.dossier import OfAnalyses, OfBaseline, OfNetwork, check, load
from tests.made_up import write_fuller

SAID = {"text": "Made up for a test.", "status": "missing"}


def made_up() -> dict[str, Any]:
    """Give a small consultation about the starter's treatment."""
    same = dict.fromkeys(("what", "approved", "visits", "trouble", "unknown"), SAID)
    return {
        "title": "What next?",
        "first": [SAID],
        "asks": {
            "age": {"label": "age", "ask": "How old?", "kind": "number", "unit": "years", "low": 0, "high": 120},
            "sex": {"label": "sex", "ask": "Which?", "kind": "choice", "choices": {"woman": "woman", "man": "man"}},
            "drugs": {"label": "drugs", "ask": "Which?", "kind": "several", "choices": {"a": "one drug"}},
            "allergy": {"label": "allergy", "ask": "Any?", "kind": "yes_no"},
            "earlier": {"label": "earlier doses", "ask": "What and when?", "kind": "doses"},
        },
        "rules": {"allergy": {"when": {"allergy": ["yes"]}, "then": "stop", "text": SAID}},
        "doses": "earlier",
        "spacing": {"my_drug": {"least_days": number(84), "text": SAID}},
        "baselines": {
            "usual": {"label": "all", "control": "placebo", "time": "week 6", "events": number(5), "n": number(20),
                      "why": SAID},
        },
        "event": "get better",
        "better": "higher",
        "options": {
            "nothing": {"label": "nothing", "effect": {"baseline": "usual"}, **same},
            "drug": {"label": "my drug", "this": True, "effect": {"analysis": "response_all"}, "control": "placebo",
                     **same},
        },
        "nearness": {
            "sex": {"ask": "sex", "label": "sex", "of": number(40), "otherwise": SAID,
                    "groups": [{"when": ["woman"], "people": number(39), "text": SAID}]},
        },
    }  # fmt: skip


def number(value: float) -> dict[str, Any]:
    return {"value": value, "status": "seen", "source": "EXAMPLE", "at": "abstract"}


def faults_of(folder: Path, consultation: dict[str, Any]) -> list[str]:
    write_fuller(folder)
    (folder / "consultation.yaml").write_text(yaml.safe_dump(consultation, sort_keys=False), encoding="utf-8")
    return [str(fault).partition(": ")[2] for fault in check(folder)]


def changed(at: str, value: Any) -> dict[str, Any]:
    """Give the made-up consultation with one part changed, or added."""
    whole = made_up()
    *path, last = at.split(".")
    part: Any = whole
    for step in path:
        part = part[int(step)] if isinstance(part, list) else part.setdefault(step, {})
    part[last] = value
    return whole


def test_a_sound_one_has_no_fault_and_is_read(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "d", made_up()) == []
    found = load(tmp_path / "d").consultation
    assert found is not None
    assert isinstance(found.options["nothing"].effect, OfBaseline)
    assert isinstance(found.options["drug"].effect, OfAnalyses)
    assert found.rules["allergy"].when == {"allergy": ("yes",)}


def test_a_dossier_may_have_none(tmp_path: Path) -> None:
    write_fuller(tmp_path / "d")
    assert load(tmp_path / "d").consultation is None


@pytest.mark.parametrize(
    ("at", "value", "expected"),
    [
        ("asks.sex.of", {"age": {"below": 18}}, "kind is choice, of which no answer follows for others"),
        ("asks.allergy.of", {"nix": ["yes"]}, "asks.allergy.of: no ask 'nix'"),
        ("asks.pain", {"label": "pain", "ask": "How bad?", "kind": "score", "scales": ["nix"]},
         "no scale 'nix' in dossier.yaml"),
        ("spacing.nix", {"text": SAID}, "no product 'nix' of kind treatment in products.yaml; expected one of "
                                        "['my_drug']"),
        ("spacing.placebo", {"text": SAID}, "no product 'placebo' of kind treatment in products.yaml"),
        ("options.drug.effect.analysis", "nix", "no analysis 'nix' in dossier.yaml; expected one of"),
        ("options.drug.effect.readings", ["nix"], "no analysis 'nix' in dossier.yaml"),
        ("options.drug.harms", ["nix"], "no harm_counts 'nix' in products.yaml; there is none"),
        ("options.drug.effect", {"treatment": "a", "against": "b"}, "no treatment 'a' in comparators.yaml"),
        ("options.drug.effect", {"of": "a"},
         "options.drug.effect: found keys and values, expected analysis, or treatment and against, or baseline"),
        ("options.drug.control", "nix", "options.drug.control: no baseline has the control 'nix'"),
        ("options.nothing.effect", {"baseline": "nix"}, "options.nothing.effect: no baseline 'nix'"),
        ("options.nothing.this", True, "expected one option with this: true, the treatment of the dossier"),
        ("better", "lower", "of the outcome of analysis 'response_all' higher is better, but here lower"),
        ("matters.harm", {"label": "harm", "better": "lower", "family": "harm", "harms": {"drug": "nix"}},
         "no harm_counts 'nix' in products.yaml; there is none"),
        ("matters.harm", {"label": "harm", "better": "lower", "family": "harm", "harms": {"nix": "nix"}},
         "matters.harm.harms: no option 'nix'"),
        ("plan", {"judge_days": number(42), "judge": SAID, "better": SAID, "unchanged": SAID, "worse": SAID,
                  "whom": SAID, "changes": [{"scale": "nix", "label": "a", "fall_points": number(3), "why": SAID}]},
         "nothing asks for a score on 'nix'; there is none"),
        ("rules.allergy.when", {"nix": ["yes"]}, "rules.allergy.when: no ask 'nix'"),
        ("rules.allergy.when", {"sex": ["child"]}, "rules.allergy.when: sex: found 'child', expected one of woman, "
                                                   "man"),
        ("rules.allergy.when", {"sex": {"at_least": 3}}, "sex is a choice, which has no limits"),
        ("rules.allergy.when", {"age": {"at_lest": 3}}, "unknown key 'at_lest'"),
        ("doses", "age", "no ask 'age' of kind doses"),
        ("age", "sex", "no ask 'sex' of kind number in years"),
        ("rules.allergy.ask", ["nix"], "rules.allergy.ask: no ask 'nix'"),
        ("asks.sex.fresh", {"days": number(14), "why": SAID}, "kind is choice, expected fresh for a score"),
        ("clashes", {"a": {"when": {"allergy": ["yes"]}, "text": SAID}}, "clashes.a.when"),
        ("clashes", {"a": {"when": {"allergy": ["yes"], "nix": ["yes"]}, "text": SAID}},
         "clashes.a.when: no ask 'nix'"),
        ("options.nothing.when", {"nix": ["yes"]}, "options.nothing.when: no ask 'nix'"),
        ("options.nothing.remarks", {"a": {"when": {"sex": ["child"]}, "text": SAID}},
         "options.nothing.remarks.a: sex: found 'child'"),
        ("options.drug.when", {"sex": ["man"]}, "the treatment of the dossier has when"),
        ("nearness.sex.groups.0.people", number(41), "people 41 > of 40: more than there are"),
        ("asks.age.ask", "Are you 18?", "ask holds the bare number '18'"),
        ("asks.sex.choices", {"woman": "half of you"}, "choices holds the number 'half' in words"),
        ("title", "Which of 4?", "title holds the bare number '4'"),
        ("baselines.usual.events", number(21), "events 21 > n 20: more than there are"),
        ("rules.allergy.text", {"text": "Seen.", "status": "seen", "source": "NIX"},
         "reference 'NIX' is not in references.json"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_a_fault(tmp_path: Path, at: str, value: Any, expected: str) -> None:
    assert any(expected in fault for fault in faults_of(tmp_path / "d", changed(at, value)))


def test_a_yes_without_quotes_is_a_yes(tmp_path: Path) -> None:
    whole = changed("rules.allergy.when", {"allergy": [True]})
    assert faults_of(tmp_path / "d", whole) == []


def test_a_telephone_number_is_no_result(tmp_path: Path) -> None:
    said = {"text": "Call 000 000.", "always": SAID, "task": SAID}
    assert faults_of(tmp_path / "d", changed("crisis", said)) == []


def test_an_effect_of_a_network_is_told_by_its_names() -> None:
    assert OfNetwork(treatment="a", against="b").against == "b"
