"""From names that people write to ids: single names, groups, lists of terms; near matches where there is none."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glabella.safety.store._lists import Lists
from glabella.safety.store._terms import TermGroup, normal_term

if TYPE_CHECKING:
    import polars


@dataclass(frozen=True, slots=True)
class Found:
    """What a name stands for.

    Attributes
    ----------
    label : str
        The name in the store's spelling, or the id of the group.
    ids : tuple of int
        Of the members that occur in the store.
    absent : tuple of str
        Members of a group that do not occur.
    """

    label: str
    ids: tuple[int, ...]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names of a store: ``names`` to ids, and groups of them."""

    kind: str
    names: Mapping[str, int]
    groups: Mapping[str, Sequence[str]]
    hint: str = ""

    def find(self, wanted: str | TermGroup) -> Found:
        """Find one name or group, whatever its case.

        A group goes before a single name that is spelled alike: ``migraine`` is the list of indications, and
        ``=migraine`` the one term.

        Raises
        ------
        ValueError
            With near matches, if nothing has that name.
        """
        if isinstance(wanted, TermGroup):
            return self._members(wanted.id, wanted.terms)
        spelled = normal_term(wanted.removeprefix("="))
        group = wanted.strip().casefold().replace(" ", "_")
        folded = {name.casefold(): name for name in self.groups}
        if group in folded:
            return self._members(folded[group], self.groups[folded[group]])
        if spelled in self.names:
            return Found(spelled, (self.names[spelled],))
        raise ValueError(f"{self.kind}: {wanted!r} is in no report of this store{self._near(spelled)}{self.hint}")

    def _members(self, label: str, members: Sequence[str]) -> Found:
        present = [member for member in members if member in self.names]
        absent = [member for member in members if member not in self.names]
        return Found(label, tuple(sorted(self.names[member] for member in present)), tuple(absent))

    def _near(self, spelled: str) -> str:
        near = difflib.get_close_matches(spelled, self.names, n=3, cutoff=0.7)
        groups = {name.upper().replace("_", " "): name for name in self.groups}
        near += [
            groups[one] for one in difflib.get_close_matches(spelled.replace("_", " "), groups, n=2, cutoff=0.7)
        ]
        return f"; near it: {', '.join(near)}" if near else ""


def drug_vocabulary(
    level: str, substances: polars.DataFrame, products: polars.DataFrame, lists: Lists
) -> Vocabulary:
    """Give the names of a level; a group of substances at product level is the products with one of them."""
    if level == "substance":
        hint = f"; brands are at level 'product'; groups: {lists}"
        return Vocabulary("drug", _numbered(substances, "substance_id"), lists.drug_groups, hint)
    import polars as pl

    named = products.join(
        substances.select("substance_id", pl.col("name").alias("substance")), on="substance_id", how="left"
    )
    of = named.group_by("substance").agg("name")
    brands = dict(zip(of["substance"].to_list(), of["name"].to_list(), strict=True))
    by_group = {
        group: [one for member in members for one in brands.get(member, [])]
        for group, members in lists.drug_groups.items()
    }
    hint = f"; substances are at level 'substance'; groups: {lists}"
    return Vocabulary("drug", _numbered(products, "product_id"), by_group, hint)


def event_vocabulary(events: polars.DataFrame, lists: Lists) -> Vocabulary:
    """Give the report terms and groups of them."""
    groups = {name: group.terms for name, group in lists.event_groups.items()}
    return Vocabulary("event", _numbered(events, "event_id"), groups, f"; groups: {lists}")


def indication_vocabulary(indications: polars.DataFrame, lists: Lists) -> Vocabulary:
    """Give the indication terms and groups of them."""
    groups = {name: group.terms for name, group in lists.indication_groups.items()}
    return Vocabulary("indication", _numbered(indications, "indication_id"), groups, f"; groups: {lists}")


def _numbered(table: polars.DataFrame, column: str) -> dict[str, int]:
    return dict(zip(table["name"].str.to_uppercase().to_list(), table[column].to_list(), strict=True))
