"""Which lines the brief's forest plots hold. Numbers stand in the table below; the picture has axis ticks only."""

from __future__ import annotations

from glabella.decision import Alternatives, Pooling, ReportTable, Sure, UnderBias
from glabella.plot import Line, Plot, forest, network_graph, specification_curve, unblinding
from glabella.shown import Claim

_RATIOS = frozenset({"OR", "RR"})


def pooling_forest(pooling: Pooling) -> Plot:
    """Draw a pooling: its trials with weight and risk of bias, what they pool to, and the next trial."""
    ratio = pooling.measure in _RATIOS
    return forest(
        [
            _line(row.label, row.effect, weight=row.weight.value or 0.0, note=row.risk_of_bias)
            for row in pooling.rows
        ],
        pooled=_line("Pooled", pooling.estimate),
        prediction=_line("Next trial", pooling.prediction, weight=10.0) if pooling.prediction.limits else None,
        ratio=ratio,
        title="odds ratio: right favours the toxin" if ratio else "standardised difference: left favours the toxin",
        notes="risk of bias",
    )


def report_forest(tables: tuple[ReportTable, ...]) -> Plot:
    """Draw every reporting odds ratio that has an interval: the computed one, else the printed one."""
    return forest(
        [
            _line(f"{table.label}: {it.label}", shown, note="computed here" if it.computed else _printed(shown))
            for table in tables
            for it in table.lines
            if (shown := it.computed or it.printed) is not None and shown.limits
        ],
        ratio=True,
        title="reporting odds ratio: left of one, fewer reports than in the comparison",
        notes="where from",
    )


def alternatives_forest(them: Alternatives) -> Plot:
    """Draw the treatment against each alternative, as joined and through the other analysis."""
    ratio = them.measure in _RATIOS
    return forest(
        [
            _line(each.label, each.effect, outer=(each.prediction.low or 0.0, each.prediction.high or 0.0))
            for each in them.alternatives
        ],
        beside=[_line(each.label, each.other) for each in them.alternatives if each.other],
        ratio=ratio,
        title=f"{'odds ratio of response' if ratio else 'difference'}: right favours {them.name}",
    )


def alternatives_graph(them: Alternatives) -> Plot:
    """Draw who was compared with whom."""
    order = [them.name, *dict.fromkeys(each.label for each in sorted(them.alternatives, key=lambda it: it.kind))]
    return network_graph(*them.contrasts, order=order)


def _printed(claim: Claim) -> str:
    return {"seen": "seen in the source", "recalled": "remembered"}.get(claim.sources[0].status, "reported")


def _line(
    label: str, claim: Claim, *, weight: float = 25.0, note: str = "", outer: tuple[float, float] | None = None
) -> Line:
    if claim.value is None or claim.low is None or claim.high is None:
        raise ValueError(f"{claim.id} has no interval to draw")
    return Line(label, claim.value, claim.low, claim.high, weight, note, outer)


def curve(held: Sure, *, ratio: bool) -> Plot:
    """Draw every defensible analysis, and what each chose."""
    effects = [_line("", each.effect) for each in held.specifications]
    chosen = [dict(each.chosen) for each in held.specifications]
    choices: dict[str, dict[str, list[bool]]] = {}
    for row in held.by_option:
        if row.range:
            taken = [row.option in each[row.choice] for each in chosen]
            choices.setdefault(row.choice, {})[row.option] = taken
    return specification_curve(
        [line.value for line in effects],
        [line.low for line in effects],
        [line.high for line in effects],
        choices,
        null=1.0 if ratio else 0.0,
        ratio=ratio,
        title="odds ratio" if ratio else "standardised difference",
    )


def bias_curve(it: UnderBias) -> Plot:
    """Draw what is left of the effect over the bias that is assumed, and the biases that others measured."""
    lines = [_line("", each) for each in it.curve]
    return unblinding(
        it.biases,
        [line.value for line in lines],
        [line.low for line in lines],
        [line.high for line in lines],
        marks=[each.prior.value or 0.0 for each in it.priors],
        labels=[each.letter for each in it.priors],
        title="effect left: below zero favours the toxin",
    )
