"""The peers of the benchmark of networks and Bayesian models: R's netmeta and bayesmeta in one process, and pimeta.

R tells when each of its tasks begins and ends, and one monotonic clock, that of this process, times theirs as ours.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from network_ours import Problem, best_of

HERE = Path(__file__).parent
#: What a peer has found: seconds by task, results by name, and what it is or why it is not there.
Peer = tuple[dict[str, float], dict[str, Any], str]
#: Repetitions in R, of which all times are scaled: refits of the network, and Bayesian fits, in each of the rounds.
REFITS, FITS, ROUNDS = {"DL": 3, "REML": 2}, 10, 2


def in_r(problem: Problem) -> Peer:
    """Run R's packages; seconds are those of the best round, per fit."""
    if shutil.which("Rscript") is None:
        return {}, {}, "R is not there"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _hand_over(problem, folder)
        command = ["Rscript", str(HERE / "network_peers.R"), name, *map(str, (*REFITS.values(), FITS, ROUNDS))]
        times, said = _stamped(command)
        if isinstance(times, str):
            return {}, {}, times
        results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        return times, results, said


def _hand_over(problem: Problem, folder: Path) -> None:
    """Write what R reads, with all digits."""
    codes = [[problem.codes[name] for name in names] for names in (problem.treat1, problem.treat2)]
    rows = zip(problem.study, *codes, problem.te.tolist(), problem.se.tolist(), strict=True)
    lines = ["study,treat1,treat2,te,se", *(",".join(map(str, row)) for row in rows)]
    (folder / "network.csv").write_text("\n".join(lines), encoding="utf-8")
    np.savetxt(folder / "refits.csv", problem.drawn[: max(REFITS.values())], delimiter=",", fmt="%.17g")
    for what, values in (("yi", problem.yi), ("vi", problem.vi)):
        np.savetxt(folder / f"{what}.csv", values[:FITS], delimiter=",", fmt="%.17g")
    (folder / "tau2.csv").write_text(f"{problem.tau2:.17g}\n", encoding="utf-8")


def _stamped(command: list[str]) -> tuple[dict[str, float] | str, str]:
    """Run a program that prints ``begin TASK UNITS`` and ``end TASK``; give the best seconds a unit of each."""
    best: dict[str, float] = {}
    begun, units, said = 0.0, 1, ""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        # Line by line, so that each line is stamped when it comes.
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True, bufsize=1) as program:
            for line in program.stdout or ():
                now = time.perf_counter()
                word, _, rest = line.strip().partition(" ")
                if word == "begin":
                    units, begun = int(rest.rpartition(" ")[2]), time.perf_counter()
                elif word == "end":
                    best[rest] = min(best.get(rest, float("inf")), (now - begun) / units)
                    sys.stderr.write(f"R: {rest} {1e3 * (now - begun) / units:.1f} ms\n")
                elif word in ("version", "missing"):
                    said = rest
                    if word == "missing":
                        return f"{rest} not there", ""
        if program.returncode:
            complaints.seek(0)
            lines = [line.strip() for line in complaints if line.strip() != "Execution halted"]
            return f"R stopped: {' '.join(lines[-3:])}", ""
    return best, said


def pimeta(problem: Problem) -> Peer:
    """Run pimeta, whose networks follow netmeta."""
    if importlib.util.find_spec("pimeta") is None:
        return {}, {}, "pimeta is not there"
    import pimeta as peer

    names = [[problem.codes[name] for name in names] for names in (problem.treat1, problem.treat2)]

    def fit(method: str, te: Any = problem.te) -> Any:
        return peer.netmeta(
            te.tolist(), problem.se.tolist(), *names, list(problem.study), sm="OR", method_tau=method
        )

    times: dict[str, float] = {}
    results: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for method in ("DL", "REML"):
            times[f"fit {method}"] = best_of(lambda method=method: fit(method), 2, 2)
            times[f"refit {method}"] = (
                best_of(lambda method=method: [fit(method, te) for te in problem.drawn[:3]], 1, 2) / 3
            )
            found = fit(method)
            results[f"fit {method}"] = {
                "tau2": float(found.tau2), "te": np.asarray(found.TE_random).tolist(),
                "se": np.asarray(found.seTE_random).tolist(),
            }  # fmt: skip
        found = fit("DL")
        times["split"] = best_of(lambda: peer.netsplit(found), 3, 2)
        times["shortest"] = best_of(lambda: peer.netcontrib(found), 1, 2)
    return times, results, f"pimeta {importlib.metadata.version('pimeta')}"
