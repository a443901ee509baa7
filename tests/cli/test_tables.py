"""Tables as they come from spreadsheets and other programs, by the commands that read them. SYNTHETIC data."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glabella.cli import main
from glabella.synthesis import effect_size, pool

COUNTS = "ai,n1i,ci,n2i\n0,20,2,21\n3,30,5,31\n0,40,0,41\n7,50,9,52\n"


def run(tmp_path: Path, text: str | bytes, *options: str, command: str = "pool") -> Any:
    file = tmp_path / "data.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return CliRunner().invoke(main, [command, str(file), *options])


def found(tmp_path: Path, text: str | bytes, *options: str) -> Any:
    done = run(tmp_path, text, *options, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", ["pool", "bayes"])
def test_the_scale_what_was_added_and_what_was_left_out_are_said(tmp_path: Path, command: str) -> None:
    prior = ["--tau-prior", "halfnormal:1"] if command == "bayes" else []
    done = run(tmp_path, COUNTS, "--measure", "OR", *prior, command=command)
    head = done.stdout.splitlines()[:3]
    assert head[0] == "Log odds ratio (OR)"
    assert head[1] == "0.5 added to each cell of 1 of 4 studies with an empty one (row 1)"
    assert head[2].startswith("1 of 4 studies left out")
    assert head[2].endswith("(row 3)")
    listed = json.loads(run(tmp_path, COUNTS, "--measure", "OR", *prior, "--json", command=command).stdout)
    assert listed["scale"] == head[0]
    assert listed["left_out"] == head[1:]


def test_a_half_for_the_variance_alone_is_said_to_be_that(tmp_path: Path) -> None:
    """The difference of risks is defined without events; its variance is not above 0."""
    said = run(tmp_path, COUNTS, "--measure", "RD").stdout
    assert "0.5 added to each cell of 2 of 4 studies with an empty one for the variance alone (rows 1, 3)" in said


def test_nothing_is_said_of_what_was_not_done(tmp_path: Path) -> None:
    text = "m1i,sd1i,n1i,m2i,sd2i,n2i\n1,2,20,2,2,20\n3,2,20,2,2,20\n"
    said = run(tmp_path, text, "--measure", "MD").stdout
    assert said.startswith("Mean difference (MD)\n\n")


def test_moderators_follow_the_studies_that_are_pooled(tmp_path: Path) -> None:
    """The third study has no event, and alone has the level z, which is then no level."""
    lines = COUNTS.strip().splitlines()
    text = "\n".join(f"{line},{g}" for line, g in zip(lines, ["g", "x", "x", "z", "y"], strict=True)) + "\n"
    fit = found(tmp_path, text, "--measure", "OR", "--mods", "~ g", "--method", "common", "--test", "z")
    assert fit["names"] == ["Intercept", "g[T.y]"]
    effects = effect_size("OR", ai=[0, 3, 7], n1i=[20, 30, 50], ci=[2, 5, 9], n2i=[21, 31, 52])
    own = pool(effects.yi, effects.vi, mods=[0, 0, 1], method="common", test="z")
    assert fit["estimate"] == pytest.approx(own.estimate.tolist())


@pytest.mark.parametrize(
    "text",
    [
        "yi;vi\n0,1;0,04\n0,4;0,05\n1;0,09\n",
        "sep=;\nyi;vi\n0,1;0,04\n0,4;0,05\n1;0,09\n",
        "yi\tvi\n0,1\t0,04\n0,4\t0,05\n1\t0,09\n",
        "\ufeff\n Yi , VI ,,\n0.1, 0.04 ,,\n0.4,0.05\n+1,.09,,\n,,,\n",
        'yi,vi,study\n0.1,0.04,"Aster\nand others"\n0.4,0.05,\'B\n1,0.09,C\n',
        "yi,sei\n0.1,0.2\n0.4,0.22360679774997896\n1,0.3\n",
        "yi,vi,sei\n0.1,0.04,0.2\n0.4,0.05,0.22\n1,0.09,0.3\n",
    ],
)
def test_one_table_in_many_forms(tmp_path: Path, text: str) -> None:
    own = pool([0.1, 0.4, 1.0], [0.04, 0.05, 0.09])
    assert found(tmp_path, text)["estimate"] == pytest.approx(own.estimate, rel=1e-9)


def test_a_minus_sign_of_print_is_one(tmp_path: Path) -> None:
    text = "yi,vi\n\N{MINUS SIGN}0.1,0.04\n0.4,0.05\n"
    assert found(tmp_path, text)["estimate"] == pytest.approx(pool([-0.1, 0.4], [0.04, 0.05]).estimate)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yi;vi\n0,1;0,04\n0.4;0,05\n", "'yi' holds '0.4' in row 2, expected a number with a decimal comma"),
        ("yi;vi;n\n0,1;0,04;1.200\n0.4;0,05;9\n", "'yi' holds '0.4' in row 2"),
        ("yi\tvi\n1,234\t1,500\n2,345\t1,700\n", "'yi' holds '1,234', and no number"),
        ("yi;vi\n1.234;1\n2.345;2\n", "'yi' holds '1.234', and no number"),
        ("yi,vi\n0,1,0,04\n0,4,0,05\n", "row 1 has 4 cells and the header 2"),
        ("yi,vi\n0.1,0.04\n0.4,0.05,7\n", "row 2 has 3 cells and the header 2"),
        ("yi,vi\n0.1,0.04\n0.4\n", "'vi' is empty in row 2"),
        ("yi,vi\n0.1,1_0\n0.4,1\n", "'vi' holds '1_0' in row 1"),
        ("yi,vi\n0.1,1\ninf,1\n", "'yi' holds 'inf' in row 2"),
        ("yi,vi\nNA,1\n1,1\n", "'yi' is empty in row 1"),
        ("yi,vi\n", "holds a header and no row"),
        ("", "holds nothing"),
        ("YI,vi,yI\n1,2,3\n", "'yi' may be 'YI' or 'yI'"),
        ("yi,sei\n0.1,0\n0.2,0.1\n", "'sei' holds 0 in row 1"),
        (b"yi,vi,n\xe9\n0.1,0.04,1\n", "byte 8 is no UTF-8"),
        ("yi,vi\n0.1,0.04\n".encode("utf-16-le"), "zero bytes"),
    ],
)
def test_what_cannot_be_told_is_refused_in_a_line(tmp_path: Path, text: str | bytes, says: str) -> None:
    done = run(tmp_path, text)
    assert done.exit_code == 2
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_point_is_decimal_where_another_number_tells_so(tmp_path: Path) -> None:
    """1.234 may be a thousand, but 0.5 is a half."""
    text = "yi;vi\n1.234;0.5\n2.345;1.500\n"
    assert found(tmp_path, text)["estimate"] == pytest.approx(pool([1.234, 2.345], [0.5, 1.5]).estimate)


def test_a_column_that_the_measure_needs_is_missed_beside_those_that_are_there(tmp_path: Path) -> None:
    done = run(tmp_path, "tpos,n1i,ci,n2i\n1,2,3,4\n", "--measure", "OR")
    assert "column 'ai' is missing; the file holds ['tpos', 'n1i', 'ci', 'n2i']" in done.stderr


MODERATED = "yi,vi,x\n0.1,0.04,{}\n0.4,0.05,{}\n0.5,0.05,{}\n0.9,0.05,{}\n"


@pytest.mark.parametrize(
    ("cells", "formula", "names"),
    [
        (("1", "2", "3.5", "4"), "~ x", ["Intercept", "x"]),
        (("NA", "a", "a", "NA"), "~ x", ["Intercept", "x[T.a]"]),
        (("true", "false", "true", "false"), "~ x", ["Intercept", "x[T.true]"]),
        (("10", "9", "9", "10"), "~ C(x)", ["Intercept", "C(x)[T.10]"]),
        (("1e5", "100000", "1e5", "100000"), "~ C(x)", ["Intercept", "C(x)[T.1e5]"]),
        (("10", "9", "8", "10"), "~ x + I(x**2)", ["Intercept", "x", "I(x ** 2)"]),
    ],
)
def test_moderators_are_numbers_or_names_as_written(
    tmp_path: Path, cells: tuple[str, ...], formula: str, names: list[str]
) -> None:
    text = MODERATED.format(*cells)
    assert found(tmp_path, text, "--mods", formula, "--method", "common", "--test", "z")["names"] == names


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (("1", "two", "3", "4"), "'x' holds 'two' in row 2 and numbers in others"),
        (("01", "1", "3", "4"), "one number as different names"),
        (("1", "", "3", "4"), "'x' is empty in row 2"),
        (("1", "NA", "3", "4"), "'x' is empty in row 2"),
        (("a", "b", "", "a"), "'x' is empty in row 3"),
        (("a", "a", "a", "a"), "x is 'a' in every row"),
    ],
)
def test_moderators_that_are_neither_are_refused(tmp_path: Path, cells: tuple[str, ...], says: str) -> None:
    done = run(tmp_path, MODERATED.format(*cells), "--mods", "~ x")
    assert done.exit_code == 2
    assert says in done.stderr
