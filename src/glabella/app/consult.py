"""Consulting: a person's answers, step by step or on one page, and what the dossier says to them.

Every step is a form that sends all answers so far: nothing of a person stands in an address, and nothing is kept.
What is shown are the sections of the documents that ``glabella consult`` writes, made of the same answers.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import parse_qsl

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from glabella._reading import one_line
from glabella.app.faults import MOST_FAULTS
from glabella.app.form import LONGEST, Field, Form, Pairs, form_of, name_in, pairs_of, said_in
from glabella.app.house import House
from glabella.app.pages import Body, answer, body_of, page, refused, set_inside
from glabella.app.read import house_of, part_of
from glabella.app.sent import FORMS, File, RefusedError, body_in, fields_of, kind_in
from glabella.brief import ForPerson, consultation_document, for_person, home_document
from glabella.brief.for_person import OfPeople, not_to_be_shown
from glabella.brief.quoting import capital
from glabella.brief.render.inline import named
from glabella.dossier import Consultation, Person, PersonError, Unfit, answers_in, person_of, person_text
from glabella.shown import Document, Section

#: Bytes of a form, and of what holds a person's file; fields of a form.
LARGEST, LARGEST_FILE, MOST_FIELDS = 4_000_000, 1_048_576, 2_000
#: Names of the two fields that no person's file has.
CRISIS, TOLD_OF = "crisis", "of"
#: The field for a person's file.
_FILE = "file"
_LONGEST_NAME = 80
#: The name of the button that adds a row.
MORE = "more"
_NOT_SAID = "not said yet; write it below"
_DOOR = "/consult"


@dataclass(frozen=True, slots=True)
class Step:
    """One of the steps.

    Attributes
    ----------
    name : str
        Last part of its path.
    title : str
    sections : tuple of str
        Those of the sheet that it shows.
    filled : tuple of str
        First parts of the names of the fields that are filled in here.
    """

    name: str
    title: str
    sections: tuple[str, ...]
    filled: tuple[str, ...] = ()


STEPS = (
    Step("why", "Why we are here", ("first",), (CRISIS, "date", "answers", "visits")),
    Step("options", "Options", ("course", "rules", "doses", "options")),
    Step("matters", "What matters to you", ("matters",), ("order", "leads")),
    Step("chances", "Chances", ("chances", "harms", "distance")),
    Step("decide", "Decide and print", ("moments", "plan", "decide", "answers", "made")),
)
#: All steps on one page.
WHOLE = Step("whole", "All on one page", (), tuple(name for step in STEPS for name in step.filled))
_BY_NAME = {step.name: step for step in (*STEPS, WHOLE)}


def routes() -> list[BaseRoute]:
    """Give the paths of this part."""
    return [
        Route("/consult", begin),
        Route("/consult/save", save, methods=["POST"]),
        Route("/consult/open", open_file, methods=["POST"]),
        Route("/consult/home", home, methods=["POST"]),
        Route("/consult/{step}", step, methods=["POST"]),
        Route("/consult/{step}", again, methods=["GET"]),
    ]


# --- paths ------------------------------------------------------------------------------------------------------


async def begin(request: Request) -> Response:
    """Show the first step, with nothing known."""
    house = house_of(request)
    if house.evidence.consultation is None:
        return _no_consultation(house)
    today = str(house.today())

    def made() -> Body:
        return body_of(_step(house, STEPS[0], Talk.of(house, [("date", today)], begun=False)))

    # Nothing is said of anybody here, so that it may be held, for a day.
    body = await run_in_threadpool(lambda: house.kept.get(("page /consult", today), made))
    return answer(request, body, kept="no-store")


async def again(_: Request) -> Response:
    """Lead to the first step: an address alone says nothing of a person."""
    return RedirectResponse(_DOOR, 303, headers={"cache-control": "no-store"})


async def step(request: Request) -> Response:
    """Show a step for the answers that were sent."""
    name = request.path_params["step"]
    if name not in _BY_NAME:
        wanted = ", ".join(_BY_NAME)
        return refused(house_of(request), "No such step", (f"Expected one of {wanted}.",), status=404, door=_DOOR)

    def made(house: House, talk: Talk) -> tuple[str, int]:
        return _step(house, _BY_NAME[name], talk), 200

    return await _answered(request, made)


async def home(request: Request) -> Response:
    """Show the page to take home."""

    def made(house: House, talk: Talk) -> tuple[str, int]:
        of = cast("ForPerson", talk.held)
        if of.consultation.take_home is None:
            why = "The dossier has no words for a page to take home."
            return page(house, "refused.html", title="No such page", faults=(why,), door=_DOOR), 404
        document = house.kept.alone(lambda: home_document(of))
        shown = set_inside(house, document)
        return page(house, "consult_home.html", kind="home", door=_DOOR, title=document.title,
                    hidden=talk.pairs, last=STEPS[-1], **shown), 200  # fmt: skip

    return await _answered(request, made)


async def save(request: Request) -> Response:
    """Give the answers as a person's file, which ``glabella consult`` reads."""
    house = house_of(request)
    talk = await _sent(request)
    if isinstance(talk, Response):
        return talk
    if talk.faults:
        return await _mend(request, house, talk)
    assert talk.person is not None
    text = person_text(talk.person, house.evidence)
    headers = {"content-disposition": 'attachment; filename="person.yaml"', "cache-control": "no-store"}
    return Response(text, media_type="application/yaml", headers=headers)


