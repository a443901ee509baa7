"""The dossiers made for tests are sound, pool to what is published, and hold no word of the shipped dossier."""

from collections.abc import Callable
from pathlib import Path

import pytest

from glabella.brief.documents import Kind, document
from glabella.brief.results import Results
from glabella.dossier import check, load
from glabella.shown import Section, blocks_of
from tests import dossiers_made
from tests.brief.sections import lines

MADE = (
    dossiers_made.starter,
    dossiers_made.bcg,
    dossiers_made.bcg_claimed,
    dossiers_made.bcg_consulted,
    dossiers_made.walking,
)
#: Words of the shipped dossier; a document of another one that holds any was written for the shipped one.
FOREIGN = (
    "toxin",
    "botul",
    "frown",
    "brow",
    "wrinkle",
    "depress",
    "madrs",
    "mood",
    "cosmetic",
    "saline",
    "muscle",
    "inject",
    "women",
    "serotonin",
)
Make = Callable[[Path], Path]


@pytest.mark.parametrize("make", MADE)
def test_it_has_no_fault(tmp_path: Path, make: Make) -> None:
    assert check(make(tmp_path / "made")) == []


def test_what_makes_them_holds_no_word_of_the_shipped_dossier() -> None:
    text = Path(dossiers_made.__file__).read_text(encoding="utf-8").lower()
    assert [word for word in FOREIGN if word in text] == []


@pytest.mark.parametrize("make", MADE)
def test_its_files_hold_no_word_of_the_shipped_dossier(tmp_path: Path, make: Make) -> None:
    for file in sorted(make(tmp_path / "made").rglob("*")):
        if file.is_file():
            text = (file.name + file.read_text(encoding="utf-8")).lower()
            assert [word for word in FOREIGN if word in text] == [], file.name


def test_the_trials_of_bcg_pool_to_what_is_published(tmp_path: Path) -> None:
    """As metafor gives it: ``rma(measure="RR", ..., data=dat.bcg, test="knha")``."""
    headline = Results(load(dossiers_made.bcg(tmp_path / "made"))).headline
    assert len(headline.effects) == 13
    assert headline.fit.estimate == pytest.approx(-0.7145, abs=5e-5)
    assert headline.fit.tau2 == pytest.approx(0.3132, abs=5e-5)
    shown = [headline.shown(value) for value in (headline.fit.estimate, headline.fit.ci_low, headline.fit.ci_high)]
    assert shown == pytest.approx([0.489, 0.330, 0.726], abs=5e-4)


def test_the_walking_trials_favour_the_course_upwards(tmp_path: Path) -> None:
    headline = Results(load(dossiers_made.walking(tmp_path / "made"))).headline
    assert headline.analysis.measure == "MD"
    assert headline.outcome.better == "higher"
    assert headline.fit.estimate > 0


@pytest.mark.parametrize("kind", ["brief", "report"])
@pytest.mark.parametrize("make", MADE)
def test_no_sentence_or_claim_of_a_document_was_written_for_the_shipped_one(
    tmp_path: Path, make: Make, kind: Kind
) -> None:
    made = document(Results(load(make(tmp_path / "made"))), kind)
    said = [line for section in blocks_of(made.body) if isinstance(section, Section) for line in lines(section)]
    said += [str(claim.as_json()) for claim in made.claims]
    assert len(said) > 10
    assert [line for line in said if any(word in line.lower() for word in FOREIGN)] == []


@pytest.mark.parametrize("make", MADE)
def test_every_number_of_a_brief_stands_in_its_report(tmp_path: Path, make: Make) -> None:
    results = Results(load(make(tmp_path / "made")))
    proved = {claim.id: claim for claim in document(results, "report").claims}
    for claim in document(results, "brief").claims:
        assert proved[claim.id] == claim
