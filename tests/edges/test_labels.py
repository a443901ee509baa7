"""A missing label is an error that names column and row; a label is never altered on the way in. SYNTHETIC."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from glabella.cli import main
from glabella.synthesis import (
    component_network,
    design,
    multiverse,
    network,
    network_mh,
    network_peto,
    pairwise,
    pool_multilevel,
    robust,
    sampling_covariance,
)
from tests.edges.attempts import attempt

#: Without its types, which ask for more than an array needs.
MA: Any = np.ma
Y, V = [0.1, 0.2, 0.5, 0.4], [0.1] * 4
STUDIES = ["1", "1", "2"]
ARMS = ["A", "B", "A"]
MISSING = [None, float("nan"), pd.NA, "", "  "]
CALLS: dict[str, Callable[[Any], Any]] = {
    "cluster": lambda x: robust(Y, V, ["a", "b", "c", x]),
    "cluster of a covariance": lambda x: sampling_covariance(V, ["a", "b", "b", x], 0.5),
    "study": lambda x: pool_multilevel(Y, V, clusters={"study": ["a", "a", "b", x]}),
    "outcome": lambda x: pool_multilevel(Y, V, clusters={"s": ["a", "a", "b", "b"]}, outcome=["x", "y", "x", x]),
    "studlab": lambda x: network(["1", "2", "3", x], ["A"] * 4, ["B"] * 4, Y, V),
    "treat1": lambda x: network(["1", "2", "3", "4"], ["A", "A", "A", x], ["B"] * 4, Y, V),
    "treat2": lambda x: component_network(["1", "2", "3", "4"], ["A+C", "A", "A", "A"], ["B", "B", "B", x], Y, V),
    "treat": lambda x: pairwise([*STUDIES, "2"], [*ARMS, x], measure="OR", events=[2, 3, 4, 5], n=[10] * 4),
    "treat of Peto": lambda x: network_peto([*STUDIES, "2"], [*ARMS, x], [2, 3, 4, 5], [10] * 4),
    "studlab of counts": lambda x: network_mh([*STUDIES, x], [*ARMS, "B"], [2, 3, 4, 5], [10] * 4),
    "g": lambda x: design("~ g", {"g": ["a", "b", "a", x]}),
    "study of a multiverse": lambda x: multiverse(
        Y, V, {"all": {"all": [True] * 4, "some": [True] * 3 + [False]}}, study=["a", "b", "c", x]
    ),
}


@pytest.mark.parametrize("missing", MISSING, ids=repr)
@pytest.mark.parametrize("column", list(CALLS))
def test_a_missing_label_is_named_by_column_and_row(column: str, missing: Any) -> None:
    with pytest.raises(ValueError, match="row 4") as found:
        CALLS[column](missing)
    assert re.search(rf"\b{column.split(maxsplit=1)[0]}\b", str(found.value))


@pytest.mark.parametrize("column", ["cluster", "studlab", "study", "outcome", "treat"])
def test_a_masked_label_is_a_missing_one(column: str) -> None:
    masked: Any = MA.array(["a", "b", "a", "c"], mask=[0, 0, 0, 1])
    calls: dict[str, Callable[[], Any]] = {
        "cluster": lambda: robust(Y, V, masked),
        "studlab": lambda: network(masked, ["A"] * 4, ["B"] * 4, Y, V),
        "study": lambda: pool_multilevel(Y, V, clusters={"study": masked}),
        "outcome": lambda: pool_multilevel(Y, V, clusters={"s": [1, 1, 2, 2]}, outcome=masked),
        "treat": lambda: pairwise(["1", "1", "2", "2"], masked, measure="OR", events=[2, 3, 4, 5], n=[10] * 4),
    }
    with pytest.raises(ValueError, match="row 4") as found:
        calls[column]()
    assert re.search(rf"\b{column}\b", str(found.value))


def test_true_and_one_are_two_labels_or_an_error() -> None:
    labels = np.array([1, True, "a", "b"], dtype=object)
    found, says = attempt(lambda: robust(Y, V, labels))
    assert "cluster" in says or found.n_clusters == 4


def run(tmp_path: Path, text: str, *options: str) -> Any:
    file = tmp_path / "data.csv"
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, [options[0], str(file), "--json", *options[1:]])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "names",
    [("7", "007", "07"), ("A", "B", "NA"), ("100000", "1e5", "1E5"), ("1", "1.0", "1.00")],
    ids=str,
)
def test_treatments_keep_their_names(tmp_path: Path, names: tuple[str, str, str]) -> None:
    a, b, c = names
    text = f"studlab,treat1,treat2,te,se\n1,{a},{b},0.1,0.2\n2,{a},{b},0.4,0.2\n3,{b},{c},0.3,0.2\n"
    assert sorted(run(tmp_path, text, "network")["treatments"]) == sorted(names)


def test_studies_keep_their_names(tmp_path: Path) -> None:
    """Two trials, 007 and 7, each compare A with B once."""
    text = "studlab,treat1,treat2,te,se\n007,A,B,0.1,0.2\n7,A,B,0.4,0.2\n3,B,C,0.3,0.2\n"
    assert run(tmp_path, text, "network")["k"] == 3


def test_groups_keep_their_names(tmp_path: Path) -> None:
    """Sites 01 and 1 are two groups: an intercept and one coefficient, the difference of their means."""
    text = "yi,vi,site\n0.1,0.04,01\n0.3,0.04,01\n0.8,0.04,1\n0.6,0.04,1\n"
    found = run(tmp_path, text, "pool", "--mods", "~ C(site)", "--method", "common", "--test", "z")
    assert len(found["names"]) == 2
    assert abs(found["estimate"][1]) == pytest.approx(0.5)
