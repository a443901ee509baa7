"""Question, treatment, harms, claims, conflicts, studies, reproductions, methods: each branch, made up."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.brief.results import Results
from glabella.brief.sections import (
    conflicts,
    extract_next,
    harms,
    methods,
    popular_claims,
    question,
    reports,
    reproductions,
    search,
    studies,
    treatment,
)
from glabella.brief.words import words_of
from glabella.decision.rating import RULES
from glabella.dossier import Evidence, load
from glabella.shown import Heading, Icon, Ledger, Name, Section, Table, blocks_of, claims_of
from tests.brief.sections import bare_digits, changed, lines, number, sentence, starter, with_study

SECTIONS = (
    question,
    treatment,
    harms,
    reports,
    popular_claims,
    reproductions,
    conflicts,
    studies,
    search,
    extract_next,
    methods,
)
Make = Callable[[Results, Ledger], Section | None]


@pytest.fixture(scope="module")
def shipped() -> Results:
    return Results(load())


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return starter(tmp_path)


def said(make: Make, evidence: Evidence) -> list[str]:
    """Give what a section says of a dossier."""
    section = make(Results(evidence), Ledger())
    assert section is not None
    return lines(section)


# --- of every section, on the shipped dossier ----------------------------------------------------------------


@pytest.mark.parametrize("module", SECTIONS)
def test_no_digit_stands_outside_a_claim_or_a_name(shipped: Results, module: Any) -> None:
    section = module.report(shipped, Ledger())
    assert bare_digits(section, shipped.evidence.dossier.names) == []


def test_the_test_for_bare_digits_can_fail(evidence: Evidence) -> None:
    evidence = with_study(evidence, findings=[sentence("Of 7 people all were well.")])
    section = studies.report(Results(evidence), Ledger())
    assert section is not None
    assert bare_digits(section) == ["Of 7 people all were well."]


@pytest.mark.parametrize("module", SECTIONS)
def test_every_claim_that_is_made_is_shown(shipped: Results, module: Any) -> None:
    book = Ledger()
    section = module.report(shipped, book)
    assert {claim.id for claim in claims_of((section,))} == set(book.claims)


@pytest.mark.parametrize("module", SECTIONS)
def test_every_section_begins_with_its_answer(shipped: Results, module: Any) -> None:
    assert module.report(shipped, Ledger()).content[0].look == "lead"


@pytest.mark.parametrize("module", SECTIONS)
def test_every_number_has_a_source(shipped: Results, module: Any) -> None:
    book = Ledger()
    module.report(shipped, book)
    for claim in book.claims.values():
        assert claim.sources, claim.id
        assert {source.reference for source in claim.sources} <= shipped.evidence.references.keys()


def test_counts_say_what_was_counted_in_which_files(shipped: Results) -> None:
    book = Ledger()
    for module in SECTIONS:
        module.report(shipped, book)
    counts = {
        name: claim
        for name, claim in book.claims.items()
        if claim.function == "glabella.brief.count" and name != "with.tested"
    }
    assert {name: claim.label for name, claim in counts.items() if not name.startswith("methods.source.")} == {
        "harm.studies.main": "main studies of the question",
        "harm.studies.counted": "main studies of the question with counts of harm in both groups",
        "claim.count.total": "popular claims",
        **{f"claim.count.{word.replace(' ', '_')}": f"popular claims, {word}" for word in verdicts(shipped)},
        "reproduce.total": "published pooled results",
        "reproduce.exact": "published pooled results met exactly",
        "reproduce.approximate": "published pooled results met approximately",
        "conflict.topics": "contradictions between sources",
        "conflict.used": "contradictions between sources with a side that is used",
        "search.flow.read_in_full": "reports of trials read in full",
        "search.flow.held": "studies in this dossier",
        "study.total": "studies",
        "study.randomised": "randomised studies",
    }
    assert counts["methods.source.0"].label == "sources: primary abstract"
    for claim in counts.values():
        assert (claim.population, claim.time_span, claim.certainty) == (
            "what this dossier holds",
            "any",
            "not rated",
        )
        assert {file for file, _ in claim.inputs} <= shipped.evidence.digests.keys()


def verdicts(results: Results) -> set[str]:
    return {claim.verdict for claim in results.evidence.claims.claims}


@pytest.mark.parametrize("make", [treatment.report, reports.report, conflicts.report, reproductions.report])
def test_a_section_without_its_subject_is_not_there(evidence: Evidence, make: Make) -> None:
    assert make(Results(evidence), Ledger()) is None


# --- what is asked -------------------------------------------------------------------------------------------


def test_the_question_is_said_part_by_part(evidence: Evidence) -> None:
    assert said(question.report, evidence) == [
        "# What is asked?",
        "Does my treatment help in my condition?",
        "- For whom: adults with my condition.",
        "- What is given: my treatment.",
        "- Compared with: placebo.",
        "- What is measured: response (more people is better).",
        "- Edition: 1 January 2026.",
        "- Last search for studies: date not recorded.",
    ]


@pytest.mark.parametrize(
    ("kind", "better", "words"),
    [
        ("continuous", "lower", "lower is better"),
        ("continuous", "higher", "higher is better"),
        ("binary", "lower", "fewer people is better"),
        ("binary", "higher", "more people is better"),
    ],
)
def test_the_better_direction_is_said_in_words(evidence: Evidence, kind: str, better: str, words: str) -> None:
    outcome = evidence.dossier.outcomes["response"].model_copy(update={"kind": kind, "better": better})
    dossier = evidence.dossier.model_copy(update={"outcomes": {"response": outcome}})
    assert f"- What is measured: response ({words})." in said(question.report, replace(evidence, dossier=dossier))


def test_a_question_without_comparators_has_no_such_part(evidence: Evidence) -> None:
    asked = changed(evidence.dossier.question, comparators=())
    dossier = evidence.dossier.model_copy(update={"question": asked})
    assert not any("Compared with" in line for line in said(question.report, replace(evidence, dossier=dossier)))


def searched(evidence: Evidence, **search: Any) -> Evidence:
    return replace(evidence, dossier=changed(evidence.dossier, search=search))


def test_the_day_of_the_search_is_said(evidence: Evidence) -> None:
    shown = said(question.report, searched(evidence, date="2025-11-03"))
    assert "- Last search for studies: 3 November 2025." in shown


# --- what it is ----------------------------------------------------------------------------------------------


def products(evidence: Evidence, **fields: Any) -> Evidence:
    return replace(evidence, products=changed(evidence.products, **fields))


def of_products(evidence: Evidence, drug: list[Any], placebo: list[Any], **fields: Any) -> Evidence:
    both = evidence.products.products
    changed_products = {
        "my_drug": changed(both["my_drug"], statements=drug, **fields),
        "placebo": changed(both["placebo"], statements=placebo),
    }
    return products(evidence, products={key: it.model_dump(mode="json") for key, it in changed_products.items()})


def test_what_it_is_begins_with_the_first_sentence(evidence: Evidence) -> None:
    what = [sentence("It is a tablet of {mass} milligrams.", mass=5), sentence("It is blue.", "reported")]
    shown = said(treatment.report, products(evidence, what_it_is=what))
    assert shown[1:] == [
        "It is a tablet of 5 milligrams.[EXAMPLE]",
        "- It is blue. (reported by another source)[EXAMPLE]",
    ]


def test_dose_and_limits_of_each_product_are_shown(evidence: Evidence) -> None:
    statements = [sentence("The dose is {dose} grams.", dose=3), sentence("Not for people with gout.")]
    shown = said(treatment.report, of_products(evidence, statements, [], brands=["Mine", "Ours"]))
    assert shown[1:] == [
        "## Dose and limits of each product",
        "- my drug. Sold as Mine, Ours. The dose is 3 grams.[EXAMPLE] Not for people with gout.[EXAMPLE]",
    ]


def test_what_it_was_compared_with_stands_under_its_own_heading(evidence: Evidence) -> None:
    shown = said(treatment.report, of_products(evidence, [], [sentence("It tastes of nothing.")]))
    assert shown[1:] == ["## What it was compared with", "- placebo. It tastes of nothing.[EXAMPLE]"]


def test_a_sentence_that_stands_at_several_products_is_said_once(evidence: Evidence) -> None:
    more = {"label": "my other drug", "kind": evidence.products.products["my_drug"].kind}
    one, other = sentence("Grams are grams."), sentence("Grams are grams.", "reported")
    both = of_products(evidence, [one], []).products.model_dump(mode="json")["products"]
    evidence = products(evidence, products={**both, "other": {**more, "statements": [other]}})
    assert said(treatment.report, evidence)[1:] == [
        "## Dose and limits of each product",
        "- Grams are grams. This is said of my drug[EXAMPLE], my other drug (reported by another source)[EXAMPLE].",
    ]


def test_doses_of_the_studies_are_shown_with_where_and_who(evidence: Evidence) -> None:
    (study,) = evidence.studies.values()
    doses = [{"units": number(3, unit="g")}]
    arms = {"drug": changed(study.arms["drug"], doses=doses, site="upper_arm"), "placebo": study.arms["placebo"]}
    given = with_study(evidence, arms={key: arm.model_dump(mode="json") for key, arm in arms.items()})
    unseen = changed(study, id="other2021", label="Other 2021")
    given = replace(given, studies={**given.studies, "other2021": unseen})
    assert said(treatment.report, given)[1:] == [
        "What the studies gave.",
        "study | treatment | where | dose",
        "Example 2020 | my drug | upper arm | 3 g",
        "Dose not seen: Other 2021.",
    ]


def test_a_dose_for_some_says_for_whom(shipped: Results) -> None:
    section = treatment.report(shipped, Ledger())
    assert section is not None
    first, second = shipped.evidence.studies["magid2014"].arms["toxin_first"].doses
    dose = f"29 U ({first.who}), 39 U ({second.who})"
    assert f"Magid 2014 | onabotulinumtoxinA first | not known | {dose}" in lines(section)


# --- harms ---------------------------------------------------------------------------------------------------


def pair(
    event: str, arm: tuple[float, float] | None, versus: tuple[float, float] | None, who: str
) -> dict[str, Any]:
    sides = [
        {} if it is None else {"events": number(it[0], "seen"), "n": number(it[1], "seen")} for it in (arm, versus)
    ]
    return {"label": event, "population": who, "time_span": "first year", "arm": sides[0], "versus": sides[1]}


ASKED = "adults with my condition"


def test_counts_of_harm_are_given_of_a_hundred_with_and_without(evidence: Evidence) -> None:
    counts = {"a": pair("rash", (20, 100), (10, 100), ASKED), "b": pair("cough", (30, 100), (25, 100), ASKED)}
    shown = said(harms.report, products(evidence, harm_counts=counts))
    drug = words_of(evidence).short
    assert shown[1] == (
        f"Counted most often with {drug}: cough, in 30.0 (21.9 to 39.6) of a hundred people; without it in "
        "25.0 (17.5 to 34.3)."
    )
    assert shown[2] == "Main studies of this question that show counts of harm in both groups: 0 of 1."
    assert shown[3:] == [
        "People with the event, of a hundred.",
        f"event | with {drug} | without | counted in",
        "rash | 20.0 (13.3 to 28.9) | 10.0 (5.5 to 17.4) | adults with my condition; first year",
        "cough | 30.0 (21.9 to 39.6) | 25.0 (17.5 to 34.3) | adults with my condition; first year",
        "In brackets: confidence interval (Wilson).",
    ]


def test_counts_of_harm_say_what_they_are(evidence: Evidence) -> None:
    book = Ledger()
    harms.report(Results(products(evidence, harm_counts={"a": pair("rash", (3, 1000), (0, 100), ASKED)})), book)
    labels = {name: claim.label for name, claim in book.claims.items() if name.startswith("harm.a.")}
    assert labels == {
        "harm.a.with": "rash, of a hundred people with my drug",
        "harm.a.without": "rash, of a hundred people without my drug",
        "harm.a.with.thousand": "rash, of a thousand people with my drug",
        "harm.a.without.thousand": "rash, of a thousand people without my drug",
    }
    for name in labels:
        claim = book.claims[name]
        assert (claim.interval, claim.certainty) == ("95 % confidence interval (Wilson)", "not rated")
        assert (claim.population, claim.time_span) == (ASKED, "first year")


def test_counts_in_other_people_are_said_to_be_so(evidence: Evidence) -> None:
    counts = {"a": pair("rash", (20, 100), (10, 100), "children with a cold")}
    shown = said(harms.report, products(evidence, harm_counts=counts))
    assert shown[2].startswith("None of these counts comes from adults with my condition;")
    assert "children with a cold; first year" in shown[5]
    counts["b"] = pair("cough", (30, 100), (25, 100), ASKED)
    assert "None of these" not in said(harms.report, products(evidence, harm_counts=counts))[2]


def test_rare_harms_are_given_of_a_thousand_too(evidence: Evidence) -> None:
    counts = {"a": pair("rash", (20, 100), (10, 100), ASKED), "b": pair("death", (3, 1000), (10, 1000), ASKED)}
    shown = said(harms.report, products(evidence, harm_counts=counts))
    start = shown.index("Of a thousand people, where fewer than one in a hundred had it on one side.")
    assert shown[start + 1 : start + 3] == [
        f"event | with {words_of(evidence).short} | without",
        "death | 3 (1 to 9) | 10 (5 to 18)",
    ]
    assert not any(line.startswith("rash") for line in shown[start:])


def test_a_side_that_was_not_counted_says_so(evidence: Evidence) -> None:
    counts = {"a": pair("rash", (20, 100), None, ASKED), "b": pair("nothing", None, None, ASKED)}
    shown = said(harms.report, products(evidence, harm_counts=counts))
    assert shown[1].endswith("without it in an unknown number.")
    assert "rash | 20.0 (13.3 to 28.9) | not counted | adults with my condition; first year" in shown
    assert not any(line.startswith("nothing") for line in shown)


def test_bounds_and_counts_of_nobody_are_not_computed_with(evidence: Evidence) -> None:
    bound = pair("rash", (20, 100), (0, 0), ASKED)
    bound["arm"]["events"]["bound"] = "<"
    shown = said(harms.report, products(evidence, harm_counts={"a": bound}))
    assert shown[1] == "Nothing on harm stands in this dossier. That does not mean that there is none."


def test_harm_without_counts_is_said(evidence: Evidence) -> None:
    shown = said(harms.report, products(evidence, harms=[sentence("It may cause a rash.")]))
    assert shown[1] == (
        f"This dossier holds no pooled counts of harm with and without {words_of(evidence).short}; what is known "
        "stands below."
    )
    assert shown[-2:] == ["## What sources say", "- It may cause a rash.[EXAMPLE]"]


def test_harm_in_the_studies_is_shown(evidence: Evidence) -> None:
    counts = {"drug": {"events": number(4), "n": number(20)}, "placebo": {"events": number(2), "n": number(20)}}
    both = [{"event": "rash", "arms": counts}, {"event": "cough", "statement": sentence("Nobody coughed.")}]
    shown = said(harms.report, with_study(evidence, harms=both))
    assert shown[0] == f"# What harm does {words_of(evidence).short} do?"
    assert shown[1].endswith("what is known stands below.")
    assert shown[2].endswith("in both groups: 1 of 1.")
    assert shown[3:] == [
        "## What its own studies show",
        "People with the event, of a hundred, by study; studies of related questions included.",
        "event | study | treatment | compared with",
        "rash | Example 2020 | my drug: 20.0 (8.1 to 41.6) | placebo: 10.0 (2.8 to 30.1)",
        "In brackets: confidence interval (Wilson).",
        "- Example 2020, cough: Nobody coughed.[EXAMPLE]",
    ]


@pytest.mark.parametrize(
    ("randomised", "mark"),
    [("yes", ""), ("no", " (not randomised)"), ("unclear", " (not known whether randomised)")],
)
def test_harm_in_a_study_without_chance_is_marked(evidence: Evidence, randomised: str, mark: str) -> None:
    counts = {"drug": {"events": number(4), "n": number(20)}, "placebo": {"events": number(2), "n": number(20)}}
    design = {"type": "parallel", "randomised": randomised, "blinding": "double"}
    evidence = with_study(evidence, harms=[{"event": "rash", "arms": counts}], design=design)
    assert any(line.startswith(f"rash | Example 2020{mark} | ") for line in said(harms.report, evidence))


def test_counts_of_harm_of_a_study_say_of_which_arm_they_are(evidence: Evidence) -> None:
    counts = {"drug": {"events": number(4), "n": number(20)}, "placebo": {"events": number(2), "n": number(20)}}
    book = Ledger()
    harms.report(Results(with_study(evidence, harms=[{"event": "rash", "arms": counts}])), book)
    claim = book.claims["harm.study.example2020.0.drug_v_placebo.with"]
    assert claim.label == "rash, of a hundred people with my drug"
    assert (claim.population, claim.time_span) == ("Example 2020, my drug", "as in the source")
    assert claim.function == "glabella.synthesis.wilson"


def test_counts_of_one_arm_only_are_no_comparison(evidence: Evidence) -> None:
    one = [{"event": "rash", "arms": {"drug": {"events": number(4), "n": number(20)}}}]
    shown = said(harms.report, with_study(evidence, harms=one))
    assert shown[2].endswith("in both groups: 0 of 1.")
    assert len(shown) == 3


def test_studies_beside_the_question_are_not_counted(evidence: Evidence) -> None:
    shown = said(harms.report, with_study(evidence, role="related"))
    assert not any("Main studies of this question" in line for line in shown)


# --- popular claims ------------------------------------------------------------------------------------------


def test_claims_are_counted_and_each_has_its_verdict_and_why(shipped: Results) -> None:
    section = popular_claims.report(shipped, Ledger())
    assert section is not None
    shown = lines(section)
    claims = shipped.evidence.claims.claims
    assert shown[1].startswith(f"Claims that people meet: {len(claims)}. Verdicts: ")
    tally = Counter(claim.verdict for claim in claims)
    told = [part.split(maxsplit=1) for part in shown[1].partition("Verdicts: ")[2].rstrip(".").split(", ")]
    assert {word: int(count) for count, word in told} == tally
    for claim in claims:
        assert f"## {claim.verdict} “{claim.claim}”" in shown
    icons = [block.text[0] for block in section.content if isinstance(block, Heading)]  # type: ignore[index]
    order = ("supported", "contradicted", "inconclusive", "untested", "in parts", "not judged")
    ordered = sorted(claims, key=lambda claim: order.index(claim.verdict))
    assert icons == [Icon("verdict", claim.verdict) for claim in ordered]
    assert list(dict.fromkeys(claim.verdict for claim in ordered)) == list(order)  # the library has each
    assert shown[2].startswith("No verdict is typed: each is what the rule below its claim comes to")
    assert shown[3] == "All claims, in the order in which they follow"
    contents = shown[shown.index("Claim | Verdict") + 1 :][: len(claims)]
    assert "Botox works fast. | in parts, on the muscle: supported, on mood: inconclusive" in contents
    unseen = next(claim for claim in claims if claim.verdict == "not judged")
    assert f"Not judged: {unseen.looked_for}" in shown
    assert shown.count("> The rule") == sum(len(claim.judged) for claim in claims)
    assert [line.split(" | ")[0] for line in contents] == [claim.claim for claim in ordered]


def test_each_part_of_a_claim_has_its_verdict_and_why(evidence: Evidence) -> None:
    parts = {
        key: {"text": text, "verdict": verdict, "why": [{**sentence(why), "bears": bears}]}
        for key, text, verdict, why, bears in (
            ("young", "in the young", "supported", "They gained.", "for"),
            ("old", "in the old", "untested", "Nobody looked.", "beside"),
        )
    }
    beside = sentence("It is cheap.")
    claim = {"id": "a", "claim": "It works.", "verdict": "in parts", "why": [beside], "parts": parts}
    evidence = replace(evidence, claims=changed(evidence.claims, claims=[claim]))
    assert said(popular_claims.report, evidence) == [
        "# Popular claims, checked",
        "Claims that people meet: 1. Verdicts: 1 in parts.",
        "## in parts “It works.”",
        "- It is cheap.[EXAMPLE]",
        "In the young: supported",
        "- They gained.[EXAMPLE]",
        "In the old: untested",
        "- Nobody looked.[EXAMPLE]",
    ]


def test_a_dossier_without_claims_has_no_such_section(evidence: Evidence) -> None:
    evidence = replace(evidence, claims=changed(evidence.claims, claims=()))
    assert popular_claims.report(Results(evidence), Ledger()) is None


def test_what_is_computed_of_a_claim_stands_below_it(
    shipped: Results, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Results, Ledger]] = []

    def computed(results: Results, book: Ledger) -> str | None:
        asked.append((results, book))
        return "Computed here." if results is shipped else None

    monkeypatch.setattr(popular_claims, "COMPUTED", {"combination": computed})
    book = Ledger()
    section = popular_claims.report(shipped, book)
    assert section is not None
    assert lines(section).count("Computed here.") == 1
    assert asked == [(shipped, book)]
    (claim,) = evidence.claims.claims
    wanting = changed(evidence.claims, claims=[changed(claim, computed="combination").model_dump(mode="json")])
    assert "Computed here." not in said(popular_claims.report, replace(evidence, claims=wanting))
    assert len(asked) == 2


# --- conflicts -----------------------------------------------------------------------------------------------


def test_conflicts_are_shown_with_both_sides_and_the_choice(evidence: Evidence) -> None:
    sides = [
        {"says": "the paper", "values": [number(3), number(4)], "source": "EXAMPLE", "used": True},
        {"says": "the letter", "values": [number(5)]},
    ]
    own = {"id": "C10", "topic": "How many", "sides": sides, "because": "the paper is nearer"}
    general = {"id": "C2", "topic": "Whether", "sides": [{"says": "no"}], "because": "nobody knows"}
    evidence = with_study(evidence, conflicts=[own])
    evidence = replace(
        evidence,
        dossier=evidence.dossier.model_copy(
            update={"conflicts": changed(evidence.dossier, conflicts=[general]).conflicts}
        ),
    )
    assert said(conflicts.report, evidence) == [
        "# Where sources contradict each other",
        "Points on which sources contradict each other: 2; on 1 of them one side is used. Every side stays in the "
        "dossier.",
        "- Whether. no; nobody knows.",
        "- How many (Example 2020). the paper: 3, 4 (used)[EXAMPLE]; the letter: 5; the paper is nearer.",
    ]


# --- studies -------------------------------------------------------------------------------------------------


def test_the_studies_are_counted_and_each_is_in_a_fold(evidence: Evidence) -> None:
    evidence = with_study(
        evidence,
        n_randomised=number(None, "missing"),
        population=[sentence("Adults.")],
        findings=[sentence("{all} were well.", all=3)],
    )
    assert said(studies.report, evidence) == [
        "# The studies",
        "Studies in this dossier: 1; randomised: 1.",
        "## The randomised trials side by side",
        "Who took part, and who stayed.",
        "trial | other treatment allowed | stayed to the end of those randomised | seen at weeks",
        "Example 2020 | not known | my drug: not known; placebo: not known | 6 with results; visits not known",
        "What was counted in each group.",
        "trial | main outcome taken | response events / people, by group",
        "Example 2020 | not known | my drug 10 / 20, placebo 5 / 20",
        "Who paid, and what could bias it.",
        "trial | funding | interests | published judgement | signals of bias this dossier’s own",
        "Example 2020 | not known | not known | none seen | not known",
        "Signals are facts that were seen, by the dossier’s own reading; those that it declares serious are bold. "
        "Where none stands, too little was seen to say.",
        "> Example 2020: randomised",
        "Design: parallel groups, randomised, double-blind. Reports:[EXAMPLE].",
        "- Adults.[EXAMPLE]",
        "- 3 were well.[EXAMPLE]",
    ]


def test_a_study_says_all_that_is_known_of_how_it_was_done(evidence: Evidence) -> None:
    evidence = with_study(
        evidence,
        design={
            "type": "crossover",
            "randomised": "unclear",
            "blinding": "open",
            "details": [sentence("One town.")],
        },
        n_randomised=number(40),
        co_treatment="mixed",
        co_treatment_detail=sentence("Some took tea."),
        registration="NCT00000001",
        risk_of_bias={
            "tool": "RoB 2",
            "judgement": "some_concerns",
            "status": "seen",
            "source": "EXAMPLE",
            "note": "-",
        },
        blinding_check=sentence("{right} guessed right.", right=9),
    )
    assert said(studies.report, evidence)[1:] == [
        "Studies in this dossier: 1; randomised: 0.",
        "> Example 2020: not known whether randomised",
        "Design: crossover, not known whether randomised, open. People: 40. Risk of bias: some concerns (RoB 2). "
        "Registered as NCT00000001. Reports:[EXAMPLE].",
        "- One town.[EXAMPLE]",
        "- Other treatment: Some took tea.[EXAMPLE]",
        "- Whether people guessed: 9 guessed right.[EXAMPLE]",
    ]


def test_other_treatment_is_said_in_the_dossiers_words_where_the_study_says_nothing_of_it(
    evidence: Evidence,
) -> None:
    words_ = changed(evidence.words, co_treatment={"mixed": "some also drank tea"})
    tea = evidence.dossier.model_copy(update={"words": words_})
    for each, words in (
        (evidence, "some had other treatment too"),
        (replace(evidence, dossier=tea), "some also drank tea"),
    ):
        text = "\n".join(said(studies.report, with_study(each, co_treatment="mixed")))
        assert f" Other treatment: {words}. " in text


def test_a_study_of_which_nothing_is_said_has_no_list(evidence: Evidence) -> None:
    assert not any(line.startswith("- ") for line in said(studies.report, evidence))


# --- reproductions -------------------------------------------------------------------------------------------


def test_published_results_stand_beside_ours(evidence: Evidence) -> None:
    analysis = "response_all"
    targets = {
        "whole": {
            "label": "Review A",
            "analysis": analysis,
            "verdict": "exact",
            "decimals": 1,
            "why": "same trial",
            "printed": [number(3), number(0.8), number(11.4)],
        },
        "near": {
            "label": "Review B",
            "analysis": analysis,
            "verdict": "approximate",
            "decimals": 2,
            "why": "rounded",
            "printed": [number(3.1)],
        },
        "none": {
            "label": "Review C",
            "analysis": "no_such",
            "verdict": "not_possible",
            "decimals": 2,
            "why": "unseen",
            "printed": [number(9)],
        },
    }
    dossier = changed(evidence.dossier, reproduce=targets)
    assert said(reproductions.report, replace(evidence, dossier=dossier)) == [
        "# Published pooled results, recomputed",
        "Published pooled results: 3; met exactly: 1; met approximately: 1.",
        "Published pooled results beside the same pooling of this dossier's numbers.",
        "result | as printed | recomputed | agreement | why",
        "Review A | 3.0 (0.8 to 11.4) | 3.0 (0.8 to 11.4) | exact | same trial",
        "Review B | 3.1 | 3.00 (0.79 to 11.44) | approximate | rounded",
        "Review C | 9 | not possible | not possible | unseen",
    ]
    book = Ledger()
    reproductions.report(Results(replace(evidence, dossier=dossier)), book)
    printed, ours = book.claims["reproduce.whole.printed"], book.claims["reproduce.whole.ours"]
    assert (printed.label, ours.label) == ("as printed: Review A", "recomputed: Review A")
    assert (ours.interval, ours.population) == ("95 % confidence interval", "as in the review")
    assert ours.time_span == "week 6"


def test_a_published_result_whose_trials_give_no_effect_is_not_recomputed(evidence: Evidence) -> None:
    target = {
        "label": "Review A",
        "analysis": "empty",
        "verdict": "exact",
        "decimals": 1,
        "why": "same trial",
        "printed": [number(3)],
    }
    empty = changed(evidence.dossier.analyses["response_all"], without=("example2020/drug_v_placebo",))
    dossier = changed(evidence.dossier, reproduce={"a": target})
    dossier = dossier.model_copy(update={"analyses": {**dossier.analyses, "empty": empty}})
    shown = said(reproductions.report, replace(evidence, dossier=dossier))
    assert shown[-1] == "Review A | 3 | not possible | exact | same trial"


# --- methods -------------------------------------------------------------------------------------------------


def analysed(evidence: Evidence, **fields: Any) -> Evidence:
    """Give the starter with a second analysis beside its headline."""
    ((key, headline),) = evidence.dossier.analyses.items()
    both = {key: headline, "other": changed(headline, **fields)}
    return replace(evidence, dossier=evidence.dossier.model_copy(update={"analyses": both}))


def test_how_effects_are_pooled_is_said_of_the_methods_used(evidence: Evidence) -> None:
    shown = said(methods.report, evidence)
    assert shown[0] == "# Methods, and how to make it again"
    assert shown[1].startswith("Every number here comes from the files of one dossier.")
    assert (
        "- Effects are pooled by random effects, the variance between trials estimated by restricted maximum "
        "likelihood, with the interval after Hartung, Knapp, Sidik and Jonkman, its error never below the usual "
        "one."
    ) in shown
    assert not any("Some analyses" in line for line in shown)


@pytest.mark.parametrize(
    ("method", "test", "words"),
    [
        (
            "DL",
            "z",
            "by random effects, the variance between trials estimated after DerSimonian and Laird, with an "
            "interval from the normal distribution",
        ),
        ("common", "t", "as one common effect, with an interval from the t distribution"),
    ],
)
def test_other_ways_to_pool_are_said_too(evidence: Evidence, method: str, test: str, words: str) -> None:
    assert f"- Some analyses pool {words}." in said(methods.report, analysed(evidence, method=method, test=test))


def test_prediction_intervals_are_not_taken_at_their_word(evidence: Evidence) -> None:
    (line,) = (line for line in said(methods.report, evidence) if line.startswith("- A prediction interval"))
    assert "less often than its name says" in line


def test_where_a_value_from_memory_may_stand_is_said(evidence: Evidence) -> None:
    assert (
        "- No number from memory is a result: none is pooled, drawn or scored. Where the dossier holds one, it "
        "says so, to be looked up."
    ) in said(methods.report, evidence)


def test_risk_of_bias_that_nobody_judged_is_said(evidence: Evidence) -> None:
    unjudged = "No study here has a published judgement of risk of bias."
    assert unjudged in said(methods.report, evidence)
    judged = {"tool": "RoB 2", "judgement": "low", "status": "seen", "source": "EXAMPLE", "note": "-"}
    assert unjudged not in said(methods.report, with_study(evidence, risk_of_bias=judged))


def test_certainty_is_explained_and_what_was_searched(evidence: Evidence) -> None:
    shown = said(methods.report, evidence)
    assert shown[shown.index("## How certainty is rated") + 1] == f"- {RULES[0]}"
    assert [line[2:] for line in shown if line[2:] in RULES] == list(RULES)
    assert said(search.report, evidence)[1:3] == [
        "Whether the search was systematic is not recorded in this dossier.",
        "When and where was searched for studies is not recorded in this dossier.",
    ]


@pytest.mark.parametrize(
    ("looked", "words"),
    [
        ({"date": "2025-11-03"}, "Last search: 3 November 2025. "),
        ({"statement": sentence("In {n} libraries.", n=3)}, "In 3 libraries.[EXAMPLE]"),
        (
            {"date": "2025-11-03", "statement": sentence("In {n} libraries.", n=3)},
            "Last search: 3 November 2025. In 3 libraries.[EXAMPLE]",
        ),
    ],
)
def test_when_and_where_was_searched_is_said(evidence: Evidence, looked: dict[str, Any], words: str) -> None:
    assert said(search.report, searched(evidence, **looked))[2] == words


def test_sources_are_counted_by_kind_the_rare_ones_together(shipped: Results, evidence: Evidence) -> None:
    assert "example | 1" in said(search.report, evidence)
    section = search.report(shipped, Ledger())
    (table,) = (
        block for block in blocks_of((section,)) if isinstance(block, Table) and block.caption == "Sources by kind."
    )
    counts = [claim.value or 0 for claim in claims_of((table,))]
    assert sum(counts) == len(shipped.evidence.references)
    assert counts[:-1] == sorted(counts[:-1], reverse=True)
    assert len(counts) == 9
    assert table.rows[-1].cells[0] == Name("other kinds")


def test_how_to_make_it_again(evidence: Evidence) -> None:
    book = Ledger()
    results = Results(with_study(evidence, n_randomised=number(40)))
    studies.report(results, book)
    section = methods.report(results, book)
    assert section is not None
    shown = lines(section)
    assert any(line.startswith("- glabella report writes this document, made by version ") for line in shown)
    assert "- glabella report verify FILE makes it again from the dossier and names what differs." in shown
    assert "- “Every number” below says of each number which function made it, and from which files." in shown
    assert "glabella.brief.quote" not in "\n".join(shown)
