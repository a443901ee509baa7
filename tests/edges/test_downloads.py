"""Downloads stop at the size that is known, stay at their host, and can be told that an archive was issued anew."""

from __future__ import annotations

import hashlib
import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from glabella.safety.faers import FetchError, Known, fetch
from tests.edges.files import archive, few, run

NAME = "faers_ascii_2018q1.zip"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    sent = 0


@contextmanager
def host(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[str, _Server]]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name the library has
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/Exports", server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def known(content: bytes) -> dict[str, Known]:
    return {NAME: Known(len(content), hashlib.sha256(content).hexdigest())}


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    return archive(tmp_path / "made", few()).read_bytes()


def endless(declared: bool) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with 64 MiB where some kilobytes are expected, their number told beforehand or not."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if declared:
            request.send_header("Content-Length", str(64 << 20))
        request.end_headers()
        request.close_connection = True
        try:
            for _ in range(64):
                request.wfile.write(b"x" * (1 << 20))
                request.server.sent += 1 << 20  # type: ignore[attr-defined]
        except OSError:
            return

    return answer


@pytest.mark.parametrize("declared", [True, False])
def test_a_download_stops_at_the_size_that_is_known(tmp_path: Path, whole: bytes, declared: bool) -> None:
    largest = [0]

    def watch(done: int, total: int | None, name: str) -> None:
        del total, name
        largest[0] = max(largest[0], done)

    with host(endless(declared)) as (url, _), pytest.raises(FetchError):
        fetch("2018Q1", tmp_path / "to", base_url=url, known=known(whole), tries=1, wait=0.0, progress=watch)
    # A mebibyte more than expected may be under way; sixty-four may not be kept.
    assert largest[0] <= len(whole) + (2 << 20)
    assert not (tmp_path / "to" / NAME).exists()


def redirected(status: int, target: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Location", target)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def serving(content: bytes, asked: list[str]) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return answer


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("checked", [True, False])
def test_a_download_does_not_follow_to_another_host(
    tmp_path: Path, whole: bytes, status: int, checked: bool
) -> None:
    asked: list[str] = []
    with host(serving(whole, asked)) as (other, _):
        # The same machine by another name and at another port is another host.
        target = f"{other.replace('127.0.0.1', 'localhost')}/{NAME}"
        with host(redirected(status, target)) as (url, _), pytest.raises(FetchError):
            fetch("2018Q1", tmp_path / "to", base_url=url, known=known(whole) if checked else {}, tries=1, wait=0.0)
    assert asked == []
    assert not (tmp_path / "to" / NAME).exists()


def test_a_redirect_without_an_end_is_said(tmp_path: Path, whole: bytes) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        redirected(302, request.path + "x")(request)

    with host(answer) as (url, _), pytest.raises(FetchError):
        fetch("2018Q1", tmp_path / "to", base_url=url, known=known(whole), tries=1, wait=0.0)


def test_an_archive_issued_anew_can_be_accepted_by_the_command() -> None:
    shown = run("safety", "fetch", "--help")
    options = {word.strip(",") for word in shown.output.split() if word.startswith("--")}
    assert options - {"--to", "--help"}, "nothing lets a user accept an archive that the agency issued anew"


def test_an_archive_issued_anew_is_not_taken_unasked(tmp_path: Path, whole: bytes) -> None:
    asked: list[str] = []
    old = {NAME: Known(len(whole) - 5, "0" * 64)}
    with host(serving(whole, asked)) as (url, _):
        with pytest.raises(FetchError, match=NAME):
            fetch("2018Q1", tmp_path / "to", base_url=url, known=old, tries=1, wait=0.0)
        # And asked for, under whatever name the option has.
        known_parameters = {"quarters", "to", "base_url", "known", "tries", "wait", "timeout", "progress"}
        new = [name for name in inspect.signature(fetch).parameters if name not in known_parameters]
        assert new, "nothing lets the library accept an archive that the agency issued anew"
