"""A problem of benefit and harm, weighed: who enters, whose values put which option first, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from glabella.decision.preferences import (
    PEOPLE,
    SIZES,
    Beta,
    Between,
    Distribution,
    First,
    Fixed,
    Gate,
    LogNormal,
    NetBenefit,
    Normal,
    Perfect,
    Plane,
    Ranked,
    Ratio,
    Smaa,
    Stated,
    Statement,
    TooFewAgreeError,
    Trial,
    Trials,
    arms_worth_trying,
    draw_outcomes,
    draw_weights,
    first_shares,
    hull,
    linear,
    means,
    minimum_benefit,
    n_to_settle,
    net_benefit,
    perfect_information,
    plane,
    range_sensitivity,
    smaa,
    stated,
    trial_information,
    trial_settles,
)
from glabella.dossier import Criterion, PreferenceSaid, Problem, ProblemCell

Floats = NDArray[np.float64]
#: What is added to events, and to people without one.
PRIORS = {"uniform": 1.0, "jeffreys": 0.5}
#: Draws beyond it come of a spread that is no outcome's.
_LARGEST = 1e15
#: Harms borne for one more benefit, at which the plane is read.
SLOPES = (0.25, 0.5, 1.0, 2.0, 4.0)
#: Where an option is best in so many draws, hardly any trial would change the choice.
SETTLED = 0.95
#: A trial is said to settle it that does so with this chance.
WANTED = 2 / 3


@dataclass(frozen=True, slots=True)
class Ranking:
    """Options that enter, ranked; arrays of options are in the order of ``Weighed.entering``.

    Attributes
    ----------
    free : Smaa
        If all weights are alike likely.
    said : Smaa or None
        With weights that agree with what was said; None where nothing was.
    kept : float
        Share of weights drawn that agreed with what could not be drawn by directly.
    own : Stated or None
        What holds of who said it.
    first : tuple of Stated
        What holds of people who put each criterion first.
    shares : ndarray, shape (criteria, options)
        How often each option is first among their weights.
    hull : ndarray, shape (criteria, 2)
        Ranges that the options' 95 % intervals span: the worst end, then the best.
    ranges : ndarray, shape (criteria + 2, options)
        How often each option is first with the ranges as given, with one criterion's replaced by the hull, and
        with all replaced; under what was said.
    """

    free: Smaa
    said: Smaa | None
    kept: float
    own: Stated | None
    first: tuple[Stated, ...]
    shares: Floats
    hull: Floats
    ranges: Floats

    @property
    def used(self) -> Smaa:
        """The ranking under what was said, or, where nothing was, under all weights."""
        return self.said or self.free


@dataclass(frozen=True, slots=True)
class Information:
    """What knowing more is worth, in outcomes of importance one per 1,000 people; among options that enter.

    Attributes
    ----------
    perfect : Perfect
        To know cells without doubt; by the order of ``Weighed.entering`` and of ``counted``.
    counted : tuple of int
        Criteria that net benefit counts.
    arms : tuple of int
        Places in ``Weighed.entering`` of the options that a trial would compare.
    trials : Trials or None
        What such trials are worth, the one that ``settling`` names among them; None where nothing can be gained.
    settling : int or None
        People in each group of the smallest trial that settles it with a chance of two in three; None where none of
        those tried does.
    """

    perfect: Perfect
    counted: tuple[int, ...]
    arms: tuple[int, ...]
    trials: Trials | None
    settling: int | None

    @property
    def says(self) -> Literal["never", "hardly", "trial", "none"]:
        """Whether a trial can change the choice: never, hardly; else one settles it, or none of those tried."""
        if not self.perfect.all:
            return "never"
        if self.perfect.stays >= SETTLED:
            return "hardly"
        return "none" if self.settling is None else "trial"


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a problem comes to.

    Attributes
    ----------
    problem : Problem
        As read.
    criteria, options : tuple of str
        Their keys, in the order of the file and of every array.
    mean, low, high : ndarray, shape (options, criteria)
        Of the draws of each cell, with limits of 95 %.
    outside : ndarray, shape (criteria,)
        Share of draws outside the criterion's range.
    gate : Gate or None
        Who does enough, where a least benefit is asked for.
    doubted : dict of int to Trial or None
        Options of which it is in doubt whether they do, and the smallest trial against the control that settles
        it with a chance of two in three; None where none of a size that is tried does.
    entering : tuple of int
        Options that are ranked.
    ranking : Ranking or None
        None where fewer than two options enter.
    net : NetBenefit or None
        Of every option beyond the control, where importance was given.
    information : Information or None
        What knowing more would add to it, where two or more options enter.
    planes : dict of int to Plane
        Of each option beyond the control, where a plane was asked for.
    draws : int
        How many were made.
    """

    problem: Problem
    criteria: tuple[str, ...]
    options: tuple[str, ...]
    mean: Floats
    low: Floats
    high: Floats
    outside: Floats
    gate: Gate | None
    doubted: dict[int, Trial | None]
    entering: tuple[int, ...]
    ranking: Ranking | None
    net: NetBenefit | None
    information: Information | None
    planes: dict[int, Plane]
    draws: int

    def label(self, option: int) -> str:
        """Name an option."""
        return self.problem.options[self.options[option]].label

    def criterion(self, place: int) -> Criterion:
        """Give a criterion as the problem has it."""
        return self.problem.criteria[self.criteria[place]]

    @property
    def control(self) -> int | None:
        """The option that others are compared with."""
        return None if self.problem.control is None else self.options.index(self.problem.control)


