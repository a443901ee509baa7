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
from glabella.brief.joined import joined
from glabella.brief.sections import popular_claims
from glabella.cli import main
from glabella.decision.analyses import needed_of
from glabella.decision.rating import Indirect, Shares, needed_for_difference, needed_for_shares, rate
from glabella.decision.verdicts import Interval, judge
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
    rule = next(
        line
        for line in said
        if line.startswith("supported if the whole interval of pain (all), above zero being good, lies at")
    )
    assert "(0.20 or more)" in rule
    assert "All claims, in the order in which they follow" not in said  # three are seen at a glance


def test_whether_a_main_comparison_was_won_is_not_known_without_its_p(tmp_path: Path) -> None:
    largest = trial("a", 100, -3)
    largest["results"][0]["between"] = [{"comparison": "t_v_c", "difference": number(-3), "favours": "arm"}]
    largest["comparisons"]["t_v_c"]["largest"] = True
    (judged,) = Results(load(folder_of(tmp_path, [largest], [claim("untested", WON, "beside")]))).judged
    assert judged.verdict == "untested"


# --- numbers that no analysis pools -------------------------------------------------------------------------

FEWER = {"estimate": {"harm": "any event", "against": "drug", "target": "any_benefit"}}


def side_by_side(
    name: str, treated: tuple[int, int], other: tuple[int, int], *, randomised: str = "yes", status: str = "seen"
) -> dict[str, Any]:
    """Make a study against a drug that counted an event, low risk of bias where it is randomised."""
    made = trial(name, 30, -3, judgement="low" if randomised == "yes" else None)
    made["design"]["randomised"] = randomised
    made["comparisons"]["t_v_c"]["control"] = "drug"
    counts = {
        arm: {"events": number(events) | {"status": status}, "n": number(n)}
        for arm, (events, n) in (("t", treated), ("c", other))
    }
    made["harms"] = [{"event": "any event", "arms": counts}]
    return made


@pytest.mark.parametrize(
    ("treated", "other", "randomised", "verdict"),
    [
        ((8, 52), (8, 24), "unclear", "inconclusive"),
        ((50, 250), (100, 250), "yes", "supported"),
        ((100, 250), (50, 250), "yes", "contradicted"),
        ((50, 250), (100, 250), "no", "inconclusive"),  # clear of none, and nobody was allocated at random
        ((75, 250), (80, 250), "yes", "inconclusive"),
    ],
)
def test_fewer_people_with_a_harm_than_on_a_drug(
    tmp_path: Path, treated: tuple[int, int], other: tuple[int, int], randomised: str, verdict: str
) -> None:
    trials = [*SMALL, side_by_side("drug", treated, other, randomised=randomised)]
    results = Results(load(folder_of(tmp_path, trials, [claim("inconclusive", FEWER, "unclear")])))
    found = results.known.estimates["harm.drug.any event"]
    (a, n), (c, m) = treated, other
    p, q = a / n, c / m
    half = 1.959963984540054 * math.sqrt(p * (1 - p) / n + q * (1 - q) / m)
    assert (found.body.estimate, found.low, found.high) == pytest.approx((q - p, q - p - half, q - p + half))
    assert (found.body.trials, found.body.people, found.measured) == (1, n + m, False)
    assert [one.verdict for one in results.judged] == [verdict]
    section = popular_claims.report(results, Ledger())
    assert section is not None
    assert any(
        "how much smaller the share with any event is than on another drug" in line for line in lines(section)
    )


def test_a_harm_that_was_not_counted_is_no_estimate(tmp_path: Path) -> None:
    uncounted = side_by_side("drug", (8, 52), (8, 24))
    del uncounted["harms"][0]["arms"]["c"]
    for at, trials in enumerate((SMALL, [*SMALL, uncounted])):
        results = Results(load(folder_of(tmp_path / str(at), trials, [claim("untested", FEWER, "beside")])))
        assert results.known.estimates == {}
        assert [one.verdict for one in results.judged] == ["untested"]


def test_the_network_decides_where_nothing_is_set_side_by_side(results: Results) -> None:
    book = Ledger()
    ways = joined(results, book)
    assert ways is not None
    (printed,) = (way.own for way in ways.ways if way.way.key == results.evidence.dossier.headline)
    found = results.known.estimates["network.SSRI"]
    assert printed is not None
    assert (math.exp(found.body.estimate), math.exp(found.low), math.exp(found.high)) == pytest.approx(
        (printed.value, printed.low, printed.high)
    )
    # The smallest difference in scores, as odds: a logistic curve has a standard deviation of pi over root three.
    points = results.evidence.dossier.outcomes["depression_score"]
    assert points.important is not None
    assert points.points is not None
    smd = (points.important.value or 0) / (points.points.sd.value or 1)
    assert found.body.important == pytest.approx(smd * math.pi / math.sqrt(3))
    assert rate(found.body, "not_worse").certainty == printed.certainty == "very low"
    decision = decisions_of(results)["y"]
    assert (decision.verdict, decision.deciding.name) == ("inconclusive", "through placebo")
    assert str(decision.deciding.why) == (
        f"{math.exp(found.body.estimate):.2f} ({math.exp(found.low):.2f} to {math.exp(found.high):.2f}), "
        "4 trials, 389 people; certainty very low"
    )
    # Trials that set both side by side take over, and can settle it.
    (rule,) = (claim.rule for claim in results.evidence.claims.claims if claim.id == "y")
    assert rule is not None
    direct = replace(
        found, ratio=False, low=-0.14, high=0.18,
        body=replace(found.body, trials=3, estimate=0.02, se_within=0.08, important=0.28, people=900, needed=400,
                     shares=Shares(low=1), prediction=(-0.2, 0.24), indirect=Indirect()),
    )  # fmt: skip
    known = replace(results.known, estimates={**results.known.estimates, "scores_v_drug": direct})
    assert judge(rule, known).verdict == "supported"


def test_a_range_that_was_said_is_compared_with_what_reports_print(results: Results) -> None:
    known = results.known
    assert known.quantities["reports.korea_2021.depression"] == Interval(6.02, 3.41, 10.64)
    assert not any(key.startswith("reports.faers_2020.") for key in known.quantities), "only those that were seen"
    decision = decisions_of(results)["q"]
    assert [part.verdict for part in decision.parts[1].parts] == ["inconclusive", "contradicted"]
    (rule,) = (claim.rule for claim in results.evidence.claims.claims if claim.id == "q")
    assert rule is not None
    for low, high, verdict in ((0.3, 0.5, "supported"), (0.4, 0.8, "inconclusive"), (0.7, 0.9, "inconclusive")):
        seen = {"reports.korea_2021.depression": Interval((low + high) / 2, low, high)}
        more = replace(known, quantities=seen, marks={"MAK20": "seen", "FOX20": "reported"})
        assert judge(rule, more).verdict == verdict


def test_numbers_behind_a_verdict_name_their_own_sources(results: Results) -> None:
    section_book = Ledger()
    assert popular_claims.report(results, section_book) is not None
    found = {one.id: one for one in section_book.claims.values() if ".y.found." in one.id or ".x.found." in one.id}
    sources = {source.reference for one in found.values() for source in one.sources}
    comparators = results.evidence.comparators
    assert comparators is not None
    assert {comparators.source, "ZHA21", "WOL12"} <= sources
    asked = [one for one in section_book.claims.values() if ".y.rule." in one.id]
    assert asked
    assert all([source.reference for source in one.sources] == ["ZHA21"] for one in asked), (
        "no trial of the network"
    )
