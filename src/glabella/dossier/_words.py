"""How a dossier's treatment, condition and people are called in sentences; no sentence of ours knows them."""

from __future__ import annotations

from pydantic import Field

from glabella.dossier._number import Text, _Model


class Words(_Model):
    """``words`` of ``dossier.yaml``. What is left out is filled in when a dossier is read, so that none is empty.

    Examples
    --------
    >>> words = Words(visit="month").filled(treatment="my drug", people="adults", given="my drug, by mouth")
    >>> words.short, words.control, words.at(6)
    ('my drug', 'the control', 'month 6')
    """

    treatment: Text = Field("", description="the treatment; if left out, the label of the product under treatment")
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

    def filled(self, *, treatment: str, people: str, given: str) -> Words:
        """Give every word, those that were left out from what the rest of the dossier says."""
        named = self.treatment or treatment
        session, visit = self.session or "treatment", self.visit or "week"
        return Words(
            treatment=named,
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
