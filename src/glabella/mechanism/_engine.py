"""One patient, by libRoadRunner: the engine that the field knows, and the measure of our own arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._model import Model
from glabella.mechanism._population import cached_equations, checked_injections, checked_names, checked_times

Floats = NDArray[np.float64]


def simulate(
    model: Model,
    times: ArrayLike,
    constants: Mapping[str, float] | None = None,
    *,
    injections: Sequence[float] = (0.0,),
    into: str | None = None,
    names: Sequence[str] | None = None,
) -> dict[str, Floats]:
    """Simulate one patient.

    Parameters
    ----------
    model, times, constants, injections, into, names
        As in :func:`simulate_population`; constants are numbers.

    Returns
    -------
    dict of str to ndarray of shape (t,)
        States and computed quantities by name.

    Raises
    ------
    ValueError
        If a name is not in the model, times do not increase, or the solver stops.
    ImportError
        If the extra ``glabella[mechanism]`` is not installed.

    References
    ----------
    Welsh C, et al. Bioinformatics 2023;39:btac770 (libRoadRunner 2). Hindmarsh AC, et al. ACM Trans Math Softw
    2005;31:363-396 (CVODE).
    """
    known = cached_equations(model)
    grid, kept = checked_times(times), checked_names(known, names)
    moments = checked_injections(known, injections, into)
    runner = _runner(model)
    for name, value in (constants or {}).items():
        if name not in known.constants:
            raise ValueError(f"the model has no constant {name!r}; it has {', '.join(sorted(known.constants))}")
        runner[name] = float(value)
    runner.reset()
    runner.timeCourseSelections = list(kept)
    filled = float(runner[into]) if into is not None else 0.0
    if into is not None and 0.0 not in moments:
        runner[into] = 0.0
    out = np.full((len(grid), len(kept)), np.nan)
    stops = [0.0, *moments[moments > 0], np.inf]
    for begin, end in pairwise(stops):
        if begin > grid[-1]:
            break
        if begin > 0:
            runner[into] = float(runner[into]) + filled
        inside = (grid >= begin) & (grid < end)
        last = min(end, grid[-1]) if np.isfinite(end) else grid[-1]
        asked = np.unique([begin, *grid[inside], last])
        if len(asked) > 1:
            path = _run(runner, asked)
            out[inside] = path[np.searchsorted(asked, grid[inside])]
        else:
            out[inside] = [float(runner[name]) for name in kept]
    return {name: out[:, place] for place, name in enumerate(kept)}


def _run(runner: Any, asked: Floats) -> Floats:
    """Run on to the last of some times; libRoadRunner's own clock goes on from where it stands."""
    try:
        return np.array(runner.simulate(times=asked.tolist()), dtype=float)
    except RuntimeError as error:
        raise ValueError(f"the solver stopped: {' '.join(str(error).split())}") from error


def _runner(model: Model) -> Any:
    try:
        import roadrunner
    except ImportError as error:
        raise ImportError("models are run by libRoadRunner: install glabella[mechanism]") from error
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)  # what goes wrong is raised, not printed
    runner = roadrunner.RoadRunner(flat_sbml(model))
    runner.integrator.relative_tolerance = 1e-12
    runner.integrator.absolute_tolerance = 1e-16
    runner.integrator.setValue("maximum_num_steps", 200_000)
    return runner


def flat_sbml(model: Model) -> str:
    """Give the SBML with local parameters lifted, so that both engines call them by one name."""
    import libsbml

    from glabella.mechanism._translate import flat

    return str(libsbml.writeSBMLToString(flat(model.sbml)))
