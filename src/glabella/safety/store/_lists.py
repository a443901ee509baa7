"""Lists that reports are counted with: the general ones of the package, and beside them those of one dossier."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from glabella.safety.store._data import shipped_data
from glabella.safety.store._settings import GivenLists, choose, given_lists, shipped_lists
from glabella.safety.store._terms import TermGroup, load_terms

_EVENTS, _INDICATIONS, _COHORTS = "event_groups", "indication_groups", "cohorts"
_CAVEATS, _SUBSTANCES = "caveats.yaml", "substances.csv"


@dataclass(frozen=True, slots=True)
class Lists:
    """Everything that has a name of its own when reports are counted.

    A list of the dossier stands before a general one of the same name; drugs that it adds to a group stand beside
    those that are there.

    Attributes
    ----------
    name : str
        Of the dossier; empty for the general lists alone.
    cohorts : Mapping of str to Path
        Declared comparisons, by id.
    event_groups, indication_groups : Mapping of str to TermGroup
        Lists of terms, by id.
    drug_groups : Mapping of str to tuple of str
        Substances of each group.
    caveats : tuple of (str, str)
        Sentences that belong beside every ratio, each with its source.
    reproduction : str
        The sentence that belongs beside what follows a publication.
    products : Path or None
        The dossier's dictionary of drug names.
    wider : Mapping of str to tuple of str
        Ingredients that a product's own name makes narrower, and to which substances.
    ends : tuple of str
        Words cut from the ends of a drug's name, beside the general ones.
    """

    name: str
    cohorts: Mapping[str, Path]
    event_groups: Mapping[str, TermGroup]
    indication_groups: Mapping[str, TermGroup]
    drug_groups: Mapping[str, tuple[str, ...]]
    caveats: tuple[tuple[str, str], ...]
    reproduction: str
    products: Path | None
    wider: Mapping[str, tuple[str, ...]]
    ends: tuple[str, ...]

    def __str__(self) -> str:
        return f"the general lists and those of {self.name}" if self.name else "the general lists alone"


def load_lists(dossier: Path | str | None = None) -> Lists:
    """Read the general lists and those of a dossier.

    Parameters
    ----------
    dossier : Path or str, optional
        Folder of a dossier or of lists alone, the name of a dossier that ships, or ``"none"`` for the general
        lists alone; the shipped dossier when omitted.

    Returns
    -------
    Lists

    Raises
    ------
    ValueError
        Naming the file, if there is no such dossier or a list of it is wrong.

    Examples
    --------
    >>> sorted(load_lists("none").event_groups)[-1]
    'suicide_self_injury'
    """
    return read_lists(None if dossier is None else given_lists(dossier))


def store_lists(store: Path | str, *, dossier: Path | str | None = None, settings: str | None = None) -> Lists:
    """Read the lists that a store is counted with, without building its index.

    Parameters
    ----------
    store : Path or str
        Folder of the store.
    dossier, settings : optional
        As for ``open_store``; those that stand in the store when omitted.

    Raises
    ------
    ValueError
        If the folder is no store, or as :func:`load_lists`.
    """
    from glabella.safety.faers import read_quarter_manifests

    read_quarter_manifests(store)  # a folder that is no store is refused
    return read_lists(choose(Path(store), dossier=dossier, settings=settings).lists)


@cache
def read_lists(given: GivenLists | None) -> Lists:
    """Read the general lists and given ones; those of the shipped dossier where None are given."""
    given = shipped_lists() if given is None else given
    files = {one.file: one.path for one in given.files}
    always, reproduction = _caveats(shipped_data() / _CAVEATS)
    more = _caveats(files[_CAVEATS])[0] if _CAVEATS in files else ()
    drugs = _drug_groups(shipped_data() / _SUBSTANCES)
    named = files.get(f"names/{_SUBSTANCES}")
    for group, members in (_drug_groups(named) if named else {}).items():
        drugs[group] = tuple(dict.fromkeys((*drugs.get(group, ()), *members)))
    wider, ends = _cleaning(files.get("names/cleaning.yaml"), drugs)
    return Lists(
        name=given.name if given.files else "",
        cohorts=MappingProxyType(_of(files, _COHORTS)),
        event_groups=_groups(files, _EVENTS),
        indication_groups=_groups(files, _INDICATIONS),
        drug_groups=MappingProxyType(drugs),
        caveats=(*always, *more),
        reproduction=reproduction,
        products=files.get("names/products.csv"),
        wider=wider,
        ends=ends,
    )


def _of(files: Mapping[str, Path], part: str) -> dict[str, Path]:
    """Give the files of a part by the name that people use."""
    return {Path(name).stem: path for name, path in files.items() if name.startswith(f"{part}/")}


def _groups(files: Mapping[str, Path], part: str) -> Mapping[str, TermGroup]:
    general = {path.stem: path for path in sorted((shipped_data() / part).glob("*.yaml"))}
    found = {}
    for name, path in {**general, **_of(files, part)}.items():
        group = load_terms(path)
        if group.id != name:
            raise ValueError(f"{path}: id {group.id!r}, expected the file's name {name!r}")
        found[name] = group
    return MappingProxyType(dict(sorted(found.items())))


def _caveats(path: Path) -> tuple[tuple[tuple[str, str], ...], str]:
    """Read sentences with their sources."""
    found = _mapping(path)
    sentences = found.get("always")
    if not isinstance(sentences, list):
        raise ValueError(f"{path}: expected a list `always` of sentences")
    for number, one in enumerate(sentences, start=1):
        if not isinstance(one, dict) or not all(isinstance(one.get(key), str) for key in ("text", "source")):
            raise ValueError(f"{path}, sentence {number}: expected a text and a source")
    said = tuple((one["text"].strip(), one["source"].strip()) for one in sentences)
    return said, str(found.get("reproduction", "")).strip()


def _drug_groups(path: Path) -> dict[str, tuple[str, ...]]:
    """Read which substances each group holds, in the order of the rows."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise ValueError(f"{path}: not UTF-8 at byte {fault.start}") from fault
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if not {"substance", "group"} <= set(rows.fieldnames or ()):
        raise ValueError(f"{path}, row 1: columns {rows.fieldnames}, expected substance and group")
    groups: dict[str, list[str]] = {}
    for number, row in enumerate(rows, start=2):
        if not row["substance"] or not row["group"]:
            raise ValueError(f"{path}, row {number}: no substance or no group")
        groups.setdefault(row["group"], []).append(row["substance"])
    return {group: tuple(members) for group, members in groups.items()}


def _cleaning(
    path: Path | None, groups: Mapping[str, tuple[str, ...]]
) -> tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]]:
    """Read what a dossier adds to the cleaning of names: wider ingredients, and words at the ends."""
    if path is None:
        return MappingProxyType({}), ()
    found = _mapping(path)
    strange = set(found) - {"wider", "ends"}
    ends, wider = found.get("ends", []), found.get("wider", {})
    if strange or not isinstance(ends, list) or not isinstance(wider, dict):
        raise ValueError(f"{path}: expected a list `ends` and a mapping `wider`, and nothing else")
    if not all(isinstance(word, str) and word for word in ends):
        raise ValueError(f"{path}: ends {ends}, expected words")
    for ingredient, group in wider.items():
        if group not in groups:
            raise ValueError(f"{path}: wider.{ingredient}: {group!r}, expected a group of substances.csv")
    narrow = {wide: tuple(one for one in groups[group] if one != wide) for wide, group in wider.items()}
    return MappingProxyType(narrow), tuple(ends)


def _mapping(path: Path) -> dict[str, Any]:
    from glabella._reading import read_yaml

    found = read_yaml(path)
    if not isinstance(found, dict):
        raise ValueError(f"{path}: expected keys and values")
    return found
