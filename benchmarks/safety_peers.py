"""The peers' steps of the benchmark, each run by safety.py in an environment of the peer's own.

Each times its own computing alone: counts are read, and results written, outside the clock.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safety_clock import clocked, tell

warnings.filterwarnings("ignore")


def _load(folder: str, name: str) -> Any:
    return np.load(Path(folder) / f"{name}.npy")


def _save(folder: str, results: dict[str, Any]) -> None:
    for name, values in results.items():
        np.save(Path(folder) / name, values)


def altio_measures(folder: str) -> dict[str, Any]:
    """Time the measures alone; the cells they want are made outside the clock."""
    from open_altio.stats import disproportionality as peer

    counts = (_load(folder, f"scored_{name}") for name in ("n", "n_drug", "n_event"))
    cells = peer.table(*counts, int(_load(folder, "total")))
    times, made = clocked(lambda: peer.measures(**cells))
    names = {
        "prr": "PRR",
        "ror": "ROR",
        "ror_low": "ROR_lower",
        "ror_high": "ROR_upper",
        "ic": "IC",
        "ic025": "IC025",
    }
    names |= {"chi2": "chi_square", "chi2_yates": "chi_square_yates"}
    _save(folder, {f"altio_{name}": made[theirs] for name, theirs in names.items()})
    return times


def altio_scores(folder: str, prior: list[float]) -> dict[str, Any]:
    from open_altio.stats import ebgm as peer

    n, expected = _load(folder, "scored_n"), _load(folder, "scored_expected")
    times, made = clocked(lambda: peer.score(peer.Prior(*prior), n, expected))
    _save(folder, {f"altio_{name.lower()}": made[name] for name in ("EBGM", "EB05", "EB95")})
    return times


def altio_fit(folder: str) -> dict[str, Any]:
    """Time the cells never seen and the fit."""
    from open_altio.stats import ebgm as peer

    n, expected = _load(folder, "n"), _load(folder, "expected")
    seen = {"product": _load(folder, "drug"), "event": _load(folder, "event"), "n": n}

    def margins(side: str, name: str) -> dict[str, Any]:
        ids = _load(folder, f"{side}_ids")
        return {name: ids, "stratum": np.zeros(len(ids), int), "n": _load(folder, f"{side}_margin")}

    whole = {"stratum": [0], "n": [int(_load(folder, "total"))]}
    drugs, events, bins = (
        margins("drug", "product"),
        margins("event", "event"),
        peer.settings()["squash_bins_per_decade"],
    )

    def work() -> Any:
        unseen = peer.unseen_cells(seen, drugs, events, whole, bins)
        try:
            return peer.fit_prior(n, expected, *unseen)
        except peer.FitError as refusal:
            return refusal

    times, made = clocked(work)
    if isinstance(made, peer.FitError):
        return {**times, "said": f"refused: {made}"}
    prior = [made.prior.alpha1, made.prior.beta1, made.prior.alpha2, made.prior.beta2, made.prior.p]
    return {**times, "prior": prior, "said": "agreed from several starts"}


def _container(folder: str) -> Any:
    import pandas as pd
    import vigipy

    names = {"name": "scored_drug", "AE": "scored_event", "count": "scored_n"}
    frame = pd.DataFrame({name: _load(folder, theirs) for name, theirs in names.items()})
    return vigipy.convert(frame)


def _in_order(result: Any, column: str) -> Any:
    """Give a column in the order of the pairs handed over, which is by drug and event."""
    table = result.all_signals.sort_values(["Product", "Adverse Event"], kind="mergesort")
    return table[column].to_numpy()


def vigipy_measures(folder: str) -> dict[str, Any]:
    """Time PRR, ROR and BCPNN; its container is made outside the clock."""
    import vigipy

    table = _container(folder)

    def work() -> Any:
        return [one(table, min_events=1) for one in (vigipy.prr, vigipy.ror, vigipy.bcpnn)]

    times, made = clocked(work)
    _save(folder, {"vigipy_prr": _in_order(made[0], "PRR"), "vigipy_ror": _in_order(made[1], "ROR")})
    return times


def vigipy_scores(folder: str, prior: list[float]) -> dict[str, Any]:
    """Time EBGM and its bounds at a given prior."""
    import vigipy

    table = _container(folder)
    times, made = clocked(lambda: vigipy.gps(table, min_events=1, prior_param=prior))
    names = {"ebgm": "EBGM", "eb05": "LowerBound", "eb95": "UpperBound"}
    _save(folder, {f"vigipy_{name}": _in_order(made, theirs) for name, theirs in names.items()})
    return times


def vigipy_gps(folder: str) -> dict[str, Any]:
    """Time its GPS as it comes: the prior fitted to the pairs seen, EBGM and its bounds."""
    import vigipy

    table = _container(folder)
    times, made = clocked(lambda: vigipy.gps(table, min_events=1))
    prior = [float(one) for one in made.param["prior_param"]] if getattr(made, "param", None) else []
    return {**times, "prior": prior, "said": str(made.param.get("convergence", "")) if prior else ""}


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    step.__name__: step
    for step in (altio_measures, altio_scores, altio_fit, vigipy_measures, vigipy_scores, vigipy_gps)
}


if __name__ == "__main__":
    tell(STEPS[sys.argv[1]](**json.loads(sys.argv[2])))
