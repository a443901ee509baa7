"""What a comparison gives: every run of every arm, its checklist, and the words that belong to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glabella.safety.cohort._cube import Names
from glabella.safety.cohort._settings import Setting
from glabella.safety.cohort._spec import Arm, CohortSpec

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Item:
    """One topic: what the run says, and what only the author can say."""

    section: str
    topic: str
    text: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class ArmResult:
    """One arm: every setting as a row, the declared one first, and who reported.

    Attributes
    ----------
    arm : Arm
        As declared.
    frame : polars.DataFrame
        One row a setting: ``kind``, ``label``, the four cells, ``ror`` and ``prr`` with limits, exact limits where
        a cell is small, ``mh`` (stratified) and ``adjusted`` (logistic) with limits.
    settings : tuple of Setting
        What each row counts.
    missing : dict of str to int
        Reports of the declared comparison without sex, age band, reporter or country.
    reporters : dict of str to int
        Reports of the declared comparison by reporter.
    """

    arm: Arm
    frame: pl.DataFrame
    settings: tuple[Setting, ...]
    missing: dict[str, int]
    reporters: dict[str, int]


@dataclass(frozen=True, slots=True)
class CohortResult:
    """A cohort comparison that was run.

    Attributes
    ----------
    spec : CohortSpec
        The declaration.
    arms : tuple of ArmResult
        In the declared order.
    names : Names
        What every name of the spec stood for in this store.
    checklist : tuple of Item
        READUS-PV topics, filled from the run.
    caveats : tuple of (str, str)
        Sentences that belong beside every ratio, each with its source.
    synthetic : bool
        Whether the store holds synthetic reports.
    store : str
        Digest of the index that was asked.
    not_run : tuple of (str, str)
        Arms that the store cannot answer, and why.
    coverage : str
        Which declared quarters the store lacks; empty where it has all.
    """

    spec: CohortSpec
    arms: tuple[ArmResult, ...]
    names: Names
    checklist: tuple[Item, ...]
    caveats: tuple[tuple[str, str], ...]
    synthetic: bool
    store: str
    not_run: tuple[tuple[str, str], ...]
    coverage: str = ""

    def table(self) -> pl.DataFrame:
        """Give every setting of every arm as one row."""
        import polars as pl

        return pl.concat([one.frame.insert_column(0, pl.lit(one.arm.id).alias("arm")) for one in self.arms])

    def __str__(self) -> str:
        """Print the declared comparisons, with what must be read beside them."""
        lines = [self.spec.title, *(["SYNTHETIC REPORTS"] if self.synthetic else [])]
        lines += [*([self.coverage] if self.coverage else []), ""]
        for one in self.arms:
            row = one.frame.row(0, named=True)
            ratio = _interval(row, "ror", "ror_low", "ror_high")
            lines.append(
                f"{one.arm.label}: {row['exposed_with']:,} of {row['exposed_with'] + row['exposed_without']:,}"
                f" against {row['comparator_with']:,} of {row['comparator_with'] + row['comparator_without']:,};"
                f" ROR {ratio}, stratified {_interval(row, 'mh', 'mh_low', 'mh_high')}"
            )
        lines += [f"{label}: not compared; {why}" for label, why in self.not_run]
        if self.names.absent:
            lines.append(f"Named, and in no report of this store: {', '.join(self.names.absent)}")
        return "\n".join([*lines, "", *(f"- {text}" for text, _ in self.caveats)])


def _interval(row: dict[str, float | None], *names: str) -> str:
    value, low, high = (row[name] for name in names)
    if value is None:
        return "not defined"
    if value == math.inf:
        return "infinite"
    return f"{value:.2f}" + (f" ({low:.2f} to {high:.2f})" if low is not None and high is not None else "")
