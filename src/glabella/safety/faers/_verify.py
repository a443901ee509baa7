"""A store compared with what its manifests say of it: its quarters, and all that counting reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from glabella.safety.faers._manifest import MANIFEST, QUARTERS, QuarterManifest, check_store, sha256_of
from glabella.safety.faers._seal import unsealed

_INTERRUPTED = "left by a run that was killed, or that still goes on; the next ingest removes it"
#: Of the index and what is counted over it.
_INDEX, _CARD, _COUNTED, _PRIOR = "index", "index.json", "counted", "prior.json"
_FIRST_WITH_DIGESTS = 2
_SETTINGS, _SETTINGS_CARD, _CURRENT, _SHIPPED = "settings", "settings.json", "current.json", "shipped"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a store that is not as its manifests say.

    Attributes
    ----------
    path : str
        Below the store.
    kind : "missing", "extra" or "changed"
        What is wrong with it.
    detail : str
        What was found and what was expected.
    """

    path: str
    kind: Literal["missing", "extra", "changed"]
    detail: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The result of a check.

    Attributes
    ----------
    quarters : int
        Quarters that were looked at.
    tables : int
        Parquet files of theirs that were read.
    problems : tuple of Problem
        In the order of their paths; empty for a sound store.
    indexes : int
        Indexes that were looked at: the tables that counting reads.
    counts : int
        Sets of counted pairs, kept beside an index.
    settings : int
        Combinations of the user's dictionaries, rules and lists.
    """

    quarters: int
    tables: int
    problems: tuple[Problem, ...]
    indexes: int = 0
    counts: int = 0
    settings: int = 0

    @property
    def ok(self) -> bool:
        """Whether all is as the manifests say."""
        return not self.problems

    def __str__(self) -> str:
        """Print a line a problem."""
        beside = {"indexes": self.indexes, "sets of counted pairs": self.counts, "user's settings": self.settings}
        seen = [f"{self.quarters} quarters", f"{self.tables} tables"]
        seen += [f"{what} {count}" for what, count in beside.items() if count]
        head = f"{', '.join(seen)}: {'sound' if self.ok else 'NOT as written'}"
        return "\n".join(
            [head, *(f"{problem.path}: {problem.kind}: {problem.detail}" for problem in self.problems)]
        )


def verify(store: Path | str) -> VerifyReport:
    """Recompute the digests and row counts of all that a store holds and counting reads.

    These are the tables of the quarters, the indexes, the counted pairs and priors kept beside them, and the user's
    settings.

    Parameters
    ----------
    store : path
        Folder of the store.

    Returns
    -------
    VerifyReport
        With every table, quarter, index and setting that is missing, extra or changed.

    Raises
    ------
    StoreError
        When the folder is no store.
    """
    root = Path(store)
    check_store(root)
    check = _Check(root)
    quarters = tables = 0
    for quarter in _folders(root / QUARTERS, hidden=True):
        manifest = check.manifest(quarter)
        if manifest is not None:
            quarters += 1
            tables += check.quarter(quarter, manifest)
    if (root / ".partial").exists():
        check.add(root / ".partial", "extra", _INTERRUPTED + _of(unfinished(root)))
    return VerifyReport(
        quarters,
        tables,
        indexes=sum(check.index(folder) for folder in _folders(root / _INDEX)),
        counts=sum(
            check.counted(folder)
            for index in _folders(root / _INDEX)
            for folder in _folders(index / _COUNTED)
            if folder.is_dir()
        ),
        settings=check.settings(),
        problems=tuple(sorted(check.problems, key=lambda problem: problem.path)),
    )


def unfinished(store: Path | str) -> tuple[str, ...]:
    """Name the quarters that an ingest began and did not finish: it was killed, or still goes on.

    Returns
    -------
    tuple of str
        Quarters; ``"a quarter not begun"`` where it ended between two of them; empty where nothing is left over.
    """
    root = Path(store)
    lost = {path.name for path in _folders(root / QUARTERS, hidden=True) if not (path / MANIFEST).exists()}
    partial = root / ".partial"
    if not partial.is_dir():
        return tuple(sorted(lost))
    begun = lost | {path.name.removesuffix(".old") for path in partial.iterdir()}
    return tuple(sorted(begun)) or ("a quarter not begun",)


def _of(names: tuple[str, ...]) -> str:
    return f" ({', '.join(names)})" if names else ""


def _folders(folder: Path, *, hidden: bool = False) -> list[Path]:
    """Give what lies in a folder, without what is hidden there."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if hidden or not path.name.startswith(".")]


