"""An older dossier brought along to the format of today: edited as text, so that comments and layout stay.

Version 2 gave its names to any treatment: what was called after one treatment, condition or placebo has a general
name, and a result stands at a time, whose unit the dossier names, and no longer at a week.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from glabella._reading import UnreadableError, load_json, parse_yaml, read_bytes, text_of
from glabella._writing import replace
from glabella.dossier._check_fitted import INPUTS
from glabella.dossier._expected import shown
from glabella.dossier._faults import DossierError, Fault
from glabella.dossier._fitted import written_fit
from glabella.dossier._json_schema import KINDS, json_schema
from glabella.dossier._load import FIT, MECHANISM, QUESTIONS, shipped
from glabella.dossier._report_lists import LISTS
from glabella.dossier._schema import SCHEMA_VERSION

#: Stands in a path for any key or place.
_ANY = "*"
_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rename:
    """A key that has another name now, or a value of the key ``of``: at these paths, in files that match."""

    old: str
    new: str
    files: str
    paths: tuple[_Path, ...]
    of: str = ""

    @property
    def said(self) -> str:
        return f"{self.of} {self.old} is now {self.new}".lstrip()


_RENAMES = (
    _Rename("week", "time", "dossier.yaml", (("analyses", _ANY),)),
    _Rename("weeks", "when", "dossier.yaml", (("analyses", _ANY), ("choices", _ANY, _ANY))),
    _Rename("saline", "placebo", "dossier.yaml",
            (("analyses", _ANY, "controls", _ANY), ("choices", _ANY, _ANY, "controls", _ANY)), of="controls"),
    _Rename("toxin", "treatment", "products.yaml", (("products", _ANY, "kind"),), of="kind"),
    _Rename("depression", "main", "studies/*.yaml", (("role",),), of="role"),
    _Rename("saline", "placebo", "studies/*.yaml", (("comparisons", _ANY, "control"),), of="control"),
    _Rename("week", "time", "studies/*.yaml", (("results", _ANY),)),
    _Rename("women", "female", "studies/*.yaml", ((),)),
    _Rename("men", "male", "studies/*.yaml", ((),)),
    _Rename("women", "female", "studies/*.yaml", (("arms", _ANY, "doses", _ANY, "who"),), of="who"),
    _Rename("men", "male", "studies/*.yaml", (("arms", _ANY, "doses", _ANY, "who"),), of="who"),
    _Rename("women", "female", MECHANISM + "observations.yaml", (("mood", _ANY, "doses", _ANY, "who"),), of="who"),
    _Rename("men", "male", MECHANISM + "observations.yaml", (("mood", _ANY, "doses", _ANY, "who"),), of="who"),
    _Rename("follow_up_weeks", "follow_up", "studies/*.yaml", (("design",),)),
    _Rename("saline", "placebo", MECHANISM + "observations.yaml", (("mood", _ANY, "comparator"),), of="comparator"),
)  # fmt: skip
#: What was asked of a fit and is computed no more: relief under repeated treatment, of people who do not exist.
_DROPPED = ("gap_seen", "men", "relief_limit", "repeats")
#: Where a constant of the model that has another name now may stand, as key or value.
_CONSTANT, _CONSTANT_NOW = "frown_site", "at_site"
_NAMING_CONSTANTS = tuple(MECHANISM + name for name in ("parameters.yaml", "links.yaml", "explanations.yaml"))
#: The muscle's site was built in; where an older dossier tells of mood, it is said now.
_SITE = "frown"
#: Keys of a fit that have another name now, and what one of them may say.
_FIT_KEYS = MappingProxyType({"foretold": "predicted"})
_FIT_VALUES = MappingProxyType({"name": (_CONSTANT, _CONSTANT_NOW)})


@dataclass(frozen=True, slots=True)
class _Edit:
    """Another text in the place of some characters."""

    start: int
    end: int
    new: str
    said: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """What bringing a dossier along changed.

    Attributes
    ----------
    folder : Path
        Where it is now.
    changes : tuple of str
        A line for each file, what was changed in it and how often.
    """

    folder: Path
    changes: tuple[str, ...]


def migrate(folder: Path | str, to: Path | str | None = None) -> Migrated:
    """Bring a dossier of an older version of the format along to that of today.

    Files are edited as text, so that comments stay. A fit keeps standing: only names changed in what it was made
    from, and questions went whose answers are kept no more; so where it was made from the files as they were, it is
    said to be made from them as they are now.

    Parameters
    ----------
    folder : Path or str
        Of the dossier.
    to : Path or str, optional
        New folder to write to; by default the dossier itself is changed, all of it or nothing.

    Returns
    -------
    Migrated

    Raises
    ------
    DossierError
        If a file that must be changed cannot be read.
    ValueError
        If the dossier is of today's version, or of a later one.
    OSError
        If something cannot be written; everything is as it was then.
    """
    folder, target = Path(folder), Path(to) if to is not None else None
    if target is not None and target.exists():
        raise FileExistsError(f"{target} exists already; expected a new folder")
    old = _texts(folder)
    new, changes = _edited(old)
    lists = _lists(folder)
    new |= lists
    if lists:
        changes += (f"{LISTS}: lists that the program had for every dossier, and reports.yaml asks, are here now",)
    if target is None:
        _write(folder, old, new)
    else:
        _write_copy(folder, target, new)
    return Migrated(target or folder, changes)


def _texts(folder: Path) -> dict[str, bytes]:
    """Give the files of a dossier that may change.

    Raises
    ------
    DossierError
        If there is no dossier, or a file cannot be read.
    ValueError
        If there is nothing to bring along.
    """
    if not (folder / "dossier.yaml").is_file():
        raise DossierError([Fault(str(folder), 0, "no dossier.yaml here, expected the folder of a dossier")])
    names = ["dossier.yaml", "products.yaml", MECHANISM + "model.ant", MECHANISM + "observations.yaml", QUESTIONS,
             *_NAMING_CONSTANTS, FIT, *(f"schema/{kind}.json" for kind in KINDS)]  # fmt: skip
    names += [f"studies/{file.name}" for file in sorted((folder / "studies").glob("*.yaml"))]
    found, faults = {}, []
    for name in names:
        if (folder / name).is_file():
            try:
                found[name] = read_bytes(folder / name)
                text_of(found[name])
            except UnreadableError as error:
                faults.append(Fault(name, error.line, error.problem))
    if faults:
        raise DossierError(faults)
    data = _parsed("dossier.yaml", text_of(found["dossier.yaml"]))
    version = data.get("schema_version", 1) if isinstance(data, dict) else 1
    if version == SCHEMA_VERSION:
        raise ValueError(f"{folder} is of version {SCHEMA_VERSION}, that of today: there is nothing to bring along")
    if version != 1:
        raise ValueError(f"{folder} is of version {version!r}, expected 1")
    return found


def _edited(old: Mapping[str, bytes]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Give the new content of every file that changes, and a line on each."""
    new: dict[str, bytes] = {}
    changes: list[str] = []
    for name, raw in old.items():
        text = text_of(raw)
        if name.startswith("schema/"):
            kind = name.removeprefix("schema/").removesuffix(".json")
            written, said = json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n", ["written anew"]
        elif name.endswith(".yaml"):
            written, said = _of_yaml(name, text)
        elif name == FIT:
            continue  # last, when the digests of the others are known
        else:
            written, count = re.subn(rf"\b{_CONSTANT}\b", _CONSTANT_NOW, text)
            said = [f"{_CONSTANT} is {_CONSTANT_NOW} ({count})"] if count else []
        if written != text:
            new[name] = written.encode()
            changes.append(f"{name}: {', '.join(said)}")
    if FIT in old:
        written, said = _of_fit(text_of(old[FIT]), old, new)
        if said:
            new[FIT] = written.encode()
            changes.append(f"{FIT}: {', '.join(said)}")
    return new, tuple(changes)


