"""``glabella mechanism``: run the model of a dossier or a file, fit it to what was seen, compare explanations."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glabella.cli._files import BAD_INPUT, replace, replace_all
from glabella.shown import steady

if TYPE_CHECKING:
    from glabella.cli._setting import Ran, Setting
    from glabella.dossier import Evidence, Fitted, Mechanism
    from glabella.dossier._fitted import Mood

FIT = Path("mechanism", "fit.json")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def mechanism() -> None:
    """Run, fit and compare models of how a treatment works over time."""


@contextmanager
def _faults(path: object) -> Iterator[None]:
    """Say what is wrong and where, and leave."""
    from glabella.dossier import DossierError

    try:
        yield
    except DossierError as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    except (ImportError, OSError, ValueError) as error:
        click.echo(f"{path}: {error}", err=True)
        sys.exit(BAD_INPUT)


def _mechanism(evidence: Evidence) -> Mechanism:
    if evidence.mechanism is None:
        raise ValueError("the dossier has no folder mechanism, expected one with a model")
    return evidence.mechanism


@mechanism.command("simulate")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--product", help="The product injected; its units are those of --dose.")
@click.option("--dose", type=float, help="Units of the product.")
@click.option("--sex", type=click.Choice(["women", "men"]), help="Whose sensitivity; those of reference otherwise.")
@click.option("--explanation", help="What carries weakness to mood, by its name in explanations.yaml.")
@click.option("--weeks", default=52.0, show_default=True, type=click.FloatRange(0, 1000, min_open=True),
              help="How long.")  # fmt: skip
@click.option("--every", type=click.FloatRange(0, min_open=True), help="Inject again after so many weeks each.")
@click.option("--times", help="Inject at these weeks, with commas between.")
@click.option("--set", "changed", multiple=True, metavar="NAME=VALUE", help="Set a constant of the model.")
@click.option("--out", type=_FILE, help="Write every quantity at every time to a .csv.")
@click.option("--sbml", type=_FILE, help="Write the model with these constants and injections as SBML.")
@click.option("--plot", type=_FILE, help="Draw the course to a .svg or .png.")
@click.option("--json", "as_json", is_flag=True, help="Print every result as JSON.")
def simulate_command(
    path: Path | None, product: str | None, dose: float | None, sex: str | None, explanation: str | None,
    weeks: float, every: float | None, times: str | None, changed: tuple[str, ...], out: Path | None,
    sbml: Path | None, plot: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Run the model in PATH: a dossier (the shipped one when omitted), or a file in SBML or Antimony.

    Of a dossier with a fit the constants are those fitted, and shares of responders are shown; otherwise they are
    the values of parameters.yaml.
    """
    with _faults(path or "shipped dossier"):
        setting = _setting(path, product, dose, sex, explanation).changed(changed)
        from glabella.cli._setting import run
        from glabella.cli._simulated import csv, drawn, exported, results, table

        ran = run(setting, weeks, _moments(every, times, weeks))
        title = _title(path, product, dose, sex, explanation, ran)
        files: dict[Path, bytes] = {}
        if out is not None:
            files[out] = csv(ran).encode()
        if sbml is not None:
            files[sbml] = exported(setting, ran).encode()
        if plot is not None:
            files[plot] = _drawn(plot, drawn(setting, ran, title))
        replace_all(files)
    if as_json:
        click.echo(json.dumps(results(setting, ran, title), indent=2, allow_nan=False, ensure_ascii=False))
    else:
        click.echo("\n".join([title, *setting.notes, "", *table(setting, ran)]))


def _setting(
    path: Path | None, product: str | None, dose: float | None, sex: str | None, explanation: str | None
) -> Setting:
    from glabella.cli._setting import of_dossier, of_file
    from glabella.dossier import load

    if path is not None and not path.exists():
        raise ValueError("no such file or folder, expected a dossier or a model in SBML or Antimony")
    if path is None or path.is_dir():
        return of_dossier(_mechanism(load(path)), product, dose, sex, explanation)
    if path.suffix.lower() not in (".xml", ".sbml", ".ant"):
        raise ValueError("expected a dossier's folder, or a file .xml or .sbml (SBML) or .ant (Antimony)")
    given = {"--product": product, "--dose": dose, "--sex": sex, "--explanation": explanation}
    for name, value in given.items():
        if value is not None:
            raise ValueError(f"{name} is for a dossier; of a model file, --set NAME=VALUE sets any constant")
    return of_file(path)


