"""What every command does with files: the exit code for bad input, and writing whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

BAD_INPUT = 2


def replace(target: Path, content: bytes) -> None:
    """Write whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".glabella-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).chmod(0o644)
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
