"""What a user gave a store, kept with it: dictionaries of drug names, rules of cleaning, lists of a dossier.

Each combination is a folder ``settings/DIGEST`` of copies, so that a store counts the same wherever its user's own
files went. ``settings/current.json`` names the combination that stands where nothing else is said.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

Paths = Sequence[Path | str]

SHIPPED = "shipped"
FOLDER, CARD, CURRENT = "settings", "settings.json", "current.json"
#: Where the lists of a dossier lie within the folder of settings.
LISTS = "lists"
#: Files of a dossier's lists, and what may lie beside them without being one.
_LIST = re.compile(
    r"(?:cohorts|event_groups|indication_groups)/[^/]+\.yaml"
    r"|caveats\.yaml|names/(?:products\.csv|substances\.csv|cleaning\.yaml)"
)
_BESIDE = re.compile(r"synthetic\.yaml|(?:.*/)?(?:[^/]+\.md|\.[^/]*(?:/.*)?)")


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file of the user: the name it came under, the SHA-256 of its bytes, and where it can be read."""

    file: str
    sha256: str
    path: Path


@dataclass(frozen=True, slots=True)
class GivenLists:
    """Lists of a dossier: its name, and each file, named by its place among them.

    Without files they are no lists at all: the general ones stand alone.
    """

    name: str
    files: tuple[GivenFile, ...] = ()

    def __str__(self) -> str:
        if self.files:
            return f"lists of {self.name}"
        return f"general lists alone, for {self.name} has none" if self.name else "general lists alone"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a store's names, cleaning and lists rest on besides what ships with the package.

    Attributes
    ----------
    names : tuple of GivenFile
        Dictionaries of drug names, in their order.
    rules : GivenFile or None
        Rules of cleaning; the shipped ones when None.
    lists : GivenLists or None
        Lists of a dossier: cohorts, groups, names, caveats; those of the shipped dossier when None.
    """

    names: tuple[GivenFile, ...] = ()
    rules: GivenFile | None = None
    lists: GivenLists | None = None

    @property
    def digest(self) -> str:
        """A name made from the contents; ``"shipped"`` where nothing was given."""
        if not self.names and self.rules is None and self.lists is None:
            return SHIPPED
        parts: list[Any] = [[one.sha256 for one in self.names], self.rules and self.rules.sha256]
        if self.lists is not None:
            # Without lists the name is as it was before there were any, so that older stores are found.
            parts.append([self.lists.name, *([one.file, one.sha256] for one in self.lists.files)])
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def card(self) -> dict[str, Any]:
        """Say them as JSON."""
        card: dict[str, Any] = {
            "digest": self.digest,
            "names": [_said(one) for one in self.names],
            "rules": None if self.rules is None else _said(self.rules),
        }
        if self.lists is not None:
            card["lists"] = {"name": self.lists.name, "files": [_said(one) for one in self.lists.files]}
        return card

    def __str__(self) -> str:
        lists = f"lists of {shipped_lists().name}, the shipped dossier" if self.lists is None else str(self.lists)
        if self.digest == SHIPPED:
            return f"settings: shipped drug names and rules; {lists}"
        names = ", ".join(("shipped", *(one.file for one in self.names)))
        rules = "shipped" if self.rules is None else self.rules.file
        return f"settings {self.digest}: drug names {names}; rules {rules}; {lists}"


@cache
def shipped_lists() -> GivenLists:
    """Give the lists of the shipped dossier."""
    from glabella.dossier import list_folder

    found = list_folder()
    return GivenLists(found.name, _list_files(found.folder))


def given_lists(dossier: Path | str) -> GivenLists | None:
    """Read which lists a dossier has; None, which stands for the shipped one, where it is that.

    Raises
    ------
    ValueError
        If there is no such dossier, or a file among its lists is none.
    """
    from glabella.dossier import list_folder

    found = list_folder(dossier)
    if found.folder is not None and found == list_folder():
        return None
    return GivenLists(found.name, _list_files(found.folder))


def _list_files(folder: Path | None) -> tuple[GivenFile, ...]:
    if folder is None:
        return ()
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    for name, path in files.items():
        if not _LIST.fullmatch(name) and not _BESIDE.fullmatch(name):
            raise ValueError(
                f"{path}: not read by any part of the program; expected cohorts/NAME.yaml, event_groups/NAME.yaml, "
                "indication_groups/NAME.yaml, caveats.yaml, synthetic.yaml, or names/ with products.csv, "
                "substances.csv, cleaning.yaml"
            )
    return tuple(_file(name, path) for name, path in files.items() if _LIST.fullmatch(name))


def choose(
    store: Path,
    *,
    names: Paths | None = None,
    rules: Path | str | None = None,
    dossier: Path | str | None = None,
    settings: str | None = None,
) -> Settings:
    """Settle what a store is counted with: what is given now, and for the rest what it was given before.

    Parameters
    ----------
    store : Path
        Folder of the store.
    names : sequence of paths, optional
        Dictionaries given now; an empty sequence stands for none, and None for those the store keeps.
    rules : path, optional
        Rules given now; None stands for those the store keeps.
    dossier : path or str, optional
        Dossier of which the lists are given now; None stands for those the store keeps.
    settings : str, optional
        Digest, or the beginning of one, of settings that the store keeps, or ``"shipped"``; a dossier beside it
        takes the place of their lists.

    Raises
    ------
    ValueError
        If settings are not kept, are named beside files, or a kept file is not as it was.
    """
    if settings is not None:
        if names is not None or rules is not None:
            raise ValueError(f"settings: {settings!r} beside names or rules, expected one or the other")
        named = _named(store, settings)
        return named if dossier is None else replace(named, lists=given_lists(dossier))
    # What stands is not read where all is given: it may be what cannot be read.
    kept = Settings() if None not in (names, rules, dossier) else current(store)
    return Settings(
        kept.names if names is None else _given(names),
        kept.rules if rules is None else _given([rules])[0],
        kept.lists if dossier is None else given_lists(dossier),
    )


def current(store: Path) -> Settings:
    """Give the settings that stand in a store where nothing else is said."""
    card = store / FOLDER / CURRENT
    try:
        found = _named_by(card)
    except FileNotFoundError:
        return Settings()
    except (ValueError, TypeError, KeyError) as fault:
        raise ValueError(
            f"{card}: does not name the store's settings; give its dictionaries, rules and dossier again"
        ) from fault
    return read_settings(store, found)


def _named_by(card: Path) -> str:
    return str(json.loads(card.read_text(encoding="utf-8"))["settings"])


def kept_settings(store: Path) -> tuple[str, ...]:
    """List the digests of the settings that a store keeps."""
    return tuple(sorted(card.parent.name for card in (store / FOLDER).glob(f"*/{CARD}")))


def read_settings(store: Path, digest: str) -> Settings:
    """Read settings that a store keeps.

    Raises
    ------
    ValueError
        If they are not there, or a file is not as it was given.
    """
    if digest == SHIPPED:
        return Settings()
    folder = store / FOLDER / digest
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        names = tuple(_kept(folder, f"names-{i}", one) for i, one in enumerate(card["names"], start=1))
        lists = None if card.get("lists") is None else _kept_lists(folder, card["lists"])
        found = Settings(names, card["rules"] and _kept(folder, "rules", card["rules"]), lists)
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise ValueError(
            f"{folder}: settings that cannot be read ({fault}); give the store its files again"
        ) from fault
    if found.digest != digest:
        raise ValueError(f"{folder}: holds the settings {found.digest}; give the store its files again")
    return found


def keep(store: Path, settings: Settings, *, standing: bool = True) -> None:
    """Copy settings into a store, whole or not at all; those that stand are used by later commands."""
    place = store / FOLDER / settings.digest
    if settings.digest != SHIPPED and not place.exists():
        fresh = place.with_name(f".{place.name}-{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            fresh.mkdir(parents=True)
            for name, one in _places(settings):
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                _write(fresh / name, _checked(one))
            _write(fresh / CARD, (json.dumps(settings.card(), indent=1) + "\n").encode())
            fresh.rename(place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    card = store / FOLDER / CURRENT
    if standing and _stands(card) != settings.digest:
        _stand(card, settings.digest)
    elif place.exists() and not card.exists():
        # What is kept says which of it stands, also where none of it does.
        _stand(card, SHIPPED)


def _stands(card: Path) -> str | None:
    """Give what a card names, and None where it can name nothing."""
    try:
        return _named_by(card)
    except FileNotFoundError:
        return SHIPPED
    except (ValueError, TypeError, KeyError):
        return None


def _stand(card: Path, digest: str) -> None:
    card.parent.mkdir(exist_ok=True)
    fresh = card.with_name(f".{CURRENT}-{os.getpid()}")
    _write(fresh, (json.dumps({"settings": digest}) + "\n").encode())
    fresh.replace(card)


def keep_settings(
    store: Path | str,
    *,
    names: Paths | None = None,
    rules: Path | str | None = None,
    dossier: Path | str | None = None,
) -> Settings:
    """Let dictionaries, rules or a dossier's lists stand for all later commands, without building the index."""
    folder = Path(store)
    keep(folder, choose(folder, names=names, rules=rules, dossier=dossier))
    return current(folder)


