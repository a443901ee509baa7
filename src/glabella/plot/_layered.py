"""A layered layout from top to bottom: rows of boxes, and lines that run between texts, never over one.

Every link takes a place in each row that it passes, and its label is a box in one of them. So boxes of a row need
only stand apart for nothing to cover anything.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import numpy as np

from glabella.plot._canvas import text_width
from glabella.plot._check import Floats
from glabella.plot._network import _apart

#: Pixels between boxes of a row, between a line and its label, and of a line's height of text.
GAP, ASIDE, LINE = 10.0, 9.0, 13.0
#: Pixels around a node's name, and from a node to the end of a loop.
PAD, LOOP = 7.0, 26.0
_WRAPS = (26, 22, 19, 17, 15, 13, 11, 9, 1)
#: Steps of the search at most, and movement in pixels over a hundred of them at which it ends.
_STEPS, _STILL = 4000, 1e-3
#: Pixels between the ends of lines at a node's edge.
_PORTS = 30.0


@dataclass(slots=True)
class Box:
    """Something that takes a place in a row.

    ``left`` and ``right`` are its reach from the line that runs through it at ``x``; ``link`` is None for a node,
    and ``lines`` are empty where a link passes. Loops are texts beside a node.
    """

    row: int
    text: str = ""
    word: str = ""
    link: int | None = None
    loops: list[int] = field(default_factory=list)
    loop_texts: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    loop_lines: list[list[str]] = field(default_factory=list)
    left: float = 4.0
    right: float = 4.0
    height: float = 0.0
    x: float = 0.0
    #: Where the line of a link ends beside the middle of the node above or below.
    ports: dict[int, float] = field(default_factory=dict)

    def wrap(self, width: int, ports: int) -> None:
        """Break its texts after ``width`` characters and measure it."""
        if self.link is None:
            self.lines = _broken(self.text, width)
            half = max(max(map(text_width, self.lines)) / 2 + PAD, 9.0 * ports)
            self.left = self.right = half
            self.height = LINE * len(self.lines) + 10
            self.loop_lines = [[*_broken(text, width), word] for text, word in self.loop_texts]
            if self.loop_lines:
                self.right += LOOP + max(text_width(line) for lines in self.loop_lines for line in lines)
                self.height = max(self.height, sum(LINE * len(lines) + 4 for lines in self.loop_lines))
        elif self.text:
            self.lines = [*_broken(self.text, width), self.word]
            self.right = ASIDE + max(map(text_width, self.lines))
            self.height = LINE * len(self.lines) + 2

    @property
    def half(self) -> float:
        """Half the width of a node without its loops: it reaches as far to its left."""
        return self.left


@dataclass(slots=True)
class Layout:
    """Where everything stands: boxes of nodes by id, of each link from its begin to its end, and the rows."""

    nodes: dict[str, Box]
    chains: list[list[Box]]
    rows: list[list[Box]]
    width: float


def layered(nodes: Mapping[str, str], links: Sequence[tuple[str, str, str, str]], width: float) -> Layout:
    """Lay out nodes and links (begin, end, label, word) in at least ``width`` pixels.

    Raises
    ------
    ValueError
        If links go in a circle over more than one node.

    References
    ----------
    Sugiyama K, Tagawa S, Toda M. IEEE Trans Syst Man Cybern 1981;11:109-125.
    """
    rank = _ranks(nodes, links)
    boxes = {name: Box(2 * rank[name], text=text) for name, text in nodes.items()}
    rows: list[list[Box]] = [[] for _ in range(2 * max(rank.values()) + 1)]
    for name, box in boxes.items():
        rows[2 * rank[name]].append(box)
    chains: list[list[Box]] = [[] for _ in links]
    for i, (begin, end, text, word) in enumerate(links):
        if begin == end:
            boxes[begin].loops.append(i)
            boxes[begin].loop_texts.append((text, word))
        else:
            passing = [Box(row, link=i) for row in range(2 * rank[begin] + 1, 2 * rank[end])]
            chains[i] = [boxes[begin], *passing, boxes[end]]
            for box in passing:
                rows[box.row].append(box)
    _label(links, chains, rows)
    _order(rows, chains)
    wide = _measure(rows, chains, width)
    _ports(rows, chains)
    _place(rows, chains, wide)
    return Layout(boxes, chains, rows, wide)


def _ranks(nodes: Mapping[str, str], links: Sequence[tuple[str, str, str, str]]) -> dict[str, int]:
    """Give each node the length of the longest path that leads to it."""
    before: dict[str, list[str]] = {name: [] for name in nodes}
    for begin, end, *_ in links:
        if begin != end:
            before[end].append(begin)
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError as error:
        circle = " to ".join(reversed(error.args[1]))
        raise ValueError(f"links go in a circle: {circle}; expected links that lead on") from None
    rank: dict[str, int] = {}
    for name in order:
        rank[name] = max((rank[each] + 1 for each in before[name]), default=0)
    return rank


def _label(links: Sequence[tuple[str, str, str, str]], chains: list[list[Box]], rows: list[list[Box]]) -> None:
    """Give each link's label to the row between nodes with the fewest labels, the last of them."""
    taken = [0] * len(rows)
    for i in sorted(range(len(links)), key=lambda i: len(chains[i])):
        between = [box for box in chains[i] if box.row % 2]
        if between:
            chosen = min(between, key=lambda box: (taken[box.row], -box.row))
            chosen.text, chosen.word = links[i][2:]
            taken[chosen.row] += 1


