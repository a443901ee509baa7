"""Options of the wrong type or name are refused by the name of the argument, or understood. SYNTHETIC data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from glabella.cli import main
from glabella.synthesis import (
    BiasPrior,
    HalfNormal,
    Normal,
    bayes,
    bayes_regression,
    bias_adjusted,
    effect_size,
    egger,
    gosh,
    leave_one_out,
    model_average,
    multiverse,
    network,
    permutation_test,
    pool,
    pool_beta_binomial,
    pool_each,
    pool_glmm,
    pool_mh,
    pool_multilevel,
    pool_peto,
    rank_test,
    robust,
    sampling_covariance,
    selection_model,
    trim_fill,
    unblinding_curve,
)

Y, V = [0.1, 0.4, 0.8, 0.6, 0.3], [0.04, 0.05, 0.09, 0.05, 0.03]
TABLE: dict[str, Any] = {"ai": [1, 3], "n1i": [8, 9], "ci": [2, 5], "n2i": [8, 8]}
EMPTY: dict[str, Any] = {"ai": [0, 3], "n1i": [8, 9], "ci": [2, 5], "n2i": [8, 8]}
PRIOR = HalfNormal(1)
NETWORK: Any = (["1", "2", "3"], ["A"] * 3, ["B"] * 3, [0.1, 0.2, 0.3], [0.1] * 3)

LEVELS: dict[str, Callable[[Any], Any]] = {
    "pool": lambda x: pool(Y, V, level=x),
    "network": lambda x: network(*NETWORK, level=x),
    "pool_mh": lambda x: pool_mh("OR", level=x, **TABLE),
    "pool_peto": lambda x: pool_peto(level=x, **TABLE),
    "pool_glmm": lambda x: pool_glmm("OR", level=x, **TABLE),
    "pool_beta_binomial": lambda x: pool_beta_binomial(level=x, **TABLE),
    "bayes": lambda x: bayes(Y, V, tau_prior=PRIOR, level=x),
    "pool_multilevel": lambda x: pool_multilevel(Y, V, clusters={"s": [1, 1, 2, 2, 3]}, level=x),
    "robust": lambda x: robust(Y, V, [1, 2, 3, 4, 5], level=x),
    "selection_model": lambda x: selection_model(Y, V, level=x),
    "egger": lambda x: egger(Y, V, level=x),
    "egger, lm": lambda x: egger(Y, V, model="lm", level=x),
}


@pytest.mark.parametrize("call", list(LEVELS))
@pytest.mark.parametrize("level", ["x", None, [0.9]], ids=repr)
def test_a_level_that_is_no_number_is_refused_by_name(call: str, level: Any) -> None:
    with pytest.raises(ValueError, match="level"):
        LEVELS[call](level)


@pytest.mark.parametrize("level", [0, 1, 95, float("nan"), -0.5], ids=repr)
def test_a_level_out_of_range_is_refused_everywhere(level: Any) -> None:
    for call in LEVELS.values():
        with pytest.raises(ValueError, match="level"):
            call(level)


OPTIONS: dict[str, tuple[str, Callable[[], Any]]] = {
    "add as text": ("add", lambda: effect_size("OR", add="x", **EMPTY)),  # type: ignore[arg-type]
    "add as a list": ("add", lambda: effect_size("OR", add=[0.5, 0.5], **EMPTY)),  # type: ignore[arg-type]
    "rho as text": ("rho", lambda: sampling_covariance(V, [1, 1, 2, 2, 3], "x")),  # type: ignore[arg-type]
    "steps as a number": ("steps", lambda: selection_model(Y, V, steps=0.5)),  # type: ignore[arg-type]
    "steps as text": ("steps", lambda: selection_model(Y, V, steps="x")),  # type: ignore[arg-type]
    "nodes as text": ("nodes", lambda: pool_glmm("OR", nodes="x", **TABLE)),  # type: ignore[arg-type]
    "draws as text": ("draws", lambda: permutation_test(Y, V, draws="x")),  # type: ignore[arg-type]
    "subsets as text": ("subsets", lambda: gosh(Y, V, subsets="x")),  # type: ignore[arg-type]
    "no subsets": ("subsets", lambda: gosh(Y, V, subsets=0)),
    "subsets and a half": ("subsets", lambda: gosh(Y, V, subsets=2.5)),  # type: ignore[arg-type]
    "exact as text": ("exact", lambda: rank_test(Y, V, exact="no")),  # type: ignore[arg-type]
    "correct as text": ("correct", lambda: pool_mh("OR", correct="no", **TABLE)),  # type: ignore[arg-type]
    "clusters as a list": ("clusters", lambda: pool_multilevel(Y, V, clusters=[1, 1, 2, 2, 3])),  # type: ignore[arg-type]
    "scale of a prior": ("scale", lambda: HalfNormal("x")),  # type: ignore[arg-type]
    "sd of a prior": ("sd", lambda: Normal(0, None)),  # type: ignore[arg-type]
    "affected as words": (
        "affected",
        lambda: bias_adjusted(
            Y, V, affected=["yes", "no", "yes", "no", "no"], bias_prior=BiasPrior(0.2, 0.1), tau_prior=PRIOR
        ),
    ),
    "masks as words": ("first", lambda: multiverse(Y, V, {"week": {"first": ["yes", "no", "yes", "yes", "yes"]}})),
    "masks as numbers": ("first", lambda: multiverse(Y, V, {"week": {"first": [1, 2, 0, 5, 1]}})),
    "masks with a hole": ("first", lambda: multiverse(Y, V, {"week": {"first": [1.0, np.nan, 0, 1, 1]}})),
    "keep as words": ("keep", lambda: pool_each(Y, V, [["yes", "no", "yes", "yes", "yes"]], {"c": ["a"]})),
}


@pytest.mark.parametrize("option", list(OPTIONS))
def test_an_option_of_the_wrong_type_is_refused_by_name(option: str) -> None:
    name, call = OPTIONS[option]
    with pytest.raises(ValueError, match=name) as found:
        call()
    assert "could not convert" not in str(found.value)
    assert "ufunc" not in str(found.value)


PRIORS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "bayes": ("tau_prior", lambda x: bayes(Y, V, tau_prior=x)),
    "bayes, mean": ("mu_prior", lambda x: bayes(Y, V, tau_prior=PRIOR, mu_prior=x)),
    "bayes_regression": ("tau_prior", lambda x: bayes_regression(Y, V, [1, 2, 3, 4, 5], tau_prior=x)),
    "bayes_regression, slopes": (
        "beta_prior",
        lambda x: bayes_regression(Y, V, [1, 2, 3, 4, 5], tau_prior=PRIOR, beta_prior=x),
    ),
    "model_average": ("tau_prior", lambda x: model_average(Y, V, effect_prior=Normal(0, 1), tau_prior=x)),
    "model_average, effect": ("effect_prior", lambda x: model_average(Y, V, effect_prior=x, tau_prior=PRIOR)),
    "bias_adjusted": ("bias_prior", lambda x: bias_adjusted(Y, V, bias_prior=x, tau_prior=PRIOR)),
    "unblinding_curve": ("tau_prior", lambda x: unblinding_curve(Y, V, bias=[0.0, 0.1], tau_prior=x)),
}


@pytest.mark.parametrize("call", list(PRIORS))
@pytest.mark.parametrize("prior", ["halfnormal", 0.5, HalfNormal], ids=["text", "number", "class"])
def test_what_is_no_prior_is_refused_by_name(call: str, prior: Any) -> None:
    name, made = PRIORS[call]
    with pytest.raises(ValueError, match=name):
        made(prior)


@pytest.mark.parametrize("method", ["FE", "EE", "CE"])
def test_other_names_of_the_common_effect_model_are_understood(method: Any) -> None:
    """By hand: the mean weighted by one over the variances."""
    w = 1 / np.array(V)
    found = pool(Y, V, method=method, test="z")
    assert found.estimate == pytest.approx(np.sum(w * np.array(Y)) / w.sum())
    assert found.se == pytest.approx(w.sum() ** -0.5)
    assert found.tau2 == 0
    assert np.isnan(found.pi_low)
    assert robust(Y, V, [1, 2, 3, 4, 5], method=method).tau2 == 0
    assert leave_one_out(Y, V, method=method, test="z").tau2.tolist() == [0] * 5
    assert trim_fill(Y, V, method=method).k0 == trim_fill(Y, V, method="common").k0
    same = network(*NETWORK, method="common")
    assert network(*NETWORK, method=method).limits()[0] == pytest.approx(same.limits()[0])


@pytest.mark.parametrize("method", ["FE", "EE", "CE"])
def test_the_command_understands_them(tmp_path: Path, method: str) -> None:
    file = tmp_path / "data.csv"
    file.write_text("yi,vi\n0.1,0.04\n0.4,0.05\n0.8,0.09\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["pool", str(file), "--method", method, "--test", "z"])
    assert done.exit_code == 0, done.output
    same = CliRunner().invoke(main, ["pool", str(file), "--method", "common", "--test", "z"])
    assert done.stdout == same.stdout
