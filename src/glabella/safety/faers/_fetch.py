"""The agency's archives downloaded: resumed where a connection dropped, checked before they get their name."""

from __future__ import annotations

import csv
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol

from glabella.safety.faers._errors import FetchError
from glabella.safety.faers._layout import read_data
from glabella.safety.faers._manifest import sha256_of
from glabella.safety.faers._quarter import Quarter
from glabella.safety.faers._quarter import quarters as read_quarters

if TYPE_CHECKING:
    import httpx

_PIECE = 1 << 20
_LONGEST_WAIT = 60.0
_OK, _PART, _NOT_SATISFIABLE = 200, 206, 416
# The host answers a name it does not have with 404, or with 500 and a page, which may also be a fault that passes.
_ROUNDS = 3
_NO_SUCH_FILE = (404, 500)
_MOST_REDIRECTS = 5
#: Far above the largest archive there is (below 100 MiB), for those whose size is not known.
_MOST_BYTES = 1 << 30
_DEFAULT_PORTS = {"http": 80, "https": 443}


Checked = Literal["manifest", "not known", "changed"]


class Downloaded(Protocol):
    """Is told how far a download has come."""

    def __call__(self, done: int, total: int | None, name: str) -> None:
        """Take the bytes there are of a file, those it has (None where not known), and its name."""


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that is there now.

    Attributes
    ----------
    quarter : str
        Such as ``2012Q4``.
    path : Path
        Where it is.
    bytes : int
        Its size.
    sha256 : str
        Of its bytes.
    checked : "manifest", "not known" or "changed"
        Whether size and SHA-256 are those of the shipped manifest, the manifest does not know the file, or it is
        another edition than the manifest's, which was accepted; the last two were only read whole as archives.
    downloaded : bool
        False when it was there before.
    """

    quarter: str
    path: Path
    bytes: int
    sha256: str
    checked: Checked
    downloaded: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Size and SHA-256 of an archive, as its first downloader found them."""

    bytes: int
    sha256: str


@cache
def known_archives() -> Mapping[str, Known]:
    """Give the shipped manifest, by file name."""
    rows = csv.DictReader(read_data("faers_zips.csv").splitlines())
    return MappingProxyType({row["filename"]: Known(int(row["size_bytes"]), row["sha256"]) for row in rows})


def fetch(
    quarters: str | Iterable[Quarter],
    to: Path | str,
    *,
    base_url: str | None = None,
    known: Mapping[str, Known] | None = None,
    tries: int = 8,
    wait: float = 1.0,
    timeout: float = 60.0,
    accept_changed: bool = False,
    progress: Downloaded | None = None,
) -> tuple[FetchedFile, ...]:
    """Download the archives of quarters.

    A file gets its name only after its size and SHA-256 were found to be those of the manifest or, where the
    manifest does not know it, after all its members were read. Until then it is a ``.part`` file, from which the
    next run goes on. A download stops at the size that is known, and at a gibibyte where none is; the host may
    redirect within itself only, and never from https to http.

    Parameters
    ----------
    quarters : str or iterable of Quarter
        Such as ``2012Q4..2026Q2``; see :func:`glabella.safety.faers.quarters`.
    to : path
        Folder of the archives; made where it is missing.
    base_url : str, optional
        Where they are; the agency's address by default.
    known : Mapping[str, Known], optional
        Sizes and digests by file name; the shipped manifest by default.
    tries : int
        How often a file is tried in a row without a mebibyte gained.
    wait : float
        Seconds before the second try; doubled with each, up to a minute.
    timeout : float
        Seconds without an answer after which a try has failed.
    accept_changed : bool
        Whether an archive that was issued again, so that it is no longer the manifest's, is accepted if it can be
        read whole; refused otherwise.
    progress : Downloaded, optional
        Is called after each piece.

    Returns
    -------
    tuple of FetchedFile
        In the order of the quarters.

    Raises
    ------
    FetchError
        When a file cannot be downloaded whole, or is not the one expected. Files fetched before stay.
    """
    import httpx

    rules = _rules()
    manifest = known_archives() if known is None else known
    folder = Path(to)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = read_quarters(quarters) if isinstance(quarters, str) else tuple(quarters)
    with httpx.Client(headers=rules["headers"], timeout=timeout, follow_redirects=False) as client:
        source = _Source(client, (base_url or str(rules["base_url"])).rstrip("/"), tries, wait, progress)
        try:
            return tuple(
                _fetch_one(one, _spellings(one, rules), folder, manifest, source, accept_changed) for one in wanted
            )
        except OSError as error:
            raise FetchError(f"{folder}: writing failed: {error}") from error


