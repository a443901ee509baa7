"""How a mechanism is named in sentences: the shipped words, a small dossier without any, and bad ones."""

import shutil
from pathlib import Path

import pytest

from glabella.dossier import check, fit_inputs, load, shipped
from tests.dossier.test_mechanism import FILES
from tests.made_up import write_fuller


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    folder = tmp_path / "dossier"
    write_fuller(folder)
    (folder / "mechanism").mkdir()
    for name, text in FILES.items():
        (folder / "mechanism" / name).write_text(text, encoding="utf-8")
    return folder


def faults(folder: Path, text: str) -> list[str]:
    (folder / "mechanism" / "words.yaml").write_text(text, encoding="utf-8")
    return [str(fault) for fault in check(folder)]


def test_without_words_a_mechanism_is_of_a_muscle(dossier: Path) -> None:
    mechanism = load(dossier).mechanism
    assert mechanism is not None
    words = mechanism.words
    assert (words.part, words.repeated, words.trials) == ("muscle", (), {})
    assert words.defined("one_grade") == "one grade"


def test_words_are_read(dossier: Path) -> None:
    text = "part: jaw\ndefinitions: {onset: somebody sees it}\ntrials: {example: Example 2020}\n"
    assert faults(dossier, text) == []
    mechanism = load(dossier).mechanism
    assert mechanism is not None
    assert mechanism.words.part == "jaw"
    assert mechanism.words.defined("onset") == "somebody sees it"
    assert mechanism.words.trials["example"] == "Example 2020"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("part: 2 jaws\n", "mechanism/words.yaml:1: part holds a bare number: '2 jaws'; say it in words"),
        ("part: jaw\ndefinitions: {onset: 3 see it}\n", "words.yaml:2: onset holds a bare number: '3 see it'"),
        ("definitions: {gone: no such}\n", "words.yaml:1: definitions.gone"),
        ("trials:\n  other: Other 2020\n", "words.yaml:2: nothing in observations.yaml was seen in 'other'"),
        ("repeated:\n  - {text: In 2 trials., status: missing}\n", "text holds the bare number '2'"),
    ],
)
def test_bad_words_are_named(dossier: Path, text: str, says: str) -> None:
    assert any(says in fault for fault in faults(dossier, text)), faults(dossier, text)


def test_trials_are_not_looked_for_where_observations_cannot_be_read(dossier: Path) -> None:
    (dossier / "mechanism" / "observations.yaml").write_text("muscle: 3\n", encoding="utf-8")
    assert not any("was seen in" in fault for fault in faults(dossier, "trials: {other: Other}\n"))


def test_the_shipped_words_are_no_input_of_the_fit(tmp_path: Path) -> None:
    read = load()
    assert "mechanism/words.yaml" in read.digests
    assert "words.yaml" not in fit_inputs(read.digests)
    folder = tmp_path / "copy"
    shutil.copytree(shipped(), folder)
    file = folder / "mechanism" / "words.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("part: frown", "part: brow"), encoding="utf-8")
    assert check(folder) == []


def test_every_shipped_definition_and_trial_that_is_predicted_has_words() -> None:
    mechanism = load().mechanism
    assert mechanism is not None
    seen = mechanism.observations
    defined = mechanism.words.definitions.keys()
    assert {each.definition for each in seen.muscle} | {each.definition for each in seen.times} <= defined
    assert {
        each.study for each in (*seen.muscle, *seen.times) if each.use == "fit"
    } <= mechanism.words.trials.keys()
