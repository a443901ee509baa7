"""The smallest change that would flip a verdict: a new trial, or other outcomes of people who were counted.

A verdict that rests on a pooled effect is asked with a new trial added and all pooled again, by the rule of which
trials decide (:func:`glabella.decision.bodies.body_of`). The trial is a sound one: at low risk of bias, of the
people asked about and well blinded, and as precise for each person as the trials so far. It finds no difference,
or the effect that was pooled without it. A verdict that rests on a share of people is asked with more or fewer of
them having had the event, as a fragility index is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from glabella.decision.analyses import estimated_of, important_of, needed_of
from glabella.decision.bodies import OfTrial, body_of, estimated
from glabella.decision.said import Said, joined, noun, said, within
from glabella.decision.verdicts import Estimated, Interval, Known, Verdict
from glabella.dossier import Analysis, Outcome, Priors, Study
from glabella.dossier.rules import Rule
from glabella.synthesis import declared_prior, pool_trials, tau_prior_of

#: The largest new trial that is tried.
MOST = 10_000
#: How the new trial is meant, for the page.
MEANT = (
    "Where a verdict rests on a pooled effect, the smallest new trial that would change it is sought: one at low "
    "risk of bias, well blinded, of the people asked about and as precise for each of them as the trials so far. "
    "With as many people as one trial with enough power needs it decides alone. Where a verdict rests on a share "
    "of people, it is sought how many more or fewer of them need have had the event."
)
_NEW = "a new trial"


@dataclass(frozen=True, slots=True)
class Evidenced:
    """A pooled effect with what it takes to pool it again.

    Attributes
    ----------
    trials : tuple of OfTrial
        Every effect that is pooled, before it is asked which trials decide.
    analysis : Analysis
        How they are pooled.
    outcome : Outcome
        Of the analysis.
    priors : Priors or None
        Of the dossier.
    studies : mapping of str to Study
        By id.
    lost : float
        People of comparisons that gave no effect.
    """

    trials: tuple[OfTrial, ...]
    analysis: Analysis
    outcome: Outcome
    priors: Priors | None
    studies: Mapping[str, Study]
    lost: float = 0.0
    _made: dict[tuple[int, float], Estimated | None] = field(default_factory=dict, repr=False, compare=False)

    @property
    def needed(self) -> float | None:
        """The people that one trial with enough power needs."""
        measure = self.analysis.measure
        return needed_of(self.outcome, measure, important_of(self.outcome, measure))

    def with_trial(self, people: int, finds: float) -> Estimated | None:
        """Give the effect with a new sound trial of so many people; None where it cannot be pooled or rated.

        Parameters
        ----------
        people : int
            In the new trial.
        finds : float
            Its effect, turned so that above zero is good.
        """
        # Several claims may rest on one effect.
        if (people, finds) not in self._made:
            self._made[people, finds] = self._with_trial(people, finds)
        return self._made[people, finds]

    def _with_trial(self, people: int, finds: float) -> Estimated | None:
        variances = np.array([one.variance for one in self.trials])
        per_person = sum(one.people for one in self.trials) / float(np.sum(1 / variances))
        measure, better, needed = self.analysis.measure, self.outcome.better, self.needed
        important = important_of(self.outcome, measure)
        if important is None or not per_person > 0:
            return None
        effect = finds if better == "higher" else -finds
        new = OfTrial(_NEW, effect, per_person / people, people, "low")
        trials = (*self.trials, new)
        body = trials if needed is None else body_of(trials, needed)
        prior = declared_prior(self.priors, measure)
        try:
            fit = pool_trials(
                [one.effect for one in body], [one.variance for one in body], trial=[one.trial for one in body],
                method=self.analysis.method, test=self.analysis.test,
                tau_prior=None if prior is None else tau_prior_of(prior),
            )  # fmt: skip
        except ValueError:
            return None
        if body == (new,):  # nothing that is declared of the trials so far is so of it
            return estimated(body, better=better, estimate=fit.estimate, low=fit.ci_low, high=fit.ci_high,
                             important=important, needed=needed)  # fmt: skip
        return estimated_of(body, fit, self.outcome, measure, self.priors, self.studies, self.lost)


@dataclass(frozen=True, slots=True)
class Flip:
    """A change that flips a verdict.

    Attributes
    ----------
    verdict : str
        What it flips to.
    why : Said
        The change, in words.
    """

    verdict: Verdict
    why: Said


@dataclass(frozen=True, slots=True)
class Flips:
    """The smallest changes that flip a verdict, of those that were tried.

    Attributes
    ----------
    found : tuple of Flip
        None where no change that was tried flips it.
    by_trials, by_people : bool
        Whether new trials, and whether other outcomes of the people counted, were tried.
    """

    found: tuple[Flip, ...]
    by_trials: bool
    by_people: bool

    @property
    def said(self) -> Said:
        """What would change the verdict, and to what.

        >>> str(Flips((Flip("supported", said("with {n} more", n=("people", 9))),), True, False).said)
        'the verdict would become supported with 9 more'
        """
        if self.found:
            each = (joined((said(one.verdict), one.why), " ") for one in self.found)
            return within("the verdict would become {}", joined(each, ", ", ", and "))
        trials = said(
            "no new trial of up to {most} people at low risk of bias that finds no difference or the effect seen "
            "so far",
            most=("people in the largest new trial that was tried", MOST),
        )
        people = said("no other outcome of the people counted")
        tried = joined([trials] * self.by_trials + [people] * self.by_people, ", and ")
        return within("{} would change the verdict", tried)


def smallest(
    verdict_of: Callable[[int], Verdict], now: Verdict, tried: Iterable[int]
) -> tuple[int, Verdict] | None:
    """Give the smallest change that flips a verdict, and to which; None where none that is tried does.

    Parameters
    ----------
    verdict_of : callable
        The verdict with a change of so much.
    now : str
        Without one.
    tried : iterable of int
        Changes; between the first of them that flips and the one before it the edge is sought by halving, so that
        the change flips and one less does not.

    Examples
    --------
    >>> smallest(lambda n: "contradicted" if n >= 392 else "inconclusive", "inconclusive", [10, 100, 1000])
    (392, 'contradicted')
    """
    before = 0
    for change in sorted(tried):
        if verdict_of(change) == now:
            before = change
            continue
        while change - before > 1:
            middle = (before + change) // 2
            if verdict_of(middle) == now:
                before = middle
            else:
                change = middle
        return change, verdict_of(change)
    return None


def flips_of(
    rule: Rule,
    known: Known,
    verdict_of: Callable[[Known], Verdict],
    evidenced: Mapping[str, Evidenced],
    names: Mapping[str, str] | None = None,
) -> Flips | None:
    """Give the smallest changes that flip what a rule comes to; None where it rests on no effect and no share.

    Parameters
    ----------
    rule : Rule
        As the dossier declares it.
    known : Known
        What there is.
    verdict_of : callable
        What the rule comes to with it.
    evidenced : mapping of str to Evidenced
        The effects that the rule asks for, by analysis.
    names : mapping of str to str, optional
        What analyses are called, to tell several apart.
    """
    atoms, now = tuple(rule.atoms), verdict_of(known)
    asked = [atom.estimate.key for atom in atoms if atom.estimate]
    asked += [atom.certainty.analysis for atom in atoms if atom.certainty]
    effects = [key for key in dict.fromkeys(asked) if key in evidenced and key in known.estimates]
    shares = [(atom.share.arm, atom.share.outcome) for atom in atoms if atom.share]
    shares += [(arm, key) for atom in atoms if atom.stated for key, _, arm in [atom.stated.quantity.partition(".")]]
    counted = [key for key in dict.fromkeys(shares) if key in known.shares and known.shares[key].people]
    if not effects and not counted:
        return None
    several = len(effects) > 1
    found: list[Flip] = []
    for key in effects:
        where = said(", of {analysis}", analysis=("name", (names or {}).get(key, key))) if several else said("")
        found += _by_a_trial(key, known, now, verdict_of, evidenced[key], where)
    for share in counted:
        found += _by_people(share, known, now, verdict_of)
    return Flips(tuple(found), bool(effects), bool(counted))


def _by_a_trial(
    key: str, known: Known, now: Verdict, verdict_of: Callable[[Known], Verdict], one: Evidenced, where: Said
) -> list[Flip]:
    """Seek the smallest new trial that finds nothing, and the smallest that finds what was pooled so far."""
    needed, so_far = one.needed, known.estimates[key].body.estimate
    sizes = {min(8 * 2**step, MOST) for step in range(12)}
    if needed is not None and needed < MOST:  # from there on it decides alone
        sizes |= {math.ceil(needed), max(math.ceil(needed) - 1, 1)}
    flips = []
    for finds, words in ((0.0, "finds no difference"), (so_far, "finds the effect seen so far")):

        def with_people(people: int, finds: float = finds) -> Verdict:
            new = one.with_trial(people, finds)
            return now if new is None else verdict_of(replace(known, estimates={**known.estimates, key: new}))

        if (edge := smallest(with_people, now, sizes)) is not None:
            people, verdict = edge
            why = said(
                f"with a new trial of {{people}} {noun(people, 'person', 'people')} at low risk of bias that "
                f"{words}",
                people=("people in the smallest new trial that would change the verdict", people),
            )
            flips.append(Flip(verdict, joined((why, where), "")))
    return flips


def _by_people(
    key: tuple[str, str], known: Known, now: Verdict, verdict_of: Callable[[Known], Verdict]
) -> list[Flip]:
    """Seek how many more, or fewer, people with the event would change a verdict; the smaller of the two."""
    arm, outcome = key
    share = known.shares[key]
    events, n = round(share.value * share.people), share.people

    def with_events(more: int) -> Verdict:
        new = Interval.of_counts(events + more, n)
        return verdict_of(
            replace(
                known,
                shares={**known.shares, key: new},
                quantities={**known.quantities, f"{outcome}.{arm}": new},
            )
        )

    ways = []
    for sign, most, word in ((1, n - events, "more"), (-1, events, "fewer")):
        edge = smallest(lambda by, sign=sign: with_events(sign * by), now, range(1, most + 1))  # type: ignore[misc]
        if edge is not None:
            ways.append((edge, word))
    if not ways:
        return []
    (by, verdict), word = min(ways)
    whom = {"treated": "treated people", "control": "people in the control"}.get(arm, "people")
    why = said(
        f"if {{by}} {word} of the {{n}} {whom} had had the event",
        by=(f"people, {word}, who would change the verdict", by),
        n=("people counted", n),
    )
    return [Flip(verdict, why)]
