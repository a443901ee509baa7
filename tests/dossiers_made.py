"""Whole dossiers for tests, of other treatments than the shipped one's, written as files that people could type.

- ``starter``: what ``glabella dossier new`` writes, untouched.
- ``bcg``: thirteen trials of a vaccine. Public facts, as Colditz and others list them (JAMA 1994;271:698-702) and
  metafor ships them (``dat.bcg``): counts of both groups, year, latitude and how people were allocated.
- ``bcg_claimed``: the same with claims that rules decide, and the words by which an article makes them.
- ``bcg_consulted``: the same with what a consultation about a child asks and shows.
- ``walking``: MADE UP. Mean differences where higher is better; no statements on products, no harms, no reports,
  no mechanism, no other treatments.

They share nothing with the shipped dossier: a document made of them shows which words are the program's own.
"""

from __future__ import annotations

import json
from pathlib import Path
from string import Template

from glabella.dossier import write_starter

#: Trial, year; with the vaccine: ill, not ill; without: ill, not ill; degrees from the equator; allocation.
BCG = (
    ("Aronson", 1948, 4, 119, 11, 128, 44, "random"),
    ("Ferguson and Simes", 1949, 6, 300, 29, 274, 55, "random"),
    ("Rosenthal", 1960, 3, 228, 11, 209, 42, "random"),
    ("Hart and Sutherland", 1977, 62, 13536, 248, 12619, 52, "random"),
    ("Frimodt-Moller", 1973, 33, 5036, 47, 5761, 13, "alternate"),
    ("Stein and Aronson", 1953, 180, 1361, 372, 1079, 44, "alternate"),
    ("Vandiviere", 1973, 8, 2537, 10, 619, 19, "random"),
    ("TPT Madras", 1980, 505, 87886, 499, 87892, 13, "random"),
    ("Coetzee and Berjak", 1968, 29, 7470, 45, 7232, 27, "random"),
    ("Rosenthal", 1961, 17, 1699, 65, 1600, 42, "systematic"),
    ("Comstock", 1974, 186, 50448, 141, 27197, 18, "systematic"),
    ("Comstock and Webster", 1969, 5, 2493, 3, 2338, 33, "systematic"),
    ("Comstock", 1976, 27, 16886, 29, 17825, 33, "systematic"),
)
#: Degrees of latitude below which a trial was near the equator; none lies between 27 and 33.
NEAR = 30
#: Trial, year; with the course: people, mean gain in metres, standard deviation; without: the same. MADE UP.
WALKING = (
    ("Alder", 2011, 24, 41.0, 48.0, 25, 6.0, 45.0),
    ("Birch", 2013, 31, 36.0, 52.0, 30, 9.0, 50.0),
    ("Cedar", 2016, 18, 55.0, 44.0, 19, 12.0, 47.0),
    ("Dogwood", 2019, 60, 22.0, 50.0, 62, 8.0, 49.0),
    ("Elm", 2022, 410, 11.0, 51.0, 405, 7.0, 50.0),
)


def starter(folder: Path) -> Path:
    """Write the starter that ``glabella dossier new`` gives."""
    write_starter(folder)
    return folder


def bcg(folder: Path) -> Path:
    """Write the dossier of thirteen trials of BCG against tuberculosis."""
    keys = {_key(name, year): allocation for name, year, *_, allocation in BCG}
    chosen = [key for key, allocation in keys.items() if allocation != "random"]
    lists = {
        "all": _comparisons(list(keys), "bcg_v_none"),
        "by_chance": _comparisons([key for key in keys if key not in chosen], "bcg_v_none"),
        "chosen": _comparisons(chosen, "bcg_v_none"),
    }
    _write(folder, "dossier.yaml", Template(_BCG_DOSSIER).substitute(lists))
    _write(folder, "products.yaml", _BCG_PRODUCTS)
    _write(folder, "claims.yaml", _BCG_CLAIMS)
    _write(folder, "summary.yaml", _BCG_SUMMARY)
    references = [_COLDITZ]
    for name, year, ill, well, control_ill, control_well, latitude, allocation in BCG:
        key = _key(name, year)
        facts = {
            "key": key,
            "own": key.upper(),
            "label": f"{name} {year}",
            "year": year,
            "randomised": "yes" if allocation == "random" else "no",
            "allocation": allocation,
            "latitude": latitude,
            "largest": str(name == "TPT Madras").lower(),
            "ill": ill,
            "well": well,
            "n": ill + well,
            "control_ill": control_ill,
            "control_well": control_well,
            "control_n": control_ill + control_well,
        }
        _write(folder, f"studies/{key}.yaml", Template(_BCG_STUDY).substitute(facts))
        note = "nothing; its counts were taken from the meta-analysis"
        references.append(
            {
                "id": key.upper(),
                "type": "article-journal",
                "title": "title not recorded",
                "author": [{"literal": name}],
                "issued": {"date-parts": [[year]]},
                "genre": "trial",
                "note": note,
            }
        )
    return _with_references(folder, references)


