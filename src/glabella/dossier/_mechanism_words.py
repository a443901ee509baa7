"""``mechanism/words.yaml``: how sentences name what the model is of, and what must be said beside it."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from glabella.dossier._number import Text, _Model
from glabella.dossier._observations import Definition
from glabella.dossier._schema import Id, Statement


class MechanismWords(_Model):
    """``words.yaml``; no number rests on it."""

    part: Text = Field("muscle", description="what weakens, without an article, as in: a weak … , the … is back")
    definitions: dict[Definition, Text] = Field(
        {}, description="what each definition of a response in observations.yaml means, as in: a response is when …"
    )
    trials: dict[Id, Text] = Field(
        {}, description="what the trials of observations.yaml are called, where they have no file in studies"
    )
    repeated: tuple[Statement, ...] = Field(
        (), description="what trials saw of repeating the treatment; said before what is simulated of it"
    )

    def defined(self, definition: str) -> str:
        """Say what a definition means; one without words of its own is named by its key.

        >>> MechanismWords(definitions={"onset": "somebody first sees a change"}).defined("onset")
        'somebody first sees a change'
        >>> MechanismWords().defined("two_grades")
        'two grades'
        """
        found = (text for key, text in self.definitions.items() if key == definition)
        return next(found, definition.replace("_", " "))

    @property
    def spoken(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Every phrase that stands in sentences, with its path: a digit in one would be a number with no source."""
        yield ("part",), self.part
        for key, text in self.definitions.items():
            yield ("definitions", key), text
