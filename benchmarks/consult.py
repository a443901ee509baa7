"""Time `glabella consult` as a whole process, for a person of whom nothing is known: both pages as HTML.

Seconds on the clock are of a quiet machine only; those of the processor hold on a busy one too.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

TIMES = 7


def main() -> None:
    console, command = Console(highlight=False), [sys.executable, "-m", "glabella", "consult"]
    with tempfile.TemporaryDirectory() as folder:
        person = Path(folder) / "person.yaml"
        person.write_bytes(subprocess.run([*command, "new"], check=True, capture_output=True).stdout)
        clock, processor = [], []
        for _ in range(TIMES):
            begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([*command, person, "--crisis-text", "nobody: a benchmark", "--to", folder],
                           check=True, capture_output=True)  # fmt: skip
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            clock.append(time.perf_counter() - begun)
            processor.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    console.print(f"consult: {min(clock):.2f} s on the clock, {min(processor):.2f} s of the processor "
                  f"(longest {max(clock):.2f} and {max(processor):.2f})")  # fmt: skip


if __name__ == "__main__":
    main()
