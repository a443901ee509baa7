"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace(target: Path, content: bytes) -> None:
    """Write a file, whole or not at all; what stood there stays until all is written.

    Parameters
    ----------
    target : Path
        Its folder is made where there is none. A link is followed; a device or a pipe is written to.
    content : bytes

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind.
    """
    target = Path(os.path.realpath(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and not target.is_file() and not target.is_dir():
        target.write_bytes(content)
        return
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".glabella-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).chmod(0o644)
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
