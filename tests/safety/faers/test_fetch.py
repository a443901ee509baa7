"""Downloads from a host that drops connections, ignores ranges, and answers with wrong bytes."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from glabella.safety.faers import FetchError, Known, _fetch, fetch, known_archives
from tests.safety.faers import files
from tests.safety.faers.files import as_zip, faers

NAME = "faers_ascii_2018q1.zip"


@dataclass
class Host:
    """A host of one kind of trouble.

    Attributes
    ----------
    files : dict of str to bytes
        By name.
    drops : list of int
        After how many bytes the next answers are dropped; none are when it is empty.
    ranges : bool
        Whether parts can be asked for.
    statuses : list of int
        What the next answers are instead.
    asked : list of tuple of str
        Names and ranges that were asked for.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    drops: list[int] = field(default_factory=list)
    ranges: bool = True
    offset: int = 0
    statuses: list[int] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    encodings: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)
    url: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        name, wanted = request.path.rpartition("/")[2], request.headers.get("Range", "")
        self.asked.append((name, wanted))
        if name in self.moved:
            request.send_response(302)
            request.send_header("Location", self.moved[name])
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        self.encodings.add(request.headers.get("Accept-Encoding", ""))
        content = self.files.get(name)
        status = self.statuses.pop(0) if self.statuses else 404 if content is None else 200
        if content is None or status != 200:
            request.send_response(status)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        first = 0
        if wanted and self.ranges:
            first = int(wanted.removeprefix("bytes=").rstrip("-"))
            request.send_response(416 if first >= len(content) else 206)
            shown = "*" if first >= len(content) else f"{first + self.offset}-{len(content) - 1}"
            request.send_header("Content-Range", f"bytes {shown}/{len(content)}")
        else:
            request.send_response(200)
        body = content[first:]
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if self.drops:
            body = body[: self.drops.pop(0)]
            request.close_connection = True
        with contextlib.suppress(OSError):  # who has read enough hangs up
            request.wfile.write(body)


@pytest.fixture
def host() -> Iterator[Host]:
    trouble = Host()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            trouble.answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name the library has
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    trouble.url = f"http://127.0.0.1:{server.server_address[1]}/Exports"
    yield trouble
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    return as_zip(tmp_path / "original.zip", faers()).read_bytes()


def known(content: bytes) -> dict[str, Known]:
    return {NAME: Known(len(content), hashlib.sha256(content).hexdigest())}


def test_a_file_is_downloaded_and_checked(tmp_path: Path, host: Host, archive: bytes) -> None:
    host.files[NAME] = archive
    seen: list[tuple[int, int | None, str]] = []
    (file,) = fetch(
        "2018Q1",
        tmp_path / "to",
        base_url=host.url,
        known=known(archive),
        progress=lambda *said: seen.append(said),
    )
    assert (file.quarter, file.path.name, file.bytes) == ("2018Q1", NAME, len(archive))
    assert (file.checked, file.downloaded) == ("manifest", True)
    assert file.path.read_bytes() == archive
    assert seen[-1] == (len(archive), len(archive), NAME)
    assert host.encodings == {"identity"}
    (again,) = fetch("2018Q1", tmp_path / "to", base_url=host.url, known=known(archive))
    assert not again.downloaded
    assert len(host.asked) == 1


def test_a_dropped_connection_is_taken_up_where_it_was(tmp_path: Path, host: Host, archive: bytes) -> None:
    host.files[NAME], host.drops = archive, [1000, 0, 500]
    (file,) = fetch("2018Q1", tmp_path, base_url=host.url, known=known(archive), wait=0.0)
    assert file.path.read_bytes() == archive
    assert host.asked == [(NAME, ""), (NAME, "bytes=1000-"), (NAME, "bytes=1000-"), (NAME, "bytes=1500-")]
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_a_later_run_goes_on_with_the_part(tmp_path: Path, host: Host, archive: bytes) -> None:
    host.files[NAME], host.drops = archive, [700] * 3
    with pytest.raises(FetchError, match="given up after 2 tries: RemoteProtocolError"):
        fetch("2018Q1", tmp_path, base_url=host.url, known=known(archive), tries=2, wait=0.0)
    assert not (tmp_path / NAME).exists()
    part = (tmp_path / f"{NAME}.part").stat().st_size
    host.drops, host.asked = [], []
    (file,) = fetch("2018Q1", tmp_path, base_url=host.url, known=known(archive))
    assert host.asked == [(NAME, f"bytes={part}-")]
    assert file.path.read_bytes() == archive


def test_a_host_that_ignores_ranges_sends_it_all_again(tmp_path: Path, host: Host, archive: bytes) -> None:
    host.files[NAME], host.drops, host.ranges = archive, [1000, 200], False
    (file,) = fetch("2018Q1", tmp_path, base_url=host.url, known=known(archive), wait=0.0)
    assert file.path.read_bytes() == archive
    assert len(host.asked) == 3


