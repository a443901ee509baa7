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
from glabella.safety.store import quarters_between, spans

if TYPE_CHECKING:
    from glabella.safety.store import Store


class NothingToCompareError(ValueError):
    """A comparison that a store has no reports for."""


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
    NothingToCompareError
        Which is a ValueError: if no quarter that the spec declares is in the store, or no arm has reports.
    """
    described = store.describe()
    coverage = _coverage(spec, described.quarters)
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
            found = _arm(store, spec, arm, names)
            silent = _silent(found)
            if silent:
                not_run.append((arm.label, silent))
            else:
                arms.append(found)
    if not arms:
        raise NothingToCompareError(f"{spec.id}: " + "; ".join(f"{label}: {why}" for label, why in not_run))
    said = caveats(spec, store.lists)
    return CohortResult(
        spec=spec,
        arms=tuple(arms),
        names=names,
        checklist=checklist(spec, names, arms, described, said, coverage),
        caveats=said,
        synthetic=described.synthetic,
        store=described.digest,
        not_run=tuple(not_run),
        coverage=coverage,
    )


def _coverage(spec: CohortSpec, held: tuple[str, ...]) -> str:
    """Say which declared quarters the store lacks; nothing where it has all, or all were asked for.

    Raises
    ------
    NothingToCompareError
        If it has none of them.
    """
    if spec.quarters is None:
        return ""
    first, last = spec.quarters
    declared = quarters_between(first, last)
    lacking = [one for one in declared if one not in held]
    if len(lacking) == len(declared):
        raise NothingToCompareError(
            f"{spec.id}: declared for quarters {first} to {last}, of which the store holds none; it holds "
            f"{spans(held)}. A cohort file of your own can declare others"
        )
    if not lacking:
        return ""
    return (
        f"the store holds {len(declared) - len(lacking)} of the {len(declared)} quarters declared ({first} to "
        f"{last}); not there: {spans(lacking)}"
    )


def _silent(found: ArmResult) -> str:
    """Say which side of an arm has no report in any run; nothing where both have."""
    for side, words in (("exposed", "the exposed drugs"), ("comparator", "the comparators")):
        if not found.frame.select(f"{side}_with", f"{side}_without").sum_horizontal().sum():
            return f"no report of {words} in any run, given for its indications and in the quarters declared"
    return ""


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
    by = declared.group_by("reporter").agg(n.sum()).sort("n", "reporter", descending=[True, False])
    reporters = {str(who or "not known"): int(count) for who, count in by.iter_rows()}
    return ArmResult(arm, frame, tried, missing, reporters)
