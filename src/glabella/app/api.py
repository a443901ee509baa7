"""The same as data: brief, report, every number, claims that people meet, and a checked article, as JSON."""

from __future__ import annotations

import json
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response

from glabella._reading import UnreadableError, parse_json, text_of
from glabella._version import __version__
from glabella.app.apart import Desk
from glabella.app.check import document_of
from glabella.app.faults import MOST_FAULTS, Caught, faults_json, http_fault
from glabella.app.guard import LARGEST
from glabella.app.house import House
from glabella.app.read import held, house_of, lasting
from glabella.app.sent import BODIES, FORMS, RefusedError, body_in, kind_in
from glabella.brief import as_json, consultation_document, for_person
from glabella.brief.claim_rows import claim_rows
from glabella.brief.for_person import crisis_of
from glabella.decision.choices import NAMES, SEVERAL, ChoiceError, read_choices
from glabella.dossier import MOST_VALUES, PersonError, person_of, person_schema
from glabella.shown import Certainty

_MEDIA = "application/json"
ABOUT = (
    "The evidence of one dossier as data. Every number is a claim: it says what it is, of whom and when, how far "
    "to trust it, which function made it, and from which sources. Whatever is wrong is told in `faults`, all at "
    "once. "
    "Nothing that is sent is kept. Decision support on published evidence, not medical advice."
)


def application(house: House, desk: Desk) -> FastAPI:
    """Make the application of the API.

    Parameters
    ----------
    house : House
        What it serves.
    desk : Desk
        Where articles are read.

    Returns
    -------
    FastAPI
    """
    app = FastAPI(
        title="Glabella", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json",
        description=ABOUT, redirect_slashes=False,
        # A failure is caught here already: what the framework has around its applications would answer it first.
        middleware=[Middleware(Caught, house=house)],
        exception_handlers={HTTPException: http_fault, RequestValidationError: _unfit},
    )  # fmt: skip
    app.state.house, app.state.desk = house, desk
    app.include_router(router(house))
    return app


async def _unfit(_: Request, error: Exception) -> Response:
    """Answer what a request of the API says wrongly, field by field, without what was said."""
    assert isinstance(error, RequestValidationError)
    return faults_json(422, *(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()))


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SourceData(_Said):
    """Where a number comes from."""

    reference: str = Field(description="Key among the references.")
    status: str = Field(description="How it was taken: seen, reported by another source, derived.")
    at: str | None = Field(description="Place in the source.")


class ClaimData(_Said):
    """A number, with everything that is known of it."""

    id: str
    label: str = Field(description="What the number is, in words.")
    value: float | None = Field(description="None is unknown.")
    low: float | None = Field(description="Lower limit of its interval.")
    high: float | None = Field(description="Upper limit of its interval.")
    interval: str | None = Field(description="What the limits are.")
    unit: str
    population: str
    time_span: str
    certainty: Certainty
    function: str = Field(description="What made it.")
    version: str = Field(description="Of what made it.")
    inputs: list[tuple[str, str]] = Field(description="Digests of the inputs, by study or file.")
    inputs_hash: str
    sources: list[SourceData]
    decimals: int = Field(description="Digits after the point when it is written.")
    bound: str | None = Field(description="Where the source prints a bound only.")
    text: str = Field(description="As it is written.")


class ReferenceData(BaseModel):
    """A source as a list of references shows it."""

    key: str
    text: str


class DocumentData(_Said):
    """A document: its tree, in which `{"claim": id}` stands for a number, and its claims by id."""

    format: Literal["glabella-document"]
    version: int = Field(description="Of the format.")
    glabella: str = Field(description="Version of the program.")
    kind: Literal["brief", "report", "check", "consultation", "home"]
    id: str
    title: str
    edition: str
    beside: str | None
    about: Any
    header: list[Any]
    sections: list[dict[str, Any]]
    footer: list[Any]
    order: list[str] = Field(description="Ids of the claims, as they stand in the document.")
    claims: list[ClaimData]
    references: list[ReferenceData]


class PartData(_Said):
    """A part of a claim that people meet, judged for itself."""

    id: str
    text: str
    verdict: str
    decided: str | None = None
    would_change: str | None = None
    rule: str | None = None