def test_a_host_that_sends_another_range_is_not_believed(tmp_path: Path, host: Host, archive: bytes) -> None:
    host.files[NAME], host.drops, host.offset = archive, [1000], 1
    (file,) = fetch("2018Q1", tmp_path, base_url=host.url, known=known(archive), wait=0.0)
    assert file.path.read_bytes() == archive


def test_a_complete_part_needs_no_more_bytes(tmp_path: Path, host: Host, archive: bytes) -> None:
    host.files[NAME] = archive
    (tmp_path / f"{NAME}.part").write_bytes(archive)
    (file,) = fetch("2018Q1", tmp_path, base_url=host.url, known=known(archive))
    assert file.path.read_bytes() == archive


@pytest.mark.parametrize("left", [b"of another edition", b"x" * 100_000])
def test_a_wrong_part_is_begun_anew(tmp_path: Path, host: Host, archive: bytes, left: bytes) -> None:
    host.files[NAME] = archive
    for expected in (known(archive), {}):
        (tmp_path / f"{NAME}.part").write_bytes(left)
        (file,) = fetch("2018Q1", tmp_path, base_url=host.url, known=expected, wait=0.0)
        assert file.path.read_bytes() == archive
        file.path.unlink()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content[:-1], r"\d+ bytes, expected \d+"),
        (lambda content: content + b"x", r"\d+ bytes, expected \d+"),
        (lambda content: b"x" + content[1:], r"SHA-256 \w{64}, expected \w{64}"),
        (lambda _: b"<html>", "6 bytes, expected"),
    ],
)
def test_a_wrong_file_never_gets_the_name(
    tmp_path: Path, host: Host, archive: bytes, change: Callable[[bytes], bytes], message: str
) -> None:
    host.files[NAME] = change(archive)
    with pytest.raises(FetchError, match=f"2018Q1: {NAME} is not the file expected: {message}"):
        fetch("2018Q1", tmp_path / "to", base_url=host.url, known=known(archive), wait=0.0)
    assert list((tmp_path / "to").iterdir()) == []


def test_a_file_the_manifest_does_not_know_is_read_whole(tmp_path: Path, host: Host, archive: bytes) -> None:
    host.files[NAME] = archive
    (file,) = fetch("2018Q1", tmp_path / "to", base_url=host.url, known={})
    assert (file.checked, file.sha256) == ("not known", hashlib.sha256(archive).hexdigest())
    host.files[NAME] = archive[:400] + bytes([archive[400] ^ 1]) + archive[401:]
    with pytest.raises(FetchError, match=r"is not the file expected: (no whole archive|ascii/.* in it is damaged)"):
        fetch("2018Q1", tmp_path / "other", base_url=host.url, known={})
    assert list((tmp_path / "other").iterdir()) == []


def test_a_wrong_file_of_before_is_replaced(tmp_path: Path, host: Host, archive: bytes) -> None:
    host.files[NAME] = archive
    (tmp_path / NAME).write_bytes(b"wrong")
    (file,) = fetch("2018Q1", tmp_path, base_url=host.url, known=known(archive))
    assert file.downloaded
    assert file.path.read_bytes() == archive


def test_the_other_spelling_of_a_name_is_tried(tmp_path: Path, host: Host, archive: bytes) -> None:
    host.files["faers_ascii_2018Q1.zip"] = archive
    (file,) = fetch("2018Q1", tmp_path, base_url=host.url, known=known(archive))
    assert file.path.name == NAME
    assert [name for name, _ in host.asked] == [NAME, "faers_ascii_2018Q1.zip"]


def test_what_is_not_published_is_said(tmp_path: Path, host: Host) -> None:
    message = f"{NAME}: not published at {host.url}: {NAME}: status 404; faers_ascii_2018Q1.zip: status 404"
    with pytest.raises(FetchError, match=re.escape(message)):
        fetch("2018Q1", tmp_path, base_url=host.url)
    assert len(host.asked) == 2


def test_faults_that_pass_are_waited_for(tmp_path: Path, host: Host, archive: bytes) -> None:
    host.files[NAME], host.statuses = archive, [500, 500, 503, 429]
    (file,) = fetch("2018Q1", tmp_path, base_url=host.url, known=known(archive), wait=0.0)
    assert file.path.read_bytes() == archive


def test_a_fault_that_stays_is_given_up(tmp_path: Path, host: Host) -> None:
    host.files[NAME], host.statuses = b"x", [503] * 20
    with pytest.raises(FetchError, match="given up after 3 tries: HTTPStatusError: status 503"):
        fetch("2018Q1", tmp_path, base_url=host.url, tries=3, wait=0.0)


def test_a_host_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="given up after 2 tries: ConnectError"):
        fetch("2018Q1", tmp_path, base_url="http://127.0.0.1:9", tries=2, wait=0.0)


def test_the_eras_have_their_names(tmp_path: Path, host: Host, archive: bytes) -> None:
    host.files = {"aers_ascii_2012q3.zip": archive, "faers_ascii_2012q4.zip": archive}
    files = fetch("2012Q3..2012Q4", tmp_path, base_url=host.url, known={})
    assert [file.path.name for file in files] == ["aers_ascii_2012q3.zip", "faers_ascii_2012q4.zip"]


