"""Whether all that a result says of two arms tells of the same one that it did better."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from glabella._reading import Path_
from glabella.dossier._number import known
from glabella.dossier._schema import ArmResult, Between, Comparison, Result

Better = Literal["lower", "higher"]
Side = Literal["arm", "versus"]


def better_side(difference: float, better: Better) -> Side | None:
    """Say who did better by a difference, arm minus versus; nobody where it is nil."""
    if difference == 0:
        return None
    return "arm" if (difference < 0) == (better == "lower") else "versus"


def check_direction(
    result: Result, comparison: Comparison, between: Between, better: Better
) -> Iterator[tuple[Path_, str]]:
    """Give what contradicts the difference or ``favours``, with the field where it is shown.

    Where a source corrects for how people began, the arms as they ended may look otherwise. Then the difference
    and ``favours``, which nothing that the arms show needs, can be left out.
    """
    if between.not_convertible:
        return
    where = f"where {better} is better"
    favours = between.favours if between.favours in ("arm", "versus") else None
    difference = known(between.difference)
    told = None if difference is None else better_side(difference, better)
    if favours and told and favours != told:
        yield ("difference",), f"difference is {difference:g}, {where}, but favours is {favours}"
        return
    for kind, ways in _WAYS:
        sides = {better_side(each, better) for each in _differences(result, comparison, ways)}
        if favours and sides == {_other(favours)}:
            yield ("favours",), f"favours is {favours}, but by the {kind} of the arms not, {where}"
        elif told and sides == {_other(told)}:
            yield (
                ("difference",),
                f"difference is {difference:g}, but by the {kind} of the arms {_other(told)} did better, {where}",
            )


def _other(side: Side) -> Side:
    return "versus" if side == "arm" else "arm"


def _differences(result: Result, comparison: Comparison, ways: tuple[_Way, ...]) -> list[float]:
    """Give the differences between two arms in all the ways that the arms show them."""
    arm, versus = result.arms.get(comparison.arm), result.arms.get(comparison.versus)
    if arm is None or versus is None:
        return []
    pairs = [(way(arm), way(versus)) for way in ways]
    return [one - other for one, other in pairs if one is not None and other is not None]


def _change(arm: ArmResult) -> float | None:
    return known(arm.change_mean)


def _percent_change(arm: ArmResult) -> float | None:
    return known(arm.percent_change)


def _mean(arm: ArmResult) -> float | None:
    return known(arm.mean)


def _change_of_means(arm: ArmResult) -> float | None:
    after, before = known(arm.mean), known(arm.baseline_mean)
    return None if after is None or before is None else after - before


def _risk(arm: ArmResult) -> float | None:
    events, n = known(arm.events), known(arm.n)
    return 100 * events / n if events is not None and n else known(arm.percent)


_Way = Callable[[ArmResult], float | None]
#: What the arms show, each in one or several ways; only what all of them say stands against anything.
_WAYS: tuple[tuple[str, tuple[_Way, ...]], ...] = (
    ("means", (_change, _percent_change, _mean, _change_of_means)),
    ("counts", (_risk,)),
)
