"""Whatever is sent: a clear message with the right status, nothing run, nothing left, the next request served."""

from __future__ import annotations

import io
import logging
import os
import socket
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest
from pypdf import PdfWriter

from glabella.app import House, apart, check, create_app, guard, sent
from tests.app.serving import served, until, whole
from tests.cli.test_articles import bomb, pdf_of

SAID = "BCG prevents tuberculosis."
#: Takes minutes to be read: each sentence names the subject, a purpose and denials.
SLOW = 9_000 * "BCG does not prevent tuberculosis and it is not cheap, not that it protects nobody in the world. "


@pytest.fixture(autouse=True)
def _the_next_is_served(bcg_served: httpx.Client) -> Iterator[None]:
    yield
    assert bcg_served.get("/check").status_code == 200


def sent_file(client: httpx.Client, content: bytes, name: str = "article.txt") -> httpx.Response:
    return client.post("/check", files={"text": (None, ""), "file": (name, content)})


def workers() -> list[int]:
    """Give the processes that read articles for this one."""
    found = []
    for place in Path("/proc").iterdir():
        try:
            words = (place / "cmdline").read_bytes() if place.name.isdecimal() else b""
            parent = (place / "stat").read_text().rpartition(")")[2].split()[1] if words else ""
        except OSError:
            continue
        if b"_worker" in words and parent == str(os.getpid()):
            found.append(int(place.name))
    return found


# --- too much ---------------------------------------------------------------------------------------------------


def head(client: httpx.Client, *more: str) -> bytes:
    host, port = whole(client)
    lines = ("POST /check HTTP/1.1", f"Host: {host}:{port}", "Content-Type: multipart/form-data; boundary=x", *more)
    return "\r\n".join((*lines, "", "")).encode()


