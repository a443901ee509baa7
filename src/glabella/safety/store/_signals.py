"""Chosen drugs with chosen events: single names and groups, each counted as distinct reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from glabella.safety.store._engine import Engine, Sets
from glabella.safety.store._find import Found
from glabella.safety.store._pairs import Margins
from glabella.safety.store._roles import drug_names, rank
from glabella.safety.store._sql import Name, Query, Value, statement

if TYPE_CHECKING:
    import polars


def count_chosen(
    engine: Engine,
    margins: Margins,
    drugs: Sequence[Found] | None,
    events: Sequence[Found] | None,
    *,
    role: str,
    mask: int,
    level: str,
) -> polars.DataFrame:
    """Count chosen drugs and events; ``None`` stands for every single one that occurs with the others.

    Returns
    -------
    polars.DataFrame
        ``drug``, ``event`` as labels or ids (where all were asked for), ``n``, ``n_drug``, ``n_event``,
        ``n_total``. Chosen with chosen has every combination, also those without a report.
    """
    import polars as pl

    table, column = drug_names(level)
    values: dict[str, Value] = {"drug_id": column, "drug_table": table, "role": rank(role), "mask": mask}
    of_drugs, of_events = reports_of_sets(level, role, mask)
    sets = {"drug_sets": [one.ids for one in drugs or ()], "event_sets": [one.ids for one in events or ()]}
    # An unused table of sets costs nothing, an absent one is an error of the engine.
    total = pl.lit(margins.totals["n_total"][0], pl.Int64).alias("n_total")
    if drugs is not None and events is not None:
        n = engine.run(statement("set_pairs", drugs_of_sets=of_drugs, events_of_sets=of_events), sets)
        drug_side, event_side = (
            _of_drugs(engine, of_drugs, sets, drugs),
            _of_events(engine, of_events, sets, events),
        )
        frame = drug_side.join(event_side, how="cross").join(
            n, on=["drug_set", "event_set"], how="left", maintain_order="left"
        )
        return frame.select("drug", "event", pl.col("n").fill_null(0), "n_drug", "n_event", total)
    if drugs is not None:
        n = engine.run(statement("set_events", drugs_of_sets=of_drugs, mask=mask), sets)
        frame = n.join(_of_drugs(engine, of_drugs, sets, drugs), on="drug_set", maintain_order="left")
        frame = frame.join(margins.events, on="event_id", maintain_order="left")
        return frame.select("drug", pl.col("event_id").alias("event"), "n", "n_drug", "n_event", total)
    assert events is not None, "both sides open is the table of pairs"
    n = engine.run(statement("set_drugs", events_of_sets=of_events, **values), sets)
    frame = n.join(_of_events(engine, of_events, sets, events), on="event_set", maintain_order="left")
    frame = frame.join(margins.drugs, on=str(column), maintain_order="left")
    return frame.select(pl.col(str(column)).alias("drug"), "event", "n", "n_drug", "n_event", total)


def reports_of_sets(level: str, role: str, mask: int) -> tuple[Query, Query]:
    """Give the statements that find the reports of each set of drugs, and of each set of events."""
    _, column = drug_names(level)
    table = Name((f"{level}_report",))
    of_drugs = statement("drugs_of_sets", drug_id=column, id_table=table, role=rank(role), mask=mask)
    return of_drugs, statement("events_of_sets", mask=mask)


def _of_drugs(engine: Engine, query: Query, sets: Sets, found: Sequence[Found]) -> polars.DataFrame:
    counted = engine.run(statement("set_margin_drugs", drugs_of_sets=query), sets)
    return _labelled(counted, "drug", found)


def _of_events(engine: Engine, query: Query, sets: Sets, found: Sequence[Found]) -> polars.DataFrame:
    counted = engine.run(statement("set_margin_events", events_of_sets=query), sets)
    return _labelled(counted, "event", found)


def _labelled(counted: polars.DataFrame, side: str, found: Sequence[Found]) -> polars.DataFrame:
    """Put back with zero what no report has, for it is in no result."""
    import polars as pl

    names = pl.DataFrame(
        {f"{side}_set": range(len(found)), side: [one.label for one in found]},
        schema={f"{side}_set": pl.Int32, side: pl.String},
    )
    return names.join(counted, on=f"{side}_set", how="left", maintain_order="left").with_columns(
        pl.col(f"n_{side}").fill_null(0)
    )