def _lists(folder: Path) -> dict[str, bytes]:
    """Give the lists of reports that an older program had for every dossier, where this one asks by one of them."""
    asked = folder / "reports.yaml"
    if not asked.is_file() or (folder / LISTS).exists():
        return {}
    # Whatever else it holds, the check tells of.
    ask = _parsed(asked.name, text_of(read_bytes(asked))).get("ask")
    names: list[Any] = []
    if isinstance(ask, dict):
        events = ask.get("events")
        names = [ask.get("drug"), ask.get("cohort"), *(events if isinstance(events, list) else ())]
    there = shipped() / LISTS
    if not any(file.stem in names for file in there.rglob("*.yaml")):
        return {}
    return {f"{LISTS}/{file.relative_to(there).as_posix()}": file.read_bytes()
            for file in sorted(there.rglob("*")) if file.is_file()}  # fmt: skip


def _of_yaml(name: str, text: str) -> tuple[str, list[str]]:
    """Give the new text of a file, and what was changed in it."""
    data = _parsed(name, text)
    root: Any = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    # A part that aliases repeat is met more than once.
    edits = set(_edits(name, text, root))
    if name == QUESTIONS:
        edits |= set(_cuts(text, root))
    if name == "dossier.yaml" and "schema_version" not in data:
        edits.add(_added(root, f"schema_version: {SCHEMA_VERSION}"))
    if name == MECHANISM + "observations.yaml" and data.get("mood") and "site" not in data:
        edits.add(_added(root, f"site: {_SITE}"))
    for each in sorted(edits, key=lambda it: it.start, reverse=True):
        text = text[: each.start] + each.new + text[each.end :]
    _parsed(name, text)
    counts = Counter(each.said for each in edits)
    return text, [f"{said} ({count})" if count > 1 else said for said, count in sorted(counts.items())]


