"""Clean files damaged at random: every row comes back as it was, or is refused and counted; none is ever wrong.

The right answer is the clean file itself, which the reader never sees.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from glabella.safety.faers._layout import layout
from glabella.safety.faers._mend import EMBEDDED, Mender, Shape, Tally

TERMS = [
    b"Pain",
    b"Pain in extremity",
    b"Depression",
    b"Muscular weakness",
    b"Overdose",
    b"Crohn^s disease",
    b"Red eye",
]
THER = "primaryid dsg_drug_seq start_dt end_dt dur dur_cod"
DRUGS = [b"BOTOX", b"ASPIRIN 100", b"VITAMIN B", b"SERTRALINE HCL", b"DYSPORT", b"HEPARIN - LOCK"]
TEXTS = [b"", b"", b"UNK", b"100 units", b"1 TABLET, TWICE", b"50 MG/DAY"]
SMALL = [b"", b"MG", b"TABLET", b"QD", b"IU"]

Row = list[bytes]


def reactions(draw: random.Random, key: bytes, case: bytes) -> Row:
    return [key, case, draw.choice(TERMS), draw.choice([b"", b"", b"Pain"])]


def old_reactions(draw: random.Random, key: bytes, case: bytes) -> Row:
    del case
    return [key, draw.choice(TERMS)]


def drugs(draw: random.Random, key: bytes, case: bytes) -> Row:
    free = b"LOT%d" % draw.randrange(10**6) if draw.random() < 0.3 else b""
    head = [key, case, b"%d" % draw.randrange(1, 20), draw.choice([b"PS", b"C"]), draw.choice(DRUGS)]
    middle = [draw.choice(DRUGS), b"1", draw.choice([b"Oral", b""]), draw.choice(TEXTS), b"", b""]
    end = [draw.choice([b"Y", b"N", b""]), b"U", free, b"", draw.choice([b"", b"103000"])]
    amounts = [draw.choice([b"", b"50", b"100"]), draw.choice(SMALL), draw.choice(SMALL), draw.choice(SMALL)]
    return [*head, *middle, *end, *amounts]


def old_drugs(draw: random.Random, key: bytes, case: bytes) -> Row:
    del case
    head = [key, b"%d" % draw.randrange(10**9, 2 * 10**9), draw.choice([b"PS", b"C"]), draw.choice(DRUGS), b"1"]
    middle = [
        draw.choice([b"ORAL", b""]),
        draw.choice(TEXTS),
        draw.choice([b"Y", b""]),
        b"U",
        draw.choice([b"", b"L1"]),
    ]
    return [*head, *middle, b"", draw.choice([b"", b"19839"])]


def therapies(draw: random.Random, key: bytes, case: bytes) -> Row:
    dates = [b"%d" % draw.choice([2017, 201712, 20171203]), draw.choice([b"", b"20180101"])]
    return [key, case, b"%d" % draw.randrange(1, 20), *dates, draw.choice([b"", b"5"]), draw.choice([b"", b"DAY"])]


def old_therapies(draw: random.Random, key: bytes, case: bytes) -> Row:
    del case
    number = b"%d" % draw.randrange(1_004_680_000, 1_004_690_000)
    dates = [b"%d" % draw.choice([2003, 200307, 20030701]), draw.choice([b"", b"20030801"])]
    return [key, number, *dates, draw.choice([b"", b"5"]), draw.choice([b"", b"DAY"])]


def outcomes(draw: random.Random, key: bytes, case: bytes) -> Row:
    return [key, case, draw.choice([b"HO", b"OT", b"DE"])]


#: Each kind of file: its rows, its shape, and whether its rows end in a separator.
FILES: dict[str, tuple[Callable[[random.Random, bytes, bytes], Row], str, bool]] = {
    "reac": (reactions, "primaryid caseid pt drug_rec_act", False),
    "reac of 2013": (lambda *given: reactions(*given)[:3], "primaryid caseid pt", False),
    "reac of 2004": (old_reactions, "primaryid pt", True),
    "reac of 2004, open": (old_reactions, "primaryid pt", False),
    "drug": (drugs, " ".join(name for name in layout().tables["drug"].columns), False),
    "drug of 2004": (
        old_drugs,
        "primaryid drug_seq role_cod drugname val_vbm route dose_vbm dechal rechal lot_num exp_dt nda_num",
        True,
    ),
    "ther": (therapies, " ".join(name for name in layout().tables["ther"].columns), False),
    "ther of 2004": (old_therapies, THER, True),
    "ther of 2004, open": (old_therapies, THER, False),
    "outc of 2004": (lambda *given: outcomes(*given)[::2], "primaryid outc_cod", True),
    "outc": (outcomes, "primaryid caseid outc_cod", False),
}


def clean_file(draw: random.Random, kind: str) -> tuple[list[Row], Shape, bool]:
    make, columns, closed = FILES[kind]
    table = layout().tables[kind[:4]]
    names = columns.split()
    rows: list[Row] = []
    number = 4_200_000
    for _ in range(draw.randrange(6, 40)):
        number += draw.randrange(1, 5)
        case = b"%d" % number
        key = case + b"1" if "caseid" in names else case
        rows += [make(draw, key, case) for _ in range(draw.randrange(1, 4))]
    return rows, Shape(tuple(table.columns[name] for name in names), "caseid" in names), closed


Damaged = tuple[list[bytes], list[Row]]


def separator_inside(draw: random.Random, lines: list[bytes], rows: list[Row], shape: Shape, at: int) -> Damaged:
    texts = [column for column, value in enumerate(rows[at]) if shape.free(column) and len(value) > 1]
    if not texts:
        return lines, rows
    column = draw.choice(texts)
    value = rows[at][column]
    place = draw.randrange(1, len(value))
    whole = value[:place] + b"$" + value[place:]
    end = b"$" if lines[at].count(b"$") == shape.width else b""
    row = [*rows[at][:column], whole, *rows[at][column + 1 :]]
    return [*lines[:at], b"$".join(row) + end, *lines[at + 1 :]], [*rows[:at], row, *rows[at + 1 :]]


def broken(draw: random.Random, lines: list[bytes], rows: list[Row], shape: Shape, at: int) -> Damaged:
    del shape
    line = lines[at]
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        place = draw.randrange(len(line) + 1)
        spaces = [i for i in range(len(line)) if line[i : i + 1] == b" "]
        feed = draw.choice([b"\n", b"\n", b"\n\n", b"\r\n"])
        if spaces and draw.random() < 0.5:
            place = draw.choice(spaces)
            line = line[:place] + feed + line[place + 1 :]
        else:
            line = line[:place] + feed + line[place:]
    return [*lines[:at], line, *lines[at + 1 :]], rows


def run_together(draw: random.Random, lines: list[bytes], rows: list[Row], shape: Shape, at: int) -> Damaged:
    del shape
    last = at + draw.randrange(2, 6)
    return [*lines[:at], b"".join(lines[at:last]), *lines[last:]], rows


def separator_at_the_end(
    draw: random.Random, lines: list[bytes], rows: list[Row], shape: Shape, at: int
) -> Damaged:
    del draw, shape
    return [*lines[:at], lines[at] + b"$", *lines[at + 1 :]], rows


def separator_lost(draw: random.Random, lines: list[bytes], rows: list[Row], shape: Shape, at: int) -> Damaged:
    del shape
    places = [i for i, mark in enumerate(lines[at]) if mark == ord("$")]
    place = draw.choice(places)
    return [*lines[:at], lines[at][:place] + lines[at][place + 1 :], *lines[at + 1 :]], rows


def separator_doubled(draw: random.Random, lines: list[bytes], rows: list[Row], shape: Shape, at: int) -> Damaged:
    del shape
    places = [i for i, mark in enumerate(lines[at]) if mark == ord("$")]
    place = draw.choice(places)
    return [*lines[:at], lines[at][:place] + b"$" + lines[at][place:], *lines[at + 1 :]], rows


def cut_off(draw: random.Random, lines: list[bytes], rows: list[Row], shape: Shape, at: int) -> Damaged:
    # The half of the record that is left can be no row of the file.
    place = draw.randrange(lines[at].index(b"$") + 1)
    del shape
    return [*lines[:at], lines[at][:place], *lines[at + 1 :]], rows


def separator_in_a_number(
    draw: random.Random, lines: list[bytes], rows: list[Row], shape: Shape, at: int
) -> Damaged:
    # The number of a case or a key, of a drug, a date: none of them has a separator, so what is left is no row.
    numbers = [column for column, value in enumerate(rows[at]) if shape.numeric(column) and len(value) > 1]
    column = draw.choice(numbers)
    value = rows[at][column]
    place = draw.randrange(1, len(value))
    row = [*rows[at][:column], value[:place] + b"$" + value[place:], *rows[at][column + 1 :]]
    end = b"$" if lines[at].count(b"$") == shape.width else b""
    return [*lines[:at], b"$".join(row) + end, *lines[at + 1 :]], rows


DAMAGES = [
    separator_inside,
    separator_in_a_number,
    broken,
    run_together,
    separator_at_the_end,
    separator_lost,
    separator_doubled,
    cut_off,
]


def mended(text: bytes, shape: Shape, size: int | None = None) -> tuple[list[Row], Tally]:
    tally = Tally()
    mender = Mender(shape, tally)
    rows: list[Row] = []
    places = list(range(0, len(text), size)) if size else [0]
    carried = b""
    for place in places:
        data = carried + text[place : place + size if size else None]
        cut = data.rfind(b"\n") + 1
        data, carried = data[:cut], data[cut:]
        found = mender.mend(data, last=place == places[-1])
        lines = found.text.removesuffix(b"\n").split(b"\n") if found.text else []
        assert len(lines) == found.rows
        for line in lines:
            fields = line.split(b"$")
            assert len(fields) == shape.width + found.closed
            rows.append([value.replace(EMBEDDED, b"$") for value in fields[: shape.width]])
    assert not carried
    tally.kept = len(rows)
    assert tally.read + tally.added == tally.kept + tally.rejected.total()
    return rows, tally


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("kind", FILES)
def test_a_damaged_row_is_whole_again_or_refused(kind: str, damage: Callable[..., Damaged]) -> None:
    recovered = 0
    for seed in range(60):
        draw = random.Random(f"{kind} {damage.__name__} {seed}")
        rows, shape, closed = clean_file(draw, kind)
        lines = [b"$".join(row) + (b"$" if closed else b"") for row in rows]
        at = draw.randrange(len(lines) - 6)
        harmed, truth = damage(draw, lines, rows, shape, at)
        found, tally = mended(b"".join(line + b"\n" for line in harmed), shape)
        # Nothing that was not there; what was there comes once.
        wrong = Counter(map(tuple, found)) - Counter(map(tuple, truth))
        assert not wrong, (seed, harmed[max(0, at - 1) : at + 3], dict(wrong))
        missing = len(truth) - len(found)
        assert missing <= 8
        assert missing == 0 or tally.rejected.total() > 0
        recovered += missing == 0
    share = recovered / 60
    assert share >= {"run_together": 0.9, "separator_at_the_end": 0.4}.get(damage.__name__, 0.0), share


@pytest.mark.parametrize("end", [b"", b"$"])
@pytest.mark.parametrize(
    ("columns", "whole", "line"),
    [
        ("primaryid pt", b"%d$ASTHENIA", b"42$99271$ASTHENIA"),
        ("primaryid pt", b"%d$ASTHENIA", b"4299$271$ASTHENIA"),
        ("primaryid outc_cod", b"%d$HO", b"42$99271$HO"),
        ("primaryid rpsr_cod", b"%d$HP", b"429927$1$HP"),
        (THER, b"%d$1004680001$20030601$20030701$$", b"4299271$100468$1090$20030701$$$"),
        (THER, b"%d$1004680001$20030601$20030701$$", b"4299271$1004681090$2003$0701$$$"),
        (THER, b"%d$1004680001$2003$$$", b"4299271$1004681090$2003$0701$$$"),
        (THER, b"%d$1004680001$20030601$20030701$$", b"42992$71$1004681090$20030701$$$"),
    ],
)
def test_a_number_cut_by_a_separator_makes_no_record(columns: str, whole: bytes, line: bytes, end: bytes) -> None:
    names = columns.split()
    table = {"pt": "reac", "outc_cod": "outc", "rpsr_cod": "rpsr", "dur_cod": "ther"}[names[-1]]
    shape = Shape(tuple(layout().tables[table].columns[name] for name in names), case_second=False)
    lines = [whole % number + end for number in range(4_299_201, 4_299_221)]
    found, tally = mended(b"\n".join([*lines[:10], line + end, *lines[10:], b""]), shape)
    assert [b"$".join(row) + end for row in found] == lines
    assert tally.rejected.total() == 1


@pytest.mark.parametrize("kind", FILES)
def test_several_damages_in_one_file(kind: str) -> None:
    for seed in range(40):
        draw = random.Random(f"{kind} {seed}")
        rows, shape, closed = clean_file(draw, kind)
        lines = [b"$".join(row) + (b"$" if closed else b"") for row in rows]
        at = len(lines) - 7
        while at > 0:
            lines, rows = draw.choice(DAMAGES)(draw, lines, rows, shape, at)
            at -= draw.randrange(8, 14)
        text = b"".join(line + b"\n" for line in lines)
        found, _ = mended(text, shape)
        wrong = Counter(map(tuple, found)) - Counter(map(tuple, rows))
        assert not wrong, (seed, dict(wrong))
        # Where the pieces of a file end changes what is known of it, never a row.
        pieces, _ = mended(text, shape, draw.randrange(600, 1200))
        wrong = Counter(map(tuple, pieces)) - Counter(map(tuple, rows))
        assert not wrong, (seed, dict(wrong))
