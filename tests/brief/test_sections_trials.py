"""The trials side by side, their signals of bias, the search, and what to extract next. Numbers are made up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from glabella.brief.header import about
from glabella.brief.results import Results
from glabella.brief.sections import effect, extract_next, how_sure, methods, robustness, search, studies
from glabella.dossier import Evidence, load
from glabella.shown import Ledger, Strong, Table, blocks_of, plain
from tests.brief.made_up_trials import Trial, counted, made_up
from tests.brief.sections import changed, lines, number, sentence, starter, with_study

SERIOUS = {
    "domain": "missing_data",
    "short": "{lost} left",
    "fact": sentence("{lost} of {all} people left.", lost=4, all=40),
    "serious": "too many left",
}
MILD = {"domain": "other", "short": "one town", "fact": sentence("All lived in one town.")}


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return starter(tmp_path_factory.mktemp("starter"))


@pytest.fixture(scope="module")
def shipped() -> Results:
    return Results(load())


def said(module: Any, evidence: Evidence) -> list[str]:
    section = module.report(Results(evidence), Ledger())
    assert section is not None
    return lines(section)


def row(evidence: Evidence, head: str, place: int = 0) -> str:
    """Give the row of the starter's trial in the table below a caption."""
    shown = said(studies, evidence)
    return shown[shown.index(head) + 2 + place]


PEOPLE, FOUND, TRUST = "Who took part, and who stayed.", "What was counted in each group.", (
    "Who paid, and what could bias it.")  # fmt: skip


# --- signals ------------------------------------------------------------------------------------------------


def forest(evidence: Evidence) -> tuple[Table, str]:
    section = effect.report(Results(evidence), Ledger())
    table = next(block for block in blocks_of((section,)) if isinstance(block, Table))
    return table, plain(table.rows[0].cells[-1])


def test_a_forest_shows_signals_where_nothing_was_published(evidence: Evidence) -> None:
    table, cell = forest(with_study(evidence, signals=[MILD, SERIOUS]))
    assert cell == "one town; 4 left"
    assert "they are this dossier’s own reading" in plain(table.note)
    cells = table.rows[0].cells[-1]
    assert isinstance(cells, tuple)
    assert [plain(piece) for piece in cells if isinstance(piece, Strong)] == ["4 left"]


def test_a_published_judgement_stands_before_signals_and_none_is_not_known(evidence: Evidence) -> None:
    judged = {"tool": "RoB 2", "judgement": "some_concerns", "status": "seen", "source": "EXAMPLE", "note": "-"}
    table, cell = forest(with_study(evidence, signals=[MILD], risk_of_bias=judged))
    assert cell == "some concerns"
    assert "own reading" not in plain(table.note)
    table, cell = forest(evidence)
    assert cell == "not known"
    assert "own reading" not in plain(table.note)


def test_a_signal_is_told_in_full_with_why_it_is_serious(evidence: Evidence) -> None:
    shown = said(studies, with_study(evidence, signals=[MILD, SERIOUS]))
    assert "- Signal of bias, other: All lived in one town.[EXAMPLE]" in shown
    assert ("- Signal of bias, missing data: 4 of 40 people left.[EXAMPLE] Serious, by this dossier: too many left."
            in shown)  # fmt: skip
    assert row(with_study(evidence, signals=[MILD, SERIOUS]), TRUST).endswith("none seen | one town; 4 left")


def test_methods_say_whose_reading_signals_are(evidence: Evidence) -> None:
    with_signals = said(methods, with_study(evidence, signals=[MILD]))
    assert any("is this dossier’s own reading of what was seen" in line for line in with_signals)
    assert not any("own reading" in line for line in said(methods, evidence))


THREE = [counted("Able 2001", 10, 100, 20, 100), counted("Baker 2002", 15, 150, 32, 150),
         counted("Cole 2003", 8, 80, 15, 80), counted("Dale 2004", 9, 90, 15, 90)]  # fmt: skip


def with_choice(folder: Path, trials: list[Trial]) -> Evidence:
    def change(plan: dict[str, Any]) -> None:
        plan["choices"] = {"signals": {"any": {}, "serious left out": {"serious_signals": "leave_out"}}}

    return made_up(folder, "OR", "lower", trials, change=change)


