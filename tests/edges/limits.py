"""A command in a process of its own with less memory or less disk, the time-out only a net below it."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable

#: Libraries reserve far more than they use: this is address space, and what expands wants many times more.
MEMORY = 4 << 30


def limited(
    *words: object, memory: int | None = MEMORY, largest_file: int | None = None, code: str = "",
    seconds: float = 60,
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """Run the command, or code, with limits of the system on it."""
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "glabella"]
    return subprocess.run(
        [*command, *map(str, words)],
        capture_output=True, text=True, errors="replace", check=False, timeout=seconds,
        preexec_fn=_limits(memory, largest_file),
    )  # fmt: skip


def _limits(memory: int | None, largest_file: int | None) -> Callable[[], None]:
    def limit() -> None:
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    return limit


def clear(done: subprocess.CompletedProcess[str], *named: str) -> None:
    """Hold that it ended with exit code two and words that name something, without a traceback or a crash."""
    assert done.returncode == 2, f"{done.returncode}: {done.stderr[-1500:]}"
    assert "Traceback" not in done.stderr
    said = [line for line in done.stderr.splitlines() if line.strip()]
    assert 0 < len(said) <= 20, said[:30]
    for name in named:
        assert name in done.stderr, done.stderr[-1500:]
