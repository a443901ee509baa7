"""The index of a store: derived tables under a name made from everything they depend on."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from glabella.safety.store._build import Quarter, build_tables
from glabella.safety.store._data import shipped_data
from glabella.safety.store._lists import read_lists
from glabella.safety.store._names import load_dictionary
from glabella.safety.store._rules import Rules, load_rules
from glabella.safety.store._settings import Paths, Settings, choose, keep, read_settings, shipped_lists

#: Raised whenever the build makes other tables of the same input, or says other things of them.
INDEX_FORMAT = 2
_LOG = logging.getLogger(__name__)
Progress = Callable[[str], None]


def build_index(
    store: Path | str,
    *,
    names: Paths | None = None,
    rules: Path | str | None = None,
    dossier: Path | str | None = None,
    settings: str | None = None,
    stand: bool = True,
    progress: Progress | None = None,
    memory: str = "4GB",
) -> Path:
    """Build the index of a store where it is missing or stale.

    The folder's name is a digest of the quarters' tables, the rules, the dictionaries and the format of the index:
    the same input gives the same name and the same bytes. Everything is written beside and renamed in once whole;
    indexes of other quarters go afterwards, those of other settings stay.

    Dictionaries, rules and lists that are given are copied into the store and stand for every later command, until
    others are given.

    Parameters
    ----------
    store : Path or str
        Folder of the store.
    names : sequence of paths, optional
        Dictionaries of drug names beside the shipped one, see :func:`load_dictionary`; those the store keeps when
        omitted, and none where the sequence is empty.
    rules : Path or str, optional
        Rules of cleaning, see :func:`load_rules`; those the store keeps, or else the shipped ones, when omitted.
    dossier : Path or str, optional
        A dossier, or a folder of lists alone, see :func:`load_lists`: its drug names, groups, cohorts and caveats.
        Those the store keeps, or else those of the shipped dossier, when omitted.
    settings : str, optional
        In the place of names and rules, and of lists where no dossier is given: the digest, or its beginning, of
        settings that the store keeps, or ``"shipped"``. They are used once and do not become those that stand.
    stand : bool
        Whether what is given stands for later commands; False uses it once.
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
        If the store has no quarters or one of them is not whole, or a dictionary, the rules or the settings are
        wrong.
    BlockingIOError
        If another process is building this store's index.
    """
    return prepare(
        store,
        names=names,
        rules=rules,
        dossier=dossier,
        settings=settings,
        stand=stand,
        progress=progress,
        memory=memory,
    )[0]


def prepare(
    store: Path | str,
    *,
    names: Paths | None = None,
    rules: Path | str | None = None,
    dossier: Path | str | None = None,
    settings: str | None = None,
    stand: bool = True,
    progress: Progress | None = None,
    memory: str = "4GB",
) -> tuple[Path, Settings]:
    """Do as :func:`build_index`, and give the settings as well."""
    store = Path(store)
    chosen = choose(store, names=names, rules=rules, dossier=dossier, settings=settings)
    cleaning = load_rules(None if chosen.rules is None else chosen.rules.path)
    quarters = read_quarters(store)
    digest = _digest(quarters, chosen, cleaning)
    target = store / "index" / digest
    whole = (target / "index.json").exists()
    lists = read_lists(chosen.lists)
    if names is not None or rules is not None or dossier is not None:
        if not whole:
            # A dictionary that is wrong must not become the store's.
            load_dictionary([one.path for one in chosen.names], lists)
        try:
            keep(store, chosen, standing=stand and settings is None)
            chosen = read_settings(store, chosen.digest)
        except OSError as fault:
            if not whole:
                raise
            _LOG.warning("these settings are not kept for later commands: %s", fault)
    if not whole:
        _build(store, target, quarters, chosen, cleaning, memory=memory, say=_speaker(progress))
    return target, chosen


def _build(
    store: Path,
    target: Path,
    quarters: list[Quarter],
    settings: Settings,
    rules: Rules,
    *,
    memory: str,
    say: Progress,
) -> None:
    """Build an index beside, move it to its place, and remove those it replaces."""
    from glabella.safety.faers import sealed

    dictionary = load_dictionary([one.path for one in settings.names], read_lists(settings.lists))
    (store / "index").mkdir(exist_ok=True)
    with _alone(store / "index" / ".lock"):
        work = store / "index" / ".building"
        shutil.rmtree(work, ignore_errors=True)
        try:
            out = work / "out"
            out.mkdir(parents=True)
            say(f"building the index {target.name}; {settings}")
            counted = build_tables(quarters, dictionary, rules, work, out, memory=memory, say=say)
            # The user's come last; they are kept under other names than they came with.
            own = counted["names"]["dictionaries"][len(dictionary.files) - len(settings.names) :]
            for said, one in zip(own, settings.names, strict=True):
                said["file"] = one.file
            _write(out / "index.json", sealed({**_description(target.name, quarters, settings), **counted}))
            shutil.rmtree(target, ignore_errors=True)
            out.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        for other in (store / "index").iterdir():
            if other.is_dir() and other != target and _replaced(other, read_index(target)):
                shutil.rmtree(other)
    say(unmapped_share(read_index(target)))


def _replaced(index: Path, fresh: dict[str, Any]) -> bool:
    """Say whether nobody reads an index any more: it is of the same settings, of other quarters, or unreadable."""
    try:
        said = read_index(index)
        return bool(said["settings"]["digest"] == fresh["settings"]["digest"] or said["inputs"] != fresh["inputs"])
    except (OSError, ValueError, TypeError, KeyError):
        return True


def read_index(folder: Path) -> dict[str, Any]:
    """Read what an index says of itself.

    Raises
    ------
    ValueError
        If it cannot be read, or is not as it was written.
    """
    from glabella.safety.faers import unsealed

    path = folder / "index.json"
    try:
        text = path.read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return unsealed(text) if found["format"] >= INDEX_FORMAT else found
    except FileNotFoundError:
        raise ValueError(f"{folder}: index.json is missing; not an index, or not whole") from None
    except (ValueError, TypeError, KeyError) as fault:
        raise ValueError(f"{path}: {fault}; remove {folder}, and the next command builds it again") from fault


def unmapped_share(index: dict[str, Any]) -> str:
    """Say in words how many drug names no dictionary knew."""
    found = index["names"]["unmapped"]
    reporter, agency = index["names"]["by_way"]["drugname"]["rows"], index["names"]["by_way"]["prod_ai"]["rows"]
    share = found["rows"] / found["of_rows"] if found["of_rows"] else 0.0
    overruled = "".join(
        f"; {each['entries_with_another_meaning_left_out']:,} entries of {each['file']} left out, for their names "
        "have another meaning in an earlier dictionary"
        for each in index["names"]["dictionaries"][1:]
        if each["entries_with_another_meaning_left_out"]
    )
    return (
        f"drug names in no dictionary: {share:.1%} of {found['of_rows']:,} rows, {found['names']:,} of "
        f"{found['of_names']:,} distinct names ({agency:,} rows named by FDA's ingredient, {reporter:,} by the "
        f"reporter's own words; they count under these names, and ingest --names FILE adds a dictionary){overruled}"
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


def _digest(quarters: list[Quarter], settings: Settings, rules: Rules) -> str:
    general = ("products.csv", "substances.csv", "name_cleaning.yaml")
    given = shipped_lists() if settings.lists is None else settings.lists
    parts = {
        "format": INDEX_FORMAT,
        "quarters": _inputs(quarters),
        "rules": hashlib.sha256(rules.content).hexdigest(),
        "general": [hashlib.sha256((shipped_data() / name).read_bytes()).hexdigest() for name in general],
        # Of a dossier's lists only the names of drugs are read for an index; the others are read when it is asked.
        "dossier": [[one.file, one.sha256] for one in given.files if one.file.startswith("names/")],
        "names": [one.sha256 for one in settings.names],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _inputs(quarters: list[Quarter]) -> dict[str, list[Any]]:
    return {one.name: [one.era, dict(one.digests)] for one in quarters}


def _description(digest: str, quarters: list[Quarter], settings: Settings) -> dict[str, Any]:
    from glabella.safety.faers import content_digest

    return {
        "format": INDEX_FORMAT,
        "digest": digest,
        "settings": settings.card(),
        "inputs": content_digest(_inputs(quarters)),
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
