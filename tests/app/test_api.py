"""The API gives what the command line gives, tells every fault, and keeps what its description says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.result import Err

from glabella._reading import blocks_of
from glabella.app import House, apart, create_app
from glabella.brief import Results, as_json, consultation_document, for_person
from glabella.cli import main
from glabella.decision.articles import Checked
from glabella.decision.articles import check as recognise
from glabella.decision.choices import read_choices
from glabella.dossier import Frames, load, read_person
from tests import dossiers_made, persons
from tests.app.serving import served


async def read_here(raw: bytes, frames: Frames, ending: str) -> Checked:
    """Read an article without a process of its own, for speed."""
    return recognise(blocks_of(raw, ending), frames)


@pytest.fixture(scope="module")
def quick(bcg_house: House) -> Iterator[httpx.Client]:
    with pytest.MonkeyPatch.context() as patch, served(create_app(bcg_house)) as client:
        patch.setattr(apart, "_read", read_here)
        yield client


def test_documents_are_those_of_the_command_line(quick: httpx.Client, bcg_house: House) -> None:
    assert quick.get("/api/brief").text == as_json(bcg_house.brief)
    assert quick.get("/api/report").text == as_json(bcg_house.report)


def test_popular_claims_are_those_of_the_command_line(
    quick: httpx.Client, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = dossiers_made.bcg_claimed(tmp_path_factory.mktemp("dossier") / "bcg")
    said = CliRunner().invoke(main, ["claims", str(folder), "--json"])
    assert quick.get("/api/popular-claims").json() == json.loads(said.stdout)


def test_every_number_can_be_asked_for_by_its_id(quick: httpx.Client, bcg_house: House) -> None:
    rows = quick.get("/api/claims").json()
    assert [row["id"] for row in rows] == list(bcg_house.claims)
    for row in rows[:: max(1, len(rows) // 40)]:
        answer = quick.get("/api/number/" + httpx.URL("", path=row["id"]).raw_path.decode())
        assert answer.json() == row
        assert answer.json() == json.loads(json.dumps(bcg_house.claims[row["id"]].as_json()))


@pytest.mark.parametrize("path", ["/api/brief", "/api/claims", "/api/popular-claims", "/api/number/nothing"])
def test_it_is_json_without_numbers_that_are_none(quick: httpx.Client, path: str) -> None:
    def never(word: str) -> None:
        raise AssertionError(word)

    answer = quick.get(path)
    assert answer.headers["content-type"] == "application/json"
    json.loads(answer.text, parse_constant=never)


@pytest.mark.parametrize(("path", "status"), [("/api/number/nothing", 404), ("/api/nothing", 404), ("/api/", 404)])
def test_faults_are_told_as_json(quick: httpx.Client, path: str, status: int) -> None:
    answer = quick.get(path)
    assert (answer.status_code, list(answer.json())) == (status, ["faults"])


def test_another_way_of_asking_is_told_as_json(quick: httpx.Client) -> None:
    answer = quick.get("/api/check")
    assert (answer.status_code, list(answer.json()), answer.headers["allow"]) == (405, ["faults"], "POST")


@pytest.mark.parametrize("headers", [{"host": "example.org"}, {"sec-fetch-site": "cross-site"}])
def test_what_comes_from_elsewhere_is_told_as_json(quick: httpx.Client, headers: dict[str, str]) -> None:
    answer = quick.post("/api/check", data={"text": "BCG"}, headers=headers)
    assert answer.status_code in (403, 421)
    assert list(answer.json()) == ["faults"]


def test_every_path_and_field_is_described(quick: httpx.Client) -> None:
    described = quick.get("/api/openapi.json").json()
    assert {"/api/brief", "/api/report", "/api/claims", "/api/number/{claim}", "/api/popular-claims",
            "/api/check"} <= set(described["paths"])  # fmt: skip
    for path, ways in described["paths"].items():
        assert path.startswith("/api/")
        for way in ways.values():
            assert way["summary"]
            assert way["description"]
    assert all("description" in it for it in described["components"]["schemas"].values())


_CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


def keeps_its_description(client: httpx.Client, mode: GenerationMode, *paths: str) -> set[str]:
    """Ask what the description allows, or what it does not; give the paths that could be asked so."""
    described = schemathesis.openapi.from_url(str(client.base_url.join("/api/openapi.json")))
    asked = set()
    for found in described.get_all_operations():
        assert not isinstance(found, Err)
        operation = found.ok()
        if paths and operation.path not in paths:
            continue

        @given(operation.as_strategy(generation_mode=mode))
        @settings(max_examples=15, suppress_health_check=list(HealthCheck))
        def keeps(case: Any) -> None:
            asked.add(case.operation.path)
            case.call_and_validate(checks=list(_CHECKS), timeout=60)

        with suppress(Unsatisfiable):
            keeps()
    return asked


def test_whatever_is_asked_it_keeps_its_description(quick: httpx.Client) -> None:
    assert len(keeps_its_description(quick, GenerationMode.POSITIVE)) == 8


def test_whatever_is_asked_wrongly_it_keeps_its_description(quick: httpx.Client) -> None:
    # What has nothing to fill in, or takes every text, cannot be filled in wrongly.
    assert "/api/check" in keeps_its_description(quick, GenerationMode.NEGATIVE)


# --- a person ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def consulting() -> Iterator[httpx.Client]:
    with served(create_app(House(load(), None, lambda: persons.TODAY))) as client:
        yield client


def said_of(name: str, **more: Any) -> dict[str, Any]:
    return {"person": {"date": str(persons.DAY), "answers": {**persons.WOMAN, **persons.PEOPLE[name]}, **more},
            "crisis_text": persons.CRISIS}  # fmt: skip


@pytest.mark.parametrize("name", ["woman", "pregnant", "item nine"])
def test_the_sheet_is_that_of_the_command_line(consulting: httpx.Client, tmp_path: Path, name: str) -> None:
    said = said_of(name)
    file = tmp_path / "person.json"
    file.write_text(json.dumps(said["person"]), encoding="utf-8")
    evidence = load()
    of = for_person(Results(evidence), read_person(file, evidence, persons.TODAY), persons.CRISIS)
    answer = consulting.post("/api/consult", json=said)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text == as_json(consultation_document(of))


def test_every_fault_of_a_person_is_told_with_its_field(consulting: httpx.Client) -> None:
    said = said_of("woman")
    said["person"]["answers"] |= {"age": 450, "sex": "neither", "nobody": 1}
    answer = consulting.post("/api/consult", json=said)
    assert answer.status_code == 422
    fields = {fault.partition(":")[0] for fault in answer.json()["faults"]}
    assert fields == {"answers.age", "answers.sex", "answers.nobody"}


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"NaN", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"{}", "application/json", 422),
        (b'{"person": 1}', "application/json", 422),
        (b'{"person": {}, "more": 1}', "application/json", 422),
        (b'{"person": {"date": "2024-11-30"}}', "application/json", 422),
        (b'{"person": {"date": "2024-11-30"}, "crisis_text": 7}', "application/json", 422),
        (b" " * 1_000_001, "application/json", 413),
        (b"{}", "text/plain", 415),
    ],
)
def test_what_is_no_person_is_told(consulting: httpx.Client, body: bytes, media: str, status: int) -> None:
    answer = consulting.post("/api/consult", content=body, headers={"content-type": media})
    assert answer.status_code == status
    assert all(isinstance(fault, str) and fault for fault in answer.json()["faults"])


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_said_of_a_person_it_keeps_its_description(
    consulting: httpx.Client, mode: GenerationMode
) -> None:
    assert keeps_its_description(consulting, mode, "/api/consult") == {"/api/consult"}


# --- other choices ----------------------------------------------------------------------------------------------


def test_other_choices_give_the_document_of_their_page(quick: httpx.Client, bcg_house: House) -> None:
    evidence = bcg_house.evidence
    chosen = read_choices(evidence, list(bcg_house.results.analyses), [("method", "DL")])
    answer = quick.get("/api/choices", params={"method": "DL"})
    assert answer.text == as_json(bcg_house.choosing(chosen).document)
    wrong = quick.get("/api/choices", params={"method": "nothing"})
    assert wrong.status_code == 400
    assert wrong.json()["faults"]