def test_a_choice_leaves_trials_with_a_serious_signal_out(tmp_path: Path) -> None:
    first = replace(THREE[0], more={"signals": [MILD, SERIOUS]})
    results = Results(with_choice(tmp_path / "d", [first, *THREE[1:]]))
    section = robustness.report(results, Ledger())
    assert section is not None
    shown = lines(section)
    assert any(line.endswith("which is its own reading: Able 2001.") for line in shown)
    analysis = results.headline.analysis.model_copy(update={"serious_signals": "leave_out"})
    from glabella.synthesis import contrasts

    found = contrasts(results.evidence, analysis)
    assert [effect.study for effect in found.effects] == ["baker2002", "cole2003", "dale2004"]
    (left,) = found.not_computed
    assert left.reason == "the dossier declares a signal of bias serious: missing data"


def test_a_choice_that_leaves_nobody_out_says_so(tmp_path: Path) -> None:
    section = robustness.report(Results(with_choice(tmp_path / "d", THREE)), Ledger())
    assert section is not None
    assert any(line.endswith("which is its own reading: none of these trials.") for line in lines(section))


# --- trials side by side ------------------------------------------------------------------------------------


def test_a_trial_that_says_all_shows_all(evidence: Evidence) -> None:
    dossier = changed(evidence.dossier, groups={"elves": "elves", "giants": "giants", "dwarfs": "dwarfs"},
                      interests=[sentence("{n} of them were paid.", n=3)])  # fmt: skip
    (study,) = evidence.studies.values()
    arms = {
        "drug": study.arms["drug"].model_dump(mode="json")
        | {"n_randomised": number(22), "n_completed": number(20)},
        "placebo": study.arms["placebo"].model_dump(mode="json") | {"n_randomised": number(21)},
    }
    whole = replace(with_study(
        evidence,
        arms=arms,
        design={"type": "parallel", "randomised": "yes", "blinding": "double", "visits": [number(0), number(6)]},
        excluded={"elves": {"excluded": True, "status": "seen", "source": "EXAMPLE", "note": "all of them"},
                  "giants": {"excluded": False, "status": "seen", "source": "EXAMPLE"}},
        co_treatment="adjunct",
        co_treatment_detail=sentence("Tea was allowed."),
        funding=sentence("A tea house paid."),
        interests=sentence("They sell tea."),
    ), dossier=dossier)  # fmt: skip
    assert row(whole, PEOPLE) == (
        "Example 2020 | elves: yes (all of them)[EXAMPLE]; giants: no[EXAMPLE]; dwarfs: not known | "
        "Tea was allowed.[EXAMPLE] | my drug: 20 of 22; placebo: not known of 21 | 0, 6"
    )
    assert row(whole, TRUST).startswith(
        "Example 2020 | A tea house paid.[EXAMPLE] | They sell tea.[EXAMPLE] | none seen"
    )
    shown = said(studies, whole)
    assert "- 3 of them were paid.[EXAMPLE]" in shown
    assert "- Funding: A tea house paid.[EXAMPLE]" in shown
    assert "- Interests: They sell tea.[EXAMPLE]" in shown


def test_what_was_not_seen_of_a_group_is_not_known(evidence: Evidence) -> None:
    (study,) = evidence.studies.values()
    result = study.results[0].model_dump(mode="json")
    result["arms"]["placebo"]["events"] = number(None, "missing")
    result["arms"]["drug"]["n"] = None
    assert row(with_study(evidence, results=[result]), FOUND) == "Example 2020 | not known | my drug 10 / not known"


def test_other_treatment_is_told_in_the_dossiers_words_where_no_detail_is(evidence: Evidence) -> None:
    assert " | nobody had other treatment | " in row(with_study(evidence, co_treatment="monotherapy"), PEOPLE)


def test_the_main_outcome_has_its_time_and_a_second_period_does_not_count(evidence: Evidence) -> None:
    (study,) = evidence.studies.values()
    first = study.results[0].model_dump(mode="json") | {"role": "primary", "period": 1}
    second = {**first, "time": 12, "period": 2, "role": "other"}
    design = {"type": "crossover", "randomised": "yes", "blinding": "double"}
    crossed = with_study(evidence, design=design, results=[first, second])
    assert row(crossed, FOUND) == "Example 2020 | week 6 | my drug 10 / 20, placebo 5 / 20"
    nothing = with_study(evidence, results=[])
    assert row(nothing, FOUND) == "Example 2020 | not known | not known"
    assert row(nothing, PEOPLE).endswith(" | not known")


def test_studies_without_a_randomised_one_have_no_table(evidence: Evidence) -> None:
    design = {"type": "parallel", "randomised": "unclear", "blinding": "double"}
    assert "## The randomised trials side by side" not in said(studies, with_study(evidence, design=design))


