"""A store compared with what its manifests say of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from glabella.safety.faers._manifest import MANIFEST, QUARTERS, QuarterManifest, check_store, sha256_of


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
        Parquet files that were read.
    problems : tuple of Problem
        In the order of their paths; empty for a sound store.
    """

    quarters: int
    tables: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether all is as the manifests say."""
        return not self.problems

    def __str__(self) -> str:
        """Print a line a problem."""
        head = f"{self.quarters} quarters, {self.tables} tables: {'sound' if self.ok else 'NOT as written'}"
        return "\n".join(
            [head, *(f"{problem.path}: {problem.kind}: {problem.detail}" for problem in self.problems)]
        )


def verify(store: Path | str) -> VerifyReport:
    """Recompute the digests and row counts of all tables of a store.

    Parameters
    ----------
    store : path
        Folder of the store.

    Returns
    -------
    VerifyReport
        With every table and quarter that is missing, extra or changed.

    Raises
    ------
    StoreError
        When the folder is no store.
    """
    root = Path(store)
    check_store(root)
    problems: list[Problem] = []
    quarters = tables = 0
    folder = root / QUARTERS
    for quarter in sorted(folder.iterdir()) if folder.is_dir() else []:
        manifest = _manifest(quarter, root, problems)
        if manifest is not None:
            quarters += 1
            tables += _verify_quarter(quarter, manifest, root, problems)
    if (root / ".partial").exists():
        problems.append(Problem(".partial", "extra", "left by a run that was killed; the next ingest removes it"))
    return VerifyReport(quarters, tables, tuple(sorted(problems, key=lambda problem: problem.path)))


def _manifest(quarter: Path, root: Path, problems: list[Problem]) -> QuarterManifest | None:
    """Read the manifest of a quarter."""
    path = quarter / MANIFEST
    place = str(path.relative_to(root))
    try:
        manifest = QuarterManifest.from_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        problems.append(Problem(place, "missing", "a quarter without a manifest"))
        return None
    except (OSError, ValueError) as error:
        problems.append(Problem(place, "changed", str(error)))
        return None
    if manifest.quarter != quarter.name:
        problems.append(Problem(place, "changed", f"is of {manifest.quarter}, expected {quarter.name}"))
    return manifest


def _verify_quarter(quarter: Path, manifest: QuarterManifest, root: Path, problems: list[Problem]) -> int:
    """Compare the tables of a quarter with its manifest; give how many were read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    expected = {f"{name}.parquet": entry for name, entry in manifest.tables.items()}
    present = {path.name for path in quarter.iterdir()} - {MANIFEST}
    problems += [
        Problem(str((quarter / name).relative_to(root)), "extra", "not in the manifest")
        for name in sorted(present - set(expected))
    ]
    for name, entry in expected.items():
        path = quarter / name
        place = str(path.relative_to(root))
        if name not in present:
            problems.append(Problem(place, "missing", f"expected {entry.rows} rows"))
            continue
        digest = sha256_of(path)
        if digest != entry.sha256:
            problems.append(Problem(place, "changed", f"SHA-256 {digest}, expected {entry.sha256}"))
        try:
            rows = pq.read_metadata(path).num_rows
        except (pa.ArrowException, OSError) as error:
            problems.append(Problem(place, "changed", f"cannot be read: {error}"))
            continue
        if rows != entry.rows:
            problems.append(Problem(place, "changed", f"{rows} rows, expected {entry.rows}"))
    return len(set(expected) & present)
