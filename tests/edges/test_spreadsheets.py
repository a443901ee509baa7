"""Tables as spreadsheets save them are read right, or refused in one line. SYNTHETIC data."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glabella.cli import main

TABLES = {
    "pool": "yi,vi\n0.1,0.04\n0.4,0.05\n0.8,0.09\n",
    "bayes": "yi,vi\n0.1,0.04\n0.4,0.05\n0.8,0.09\n",
    "network": "studlab,treat1,treat2,te,se\n1,A,B,0.1,0.2\n2,A,B,0.4,0.2\n3,B,C,0.3,0.25\n",
}
OPTIONS = {"pool": [], "bayes": ["--tau-prior", "halfnormal:1"], "network": []}


def run(tmp_path: Path, command: str, content: bytes, *more: str) -> Any:
    file = tmp_path / "data.csv"
    file.write_bytes(content)
    done = CliRunner().invoke(main, [command, str(file), *OPTIONS[command], *more, "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done


def refused_in_a_line(done: Any) -> bool:
    lines = done.stderr.strip().splitlines()
    return done.exit_code == 2 and len(lines) == 1


def semicolons(text: str) -> str:
    return text.replace(",", ";").replace(".", ",")


def padded(text: str) -> str:
    return text.replace(",", " , ").replace("\n", " \n")


def upper(text: str) -> str:
    head, rest = text.split("\n", 1)
    return f"{head.upper()}\n{rest}"


FORMS: dict[str, Callable[[str], bytes]] = {
    "old Mac line ends": lambda text: text.replace("\n", "\r").encode(),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "semicolons and decimal commas": lambda text: semicolons(text).encode(),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "tabs and decimal commas": lambda text: text.replace(",", "\t").replace(".", ",").encode(),
    "stray spaces": lambda text: padded(text).encode(),
    "upper-case header": lambda text: upper(text).encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "empty lines at the end": lambda text: (text + "\n\n").encode(),
    "quoted decimal commas": lambda text: text.replace("0.4", '"0,4"').encode(),
}


@pytest.mark.parametrize("command", list(TABLES))
@pytest.mark.parametrize("form", list(FORMS))
def test_a_form_of_a_table_is_read_right_or_refused_in_a_line(tmp_path: Path, form: str, command: str) -> None:
    plain = json.loads(run(tmp_path, command, TABLES[command].encode()).stdout)
    done = run(tmp_path, command, FORMS[form](TABLES[command]))
    if done.exit_code == 0:
        assert json.loads(done.stdout) == plain
    else:
        assert refused_in_a_line(done), done.stderr
        # What one sees in the spreadsheet is a column and a row: a list of one long name is no help.
        assert not any(mark in done.stderr for mark in ("\\t", ";vi", ";treat1", "\\x00", "truncate_ragged_lines"))


@pytest.mark.parametrize("command", list(TABLES))
def test_a_header_alone_is_refused_in_a_line(tmp_path: Path, command: str) -> None:
    head = TABLES[command].split("\n", 1)[0]
    assert refused_in_a_line(run(tmp_path, command, f"{head}\n".encode()))


@pytest.mark.parametrize("command", list(TABLES))
@pytest.mark.parametrize("again", ["same name", "same name after a space"])
def test_two_columns_of_one_name_are_refused(tmp_path: Path, command: str, again: str) -> None:
    head, *rows = TABLES[command].strip().split("\n")
    last = head.rsplit(",", 1)[1]
    name = last if again == "same name" else f" {last}"
    text = "\n".join([f"{head},{name}", *(f"{row},9" for row in rows)])
    done = run(tmp_path, command, text.encode())
    assert refused_in_a_line(done)
    assert repr(last) in done.stderr


@pytest.mark.parametrize("command", ["pool", "bayes"])
def test_standard_errors_stand_in_for_variances(tmp_path: Path, command: str) -> None:
    plain = json.loads(run(tmp_path, command, TABLES[command].encode()).stdout)
    text = "yi,sei\n" + "".join(f"{y},{math.sqrt(v)!r}\n" for y, v in ((0.1, 0.04), (0.4, 0.05), (0.8, 0.09)))
    done = run(tmp_path, command, text.encode())
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    # With a flat mean there is no marginal likelihood to compare.
    one, other = (each["estimate"] if command == "pool" else each["mu"]["mean"] for each in (found, plain))
    assert one == pytest.approx(other, rel=1e-6)


def test_variances_that_contradict_the_standard_errors_beside_them_are_refused(tmp_path: Path) -> None:
    """0.05 is not the square of 9."""
    text = b"yi,vi,sei\n0.1,0.04,0.2\n0.4,0.05,9\n0.8,0.09,0.3\n"
    done = run(tmp_path, "pool", text)
    assert refused_in_a_line(done)
    assert "row 2" in done.stderr


@pytest.mark.parametrize("extra", ["ni", "ri", "mi", "m1i", "xi", "ti"])
@pytest.mark.parametrize("values", [("30", "74"), ("x", "y"), ("", "")], ids=["numbers", "words", "empty"])
def test_a_column_that_the_measure_does_not_need_is_no_matter(
    tmp_path: Path, extra: str, values: tuple[str, str]
) -> None:
    plain = "ai,n1i,ci,n2i\n9,15,2,15\n17,33,6,41\n"
    head, first, second, _ = plain.split("\n")
    text = f"{head},{extra}\n{first},{values[0]}\n{second},{values[1]}\n"
    done = run(tmp_path, "pool", text.encode(), "--measure", "OR")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(run(tmp_path, "pool", plain.encode(), "--measure", "OR").stdout)


def test_a_quotation_mark_that_is_never_closed_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, "pool", TABLES["pool"].replace("0.4", '"0.4').encode())
    assert refused_in_a_line(done)


def test_a_value_that_is_no_number_is_named_by_its_own_row(tmp_path: Path) -> None:
    """The word stands in row 2; row 1 is fine."""
    done = run(tmp_path, "pool", TABLES["pool"].replace("0.4", "nan").encode())
    assert refused_in_a_line(done)
    assert "row 2" in done.stderr
