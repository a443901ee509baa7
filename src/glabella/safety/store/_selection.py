"""The building block of cohorts: two sets of reports, counted by event and strata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glabella.safety.store._roles import checked_strata, rank
from glabella.safety.store._sql import Name, Query, Value, statement

if TYPE_CHECKING:
    import polars

    from glabella.safety.store._store import Store

#: No id, code or quarter is this: stands where a list is empty.
_NO_ID, _NO_CODE = (-1,), ("-",)
_FIRST, _LAST = "0000Q0", "9999Q9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which reports belong to an arm. Ids are those of the store's vocabularies.

    Attributes
    ----------
    substance_ids, product_ids : tuple of int, optional
        The report has one of these, in the role; any report when both are omitted.
    role : "primary", "suspect" or "any"
        Of that drug.
    indication_ids : tuple of int, optional
        One of these is recorded for that drug (for a product: for its substance; without drugs: for any drug).
    without_substance_ids, without_indication_ids : tuple of int
        No drug of the report, in whatever role, is one of these or is given for one of these.
    reporters_excluded : tuple of str
        Codes of reporters left out, such as ``LW``; ``unknown`` for none recorded.
    first_quarter, last_quarter : str, optional
        Such as ``2012Q4``; both included.
    countries : tuple of str, optional
        Of the reporter, ISO codes; ``unknown`` for none recorded.
    only_event_ids : tuple of int
        Reports whose events are all among these are left out (so are reports without any event, if given).
    """

    substance_ids: tuple[int, ...] | None = None
    product_ids: tuple[int, ...] | None = None
    role: str = "suspect"
    indication_ids: tuple[int, ...] | None = None
    without_substance_ids: tuple[int, ...] = ()
    without_indication_ids: tuple[int, ...] = ()
    reporters_excluded: tuple[str, ...] = ()
    first_quarter: str | None = None
    last_quarter: str | None = None
    countries: tuple[str, ...] | None = None
    only_event_ids: tuple[int, ...] = ()


def cohort_counts(
    store: Store,
    exposed: Selection,
    comparator: Selection,
    events: Sequence[int],
    *,
    strata: Sequence[str] = (),
    mode: str | None = None,
) -> polars.DataFrame:
    """Count two arms by event and strata.

    Parameters
    ----------
    store : Store
        Where to count.
    exposed, comparator : Selection
        The arms.
    events : sequence of int
        Ids of the events of interest; a report with one or more of them is a case.
    strata : sequence of str
        Out of sex, age_band, year, reporter, country, quarter, era; unknown is a stratum.
    mode : str, optional
        Of cleaning; the rules' default when omitted.

    Returns
    -------
    polars.DataFrame
        Strata, ``arm``, ``event`` (boolean), ``n`` distinct reports, sorted. A report in both arms is in neither
        of them but in a third, ``both``: whoever reads this decides, and can say how many there were. Combinations
        without a report have no row.

    Raises
    ------
    ValueError
        If a name of strata, role or mode is not known, or a code is not a plain code.
    """
    import polars as pl

    within, mask = checked_strata(strata), store.mask(mode)
    values: dict[str, Value] = {
        "exposed": _arm(store, exposed, mask),
        "comparator": _arm(store, comparator, mask),
        "events": tuple(events) or _NO_ID,
        "mask": mask,
        "columns": Name((*within, "arm", "event")),
    }
    if within:
        query = statement("cohort_strata", reports_in=statement("reports_in", mask=mask), **values)
    else:
        query = statement("cohort", **values)
    return store.engine.run(query).with_columns(pl.col("event") == 1)


def _arm(store: Store, one: Selection, mask: int) -> Query:
    return statement(
        "cohort_arm",
        base=_base(store, one, mask),
        without=_without(one),
        mask=mask,
        first=one.first_quarter or _FIRST,
        last=one.last_quarter or _LAST,
        reporters=tuple(one.reporters_excluded) or _NO_CODE,
        countries=_NO_CODE if one.countries is None else tuple(one.countries) or _NO_CODE,
        any_country=int(one.countries is None),
    )


def _base(store: Store, one: Selection, mask: int) -> Query:
    """Find reports with a drug of the arm, for its indication where one is asked for."""
    if one.substance_ids is not None and one.product_ids is not None:
        raise ValueError("selection: names both substances and products, expected one of them")
    indications = None if one.indication_ids is None else tuple(one.indication_ids) or _NO_ID
    if one.substance_ids is None and one.product_ids is None:
        if indications is None:
            return statement("cohort_any", mask=mask)
        return statement("cohort_any_indicated", mask=mask, indications=indications)
    level = "substance" if one.substance_ids is not None else "product"
    ids = one.substance_ids if one.substance_ids is not None else one.product_ids
    values: dict[str, Value] = {
        "drug_table": Name((f"report_{level}",)),
        "drug_id": Name((f"{level}_id",)),
        "drugs": tuple(ids or ()) or _NO_ID,
        "role": rank(one.role),
        "mask": mask,
    }
    if indications is None:
        return statement("cohort_drugs", **values)
    if level == "substance":
        return statement("cohort_drugs_indicated", indications=indications, **values)
    return statement(
        "cohort_products_indicated",
        indications=indications,
        substances=store.substances_of(ids or ()) or _NO_ID,
        **values,
    )


def _without(one: Selection) -> Query:
    """Conditions that leave reports out; those that ask for nothing are not there."""
    parts = []
    if one.without_substance_ids:
        parts.append(statement("cohort_without_substances", ids=tuple(one.without_substance_ids)))
    if one.without_indication_ids:
        parts.append(statement("cohort_without_indications", ids=tuple(one.without_indication_ids)))
    if one.only_event_ids:
        parts.append(statement("cohort_not_only_events", ids=tuple(one.only_event_ids)))
    return Query("\n".join(part.text for part in parts))
