"""Verdicts that rules come to on a dossier's own results, and what a new trial does to them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from glabella.brief import Results
from glabella.brief.claims import (
    decisions_of,
    misfits_of_verdicts,
    rated_of,
    verdicts_of,
)
from glabella.brief.sections import popular_claims
from glabella.cli import main
from glabella.decision.analyses import needed_of
from glabella.decision.rating import needed_for_difference, needed_for_shares, rate
from glabella.dossier import check, load, write_starter
from glabella.shown import Ledger
from tests.brief.sections import lines

PAIN = {"label": "pain", "kind": "continuous", "better": "lower", "family": "pain", "unit": "points",
        "important": {"value": 2, "status": "seen", "source": "EXAMPLE"},
        "points": {"scale": "vas", "sd": {"value": 10, "status": "seen", "source": "EXAMPLE"}}}  # fmt: skip
CURED = {"label": "cure", "kind": "binary", "better": "higher", "family": "cure", "event": "recover",
         "important": {"value": 0.1, "status": "seen", "source": "EXAMPLE"},
         "usual_risk": {"label": "usual care", "events": {"value": 30, "status": "seen", "source": "EXAMPLE"},
                        "n": {"value": 100, "status": "seen", "source": "EXAMPLE"}}}  # fmt: skip


def number(value: float) -> dict[str, Any]:
    return {"value": value, "status": "seen", "source": "EXAMPLE", "at": "abstract"}


def trial(name: str, n: int, difference: float, *, judgement: str | None = None, cured: int = 10) -> dict[str, Any]:
    """Make a trial of two arms of n people whose scores differ, with an SD of ten."""
    scores = {"t": {"n": number(n), "mean": number(50 + difference), "sd": number(10)},
              "c": {"n": number(n), "mean": number(50), "sd": number(10)}}  # fmt: skip
    counts = {"t": {"n": number(n), "events": number(cured)}, "c": {"n": number(n), "events": number(5)}}
    made: dict[str, Any] = {
        "id": name, "label": name, "year": 2000, "reports": ["EXAMPLE"],
        "design": {"type": "parallel", "randomised": "yes", "blinding": "double"},
        "n_randomised": number(2 * n),
        "arms": {"t": {"label": "treated", "treatment": "drug", "role": "active"},
                 "c": {"label": "control", "treatment": "placebo", "role": "control"}},
        "comparisons": {"t_v_c": {"arm": "t", "versus": "c", "control": "placebo"}},
        "results": [
            {"outcome": "pain", "scale": "vas", "time": 6, "role": "primary", "score": "endpoint", "arms": scores},
            {"outcome": "cured", "time": 6, "arms": counts},
        ],
    }  # fmt: skip
    if judgement:
        made["risk_of_bias"] = {"tool": "any", "judgement": judgement, "status": "seen", "source": "EXAMPLE",
                                "note": "made up"}  # fmt: skip
    return made


def folder_of(tmp_path: Path, trials: list[dict[str, Any]], claims: list[dict[str, Any]], **outcome: Any) -> Path:
    folder = tmp_path / "d"
    write_starter(folder)
    path = folder / "dossier.yaml"
    dossier = yaml.safe_load(path.read_text(encoding="utf-8"))
    which = {"comparisons": [f"{one['id']}/t_v_c" for one in trials], "why": "all"}
    dossier |= {
        "treatment": "drug",
        "outcomes": {"pain": PAIN | outcome, "cured": CURED},
        "scales": {"vas": {"label": "VAS"}},
        "headline": "all",
        "analyses": {
            "all": {"label": "all", "outcome": "pain", "measure": "SMD", "time": 6} | which,
            "cured": {"label": "cured", "outcome": "cured", "measure": "RD", "time": 6} | which,
        },
    }  # fmt: skip
    dossier["question"]["outcomes"] = ["pain", "cured"]
    path.write_text(yaml.safe_dump(dossier, sort_keys=False), encoding="utf-8")
    products = {"products": {"drug": {"label": "the drug", "kind": "treatment"},
                             "placebo": {"label": "placebo", "kind": "control"}}}  # fmt: skip
    (folder / "products.yaml").write_text(yaml.safe_dump(products), encoding="utf-8")
    (folder / "claims.yaml").write_text(yaml.safe_dump({"claims": claims}, sort_keys=False), encoding="utf-8")
    for old in (folder / "studies").glob("*.yaml"):
        old.unlink()
    for one in trials:
        (folder / "studies" / f"{one['id']}.yaml").write_text(
            yaml.safe_dump(one, sort_keys=False), encoding="utf-8"
        )
    return folder


def claim(verdict: str, rule: dict[str, Any], bears: str) -> dict[str, Any]:
    why = [{"text": "So it is.", "status": "seen", "source": "EXAMPLE", "bears": bears}]
    return {"id": "works", "claim": "It works.", "verdict": verdict, "why": why, "rule": rule}


WORKS = {"estimate": {"analysis": "all", "target": "important_benefit"}}
SMALL = [trial(name, 15, difference, cured=cured) for name, difference, cured in
         (("a", -12, 12), ("b", -9, 10), ("e", 1, 8))]  # fmt: skip


def results_of(folder: Path) -> Results:
    assert [str(fault) for fault in check(folder)] == []
    return Results(load(folder))


def test_a_new_trial_moves_the_verdict(tmp_path: Path) -> None:
    few = results_of(folder_of(tmp_path / "few", SMALL, [claim("inconclusive", WORKS, "unclear")]))
    assert [one.verdict for one in few.judged] == ["inconclusive"]
    sound = [trial(name, 150, difference, judgement="low") for name, difference in
             (("f", -6), ("g", -5), ("h", -5.5), ("i", -6), ("j", -5))]  # fmt: skip
    more = results_of(folder_of(tmp_path / "more", [*SMALL, *sound], [claim("inconclusive", WORKS, "unclear")]))
    (judged,) = more.judged
    assert judged.verdict == "supported"
    body = more.known.estimates["all"].body
    assert (body.trials, body.people, body.shares.low) == (5, 1500, 1.0)  # those at low risk decide alone
    none = [trial("k", 1000, -0.2, judgement="low")]
    without = results_of(folder_of(tmp_path / "none", [*SMALL, *none], [claim("inconclusive", WORKS, "unclear")]))
    assert [one.verdict for one in without.judged] == ["contradicted"]


def test_a_typed_verdict_that_its_rule_does_not_come_to_is_a_fault(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, SMALL, [claim("supported", WORKS, "for")])
    (fault,) = misfits_of_verdicts(results_of(folder))
    assert fault.message.startswith("claim 'works': verdict is supported, but its rule comes to inconclusive: ")
    done = CliRunner().invoke(main, ["dossier", "check", str(folder)])
    assert done.exit_code == 2
    assert "claims.yaml: claim 'works': verdict is supported, but its rule comes to inconclusive" in done.stderr
    sound = folder_of(tmp_path / "sound", SMALL, [claim("inconclusive", WORKS, "unclear")])
    assert CliRunner().invoke(main, ["dossier", "check", str(sound)]).exit_code == 0


def test_shares_and_numbers_people_say_come_from_counts(tmp_path: Path) -> None:
    rule = {"all": [
        {"share": {"arm": "treated", "outcome": "cured", "above": 0.4, "as": "most"}},
        {"stated": {"quantity": "cured.control", "value": 0.33, "as": "others"}},
    ]}  # fmt: skip
    results = results_of(folder_of(tmp_path, SMALL, [claim("supported", rule, "for")]))
    known = results.known
    assert known.shares["treated", "cured"].value == pytest.approx(30 / 45)
    assert known.quantities["cured.control"].value == pytest.approx(15 / 45)
    assert misfits_of_verdicts(results) == []
    assert "all" not in known.estimates, "what no rule names is not computed"


def test_an_analysis_can_be_asked_for_how_many_of_the_headline_it_has(tmp_path: Path) -> None:
    rule = {"all": [
        {"count": {"of": "percent_of_headline.part", "at_most": 75}},
        {"count": {"of": "percent_of_headline.none", "at_most": 75}},
    ]}  # fmt: skip
    folder = folder_of(tmp_path, SMALL, [claim("inconclusive", rule, "unclear")])
    path = folder / "dossier.yaml"
    dossier = yaml.safe_load(path.read_text(encoding="utf-8"))
    part = dossier["analyses"]["all"]
    dossier["analyses"]["part"] = part | {"comparisons": part["comparisons"][:1]}
    path.write_text(yaml.safe_dump(dossier, sort_keys=False), encoding="utf-8")
    results = results_of(folder)
    assert results.known.numbers == {"percent_of_headline.part": pytest.approx(100 / 3)}
    assert misfits_of_verdicts(results) == []


def test_what_is_declared_of_trust_is_rated(tmp_path: Path) -> None:
    trusted = {"visible": True, "subjective": True, "bias": "told", "serious": ["other people"]}
    folder = folder_of(tmp_path, SMALL, [claim("inconclusive", WORKS, "unclear")], trusted=trusted)
    (fault,) = check(folder)
    assert "names the bias 'told', expected one of priors.yaml: []" in str(fault)
    bias = {"label": "raters who know", "of": "bias", "measure": "SMD", "applies_to": "any", "family": "normal",
            "parameters": {"mean": number(-0.23) | {"low": -0.4, "high": -0.06}, "sd": number(0.09)},
            "why": [{"text": "Seen.", "status": "seen", "source": "EXAMPLE"}]}  # fmt: skip
    (folder / "priors.yaml").write_text(yaml.safe_dump({"bias": {"told": bias}}), encoding="utf-8")
    results = results_of(folder)
    rated = rated_of(results, results.headline)
    assert rated is not None
    assert rated.body.unblinding is not None
    assert (rated.body.unblinding.bias_mean, rated.body.unblinding.bias_high) == (0.23, 0.4)
    assert rated.body.indirect.serious == ("other people",)
    said = str(rate(rated.body, "important_benefit").line)
    assert "people can see or feel the effect, and how many guessed is not known" in said
    assert "other people" in said


def test_people_needed_go_by_the_measure(tmp_path: Path) -> None:
    results = results_of(folder_of(tmp_path, SMALL, []))
    pain, cured = results.headline, results.pool("cured")
    assert cured is not None
    assert needed_of(pain.outcome, pain.analysis.measure, 0.2) == needed_for_difference(0.2)
    assert needed_of(cured.outcome, cured.analysis.measure, 0.1) == pytest.approx(needed_for_shares(0.3, 0.4))
    assert needed_of(cured.outcome, cured.analysis.measure, 0.8) is None, "more than everybody"


@pytest.mark.parametrize(("measure", "step", "other"), [
    ("RR", math.log(1.5), 0.45), ("OR", math.log(2), 0.6 / 1.3), ("RD", 0.1, 0.4),
])  # fmt: skip
def test_people_needed_of_ratios(tmp_path: Path, measure: str, step: float, other: float) -> None:
    folder = folder_of(tmp_path, SMALL, [])
    path = folder / "dossier.yaml"
    dossier = yaml.safe_load(path.read_text(encoding="utf-8"))
    dossier["analyses"]["cured"]["measure"] = measure
    path.write_text(yaml.safe_dump(dossier, sort_keys=False), encoding="utf-8")
    one = Results(load(folder)).pool("cured")
    assert one is not None
    assert needed_of(one.outcome, one.analysis.measure, step) == pytest.approx(needed_for_shares(0.3, other))


WON = {"count": {"of": "main_comparisons_won_by_the_largest_trial", "equals": 0}}


@pytest.mark.parametrize(
    ("p", "favours", "role", "verdict"),
    [
        ({"value": 0.053}, "arm", "primary", "supported"),
        ({"value": 0.049}, "arm", "primary", "contradicted"),
        ({"value": 0.049}, "versus", "primary", "supported"),
        ({"value": 0.05, "bound": "<"}, "arm", "primary", "contradicted"),
        ({"value": 0.05, "bound": ">"}, "arm", "primary", "supported"),
        ({"value": 0.001}, "arm", "secondary", "untested"),
    ],
)
def test_main_comparisons_of_the_largest_trial_are_won_by_their_printed_p(
    tmp_path: Path, p: dict[str, Any], favours: str, role: str, verdict: str
) -> None:
    largest, other = trial("a", 100, 3 if favours == "versus" else -3), trial("b", 20, -9)
    for one, printed in ((largest, p), (other, {"value": 0.001})):
        score = one["results"][0]
        score["role"] = role if one is largest else "primary"
        score["between"] = [{"comparison": "t_v_c", "p": number(0) | printed,
                             "favours": favours if one is largest else "arm"}]  # fmt: skip
    largest["comparisons"]["t_v_c"]["largest"] = True
    results = Results(load(folder_of(tmp_path, [largest, other], [claim("supported", WON, "for")])))
    assert [one.verdict for one in results.judged] == [verdict]


def test_documents_show_what_a_rule_comes_to_and_not_what_is_typed(tmp_path: Path) -> None:
    typed = claim("supported", WORKS, "for")
    unruled = {**claim("untested", WORKS, "beside"), "id": "else", "rule": None}
    for_it = {"facts": {"for": ["EXAMPLE"]}}
    parts = {
        "now": {"text": "now", "verdict": "supported", "why": typed["why"], "rule": for_it},
        "ever": {"text": "for ever", "verdict": "untested", "why": unruled["why"],
                 "rule": {"facts": {"against": ["EXAMPLE"]}}},
    }  # fmt: skip
    both = {"id": "both", "claim": "It works now and for ever.", "verdict": "in parts", "parts": parts}
    evidence = load(folder_of(tmp_path, SMALL, [typed]))
    claims = type(evidence.claims).model_validate({"claims": [typed, unruled, both]})
    results = Results(replace(evidence, claims=claims))
    assert verdicts_of(results) == {
        "works": "inconclusive", "else": "untested", "both": "in parts", "both.now": "supported",
        "both.ever": "contradicted",
    }  # fmt: skip
    assert decisions_of(results).keys() == {"works", "both.now", "both.ever"}
    section = popular_claims.report(results, Ledger())
    assert section is not None
    said = lines(section)
    assert "## inconclusive “It works.”" in said
    assert "For ever: contradicted" in said
    assert any(line.startswith("By rule inconclusive: ") and "3 trials, 90 people" in line for line in said)
    rule = next(line for line in said if line.startswith("supported if the estimate of pain (all)"))
    assert "(0.20 or more)" in rule
    assert "All claims, in the order in which they follow" not in said  # three are seen at a glance
