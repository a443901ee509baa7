"""Dossiers whose trials are made up: they say nothing about any treatment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from glabella.dossier import Evidence, load, write_starter
from glabella.plot import Plot
from glabella.shown import (
    Details,
    Figure,
    Heading,
    Items,
    Paragraph,
    Section,
    Table,
    blocks_of,
    inlines_of,
    plain,
)

Data = dict[str, Any]


@dataclass(frozen=True)
class Trial:
    """A made-up trial: what each arm showed, the treated arm first.

    Attributes
    ----------
    name : str
        Its label; its id is the same in small letters without spaces.
    arm, control : dict
        Numbers of each arm by name, such as events, n, mean, sd.
    between : dict
        What is printed of the difference.
    judgement : str or None
        Of its risk of bias.
    guessed : bool
        Whether it showed how many guessed what they were given.
    largest : bool
        Whether it is marked as the largest.
    more : dict
        Other fields of the study's file.
    """

    name: str
    arm: Mapping[str, float]
    control: Mapping[str, float]
    between: Mapping[str, Any] = field(default_factory=dict)
    judgement: str | None = None
    guessed: bool = False
    largest: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.name.lower().replace(" ", "")


def number(value: float, **more: Any) -> Data:
    return {"value": value, "status": "seen", "source": "EXAMPLE", **more}


def counted(name: str, events: int, n: int, control: int, of: int, **more: Any) -> Trial:
    return Trial(name, {"events": events, "n": n}, {"events": control, "n": of}, **more)


def scored(name: str, mean: float, sd: float, n: int, control: tuple[float, float, int], **more: Any) -> Trial:
    other = dict(zip(("mean", "sd", "n"), control, strict=True))
    return Trial(name, {"mean": mean, "sd": sd, "n": n}, other, **more)


def made_up(
    folder: Path,
    measure: str,
    better: str,
    trials: Sequence[Trial],
    *,
    analyses: Mapping[str, Data] | None = None,
    change: Callable[[Data], object] | None = None,
    priors: Data | None = None,
) -> Evidence:
    """Write a dossier of made-up trials by the starter, and load it.

    Parameters
    ----------
    folder : Path
        Where; it must not exist.
    measure, better : str
        Of its one outcome, ``response``; the headline ``response_all`` pools all trials.
    trials : sequence of Trial
        Its trials.
    analyses : mapping, optional
        Further analyses by name: what each has otherwise than the headline.
    change : callable, optional
        Changes the plan, ``dossier.yaml``, before it is written.
    priors : dict, optional
        ``priors.yaml``.
    """
    write_starter(folder)
    plan = yaml.safe_load((folder / "dossier.yaml").read_text(encoding="utf-8"))
    binary = measure in ("OR", "RR", "RD")
    plan["outcomes"]["response"] |= {"kind": "binary" if binary else "continuous", "better": better}
    if not binary:
        plan["outcomes"]["response"].pop("event", None)
        plan["scales"] = {"my_scale": {"label": "my scale", "better": better}}
    headline = plan["analyses"]["response_all"]
    headline |= {"measure": measure, "comparisons": [f"{trial.id}/drug_v_placebo" for trial in trials]}
    for key, otherwise in (analyses or {}).items():
        plan["analyses"][key] = {**headline, **otherwise}
    if change is not None:
        change(plan)
    _write(folder / "dossier.yaml", plan)
    example = folder / "studies" / "example2020.yaml"
    base = yaml.safe_load(example.read_text(encoding="utf-8"))
    example.unlink()
    for trial in trials:
        _write(folder / "studies" / f"{trial.id}.yaml", _study(base, trial))
    if priors is not None:
        _write(folder / "priors.yaml", priors)
    return load(folder)


def _study(base: Data, trial: Trial) -> Data:
    (result,) = base["results"]
    arms = {"drug": trial.arm, "placebo": trial.control}
    result = {
        **result,
        "arms": {arm: {name: number(value) for name, value in shown.items()} for arm, shown in arms.items()},
    }
    if "mean" in trial.arm:
        result["scale"] = "my_scale"
    if trial.between:
        result["between"] = [{"comparison": "drug_v_placebo", **trial.between}]
    seen: Data = {"status": "seen", "source": "EXAMPLE"}
    missing: Data = {"status": "missing"}
    return {
        **base,
        "id": trial.id,
        "label": trial.name,
        "comparisons": {"drug_v_placebo": {**base["comparisons"]["drug_v_placebo"], "largest": trial.largest}},
        "results": [result],
        "risk_of_bias": {
            "tool": "RoB 2",
            "judgement": trial.judgement,
            "note": "made up",
            **(seen if trial.judgement else missing),
        },
        "blinding_check": {"text": "Made up.", **(seen if trial.guessed else missing)},
        **trial.more,
    }


def _write(path: Path, content: Data) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


# --- what a section says ------------------------------------------------------------------------------------


def said(section: Section) -> str:
    """Give all that a section says, a line a block, as a reader reads it."""
    lines = []
    for block in blocks_of((section,)):
        match block:
            case Section(title=words) | Heading(text=words) | Paragraph(content=words) | Details(summary=words):
                lines.append(plain(words))
            case Items(items=items):
                lines += [plain(item) for item in items]
            case Figure(alt=alt, caption=caption):
                lines += [alt, plain(caption)]
            case Table(caption=caption, columns=columns, rows=rows, note=note):
                lines += [plain(caption), " | ".join(plain(column.head) for column in columns)]
                lines += [" | ".join(plain(cell) for cell in row.cells) for row in rows]
                lines.append(plain(note))
    return "\n".join(lines)


def lead(section: Section) -> str:
    """Give the answer with which a section begins."""
    first = section.content[0]
    assert isinstance(first, Paragraph)
    assert first.look == "lead"
    return plain(first.content)


def tables(section: Section) -> list[Table]:
    """Give every table of a section, folded ones included."""
    return [block for block in blocks_of((section,)) if isinstance(block, Table)]


def figure_of(section: Section, name: str | None = None) -> tuple[Figure, Data]:
    """Give the only figure of a section, or the one of a name, and the description of its picture."""
    figures = (block for block in blocks_of((section,)) if isinstance(block, Figure))
    (figure,) = (each for each in figures if name is None or each.name == name)
    assert isinstance(figure.picture, Plot)
    return figure, figure.picture.spec


def bare_digits(section: Section) -> list[str]:
    """Give words with a digit that stand neither in a claim nor in a name."""
    return [piece for piece in inlines_of((section,)) if isinstance(piece, str) and re.search(r"\d", piece)]
