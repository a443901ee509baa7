"""One drug with one event over the quarters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glabella.safety.store._signals import reports_of_sets
from glabella.safety.store._sql import statement
from glabella.safety.store._store import Store
from glabella.safety.store._terms import TermGroup

if TYPE_CHECKING:
    import polars


def count_trend(
    store: Store,
    drug: str | TermGroup,
    event: str | TermGroup,
    *,
    role: str = "suspect",
    mode: str | None = None,
    level: str = "substance",
) -> polars.DataFrame:
    """Count a drug and an event by the quarter in which the kept version of a report was received.

    Parameters
    ----------
    store : Store
        Where to count.
    drug, event : str or TermGroup
        A name or a group, which counts as one.
    role, mode, level : str
        As for :meth:`Store.pairs`.

    Returns
    -------
    polars.DataFrame
        ``quarter``, ``n``, ``n_drug``, ``n_event``, ``n_total``: distinct reports of each quarter; and ``ic``,
        ``ic025``, ``ic975``: the information component of all reports up to it.

    Raises
    ------
    ValueError
        With near matches, if a name is in no report of the store.
    """
    import polars as pl

    from glabella.safety.measures import cumulative_ic

    mask = store.mask(mode)
    of_drugs, of_events = reports_of_sets(level, role, mask)
    query = statement("set_trend", drugs_of_sets=of_drugs, events_of_sets=of_events, mask=mask)
    sets = {"drug_sets": [store.drugs(level).find(drug).ids], "event_sets": [store.events.find(event).ids]}
    counted = store.engine.run(query, sets)
    found = cumulative_ic(*(counted[name].to_numpy() for name in ("n", "n_drug", "n_event", "n_total")))
    return counted.with_columns(
        ic=pl.Series(found.cumulative_ic),
        ic025=pl.Series(found.cumulative_low),
        ic975=pl.Series(found.cumulative_high),
    )