def _rules() -> dict[str, Any]:
    """Give the shipped table of addresses."""
    import yaml

    rules: dict[str, Any] = yaml.safe_load(read_data("faers_download.yaml"))
    return rules


def _spellings(quarter: Quarter, rules: Mapping[str, Any]) -> list[str]:
    """Give the names an archive may have, the usual one first."""
    for era in rules["eras"]:
        if era["last"] is None or quarter <= Quarter.parse(era["last"]):
            return [name.format(year=quarter.year, number=quarter.number) for name in era["names"]]
    raise FetchError(f"{quarter}: no address is known")  # pragma: no cover - the last era has no end


def _fetch_one(
    quarter: Quarter,
    names: list[str],
    folder: Path,
    manifest: Mapping[str, Known],
    source: _Source,
    accept_changed: bool,
) -> FetchedFile:
    """Download one archive, unless it is there."""
    path = folder / names[0]
    listed = manifest.get(names[0])
    expected = None if accept_changed else listed
    if path.exists() and not _fault(path, expected):
        return _fetched(quarter, path, listed, downloaded=False)
    part = folder / f"{names[0]}.part"
    fault = ""
    # What was resumed may be of an earlier edition of the file; what was begun anew may not.
    for _ in range(2):
        resumed = source.download(names, part, expected)
        fault = _fault(part, expected)
        if not fault:
            part.replace(path)
            return _fetched(quarter, path, listed, downloaded=True)
        part.unlink()
        if not resumed:
            break
    again = "" if expected is None else "; if FDA issued it again, it can be accepted (--accept-changed)"
    raise FetchError(f"{quarter}: {names[0]} is not the file expected: {fault}{again}")


def _fetched(quarter: Quarter, path: Path, listed: Known | None, *, downloaded: bool) -> FetchedFile:
    size, digest = path.stat().st_size, sha256_of(path)
    same = listed is not None and (size, digest) == (listed.bytes, listed.sha256)
    checked: Checked = "not known" if listed is None else "manifest" if same else "changed"
    return FetchedFile(str(quarter), path, size, digest, checked, downloaded)


def _fault(path: Path, expected: Known | None) -> str:
    """Say what is wrong with a file; nothing where nothing is."""
    if expected is not None:
        size = path.stat().st_size
        if size != expected.bytes:
            return f"{size} bytes, expected {expected.bytes}"
        digest = sha256_of(path)
        return "" if digest == expected.sha256 else f"SHA-256 {digest}, expected {expected.sha256}"
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, NotImplementedError) as error:
        return f"no whole archive: {error}"
    return f"{damaged} in it is damaged" if damaged else ""


