"""From a file to its text, and from a YAML file to its values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from glabella._reading._parsed import LARGEST, UnreadableError, one_line
from glabella._reading._yaml import parse_yaml


def read_bytes(path: Path, largest: int = LARGEST) -> bytes:
    """Read a file that is not too large.

    Raises
    ------
    UnreadableError
        If it is too large.
    """
    with path.open("rb") as file:
        raw = file.read(largest + 1)
    if len(raw) > largest:
        raise UnreadableError(0, f"larger than {largest // 1_000_000} MB, expected a smaller file")
    return raw


def text_of(raw: bytes) -> str:
    """Decode UTF-8, with a byte order mark or without.

    Raises
    ------
    UnreadableError
        Naming the line and the byte that is not UTF-8.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Whoever writes two bytes a character begins with FF FE; the error counts from behind a mark.
        found = error.object[error.start]
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UnreadableError(line, f"byte 0x{found:02x} is not UTF-8; save it as UTF-8") from None


def read_yaml(path: Path) -> Any:
    """Read the values of a YAML file.

    Raises
    ------
    ValueError
        Naming the file, the line, what was found and what was expected.
    OSError
        If it cannot be read.
    """
    try:
        parsed = parse_yaml(text_of(read_bytes(path)))
    except UnreadableError as error:
        raise ValueError(f"{path}: {error}") from None
    if parsed.faults:
        more = f"; and {len(parsed.faults) - 5:,} more faults" if len(parsed.faults) > 5 else ""
        said = (f"line {line}: {problem}" if line else problem for line, problem in parsed.faults[:5])
        raise ValueError(one_line(f"{path}: {'; '.join(said)}") + more)
    return parsed.data
