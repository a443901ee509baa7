"""A new dossier: a commented starter that passes the check and is labelled as an example."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from glabella.dossier._json_schema import json_schema

_DOSSIER = """\
# yaml-language-server: $schema=schema/dossier.json
# The question, the outcomes and what is pooled. EXAMPLE: every number here is made up; replace it.
schema_version: 2
id: my-dossier
title: My treatment in my condition (example, made-up numbers)
updated: "2026-01-01"
treatment: my_drug            # a key of products.yaml

# How things are called in sentences; what is left out is taken from the rest.
words:
  condition: my condition
  control: placebo
  visit: week                 # the unit of every time: week, month, year

question:                     # PICO
  title: Does my treatment help in my condition?
  population: adults with my condition
  intervention: my treatment
  comparators: [placebo]
  outcomes: [response]

outcomes:
  response:
    label: response
    kind: binary              # or continuous: scores, whose results name a scale
    better: higher            # the event is good; lower where it is bad
    family: improvement       # outcomes of one family are never counted twice
    event: get better         # of 100 people, so many ...

headline: response_all
analyses:
  response_all:
    label: all trials
    outcome: response
    measure: OR               # or RR, RD; of scores SMD, MD
    time: 6                   # left out: each trial's main result
    comparisons: [example2020/drug_v_placebo]      # STUDY/COMPARISON
    why: the only trial of the example

# What reasonable people would do otherwise; every combination of the options is pooled.
choices:
  time:
    main week: {}
    last week reported: {when: last}

# How studies were found stands under search: whether systematically, when, where, with which strings, how many
# records came through each step. What is left out, as here, is shown as not known.

# A digit in a text is a fault: it would be a number without a source. Name a number {like_this} in a sentence and
# give its value below it, or list here what only looks like one: names and definitions, such as SF-36 or 65 years
# and older. A number in words (two, half, most) is the same; where it is no result, its phrase stands under
# number_words with the reason.
names: []
number_words: {}
"""

_STUDY = """\
# yaml-language-server: $schema=../schema/study.json
# EXAMPLE: this study does not exist and its numbers are made up. What was not seen is left out; more may be said:
# n_randomised, population, co_treatment, excluded, funding, interests, risk_of_bias, signals, blinding_check,
# harms, findings, conflicts, and look_in: where what is missing should stand (glabella dossier todo lists it).
id: example2020               # the file's name
label: Example 2020
year: 2020
reports: [EXAMPLE]            # keys of references.json: the study's own papers and registry records
design: {type: parallel, randomised: "yes", blinding: double}

arms:
  drug: {label: my drug, treatment: my_drug, role: active}
  placebo: {label: placebo, treatment: placebo, role: control}

comparisons:
  drug_v_placebo: {arm: drug, versus: placebo, control: placebo}

results:
  - outcome: response
    time: 6
    arms:
      drug:
        events: {value: 10, status: seen, source: EXAMPLE, at: abstract}
        n: {value: 20, status: seen, source: EXAMPLE, at: abstract}
      placebo:
        events: {value: 5, status: seen, source: EXAMPLE, at: abstract}
        n: {value: 20, status: seen, source: EXAMPLE, at: abstract}
"""

_PRODUCTS = """\
# yaml-language-server: $schema=schema/products.json
# What the treatment is and how it works, as sentences with sources; numbers stand in values.
products:
  my_drug: {label: my drug, kind: treatment}
  placebo: {label: placebo, kind: control}
"""

_CLAIMS = """\
# yaml-language-server: $schema=schema/claims.json
# Claims people meet, and the verdict: supported, contradicted, inconclusive, untested, or in parts.
# Reasons bear for it, against it or unclear; what decides nothing stands beside. The verdict must be what they say.
claims:
  - id: a
    claim: It works.
    verdict: untested
    why:
      - {text: This example holds no evidence., bears: beside, status: missing}
"""

_REFERENCES = [
    {
        "id": "EXAMPLE",
        "type": "article-journal",
        "title": "An example that does not exist",
        "genre": "example",
        "URL": "https://example.org/",
        "note": "nothing; replace it",
    }
]


def write_starter(folder: Path) -> None:
    """Write a commented starter dossier into a new folder, whole or not at all.

    Raises
    ------
    FileExistsError
        If ``folder`` exists already.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} exists already; expected a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".glabella-", dir=folder.parent))
    try:
        (draft / "studies").mkdir()
        (draft / "schema").mkdir()
        (draft / "dossier.yaml").write_text(_DOSSIER, encoding="utf-8")
        (draft / "studies" / "example2020.yaml").write_text(_STUDY, encoding="utf-8")
        (draft / "products.yaml").write_text(_PRODUCTS, encoding="utf-8")
        (draft / "claims.yaml").write_text(_CLAIMS, encoding="utf-8")
        (draft / "references.json").write_text(json.dumps(_REFERENCES, indent=2) + "\n", encoding="utf-8")
        for kind in ("dossier", "study", "products", "claims"):
            text = json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"
            (draft / "schema" / f"{kind}.json").write_text(text, encoding="utf-8")
        draft.chmod(0o755)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
