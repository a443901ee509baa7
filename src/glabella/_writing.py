"""Files written whole or not at all, and texts that a spreadsheet does not run."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
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
        Naming the target, if it cannot be written; nothing is left behind.
    """
    replace_all({target: content})


def replace_all(files: Mapping[Path, bytes]) -> None:
    """Write files that belong together, all of them or none; what stood there stays until all are written.

    Parameters
    ----------
    files : mapping of Path to bytes
        As for :func:`replace`. What has gone into a device or a pipe cannot be taken back; these come last.

    Raises
    ------
    OSError
        Naming the target that cannot be written. Then every other is as it was before, and no folder was made.
    """
    named = {Path(os.path.realpath(target)): (target, content) for target, content in files.items()}
    # Left in this order where not all can be written: what stood there comes back, drafts go, then new folders.
    with ExitStack() as folders, ExitStack() as drafts, ExitStack() as undo:
        ready: list[tuple[Path, Path, Path]] = []
        streams: list[tuple[Path, Path, bytes]] = []
        for real, (target, content) in named.items():
            with _naming(target):
                _make_folder(real.parent, folders)
                if real.is_dir():
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
                if real.exists() and not real.is_file():
                    streams.append((target, real, content))
                else:
                    ready.append((target, real, _drafted(real.parent, content, drafts)))
        for target, real, draft in ready:
            with _naming(target):
                if len(named) > 1:
                    _able_to_restore(real, drafts, undo)
                draft.replace(real)
        for target, real, content in streams:
            with _naming(target):
                real.write_bytes(content)
        undo.pop_all()
        folders.pop_all()


@contextmanager
def _naming(target: Path) -> Iterator[None]:
    """Let a failure name the file that was asked for, and not the draft beside it."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(target), None
        raise


def _make_folder(folder: Path, folders: ExitStack) -> None:
    """Make a folder and those above it, and take note of what was made."""
    for each in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        each.mkdir(exist_ok=True)
        folders.callback(_remove_empty, each)


def _remove_empty(folder: Path) -> None:
    # Whoever put something into it meanwhile keeps it.
    with suppress(OSError):
        folder.rmdir()


def _drafted(folder: Path, content: bytes, drafts: ExitStack) -> Path:
    """Write a draft into the folder of its target, so that it can take its place at once."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".glabella-")
    draft = Path(name)
    drafts.callback(draft.unlink, missing_ok=True)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    draft.chmod(0o644)
    return draft


def _able_to_restore(real: Path, drafts: ExitStack, undo: ExitStack) -> None:
    """Keep what stands in a place under another name until all is written."""
    if not real.exists():
        undo.callback(real.unlink, missing_ok=True)
        return
    kept = Path(tempfile.mkdtemp(dir=real.parent, prefix=".glabella-")) / real.name
    drafts.callback(shutil.rmtree, kept.parent, ignore_errors=True)
    try:
        os.link(real, kept)
    except OSError:
        # Some disks know no second name of a file.
        shutil.copy2(real, kept)
    undo.callback(kept.replace, real)


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula; numbers stay as they are."""
    return f"'{text}" if re.match(rf"\s*{FORMULA}", text) and not re.fullmatch(NUMBER, text) else text