def _named(store: Path, wanted: str) -> Settings:
    known = (SHIPPED, *kept_settings(store))
    found = [one for one in known if wanted and one.startswith(wanted)]
    if len(found) != 1:
        raise ValueError(f"settings: {wanted!r} {'is not kept' if not found else 'names several'} in {store}; "
                         f"it has {', '.join(known)}")  # fmt: skip
    return read_settings(store, found[0])


def _given(paths: Paths) -> tuple[GivenFile, ...]:
    return tuple(_file(path.name, path) for path in map(Path, paths))


def _file(name: str, path: Path) -> GivenFile:
    return GivenFile(name, hashlib.sha256(path.read_bytes()).hexdigest(), path)


def _said(one: GivenFile) -> dict[str, str]:
    return {"file": one.file, "sha256": one.sha256}


def _kept(folder: Path, name: str, card: dict[str, str]) -> GivenFile:
    one = GivenFile(card["file"], card["sha256"], folder / name)
    _checked(one)
    return one


def _kept_lists(folder: Path, card: dict[str, Any]) -> GivenLists:
    strange = [one["file"] for one in card["files"] if not _LIST.fullmatch(one["file"])]
    if strange:
        raise ValueError(f"{strange[0]!r} is no list of a dossier")
    files = (_kept(folder / LISTS, one["file"], one) for one in card["files"])
    return GivenLists(str(card["name"]), tuple(files))


def _checked(one: GivenFile) -> bytes:
    content = one.path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != one.sha256:
        raise ValueError(f"{one.path}: SHA-256 {found}, expected {one.sha256} as when {one.file} was given")
    return content


def _places(settings: Settings) -> list[tuple[str, GivenFile]]:
    rules = [] if settings.rules is None else [("rules", settings.rules)]
    lists = () if settings.lists is None else settings.lists.files
    names = ((f"names-{i}", one) for i, one in enumerate(settings.names, start=1))
    return [*names, *rules, *((f"{LISTS}/{one.file}", one) for one in lists)]


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