# --- the search ---------------------------------------------------------------------------------------------


def searched(evidence: Evidence, **search_: Any) -> Evidence:
    return replace(evidence, dossier=changed(evidence.dossier, search=search_))


def test_a_look_says_its_day_its_places_and_its_strings(evidence: Evidence) -> None:
    looks = [
        {"date": "2025-11-03", "sources": ["one library", "the internet"], "strings": ["tea AND health"]},
        {"sources": [], "strings": None},
        {"date": "2025-11-04", "sources": ["a drawer"], "strings": []},
    ]
    shown = said(search, searched(evidence, looks=looks))
    at = shown.index("Each look for sources.") + 2
    assert shown[at : at + 3] == [
        "3 November 2025 | one library; the internet | tea AND health",
        "not known | not known | not known",
        "4 November 2025 | a drawer | none",
    ]
    assert "## Where was looked" not in said(search, evidence)


def test_what_could_not_be_read_is_listed(evidence: Evidence) -> None:
    shown = said(search, searched(evidence, not_read=[sentence("The letters.", "missing")]))
    assert shown[shown.index("## What could not be read") + 1] == "- The letters."
    assert "## What could not be read" not in said(search, evidence)


def test_a_flow_shows_what_was_counted_and_what_was_not(evidence: Evidence) -> None:
    shown = said(search, searched(evidence, flow={"found": 120, "read_in_full": 0}))
    at = shown.index("Records at each step.") + 2
    assert shown[at : at + 6] == [
        "records found | 120",
        "titles or abstracts looked at | not known",
        "full texts wanted | not known",
        "reports of trials read in full | 0",
        "records left out after reading | not known",
        "studies in this dossier | 1",
    ]


@pytest.mark.parametrize(
    ("systematic", "words"),
    [
        ("yes", "The search was systematic, by this dossier’s own account."),
        ("no", "This is not a systematic search: no protocol,"),
        ("unknown", "Whether the search was systematic is not recorded in this dossier."),
    ],
)
def test_whether_it_was_systematic_is_said_first(evidence: Evidence, systematic: str, words: str) -> None:
    assert said(search, searched(evidence, systematic=systematic))[1].startswith(words)


def test_the_brief_says_beside_the_certainty_that_it_is_no_systematic_search(evidence: Evidence) -> None:
    def sure(**search_: Any) -> list[str]:
        return lines(how_sure.brief(Results(searched(evidence, **search_)), Ledger()))

    statement = sentence("Two books were read.", "missing")
    assert "- Not a systematic search. Two books were read." in sure(systematic="no", statement=statement)
    assert "- Not a systematic search." in sure(systematic="no")
    assert "- Two books were read." in sure(statement=statement)
    assert not any("search" in line for line in sure())
    day = {"date": "2025-11-03"}
    assert plain(about(Results(searched(evidence, **day, systematic="no")))) == "sources seen: 3 November 2025"
    assert plain(about(Results(searched(evidence, **day)))) == "sources searched: 3 November 2025"


def test_a_look_for_studies_is_no_search(evidence: Evidence) -> None:
    from glabella.brief.sections import question

    shown = said(question, searched(evidence, systematic="no", date="2025-11-03"))
    assert "- Last look for studies, not a systematic search: 3 November 2025." in shown
    looked = said(search, searched(evidence, systematic="no", date="2025-11-03"))
    assert looked[2] == "Last look: 3 November 2025. "


# --- what to extract next -----------------------------------------------------------------------------------


def test_the_shipped_dossier_says_that_nothing_was_read_in_full(shipped: Results) -> None:
    section = extract_next.report(shipped, Ledger())
    assert section is not None
    shown = lines(section)
    assert shown[1].startswith("No report of a trial was read in full for this dossier")
    assert "mends that in an hour, from the top of this list. Abstracts, registers, news" in shown[1]
    table = shown.index("Each pooled result as it would be at both ends of what the missing value may be.") + 2
    first = shipped.to_extract[0]
    assert shown[table].startswith(f"{first.label} | {first.what} | {'; '.join(first.where)} | ")
    assert shown[table].endswith(" | yes")
    # Where both ends are what is known already, it says so.
    assert any(" | the same Standardised mean difference, " in line for line in shown)
    assert any(line.startswith("- A published judgement of risk of bias: Brin 2020 (") for line in shown)
    assert any("the reason against it would go; the certainty would still be very low." in line for line in shown)
    assert any(line.startswith("- Counts of harm in each group: Brin 2020 (") for line in shown)


