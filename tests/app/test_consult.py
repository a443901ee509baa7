"""Consulting in the app: the same as the documents of the command line, and nothing of a person left behind."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from httpx import Client, Response
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.app import House, create_app
from glabella.app.consult import STEPS
from glabella.app.form import LONGEST, form_of, pairs_of, said_in
from glabella.brief import consultation_document, for_person, home_document, html
from glabella.dossier import Evidence, Person, PersonError, answers_in, load, person_of, person_text, read_person
from glabella.shown import Document, Section
from tests import dossiers_made, persons
from tests.app.serving import served

pytestmark = pytest.mark.xdist_group("consult")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def house() -> House:
    return House(load(), persons.CRISIS, lambda: persons.TODAY)


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[Client]:
    with served(create_app(house)) as opened:
        yield opened


@pytest.fixture(scope="module")
def unset() -> Iterator[Client]:
    """Give an app in which nobody said whom to call."""
    with served(create_app(House(load(), None, lambda: persons.TODAY))) as opened:
        yield opened


def answers_of(name: str, **more: Any) -> dict[str, Any]:
    """Give what the file of somebody holds."""
    order = {} if name == "unknown" else {"order": ["better", "unwanted"], "leads": "together"}
    return {"date": str(persons.DAY), "answers": {**persons.WOMAN, **persons.PEOPLE[name]}, **order, **more}


def form(house: House, said: Any, **more: str) -> dict[str, list[str]]:
    """Give the fields of a form in which it is filled in."""
    found: dict[str, list[str]] = {}
    for name, value in [*pairs_of(said, house.evidence), *more.items()]:
        found.setdefault(name, []).append(value)
    return found


def words(page: str) -> str:
    """Give what can be read on a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def sections(page: str) -> dict[str, str]:
    """Give the words of a document's sections, by name."""
    found = re.findall(r'<section id="([a-z_]+)"(.*?)</section>', page, re.DOTALL)
    return {name: words(f"<p{content}") for name, content in found}


def numbers(page: str) -> list[str]:
    """Give the claims that can be pressed, in their order."""
    return re.findall(r'data-claim="([^"]*)"', page)