def bcg_claimed(folder: Path) -> Path:
    """Write the same with claims that rules decide, one of each verdict, and frames to find them in an article."""
    bcg(folder)
    _write(folder, "claims.yaml", _BCG_RULED)
    _write(folder, "frames.yaml", _BCG_FRAMES)
    file = folder / "dossier.yaml"
    text = file.read_text(encoding="utf-8")
    known = "    event: fall ill with tuberculosis\n"
    assert text.count(known) == 1
    file.write_text(text.replace(known, known + _BCG_IMPORTANT), encoding="utf-8")
    references = json.loads((folder / "references.json").read_text(encoding="utf-8"))
    return _with_references(folder, [*references, _GRADE])


def bcg_consulted(folder: Path) -> Path:
    """Write the same with a consultation about a child who lives where tuberculosis is common."""
    bcg(folder)
    near, far = _without(range(NEAR)), _without(range(NEAR, 91))
    shares = {"near_ill": near[0], "near_n": near[1], "far_ill": far[0], "far_n": far[1]}
    _write(folder, "consultation.yaml", Template(_BCG_CONSULTATION).substitute(shares))
    references = json.loads((folder / "references.json").read_text(encoding="utf-8"))
    return _with_references(folder, [*references, _HANDBOOK, _UNAIDS])


def _without(places: range) -> tuple[int, int]:
    """Count those who fell ill without the vaccine, and all without it, in trials at some degrees of latitude."""
    those = [(ill, ill + well) for *_, ill, well, place, _ in BCG if place in places]
    return sum(ill for ill, _ in those), sum(n for _, n in those)


def walking(folder: Path) -> Path:
    """Write the made-up dossier of a course that lets people walk further."""
    keys = [_key(name, year) for name, year, *_ in WALKING]
    lists = {
        "all": _comparisons(keys, "course_v_waiting"),
        "largest": _comparisons(keys[-1:], "course_v_waiting"),
    }
    _write(folder, "dossier.yaml", Template(_WALKING_DOSSIER).substitute(lists))
    _write(folder, "products.yaml", _WALKING_PRODUCTS)
    _write(folder, "claims.yaml", "claims: []\n")
    for name, year, n, mean, sd, control_n, control_mean, control_sd in WALKING:
        key = _key(name, year)
        facts = {
            "key": key,
            "label": f"{name} {year} (made up)",
            "year": year,
            "largest": str(key == keys[-1]).lower(),
            "n": n,
            "mean": mean,
            "sd": sd,
            "control_n": control_n,
            "control_mean": control_mean,
            "control_sd": control_sd,
        }
        _write(folder, f"studies/{key}.yaml", Template(_WALKING_STUDY).substitute(facts))
    return _with_references(folder, [_MADE_UP])


def _key(name: str, year: int) -> str:
    return name.lower().replace(" ", "_") + str(year)


def _comparisons(keys: list[str], comparison: str) -> str:
    return "[" + ", ".join(f"{key}/{comparison}" for key in keys) + "]"


def _write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _with_references(folder: Path, references: list[dict[str, object]]) -> Path:
    _write(folder, "references.json", json.dumps(references, indent=2) + "\n")
    return folder


# --- BCG -----------------------------------------------------------------------------------------------------

