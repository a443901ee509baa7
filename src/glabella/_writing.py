"""Files written whole or not at all, and texts that a spreadsheet does not run."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

#: Beginnings that make a spreadsheet take a text for a formula; the wide forms are those of Asian keyboards.
FORMULA = r"[=+\-@\t\r\n＝＋－＠]"
#: Texts that begin so and are numbers all the same, with or without their limits.
NUMBER = r"[+\-]?[0-9.,]+([eE][+\-]?[0-9]+)?%?( ?[(\[][-+0-9.,;eE to]*[)\]])?"


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


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula; numbers stay as they are."""
    return f"'{text}" if re.match(rf"\s*{FORMULA}", text) and not re.fullmatch(NUMBER, text) else text