def test_what_is_too_large_by_its_own_word_is_refused_before_it_is_read(
    bcg_served: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_LINGER", 0.2)
    with socket.create_connection(whole(bcg_served), timeout=30) as line:
        line.sendall(head(bcg_served, "Content-Length: 200000000"))
        answer = line.recv(4096)
        assert answer.startswith(b"HTTP/1.1 413 ")
        while more := line.recv(4096):
            answer += more
    assert b"More was sent than the 25 MB that a request may hold." in answer


def test_what_grows_too_large_is_refused_while_it_is_sent(bcg_served: httpx.Client) -> None:
    """200 MB in pieces whose sum nobody told: the connection is closed before half of it was taken."""
    piece = b"%x\r\n" % 1_000_000 + bytes(1_000_000) + b"\r\n"
    taken = 0
    with socket.create_connection(whole(bcg_served), timeout=30) as line:
        line.sendall(head(bcg_served, "Transfer-Encoding: chunked"))
        try:
            for _ in range(200):
                line.sendall(piece)
                taken += 1
        except OSError:
            pass
        assert 25 <= taken < 150
    with socket.create_connection(whole(bcg_served), timeout=30) as line:
        line.sendall(head(bcg_served, "Transfer-Encoding: chunked") + 26 * piece)
        assert line.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_the_largest_that_may_be_is_read_in_memory_alone(
    bcg_served: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a file was made")

    for name in ("TemporaryFile", "NamedTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, never)
    with writing_seen() as seen:
        answer = sent_file(bcg_served, b"a" * 24_900_000)
        assert answer.status_code == 422
        assert "24,900,000 characters of text, expected at most 1,000,000" in answer.text
        assert sent_file(bcg_served, SAID.encode()).status_code == 200
    assert seen == []


_SEEN: list[str] | None = None


def _hook(event: str, told: tuple[Any, ...]) -> None:
    if _SEEN is not None and event == "open":
        path, mode, flags = told
        writes = set(mode or "") & set("wax+") or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR))
        # A number is what is open already, such as a pipe.
        if writes and path != os.devnull and not isinstance(path, int):
            _SEEN.append(str(path))


@contextmanager
def writing_seen() -> Iterator[list[str]]:
    """Note every file that this process opens to write."""
    global _SEEN  # noqa: PLW0603  a hook of the interpreter stays for ever, and must know when to look
    if _SEEN is None and not getattr(sys, "_glabella_hook", False):
        sys.addaudithook(_hook)
        sys._glabella_hook = True  # type: ignore[attr-defined]
    _SEEN = []
    try:
        yield _SEEN
    finally:
        _SEEN = None


def test_what_does_not_arrive_is_not_waited_for(bcg_served: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent, "SECONDS", 0.2)
    with socket.create_connection(whole(bcg_served), timeout=30) as line:
        line.sendall(head(bcg_served, "Content-Length: 1000") + b"--x")
        assert line.recv(4096).startswith(b"HTTP/1.1 408 ")


# --- what takes too long, and who goes away ---------------------------------------------------------------------


def test_what_takes_too_long_is_ended(bcg_served: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 2)
    answer = sent_file(bcg_served, SLOW.encode())
    assert answer.status_code == 422
    assert "could not be read within 2 seconds" in answer.text
    assert until(lambda: not workers())


def test_pages_are_served_while_articles_are_read_and_too_many_are_refused(
    bcg_house: House,
) -> None:
    app = create_app(bcg_house)
    with served(app) as client:
        lines = [slow_request(client) for _ in range(apart.MOST)]
        assert until(lambda: app.state.desk._here == apart.MOST)  # type: ignore[attr-defined]
        assert until(lambda: len(workers()) == 1)
        assert client.get("/check").status_code == 200
        answer = sent_file(client, SAID.encode())
        assert answer.status_code == 503
        assert "Other articles are being read" in answer.text
        pasted = client.post("/check", data={"text": SAID})
        assert (pasted.status_code, f">\n{SAID}</textarea>" in pasted.text) == (503, True)
        assert len(workers()) == 1
        for line in lines:
            line.close()
        assert until(lambda: not workers())
        assert sent_file(client, SAID.encode()).status_code == 200


def test_who_sends_slowly_takes_nobodys_place(bcg_house: House) -> None:
    with served(create_app(bcg_house)) as client, ExitStack() as open_lines:
        for _ in range(2 * apart.MOST):
            line = open_lines.enter_context(socket.create_connection(whole(client), timeout=30))
            line.sendall(head(client, "Content-Length: 50") + b"-")
        assert client.get("/check").status_code == 200
        assert sent_file(client, SAID.encode()).status_code == 200


def test_more_than_may_arrive_at_once_is_refused(bcg_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(bcg_house)
    desk = app.state.desk  # type: ignore[attr-defined]
    monkeypatch.setattr(desk, "_may_arrive", 100_000)
    with served(app) as client:
        with socket.create_connection(whole(client), timeout=30) as line:
            line.sendall(head(client, "Content-Length: 99999") + b"-" * 99_000)
            assert until(lambda: desk._arriving >= 99_000)
            assert sent_file(client, SAID.encode() * 100).status_code == 503
        assert until(lambda: desk._arriving == 0)
        assert sent_file(client, SAID.encode() * 100).status_code == 200


def test_comparisons_wait_in_line_and_no_page_waits_for_them(bcg_house: House) -> None:
    """A file of so many lists is read for seconds: of sixty, eight wait, one is read, and the others are told."""
    app = create_app(bcg_house)
    slow = b'{"format": "glabella-document", "version": 1, "kind": "brief", "x": [' + b"[]," * 400_000 + b"[]]}"
    body = b'--x\r\nContent-Disposition: form-data; name="older"; filename="a"\r\n\r\n' + slow + b"\r\n--x--\r\n"
    with served(app) as client, ExitStack() as open_lines:
        request = head(client, f"Content-Length: {len(body)}").replace(b"/check", b"/compare") + body
        for _ in range(60):
            line = open_lines.enter_context(socket.create_connection(whole(client), timeout=30))
            line.sendall(request)
        assert until(lambda: app.state.desk._here == apart.MOST)  # type: ignore[attr-defined]
        began = time.monotonic()
        assert client.get("/check").status_code == 200
        assert client.get("/report").status_code == 200
        assert time.monotonic() - began < 5
        assert len(workers()) <= 1
        answer = client.post("/compare", files={"older": ("a", b"{}")})
        assert answer.status_code == 503
        assert "Others are being served" in answer.text
        open_lines.close()
        assert until(lambda: not workers() and app.state.desk._here == 0)  # type: ignore[attr-defined]


def slow_request(client: httpx.Client) -> socket.socket:
    """Send an article that takes long, and leave before the answer."""
    body = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + SLOW.encode() + b"\r\n--x--\r\n"
    line = socket.create_connection(whole(client), timeout=30)
    line.sendall(head(client, f"Content-Length: {len(body)}") + body)
    return line


def test_reading_ends_with_the_server(bcg_house: House) -> None:
    with served(create_app(bcg_house)) as client:
        line = slow_request(client)
        assert until(workers)
    assert until(lambda: not workers())
    line.close()


# --- no article -------------------------------------------------------------------------------------------------


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(50_000_000))
    return out.getvalue()


def flate_bomb() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        bomb(Path(folder) / "bomb.pdf")
        return (Path(folder) / "bomb.pdf").read_bytes()


def locked() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def pages_in_a_ring() -> bytes:
    return pdf_of(b"BT ET").replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]")


