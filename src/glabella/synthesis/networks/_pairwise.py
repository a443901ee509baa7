"""All contrasts between the arms of each study, from one row an arm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._effect_size import correction, effect_size
from glabella.synthesis._numbers import HUGE, number
from glabella.synthesis.networks._arms import (
    NO_EVENT,
    ONLY_EVENTS,
    Arms,
    Bools,
    Dropped,
    Floats,
    Ints,
    arms,
    column,
    counts,
    dropped_text,
    refuse_extreme,
)

if TYPE_CHECKING:
    import polars as pl

ArmMeasure = Literal["OR", "RR", "RD", "AS", "IRR", "IRD", "MD", "SMD", "ROM"]

_NEEDS: dict[str, tuple[str, ...]] = {
    "OR": ("events", "n"), "RR": ("events", "n"), "RD": ("events", "n"), "AS": ("events", "n"),
    "IRR": ("events", "time"), "IRD": ("events", "time"),
    "MD": ("mean", "sd", "n"), "SMD": ("mean", "sd", "n"), "ROM": ("mean", "sd", "n"),
}  # fmt: skip

#: Contrasts that are printed.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Pairwise:
    """All contrasts between the arms of each study.

    Attributes
    ----------
    measure : str
        As asked; ratios are on the log scale.
    studlab, treat1, treat2 : ndarray of str
        Study, and the two treatments of the contrast.
    te, se : ndarray of shape (m,)
        Effect of ``treat1`` against ``treat2`` and its standard error.
    dropped : tuple of Dropped
        Studies without information on this measure, and why.
    added : tuple of str
        Studies to whose cells something was added (of RD and IRD for their variance alone).
    add : float
        What was added there.
    """

    measure: ArmMeasure
    studlab: NDArray[np.str_]
    treat1: NDArray[np.str_]
    treat2: NDArray[np.str_]
    te: Floats
    se: Floats
    dropped: tuple[Dropped, ...]
    added: tuple[str, ...] = ()
    add: float = 0.0

    def table(self) -> pl.DataFrame:
        """Give one row a contrast."""
        import polars as pl

        return pl.DataFrame({"studlab": self.studlab, "treat1": self.treat1, "treat2": self.treat2,
                             "te": self.te, "se": self.se})  # fmt: skip

    def __str__(self) -> str:
        """Print the first contrasts, and every study that was dropped."""
        lines = [f"{self.measure}: {len(self.te)} contrasts of {len(np.unique(self.studlab))} studies", ""]
        shown = zip(self.studlab, self.treat1, self.treat2, self.te, self.se, strict=True)
        lines += [f"{study}: {one} vs {two}  {te:#.4g} (SE {se:#.4g})"
                  for _, (study, one, two, te, se) in zip(range(_SHOWN), shown, strict=False)]  # fmt: skip
        if len(self.te) > _SHOWN:
            lines.append(f"... and {len(self.te) - _SHOWN} more")
        return "\n".join(lines + self.notes)

    @property
    def notes(self) -> list[str]:
        """Lines that say what was left out and to which studies something was added."""
        added = [f"added to every cell of each arm of {', '.join(self.added)}: {self.add:g}"] if self.added else []
        return dropped_text(self.dropped) + added


def pairwise(
    studlab: ArrayLike,
    treat: ArrayLike,
    *,
    measure: ArmMeasure,
    add: float | None = None,
    to: Literal["only0", "all", "if0all", "none"] = "only0",
    **columns: ArrayLike,
) -> Pairwise:
    """Compute all contrasts between the arms of each study, from one row an arm.

    Parameters
    ----------
    studlab, treat : array_like of shape (rows,)
        Study and treatment of each arm.
    measure : {"OR", "RR", "RD", "AS", "IRR", "IRD", "MD", "SMD", "ROM"}
        Effect measure, as in :func:`~glabella.synthesis.effect_size`.
    add : float, optional
        For counts and rates: added to each cell of a study that ``to`` selects, 0.5 by default (``AS``: 0). Unless
        ``add`` or ``to`` is given, only the variances of the differences ``RD`` and ``IRD`` have it.
    to : {"only0", "all", "if0all", "none"}
        Add to studies with an empty cell, to all, to all when any has an empty cell, or to none.
    **columns : array_like of shape (rows,)
        Counts ``events`` and ``n``, rates ``events`` and ``time``, means ``mean``, ``sd`` and ``n``.

    Returns
    -------
    Pairwise
        The arms of a study in the order given, the first against all later ones and so on.

    Raises
    ------
    ValueError
        If a measure or column is unknown or a column missing, lengths differ, a value cannot be (the message
        names study and treatment), a treatment is named twice in a study, a study has one arm, a contrast is not
        defined, or under ``OR``, ``RR`` and ``IRR`` a treatment never has an event, or under ``OR`` and ``RR``
        never anything else.

    Notes
    -----
    The contrasts of a study must be those of one set of arms, or the network's weights of a multi-arm study do
    not exist. So what is added to an empty cell is added to *all* arms of that study, also to pairs without an
    empty cell; then each variance is the sum of two arms' variances. A standardised difference divides all
    contrasts of a study by one SD, pooled over all its arms, corrected once, with the variance
    1/n₁ + 1/n₂ + d²/(2N), N being everybody in the study: these variances are of differences of one vector
    with covariance diag(1/n) + dd'/(2N) (Crippa and Orsini). With two arms all is what ``effect_size`` gives.

    Studies without an event (``OR``, ``RR``, ``IRR``) or with nothing else (``OR``, ``RR``) carry no information
    on a ratio; they are left out and named in ``dropped``.

    References
    ----------
    Crippa A, Orsini N. Dose-response meta-analysis of differences in means. BMC Med Res Methodol 2016;16:91.
    Higgins JPT, Whitehead A. Borrowing strength from external trials in a meta-analysis. Stat Med
    1996;15:2733-2749.
    Rücker G, Schwarzer G. Reduce dimension or reduce weights? Comparing two approaches to multi-arm studies in
    network meta-analysis. Stat Med 2014;33:4353-4369.

    Examples
    --------
    >>> found = pairwise(["1", "1", "1"], ["A", "C", "D"], measure="OR", events=[9, 23, 10], n=[140, 140, 138])
    >>> [f"{a}-{b} {te:.3f}" for a, b, te in zip(found.treat1, found.treat2, found.te)]
    ['A-C -1.051', 'A-D -0.129', 'C-D 0.923']
    """
    if not isinstance(measure, str) or measure not in _NEEDS:
        raise ValueError(f"unknown measure {measure!r}; expected one of {', '.join(_NEEDS)}")
    needed = _NEEDS[measure]
    if (missing := [name for name in needed if name not in columns]) or set(columns) - set(needed):
        raise ValueError(f"{measure} needs the columns {', '.join(needed)}; "
                         + (f"missing: {missing[0]!r}" if missing else
                            f"unknown: {sorted(set(columns) - set(needed))[0]!r}"))  # fmt: skip
    found = arms(studlab, treat)
    dropped = np.full(len(found.studies), "", dtype=object)
    added = np.zeros(len(found.studies), dtype=bool)
    first, second = found.pairs()
    if "mean" in needed:
        te, vi = _means(found, measure, first, second, *(column(found, columns[name], name) for name in needed))
    elif "time" in needed:
        te, vi = _rates(found, measure, first, second, dropped, added, columns, add, to)
    else:
        te, vi = _counts(found, measure, first, second, dropped, added, columns, add, to)
    kept = dropped[found.study[first]] == ""
    _refuse_undefined(found, first, second, te, vi, kept, measure)
    studies, treatments = np.array(found.studies), np.array(found.treatments)
    out = tuple(Dropped(found.studies[i], tuple(treatments[found.treat[found.study == i]].tolist()), dropped[i])
                for i in np.flatnonzero(dropped != ""))  # fmt: skip
    if not kept.any():
        raise ValueError(f"no study carries information on {measure}: {'; '.join(dropped_text(out))}")
    return Pairwise(measure, studies[found.study[first]][kept], treatments[found.treat[first]][kept],
                    treatments[found.treat[second]][kept], te[kept], np.sqrt(vi[kept]), out,
                    tuple(studies[added & (dropped == "")].tolist()), _added(measure, add))  # fmt: skip


def _refuse_undefined(
    found: Arms, first: Ints, second: Ints, te: Floats, vi: Floats, kept: Bools, measure: str
) -> None:
    lost = kept & ~(np.isfinite(te) & (vi > 0))
    if lost.any():
        row = int(np.flatnonzero(lost)[0])
        names = " and ".join(repr(found.treatments[found.treat[place[row]]]) for place in (first, second))
        name = found.studies[found.study[first[row]]]
        raise ValueError(f"{measure} of {names} in study {name!r} is not defined or has no variance; "
                         "expected no empty cell, or something added to it")  # fmt: skip


def _added(measure: ArmMeasure, add: float | None) -> float:
    """Give what is added where something is: half an event, but for arcsines, which have no empty cell."""
    return (0.0 if measure == "AS" else 0.5) if add is None else add


def _filled(found: Arms, cells: tuple[Floats, ...], add: float, to: str, added: Bools) -> tuple[Floats, ...]:
    """Add to every cell of every arm of the studies that have an empty cell in some arm, and mark these studies."""
    if to not in ("only0", "all", "if0all", "none"):
        raise ValueError(f"unknown to {to!r}; expected only0, all, if0all or none")
    if not 0 <= number(add, "add", "0 or more") < HUGE:
        raise ValueError(f"add is {add!r}, expected 0 or more")
    empty = np.any([cell == 0 for cell in cells], axis=0)
    by_study = found.any(empty) if to == "only0" else to == "all" or (to == "if0all" and empty.any())
    added |= np.broadcast_to(by_study, len(found.studies)) & (add > 0)
    more = np.where(added, add, 0.0)[found.study]
    return tuple(cell + more for cell in cells)


def _counts(found: Arms, measure: ArmMeasure, first: Ints, second: Ints, dropped: NDArray[np.object_],
            added: Bools, columns: dict[str, ArrayLike], add: float | None, to: str
            ) -> tuple[Floats, Floats]:  # fmt: skip
    events, rest = counts(found, columns["events"], columns["n"])
    if measure in ("OR", "RR"):
        refuse_extreme(found, events == 0, "no event", measure)
        refuse_extreme(found, rest == 0, "the event in everybody", measure)
        dropped[found.all(events == 0)] = NO_EVENT
        dropped[found.all(rest == 0)] = ONLY_EVENTS
    a, b = _filled(found, (events, rest), _added(measure, add), to, added)
    sizes = effect_size(measure, to="none", ai=a[first], bi=b[first], ci=a[second], di=b[second])
    if measure == "RD" and add is None and to == "only0":
        # As with effect_size: a difference needs nothing added, only its variance does.
        people = events + rest
        return events[first] / people[first] - events[second] / people[second], sizes.vi
    return sizes.yi, sizes.vi


def _rates(found: Arms, measure: ArmMeasure, first: Ints, second: Ints, dropped: NDArray[np.object_],
           added: Bools, columns: dict[str, ArrayLike], add: float | None, to: str
           ) -> tuple[Floats, Floats]:  # fmt: skip
    events, time = column(found, columns["events"], "events"), column(found, columns["time"], "time")
    found.refuse(events < 0, events, "events", "0 or more")
    found.refuse(time <= 0, time, "time", "more than 0")
    found.refuse(time < 1 / HUGE, time, "time", f"{1 / HUGE:.0e} or more")
    if measure == "IRR":
        refuse_extreme(found, events == 0, "no event", measure)
        dropped[found.all(events == 0)] = NO_EVENT
    (x,) = _filled(found, (events,), _added(measure, add), to, added)
    sizes = effect_size(measure, to="none", x1i=x[first], t1i=time[first], x2i=x[second], t2i=time[second])
    if measure == "IRD" and add is None and to == "only0":
        return events[first] / time[first] - events[second] / time[second], sizes.vi
    return sizes.yi, sizes.vi


def _means(found: Arms, measure: ArmMeasure, first: Ints, second: Ints, mean: Floats, sd: Floats, n: Floats
           ) -> tuple[Floats, Floats]:  # fmt: skip
    found.refuse(sd <= 0, sd, "sd", "more than 0")
    found.refuse(sd < 1 / HUGE, sd, "sd", f"{1 / HUGE:.0e} or more")
    found.refuse(n < 1, n, "n", "1 or more")
    if measure == "SMD":
        return _standardised(found, first, second, mean, sd, n)
    if measure == "ROM":
        sign = np.sign(mean[first]) * np.sign(mean[second])
        wrong = np.zeros(len(mean), dtype=bool)
        wrong[second[sign <= 0]] = True
        found.refuse(wrong, mean, "mean", "a mean other than 0, of one sign in all arms of a study")
        found.refuse(np.abs(mean) < 1 / HUGE, mean, "mean", f"one of {1 / HUGE:.0e} or more, without its sign")
    sizes = effect_size(measure, m1i=mean[first], sd1i=sd[first], n1i=n[first],
                        m2i=mean[second], sd2i=sd[second], n2i=n[second])  # fmt: skip
    return sizes.yi, sizes.vi


def _standardised(found: Arms, first: Ints, second: Ints, mean: Floats, sd: Floats, n: Floats
                  ) -> tuple[Floats, Floats]:  # fmt: skip
    """Divide by the SD pooled over all arms of the study."""
    df, people = found.total(n - 1), found.total(n)
    small = df < 2
    if small.any():
        bad = int(np.flatnonzero(small)[0])
        raise ValueError(f"study {found.studies[bad]!r} has {people[bad]:g} people, expected two more than arms")
    pooled = np.sqrt(found.total((n - 1) * sd**2) / df)
    study = found.study[first]
    te = (correction(df) / pooled)[study] * (mean[first] - mean[second])
    return te, 1 / n[first] + 1 / n[second] + te**2 / (2 * people[study])
