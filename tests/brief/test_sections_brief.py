"""The short sections of the brief, of which every sentence is the dossier's own: each is there, or is left out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.brief.documents import document
from glabella.brief.header import about, header
from glabella.brief.results import Results
from glabella.brief.sections import (
    bottom_line,
    claims_met,
    given,
    how_sure,
    next_steps,
    options,
    tell,
    timing,
    unknown,
    warnings,
)
from glabella.dossier import Evidence
from glabella.shown import Columns, Items, Ledger, Paragraph, Section, Table, blocks_of
from tests.brief import made_up_fit, other_mechanism
from tests.brief.sections import bare_digits, changed, lines, sentence, starter, text
from tests.brief.told import Make


@pytest.fixture
def small(tmp_path: Path) -> Evidence:
    return starter(tmp_path)


def summed(small: Evidence, **summary: Any) -> Evidence:
    """Give a dossier whose summary says this and nothing else."""
    return replace(small, summary=type(small.summary).model_validate(summary))


def said(make: Make, small: Evidence) -> list[str]:
    """Give a section's lines; that it is there, and each of its numbers a claim, goes without saying."""
    section = make(Results(small), Ledger())
    assert section is not None
    assert bare_digits(section) == []
    return lines(section)


@pytest.mark.parametrize(
    "make",
    [claims_met.brief, given.brief, next_steps.brief, options.brief, tell.brief, timing.brief, warnings.brief],
)
def test_what_a_summary_does_not_say_is_not_there(small: Evidence, make: Make) -> None:
    assert make(Results(summed(small)), Ledger()) is None


DOSE = sentence("It was {dose} units.", dose=20)


@pytest.mark.parametrize(
    ("make", "summary", "expected"),
    [
        (given.brief, {"given": [DOSE, sentence("Once.")]},
         ["# What was given", "- It was 20 units.[EXAMPLE]", "- Once.[EXAMPLE]"]),
        (next_steps.brief,
         {"manage": [sentence("Cool it.")], "judge": [sentence("Wait.")], "keep": [sentence("Keep on.")]},
         ["# If it is tried", "- Keep on.[EXAMPLE]", "- Wait.[EXAMPLE]", "- Cool it.[EXAMPLE]"]),
        (next_steps.brief, {"judge": [sentence("Wait.")]}, ["# If it is tried", "- Wait.[EXAMPLE]"]),
        (tell.brief, {"tell": [sentence("Nobody knows.")]}, ["# To tell the patient", "- Nobody knows.[EXAMPLE]"]),
        (warnings.brief,
         {"careful": [sentence("Late in life.")], "never": [sentence("Allergy.")],
          "grave": [sentence("It spreads.")]},
         ["# Rare and grave", "- It spreads.[EXAMPLE]", "## Who must not have it", "- Allergy.[EXAMPLE]",
          "- Late in life.[EXAMPLE]"]),
        (warnings.brief, {"never": [sentence("Allergy.")]}, ["# Who must not have it", "- Allergy.[EXAMPLE]"]),
        (warnings.brief, {"grave": [sentence("It spreads.")]}, ["# Rare and grave", "- It spreads.[EXAMPLE]"]),
        (options.brief, {"beside": [{"label": "tablets", "seen": sentence("{n} people fared alike.", n=9)}]},
         ["# Beside other options", "", "Compared directly with | What was seen, my drug first",
          "tablets | 9 people fared alike.[EXAMPLE]"]),
        (claims_met.brief, {"claims": {"a": "It works"}},
         ["# Claims people meet", "", "Claim | Verdict", "It works | untested"]),
        (timing.brief,
         {"course": [{"label": "mood", "soon": sentence("By week {week}.", week=3)},
                     {"label": "body", "long": sentence("For months.")}]},
         ["# How soon, how long", "", "What | How soon | How long", "mood | By week 3.[EXAMPLE] | not known",
          "body | not known | For months.[EXAMPLE]"]),
        (unknown.brief, {"unknown": [sentence("For how long.", "missing")]},
         ["# What nobody knows", "- For how long."]),
    ],
)  # fmt: skip
def test_what_a_summary_says_stands_under_its_title(
    small: Evidence, make: Make, summary: dict[str, Any], expected: list[str]
) -> None:
    assert said(make, summed(small, **summary)) == expected


def test_sentences_to_tell_are_numbered_and_claims_are_a_list(small: Evidence) -> None:
    (items,) = tell.brief(Results(summed(small, tell=[DOSE])), Ledger()).content  # type: ignore[union-attr]
    assert isinstance(items, Items)
    assert items.ordered
    (table,) = claims_met.brief(Results(summed(small, claims={"a": "It works"})), Ledger()).content  # type: ignore[union-attr]
    assert isinstance(table, Table)
    assert table.look == "list"


def test_without_short_words_the_brief_says_what_the_report_says_that_nobody_knows(small: Evidence) -> None:
    plan = changed(small.dossier, unknown=[sentence("For how long.", "missing")])
    assert said(unknown.brief, summed(replace(small, dossier=plan))) == [
        "# What nobody knows",
        "- For how long.",
    ]
    nothing = changed(small.dossier, unknown=[])
    assert unknown.brief(Results(summed(replace(small, dossier=nothing))), Ledger()) is None


# --- how soon and how long, by a model ----------------------------------------------------------------------

COURSE = {"course": [{"label": "mood", "soon": sentence("Nobody timed it.", "missing")}]}


def test_the_model_stands_last_with_the_dose_that_a_trial_timed() -> None:
    rows = said(timing.brief, summed(made_up_fit.evidence(), **COURSE))[3:]
    assert rows == [
        "mood | Nobody timed it. | not known",
        "Frown, as modelled | Weaker within 1.9 days (1.2 to 3.1) in half of the women. | "
        "Half lost it after 17 weeks (15 to 20); in a new trial, 13 to 24.",
    ]