def _parsed(name: str, text: str) -> Any:
    parsed = parse_yaml(text)
    if parsed.faults:
        raise DossierError([Fault(name, line, problem) for line, problem in parsed.faults])
    if not isinstance(parsed.data, dict):
        raise DossierError([Fault(name, 1, f"found {shown(parsed.data)}, expected keys and values")])
    return parsed.data


def _added(root: Any, pair: str) -> _Edit:
    """Say a pair of key and value before all others."""
    start = root.start_mark.index
    if root.flow_style:
        return _Edit(start + 1, start + 1, f"{pair}, ", f"{pair} is said")
    return _Edit(start, start, f"{pair}\n", f"{pair} is said")


def _cuts(text: str, root: Any) -> Iterator[_Edit]:
    """Cut out questions that are asked no more, with what stands on the same line; other comments stay."""
    kept, pairs = False, root.value
    for place, (key, value) in enumerate(pairs):
        if key.value not in _DROPPED:
            kept = True
            continue
        start, end = key.start_mark.index, _end(value)
        if not root.flow_style:
            end = text.find("\n", end) + 1 or len(text)
        elif kept:
            start = _end(pairs[place - 1][1])
        elif place + 1 < len(pairs):
            end = pairs[place + 1][0].start_mark.index
        yield _Edit(start, end, "", f"{key.value} is asked no more")


