"""Counting: statements run over an engine, and what is worth keeping kept beside the index."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from glabella.safety.store._engine import Engine
from glabella.safety.store._pairs import Margins, Pairs
from glabella.safety.store._roles import drug_names, rank
from glabella.safety.store._sql import Name, Value, statement

if TYPE_CHECKING:
    import polars

    from glabella.safety.measures import GPS

PRIOR = "prior.json"
_FRAMES = ("frame", "drugs", "events", "totals")
_LOG = logging.getLogger(__name__)


def count_margins(engine: Engine, *, role: str, mask: int, level: str, strata: tuple[str, ...]) -> Margins:
    """Count the reports of each drug, of each event, and in all."""
    table, column = drug_names(level)
    drugs: dict[str, Value] = {"drug_id": column, "drug_table": table, "role": rank(role), "mask": mask}
    if not strata:
        return Margins(
            engine.run(statement("margin_drugs", **drugs)),
            engine.run(statement("margin_events", mask=mask)),
            engine.run(statement("margin_total", mask=mask)),
        )
    within: dict[str, Value] = {"reports_in": statement("reports_in", mask=mask), "strata": Name(strata)}
    return Margins(
        engine.run(statement("margin_drugs_strata", **drugs, **within)),
        engine.run(statement("margin_events_strata", mask=mask, **within)),
        engine.run(statement("margin_total_strata", **within)),
    )


def count_pairs(engine: Engine, *, role: str, mask: int, mode: str, level: str, strata: tuple[str, ...]) -> Pairs:
    """Count every pair that occurs, with its margins."""
    table, column = drug_names(level)
    values: dict[str, Value] = {"drug_id": column, "drug_table": table, "role": rank(role), "mask": mask}
    if strata:
        within: dict[str, Value] = {"reports_in": statement("reports_in", mask=mask), "strata": Name(strata)}
        counted = engine.run(statement("pairs_strata", **values, **within))
    else:
        counted = engine.run(statement("pairs", **values))
    margins = count_margins(engine, role=role, mask=mask, level=level, strata=strata)
    return Pairs(_joined(counted, margins, str(column), strata), margins, level, role, mode, strata)


def _joined(counted: polars.DataFrame, margins: Margins, drug_id: str, strata: tuple[str, ...]) -> polars.DataFrame:
    import polars as pl

    within = [*strata]
    frame = counted.join(margins.drugs, on=[drug_id, *within], how="left", maintain_order="left")
    frame = frame.join(margins.events, on=["event_id", *within], how="left", maintain_order="left")
    if strata:
        return frame.join(margins.totals, on=within, how="left", maintain_order="left")
    return frame.with_columns(n_total=pl.lit(margins.totals["n_total"][0], pl.Int64))


def kept(folder: Path, key: str, count: Callable[[], Pairs]) -> Pairs:
    """Read pairs counted before, or count and keep them as Parquet in a folder that appears whole."""
    place = folder / "counted" / key
    if place.is_dir():
        try:
            return _read(place)
        except (OSError, ValueError, KeyError, TypeError) as fault:
            _LOG.warning("%s: %s; counted again", place, fault)
            shutil.rmtree(place, ignore_errors=True)
    pairs = count()
    parts = (pairs.frame, pairs.margins.drugs, pairs.margins.events, pairs.margins.totals)
    try:
        _keep(place, dict(zip(_FRAMES, parts, strict=True)))
    except OSError as fault:
        _LOG.warning("counted pairs are not kept for the next time: %s", fault)
    return pairs


def kept_prior(folder: Path, pairs: Pairs) -> GPS:
    """Read the prior fitted before, or fit it; only one that is a maximum inside is kept."""
    from glabella.safety.faers import sealed, unsealed
    from glabella.safety.measures import GPS

    path = folder / "counted" / f"{pairs.level}-{pairs.role}-{pairs.mode}" / PRIOR
    if path.exists():
        try:
            return GPS.given(**unsealed(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as fault:
            _LOG.warning("%s: %s; fitted again", path, fault)
    gps = pairs.fit()
    if gps.converged and path.parent.is_dir():
        fresh = path.with_name(f".prior-{os.getpid()}.json")
        card = sealed({name: getattr(gps, name) for name in ("alpha1", "beta1", "alpha2", "beta2", "p")})
        try:
            fresh.write_text(json.dumps(card) + "\n", encoding="utf-8")
            fresh.replace(path)
        except OSError as fault:
            _LOG.warning("the prior is not kept for the next time: %s", fault)
    return gps


def _read(place: Path) -> Pairs:
    """Read counted pairs, each file as its card has it."""
    from io import BytesIO

    import polars as pl

    from glabella.safety.faers import unsealed

    card = unsealed(_card(place).read_text(encoding="utf-8"))
    frames = {}
    for name in _FRAMES:
        content = (place / f"{name}.parquet").read_bytes()
        if hashlib.sha256(content).hexdigest() != card["tables"][name]["sha256"]:
            raise ValueError(f"{name}.parquet is not as it was written")
        frames[name] = pl.read_parquet(BytesIO(content))
    level, role, mode = place.name.split("-")
    return Pairs(frames["frame"], Margins(*(frames[name] for name in _FRAMES[1:])), level, role, mode, ())


def _card(place: Path) -> Path:
    """Give where the digests of counted pairs stand: beside their folder."""
    return place.with_name(f"{place.name}.json")


def _keep(place: Path, frames: dict[str, polars.DataFrame]) -> None:
    """Write counted pairs beside, and move them to their place unless another process was quicker."""
    from io import BytesIO

    from glabella.safety.faers import file_entry, sealed

    fresh = place.with_name(f".{place.name}-{os.getpid()}")
    try:
        fresh.mkdir(parents=True)
        card = {}
        for name, frame in frames.items():
            # Through memory, so that a full disk is an error of the system and not of the library.
            content = BytesIO()
            frame.write_parquet(content, compression="zstd")
            path = fresh / f"{name}.parquet"
            path.write_bytes(content.getbuffer())
            card[name] = file_entry(path, frame.height)
        if not place.exists():
            written = fresh.with_suffix(".json")
            written.write_text(json.dumps(sealed({"tables": card}), indent=1) + "\n", encoding="utf-8")
            written.replace(_card(place))
            fresh.rename(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
