"""Says what changed between two documents' files within limits of time and memory, in a process of its own.

Its standard input holds a line that says how long the two files are, and the files; it stays open as long as
whoever started this waits for the answer. It writes as JSON whether the answer changed and what did, line by line,
or in one text what keeps them from being compared.
"""

from __future__ import annotations

import json
import os
import sys

from glabella._reading._article_worker import end_when_left, limit, step_back
from glabella.brief.difference import answer_changed, changed_between
from glabella.brief.written import EXPECTED, Written, read

#: How the two files are called.
NAMES = ("The older file", "The newer file")


def main() -> None:
    """Read what stands in the standard input."""
    memory = int(sys.argv[2])
    limit(int(sys.argv[1]), memory)
    step_back()
    lengths = json.loads(sys.stdin.buffer.readline())
    files = [sys.stdin.buffer.read(length) for length in lengths]
    end_when_left()
    answer: object
    try:
        before, after = (_read(raw, name) for raw, name in zip(files, NAMES, strict=True))
        lines = changed_between(before, after)
        answer = [answer_changed(before, after), lines]
    except ValueError as error:
        answer = str(error)
    except MemoryError:
        answer = f"They need more than {memory // 1_000_000_000} GB of memory to be compared."
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


def _read(raw: bytes, name: str) -> Written:
    try:
        return read(raw.decode())
    except UnicodeDecodeError:
        raise ValueError(f"{name}: found no text in UTF-8, {EXPECTED}.") from None
    except ValueError as error:
        raise ValueError(f"{name}: {error}.") from None


if __name__ == "__main__":
    main()
