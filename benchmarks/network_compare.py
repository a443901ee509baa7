"""Whether the results that were timed are the same: the largest differences to each peer, in the same run."""

from __future__ import annotations

from typing import Any

import numpy as np
from network_ours import PRIOR, Problem, every_posterior

from glabella.synthesis import bayes, network
from glabella.synthesis.networks._contribution import contribution
from glabella.synthesis.networks._split import node_split

#: What was compared, with whom, the largest difference, and in what unit.
Row = tuple[str, str, float, str]


def compare(given: Problem, r: dict[str, Any], pimeta: dict[str, Any]) -> list[Row]:
    """Give one row a comparison."""
    rows: list[Row] = []
    names = (given.study, given.treat1, given.treat2)
    fits = {method: network(*names, given.te, given.se, method=method) for method in ("DL", "REML")}
    for who, results in (("netmeta", r), ("pimeta", pimeta)):
        for method, fit in fits.items():
            theirs = results.get(f"fit {method}")
            if theirs:
                rows += _fit(who, f"fit, {method}", fit, theirs)
    if not r:
        return rows
    reml = fits["REML"]
    rows += _fit("netmeta", "fit at our REML's τ²", reml, {**r["fit at our tau2"], "tau2": [reml.tau2]})
    rows.append(
        _relative("metafor", "REML, correlation within studies kept: τ²", reml.tau2, r["metafor tau2"]["tau2"])
    )
    theirs = r["refit DL"]
    count = len(theirs["tau2"])
    again = network(*names, given.drawn[:count], np.broadcast_to(given.se, (count, len(given.se))), method="DL")
    rows.append(_scaled("netmeta", f"{count} refits, DL: τ²", again.tau2, theirs["tau2"]))
    rows.append(_scaled("netmeta", f"{count} refits, DL: effects", again.te_random[:, 0], theirs["te"]))
    rows.append(_scaled("netmeta", f"{count} refits, DL: standard errors", again.se_random[:, 0], theirs["se"]))
    return rows + _evidence(given, fits["DL"], r) + _bayes(given, r)


def _fit(who: str, what: str, fit: Any, theirs: dict[str, Any]) -> list[Row]:
    pairs = {"tau2": ("τ²", fit.tau2), "te": ("effects", fit.te_random), "se": ("standard errors", fit.se_random),
             "low": ("prediction limits", fit.pi_low), "p_score": ("P-scores", fit.p_score)}  # fmt: skip
    return [_scaled(who, f"{what}: {label}", ours, theirs[name])
            for name, (label, ours) in pairs.items() if name in theirs]  # fmt: skip


def _evidence(given: Problem, fit: Any, r: dict[str, Any]) -> list[Row]:
    """Compare splits and contributions, in the peer's order of comparisons."""
    split = node_split(fit)
    order = _order(given, split.first, split.second, r["labels"]["split"])
    sign = np.where([label.split(":")[0] < label.split(":")[1] for label in r["labels"]["split"]], 1, -1)
    rows = [_scaled("netmeta", f"splitting: {name} effects", sign * getattr(split, name)[order], r["split"][name])
            for name in ("direct", "indirect")]  # fmt: skip
    rows.append(_scaled("netmeta", "splitting: P values", split.p_value[order], r["split"]["p"]))
    found = contribution(fit)
    names = fit.treatments
    down = _order(given, *([names[i] for i in each] for each in (found.first, found.second)),
                  r["labels"]["shares_rows"])  # fmt: skip
    across = _order(given, *([names[i] for i in each] for each in (found.edge_first, found.edge_second)),
                    r["labels"]["shares_columns"])  # fmt: skip
    share = found.share[down][:, across]
    rows.append(_scaled("netmeta", "contributions by shortest paths", share, r["shortest"]["share"]))
    return rows


def _order(given: Problem, first: Any, second: Any, labels: list[str]) -> list[int]:
    place = {
        frozenset((given.codes[a], given.codes[b])): at for at, (a, b) in enumerate(zip(first, second, strict=True))
    }
    return [place[frozenset(label.split(":"))] for label in labels]


def _bayes(given: Problem, r: dict[str, Any]) -> list[Row]:
    """Six numbers of three quantities, each difference in SDs of the quantity."""
    theirs = np.array(r["bayes many"]["summary"], dtype=float)
    count = len(theirs)
    theirs = theirs.reshape(count, 6, 3)
    ours = np.array(every_posterior(given.yi[:count], given.vi[:count], studies=False)).transpose(2, 1, 0)
    sd = ours[:, 3:4]
    rows = [("bayesmeta", f"{count} Bayesian fits at its default grid: {label}",
             float(np.abs((ours - theirs) / sd)[:, :, at].max()), "SDs")
            for at, label in enumerate(("μ", "τ", "a new study"))]  # fmt: skip
    tight = np.array(r["bayes tight"]["summary"], dtype=float).T
    one = (ours[0], sd[0])
    rows += [("bayesmeta", f"one Bayesian fit at a grid 100 times as fine: {label}",
              float(np.abs((one[0] - tight) / one[1])[:, at].max()), "SDs")
             for at, label in enumerate(("μ", "τ", "a new study"))]  # fmt: skip
    own = bayes(given.yi[0], given.vi[0], tau_prior=PRIOR).shrinkage
    theirs = np.array(r["bayes tight"]["theta"], dtype=float)
    apart = np.abs(np.array([own.mode, own.median, own.mean, own.sd, *own.interval()]) - theirs) / own.sd
    rows.append(("bayesmeta", "the same: each study's own effect", float(apart.max()), "SDs"))
    return rows


def _relative(who: str, what: str, ours: Any, theirs: Any) -> Row:
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    return who, what, float(np.max(np.abs(a - b) / np.abs(b))), "relative"


def _scaled(who: str, what: str, ours: Any, theirs: Any) -> Row:
    """Largest difference beside the largest value; NaN must stand in the same places, or all is lost."""
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if not (np.isnan(a) == np.isnan(b)).all():
        return who, what, float("inf"), "defined in other places"
    return who, what, float(np.nanmax(np.abs(a - b)) / np.nanmax(np.abs(b))), "of the largest"