async def open_file(request: Request) -> Response:
    """Fill the form with the answers of a person's file."""
    house = house_of(request)
    if house.evidence.consultation is None:
        return _no_consultation(house)
    found = await _uploaded(request)
    if isinstance(found, Response):
        return found
    name, raw = found.name, found.raw

    def made() -> tuple[str, int]:
        try:
            said = answers_in(raw, "person.json" if name.lower().endswith(".json") else "person.yaml")
        except PersonError as error:
            told = (_no_answers(name, "; ".join(each.message for each in error.faults)),)
            talk = Talk.of(house, [("date", str(house.today()))], told, begun=False)
        else:
            if not (isinstance(said, dict) and {"answers", "date"} & said.keys()):
                kind = "a list" if isinstance(said, list) else "a text"
                kind = "neither “answers” nor “date”" if isinstance(said, dict) else kind
                told = (_no_answers(name, kind),)
                talk = Talk.of(house, [("date", str(house.today()))], told, begun=False)
                return _step(house, STEPS[0], talk), 422
            talk = Talk.of(house, pairs_of(said, house.evidence), _unfit_in(said, house), begun=False)
        return _step(house, STEPS[0], talk), 422 if talk.faults else 200

    text, status = await run_in_threadpool(made)
    return _fresh(request, text, status)


def _no_answers(name: str, found: str) -> Unfit:
    """Say that a file holds no saved answers, what was found and what was expected."""
    short = one_line(re.split(r"[/\\]", name)[-1])[:_LONGEST_NAME]
    words = f"“{short}” holds no saved answers: found {found.removeprefix('found ')}"
    return Unfit((_FILE,), f"{words}; expected the file that “Save the answers” gives, such as person.yaml")


def _unfit_in(said: Any, house: House) -> tuple[Unfit, ...]:
    """Give what of a file's answers cannot be used, which fields may not even hold."""
    try:
        person_of(said, house.evidence, house.today())
    except PersonError as error:
        return error.unfit
    return ()


