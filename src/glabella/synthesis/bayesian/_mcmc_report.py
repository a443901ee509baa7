"""What models that are sampled look like in print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glabella.synthesis.bayesian._mcmc_sampled import Sampled

if TYPE_CHECKING:
    from glabella.synthesis.bayesian._mcmc_network import BayesNetwork
    from glabella.synthesis.bayesian._mcmc_time_course import BayesTimeCourse


def network_text(found: BayesNetwork) -> str:
    """Print a network of counts."""
    kind = "by arms" if found.model == "arm" else "random effects" if found.tau is not None else "common effects"
    lines = [
        f"Bayesian network of counts by arm, binomial with logit link, {kind}",
        f"{len(found.layout.studies)} studies, {len(found.layout.study)} arms, {len(found.treatments)} treatments",
        str(found.convergence), "",
        *rows(found.treatments, found.effects, f"log odds ratio against {found.reference}", found.reference), "",
    ]  # fmt: skip
    for name, one in (("tau", found.tau), ("sigma", found.sigma), ("correlation", found.correlation)):
        if one is not None:
            low, high = one.interval()
            lines.append(f"{name:11} {one.mean:8.4f}  sd {one.sd:.4f}  95% {low:.4f} to {high:.4f}")
    fit = found.fit
    lines.append(f"residual deviance {fit.residual:.1f} of {fit.arms} arms, "
                 f"effective parameters {fit.effective:.1f}, DIC {fit.dic:.1f}, WAIC {fit.waic:.1f}")  # fmt: skip
    return "\n".join(lines)


def course_text(found: BayesTimeCourse) -> str:
    """Print a network over time."""
    arms = found.layout
    lines = [
        f"Bayesian network over time, {type(found.curve).__name__}, {found.structure} correlation",
        f"{len(arms.studies)} studies, {len(arms.study)} arms, {found.observations} means, "
        f"{len(found.treatments)} treatments",
        str(found.convergence), "",
    ]  # fmt: skip
    for i, name in enumerate(found.parameters):
        if found.courses[i].effects is not None:
            effects = Sampled(found.effects.chains[..., i])
            lines += [*rows(found.treatments, effects, f"{name}, against {found.reference}", found.reference), ""]
    given = [(f"{name}: tau", one) for name, one in found.tau.items()]
    if found.correlation is not None:
        given.append(("correlation", found.correlation))
    for name, one in given:
        low, high = one.interval()
        lines.append(f"{name:16} {one.mean:8.4f}  sd {one.sd:.4f}  95% {low:.4f} to {high:.4f}")
    lines.append(f"residual deviance {found.residual:.1f} of {found.observations} means")
    return "\n".join(lines)


def rows(names: tuple[str, ...], effects: Sampled, title: str, reference: str) -> list[str]:
    """Print effects, one row a name; the reference has none."""
    low, high = effects.interval()
    mean, sd, error = effects.mean, effects.sd, effects.mean_error
    width = max(len(title), *(len(name) for name in names))
    shown = [f"{title:{width}}     mean       sd    95% interval       error"]
    shown += [
        f"{name:{width}} {mean[i]:8.4f} {sd[i]:8.4f} {low[i]:9.4f} {high[i]:8.4f} {error[i]:9.4f}"
        for i, name in enumerate(names)
        if name != reference
    ]
    return shown
