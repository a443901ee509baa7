"""What changed between two documents: in sentences, by what changed it, and nothing besides."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from glabella.brief import Results, changed, difference, document
from glabella.brief.render import as_json, document_of_json, html, markdown
from glabella.dossier import load, shipped
from glabella.shown import Claim, Document, Paragraph, Section
from tests import dossiers_made
from tests.brief import made_up
from tests.brief.conftest import Made
from tests.brief.test_written import OLDER, older

BRIEF, REPORT = made_up.brief(beside="made-up-report.html"), made_up.report(beside="made-up.html")


def moved(made: Document, name: str, **fields: object) -> Document:
    """Give a document in which one claim has other fields, wherever it stands."""
    (claim,) = (each for each in made.claims if each.id == name)
    other: Claim = replace(claim, **fields)  # type: ignore[arg-type]
    data = json.loads(as_json(made))
    data["claims"] = [other.as_json() if each["id"] == name else each for each in data["claims"]]
    return document_of_json(json.dumps(data))


def groups(lines: list[str]) -> dict[str, list[str]]:
    """Give the lines below each group's head."""
    found: dict[str, list[str]] = {}
    head = ""
    for line in lines:
        if line.startswith("  "):
            found[head].append(line.strip())
        else:
            assert line.endswith(":")
            head = line.removesuffix(":")
            assert head not in found, "a group stands once"
            found[head] = []
    return found


# --- made-up documents --------------------------------------------------------------------------------------


@pytest.mark.parametrize("document_", [BRIEF, REPORT], ids=["brief", "report"])
def test_of_the_same_document_nothing_changed(document_: Document) -> None:
    page, data, text = html(document_), as_json(document_), markdown(document_)
    assert changed(page, page) == changed(page, data) == changed(data, page) == changed(text, text) == []


def test_a_number_is_told_by_what_moved_it() -> None:
    other = moved(REPORT, "pooled", value=-0.91, inputs=(("nobody2001", "changed"), ("nobody2002", "cd" * 32)))
    lines = changed(html(REPORT), as_json(other))
    assert lines == [
        "Changed by nobody2001:",
        "  standardised mean difference, all trials: was −0.71 (−1.66 to 0.24), is now −0.91 (−1.66 to 0.24)",
    ]


@pytest.mark.parametrize(
    ("fields", "head"),
    [
        ({"inputs": (("nobody2001", "a"), ("nobody2002", "b"))}, "Changed by nobody2001, nobody2002"),
        ({"inputs": (("studies/nobody2001.yaml", "a"), ("nobody2001", "b"), ("nobody2002", "cd" * 32))},
         "Changed by nobody2001"),
        ({"inputs": (("nobody2001", "ab" * 32), ("nobody2002", "cd" * 32), ("analysis", "a"))},
         "Changed by how an analysis is declared"),
        ({"inputs": (("nobody2001", "ab" * 32), ("nobody2002", "cd" * 32), ("dossier", "a"))},
         "Changed by a number that the dossier quotes"),
        ({"version": "2"}, "Changed by the program, 1 to 2"),
        ({}, "Changed by the program, or written otherwise"),
    ],
)  # fmt: skip
def test_what_moved_it_is_named(fields: dict[str, object], head: str) -> None:
    lines = changed(as_json(REPORT), as_json(moved(REPORT, "pooled", value=-0.91, **fields)))
    assert list(groups(lines)) == [head]


def test_a_certainty_that_moved_is_told() -> None:
    lines = changed(as_json(REPORT), as_json(moved(REPORT, "pooled", certainty="high")))
    assert lines[:2] == [
        "Changed by the program, or written otherwise:",
        "  standardised mean difference, all trials: its certainty was very low, is now high",
    ]


def test_one_of_several_of_a_name_is_told_with_its_people() -> None:
    lines = changed(as_json(REPORT), as_json(moved(REPORT, "trial.3.effect", value=-5.0)))
    assert lines[1].startswith("  standardised mean difference (Nobody 2004, as analysed, week 6): was −0.90 ")


def test_claims_that_are_new_or_gone_stand_after_those_that_moved() -> None:
    less = replace(REPORT, claims=tuple(claim for claim in REPORT.claims if claim.id != "quote.3"))
    first, harm = less.sections
    assert isinstance(harm, Section)
    less = replace(less, sections=(first, replace(harm, claims=less.claims[-3:])))
    less = moved(less, "pooled", value=-0.91)
    assert list(groups(changed(as_json(REPORT), as_json(less)))) == [
        "Changed by the program, or written otherwise", "Gone",
    ]  # fmt: skip
    assert groups(changed(as_json(less), as_json(REPORT)))["New"] == [
        "A sentence of the source with 3 in it.: 3",
    ]


def test_words_are_told_by_their_section_and_numbers_in_them_are_not() -> None:
    other = html(moved(BRIEF, "people", value=400.0)).replace(
        "Do not stop your tablets.", "Ask before you stop your tablets."
    )
    assert groups(changed(html(BRIEF), other)) == {
        "Changed by the program, or written otherwise": [
            "people analysed in five comparisons of four trials: was 389 people, is now 400 people"
        ],
        "Words": [
            "Five sentences for the patient: “Do not stop your tablets.” became “Ask before you stop your tablets.”"
        ],
    }


def test_a_date_and_a_name_are_words_though_they_hold_digits() -> None:
    other = replace(BRIEF, edition="2027-01-05", title="Nothing injected for nothing, CO2")
    words = groups(changed(html(BRIEF), html(other)))["Words"]
    assert any("edition 23 November 2026" in line and "edition 5 January 2027" in line for line in words)
    assert any("CO2" in line for line in words)