# --- what was sent ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Talk:
    """What was said of a person so far.

    Attributes
    ----------
    said : dict
        As the person's file would hold it.
    person : Person or None
        As read; with faults, what could be read.
    held : ForPerson or None
        The consultation; None with faults.
    crisis : str
        Whom to call, as filled in.
    told_of : {100, 1000}
        Of how many people all is told, if none of the shares is too small.
    faults : tuple of Unfit
    pairs : tuple of (str, str)
        The fields of all that was said.
    more : str
        Name of the rows to which one is to be added.
    """

    said: Mapping[str, Any]
    person: Person | None
    held: ForPerson | None
    crisis: str
    told_of: OfPeople
    faults: tuple[Unfit, ...]
    pairs: tuple[tuple[str, str], ...]
    more: str

    @classmethod
    def of(cls, house: House, pairs: Pairs, more: tuple[Unfit, ...] = (), *, begun: bool = True) -> Talk:
        """Read what was sent.

        Parameters
        ----------
        house : House
        pairs : sequence of (str, str)
            Fields and values.
        more : tuple of Unfit
            Faults that were found already.
        begun : bool
            Whether what is needed and missing is a fault already.
        """
        said, unfit = said_in(pairs, house.evidence)
        last = {name: value.strip() for name, value in pairs if len(value) <= LONGEST}
        person, crisis = None, last.get(CRISIS, "")
        try:
            person = person_of(said, house.evidence, house.today())
        except PersonError as error:
            person, unfit = error.person, (*unfit, *error.unfit)
        # What a file says wrongly is told once, and not again of the fields that were made of it.
        unfit = more or unfit
        if (times := [name for name, _ in pairs].count(CRISIS)) > 1:
            unfit = (Unfit((CRISIS,), f"stands {times} times, expected once"), *unfit)
        if begun and asks_for_crisis_text(house) and not crisis:
            unfit = (Unfit((CRISIS,), "is missing, expected whom to call in a crisis, day and night"), *unfit)
        if (wrong := not_to_be_shown(" ".join(crisis.split()))) is not None:
            crisis, unfit = "", (Unfit((CRISIS,), wrong), *unfit)
        faults = tuple(dict.fromkeys(unfit))[:MOST_FAULTS]
        many: OfPeople = 1_000 if last.get(TOLD_OF) == "1000" else 100
        held = None
        if person is not None and not faults:
            held = _held(house, person, crisis or (None if begun else _NOT_SAID), many)
        kept = [*pairs_of(said, house.evidence), (TOLD_OF, str(many)), *([(CRISIS, crisis)] if crisis else [])]
        return cls(said, person, held, crisis, many, faults, tuple(kept), last.get(MORE, ""))


def asks_for_crisis_text(house: House) -> bool:
    """Say whether a person must say whom to call, since neither this place nor the dossier does."""
    asked = _consultation(house).crisis
    return asked is not None and not ((house.crisis or "").strip() or asked.text)


def _held(house: House, person: Person, crisis: str | None, many: OfPeople = 100) -> ForPerson:
    """Hold a consultation, for the last visit where there were later ones."""
    visit = person.visits[-1].date if person.visits else None
    text = crisis if asks_for_crisis_text(house) else house.crisis
    return for_person(house.results, person, text, visit, many)


async def _answered(request: Request, make: Callable[[House, Talk], tuple[str, int]]) -> Response:
    """Answer with a page for the answers that were sent, or with what is wrong with them."""
    talk = await _sent(request)
    if isinstance(talk, Response):
        return talk
    house = house_of(request)
    if talk.faults:
        return await _mend(request, house, talk)
    text, status = await run_in_threadpool(lambda: make(house, talk))
    return _fresh(request, text, status)


async def _mend(request: Request, house: House, talk: Talk) -> Response:
    """Show the step whose fields are to be mended."""
    whole = request.path_params.get("step") == WHOLE.name
    text = await run_in_threadpool(lambda: _step(house, WHOLE if whole else _to_mend(talk), talk))
    return _fresh(request, text, 422)


def _to_mend(talk: Talk) -> Step:
    """Give the step that has all the fields with faults, or the page that has every field."""
    named = {str(each.path[0]) for each in talk.faults if each.path}
    return next((step for step in STEPS if step.filled and named <= set(step.filled)), WHOLE)


async def _sent(request: Request) -> Talk | Response:
    """Read a form."""
    house = house_of(request)
    if house.evidence.consultation is None:
        return _no_consultation(house)
    if kind_in(request) != FORMS[1]:
        return _refuse(house, 415, "Expected the form of one of these pages.")
    try:
        too_large = f"More was sent than the {LARGEST // 1_000_000} MB that a form may hold."
        raw = await body_in(request, LARGEST, too_large)
    except RefusedError as error:
        return _refuse(house, error.status, *error.faults)
    try:
        pairs = parse_qsl(raw.decode("ascii"), max_num_fields=MOST_FIELDS, errors="strict")
    except UnicodeDecodeError:
        return _refuse(house, 400, "What was sent is not UTF-8.")
    except ValueError:
        return _refuse(house, 400, f"More than {MOST_FIELDS:,} fields were sent.")
    return await run_in_threadpool(lambda: Talk.of(house, pairs))


