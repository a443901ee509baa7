"""Counts by arm, checked once and put into one order, whatever order and names they came in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import names, refuse_alike
from glabella.synthesis._numbers import MANY, numbers
from glabella.synthesis.networks._structure import place_of, subnetworks

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: With an effect's prior wider than this on the log-odds scale a treatment without events has no finite effect that
#: a sampler could find: odds ratios of exp(10) and more stay likely.
_TAMED = 5.0


@dataclass(frozen=True)
class Layout:
    """Which arm is of which study and treatment; arms sorted by study, the study's base arm first.

    Attributes
    ----------
    treatments, studies : tuple of str
        Sorted.
    reference : int
        Position of the treatment that effects are relative to; in studies that have it, it is the base.
    study, treat : ndarray of shape (m,)
        Of each arm.
    base : ndarray of shape (studies,)
        The arm of each study that its other arms are compared with.
    order : ndarray of shape (m,)
        Which given row each arm was.
    """

    treatments: tuple[str, ...]
    studies: tuple[str, ...]
    reference: int
    study: Ints
    treat: Ints
    base: Ints
    order: Ints

    @property
    def others(self) -> tuple[int, ...]:
        """Positions of all treatments but the reference."""
        return tuple(i for i in range(len(self.treatments)) if i != self.reference)

    @property
    def treated(self) -> Floats:
        """Each arm's treatment, as effects against the reference: (m, treatments - 1)."""
        return np.eye(len(self.treatments))[self.treat][:, list(self.others)]

    @property
    def design(self) -> Floats:
        """Each arm's contrast with its base, in effects against the reference: (m, treatments - 1)."""
        own = self.treated
        return np.asarray(own - own[self.base][self.study])

    @property
    def correlated(self) -> tuple[Ints, Floats]:
        """Random effects of each arm from independent normal numbers, as positions and weights.

        Within a study contrasts with the base have variance τ² and covariance τ²/2. Arms without an own random
        effect (bases) have weights of zero. There are ``m - studies`` numbers, one each arm that is not a base.
        """
        is_base = np.zeros(len(self.study), dtype=bool)
        is_base[self.base] = True
        number = np.cumsum(~is_base) - 1
        widest = int(np.bincount(self.study).max()) - 1
        place = np.zeros((len(self.study), widest), dtype=np.intp)
        weight = np.zeros((len(self.study), widest))
        # Cholesky factors of smaller studies are the upper left corners of the largest one's.
        factor = np.linalg.cholesky(0.5 * np.eye(widest) + 0.5)
        for arm in np.flatnonzero(~is_base):
            rank = arm - self.base[self.study[arm]]
            place[arm, :rank] = number[arm] - rank + 1 + np.arange(rank)
            weight[arm, :rank] = factor[rank - 1, :rank]
        return place, weight


def layout(studlab: ArrayLike, treat: ArrayLike, reference: str) -> Layout:
    """Put arms in order.

    Raises
    ------
    ValueError
        If a label is missing, labels differ only in case or spaces, a study has one arm or one treatment twice,
        the reference is unknown, or the network falls apart.
    """
    study_of, treat_of = (names(values, name) for values, name in ((studlab, "studlab"), (treat, "treat")))
    if len(study_of) != len(treat_of):
        raise ValueError(f"studlab has {len(study_of)} rows and treat {len(treat_of)}, expected the same number")
    if not study_of:
        raise ValueError("no arm was given")
    studies, treatments = sorted(set(study_of)), sorted(set(treat_of))
    refuse_alike(treatments, "treatments")
    refuse_alike(studies, "studies")
    at = place_of(reference, treatments, "reference")
    study = np.array([studies.index(one) for one in study_of], dtype=np.intp)
    kind = np.array([treatments.index(one) for one in treat_of], dtype=np.intp)
    # The reference sorts first within its studies, so that effects against it are those that are sampled.
    order = np.lexsort((np.where(kind == at, -1, kind), study))
    study, kind = study[order], kind[order]
    _check_studies(study, kind, studies, treatments)
    base = np.flatnonzero(np.r_[True, study[1:] != study[:-1]])
    found = Layout(tuple(treatments), tuple(studies), at, study, kind, base, order)
    _check_connected(found)
    return found


def counts(found: Layout, events: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Check counts and put them in the layout's order.

    Raises
    ------
    ValueError
        If a count is not whole, is negative, or events exceed patients; named by study and treatment.
    """
    given = [numbers(values, name) for values, name in ((events, "events"), (n, "n"))]
    for name, values in zip(("events", "n"), given, strict=True):
        if values.shape != found.order.shape:
            raise ValueError(f"{name} has shape {values.shape}, expected ({len(found.order)},)")
    y, total = (values[found.order] for values in given)
    with np.errstate(invalid="ignore"):
        wrong = ~(
            (y >= 0)
            & (y <= total)
            & (total >= 1)
            & (total <= MANY)
            & (y == np.floor(y))
            & (total == np.floor(total))
        )
    if wrong.any():
        arm = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"study {found.studies[found.study[arm]]}, {found.treatments[found.treat[arm]]}: events {y[arm]:g} of "
            f"{total[arm]:g}, expected whole numbers, events from 0 to n, n from 1 to {MANY:.0e}"
        )
    return y, total


def check_informative(found: Layout, y: Floats, n: Floats, effect_sd: float, baseline_sd: float) -> None:
    """Raise where the likelihood has no maximum and the prior is too wide to make up for it."""
    for labels, where, sd, prior, what in (
        (found.studies, found.study, baseline_sd, "baseline_prior", "study"),
        (found.treatments, found.treat, effect_sd, "effects_prior", "treatment"),
    ):
        events, total = np.bincount(where, y), np.bincount(where, n)
        for value, said in ((0.0, "no event"), (total, "an event in every patient")):
            bad = [labels[i] for i in np.flatnonzero(events == value)]
            if bad and sd > _TAMED:
                raise ValueError(
                    f"{what} {', '.join(bad[:8])}: {said} in any arm, so its log odds have no finite estimate; "
                    f"expected it to be left out, or {prior} with a standard deviation of {_TAMED:g} or less"
                )


def _check_studies(study: Ints, kind: Ints, studies: list[str], treatments: list[str]) -> None:
    arms = np.bincount(study)
    if (arms < 2).any():
        alone = [studies[i] for i in np.flatnonzero(arms < 2)]
        raise ValueError(f"study {', '.join(alone[:8])}: one arm, expected two or more")
    pair, times = np.unique(study * len(treatments) + kind, return_counts=True)
    if (times > 1).any():
        one, which = divmod(int(pair[times > 1][0]), len(treatments))
        raise ValueError(f"study {studies[one]}: {treatments[which]} has two arms, expected one (add them up)")


def _check_connected(found: Layout) -> None:
    rest = np.setdiff1d(np.arange(len(found.study)), found.base)
    treatments = np.array(found.treatments, dtype=object)
    base = found.base[found.study[rest]]
    parts = subnetworks(
        np.array(found.studies, dtype=object)[found.study[rest]],
        treatments[found.treat[base]],
        treatments[found.treat[rest]],
    )
    if len(parts) > 1:
        shown = "; ".join(", ".join(part.treatments) for part in parts)
        raise ValueError(f"the network falls into {len(parts)} parts: {shown}; expected one")