_BCG_DOSSIER = """\
schema_version: 2
id: bcg-tuberculosis
title: BCG against tuberculosis
updated: '1994-03-02'
treatment: bcg
words:
  treatment: BCG vaccine
  short: BCG
  condition: tuberculosis
  people: people without tuberculosis
  control: no vaccine
  given: given once, into or through the skin
  session: vaccination
  visit: year
question:
  title: Does BCG lower the chance to fall ill with tuberculosis?
  population: people without tuberculosis
  intervention: BCG, given once
  comparators: [no vaccine]
  outcomes: [tuberculosis]
outcomes:
  tuberculosis:
    label: tuberculosis
    kind: binary
    better: lower
    family: disease
    event: fall ill with tuberculosis
headline: all_trials
analyses:
  all_trials:
    label: all thirteen trials
    outcome: tuberculosis
    measure: RR
    comparisons: $all
    why: every trial of the meta-analysis
  by_chance:
    label: trials with allocation by chance
    outcome: tuberculosis
    measure: RR
    comparisons: $by_chance
    why: in the others, who got the vaccine could be foreseen
  largest:
    label: the largest trial only
    outcome: tuberculosis
    measure: RR
    comparisons: [tpt_madras1980/bcg_v_none]
    why: the trial with more people than any other
choices:
  allocation:
    any: {}
    by chance only:
      without: $chosen
unknown:
- {text: For how long BCG protects is not in this data set., status: reported, source: COL94}
"""

_BCG_PRODUCTS = """\
products:
  bcg:
    label: BCG
    kind: treatment
    statements:
    - {text: 'It was given once, into or through the skin.', status: reported, source: COL94}
  no_vaccine: {label: no vaccine, kind: control}
what_it_is:
- {text: 'BCG is a live, weakened relative of the germ of tuberculosis.', status: reported, source: COL94}
"""

_BCG_CLAIMS = """\
claims:
- id: a
  claim: BCG protects alike all over the world.
  verdict: contradicted
  why:
  - text: In the largest trial {ill} people fell ill with it, and {others} of as many without.
    bears: against
    status: reported
    source: COL94
    values:
      ill: {value: 505, status: reported, source: COL94, at: table of trials}
      others: {value: 499, status: reported, source: COL94, at: table of trials}
- id: b
  claim: BCG lowers the number of people who fall ill.
  verdict: supported
  why:
  - {text: 'Over all trials, fewer fell ill with the vaccine.', bears: for, status: reported, source: COL94}
"""

_BCG_RULED = """\
claims:
- id: alike
  claim: BCG protects alike all over the world.
  verdict: contradicted
  rule: {facts: {against: [COL94]}}
  why:
  - text: >-
      In one trial {ill} of {all} people fell ill with it and {others} of {rest} without; in another {many} with it
      and {more} without.
    bears: against
    status: derived
    source: COL94
    values:
      ill: {value: 4, status: reported, source: COL94, at: table of trials}
      all: {value: 123, status: derived, derived_from: [COL94], note: 4 + 119}
      others: {value: 11, status: reported, source: COL94, at: table of trials}
      rest: {value: 139, status: derived, derived_from: [COL94], note: 11 + 128}
      many: {value: 505, status: reported, source: COL94, at: table of trials}
      more: {value: 499, status: reported, source: COL94, at: table of trials}
- id: lowers
  claim: BCG lowers the number of people who fall ill.
  verdict: inconclusive
  rule: {estimate: {analysis: all_trials, target: important_benefit}}
  why:
  - text: Over all trials fewer fell ill with it, but by how many differs between trials.
    bears: unclear
    status: reported
    source: COL94
- id: all
  claim: With BCG hardly anybody falls ill.
  verdict: supported
  rule: {share: {arm: treated, outcome: all_trials, below: 0.01}}
  why:
  - {text: 'With it few people fell ill, as without it.', bears: for, status: derived, source: COL94}
- id: known
  claim: BCG is well tested, and in children too.
  verdict: in parts
  parts:
    tested:
      text: in trials
      verdict: supported
      rule: {count: {of: studies, where: {outcome: tuberculosis}, among: {}, at_least: 10}}
      why:
      - text: There are {n} trials.
        bears: for
        status: derived
        source: COL94
        values: {n: {value: 13, status: derived, derived_from: [COL94], note: counted}}
    children:
      text: in children
      verdict: untested
      rule: {tested: {where: {population: children}, then: {estimate: {analysis: by_chance, target: any_benefit}}}}
      why: [{text: 'This data set does not tell their ages.', status: missing}]
- id: price
  claim: BCG is cheap.
  verdict: not judged
  looked_for: No price of it was seen.
"""