def filled(page: str) -> list[tuple[str, str]]:
    """Give what a browser would send of a page's form, its button apart."""
    found = []
    for tag in re.findall(r"<(?:input|select|option)\b[^>]*>", page):
        said = {key: unescape(value) for key, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        if tag.startswith("<select"):
            name = said["name"]
        elif tag.startswith("<option"):
            if " selected" in tag:
                found.append((name, said["value"]))
        elif said.get("type") in ("radio", "checkbox"):
            if " checked" in tag:
                found.append((said["name"], said["value"]))
        elif said.get("type") != "file":
            found.append((said["name"], said["value"]))
    return found


def documents(house: House, said: Any) -> tuple[Document, Document]:
    person = person_of(said, house.evidence, persons.TODAY)
    visit = person.visits[-1].date if person.visits else None
    of = for_person(house.results, person, persons.CRISIS, visit)
    return consultation_document(of), home_document(of)


# --- the same as the command line ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", persons.PEOPLE)
def test_pages_say_what_the_documents_say(house: House, client: Client, tmp_path: Path, name: str) -> None:
    person = read_person(persons.written(tmp_path, name), house.evidence, persons.TODAY)
    of = for_person(house.results, person, persons.CRISIS)
    sheet, home = html(consultation_document(of)), html(home_document(of))
    sent = form(house, answers_of(name))
    whole = client.post("/consult/whole", data=sent)
    assert whole.status_code == 200
    assert {key: it for key, it in sections(whole.text).items() if key != "faults"} == sections(sheet)
    assert sorted(numbers(whole.text)) == sorted(numbers(sheet))
    taken = client.post("/consult/home", data=sent).text
    assert sections(taken) == sections(home)
    assert numbers(taken) == numbers(home)


def test_every_section_stands_in_one_step_and_a_crisis_in_all(house: House, client: Client) -> None:
    said = answers_of("item nine", visits=[{"date": "2024-12-01", "scores": [{"scale": "madrs", "value": 9}]}])
    sent, (sheet, _) = form(house, said), documents(house, said)
    found: list[str] = []
    for step in STEPS:
        shown = list(sections(client.post(f"/consult/{step.name}", data=sent).text))
        assert shown[0] == "crisis"
        found += shown[1:]
    named = [it.id for it in sheet.sections if isinstance(it, Section)]
    assert sorted(["crisis", *found]) == sorted(named)


def test_a_later_visit_shows_its_course(house: House, client: Client) -> None:
    scores = [{"scale": "madrs", "value": 13}]
    said = answers_of("woman", date="2024-10-20", visits=[{"date": "2024-11-30", "scores": scores}])
    said["answers"]["severity"] = {"scale": "madrs", "value": 27, "date": "2024-10-20"}
    page = client.post("/consult/whole", data=form(house, said)).text
    sheet = html(documents(house, said)[0])
    assert sections(page)["course"] == sections(sheet)["course"]
    assert "visit of 30 November 2024" in words(page)


def test_one_switch_tells_all_of_a_thousand(house: House, client: Client) -> None:
    said = answers_of("woman")
    person = person_of(said, house.evidence, persons.TODAY)
    of = for_person(house.results, person, persons.CRISIS, told_of=1_000)
    assert of.of == 1_000
    sheet, home = html(consultation_document(of)), html(home_document(of))
    sent = form(house, said, of="1000")
    assert sections(client.post("/consult/whole", data=sent).text) == sections(sheet)
    assert sections(client.post("/consult/home", data=sent).text) == sections(home)
    page = client.post("/consult/chances", data=sent).text
    assert 'value="1000" formaction="/consult/chances" aria-pressed="true"' in page
    assert ("of", "1000") in filled(page)
    # A button stands behind the hidden field, and its value is the one that counts.
    again = client.post("/consult/whole", data={**sent, "of": ["1000", "100"]}).text
    assert sections(again)["chances"] == sections(html(documents(house, said)[0]))["chances"]


# --- steps, files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["woman", "six weeks ago", "everything", "unknown"])
def test_every_step_hands_all_answers_on(house: House, client: Client, name: str) -> None:
    visits = [{"date": "2024-12-01", "scores": [{"scale": "madrs", "value": 20}]}]
    said = answers_of(name, visits=visits)
    person, sent = person_of(said, house.evidence, persons.TODAY), form(house, said)
    for step in (*(each.name for each in STEPS), "whole", "home"):
        page = client.post(f"/consult/{step}", data=sent).text
        found = [(key, value) for key, value in filled(page) if value and key != "file"]
        assert person_of(said_in(found, house.evidence)[0], house.evidence, persons.TODAY) == person


def text_of(response: Response) -> str:
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", persons.PEOPLE)
def test_a_saved_file_is_read_back(house: House, client: Client, tmp_path: Path, name: str) -> None:
    saved = client.post("/consult/save", data=form(house, answers_of(name)))
    assert saved.headers["content-disposition"] == 'attachment; filename="person.yaml"'
    file = tmp_path / "person.yaml"
    file.write_bytes(saved.content)
    person = read_person(file, house.evidence, persons.TODAY)
    assert person == person_of(answers_of(name), house.evidence, persons.TODAY)
    opened = text_of(client.post("/consult/open", files={"file": ("person.yaml", saved.content)}))
    again = client.post("/consult/save", data=_lists(filled(opened)))
    assert again.content == saved.content


def _lists(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _answers(evidence: Evidence) -> st.SearchStrategy[dict[str, Any]]:
    """Draw answers to what the dossier asks, as a file holds them."""
    asked = evidence.consultation
    assert asked is not None
    products = evidence.products.products
    scales, day = evidence.dossier.scales, st.dates(persons.DAY.replace(2000), persons.DAY).map(str)

    def score(names: tuple[str, ...], *, dated: bool) -> st.SearchStrategy[dict[str, Any]]:
        def points(name: str) -> st.SearchStrategy[dict[str, Any]]:
            low, high = scales[name].range or (0, 1)
            more = {"date": day} if dated else {}
            whole = st.integers(int(low), int(high))
            value = whole if scales[name].whole else whole | st.floats(low, high)
            return st.fixed_dictionaries({"scale": st.just(name), "value": value}, optional=more)

        return st.sampled_from(names).flatmap(points)

    dose = st.fixed_dictionaries({}, optional={
        "product": st.sampled_from([key for key, it in products.items() if it.kind == "treatment"]),
        "units": st.floats(0, exclude_min=True, allow_infinity=False), "date": day,
    })  # fmt: skip
    drawn: dict[str, st.SearchStrategy[Any]] = {}
    for key, ask in asked.asks.items():
        several = st.lists(st.sampled_from(list(ask.choices)), unique=True) if ask.choices else st.nothing()
        kinds: dict[str, st.SearchStrategy[Any]] = {
            "number": st.floats(ask.low or 0, ask.high or 1), "choice": st.sampled_from([*ask.choices, "unknown"]),
            "several": several, "yes_no": st.sampled_from(["yes", "no", True, False]),
            "score": score(ask.scales, dated=True) if ask.scales else st.nothing(),
            "doses": st.just("none") | st.lists(dose, max_size=4),
        }  # fmt: skip
        drawn[key] = kinds[ask.kind]
    names = tuple({scale: None for ask in asked.asks.values() for scale in ask.scales})
    scored = score(names, dated=False)
    scores: st.SearchStrategy[list[dict[str, Any]]] = st.lists(scored, max_size=2, unique_by=lambda it: it["scale"])
    visit = st.fixed_dictionaries({"date": st.just("2024-12-01"), "scores": scores})
    return st.fixed_dictionaries(
        {"date": st.just(str(persons.DAY)), "answers": st.fixed_dictionaries({}, optional=drawn)},
        optional={"order": st.lists(st.sampled_from(list(asked.matters)), unique=True),
                  "leads": st.sampled_from(["person", "together", "clinician"]),
                  "visits": st.lists(visit, max_size=1)},
    )  # fmt: skip


EVIDENCE = load()


def told(said: dict[str, Any]) -> Person | list[Any]:
    """Give who is told of, or the fields that do not fit."""
    try:
        return person_of(said, EVIDENCE, persons.TODAY)
    except PersonError as error:
        return [each.path for each in error.unfit]


@settings(max_examples=60)
@given(_answers(EVIDENCE))
def test_any_answers_come_back_from_form_and_file(said: dict[str, Any]) -> None:
    sent, unfit = said_in(pairs_of(said, EVIDENCE), EVIDENCE)
    assert unfit == ()
    person = told(said)
    # Answers that cannot both be are told of the form as of the file.
    assert told(sent) == person
    if not isinstance(person, Person):
        return
    text = person_text(person, EVIDENCE)
    written = answers_in(text.encode(), "person.yaml")
    assert person_of(written, EVIDENCE, persons.TODAY) == person
    # What was opened fills the form, and the form gives the same file.
    opened, _ = said_in(pairs_of(written, EVIDENCE), EVIDENCE)
    assert person_text(person_of(opened, EVIDENCE, persons.TODAY), EVIDENCE) == text


def test_no_to_all_the_rest_leaves_what_was_answered_and_what_a_crisis_hangs_on(house: House) -> None:
    pairs = [("date", str(persons.DAY)), ("answers.heart", "yes"), ("answers.drugs", "relaxant"), ("rest", "no")]
    answers = person_of(said_in(pairs, house.evidence)[0], house.evidence, persons.TODAY).answers
    assert (answers["heart"], answers["drugs"]) == (True, ("relaxant",))
    assert (answers["swallowing"], answers["allergy"], answers["earlier"]) == (False, (), ())
    assert not {"suicidal", "item_nine", "age", "taking", "frown"} & set(answers)


def test_a_row_more_is_there_when_it_is_wanted(house: House, client: Client) -> None:
    said = answers_of("six weeks ago")
    sent = form(house, said)
    assert 'name="answers.earlier.1.product"' not in client.post("/consult/why", data=sent).text
    more = client.post("/consult/why", data={**sent, "more": ["answers.earlier"]}).text
    assert 'name="answers.earlier.1.product"' in more


def test_what_only_follows_a_dose_is_folded_until_there_is_one(house: House) -> None:
    asked = house.evidence.consultation
    assert asked is not None
    after = {f"answers.{key}" for key, ask in asked.asks.items() if asked.doses in ask.of}
    assert after
    for name, folded in (("woman", after), ("six weeks ago", set())):
        made = form_of(answers_of(name), (), house.evidence)
        assert {each.name for each in made.rare} == folded
        assert {f"answers.{key}" for key in asked.asks} <= {each.name for each in made.fields}


# --- what cannot be used --------------------------------------------------------------------------------------


def test_all_faults_are_told_at_their_fields_and_at_the_top(house: House, client: Client) -> None:
    said = answers_of("woman")
    said["answers"] |= {"age": 190, "severity": {"scale": "madrs", "value": 99}, "taking": ["ssri", "none"],
                        "earlier": [{"product": "tea", "units": -3, "date": "2030-01-01"}]}  # fmt: skip
    said["order"] = ["better", "better"]
    with pytest.raises(PersonError) as caught:
        person_of(said, house.evidence, persons.TODAY)
    found = client.post("/consult/chances", data=form(house, said))
    assert found.status_code == 422
    told = sections(found.text)["faults"]
    assert "7 answers cannot be used" in told
    for fault in caught.value.unfit:
        assert unescape(found.text).count(fault.message) == 2, fault
    for name in re.findall(r'<a href="#([^"]*)"', found.text):
        assert f'id="{name}"' in found.text
    assert 'id="answers.age" name="answers.age" value="190"' in found.text
    assert "chances" not in sections(found.text)


def test_what_is_wrong_with_the_order_alone_is_mended_where_it_stands(house: House, client: Client) -> None:
    found = client.post("/consult/chances", data=form(house, answers_of("woman", order=["better", "better"])))
    assert "better (feeling much better) stands 2 times, expected once" in words(found.text)
    assert 'name="order.0"' in found.text
    assert 'aria-current="step">What matters to you<' in found.text


@pytest.mark.parametrize("step", ["why", "chances", "home", "save", "whole"])
def test_a_crisis_comes_first_though_other_answers_cannot_be_used(house: House, client: Client, step: str) -> None:
    said = answers_of("item nine", visits=[{"date": "1999-01-01"}])
    said["answers"]["age"] = "old"
    page = client.post(f"/consult/{step}", data=form(house, said)).text
    assert next(iter(sections(page))) == "crisis"
    assert persons.CRISIS in sections(page)["crisis"]


def test_nothing_is_shown_before_somebody_says_whom_to_call(house: House, unset: Client) -> None:
    first = unset.get("/consult").text
    assert 'id="crisis" name="crisis"' in first
    found = unset.post("/consult/chances", data=form(house, answers_of("item nine")))
    assert found.status_code == 422
    assert "Whom to call in a crisis : is missing" in words(found.text)
    assert list(sections(found.text))[:2] == ["crisis", "faults"]
    sent = form(house, answers_of("item nine"), crisis=persons.CRISIS)
    page = unset.post("/consult/chances", data=sent).text
    sheet = html(documents(house, answers_of("item nine"))[0])
    assert sections(page)["crisis"] == sections(sheet)["crisis"]
    assert ("crisis", persons.CRISIS) in filled(page)


def test_whom_to_call_that_no_page_can_show_is_refused_in_words(house: House, unset: Client) -> None:
    found = unset.post("/consult/chances", data=form(house, answers_of("item nine"), crisis="call \x1b 112"))
    assert found.status_code == 422
    assert "found the control character U+001B at character 6" in words(found.text)


NAMES = ("date", "answers.age", "answers.sex", "answers.severity.scale", "answers.severity.value",
         "answers.severity.date", "answers.taking", "answers.heart", "answers.earlier", "answers.earlier.0.product",
         "answers.earlier.0.units", "answers.earlier.0.date", "order.0", "leads", "visits.0.date",
         "visits.0.scores.0.scale", "visits.0.scores.0.value", "crisis", "of", "rest", "more")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("step", ["why", "whole"])
def test_hostile_text_is_shown_as_text(house: House, unset: Client, name: str, step: str) -> None:
    sent = form(house, answers_of("woman"), crisis=persons.CRISIS)
    page = unset.post(f"/consult/{step}", data={**sent, name: [HOSTILE]}).text
    assert "<script" not in page
    assert "<img" not in page
    assert "onerror" not in re.sub(r"&lt;img src=x onerror=alert\(2\)&gt;", "", page)


def test_a_hostile_name_is_not_shown(house: House, client: Client) -> None:
    page = client.post("/consult/why", data={**form(house, answers_of("woman")), HOSTILE: ["x"]}).text
    assert "alert" not in page


@pytest.mark.parametrize("name", NAMES[:-3])
def test_a_million_characters_are_refused_in_words(house: House, unset: Client, name: str) -> None:
    sent = form(house, answers_of("woman"), crisis=persons.CRISIS)
    found = unset.post("/consult/chances", data={**sent, name: ["x" * 1_000_000]})
    assert found.status_code == 422
    assert f"found 1,000,000 characters, expected at most {LONGEST}" in found.text
    assert len(found.text) < 100_000


@pytest.mark.parametrize(
    ("content", "media", "status", "expected"),
    [
        (b"a=1", "text/plain", 415, "Expected the form of one of these pages"),
        (b"date=%ff", "application/x-www-form-urlencoded", 400, "not UTF-8"),
        ("date=ä".encode(), "application/x-www-form-urlencoded", 400, "not UTF-8"),
        (b"&a=1" * 3_000, "application/x-www-form-urlencoded", 400, "More than 2,000 fields"),
        (b"a=" + b"x" * 5_000_000, "application/x-www-form-urlencoded", 413, "More was sent than the 4 MB"),
    ],
)
def test_no_form_is_refused_in_words(
    client: Client, content: bytes, media: str, status: int, expected: str
) -> None:
    found = client.post("/consult/why", content=content, headers={"content-type": media})
    assert (found.status_code, expected in found.text) == (status, True)
    assert client.get("/consult").status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "status", "expected"),
    [
        ("a.yaml", b"date: [", 422, "not valid YAML"),
        ("a.yaml", b"\xff\xfe\x00", 422, "UTF-8"),
        ("a.yaml", b"[]", 422, "found a list; expected the file that “Save the answers” gives"),
        (
            "a.json",
            b'{"date": "2024-11-30", "answers": {"age": 190, "shoes": 43}}',
            422,
            "“shoes” in the file",
        ),
        ("a.yaml", b"date: 2024-11-30\nanswers: {earlier: [" + b"{units: 3}," * 200 + b"]}", 422, "at most 40"),
        ("../../etc/passwd", b"date: 2024-11-30\n", 200, "What we need to know"),
        ("a.yaml", b"x" * 2_000_000, 413, "less than 1 MB"),
        ("a.yaml", b"", 422, "the file is empty"),
    ],
)
def test_a_file_that_cannot_be_opened(
    client: Client, name: str, content: bytes, status: int, expected: str
) -> None:
    found = client.post("/consult/open", files={"file": (name, content)})
    assert (found.status_code, expected in unescape(found.text)) == (status, True), found.text[:3000]