def weigh(problem: Problem) -> Weighed:
    """Weigh the options of a problem.

    Parameters
    ----------
    problem : Problem
        As read by :func:`glabella.dossier.load_problem`.

    Returns
    -------
    Weighed

    Raises
    ------
    ValueError
        Naming the field: if hardly any weights agree with what was said, or a number is too large to be drawn.
    """
    criteria, options = tuple(problem.criteria), tuple(problem.options)
    better = np.array([problem.criteria[key].better == "higher" for key in criteria])
    cells = [[_distribution(problem.options[o].cells[c], problem) for c in criteria] for o in options]
    outcomes = draw_outcomes(cells)
    largest = np.abs(outcomes).max(axis=0)
    if (largest > _LARGEST).any():
        option, criterion = (int(each) for each in np.argwhere(largest > _LARGEST)[0])
        where = f"options.{options[option]}.cells.{criteria[criterion]}"
        raise ValueError(f"{where}: draws reach {largest[option, criterion]:.2g}, expected a smaller mean or sd")
    ends = np.array([(problem.criteria[key].range.low, problem.criteria[key].range.high) for key in criteria])
    low, high = np.quantile(outcomes, [0.025, 0.975], axis=0)
    control = None if problem.control is None else options.index(problem.control)
    gate, doubted = None, dict[int, Trial | None]()
    if problem.gate is not None and control is not None:
        place = criteria.index(problem.gate.criterion)
        benefit = outcomes[:, :, place] if better[place] else -outcomes[:, :, place]
        gate = minimum_benefit(benefit, control, problem.gate.least, chance=problem.gate.chance)
        if problem.criteria[problem.gate.criterion].scale == "chance":
            doubted = _doubted(benefit, control, problem.gate.least, gate)
    entering = tuple(int(each) for each in (range(len(options)) if gate is None else np.flatnonzero(gate.enters)))
    net = _net(problem, criteria, outcomes, control, better)
    ranking = None
    if len(entering) > 1:
        some = list(entering)
        ranges = np.where(better[:, None], ends, ends[:, ::-1])
        spanned = hull(low[some], high[some], better)
        # A range without width, of numbers known without doubt, stays as it is.
        spanned = np.where(spanned[:, [0]] == spanned[:, [1]], ranges, spanned)
        # Draws of a cell stay side by side in memory.
        ranked = np.moveaxis(np.moveaxis(outcomes, 0, 2)[some], 2, 0)
        ranking = _ranked(problem, criteria, ranked, ranges, spanned)
    return Weighed(
        problem=problem,
        criteria=criteria,
        options=options,
        mean=outcomes.mean(axis=0),
        low=low,
        high=high,
        outside=((outcomes < ends[:, 0]) | (outcomes > ends[:, 1])).mean(axis=(0, 1)),
        gate=gate,
        doubted=doubted,
        entering=entering,
        ranking=ranking,
        net=net,
        information=None if net is None else _information(problem, criteria, cells, outcomes, entering),
        planes=_planes(problem, criteria, outcomes, control),
        draws=len(outcomes),
    )


def _distribution(cell: ProblemCell | None, problem: Problem) -> Distribution:
    match cell:
        case ProblemCell(counts=counts) if counts is not None:
            added = PRIORS[problem.prior or "uniform"]
            return Beta(counts.events + added, counts.people - counts.events + added)
        case ProblemCell(normal=spread) if spread is not None:
            return Normal(spread.mean, spread.sd)
        case ProblemCell(lognormal=spread) if spread is not None:
            return LogNormal(spread.mean, spread.sd)
        case ProblemCell(fixed=value) if value is not None:
            return Fixed(value)
    raise ValueError("a cell holds no data")  # refused when the file is read


def _ranked(
    problem: Problem, criteria: tuple[str, ...], outcomes: Floats, ranges: Floats, spanned: Floats
) -> Ranking:
    values, number = linear(outcomes, *ranges.T), len(criteria)
    flat = draw_weights(number)
    free = smaa(values, flat.draws)
    used, said = flat, None
    if problem.statements:
        try:
            used = draw_weights(number, [_statement(each, criteria) for each in problem.statements])
        except TooFewAgreeError as error:
            raise TooFewAgreeError(f"statements: {error}") from None
        said = smaa(values, used.draws)
    shares = np.stack([first_shares(values, draw_weights(number, [First(each)]).draws) for each in range(number)])
    return Ranking(
        free=free,
        said=said,
        kept=used.kept,
        own=None if said is None else stated(said.first, said.confidence_factors),
        first=tuple(stated(each, free.confidence_factors) for each in shares),
        shares=shares,
        hull=spanned,
        ranges=range_sensitivity(outcomes, used.draws, ranges, spanned),
    )


