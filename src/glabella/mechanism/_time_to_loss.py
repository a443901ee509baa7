"""How soon and how long as a course: a ceiling, a time until the response is there, and a time until it is lost.

With ``t`` the day after the dose::

    share(t) = expit(a) * Phi((log t - k) / w) * exp(-log 2 * (t / exp(m))**c)

``exp(m)`` is the day on which half have lost it. ``a``, ``m`` and ``k`` are sums of what the definition, the
product, the dose over the label's, the sex, the observer and the trial add; trials and products come from
normal distributions whose spread is estimated too. Every unknown is standardised, so that the posterior has one
density on the real line. The slopes are exact: nothing is differentiated by steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._rows import Row, Rows

if TYPE_CHECKING:
    from glabella.dossier._course import Belief, CoursePriors, Differ

Floats = NDArray[np.float64]
#: What the course is a function of: ceiling (logit), days to loss (log), days to onset (log).
PARTS = ("ceiling", "days", "onset")
LOG2 = float(np.log(2))


@dataclass(frozen=True, slots=True)
class Term:
    """What adds to a part of the course.

    Attributes
    ----------
    part : str
        One of :data:`PARTS`.
    name : str
    mean, sd : float
        Of its normal prior; with ``spread`` both are of no account.
    spread : str
        Name of the standard deviation that is estimated for it, or nothing.
    times : float
        What it is multiplied by.
    """

    part: str
    name: str
    mean: float = 0.0
    sd: float = 1.0
    spread: str = ""
    times: float = 1.0


def terms(priors: CoursePriors, row: Row) -> Iterator[Term]:
    """Give everything that adds to the course of a row."""
    from glabella.dossier._course import Belief

    unknown = priors.unknown.get(row.definition)  # type: ignore[call-overload]
    halves = [(each, 0.5) for each in unknown.between] if unknown else [(row.definition, 1.0)]
    yield _term("days", "days", priors.days)
    yield _term("onset", "onset", priors.onset)
    for name, share in halves:
        own = priors.definitions[name]  # type: ignore[index]
        yield _term("ceiling", f"ceiling of {name}", own.ceiling, share)
        later = own.days if not isinstance(own.days, str) else priors.definitions[own.days].days
        if isinstance(later, Belief):
            yield _term("days", f"days of {own.days if isinstance(own.days, str) else name}", later, share)
        if own.onset is not None:
            yield _term("onset", f"onset of {name}", own.onset, share)
    if unknown:
        yield _term("ceiling", f"ceiling by the rule of {row.study}", unknown.ceiling)
        yield _term("days", f"days by the rule of {row.study}", unknown.days)
    men = {"women": 0.0, "men": 1.0, "mixed": priors.men_in_mixed.value}[row.sex]
    more = float(np.log(row.dose / float(priors.label_doses[row.product].value or 0)))
    for label, some, times in (
        ("men", priors.men, men), ("dose", priors.dose, more),
        (f"observer {row.observer}", priors.observers.get(row.observer), 1.0),  # type: ignore[call-overload]
    ):  # fmt: skip
        for part in PARTS:
            belief = getattr(some, part) if some is not None else None
            if belief is not None and times:
                yield _term(part, f"{part}, {label}", belief, times)
    yield Term("ceiling", f"ceiling of {row.product}", spread="spread of products, ceiling")
    yield Term("days", f"days of {row.product}", spread="spread of products, days")
    # A diary of onset and a grade of lines are rated by other scales, so a trial has a ceiling for each definition.
    yield Term("ceiling", f"ceiling of {row.study}, {row.definition}", spread="spread of trials, ceiling")
    yield Term("days", f"days of {row.study}", spread="spread of trials, days")
    if priors.trials.onset is not None:
        yield Term("onset", f"onset of {row.study}", spread="spread of trials, onset")


def _term(part: str, name: str, belief: Belief, times: float = 1.0) -> Term:
    return Term(part, name, belief.mean, belief.sd, times=times)


def _spreads(priors: CoursePriors) -> dict[str, Differ]:
    """Give the priors of the standard deviations."""
    found = {}
    for who, some in (("products", priors.products), ("trials", priors.trials)):
        for part in PARTS:
            if (one := getattr(some, part)) is not None:
                found[f"spread of {who}, {part}"] = one
    return found


class TimeToLoss:
    """The posterior of the course's unknowns, for many places at once.

    Parameters
    ----------
    priors : CoursePriors
        Of a dossier.
    rows : sequence of Row
        What was seen.

    Attributes
    ----------
    names : tuple of str
        Of the unknowns that add to the course, then of spreads, then of the two shapes.
    size : int
        How many there are.

    Examples
    --------
    >>> from glabella.mechanism import TimeToLoss, course_rows
    >>> from glabella.dossier import load
    >>> evidence = load(fitted=False).mechanism
    >>> rows, left_out = course_rows(evidence)
    >>> model = TimeToLoss(evidence.course, rows)
    >>> value, slope = model.log_posterior(np.zeros((1, model.size)), np.ones((1, len(rows))))
    >>> slope.shape == (1, model.size)
    True
    """

    def __init__(self, priors: CoursePriors, rows: Sequence[Row]) -> None:
        self.priors, self.rows = priors, Rows(tuple(rows))
        found = [list(terms(priors, row)) for row in self.rows.rows]
        added: dict[str, Term] = {}
        for each in found:
            for term in each:
                added.setdefault(term.name, term)
        spreads = {name: one for name, one in _spreads(priors).items()
                   if any(term.spread == name for term in added.values())}  # fmt: skip
        self.added, self.spreads = tuple(added), tuple(spreads)
        self.names = (*self.added, *self.spreads, "shape", "spread of onset")
        self.size = len(self.names)
        place = {name: at for at, name in enumerate(self.added)}
        by_row = {part: np.zeros((len(found), len(added))) for part in PARTS}
        for at, each in enumerate(found):
            for term in each:
                by_row[term.part][at, place[term.name]] += term.times
        self.design = by_row
        self.mean = np.array([0.0 if term.spread else term.mean for term in added.values()])
        self.sd = np.array([1.0 if term.spread else term.sd for term in added.values()])
        #: Which standard deviation an unknown comes from; the last one is 1 and stands for none.
        self.of = np.array([self.spreads.index(term.spread) if term.spread else len(spreads)
                            for term in added.values()])  # fmt: skip
        self.scale = np.array([one.scale for one in spreads.values()])
        self.shapes = np.array([(one.mean, one.sd) for one in (priors.shape, priors.onset_spread)])
        self.log_day = np.log(self.rows.day)

    def unpack(self, z: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Give what adds to the course, the scale of each, the spreads, and the logs of the two shapes."""
        p, g = len(self.added), len(self.spreads)
        spreads = np.exp(z[..., p : p + g])
        scale = self.sd * np.concatenate([spreads, np.ones((*z.shape[:-1], 1))], -1)[..., self.of]
        return (
            self.mean + scale * z[..., :p],
            scale,
            spreads,
            self.shapes[:, 0] + self.shapes[:, 1] * z[..., p + g :],
        )

    def shares(self, z: Floats) -> Floats:
        """Give the share of responders to the drug, among all treated, on each day of :attr:`rows`."""
        added, _, _, shapes = self.unpack(z)
        a, m, k = self._parts(added)
        return curve(self.log_day, a, m, k, shapes)

    def _parts(self, added: Floats) -> Iterator[Floats]:
        """Give ceiling, days and onset on each day of the rows.

        Not by products of matrices of a library: for so few numbers its threads wait for each other longer than
        they work.
        """
        for part in PARTS:
            yield np.einsum("...p,rp->...r", added, self.design[part])[..., self.rows.owner]

    def log_likelihood(self, z: Floats) -> Floats:
        """Give how likely each row is, not weighted."""
        return self.rows.log_likelihood(self.shares(z))[0]

    def log_posterior(self, z: Floats, keep: Floats) -> tuple[Floats, Floats]:
        """Give the log density and its slope at places z (c, size), of the rows that each keeps (c, rows)."""
        from scipy.special import log_ndtr

        p, g = len(self.added), len(self.spreads)
        added, scale, spreads, shapes = self.unpack(z)
        a, m, k = self._parts(added)
        c, w = np.exp(shapes[..., :1]), np.exp(shapes[..., 1:])
        there, after = (self.log_day - k) / w, self.log_day - m
        lost = LOG2 * np.exp(np.minimum(c * after, 12.0))
        log_there = log_ndtr(there)
        low = -np.logaddexp(0.0, -a)
        share = np.exp(low + log_there - lost)
        each, along = self.rows.log_likelihood(share)
        weight = self.rows.weight * keep
        along = along * weight[..., self.rows.owner] * share
        hazard = np.exp(-0.5 * there**2 - 0.5 * np.log(2 * np.pi) - log_there)
        by_part = (along * (1 - np.exp(low)), along * lost * c, -along * hazard / w)
        slope = np.zeros_like(z)
        by_added = np.zeros_like(added)
        for one, part in zip(by_part, PARTS, strict=True):
            by_row = np.add.reduceat(one, self.rows.first, axis=-1)
            by_added += np.einsum("...r,rp->...p", by_row, self.design[part])
        slope[..., :p] = by_added * scale - z[..., :p]
        for at in range(g):
            inside = self.of == at
            slope[..., p + at] = (by_added[..., inside] * added[..., inside]).sum(-1)
        slope[..., p : p + g] += 1 - (spreads / self.scale) ** 2
        slope[..., -2] = -(along * lost * c * after).sum(-1) * self.shapes[0, 1] - z[..., -2]
        slope[..., -1] = -(along * hazard * there).sum(-1) * self.shapes[1, 1] - z[..., -1]
        value = (each * weight).sum(-1) - 0.5 * (z[..., :p] ** 2).sum(-1) - 0.5 * (z[..., -2:] ** 2).sum(-1)
        value = value + (z[..., p : p + g] - 0.5 * (spreads / self.scale) ** 2).sum(-1)
        return value, slope

    def asked(
        self, z: Floats, row: Row, rng: np.random.Generator | None = None
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Give ceiling, days, onset and shapes of a row that was not seen, at places z.

        What was never seen of a product is drawn from its distribution between products. Without ``rng`` the
        trial is the average one; with it, each place has another trial.
        """
        added, _, spreads, shapes = self.unpack(z)
        place = {name: at for at, name in enumerate(self.added)}
        ever = np.random.default_rng(0) if rng is None else rng
        out = {part: np.zeros(len(z)) for part in PARTS}
        for term in terms(self.priors, row):
            if term.name in place:
                value = added[:, place[term.name]]
            elif not term.spread:
                value = term.mean + term.sd * ever.standard_normal(len(z))
            elif rng is None and "trials" in term.spread:
                continue
            else:
                value = spreads[:, self.spreads.index(term.spread)] * ever.standard_normal(len(z))
            out[term.part] += term.times * value
        return *(out[part] for part in PARTS), shapes  # type: ignore[return-value]


def curve(log_day: Floats, a: Floats, m: Floats, k: Floats, shapes: Floats) -> Floats:
    """Give the share of responders on days."""
    from scipy.special import expit, ndtr

    c, w = np.exp(shapes[..., :1]), np.exp(shapes[..., 1:])
    lost = LOG2 * np.exp(np.minimum(c * (log_day - m), 12.0))
    return np.asarray(expit(a) * ndtr((log_day - k) / w) * np.exp(-lost))