def of_many_pages() -> bytes:
    one = pdf_of(b"BT ET").replace(b"/Count 1", b"/Count 999999999")
    return one.replace(b"[3 0 R]", b"[" + b"3 0 R " * 300_000 + b"]")


FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a zip bomb": ("bomb.zip", zipped, "a zipped file, such as a Word document"),
    "a Word document": ("letter.docx", zipped, "a zipped file, such as a Word document"),
    "an old Office document": ("old.doc", lambda: b"\xd0\xcf\x11\xe0" + bytes(999), "an old Office document"),
    "a picture": ("picture.txt", lambda: b"\x89PNG\r\n" + bytes(999), "a picture"),
    "a program": ("letter.txt", lambda: b"\x7fELF" + bytes(999), "a program"),
    "bytes": ("letter.txt", lambda: bytes(range(256)) * 99, "expected text, Markdown, HTML or PDF|is not UTF-8"),
    "Latin-1": ("letter.txt", lambda: "BCG protège.".encode("latin-1"), "byte 0xe8 is not UTF-8"),
    "half a UTF-16": ("letter.txt", lambda: b"\xff\xfeB\0C", "begins as UTF-16 and is not"),
    "a page in a code that does not exist": (
        "page.html", lambda: b'<html><meta charset="nonsense"><p>caf\xe9', "declared to be in nonsense"),
    "nothing": ("empty.txt", lambda: b"", "empty, expected an article"),
    "spaces": ("empty.txt", lambda: b" \n\t", "empty, expected an article"),
    "scripts alone": ("page.html", lambda: b"<html><script>BCG prevents TB</script>", "holds no text"),
    "a compressed PDF bomb": ("bomb.pdf", flate_bomb, "PDF|memory|seconds"),
    "a broken PDF": ("broken.pdf", lambda: b"%PDF-1.7\n" + bytes(99), "a broken PDF"),
    "a locked PDF": ("locked.pdf", locked, "a PDF with a password"),
    "a scan": ("scan.pdf", lambda: pdf_of(b"0 0 10 10 re f"), "holds no text"),
    "a PDF whose pages hold themselves": ("ring.pdf", pages_in_a_ring, "PDF|holds no text"),
    "a PDF of many pages": ("many.pdf", of_many_pages, "PDF|holds no text|seconds"),
    "a PDF of lists in lists": (
        "deep.pdf", lambda: pdf_of(b"[" * 900_000 + b"]" * 900_000 + b" TJ"), "PDF|holds no text|seconds|memory"),
    "a million characters and one": ("long.txt", lambda: b"a" * 1_000_001, "1,000,001 characters of text"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_article_is_refused_in_a_line(bcg_served: httpx.Client, name: str) -> None:
    file, make, said = FILES[name]
    answer = sent_file(bcg_served, make(), file)
    assert answer.status_code == 422
    assert answer.headers["cache-control"] == "no-store"
    assert any(each in answer.text for each in said.split("|"))
    assert f"{file}: " in answer.text
    assert until(lambda: not workers())


#: Texts that a careless expression would read over and over, for hours. Python's own reader of HTML does so with a
#: run of tags that never end; that is ended like all that takes too long.
TIRING = {
    "words": "a ", "stops": "BCG. ", "brackets": "![", "links": "[a](", "stars": "*a ", "quotes": "> ",
    "lines": "a\n", "dots": ".", "one word": "a", "dashes": "-", "comments": "<!--",
    "closed comments": "<!-- -->",
    "breaks": "\r\n\r\n-",
}  # fmt: skip


@pytest.mark.parametrize("name", TIRING)
def test_a_field_of_nothing_is_read_through(bcg_served: httpx.Client, name: str) -> None:
    many = TIRING[name] * (300_000 // len(TIRING[name]))
    for text in (f"BCG is cheap. {many}", f"{many} BCG is cheap."):
        answer = bcg_served.post("/check", files={"text": (None, text)})
        assert answer.status_code == 200 or "holds no text" in answer.text


HOSTILE = (
    'BCG <script>alert(1)</script> prevents tuberculosis. BCG "><img src=x onerror=alert(1)> is cheap. '
    "BCG prevents tuberculosis {{ 7*7 }} and {% raise %}. [BCG](javascript:alert(1)) prevents tuberculosis."
)


@pytest.mark.parametrize("form", ["text", "file.txt", "file.md", "file.html"])
def test_nothing_in_an_article_is_obeyed(bcg_served: httpx.Client, form: str) -> None:
    if form == "text":
        answer = bcg_served.post("/check", files={"text": (None, HOSTILE)})
    else:
        answer = sent_file(bcg_served, HOSTILE.encode(), form)
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert 'href="javascript' not in answer.text
    assert "49" not in answer.text.replace("{{ 7*7 }}", "")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("<script>alert(1)<script>.txt", "&lt;script&gt;alert(1)&lt;script&gt;.txt"),
        ("a" * 1_000, "a" * 80 + "…"),
        ("..", "The file you chose"),
        ("/", "The file you chose"),
    ],
)
def test_a_name_is_shown_and_leads_nowhere(bcg_served: httpx.Client, name: str, shown: str) -> None:
    answer = sent_file(bcg_served, SAID.encode(), name)
    assert answer.status_code == 200
    assert f">{shown}<" in answer.text
    assert "<script" not in answer.text


