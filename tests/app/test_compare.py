"""Two editions compared: the same sentences as the command gives, and nothing of what is sent is kept or obeyed."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from httpx import Response
from starlette.testclient import TestClient

from glabella.app import House
from glabella.brief import Results, as_json, changed, document, html, markdown
from glabella.brief.difference import answer_changed
from glabella.brief.written import read
from glabella.dossier import Evidence
from glabella.shown import Document
from tests.app.reading import Page, client, shipped_house

pytestmark = pytest.mark.xdist_group("app-read")


@pytest.fixture(scope="module")
def app() -> Iterator[TestClient]:
    with client(shipped_house()) as opened:
        yield opened


def earlier(evidence: Evidence) -> Evidence:
    """Give the dossier as if one trial had had other numbers, and its file another digest. MADE UP."""
    study = evidence.studies["magid2014"]
    results = tuple(
        result.model_copy(update={
            "arms": {
                key: arm.model_copy(update={
                    "events": arm.events and arm.events.model_copy(update={"value": (arm.events.value or 0) + 1})
                })
                for key, arm in result.arms.items()
            }
        })
        for result in study.results
    )  # fmt: skip
    studies = {**evidence.studies, "magid2014": study.model_copy(update={"results": results})}
    digests = {**evidence.digests, "studies/magid2014.yaml": "0" * 64}
    return replace(evidence, studies=studies, digests=digests)


@cache
def older_brief() -> Document:
    return document(Results(earlier(shipped_house().evidence)), "brief")


def send(
    app: TestClient, older: bytes | None, newer: bytes | None = None, headers: dict[str, str] | None = None
) -> Response:
    files = {name: (f"{name}.html", it) for name, it in (("older", older), ("newer", newer)) if it is not None}
    answer: Response = app.post("/compare", files=files or {"other": ("other", b"")}, headers=headers)
    return answer


def test_the_form_asks_for_files_and_needs_no_script(app: TestClient) -> None:
    answer = app.get("/compare")
    assert answer.status_code == 200
    assert 'enctype="multipart/form-data"' in answer.text
    assert Page(answer.text).faults == []


@pytest.mark.parametrize("kind", ["brief", "report"])
def test_todays_edition_beside_itself_has_not_changed(app: TestClient, kind: str) -> None:
    made = as_json(getattr(shipped_house(), kind)).encode()
    for files in ((made,), (made, made)):
        answer = send(app, *files)
        assert answer.status_code == 200
        assert "Nothing changed" in Page(answer.text).text
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("write", [as_json, html])
def test_what_changed_is_said_as_the_command_says_it(app: TestClient, write: object) -> None:
    assert callable(write)
    before, after = write(older_brief()), write(shipped_house().brief)
    expected = changed(before, after)
    assert any("magid2014" in line for line in expected)
    for answer in (send(app, before.encode()), send(app, before.encode(), after.encode())):
        text = Page(answer.text).text
        assert answer.status_code == 200
        for line in expected:
            assert " ".join(line.strip().removesuffix(":").split()) in text
    back = Page(send(app, after.encode(), before.encode()).text).text
    for line in changed(after, before):
        assert " ".join(line.strip().removesuffix(":").split()) in back


ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as packed:
    packed.writestr("a.html", b"0" * 1_000_000)
DEEP = b"<!doctype html>" + b"<div>" * 100_000


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (b"just words", None),
        (b"\x00\xff\xfe binary \x80", None),
        (b"{", None),
        (b'{"claims": []}', None),
        (b"[" * 100_000, None),
        (b'{"format": "glabella-document", "kind": "brief"}', None),
        (b"<!doctype html><p>a page</p>", None),
        (DEEP, None),
        (ZIP.getvalue(), None),
        ("# Títle\nwords".encode("utf-16"), None),
        (b"%PDF-1.7", None),
    ],
)
def test_what_is_no_document_is_refused_in_words(app: TestClient, older: bytes, newer: bytes | None) -> None:
    answer = send(app, older, newer)
    assert answer.status_code == 422
    text = Page(answer.text).text
    assert "The older file: " in text
    assert "expected a brief or a report" in text
    assert answer.headers["cache-control"] == "no-store"
    # The next one is served.
    assert app.get("/compare").status_code == 200


def test_the_file_at_fault_is_named(app: TestClient) -> None:
    good = as_json(shipped_house().brief).encode()
    assert "The newer file: " in Page(send(app, good, b"nothing").text).text
    report = as_json(shipped_house().report).encode()
    both = send(app, good, report)
    assert both.status_code == 422
    assert "a brief and a report, expected two of the same document" in Page(both.text).text


def test_without_a_file_it_says_what_is_needed(app: TestClient) -> None:
    for answer in (
        send(app, None),
        send(app, b""),
        send(app, None, b"{}"),
        app.post("/compare", data={"older": "a text"}),
        app.post("/compare", content=b"x", headers={"content-type": "multipart/form-data"}),
        app.post("/compare", content=b"x", headers={"content-type": "multipart/form-data; boundary=a"}),
        app.post("/compare", content=b"{}", headers={"content-type": "application/json"}),
        app.post("/compare", files=[("older", b"1"), ("newer", b"2"), ("third", b"3")]),
    ):
        assert answer.status_code == 400
        assert "expected one file, or two, of briefs or reports" in Page(answer.text).text


def test_nothing_is_written_to_the_disk(app: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def written(*_: object, **__: object) -> None:
        raise AssertionError("a file was put onto the disk")

    monkeypatch.setattr(tempfile, "TemporaryFile", written)
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", written)
    large = html(older_brief()).encode() + b" " * 3_000_000
    answer = send(app, large)
    assert answer.status_code == 200
    assert "magid2014" in answer.text


def test_what_a_file_holds_is_never_obeyed(app: TestClient) -> None:
    text = as_json(older_brief())
    worse = text.replace("pooled effect", "<script>alert(1)</script><img src=x onerror=alert(1)> effect")
    assert worse != text
    answer = send(app, as_json(shipped_house().brief).encode(), worse.encode())
    page = Page(answer.text)
    assert answer.status_code == 200
    assert "<script>alert(1)</script>" in page.text
    assert page.faults == []


def test_a_form_sent_from_elsewhere_is_refused(app: TestClient) -> None:
    answer = send(app, b"x", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_more_than_a_request_may_hold_is_refused() -> None:
    house = House(shipped_house().evidence)
    with client(house) as app:
        assert send(app, b"x" * 26_000_000).status_code == 413


# --- the answer first ----------------------------------------------------------------------------------------


def otherwise(document: Document, **changes: str) -> str:
    """Write a document in which some words stand otherwise. MADE UP."""
    text = as_json(document)
    for was, now in changes.items():
        assert was in text
        text = text.replace(was, now)
    return text


def test_a_comparison_begins_with_whether_the_answer_changed(app: TestClient) -> None:
    brief = shipped_house().brief
    now = as_json(brief).encode()
    same = send(app, now).text
    assert "The answer did not change: the bottom line and its certainty, very low, are the same." in same
    other = send(app, otherwise(brief, **{"We cannot tell": "We can tell"}).encode(), now).text
    page = Page(other).text
    assert page.index("The answer changed: “We can tell") < page.index("What changed")
    # All else is folded.
    assert other.count("<details>") >= 1
    assert "<h3>" not in other
    surer = send(app, otherwise(brief, **{'"word": "very low"': '"word": "moderate"'}).encode(), now).text
    assert "Its certainty was moderate and is now very low." in Page(surer).text


def test_the_effect_that_leads_is_told_where_it_moved() -> None:
    after = read(as_json(shipped_house().brief))
    effect = after.claims["scores_all.points"]
    before = replace(after, claims={**after.claims, effect.id: replace(effect, value=-9.0)})
    was, now = (it.claims[effect.id].text for it in (before, after))
    said = answer_changed(before, after)
    assert was != now
    assert f"The pooled effect was {was} and is now {now}." in said
    assert answer_changed(after, after).startswith("The answer did not change")
    assert answer_changed(read(markdown(shipped_house().brief)), read(markdown(shipped_house().brief))) == ""
