"""The pages of docs that print the rules of certainty and of verdicts are what the rules do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from glabella.brief import Results
from glabella.brief.claims import verdicts_of
from glabella.decision.bodies import OfTrial, estimated
from glabella.decision.flips import MEANT, MOST
from glabella.decision.rare_harms import people_to_rule_out, rare_harm
from glabella.decision.rating import (
    START,
    TARGETS,
    Body,
    Indirect,
    Missing,
    Shares,
    Target,
    Unblinding,
    limits_of,
    needed_for_difference,
    needed_for_shares,
    rate,
    target_of,
)
from glabella.decision.rule_words import in_words
from glabella.decision.said import plain
from glabella.decision.verdicts import Verdict, denial, first_of, of_all, of_any
from glabella.dossier import load
from glabella.dossier.rules import Rule

DOCS = Path(__file__).parent.parent.parent / "docs"
SOUND = Body("randomised", 8, 2000, 0.5, 0.05, 0.24, Shares(low=1), (0.3, 0.7), 0.5, 545)
TOLD = Unblinding(True, True, "none", 0.23, 0.4)

#: What of the sound body is otherwise, by domain.
OTHERWISE: dict[str, tuple[tuple[str, Body], ...]] = {
    "imprecision": (
        ("as above", SOUND),
        ("half of the people needed, or more", replace(SOUND, people=400)),
        ("a tenth or more", replace(SOUND, people=60)),
        ("fewer", replace(SOUND, people=40)),
        ("a limit outside by up to one important difference", replace(SOUND, se_within=0.15)),
        ("by up to two", replace(SOUND, se_within=0.3)),
        ("by more", replace(SOUND, se_within=0.45)),
        ("both: the worse counts", replace(SOUND, se_within=0.15, people=60)),
    ),
    "inconsistency": (
        ("as above", SOUND),
        ("a next trial outside by up to one", replace(SOUND, prediction=(0.1, 0.9))),
        ("by more, trials not known to disagree", replace(SOUND, prediction=(-0.6, 1.6))),
        ("by more, P below 0.10", replace(SOUND, prediction=(-0.6, 1.6), disagreement_p=0.03)),
        ("no farther than the limits already are", replace(SOUND, se_within=0.15, prediction=(0.1, 0.9))),
        ("one trial", replace(SOUND, trials=1)),
        ("no interval of a next trial", replace(SOUND, prediction=None)),
    ),
    "risk_of_bias": (
        ("three quarters at low risk, or more", replace(SOUND, shares=Shares(low=0.75, unknown=0.25))),
        ("half, and they alone agree", replace(SOUND, shares=Shares(low=0.5, unknown=0.5, low_agrees=True))),
        ("half, and they do not", replace(SOUND, shares=Shares(low=0.5, unknown=0.5))),
        ("no judgement seen", replace(SOUND, shares=Shares(unknown=1))),
        ("a quarter at high risk, or more", replace(SOUND, shares=Shares(low=0.75, high=0.25))),
        ("three quarters at high risk, or more", replace(SOUND, shares=Shares(low=0.25, high=0.75))),
    ),
    "unblinding": (
        ("nothing declared", SOUND),
        ("nothing to be seen or felt", replace(SOUND, unblinding=replace(TOLD, visible=False))),
        ("an outcome that is measured", replace(SOUND, unblinding=replace(TOLD, subjective=False))),
        ("people guessed at chance", replace(SOUND, unblinding=replace(TOLD, guess_test="at_chance"))),
        ("no guess test", replace(SOUND, unblinding=TOLD)),
        ("no guess test, too little left", replace(SOUND, estimate=0.4, unblinding=TOLD)),
        ("people knew, too little left", replace(SOUND, unblinding=replace(TOLD, guess_test="better_than_chance"))),
        (
            "with no judgement of bias: two together at most",
            replace(SOUND, estimate=0.4, unblinding=TOLD, shares=Shares(unknown=1)),
        ),
    ),
    "indirectness": (
        ("none", SOUND),
        ("one lesser", replace(SOUND, indirect=Indirect((), ("almost only women",)))),
        ("two lesser", replace(SOUND, indirect=Indirect((), ("almost only women", "one country")))),
        ("one serious", replace(SOUND, indirect=Indirect(("other patients",)))),
        ("more serious", replace(SOUND, indirect=Indirect(("other patients", "another dose", "too early")))),
    ),
    "missing_results": (
        ("as above", SOUND),
        ("ten trials or more, small ones found more", replace(SOUND, trials=10, missing=Missing(0.04, 8, 0.1))),
        ("the same, enough left", replace(SOUND, trials=10, missing=Missing(0.04, 8, 0.35))),
        ("the same test with nine trials", replace(SOUND, trials=9, missing=Missing(0.04, 8, 0.1))),
        ("a quarter of people without usable results", replace(SOUND, missing=Missing(unreported_share=0.25))),
        ("small, by people with an interest", replace(SOUND, missing=Missing(all_small_and_interested=True))),
    ),
    "rating_up": (
        ("not randomised", replace(SOUND, design="non_randomised")),
        ("ratio's limit nearer one at two or more", replace(SOUND, design="non_randomised", ratio_near_one=2)),
        ("at five or more", replace(SOUND, design="non_randomised", ratio_near_one=5)),
        ("more gave more", replace(SOUND, design="non_randomised", dose_response=True)),
        ("something else moved it", replace(SOUND, design="non_randomised", ratio_near_one=5, people=400)),
        ("randomised", replace(SOUND, ratio_near_one=5)),
    ),
}  # fmt: skip


def table(head: str, rows: Iterable[tuple[Any, ...]]) -> list[str]:
    names = head.split("|")
    lines = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    return [*lines, *(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows), ""]


def undeclared_rows() -> Iterator[tuple[object, ...]]:
    """Rate eight trials at low risk of bias whose outcome declares nothing."""
    cases = {
        "0.5 (0.4 to 0.6)": (0.5, 0.05, (0.3, 0.7)),
        "a limit outside by up to the estimate": (0.5, 0.3, (-0.1, 1.1)),
        "by up to two": (0.1, 0.15, (-0.2, 0.4)),
        "below zero": (-0.5, 0.05, (-0.7, -0.3)),
    }
    for label, (estimate, se, prediction) in cases.items():
        trials = [OfTrial(str(at), estimate, 8 * se**2, 250, "low") for at in range(8)]
        body = estimated(trials, better="higher", estimate=estimate, low=estimate, high=estimate, important=None,
                         prediction=prediction).body  # fmt: skip
        rating = rate(body, target_of(body, declared=False))
        yield label, rating.target, rating.certainty, "; ".join(str(move.why) for move in rating.moves[1:3])


def certainty_page() -> str:
    target: Target = "important_benefit"
    lines = [
        "# Certainty by rule",
        "",
        "How far to trust a statement about a pooled result. The same trials give a certainty for each statement: "
        "that the treatment helps, that it helps enough to matter, that it makes little difference. Effects are "
        "turned so that above zero is good.",
        "The rule is `glabella.decision.rating`; a test compares this page with it, row by row. The word is high, "
        "moderate, low or very low: one for each level, from high; three levels or more are very low. A preference "
        "moves nothing.",
        "",
        "## What may be stated, with a smallest important difference of 0.24",
        "",
        *table(
            "statement|true effect from|to",
            ((one, *(plain(limit) if abs(limit) < 9 else "" for limit in limits_of(one, 0.24))) for one in TARGETS),
        ),
        "The limit itself lies within. An estimate outside a statement gives it no certainty: its complement is "
        "rated. `not_important` is the complement of `important_benefit`.",
        "",
        "## Where it starts",
        "",
        *table("design|levels down", START.items()),
        "Studies that were not randomised never get more than moderate. Reports and single arms support no "
        "benefit.",
        "",
        "## What moves it",
        "",
        "Each row is a body of eight randomised trials with 2,000 people of 545 needed, 0.5 (0.4 to 0.6), a next "
        "trial 0.3 to 0.7, all at low risk of bias, and the statement `important_benefit`; one thing is otherwise.",
        "Trials are counted, not comparisons. The limits of imprecision are those that the same trials would give "
        "if all measured one effect, so that what trials disagree about is charged once, as inconsistency. The "
        "interval of a next trial is from the trials where there are five or more, and else from a declared prior "
        "of their spread. I² is shown and decides nothing.",
        "",
    ]
    for domain, rows in OTHERWISE.items():
        lines += [f"### {domain.replace('_', ' ').capitalize()}", ""]
        found = []
        for label, body in rows:
            rating = rate(body, target)
            (move,) = (move for move in rating.moves if move.domain == domain)
            levels = f"{move.levels} up" if domain == "rating_up" and move.levels else move.levels
            found.append((label, levels, rating.certainty, move.why))
        lines += table("what|levels|word|printed", found)
    lines += [
        "## Without a smallest important difference",
        "",
        "Then `any_benefit` is rated, or `any_harm` where the estimate is below zero, and the estimate itself is "
        "the step by which limits are counted; no number of people needed can be told.",
        "",
        *table("what|statement|word|printed", undeclared_rows()),
        "## People needed",
        "",
        "Those of one trial of two equal groups that finds the smallest important difference at five per cent with "
        "eighty per cent power.",
        "",
        *table("difference|people needed", [
            *((f"{m} standard deviations", f"{needed_for_difference(m):.0f}") for m in (0.2, 0.24, 0.5)),
            ("37.5 against 47.5 of 100", f"{needed_for_shares(0.375, 0.475):.0f}"),
        ]),
        "## Which trials are the body",
        "",
        "Where the trials at low risk of bias together have the people needed, they decide alone, and the rest is "
        "a look at what else could be said. Random effects weigh trials nearly alike; pooled with small ones, no "
        "trial however large could settle anything.",
        "",
        "## Rare harms",
        "",
        "Exact limits; where nobody had the event, the upper one is one-sided. Not reported is never zero.",
        "",
        *table("events|people|more often than|says", (
            ("not reported" if events is None else events, n, plain(share), rare_harm(events, n, share).says)
            for events, n, share in (
                (0, 400, 0.01), (0, 665, 0.001), (0, 2995, 0.001), (0, 2994, 0.001), (16, 665, 0.01),
                (16, 665, 0.05), (16, 665, 0.02), (None, 189, 0.01),
            )
        )),
        *table("to rule out|people without an event", (
            (f"1 in {round(1 / share):,}", f"{people_to_rule_out(share):,}") for share in (0.01, 0.005, 0.001)
        )),
    ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


ATOMS: dict[str, str] = {
    "estimate": "{estimate: {analysis: pain, target: important_benefit, need: moderate}}",
    "estimate, through the network": "{estimate: {network: tablets, target: not_worse}}",
    "estimate, of a harm": "{estimate: {harm: any event, against: drug, target: any_benefit}}",
    "share": "{share: {arm: treated, outcome: recovery, above: 0.5}}",
    "stated": "{stated: {quantity: recovery, value: 0.25}}",
    "rare_harm": "{rare_harm: {event: stroke, population: adults, per: 0.001}}",
    "facts": "{facts: {for: [Smith2001], against: [Jones2002]}}",
    "count": "{count: {of: people, where: {interest: declared}, among: {design: randomised}, at_least_share: 0.5}}",
    "order": "{order: {first: benefit_gone, relation: later, second: effect_gone, trials_at_least: 2}}",
    "licence": "{licence: {use: pain, authority: agency}}",
    "moderator": "{moderator: {analysis: pain, by: age, direction: positive}}",
    "certainty": "{certainty: {analysis: pain, target: any_benefit, at_most: low}}",
}
OPERATORS: dict[str, str] = {
    "tested": "{tested: {where: {design: randomised}, then: {facts: {for: [Smith2001]}}}}",
    "cap": "{cap: {of: [supported], when: {facts: {for: [Warning]}}, rule: {facts: {for: [Smith2001]}}}}",
    "not": "{not: {facts: {for: [Smith2001]}}}",
}
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def rules_in_words(rules: dict[str, str]) -> list[str]:
    return table("kind|as written|in words", (
        (kind, f"`{rule}`", in_words(Rule.model_validate(yaml.safe_load(rule)), {}, {"pain": 0.24}))
        for kind, rule in rules.items()
    ))  # fmt: skip


HAND: list[dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "hand_verdicts.yaml").read_text(encoding="utf-8")
)


def read_by_hand() -> list[str]:
    evidence = load()
    texts = {claim.id: claim.claim for claim in evidence.claims.claims}
    parts = {
        f"{claim.id}.{name}": part.text for claim in evidence.claims.claims for name, part in claim.parts.items()
    }
    by_rule = verdicts_of(Results(evidence))
    open_ones = [one for one in HAND if one["first"] not in by_rule.values()]
    same = sum(one["first"] == by_rule[one["claim"]] for one in HAND)
    return [
        "## Read by hand",
        "",
        "An instance of a language model that had written none of these rules and had not read the "
        "program's code took the printed words of each rule of the shipped dossier and the numbers of the "
        "report, and wrote down the verdict. It was not blind: notes of an earlier design, and the table of "
        "claims in the report, had shown it verdicts before. That the two agree therefore says little; what "
        "did not lead there is the point.",
        f"At first {same} of {len(HAND)} claims and parts came to the verdict of the program; in "
        f"{len(open_ones)} the words allowed two verdicts. Of claims about an effect the words, taken as "
        "they stood, turned it round, since the report prints scores of which less is better; only the low "
        "certainty kept the verdict. The words now say which side is good, what a certainty is of, how many "
        "sources are needed and that shares are as counted. Numbers now decide two claims that rested on "
        "sources said not to tell (side effects beside antidepressants, and as good as these), and a third "
        "compares the range that people state with what reports print.",
        "",
        *table("claim|at first|what was unclear, or was changed|now|by rule", (
            (
                texts[one["claim"].split(".")[0]] + (f" ({parts[one['claim']]})" if one["claim"] in parts else ""),
                one["first"], one.get("unclear", ""), one["now"], by_rule[one["claim"]],
            )
            for one in HAND
        )),
        "Not mended: a rule of sources alone says that somebody found it, and not how much; the claims of "
        "cosmetic use are supported so. Which studies have the words that a rule asks for stands in the "
        "dossier's files only.",
    ]  # fmt: skip


def test_every_claim_was_read_by_hand_and_comes_to_the_same_verdict() -> None:
    evidence = load()
    found = verdicts_of(Results(evidence))
    asked = [key for claim in evidence.claims.claims
             for key in ([f"{claim.id}.{name}" for name in claim.parts] or [claim.id])]  # fmt: skip
    assert [one["claim"] for one in HAND] == asked
    assert {one["claim"]: one["now"] for one in HAND} == {key: found[key] for key in asked}


def verdicts_page() -> str:
    return "\n".join([
        "# Verdicts by rule",
        "",
        "What the evidence says of a claim: supported, contradicted, inconclusive (tested, but cannot tell) or "
        "untested. A claim's `rule` in a dossier says what decides it. The same evidence "
        "always gives the same verdict, and nothing depends on what a person wants.",
        "The rule is `glabella.decision.verdicts`; a test compares this page with it.",
        "",
        "## Kinds of evidence",
        "",
        *rules_in_words(ATOMS),
        "Of sentences with sources only those marked `seen` or `derived` decide. A claim that is hedged (\"may "
        "help\") is the same rule with the target `any_benefit` and `need: low`. How certainty is rated: "
        "[certainty.md](certainty.md).",
        "",
        "## Operators",
        "",
        "Of two parts:",
        "",
        *table("one|other|all|any|first", (
            (one, other, of_all([one, other]), of_any([one, other]), first_of([one, other]))
            for one, other in combinations_with_replacement(VERDICTS, 2)
        )),
        "A claim that declares its parts gets the verdict *in parts* where they differ, and each part has its own.",
        "",
        *table("verdict|of its denial", ((one, denial(one)) for one in VERDICTS)),
        *rules_in_words(OPERATORS),
        "Knowing more of a part never lowers `all`, `any`, `not` or `tested`. Two are otherwise on purpose: `cap` "
        "holds a verdict back, and in `first` direct evidence, once there is some, takes over from indirect.",
        "",
        "## What would change a verdict",
        "",
        MEANT,
        f"The new trial finds no difference, or the effect that was pooled without it. Trials of up to {MOST:,} "
        "people are tried at sizes that double, and the edge between two of them is sought by halving: the trial "
        "that is named changes the verdict, and one with a person fewer does not.",
        "",
        *read_by_hand(),
    ]).rstrip() + "\n"  # fmt: skip


@pytest.mark.parametrize(("name", "page"), [("certainty.md", certainty_page), ("verdicts.md", verdicts_page)])
def test_the_docs_print_every_row(name: str, page: Any) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == page()
