"""``comparators.yaml``: a published network of other treatments, tied to the dossier's own trials.

The network's numbers stand in a table of their own, one row a contrast or one row an arm; see :mod:`._table`.
A dossier may lack all of it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from glabella.dossier._faults import MisfitError
from glabella.dossier._number import Count, ReferenceId, Text, _Model, misfits_of_count
from glabella.dossier._schema import Id, Statement

Form = Literal["contrasts", "arms"]
NetworkMeasure = Literal["OR", "RR", "RD", "SMD", "MD"]
#: What people would call a treatment when they choose between them.
Kind = Literal["drug", "herb", "talking therapy", "self-help", "combination", "placebo", "usual care"]


class NetworkFile(_Model):
    """Where the network's numbers stand."""

    file: Annotated[str, StringConstraints(pattern=r"^tables/[A-Za-z0-9_.-]+\.csv$")]
    form: Form = Field(description="contrasts: study, treat1, treat2, te, se; arms: study, treatment and counts")


class Treatment(_Model):
    """A treatment of the network; its key is the name in the table."""

    label: Text = Field(description="as people read it, short")
    long: Text | None = Field(None, description="what a short name stands for")
    kind: Kind
    components: tuple[Text, ...] = Field((), description="of a combination: the treatments that it joins")

    @model_validator(mode="after")
    def _combination_has_components(self) -> Treatment:
        if (self.kind == "combination") != (len(self.components) > 1):
            raise ValueError(
                f"kind {self.kind!r} with {len(self.components)} components; "
                "expected two or more for a combination and none otherwise"
            )
        return self


class OtherNode(_Model):
    """Another treatment of the network that the trials' control could be taken for."""

    node: Text
    why: Text


class OtherAnalysis(_Model):
    """Another analysis of the dossier through which the treatment could be joined."""

    analysis: Id
    why: Text


class Joined(_Model):
    """How the dossier's own trials are tied to the network."""

    label: Text = Field(description="how the dossier's treatment is called in the network")
    node: Text = Field(description="the treatment of the network that the trials' control is taken for")
    why: Text
    through: Id = Field(description="the analysis in dossier.yaml that compares the treatment with that control")
    or_through: tuple[OtherAnalysis, ...] = ()
    or_node: tuple[OtherNode, ...] = ()


class ArmTotal(_Model):
    """Everybody in the network's arms of one treatment."""

    events: Count
    n: Count

    @model_validator(mode="after")
    def _fits_together(self) -> ArmTotal:
        MisfitError.refuse(misfits_of_count("events", self.events, "n", self.n))
        return self


class Difference(_Model):
    """One respect in which the network's trials and the dossier's may not be alike."""

    topic: Text
    network: Statement = Field(description="in the network's trials")
    here: Statement = Field(description="in the dossier's own trials")
    serious: bool = Field(description="whether it alone could turn the comparison")


class Comparators(_Model):
    """``comparators.yaml``: the other treatments and what was found of them, as one network."""

    id: Id
    label: Text
    source: ReferenceId
    also: tuple[ReferenceId, ...] = ()
    table: NetworkFile
    outcome: Id = Field(description="key of outcomes in dossier.yaml")
    definition: Text = Field(description="what counts as that outcome in the network's trials")
    measure: NetworkMeasure
    better: Literal["lower", "higher"]
    population: Text
    years: Text = Field(description="of publication, first and last")
    setting: Text
    time_span: Text = Field("as in the network’s trials", description="when its trials measured the outcome")
    origin: Statement = Field(description="how the numbers reached this dossier, and under what terms")
    treatments: dict[Text, Treatment] = Field(min_length=2)
    joined: Joined
    beside: tuple[Text, ...] = Field(
        min_length=1, description="treatments that sentences name, the first before all"
    )
    control_response: ArmTotal | None = Field(None, description="all of the network's arms of the joined node")
    together: Id | None = Field(None, description="the analysis whose trials are sorted by what else people took")
    judgement: tuple[Statement, ...] = Field((), description="what the network's own authors say of it")
    transitivity: tuple[Difference, ...] = Field(min_length=1)
