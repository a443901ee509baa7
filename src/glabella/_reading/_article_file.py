"""From an article's file to its blocks; what could be made to hurt is parsed by a process of its own."""

from __future__ import annotations

import codecs
import json
import re
import subprocess
import sys
from pathlib import Path

from glabella._reading._article import Block, blocks_of_markdown
from glabella._reading._file import read_bytes, text_of
from glabella._reading._parsed import UnreadableError, one_line

#: Bytes of an article's file, and characters of its text.
LARGEST_ARTICLE, LONGEST_ARTICLE = 25_000_000, 1_000_000
#: Seconds and bytes of memory that parsing may take.
SECONDS, MEMORY = 20, 1_000_000_000
_EXPECTED = "expected text, Markdown, HTML or PDF"
#: How files of other kinds begin.
_OTHERS = {
    b"PK\x03\x04": "a zipped file, such as a Word document",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"{\\rtf": "a document in rich text",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
#: Ends of names that say what a file is.
_TEXTS, _PAGES = (".txt", ".text", ".md", ".markdown"), (".html", ".htm", ".xhtml")
#: What is passed is not tried again otherwise: comments could be told apart in more ways than anybody waits for.
_BEFORE = r"\s*+(?:<\?xml[^>]*>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+"
#: A whole page begins so, whatever its name says; a file whose name says nothing is a page where one begins.
_PAGE = re.compile(_BEFORE + r"<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_HTML = re.compile(_BEFORE + r"<(?:!doctype\s+html|html|head|body|article|div|p|h1)\b", re.IGNORECASE | re.DOTALL)


def read_article(path: Path) -> tuple[Block, ...]:
    """Read an article's file.

    Parameters
    ----------
    path : Path
        Of text, Markdown, HTML or PDF. A PDF and a whole HTML page are told by how they begin; else what is named
        .txt or .md is text, what is named .html is HTML, and of others the beginning is looked at.

    Returns
    -------
    tuple of Block

    Raises
    ------
    UnreadableError
        Saying in a line what was found and what was expected.
    OSError
        If the file cannot be read.
    """
    return blocks_of(read_bytes(path, LARGEST_ARTICLE), path.suffix)


def blocks_of(raw: bytes, ending: str = "") -> tuple[Block, ...]:
    """Read an article's bytes; ``ending`` is that of its file's name.

    Raises
    ------
    UnreadableError
        Saying in a line what was found and what was expected.
    """
    if raw.lstrip()[:5] == b"%PDF-":
        return _apart("pdf", raw)
    found = next((said for begin, said in _OTHERS.items() if raw.startswith(begin)), None)
    if found is not None:
        raise UnreadableError(0, f"{found}, {_EXPECTED}")
    text = _decoded(raw)
    if "\0" in text:
        raise UnreadableError(0, f"not a text, {_EXPECTED}")
    if not text.strip():
        raise UnreadableError(0, "empty, expected an article")
    ending = ending.lower()
    if ending in _PAGES or (_PAGE if ending in _TEXTS else _HTML).match(text):
        return _apart("html", text.encode())
    if len(text) > LONGEST_ARTICLE:
        raise UnreadableError(0, _too_long(len(text)))
    return blocks_of_markdown(text)


def _too_long(characters: int) -> str:
    return f"{characters:,} characters of text, expected at most {LONGEST_ARTICLE:,}"


def _decoded(raw: bytes) -> str:
    """Decode by the mark that a text begins with, as UTF-8, or by what a page declares."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if raw.startswith(mark):
            try:
                return raw.decode(name)
            except UnicodeDecodeError:
                raise UnreadableError(0, f"begins as UTF-16 and is not, {_EXPECTED}") from None
    try:
        return text_of(raw)
    except UnreadableError:
        declared = _CHARSET.search(raw[:4096])
        if declared is None or b"<" not in raw[: declared.start()]:
            raise
        try:
            return raw.decode(declared.group(1).decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            said = one_line(declared.group(1).decode("ascii"))
            raise UnreadableError(0, f"declared to be in {said} and is not; save it as UTF-8") from None


def _apart(kind: str, raw: bytes) -> tuple[Block, ...]:
    """Parse in a process of its own, which is ended where it takes too long or too much."""
    command = [sys.executable, "-m", "glabella._reading._article_worker", kind, str(SECONDS), str(MEMORY)]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise UnreadableError(0, f"could not be read within {SECONDS} seconds") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise UnreadableError(0, f"could not be read within {MEMORY // 1_000_000_000} GB of memory") from None
    if isinstance(answer, str):
        raise UnreadableError(0, answer)
    found = tuple(Block(kind, text) for kind, text in answer)
    if (length := sum(len(each.text) for each in found)) > LONGEST_ARTICLE:
        raise UnreadableError(0, _too_long(length))
    if not found:
        raise UnreadableError(0, "holds no text (a scan holds none), expected an article")
    return found
