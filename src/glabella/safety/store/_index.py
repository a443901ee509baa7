"""The index of a store: derived tables under a name made from everything they depend on."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from glabella.safety.store._build import Quarter, build_tables
from glabella.safety.store._data import shipped_data
from glabella.safety.store._names import Dictionary, load_dictionary
from glabella.safety.store._rules import Rules, load_rules

#: Raised whenever the build makes other tables of the same input.
INDEX_FORMAT = 1
_LOG = logging.getLogger(__name__)
Paths = Sequence[Path | str]
Progress = Callable[[str], None]


def build_index(
    store: Path | str,
    *,
    names: Paths = (),
    rules: Path | str | None = None,
    progress: Progress | None = None,
    memory: str = "4GB",
) -> Path:
    """Build the index of a store where it is missing or stale.

    The folder's name is a digest of the quarters' tables, the rules, the dictionaries and the format of the index:
    the same input gives the same name and the same bytes. Everything is written beside and renamed in once whole;
    older indexes of the store go afterwards.

    Parameters
    ----------
    store : Path or str
        Folder of the store.
    names : sequence of paths
        Dictionaries of drug names beside the shipped one, see :func:`load_dictionary`.
    rules : Path or str, optional
        Rules of cleaning, see :func:`load_rules`; the shipped ones when omitted.
    progress : callable, optional
        Called with a few words before each step.
    memory : str
        What DuckDB may hold in memory; the rest goes to disk inside the store.

    Returns
    -------
    Path
        Folder of the index.

    Raises
    ------
    ValueError
        If the store has no quarters or one of them is not whole, or a dictionary or the rules are wrong.
    BlockingIOError
        If another process is building this store's index.
    """
    store = Path(store)
    say = _speaker(progress)
    dictionary, cleaning = load_dictionary(names), load_rules(rules)
    quarters = read_quarters(store)
    digest = _digest(quarters, dictionary, cleaning)
    target = store / "index" / digest
    if (target / "index.json").exists():
        return target
    (store / "index").mkdir(exist_ok=True)
    with _alone(store / "index" / ".lock"):
        work = store / "index" / ".building"
        shutil.rmtree(work, ignore_errors=True)
        try:
            out = work / "out"
            out.mkdir(parents=True)
            say(f"building the index {digest}")
            counted = build_tables(quarters, dictionary, cleaning, work, out, memory=memory, say=say)
            _write(out / "index.json", {**_description(digest, quarters), **counted})
            shutil.rmtree(target, ignore_errors=True)
            out.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        for other in (store / "index").iterdir():
            if other.is_dir() and other != target:
                shutil.rmtree(other)
    say(unmapped_share(read_index(target)))
    return target


def read_index(folder: Path) -> dict[str, Any]:
    """Read what an index says of itself."""
    found: dict[str, Any] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    return found


def unmapped_share(index: dict[str, Any]) -> str:
    """Say in words how many drug names no dictionary knew."""
    found = index["names"]["unmapped"]
    reporter, agency = index["names"]["by_way"]["drugname"]["rows"], index["names"]["by_way"]["prod_ai"]["rows"]
    share = found["rows"] / found["of_rows"] if found["of_rows"] else 0.0
    return (
        f"drug names in no dictionary: {share:.1%} of {found['of_rows']:,} rows, {found['names']:,} of "
        f"{found['of_names']:,} distinct names ({agency:,} rows named by FDA's ingredient, {reporter:,} by the "
        "reporter's own words)"
    )


def read_quarters(store: Path) -> list[Quarter]:
    """List the quarters of a store in the order of time.

    Raises
    ------
    ValueError
        Naming the folder that is no store, holds no quarter, or has a manifest that cannot be read.
    """
    from glabella.safety.faers import read_quarter_manifests

    manifests = read_quarter_manifests(store)
    if not manifests:
        raise ValueError(f"{store}: holds no quarters; ingest at least one")
    return [
        Quarter(
            manifest.quarter,
            manifest.era,
            store / "quarters" / name,
            manifest.synthetic,
            {table: entry.sha256 for table, entry in manifest.tables.items()},
        )
        for name, manifest in manifests.items()
    ]


def _digest(quarters: list[Quarter], dictionary: Dictionary, rules: Rules) -> str:
    cleaning = (shipped_data() / "name_cleaning.yaml").read_bytes()
    parts = {
        "format": INDEX_FORMAT,
        "quarters": [[one.name, one.era, dict(one.digests)] for one in quarters],
        "rules": hashlib.sha256(rules.content).hexdigest(),
        "names": [digest for _, digest, _, _ in dictionary.files],
        "cleaning": hashlib.sha256(cleaning).hexdigest(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _description(digest: str, quarters: list[Quarter]) -> dict[str, Any]:
    return {
        "format": INDEX_FORMAT,
        "digest": digest,
        "synthetic": any(one.synthetic for one in quarters),
        "quarters": [{"quarter": one.name, "era": one.era, "synthetic": one.synthetic} for one in quarters],
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(content, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock that the system lets go of when the process ends, however it ends."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise BlockingIOError(
                f"{lock.parent}: another process is building this index; try again later"
            ) from fault
        yield


def _speaker(progress: Progress | None) -> Progress:
    def say(words: str) -> None:
        _LOG.info(words)
        if progress is not None:
            progress(words)

    return say
