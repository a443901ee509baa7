"""Groups of report terms: plain lists of a dossier or of the package, and lists that the user brings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class TermGroup:
    """A named list of report terms.

    Attributes
    ----------
    id, title, note, author, date : str
        What it is, who wrote it, and when.
    version : int
        Of the list; 0 for a list of one term a line.
    terms : tuple of str
        In upper case with single spaces, as the store spells them.
    """

    id: str
    title: str
    terms: tuple[str, ...]
    version: int = 0
    date: str = ""
    author: str = ""
    note: str = ""


def normal_term(text: str) -> str:
    """Spell a report term as the store does: upper case, straight apostrophe, single spaces."""
    return " ".join(text.replace("^", "'").split()).upper()


def load_terms(path: Path | str) -> TermGroup:
    """Read a list of report terms, such as an export of an SMQ you hold a licence for.

    Parameters
    ----------
    path : Path or str
        YAML (``.yaml``, ``.yml``) with ``terms`` and, if wanted, ``id``, ``title``, ``version``, ``date``,
        ``author``, ``note``; any other name is read as one term a line, ``#`` starts a comment.

    Raises
    ------
    ValueError
        Naming the file, and the line or entry, if it holds no terms or something that is no term.
    """
    path = Path(path)
    found = _yaml(path) if path.suffix in (".yaml", ".yml") else {"terms": _lines(path)}
    terms = found.get("terms")
    if not isinstance(terms, list) or not terms:
        raise ValueError(f"{path}: holds no terms")
    for number, term in enumerate(terms, start=1):
        if not isinstance(term, str) or not term.strip():
            raise ValueError(f"{path}, term {number}: {term!r}, expected text")
    version = found.get("version", 0)
    if type(version) is not int:
        raise ValueError(f"{path}: version {version!r}, expected a whole number")
    return TermGroup(
        id=str(found.get("id", path.stem)),
        title=str(found.get("title", path.stem)),
        terms=tuple(dict.fromkeys(normal_term(term) for term in terms)),
        version=version,
        date=str(found.get("date", "")),
        author=str(found.get("author", "")),
        note=str(found.get("note", "")).strip(),
    )


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ValueError(f"{path}: not UTF-8 at byte {fault.start}") from fault
    return [line for line in (raw.split("#")[0].strip() for raw in text.splitlines()) if line]


def _yaml(path: Path) -> dict[str, Any]:
    from glabella._reading import read_yaml

    found = read_yaml(path)
    if not isinstance(found, dict):
        raise ValueError(f"{path}: expected a mapping with a list `terms`")
    return found
