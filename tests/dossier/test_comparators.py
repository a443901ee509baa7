"""A network of other treatments: every bad table, row and join gives its fault; priors too."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml

from glabella.dossier import DossierError, check, load, read_table, shipped
from tests.made_up import write_fuller
from tests.synthesis.records import outputs

TABLE = """\
study,treat1,treat2,te,se
one,tablet,placebo,0.4,0.2
two,talking,placebo,0.3,0.25
three,tablet,placebo,0.5,0.3
three,tablet + talking,placebo,0.9,0.3
three,tablet + talking,tablet,0.4,0.3
"""
COMPARATORS = """\
id: made_up
label: made up
source: EXAMPLE
table: {file: tables/net.csv, form: contrasts}
outcome: response
definition: as the trials say
measure: OR
better: higher
population: nobody
years: none
setting: none
origin: {text: Made up for a test., status: seen, source: EXAMPLE}
treatments:
  placebo: {label: placebo, kind: placebo}
  tablet: {label: tablet, kind: drug}
  talking: {label: talking, kind: talking therapy}
  tablet + talking: {label: both, kind: combination, components: [tablet, talking]}
joined: {label: my drug, node: placebo, why: both are inert, through: response_all}
beside: [tablet]
transitivity:
  - topic: who takes part
    serious: true
    network: {text: Nobody., status: missing}
    here: {text: Nobody., status: missing}
"""
PRIORS = """\
heterogeneity:
  spread:
    label: spread between trials
    of: tau
    measure: any
    applies_to: everything
    family: half_normal
    parameters:
      scale: {value: 0.5, status: seen, source: EXAMPLE}
    why:
      - {text: A test needs one., status: missing}
