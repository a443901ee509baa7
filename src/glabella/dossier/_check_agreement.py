"""Whether numbers that tell of the same spread or test agree, within what rounding and small trials allow."""

from __future__ import annotations

import math
from collections.abc import Iterator

from glabella.dossier._number import Limits, Number, known
from glabella.dossier._schema import ArmResult, Between, Scale

#: Half an interval over its standard error: from that of 90 % intervals to that of 99 % ones with few people.
_LEAST, _MOST = 1.5, 4.5
#: P values so far apart that no degrees of freedom bring them together: one surely below, one surely above.
_SURELY, _HARDLY = 0.01, 0.2
_Z95 = 1.96


def misfits_of_difference(between: Between) -> Iterator[tuple[str, str]]:
    """Say what of a difference contradicts its size: standard error, limits, P and statistics, with the field."""
    difference, se, p = (known(each) for each in (between.difference, between.difference_se, between.p))
    half = _half(between.difference_ci)
    if half and se and not _LEAST <= half / se <= _MOST:
        yield "difference_se", f"difference_se is {se:g}, but the limits are {2 * half:g} apart"
    if difference is not None and p is not None:
        spread = half / _Z95 if half else se
        told = math.erfc(abs(difference) / spread / math.sqrt(2)) if spread and difference else None
        if told is not None and (told < _SURELY < _HARDLY < p or p < _SURELY < _HARDLY < told):
            yield "p", f"p is {p:g}, but the difference and its spread tell of about {told:.2g}"
    shown = {name: known(getattr(between, name)) for name in ("difference", "d", "t", "f")}
    nil = [name for name, value in shown.items() if value == 0]
    other = [name for name, value in shown.items() if value]
    if nil and p is not None and p < _SURELY:
        yield nil[0], f"{nil[0]} is 0, but p is {p:g}"
    elif nil and other and abs(shown[other[0]] or 0.0) > _HARDLY:
        yield nil[0], f"{nil[0]} is 0, but {other[0]} is {shown[other[0]]:g}"


def misfits_of_arm(shown: ArmResult, people: Number | None, scale: Scale | None) -> Iterator[tuple[str, str]]:
    """Say what of an arm contradicts: its SD, standard error and limits, and a mean outside the scale."""
    n, sd, se, half = known(people), known(shown.sd), known(shown.se), _half(shown.ci)
    if n and n > 1:
        of_sd = sd / math.sqrt(n) if sd else None
        if of_sd and se and not 1 / 1.25 <= se / of_sd <= 1.25:
            yield "se", f"se is {se:g}, but sd {sd:g} of {n:g} people gives {of_sd:.3g}"
        for name, value in (("sd", of_sd), ("se", se)):
            if half and value and not _LEAST <= half / value <= _MOST:
                yield name, f"{name} gives a standard error of {value:.3g}, but the limits are {2 * half:g} apart"
    low, high = scale.range if scale is not None and scale.range else (-math.inf, math.inf)
    for name in ("mean", "baseline_mean"):
        value = known(getattr(shown, name))
        if value is not None and not low <= value <= high:
            yield name, f"{name} is {value:g}, outside the scale's range {low:g} to {high:g}"


def _half(limits: Limits | None) -> float | None:
    low, high = (None, None) if limits is None else (known(limit) for limit in limits)
    return None if low is None or high is None else (high - low) / 2
