"""Writing into a store: one writer at a time, and quarters that appear whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from glabella.safety.faers._errors import StoreError
from glabella.safety.faers._manifest import FORMAT, QUARTERS, check_store

_PARTIAL = ".partial"
_LOCK = ".lock"
_OLD = ".old"


@contextmanager
def writing(store: Path) -> Iterator[None]:
    """Hold a store for writing; what a killed run left behind is cleaned up first.

    Raises
    ------
    StoreError
        When another run holds it, or the folder holds something else than a store.
    """
    import fcntl

    store.mkdir(parents=True, exist_ok=True)
    foreign = sorted({path.name for path in store.iterdir()} - {_LOCK, _PARTIAL, f"{_PARTIAL}.json"})
    if foreign and not (store / "store.json").exists():
        raise StoreError(f"{store}: no store, and not empty: it holds {', '.join(foreign[:5])}")
    with (store / _LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise StoreError(f"{store}: another ingest is writing into this store; wait for its end") from None
        _begin(store)
        try:
            yield
        finally:
            shutil.rmtree(store / _PARTIAL, ignore_errors=True)


def _begin(store: Path) -> None:
    """Make the store where it is new, and clean up after a killed run."""
    path = store / "store.json"
    if not path.exists():
        unfinished = store / f"{_PARTIAL}.json"
        write_text(unfinished, json.dumps({"format": FORMAT}) + "\n")
        unfinished.rename(path)
    check_store(store)
    (store / f"{_PARTIAL}.json").unlink(missing_ok=True)
    (store / QUARTERS).mkdir(exist_ok=True)
    partial = store / _PARTIAL
    if partial.exists():
        # A run killed between the two renames of a replacement has moved the old quarter away: it goes back.
        for old in sorted(partial.glob(f"*{_OLD}")):
            place = store / QUARTERS / old.name.removesuffix(_OLD)
            if not place.exists():
                old.rename(place)
        shutil.rmtree(partial)
    _sync_folder(store)


def begin_quarter(store: Path, name: str) -> Path:
    """Give an empty folder to write a quarter into."""
    folder = store / _PARTIAL / name
    folder.mkdir(parents=True)
    return folder


def finish_quarter(store: Path, name: str) -> None:
    """Move a finished quarter to its place, in one step; one that is there already is replaced."""
    folder = store / _PARTIAL / name
    place = store / QUARTERS / name
    for path in folder.iterdir():
        _sync(path)
    _sync_folder(folder)
    if place.exists():
        old = store / _PARTIAL / f"{name}{_OLD}"
        place.rename(old)
        folder.rename(place)
        shutil.rmtree(old)
    else:
        folder.rename(place)
    _sync_folder(store / QUARTERS)


def drop_quarter(store: Path, name: str) -> None:
    """Remove what was written of a quarter that cannot be finished."""
    shutil.rmtree(store / _PARTIAL / name, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file that survives a power failure."""
    path.write_text(text, encoding="utf-8")
    _sync(path)


def _sync(path: Path) -> None:
    """Make a file survive a power failure."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def _sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power failure."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
