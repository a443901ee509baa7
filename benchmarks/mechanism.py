"""Virtual patients beside their peers, in one run: many at once, one by one by scipy, one by one by libRoadRunner.

    python benchmarks/mechanism.py [--patients 100000] [--alone 200]

Peers are timed on fewer patients (``--alone``) and scaled; what they give is compared with ours.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.integrate import solve_ivp

from glabella.mechanism import load, simulate_population
from glabella.mechanism._engine import _runner
from glabella.mechanism._translate import equations

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.mechanism.models import TOXIN

WEEKS = np.arange(0, 365, 7.0)
NAMES = ("weakness", "light_chain")


def patients(n: int, seed: int = 20261124) -> dict[str, np.ndarray]:
    """Draw constants, each a third more or less than the model's: synthetic people."""
    rng = np.random.default_rng(seed)
    model = load(TOXIN)
    return {name: value * np.exp(0.3 * rng.standard_normal(n)) for name, value in model.parameters.items()}


def by_scipy(n: int, constants: dict[str, np.ndarray]) -> np.ndarray:
    """Integrate one patient after the other, as one would write it: plain numbers, LSODA, the same tolerances."""
    known = equations(load(TOXIN))
    out = np.empty((n, len(NAMES), len(WEEKS)))
    for person in range(n):
        own = known.constants | {name: float(value[person]) for name, value in constants.items()}
        start = known.start(own)

        def rates(t: float, y: np.ndarray, own: dict[str, float] = own) -> list[float]:
            values = own | dict(zip(known.states, y.tolist(), strict=True))
            found = known.linear_rates(t, values) | known.rest_rates(t, values)
            return [found[name] for name in known.states]

        path = solve_ivp(rates, (0, WEEKS[-1]), [float(start[name]) for name in known.states], method="LSODA",
                         t_eval=WEEKS, rtol=1e-9, atol=1e-12)  # fmt: skip
        states = dict(zip(known.states, path.y, strict=True))
        values = states | known.compute(0.0, own | states)
        out[person] = [values[name] for name in NAMES]
    return out


def by_roadrunner(n: int, constants: dict[str, np.ndarray]) -> np.ndarray:
    """Run libRoadRunner for one patient after the other, its model compiled once."""
    runner = _runner(load(TOXIN))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-9, 1e-12
    runner.timeCourseSelections = list(NAMES)
    out = np.empty((n, len(NAMES), len(WEEKS)))
    for person in range(n):
        for name, value in constants.items():
            runner[name] = float(value[person])
        runner.reset()
        out[person] = np.array(runner.simulate(0, WEEKS[-1], len(WEEKS))).T
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--alone", type=int, default=200)
    asked = parser.parse_args()
    constants = patients(asked.patients)
    few = {name: value[: asked.alone] for name, value in constants.items()}
    started = time.perf_counter()
    ours = simulate_population(load(TOXIN), WEEKS, constants, names=NAMES, workers=os.cpu_count() or 1)
    whole = time.perf_counter() - started
    found = np.stack([ours.values[name][: asked.alone] for name in NAMES], axis=1)
    table = Table(title=f"{asked.patients:,} synthetic patients, 52 weeks, {os.cpu_count()} cores")
    for column in ("", "seconds", "ms a patient", "ours is faster by", "largest difference"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("simulate_population", f"{whole:.1f}", f"{1e3 * whole / asked.patients:.3f}", "1", "")
    for name, peer in (("scipy solve_ivp, a loop", by_scipy), ("libRoadRunner, a loop", by_roadrunner)):
        peer(2, few)
        started = time.perf_counter()
        theirs = peer(asked.alone, few)
        each = (time.perf_counter() - started) / asked.alone
        gap = np.max(np.abs(found - theirs) / np.maximum(np.abs(theirs), 1e-3))
        scaled = each * asked.patients
        table.add_row(name, f"{scaled:,.0f}", f"{1e3 * each:.3f}", f"{scaled / whole:.1f}", f"{gap:.1e}")
    Console().print(table)
    Console().print(f"failed: {int(ours.failed.sum())} of {asked.patients:,}")


if __name__ == "__main__":
    main()
