"""A synthetic dossier of made-up studies, written as files, for what a report may contain. SYNTHETIC data."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from glabella.dossier import Fault, check, load
from glabella.synthesis import Contrasts, contrasts
from tests.made_up import write_fuller

_STUDY = """\
id: %(id)s
label: SYNTHETIC
year: 2020
reports: [EXAMPLE]
design: {type: parallel, randomised: "yes", blinding: double}
co_treatment: unknown
n_randomised: {value: %(total)s, status: seen, source: EXAMPLE}
risk_of_bias: {tool: RoB 2, judgement: null, status: missing, note: none}
blinding_check: {text: None seen., status: missing}
arms:
  drug: {label: drug, treatment: my_drug, role: active, n_randomised: %(n1)s}
  placebo: {label: placebo, treatment: placebo, role: control, n_randomised: %(n2)s}
comparisons:
  drug_v_placebo: {arm: drug, versus: placebo, control: placebo}
results:
  - outcome: response
    scale: my_scale
    time: 6
    arms:
      drug: {n: %(n1)s%(drug)s}
      placebo: {n: %(n2)s%(placebo)s}
"""


def number(value: float) -> str:
    """Write a number as a dossier has it."""
    return f"{{value: {value!r}, status: seen, source: EXAMPLE}}"


def fields(**values: float | tuple[float, float] | str) -> str:
    """Write fields of an arm or of a comparison: numbers, pairs of limits, and words as they are."""
    written = {
        name: value
        if isinstance(value, str)
        else f"[{number(value[0])}, {number(value[1])}]"
        if isinstance(value, tuple)
        else number(value)
        for name, value in values.items()
    }
    return "".join(f", {name}: {value}" for name, value in written.items())


def study(drug: str = "", placebo: str = "", between: str = "", n: tuple[int, int] = (20, 20)) -> str:
    """Write a study of two arms; ``between`` is what is printed about their difference."""
    words = {"n1": number(n[0]), "n2": number(n[1]), "total": sum(n), "drug": drug, "placebo": placebo, "id": "ID"}
    text = _STUDY % words
    return text + (f"    between:\n      - {{comparison: drug_v_placebo{between}}}\n" if between else "")


def write(folder: Path, measure: str, studies: Iterable[str]) -> Path:
    """Write a dossier of these studies, called ``made1``, ``made2`` and so on, in which a low score is good."""
    write_fuller(folder)
    (folder / "studies" / "example2020.yaml").unlink()
    names = []
    for place, text in enumerate(studies, start=1):
        names.append(f"made{place}")
        (folder / "studies" / f"made{place}.yaml").write_text(text.replace("id: ID", f"id: made{place}"))
    plan = (folder / "dossier.yaml").read_text(encoding="utf-8")
    plan = plan.replace("example2020/drug_v_placebo", ", ".join(f"{name}/drug_v_placebo" for name in names))
    plan = plan.replace("measure: OR", f"measure: {measure}")
    if measure in ("SMD", "MD"):
        plan = plan.replace("kind: binary", "kind: continuous").replace("better: higher ", "better: lower ")
    (folder / "dossier.yaml").write_text(plan, encoding="utf-8")
    return folder


def faults(folder: Path, measure: str, *studies: str) -> list[Fault]:
    """Check a dossier of these studies."""
    return check(write(folder, measure, studies))


def effects(folder: Path, measure: str, *studies: str) -> Contrasts:
    """Compute the effects of a dossier of these studies."""
    evidence = load(write(folder, measure, studies))
    return contrasts(evidence, evidence.dossier.analyses["response_all"])
