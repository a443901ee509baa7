"""The few real names that a demonstration needs: those that a dossier gives."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from glabella._reading import one_line, read_yaml

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Share = Annotated[float, Field(gt=0, lt=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RealDrug(_Model):
    """A substance: its share among primary suspects, its products, and what it is given for.

    ``ingredient`` is FDA's ingredient string for it, where that differs from its name.
    """

    name: Text
    ingredient: Text | None = None
    share: Share
    products: tuple[Text, ...] = Field(min_length=1)
    indications: tuple[Text, ...] = Field(min_length=1)


class RealEvent(_Model):
    """A reaction and its base share."""

    name: Text
    share: Share


class RealNames(_Model):
    """``synthetic.yaml`` of a dossier's lists: real names among the made-up ones."""

    substances: tuple[RealDrug, ...] = ()
    events: tuple[RealEvent, ...] = ()

    @model_validator(mode="after")
    def _leaves_room(self) -> RealNames:
        for kind, named in (("substances", self.substances), ("events", self.events)):
            if sum(one.share for one in named) >= 1:
                raise ValueError(f"the shares of {kind} sum to one or more, expected room for the made-up names")
            names = [one.name.upper() for one in named]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{kind}: {twice[0]!r} stands twice")
        return self


def real_names(dossier: Path | str | None = None) -> tuple[str, RealNames]:
    """Give the name of a dossier, and the real names of its demonstration; empty where it has none.

    Raises
    ------
    ValueError
        If there is no such dossier, or its ``synthetic.yaml`` is wrong; names the file and the field.
    """
    from glabella.dossier import list_folder

    found = list_folder(dossier)
    file = None if found.folder is None else found.folder / "synthetic.yaml"
    return (found.name, _read(file)) if file is not None and file.is_file() else ("", RealNames())


def _read(file: Path) -> RealNames:
    try:
        return RealNames.model_validate(read_yaml(file))
    except ValidationError as error:
        one = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in one["loc"]) or "file"
        raise ValueError(one_line(f"{file}: {where}: {one['msg'].removeprefix('Value error, ')}")) from error
