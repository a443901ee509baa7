"""The brief's table of benefit and its bottom line, sentence by sentence: shipped, of ratios, of one trial."""

from __future__ import annotations

from pathlib import Path

import pytest

from glabella.brief.readings import headline_reading
from glabella.brief.results import Results
from glabella.brief.sections import benefit, bottom_line
from glabella.dossier import load
from glabella.shown import Drawn, Ledger, Section, Table, plain
from tests import dossiers_made
from tests.brief.made_up_trials import number, said, scored, tables
from tests.brief.test_sections_benefit import FEWER, POINTS, evidence

pytestmark = pytest.mark.xdist_group("brief")


def table(results: Results) -> Table:
    (found,) = tables(benefit.brief(results, Ledger()))
    return found


def line(results: Results) -> str:
    return said(bottom_line.brief(results, Ledger()))


@pytest.fixture(scope="module")
def bcg(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return Results(load(dossiers_made.bcg(tmp_path_factory.mktemp("bcg") / "made")))


# --- the shipped dossier: a standardised difference, in points and in people -------------------------------------


def test_it_says_on_what_side_the_treatment_does_better_and_what_matters(results: Results) -> None:
    caption = plain(table(results).caption)
    assert caption.startswith("MADRS: depression score, lower is better. Below zero, the toxin did better than ")
    assert caption.endswith("; from 3 points on, a difference matters to people (dashed).")


def test_a_headline_that_blends_scores_and_counts_says_so(results: Results, bcg: Results) -> None:
    assert plain(table(results).note).endswith(" The first row blends scores and counts.")
    assert "blends" not in plain(table(bcg).note)


def test_points_and_people_name_how_they_were_computed(results: Results) -> None:
    note = plain(table(results).note)
    assert "standardised difference times 10.6, the spread of MADRS scores" in note
    assert "computed, not counted, assuming the odds change as much at both chances without treatment" in note
    assert "Not used" not in note


def test_its_columns_are_points_and_people_at_each_chance(results: Results) -> None:
    heads = [plain(column.head) for column in table(results).columns]
    assert heads[1] == "Difference, MADRS points"
    assert ["if 11 would without the toxin, as in these trials" in heads[3],
            "if 39 would without the toxin, as in " in heads[4]] == [True, True]  # fmt: skip
    assert heads[3].startswith("Get better by half, of a hundred ")


def test_rows_are_the_headline_and_the_readings_in_order(results: Results) -> None:
    names = [plain(row.cells[0]) for row in table(results).rows]
    labels = [results.evidence.summary.headline, *(it.label for it in results.evidence.summary.readings)]
    assert all(name.startswith(label) for name, label in zip(names, labels, strict=True))
    assert ["people" in name for name in names] == [True] * 3
    assert "1 trial, " in names[2]
    assert "3 trials (2 more lack numbers), " in names[1]
    drawn = [row.cells[2] for row in table(results).rows]
    assert all(isinstance(cell, Drawn) for cell in drawn)
    assert [row.look for row in table(results).rows] == ["pooled", "", ""]


def test_the_bottom_line_names_what_each_part_found(results: Results) -> None:
    assert line(results).startswith("The bottom line\nWe cannot tell whether botulinum toxin improves")
    assert "small trials found a large effect, the largest trial found little, and together" in line(results)


# --- ratios, one trial, and what is not there -----------------------------------------------------------------


def test_a_ratio_is_told_with_its_own_null_and_assumption(bcg: Results) -> None:
    found = table(bcg)
    assert plain(found.caption) == "Below one, BCG did better than no vaccine."
    assert plain(found.columns[1].head) == "Risk ratio"
    assert "of a thousand" in plain(found.columns[3].head) or "of a hundred" in plain(found.columns[3].head)
    note = plain(found.note)
    assert "Points" not in note
    assert "assuming the risk ratio is the same whatever the chance without treatment." in note
    assert found.axis is not None
    assert (found.axis.null, found.axis.left, found.axis.right) == (1.0, "favours BCG", "favours the control")


def test_without_events_there_are_no_people(tmp_path: Path) -> None:
    results = Results(load(dossiers_made.walking(tmp_path / "made")))
    found = table(results)
    assert len(found.columns) == 3
    assert plain(found.columns[1].head) == "Mean difference"
    assert plain(found.caption).startswith(
        "Above zero, the course did better than a waiting list; from 30 metres on"
    )
    assert plain(found.note) == ""


def test_a_difference_that_matters_is_drawn_on_the_side_of_benefit(tmp_path: Path) -> None:
    for better, place in (("higher", 2.0), ("lower", -2.0)):
        made = evidence(
            tmp_path / better, "MD", better, POINTS,
            change=lambda plan: plan["outcomes"]["response"].update(important=number(2.0)),
        )  # fmt: skip
        axis = table(Results(made)).axis
        assert axis is not None
        assert axis.important == place


def test_the_time_is_named_only_where_there_is_one(tmp_path: Path) -> None:
    def title(section: Section) -> str:
        return plain(section.title)

    timed = evidence(tmp_path / "timed", "RR", "lower", FEWER)
    assert title(benefit.brief(Results(timed), Ledger())).endswith(", week 6")
    never = evidence(
        tmp_path / "never", "RR", "lower", FEWER,
        change=lambda plan: plan["analyses"]["response_all"].pop("time"),
    )  # fmt: skip
    assert "," not in title(benefit.brief(Results(never), Ledger()))


#: Who got what was nobody's chance: the lowest certainty, even of trials that agree.
OPEN = {"design": {"type": "parallel", "randomised": "no", "blinding": "open"}}


@pytest.mark.parametrize("count", [1, 3])
def test_one_trial_is_not_called_trials(tmp_path: Path, count: int) -> None:
    trials = [
        scored(f"Able {2001 + at}", 20.0 + at / 5, 2.0, 60, (10.0, 2.0, 60), more=OPEN) for at in range(count)
    ]
    results = Results(evidence(tmp_path, "MD", "higher", trials))
    assert ("the one trial found so" in line(results)) == (count == 1)
    assert ("pooled, it did" in line(results)) == (count > 1)
    label = headline_reading(results, Ledger()).label
    assert label == ("all trials" if count == 1 else "All trials together")
