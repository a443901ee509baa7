"""Networks to look into: those of the reference, what R sees in them, and made-up ones."""

from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from glabella.synthesis import Network, network
from tests.synthesis.records import outputs, read

#: By netmeta and metafor, with make_network_looks.R beside it.
LOOKS: dict[str, Any] = read(Path(__file__).parents[1] / "reference" / "network_looks.json")["networks"]


def fitted(name: str, method: Any = "DL") -> Network:
    """Our fit of a network of the reference, the first treatment being its reference."""
    given = outputs("netmeta", name)["contrasts"]
    return network(*(given[column] for column in ("studlab", "treat1", "treat2", "TE", "seTE")), method=method)


def contrasts(
    designs: list[str], effect: dict[str, float], rng: np.random.Generator, se: float = 0.3, tau: float = 0.1
) -> tuple[list[str], list[str], list[str], list[float], list[float]]:
    """All contrasts of one study a design; effects of arms differ from ``effect`` by chance."""
    rows: tuple[list[str], list[str], list[str], list[float], list[float]] = ([], [], [], [], [])
    for study, design in enumerate(designs):
        arm = {t: effect[t] + tau / np.sqrt(2) * rng.standard_normal() for t in design}
        variance = {t: (se * rng.uniform(0.5, 1.5)) ** 2 / 2 for t in design}
        seen = {t: arm[t] + np.sqrt(variance[t]) * rng.standard_normal() for t in design}
        for i, a in enumerate(design):
            for b in design[i + 1 :]:
                for column, name in zip(rows[:3], (str(study), a, b), strict=True):
                    column.append(name)
                rows[3].append(float(seen[a] - seen[b]))
                rows[4].append(float(np.sqrt(variance[a] + variance[b])))
    return rows


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[str], list[str], list[str], list[float], list[float]]:
    """Five treatments, connected through A, with loops and studies of up to four arms."""
    more = draw(st.lists(st.sets(st.sampled_from("ABCDE"), min_size=2, max_size=4), min_size=2, max_size=8))
    designs = ["AB", "AC", "AD", "AE", *("".join(sorted(each)) for each in more)]
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    return contrasts(designs, dict(zip("ABCDE", rng.normal(0, 0.5, 5), strict=True)), rng)


def renamed(
    given: tuple[list[str], list[str], list[str], list[float], list[float]], names: dict[str, str]
) -> tuple[list[str], list[str], list[str], list[float], list[float]]:
    """Give the same network with other names of treatments, its rows backwards."""
    study, one, two, te, se = (column[::-1] for column in given)
    return study, [names[t] for t in one], [names[t] for t in two], te, se  # type: ignore[return-value, index]
