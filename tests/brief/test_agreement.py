"""One answer: no two intervals for the same analysis without the sentence that explains it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from glabella.brief import Results, document
from glabella.brief.agreement import contradictions
from glabella.brief.documents import Kind
from glabella.brief.sections import differ
from glabella.cli import main
from glabella.dossier import load
from glabella.shown import Claim, Document, Ledger, Section, Table, blocks_of, claims_of, plain
from tests import dossiers_made
from tests.brief.conftest import Made

pytestmark = pytest.mark.xdist_group("brief")


def section_of(shown: Document, name: str) -> Section:
    (found,) = (block for block in blocks_of(shown.sections) if isinstance(block, Section) and block.id == name)
    return found


def without(shown: Document, name: str) -> Document:
    return replace(shown, sections=tuple(each for each in shown.sections if getattr(each, "id", "") != name))


def rows(shown: Document) -> list[tuple[str, str, str]]:
    (table,) = (block for block in blocks_of(section_of(shown, "differ").content) if isinstance(block, Table))
    return [(plain(row.cells[0]), plain(row.cells[1]), plain(row.cells[2])) for row in table.rows]


def test_the_shipped_documents_explain_every_other_interval(brief: Made, report: Made) -> None:
    assert contradictions(brief.document) == []
    assert contradictions(report.document) == []


@pytest.mark.parametrize("kind", ["brief", "report"])
@pytest.mark.parametrize("make", [dossiers_made.starter, dossiers_made.bcg, dossiers_made.walking])
def test_other_dossiers_do_too(tmp_path: Path, make: object, kind: Kind) -> None:
    assert callable(make)
    assert contradictions(document(Results(load(make(tmp_path / "made"))), kind)) == []


def test_without_the_section_every_one_of_them_is_named(report: Made) -> None:
    found = contradictions(without(report.document, "differ"))
    for name in ("bias.plain", "bias.averaged", "bias.adjusted.observer"):
        assert any(f" and {name} is " in each and each.endswith("nothing says why") for each in found), name


@pytest.mark.parametrize("section", ["sure", "compare", "combine"])
def test_a_table_that_varies_an_analysis_needs_its_section(report: Made, section: str) -> None:
    assert contradictions(without(report.document, section))


def test_an_interval_that_nobody_explains_is_found(report: Made) -> None:
    shown = report.document
    (head,) = (claim for claim in shown.claims if claim.id == "scores_all.estimate")
    assert head.low is not None
    other = replace(head, id="scores_all.again", low=head.low + 0.1)
    (found,) = contradictions(replace(shown, claims=(*shown.claims, other)))
    assert found.startswith(f"scores_all.estimate is {head.text} and scores_all.again is ")
    # Other people, another time, another unit, or another analysis are another question.
    for change in (
        {"population": "others"}, {"time_span": "week 12"}, {"unit": "points on another scale"}, {"inputs": ()},
        {"interval": "range"}, {"function": "glabella.synthesis.wilson"}, {"label": "effect against a tablet: all"},
    ):  # fmt: skip
        assert contradictions(replace(shown, claims=(*shown.claims, replace(other, **change)))) == [], change
    same = replace(head, id="scores_all.again")
    assert contradictions(replace(shown, claims=(*shown.claims, same))) == []


def test_each_row_gives_the_claim_and_why_it_differs(report: Made) -> None:
    shown = rows(report.document)
    claims = {claim.id: claim for claim in report.document.claims}
    found = {what: (effect, why) for what, effect, why in shown}
    assert shown[0][:2] == ("The answer: standardised mean difference", claims["scores_all.estimate"].text)
    assert "How far trials differ is taken from these trials alone" in shown[0][2]
    assert found["With a prior for how trials differ"][0] == claims["bias.plain"].text
    assert "A credible interval" in found["With a prior for how trials differ"][1]
    taken_off = [(what, why) for what, _, why in shown if what.startswith("Bias-adjusted: ")]
    assert taken_off[0][0] == "Bias-adjusted: raters who know the treatment"
    assert "was taken off each of these, whether or not they have it" in taken_off[0][1]
    assert {why for _, why in taken_off[1:]} == {"The same, with another bias."}
    assert "Half of the models say beforehand that there is no effect" in found["Model-averaged"][1]
    names = [what for what, _, _ in shown]
    own, wide = (
        f"Network, odds ratio against placebo, with {whose} spread"
        for whose in ("the trials’ own", "the network’s")
    )
    assert names.index(own) < names.index(wide)
    assert found[own][0] == claims["with.join.scores_all.own.control"].text
    assert found[wide][0] == claims["with.join.scores_all.control"].text
    assert "(standard deviation 0.13); they differ more than that, so its interval is too narrow." in found[wide][1]
    assert found[wide][1].startswith("Scores are read as odds.")


def test_it_stands_only_where_there_is_something_to_explain(results: Results) -> None:
    assert differ.report(results, Ledger()) is None
    book = Ledger()
    results_claims: dict[str, Claim] = {claim.id: claim for claim in document(results, "report").claims}
    book.keep(results_claims["scores_all.estimate"])
    assert differ.report(results, book) is None
    book.keep(results_claims["bias.plain"])
    section = differ.report(results, book)
    assert section is not None
    assert {claim.id for claim in claims_of(section.content)} == {"scores_all.estimate", "bias.plain"}


def test_a_dossier_whose_page_contradicts_itself_has_a_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = dossiers_made.starter(tmp_path / "made")
    sound = CliRunner().invoke(main, ["dossier", "check", str(folder)])
    assert (sound.exit_code, sound.output) == (0, f"no faults in {folder}\n")
    monkeypatch.setattr(
        "glabella.brief.agreement.contradictions", lambda shown: [f"one and another in a {shown.kind}"]
    )
    done = CliRunner().invoke(main, ["dossier", "check", str(folder)])
    assert done.exit_code == 2
    assert "report: one and another in a report\n2 faults listed of" in done.output


def test_a_dossier_of_which_no_document_can_be_made_is_not_said_to_contradict(tmp_path: Path) -> None:
    folder = dossiers_made.starter(tmp_path / "made")
    study = folder / "studies" / "example2020.yaml"
    data = yaml.safe_load(study.read_text(encoding="utf-8"))
    study.write_text(yaml.safe_dump(data | {"results": []}), encoding="utf-8")
    with pytest.raises(ValueError, match="no effect that could be computed"):
        document(Results(load(folder)), "brief")
    assert CliRunner().invoke(main, ["dossier", "check", str(folder)]).exit_code == 0
