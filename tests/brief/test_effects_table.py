"""The effects table: good over bad, every option beside one control, what is empty and why. Trials are made up."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.brief.documents import document
from glabella.brief.results import Results
from glabella.brief.sections import effects_table
from glabella.decision.rare_harms import people_to_rule_out
from glabella.dossier import Evidence, load
from glabella.shown import Ledger, Section, Table, blocks_of, plain
from glabella.synthesis import indirect_comparison, wilson
from tests import dossiers_made
from tests.brief import made_up_network, made_up_trials
from tests.brief.made_up_trials import counted, number, scored
from tests.brief.sections import bare_digits, changed, lines, sentence, starter, with_study

TRIALS = {"one": (30, 60, 20, 60), "two": (28, 50, 15, 50), "three": (40, 80, 24, 80)}


def section(evidence: Evidence) -> tuple[Section, Ledger]:
    book = Ledger()
    found = effects_table.report(Results(evidence), book)
    assert bare_digits(found) == []
    return found, book


def tables(found: Section) -> tuple[list[list[str]], list[list[str]]]:
    good, bad = (block for block in blocks_of((found,)) if isinstance(block, Table))
    assert (plain(good.caption), plain(bad.caption)) == ("Favourable effects", "Unfavourable effects")
    return tuple([[plain(cell) for cell in row.cells] for row in table.rows] for table in (good, bad))  # type: ignore[return-value]


def network(folder: Path, **more: Any) -> Evidence:
    return made_up_network.made_up(folder / "d", TRIALS, **more)


@pytest.mark.parametrize("make", [dossiers_made.starter, dossiers_made.bcg, dossiers_made.walking])
def test_every_dossier_has_one_and_what_nobody_counted_is_empty(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    evidence = load(make(tmp_path / "made"))
    found, book = section(evidence)
    good, bad = tables(found)
    assert good[0][0].lower().startswith(Results(evidence).headline.outcome.label)
    assert bad == [["Any harm", good[0][1], "", "",
                    "empty: this dossier holds no counts of harm, which is not the same as none."]]  # fmt: skip
    said = "\n".join(lines(found))
    assert "names no rare and grave harm, which is not the same as none" in said
    assert book.claims["table.grave.needed"].value == people_to_rule_out(0.001)


def test_counts_are_told_of_so_many_people_beside_the_control(tmp_path: Path) -> None:
    (row,) = tables(section(load(dossiers_made.bcg(tmp_path / "made")))[0])[0]
    assert row[1:4] == ["BCG", "4 (3 to 7) of a thousand", "9"]
    assert row[4] == "very low: the studies were not randomised"


def test_a_difference_has_no_count_beside_it(tmp_path: Path) -> None:
    (row,) = tables(section(load(dossiers_made.walking(tmp_path / "made")))[0])[0]
    assert row[2:4] == ["20.7 (−0.3 to 41.7) mean difference", "what it is compared with"]


def test_scores_are_told_as_people_too_where_people_were_counted(results: Results) -> None:
    found = effects_table.report(results, Ledger())
    good, bad = tables(found)
    assert good[0][2] == "−8 (−18 to 2) points difference" or "difference" in good[0][2]
    from_scores = [row for row in good if "computed from scores" in row[0]]
    assert [row[3] for row in from_scores] == ["11", "39"]
    assert {row[4] for row in from_scores} == {"very low: as of the score"}
    # Where the controls of both can be made alike, that stands first, and never one without the other.
    own = [row for row in good if row[1].startswith("botulinum toxin ")]
    assert [row[1].removeprefix("botulinum toxin ") for row in own] == [
        "placebo as in the network’s trials", "placebo as in its own trials"
    ]  # fmt: skip
    assert any(row[:3] == ["Remission any time", "every other option", ""] for row in good)
    assert bad[-1][1:] == ["every other option", "", "", "empty: no counts of harm of it stand in this dossier."]
    assert any(row[3] == "not counted" for row in bad)
    assert "## Guard rails: rare and grave, part of no sum" in lines(found)


def test_an_event_without_counts_in_the_control_is_empty(tmp_path: Path) -> None:
    none = [counted(f"Able {2001 + at}", 10 + at, 100, 0, 100) for at in range(3)]
    evidence = made_up_trials.made_up(tmp_path / "d", "OR", "lower", none)
    (row,) = tables(section(evidence)[0])[0]
    assert row[2:] == ["", "", "empty: nobody or everybody had the event in the control."]


def test_trials_that_cannot_be_pooled_leave_it_empty(tmp_path: Path) -> None:
    two = [counted(f"Able {2001 + at}", 10 + at, 100, 20, 100) for at in range(2)]
    (row,) = tables(section(made_up_trials.made_up(tmp_path / "d", "OR", "lower", two))[0])[0]
    assert row[2:] == ["", "", "empty: the trials could not be pooled."]


def test_an_outcome_that_is_asked_for_and_not_known_is_empty(tmp_path: Path) -> None:
    def change(plan: dict[str, Any]) -> None:
        plan["outcomes"]["sleep"] = {"label": "sleep", "kind": "binary", "better": "higher", "family": "sleep"}
        plan["question"]["outcomes"].append("sleep")

    trials = [counted(f"Able {2001 + at}", 10 + at, 100, 20, 100) for at in range(3)]
    good, _ = tables(section(made_up_trials.made_up(tmp_path / "d", "OR", "lower", trials, change=change))[0])
    assert good[-1] == ["Sleep any time", "my drug", "", "", "empty: no trial gives an effect on it."]


# --- other options ------------------------------------------------------------------------------------------


def test_every_option_of_the_network_stands_beside_the_same_control(tmp_path: Path) -> None:
    total = {"events": number(300), "n": number(1000)}
    evidence = network(tmp_path, comparators={"control_response": total})
    found, book = section(evidence)
    good, bad = tables(found)
    options = [row for row in good if row[0].startswith("Response")][1:]
    assert [row[3] for row in options] == ["30 sugar", *(["the same"] * 4)]
    names = [row[1] for row in options]
    assert names[:2] == ["my drug sugar as in the network’s trials", "my drug sugar as in its own trials"]
    assert len(names[2:]) == 3
    assert "sugar" not in names
    assert all(row[2].endswith(" of a hundred") for row in options)
    assert options[1][0] == "Response as in the row above"
    assert bad[-1][1] == "every other option"
    # By hand: the network's odds ratio of the first option on a risk of three tenths.
    one = next(
        claim
        for claim in book.claims.values()
        if claim.id.startswith("table.network.") and "a tablet" in claim.label
    )
    compared = Results(evidence).compared
    assert compared is not None
    odds = math.exp(indirect_comparison(compared.fits[0], "tablet", "placebo").estimate) * 3 / 7
    assert one.value == pytest.approx(100 * odds / (1 + odds))


def test_without_a_count_of_the_control_effects_stand_as_they_are(tmp_path: Path) -> None:
    good, _ = tables(section(network(tmp_path))[0])
    options = [row for row in good if "odds ratio" in row[2]]
    assert len(options) == 4
    assert [row[3] for row in options] == ["what it is compared with", *(["the same"] * 3)]


def test_an_option_that_no_trial_set_beside_the_control_is_indirect(tmp_path: Path) -> None:
    good, _ = tables(section(network(tmp_path))[0])
    sure = {row[1]: row[4] for row in good if row[2].endswith("odds ratio")}
    assert "indirectness" in sure["tablet and talking"]
    assert not any("indirectness" in why for name, why in sure.items() if name in ("tablet", "talking"))


def test_a_network_that_nothing_can_be_joined_to_is_empty(tmp_path: Path) -> None:
    evidence = network(tmp_path)
    analyses = evidence.dossier.analyses
    other = {**{key: one.model_dump(mode="json") for key, one in analyses.items()}}
    other["nothing"] = {**other["all"], "blinding": ["open"]}
    comparators = evidence.comparators
    assert comparators is not None
    joined = {**comparators.joined.model_dump(mode="json"), "through": "nothing"}
    bare = replace(evidence, dossier=changed(evidence.dossier, analyses=other),
                   comparators=changed(comparators, joined=joined))  # fmt: skip
    good, _ = tables(section(bare)[0])
    assert good[-1][1:] == ["every other option", "", "", "empty: no effect of this dossier can be joined."]


# --- harms and guard rails ----------------------------------------------------------------------------------


def test_harms_that_were_counted_stand_below_with_both_sides(tmp_path: Path) -> None:
    evidence = starter(tmp_path)
    pair = {
        "label": "headache", "population": "other people", "time_span": "a month",
        "arm": {"events": number(6), "n": number(60)}, "versus": {"events": number(3), "n": number(60)},
    }  # fmt: skip
    empty = {**pair, "label": "rash", "arm": {}, "versus": {}}
    counts = changed(evidence.products, harm_counts={"headache": pair, "rash": empty})
    found, book = section(replace(evidence, products=counts))
    head, rash = tables(found)[1]
    assert head[0] == "Headache a month; other people"
    assert head[2:4] == ["10.0 (4.7 to 20.1) of a hundred", "5.0 (1.7 to 13.7)"]
    assert head[4].startswith("not rated: counts of other people")
    assert rash[2:] == ["", "", "empty: not counted, which is not the same as none."]
    low, high = wilson(6, 60)
    claim = book.claims["table.harm.headache.with.of"]
    assert (claim.low, claim.high) == pytest.approx((100 * low, 100 * high))


def test_a_trial_that_counts_a_harm_in_both_arms_has_a_row_and_a_related_one_none(tmp_path: Path) -> None:
    arms = {"drug": {"events": number(3), "n": number(30)}, "placebo": {"events": number(1), "n": number(30)}}
    evidence = with_study(starter(tmp_path / "a"), harms=[{"event": "dizziness", "arms": arms}])
    (row,) = tables(section(evidence)[0])[1]
    assert row[0].startswith("Dizziness as in the trial; Example 2020")
    assert (row[1], row[3][:3], row[4]) == ("my drug", "3.3", "not rated: one trial by itself")
    assert row[3].endswith("of a hundred, placebo")
    (study,) = evidence.studies.values()
    beside = replace(evidence, studies={study.id: changed(study, role="related")})
    assert tables(section(beside)[0])[1][0][0] == "Any harm"


def test_grave_harms_stand_beside_the_table(tmp_path: Path) -> None:
    evidence = starter(tmp_path)
    told = replace(evidence, summary=changed(evidence.summary, grave=[sentence("It may burst.")]))
    said = lines(section(told)[0])
    assert "- It may burst.[EXAMPLE]" in said
    assert said[-1].startswith("The trials that lead this document gave my drug to 20 people.")


def test_what_both_documents_share_keeps_its_claims(tmp_path: Path) -> None:
    trials = [scored(f"Able {2001 + at}", 12.0 + at, 5.0, 40, (10.0, 5.0, 40)) for at in range(3)]
    evidence = made_up_trials.made_up(tmp_path / "d", "SMD", "higher", trials)
    shown = document(Results(evidence), "report")
    ids = [claim.id for claim in shown.claims]
    assert len(ids) == len(set(ids))
    assert any(isinstance(each, Section) and each.id == "effects-table" for each in shown.sections)
