"""The controls of a reference set in a store: counted, measured, and held against their truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from glabella.safety.evaluation._area import Area, evaluate
from glabella.safety.evaluation._reference import ReferenceSet, reference_set
from glabella.safety.evaluation._rule import RuleQuality, evaluate_rule
from glabella.safety.evaluation._scores import rank_scores, threshold_rules
from glabella.safety.store import TermGroup

if TYPE_CHECKING:
    import polars

    from glabella.safety.store import Store

Measure = Callable[["polars.DataFrame"], Mapping[str, Area] | Mapping[str, RuleQuality]]

#: Stands in the column of outcomes for all of them together.
ALL = "all"


@dataclass(frozen=True, slots=True)
class StoreEvaluation:
    """How the measures fare in one store.

    Attributes
    ----------
    name : str
        Of the reference set.
    role, mode : str
        What was counted.
    synthetic : bool
        Whether the store says that its reports are made up: then the figures say nothing of any measure.
    table : polars.DataFrame
        One row per control that could be scored: ``drug``, ``outcome``, ``positive``, counts of distinct reports
        and every measure; also controls without a report of both.
    unscored : polars.DataFrame
        ``drug``, ``outcome``, ``positive``, ``reason`` of the others.
    areas : polars.DataFrame
        ``outcome`` (``"all"`` or one), ``score``, ``auc``, ``se``, ``low``, ``high``, ``positives``,
        ``negatives``; only where there are two or more of each kind.
    rules : polars.DataFrame
        ``outcome``, ``rule`` and the fields of ``RuleQuality``.
    absent_terms : polars.DataFrame
        ``outcome``, ``terms`` (of its list), ``absent`` (those in no report of the store).
    """

    name: str
    role: str
    mode: str
    synthetic: bool
    table: polars.DataFrame
    unscored: polars.DataFrame
    areas: polars.DataFrame
    rules: polars.DataFrame
    absent_terms: polars.DataFrame


def evaluate_store(store: Store, name: str, *, role: str = "suspect", mode: str | None = None) -> StoreEvaluation:
    """Score the controls of a reference set in a store.

    Parameters
    ----------
    store : Store
        Where to count.
    name : "omop" or "euadr"
        See :func:`reference_set`.
    role, mode : str
        As for ``Store.signals``.

    Returns
    -------
    StoreEvaluation

    Raises
    ------
    ValueError
        If the set, the role or the mode is not known.

    Notes
    -----
    A drug is every substance of its list and an outcome every term of its list; a report counts once, however
    many of them it names. EBGM uses the prior fitted to the single pairs of the store. A control whose drug or
    whose outcome is in no report cannot be scored; one without a report of both can, and is ranked last by the
    ratios that are undefined there.
    """
    import polars as pl

    controls = reference_set(name)
    counted = store.signals(
        _drugs(controls), list(controls.outcomes), role=role, mode=mode, level="substance", ebgm=True
    ).rename({"event": "outcome"})
    wanted = controls.controls.select("drug", "outcome", "positive")
    table = wanted.join(counted, on=["drug", "outcome"], how="left", maintain_order="left")
    reason = (
        pl.when(pl.col("n_drug") == 0)
        .then(pl.lit("no report names the drug in this role"))
        .when(pl.col("n_event") == 0)
        .then(pl.lit("no report has a term of the outcome"))
    )
    table = table.with_columns(reason=reason)
    scored = table.filter(pl.col("reason").is_null()).drop("reason")
    return StoreEvaluation(
        name=name,
        role=role,
        mode=store.pairs(role, mode=mode).mode,
        synthetic=store.describe().synthetic,
        table=scored,
        unscored=table.filter(pl.col("reason").is_not_null()).select("drug", "outcome", "positive", "reason"),
        areas=_by_outcome(scored, _areas, "score", Area),
        rules=_by_outcome(scored, _rules, "rule", RuleQuality),
        absent_terms=_absent(store, controls),
    )


def _drugs(controls: ReferenceSet) -> list[TermGroup]:
    """Make each drug a set of substances, which counts as one."""
    named = controls.controls.unique("drug", maintain_order=True)
    return [
        TermGroup(drug, drug, tuple(substances)) for drug, substances in named.select("drug", "substances").rows()
    ]


def _by_outcome(scored: polars.DataFrame, measure: Measure, key: str, kind: type) -> polars.DataFrame:
    """Measure all controls, then those of each outcome."""
    import polars as pl

    parts = {ALL: scored} | {
        str(outcome): part
        for (outcome,), part in scored.partition_by("outcome", as_dict=True, maintain_order=True).items()
    }
    rows = [
        {"outcome": outcome, key: name, **asdict(found)}
        for outcome, part in parts.items()
        if part.height
        for name, found in measure(part).items()
    ]
    numbers = {field.name: pl.Int64 if field.type == "int" else pl.Float64 for field in fields(kind)}
    return pl.DataFrame(rows, schema={"outcome": pl.String, key: pl.String, **numbers})


def _areas(part: polars.DataFrame) -> dict[str, Area]:
    truth = part["positive"].to_numpy()
    if min(truth.sum(), (~truth).sum()) < 2:
        return {}
    return {score.name: evaluate(score.to_numpy(), truth) for score in rank_scores(part).iter_columns()}


def _rules(part: polars.DataFrame) -> dict[str, RuleQuality]:
    truth = part["positive"].to_numpy()
    return {name: evaluate_rule(flagged.to_numpy(), truth) for name, flagged in threshold_rules(part).items()}


def _absent(store: Store, controls: ReferenceSet) -> polars.DataFrame:
    import polars as pl

    found = store.find_events(list(controls.outcomes))
    return pl.DataFrame(
        {
            "outcome": [group.id for group in controls.outcomes],
            "terms": [len(group.terms) for group in controls.outcomes],
            "absent": [list(one.absent) for one in found],
        },
        schema={"outcome": pl.String, "terms": pl.Int64, "absent": pl.List(pl.String)},
    )
