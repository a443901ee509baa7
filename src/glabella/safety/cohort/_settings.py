"""What is tried besides the declared comparison, one change at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from glabella.safety.store import MODES, ROLES, rank

if TYPE_CHECKING:
    import polars as pl

    from glabella.safety.cohort._spec import CohortSpec

Kind = Literal[
    "declared", "event list", "negative control", "comparator", "reports left out", "subgroup", "cleaning", "role"
]


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to count an arm.

    Attributes
    ----------
    kind, label : str
        What sort of change this is, and which.
    mode, role : str
        As in the spec.
    events : str
        Which list counts as the event.
    comparators : int
        Bits of the comparators that count.
    drop_excluded, drop_complaints : bool
        Whether reports with an excluded drug or indication, or with complaints alone, are left out.
    reporters_out : tuple of str
        Reporters whose reports are left out.
    only : tuple of (str, str) or None
        Keep the reports in which this column has this value.
    """

    kind: Kind
    label: str
    mode: str
    role: str
    events: str
    comparators: int
    drop_excluded: bool
    drop_complaints: bool
    reporters_out: tuple[str, ...]
    only: tuple[str, str] | None = None

    def keeps(self, lists: tuple[str, ...], mask: Callable[[str], int]) -> dict[str, pl.Expr]:
        """Give, over a cube, which reports count, which are exposed, and which have the event.

        ``mask`` gives the flags that a mode leaves out: the rules are the store's.
        """
        import polars as pl

        exposed = (pl.col("exposed_role") > 0) & (pl.col("exposed_role") <= rank(self.role))
        compared = (pl.col(f"bits_{self.role}") & self.comparators) != 0
        counts = (exposed | compared) & ((pl.col("flags") & mask(self.mode)) == 0)
        if self.drop_excluded:
            counts &= pl.col("excluded") == 0
        if self.drop_complaints:
            counts &= pl.col("only_complaints") == 0
        if self.reporters_out:
            counts &= ~pl.col("reporter").is_in(self.reporters_out).fill_null(False)
        if self.only is not None:
            column, value = self.only
            counts &= (pl.col(column) == value).fill_null(False)
        return {
            "counts": counts,
            "exposed": exposed,
            "event": (pl.col("bits_lists") & (1 << lists.index(self.events))) != 0,
        }


def settings(spec: CohortSpec, controls: tuple[str, ...], comparators: tuple[str, ...]) -> tuple[Setting, ...]:
    """List the declared comparison and, beside it, every run that changes one thing.

    Parameters
    ----------
    spec : CohortSpec
        The declaration.
    controls : tuple of str
        Negative controls, each an event list of its own.
    comparators : tuple of str
        Names of the comparators, in the order of their bits; empty for everything else.

    Returns
    -------
    tuple of Setting
        The declared one first.
    """
    every = (1 << max(1, len(comparators))) - 1
    base = Setting(
        kind="declared",
        label="as declared",
        mode=spec.mode,
        role=spec.role,
        events=spec.events.primary,
        comparators=every,
        drop_excluded=True,
        drop_complaints=False,
        reporters_out=spec.exclude.reporters,
    )
    found = [base]
    found += [replace(base, kind="event list", label=name, events=name) for name in spec.events.also]
    found += [replace(base, kind="negative control", label=name, events=name) for name in controls]
    if len(comparators) > 1:
        found += [
            replace(base, kind="comparator", label=f"against {name} alone", comparators=1 << place)
            for place, name in enumerate(comparators)
        ]
    found += _left_out(spec, base)
    found += [
        replace(base, kind="subgroup", label=label, only=(column, value))
        for label, column, value in (
            ("women", "sex", "F"),
            ("men", "sex", "M"),
            ("from the United States", "country", "US"),
            ("before the format changed (AERS)", "era", "aers"),
            ("since the format changed (FAERS)", "era", "faers"),
            ("from consumers", "reporter", "CN"),
            ("from physicians", "reporter", "MD"),
        )
        if value not in spec.exclude.reporters
    ]
    found += [
        replace(base, kind="cleaning", label=f"{mode} reports", mode=mode) for mode in MODES if mode != spec.mode
    ]
    found += [replace(base, kind="role", label=f"{role} role", role=role) for role in ROLES if role != spec.role]
    return tuple(found)


def _left_out(spec: CohortSpec, base: Setting) -> list[Setting]:
    """Leave out more reports, or keep those that the declaration leaves out."""
    base = replace(base, kind="reports left out")
    found = []
    if spec.events.complaints:
        found.append(replace(base, label="without reports of nothing but complaints", drop_complaints=True))
    if spec.exclude.drugs or spec.exclude.indications:
        found.append(replace(base, label="with the excluded drugs and indications kept", drop_excluded=False))
    declared = spec.exclude.reporters
    if declared:
        found.append(replace(base, label="with the excluded reporters kept", reporters_out=()))
    found += [
        replace(base, label=f"without reports from {who}", reporters_out=(*declared, code))
        for who, code in (("lawyers", "LW"), ("consumers", "CN"))
        if code not in declared
    ]
    return found
