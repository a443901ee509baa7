"""Effects that are equal but for rounding give no precision that is not there. SYNTHETIC data."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from glabella.cli import main
from glabella.synthesis import (
    Design,
    cumulative,
    egger,
    leave_one_out,
    multiverse,
    pet_peese,
    pool,
    robust,
    trim_fill,
)
from tests.edges.attempts import attempt

#: 0.1 + 0.2 differs from 0.3 by one unit in the last place.
EQUAL = np.array([0.1 + 0.2, 0.3, 0.3, 0.3])
V = np.array([0.04, 0.05, 0.06, 0.03])
#: Values that lie on a line of the standard error.
ON_A_LINE = 0.3 + 1.1 * np.sqrt(V)


@pytest.mark.parametrize(
    "y",
    [EQUAL, EQUAL * 1e6, EQUAL * 1e-9, EQUAL - 0.3 + 1e6 / 3, -EQUAL],
    ids=["as is", "big", "small", "far", "neg"],
)
def test_equal_but_for_rounding_is_equal(y: Any) -> None:
    exactly = np.full(4, y[1])
    with pytest.raises(ValueError, match="equal") as plain:
        pool(exactly, V)
    with pytest.raises(ValueError, match="equal") as rounded:
        pool(y, V)
    assert str(rounded.value) == str(plain.value)


@pytest.mark.parametrize("kind", ["CR1", "CR2"])
def test_equal_effects_have_no_robust_standard_error(kind: Any) -> None:
    with pytest.raises(ValueError, match=r"zero|equal|exact"):
        robust(EQUAL, V, [1, 2, 3, 4], kind=kind)


@pytest.mark.parametrize("how", ["leave_one_out", "cumulative", "batch", "multiverse"])
def test_a_row_of_equal_effects_gives_its_reason(how: str) -> None:
    y = np.array([0.1 + 0.2, 0.3, 0.3, 0.9])
    if how == "multiverse":
        table = multiverse(y, V, {"which": {"all": [True] * 4, "equal": [True] * 3 + [False]}}).table()
        reason, p = table["reason"].to_list()[1], table["p_value"].to_list()[1]
        assert "equal" in reason
        assert p is None or np.isnan(p)
        return
    if how == "leave_one_out":
        fit, row = leave_one_out(y, V), 3
    elif how == "cumulative":
        fit, row = cumulative(y, V), 2
    else:
        present = np.array([[True, True, True, False], [True] * 4])
        fit, row = pool(np.where(present, y, np.nan), np.where(present, V, np.nan)), 0
    assert "equal" in fit.reason[row]
    assert np.isnan(fit.se[row]) or fit.se[row] > 0.01


def test_trim_and_fill_of_equal_effects_is_refused() -> None:
    with pytest.raises(ValueError, match="equal"):
        trim_fill(EQUAL, V)


@pytest.mark.parametrize("y", [EQUAL, ON_A_LINE], ids=["equal", "on a line"])
def test_a_regression_that_fits_exactly_has_no_test(y: Any) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        egger(y, V, model="lm")
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        pet_peese(y, V)


@pytest.mark.parametrize("kind", ["CR1", "CR2"])
@pytest.mark.parametrize("cluster", [[1, 2, 3, 4, 5, 5], [1, 2, 3, 4, 5, 6]], ids=["cluster", "studies"])
def test_a_coefficient_of_one_cluster_has_no_robust_standard_error(cluster: list[int], kind: Any) -> None:
    """The mean of a group that is one cluster: the estimating equations leave it no residual at all."""
    y, v = [0.1, 0.4, 0.8, 0.6, 0.3, 0.2], [0.04, 0.05, 0.09, 0.05, 0.03, 0.02]
    own = np.array([0, 0, 0, 0, 1, 1]) if cluster[-1] == 5 else np.array([0, 0, 0, 0, 0, 1])
    mods = Design(np.column_stack([1.0 - own, own]), ("the rest", "alone"))
    found, says = attempt(lambda: robust(y, v, cluster, mods=mods, kind=kind))
    assert "alone" in says or "zero" in says or (np.isnan(found.se[1]) and np.isnan(found.p_value[1]))


def test_an_exact_fit_of_moderators_is_not_called_equal_effects() -> None:
    """Effects of 0.7 + 0.1 dose are anything but equal."""
    dose = np.array([1.0, 2.0, 3.0, 5.0])
    with pytest.raises(ValueError, match=r"\w+ \w+") as found:
        pool(0.7 + 0.1 * dose, V, mods=dose)
    assert "effects all equal" not in str(found.value)


def test_the_command_says_so_in_a_line(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("yi,vi\n0.30000000000000004,0.04\n0.3,0.05\n0.3,0.06\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["pool", str(file)])
    assert done.exit_code == 2
    assert "equal" in done.stderr


@pytest.mark.parametrize(("by", "shift"), [(1e-12, 0.0), (1e9, 0.0), (1.0, 1e5)])
def test_effects_that_differ_are_not_taken_for_equal(by: float, shift: float) -> None:
    """A guard: in other units, or from another zero, the same data give the same standard error."""
    y = np.array([0.1, 0.4, 0.8, 0.6])
    found = pool(y * by + shift, V * by**2)
    assert found.se / by == pytest.approx(pool(y, V).se, rel=1e-5)