def _end(node: Any) -> int:
    """Give where a node ends; a block is said to end where the next one begins, after comments between them."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _edits(name: str, text: str, root: Any) -> Iterator[_Edit]:
    """Give the edits that names want in a file."""
    file = Path(name)
    renames = [rename for rename in _RENAMES if file.match(rename.files)]
    constant = _Rename(_CONSTANT, _CONSTANT_NOW, name, ())
    for path, is_key, node in _scalars(root, ()):
        if name in _NAMING_CONSTANTS and node.value == _CONSTANT:
            yield _edit(text, node, constant)
        if name == "dossier.yaml" and path == ("schema_version",) and not is_key:
            version = _Rename(node.value, str(SCHEMA_VERSION), name, (), of="schema_version")
            yield _edit(text, node, version)
        for rename in renames:
            at = any(_fits(path, pattern) for pattern in rename.paths)
            if at and is_key is not bool(rename.of) and node.value == rename.old:
                yield _edit(text, node, rename)


def _edit(text: str, node: Any, rename: _Rename) -> _Edit:
    """Replace a scalar with its quotes; an anchor and a tag stand before it, and stay."""
    start, end = node.start_mark.index, node.end_mark.index
    quote = node.style if node.style in ("'", '"') else ""
    old = f"{quote}{rename.old}{quote}"
    at = start + text[start:end].rindex(old)
    return _Edit(at, at + len(old), rename.new, rename.said)


def _scalars(node: Any, path: _Path) -> Iterator[tuple[_Path, bool, Any]]:
    """Give every scalar, whether it is a key, and its path; that of a key is the path of what holds it."""
    if isinstance(node, yaml.ScalarNode):
        yield path, False, node
    elif isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            yield from _scalars(item, (*path, str(place)))
    else:
        for key, value in node.value:
            yield path, True, key
            yield from _scalars(value, (*path, key.value))


def _fits(path: _Path, pattern: _Path) -> bool:
    return len(path) == len(pattern) and all(want in (_ANY, step) for want, step in zip(pattern, path, strict=True))


def _of_fit(text: str, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[str, list[str]]:
    """Rename the parts of a fit, and say that it was made from the files as they are now, if it was from these."""
    try:
        fit, names = _renamed(load_json(text))
    except UnreadableError as error:
        raise DossierError([Fault(FIT, error.line, error.problem)]) from None
    inputs = fit.get("inputs") if isinstance(fit, dict) else None
    renewed = 0
    for name in INPUTS:
        file = MECHANISM + name
        if isinstance(inputs, dict) and file in new:
            was, now = (hashlib.sha256(of[file]).hexdigest() for of in (old, new))
            if inputs.get(name) == was:
                inputs[name] = now
                renewed += 1
    said = (f"names that are others now ({names})", f"digests of files that only these changed ({renewed})")
    return written_fit(fit), [words for words, count in zip(said, (names, renewed), strict=True) if count]


def _renamed(part: Any, key: str = "") -> tuple[Any, int]:
    """Give a part of a fit with the names of today, and how many were others."""
    if isinstance(part, dict):
        pairs = {_FIT_KEYS.get(name, name): _renamed(value, name) for name, value in part.items()}
        own = sum(name in _FIT_KEYS for name in part)
        return {name: value for name, (value, _) in pairs.items()}, own + sum(count for _, count in pairs.values())
    if isinstance(part, list):
        items = [_renamed(item, key) for item in part]
        return [item for item, _ in items], sum(count for _, count in items)
    was, now = _FIT_VALUES.get(key, (None, None))
    return (now, 1) if was is not None and part == was else (part, 0)


def _write(folder: Path, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> None:
    """Write all files or none; the one with the version is the last, so that what is cut off can be run again."""
    names = sorted(new, key=lambda name: (name == "dossier.yaml", name != FIT, name))
    added = [folder / LISTS] if any(name not in old for name in names) else []
    done: list[str] = []
    try:
        for name in names:
            done.append(name)
            replace(folder / name, new[name])
    except BaseException:
        for name in done:
            if name in old:
                replace(folder / name, old[name])
        for place in added:
            shutil.rmtree(place, ignore_errors=True)
        raise


def _write_copy(folder: Path, target: Path, new: Mapping[str, bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".glabella-", dir=target.parent))
    try:
        shutil.copytree(folder, draft, dirs_exist_ok=True)
        for name, content in new.items():
            replace(draft / name, content)
        draft.chmod(0o755)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
