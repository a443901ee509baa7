"""How a dossier's treatment, condition and people are called in sentences; no sentence of ours knows them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from glabella.dossier._number import Text, _Model

#: What other treatment people had in both groups alike: all of them, none, some, or nobody knows.
CoTreatment = Literal["adjunct", "monotherapy", "mixed", "unknown"]
_CO_TREATMENT: dict[CoTreatment, str] = {
    "adjunct": "everybody had other treatment too",
    "monotherapy": "nobody had other treatment",
    "mixed": "some had other treatment too",
    "unknown": "not known",
}


class Words(_Model):
    """``words`` of ``dossier.yaml``. What is left out is filled in when a dossier is read, so that none is empty.

    Examples
    --------
    >>> words = Words(visit="month").filled(treatment="my drug", people="adults", given="my drug, by mouth")
    >>> words.short, words.control, words.at(6)
    ('my drug', 'the control', 'month 6')
    """

    treatment: Text = Field("", description="the treatment; if left out, the label of the product under treatment")
    plural: bool = Field(False, description="whether the treatment is spoken of in the plural, as tablets are")
    short: Text = Field("", description="the treatment after its first mention; if left out, as treatment")
    condition: Text = Field("", description="what people have or may get; if left out, the condition")
    people: Text = Field("", description="who is treated; if left out, the question's population")
    control: Text = Field("", description="what the others are given; if left out, the control")
    given: Text = Field("", description="the treatment as it is given; if left out, the question's intervention")
    session: Text = Field("", description="one giving of it; if left out, treatment")
    sessions: Text = Field("", description="several of them; if left out, session with an s")
    visit: Text = Field("", description="the unit of the times of results; if left out, week")
    visits: Text = Field("", description="several of them; if left out, visit with an s")
    sites: dict[Text, Text] = Field({}, description="places where it is given, by their names in other files")
    co_treatment: dict[CoTreatment, Text] = Field(
        {}, description="who had what other treatment; what is left out is said in general words"
    )

    def filled(self, *, treatment: str, people: str, given: str) -> Words:
        """Give every word, those that were left out from what the rest of the dossier says."""
        named = self.treatment or treatment
        session, visit = self.session or "treatment", self.visit or "week"
        return Words(
            treatment=named,
            plural=self.plural,
            short=self.short or named,
            condition=self.condition or "the condition",
            people=self.people or people,
            control=self.control or "the control",
            given=self.given or given,
            session=session,
            sessions=self.sessions or f"{session}s",
            visit=visit,
            visits=self.visits or f"{visit}s",
            sites=self.sites,
            co_treatment={**_CO_TREATMENT, **self.co_treatment},
        )

    def at(self, time: float | None) -> str:
        """Say when something was seen.

        >>> Words(visit="week").at(6), Words(visit="week").at(None)
        ('week 6', 'as in each trial')
        """
        return "as in each trial" if time is None else f"{self.visit} {time:g}"

    def site(self, name: str) -> str:
        """Say where; a place without words by its name.

        >>> Words(sites={"arm": "the upper arm"}).site("arm"), Words().site("left_leg")
        ('the upper arm', 'left leg')
        """
        return self.sites.get(name, name.replace("_", " "))

    def others(self, kind: CoTreatment) -> str:
        """Say who had other treatment.

        >>> Words(co_treatment={"mixed": "some also drank tea"}).others("mixed"), Words().others("monotherapy")
        ('some also drank tea', 'nobody had other treatment')
        """
        return self.co_treatment.get(kind, _CO_TREATMENT[kind])
