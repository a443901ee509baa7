"""Where the lists of a dossier are that reports are counted with: its folder ``reports``.

Cohorts, groups of events, indications and drugs, names of products, caveats: ``glabella.safety`` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from glabella.dossier._load import shipped

#: The folder within a dossier.
LISTS = "reports"
#: What such a folder may hold; by one of these it is known where it stands alone.
PARTS = ("cohorts", "event_groups", "indication_groups", "names", "caveats.yaml", "synthetic.yaml")
#: Stands for no dossier's lists.
NO_LISTS = "none"


@dataclass(frozen=True, slots=True)
class ListFolder:
    """Lists of a dossier.

    Attributes
    ----------
    name : str
        Of the dossier's folder, or of the folder of lists alone; empty where none was wanted.
    folder : Path or None
        As the system knows it, whatever way led there; None where the dossier has no lists.
    """

    name: str
    folder: Path | None


def list_folder(dossier: Path | str | None = None) -> ListFolder:
    """Find the lists of a dossier.

    Parameters
    ----------
    dossier : Path or str, optional
        Folder of a dossier, folder of lists alone, the name of a dossier that ships, or ``"none"``; the shipped
        dossier when omitted.

    Raises
    ------
    ValueError
        If there is no such folder and no such dossier, or the folder is neither.

    Examples
    --------
    >>> list_folder("none").folder is None
    True
    >>> list_folder().folder.name
    'reports'
    """
    if dossier is None:
        return _of_dossier(shipped())
    if str(dossier) == NO_LISTS:
        return ListFolder("", None)
    path = Path(dossier)
    if not path.is_dir():
        return _of_dossier(_shipped_as(str(dossier)))
    if (path / "dossier.yaml").is_file():
        return _of_dossier(path)
    if not any((path / part).exists() for part in PARTS):
        raise ValueError(
            f"{dossier}: neither a dossier (no dossier.yaml) nor a folder of lists; expected one of "
            f"{', '.join(PARTS)} in it"
        )
    path = path.resolve()
    within = path.name == LISTS and (path.parent / "dossier.yaml").is_file()
    return ListFolder(path.parent.name if within else path.name, path)


def _shipped_as(name: str) -> Path:
    """Find a dossier that ships by its name."""
    there = {one.parent.name: one.parent for one in sorted(shipped().parent.glob("*/dossier.yaml"))}
    if name not in there:
        raise ValueError(f"{name}: no such folder, and no dossier that ships; those are {', '.join(there)}")
    return there[name]


def _of_dossier(dossier: Path) -> ListFolder:
    dossier = dossier.resolve()
    lists = dossier / LISTS
    return ListFolder(dossier.name, lists if lists.is_dir() else None)
