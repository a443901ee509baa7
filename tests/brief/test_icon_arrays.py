"""People as icons: as many as there are, filled from the bottom left, and what stands below says the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.brief.icon_arrays import People, figure, people, svg, whole
from glabella.shown import Ledger, plain

SHARES = st.floats(0, 1)
OF = st.sampled_from([100, 1000])


def made(of: int, value: float | None, limits: tuple[float, float] | None) -> People:
    book = Ledger().under("x.", population="p", time_span="t", certainty="low", function="glabella.brief.count",
                          version="1", inputs=(), sources=())  # fmt: skip
    return people(book, "n", "people", value, limits, of, "95 % interval")


def drawn(it: People) -> dict[str, int]:
    """Count what is drawn in each fill, without asking the object that drew it."""
    found: dict[str, int] = {}
    for fill, path in re.findall(r'<path fill="(#\w+)"[^>]* d="([^"]*)"/>', svg(it)):
        found[fill] = path.count("M")
    return found


@given(OF, SHARES, st.floats(0, 1), st.floats(0, 1))
def test_icons_are_as_many_as_the_people(of: int, value: float, down: float, up: float) -> None:
    low, high = value * (1 - down), value + (1 - value) * up
    it = made(of, value, (low, high))
    assert sum(it.tones.values()) == sum(drawn(it).values()) == of
    assert min(it.tones.values()) >= 0
    count = it.count
    assert count is not None
    assert it.tones["dark"] <= count <= it.tones["dark"] + it.tones["pale"]


@given(OF, SHARES)
def test_both_ways_of_saying_it_are_all_the_people(of: int, value: float) -> None:
    it = made(of, value, None)
    assert it.claim.value is not None
    assert it.rest.value is not None
    said = [float(claim.number.replace(",", "")) for claim in (it.claim, it.rest)]
    assert sum(said) == pytest.approx(of, abs=1e-9)
    assert it.tones["dark"] == it.count == whole(it.claim.value)


@given(OF, SHARES, SHARES)
def test_where_one_of_several_may_be_meant_only_limits_are_said(of: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    it = made(of, None, (low, high))
    assert it.count is None
    assert (it.tones["dark"], it.tones["dark"] + it.tones["pale"]) == (whole(of * low), whole(of * high))
    caption = plain(figure(it, "x", "people", ("do", "do not")).caption)
    assert "not known" not in caption
    assert it.rest.low == of - whole(of * high)


def test_they_are_filled_from_the_bottom_left() -> None:
    dark = re.findall(r'<path fill="#0d4f63" d="([^"]*)"', svg(made(100, 0.12, None)))[0]
    places = [tuple(map(float, each)) for each in re.findall(r"M([\d.]+) ([\d.]+)", dark)]
    assert len(places) == 12
    bottom = max(y for _, y in places)
    assert [x for x, y in places if y == bottom] == sorted(x for x, y in places if y == bottom)
    assert sum(y == bottom for _, y in places) == 10
    assert min(x for x, y in places if y != bottom) == min(x for x, _ in places)


def test_the_caption_says_what_the_icons_show() -> None:
    it = made(100, 0.526, (0.444, 0.607))
    assert plain(figure(it, "x", "tablet", ("feel better", "do not"), "a hundred people").caption) == (
        "53 (44 to 61) of a hundred people feel better, 47 do not."
    )
    assert it.tones == {"dark": 44, "pale": 17, "empty": 39}


def test_less_than_one_is_not_written_as_nobody() -> None:
    it = made(1000, 0.0003, None)
    assert (it.claim.number, it.rest.number) == ("0.3", "999.7")
