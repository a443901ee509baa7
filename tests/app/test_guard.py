"""Who may ask and how much may be sent: whatever stands in a head, an answer in words, and a line in the log."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator

import httpx
import pytest

from glabella.app import House, create_app
from glabella.dossier import load
from tests.app.serving import served, until, whole

_POLICY = b"content-security-policy"


@pytest.fixture(scope="module")
def asked_of() -> Iterator[httpx.Client]:
    """Serve the shipped dossier, of which a person can be told."""
    with served(create_app(House(load()))) as client:
        yield client


def said(client: httpx.Client, *lines: str, body: bytes = b"") -> tuple[int, bytes]:
    """Send a request as it is written here; give the status, and head and body of the answer."""
    with socket.create_connection(whole(client), timeout=30) as line:
        line.sendall("\r\n".join((*lines, "Connection: close", "", "")).encode() + body)
        answer = b""
        while more := line.recv(65_536):
            answer += more
    return int(answer.split()[1]), answer


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1/evil", "127.0.0.1#x", "127.0.0.1?x", "evil@127.0.0.1", "127.0.0.1:abc", "127.0.0.1:99999999",
     "127.0.0.1:65536", "127.0.0.1:", "[::1", "::1", "evil.example", "127.0.0.1 evil", "127.0.0.1\\evil", ""],
)  # fmt: skip
def test_what_is_no_name_of_this_machine_is_not_served(bcg_served: httpx.Client, host: str) -> None:
    status, answer = said(bcg_served, "GET /brief HTTP/1.1", f"Host: {host}")
    assert status == 421
    assert _POLICY in answer


@pytest.mark.parametrize("host", ["127.0.0.1:8321", "LOCALHOST", "localhost:65535", "[::1]:80"])
def test_names_of_this_machine_are_served(bcg_served: httpx.Client, host: str) -> None:
    assert said(bcg_served, "GET /check HTTP/1.1", f"Host: {host}")[0] == 200


@pytest.mark.parametrize(
    "origin",
    ["http://[", "null", "", "http://evil.example", "http://127.0.0.1:1/x", "http://x@localhost", "localhost",
     "ftp://localhost", "http://localhost#", "http://localhost.evil.example"],
)  # fmt: skip
def test_what_another_page_sends_is_refused_with_every_head(bcg_served: httpx.Client, origin: str) -> None:
    status, answer = said(
        bcg_served, "POST /check HTTP/1.1", "Host: localhost", f"Origin: {origin}", "Content-Length: 0"
    )
    assert status == 403
    assert _POLICY in answer
    assert b"This was sent from another page" in answer


@pytest.mark.parametrize("origin", ["http://localhost", "https://LocalHost"])
def test_what_the_own_page_sends_is_taken(bcg_served: httpx.Client, origin: str) -> None:
    assert said(bcg_served, "POST /check HTTP/1.1", "Host: localhost", f"Origin: {origin}", "Content-Length: 0")[
        0
    ] == (415)


@pytest.mark.parametrize(
    ("path", "media"),
    [("/api/check", "text/plain"), ("/check", "multipart/form-data; boundary=x"),
     ("/compare", "multipart/form-data; boundary=x")],
)  # fmt: skip
def test_what_grows_too_large_is_told_in_words_everywhere(bcg_served: httpx.Client, path: str, media: str) -> None:
    piece = b"%x\r\n" % 1_000_000 + bytes(1_000_000) + b"\r\n"
    status, answer = said(
        bcg_served, f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {media}",
        "Transfer-Encoding: chunked", body=26 * piece + b"0\r\n\r\n",
    )  # fmt: skip
    assert status == 413
    assert _POLICY in answer
    assert (b"application/json" in answer) == path.startswith("/api/")
    assert "More was sent than the 25 MB that a request may hold." in answer.decode()


def test_of_a_person_no_more_is_read_than_a_person_is(asked_of: httpx.Client) -> None:
    """Two MB come in, and the answer is there before the end of them, of which nobody told."""
    with socket.create_connection(whole(asked_of), timeout=30) as line:
        head = ("POST /api/consult HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                "Transfer-Encoding: chunked", "", "")  # fmt: skip
        line.sendall("\r\n".join(head).encode() + b"%x\r\n" % 2_000_000 + b" " * 2_000_000 + b"\r\n")
        assert line.recv(65_536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("path", ["brief", "claims", "popular-claims", "openapi.json", "number/nothing", "check"])
def test_the_head_alone_can_be_asked_of_what_can_be_read(bcg_served: httpx.Client, path: str) -> None:
    whole_, head = bcg_served.get(f"/api/{path}"), bcg_served.head(f"/api/{path}")
    assert head.status_code == whole_.status_code
    assert head.headers["content-type"] == whole_.headers["content-type"]
    assert head.content == b""


def test_the_log_has_a_line_for_each_request_that_nobody_can_forge(
    bcg_served: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    def lines() -> list[str]:
        return [said for each in caplog.records if "check" not in (said := each.getMessage())]

    with caplog.at_level(logging.INFO, "glabella.app"):
        bcg_served.get("/number/x%0a2026%20GET%20/fake%20200%1b[2J%e2%80%ae?secret=87")
        bcg_served.get("/" + "a" * 10_000)
        # A line is written when the answer is on its way already.
        assert until(lambda: len(lines()) == 2)
    first, second = lines()
    assert first.startswith("GET /number/x%0A2026%20GET%20/fake%20200%1B%5B2J%E2%80%AE 404 ")
    assert "secret" not in first
    assert len(second) < 400


def test_a_fault_of_the_api_is_json_whatever_is_sent(bcg_served: httpx.Client) -> None:
    _, answer = said(bcg_served, "GET /api/brief HTTP/1.1", "Host: 127.0.0.1/api")
    assert list(json.loads(answer.partition(b"\r\n\r\n")[2])) == ["faults"]