def _statement(said: PreferenceSaid, criteria: tuple[str, ...]) -> Statement:
    if said.rank is not None:
        return Ranked(tuple(criteria.index(key) for key in said.rank))
    if said.first is not None:
        return First(criteria.index(said.first))
    if said.ratio is not None:
        of, to = criteria.index(said.ratio.of), criteria.index(said.ratio.to)
        return Ratio(of, to, said.ratio.low, inf if said.ratio.high is None else said.ratio.high)
    if said.weight is not None:
        return Between(criteria.index(said.weight.of), said.weight.low, said.weight.high)
    raise ValueError("a statement says nothing")  # refused when the file is read


def _net(
    problem: Problem, criteria: tuple[str, ...], outcomes: Floats, control: int | None, better: NDArray[np.bool_]
) -> NetBenefit | None:
    if not problem.importance or control is None:
        return None
    return net_benefit(outcomes, control, [problem.importance[key] for key in criteria], better)


def _information(
    problem: Problem,
    criteria: tuple[str, ...],
    cells: list[list[Distribution]],
    outcomes: Floats,
    entering: tuple[int, ...],
) -> Information | None:
    if len(entering) < 2:
        return None
    counted = tuple(place for place, key in enumerate(criteria) if problem.importance[key])
    signs = {"higher": 1.0, "lower": -1.0}
    each = np.array(
        [
            PEOPLE * problem.importance[criteria[place]] * signs[problem.criteria[criteria[place]].better]
            for place in counted
        ]
    )
    known = [[cells[option][place] for place in counted] for option in entering]
    # Draws of a cell stay side by side in memory.
    some = np.moveaxis(np.moveaxis(outcomes, 0, 2)[np.ix_(entering, counted)], 2, 0)
    worth, expected = some * each, means(known) * each
    perfect = perfect_information(worth, expected)
    arms = arms_worth_trying(worth, expected)
    if not perfect.all:
        return Information(perfect, counted, arms, None, None)
    trials = trial_information(known, some, each, arms)
    settling = _settling(trials)
    if settling is not None and settling not in trials.sizes:
        trials = trial_information(known, some, each, arms, sorted({*SIZES, settling}))
    return Information(perfect, counted, arms, trials, settling)


def _settling(trials: Trials) -> int | None:
    """Give about how many people a group settle it with the chance wanted."""
    enough = np.flatnonzero(trials.settles >= WANTED)
    if not enough.size:
        return None
    place = int(enough[0])
    if not place:
        return trials.sizes[0]
    chances, sizes = trials.settles[place - 1 : place + 1], trials.sizes[place - 1 : place + 1]
    return _rounded(float(np.exp(np.interp(WANTED, chances, [log(size) for size in sizes]))))


def _rounded(people: float) -> int:
    """Give two digits, and never too few.

    >>> _rounded(364.2), _rounded(73), _rounded(1801)
    (370, 73, 1900)
    """
    step = 10 ** max(0, int(np.floor(np.log10(people))) - 1)
    return int(np.ceil(people / step) * step)


def _doubted(benefit: Floats, control: int, least: float, gate: Gate) -> dict[int, Trial | None]:
    """Give the trials that settle whether options do enough, where neither is as good as sure."""
    found: dict[int, Trial | None] = {}
    shares = np.clip(np.abs(benefit), 0.0, 1.0)
    one = (shares * (1 - shares)).mean(axis=0)
    for option, chance in enumerate(gate.chances.tolist()):
        if option == control or not 1 - SETTLED < chance < SETTLED:
            continue
        beyond = benefit[:, option] - benefit[:, control]
        mean, sd, variance = float(beyond.mean()), float(beyond.std()), float(one[option] + one[control])
        n = None
        if variance > 0:
            n = n_to_settle(mean, sd, least, WANTED, variance=variance, most=SIZES[-1])
        found[option] = None if n is None else trial_settles(mean, sd, least, _rounded(n), variance=variance)
    return found


def _planes(problem: Problem, criteria: tuple[str, ...], outcomes: Floats, control: int | None) -> dict[int, Plane]:
    if problem.plane is None or control is None:
        return {}
    beyond = outcomes - outcomes[:, [control]]
    benefit, harm = (criteria.index(key) for key in (problem.plane.benefit, problem.plane.harm))
    return {
        option: plane(beyond[:, option, benefit], beyond[:, option, harm], SLOPES)
        for option in range(outcomes.shape[1])
        if option != control
    }