class _RefusedError(Exception):
    """The host has no file of that name."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Where files come from, and how patiently."""

    client: httpx.Client
    base: str
    tries: int
    wait: float
    progress: Downloaded | None

    def download(self, names: list[str], part: Path, expected: Known | None) -> bool:
        """Complete a ``.part`` file, under the first name the host knows; say whether an earlier run had begun it.

        Raises
        ------
        FetchError
            When no name is known, or too many tries in a row gained nothing.
        """
        begun = part.exists() and part.stat().st_size > 0
        if begun and expected is not None and part.stat().st_size > expected.bytes:
            part.unlink()
            begun = False
        refusals: list[str] = []
        for attempt in range(_ROUNDS):
            for name in names:
                try:
                    self._complete(name, part, expected.bytes if expected else None)
                except _RefusedError as refusal:
                    refusals.append(str(refusal))
                    continue
                return begun
            if all(refusal.endswith("404") for refusal in refusals):
                break
            time.sleep(min(self.wait * 2**attempt, _LONGEST_WAIT))
        listed = "; ".join(dict.fromkeys(refusals))
        raise FetchError(f"{names[0]}: not published at {self.base}: {listed}")

    def _complete(self, name: str, part: Path, size: int | None) -> None:
        """Ask for the rest of a file until it is there."""
        import httpx

        failed = 0
        while True:
            before = part.stat().st_size if part.exists() else 0
            try:
                if self._ask(name, part, size):
                    return
                reason = "the connection ended early"
            except (httpx.HTTPError, httpx.StreamError) as error:
                reason = f"{type(error).__name__}: {error}"
            gained = (part.stat().st_size if part.exists() else 0) >= before + _PIECE
            failed = 0 if gained else failed + 1
            if failed >= self.tries:
                raise FetchError(f"{self.base}/{name}: given up after {failed} tries: {reason}")
            time.sleep(min(self.wait * 2 ** max(0, failed - 1), _LONGEST_WAIT))

    def _ask(self, name: str, part: Path, size: int | None) -> bool:
        """Ask once for the rest of a file; say whether it is complete, or more than it should be."""
        import httpx

        have = part.stat().st_size if part.exists() else 0
        headers = {"Range": f"bytes={have}-"} if have else {}
        with self._answer(f"{self.base}/{name}", headers) as answer:
            if answer.status_code in _NO_SUCH_FILE:
                raise _RefusedError(f"{name}: status {answer.status_code}")
            if answer.status_code == _NOT_SATISFIABLE:
                # There is no more of it: it is complete, or of another edition.
                if _total(answer.headers.get("Content-Range", "")) == have:
                    return True
                part.unlink()
                return False
            if answer.status_code not in (_OK, _PART):
                raise httpx.HTTPStatusError(f"status {answer.status_code}", request=answer.request, response=answer)
            resumes = answer.status_code == _PART and _first(answer.headers.get("Content-Range", "")) == have
            if answer.status_code == _PART and not resumes:
                part.unlink(missing_ok=True)
                return False
            return self._take(answer, name, part, have if resumes else 0, size)

    def _take(self, answer: httpx.Response, name: str, part: Path, done: int, size: int | None) -> bool:
        """Write what comes, and stop where it is more than the file has."""
        length = answer.headers.get("Content-Length", "")
        total = done + int(length) if length.isdigit() else None
        most = _MOST_BYTES if size is None else size
        with part.open("ab" if done else "wb") as stream:
            for piece in answer.iter_raw():
                stream.write(piece[: most + 1 - done])
                done += len(piece)
                if done > most:
                    if size is None:
                        raise FetchError(f"{name}: more than {most:,} bytes; no archive has so many")
                    # One byte too many is kept, so that the size says what is wrong.
                    return True
                if self.progress is not None:
                    self.progress(done, total, name)
        return total is None or done == total

    @contextmanager
    def _answer(self, url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """Ask for a file, and follow the host's redirections within itself."""
        asked = self.client.build_request("GET", url, headers=headers)
        for _ in range(_MOST_REDIRECTS):
            answer = self.client.send(asked, stream=True)
            try:
                if not answer.has_redirect_location:
                    yield answer
                    return
                onward = answer.next_request
                if onward is None or not _within(asked.url, onward.url):
                    to = answer.headers.get("Location", "")
                    raise FetchError(
                        f"{url}: redirected to {to}; another host, or no longer https, is not followed"
                    )
                asked = onward
            finally:
                answer.close()
        raise FetchError(f"{url}: redirected more than {_MOST_REDIRECTS} times")


def _within(before: httpx.URL, after: httpx.URL) -> bool:
    """Say whether a redirection stays on its host, and on https where it was there."""
    if before.host != after.host or after.scheme not in _DEFAULT_PORTS:
        return False
    ports = [url.port or _DEFAULT_PORTS[url.scheme] for url in (before, after)]
    if before.scheme == after.scheme:
        return ports[0] == ports[1]
    return (before.scheme, *ports) == ("http", 80, 443)


def _first(content_range: str) -> int | None:
    """Give the first byte of ``bytes 5-9/10``."""
    first = content_range.removeprefix("bytes").strip().partition("-")[0]
    return int(first) if first.isdigit() else None


def _total(content_range: str) -> int | None:
    """Give the size of the whole of ``bytes */10``."""
    total = content_range.rpartition("/")[2]
    return int(total) if total.isdigit() else None
