"""The dossier's trials tied to a network of other treatments: its fits, and the claims made of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from glabella._version import __version__
from glabella.decision._links import Columns, Links
from glabella.dossier import Comparators, Evidence
from glabella.shown import Certainty, Claim, Source

if TYPE_CHECKING:
    from glabella.synthesis import Network

_RATIOS = frozenset({"OR", "RR"})
#: Normal quantile of a 95 % interval.
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Joined:
    """What every fit and every claim shares."""

    evidence: Evidence
    comparators: Comparators
    columns: Columns
    certainty: Certainty
    keep: Callable[[Claim], Claim]

    @property
    def first(self) -> str:
        """What the alternative is called that sentences name."""
        return self.comparators.treatments[self.comparators.beside[0]].label

    @property
    def control(self) -> str:
        """What the joined control is called."""
        return self.comparators.treatments[self.comparators.joined.node].label

    def shown(self, value: float) -> float:
        """Give an effect as people read it."""
        return math.exp(value) if self.comparators.measure in _RATIOS else value

    def rows(self, links: Links) -> Columns:
        """Give the network's contrasts, and the joined ones below."""
        study, one, other, te, se = self.columns
        name = self.comparators.joined.label
        return (
            (*study, *(link.study for link in links.links)),
            (*one, *(name for _ in links.links)),
            (*other, *(link.node for link in links.links)),
            (*te, *(link.te for link in links.links)),
            (*se, *(link.se for link in links.links)),
        )

    def named(self, links: Links) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Give study and both treatments of every contrast, by the names that people read."""
        study, one, other, _, _ = self.rows(links)
        labels = {name: treatment.label for name, treatment in self.comparators.treatments.items()}
        return study, tuple(labels.get(name, name) for name in one), tuple(labels.get(name, name) for name in other)

    def fit(self, links: Links, method: str = "REML") -> Network:
        """Fit the network with the dossier's trials in it."""
        from glabella.synthesis import network

        return network(*self.rows(links), method=method, reference=self.comparators.joined.node)  # type: ignore[arg-type]

    @property
    def small_values(self) -> Literal["good", "bad"]:
        """Whether a small effect is the better one."""
        return "bad" if self.comparators.better == "higher" else "good"

    def scores(self, fit: Network) -> dict[str, float]:
        """P-scores by treatment, high being good."""
        return dict(zip(fit.treatments, map(float, fit.p_scores(small_values=self.small_values)), strict=True))

    def rank(self, fit: Network) -> int:
        """Give the place by P-score."""
        scores = self.scores(fit)
        own = scores.pop(self.comparators.joined.label)
        return 1 + sum(score > own for score in scores.values())

    def claim(self, name: str, label: str, value: float, links: Links, **more: Any) -> Claim:
        """Make a claim that rests on the network and on some of the dossier's trials, and keep it.

        Of what the network says of its own treatments (``of_network``) the dossier's trials are inputs, since they
        share its variance, but no source.
        """
        of_network = more.pop("of_network", False)
        inputs = tuple((key, self.evidence.digests[f"studies/{key}.yaml"]) for key in links.studies)
        files = ("comparators.yaml", self.comparators.table.file)
        made = Claim(
            id=f"with.{name}", label=label, value=float(value), unit="",
            population=f"{self.comparators.population}, and the dossier's trials", time_span="acute treatment",
            certainty=self.certainty, function=f"glabella.synthesis.{more.pop('function', 'network')}",
            version=__version__,
            inputs=(*inputs, *links.inputs, *((file, self.evidence.digests[file]) for file in files)),
            sources=(*(() if of_network else links.sources),
                     Source(self.comparators.source, self.comparators.origin.status, "data")),
            **more,
        )  # fmt: skip
        return self.keep(made)

    def against(
        self, fit: Network, other: str, name: str, label: str, links: Links, kind: str = "confidence"
    ) -> Claim:
        """Give the treatment's effect against another, with its confidence or its prediction interval."""
        return self.effect(fit, self.comparators.joined.label, other, name, label, links, kind)

    def effect(
        self, fit: Network, one: str, other: str, name: str, label: str, links: Links, kind: str = "confidence"
    ) -> Claim:
        """Give one treatment's effect against another."""
        at = fit.treatments.index(one), fit.treatments.index(other)
        te, se = (fit.te_common, fit.se_common) if fit.method == "common" else (fit.te_random, fit.se_random)
        own = self.comparators.joined.label not in (one, other)
        low, high = te[at] - Z * se[at], te[at] + Z * se[at]
        if kind == "prediction":
            low, high = fit.pi_low[at], fit.pi_high[at]
        return self.claim(name, label, self.shown(te[at]), links, low=self.shown(low), high=self.shown(high),
                          interval=f"95 % {kind} interval", of_network=own)  # fmt: skip
