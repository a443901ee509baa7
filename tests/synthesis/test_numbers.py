"""Numbers as they come in: masked and missing ones, text, what cannot be, and names of one method."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from glabella.synthesis import (
    HalfNormal,
    LogT,
    Normal,
    Uniform,
    bayes,
    bayes_regression,
    cumulative,
    effect_size,
    egger,
    gosh,
    influence,
    leave_one_out,
    model_average,
    multiverse,
    network,
    pet_peese,
    pool,
    pool_glmm,
    pool_mh,
    pool_multilevel,
    rank_test,
    robust,
    sampling_covariance,
    selection_model,
    trim_fill,
)
from glabella.synthesis._numbers import numbers

NAN = float("nan")
masked_array: Any = np.ma.array
MASKED = masked_array([0.1, 0.4, 0.8, 99.0], mask=[0, 0, 0, 1])
VARIANCES = masked_array([0.04, 0.05, 0.09, 0.01], mask=[0, 0, 0, 1])
PRIOR = HalfNormal(0.5)

WAYS: dict[str, Any] = {
    "pool": pool,
    "leave_one_out": leave_one_out,
    "cumulative": cumulative,
    "influence": influence,
    "gosh": gosh,
    "egger": egger,
    "rank_test": rank_test,
    "trim_fill": trim_fill,
    "pet_peese": pet_peese,
    "selection_model": selection_model,
    "robust": lambda y, v: robust(y, v, [1, 2, 3, 4]),
    "pool_multilevel": lambda y, v: pool_multilevel(y, v, clusters={"study": [1, 1, 2, 2], "row": range(4)}),
    "sampling_covariance": lambda _, v: sampling_covariance(v, [1, 1, 2, 2], 0.5),
    "bayes": lambda y, v: bayes(y, v, tau_prior=PRIOR),
    "bayes_regression": lambda y, v: bayes_regression(y, v, [1, 2, 3, 4], tau_prior=PRIOR),
    "model_average": lambda y, v: model_average(y, v, effect_prior=Normal(0, 1), tau_prior=PRIOR, bias_models=()),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["masked", "pandas", "None"])
def test_what_is_masked_or_missing_is_named_not_taken(way: str, kind: str) -> None:
    y: Any = MASKED
    v: Any = VARIANCES
    if kind == "pandas":
        y, v = (pd.Series([*each[:3], pd.NA], dtype="Float64") for each in (y, v))
    elif kind == "None":
        y, v = ([*each[:3].tolist(), None] for each in (y, v))
    with pytest.raises(ValueError, match="row 4"):
        WAYS[way](y, v)


def test_in_a_batch_what_is_masked_is_absent() -> None:
    alone = pool([0.1, 0.4, 0.8], [0.04, 0.05, 0.09]).estimate
    batches: list[Any] = [MASKED[None], [MASKED], MASKED.astype(object)[None]]
    variances: list[Any] = [VARIANCES[None], [VARIANCES], VARIANCES.astype(object)[None]]
    for y, v in zip(batches, variances, strict=True):
        fit = pool(y, v)
        assert fit.k.tolist() == [3]
        assert fit.estimate == pytest.approx([alone])
    assert bayes(MASKED[None], VARIANCES[None], tau_prior=PRIOR).k.tolist() == [3]
    # Masked in one of the two: a row that cannot be.
    assert "not finite" in pool(MASKED[None], VARIANCES.data[None]).reason[0]


def test_counts_and_moderators_that_are_missing_are_named() -> None:
    ai: Any = masked_array([1, 999], mask=[0, 1])
    for way in (lambda: effect_size("OR", ai=ai, n1i=[9, 1000], ci=[1, 2], n2i=[9, 9]),
                lambda: pool_mh("OR", ai=ai, n1i=[9, 1000], ci=[1, 2], n2i=[9, 9]),
                lambda: pool_glmm("OR", ai=ai, n1i=[9, 1000], ci=[1, 2], n2i=[9, 9])):  # fmt: skip
        with pytest.raises(ValueError, match=r"ai.* nan in row 2"):
            way()
    with pytest.raises(ValueError, match="moderator mods1 is nan in row 4"):
        pool([0.1, 0.2, 0.3, 0.5], [0.1] * 4, mods=masked_array([1, 2, 3, 4], mask=[0, 0, 0, 1]))
    te, se = masked_array([0.1, 9.0, 0.3], mask=[0, 1, 0]), [0.1, 0.1, 0.1]
    with pytest.raises(ValueError, match="nan"):
        network(["1", "2", "3"], ["a", "b", "a"], ["b", "c", "c"], te, se)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2.5], [1, 2.5]),
        (np.array([True, False]), [1, 0]),
        (pl.Series([1, None]), [1, NAN]),
        (pd.Series([1, pd.NA], dtype="Int64"), [1, NAN]),
        (pd.Series([1, pd.NA, None], dtype=object), [1, NAN, NAN]),
        ([1, np.ma.masked], [1, NAN]),
        (masked_array([1, 2], mask=[0, 1]), [1, NAN]),
        (masked_array([1, 2], mask=False), [1, 2]),
        (masked_array(["x", 2], mask=[1, 0], dtype=object), [NAN, 2]),
        ([], []),
        (np.float32(1.5), 1.5),
    ],
)
def test_numbers_are_read_and_missing_ones_marked(values: Any, expected: Any) -> None:
    assert numbers(values, "x") == pytest.approx(np.array(expected, dtype=float), nan_ok=True)


@pytest.mark.parametrize(
    "values", [["a", 1], ["0.1"], [1 + 2j], np.array(["2020-01-01"], dtype="datetime64[D]"), [[1, 2], [3]],
               [object()], {"a": 1}],
)  # fmt: skip
def test_what_is_no_number_is_named(values: Any) -> None:
    with pytest.raises(ValueError, match=r"^x is not a list of numbers"):
        numbers(values, "x")


# --- arguments --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["FE", "EE", "CE"])
def test_the_common_effect_has_three_more_names(name: Any) -> None:
    y, v = [0.1, 0.4, 0.8], [0.04, 0.05, 0.09]
    fit = pool(y, v, method=name)
    assert fit.method == "common"
    assert fit.estimate == pool(y, v, method="common").estimate
    assert gosh(y, v, method=name).tau2.max() == 0
    assert trim_fill([*y, 0.3], [*v, 0.01], side="right", method=name).fit.method == "common"
    assert robust(y, v, [1, 2, 3], method=name).method == "common"
    assert egger(y, v, method=name).tau2 == 0
    assert leave_one_out(y, v, method=name).method == "common"
    assert (
        selection_model([0.5, 0.6, 0.3, 0.1, 0.9], [0.02, 0.04, 0.05, 0.03, 0.09], method=name).method == "common"
    )
    assert multiverse(y, v, {"all": {"yes": [1, 1, 1]}}, methods=[name]).tau2.tolist() == [0]
    found = network(["1", "2", "3"], ["a", "b", "a"], ["b", "c", "c"], [0.1, 0.2, 0.4], [0.1] * 3, method=name)
    assert found.method == "common"
    with pytest.raises(ValueError, match="unknown method 'fe'"):
        pool(y, v, method="fe")  # type: ignore[arg-type]


TABLE: dict[str, Any] = {"ai": [1], "n1i": [5], "ci": [2], "n2i": [6]}
WRONG: dict[str, tuple[Any, str]] = {
    "tau_prior as text": (lambda: bayes([0.1], [0.1], tau_prior="halfnormal"), "^tau_prior is 'halfnormal'"),  # type: ignore[arg-type]
    "tau_prior a class": (lambda: bayes([0.1], [0.1], tau_prior=HalfNormal), "^tau_prior is"),  # type: ignore[arg-type]
    "mu_prior a pair": (lambda: bayes([0.1], [0.1], tau_prior=PRIOR, mu_prior=(0, 1)), "^mu_prior is"),  # type: ignore[arg-type]
    "beta_prior": (
        lambda: bayes_regression([0.1], [0.1], [1], tau_prior=PRIOR, beta_prior=(0, 1)), "^beta_prior is 0"),  # type: ignore[arg-type]
    "effect_prior": (lambda: model_average([0.1], [0.1], effect_prior=(0, 1), tau_prior=PRIOR), "effect_prior is"),  # type: ignore[arg-type]
    "average's tau_prior": (
        lambda: model_average([0.1], [0.1], effect_prior=Normal(0, 1), tau_prior="x"), "^tau_prior is 'x'"),  # type: ignore[arg-type]
    "HalfNormal of text": (lambda: HalfNormal("0.5"), "HalfNormal: scale is '0.5'"),  # type: ignore[arg-type]
    "Normal of None": (lambda: Normal(None, 1), "Normal: mean is None"),  # type: ignore[arg-type]
    "Uniform of text": (lambda: Uniform("4"), "Uniform: upper is '4'"),  # type: ignore[arg-type]
    "LogT of text": (lambda: LogT(0, 1, "5"), "LogT: df is '5'"),  # type: ignore[arg-type]
    "add of text": (lambda: effect_size("OR", add="x", **TABLE), "^add is 'x', expected 0 or more"),  # type: ignore[arg-type]
    "measures": (lambda: effect_size(["OR"], **TABLE), "unknown measure"),  # type: ignore[arg-type]
    "level": (lambda: pool([0.1], [0.1], level="0.95"), "level is '0.95'"),  # type: ignore[arg-type]
    "nodes": (lambda: pool_glmm("OR", nodes=2.5, **TABLE), "nodes is 2.5"),  # type: ignore[arg-type]
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_an_argument_that_cannot_be_is_named(case: str) -> None:
    way, says = WRONG[case]
    with pytest.raises(ValueError, match=says):
        way()


@pytest.mark.parametrize("way", sorted(set(WAYS) - {"sampling_covariance"}))
@pytest.mark.parametrize(
    ("y", "v"),
    [([1e300, 0.1, 0.2, 0.3], [0.1] * 4), ([-1e300, 0.1, 0.2, 0.3], [0.1] * 4), ([0.1] * 4, [1e-300, 1, 1, 1]),
     ([0.1] * 4, [1e300, 1, 1, 1])],
)  # fmt: skip
def test_sizes_that_overflow_are_named(way: str, y: Any, v: Any) -> None:
    with pytest.raises(ValueError, match=r"in row 1, expected a finite effect and a variance above 0, of a size"):
        WAYS[way](y, v)


def test_in_a_batch_sizes_that_overflow_flag_their_row() -> None:
    fit = pool([[1e300, 0.1], [0.1, 0.4]], [[0.1, 0.1], [0.1, 0.1]], method="ML")
    assert np.isnan(fit.estimate).tolist() == [True, False]
    assert fit.reason[0]
    assert not fit.reason[1]


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ([2001, None, 2003], "order is None in row 2"),
        ([2001, NAN, 2003], "order is nan in row 2"),
        (masked_array([1, 2, 3], mask=[0, 1, 0]), "order is None in row 2"),
        (pd.Series([1, pd.NA, 3], dtype="Int64"), "in row 2"),
        (["a", "b", "c"], "expected numbers throughout, or dates"),
        ([1, 2], r"order has shape \(2,\)"),
    ],
)
def test_an_order_that_is_none_is_named(order: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        cumulative([0.1, 0.4, 0.8], [0.04, 0.05, 0.09], order=order)


@pytest.mark.parametrize("order", [["2001", "999", "1500"], ["2001-05-31", "1999-12-01", "2000-01-01"], [3, 1, 2]])
def test_years_and_dates_may_be_text(order: Any) -> None:
    y, v = np.array([0.1, 0.4, 0.8]), np.array([0.04, 0.05, 0.09])
    expected = cumulative(y[[1, 2, 0]], v[[1, 2, 0]])
    assert cumulative(y, v, order=order).estimate == pytest.approx(expected.estimate)
