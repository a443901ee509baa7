"""The rules of cleaning as data: which bit each sets, and which mode of counting leaves out which bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glabella.safety.store._data import shipped_data

#: What the build knows how to do, in the order in which it does it.
KNOWN = ("latest_version", "deleted_case", "probable_duplicate", "literature_duplicate")
MODES = ("raw", "latest", "strict", "literature")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of cleaning.

    Attributes
    ----------
    id, title, description, source : str
        What it is, does, and who says so.
    bit : int
        Power of two that it sets in ``flags``.
    on : bool
        Whether it is applied at all.
    modes : tuple of str
        Modes of counting that leave out reports with its bit.
    """

    id: str
    title: str
    description: str
    source: str
    bit: int
    on: bool
    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a file, its bytes (they are part of the index's name), and the mode used when none is named."""

    rules: tuple[Rule, ...]
    default_mode: str
    content: bytes

    def mask(self, mode: str | None) -> int:
        """Give the bits that a mode leaves out.

        Raises
        ------
        ValueError
            If the mode does not exist.
        """
        mode = self.default_mode if mode is None else mode
        if mode not in MODES:
            raise ValueError(f"mode: {mode!r}, expected one of {', '.join(MODES)}")
        return sum(rule.bit for rule in self.rules if rule.on and mode in rule.modes)


def load_rules(path: Path | str | None = None) -> Rules:
    """Read a file of rules; the shipped one when omitted.

    Raises
    ------
    ValueError
        Naming the file and the rule, if a rule is unknown, missing, or set up wrongly.
    """
    from glabella._reading import read_yaml

    path = Path(path) if path is not None else shipped_data() / "rules.yaml"
    found, content = read_yaml(path), path.read_bytes()
    if not isinstance(found, Mapping) or not isinstance(found.get("rules"), list):
        raise ValueError(f"{path}: expected a mapping with a list `rules`")
    rules = tuple(_rule(path, number, one) for number, one in enumerate(found["rules"], start=1))
    if [rule.id for rule in rules] != list(KNOWN):
        raise ValueError(f"{path}: rules {[rule.id for rule in rules]}, expected {list(KNOWN)} in this order")
    bits = [rule.bit for rule in rules]
    if len(set(bits)) < len(bits) or any(bit < 1 or bit & (bit - 1) for bit in bits):
        raise ValueError(f"{path}: bits {bits}, expected different powers of two")
    mode = found.get("default_mode")
    if mode not in MODES:
        raise ValueError(f"{path}: default_mode {mode!r}, expected one of {', '.join(MODES)}")
    return Rules(rules, str(mode), content)


def _rule(path: Path, number: int, found: Any) -> Rule:
    wanted = {"id": str, "title": str, "description": str, "source": str, "bit": int, "on": bool, "modes": list}
    if not isinstance(found, Mapping) or set(found) != set(wanted):
        raise ValueError(f"{path}, rule {number}: expected the fields {', '.join(wanted)}")
    for field, kind in wanted.items():
        if type(found[field]) is not kind:
            raise ValueError(f"{path}, rule {number}: {field} is {found[field]!r}, expected {kind.__name__}")
    wrong = [mode for mode in found["modes"] if mode not in MODES[1:]]
    if wrong:
        raise ValueError(f"{path}, rule {number}: mode {wrong[0]!r}, expected one of {', '.join(MODES[1:])}")
    return Rule(**{**found, "modes": tuple(found["modes"])})


def rules_of_index(said: Mapping[str, Any]) -> Rules:
    """Give the rules an index was built by, which decide what its flags mean; the shipped ones if it names none."""
    found = said.get("rules", ())
    if "default_mode" not in said:
        return load_rules()
    fields = Rule.__dataclass_fields__
    rules = tuple(Rule(**{name: one[name] for name in fields if name != "modes"}, modes=tuple(one["modes"]))
                  for one in found)  # fmt: skip
    return Rules(rules, str(said["default_mode"]), b"")
