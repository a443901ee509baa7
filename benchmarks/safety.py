"""Ingest, counting, measures, EBGM and a cohort comparison on synthetic reports, with peers and limits beside them.

    make bench-safety                                              # 1 M reports
    make bench-safety BENCH="--sizes 1 10 20 --page"               # all sizes; writes docs/benchmarks-safety.md

Every step runs in a process of its own, so that its peak memory is its own. Peers run in environments of their own,
through uv; one that cannot be had is named and left out. Tables once drawn stay in the cache folder.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from safety_page import PAGE, page, shown

HERE = Path(__file__).parent
PEERS = {"open-altio": "open-altio==1.0.0", "vigipy": "vigipy==3.5.1"}
#: As safety_ours.PRIOR: that module loads NumPy, and a step's memory would begin with that of this process.
PRIOR = [0.15213, 0.02124, 0.68593, 0.91645, 0.06084]
#: vigipy's GPS is run up to this many pairs unless asked for: it took 1,276 s on 8 M.
FEW = 3_000_000

R_SCRIPT = r"""
arguments <- commandArgs(TRUE)
d <- read.csv(arguments[1]); theta <- as.numeric(strsplit(arguments[2], ",")[[1]])
suppressMessages(library(arguments[3], character.only=TRUE))
clock <- function() proc.time()[[3]]
t <- clock()
if (arguments[3] == "openEBGM") {
  qn <- Qn(theta, d$n, d$e); a <- ebgm(theta, d$n, d$e, qn)
  b <- quantBisect(5, theta, d$n, d$e, qn); c <- quantBisect(95, theta, d$n, d$e, qn)
} else {
  table <- as.PhViD(data.frame(d$drug, d$event, d$n)); t <- clock()
  a <- GPS(table, MIN.n11=1, RANKSTAT=2, PRIOR.PARAM=theta)
}
cat("\n{\"seconds\":", clock() - t, "}\n")
"""


@dataclass(slots=True)
class Run:
    """What was asked for, and what was found: (reports, step) to its facts; a step that failed says why."""

    cache: Path
    limit: float
    most: int
    slow: bool
    python: str
    found: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)

    def step(self, script: str, step: str, reports: int, key: str = "", **more: Any) -> dict[str, Any]:
        """Run one of our own steps."""
        facts = {"reports": reports, "cache": str(self.cache), **more}
        return self.keep(reports, key or step, [sys.executable, str(HERE / script), step, json.dumps(facts)])

    def peer(self, name: str, step: str, reports: int, **more: Any) -> dict[str, Any]:
        """Run a peer's step in an environment of its own."""
        facts = {"folder": str(self.cache / f"handed-{reports}"), **more}
        uv = shutil.which("uv") or str(HERE.parent / ".tools" / "uv" / "bin" / "uv")
        command = [
            uv,
            "run",
            "--quiet",
            "--isolated",
            "--no-project",
            "--python",
            self.python,
            "--with",
            PEERS[name],
        ]
        return self.keep(
            reports, step, [*command, "python", str(HERE / "safety_peers.py"), step, json.dumps(facts)]
        )

    def keep(self, reports: int, key: str, command: list[str]) -> dict[str, Any]:
        """Run a command, and keep what its last line says."""
        sys.stderr.write(f"{reports:>12,} {key} ... ")
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=self.limit)
        except subprocess.TimeoutExpired:
            facts: dict[str, Any] = {"failed": f"not finished in {self.limit:.0f} s"}
        except OSError as error:
            facts = {"failed": str(error)}
        else:
            lines = (done.stderr if done.returncode else done.stdout).strip().splitlines() or ["nothing said"]
            facts = {"failed": lines[-1]} if done.returncode else json.loads(lines[-1])
        self.found[reports, key] = facts
        seconds = f"{facts['seconds']:.2f} s" if "seconds" in facts else facts.get("failed", "done")
        sys.stderr.write(f"{seconds}\n")
        return facts


def ours(run: Run, step: str, reports: int, key: str = "", **more: Any) -> dict[str, Any]:
    return run.step("safety_ours.py", step, reports, key, **more)


