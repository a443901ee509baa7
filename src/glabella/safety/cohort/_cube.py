"""From a spec's names to a store's ids, and from these to one arm's reports, counted once for every setting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glabella.safety.cohort._spec import MOST, Arm, CohortSpec
from glabella.safety.store import (
    Query,
    Store,
    TermGroup,
    Vocabulary,
    load_dictionary,
    normal_term,
    statement,
)

if TYPE_CHECKING:
    import polars as pl

Ids = tuple[int, ...]

#: Stands for the first and the last quarter where a spec names none.
_FIRST, _LAST = "0000Q0", "9999Q9"
#: The one country that a setting asks for, and all others.
_HOME = "CASE WHEN r.country = 'US' THEN 'US' WHEN r.country IS NULL THEN NULL ELSE 'other' END"
#: No id is this: stands where a list is empty.
_NO_ID = (-1,)
EVERYTHING_ELSE = "everything else"
#: Joined where an arm names indications: the drug was given for one of them.
_FOR_INDICATION = "JOIN indicated i ON {0}.report_id = i.report_id AND {0}.substance_id = i.substance_id"


@dataclass(frozen=True, slots=True)
class Names:
    """What every name of a spec stands for in one store.

    Attributes
    ----------
    exposed, exposed_products : tuple of int
        Substances, and products where a name is a brand.
    comparators : Mapping of arm to (Mapping of name to tuple of int)
        In the order of their bits; those that occur.
    indications : Mapping of arm to tuple of int
        Empty where the arm names none.
    excluded, excluded_indications : tuple of int
        Left out on both sides.
    lists : Mapping of name to tuple of int
        Event lists in the order of their bits; a group of negative controls is one list a term.
    controls : tuple of str
        Which of them are negative controls.
    complaints : tuple of int
        Terms of complaints.
    terms : Mapping of name to tuple of str
        What the lists of the primary event and its neighbours hold, as declared.
    absent : tuple of str
        Names that a dictionary or group knows and no report of the store has.
    """

    exposed: Ids
    exposed_products: Ids
    comparators: Mapping[str, Mapping[str, Ids]]
    indications: Mapping[str, Ids]
    excluded: Ids
    excluded_indications: Ids
    lists: Mapping[str, Ids]
    controls: tuple[str, ...]
    complaints: Ids
    terms: Mapping[str, tuple[str, ...]]
    absent: tuple[str, ...]


class _Resolver:
    """Looks names up, and remembers those that are known and not there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.absent: list[str] = []
        known = load_dictionary([one.path for one in store.settings.names], store.lists).table
        self._known = {part for text in known["substance"].drop_nulls() for part in text.split("\\")}
        self._brands = set(known["product"].drop_nulls())

    def substances(self, names: Iterable[str]) -> Ids:
        return self._ids(names, self._store.drugs("substance"), self._known)

    def drugs(self, names: Sequence[str]) -> tuple[Ids, Ids]:
        """Give substances and products: a name is a substance where it can be, else a brand."""
        groups = {group.upper() for group in self._store.lists.drug_groups}
        brand = [
            name for name in names
            if normal_term(name) in self._store.drugs("product").names
            and normal_term(name) not in self._store.drugs("substance").names
            and normal_term(name).replace(" ", "_") not in groups
        ]  # fmt: skip
        rest = [name for name in names if name not in brand]
        return self.substances(rest), self._ids(brand, self._store.drugs("product"), self._brands)

    def events(self, names: Iterable[str]) -> Ids:
        return self._ids(names, self._store.events, _terms(self._store.lists.event_groups))

    def indications(self, names: Iterable[str]) -> Ids:
        return self._ids(names, self._store.indications, _terms(self._store.lists.indication_groups))

    def _ids(self, names: Iterable[str], vocabulary: Vocabulary, known: set[str]) -> Ids:
        found: set[int] = set()
        groups = {group.casefold() for group in vocabulary.groups}
        for name in names:
            spelled, group = normal_term(name.removeprefix("=")), name.strip().casefold().replace(" ", "_")
            known_here = spelled in vocabulary.names or group in groups
            # What is known nowhere is an error, with the names near it.
            ids = () if spelled in known and not known_here else vocabulary.find(name).ids
            found.update(ids)
            if not ids:
                self.absent.append(name)
        return tuple(sorted(found))