def test_no_file_is_refused_in_words(client: Client) -> None:
    for sent in ({"data": {"file": "x"}}, {"files": {"other": ("a", b"a")}}, {"files": {"file": ("", b"")}}):
        found = client.post("/consult/open", **sent)
        assert found.status_code in (400, 415)
        assert "Expected one file of a person" in found.text
    broken = client.post("/consult/open", content=b"--x", headers={"content-type": "multipart/form-data"})
    assert broken.status_code == 400


def test_an_address_alone_leads_to_the_first_step(client: Client) -> None:
    for path in ("/consult/chances", "/consult/save", "/consult/home"):
        found = client.get(path)
        assert (found.status_code, found.headers["location"]) == (303, "/consult")
    assert client.post("/consult/nowhere", data={"date": "2024-11-30"}).status_code == 404


def test_with_a_fault_whom_to_call_stays_and_labels_are_named(client: Client) -> None:
    for suicidal, box in (("", False), ("yes", True)):
        sent = {"date": "2024-11-30", "answers.age": "190", "answers.suicidal": suicidal}
        found = client.post("/consult/options", data=sent)
        assert found.status_code == 422
        assert ('id="crisis"' in found.text) is box
        assert persons.CRISIS in words(found.text)
        assert '<a href="#answers.age">Age</a>' in found.text
    fault = client.post("/consult/options", data={"date": "2024-11-30", "answers.severity.value": "12"})
    assert "a score without scale; expected MADRS, HAM-D17, PHQ-9" in words(fault.text)
    said = {"date": "2024-11-30", "answers": {"sex": "man", "pregnant": "yes"}}
    opened = client.post("/consult/open", files={"file": ("a.yaml", yaml.safe_dump(said).encode())})
    assert "found yes, but “Sex” is “man”, of whom this is not asked" in words(opened.text)
    assert "another answer to “Sex”" in words(opened.text)


