"""How well the fitted model predicts what it has not seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from glabella.brief.mechanism import FittedModel, fitted_model, of_numbers, ranged, studies_of
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

#: Ways of not having seen a share.
_WAYS: Mapping[str, str] = {
    "study": "each trial, from the other trials",
    "product": "each product, from the other products",
    "held_out": "shares that were never fitted",
    "recalled": "shares from memory, their source not checked",
}
_POINTS = "percentage points"


@dataclass(frozen=True, slots=True)
class _Way:
    """Shares predicted in one way."""

    found: Predicted
    shares: Claim
    groups: Claim
    error: Claim
    bias: Claim
    coverage: Claim


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
    """Tell how well trials, products and what was held out are predicted, and whether replications look alike."""
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
    if checks := _checks(model, book):
        content.append(Details("Would the model make data like these?", (checks,)))
    return Section("prediction", "How well does the model predict what it has not seen?", tuple(content))


def bias_of(model: FittedModel, book: Ledger, found: Predicted) -> Claim:
    """State by how much predictions made in one way are higher than what was seen."""
    return _book_of_way(model, book, found)(
        "bias", "mean of predicted less seen", found.bias, unit=_POINTS, decimals=1
    )


def _shares(model: FittedModel) -> str:
    return f"shares of people whose {model.words.part} is weakened, in the dossier’s trials"


def _book_of_way(model: FittedModel, book: Ledger, found: Predicted) -> Ledger:
    left_out = found.by in ("study", "product")
    return model.ledger(book).under(
        f"predicted.{found.by}.",
        population=f"{_shares(model)}: {_WAYS[found.by]}",
        certainty=model.certainty,
        function="glabella.mechanism.leave_one_out" if left_out else "glabella.mechanism.predict",
        sources=model.muscle_sources(),
        time_span="at the days of the trials",
        decimals=0,
    )


def _way(model: FittedModel, book: Ledger, found: Predicted) -> _Way:
    under = _book_of_way(model, book, found)
    groups = {"study": "trials", "product": "products"}.get(found.by, "groups")
    held = f"{model.level('prediction intervals')} that hold the share that was seen"
    return _Way(
        found,
        shares=under("shares", "shares predicted", found.shares),
        groups=under("groups", f"{groups} predicted", found.groups),
        error=under("error", "mean absolute error", found.error, unit=_POINTS, decimals=1),
        bias=bias_of(model, book, found),
        coverage=under("coverage", held, found.coverage, unit="%"),
    )


def _trials(model: FittedModel, book: Ledger) -> tuple[_Trial, ...]:
    """Give each trial as it was predicted from the others, the worst first."""
    mechanism, study = model.mechanism, studies_of(model.mechanism)
    seen = {each.id: each for each in (*mechanism.observations.muscle, *mechanism.observations.times)}
    rows = defaultdict(list)
    for row in model.fitted.muscle.rows:
        if row.left_out is not None and row.left_out.value is not None:
            rows[study[row.id]].append((row, row.left_out))
    found = []
    for name, those in rows.items():
        off = [100 * ((told.value or 0.0) - row.seen) for row, told in those]
        error = sum(map(abs, off)) / len(off)
        inside = sum(
            told.low is not None and told.high is not None and told.low <= row.seen <= told.high
            for row, told in those
        )
        sources = of_numbers(number for row, _ in those for number in seen[row.id].outcome)
        under = model.ledger(book).under(
            f"trial.{name}.",
            population=f"{model.trial(name)}, predicted from the other trials",
            certainty=model.certainty,
            sources=sources,
            function="glabella.mechanism.leave_one_out",
            time_span="at the days of the trial",
            decimals=0,
        )
        trial = _Trial(
            name,
            model.trial(name),
            tuple(source.reference for source in sources),
            sum(off) > 0,
            shares=under("shares", "shares of the trial", len(those)),
            error=under("error", "mean absolute error", error, unit=_POINTS),
            inside=under("inside", f"shares within their {model.level('prediction interval')}", inside),
        )
        found.append((error, trial))
    return tuple(each for _, each in sorted(found, key=lambda pair: (-pair[0], pair[1].id)))


# --- sentences and tables -----------------------------------------------------------------------------------


def _answer(model: FittedModel, ways: tuple[_Way, ...]) -> Inline:
    """Say how well trials are predicted, and on which side what was never fitted is missed."""
    way = {each.found.by: each for each in ways}
    study, held = way.get("study"), way.get("held_out")
    if study is None:
        return "How well the model predicts trials that it has not seen was not computed."
    answer = [
        sentence(
            "{how}: each of {groups} trials was predicted from the others, with a mean error of {error}; "
            "{coverage} of the shares that were seen lie in their prediction intervals.",
            how="Poorly" if model.predicts_poorly else "Within its stated limits",
            groups=study.groups,
            error=study.error,
            coverage=study.coverage,
        )
    ]
    if held and held.found.bias:
        text = " Predictions of {shares} shares that were never fitted are {side} than seen, on average by {bias}."
        side = "higher" if held.found.bias > 0 else "lower"
        answer.append(sentence(text, shares=held.shares, side=side, bias=held.bias))
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
        "Errors in percentage points. Where the fourth column is above zero, the model predicts a weakened "
        f"{model.words.part} in more people than trials saw. What is from memory is never fitted.",
        (
            Column("predicted"),
            Column("shares", "number"),
            Column("mean error", "number"),
            Column("mean of predicted less seen", "number"),
            Column("within the interval", "number"),
        ),
        tuple(
            Row(
                (
                    _WAYS[each.found.by],
                    each.shares,
                    Shown(each.error, "number"),
                    Shown(each.bias, "number"),
                    each.coverage,
                )
            )
            for each in ways
        ),
    )


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


def _checks(model: FittedModel, book: Ledger) -> Table | None:
    """Put what was seen beside what the fitted model would make."""
    under = model.ledger(book).under(
        "check.",
        population=_shares(model),
        certainty=model.certainty,
        function="glabella.mechanism.check",
        sources=model.muscle_sources(),
        time_span="at the days of the trials",
    )
    kind, rows = model.level("interval of replications"), []
    for at, each in enumerate(model.fitted.muscle.checks):
        seen = under(f"{at}.seen", f"{each.name}, seen", each.seen)
        made = ranged(under, f"{at}.made", f"{each.name}, in replicated data", each.replicated, kind)
        beyond = under(f"{at}.p", f"{each.name}: share of replicated data at or beyond what was seen", each.p)
        rows.append(Row((Name(each.name), seen, made, beyond)))
    if not rows:
        return None
    return Table(
        "The last column is the share of replicated data at or beyond what was seen; where it is near zero, the "
        "model can hardly make such data.",
        (
            Column("what"),
            Column("seen", "number"),
            Column("made by the model", "number"),
            Column("at or beyond", "number"),
        ),
        tuple(rows),
    )