def test_the_shipped_manifest_knows_53_archives() -> None:
    archives = known_archives()
    assert len(archives) == 53
    assert archives["faers_ascii_2012q4.zip"].bytes == 28541645
    assert all(re.fullmatch(r"[0-9a-f]{64}", one.sha256) for one in archives.values())


@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_stops_at_its_known_size(
    tmp_path: Path, host: Host, archive: bytes, monkeypatch: pytest.MonkeyPatch, ranges: bool
) -> None:
    """The host sends 64 MiB for a file known to have a few thousand bytes."""
    host.files[NAME], host.ranges = archive + bytes(64 << 20), ranges
    most: list[int] = []
    take = _fetch._Source._take

    def watched(self: _fetch._Source, answer: object, name: str, part: Path, *rest: object) -> bool:
        found = take(self, answer, name, part, *rest)  # type: ignore[arg-type]
        most.append(part.stat().st_size)
        return found

    monkeypatch.setattr(_fetch._Source, "_take", watched)
    with pytest.raises(FetchError, match=r"is not the file expected: \d+ bytes, expected \d+; .*--accept-changed"):
        fetch("2018Q1", tmp_path / "to", base_url=host.url, known=known(archive), wait=0.0)
    assert max(most) == len(archive) + 1
    assert list((tmp_path / "to").iterdir()) == []


def test_a_file_of_unknown_size_stops_too(
    tmp_path: Path, host: Host, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_fetch, "_MOST_BYTES", 1000)
    host.files[NAME] = archive
    with pytest.raises(FetchError, match="more than 1,000 bytes"):
        fetch("2018Q1", tmp_path, base_url=host.url, known={}, wait=0.0)
    assert not (tmp_path / NAME).exists()


def test_an_archive_that_was_issued_again_is_accepted_when_asked(
    tmp_path: Path, host: Host, archive: bytes
) -> None:
    again = as_zip(tmp_path / "again.zip", faers(REAC=files.FAERS["REAC"].replace("Anxiety", "Fear"))).read_bytes()
    assert again != archive
    host.files[NAME] = again
    with pytest.raises(FetchError, match="if FDA issued it again, it can be accepted"):
        fetch("2018Q1", tmp_path / "to", base_url=host.url, known=known(archive), wait=0.0)
    (file,) = fetch("2018Q1", tmp_path / "to", base_url=host.url, known=known(archive), accept_changed=True)
    assert (file.checked, file.sha256) == ("changed", hashlib.sha256(again).hexdigest())
    (there,) = fetch("2018Q1", tmp_path / "to", base_url=host.url, known=known(archive), accept_changed=True)
    assert (there.checked, there.downloaded) == ("changed", False)
    # Damage is not accepted, whatever was asked for; and what is the manifest's is said to be so.
    host.files[NAME] = again[:-30]
    with pytest.raises(FetchError, match="no whole archive"):
        fetch("2018Q1", tmp_path / "other", base_url=host.url, known=known(archive), accept_changed=True)
    host.files[NAME] = archive
    (same,) = fetch("2018Q1", tmp_path / "third", base_url=host.url, known=known(archive), accept_changed=True)
    assert same.checked == "manifest"


def test_redirections_stay_on_the_host(tmp_path: Path, host: Host, archive: bytes) -> None:
    """One within the host is followed; one to the same machine at another port is to another host."""
    host.files["moved.zip"] = archive
    host.moved = {NAME: "/elsewhere/moved.zip"}
    (file,) = fetch("2018Q1", tmp_path / "a", base_url=host.url, known=known(archive))
    assert file.path.read_bytes() == archive
    for target in ("http://127.0.0.1:9/moved.zip", "http://localhost/moved.zip", "https://example.org/x.zip",
                   "file:///etc/passwd", "//other.example/x.zip"):  # fmt: skip
        host.moved = {NAME: target}
        for expected in (known(archive), {}):
            with pytest.raises(FetchError, match=r"is not followed|UnsupportedProtocol"):
                fetch("2018Q1", tmp_path / "b", base_url=host.url, known=expected, tries=1, wait=0.0)
    host.moved = {NAME: f"/Exports/{NAME}"}
    with pytest.raises(FetchError, match="redirected more than 5 times"):
        fetch("2018Q1", tmp_path / "b", base_url=host.url, known={}, wait=0.0)
    assert list((tmp_path / "b").iterdir()) == []


@pytest.mark.parametrize(
    ("before", "after", "within"),
    [
        ("https://a.gov/x", "https://a.gov/y", True),
        ("http://a.gov/x", "https://a.gov/x", True),
        ("https://a.gov/x", "http://a.gov/x", False),
        ("https://a.gov/x", "https://b.gov/x", False),
        ("https://a.gov/x", "https://a.gov:8443/x", False),
        ("https://a.gov/x", "https://a.gov.evil.org/x", False),
        ("https://a.gov/x", "ftp://a.gov/x", False),
    ],
)
def test_where_a_redirection_may_lead(before: str, after: str, within: bool) -> None:
    assert _fetch._within(httpx.URL(before), httpx.URL(after)) is within
