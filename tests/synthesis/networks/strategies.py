"""Networks for property tests: connected, with studies of two to four arms, and effects that add up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import strategies as st


@dataclass(frozen=True)
class Drawn:
    """Arms of studies, and the contrasts that come of them."""

    arms: tuple[tuple[int, ...], ...]
    mean: tuple[tuple[float, ...], ...]
    variance: tuple[tuple[float, ...], ...]
    n: int

    @property
    def columns(self) -> tuple[list[str], list[str], list[str], np.ndarray, np.ndarray]:
        """What ``network`` takes."""
        study, one, two, te, se = [], [], [], [], []
        for number, (arms, means, variances) in enumerate(zip(self.arms, self.mean, self.variance, strict=True)):
            for i, j in combinations(range(len(arms)), 2):
                study.append(f"s{number}")
                one.append("abcdefg"[arms[i]])
                two.append("abcdefg"[arms[j]])
                te.append(means[i] - means[j])
                se.append(np.sqrt(variances[i] + variances[j]))
        return study, one, two, np.array(te), np.array(se)

    def multivariate(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Contrasts against each study's last arm: effects, covariance, that between studies, and design."""
        size = sum(len(arms) - 1 for arms in self.arms)
        y, x = np.zeros(size), np.zeros((size, self.n))
        v, g = np.zeros((size, size)), np.zeros((size, size))
        start = 0
        for arms, means, variances in zip(self.arms, self.mean, self.variance, strict=True):
            own = slice(start, start + len(arms) - 1)
            y[own] = np.array(means[:-1]) - means[-1]
            v[own, own] = np.diag(variances[:-1]) + variances[-1]
            g[own, own] = (np.eye(len(arms) - 1) + 1) / 2
            x[np.arange(own.start, own.stop), arms[:-1]] = 1.0
            x[own, arms[-1]] = -1.0
            start = own.stop
        return y, v, g, x[:, 1:]


@st.composite
def networks(draw: Any, *, most: int = 5, two_arm: bool = False) -> Drawn:
    """Draw a tree of two-arm studies, which connects, and more studies about it."""
    n = draw(st.integers(3, most))
    arms = [(draw(st.integers(0, at - 1)), at) for at in range(1, n)]
    sizes = st.just(2) if two_arm else st.integers(2, min(4, n))
    for _ in range(draw(st.integers(2, 6))):
        size = draw(sizes)
        arms.append(tuple(draw(st.permutations(range(n)))[:size]))
    effect = st.integers(-300, 300).map(lambda value: value / 100)
    variance = st.integers(2, 100).map(lambda value: value / 100)
    mean = tuple(tuple(draw(effect) for _ in each) for each in arms)
    return Drawn(tuple(arms), mean, tuple(tuple(draw(variance) for _ in each) for each in arms), n)
