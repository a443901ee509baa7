"""``glabella bayes``: a Bayesian analysis of the effects in a CSV file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glabella.cli._files import BAD_INPUT, replace_all
from glabella.cli._pool import effects, head
from glabella.cli._tables import plain, read

if TYPE_CHECKING:
    from glabella.plot import Plot
    from glabella.synthesis import Bayes, Normal, TauPrior

#: Priors of τ as they are written, the class, and what the numbers are.
_PRIORS = {
    "halfnormal": ("HalfNormal", "scale"),
    "halfcauchy": ("HalfCauchy", "scale"),
    "halft": ("HalfT", "df,scale"),
    "exponential": ("Exponential", "mean"),
    "lomax": ("Lomax", "shape,scale"),
    "invgamma": ("InverseGamma", "shape,scale"),
    "lognormal": ("LogNormal", "mean,sd"),
    "lognormal-tau2": ("LogNormal.of_tau2", "mean,sd"),
    "logt-tau2": ("LogT.of_tau2", "location,scale"),
    "uniform": ("Uniform", "upper"),
}
_KNOWN = ", ".join(f"{name}:{numbers}" for name, (_, numbers) in _PRIORS.items())
#: Points of a drawn density.
_POINTS = 300


@click.command("bayes")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--tau-prior", required=True, help="Prior of the standard deviation between studies, such as "
              f"halfnormal:0.5. Known are {_KNOWN}; uniform alone is improper. Those with -tau2 are of log tau2, "
              "as Turner (2015) and Rhodes (2015) give them.")  # fmt: skip
@click.option("--mu-prior", help="Normal prior of the mean, or of every coefficient, as mean,sd; flat otherwise.")
@click.option("--measure", help="Compute effects by this measure (OR, RR, SMD, ...) from metafor's column letters; "
              "without it the file holds yi and vi (or sei).")  # fmt: skip
@click.option("--mods", "formula", help="Moderators as a formula over the file's columns, such as '~ dose + year'.")
@click.option("--level", default=0.95, show_default=True, type=float, help="Level of every interval.")
@click.option("--plot", type=click.Path(path_type=Path, file_okay=False),
              help="Draw the densities of mu, tau and a new study's effect into this folder.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print every result as JSON.")
def bayes_command(
    file: Path, tau_prior: str, mu_prior: str | None, measure: str | None, formula: str | None, level: float,
    plot: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Analyse the studies in FILE, a CSV table with one row a study, by the normal hierarchical model."""
    from glabella.synthesis import Bayes, bayes, bayes_regression

    try:
        before, mean = _tau_prior(tau_prior), _mu_prior(mu_prior)
        table = read(file)
        yi, vi, mods, scale, notes = effects(table, measure, formula)
        fit: Any
        if mods is None:
            fit = bayes(yi, vi, tau_prior=before, mu_prior=mean, level=level)
        else:
            fit = bayes_regression(yi, vi, mods, tau_prior=before, beta_prior=mean, level=level)
        if plot is not None:
            if not isinstance(fit, Bayes):
                raise ValueError("--plot draws an analysis without moderators")
            replace_all({plot / f"{name}.svg": drawn.svg().encode() for name, drawn in _plots(fit).items()})
    except (ValueError, OSError) as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(BAD_INPUT)
    if as_json:
        found = {name: _plain(value) for name, value in fit.as_dict().items() if name != "reason"}
        found |= {"scale": scale, "left_out": notes}
        click.echo(json.dumps(found, indent=2, allow_nan=False, ensure_ascii=False))
    else:
        click.echo("\n".join([*head(scale, notes), str(fit)]))


def _tau_prior(text: str) -> TauPrior:
    from glabella import synthesis

    name, _, given = text.partition(":")
    if name not in _PRIORS:
        raise ValueError(f"unknown prior of tau {text!r}; expected one of {_KNOWN}")
    path, expected = _PRIORS[name]
    numbers = _numbers(given, f"prior of tau {text!r}")
    if len(numbers) != len(expected.split(",")) and (name, numbers) != ("uniform", []):
        raise ValueError(f"prior of tau {text!r} has {len(numbers)} numbers, expected {name}:{expected}")
    make: Any = synthesis
    for part in path.split("."):
        make = getattr(make, part)
    prior: TauPrior = make(*numbers)
    return prior


def _mu_prior(text: str | None) -> Normal | None:
    from glabella.synthesis import Normal

    if text is None:
        return None
    numbers = _numbers(text, f"prior of mu {text!r}")
    if len(numbers) != 2:
        raise ValueError(f"prior of mu {text!r} has {len(numbers)} numbers, expected mean,sd")
    return Normal(*numbers)


def _numbers(text: str, what: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")] if text else []
    except ValueError:
        raise ValueError(f"{what} holds what is no number; expected numbers with commas between") from None


def _plots(fit: Bayes) -> dict[str, Plot]:
    import numpy as np

    from glabella.plot import density

    drawn = {}
    titles = {
        "mu": "mean effect",
        "tau": "standard deviation between studies",
        "theta_new": "effect of a new study",
    }
    for name, title in titles.items():
        one = getattr(fit, name)
        low, high = one.quantile([0.0005, 0.9995])
        x = np.linspace(low, high, _POINTS)
        before: Any = None
        if name == "mu" and fit.mu_prior is not None:
            before = fit.mu_prior.density(x)
        if name == "tau" and fit.tau_prior.proper:
            before = np.exp(fit.tau_prior.log_density(x))
        drawn[name] = density(x, one.density(x), prior=before, interval=one.interval(), title=title)
    return drawn


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return plain(value)
