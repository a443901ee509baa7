"""What a user gave a store once, kept with it: dictionaries of drug names, and rules of cleaning.

Each combination is a folder ``settings/DIGEST`` of copies, so that a store counts the same wherever its user's own
files went. ``settings/current.json`` names the combination that stands where nothing else is said.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Paths = Sequence[Path | str]

SHIPPED = "shipped"
FOLDER, CARD, CURRENT = "settings", "settings.json", "current.json"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file of the user: the name it came under, the SHA-256 of its bytes, and where it can be read."""

    file: str
    sha256: str
    path: Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What a store's names and cleaning rest on besides what ships with the package.

    Attributes
    ----------
    names : tuple of GivenFile
        Dictionaries of drug names, in their order.
    rules : GivenFile or None
        Rules of cleaning; the shipped ones when None.
    """

    names: tuple[GivenFile, ...] = ()
    rules: GivenFile | None = None

    @property
    def digest(self) -> str:
        """A name made from the contents; ``"shipped"`` where nothing was given."""
        if not self.names and self.rules is None:
            return SHIPPED
        parts = [[one.sha256 for one in self.names], self.rules and self.rules.sha256]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def card(self) -> dict[str, Any]:
        """Say them as JSON."""
        files = [{"file": one.file, "sha256": one.sha256} for one in self.names]
        rules = None if self.rules is None else {"file": self.rules.file, "sha256": self.rules.sha256}
        return {"digest": self.digest, "names": files, "rules": rules}

    def __str__(self) -> str:
        if self.digest == SHIPPED:
            return "settings: shipped drug names and rules"
        names = ", ".join(("shipped", *(one.file for one in self.names)))
        rules = "shipped" if self.rules is None else self.rules.file
        return f"settings {self.digest}: drug names {names}; rules {rules}"


def choose(
    store: Path, *, names: Paths | None = None, rules: Path | str | None = None, settings: str | None = None
) -> Settings:
    """Settle what a store is indexed with: what is given now, and for the rest what it was given before.

    Parameters
    ----------
    store : Path
        Folder of the store.
    names : sequence of paths, optional
        Dictionaries given now; an empty sequence stands for none, and None for those the store keeps.
    rules : path, optional
        Rules given now; None stands for those the store keeps.
    settings : str, optional
        Digest, or the beginning of one, of settings that the store keeps, or ``"shipped"``.

    Raises
    ------
    ValueError
        If settings are not kept, are named beside files, or a kept file is not as it was.
    """
    if settings is not None:
        if names is not None or rules is not None:
            raise ValueError(f"settings: {settings!r} beside names or rules, expected one or the other")
        return _named(store, settings)
    if names is not None and rules is not None:
        return Settings(_given(names), _given([rules])[0])
    kept = current(store)
    return Settings(
        kept.names if names is None else _given(names), kept.rules if rules is None else _given([rules])[0]
    )


def current(store: Path) -> Settings:
    """Give the settings that stand in a store where nothing else is said."""
    card = store / FOLDER / CURRENT
    try:
        found = str(json.loads(card.read_text(encoding="utf-8"))["settings"])
    except FileNotFoundError:
        return Settings()
    except (ValueError, TypeError, KeyError) as fault:
        raise ValueError(
            f"{card}: does not name the store's settings; give its dictionaries and rules again"
        ) from fault
    return read_settings(store, found)


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
        found = Settings(names, card["rules"] and _kept(folder, "rules", card["rules"]))
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise ValueError(
            f"{folder}: settings that cannot be read ({fault}); give the store its files again"
        ) from fault
    if found.digest != digest:
        raise ValueError(f"{folder}: holds the settings {found.digest}; give the store its files again")
    return found


def keep(store: Path, settings: Settings) -> None:
    """Copy settings into a store, whole or not at all, and let them stand for later commands."""
    place = store / FOLDER / settings.digest
    if settings.digest != SHIPPED and not place.exists():
        fresh = place.with_name(f".{place.name}-{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            fresh.mkdir(parents=True)
            for name, one in _places(settings):
                _write(fresh / name, _checked(one))
            _write(fresh / CARD, (json.dumps(settings.card(), indent=1) + "\n").encode())
            fresh.rename(place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    card = store / FOLDER / CURRENT
    if settings.digest != current(store).digest:
        card.parent.mkdir(exist_ok=True)
        fresh = card.with_name(f".{CURRENT}-{os.getpid()}")
        _write(fresh, (json.dumps({"settings": settings.digest}) + "\n").encode())
        fresh.replace(card)


def keep_settings(store: Path | str, *, names: Paths | None = None, rules: Path | str | None = None) -> Settings:
    """Let dictionaries or rules stand for all later commands of a store, without building its index."""
    folder = Path(store)
    keep(folder, choose(folder, names=names, rules=rules))
    return current(folder)


def _named(store: Path, wanted: str) -> Settings:
    known = (SHIPPED, *kept_settings(store))
    found = [one for one in known if wanted and one.startswith(wanted)]
    if len(found) != 1:
        raise ValueError(f"settings: {wanted!r} {'is not kept' if not found else 'names several'} in {store}; "
                         f"it has {', '.join(known)}")  # fmt: skip
    return read_settings(store, found[0])


def _given(paths: Paths) -> tuple[GivenFile, ...]:
    files = [Path(path) for path in paths]
    return tuple(GivenFile(one.name, hashlib.sha256(one.read_bytes()).hexdigest(), one) for one in files)


def _kept(folder: Path, name: str, card: dict[str, str]) -> GivenFile:
    one = GivenFile(card["file"], card["sha256"], folder / name)
    _checked(one)
    return one


def _checked(one: GivenFile) -> bytes:
    content = one.path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != one.sha256:
        raise ValueError(f"{one.path}: SHA-256 {found}, expected {one.sha256} as when {one.file} was given")
    return content


def _places(settings: Settings) -> list[tuple[str, GivenFile]]:
    rules = [] if settings.rules is None else [("rules", settings.rules)]
    return [*((f"names-{i}", one) for i, one in enumerate(settings.names, start=1)), *rules]


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
