"""The smallest change that flips a verdict: it does, and less does not, tried one by one. Trials are made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glabella.brief import Results
from glabella.brief.sections import popular_claims
from glabella.cli import main
from glabella.decision.flips import MOST, Flips, flips_of, smallest
from glabella.decision.verdicts import Interval, Known, Verdict, judge
from glabella.dossier.rules import Rule
from glabella.shown import Ledger
from tests.brief.sections import lines
from tests.brief.test_claims import SMALL, WORKS, claim, folder_of, results_of, trial

HEDGED = {"estimate": {"analysis": "all", "target": "any_benefit", "need": "low"}}
SOUND = [trial(name, 150, difference, judgement="low")
         for name, difference in (("f", -6), ("g", -5), ("h", -5.5), ("i", -6), ("j", -5))]  # fmt: skip
FEWER = [trial(name, 40, difference, judgement="low")
         for name, difference in (("f", -4), ("g", -3), ("h", -4.5), ("i", -4), ("j", -5))]  # fmt: skip
UNCLEAR = [trial(name, 40, difference)
           for name, difference in (("f", -6), ("g", -5), ("h", -2), ("i", -6), ("j", -3))]  # fmt: skip


def asked(
    tmp_path: Path, trials: list[dict[str, Any]], rule: dict[str, Any], verdict: str = "inconclusive"
) -> Results:
    bears = {"supported": "for", "contradicted": "against"}.get(verdict, "unclear")
    return results_of(folder_of(tmp_path, trials, [claim(verdict, rule, bears)]))


@pytest.mark.parametrize(
    ("trials", "rule", "verdict", "flips"),
    [
        # The people that one trial with enough power needs: from there on it decides alone.
        (SMALL, WORKS, "inconclusive", [("contradicted", 785), ("supported", 785)]),
        (SOUND, WORKS, "supported", [("inconclusive", 189)]),
        (UNCLEAR, HEDGED, "supported", [("inconclusive", 181)]),
        (FEWER, WORKS, "inconclusive", [("supported", 239)]),
    ],
    ids=["decides alone", "pooled with those at low risk", "pooled with all", "adds what is missing"],
)
def test_the_trial_found_flips_and_no_smaller_one_does(
    tmp_path: Path,
    trials: list[dict[str, Any]],
    rule: dict[str, Any],
    verdict: Verdict,
    flips: list[tuple[str, int]],
) -> None:
    results = asked(tmp_path, trials, rule, verdict)
    found = results.flips["works"]
    sizes = [(one.verdict, next(round(float(it.value)) for it in one.why.figures)) for one in found.found]
    assert sizes == flips
    evidenced, known = found_effect(results), results.known
    for flip, (to, people) in zip(found.found, flips, strict=True):
        finds = 0.0 if "no difference" in flip.why.text else known.estimates["all"].body.estimate

        def verdict_with(n: int, finds: float = finds) -> Verdict:
            new = evidenced.with_trial(n, finds)
            assert new is not None
            return judge(Rule.model_validate(rule), Known(estimates={"all": new})).verdict

        assert verdict_with(people) == to
        # Every size below, and of many only some.
        assert {verdict_with(n) for n in {*range(1, people, 7), people - 1, people - 2}} == {verdict}


def found_effect(results: Results) -> Any:
    from glabella.brief.claims import _evidenced

    return _evidenced(results, results.headline)


@pytest.mark.parametrize(("each", "verdict"), [(393, "contradicted"), (392, "inconclusive")])
def test_a_dossier_with_the_trial_in_it_comes_to_the_verdict(tmp_path: Path, each: int, verdict: str) -> None:
    """Of 785 people, half in each arm."""
    with_it = asked(tmp_path, [*SMALL, trial("new", each, 0.0, judgement="low")], WORKS)
    assert [one.verdict for one in with_it.judged] == [verdict]


def test_what_no_trial_can_flip_is_said(tmp_path: Path) -> None:
    both = {"all": [WORKS, {"facts": {"unclear": ["EXAMPLE"]}}]}
    found = asked(tmp_path, SOUND, both).flips["works"]
    assert found.found == ()
    assert str(found.said) == (
        f"no new trial of up to {MOST} people at low risk of bias that finds no difference or the effect seen so "
        "far would change the verdict"
    )


@pytest.mark.parametrize("rule", [
    {"share": {"arm": "treated", "outcome": "cured", "above": 0.5}},
    {"share": {"arm": "treated", "outcome": "cured", "below": 0.5}},
    {"not": {"share": {"arm": "treated", "outcome": "cured", "above": 0.5}}},
    {"stated": {"quantity": "cured.treated", "value": 0.25}},
    {"share": {"arm": "treated", "outcome": "cured", "equals": 0.5, "tolerance": 0.3}},
])  # fmt: skip
@pytest.mark.parametrize(("events", "n"), [(16, 59), (0, 20), (20, 20), (30, 59), (45, 59), (1, 2)])
def test_so_many_people_flip_and_no_fewer(rule: dict[str, Any], events: int, n: int) -> None:
    def of(some: int) -> Known:
        share = Interval.of_counts(some, n)
        return Known(shares={("treated", "cured"): share}, quantities={"cured.treated": share})

    asks = Rule.model_validate(rule)

    def verdict_of(known: Known) -> Verdict:
        return judge(asks, known).verdict

    now = verdict_of(of(events))
    found = flips_of(asks, of(events), verdict_of, {})
    assert found is not None
    assert (found.by_trials, found.by_people) == (False, True)
    others = [(abs(some - events), some < events, verdict_of(of(some))) for some in range(n + 1)]
    flipping = sorted(each for each in others if each[2] != now)
    if not flipping:
        assert str(found.said) == "no other outcome of the people counted would change the verdict"
        return
    (flip,) = found.found
    by, fewer, verdict = flipping[0]
    assert flip.verdict == verdict
    word = "fewer" if fewer else "more"
    assert str(flip.why) == f"if {by} {word} of the {n} treated people had had the event"


def test_a_rule_of_facts_rests_on_no_number() -> None:
    rule = Rule.model_validate({"facts": {"for": ["A"]}})
    assert flips_of(rule, Known(marks={"A": "seen"}), lambda _: "supported", {}) is None


@pytest.mark.parametrize("edge", [1, 2, 7, 8, 9, 100, 101])
def test_the_edge_is_found_whatever_is_tried(edge: int) -> None:
    def verdict_of(change: int) -> Verdict:
        return "supported" if change >= edge else "inconclusive"

    for tried in ([100], [1, 50, 200], range(1, 102), [8, 16, 32, 64, 128]):
        expected = (edge, "supported") if max(tried) >= edge else None
        assert smallest(verdict_of, "inconclusive", tried) == expected


def test_report_and_command_say_it(tmp_path: Path) -> None:
    results = asked(tmp_path, SMALL, WORKS)
    words = (
        "he verdict would become contradicted with a new trial of 785 people at low risk of bias that finds no "
        "difference, and supported with a new trial of 785 people at low risk of bias that finds the effect seen "
        "so far"
    )
    section = popular_claims.report(results, book := Ledger())
    assert section is not None
    shown = lines(section)
    assert f"T{words}." in shown
    assert any("the smallest new trial that would change it is sought" in line for line in shown)
    claims = [one for name, one in book.claims.items() if name.startswith("claim.works.change.")]
    assert {one.value for one in claims} == {785}
    assert {one.function for one in claims} == {"glabella.decision.flips.flips_of"}
    done = CliRunner().invoke(main, ["claims", str(tmp_path / "d")])
    assert f"    t{words}\n" in done.stdout


def test_several_effects_of_a_rule_are_named(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, SMALL, [claim("inconclusive", {"any": [
        WORKS, {"estimate": {"analysis": "cured", "target": "important_benefit"}},
    ]}, "unclear")])  # fmt: skip
    said = str(results_of(folder).flips["works"].said)
    assert "that finds the effect seen so far, of pain (all)" in said


def test_an_effect_that_cannot_be_pooled_again_flips_nothing(tmp_path: Path) -> None:
    """Two trials are not pooled without a prior of their spread, so that a second trial tells nothing yet."""
    results = asked(tmp_path, SMALL[:1], WORKS)
    assert found_effect(results).with_trial(100, 0.0) is None
    sizes: Callable[[Flips], list[float | str]] = lambda it: [one.why.figures[0].value for one in it.found]  # noqa: E731
    assert sizes(results.flips["works"]) == [785, 785]