class _Check:
    """Looks at the parts of a store, and keeps what is wrong."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def add(self, path: Path, kind: Literal["missing", "extra", "changed"], detail: str) -> None:
        self.problems.append(Problem(str(path.relative_to(self.root)), kind, detail))

    def manifest(self, quarter: Path) -> QuarterManifest | None:
        """Read the manifest of a quarter."""
        path = quarter / MANIFEST
        try:
            manifest = QuarterManifest.from_json(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            self.add(path, "missing", "a quarter without a manifest")
            return None
        except (OSError, ValueError) as error:
            self.add(path, "changed", str(error))
            return None
        if manifest.quarter != quarter.name:
            self.add(path, "changed", f"is of {manifest.quarter}, expected {quarter.name}")
        return manifest

    def quarter(self, quarter: Path, manifest: QuarterManifest) -> int:
        """Compare the tables of a quarter with its manifest; give how many were read."""
        expected = {name: (entry.rows, entry.sha256) for name, entry in manifest.tables.items()}
        return self._tables(quarter, expected, {MANIFEST})

    def index(self, folder: Path) -> int:
        """Compare the tables of an index with what it says of them; one of an older format is never read."""
        path = folder / _CARD
        try:
            text = path.read_text(encoding="utf-8")
            if json.loads(text)["format"] < _FIRST_WITH_DIGESTS:
                return 0
            card = unsealed(text)
            if card["digest"] != folder.name:
                raise ValueError(f"is of the index {card['digest']}")
            expected = _entries(card)
            quarters = [str(each["quarter"]) for each in card["quarters"]]
            settings = str(card["settings"]["digest"])
        except (FileNotFoundError, NotADirectoryError):
            self.add(path, "missing", "an index that does not say what it holds")
            return 0
        except (OSError, ValueError, TypeError, KeyError) as error:
            self.add(path, "changed", str(error))
            return 0
        self._tables(folder, expected, {_CARD, _COUNTED})
        kept = self.root / _SETTINGS / settings
        if settings != _SHIPPED and not kept.exists():
            self.add(kept, "missing", f"settings that {folder.name} was built with")
        for name in quarters:
            if not (self.root / QUARTERS / name).exists():
                self.add(self.root / QUARTERS / name, "missing", f"a quarter that {folder.name} was built from")
        return 1

    def counted(self, folder: Path) -> int:
        """Compare counted pairs, and the prior fitted to them, with what their cards say."""
        card = folder.with_name(f"{folder.name}.json")
        try:
            expected = _entries(unsealed(card.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError) as error:
            self.add(card, "changed", f"cannot be read: {error}")
            return 0
        prior = folder / _PRIOR
        if prior.exists():
            try:
                unsealed(prior.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                self.add(prior, "changed", str(error))
        self._tables(folder, expected, {_PRIOR})
        return 1

    def settings(self) -> int:
        """Compare the user's files with their digests; give how many combinations there are."""
        folder = self.root / _SETTINGS
        places = [path for path in _folders(folder) if path.name != _CURRENT]
        for place in places:
            self._kept(place)
        current = folder / _CURRENT
        if current.exists():
            try:
                named = json.loads(current.read_text(encoding="utf-8"))["settings"]
                if named != _SHIPPED and not (folder / named / _SETTINGS_CARD).exists():
                    self.add(current, "changed", f"names the settings {named}, which are not there")
            except (OSError, ValueError, TypeError, KeyError) as error:
                self.add(current, "changed", f"cannot be read: {error}")
        elif places:
            self.add(current, "missing", "which of the kept settings stand is not said")
        return len(places)

    def _kept(self, place: Path) -> None:
        try:
            card = json.loads((place / _SETTINGS_CARD).read_text(encoding="utf-8"))
            files = {f"names-{i}": one["sha256"] for i, one in enumerate(card["names"], start=1)}
            files |= {"rules": card["rules"]["sha256"]} if card["rules"] else {}
            files |= {f"lists/{one['file']}": one["sha256"] for one in (card.get("lists") or {}).get("files", [])}
            digest = _settings_digest(card)
        except (OSError, ValueError, TypeError, KeyError) as error:
            self.add(place / _SETTINGS_CARD, "changed", f"cannot be read: {error}")
            return
        if digest != place.name:
            self.add(place / _SETTINGS_CARD, "changed", f"is of the settings {digest}")
        for name, expected in files.items():
            path = place / name
            if not path.exists():
                self.add(path, "missing", f"expected SHA-256 {expected}")
            elif (found := sha256_of(path)) != expected:
                self.add(path, "changed", f"SHA-256 {found}, expected {expected}")

    def _tables(self, folder: Path, expected: Mapping[str, tuple[int, str]], known: set[str]) -> int:
        """Compare Parquet files with their rows and digests; give how many were read."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        files = {f"{name}.parquet": entry for name, entry in expected.items()}
        present = {path.name for path in folder.iterdir()} - known
        for name in sorted(present - set(files)):
            self.add(folder / name, "extra", "not in the manifest")
        for name, (rows, digest) in files.items():
            path = folder / name
            if name not in present:
                self.add(path, "missing", f"expected {rows} rows")
                continue
            found = sha256_of(path)
            if found != digest:
                self.add(path, "changed", f"SHA-256 {found}, expected {digest}")
            try:
                counted = pq.read_metadata(path).num_rows
            except (pa.ArrowException, OSError) as error:
                self.add(path, "changed", f"cannot be read: {error}")
                continue
            if counted != rows:
                self.add(path, "changed", f"{counted} rows, expected {rows}")
        return len(set(files) & present)


def _entries(card: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    return {name: (int(entry["rows"]), str(entry["sha256"])) for name, entry in card["tables"].items()}


def _settings_digest(card: Mapping[str, Any]) -> str:
    """Give the name of settings, made from what they hold."""
    parts: list[Any] = [[one["sha256"] for one in card["names"]], card["rules"] and card["rules"]["sha256"]]
    if card.get("lists") is not None:
        lists = card["lists"]
        parts.append([lists["name"], *([one["file"], one["sha256"]] for one in lists["files"])])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