_BCG_FRAMES = """\
language: en
subject: [bcg|the vaccine|vaccination]
elsewhere: [measles|influenza]
concepts:
  illness: [tuberculosis|tb|fall ill|falls ill|fell ill|getting ill]
  protecting: [protect*|prevent*|shield*|guard*|lower*|reduc*|cut|cuts]
  everywhere: [everywhere|all over the world|in every country|worldwide|wherever]
looks_like: ['<illness>']
frames:
- claim: alike
  when: ['<protecting> & <everywhere>']
  over: [lowers]
- claim: lowers
  when: ['<protecting> & <illness>', '<protecting> .. cases']
- claim: all
  when: ['hardly|barely anybody|anyone & <illness>', '% & <illness>']
  own: ['hardly|barely anybody|anyone']
  numbers: [all_trials.treated, all_trials.control]
- claim: known.tested
  when: ['tested ... trials|studies', 'trials|studies & tested']
- claim: price
  when: [cheap|inexpensive]
"""

_BCG_IMPORTANT = """\
    important: {value: 0.75, status: reported, source: GRADE11, note: a quarter less is a rough guide}
"""

_GRADE: dict[str, object] = {
    "id": "GRADE11",
    "type": "article-journal",
    "title": "GRADE guidelines 6. Rating the quality of evidence: imprecision",
    "author": [{"family": "Guyatt", "given": "GH"}],
    "issued": {"date-parts": [[2011]]},
    "URL": "https://www.jclinepi.com/article/S0895-4356(11)00206-X/fulltext",
    "genre": "guideline",
    "note": "an excerpt",
}

_BCG_CONSULTATION = """\
title: BCG for this child?
event: fall ill with tuberculosis
better: lower
first:
- {text: 'BCG does not keep everybody from falling ill: a cough that lasts, fever or loss of weight must be
    looked at all the same.', status: missing}
asks:
  age: {label: age, ask: How old is the child?, kind: number, unit: years, low: 0, high: 120}
  country: {label: country, ask: Will the child live in a country where tuberculosis is common?, kind: yes_no}
  place: {label: place, ask: Does the child live near the equator or far from it?, kind: choice,
    choices: {near: near the equator, far: far from it}}
  defences: {label: defences, ask: 'Are the defences of the body weak, by illness, by HIV or by drugs?',
      kind: yes_no}
  mother: {label: drugs of the mother, ask: Was the mother given drugs that weaken the defences while she was
      pregnant?, of: {age: {below: 1}}, kind: yes_no}
  skin: {label: skin, ask: Is the skin infected?, kind: yes_no}
  contact: {label: contact, ask: Does anybody at home have tuberculosis?, kind: yes_no}
  given: {label: earlier vaccine, ask: 'Was BCG given before, and when?', kind: doses}
rules:
  defences:
    when: {defences: ['yes']}
    then: stop
    withhold: true
    text: {text: 'Never with weak defences or HIV: the vaccine is alive, and can kill babies with HIV.',
        status: seen, source: NZHAND, also: [UNAIDS09]}
  mother:
    when: {mother: ['yes'], age: {below: 1}}
    then: stop
    text: {text: Not for a baby whose mother was given such drugs in pregnancy., status: seen, source: NZHAND}
  skin:
    when: {skin: ['yes']}
    then: stop
    text: {text: Not while the skin is infected all over., status: seen, source: NZHAND}
  contact:
    when: {contact: ['yes']}
    then: ask first
    text: {text: 'Ask first whether the child has caught it already: a test comes before the vaccine.',
        status: missing}
doses: given
baselines:
  near:
    label: people near the equator, without the vaccine
    control: none
    when: {place: [near]}
    time: as in each trial
    events: {value: $near_ill, unit: people, status: derived, derived_from: [COL94],
        note: sum over the trials nearer than 30 degrees}
    n: {value: $near_n, unit: people, status: derived, derived_from: [COL94], note: sum over the trials
        nearer than 30 degrees}
    why: {text: 'The groups without the vaccine of the trials near the equator, children or not,
        many years ago.', status: derived, source: COL94}
  far:
    label: people far from the equator, without the vaccine
    control: none
    when: {place: [far]}
    time: as in each trial
    events: {value: $far_ill, unit: people, status: derived, derived_from: [COL94],
        note: sum over the trials farther than 30 degrees}
    n: {value: $far_n, unit: people, status: derived, derived_from: [COL94], note: sum over the trials
        farther than 30 degrees}
    why: {text: 'The groups without the vaccine of the trials far from the equator, children or not,
        many years ago.', status: derived, source: COL94}
options:
  none:
    label: No vaccine
    effect: {baseline: near}
    time: as in each trial
    what: {text: 'Nothing is given; whoever falls ill is treated.', status: missing}
    approved: {text: Needs no approval., status: missing}
    visits: {text: No visit., status: missing}
    trouble: {text: The child may fall ill., status: derived, source: COL94}
    unknown: {text: How likely it is for this child., status: missing}
  vaccine:
    label: BCG
    this: true
    effect: {analysis: all_trials, readings: [by_chance, largest]}
    control: none
    time: as in each trial
    what: {text: 'A live, weakened germ, given once into the skin.', status: reported, source: COL94}
    approved: {text: 'Approved, and offered to babies at higher risk in at least one country.', status: seen,
        source: NZHAND}
    visits: {text: One visit., status: reported, source: COL94}
    trouble:
      text: 'A sore where it was given, in {low} to {high} per cent, often with a scar.'
      status: seen
      source: NZHAND
      values:
        low: {value: 90, unit: '%', status: seen, source: NZHAND, at: key information}
        high: {value: 95, unit: '%', status: seen, source: NZHAND, at: key information}
    unknown: {text: For how long it protects; how much near the equator., status: reported, source: COL94}
nearness:
  age:
    ask: age
    label: age
    of: {value: null, status: missing}
    groups:
    - when: {below: 120}
      people: {value: null, status: missing}
      text: {text: 'This data set does not tell how old people were.', status: missing}
    otherwise: {text: Not known., status: missing}
  given:
    ask: given
    label: vaccine before
    of: {value: null, status: missing}
    groups:
    - when: [none]
      people: {value: null, status: missing}
      text: {text: 'This data set does not tell who had had it before.', status: missing}
    otherwise: {text: Not known., status: missing}
matters:
  healthy: {label: not falling ill, better: lower, family: disease, chance: true}
  sore: {label: no sore on the arm, better: lower, family: sore}
moments:
- when: weeks after it
  text: {text: A sore comes where it was given and heals by itself; a small lump near it is usual.,
      status: seen, source: NZHAND}
- when: years after it
  text: {text: For how long it protects was not seen., status: missing}
take_home:
  title: A vaccine for your child?
  about:
  - {text: We talked about a shot that can keep your child from getting ill in the lungs., status: missing}
  better: get ill
  without: do not
  harms_title: What may go wrong
  rare: {text: 'If the child has weak defences, the shot can make the child ill. Tell us first.',
      status: seen, source: NZHAND}
  sure:
  - {text: In some places it helped a lot. In some it did not., status: derived, source: COL94}
  questions: [What else keeps my child safe?]
  may_differ: These are numbers of groups. Your child may do better or worse.
"""

