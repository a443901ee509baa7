"""``reports.yaml``: what is known of the treatment from spontaneous reports; a dossier may lack it."""

from __future__ import annotations

from pydantic import Field, model_validator

from glabella.dossier._faults import MisfitError
from glabella.dossier._number import Count, Number, ReferenceId, Text, _Model, misfits_of_count
from glabella.dossier._schema import Id, Statement


class ReportSide(_Model):
    """Reports on one side of a comparison; what the source does not say is left out."""

    reports: Count | None = Field(None, description="all of that side")
    events: Count | None = Field(None, description="those of them with the event")

    @model_validator(mode="after")
    def _fits_together(self) -> ReportSide:
        MisfitError.refuse(misfits_of_count("events", self.events, "reports", self.reports))
        return self


class ReportRow(_Model):
    """A comparison within a report study."""

    label: Text
    arm: ReportSide = Field(description="with the treatment")
    versus: ReportSide
    printed: Number | None = Field(None, description="the ratio as the source prints it")


class ReportStudy(_Model):
    """One analysis of one database.

    ``count_of`` and ``versus`` say what is counted and against what, ``measure`` what the printed ratio is.
    """

    label: Text
    database: Text
    time_span: Text
    count_of: Text
    versus: Text
    measure: Text = "reporting odds ratio"
    source: ReferenceId
    rows: dict[Id, ReportRow]
    findings: tuple[Statement, ...] = ()


class ReportQuestion(_Model):
    """What to ask of a store of reports, where somebody has one."""

    drug: Text = Field(description="a substance or a group of them")
    events: tuple[Text, ...] = Field(min_length=1, description="lists of report terms")
    cohort: Text = Field(description="a declared comparison: its id, or its file")


class Reports(_Model):
    """``reports.yaml``: analyses of spontaneous reports, and what must be read beside any of them."""

    ask: ReportQuestion | None = None
    studies: dict[Id, ReportStudy]
    caveats: tuple[Statement, ...] = Field(min_length=1)
