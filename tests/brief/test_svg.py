"""Pictures and tables of claims are written short, and say the same."""

from __future__ import annotations

import re

from lxml import etree

from glabella.brief.render.claims import packed, unpacked
from glabella.brief.render.svg import smaller
from tests.brief.made_up import report

CLAIMS = report().claims
LINE = '<line transform="translate({},2)" x2="0" y2="-5" stroke="{}"{}/>'
BOX = '<path d="M{},0h3v{}h-3Z" fill="{}"{}/>'


def made(*shapes: str) -> list[str]:
    svg = smaller(f'<svg xmlns="http://www.w3.org/2000/svg"><g fill="none">{"".join(shapes)}</g></svg>')
    etree.fromstring(svg)
    return re.findall(r"<(?:path|line)[^>]*>", svg)


def test_lines_that_look_alike_are_one_path() -> None:
    shapes = [LINE.format(at, colour, "") for at, colour in ((1, "#888"), (2, "#888"), (3, "#999"))]
    assert made(*shapes) == ['<path d="M1,2l0,-5M2,2l0,-5" stroke="#888"/>', '<path d="M3,2l0,-5" stroke="#999"/>']


def test_boxes_that_look_alike_are_one_path_and_keep_their_order() -> None:
    shapes = [BOX.format(at, 5, colour, "") for at, colour in ((0, "#111"), (1, "#111"), (2, "red"), (3, "#111"))]
    assert made(*shapes) == [
        '<path d="M0,0h3v5h-3ZM1,0h3v5h-3Z" fill="#111"/>',
        '<path d="M2,0h3v5h-3Z" fill="red"/>',
        '<path d="M3,0h3v5h-3Z" fill="#111"/>',
    ]


def test_what_would_look_otherwise_stays_apart() -> None:
    for shape in (
        LINE.format(1, "#888", ' opacity="0.5"'),
        LINE.format(1, "#888", ' stroke-opacity="0.5"'),
        BOX.format(1, 5, "#111", ' stroke="#fff"'),  # a stroke would lie over the other's fill
        BOX.format(1, 5, "#111", ' fill-opacity="0.5"'),
        BOX.format(1, -5, "#111", ""),  # drawn the other way round, two that overlap would leave a hole
    ):
        assert made(shape, shape) == [shape, shape]


def test_a_label_that_many_claims_share_is_kept_once_and_read_again() -> None:
    data = packed(CLAIMS)
    labels = [label for (label,) in data["labels"]]
    assert sorted(labels) == sorted({claim.label for claim in CLAIMS})
    assert tuple(unpacked(data)) == CLAIMS


def test_claims_of_a_page_that_names_each_label_are_read() -> None:
    data = packed(CLAIMS)
    rows = [[row[0], data["labels"][row[1]][0], *row[2:]] for row in data["claims"]]
    older = {name: table for name, table in data.items() if name != "labels"} | {"claims": rows}
    assert tuple(unpacked(older)) == CLAIMS
