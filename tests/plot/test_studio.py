"""Plots drawn in processes beside this one."""

from __future__ import annotations

from glabella.plot import Line, Plot, Studio, forest, in_turn


def _plots() -> list[Plot]:
    return [forest([Line(f"trial {place}", place / 10, place / 10 - 0.5, place / 10 + 0.5)]) for place in range(5)]


def test_a_studio_draws_what_is_drawn_in_turn_and_in_that_order() -> None:
    plots = _plots()
    alone = list(in_turn(plots))
    assert len(set(alone)) == len(plots)
    with Studio() as studio:
        assert list(studio.svgs(plots)) == alone
        assert list(studio.svgs(reversed(plots))) == alone[::-1]


def test_a_studio_that_is_not_used_closes() -> None:
    with Studio():
        pass