def _moments(every: float | None, times: str | None, weeks: float) -> list[float]:
    """Give the weeks of injections."""
    if every is not None and times is not None:
        raise ValueError("--every and --times: expected one of them")
    if every is not None:
        return [each * every for each in range(int(weeks / every * (1 + 1e-12)) + 1)]
    if times is None:
        return [0.0]
    try:
        found = [float(each) for each in times.split(",")]
    except ValueError:
        raise ValueError(f"--times {times}: expected weeks with commas between") from None
    if found[0] < 0 or any(b <= a for a, b in pairwise(found)):
        raise ValueError(f"--times {times}: expected weeks that increase from 0 or later")
    return found


def _title(
    path: Path | None, product: str | None, dose: float | None, sex: str | None, explanation: str | None, ran: Ran
) -> str:
    parts = [path.name or str(path) if path else "shipped dossier"]
    parts += [f"{dose:g} U of {product}"] if product and dose is not None else []
    parts += [each for each in (sex, explanation) if each]
    if len(ran.injections) > 1:
        parts.append(f"{len(ran.injections)} injections")
    return ", ".join(parts)


def _drawn(to: Path, drawn: Any) -> bytes:
    if to.suffix not in (".svg", ".png"):
        raise ValueError(f"--plot {to}: expected a name that ends in .svg or .png")
    content: bytes = drawn.svg().encode() if to.suffix == ".svg" else drawn.png()
    return content


@mechanism.command("fit")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--seed", default=1, show_default=True, type=int, help="Of every draw.")
@click.option("--quick", is_flag=True, help="Fewer draws: to see that it runs.")
@click.option("--json", "as_json", is_flag=True, help="Print what is written instead of a summary.")
def fit_command(path: Path, seed: int, quick: bool, as_json: bool) -> None:
    """Fit the mechanism of the dossier in PATH and write what was found to its mechanism/fit.json.

    Takes about five minutes on two cores. A fit that is there is replaced, sound or not.
    """
    with _faults(path):
        from glabella.dossier import fit_inputs, load

        evidence = load(path, fitted=False)
        found = _mechanism(evidence)
        if not os.access(path / FIT.parent, os.W_OK):
            raise ValueError(f"{FIT.parent} cannot be written to")
        from glabella.mechanism import analyse

        with _telling() as say:
            result = analyse(found, seed=seed, quick=quick, say=say)
        fitted, text = _kept(result, fit_inputs(evidence.digests))
        replace(path / FIT, text.encode())
    click.echo(text.rstrip() if as_json else "\n".join([*_summary(fitted), f"wrote {path / FIT}"]))


@contextmanager
def _telling() -> Iterator[Callable[[str], None]]:
    """Show on stderr what is being done: in place on a terminal, else a line each."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda words: click.echo(words, err=True)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=None)
        yield lambda words: progress.update(task, description=words)


def _kept(result: dict[str, Any], inputs: dict[str, str]) -> tuple[Fitted, str]:
    """Check what was computed, and write it so that the same result is the same text."""
    from pydantic import ValidationError

    from glabella._version import __version__
    from glabella.dossier import Fitted

    whole = {"function": "glabella.mechanism.analyse", "version": __version__, "inputs": inputs, **result}
    try:
        fitted = Fitted.model_validate(_rounded(whole))
    except ValidationError as error:
        raise ValueError(
            f"what was computed is not what is kept of a fit, so nothing is written: {error}"
        ) from error
    return fitted, fitted.text


def _rounded(value: Any) -> Any:
    """Round to six significant digits: more would differ between machines and tell nothing."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return steady(value, 6) if isinstance(value, float) else value