def ingest(run: Run, reports: int) -> None:
    for step in ("text", "unpack", "take_in", "build"):
        ours(run, step, reports)
    shutil.rmtree(run.cache / f"store-{reports}", ignore_errors=True)


def size(run: Run, reports: int) -> None:
    """Do everything on one number of reports."""
    limit, run.limit = run.limit, 3600
    made = ours(run, "tables", reports)
    run.limit = limit
    if "failed" in made:
        return
    for step in ("pairs", "scan", "plain_sql", "plain_numpy", "sparse"):
        ours(run, step, reports)
    for arm in ("migraine", "everything else"):
        ours(run, "cohort", reports, f"cohort, {arm}", arm=arm)
    pairs = ours(run, "hand_over", reports, most=run.most).get("scored", 0)
    for step in ("measures", "scores", "fit"):
        ours(run, step, reports)
    run.peer("open-altio", "altio_measures", reports)
    run.peer("open-altio", "altio_scores", reports, prior=PRIOR)
    run.peer("open-altio", "altio_fit", reports)
    run.peer("vigipy", "vigipy_measures", reports)
    if pairs <= FEW or run.slow:
        run.peer("vigipy", "vigipy_scores", reports, prior=PRIOR)
        run.peer("vigipy", "vigipy_gps", reports)
        in_r(run, reports)
    ours(run, "agreement", reports)
    shutil.rmtree(run.cache / f"handed-{reports}", ignore_errors=True)


def in_r(run: Run, reports: int) -> None:
    """Score with openEBGM and PhViD, where R has them."""
    for package in ("openEBGM", "PhViD"):
        probe = [
            "Rscript", "-e", f"cat(requireNamespace('{package}', quietly=TRUE))"
        ]  # fmt: skip
        there = shutil.which("Rscript") and subprocess.run(
            probe, capture_output=True, text=True, check=False
        ).stdout.endswith("TRUE")
        if not there:
            run.found[reports, package] = {"failed": "not there"}
            continue
        with tempfile.TemporaryDirectory() as folder:
            script, table = Path(folder) / "score.R", Path(folder) / "counts.csv"
            script.write_text(R_SCRIPT, encoding="utf-8")
            ours(run, "counts_as_text", reports, path=str(table))
            theta = ",".join(map(str, PRIOR))
            run.keep(reports, package, ["Rscript", str(script), str(table), theta, package])


def find_python() -> str:
    """Give an interpreter new enough for open-altio: uv's own choice, or one of pyenv's."""
    if sys.version_info >= (3, 12):
        return sys.executable
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    there = shutil.which("python3.12")
    if there and subprocess.run([there, "--version"], capture_output=True, check=False).returncode == 0:
        return there
    return next((str(one) for one in sorted(root.glob("versions/3.12.*/bin/python"))), "3.12")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", nargs="+", type=float, default=[1], help="millions of synthetic reports")
    parser.add_argument("--text", type=float, default=1, help="millions of reports written as text; 0 for none")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "glabella-bench")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a step is given up")
    parser.add_argument("--pairs", type=float, default=8, help="millions of pairs to score at most")
    parser.add_argument("--slow", action="store_true", help="run vigipy's GPS on every size")
    parser.add_argument("--python", default=find_python(), help="for the peers; open-altio needs 3.12")
    parser.add_argument("--page", action="store_true", help=f"write docs/{PAGE.name}")
    chosen = parser.parse_args()
    # As in the Makefile: more threads inside the matrix library only get in the way, ours and the peers' alike.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    chosen.cache.mkdir(parents=True, exist_ok=True)
    run = Run(chosen.cache, chosen.limit, int(chosen.pairs * 1e6), chosen.slow, chosen.python)
    before = os.getloadavg()
    if chosen.text:
        ingest(run, int(chosen.text * 1e6))
    sizes = [int(one * 1e6) for one in chosen.sizes]
    for reports in sizes:
        size(run, reports)
    written = page(run.found, sizes, int(chosen.text * 1e6), (before, os.getloadavg()), PEERS)
    if chosen.page:
        PAGE.write_text(written, encoding="utf-8")
        sys.stderr.write(f"wrote {PAGE}\n")
    shown(Console(width=150), written)


if __name__ == "__main__":
    main()
