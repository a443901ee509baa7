"""How well the fitted model predicts what it has not seen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from glabella.brief.mechanism import FittedModel, fitted_model, of_numbers, studies_of
from glabella.brief.results import Results
from glabella.brief.sentence import sentence
from glabella.dossier._fitted import Predicted
from glabella.shown import (
    Block,
    Cite,
    Claim,
    Column,
    Details,
    Inline,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Table,
)

_POINTS = "percentage points"


@dataclass(frozen=True, slots=True)
class _Way:
    """Some of the rows, predicted from the other trials."""

    found: Predicted
    rows: Claim
    trials: Claim
    error: Claim
    bias: Claim
    coverage: Claim
    width: Claim
    score: Claim


@dataclass(frozen=True, slots=True)
class _Trial:
    """One trial, predicted from the others."""

    id: str
    name: str
    references: tuple[str, ...]
    too_high: bool
    shares: Claim
    error: Claim
    inside: Claim


def report(results: Results, book: Ledger) -> Section | None:
    """Tell how well trials are predicted that were left out of the fit, one at a time."""
    model = fitted_model(results)
    if model is None:
        return None
    ways = tuple(_way(model, book, each) for each in model.fitted.muscle.predicted)
    trials = _trials(model, book)
    content: list[Block] = [Paragraph(_answer(model, ways), "lead")]
    if ways:
        content.append(_table(model, ways))
    if trials:
        content.append(Paragraph(_worst(trials[0])))
        content.append(Details("Each trial, predicted from the others", (_trials_table(trials),)))
    return Section("prediction", "How well does the model predict what it has not seen?", tuple(content))


def bias_of(model: FittedModel, book: Ledger, found: Predicted) -> Claim:
    """State by how much predictions of some rows are higher than what was seen."""
    return _book_of_way(model, book, found)(
        "bias", "mean of predicted less seen", found.bias, unit=_POINTS, decimals=1
    )


def _named(model: FittedModel, found: Predicted) -> str:
    """Say which rows were predicted."""
    product = model.product(model.fitted.mood.product)
    return {
        "all": "shares and medians of every product",
        "shares": "shares of every product",
        "product_shares": f"shares of {product}",
        "product_late": f"shares and medians of {product}, late",
    }[found.of]


def _book_of_way(model: FittedModel, book: Ledger, found: Predicted) -> Ledger:
    return model.ledger(book).under(
        f"predicted.{found.of}.",
        population=f"{_named(model, found)}, of people with a weakened {model.words.part} in the dossier’s trials, "
        "each trial predicted from the others",
        certainty=model.certainty,
        function="glabella.mechanism.scores",
        sources=model.muscle_sources(),
        time_span="at the days of the trials",
        decimals=0,
    )


def _way(model: FittedModel, book: Ledger, found: Predicted) -> _Way:
    under = _book_of_way(model, book, found)
    held = f"{model.level('prediction intervals')} that hold what was seen"
    width = f"mean width of the {model.level('prediction intervals')} of shares"
    return _Way(
        found,
        rows=under("rows", "observations predicted", found.rows),
        trials=under("trials", "trials predicted", found.trials),
        error=under("error", "mean absolute error", found.error, unit=_POINTS, decimals=1),
        bias=bias_of(model, book, found),
        coverage=under("coverage", held, found.coverage, unit="%"),
        width=under("width", width, found.width, unit=_POINTS),
        score=under("score", "mean log score, an observation", found.score, decimals=2),
    )


def _trials(model: FittedModel, book: Ledger) -> tuple[_Trial, ...]:
    """Give each trial as it was predicted from the others, the worst first."""
    mechanism, study = model.mechanism, studies_of(model.mechanism)
    seen = {each.id: each for each in (*mechanism.observations.muscle, *mechanism.observations.times)}
    rows = defaultdict(list)
    for row in model.fitted.muscle.rows:
        if row.kind != "days":
            rows[study[row.id]].append(row)
    found = []
    for name, those in rows.items():
        off = [100 * row.error for row in those]
        error = sum(map(abs, off)) / len(off)
        inside = sum(row.inside for row in those)
        sources = of_numbers(number for row in those for number in seen[row.id].outcome)
        under = model.ledger(book).under(
            f"trial.{name}.",
            population=f"{model.trial(name)}, predicted from the other trials",
            certainty=model.certainty,
            sources=sources,
            function="glabella.mechanism.fit_course",
            time_span="at the days of the trial",
            decimals=0,
        )
        trial = _Trial(
            name,
            model.trial(name),
            tuple(source.reference for source in sources),
            sum(off) > 0,
            shares=under("shares", "shares and medians of the trial", len(those)),
            error=under("error", "mean absolute error", error, unit=_POINTS),
            inside=under("inside", f"shares and medians within their {model.level('prediction interval')}", inside),
        )
        found.append((error, trial))
    return tuple(each for _, each in sorted(found, key=lambda pair: (-pair[0], pair[1].id)))


# --- sentences and tables -----------------------------------------------------------------------------------


def _answer(model: FittedModel, ways: tuple[_Way, ...]) -> Inline:
    """Say how well trials are predicted, and on which side the late ones of the product asked about are missed."""
    way = {each.found.of: each for each in ways}
    shares, late = way.get("shares"), way.get("product_late")
    if shares is None:
        return "How well the model predicts trials that it has not seen was not computed."
    answer = [
        sentence(
            "{how}: each of {trials} trials was predicted from the others, with a mean error of {error} in its "
            "shares; {coverage} of those that were seen lie in their prediction intervals, which are {width} wide.",
            how="Poorly" if model.predicts_poorly else "Within its stated limits",
            trials=shares.trials,
            error=shares.error,
            coverage=shares.coverage,
            width=shares.width,
        )
    ]
    if late and late.found.bias:
        text = " Late predictions for {product} are {side} than seen, on average by {bias}."
        side = "higher" if late.found.bias > 0 else "lower"
        product = Name(model.product(model.fitted.mood.product))
        answer.append(sentence(text, product=product, side=side, bias=late.bias))
    return tuple(answer)


def _worst(trial: _Trial) -> Inline:
    return sentence(
        "The largest error: {trial}, by {error}, predicted too {side}.",
        trial=Name(trial.name),
        error=trial.error,
        side="high" if trial.too_high else "low",
    )


def _table(model: FittedModel, ways: tuple[_Way, ...]) -> Table:
    return Table(
        (
            "Errors in percentage points, each trial predicted from the others and over what trials differ by. A "
            "median lies between two visits: predicted between them it is no error, else it is missed by how far "
            "the nearer visit is from one half. Where the third column is above zero, the model predicts a "
            f"weakened {model.words.part} in more people than trials saw. The last column is the log of the chance "
            "of what was seen: the nearer to zero the better."
        ),
        (
            Column("predicted"),
            Column("mean error", "number"),
            Column("mean of predicted less seen", "number"),
            Column("within the interval, and its mean width", "number"),
            Column("log score", "number"),
        ),
        tuple(
            Row((
                (each.rows, f" {_named(model, each.found)}"),
                Shown(each.error, "number"),
                Shown(each.bias, "number"),
                (each.coverage, "; ", Shown(each.width, "number")),
                each.score,
            ))
            for each in ways
        ),
    )  # fmt: skip


def _trials_table(trials: tuple[_Trial, ...]) -> Table:
    rows = []
    for each in trials:
        name, inside = (Name(each.name), Cite(each.references)), (each.inside, " of ", each.shares)
        rows.append(Row((name, Shown(each.error, "number"), "too high" if each.too_high else "too low", inside)))
    return Table(
        "The worst first.",
        (
            Column("trial"),
            Column("mean error, percentage points", "number"),
            Column("predicted"),
            Column("within the interval", "number"),
        ),
        tuple(rows),
    )