# --- no form ----------------------------------------------------------------------------------------------------

PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
FORMS: dict[str, tuple[str, bytes, int, str]] = {
    "nothing": ("multipart/form-data; boundary=x", b"--x--\r\n", 422, "Nothing was sent"),
    "no file chosen": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n', 422,
        "Nothing was sent"),
    "spaces": ("multipart/form-data; boundary=x", PART % (b"text", b"  \n") + b"--x--\r\n", 422,
               "Nothing was sent"),
    "a file as text": ("multipart/form-data; boundary=x", PART % (b"file", b"BCG") + b"--x--\r\n", 422,
                       "file: found a text"),
    "both": (
        "multipart/form-data; boundary=x",
        PART % (b"text", b"BCG")
        + b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nBCG\r\n--x--\r\n', 422,
        "Both a text and a file were sent"),
    "two files": (
        "multipart/form-data; boundary=x",
        2 * b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nBCG\r\n' + b"--x--\r\n",
        400, "Too many files"),
    "too many fields": ("multipart/form-data; boundary=x", 99 * (PART % (b"a", b"b")) + b"--x--\r\n", 400,
                        "Too many fields"),
    "too many fields of an address": ("application/x-www-form-urlencoded", b"a=b&" * 99, 400, "Too many fields"),
    "fields of nothing": ("application/x-www-form-urlencoded", b"&" * 24_000_000, 400, "Too many fields"),
    "no boundary": ("multipart/form-data", b"--x--\r\n", 400, "no whole form"),
    "another boundary": ("multipart/form-data; boundary=y", PART % (b"text", b"BCG"), 400, "no whole form"),
    "a broken head": ("multipart/form-data; boundary=x", b"--x\r\nContent\0-\r\n\r\n--x--", 400, "no whole form"),
    "no name": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nBCG\r\n--x--\r\n",
                400, "no whole form"),
    "no disposition": ("multipart/form-data; boundary=x", b"--x\r\nA: b\r\n\r\nBCG\r\n--x--\r\n", 400,
                       "no whole form"),
    "heads without end": ("multipart/form-data; boundary=x", b"--x\r\n" + b"a: b\r\n" * 99_999, 400,
                          "no whole form"),
    "no kind": ("", b"BCG", 415, "found nothing, expected one of"),
    "JSON": ("application/json", b'{"text": "BCG"}', 415, "found application/json, expected one of"),
    "a hostile kind": ("<script>", b"BCG", 415, "&lt;script&gt;"),
    **{f"a code {code}": (f"multipart/form-data; boundary=x; charset={code}", PART % (b"text", b"B") + b"--x--\r\n",
                          400, f"charset {code}, expected utf-8")
       for code in ("nonsense", "punycode", "undefined", "idna", "utf-16", "cp037")},
    "no last boundary": ("multipart/form-data; boundary=x", PART % (b"text", b"BCG") + PART % (b"file", b"B"), 400,
                         "its last boundary is missing"),
    "two texts": ("multipart/form-data; boundary=x", 2 * (PART % (b"text", b"BCG")) + b"--x--\r\n", 422,
                  "Two texts were sent"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("path", ["/check", "/api/check"])
def test_what_is_no_form_is_refused_in_a_line(bcg_served: httpx.Client, name: str, path: str) -> None:
    kind, body, status, said = FORMS[name]
    answer = bcg_served.post(path, content=body, headers={"content-type": kind} if kind else {})
    assert answer.status_code == status
    if path == "/check":
        assert said in answer.text
        assert 'role="alert"' in answer.text
        assert "<script" not in answer.text
    else:
        (fault,) = answer.json()["faults"]
        assert said.replace("&lt;", "<").replace("&gt;", ">") in fault


LAST = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a.json"\r\n\r\n{}\r\n'


@pytest.mark.parametrize(
    ("body", "said"),
    [(LAST % b"older" + LAST % b"newer", "no whole form"),
     (2 * (LAST % b"older") + b"--x--\r\n", "Two files")],
)  # fmt: skip
def test_what_is_no_whole_comparison_is_not_compared(bcg_served: httpx.Client, body: bytes, said: str) -> None:
    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = bcg_served.post("/compare", content=body, headers=kind)
    assert (answer.status_code, said in answer.text) == (400, True)


# --- what is not there, and what fails --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/nothing", "/check/more", "/report/..%2f..%2fetc%2fpasswd", "/number/%00<script>"]
)
def test_what_is_not_there_is_said_on_a_page(bcg_served: httpx.Client, path: str) -> None:
    answer = bcg_served.get(path)
    assert answer.status_code == 404
    assert '<nav class="doors"' in answer.text
    assert "<script" not in answer.text


