"""The commonest harm by itself at home; on the sheet no way on with what is out of the question or still open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glabella.brief import ForPerson, Results, consultation_document, for_person, home_document, html
from glabella.brief.sections.harms import counts_of
from glabella.dossier import read_person
from glabella.shown import Document, Figure, Section, blocks_of, plain
from tests import persons
from tests.brief.sections import lines
from tests.persons import CRISIS, TODAY

pytestmark = pytest.mark.xdist_group("brief")
#: Rows of one harm each that were counted in the same people.
SINGLE = ("headache", "eyelid_ptosis", "eyelid_sensory")


def held(results: Results, folder: Path, name: str, **more: Any) -> ForPerson:
    return for_person(results, read_person(persons.written(folder, name, **more), results.evidence, TODAY), CRISIS)


def section(document: Document, key: str) -> Section:
    return next(it for it in blocks_of(document.sections) if isinstance(it, Section) and it.id == key)


def test_the_commonest_harm_is_drawn_and_said_with_and_without(results: Results, tmp_path: Path) -> None:
    harms = section(home_document(held(results, tmp_path, "woman")), "harms")
    drawn = {it.name: plain(it.caption) for it in blocks_of((harms,)) if isinstance(it, Figure)}
    assert drawn["icons-headache-without"] == "11 (8 to 16) have a headache, 89 do not."
    assert drawn["icons-headache-with"] == "11 (9 to 14) have a headache, 89 do not."
    rows = results.evidence.products.harm_counts
    assert [key.removeprefix("icons-") for key in drawn] == [
        f"{row}-{side}" for row in ("headache", "eyelid_ptosis", "any_event") for side in ("without", "with")
    ]
    shares = {row: of[0] / of[1] for row in SINGLE if (of := counts_of(rows[row].arm)) is not None}
    assert max(shares, key=lambda row: shares[row]) == "headache"
    said = lines(harms)
    assert said[1].startswith("Commonest: headache, fake shot or not.")
    assert "Counted in: people given onabotulinumtoxinA for frown lines, not depression." in said[1]


def test_where_much_speaks_against_it_each_harm_is_a_line(results: Results, tmp_path: Path) -> None:
    harms = section(home_document(held(results, tmp_path, "everything")), "harms")
    assert not [it for it in blocks_of((harms,)) if isinstance(it, Figure)]
    said = "\n".join(lines(harms))
    assert (
        "Have a headache: 11 (8 to 16) with a fake shot, 11 (9 to 14) with the frown shot; 89 and 89 do not."
        in said
    )


@pytest.mark.parametrize(("units", "said"), [(50, "50 units"), (12.25, "12.25 units"), (12.5, "12.5 units")])
def test_units_stand_as_they_were_typed(results: Results, tmp_path: Path, units: float, said: str) -> None:
    earlier = [{"product": "abobotulinumtoxinA", "units": units, "date": "2024-10-19"}]
    answers = {**persons.WOMAN, **persons.PEOPLE["six weeks ago"], "earlier": earlier}
    of = held(results, tmp_path, "six weeks ago", answers=answers)
    assert said in "\n".join(lines(section(consultation_document(of), "answers")))
    assert f">{units:g}" in html(consultation_document(of))


# --- the sheet: nothing of how one goes on with what must not be, or must not yet be ---------------------------


@pytest.mark.parametrize("name", ["myasthenia", "boy"])
def test_whom_it_is_not_for_reads_nothing_of_preparing_judging_or_repeating_it(
    results: Results, tmp_path: Path, name: str
) -> None:
    of = held(results, tmp_path, name)
    sheet = consultation_document(of)
    plan, options = ("\n".join(lines(section(sheet, key))) for key in ("plan", "options"))
    assert "out of the question" in plan
    assert of.consultation.plan is not None
    assert not [change.label for change in of.consultation.plan.changes if change.label in plan.lower()]
    assert "repeat" not in plan
    assert not [words for words in ("Judge", "week 6", "to judge.") if words in f"{plan}\n{options}"]
    assert "yes, below" not in [
        cell for line in lines(section(sheet, "matters")) if "unwanted" in line for cell in line.split(" | ")
    ]
    home = "\n".join(
        line for it in blocks_of(home_document(of).sections) if isinstance(it, Section) for line in lines(it)
    )
    assert not [
        words
        for words in ("if you have it", "If you have it", "We look at your score", "new shot")
        if words in home
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("woman", ""),
        ("unknown", ": only after the questions that are still to ask are answered"),
        ("item nine", ": only after what comes before anything else; with a plan for safety"),
        ("gentamicin", ": only after the course of the antibiotic is over"),
        ("bipolar", "; after a specialist has decided"),
        ("psychotic", "after a specialist has decided and the psychosis is treated"),
        ("resistant", "; after the options beside it have been talked over"),
        ("low", ": only after it is agreed why anything is to be added while the score is low"),
        ("stale", ": only after the questions that are still to ask are answered"),
        ("six weeks ago", "after the wait since the last dose"),
    ],
)
def test_what_is_open_cannot_be_ticked_as_begun(results: Results, tmp_path: Path, name: str, said: str) -> None:
    of = held(results, tmp_path, name)
    this = next(option.label for option in of.consultation.options.values() if option.this)
    (box,) = [line for line in lines(section(consultation_document(of), "decide")) if this in line]
    assert said in box
    assert ": only after" in box or name == "woman"
    assert box.endswith(this) == (name == "woman")
