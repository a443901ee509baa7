"""Formulas, moderators and labels: right designs, and refusals by name. SYNTHETIC data."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from glabella.plot import baujat, network_graph
from glabella.synthesis import (
    HalfNormal,
    Normal,
    bayes_network,
    bayes_regression,
    design,
    leave_one_out,
    multiverse,
    network,
    pool,
    pool_multilevel,
    robust,
    shared_control_covariance,
)

#: Without its types, which ask for more than an array needs.
MA: Any = np.ma
Y, V = [0.1, 0.4, 0.8, 0.6], [0.04, 0.05, 0.09, 0.05]
DATA: dict[str, Any] = {"dose": [1.0, 2.0, 4.0, 8.0], "arm": ["b", "a", "b", "a"], "flat": [3, 3, 3, 3]}


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("~ exit()", "'exit' is neither a column nor a function"),
        ("~ np.nothing(dose)", "cannot be computed"),
        ("~ log(-dose)", "cannot be computed"),
        ("~ doze", "'doze' is neither a column"),
        ("~ frame", "'frame' is neither a column"),
        ("~ dose == 1", "cannot be read at '=='"),
        ("~ dose:", "cannot be read at ':'"),
        ("~ x ~ y", "cannot be read"),
        ("dose ~ dose ~ dose", "cannot be read"),
        ("log(dose) ~ arm", "left side"),
        (None, "formula is None"),
    ],
)
def test_formulas_that_cannot_be_used(formula: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("(", r"\(").replace(")", r"\)")) as found:
        design(formula, DATA)
    assert "\n" not in str(found.value)


def test_columns_that_a_formula_does_not_need_are_no_matter() -> None:
    assert design("~ dose", DATA | {"note": [None, "x", float("nan"), "y"], "short": [1]}).names[1] == "dose"
    with pytest.raises(ValueError, match="differ in length"):
        design("~ dose + short", {**DATA, "short": [1]})


def test_the_dot_stands_for_all_columns() -> None:
    assert design("~ .", {"a": [1, 2], "b": [3, 5]}).names == ("Intercept", "a", "b")


@pytest.mark.parametrize(
    ("mods", "says"),
    [
        ("~ arm", r"mods is the text '~ arm', expected numbers or design\('~ arm', data\)"),
        (pd.Series(DATA["arm"]), r"mods holds 'b', expected numbers, or design\("),
        (pd.DataFrame(DATA)[["dose", "arm"]], r"mods holds 'b', expected numbers, or design\("),
        (pd.Categorical(DATA["arm"]), r"mods holds 'b'"),
        (pl.Series(DATA["arm"]), r"mods holds 'b'"),
        (np.array(DATA["arm"]), r"mods holds 'b'"),
        ([7, 7, 7, 7], r"mods1 is 7 in every study \(k = 4, 2 coefficients\)"),
        ([[1, 2], [2, 4], [3, 6], [4, 8]], r"mods2 follows from the columns before it"),
        (design("~ dose + flat + I(dose * 2)", DATA), r"flat is 3 in every study; I\(dose \* 2\) follows"),
        (np.arange(16).reshape(4, 4), r"5 coefficients for 4 studies \(Intercept, mods1, mods2, mods3, mods4\)"),
    ],
)
def test_moderators_that_cannot_be_used(mods: Any, says: str) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: pool(Y, V, mods=mods, method="common", test="z"),
        lambda: robust(Y, V, [1, 2, 3, 4], mods=mods),
        lambda: bayes_regression(Y, V, mods, tau_prior=HalfNormal(1)),
    ]
    for call in calls:
        with pytest.raises(
            ValueError, match=says.replace(r"coefficients\)", "coefficients").replace("ts for", "ts.* for")
        ):
            call()


def test_priors_make_up_for_columns_that_the_data_cannot_tell_apart() -> None:
    fit = bayes_regression(Y, V, [7, 7, 7, 7], tau_prior=HalfNormal(1), beta_prior=Normal(0, 1))
    assert np.isfinite(fit.coefficients.mean).all()


def test_rows_of_a_batch_with_too_few_studies_are_flagged_each() -> None:
    x = np.random.default_rng(1).normal(size=(2, 2, 3))
    fit = pool(np.array([Y[:2]] * 2), np.array([V[:2]] * 2), mods=x)
    assert np.isnan(fit.estimate).all()
    assert all(fit.reason)


def test_rows_of_a_batch_without_a_study_too_many_are_flagged_each() -> None:
    """Four studies and four coefficients: without any study there are too few."""
    fit = leave_one_out(Y, V, mods=np.random.default_rng(1).normal(size=(4, 3)))
    assert np.isnan(fit.estimate).all()


LABELS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "shared control": (
        "cluster",
        lambda x: shared_control_covariance("MD", V, [1, 1, 2, x], sd2i=[2, 2, 3, 3], n2i=[20, 20, 30, 30]),
    ),
    "multilevel": ("cluster 'site'", lambda x: pool_multilevel(Y, V, clusters={"site": [1, 1, 2, x]})),
    "network": ("treat2", lambda x: network([1, 2, 3, 4], ["A"] * 4, ["B", "B", "B", x], Y, V)),
    "bayes_network": (
        "treat",
        lambda x: bayes_network(
            [1, 1, 2, 2], ["A", "B", "A", x], [1] * 4, [9] * 4, reference="A", tau_prior=HalfNormal(1)
        ),
    ),
    "multiverse": ("study", lambda x: multiverse(Y, V, {"a": {"b": [1] * 4}}, study=[1, 2, 3, x])),
    "design": ("arm", lambda x: design("~ arm", {"arm": ["a", "b", "a", x]})),
    "network graph": ("treat1", lambda x: network_graph(list("1234"), ["A", "A", "A", x], ["B"] * 4)),
}


@pytest.mark.parametrize(
    "missing", [None, np.nan, pd.NA, pd.NaT, np.datetime64("NaT"), np.ma.masked, "", " \t"], ids=repr
)
@pytest.mark.parametrize("call", list(LABELS))
def test_a_missing_label_is_named(call: str, missing: Any) -> None:
    name, made = LABELS[call]
    with pytest.raises(ValueError, match=f"{name} is missing in row 4"):
        made(missing)


def test_a_missing_label_of_a_plot_is_named_and_an_empty_one_is_none() -> None:
    with pytest.raises(ValueError, match="labels is missing in row 2"):
        baujat([1, 2], [1, 2], labels=["A", None])  # type: ignore[list-item]
    assert baujat([1, 2], [1, 2], labels=["A", ""])


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["2020-01-01", None], dtype="datetime64[ns]"),
        pd.Series([1, None], dtype="Int64"),
        pd.Categorical(["a", None]),
        pl.Series(["a", None]),
        pl.Series([1, None]),
    ],
    ids=str,
)
def test_columns_of_other_packages_say_what_is_missing(column: Any) -> None:
    with pytest.raises(ValueError, match="cluster is missing in row 2"):
        robust(Y[:2], V[:2], column)


def test_a_number_is_one_label_however_it_is_kept() -> None:
    """Of pandas, a column of whole numbers becomes one of floats when a row without one is dropped."""
    found = network(np.array([1.0, 2.0, 3.0]), np.array([1, 1.0, "1"], dtype=object), ["B"] * 3, Y[:3], V[:3])
    assert found.treatments == ("1", "B")
    assert found.structure.studies == ("1", "2", "3")
    assert robust(Y, V, np.array([1, "1", 2.0, 2], dtype=object)).n_clusters == 2


@pytest.mark.parametrize("weeks", [[10, 9, 9.5], ["10", "9", "9.5"]], ids=str)
def test_outcomes_are_in_the_order_of_numbers_where_they_are_numbers(weeks: list[Any]) -> None:
    """Autoregression counts the steps between them."""
    fit = pool_multilevel(
        np.sin(np.arange(12)), [0.04] * 12, clusters={"study": np.repeat([1, 2, 3, 4], 3)}, outcome=weeks * 4,
        struct="HCS",
    )  # fmt: skip
    assert [name.split()[-1].strip("()[]") for name in fit.components] == ["9", "9.5", "10"]


@pytest.mark.parametrize(
    ("mask", "says"),
    [
        (["True", "False", "True", "True"], "'True' in row 1"),
        ([True, None, True, True], "missing in row 2"),
        (MA.array([1, 1, 1, 0], mask=[0, 0, 1, 0]), "missing in row 3"),
        (pd.array([True, False, pd.NA, True]), "missing in row 3"),
        ([0, 1, 2, 3], "2 in row 3"),
        ([0.5, 1, 1, 1], "0.5 in row 1"),
    ],
    ids=str,
)
def test_masks_hold_true_and_false(mask: Any, says: str) -> None:
    with pytest.raises(ValueError, match=f"choice 'week', option 'six' is {says}"):
        multiverse(Y, V, {"week": {"six": mask}})


@pytest.mark.parametrize(
    "mask",
    [[1, 1, 0, 1], [1.0, 1, 0, 1], np.array([1, 1, 0, 1], dtype=bool), pd.Series([True, True, False, True])],
    ids=repr,
)
def test_masks_of_ones_are_taken(mask: Any) -> None:
    assert multiverse(Y, V, {"week": {"six": mask}}).k.tolist() == [3]


def test_names_that_differ_by_capitals_or_spaces_alone_are_refused() -> None:
    names = ["Placebo", "placebo", "to xin", "toxin ", "other"]
    with pytest.raises(ValueError, match=r"treatments .*'Placebo' and 'placebo', 'to xin' and 'toxin '"):
        network(["1", "2", "3", "4"], names[:4], names[1:], Y, V, method="common")
    with pytest.raises(ValueError, match=r"studies .*'Lee' and 'lee'"):
        network(["Lee", "lee"], ["a", "a"], ["b", "b"], Y[:2], V[:2])
