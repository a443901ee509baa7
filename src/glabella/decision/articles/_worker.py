"""Reads an article and recognises its claims within limits of time and memory, in a process of its own.

Its standard input holds a line that says how long the parts behind it are and how the article's name ends, the
frames as JSON, and the article; it stays open as long as whoever started this waits for the answer. What was
recognised is written as JSON, or what kept it from being read.
"""

from __future__ import annotations

import json
import os
import sys

from glabella._reading import UnreadableError, blocks_of
from glabella._reading._article_worker import end_when_left, limit, step_back
from glabella.decision.articles._check import check
from glabella.decision.articles._written import as_values
from glabella.dossier import Frames


def main() -> None:
    """Read what stands in the standard input."""
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    limit(seconds, memory)
    step_back()
    coming = sys.stdin.buffer
    head = json.loads(coming.readline())
    frames, article = coming.read(head["frames"]), coming.read(head["article"])
    end_when_left()
    answer: object
    try:
        answer = as_values(check(blocks_of(article, head["ending"]), Frames.model_validate_json(frames)))
    except UnreadableError as error:
        answer = str(error)
    except MemoryError:
        answer = f"needs more than {memory // 1_000_000_000} GB of memory to be read"
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