@pytest.mark.parametrize("content", [b"%PDF-1.4 \xff\xfe", b"hello there", b"shoes: 3", b"[]", b"date: ["])
def test_a_file_of_something_else_is_told_in_one_line(client: Client, content: bytes) -> None:
    found = client.post("/consult/open", files={"file": ("C:\\my\\a.pdf", content)})
    assert found.status_code == 422
    said = sections(found.text)["faults"]
    assert "1 answer cannot be used File of saved answers : “a.pdf” holds no saved answers: found " in said
    assert said.endswith("expected the file that “Save the answers” gives, such as person.yaml")
    assert '<details class="only-screen" open><summary>Open saved answers' in found.text


def test_what_is_still_to_ask_leads_to_its_field(client: Client) -> None:
    sent = {"date": "2024-11-30", "answers.age": "45"}
    first = client.get("/consult").text
    assert '<a href="#answers.suicidal">' in first
    assert first.index("Open saved answers") < first.index('id="first"')
    away = re.findall(r'formaction="/consult/why(#[^"]+)"', client.post("/consult/options", data=sent).text)
    whole = client.post("/consult/whole", data=sent).text
    here = re.findall(r'href="(#answers[^"]+)"', whole)
    assert len(away) > 5
    assert set(away) <= set(here)
    assert all(f'id="{each[1:]}"' in whole and f'id="{each[1:]}"' in first for each in here)