class PopularClaimData(_Said):
    """A claim that people meet, with the verdict of the evidence."""

    id: str
    claim: str
    verdict: str
    looked_for: str | None = Field(None, description="What was looked for in vain, where it is not judged.")
    decided: str | None = Field(None, description="What decided the verdict.")
    would_change: str | None = Field(None, description="Which new trial would change it.")
    rule: str | None = None
    parts: list[PartData]
    sources: list[str]


class FaultsData(_Said):
    """What is wrong, all at once."""

    faults: list[str]


def _faults(*statuses: int) -> dict[int | str, dict[str, Any]]:
    words = {
        400: "What was sent is broken.", 403: "Sent from another page.", 404: "There is no such thing.",
        408: "It took too long to arrive.", 413: f"More than {LARGEST // 1_000_000} MB.", 415: "Of another kind.",
        422: "It cannot be read or used.", 503: "Others are being served; try again.",
    }  # fmt: skip
    return {status: {"model": FaultsData, "description": words[status]} for status in statuses}


_CHOICES = [
    {"name": name, "in": "query", "required": False, "description": f"Choice: {words}.",
     "schema": {"type": "array", "items": {"type": "string"}} if name in SEVERAL else {"type": "string"}}
    for name, words in NAMES.items()
]  # fmt: skip