def test_where_none_timed_it_the_model_tells_of_the_usual_dose(tmp_path: Path) -> None:
    far_off = {"of": "shares", "rows": 9, "trials": 2, "error": 31.0, "bias": 1.0, "coverage": 90.0, "width": 40.0,
               "score": -4.0}  # fmt: skip
    poor = other_mechanism.other(tmp_path / "mine", muscle=other_mechanism.muscle(predicted=(far_off,)))
    assert said(timing.brief, summed(poor, **COURSE))[-1] == (
        "Jaw, as modelled | Predicts poorly. Weaker within 2.0 days (1.0 to 3.0) in half of the men. | "
        "Half lost it after 8 weeks (7 to 9); in a new trial, 6 to 11."
    )
    unfitted = other_mechanism.unfitted(tmp_path / "mine")
    assert said(timing.brief, summed(unfitted, **COURSE))[-1] == "mood | Nobody timed it. | not known"


# --- how sure -----------------------------------------------------------------------------------------------


def test_every_reason_is_a_sentence_and_the_search_and_who_was_studied_follow(small: Evidence) -> None:
    plan = changed(small.dossier, search={"statement": sentence("Two registers were read.")})
    asked = summed(
        replace(small, dossier=plan),
        studied=[sentence("{n} adults.", n=40), sentence("Mild illness.")],
        not_studied=[sentence("No children.")],
    )
    results = Results(asked)
    found = lines(how_sure.brief(results, Ledger()))
    assert found[0] == f"# How sure: {results.headline.certainty}"
    reasons = [*(str(move.why) for move in results.headline.rating.costs),
               "rated as any benefit: no smallest difference that matters is declared"]  # fmt: skip
    assert len(reasons) > 1

    def bare(said: str) -> str:
        # The rule counts from zero, the page tells a ratio: the words are the same.
        return re.sub(r"[-−]?\d[\d.]*", "#", said)

    assert [bare(each) for each in found[1 : 1 + len(reasons)]] == [
        bare(f"- {reason[:1].upper()}{reason[1:]}.") for reason in reasons
    ]
    assert found[1 + len(reasons) :] == [
        "- Two registers were read.[EXAMPLE]",
        "Who was studied. 40 adults.[EXAMPLE] Mild illness.[EXAMPLE] No children.[EXAMPLE]",
    ]


@pytest.mark.parametrize("part", ["studied", "not_studied"])
def test_who_was_studied_is_said_of_one_part_alone(small: Evidence, part: str) -> None:
    found = said(how_sure.brief, summed(small, **{part: [sentence("Adults.")]}))
    assert found[-1] == "Who was studied. Adults.[EXAMPLE]"
    bare = said(how_sure.brief, summed(small))
    assert not any("studied" in line or "searched" in line or "new trial" in line for line in bare)


@pytest.mark.xdist_group("brief")
def test_what_a_new_trial_may_find_is_said_in_points(results: Results) -> None:
    found = lines(how_sure.brief(results, Ledger()))
    (line,) = (line for line in found if "new trial" in line)
    assert (
        line
        == "- The trials disagree: in a new trial the effect may lie from −24 to 8 points, which includes a harm "
        "that matters (spread between trials assumed)."
    )


# --- around them --------------------------------------------------------------------------------------------


def test_the_question_and_whether_it_is_approved_stand_first(small: Evidence) -> None:
    def head(**summary: Any) -> str:
        (paragraph,) = header(Results(summed(small, **summary)), Ledger())
        assert isinstance(paragraph, Paragraph)
        return text(paragraph.content)

    assert head() == small.dossier.question.title
    assert head(asked="Does it help?", approval=sentence("Not approved.")) == "Does it help? Not approved.[EXAMPLE]"


def test_when_was_searched_is_said_or_that_it_was_not_recorded(small: Evidence) -> None:
    plan = changed(small.dossier, search={"date": "2026-11-03"})
    assert text(about(Results(replace(small, dossier=plan)))) == "sources searched: 3 November 2026"
    assert text(about(Results(small))) == "sources searched: date not recorded"


def test_parts_stand_side_by_side_only_where_there_are_two(small: Evidence) -> None:
    def shape(**summary: Any) -> list[str | list[list[str]]]:
        sections = document(Results(summed(small, **summary)), "brief").sections
        return [
            it.id if isinstance(it, Section) else [[each.id for each in part] for part in it.parts]  # type: ignore[union-attr]
            for it in sections
        ]

    always: list[str | list[list[str]]] = ["bottom-line", "how-sure", "benefit"]
    rest = shape()[len(always) :]
    assert shape()[: len(always)] == always
    assert shape(given=[DOSE]) == [*always, "given", *rest]
    assert shape(given=[DOSE], grave=[DOSE]) == [*always, [["warnings"], ["given"]], *rest]


def test_widths_are_those_of_the_parts_that_are_there(small: Evidence) -> None:
    made = document(Results(summed(small, given=[DOSE], grave=[DOSE])), "brief")
    (columns,) = (block for block in blocks_of(made.sections) if isinstance(block, Columns))
    assert columns.widths == (1, 1)


def test_a_document_holds_the_references_that_it_cites_and_no_other(small: Evidence) -> None:
    made = document(Results(summed(small)), "brief")
    (reference,) = small.references.values()
    more = replace(small, references={**small.references, "OTHER": changed(reference, id="OTHER")})
    assert [it.key for it in document(Results(summed(more)), "brief").references] == [
        it.key for it in made.references
    ]
    assert made.references
    assert bottom_line.brief(Results(small), Ledger()).look == "bottom"