async def _uploaded(request: Request) -> File | Response:
    """Read the one file of an upload: its name, and its bytes, which stay in memory."""
    house = house_of(request)
    wanted = "Expected one file of a person, as “Save” gives it."
    if kind_in(request) != FORMS[0]:
        return _refuse(house, 415, wanted)
    try:
        raw = await body_in(request, LARGEST_FILE, "A person’s file holds less than 1 MB.")
    except RefusedError as error:
        return _refuse(house, error.status, *error.faults)
    try:
        fields = await run_in_threadpool(lambda: fields_of(FORMS[0], request.headers, raw, fields=1))
    except RefusedError:
        return _refuse(house, 400, wanted)
    file = next((said for name, said in fields if name == "file"), None)
    if not isinstance(file, File) or not file.name:
        return _refuse(house, 400, f"No file was chosen. {wanted}")
    return file


# --- pages ------------------------------------------------------------------------------------------------------


def _step(house: House, step: Step, talk: Talk) -> str:
    """Write the page of a step."""
    form = form_of(talk.said, talk.faults, house.evidence, talk.more)
    document = _document(house, talk)
    shown = _shown(house, step, document, talk)
    steps, asked = _steps(house), _consultation(house)
    at = steps.index(step) if step in steps else None
    after = steps[at + 1] if at is not None and at + 1 < len(steps) else None
    here = f"{_DOOR}/{step.name}"
    more = {
        "step": step, "steps": steps, "whole": WHOLE, "last": STEPS[-1],
        "before": steps[at - 1] if at else None,
        "after": after, "here": here, "next": f"{_DOOR}/{after.name}" if after else here,
        "form": form, "hidden": [each for each in talk.pairs if each[0].partition(".")[0] not in step.filled],
        "whom": _whom(house, talk), "faults": _told(form, talk, house),
        "few": talk.held is not None and talk.held.few, "told_of": talk.held.of if talk.held else talk.told_of,
        "answered": bool(talk.said.get("answers")), "asked": asked,
        "home": asked.take_home is not None,
        # With faults only the crisis is shown of the sheet; where none is known, whom to call stays all the same.
        "call": _call(house, talk) if talk.faults and "crisis" not in shown["by_name"] else "",
        "bad_file": any(each.path == (_FILE,) for each in talk.faults),
    }  # fmt: skip
    return page(house, "consult.html", kind="consultation", door=_DOOR, title=asked.title,
                **shown, **more)  # fmt: skip


def _steps(house: House) -> list[Step]:
    """Give the steps; where nothing is known to matter, nobody is asked what does."""
    return [each for each in STEPS if each.name != "matters" or _consultation(house).matters]


def _document(house: House, talk: Talk) -> Document | None:
    """Make the sheet; with faults what comes first in a crisis, from the answers that can be read, and no more."""
    if talk.held is not None:
        of = talk.held
        return house.kept.alone(lambda: consultation_document(of))
    if talk.person is None:
        return None
    # Visits that cannot be are none to have a page for.
    of = _held(house, replace(talk.person, visits=()), talk.crisis or _NOT_SAID)
    whole = house.kept.alone(lambda: consultation_document(of))
    crisis = [it for it in whole.sections if isinstance(it, Section) and it.id == "crisis"]
    return part_of(whole, *crisis) if crisis else None


def _shown(house: House, step: Step, document: Document | None, talk: Talk) -> dict[str, Any]:
    """Set the sections of a step, or of all."""
    if document is None:
        return {"header": "", "by_name": {}, "footer": "", "boxes": "", "main": "", "groups": []}
    sections = [it for it in document.sections if isinstance(it, Section)]
    named = {name for each in STEPS for name in each.sections} | {"crisis"}
    # A section that no step names stands in the last.
    loose = tuple(it.id for it in sections if it.id not in named)
    groups = [(each, [it.id for it in sections if it.id in each.sections or (each is STEPS[-1] and it.id in loose)])
              for each in STEPS if step in (each, WHOLE)]  # fmt: skip
    kept = {"crisis", *(name for _, names in groups for name in names)}
    part = part_of(document, *(it for it in sections if it.id in kept)) if step is not WHOLE else document
    if step is not WHOLE and talk.held is not None:
        part = replace(part, header=document.header)
    inside = set_inside(house, part)
    if talk.held is not None:
        inside["by_name"] = _leading(inside["by_name"], step, talk.held)
    return {**inside, "groups": groups}


