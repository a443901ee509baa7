"""What a dossier may not say: a value from memory, a verdict against its reasons, a number nobody can look up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from glabella.brief import Results, document
from glabella.cli import main
from glabella.dossier import Note, PopularClaim, check, load, notes, shipped, write_starter
from tests.dossier.test_mechanism import FILES
from tests.made_up import write_fuller

MEMORY = "status is recalled; expected a source that was seen, or held_out or priors as its place"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_starter(tmp_path / "d")
    return tmp_path / "d"


def edited(folder: Path, name: str, change: Any) -> Path:
    path = folder / name
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data) if name.endswith("json") else yaml.safe_dump(data, sort_keys=False))
    return folder


def faults(folder: Path) -> list[str]:
    return [f"{fault.file}: {fault.message}" for fault in check(folder)]


# --- from memory ----------------------------------------------------------------------------------------------


def test_a_number_and_a_sentence_from_memory_are_faults_with_file_and_line(folder: Path) -> None:
    study = folder / "studies" / "example2020.yaml"
    text = study.read_text(encoding="utf-8")
    text = text.replace("{value: 5, status: seen, source: EXAMPLE, at: abstract}", "{value: 5, status: recalled}")
    study.write_text(text + "findings: [{text: So it was., status: recalled}]\n", encoding="utf-8")
    lines = text.splitlines()
    at = next(place for place, line in enumerate(lines, 1) if "recalled" in line)
    found = [str(fault) for fault in check(folder)]
    assert found == [
        f"studies/example2020.yaml:{at}: {MEMORY}",
        f"studies/example2020.yaml:{len(lines) + 1}: {MEMORY}",
    ]
    assert notes(folder) == []


@pytest.mark.parametrize("use", ["held_out", "prior"])
def test_a_value_from_memory_may_be_held_out_or_inform_a_prior_and_is_noted(tmp_path: Path, use: str) -> None:
    folder = with_mechanism(tmp_path / "d", use)
    assert faults(folder) == []
    at = next(place for place, line in enumerate(FILES["observations.yaml"].splitlines(), 1) if "recalled" in line)
    assert [str(note) for note in notes(folder) if "memory" in note.message] == [
        f"mechanism/observations.yaml:{at}: a value from memory, under {use}: it is shown nowhere"
    ]


def test_elsewhere_among_observations_it_is_a_fault(tmp_path: Path) -> None:
    assert faults(with_mechanism(tmp_path / "d", "context")) == [f"mechanism/observations.yaml: {MEMORY}"]


def with_mechanism(folder: Path, use: str) -> Path:
    """Make up a dossier with a mechanism; how long it lasted, used so, is from memory."""
    write_fuller(folder)
    (folder / "mechanism").mkdir()
    for name, text in FILES.items():
        (folder / "mechanism" / name).write_text(text.replace("use: held_out", f"use: {use}"), encoding="utf-8")
    return folder


def test_nothing_of_the_shipped_dossier_stands_on_memory() -> None:
    assert [fault for fault in faults(shipped()) if MEMORY in fault] == []
    evidence = load()
    for kind in ("brief", "report"):
        made = document(Results(evidence), kind)
        assert all(source.status != "recalled" for claim in made.claims for source in claim.sources)


# --- verdicts -------------------------------------------------------------------------------------------------


def claiming(folder: Path, verdict: str, *bears: str) -> list[str]:
    why = [{"text": f"Because {'so ' * place}it is.", "bears": mark, "status": "missing"}
           for place, mark in enumerate(bears)]  # fmt: skip
    edited(folder, "claims.yaml", lambda data: data["claims"][0].update(verdict=verdict, why=why))
    return faults(folder)


@pytest.mark.parametrize(
    ("verdict", "bears"),
    [
        ("supported", ("for", "beside", "for")),
        ("contradicted", ("against",)),
        ("inconclusive", ("for", "against")),
        ("inconclusive", ("unclear",)),
        ("inconclusive", ("for", "unclear")),
        ("untested", ("beside",)),
    ],
)
def test_a_verdict_that_its_reasons_say_is_sound(folder: Path, verdict: str, bears: tuple[str, ...]) -> None:
    assert claiming(folder, verdict, *bears) == []


@pytest.mark.parametrize(
    ("verdict", "bears", "said"),
    [
        ("supported", ("for", "against"), "its reasons are for and against, which is inconclusive"),
        ("supported", ("beside",), "no reason bears on it, which is untested"),
        ("untested", ("for",), "its reasons are for, which is supported"),
        ("contradicted", ("for",), "its reasons are for, which is supported"),
        ("inconclusive", ("against",), "its reasons are against, which is contradicted"),
        ("untested", ("unclear",), "its reasons are unclear, which is inconclusive"),
    ],
)
def test_a_verdict_that_its_reasons_contradict_is_a_fault(
    folder: Path, verdict: str, bears: tuple[str, ...], said: str
) -> None:
    assert claiming(folder, verdict, *bears) == [f"claims.yaml: verdict is {verdict}, but {said}"]


def part(verdict: str, bears: str) -> dict[str, Any]:
    return {"text": "a part", "verdict": verdict, "why": [{"text": "So.", "bears": bears, "status": "missing"}]}


def in_parts(folder: Path, parts: dict[str, Any], **own: Any) -> list[str]:
    claim = {"id": "a", "claim": "It works.", "verdict": "in parts", "parts": parts, **own}
    edited(folder, "claims.yaml", lambda data: data.update(claims=[claim]))
    return faults(folder)


def test_each_part_of_a_claim_has_its_own_verdict(folder: Path) -> None:
    good, open_ = part("supported", "for"), part("untested", "beside")
    assert in_parts(folder, {"one": good, "other": open_}) == []
    assert [name for name, _ in load(folder).claims.claims[0].judged] == ["one", "other"]
    wrong = in_parts(folder, {"one": good, "other": part("untested", "for")})
    assert wrong == ["claims.yaml: verdict is untested, but its reasons are for, which is supported"]
    assert in_parts(folder, {"one": good, "other": good}) == [
        "claims.yaml: verdict is in parts, but every part is supported; expected that, or parts that differ"
    ]
    bearing = [{"text": "So.", "bears": "for", "status": "missing"}]
    assert in_parts(folder, {"one": good, "other": open_}, why=bearing) == [
        "claims.yaml: verdict is in parts, but a reason beside the parts bears on it; expected it under its part"
    ]


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"parts": {"one": part("supported", "for")}}, "expected two parts or more, each with its own"),
        ({"verdict": "supported"}, "the verdict is supported, but there are parts; expected in parts"),
        ({"verdict": "supported", "parts": {}}, "why is missing; expected the reasons of the verdict"),
    ],
)
def test_parts_and_their_verdict_go_together(own: dict[str, Any], said: str) -> None:
    parts = {"one": part("supported", "for"), "other": part("untested", "beside")}
    with pytest.raises(ValueError, match=said):
        PopularClaim.model_validate({"id": "a", "claim": "So.", "verdict": "in parts", "parts": parts, **own})


def test_a_claim_stands_once(folder: Path) -> None:
    edited(folder, "claims.yaml", lambda data: data["claims"].append(data["claims"][0]))
    assert faults(folder) == ["claims.yaml: claim 'a' stands twice"]


def test_the_brief_names_a_claim_or_all_of_its_parts(folder: Path) -> None:
    in_parts(folder, {"one": part("supported", "for"), "other": part("untested", "beside")})

    def naming(**claims: str) -> list[str]:
        (folder / "summary.yaml").write_text(yaml.safe_dump({"claims": claims}), encoding="utf-8")
        return faults(folder)

    assert naming(a="It works") == []
    assert naming(**{"a.one": "One", "a.other": "Other"}) == []
    (alone,) = naming(**{"a.one": "One"})
    assert alone == (
        "summary.yaml: part 'a.one' of a claim is named; expected 'a' alone, which shows every part, or each of "
        "['a.one', 'a.other']"
    )
    assert len(naming(**{"a": "It works", "a.one": "One", "a.other": "Other"})) == 1
    assert "no claim 'a.third' in claims.yaml" in naming(**{"a.third": "Third"})[0]


# --- what can be looked up ------------------------------------------------------------------------------------


def lose(folder: Path, key: str = "EXAMPLE") -> None:
    edited(folder, "references.json", lambda data: [each.pop("URL", None) for each in data if each["id"] == key])


LOST = "rests on 'EXAMPLE', which has no locator; expected DOI, PMID, PMCID, number or URL"


def test_a_number_of_the_brief_needs_a_source_that_can_be_looked_up(folder: Path) -> None:
    lose(folder)
    assert faults(folder) == [f"studies/example2020.yaml: a number of the brief {LOST}"]
    assert notes(folder) == [
        Note("references.json", 1, "'EXAMPLE' has no locator; expected DOI, PMID, PMCID, number or URL")
    ]


@pytest.mark.parametrize(
    "locator", [{"DOI": "10.1/a"}, {"PMID": "1"}, {"PMCID": "PMC1"}, {"number": "NCT1"}, {"URL": "https://a.org"}]
)
def test_any_locator_will_do(folder: Path, locator: dict[str, str]) -> None:
    lose(folder)
    edited(folder, "references.json", lambda data: data[0].update(locator))
    assert faults(folder) == []
    assert notes(folder) == []


def test_what_the_brief_does_not_show_may_rest_on_what_is_lost(folder: Path) -> None:
    lost = {"id": "LOST", "type": "book", "title": "Lost", "genre": "book", "note": "seen"}
    edited(folder, "references.json", lambda data: data.append(lost))
    number = {"value": 3, "status": "seen", "source": "LOST"}
    shared = {"population": "people", "time_span": "a year", "versus": {}}
    rows = {key: {"label": key, "arm": {"events": number, "n": number}, **shared} for key in ("rash", "itch")}
    edited(folder, "products.yaml", lambda data: data.update(harms=[
        {"text": "In {n}.", "values": {"n": number}, "status": "seen", "source": "LOST"}]))  # fmt: skip
    assert faults(folder) == []
    edited(folder, "products.yaml", lambda data: data.update(harm_counts=rows))
    message = "products.yaml: a number of the brief " + LOST.replace("EXAMPLE", "LOST")
    assert faults(folder) == [message]
    (folder / "summary.yaml").write_text("harms: [itch]\n", encoding="utf-8")
    edited(folder, "products.yaml", lambda data: data["harm_counts"].pop("itch"))
    assert [fault for fault in faults(folder) if "locator" in fault] == []
    (folder / "summary.yaml").write_text(
        yaml.safe_dump(
            {"judge": [{"text": "At {n}.", "values": {"n": number}, "status": "seen", "source": "LOST"}]}
        ),
        encoding="utf-8",
    )
    assert "summary.yaml: a number of the brief " + LOST.replace("EXAMPLE", "LOST") in faults(folder)


def test_the_command_lists_notes_and_finds_no_fault(folder: Path) -> None:
    lost = {"id": "LOST", "type": "book", "title": "Lost", "genre": "book", "note": "seen"}
    edited(folder, "references.json", lambda data: data.append(lost))
    edited(folder, "products.yaml", lambda data: data.update(harms=[
        {"text": "So.", "status": "seen", "source": "LOST"}]))  # fmt: skip
    shown = CliRunner().invoke(main, ["dossier", "check", str(folder)])
    assert shown.exit_code == 0
    assert shown.output.splitlines()[0].startswith("note: references.json:")
    assert "'LOST' has no locator" in shown.output
    assert shown.output.splitlines()[-1] == f"no faults in {folder}"


def test_under_priors_a_value_from_memory_is_noted(folder: Path) -> None:
    prior = {
        "label": "how trials differ", "of": "tau", "measure": "any", "applies_to": "any", "family": "half_normal",
        "parameters": {"scale": {"value": 1, "status": "seen", "source": "EXAMPLE"}},
        "why": [{"text": "So it was told.", "status": "recalled"}],
    }  # fmt: skip
    (folder / "priors.yaml").write_text(yaml.safe_dump({"heterogeneity": {"wide": prior}}), encoding="utf-8")
    assert faults(folder) == []
    (note,) = notes(folder)
    assert (note.file, note.message) == ("priors.yaml", "a value from memory, under priors: it is shown nowhere")
