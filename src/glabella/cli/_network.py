"""``glabella network``: a network meta-analysis of the contrasts or arms in a CSV file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from glabella.cli._files import BAD_INPUT, csv_bytes, replace_all
from glabella.cli._tables import numbers, plain, read, texts

if TYPE_CHECKING:
    import polars as pl

    from glabella.cli._tables import Table
    from glabella.plot import Plot
    from glabella.synthesis import Network
    from glabella.synthesis.networks._league import League
    from glabella.synthesis.networks._scale import Shown

#: Columns of an arm, by measure; other measures are of counts.
_ARMS = {"IRR": ("events", "time"), "IRD": ("events", "time")} | dict.fromkeys(
    ("MD", "SMD", "ROM"), ("mean", "sd", "n")
)
#: What other programs, and the tables of a dossier, call the columns.
_NAMES = {
    "te": ("te", "TE"),
    "se": ("se", "seTE"),
    "studlab": ("studlab", "study"),
    "treat": ("treat", "treatment"),
}
#: Treatments up to which a league table is printed; it has a column for each.
_LEAGUE = 8


#: Results that are effects or limits of them, by how their names begin; columns of a node split that are effects.
_EFFECTS = ("te_", "low_", "high_", "pi_")
_SPLIT = ("te", "direct", "indirect", "difference")


@click.command("network")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--measure", help="FILE has one row an arm (studlab, treat, and events and n; events and time; or "
              "mean, sd and n): compute contrasts by this measure (OR, RR, RD, MD, SMD, IRR, ...).")  # fmt: skip
@click.option("--method", default="REML", show_default=True, help="REML, DL, ML or common.")
@click.option("--reference", help="Treatment that the others are compared with; the first by name otherwise.")
@click.option("--small-values", type=click.Choice(["good", "bad"]), default="good", show_default=True,
              help="Whether a small effect is a good one, for all ranks.")  # fmt: skip
@click.option("--ratio", is_flag=True, help="Effects are logarithms of ratios: show ratios, in every table.")
@click.option("--correlated-arms", is_flag=True, help="Take standard errors of studies of three arms or more that "
              "only correlated arms can have, such as those of a split-face trial.")  # fmt: skip
@click.option("--level", default=0.95, show_default=True, type=float, help="Level of every interval.")
@click.option("--league", type=click.Path(path_type=Path, dir_okay=False), help="Write the league table to a .csv.")
@click.option("--plot", type=click.Path(path_type=Path, file_okay=False),
              help="Draw network, forest, rankogram, net heat and funnel plots into this folder.")  # fmt: skip
@click.option("--picture", type=click.Choice(["svg", "png"]), default="svg", show_default=True,
              help="What to draw plots as.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print every result as JSON.")
def network_command(
    file: Path, measure: str | None, method: str, reference: str | None, small_values: str, ratio: bool,
    correlated_arms: bool, level: float, league: Path | None, plot: Path | None, picture: str, as_json: bool,
) -> None:  # fmt: skip
    """Compare all treatments in FILE, a CSV table.

    One row a contrast: studlab, treat1, treat2, te, se (or TE, seTE); a study of n arms has all its n(n-1)/2
    contrasts. With --measure, one row an arm. The tables of a dossier (study, treatment) are read too, and lines
    that begin with # are left out.
    """
    from glabella.synthesis import network
    from glabella.synthesis.networks._scale import shown

    try:
        change = shown("exp" if ratio else "as_given", measure)
        table = read(file, comment="#")
        columns, sizes, notes = _contrasts(table, measure)
        fit = network(*columns, method=method, reference=reference, level=level,  # type: ignore[arg-type]
                      correlated_arms=correlated_arms)  # fmt: skip
        if as_json:
            results = _results(fit, notes, small_values, change)
            said = json.dumps(results, indent=2, allow_nan=False, ensure_ascii=False)
        else:
            said = _report(fit, small_values, ratio, measure, notes)
        files: dict[Path, bytes] = {}
        if league is not None:
            written = _league(fit, _ranked(fit, small_values), ratio, measure)
            files[league] = csv_bytes(written.table())
        if plot is not None:
            for name, drawn in _plots(fit, columns, sizes, small_values, change).items():
                content = drawn.svg().encode() if picture == "svg" else drawn.png()
                files[plot / f"{name}.{picture}"] = content
        replace_all(files)
    except (ValueError, OSError) as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(BAD_INPUT)
    click.echo(said)


def _contrasts(table: Table, measure: str | None) -> tuple[list[Any], dict[str, float] | None, list[str]]:
    """Take the five columns of contrasts, participants by treatment where they are known, and what was left out."""
    from glabella.synthesis import pairwise

    names = {}
    for name, known in _NAMES.items():
        there = list(dict.fromkeys(column for each in known if (column := table.find(each)) is not None))
        if len(there) > 1:
            raise ValueError(f"columns {' and '.join(map(repr, there))} may both be {name}, expected one of them")
        names[name] = there[0] if there else name
    if measure is None:
        labels = [texts(table, name) for name in (names["studlab"], "treat1", "treat2")]
        return [*labels, numbers(table, names["te"]), numbers(table, names["se"])], None, []
    study, treat = texts(table, names["studlab"]), texts(table, names["treat"])
    columns = {name: numbers(table, name) for name in _ARMS.get(measure, ("events", "n"))}
    found = pairwise(study, treat, measure=measure, **columns)  # type: ignore[arg-type]
    sizes: dict[str, float] | None = None
    if "n" in columns:
        kept = set(found.studlab.tolist())
        sizes = dict.fromkeys(treat, 0.0)
        for label, name, n in zip(study, treat, columns["n"], strict=True):
            sizes[name] += float(n) if label in kept else 0.0
    return [found.studlab, found.treat1, found.treat2, found.te, found.se], sizes, found.notes


def _ranked(fit: Network, small_values: str) -> list[str]:
    """Give treatments from the best to the worst by P-score."""
    from glabella.synthesis.networks._fit import best_first

    scores = fit.p_scores(small_values=small_values)  # type: ignore[arg-type]
    return [fit.treatments[i] for i in best_first(scores)]


def _model(fit: Network) -> Literal["random", "common"]:
    return "common" if fit.method == "common" else "random"


def _league(fit: Network, order: list[str], ratio: bool, measure: str | None) -> League:
    return fit.league(order=order, model=_model(fit), scale="exp" if ratio else "as_given", measure=measure)


def _report(fit: Network, small_values: str, ratio: bool, measure: str | None, notes: list[str]) -> str:
    scale: Literal["exp", "as_given"] = "exp" if ratio else "as_given"
    parts = [fit.report(small_values=small_values, scale=scale, measure=measure), *notes]  # type: ignore[arg-type]
    scores = fit.p_scores(small_values=small_values)  # type: ignore[arg-type]
    ranked = _ranked(fit, small_values)
    width = max(map(len, ranked))
    lines = [f"P-scores, small values being {small_values}"]
    lines += [f"{name:{width}} {scores[fit.treatments.index(name)]:6.4f}" for name in ranked]
    parts.append("\n".join(lines))
    if len(ranked) <= _LEAGUE:
        parts.append(str(_league(fit, ranked, ratio, measure)))
    else:
        parts.append(
            f"The league table of {len(ranked)} treatments is too wide to print: --league FILE.csv writes it"
        )
    split = fit.node_split(model=_model(fit))
    parts += [str(fit.design_by_treatment()), split.report(scale=scale, measure=measure)]
    return "\n\n".join(parts)


def _results(fit: Network, notes: list[str], small_values: str, change: Shown) -> dict[str, Any]:
    """Give every result, tables as columns; effects as they are shown, errors and variances as they were fitted."""
    results = fit.as_dict()
    results["low_common"], results["high_common"] = fit.limits("common")
    results["low_random"], results["high_random"] = fit.limits("random")
    results["p_score"] = fit.p_scores(small_values=small_values)  # type: ignore[arg-type]
    found = {name: plain(change(value) if name.startswith(_EFFECTS) else value)
             for name, value in results.items() if name != "reason"}  # fmt: skip
    found |= {"small_values": small_values, "scale": change.words, "scale_of_errors": change.fitted}
    found["p_score_small_bad"] = plain(fit.p_scores(small_values="bad"))
    designs = fit.design_by_treatment()
    overall = ("q_random", "q_random_p", "tau2_within", "method")
    found["design_by_treatment"] = {name: plain(getattr(designs, name)) for name in overall}
    found["design_by_treatment"] |= _columns(designs.table())
    split = fit.node_split(model=_model(fit)).table()
    found["node_split"] = {name: plain(change(each.to_numpy()) if name in _SPLIT else each.to_list())
                           for name, each in split.to_dict(as_series=True).items()}  # fmt: skip
    found["contribution"] = _columns(fit.contribution(model=_model(fit)).table())
    found["left_out"] = notes
    return found


def _columns(table: pl.DataFrame) -> dict[str, Any]:
    return {name: plain(table[name].to_list()) for name in table.columns}


def _plots(
    fit: Network, columns: list[Any], sizes: dict[str, float] | None, small_values: str, change: Shown
) -> dict[str, Plot]:
    """Draw all there is to draw; without loops there is no net heat plot."""
    import numpy as np

    from glabella.plot import funnel, net_heat, network_graph, rankogram

    ranks = fit.rank_probabilities(small_values=small_values)  # type: ignore[arg-type]
    drawn = {
        "network": network_graph(*([str(each) for each in column] for column in columns[:3]), participants=sizes),
        "forest": _forest(fit, small_values, change),
        "rankogram": rankogram(ranks.probability, ranks.treatments),
    }
    heat = fit.net_heat()
    if len(shown := heat.order) > 1 and fit.q_between_df > 0:
        some = np.ix_(shown, shown)
        drawn["net_heat"] = net_heat(heat.change[some], heat.hat[some], [heat.labels[i] for i in shown])
    others = [name for name in fit.treatments if name != fit.reference]
    around = fit.funnel([fit.reference, *others])
    drawn["funnel"] = funnel(around.adjusted, around.se**2, estimate=0.0, levels=(),
                             title=f"{change.fitted} less that of its comparison")  # fmt: skip
    return drawn


def _forest(fit: Network, small_values: str, change: Shown) -> Plot:
    """Draw every treatment versus the reference, the best first."""
    from glabella.plot import Line, forest

    at = fit.treatments.index(fit.reference)
    low, high = fit.limits()
    lines = []
    for name in _ranked(fit, small_values):
        if name != fit.reference:
            row = fit.treatments.index(name)
            value, lower, upper = (float(change(each[row, at])) for each in (fit.te_random, low, high))
            lines.append(Line(name, value, lower, upper))
    return forest(lines, ratio=change.ratio, title=f"{change.words} versus {fit.reference}")