def test_sections_that_came_went_or_moved_are_told_as_such() -> None:
    new = Section("new", "News", (Paragraph("It cures."),))
    more = replace(BRIEF, sections=(*BRIEF.sections, new))
    assert changed(html(BRIEF), html(more)) == ["Words:", "  section “News” is new"]
    assert changed(as_json(more), as_json(BRIEF)) == ["Words:", "  section “News” is gone"]
    first = replace(more, sections=(new, *BRIEF.sections))
    assert changed(html(more), html(first)) == [
        "Words:",
        "  section “News” stood after “Five sentences for the patient”, stands now first",
    ]


def test_lines_that_came_or_went_are_told() -> None:
    page = html(REPORT)
    more = page.replace("<p>Larger than nothing.</p>", "<p>Larger than nothing.</p><p>It cures.</p>")
    place = "How large must it be to matter?"
    assert changed(page, more) == ["Words:", f"  {place}: “It cures.” is new"]
    assert changed(more, page) == ["Words:", f"  {place}: “It cures.” is gone"]


def test_a_label_that_stands_in_the_list_of_numbers_alone_is_told() -> None:
    other = moved(REPORT, "i2", label="share that chance does not explain")
    (line,) = groups(changed(html(REPORT), html(other)))["Words"]
    assert line.startswith("Every number: “share of the disagreement that chance does not explain: 84\u202f% ")


def test_of_markdown_lines_are_compared_numbers_too() -> None:
    text = markdown(REPORT)
    assert changed(text, text.replace("give −0.71", "give −0.91", 1)) == [
        "Words:",
        "  What does it do for nothing?: “We cannot tell. The trials give −0.71 (−1.66 to 0.24) [1–4]. Certainty: "
        "very low.” became “We cannot tell. The trials give −0.91 (−1.66 to 0.24) [1–4]. Certainty: very low.”",
    ]
    with pytest.raises(ValueError, match="one of them is Markdown, expected both, or neither"):
        changed(text, html(REPORT))


def test_two_kinds_of_documents_are_not_compared() -> None:
    with pytest.raises(ValueError, match="a brief and a report, expected two of the same document"):
        changed(html(BRIEF), html(REPORT))


# --- older documents ----------------------------------------------------------------------------------------


def test_ids_that_were_renamed_are_the_same_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = as_json(REPORT), as_json(moved(REPORT, "trial.3.effect", value=-5.0))
    before = first.replace("trial.", "study.").replace('"pooled"', '"frown.all"')
    unknown = groups(changed(before, second))
    assert unknown.keys() >= {"New", "Gone"}
    table = {"study.": "trial.", "study.3.": "trial.3.", "study": "nothing", "frown.all": "pooled"}
    monkeypatch.setattr(difference, "RENAMED", table)
    assert groups(changed(before, second)).keys() == {"Changed by the program, or written otherwise"}
    assert changed(before, first) == changed(first, before) == []


def test_an_id_that_is_still_used_is_not_taken_for_a_renamed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "RENAMED", {"trial.": "trial.effect."})
    assert changed(as_json(REPORT), as_json(REPORT)) == []


@pytest.mark.parametrize("write", [older, lambda claims: json.dumps({"claims": claims})])
def test_numbers_of_an_older_document_are_compared(write: Callable[[list[dict[str, object]]], str]) -> None:
    was = [{**OLDER[0], "value": -0.5}, OLDER[1]]
    found = groups(changed(write(was), as_json(REPORT)))
    assert found["Changed by the program, or written otherwise"] == [
        "standardised mean difference, all trials: was −0.50 (−1.66 to 0.24), is now −0.71 (−1.66 to 0.24)",
    ]
    assert found["Words"] == ["not compared: one of them was made by an older version, in another form"]
    assert len(found["New"]) == len(REPORT.claims) - 2
    assert changed(write(OLDER), write(OLDER)) == []


# --- whole dossiers -----------------------------------------------------------------------------------------


@pytest.mark.xdist_group("brief")
def test_the_study_that_moved_a_number_is_named(tmp_path: Path, report: Made) -> None:
    folder = tmp_path / "dossier"
    shutil.copytree(shipped(), folder)
    study = folder / "studies" / "wollmer2012.yaml"
    text = study.read_text(encoding="utf-8")
    assert "value: 12.3," in text
    study.write_text(text.replace("value: 12.3,", "value: 4.3,", 1), encoding="utf-8")
    results = Results(load(folder))
    after = document(results, "report")
    found = groups(changed(as_json(report.document), as_json(after)))

    assert list(found) == ["Changed by wollmer2012", "Changed by a number that the dossier quotes", "Words"]

    (head,) = (claim.label for claim in after.claims if claim.id == "scores_all.estimate")
    mine = found["Changed by wollmer2012"]
    assert mine[0].startswith(f"{head}: was −0.7 (−1.7 to 0.2), is now ")
    resting = {claim.label for claim in after.claims if any("wollmer2012" in key for key, _ in claim.inputs)}
    assert all(any(line.startswith(label[:150]) for label in resting) for line in mine)
    assert not any("largest trial only" in line for line in mine)


def test_a_sentence_of_the_dossier_is_told_as_words(tmp_path: Path) -> None:
    folder = dossiers_made.bcg(tmp_path / "bcg")
    before = document(Results(load(folder)), "report")
    claims = folder / "claims.yaml"
    text = claims.read_text(encoding="utf-8")
    claims.write_text(
        text.replace("Over all trials, fewer fell ill", "In all trials, fewer fell ill"), encoding="utf-8"
    )
    after = document(Results(load(folder)), "report")
    found = groups(changed(html(before, lambda plots: ("" for _ in plots)), as_json(after)))
    assert list(found) == ["Words"]
    (line,) = found["Words"]
    assert "“Over all trials, fewer fell ill" in line
    assert "became “In all trials, fewer fell ill" in line
