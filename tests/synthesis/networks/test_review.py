"""Networks at the edges: nothing left to estimate, likelihoods of several maxima, many treatments and many arms."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import block_diag

from glabella.synthesis import network, pool

Floats = NDArray[np.float64]
Data = tuple[list[str], list[str], list[str], Floats, Floats]


def drawn(seed: int, studies: Iterable[Sequence[int]], low: float, high: float, tau: float = 0.2) -> Data:
    """Contrasts of arms whose standard errors are spread evenly on the logarithmic scale."""
    random = np.random.default_rng(seed)
    rows: list[tuple[str, str, str, float, float]] = []
    truth = random.normal(size=100)
    for study, arms in enumerate(studies):
        sd = np.exp(random.uniform(np.log(low), np.log(high), len(arms)))
        effect = truth[list(arms)] + random.normal(0, np.hypot(sd, tau / np.sqrt(2)))
        for i, j in itertools.combinations(range(len(arms)), 2):
            names = (f"s{study}", f"t{arms[i]:02}", f"t{arms[j]:02}")
            rows.append((*names, effect[i] - effect[j], float(np.hypot(sd[i], sd[j]))))
    study_, a, b, te, se = zip(*rows, strict=True)
    return list(study_), list(a), list(b), np.array(te), np.array(se)


class Dense:
    """The multivariate model with whole matrices: contrasts of each study against one of its arms."""

    def __init__(self, data: Data) -> None:
        study, a, b, te, se = data
        names = sorted({*a, *b})
        effects = {(s, i, j): (y, e**2) for s, i, j, y, e in zip(study, a, b, te, se, strict=True)}
        y: list[float] = []
        x: list[Any] = []
        within, between = [], []
        for one in dict.fromkeys(study):
            arms = sorted({name for s, i, j in effects if s == one for name in (i, j)})
            v = np.array([[0.0 if i == j else effects.get((one, i, j), effects.get((one, j, i), (0, 0)))[1]
                           for j in arms] for i in arms])  # fmt: skip
            within.append((v[1:, :1] + v[:1, 1:] - v[1:, 1:]) / 2)
            between.append((np.eye(len(arms) - 1) + 1) / 2)
            for arm in arms[1:]:
                there = (one, arm, arms[0]) in effects
                y.append(effects[one, arm, arms[0]][0] if there else -effects[one, arms[0], arm][0])
                x.append([float(name == arm) - float(name == arms[0]) for name in names[1:]])
        self.y, self.x = np.array(y), np.array(x)
        self.within, self.between = block_diag(*within), block_diag(*between)

    def fit(self, tau2: float) -> tuple[Floats, Floats, float, float]:
        """Effects versus the first treatment, their covariance, and both log-likelihoods without constants."""
        v = self.within + tau2 * self.between
        w = np.linalg.inv(v)
        gram = self.x.T @ w @ self.x
        cov = np.linalg.inv(gram)
        beta = cov @ self.x.T @ w @ self.y
        left = self.y - self.x @ beta
        full = -0.5 * (np.linalg.slogdet(v)[1] + left @ w @ left)
        return beta, cov, full, full - 0.5 * np.linalg.slogdet(gram)[1]


@pytest.mark.parametrize("method", ["REML", "ML", "DL"])
@pytest.mark.parametrize("studies", [[(0, 1)], [(0, 1, 2)], [(0, 1), (0, 2), (0, 3)]])
def test_without_a_degree_of_freedom_it_says_so(studies: list[tuple[int, ...]], method: Any) -> None:
    data = drawn(1, studies, 0.1, 0.5)
    with pytest.raises(ValueError, match="no degree of freedom left"):
        network(*data, method=method)
    # Effects and errors of a tree are the studies' own.
    fit = network(*data, method="common")
    for a, b, te, se in zip(*data[1:], strict=True):
        i, j = fit.treatments.index(a), fit.treatments.index(b)
        assert fit.te_common[i, j] == pytest.approx(te, rel=1e-12)
        assert fit.se_common[i, j] == pytest.approx(se, rel=1e-12)


UNEVEN = [(0, 1, 2), (0, 3), (1, 3), (2, 3), (0, 1, 3), (0, 2), (1, 2)]


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_no_other_tau2_is_likelier(method: Any) -> None:
    grid = np.concatenate([[0.0], np.geomspace(1e-7, 1e3, 150)])
    several = 0
    for seed in range(80):
        data = drawn(seed, UNEVEN, 1e-3, 3.0)
        dense = Dense(data)
        at = 3 if method == "REML" else 2
        heights = np.array([dense.fit(tau2)[at] for tau2 in grid])
        inner = heights[1:-1]
        several += ((inner > heights[:-2]) & (inner > heights[2:])).sum() + (heights[0] > heights[1]) > 1
        tau2 = network(*data, method=method).tau2
        assert dense.fit(tau2)[at] >= heights.max() - 1e-9
    # Otherwise the test would not tell a maximum from the highest.
    assert several >= 2


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_no_other_tau2_of_a_pool_is_likelier(method: Any) -> None:
    random = np.random.default_rng(4)
    v = np.exp(random.uniform(np.log(1e-4), 0, (2000, 5)))
    y = random.normal(size=v.shape) * np.sqrt(v + np.exp(random.uniform(-4, 1, (2000, 1))) ** 2)
    y[:, 0] += random.normal(0, 3, 2000)

    def height(tau2: Floats) -> Floats:
        w = 1 / (v + tau2[:, None])
        total = w.sum(axis=1)
        left = y - ((w * y).sum(axis=1) / total)[:, None]
        found = 0.5 * (np.log(w).sum(axis=1) - (w * left**2).sum(axis=1))
        return np.asarray(found - (0.5 * np.log(total) if method == "REML" else 0.0))

    grid = np.concatenate([[0.0], np.geomspace(1e-6, 1e2, 200)])
    best = np.max([height(np.full(len(y), tau2)) for tau2 in grid], axis=0)
    assert (height(pool(y, v, method=method).tau2) >= best - 1e-9).all()


@pytest.mark.parametrize("method", ["REML", "ML", "DL", "common"])
def test_sixty_treatments_and_studies_of_five_arms(method: Any) -> None:
    random = np.random.default_rng(2)
    studies = [tuple(sorted(random.choice(60, random.integers(2, 6), replace=False).tolist())) for _ in range(120)]
    data = drawn(3, studies + [(i, i + 1) for i in range(59)], 0.05, 0.5)
    fit = network(*data, method=method)
    beta, cov, *_ = Dense(data).fit(0.0 if method == "common" else fit.tau2)
    assert np.allclose(fit.te_random[1:, 0], beta, rtol=1e-9, atol=1e-11)
    assert np.allclose(fit.se_random[1:, 0], np.sqrt(np.diag(cov)), rtol=1e-9)
