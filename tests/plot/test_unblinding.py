"""The effect over an assumed bias: as many marks as data, the same bytes each time, and wrong input refused."""

import numpy as np
import pytest

from glabella.plot import unblinding

BIAS = np.linspace(0, -0.6, 13)
DRAWN = (BIAS, -0.6 - BIAS, -1.2 - BIAS, 0.0 - BIAS)


def test_it_draws_what_it_was_given() -> None:
    plot = unblinding(*DRAWN, marks=[-0.2, -0.5], labels=["A", "B"], title="left")
    assert [row["bias"] for row in plot.spec["data"]["values"]] == pytest.approx(BIAS.tolist())
    svg = plot.svg()
    assert svg == unblinding(*DRAWN, marks=[-0.2, -0.5], labels=["A", "B"], title="left").svg()
    assert ">A</text>" in svg
    assert ">B</text>" in svg
    # A bias below zero is larger to the right.
    x = plot.spec["layer"][0]["encoding"]["x"]
    assert x["scale"]["reverse"]
    assert not unblinding(-BIAS, *DRAWN[1:]).spec["layer"][0]["encoding"]["x"]["scale"]["reverse"]


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="estimate"):
        unblinding(BIAS, BIAS[:3], BIAS, BIAS)
    with pytest.raises(ValueError, match="labels"):
        unblinding(*DRAWN, marks=[-0.2], labels=["A", "B"])
