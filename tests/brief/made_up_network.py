"""Dossiers with a network of other treatments, written as files. All trials and numbers in them are MADE UP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from glabella.dossier import Evidence, load, write_starter

#: Events and people with the drug, then with placebo.
Counts = tuple[int, int, int, int]
#: Contrasts of a network: of a tablet, of talking, and of both, each with placebo or with each other.
NETWORK = """\
study,treat1,treat2,te,se
1,tablet,placebo,0.5,0.2
2,tablet,placebo,0.7,0.25
3,talk,placebo,0.6,0.2
4,tablet,talk,0.1,0.3
5,both,talk,0.5,0.4
"""
SEEN = {"status": "seen", "source": "EXAMPLE"}


def number(value: float) -> dict[str, Any]:
    return {"value": value, **SEEN}


def statement(text: str, source: str = "EXAMPLE", **values: float) -> dict[str, Any]:
    return {
        "text": text,
        "status": "seen",
        "source": source,
        "values": {name: number(value) for name, value in values.items()},
    }


def made_up(
    folder: Path,
    trials: dict[str, Counts],
    *,
    through: dict[str, list[str]] | None = None,
    measure: str = "OR",
    better: str = "higher",
    serious: int = 0,
    network: str | None = NETWORK,
    joined: dict[str, Any] | None = None,
    comparators: dict[str, Any] | None = None,
    studies: dict[str, dict[str, Any]] | None = None,
    products: dict[str, Any] | None = None,
    priors: dict[str, dict[str, Any]] | None = None,
    components: bool = False,
) -> Evidence:
    """Write a dossier of trials of a drug against placebo, with a network of others, and read it.

    ``through`` are analyses by their trials, the declared one first; ``joined`` and ``comparators`` are further
    fields of ``comparators.yaml``, ``studies`` changes of single studies, ``serious`` how many differences could
    turn the result.
    """
    write_starter(folder)
    (start := folder / "studies" / "example2020.yaml").rename(folder / "study")
    study = yaml.safe_load((folder / "study").read_text(encoding="utf-8"))
    (folder / "study").unlink()
    for name, counts in trials.items():
        _write(start.with_name(f"{name}.yaml"), _study(study, name, counts) | (studies or {}).get(name, {}))
    analyses = through or {"all": list(trials)}
    if any("DIRECT" in change.get("reports", ()) for change in (studies or {}).values()):
        references = json.loads((folder / "references.json").read_text(encoding="utf-8"))
        _write(folder / "references.json", [*references, references[0] | {"id": "DIRECT"}])
    dossier = yaml.safe_load((folder / "dossier.yaml").read_text(encoding="utf-8"))
    one = dossier["analyses"]["response_all"] | {"measure": measure}
    dossier["outcomes"]["response"]["better"] = better
    dossier["analyses"] = {
        key: one | {"label": f"the analysis of {key}", "comparisons": [f"{name}/drug_v_placebo" for name in names]}
        for key, names in analyses.items()
    }
    dossier["headline"] = next(iter(analyses))
    _write(folder / "dossier.yaml", dossier)
    if products is not None:
        kept = yaml.safe_load((folder / "products.yaml").read_text(encoding="utf-8"))
        kept["products"] |= {"pill": {"label": "the pill", "kind": "comparator"}}
        _write(folder / "products.yaml", kept | products)
    if priors:
        _write(folder / "priors.yaml", {"bias": priors})
    if network is not None:
        (folder / "tables").mkdir()
        (folder / "tables" / "network.csv").write_text(network, encoding="utf-8")
        _write(
            folder / "comparators.yaml",
            _comparators(list(analyses), measure, better, serious, components, joined or {}) | (comparators or {}),
        )
    return load(folder)


def direct(name: str, *, randomised: str = "yes", blinding: str = "open") -> dict[str, Any]:
    """Change a study into a comparison of the drug with a pill."""
    twenty = number(20)
    arms = {
        "drug": {"label": "my drug", "treatment": "my_drug", "role": "active", "n_randomised": twenty},
        "pill": {"label": "a white pill", "treatment": "pill", "role": "control", "n_randomised": twenty},
    }
    return {
        "label": f"{name}, directly",
        "reports": ["DIRECT"],
        "arms": arms,
        "results": [],
        "n_randomised": number(40),
        "design": {"type": "parallel", "randomised": randomised, "blinding": blinding},
        "comparisons": {"drug_v_pill": {"arm": "drug", "versus": "pill", "control": "drug"}},
        "population": [statement("People who were made up.")],
        "findings": [statement("In {per} per cent nothing happened.", per=40)],
    }


def _study(study: dict[str, Any], name: str, counts: Counts) -> dict[str, Any]:
    drug, drugged, placebo, controls = map(number, counts)
    result = study["results"][0] | {
        "arms": {"drug": {"events": drug, "n": drugged}, "placebo": {"events": placebo, "n": controls}}
    }
    arms = {
        key: arm | {"n_randomised": number(people)}
        for (key, arm), people in zip(study["arms"].items(), (counts[1], counts[3]), strict=True)
    }
    total = number(counts[1] + counts[3])
    return study | {"id": name, "label": f"Trial {name}", "n_randomised": total, "arms": arms, "results": [result]}


def _comparators(
    analyses: list[str], measure: str, better: str, serious: int, components: bool, joined: dict[str, Any]
) -> dict[str, Any]:
    topics = [
        {
            "topic": f"topic {'abcdef'[at]}",
            "serious": at < serious,
            "network": statement("One thing."),
            "here": statement("Another, in {n} people.", n=7),
        }
        for at in range(max(serious, 1))
    ]
    both: dict[str, Any] = {"label": "tablet and talking", "kind": "drug"}
    if components:
        both |= {"kind": "combination", "components": ["tablet", "talk"]}
    return {
        "id": "made_up",
        "label": "made-up trials",
        "source": "EXAMPLE",
        "table": {"file": "tables/network.csv", "form": "contrasts"},
        "outcome": "response",
        "definition": "better",
        "measure": measure,
        "better": better,
        "population": "people",
        "years": "never",
        "setting": "nowhere",
        "origin": statement("The numbers were made up."),
        "treatments": {
            "placebo": {"label": "sugar", "kind": "placebo"},
            "tablet": {"label": "a tablet", "long": "a white one", "kind": "drug"},
            "talk": {"label": "talking", "kind": "talking therapy"},
            "both": both,
        },
        "joined": {
            "label": "my drug",
            "node": "placebo",
            "why": "sugar is sugar",
            "through": analyses[0],
            "or_through": [{"analysis": key, "why": f"because of {key}"} for key in analyses[1:]],
            **joined,
        },
        "beside": ["tablet"],
        "judgement": [statement("Its authors doubt it.")],
        "transitivity": topics,
    }


def _write(path: Path, content: dict[str, Any] | list[Any]) -> None:
    """Write YAML, of which JSON is a part."""
    path.write_text(json.dumps(content), encoding="utf-8")
