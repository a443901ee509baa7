"""On which direct comparisons each estimate of a network rests: the hat matrix, and shares that add to one.

A row of the hat matrix is a flow of one unit from the first treatment of a comparison to the second, along the
direct comparisons. Taken apart into paths, each path's flow is shared equally among its edges; an edge's shares are
its contribution. How a flow is taken apart is not unique. ``shortest_path`` takes the shortest path that is left,
again and again; where several are equally short it takes the one that netmeta takes, and that depends on the order
of the treatments' names. ``random_walk`` gives every path the probability of a walker who follows the flow; it does
not depend on names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis.networks._fit import Estimates, best_first
from glabella.synthesis.networks._single import Model, variance
from glabella.synthesis.networks._split import edges

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.networks._network import Network

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Way = Literal["shortest_path", "random_walk"]

#: Flows below this share of the unit that flows are rounding errors: those of a network whose weights are 1e5 apart
#: stay below it, and a share that is so small is none.
_NOTHING = 1e-10
#: Walks that lose this share of the unit on their way run in circles.
_LOST = 1e-6


@dataclass(frozen=True, slots=True)
class Contribution:
    """Shares of the direct comparisons in every estimate of a network.

    Attributes
    ----------
    treatments : tuple of str
        Of the network.
    first, second : ndarray of shape (c,)
        Treatments of each estimate, the rows.
    edge_first, edge_second : ndarray of shape (e,)
        Treatments of each direct comparison, the columns.
    share : ndarray of shape (c, e)
        Contributions; each row sums to one.
    hat : ndarray of shape (c, e)
        Hat matrix: an estimate is the sum of the direct effects (first versus second) times its row.
    way : {"shortest_path", "random_walk"}
        How flows were taken apart.
    model : {"random", "common"}
        Whose weights.
    """

    treatments: tuple[str, ...]
    first: Ints
    second: Ints
    edge_first: Ints
    edge_second: Ints
    share: Floats
    hat: Floats
    way: Way
    model: Model

    @property
    def mean_path(self) -> Floats:
        """Mean length of the paths of evidence behind each estimate; one is direct evidence only."""
        return np.asarray(np.abs(self.hat).sum(axis=1))

    @property
    def total(self) -> Floats:
        """Share of each direct comparison in the whole network, all estimates counting the same."""
        return np.asarray(self.share.mean(axis=0))

    def table(self) -> pl.DataFrame:
        """Give one row an estimate, one column a direct comparison."""
        import polars as pl

        names = self.treatments
        columns = {
            f"{names[a]}:{names[b]}": self.share[:, i]
            for i, (a, b) in enumerate(zip(self.edge_first, self.edge_second, strict=True))
        }
        return pl.DataFrame({"first": [names[i] for i in self.first], "second": [names[i] for i in self.second],
                             **columns})  # fmt: skip

    def __str__(self) -> str:
        """Print what the whole network rests on."""
        names = [f"{self.treatments[a]} : {self.treatments[b]}"
                 for a, b in zip(self.edge_first, self.edge_second, strict=True)]  # fmt: skip
        width = max(len(name) for name in names)
        lines = [f"Contribution of direct comparisons ({self.model} effects, {self.way.replace('_', ' ')})", ""]
        lines += [f"{names[i]:{width}} {100 * self.total[i]:6.2f}%" for i in best_first(self.total)]
        return "\n".join(lines)


def contribution(fit: Network, *, model: Model = "random", way: Way = "shortest_path") -> Contribution:
    """Compute how much each direct comparison contributes to each estimate.

    Parameters
    ----------
    fit : Network
        One network, not a batch.
    model : {"random", "common"}
        Whose weights.
    way : {"shortest_path", "random_walk"}
        How flows are taken apart into paths.

    References
    ----------
    Papakonstantinou T, Nikolakopoulou A, Rücker G, et al. F1000Research 2018;7:610 (shortest paths). Davies AL,
    Papakonstantinou T, Nikolakopoulou A, Rücker G, Galla T. Stat Med 2022;41:2091-2114 (random walks).
    """
    if way not in ("shortest_path", "random_walk"):
        raise ValueError(f"unknown way {way!r}; expected shortest_path or random_walk")
    n = fit.structure.n
    first, second = np.triu_indices(n, 1)
    edge_first, edge_second, _, _ = edges(fit.structure)
    hat = aggregated_hat(fit, model)
    flow = np.zeros((len(hat), n, n))
    flow[:, edge_first, edge_second] = np.maximum(hat, 0)
    flow[:, edge_second, edge_first] = np.maximum(-hat, 0)
    flow[flow < _NOTHING] = 0.0
    if way == "shortest_path":
        shares = _shortest_paths(flow, first, second, _appearance(hat, edge_first, edge_second, n))
    else:
        shares = _random_walks(flow, first, second)
        if (np.abs(shares.sum(axis=(1, 2)) - 1) > _LOST).any():
            raise ValueError("flows of evidence run in circles, as contrasts of correlated arms can have negative "
                             "weights: random walks have no end; expected way 'shortest_path'")  # fmt: skip
    share = shares[:, edge_first, edge_second] + shares[:, edge_second, edge_first]
    return Contribution(fit.treatments, first, second, edge_first, edge_second, share, hat, way, model)


def aggregated_hat(fit: Network, model: Model) -> Floats:
    """Hat matrix of all comparisons (rows) on the direct ones (columns), in the order of ``edges``.

    The weights carry the correlation within studies, so that a direct effect here is one of these weights' means.
    """
    of = fit.structure
    first, second = np.triu_indices(of.n, 1)
    edge_first, edge_second, edge, _ = edges(of)
    at = _estimates(fit, model)
    weight, cov = np.bincount(edge, at.weights[0]), at.cov[0]
    # Every row is (e_i - e_j)' cov B' W over the edges.
    across = cov[:, edge_first] - cov[:, edge_second]
    return np.asarray((across[first] - across[second]) * weight)


def hat_matrix(fit: Network, *, model: Model = "random") -> Floats:
    """Hat matrix of the contrasts on themselves, of shape (m, m).

    Parameters
    ----------
    fit : Network
        One network, not a batch.
    model : {"random", "common"}
        Whose weights.

    References
    ----------
    Rücker G. Res Synth Methods 2012;3:312-324.
    """
    of = fit.structure
    at = _estimates(fit, model)
    across = at.cov[0][:, of.a] - at.cov[0][:, of.b]
    return np.asarray((across[of.a] - across[of.b]) * at.weights[0])


def _estimates(fit: Network, model: Model) -> Estimates:
    variance(fit, model)
    return fit.random if model == "random" else fit.common


def _appearance(hat: Floats, edge_first: Ints, edge_second: Ints, n: int) -> Ints:
    """Give nodes the numbers, (c, n), in which they appear when the edges are listed along each flow.

    So does the program whose numbers are the reference, and among paths of one length the numbers decide. An edge
    without flow is listed backwards.
    """
    node = np.arange(n)[:, None]
    earliest = ((edge_first == node) | (edge_second == node)).argmax(axis=1)
    forwards = hat[:, earliest] > _NOTHING
    head = np.where(edge_first[earliest] == node[:, 0], ~forwards, forwards)
    return np.asarray(np.argsort(np.argsort(2 * earliest + head, axis=1), axis=1))


def _shortest_paths(flow: Floats, start: Ints, end: Ints, number: Ints) -> Floats:
    """Take flows apart by shortest paths, all of them at once; shares of shape (c, n, n)."""
    flow, share = flow.copy(), np.zeros_like(flow)
    rows = np.arange(len(flow))
    while rows.size:
        parent, depth = _breadth_first(flow[rows] > 0, start[rows], end[rows], number[rows])
        found = depth >= 0
        rows, parent, depth = rows[found], parent[found], depth[found]
        # Back from the end, a step at a time; a path that has arrived waits.
        path, least = [], np.full(len(rows), np.inf)
        here = end[rows]
        for _ in range(int(depth.max(initial=0))):
            on = here != start[rows]
            before = np.where(on, parent[np.arange(len(rows)), here], here)
            path.append((on, before, here))
            least = np.minimum(least, np.where(on, flow[rows, before, here], np.inf))
            here = before
        for on, before, after in path:
            at = rows[on], before[on], after[on]
            share[at] += least[on] / depth[on]
            left = flow[at] - least[on]
            flow[at] = np.where(left < _NOTHING, 0.0, left)
    return share


def _breadth_first(linked: NDArray[np.bool_], start: Ints, end: Ints, number: Ints) -> tuple[Ints, Ints]:
    """Find shortest paths in each graph of a batch, (c, n, n): parents of nodes, and lengths (-1: no path).

    Of several parents the one that was reached first counts; nodes of one step are reached in the order of their
    parents, then in that of their numbers.
    """
    count, n = linked.shape[:2]
    row = np.arange(count)
    parent = np.full((count, n), -1)
    # When each node was reached, by a key that grows; those not reached yet come last.
    reached = np.full((count, n), n * n)
    reached[row, start] = 0
    front = np.zeros((count, n), dtype=bool)
    front[row, start] = True
    depth = np.where(start == end, 0, -1)
    for step in range(1, n):
        # Graphs whose end is reached, and those that end nowhere, are done.
        left = np.flatnonzero((depth < 0) & front.any(axis=1))
        if not left.size:
            break
        before = reached[left]
        ranked = np.argsort(np.argsort(np.where(front[left], before, n * n), axis=1, kind="stable"), axis=1)
        keys = np.where(linked[left] & front[left][:, :, None], ranked.astype(np.int16)[:, :, None], np.int16(n))
        by = keys.argmin(axis=1)
        new = (np.take_along_axis(keys, by[:, None], axis=1)[:, 0] < n) & (before == n * n)
        parent[left] = np.where(new, by, parent[left])
        reached[left] = np.where(new, np.take_along_axis(ranked, by, axis=1) * n + number[left], before)
        front[left] = new
        depth[left[new[np.arange(len(left)), end[left]]]] = step
    return parent, depth


def _random_walks(flow: Floats, start: Ints, end: Ints) -> Floats:
    """Take flows apart by random walks; shares of shape (c, n, n).

    A walk of length L gives each of its edges 1/L. With the probabilities to come to a node in s steps, and from a
    node to the end in t more, an edge's share is the sum over s and t of their product over s + 1 + t. Flows have
    no loop, and so lengths are below n and no path is listed.
    """
    count, n = flow.shape[:2]
    row = np.arange(count)
    out = flow.sum(axis=2)
    step = np.where(out[:, :, None] > 0, flow / np.where(out > 0, out, 1.0)[:, :, None], 0.0)
    step[row, end] = 0.0
    coming, going = np.zeros((n, count, n)), np.zeros((n, count, n))
    coming[0, row, start] = 1.0
    going[0, row, end] = 1.0
    for steps in range(1, n):
        coming[steps] = (coming[steps - 1][:, None, :] @ step)[:, 0]
        going[steps] = (step @ going[steps - 1][:, :, None])[..., 0]
    length = np.arange(n)[:, None] + 1 + np.arange(n)
    return np.asarray(np.einsum("sci,st,tcj->cij", coming, 1 / length, going, optimize=True) * step)
