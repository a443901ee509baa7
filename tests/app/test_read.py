"""Reading: pages show what the documents hold, and nothing else; names in them are only ever shown."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from glabella.app import House
from glabella.app.contents import OTHER, parts_of
from glabella.app.house import Kept
from glabella.app.pages import body_of
from glabella.brief import as_json, html
from glabella.dossier import Evidence, load
from tests import dossiers_made
from tests.app.reading import Page, client, pages_of, shipped_house
from tests.brief.hostile import HOSTILE
from tests.test_dossiers_made import FOREIGN

pytestmark = pytest.mark.xdist_group("app-read")


@pytest.fixture(scope="module")
def app() -> Iterator[TestClient]:
    with client(shipped_house()) as opened:
        yield opened


@pytest.fixture(scope="module")
def file() -> str:
    """Give the report as a file of its own, without its pictures."""

    def undrawn(plots: object) -> Iterator[str]:
        assert isinstance(plots, list)
        return ("" for _ in plots)

    return html(shipped_house().report, undrawn)


def test_a_section_page_shows_exactly_the_numbers_of_the_files_section(app: TestClient, file: str) -> None:
    house = shipped_house()
    anchors = {"_".join(name.split()): name for name in house.claims}
    seen = 0
    for name in house.sections:
        inner = section_of(file, name)
        found = re.findall(r'<(?:a|span) class="n"[^>]*?(?:href="#n-([^"]+)"|data-claim="([^"]+)")', inner)
        expected = [anchors.get(unquote(unescape(a)), "") or unescape(b) for a, b in found]
        assert Page(section_of(app.get(f"/report/{name}").text, name)).numbers == expected, name
        seen += len(expected)
    assert seen > 1000, "most numbers of the report are written in it"


def section_of(page: str, name: str) -> str:
    """Give what stands within a section of a page."""
    begin = page.index(f'<section id="{name}"')
    depth = 0
    for found in re.finditer(r"<(/?)section\b", page[begin:]):
        depth += -1 if found[1] else 1
        if depth == 0:
            return page[begin : begin + found.start()]
    raise AssertionError(f"section {name} does not end")


def test_every_section_of_the_report_has_a_page_and_is_listed(app: TestClient) -> None:
    house = shipped_house()
    listed = [link for link in Page(app.get("/report").text).links if link.startswith("/report/")]
    assert [name for name in map(last, listed) if name in house.sections] == list(house.sections)
    here = Page(app.get("/report/effect").text)
    assert {last(link) for link in here.links if link.startswith("/report/")} >= set(house.sections)
    assert app.get("/report/effect").text.count('aria-current="page"') == 2  # the door and the section


def last(link: str) -> str:
    return unquote(link.rpartition("/")[2])


def test_the_brief_shows_the_numbers_of_its_file(app: TestClient) -> None:
    made = html(shipped_house().brief)
    expected = re.findall(r'class="n"[^>]* data-claim="([^"]+)"', made)
    page = Page(app.get("/brief").text)
    assert page.numbers == expected
    # Each box leads to the way of its number.
    assert {link for link in page.links if link.startswith("/number/")} == {f"/number/{it}" for it in set(expected)}


@pytest.mark.parametrize("kind", ["brief", "report"])
def test_a_document_taken_along_is_the_document(app: TestClient, kind: str) -> None:
    answer = app.get(f"/take/{kind}.json")
    assert answer.text == as_json(getattr(shipped_house(), kind))
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "path", ["/report/nothing", "/report/%2e%2e%2fetc%2fpasswd", "/number/nothing", "/number/../x", "/take/x.exe",
             "/take/brief.pdf", "/style/x.css", "/number/%00", "/number/" + "a" * 5000]
)  # fmt: skip
def test_what_is_not_there_is_said(app: TestClient, path: str) -> None:
    answer = app.get(path)
    assert answer.status_code == 404
    assert answer.text.strip()


def test_a_page_is_the_same_pressed_or_not_and_known_again(app: TestClient) -> None:
    plain = app.get("/report/effect", headers={"accept-encoding": "identity"})
    pressed = app.get("/report/effect", headers={"accept-encoding": "gzip"})
    assert pressed.headers["content-encoding"] == "gzip"
    assert pressed.content == plain.content  # the client has unpacked it
    again = app.get("/report/effect", headers={"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert gzip.decompress(body_of(plain.content).pressed) == plain.content


def test_no_page_holds_a_style_a_script_or_an_address_elsewhere_but_to_sources(app: TestClient) -> None:
    addresses = {it.address for it in shipped_house().report.references}
    for path in pages_of(shipped_house(), ("scores_all.estimate", "scores_all.brin2020.u30_v_placebo.effect")):
        answer = app.get(path)
        page = Page(answer.text)
        assert answer.status_code == 200, path
        assert page.faults == [], path
        assert {link for link in page.links if "//" in link} <= addresses, path
        assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_every_link_within_the_app_leads_somewhere(app: TestClient) -> None:
    links = {
        link.partition("#")[0] for path in pages_of(shipped_house()) for link in Page(app.get(path).text).links
    }
    ours = {
        link for link in links if link.startswith("/") and not link.startswith(("/number/", "/consult", "/check"))
    }
    assert {link: app.get(link).status_code for link in ours} == dict.fromkeys(ours, 200)
    numbers = {unquote(link.removeprefix("/number/")) for link in links if link.startswith("/number/")}
    assert numbers <= set(shipped_house().claims)


# --- other dossiers ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bcg(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(load(dossiers_made.bcg(tmp_path_factory.mktemp("bcg") / "dossier")))


def test_no_word_of_the_shipped_treatment_stands_in_the_pages_of_another(bcg: House) -> None:
    wrong = re.compile("|".join(FOREIGN), re.IGNORECASE)
    with client(bcg) as app:
        for path in pages_of(bcg, list(bcg.claims)):
            answer = app.get(path)
            assert answer.status_code == 200, path
            assert wrong.findall(Page(answer.text).text) == [], path


@pytest.mark.parametrize("make", [dossiers_made.starter, dossiers_made.walking])
def test_every_dossier_can_be_read(tmp_path: Path, make: object) -> None:
    assert callable(make)
    house = House(load(make(tmp_path / "dossier")))
    with client(house) as app:
        for path in pages_of(house, list(house.claims)):
            answer = app.get(path)
            assert answer.status_code == 200, path
            assert Page(answer.text).faults == [], path


def hostile(evidence: Evidence) -> Evidence:
    """Give a dossier whose names hold what HTML or Markdown might obey."""
    texts = iter(HOSTILE * 9)

    def worse(text: str) -> str:
        return f"{text} {next(texts)} <script>alert(1)</script>"

    studies = {
        name: study.model_copy(update={
            "label": worse(study.label),
            "arms": {key: arm.model_copy(update={"label": worse(arm.label)}) for key, arm in study.arms.items()},
        })
        for name, study in evidence.studies.items()
    }  # fmt: skip
    dossier = evidence.dossier
    words = {name: worse(getattr(dossier.words, name)) for name in ("treatment", "short", "condition", "visit")}
    analyses = {
        key: it.model_copy(update={"label": worse(it.label), "why": worse(it.why)})
        for key, it in dossier.analyses.items()
    }
    outcomes = {key: it.model_copy(update={"label": worse(it.label)}) for key, it in dossier.outcomes.items()}
    references = {
        key: it.model_copy(update={"title": worse(it.title), "note": worse(it.note)})
        for key, it in evidence.references.items()
    }
    changed = dossier.model_copy(update={
        "title": worse(dossier.title), "analyses": analyses, "outcomes": outcomes,
        "words": dossier.words.model_copy(update=words),
        "question": dossier.question.model_copy(update={"title": worse(dossier.question.title)}),
    })  # fmt: skip
    return replace(evidence, studies=studies, dossier=changed, references=references)


def test_what_names_hold_is_shown_and_never_obeyed(bcg: House) -> None:
    house = House(hostile(bcg.evidence))
    ways = [
        "/choices?method=DL",
        "/choices?time=<script>",
        "/number/chosen.all_trials.estimate?analysis=all_trials&method=DL",
    ]
    seen = 0
    with client(house) as app:
        for path in [*pages_of(house, list(house.claims)), *ways]:
            page = Page(app.get(path).text)
            assert page.faults == [], path
            seen += page.text.count("<script>alert(1)</script>")
    assert seen > 100, "the names are shown"


def test_an_address_that_holds_html_is_said_as_text(app: TestClient) -> None:
    for path in ("/report/<script>alert(1)</script>", "/number/<img src=x onerror=alert(1)>",
                 "/take/<script>alert(1)<%2fscript>.html", "/choices?<script>=1"):  # fmt: skip
        answer = app.get(path)
        assert answer.status_code in (400, 404)
        assert Page(answer.text).faults == []


# --- what is held --------------------------------------------------------------------------------------------


def test_a_shelf_holds_no_more_than_its_room() -> None:
    kept = Kept({"lasting": float("inf"), "pages": 1000, "chosen": 2})
    for place in range(50):
        kept.get(place, lambda: body_of(b"x" * 100))
        kept.get(place, object, "chosen")
        kept.get(place, object, "lasting")
    held = [place for place in range(50) if kept.has(place)]
    assert 0 < sum(body_of(b"x" * 100).size for _ in held) <= 1000
    assert held == list(range(50 - len(held), 50)), "those asked for last"
    assert [place for place in range(50) if kept.has(place, "chosen")] == [48, 49]
    assert all(kept.has(place, "lasting") for place in range(50))


def test_something_larger_than_its_shelf_is_given_all_the_same() -> None:
    kept = Kept({"lasting": 1, "pages": 10, "chosen": 1})
    assert kept.get("a", lambda: body_of(b"y" * 500)).plain == b"y" * 500


def test_what_is_held_is_given_while_something_else_is_made() -> None:
    kept, making, done = Kept(), threading.Event(), threading.Event()
    kept.get("there", lambda: "held")

    def slow() -> str:
        making.set()
        done.wait(30)
        return "slow"

    thread = threading.Thread(target=lambda: kept.get("slow", slow))
    thread.start()
    making.wait(30)
    assert kept.get("there", lambda: "made again") == "held"
    done.set()
    thread.join()
    assert kept.get("slow", lambda: "made again") == "slow"


def test_what_many_ask_for_at_once_is_made_once() -> None:
    kept, made, begin = Kept(), [], threading.Barrier(8)

    def ask() -> None:
        begin.wait()
        kept.get("one", lambda: made.append(1))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_many_pages_drop_no_document() -> None:
    house = House(shipped_house().evidence, kept=Kept({"lasting": float("inf"), "pages": 60_000, "chosen": 2}))
    with client(house) as app:
        before = house.report
        for name in list(house.claims)[:40]:
            assert app.get(f"/number/{name}").status_code == 200
    assert house.report is before


# --- finding one's way ---------------------------------------------------------------------------------------


def test_the_contents_stand_in_few_parts_each_with_what_is_there(app: TestClient) -> None:
    house = shipped_house()
    found = list(parts_of(house.sections))
    assert len(found) < 10
    # Every section of the shipped report has a part, in the order of the report.
    assert OTHER not in [part for part, _ in found]
    assert [name for _, names in found for name in names] == list(house.sections)
    text = app.get("/report").text
    for part, names in found:
        inner = text[text.index(f">{part.title}</h2>") :]
        assert part.what in inner[: inner.index("<section")]
        assert all(f'<section id="in-{name}"' in inner for name in names)


def test_a_section_that_no_part_names_is_listed_all_the_same() -> None:
    assert [(part.title, names) for part, names in parts_of(["sure", "of-another", "effect"])] == [
        ("Does it work, and how sure is that?", ("sure", "effect")), (OTHER.title, ("of-another",)),
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/nosuch", "/report/nosuch", "/number/nosuch", "/take/nosuch"])
def test_an_unknown_address_leads_to_the_start_and_the_contents(app: TestClient, path: str) -> None:
    answer = app.get(path)
    page = Page(answer.text)
    assert answer.status_code == 404
    assert "the start" in page.text
    main = answer.text[answer.text.index('<main id="main">') :]
    assert {"/", "/report"} <= set(Page(main).links)


def test_what_the_page_is_not_is_said_once(app: TestClient) -> None:
    for path in [*pages_of(shipped_house(), ["scores_all.estimate"]), "/choices?analysis=scores_all&method=DL",
                 "/choices?time=nothing", "/nosuch", "/consult", "/check"]:  # fmt: skip
        assert app.get(path, follow_redirects=True).text.count("not medical advice") == 1, path


def test_every_row_of_the_index_of_claims_leads_to_its_entry(app: TestClient) -> None:
    text = app.get("/report/claims").text
    rows = re.findall(r'<tr><th scope="row"[^>]*><a href="#(claim-[^"]+)">([^<]+)</a>', text)
    claims = shipped_house().evidence.claims.claims
    assert sorted(name for name, _ in rows) == sorted(f"claim-{claim.id}" for claim in claims)
    for name, words in rows:
        entry = re.search(rf'<h2 id="{name}">(.*?)</h2>', text)
        assert entry is not None
        assert unescape(words) in unescape(re.sub("<[^>]+>", "", entry[1]))


def test_which_trials_are_told_of_stands_before_their_numbers(app: TestClient) -> None:
    text = Page(section_of(app.get("/report/absolute").text, "absolute")).text
    first = re.search(r"\d", text)
    assert first is not None
    assert "the largest left out" in text[: first.start()]
    # Of the table as well: its caption says so before its first row.
    assert text.index("The largest trial is in no row") < text.index("small trials against placebo: response")
