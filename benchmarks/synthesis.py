"""Pairwise pooling beside metafor (where R has it), pimeta and PyMARE, on the same data in the same run.

    make bench

Slow peers run on fewer repetitions; every time is per unit (a fit, a subset, a draw), and every ratio is of those.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from glabella.synthesis import gosh, leave_one_out, permutation_test, pool

warnings.filterwarnings("ignore")

R_SCRIPT = r"""
suppressMessages(library(metafor))
d <- read.csv(commandArgs(TRUE)[1])
of <- function(n) d[d$set == n, ]
clock <- function() proc.time()[[3]]
fit <- function(s, test) rma(yi, vi, data=s, method="REML", test=test)
full <- function(s) confint(fit(s, "knha"))
timed <- function(ex, times) { ex(); t <- clock(); for (i in seq_len(times)) ex(); (clock() - t) / times }
out <- list()
for (n in c("k6", "k20", "k200")) { s <- of(n); out[[paste("one fit,", n)]] <- timed(function() full(s), 40) }
s <- of("k10")
out[["batch fit, k10"]] <- timed(function() full(s), 200)
g <- fit(s, "z"); t <- clock(); invisible(gosh(g, progbar=FALSE))
out[["gosh, per subset"]] <- (clock() - t) / 1023
p <- fit(of("k20"), "z"); t <- clock(); invisible(permutest(p, iter=300, progbar=FALSE))
out[["permutation, per draw"]] <- (clock() - t) / 300
l <- fit(of("k200"), "knha"); t <- clock(); invisible(leave1out(l))
out[["leave-one-out, k200"]] <- clock() - t
cat("{", paste0('"', names(out), '": ', unlist(out), collapse=", "), "}\n")
"""

Data = dict[str, tuple[np.ndarray, np.ndarray]]


def seconds(work: Callable[[], object], times: int) -> float:
    """Best of five rounds, seconds a call."""
    work()
    best = float("inf")
    for _ in range(5 if times > 1 else 2):
        start = time.perf_counter()
        for _ in range(times):
            work()
        best = min(best, (time.perf_counter() - start) / times)
    return best


def ours(data: Data) -> dict[str, float]:
    names = ("k6", "k20", "k200")
    found = {f"one fit, {name}": seconds(lambda name=name: pool(*data[name]).tau2_ci, 40) for name in names}
    random = np.random.default_rng(1)
    yi = random.normal(0.2, 0.5, (100_000, 10))
    vi = random.uniform(0.02, 0.3, (100_000, 10))
    found |= {
        f"without intervals of tau2, {name}": seconds(lambda name=name: pool(*data[name]), 40) for name in names
    }
    found["batch fit, k10"] = seconds(lambda: pool(yi, vi).tau2_ci, 1) / len(yi)
    found["gosh, per subset"] = seconds(lambda: gosh(*data["k20"]), 1) / (2**20 - 1)
    found["permutation, per draw"] = seconds(lambda: permutation_test(*data["k20"]), 1) / 10_000
    found["leave-one-out, k200"] = seconds(lambda: leave_one_out(*data["k200"]), 5)
    return found


def pimeta(data: Data) -> dict[str, float]:
    import pimeta as peer

    def fit(name: str, test: str = "knha") -> object:
        return peer.rma(data[name][0], data[name][1], method="REML", test=test)

    def whole(name: str) -> object:
        found = fit(name)
        return peer.confint(found), peer.predict(found)

    names = ("k6", "k20", "k200")
    found = {f"one fit, {name}": seconds(lambda name=name: whole(name), 20) for name in names}
    found |= {f"without intervals of tau2, {name}": seconds(lambda name=name: fit(name), 20) for name in names}
    found["batch fit, k10"] = seconds(lambda: fit("k10"), 200)
    found["gosh, per subset"] = seconds(lambda: peer.gosh(*data["k10"]), 1) / 1023
    found["permutation, per draw"] = seconds(lambda: peer.permutest(fit("k20", "z"), iter=300), 1) / 300
    found["leave-one-out, k200"] = seconds(lambda: peer.leave1out(*data["k200"]), 1)
    return found


def pymare(data: Data) -> dict[str, float]:
    from pymare import Dataset
    from pymare.estimators import VarianceBasedLikelihoodEstimator

    def fit(name: str) -> object:
        yi, vi = data[name]
        estimator = VarianceBasedLikelihoodEstimator(method="REML")
        summary = estimator.fit_dataset(Dataset(yi, vi)).summary()
        return summary.get_fe_stats(), summary.get_re_stats()

    found = {f"one fit, {name}": seconds(lambda name=name: fit(name), 20) for name in ("k6", "k20", "k200")}
    found["batch fit, k10"] = seconds(lambda: fit("k10"), 100)
    return found


def metafor(data: Data) -> dict[str, float] | None:
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "data.csv"
        with table.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["set", "yi", "vi"])
            writer.writerows((name, y, v) for name, (yi, vi) in data.items() for y, v in zip(yi, vi, strict=True))
        script = Path(folder) / "time.R"
        script.write_text(R_SCRIPT, encoding="utf-8")
        done = subprocess.run(["Rscript", script, table], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(f"metafor did not run: {done.stderr.strip().splitlines()[-1]}\n")
        return None
    times: dict[str, float] = json.loads(done.stdout)
    return times


def main() -> None:
    random = np.random.default_rng(7)
    data = {f"k{k}": (random.normal(0.2, 0.5, k), random.uniform(0.02, 0.3, k)) for k in (6, 10, 20, 200)}
    columns: dict[str, dict[str, float]] = {"glabella": ours(data)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, run in (("metafor", metafor), ("pimeta", pimeta), ("PyMARE", pymare)):
        if name != "metafor" and importlib.util.find_spec(name.lower()) is None:
            sys.stderr.write(f"{name} is not installed and is left out\n")
            continue
        times = run(data)
        if times is None:
            sys.stderr.write("R with metafor is not there and is left out\n")
            continue
        columns[name] = times
    shown = Table("task (REML, Knapp-Hartung)", *columns, *(f"x {name}" for name in columns if name != "glabella"))
    for task, mine in columns["glabella"].items():
        theirs = {name: times.get(task) for name, times in columns.items() if name != "glabella"}
        cells = [f"{1e3 * mine:.4g} ms", *(f"{1e3 * t:.4g} ms" if t else "-" for t in theirs.values())]
        shown.add_row(task, *cells, *(f"{t / mine:,.1f}" if t else "-" for t in theirs.values()))
    console = Console(width=150)
    console.print(shown)
    whole = columns["glabella"]["gosh, per subset"] * (2**20 - 1)
    console.print(f"GOSH of 20 studies: {whole:.1f} s, peak memory of this process {peak:.0f} MiB.")
    console.print("The GOSH of metafor and pimeta ran on 10 studies.")


if __name__ == "__main__":
    main()
