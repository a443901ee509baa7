"""A made-up dossier that says more than the starter: a scale, people as randomised, what is not known in words."""

from __future__ import annotations

from pathlib import Path

from glabella.dossier import write_starter

_DOSSIER = """\
# yaml-language-server: $schema=schema/dossier.json
# The question, the outcomes and what is pooled. EXAMPLE: every number below is made up; replace it.
schema_version: 2
id: my-dossier
title: My treatment in my condition (example, made-up numbers)
updated: "2026-01-01"
treatment: my_drug            # a key of products.yaml

question:                     # PICO
  title: Does my treatment help in my condition?
  population: adults with my condition
  intervention: my treatment
  comparators: [placebo]
  outcomes: [response]

outcomes:
  response:
    label: response
    kind: binary
    better: higher            # more responders is good
    family: improvement       # outcomes of one family are never counted twice

scales:
  my_scale:
    label: my scale
    better: lower

headline: response_all
analyses:
  response_all:
    label: all trials
    outcome: response
    measure: OR
    time: 6
    comparisons: [example2020/drug_v_placebo]      # STUDY/COMPARISON
    why: the only trial of the example

# What reasonable people would do otherwise; the brief pools every combination of the options.
choices:
  week:
    main week: {}
    last week reported: {when: last}

# Names that carry digits and are no numbers. Any other digit in a text is a fault: give it a source.
names: []
"""

_STUDY = """\
# yaml-language-server: $schema=../schema/study.json
# EXAMPLE: this study does not exist and its numbers are made up.
id: example2020               # the file's name
label: Example 2020
year: 2020
reports: [EXAMPLE]            # keys of references.json: the study's own papers and registry records

design: {type: parallel, randomised: "yes", blinding: double}
co_treatment: unknown
n_randomised: {value: 40, status: seen, source: EXAMPLE, at: abstract}

arms:
  drug:
    label: my drug
    treatment: my_drug
    role: active
    n_randomised: {value: 20, status: seen, source: EXAMPLE, at: abstract}
  placebo:
    label: placebo
    treatment: placebo
    role: control
    n_randomised: {value: 20, status: seen, source: EXAMPLE, at: abstract}

comparisons:
  drug_v_placebo: {arm: drug, versus: placebo, control: placebo}

results:
  - outcome: response
    scale: my_scale
    time: 6
    role: primary
    arms:
      drug:
        events: {value: 10, status: seen, source: EXAMPLE, at: abstract}
        n: {value: 20, status: seen, source: EXAMPLE, at: abstract}
      placebo:
        events: {value: 5, status: seen, source: EXAMPLE, at: abstract}
        n: {value: 20, status: seen, source: EXAMPLE, at: abstract}

# Unknown is null and is shown as unknown.
risk_of_bias: {tool: RoB 2, judgement: null, status: missing, note: no published judgement was seen}
blinding_check: {text: No guess test was seen., status: missing}
"""


def write_fuller(folder: Path) -> None:
    """Write the starter into a new folder, with a fuller plan and a fuller study."""
    write_starter(folder)
    (folder / "dossier.yaml").write_text(_DOSSIER, encoding="utf-8")
    (folder / "studies" / "example2020.yaml").write_text(_STUDY, encoding="utf-8")
