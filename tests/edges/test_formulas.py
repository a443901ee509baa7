"""A formula or moderators that cannot be used are refused in plain words, by name or number. SYNTHETIC data."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from click.testing import CliRunner

from glabella.cli import main
from glabella.synthesis import (
    Design,
    HalfNormal,
    bayes_regression,
    design,
    influence,
    leave_one_out,
    permutation_test,
    pool,
    pool_multilevel,
    robust,
)
from tests.edges.attempts import attempt

Y, V = [0.1, 0.4, 0.8, 0.6, 0.3], [0.04, 0.05, 0.09, 0.05, 0.03]
DATA: dict[str, Any] = {
    "yi": Y,
    "vi": V,
    "dose": [1.0, 2.0, 3.0, 4.0, 5.0],
    "group": list("aabbb"),
    "half": list("xxyyy"),
    "flat": [7.0] * 5,
}
#: Words of NumPy, pandas and the formula reader, and the marks of a terminal's colours.
FOREIGN = re.compile(
    r"broadcast|inhomogeneous|dimensions|out of bounds|setting an array|structure @|context marker|\x1b|⧛|ufunc"
)
BROKEN = {
    "yi ~ dose": r"yi|left|~",
    "~ dose | group": r"\|",
    "~ dose +": r"dose \+",
    "~ (dose": r"\(dose",
    "~ dose @ group": r"@",
    "~ C(group": r"C\(group",
    "~ 0": r"0|intercept|column|coefficient|term",
    "~ flat": r"flat",
    "~ group * half": r"half",
    "~ dose + I(dose**2) + I(dose**3) + I(dose**4) + group": r"6.*5|5.*6",
}


@pytest.mark.parametrize("formula", list(BROKEN))
def test_a_broken_formula_is_refused_in_plain_words(formula: str) -> None:
    with pytest.raises(ValueError, match=BROKEN[formula]) as found:
        pool(Y, V, mods=design(formula, DATA))
    assert not FOREIGN.search(str(found.value))
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("command", [["pool"], ["bayes", "--tau-prior", "halfnormal:1"]], ids=str)
@pytest.mark.parametrize("formula", list(BROKEN))
def test_the_command_says_it_in_one_line(tmp_path: Path, formula: str, command: list[str]) -> None:
    file = tmp_path / "data.csv"
    file.write_text(pl.DataFrame(DATA).write_csv(), encoding="utf-8")
    done = CliRunner().invoke(main, [*command, str(file), "--mods", formula])
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert not FOREIGN.search(done.stderr)


TOO_FEW: dict[str, Callable[[Any, Any, Any], Any]] = {
    "pool": lambda y, v, x: pool(y, v, mods=x),
    "pool, common effect": lambda y, v, x: pool(y, v, mods=x, method="common", test="z"),
    "leave_one_out": lambda y, v, x: leave_one_out(y, v, mods=x),
    "permutation_test": lambda y, v, x: permutation_test(y, v, mods=x),
    "robust": lambda y, v, x: robust(y, v, range(len(y)), mods=x),
    "influence": lambda y, v, x: influence(y, v, mods=x),
    "pool_multilevel": lambda y, v, x: pool_multilevel(y, v, clusters={"study": range(len(y))}, mods=x),
    "bayes_regression": lambda y, v, x: bayes_regression(y, v, x, tau_prior=HalfNormal(1)),
}


@pytest.mark.parametrize("call", list(TOO_FEW))
@pytest.mark.parametrize("k", [1, 2, 3])
def test_fewer_studies_than_coefficients_are_refused_in_plain_words(call: str, k: int) -> None:
    """Four coefficients: the intercept and three moderators."""
    x = np.array([[1.0, 2.0, 5.0], [3.0, 5.0, 1.0], [2.0, 2.0, 9.0]])[:k]
    with pytest.raises(ValueError, match=r"stud|effect|coefficient|moderator|k is|k =") as found:
        TOO_FEW[call](Y[:k], V[:k], x)
    assert not FOREIGN.search(str(found.value))


def test_one_study_with_a_moderator_is_refused_in_plain_words() -> None:
    with pytest.raises(ValueError, match=r"k = 1|1 stud|one study|1 effect") as found:
        pool([0.2], [0.1], mods=[1.0], method="common", test="z")
    assert not FOREIGN.search(str(found.value))


def test_a_study_that_alone_tells_a_coefficient_has_no_influence_on_it_to_show() -> None:
    """Without the last study the moderator is constant, so that what it changes cannot be computed."""
    found, says = attempt(lambda: influence(Y, V, mods=[0, 0, 0, 0, 1.0]))
    assert not FOREIGN.search(says)
    if says:
        return
    assert np.isnan(found.rstudent[-1])
    assert np.isfinite(found.rstudent[:-1]).all()


#: Third level first, as their owner ordered them.
ORDER = ["low", "high", "a"]
LEVELS = ["a", "low", "high", "a", "low"]
CATEGORICALS: dict[str, Any] = {
    "pandas": pd.DataFrame({"g": pd.Categorical(LEVELS, categories=ORDER)}),
    "pandas, ordered": pd.DataFrame({"g": pd.Categorical(LEVELS, categories=ORDER, ordered=True)}),
    "pandas in a dict": {"g": pd.Categorical(LEVELS, categories=ORDER)},
    "pandas series": {"g": pd.Series(pd.Categorical(LEVELS, categories=ORDER))},
    "polars": pl.DataFrame({"g": pl.Series(LEVELS, dtype=pl.Enum(ORDER))}),
    "polars series": {"g": pl.Series(LEVELS, dtype=pl.Enum(ORDER))},
}


@pytest.mark.parametrize("kind", list(CATEGORICALS))
def test_the_first_level_of_a_categorical_is_the_reference(kind: str) -> None:
    found = design("~ g", CATEGORICALS[kind])
    assert [re.sub(r".*\[(T\.)?|\]", "", name) for name in found.names] == ["Intercept", "high", "a"]
    assert found.matrix[:, 1].tolist() == [0, 0, 1, 0, 0]
    assert found.matrix[:, 2].tolist() == [1, 0, 0, 1, 0]


#: Through the origin: a study without a dose has no effect.
ORIGIN = design("~ dose - 1", DATA)


@pytest.mark.parametrize("options", [{}, {"test": "z"}, {"prediction": "hts"}, {"method": "DL"}], ids=str)
def test_a_slope_through_the_origin_predicts_no_further_study(options: dict[str, Any]) -> None:
    found = pool(Y, V, mods=ORIGIN, **options)
    assert np.isnan(found.pi_low)
    assert np.isnan(found.pi_high)


def test_a_slope_through_the_origin_predicts_nothing_in_a_batch() -> None:
    assert np.isnan(leave_one_out(Y, V, mods=ORIGIN).pi_low).all()


def test_the_command_prints_no_prediction_of_a_slope(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text(pl.DataFrame(DATA).write_csv(), encoding="utf-8")
    done = CliRunner().invoke(main, ["pool", str(file), "--mods", "~ dose - 1", "--json"])
    assert '"pi_low": null' in done.stdout


def test_equal_effects_are_no_reason_against_a_slope() -> None:
    """Effects of 0.2 dose lie on the slope and differ; that they are equal is no ground to refuse."""
    dose = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    with pytest.raises(ValueError, match=r"\w+ \w+") as found:
        pool(0.2 * dose, V, mods=Design(dose[:, None], ("dose",)))
    assert "effects all equal" not in str(found.value)
