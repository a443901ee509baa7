"""The same comparison under other choices: how far the treatment's place moves when one is made otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from glabella.decision._joined import Joined, Z
from glabella.decision._links import PER_SD, Link, Links, control_counts, links_of
from glabella.dossier import Number
from glabella.shown import Claim


@dataclass(frozen=True, slots=True)
class Shift:
    """The comparison with the first alternative under one other choice, and the rank by P-score."""

    what: str
    option: str
    effect: Claim
    rank: Claim


def shifts(setting: Joined, ways: list[Links]) -> Iterator[Shift]:
    """Compare with the first alternative again, one choice made otherwise each time."""
    seen: set[tuple[tuple[Link, ...], str]] = {(links.links, "REML") for links in ways}
    for place, (what, option, links, method) in enumerate(_other_ways(setting, ways)):
        if not links.links or (links.links, method) in seen:
            continue
        seen.add((links.links, method))
        fit = setting.fit(links, method)
        base, label = (
            f"shift.{place + 1}",
            f"{setting.comparators.joined.label} against {setting.first}: {what}, {option}",
        )
        yield Shift(
            what,
            option,
            setting.against(fit, setting.comparators.beside[0], f"{base}.effect", label, links),
            setting.claim(
                f"{base}.rank", f"rank by P-score: {what}, {option}", setting.rank(fit), links, decimals=0
            ),
        )


def _other_ways(setting: Joined, ways: list[Links]) -> Iterator[tuple[str, str, Links, str]]:
    evidence, joined, base = setting.evidence, setting.comparators.joined, ways[0]
    studies = {study.id: study.label for study in evidence.studies.values()}
    for place in range(len(base.links)):
        rest = (*base.links[:place], *base.links[place + 1 :])
        yield "without one trial", studies[base.effects[place].study], replace(base, links=rest), "REML"
    yield "spread between trials", "DerSimonian and Laird", base, "DL"
    yield "spread between trials", "none: one common effect", base, "common"
    for other in joined.or_node:
        moved = tuple(replace(link, node=other.node) for link in base.links)
        label = setting.comparators.treatments[other.node].label
        yield "what the injection of salt water is", label, replace(base, links=moved), "REML"
    if (log := _log_bias(setting, base)) is not None:
        moved = tuple(replace(link, te=link.te - log[0]) for link in base.links)
        yield "placebo response", "as in the network's trials", base.moved(moved, *_totals(setting)), "REML"
    yield from _biased(setting, base)
    for links in ways:
        if len(links.links) > 1:
            yield (
                f"spread between trials: {links.label}",
                "the joined trials' own",
                _own_spread(setting, links),
                "REML",
            )
    for name in (joined.through, *(other.analysis for other in joined.or_through)):
        analysis = evidence.dossier.analyses[name]
        for choice, options in evidence.dossier.choices.items():
            for option, values in options.items():
                links = links_of(evidence, analysis.choosing(values), joined.node)
                yield f"{analysis.label}: {choice}", option, links, "REML"


def _biased(setting: Joined, base: Links) -> Iterator[tuple[str, str, Links, str]]:
    """Take off each trial what a sourced prior holds for its bias, and add that prior's doubt."""
    priors = setting.evidence.priors
    for prior in priors.bias.values() if priors else ():
        if prior.family != "normal" or prior.of != "bias" or setting.comparators.measure != "OR":
            continue
        # Of a score a bias below zero favours the treatment; of response one above.
        factor = {"OR": 1.0, "SMD": -PER_SD}.get(prior.measure)
        if factor is not None:
            mean, sd = factor * prior.value("mean"), abs(factor) * prior.value("sd")
            moved = tuple(replace(link, te=link.te - mean, se=math.hypot(link.se, sd)) for link in base.links)
            digest = setting.evidence.digests["priors.yaml"]
            links = base.moved(moved, *prior.parameters.values(), **{"priors.yaml": digest})
            yield "bias taken off each trial", prior.label, links, "REML"


def _own_spread(setting: Joined, links: Links) -> Links:
    """Pool the trials by themselves, as pairs are, and join what that gives as if it were one trial.

    The network has one variance between studies, and hundreds of arms decide it. The joined trials may differ more.
    """
    from glabella.synthesis import pool

    fit = pool([link.te for link in links.links], [link.se**2 for link in links.links], method="REML", test="knha")
    half = (fit.ci_high - fit.ci_low) / (2 * Z)
    alone = replace(links, links=(replace(links.links[0], te=fit.estimate, se=half),))
    # A single trial on an edge of its own says nothing of the variance, which the network adds and we take away.
    spread = setting.fit(alone).tau2
    rest = math.sqrt(max(half**2 - spread, (half * 1e-3) ** 2))
    return replace(links, links=(replace(alone.links[0], se=rest),))


def _log_bias(setting: Joined, links: Links) -> tuple[float, float] | None:
    """Log of how much the odds of the event differ between both sets of controls, and its variance."""
    total = setting.comparators.control_response
    if total is None or setting.comparators.measure != "OR" or total.events.value is None or total.n.value is None:
        return None
    if any(effect.measure != "OR" for effect in links.effects):
        return None
    there, everybody = total.events.value, total.n.value
    here, people = control_counts(links.effects)
    cells = (there, everybody - there, here, people - here)
    if min(cells) <= 0:
        return None
    log = math.log(cells[0] / cells[1]) - math.log(cells[2] / cells[3])
    return log, sum(1 / cell for cell in cells)


def _totals(setting: Joined) -> tuple[Number, ...]:
    total = setting.comparators.control_response
    return (total.events, total.n) if total else ()


def control_bias(setting: Joined, links: Links) -> Claim | None:
    log = _log_bias(setting, links)
    if log is None:
        return None
    half = Z * math.sqrt(log[1])
    label = "odds of response on placebo, the network's arms against the joined trials'"
    both = links.moved(links.links, *_totals(setting))
    return setting.claim("bias", label, math.exp(log[0]), both, low=math.exp(log[0] - half),
                         high=math.exp(log[0] + half), interval="95 % confidence interval (Woolf)",
                         function="effect_size")  # fmt: skip
