"""Run a declared comparison: every arm, every setting, the checklist and the words that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from glabella.safety.cohort._checklist import caveats, checklist
from glabella.safety.cohort._compare import adjusted, cells, compare
from glabella.safety.cohort._cube import Names, arm_cube, resolve
from glabella.safety.cohort._result import ArmResult, CohortResult
from glabella.safety.cohort._settings import settings
from glabella.safety.cohort._spec import Arm, CohortSpec

if TYPE_CHECKING:
    from glabella.safety.store import Store


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
    keeps = [one.keeps(lists, store.mask) for one in tried]
    tables = [cells(cube, keep, spec.adjust) for keep in keeps]
    frame = pl.DataFrame({"kind": [one.kind for one in tried], "label": [one.label for one in tried]})
    frame = frame.hstack(compare(tables))
    # The declared ratio is adjusted by regression too; every other run has the stratified one beside the crude.
    regressed = adjusted(tables[0], spec.adjust)
    frame = frame.with_columns(
        pl.Series(name, [value] + [None] * (len(tried) - 1), dtype=pl.Float64) for name, value in regressed.items()
    )
    declared = cube.filter(keeps[0]["counts"])
    n = pl.col("n")
    missing = {
        column: int(declared.select(n.filter(pl.col(column).is_null() | (pl.col(column) == "")).sum()).item())
        for column in ("sex", "age_band", "reporter", "country")
    }
    by = declared.group_by("reporter").agg(n.sum()).sort("n", descending=True)
    reporters = {str(who or "not known"): int(count) for who, count in by.iter_rows()}
    return ArmResult(arm, frame, tried, missing, reporters)
