"""Parses HTML or PDF from its standard input within limits of time and memory, and writes blocks as JSON.

Run by :func:`glabella._reading.read_article`, as a process of its own.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
import threading

from glabella._reading._article import Block, blocks_of_html, blocks_of_markdown

#: A line that ends a paragraph of a page: a full stop, and much shorter than the longest.
_SHORT_LINE = 0.8
#: How far what the app started steps back.
_NICE = 5
#: A line without a stop that is shorter than this, before one that begins anew, is a heading or a menu.
_APART_LINE = 0.6
#: A line of words between two or more of these is a menu.
_BETWEEN_LINKS = re.compile(r"\s[|·•›»]\s")
_STOP = re.compile(r"[.!?][\"'”’)]*$")
#: How a line begins that goes on with no other.
_ANEW = re.compile(r"[\"'“‘(]?[A-Z]")


def main() -> None:
    """Read what stands in the standard input."""
    kind, seconds, memory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    limit(seconds, memory)
    raw = sys.stdin.buffer.read()
    try:
        found = blocks_of_html(raw.decode()) if kind == "html" else _blocks_of_pdf(raw)
        answer: object = [(each.kind, each.text) for each in found]
    except MemoryError:
        answer = f"needs more than {memory // 1_000_000_000} GB of memory to be read"
    except ValueError as error:
        answer = str(error)
    sys.stdout.write(json.dumps(answer))


def limit(seconds: int, memory: int) -> None:
    """Bound what this process may take, where the system can."""
    try:
        import resource
    except ImportError:  # pragma: no cover  Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    # What reads an article writes no file.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def step_back() -> None:
    """Let pages that somebody waits for go first, where the system can."""
    if hasattr(os, "nice"):
        os.nice(_NICE)


def end_when_left() -> None:
    """End this process, and what it started, when its standard input ends: then nobody waits any more."""
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    os.read(sys.stdin.fileno(), 1)
    if hasattr(os, "killpg") and os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _blocks_of_pdf(raw: bytes) -> tuple[Block, ...]:
    import logging

    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError, PyPdfError

    logging.disable(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValueError("a PDF with a password, expected one without")
        pages = [page.extract_text() for page in reader.pages]
    except MemoryError:
        raise
    except LimitReachedError:
        raise ValueError("a PDF whose parts unpack to too much, expected one that is read as it is") from None
    except (PyPdfError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError, OSError) as error:
        # A broken file fails in as many ways as it can be broken.
        raise ValueError(f"a broken PDF ({type(error).__name__}), expected one that opens") from None
    return blocks_of_markdown("\n\n".join(_paragraphs(page) for page in pages))


def _paragraphs(page: str) -> str:
    """Put empty lines where paragraphs end and around menus, and together what a hyphen parts."""
    page = re.sub(r"(?<=\w)-\n(?=[a-z])", "", page)
    lines = [line.rstrip() for line in page.splitlines()]
    longest = max(map(len, lines), default=0)
    out = []
    for line, after in zip(lines, [*lines[1:], ""], strict=False):
        menu = len(_BETWEEN_LINKS.findall(line)) > 1 and not _STOP.search(line)
        out += ["", line, ""] if menu else [line]
        share = len(line) / max(longest, 1)
        ended = share < _SHORT_LINE and _STOP.search(line)
        alone = share < _APART_LINE and not line.endswith((",", ";", ":", "-")) and _ANEW.match(after)
        if ended or alone:
            out.append("")
    return "\n".join(out)


if __name__ == "__main__":
    main()
