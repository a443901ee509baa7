"""The effects of a consultation's options, as a dossier's results have them: the same for every person."""

from __future__ import annotations

from glabella.brief.results import PooledAnalysis, Results
from glabella.decision.analyses import rating_in_network
from glabella.decision.chances import EffectOn, EffectsOf
from glabella.decision.effects_on import less_bias, of_analysis, of_network
from glabella.dossier import Consultation, OfAnalyses, OfNetwork


def effects_of(results: Results, consultation: Consultation) -> dict[str, EffectsOf]:
    """Give the effects of a consultation's options, by option; those of which none is known are not among them."""
    found = {}
    for key, option in consultation.options.items():
        if isinstance(option.effect, OfAnalyses):
            each = _of_analyses(results, option.effect, consultation)
        elif isinstance(option.effect, OfNetwork):
            each = _of_network(results, option.effect, consultation)
        else:
            continue
        if each is not None:
            found[key] = each
    return found


def _of_analyses(results: Results, effect: OfAnalyses, consultation: Consultation) -> EffectsOf | None:
    """Give the first analysis and those beside it; last the first again, less the bias that its outcome names."""
    one = results.pool(effect.analysis)
    main = None if one is None else _of(one, consultation)
    if one is None or main is None:
        return None
    others = [results.pool(key) for key in effect.readings]
    readings = [reading for other in others if other is not None and (reading := _of(other, consultation))]
    name, priors = one.outcome.trusted.bias if one.outcome.trusted else None, results.evidence.priors
    prior = priors.bias.get(name) if priors is not None and name is not None else None
    if name is not None and prior is not None and (less := less_bias(main, name, prior)):
        readings.append(less)
    return EffectsOf(main, tuple(readings), one.rating.certainty or "very low")


def _of(one: PooledAnalysis, consultation: Consultation) -> EffectOn | None:
    return of_analysis(one.id, one.analysis, one.outcome, one.effects, one.fit, consultation.better)


def _of_network(results: Results, effect: OfNetwork, consultation: Consultation) -> EffectsOf | None:
    compared = results.compared
    if compared is None:
        return None
    comparators, fit = compared.comparators, compared.first_fit
    total = comparators.control_response
    usual = None
    if total is not None and effect.against == comparators.joined.node and total.events.value and total.n.value:
        usual = total.events.value / total.n.value
    outcome = results.evidence.dossier.outcomes[comparators.outcome]
    measure, better = comparators.measure, comparators.better
    rating = rating_in_network(fit, effect.treatment, effect.against, outcome, measure, better, usual)
    label = comparators.treatments[effect.treatment].label
    main = of_network(fit, effect.treatment, effect.against, label, measure, better, consultation.better)
    return EffectsOf(main, (), rating.certainty or "very low")