def _neighbours(chains: list[list[Box]]) -> tuple[dict[int, list[Box]], dict[int, list[Box]]]:
    """Give, by the id of each box, the boxes above and below that lines join it with."""
    above: dict[int, list[Box]] = {}
    below: dict[int, list[Box]] = {}
    for chain in chains:
        for one, two in pairwise(chain):
            below.setdefault(id(one), []).append(two)
            above.setdefault(id(two), []).append(one)
    return above, below


def _order(rows: list[list[Box]], chains: list[list[Box]]) -> None:
    """Order rows by the means of their neighbours, down and up, and keep the order with the fewest crossings."""
    above, below = _neighbours(chains)
    best, fewest = [list(row) for row in rows], _crossings(rows, below)
    for sweep in range(16):
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            places = {id(box): place for each in rows for place, box in enumerate(each)}
            beside = above if down else below
            means = {
                id(box): float(np.mean([places[id(other)] for other in beside.get(id(box), [box])])) for box in row
            }
            row.sort(key=lambda box: means[id(box)])
        if (count := _crossings(rows, below)) < fewest:
            best, fewest = [list(row) for row in rows], count
    for row, ordered in zip(rows, best, strict=True):
        row[:] = ordered


def _crossings(rows: list[list[Box]], below: dict[int, list[Box]]) -> int:
    count = 0
    for one, two in pairwise(rows):
        places = {id(box): place for place, box in enumerate(two)}
        ends = [[places[id(other)] for other in below.get(id(box), [])] for box in one]
        for i, left in enumerate(ends):
            count += sum(a > b for right in ends[i + 1 :] for a in left for b in right)
    return count


def _measure(rows: list[list[Box]], chains: list[list[Box]], width: float) -> float:
    """Break the texts of each row so that it fits; give the width that then is needed."""
    ports: dict[int, list[int]] = {}
    for chain in chains:
        for end, place in ((0, 0), (-1, 1)) if chain else ():
            ports.setdefault(id(chain[end]), [0, 0])[place] += 1
    need = width
    for row in rows:
        for wrap in _WRAPS:
            for box in row:
                box.wrap(wrap, max(ports.get(id(box), [0])))
            wide = sum(box.left + box.right + GAP for box in row) - GAP
            if wide <= width:
                break
        need = max(need, wide)
    return need