def _sent(content: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": content}}


_TEXT = {"schema": {"type": "string", "minLength": 1}}
_FORM = {
    "schema": {
        "type": "object",
        "properties": {
            "text": {"type": "string", "description": "The article as text, Markdown or HTML."},
            "file": {"type": "string", "format": "binary", "description": "Or its file, which may be a PDF."},
        },
    }
}
_LINKS = {"schema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}}
#: Bytes of what is said of a person.
_LARGEST_PERSON = 1_000_000
_LONGEST_CRISIS = 500
_ARTICLE = {FORMS[0]: _FORM, FORMS[1]: _LINKS, **dict.fromkeys(BODIES, _TEXT)}


def router(house: House) -> APIRouter:
    """Give the paths of the API; what is asked of a person is the dossier's."""
    api = APIRouter(prefix="/api")

    @api.get("/brief", response_model=DocumentData, summary="The brief", tags=["read"])
    async def brief(request: Request) -> Response:
        """Give the brief, as `glabella brief --format json` writes it."""
        return await held(request, "file brief.json", lambda house: as_json(house.brief), _MEDIA)

    @api.get("/report", response_model=DocumentData, summary="The report", tags=["read"])
    async def report(request: Request) -> Response:
        """Give the report, as `glabella report --format json` writes it."""
        return await held(request, "file report.json", lambda house: as_json(house.report), _MEDIA)

    @api.get("/claims", response_model=list[ClaimData], summary="Every number", tags=["read"])
    async def claims(request: Request) -> Response:
        """Give every number of brief and report, with its interval, sources and how far to trust it."""
        return await held(request, "api claims", lambda house: _dumped([
            claim.as_json() for claim in house.claims.values()]), _MEDIA)  # fmt: skip

    @api.get("/number/{claim:path}", response_model=ClaimData, summary="One number", tags=["read"],
             responses=_faults(404, 422))  # fmt: skip
    async def number(request: Request, claim: str) -> Response:
        """Give one number of brief or report by its id."""
        known = await lasting(house_of(request), "claims")
        if claim not in known:
            return faults_json(404, "Brief and report have no number of that name.")
        return await held(request, f"api number {claim}", lambda _: _dumped(known[claim].as_json()), _MEDIA)

    @api.get("/popular-claims", response_model=list[PopularClaimData], summary="Claims that people meet",
             tags=["read"])  # fmt: skip
    async def popular_claims(request: Request) -> Response:
        """Give the claims that people meet, each with its verdict, as `glabella claims --json` prints them."""
        return await held(request, "api popular", lambda house: _dumped(claim_rows(house.results)), _MEDIA)

    @api.post("/check", response_model=DocumentData, summary="Check an article", tags=["check"],
              responses=_faults(400, 403, 404, 408, 413, 415, 422, 503), openapi_extra=_sent(_ARTICLE))  # fmt: skip
    async def check(request: Request) -> Response:
        """Mark what an article claims, as `glabella check --format json` writes it; nothing of it is kept."""
        try:
            document = await document_of(request, bodies=True)
        except RefusedError as error:
            return faults_json(error.status, *error.faults)
        return Response(await run_in_threadpool(as_json, document), media_type=_MEDIA)

    @api.get("/choices", response_model=DocumentData, summary="Other choices", tags=["read"],
             responses=_faults(400), openapi_extra={"parameters": _CHOICES})  # fmt: skip
    async def choices(request: Request) -> Response:
        """Pool otherwise than the dossier declares, and give what comes of it and what it changes."""
        house, pairs = house_of(request), request.query_params.multi_items()
        try:
            chosen = await run_in_threadpool(read_choices, house.evidence, list(house.results.analyses), pairs)
        except ChoiceError as error:
            return faults_json(400, *error.faults)
        return await held(
            request, ("api choices", chosen), lambda house: as_json(house.choosing(chosen).document), _MEDIA
        )

    @api.post("/consult", response_model=DocumentData, summary="The sheet of a consultation", tags=["consult"],
              responses=_faults(400, 403, 404, 408, 413, 415, 422, 503),
              openapi_extra=_sent(_person(house)))  # fmt: skip
    async def consult(request: Request) -> Response:
        """Give a person's sheet, as `glabella consult --format json` writes it; nothing of it is kept.

        `person` is what a person's file holds; faults name the answer that each is about.
        """
        if kind_in(request) != _MEDIA:
            return faults_json(415, f"Content-Type: expected {_MEDIA}.")
        try:
            raw = await body_in(request, _LARGEST_PERSON, "More was sent than the 1 MB that is read of a person.")
        except RefusedError as error:
            return faults_json(error.status, *error.faults)
        house = house_of(request)
        if house.evidence.consultation is None:
            return faults_json(404, "The dossier has no consultation.yaml, so nothing is asked of a person.")
        try:
            return Response(await run_in_threadpool(_sheet, house, raw), media_type=_MEDIA)
        except RefusedError as error:
            return faults_json(error.status, *error.faults)
        except PersonError as error:
            told = [f"{'.'.join(map(str, each.path)) or 'person'}: {each.message}" for each in error.unfit]
            more = [f"{len(told):,} faults, of which the first {MOST_FAULTS} are listed"]
            return faults_json(422, *(more if len(told) > MOST_FAULTS else ()), *told[:MOST_FAULTS])
        except ValueError as error:
            return faults_json(422, str(error))

    return api


def _sheet(house: House, raw: bytes) -> str:
    """Make the sheet of what was said of a person."""
    try:
        # What stands twice is told, and none of the two is taken.
        parsed = parse_json(text_of(raw), MOST_VALUES)
    except UnreadableError as error:
        raise RefusedError(400, str(error)) from None
    if parsed.faults:
        raise RefusedError(400, *(f"line {line}: {problem}" for line, problem in parsed.faults[:MOST_FAULTS]))
    said = parsed.data
    if not isinstance(said, dict) or not {"person"} <= said.keys() <= {"person", "crisis_text"}:
        raise ValueError("expected an object with person, and maybe crisis_text")
    crisis = said.get("crisis_text")
    if not isinstance(crisis, str | None) or len(crisis or "") > _LONGEST_CRISIS:
        raise ValueError(f"crisis_text: expected a text of at most {_LONGEST_CRISIS} characters")
    if (consultation := house.evidence.consultation) is not None:
        crisis_of(consultation, house.crisis or crisis, "crisis_text")
    person = person_of(said["person"], house.evidence, house.today())
    visit = person.visits[-1].date if person.visits else None

    def made() -> str:
        held = for_person(house.results, person, house.crisis or crisis, visit)
        return as_json(consultation_document(held))

    return house.kept.alone(made)


def _person(house: House) -> dict[str, Any]:
    """Describe what is said of a person."""
    person: dict[str, Any] = {"type": "object"}
    if house.evidence.consultation is not None:
        person = {key: value for key, value in person_schema(house.evidence).items() if key != "$schema"}
    crisis = {"type": "string", "maxLength": _LONGEST_CRISIS, "description": (
        "Whom to call in a crisis, where neither this place nor the dossier says so.")}  # fmt: skip
    return {_MEDIA: {"schema": {"type": "object", "additionalProperties": False, "required": ["person"],
                                "properties": {"person": person, "crisis_text": crisis}}}}  # fmt: skip


def _dumped(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False)