def test_another_way_of_asking_is_said_on_a_page(bcg_served: httpx.Client) -> None:
    for answer in (bcg_served.put("/check"), bcg_served.delete("/brief")):
        assert answer.status_code == 405
        assert "This address is not asked in this way" in answer.text
        assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/check", "/api/check"])
def test_a_failure_is_said_without_what_failed_and_written_down_without_what_was_sent(
    bcg_served: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    def fails(*_: object) -> NoReturn:
        raise ValueError("a secret of the person")

    monkeypatch.setattr(check, "checked_document", fails)
    with caplog.at_level(logging.DEBUG):
        answer = bcg_served.post(path, files={"text": (None, f"{SAID} A secret, too.")})
    assert answer.status_code == 500
    assert "The app failed at this page" in answer.text
    assert "Traceback" not in answer.text
    logged = [each.getMessage() for each in caplog.records if each.name == "glabella.app"]
    assert any("failed: ValueError at" in each and "test_bad_input.py" in each for each in logged)
    assert "secret" not in "\n".join(each.getMessage() + str(each.exc_text) for each in caplog.records)


def test_a_dossier_without_frames_says_so(tmp_path: Path) -> None:
    from glabella.dossier import load
    from tests import dossiers_made

    with served(create_app(House(load(dossiers_made.bcg(tmp_path / "bcg"))))) as client:
        assert "the dossier has no frames.yaml" in client.get("/check").text
        answer = sent_file(client, SAID.encode())
        assert answer.status_code == 404
        assert "the dossier has no frames.yaml" in answer.text
