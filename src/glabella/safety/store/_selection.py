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
        Reports whose events are all among these are left out.
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
    swapped = _anything(exposed) and not _anything(comparator)
    first, second = (comparator, exposed) if swapped else (exposed, comparator)
    values: dict[str, Value] = {
        "columns": Name((*within, "arm", "event")),
        "reports_in": statement("reports_in", mask=mask),
        "happened": statement("cohort_happened", events=tuple(events) or _NO_ID, mask=mask),
        "exposed": _members(store, first, mask),
        "exposed_if": _condition(first),
        "comparator_if": _condition(second),
    }
    if _anything(second):
        query = statement("cohort_rest", out=_out(second), **values)
    else:
        query = statement("cohort", comparator=_members(store, second, mask), **values)
    counted = store.engine.run(query).with_columns(pl.col("event") == 1)
    if swapped:
        other = {"exposed": "comparator", "comparator": "exposed"}
        counted = counted.with_columns(pl.col("arm").replace(other)).sort(*within, "arm", "event")
    return counted


def _anything(one: Selection) -> bool:
    return one.substance_ids is None and one.product_ids is None and one.indication_ids is None


def _condition(one: Selection) -> Query:
    return statement(
        "cohort_if",
        first=one.first_quarter or _FIRST,
        last=one.last_quarter or _LAST,
        reporters=tuple(one.reporters_excluded) or _NO_CODE,
        countries=_NO_CODE if one.countries is None else tuple(one.countries) or _NO_CODE,
        any_country=int(one.countries is None),
    )


def _members(store: Store, one: Selection, mask: int) -> Query:
    """Find the reports of an arm by their drugs, indications and events."""
    parts = [
        statement(f"cohort_{name}", ids=tuple(ids)).text
        for name, ids in (
            ("without_substances", one.without_substance_ids),
            ("without_indications", one.without_indication_ids),
            ("not_only_events", one.only_event_ids),
        )
        if ids
    ]
    return statement("cohort_member", base=_base(store, one, mask), without=Query("\n".join(parts)))


def _out(one: Selection) -> Query:
    """Find the reports that an arm of everything leaves out."""
    parts = [
        statement(f"cohort_out_{name}", ids=tuple(ids) or _NO_ID).text
        for name, ids in (
            ("substances", one.without_substance_ids),
            ("indications", one.without_indication_ids),
            ("only_events", one.only_event_ids),
        )
        if ids or name == "substances"
    ]
    return statement("cohort_out", parts=Query(" UNION ALL ".join(parts)))


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
        "drug_table": Name((f"{level}_report",)),
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
