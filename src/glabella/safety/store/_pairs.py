"""Counted pairs: every drug with every event it is reported with, its margins, and the measures on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars

    from glabella.safety.measures import GPS


@dataclass(frozen=True, slots=True)
class Margins:
    """Reports of each drug, of each event, and in all; within strata where asked.

    Attributes
    ----------
    drugs, events : polars.DataFrame
        Id, strata, ``n_drug`` or ``n_event``: distinct reports kept by the mode.
    totals : polars.DataFrame
        Strata, ``n_total``: distinct reports kept by the mode, also those without a drug in the role.
    """

    drugs: polars.DataFrame
    events: polars.DataFrame
    totals: polars.DataFrame


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair with a report.

    Attributes
    ----------
    frame : polars.DataFrame
        ``substance_id`` or ``product_id``, ``event_id``, strata, ``n``, ``n_drug``, ``n_event``, ``n_total``;
        sorted by ids and strata. All are distinct reports: a report that names a drug five times counts once,
        and ``n_total`` is the number of reports the mode keeps, not the sum of the pairs.
    margins : Margins
        What the margins of the frame come from; it has the drugs and events without a pair as well.
    level, role, mode : str
        What was counted.
    strata : tuple of str
        Within which.
    """

    frame: polars.DataFrame
    margins: Margins
    level: str
    role: str
    mode: str
    strata: tuple[str, ...]

    @property
    def drug_id(self) -> str:
        """Name of the column of drugs."""
        return f"{self.level}_id"

    def fit(self) -> GPS:
        """Fit the prior of EBGM to all cells; with strata, to expected counts summed over them.

        Raises
        ------
        ValueError
            If there is no pair.
        """
        from glabella.safety.measures import fit_gps

        if not self.strata:
            n, expected = _expected(self.frame)
            drugs = self.margins.drugs["n_drug"].to_numpy()
            events = self.margins.events["n_event"].to_numpy()
            return fit_gps(n, expected, margins=(drugs, events, self.margins.totals["n_total"].to_numpy()[0]))
        pooled = self.pooled()
        drug, event, total, _, _ = self._by_stratum()
        return fit_gps(pooled["n"].to_numpy(), pooled["expected"].to_numpy(), margins=(drug, event, total))

    def score(self, *, gps: GPS | None = None) -> polars.DataFrame:
        """Add every measure to the frame.

        Parameters
        ----------
        gps : GPS, optional
            Prior for ``ebgm``, ``eb05``, ``eb95``; fitted here when omitted. Where the fit is no maximum inside,
            these columns are null: a score would rest on nothing.

        Returns
        -------
        polars.DataFrame
            The frame with ``expected`` to ``ic975`` (see ``disproportionality``) and EBGM. With strata the
            measures are those within each stratum, without EBGM; :meth:`pooled` adjusts for strata.
        """
        import polars as pl

        from glabella.safety.measures import disproportionality

        counts = [self.frame[name].to_numpy() for name in ("n", "n_drug", "n_event", "n_total")]
        scored = pl.concat([self.frame, disproportionality(*counts)], how="horizontal")
        if self.strata or not scored.height:
            return scored
        return with_gps(scored, self.fit() if gps is None else gps)

    def pooled(self) -> polars.DataFrame:
        """Sum each pair over the strata.

        Returns
        -------
        polars.DataFrame
            Ids, ``n`` and ``expected``, the sum over strata of n_drug · n_event / n_total, also over the strata
            in which the pair was not reported (DuMouchel 1999).
        """
        import polars as pl

        ids = [self.drug_id, "event_id"]
        summed = self.frame.group_by(ids, maintain_order=True).agg(pl.col("n").sum())
        if not self.strata:
            return summed.with_columns(expected=_expected(self.frame)[1])
        drug, event, total, drug_at, event_at = self._by_stratum()
        rows, columns = drug_at[summed[self.drug_id].to_numpy()], event_at[summed["event_id"].to_numpy()]
        share = drug / total[:, None]
        expected = np.zeros(summed.height)
        # One stratum at a time: a pair by stratum table would be hundreds of times the pairs.
        for of_drugs, of_events in zip(share, event, strict=True):
            expected += of_drugs[rows] * of_events[columns]
        return summed.with_columns(expected=expected)

    def _by_stratum(self) -> tuple[NDArray[np.float64], ...]:
        """Give margins as (strata, drugs), (strata, events), (strata,), and where each id stands in them."""
        totals = self.margins.totals.with_row_index("stratum")
        keys = [*self.strata]
        result = []
        places = []
        for frame, name, count in (
            (self.margins.drugs, self.drug_id, "n_drug"),
            (self.margins.events, "event_id", "n_event"),
        ):
            ids, at = np.unique(frame[name].to_numpy(), return_inverse=True)
            strata = frame.join(totals, on=keys, how="left", maintain_order="left")["stratum"].to_numpy()
            table = np.zeros((totals.height, len(ids)))
            table[strata, at] = frame[count].to_numpy()
            where = np.zeros(ids.max() + 1 if len(ids) else 0, dtype=np.int64)
            where[ids] = np.arange(len(ids))
            result.append(table)
            places.append(where)
        return result[0], result[1], totals["n_total"].to_numpy().astype(np.float64), places[0], places[1]


def with_gps(scored: polars.DataFrame, gps: GPS) -> polars.DataFrame:
    """Add EBGM and its bounds; null where the prior is no maximum inside."""
    import polars as pl

    names = ("ebgm", "eb05", "eb95")
    if not gps.converged:
        return scored.with_columns(pl.lit(None, pl.Float64).alias(name) for name in names)
    score = gps.score(scored["n"].to_numpy(), scored["expected"].to_numpy())
    return pl.concat([scored, score], how="horizontal")


def _expected(frame: polars.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    n, drug, event, total = (frame[name].to_numpy() for name in ("n", "n_drug", "n_event", "n_total"))
    return n, drug.astype(np.float64) * event / total