def _summary(fitted: Fitted) -> list[str]:
    """Say what was found."""
    muscle, percent = fitted.muscle, f"{100 * fitted.level:g} %"
    lines = [f"{'':44}{'median':>10}{'low':>10}{'high':>10}{'rhat':>8}  ({percent} posterior limits)"]
    for each in muscle.unknowns:
        limits = "".join(f"{x:>10.4g}" if x is not None else f"{'none':>10}"
                         for x in (each.posterior.value, each.posterior.low, each.posterior.high))  # fmt: skip
        lines.append(f"{each.name:44}{limits}{each.rhat:>8.3f}  {each.verdict}")
    lines += ["", f"{muscle.draws} draws of {muscle.chains} chains"]
    words = {"all": "every row", "shares": "shares", "product_shares": f"shares of {fitted.mood.product}",
             "product_late": f"late rows of {fitted.mood.product}"}  # fmt: skip
    for one in muscle.predicted:
        said = (f"{words[one.of]}: {one.rows} of {one.trials} trials left out in turn, missed by {one.error:.1f} "
                f"points (bias {one.bias:+.1f}); {one.coverage:.0f} % lie in their {percent} intervals, "
                f"{one.width:.0f} points wide; log score {one.score:.2f} a row")  # fmt: skip
        lines.append(said)
    lines += ["", f"chain of how it works: log-likelihood {fitted.chain.log_likelihood:.2f}"]
    lines += [f"{each.name:44}{each.mode:>10.4g}" for each in fitted.chain.constants]
    left = (*muscle.left_out, *fitted.mood.left_out)
    return [*lines, "", *_explained(_rows(fitted.mood)), fitted.mood.statement, *_left(left)]


def _left(sentences: Sequence[str]) -> list[str]:
    """Name what could not be used; nothing is dropped in silence."""
    return ["Left out:", *(f"  {each}" for each in sentences)] if sentences else []


@mechanism.command("compare")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--plot", type=_FILE, help="Draw relief over time by explanation, and what trials saw, to a .svg or "
              ".png; needs a fit.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def compare_command(path: Path | None, plot: Path | None, as_json: bool) -> None:
    """Compare the explanations of the dossier in PATH (the shipped one when omitted) by what trials of mood saw.

    Of a dossier with a fit, the comparison is the kept one; otherwise it is made now, with the muscle as
    parameters.yaml has it.
    """
    with _faults(path or "shipped dossier"):
        from glabella.dossier import load

        evidence = load(path)
        found = _mechanism(evidence)
        if found.fitted is not None:
            mood = found.fitted.mood
            rows, statement, left, source = _rows(mood), mood.statement, mood.left_out, "mechanism/fit.json"
        else:
            from glabella.cli._compared import compared

            rows, statement, left = compared(found)
            source = "computed now; the muscle is as parameters.yaml has it, since nothing is fitted"
        if plot is not None:
            from glabella.cli._compared import drawn

            replace(plot, _drawn(plot, drawn(evidence)))
    if as_json:
        result = {"explanations": rows, "statement": statement, "left_out": list(left), "source": source}
        click.echo(json.dumps(result, indent=2, allow_nan=False, ensure_ascii=False))
    else:
        click.echo("\n".join([*_explained(rows), statement, *_left(left), f"Source: {source}"]))


def _rows(mood: Mood) -> list[dict[str, Any]]:
    """Give the explanations as rows; null where a limit is not bounded."""
    return [
        {"name": each.name, "gain": each.gain.model_dump(), "half_life": each.half_life.model_dump(),
         **{name: getattr(each, name) for name in ("spread", "aic", "aicc", "bic")}}
        for each in mood.explanations
    ]  # fmt: skip


def _explained(rows: list[dict[str, Any]]) -> list[str]:
    """Print the explanations."""

    def cell(each: dict[str, float | None], none: str) -> str:
        value, *ends = ("?" if (x := each[name]) is None else f"{x:.3g}" for name in ("value", "low", "high"))
        return none if each["value"] is None else f"{value} ({ends[0]} to {ends[1]})"

    lines = [f"{'explanation':16}{'gain in points':>22}{'half-life in days':>24}{'AIC':>9}{'AICc':>9}{'BIC':>9}"]
    lines += [
        f"{row['name']:16}{cell(row['gain'], 'none'):>22}{cell(row['half_life'], 'none'):>24}"
        + "".join(f"{'none':>9}" if row[name] is None else f"{row[name]:>9.2f}" for name in ("aic", "aicc", "bic"))
        for row in rows
    ]
    return [*lines, "A limit that the trials do not set is shown as ?."]