def test_what_can_be_misread_is_said_where_it_is_asked(client: Client) -> None:
    matters = words(client.post("/consult/matters", data={"date": "2024-11-30"}).text)
    assert "Your order changes none of the chances" in matters
    assert "not “Back”" in matters
    decide = words(client.post("/consult/decide", data={"date": "2024-11-30"}).text)
    assert "tick the boxes with a pen" in decide


# --- nothing is left behind -----------------------------------------------------------------------------------


def test_no_answer_stands_in_an_address_a_header_or_a_log(
    house: House, client: Client, caplog: pytest.LogCaptureFixture, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    said = answers_of("gentamicin")
    said["answers"] |= {"age": 87.25, "begun": 3711}
    marks = ("87.25", "3711", "aminoglycoside", "2024-11-30")
    sent = form(house, said)
    saved = client.post("/consult/save", data=sent)
    with caplog.at_level(logging.DEBUG):
        found = [client.post(f"/consult/{path}", data=sent) for path in
                 ("why", "options", "matters", "chances", "decide", "whole", "home", "save")]  # fmt: skip
        found.append(client.post("/consult/open", files={"file": ("87.25.yaml", saved.content)}))
        found.append(client.post("/consult/why", data={**sent, "answers.age": ["3711.87.25"]}))
    for response in found:
        assert response.headers["cache-control"] == "no-store"
        assert "set-cookie" not in response.headers
        assert "etag" not in response.headers
        kept = f"{response.url} {dict(response.headers)}"
        assert not [mark for mark in marks if mark in kept], kept
    for record in caplog.records:
        if record.name.startswith(("glabella", "starlette", "fastapi", "uvicorn")):
            assert not [mark for mark in marks if mark in record.getMessage()]
    assert list(tmp_path.iterdir()) == []
    assert "87.25" not in client.get("/consult").text


def test_fifty_people_at_once_get_what_each_gets_alone(house: House, client: Client) -> None:
    names = [*persons.PEOPLE] * 5
    alone = {name: client.post("/consult/chances", data=form(house, answers_of(name))).content for name in names}
    lock = threading.Barrier(10)

    def one(place: int) -> tuple[str, bytes]:
        if place < 10:
            lock.wait(60)
        name = names[place % len(names)]
        return name, client.post("/consult/chances", data=form(house, answers_of(name))).content

    with ThreadPoolExecutor(10) as pool:
        for name, content in pool.map(one, range(50)):
            assert content == alone[name], name


# --- another dossier ------------------------------------------------------------------------------------------


def test_another_dossier_has_no_word_of_the_shipped_one(tmp_path: Path) -> None:
    evidence = load(dossiers_made.bcg_consulted(tmp_path))
    house = House(evidence, persons.CRISIS, lambda: persons.TODAY)
    answers = {"age": 0, "country": "yes", "place": "near", "defences": "no", "skin": "yes", "given": "none"}
    with served(create_app(house)) as client:
        said = {"date": str(persons.DAY), "answers": answers}
        pages = [client.get("/consult").text]
        for step in (*(each.name for each in STEPS), "whole", "save"):
            found = client.post(f"/consult/{step}", data=form(house, said))
            assert found.status_code == 200, step
            pages.append(found.text)
    for page in pages:
        said_there = words(page).lower().replace("glabella", "")
        for word in ("toxin", "botul", "frown", "depress", "inject", "phq", "madrs", "brow", "antidepress"):
            assert word not in said_there, word


def test_a_dossier_without_consultation_says_so(tmp_path: Path) -> None:
    house = House(load(dossiers_made.bcg(tmp_path)))
    with served(create_app(house)) as client:
        for found in (client.get("/consult"), client.post("/consult/why", data={"date": "2024-11-30"})):
            assert found.status_code == 404
            assert "no consultation.yaml" in found.text


def test_what_is_saved_is_a_file_for_people(house: House, client: Client) -> None:
    text = client.post("/consult/save", data=form(house, answers_of("six weeks ago"))).text
    assert "    - {product: abobotulinumtoxinA, units: 50, date: 2024-10-19}" in text
    assert "  # How old are you?\n" in text
    assert yaml.safe_load(text)["answers"]["age"] == 45


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/consult/why", "application/x-www-form-urlencoded"), ("/consult/open", "multipart/form-data; boundary=x"),
     ("/api/consult", "application/json")],
)  # fmt: skip
def test_what_arrives_is_bounded_over_all_senders(
    house: House, path: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(house)
    monkeypatch.setattr(app.state.desk, "_may_arrive", 1_000)  # type: ignore[attr-defined]
    with served(app) as client:
        assert client.post(path, content=b"a" * 5_000, headers={"content-type": kind}).status_code == 503
        assert app.state.desk._arriving == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", ["00", "1000", "01"])
def test_a_row_that_the_form_has_not_is_told(client: Client, row: str) -> None:
    sent = {"date": "2024-11-30", "answers.earlier.0.product": "abobotulinumtoxinA",
            f"answers.earlier.{row}.product": "onabotulinumtoxinA"}  # fmt: skip
    found = client.post("/consult/save", data=sent)
    assert (found.status_code, f"found a row {row}" in words(found.text)) == (422, True)
