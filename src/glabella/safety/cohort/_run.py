"""Run a declared comparison: every arm, every setting, the checklist and the words that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glabella.safety.cohort._checklist import Item, caveats, checklist
from glabella.safety.cohort._compare import adjusted, cells, compare
from glabella.safety.cohort._cube import Names, arm_cube, resolve
from glabella.safety.cohort._settings import Setting, settings
from glabella.safety.cohort._spec import Arm, CohortSpec

if TYPE_CHECKING:
    import polars as pl

    from glabella.safety.store import Store

#: Settings whose ratio is adjusted by regression too; the others have the stratified one.
_REGRESSED = ("declared", "event list")


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
    """

    spec: CohortSpec
    arms: tuple[ArmResult, ...]
    names: Names
    checklist: tuple[Item, ...]
    caveats: tuple[tuple[str, str], ...]
    synthetic: bool
    store: str
    not_run: tuple[tuple[str, str], ...]

    def table(self) -> pl.DataFrame:
        """Give every setting of every arm as one row."""
        import polars as pl

        return pl.concat([one.frame.insert_column(0, pl.lit(one.arm.id).alias("arm")) for one in self.arms])

    def __str__(self) -> str:
        """Print the declared comparisons, with what must be read beside them."""
        lines = [self.spec.title, *(["SYNTHETIC REPORTS"] if self.synthetic else []), ""]
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


def run_cohort(store: Store, spec: CohortSpec, *, progress: Callable[[str], None] | None = None) -> CohortResult:
    """Run a cohort comparison on a store.

    Parameters
    ----------
    store : Store
        As :func:`glabella.safety.open_store` gives it.
    spec : CohortSpec
        As :func:`load_spec` reads it.
    progress : callable, optional
        Called with the label of each arm before it is counted.

    Returns
    -------
    CohortResult

    Raises
    ------
    ValueError
        If a name of the spec is known neither to the store nor to a dictionary or group, or no arm can be compared.
    """
    names = resolve(store, spec)
    arms, not_run = [], []
    for arm in spec.arms:
        if progress is not None:
            progress(arm.label)
        if not names.comparators[arm.id]:
            not_run.append((arm.label, f"none of its comparators is in a report: {', '.join(arm.comparators)}"))
        elif arm.indications and not names.indications[arm.id]:
            not_run.append((arm.label, f"none of its indications is in a report: {', '.join(arm.indications)}"))
        else:
            arms.append(_arm(store, spec, arm, names))
    if not arms:
        raise ValueError(f"{spec.id}: " + "; ".join(f"{label}: {why}" for label, why in not_run))
    described = store.describe()
    return CohortResult(
        spec=spec,
        arms=tuple(arms),
        names=names,
        checklist=checklist(spec, names, arms, described),
        caveats=caveats(spec),
        synthetic=described.synthetic,
        store=described.digest,
        not_run=tuple(not_run),
    )


def _arm(store: Store, spec: CohortSpec, arm: Arm, names: Names) -> ArmResult:
    import polars as pl

    cube, lists = arm_cube(store, spec, arm, names), tuple(names.lists)
    tried = settings(spec, names.controls, tuple(names.comparators[arm.id]))
    tables = [cells(cube, one, lists, spec.adjust) for one in tried]
    frame = pl.DataFrame({"kind": [one.kind for one in tried], "label": [one.label for one in tried]})
    frame = frame.hstack(compare(tables))
    empty: dict[str, float | None] = dict.fromkeys(("adjusted", "adjusted_low", "adjusted_high"))
    regressed = [
        adjusted(table, spec.adjust) if one.kind in _REGRESSED else empty
        for one, table in zip(tried, tables, strict=True)
    ]
    frame = frame.hstack(pl.DataFrame(regressed, schema=dict.fromkeys(empty, pl.Float64)))
    declared = cube.filter(tried[0].keeps(lists)["counts"])
    n = pl.col("n")
    missing = {
        column: int(declared.select(n.filter(pl.col(column).is_null() | (pl.col(column) == "")).sum()).item())
        for column in ("sex", "age_band", "reporter", "country")
    }
    by = declared.group_by("reporter").agg(n.sum()).sort("n", descending=True)
    reporters = {str(who or "not known"): int(count) for who, count in by.iter_rows()}
    return ArmResult(arm, frame, tried, missing, reporters)


def _interval(row: dict[str, float | None], *names: str) -> str:
    value, low, high = (row[name] for name in names)
    if value is None:
        return "not defined"
    return f"{value:.2f}" + (f" ({low:.2f} to {high:.2f})" if low is not None and high is not None else "")