_HANDBOOK: dict[str, object] = {
    "id": "NZHAND",
    "type": "webpage",
    "title": "Immunisation handbook: tuberculosis",
    "author": [{"literal": "Health New Zealand"}],
    "URL": "https://www.tewhatuora.govt.nz/for-health-professionals/clinical-guidance/immunisation-handbook/21-tuberculosis/",
    "genre": "guideline",
    "note": "the key information at its beginning",
}
_UNAIDS: dict[str, object] = {
    "id": "UNAIDS09",
    "type": "webpage",
    "title": "Safety of the vaccine against tuberculosis in babies with HIV; the title here is a description",
    "author": [{"literal": "UNAIDS"}],
    "issued": {"date-parts": [[2009]]},
    "URL": "https://unaids.org/en/resources/presscentre/featurestories/2009/july/20090703bcg",
    "genre": "news",
    "note": "the page",
}

#: An article about BCG, made up; what it says of the claims above is said beside each sentence in the tests.
BCG_ARTICLE = """\
# What BCG does

BCG prevents tuberculosis. Some doctors say that it protects people all over the world.
BCG does not protect people in every country, a review found. About 5% of people fell ill with the vaccine.
Is BCG cheap? BCG is cheap. The vaccine was tested in many trials.
Measles vaccines protect children. BCG makes tuberculosis glow green.
"""