def _ports(rows: list[list[Box]], chains: list[list[Box]]) -> None:
    """Let the lines of a node's edge begin and end apart, in the order of where they go."""
    order = {id(box): place for row in rows for place, box in enumerate(row)}
    for side, beside in ((0, 1), (-1, -2)):
        meeting: dict[int, list[list[Box]]] = {}
        for chain in chains:
            if chain:
                meeting.setdefault(id(chain[side]), []).append(chain)
        for group in meeting.values():
            group.sort(key=lambda chain: order[id(chain[beside])])
            step = min((2 * group[0][side].half - 8) / len(group), _PORTS)
            for place, chain in enumerate(group):
                chain[beside].ports[id(chain[side])] = step * (place - (len(group) - 1) / 2)


def _place(rows: list[list[Box]], chains: list[list[Box]], width: float) -> None:
    """Put boxes so that lines swerve as little as can be.

    The sum of the lines' distances across is made least under the boxes' distances, a linear programme, by the
    alternating direction method of multipliers: solvers take longer to import than a whole plot takes to draw.

    References
    ----------
    Boyd S, et al. Found Trends Mach Learn 2011;3:1-122.
    """
    boxes = [box for row in rows for box in row]
    number = {id(box): i for i, box in enumerate(boxes)}
    pieces = [piece for chain in chains for piece in pairwise(chain)]
    beside = [pair for row in rows for pair in pairwise(row)]
    eye = np.eye(len(boxes))

    def differences(pairs: Sequence[tuple[Box, Box]]) -> Floats:
        parts = [eye[number[id(two)]] - eye[number[id(one)]] for one, two in pairs]
        return np.array(parts).reshape(-1, len(boxes))

    matrix = np.vstack([differences(pieces), differences(beside), eye])
    k, gaps = len(pieces), len(beside)
    shift = np.array([one.ports.get(id(two), 0.0) - two.ports.get(id(one), 0.0) for one, two in pieces])
    weight = np.array([_straight(one, two) for one, two in pieces])
    low = [one.right + two.left + GAP for one, two in beside] + [box.left for box in boxes]
    high = [np.inf] * gaps + [width - box.right for box in boxes]
    # A light pull to the middle decides where nothing else does.
    pull = 1e-4
    solve = np.linalg.inv(matrix.T @ matrix + pull * eye)
    x = np.full(len(boxes), width / 2)
    z, dual = matrix @ x, np.zeros(len(matrix))
    before = x
    for step in range(_STEPS):
        if step % 100 == 99:
            if np.abs(x - before).max() < _STILL:
                break
            before = x
        x = solve @ (matrix.T @ (z - dual) + pull * width / 2)
        reached = matrix @ x + dual
        swerve = reached[:k] + shift
        z = np.concatenate([np.sign(swerve) * np.maximum(np.abs(swerve) - weight, 0) - shift,
                            np.clip(reached[k:], low, high)])  # fmt: skip
        dual = reached - z
    at = dict(zip(number, x, strict=True))
    for row in rows:
        left, right = np.array([box.left for box in row]), np.array([box.right for box in row])
        middle = np.array([at[id(box)] for box in row]) + (right - left) / 2
        found = _apart(middle + GAP / 2, left + right + GAP, width + GAP) - GAP / 2 - (right - left) / 2
        for box, place in zip(row, found, strict=True):
            # Whole pixels are the same on every machine.
            box.x = float(round(place))


def _straight(one: Box, two: Box) -> float:
    """Give what a swerve costs: most where a line passes rows, least where lines fan out, for there they bend."""
    passing = sum(box.link is not None and not box.text for box in (one, two))
    alone = one.ports.get(id(two), 0.0) == two.ports.get(id(one), 0.0) == 0
    return 1.0 + passing + 0.5 * alone


def _broken(text: str, width: int) -> list[str]:
    """Break at spaces alone."""
    return textwrap.wrap(text, max(width, 1), break_long_words=False, break_on_hyphens=False) or [text]