def test_ends_are_those_that_were_computed(shipped: Results) -> None:
    book = Ledger()
    extract_next.report(shipped, book)
    first = shipped.to_extract[0]
    assert first.if_known is not None
    one = shipped.pooled[first.analysis or ""]
    for place, end in enumerate(first.if_known.ends):
        name = f"extract.{one.id}.{first.study}.{first.comparison}.{first.kind}.{place}"
        claim = book.claims[name]
        assert (claim.value, claim.low, claim.high) == pytest.approx(tuple(map(one.shown, end)))
        assert first.study in dict(claim.inputs)


#: Of its groups only the people were seen.
UNSEEN = replace(counted("Dale 2004", 1, 30, 1, 50), arm={"n": 30}, control={"n": 50})
SPREAD = {
    "heterogeneity": {
        "any": {
            "label": "made up", "applies_to": "all", "why": [sentence("Made up.")],
            "of": "tau", "family": "half_normal", "usual": True,
            "measure": "any", "parameters": {"scale": number(0.5)},
        }
    }
}  # fmt: skip


def test_what_would_not_be_pooled_is_not_said_to_stay_the_same(tmp_path: Path) -> None:
    one = made_up(tmp_path / "d", "OR", "lower", [THREE[0], UNSEEN])
    assert any(" | not pooled: so few trials Odds ratio, " in line for line in said(extract_next, one))
    # Two are not pooled; with the one that is missing they would be.
    two = made_up(tmp_path / "e", "OR", "lower", [*THREE[:2], UNSEEN])
    (row,) = [line for line in said(extract_next, two) if line.startswith("Dale 2004 | ")]
    assert " to " in row


def test_a_second_trial_is_pooled_under_the_declared_prior(tmp_path: Path) -> None:
    one = made_up(tmp_path / "d", "OR", "lower", [THREE[0], UNSEEN])
    prior = tmp_path / "d" / "priors.yaml"
    prior.write_text(yaml.safe_dump(SPREAD), encoding="utf-8")
    one, book = load(tmp_path / "d"), Ledger()
    extract_next.report(Results(one), book)
    ends = [claim for name, claim in book.claims.items() if name.startswith("extract.")]
    assert ends
    assert {claim.interval for claim in ends} == {"95 % credible interval"}
    assert all("priors.yaml" in dict(claim.inputs) for claim in ends)


def test_other_dossiers_say_no_more_than_they_know(evidence: Evidence, tmp_path: Path) -> None:
    assert said(extract_next, evidence)[1] == (
        "What is missing here, and where it should stand, what could change most first."
    )
    assert "## What could move a pooled result" not in said(extract_next, evidence)
    harms = [{"event": "any", "arms": {"drug": {"events": number(1)}}}]
    trial = counted("Able 2001", 10, 20, 5, 20, judgement="low", guessed=True, more={"harms": harms})
    whole = made_up(tmp_path / "d", "OR", "higher", [trial])
    assert extract_next.report(Results(whole), Ledger()) is None
    only = counted("Able 2001", 10, 20, 5, 20, judgement="low", guessed=True)
    shown = said(extract_next, made_up(tmp_path / "e", "OR", "higher", [only]))
    assert "## What could move the certainty" not in shown
    assert shown[shown.index("## What else is missing") + 1] == "- Counts of harm in each group: Able 2001"


def test_nothing_read_and_nothing_said_of_it_is_said_plainly(evidence: Evidence) -> None:
    shown = said(extract_next, searched(evidence, flow={"read_in_full": 0}))
    assert shown[1].endswith("from the top of this list. ")


def test_a_certainty_that_would_rise_is_named(tmp_path: Path) -> None:
    trials = [replace(trial, guessed=True, judgement="low") for trial in THREE]
    trials[0] = replace(trials[0], judgement=None)
    fifth = counted("Elm 2005", 20, 200, 42, 200, judgement="low", guessed=True)
    shown = said(extract_next, made_up(tmp_path / "d", "OR", "lower", [*trials, fifth]))
    assert any(line.endswith("the reason against it would go; the certainty would be high.") for line in shown)
    bad = [replace(trials[0], judgement="high"), replace(trials[1], judgement=None), *trials[2:], fifth]
    shown = said(extract_next, made_up(tmp_path / "e", "OR", "lower", bad))
    assert any("no reason against it would go; the certainty would still be" in line for line in shown)