def _leading(sections: Mapping[str, str], step: Step, of: ForPerson) -> dict[str, Markup]:
    """Let each question that is still to be asked lead to its field, on this page or in the step that has it."""
    here = step.filled and "answers" in step.filled
    asks, found = of.consultation.asks, {name: str(text) for name, text in sections.items()}

    def leads(key: str, words: str) -> str:
        if here:
            return f'<a href="#answers.{key}">{words}</a>'
        to = f"{_DOOR}/{STEPS[0].name}#answers.{key}"
        return f'<button form="talk" class="leads" formaction="{to}">{words}</button>'

    for key in of.still_to_ask if "rules" in found else ():
        words = named(asks[key].ask)
        found["rules"] = found["rules"].replace(f"<li>{words}</li>", f"<li>{leads(key, words)}</li>")
    if "first" in found and of.open_first:
        labels = {key: named(asks[key].label) for key in of.open_first}
        stops = [","] * (len(labels) - 1) + ["."]
        linked = " ".join(leads(key, labels[key] + stop) for key, stop in zip(labels, stops, strict=True))
        found["first"] = found["first"].replace(f"{', '.join(labels.values())}.</p>", f"{linked}</p>")
    return {name: Markup(text) for name, text in found.items()}


def _whom(house: House, talk: Talk) -> Field | None:
    """Give the field for whom to call, where neither this place nor the dossier says it."""
    if not asks_for_crisis_text(house):
        return None
    faults = tuple(each.message for each in talk.faults if each.path == (CRISIS,))
    return Field(CRISIS, "text", "Whom to call in a crisis, day and night",
                 "A name and a number of this place. It stands on every page, and no page is made without it.",
                 value=talk.crisis, faults=faults)  # fmt: skip


def _told(form: Form, talk: Talk, house: House) -> list[tuple[str | None, str, str]]:
    """Say of each fault its field's name, what the field is called, and what was found and expected."""
    fields = {each.name: each for each in form.fields}
    labels = {name: each.label for name, each in fields.items()}
    labels |= {CRISIS: "Whom to call in a crisis", _FILE: "File of saved answers"}
    told = []
    for each in talk.faults:
        name = name_in(each, labels)
        above = ".".join(map(str, each.path[:2]))
        parts = [labels[key] for key in dict.fromkeys((above, name)) if key in labels]
        # What has no field here is named as it stands in the file.
        own = f"“{each.path[-1]}” in the file" if each.path else ""
        told.append((name, ", ".join(parts) or own, _in_words(each.message, house)))
    return told


def _in_words(message: str, house: House) -> str:
    """Say of other answers, and of scales, what a fault says by their keys."""
    asked = _consultation(house)
    for key, scale in house.evidence.dossier.scales.items():
        message = re.sub(rf"\b{key}\b", scale.label, message)
    for key, ask in asked.asks.items():
        answers = {"yes": "yes", "no": "no", **ask.choices}
        for said, words in answers.items():
            message = re.sub(rf"\banswers\.{key} is {said}\b", f"“{capital(ask.label)}” is “{words}”", message)
        message = re.sub(rf"\banswers\.{key}\b", f"“{capital(ask.label)}”", message)
        message = re.sub(rf"(\banother answer to (?:.* and )?){key}\b", rf"\1“{capital(ask.label)}”", message)
    return message


def _call(house: House, talk: Talk | None = None) -> str:
    """Say whom to call in a crisis, where this place, the dossier or the form says it; nothing else."""
    asked = house.evidence.consultation
    if asked is None or asked.crisis is None:
        return ""
    said = "" if talk is None else talk.crisis
    return (house.crisis or "").strip() or asked.crisis.text or said


def _fresh(request: Request, text: str, status: int = 200) -> Response:
    """Answer with a page that nobody keeps."""
    raw, headers = text.encode(), {"cache-control": "no-store", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        raw, headers["content-encoding"] = gzip.compress(raw, 5, mtime=0), "gzip"
    return Response(raw, status, headers, "text/html")


def _refuse(house: House, status: int, words: str) -> Response:
    response = refused(house, "This cannot be read", (words,), status=status, door=_DOOR, call=_call(house))
    response.headers["cache-control"] = "no-store"
    return response


def _no_consultation(house: House) -> Response:
    why = "The dossier has no consultation.yaml, so nothing is asked of a person."
    return refused(house, "No consultation", (why,), status=404, door=_DOOR)


def _consultation(house: House) -> Consultation:
    asked = house.evidence.consultation
    assert asked is not None  # as every path sees to
    return asked
