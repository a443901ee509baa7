"""Rows of what trials saw of a response over time, and how likely each is under shares of responders on days.

A row is one statement of a source. Trials look at visits, so a median lies between two of them; the same people
seen twice tell a second time only what changed. Nothing here knows how shares follow from days: any model of a
course may give them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kind = Literal["count", "fall", "rise", "kept", "median", "bound", "mean"]
#: Shares of exactly 0 or 1 would make any other outcome impossible.
LEAST = 1e-9
#: Least probability of a median's interval.
FLOOR = 1e-300


@dataclass(frozen=True, slots=True)
class Row:
    """One statement of a source about people after one dose.

    Attributes
    ----------
    id, study, product, observer, definition : str
    dose : float
    sex : str
        ``women``, ``men`` or ``mixed``.
    kind : str
        ``count``: ``y`` of ``n`` respond on ``day``. ``fall``: ``y`` of the ``n`` who responded on ``given``
        still do. ``rise``: ``y`` of the ``n`` who did not on ``given`` do now. ``kept``: of those who respond
        on ``given``, whose number at first was not counted, ``y`` of ``n`` respond on ``day``. ``median``:
        between ``after`` and ``by`` (infinite where it is open) half of ``n`` who responded on ``given`` have
        lost it; of them ``later[1]`` still respond on the day ``later[0]``, where that is known. ``bound``:
        more than the share ``y / n`` respond, or fewer where ``below``. ``mean``: ``y`` days of response on
        average over ``visits``, with the standard error ``se``.
    day, given : float
    y, n : float
        Need not be whole numbers, since percentages are rounded.
    placebo, placebo_given : float
        Share who respond without the drug on either day, taken as known.
    weight : float
        Below 1 where another row tells of the same people.
    seen, people : float
        The share, or the days, as printed, and of how many people.
    """

    id: str
    study: str
    product: str
    dose: float
    sex: str
    observer: str
    definition: str
    kind: Kind
    n: float
    y: float = 0.0
    day: float = 0.0
    given: float = 0.0
    placebo: float = 0.0
    placebo_given: float = 0.0
    after: float = 0.0
    by: float = np.inf
    later: tuple[float, float] | None = None
    below: bool = False
    visits: tuple[float, ...] = ()
    se: float = 1.0
    weight: float = 1.0
    seen: float = np.nan
    people: float = np.nan

    @property
    def days(self) -> tuple[float, ...]:
        """The days whose shares decide how likely it is."""
        if self.kind in ("count", "bound"):
            return (self.day,)
        if self.kind == "median":
            by = self.by if np.isfinite(self.by) else self.after
            return (self.after, by, self.given, *((self.later[0],) if self.later else ()))
        if self.kind == "mean":
            return (self.given, *self.visits)
        return (self.day, self.given)


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows together, for shares of all of their days at once.

    ``rows`` must not be empty. ``owner`` says to which row each of the days belongs; shares come and slopes go
    in that order, with any number of dimensions before it.
    """

    rows: tuple[Row, ...]
    owner: NDArray[np.int_] = field(init=False)
    day: Floats = field(init=False)

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError("no rows, expected at least one")
        object.__setattr__(self, "owner", np.repeat(np.arange(len(self.rows)), [len(r.days) for r in self.rows]))
        object.__setattr__(self, "day", np.array([day for row in self.rows for day in row.days]))

    @cached_property
    def weight(self) -> Floats:
        """How much each row counts."""
        return np.array([row.weight for row in self.rows])

    @cached_property
    def studies(self) -> NDArray[np.str_]:
        """The trial of each row."""
        return np.array([row.study for row in self.rows])

    @cached_property
    def first(self) -> NDArray[np.int_]:
        """Where the first day of each row stands."""
        return np.concatenate([[0], np.cumsum([len(row.days) for row in self.rows])[:-1]])

    def _of(self, *kinds: Kind) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
        """Give the rows of some kinds, and where the first day of each stands."""
        which = np.array([at for at, row in enumerate(self.rows) if row.kind in kinds], dtype=int)
        return which, self.first[which] if which.size else which

    @cached_property
    def _index(self) -> dict[Kind, tuple[NDArray[np.int_], NDArray[np.int_]]]:
        every: tuple[Kind, ...] = ("count", "fall", "rise", "kept", "median", "bound", "mean")
        return {kind: self._of(kind) for kind in every}

    @cached_property
    def _numbers(self) -> dict[str, Floats]:
        from scipy.special import gammaln

        names = ("y", "n", "placebo", "placebo_given", "se")
        found = {name: np.array([getattr(row, name) for row in self.rows]) for name in names}
        ways = np.zeros(len(self.rows))
        for kind in ("count", "fall", "rise", "kept"):
            at, _ = self._index[kind]
            y, n = found["y"][at], found["n"][at]
            ways[at] = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
        return found | {"ways": ways}

    def log_likelihood(self, share: Floats) -> tuple[Floats, Floats]:
        """Give how likely each row is, and the slope of that along the share on each of its days.

        Parameters
        ----------
        share : ndarray of shape (..., number of days)
            Who responds to the drug on each day of :attr:`day`, among all treated.

        Returns
        -------
        ndarray of shape (..., number of rows)
            Not weighted.
        ndarray of shape (..., number of days)
        """
        out = np.zeros((*share.shape[:-1], len(self.rows)))
        slope = np.zeros_like(share)
        self._counted(share, out, slope)
        for at, first in zip(*self._index["median"], strict=True):
            self._median(self.rows[at], int(first), share, out[..., at], slope)
        for at, first in zip(*self._index["bound"], strict=True):
            self._bound(self.rows[at], int(first), share, out[..., at], slope)
        for at, first in zip(*self._index["mean"], strict=True):
            row, last = self.rows[at], int(first) + len(self.rows[at].days)
            mean, along = mean_days(row, share[..., first:last])
            away = (row.y - mean) / row.se
            out[..., at] = -0.5 * away**2 - np.log(row.se * np.sqrt(2 * np.pi))
            slope[..., first:last] = (away / row.se)[..., None] * along
        return out, slope

    def _counted(self, share: Floats, out: Floats, slope: Floats) -> None:
        """Fill in what is a count of some people."""
        known = self._numbers
        for kind in ("count", "fall", "rise", "kept"):
            at, first = self._index[kind]
            if not at.size:
                continue
            c, y, n = known["placebo"][at], known["y"][at], known["n"][at]
            now = c + (1 - c) * share[..., first]
            chance, before = now, 0.0 * now
            if kind != "count":
                c0 = known["placebo_given"][at]
                before = c0 + (1 - c0) * share[..., first + 1]
            if kind in ("fall", "kept"):
                before = np.maximum(before, LEAST)
                chance = now / before
            elif kind == "rise":
                chance = (now - before) / np.maximum(1 - before, LEAST)
            p = np.clip(chance, LEAST, 1 - LEAST)
            out[..., at] = known["ways"][at] + y * np.log(p) + (n - y) * np.log1p(-p)
            along = np.where(p == chance, y / p - (n - y) / (1 - p), 0.0)
            if kind == "count":
                slope[..., first] = along * (1 - c)
                continue
            one = 1 / before if kind in ("fall", "kept") else 1 / np.maximum(1 - before, LEAST)
            other = -chance / before if kind in ("fall", "kept") else (chance - 1) * one
            slope[..., first] = along * one * (1 - c)
            slope[..., first + 1] = along * other * (1 - c0)

    @staticmethod
    def _median(row: Row, first: int, share: Floats, out: Floats, slope: Floats) -> None:
        """Fill in the chance that more than half are left at one visit and not at the next.

        The curve of a sample only falls, so this is the chance that at most half are left at the second less the
        chance that at most half are at the first. Where a later count of the same people is known, those who still
        respond then did so all along, and the others are as many tries.
        """
        open_, many, half = not np.isfinite(row.by), row.n, float(int(row.n) // 2)
        base = np.maximum(share[..., first + 2], LEAST)
        ends = [share[..., first] / base, share[..., first + 1] / base]
        if row.later:
            rest = np.clip(share[..., first + 3] / base, 0.0, 1 - LEAST)
            many, half = many - row.later[1], half - row.later[1]
        kept = [(end - rest) / (1 - rest) if row.later else end for end in ends]
        p = [np.clip(each, LEAST, 1 - LEAST) for each in kept]
        chance, at_most = _between(half, many, p[0], p[1], open_)
        out[...] = np.log(np.maximum(chance, FLOOR))
        along_rest: Floats | float = 0.0
        for place, sign in ((0, -1.0), (1, 1.0)):
            if place == 1 and open_:
                continue
            fall = sign * at_most(p[place]) / np.maximum(chance, FLOOR)
            fall = np.where(p[place] == kept[place], fall, 0.0)
            along = fall / (1 - rest) if row.later else fall
            slope[..., first + place] += along / base
            slope[..., first + 2] -= along * ends[place] / base
            if row.later:
                along_rest = along_rest + fall * (kept[place] - 1) / (1 - rest)
        if row.later:
            slope[..., first + 3] += along_rest / base
            slope[..., first + 2] -= along_rest * rest / base

    @staticmethod
    def _bound(row: Row, first: int, share: Floats, out: Floats, slope: Floats) -> None:
        """Fill in the chance that so many people give more than a share, or less."""
        from scipy.special import log_ndtr

        c, sign = row.placebo, -1.0 if row.below else 1.0
        p = np.clip(c + (1 - c) * share[..., first], 1e-6, 1 - 1e-6)
        error = np.sqrt(p * (1 - p) / row.n)
        z = sign * (p - row.y / row.n) / error
        out[...] = log_ndtr(z)
        hazard = np.exp(-0.5 * z**2 - 0.5 * np.log(2 * np.pi) - out)
        slope[..., first] = hazard * (sign / error - z * (1 - 2 * p) / (2 * row.n * error**2)) * (1 - c)


def _between(half: float, many: float, before: Floats, after: Floats, open_: bool):  # type: ignore[no-untyped-def]
    """Give the chance that more than ``half`` of ``many`` are left before and at most so many after.

    Also give the slope of the chance of at most half along the share that is left.
    """
    from scipy.special import betainc, gammaln

    ways = gammaln(many + 1) - gammaln(half + 1) - gammaln(many - half)

    def most(p: Floats) -> Floats:  # at most half
        return np.asarray(betainc(many - half, half + 1, 1 - p))

    def more(p: Floats) -> Floats:
        return np.asarray(betainc(half + 1, many - half, p))

    def slope(p: Floats) -> Floats:
        return np.asarray(-np.exp(ways + half * np.log(p) + (many - half - 1) * np.log1p(-p)))

    if open_:
        return more(before), slope
    # Of two differences that are equal the one of small numbers keeps its digits.
    small = after > half / many
    return np.where(small, most(after) - most(before), more(before) - more(after)), slope


def mean_days(row: Row, share: Floats) -> tuple[Floats, Floats]:
    """Give the mean days of responders, lost half-way between visits, and its slope along each share."""
    base = np.maximum(share[..., :1], LEAST)
    kept = share[..., 1:] / base
    gaps = np.diff(row.visits)
    width = np.zeros(len(row.visits))
    width[:-1] += gaps / 2
    width[1:] += gaps / 2
    # Until the first visit everybody keeps it who responds there.
    mean = row.visits[0] + (kept * width).sum(-1)
    along = np.concatenate([-(kept * width).sum(-1, keepdims=True), np.broadcast_to(width, kept.shape)], -1) / base
    return mean, along