_BCG_SUMMARY = """\
asked: Does BCG lower the chance to fall ill with tuberculosis?
headline: All thirteen trials
readings:
- {analysis: by_chance, label: Trials with allocation by chance}
- {analysis: largest, label: 'The largest trial, Madras'}
people: all_trials
unknown:
- {text: For how long it protects., status: missing}
tell:
- {text: 'Fewer people fell ill with BCG, but not everywhere alike.', status: reported, source: COL94}
"""

_BCG_STUDY = """\
id: $key
label: $label
year: $year
reports: [$own]
design: {type: parallel, randomised: '$randomised', blinding: unknown}
population:
- text: 'Degrees from the equator: {latitude}; allocation: $allocation.'
  status: reported
  source: COL94
  values:
    latitude: {value: $latitude, status: reported, source: COL94, at: table of trials}
arms:
  bcg: {label: BCG, treatment: bcg, role: active}
  control: {label: no vaccine, treatment: no_vaccine, role: control}
comparisons:
  bcg_v_none: {arm: bcg, versus: control, control: none, largest: $largest}
results:
- outcome: tuberculosis
  arms:
    bcg:
      events: {value: $ill, status: reported, source: COL94, at: table of trials}
      n: {value: $n, status: derived, derived_from: [COL94], note: $ill + $well}
    control:
      events: {value: $control_ill, status: reported, source: COL94, at: table of trials}
      n: {value: $control_n, status: derived, derived_from: [COL94], note: $control_ill + $control_well}
"""

_COLDITZ: dict[str, object] = {
    "id": "COL94",
    "type": "article-journal",
    "title": "Efficacy of BCG vaccine in the prevention of tuberculosis: meta-analysis of the published literature",
    "author": [{"family": "Colditz", "given": "GA"}],
    "container-title": "JAMA",
    "URL": "https://cran.r-project.org/package=metafor",
    "issued": {"date-parts": [[1994]]},
    "genre": "meta-analysis",
    "note": "its table of trials, as the R package metafor ships it",
}

# --- walking, made up ----------------------------------------------------------------------------------------

_WALKING_DOSSIER = """\
schema_version: 2
id: walking-course
title: A breathing course for people who get out of breath (MADE UP)
updated: '2026-01-01'
treatment: course
words:
  treatment: the breathing course
  short: the course
  condition: breathlessness
  people: adults who get out of breath
  control: a waiting list
  given: taught in small groups
  session: lesson
  visit: month
question:
  title: Do people who get out of breath walk further after a breathing course?
  population: adults who get out of breath
  intervention: a breathing course in small groups
  comparators: [a waiting list]
  outcomes: [distance]
outcomes:
  distance:
    label: distance walked in six minutes
    kind: continuous
    better: higher
    family: walking
    unit: metres
    important: {value: 30, status: reported, source: MADEUP, unit: metres}
scales:
  walk: {label: six-minute walk, better: higher}
headline: all_trials
analyses:
  all_trials:
    label: all five trials
    outcome: distance
    measure: MD
    time: 3
    comparisons: $all
    why: every trial that was made up
  largest:
    label: the largest trial only
    outcome: distance
    measure: MD
    time: 3
    comparisons: $largest
    why: more people than in the other trials together
"""

_WALKING_PRODUCTS = """\
products:
  course: {label: breathing course, kind: treatment}
  waiting: {label: waiting list, kind: control}
"""

_WALKING_STUDY = """\
id: $key
label: $label
year: $year
reports: [MADEUP]
design: {type: parallel, randomised: 'yes', blinding: open}
arms:
  course: {label: course, treatment: course, role: active}
  waiting: {label: waiting list, treatment: waiting, role: control}
comparisons:
  course_v_waiting: {arm: course, versus: waiting, control: none, largest: $largest}
results:
- outcome: distance
  scale: walk
  time: 3
  score: change
  arms:
    course:
      n: {value: $n, status: reported, source: MADEUP}
      change_mean: {value: $mean, status: reported, source: MADEUP}
      change_sd: {value: $sd, status: reported, source: MADEUP}
    waiting:
      n: {value: $control_n, status: reported, source: MADEUP}
      change_mean: {value: $control_mean, status: reported, source: MADEUP}
      change_sd: {value: $control_sd, status: reported, source: MADEUP}
"""

_MADE_UP: dict[str, object] = {
    "id": "MADEUP",
    "type": "article-journal",
    "title": "No such paper: every number is made up",
    "URL": "https://example.org/",
    "issued": {"date-parts": [[2026]]},
    "genre": "example",
    "note": "nothing",
}