def _terms(groups: Mapping[str, TermGroup]) -> set[str]:
    return {term for group in groups.values() for term in group.terms}


def resolve(store: Store, spec: CohortSpec) -> Names:
    """Look up every name of a spec.

    Raises
    ------
    ValueError
        If a name is known neither to the store nor to a group or dictionary, or if the exposed drugs are
        in no report of the store.
    """
    look = _Resolver(store)
    exposed, products = look.drugs(spec.exposed)
    if not exposed and not products:
        raise ValueError(f"{spec.id}: exposed: {', '.join(spec.exposed)} in no report of this store")
    comparators: dict[str, dict[str, Ids]] = {}
    for arm in spec.arms:
        if arm.comparators == EVERYTHING_ELSE:
            others = (
                set(store.drugs("substance").names.values()) - set(exposed) - set(store.substances_of(products))
            )
            comparators[arm.id] = {EVERYTHING_ELSE: tuple(sorted(others))}
        else:
            each = {name: look.substances((name,)) for name in arm.comparators}
            comparators[arm.id] = {name: ids for name, ids in each.items() if ids}
    events = spec.events
    lists = {name: look.events((name,)) for name in (events.primary, *events.also)}
    groups = {name.casefold(): group for name, group in store.lists.event_groups.items()}
    controls: dict[str, Ids] = {}
    for name in events.negative_controls:
        group = groups.get(name.casefold())
        controls |= {term.lower(): look.events((term,)) for term in (group.terms if group else (name,))}
    controls = {name: ids for name, ids in controls.items() if ids}
    if len(lists) + len(controls) > MOST:
        raise ValueError(f"{spec.id}: {len(lists) + len(controls)} event lists, each negative control one, "
                         f"expected at most {MOST}")  # fmt: skip
    return Names(
        exposed=exposed,
        exposed_products=products,
        comparators=comparators,
        indications={arm.id: look.indications(arm.indications) for arm in spec.arms},
        excluded=look.substances(spec.exclude.drugs),
        excluded_indications=look.indications(spec.exclude.indications),
        lists={**lists, **controls},
        controls=tuple(controls),
        complaints=look.events(events.complaints),
        terms={
            name: groups[name.casefold()].terms if name.casefold() in groups else (name,)
            for name in (events.primary, *events.also)
        },
        absent=tuple(dict.fromkeys(look.absent)),
    )


def arm_cube(store: Store, spec: CohortSpec, arm: Arm, names: Names) -> pl.DataFrame:
    """Count the reports of one arm.

    Parameters
    ----------
    store : Store
        To be asked.
    spec : CohortSpec
        The declaration; its mode, role and reporters are left to the settings.
    arm : Arm
        One of its arms.
    names : Names
        As :func:`resolve` found them.

    Returns
    -------
    polars.DataFrame
        One row for each combination of sex, age band, year, era, reporter, country (in two kinds, unless it is a
        stratum), flags, role on the exposed
        side, comparators by role (bits), event lists (bits), whether all events are complaints and whether the
        spec excludes the report; ``n`` reports each.
    """
    first, last = spec.quarters or (_FIRST, _LAST)
    for_indication = {
        f"for_indication_of_{alias}": Query(_FOR_INDICATION.format(alias) if arm.indications else "")
        for alias in "sp"
    }
    comparators = names.comparators[arm.id]
    others = tuple(sorted({one for ids in comparators.values() for one in ids}))
    everything = arm.comparators == EVERYTHING_ELSE
    # Fewer kinds of report make a smaller cube: countries are told apart only where they are strata.
    country = "r.country" if "country" in spec.adjust else _HOME
    query = statement(
        "cohort_cube",
        country=Query(country),
        first=first,
        last=last,
        exposed_ids=names.exposed or _NO_ID,
        product_ids=names.exposed_products or _NO_ID,
        comparator_ids=Query("IS NOT NULL") if everything else Query(f"IN ({', '.join(map(str, others))})"),
        indication_ids=names.indications[arm.id] or _NO_ID,
        excluded_ids=names.excluded or _NO_ID,
        excluded_indication_ids=names.excluded_indications or _NO_ID,
        **for_indication,
    )
    return store.engine.run(
        query,
        {
            "comparators": list(comparators.values()),
            "event_lists": list(names.lists.values()),
            "complaints": [names.complaints],
        },
    )