"""


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    folder = tmp_path / "dossier"
    write_fuller(folder)
    (folder / "tables").mkdir()
    (folder / "tables" / "net.csv").write_text(TABLE, encoding="utf-8")
    (folder / "comparators.yaml").write_text(COMPARATORS, encoding="utf-8")
    (folder / "priors.yaml").write_text(PRIORS, encoding="utf-8")
    return folder


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"the example no longer holds {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_network_and_priors_are_read(dossier: Path) -> None:
    assert check(dossier) == []
    evidence = load(dossier)
    assert evidence.network is not None
    assert evidence.network.names("treat1")[-1] == "tablet + talking"
    assert evidence.network.numbers("se")[:2] == (0.2, 0.25)
    assert evidence.digests.keys() >= {"comparators.yaml", "tables/net.csv", "priors.yaml"}
    assert evidence.priors is not None
    assert evidence.priors.heterogeneity["spread"].value("scale") == 0.5


def test_a_dossier_may_have_neither(tmp_path: Path) -> None:
    write_fuller(tmp_path / "mine")
    evidence = load(tmp_path / "mine")
    assert (evidence.comparators, evidence.network, evidence.priors) == (None, None, None)


NET, YAML, PRIOR = "tables/net.csv", "comparators.yaml", "priors.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (NET, "0.4,0.2\n", "much,0.2\n", r":2: te is 'much', expected a finite number"),
        (NET, "0.4,0.2\n", "0.4,0\n", r":2: se is '0', expected a finite number above zero"),
        (NET, "0.4,0.2\n", "0.4\n", r":2: 4 values, expected 5: study, treat1, treat2, te, se"),
        (NET, "one,tablet", ",tablet", r":2: study is empty, expected a name"),
        (NET, "one,tablet,placebo", "one,tablet,tablet", r":2: study 'one' compares 'tablet' with itself"),
        (NET, "two,talking,placebo", "one,placebo,tablet",
         r":3: study 'one' compares 'placebo' with 'tablet' twice"),
        (NET, "three,tablet + talking,tablet,0.4,0.3\n", "",
         r":4: study 'three' has 3 treatments in 2 rows, expected all 3 pairs"),
        (NET, "two,talking,", "two,speaking,", r":3: treat1 is 'speaking'; expected a key of treatments"),
        (NET, "study,treat1,treat2,te,se", "study,a,b,te,se",
         r":1: found columns study, a, b, te, se; expected study"),
        (NET, TABLE, "# nothing\n", r": the table is empty, expected columns study, treat1"),
        (NET, TABLE, "study,treat1,treat2,te,se\n", r":1: no row below the header"),
        (YAML, "tables/net.csv", "tables/other.csv", r":4: no file tables/other.csv, expected a table"),
        (YAML, "tables/net.csv", "../net.csv", r":4: table.file: found '../net.csv'"),
        (YAML, "outcome: response", "outcome: mood", r":5: no outcome 'mood'; expected one of \['response'\]"),
        (YAML, "better: higher", "better: lower", r":8: better is lower, but dossier.yaml says higher"),
        (YAML, "measure: OR", "measure: RR", r":18: analysis 'response_all' has measure OR; expected RR"),
        (YAML, "through: response_all", "through: all", r":18: no analysis 'all'; expected one of"),
        (YAML, "node: placebo", "node: salt", r":18: no treatment 'salt'; expected a key of treatments"),
        (YAML, "label: my drug", "label: tablet", r":18: 'tablet' is a treatment of the network already"),
        (YAML, "beside: [tablet]", "beside: [pill]", r":19: no treatment 'pill'"),
        (YAML, "components: [tablet, talking]", "components: [tablet, walking]", r":17: no treatment 'walking'"),
        (YAML, "components: [tablet, talking]", "components: [tablet]", r":17: .*with 1 components; expected two"),
        (YAML, "source: EXAMPLE", "source: NOBODY", r":\d+: reference 'NOBODY' is not in references.json"),
        (YAML, "talking: {label", "walking: {label: walking, kind: herb}\n  talking: {label",
         r":16: treatment 'walking' is nowhere in tables/net.csv"),
        (YAML, "{text: Nobody., status: missing}", "{text: All 7., status: missing}",
         r":\d+: text holds the bare number"),
        (PRIOR, "scale: {", "sd: {", r":\d+: .*half_normal has parameters \['sd'\], expected \['scale'\]"),
        (PRIOR, "value: 0.5", "value: -0.5", r":\d+: .*parameter scale is -0.5, expected more than zero"),
        (PRIOR, "status: seen", "status: recalled", r":\d+: .*parameter scale is not known"),
        (PRIOR, "of: tau", "of: bias", r":\d+: .*heterogeneity.spread is a prior of bias, expected of tau or tau2"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_what_was_expected(
    dossier: Path, file: str, old: str, new: str, says: str
) -> None:
    edit(dossier, file, old, new)
    faults = [str(fault) for fault in check(dossier)]
    assert any(re.search(re.escape(file) + says, fault) for fault in faults), faults


def test_a_rule_names_a_treatment_of_the_network(dossier: Path) -> None:
    why = [{"text": "So it is.", "bears": "for", "status": "seen", "source": "EXAMPLE"}]
    for option, faulty in (("tablet", False), ("nix", True)):
        rule = {"estimate": {"network": option, "target": "not_worse"}}
        claim = {"id": "x", "claim": "As good.", "verdict": "supported", "why": why, "rule": rule}
        (dossier / "claims.yaml").write_text(yaml.safe_dump({"claims": [claim]}), encoding="utf-8")
        told = [str(fault) for fault in check(dossier) if "the rule names" in str(fault)]
        assert len(told) == faulty
        assert all("the treatment 'nix' of the network, expected one of [" in fault for fault in told)


def test_all_faults_of_a_table_come_at_once(dossier: Path) -> None:
    edit(dossier, NET, "0.4,0.2\n", "much,-1\n")
    edit(dossier, NET, "0.3,0.25\n", "0.3,inf\n")
    with pytest.raises(DossierError) as caught:
        load(dossier)
    assert [fault.line for fault in caught.value.faults if fault.file == NET] == [2, 2, 3]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("study,treatment,events,n\na,x,5,10\na,y,11,10\n", ":3: events 11 > n 10"),
        ("study,treatment,events,n\na,x,5,10\na,y,2.5,10\n", ":3: events is '2.5', expected a whole number"),
        ("study,treatment,events,n\na,x,5,10\na,y,2,0\n", ":3: n is '0', expected a number of people above zero"),
        ("study,treatment,events,n\na,x,5,10\n", ":2: study 'a' has one arm only"),
        ("study,treatment,n,mean,sd\na,x,5,10,1\n", ":1: found columns study, treatment, n, mean, sd; expected"),
    ],
)
def test_a_fault_in_arms_names_its_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "arms.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DossierError, match=re.escape(says)):
        read_table(file, "arms.csv", "arms", "OR")


def test_arms_of_means_are_read(tmp_path: Path) -> None:
    file = tmp_path / "arms.csv"
    file.write_text('# a comment\nstudy,treatment,n,mean,sd\na,x,5,10,1\na,"y, z",6,-9.5,2\n', encoding="utf-8")
    table = read_table(file, "arms.csv", "arms", "SMD")
    assert table.names("treatment") == ("x", "y, z")
    assert table.numbers("mean") == (10.0, -9.5)
    assert table.lines == (3, 4)


def test_names_of_other_programs_are_read(tmp_path: Path) -> None:
    file = tmp_path / "net.csv"
    file.write_text("studlab,treat1,treat2,TE,seTE\na,x,y,0.1,0.2\n", encoding="utf-8")
    assert read_table(file, "net.csv", "contrasts", "OR").numbers("te") == (0.1,)


def test_the_shipped_network_is_the_published_one() -> None:
    known = outputs("netmeta", "Linde2016")
    evidence = load()
    assert evidence.comparators is not None
    assert evidence.network is not None
    names = {"study": "studlab", "treat1": "treat1", "treat2": "treat2", "te": "TE", "se": "seTE"}
    for ours, theirs in names.items():
        assert list(evidence.network.columns[ours]) == known["contrasts"][theirs]
    assert sorted(evidence.comparators.treatments) == sorted(known["DL"]["treatments"])
    arms = Counter(known["contrasts"]["studlab"])
    assert len(arms) == 93


def test_the_shipped_network_says_where_it_may_not_be_comparable() -> None:
    comparators = load().comparators
    assert comparators is not None
    assert sum(each.serious for each in comparators.transitivity) >= 4
    assert comparators.judgement
    for each in comparators.transitivity:
        for side in (each.network, each.here):
            assert side.status == "missing" or side.source, each.topic


def test_a_copy_of_the_shipped_dossier_without_the_network_still_loads(tmp_path: Path) -> None:
    folder = tmp_path / "dossier"
    shutil.copytree(shipped(), folder)
    (folder / "comparators.yaml").unlink()
    faults = [str(fault) for fault in check(folder)]
    # Only what the network alone cites is then uncited.
    assert faults
    assert all("nothing cites reference 'LIN" in fault for fault in faults), faults
