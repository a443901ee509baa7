"""Every number of brief and report leads back to its sources, step by step."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from glabella.app import House
from glabella.app.chain import baseline_of, chain
from glabella.dossier import load, shipped
from glabella.shown import Claim, Section, blocks_of, digest, inlines_of, plain
from glabella.shown.document import Cell
from glabella.synthesis import arrays, contrasts, pool_trials
from tests import dossiers_made
from tests.app.reading import Page, client, name_of, shipped_house

pytestmark = pytest.mark.xdist_group("app-read")


@pytest.fixture(scope="module")
def app() -> Iterator[TestClient]:
    with client(shipped_house()) as opened:
        yield opened


def words(section: Section) -> str:
    """Give what a section says."""
    pieces: list[Cell] = list(inlines_of((section,)))
    return " ".join(plain(piece) for piece in pieces)


def made_of(house: House, claim: Claim) -> dict[str, Section]:
    """Give the sections of a claim's page."""
    made = chain(house.ground, claim)
    return {block.id: block for block in blocks_of(made.sections) if isinstance(block, Section)}


def holds(house: House) -> None:
    """Hold what is true of the page of every claim."""
    digests = house.evidence.digests
    for name, claim in house.claims.items():
        made = chain(house.ground, claim)
        sections = {block.id: block for block in blocks_of(made.sections) if isinstance(block, Section)}
        first = plain(next(inlines_of(sections["number"].content)))
        assert first in claim.texts, name
        # What it leads to are numbers that have pages themselves, as they stand there.
        assert name not in {it.id for it in made.claims}
        for it in made.claims:
            assert house.claims.get(it.id) in (it, None), (name, it.id)
        # Every source and every input is named, and the files with the digests that they really have.
        assert {it.reference for it in claim.sources} <= {it.key for it in made.references}, name
        rests = words(sections["rests"])
        for key, mark in claim.inputs:
            assert mark in rests, (name, key)
            whole = digests.get(key, digests.get(f"studies/{key}.yaml", mark))
            assert whole == mark or f"a part of {key}" in rests, (name, key)
        places = words(sections["stands"]) if "stands" in sections else ""
        assert places, f"{name} stands somewhere"


def test_every_number_of_brief_and_report_has_its_way() -> None:
    assert len(shipped_house().claims) > 2000
    holds(shipped_house())


@pytest.mark.parametrize(
    "make", [dossiers_made.starter, dossiers_made.bcg, dossiers_made.bcg_claimed, dossiers_made.walking]
)
def test_every_number_of_another_dossier_has_its_way(tmp_path: Path, make: object) -> None:
    assert callable(make)
    holds(House(load(make(tmp_path / "dossier"))))


def test_the_page_of_each_kind_of_number_says_its_value(app: TestClient) -> None:
    kinds = {claim.function: claim for claim in shipped_house().claims.values()}
    assert len(kinds) > 20
    for claim in kinds.values():
        answer = app.get(f"/number/{claim.id}")
        page = Page(answer.text)
        assert answer.status_code == 200
        assert any(text in page.text for text in (claim.text, claim.interval_text)), claim.id
        assert claim.function in page.text
        assert page.faults == []


def test_a_pooled_effect_leads_to_the_trials_that_synthesis_pools() -> None:
    house = shipped_house()
    evidence = house.evidence
    for key in ("scores_all", "scores_small", "response_saline"):
        effects = contrasts(evidence, evidence.dossier.analyses[key]).effects
        shown = {it.id: it for it in chain(house.ground, house.claims[f"{key}.estimate"]).claims}
        value = np.exp if evidence.dossier.analyses[key].measure == "OR" else float
        for effect in effects:
            begin = f"{key}.{effect.study}.{effect.comparison}"
            assert shown[f"{begin}.effect"].value == pytest.approx(float(value(effect.yi)))
            assert f"{begin}.weight" in shown
        weights = [shown[f"{key}.{it.study}.{it.comparison}.weight"].value or 0.0 for it in effects]
        assert sum(weights) == pytest.approx(100)
        assert {it.rsplit(".", 1)[0] for it in shown if it.endswith(".weight")} == {
            f"{key}.{it.study}.{it.comparison}" for it in effects
        }


def test_a_weight_is_what_pooling_gives(app: TestClient) -> None:
    house = shipped_house()
    analysis = house.evidence.dossier.analyses["scores_all"]
    effects = contrasts(house.evidence, analysis).effects
    fit = pool_trials(
        *arrays(effects), trial=[it.study for it in effects], method=analysis.method, test=analysis.test
    )
    for effect, weight in zip(effects, fit.weights, strict=True):
        name = f"scores_all.{effect.study}.{effect.comparison}.weight"
        assert f"{weight:.0f}" in Page(app.get(f"/number/{name}").text).text
        assert house.claims[name].value == pytest.approx(float(weight))


def test_an_effect_is_told_by_its_rules_and_the_numbers_read() -> None:
    house = shipped_house()
    for key in ("scores_all", "response_with_other_site"):
        for effect in contrasts(house.evidence, house.evidence.dossier.analyses[key]).effects:
            begin = f"{key}.{effect.study}.{effect.comparison}."
            made = chain(house.ground, house.claims[f"{begin}effect"])
            told = words(
                next(it for it in blocks_of(made.sections) if isinstance(it, Section) and it.id == "steps")
            )
            shown = {it.id: it for it in made.claims}
            for place, step in enumerate(effect.steps):
                assert step.rule[1:] in told
                for number, (_, read) in enumerate(step.inputs):
                    it = shown[f"{begin}step{place}.{number}"]
                    assert (it.value, it.low, it.high) == (read.value, read.low, read.high)


def test_a_quoted_number_names_its_source_its_place_and_the_file_that_holds_it() -> None:
    house = shipped_house()
    claim = house.claims["scores_all.brin2020.u30_v_placebo.step0.0"]
    made = made_of(house, claim)
    read = words(made["read"])
    assert claim.value == -3.7
    assert "abstract" in read
    assert "studies/brin2020.yaml" in read
    assert "difference" in read
    assert house.evidence.digests["studies/brin2020.yaml"] in words(made["rests"])
    address = {it.key: it.address for it in chain(house.ground, claim).references}["BRIN20"]
    assert address is not None
    assert address.startswith("https://doi.org/")


def test_a_number_that_was_worked_out_says_how() -> None:
    """The arithmetic that the dossier notes stands on the page."""
    house = shipped_house()
    text = (shipped() / "studies" / "brin2020.yaml").read_text(encoding="utf-8")
    assert "note: 123 - 65" in text
    claim = house.claims["scores_all.brin2020.u30_v_placebo.step0.3"]
    assert claim.value == 58
    assert "123 - 65" in words(made_of(house, claim)["read"])


def test_every_quoted_number_is_found_where_it_was_typed() -> None:
    house = shipped_house()
    quoted = [
        it for it in house.claims.values() if it.function == "glabella.brief.quote" and "dossier" in dict(it.inputs)
    ]
    lost = [it.id for it in quoted if dict(it.inputs)["dossier"] not in house.ground.typed]
    # A unit or a sign that a section adds for its sentence makes another number of it.
    assert len(lost) <= 3
    for claim in quoted[::7]:
        for file, path, number in house.ground.typed.get(dict(claim.inputs)["dossier"], []):
            assert digest(json.loads(number.model_dump_json())) == dict(claim.inputs)["dossier"]
            assert file in house.evidence.digests
            assert path


def test_from_the_answer_every_number_behind_it_is_reached_by_links(app: TestClient) -> None:
    house = shipped_house()
    seen, left = set(), ["scores_all.estimate"]
    outside: set[str] = set()
    while left:
        name = left.pop()
        if name in seen or not name.startswith("scores_all."):
            continue
        seen.add(name)
        page = Page(app.get(f"/number/{name}").text)
        left += [name_of(link) for link in page.links if link.startswith("/number/")]
        outside |= {link for link in page.links if link.startswith("https://")}
    effects = contrasts(house.evidence, house.evidence.dossier.analyses["scores_all"]).effects
    wanted = {
        f"scores_all.{it.study}.{it.comparison}.{end}"
        for it in effects
        for end in ("effect", "weight", "n1", "n2",
                    *(f"step{a}.{b}" for a, step in enumerate(it.steps) for b in range(len(step.inputs))))
    }  # fmt: skip
    assert wanted <= seen
    # And from there to the publications themselves.
    cited = {key for it in effects for key in it.sources}
    addresses = {it.key: it.address for it in house.report.references}
    assert {addresses[key] for key in cited if addresses[key]} <= outside


def test_a_number_leads_back_to_where_it_stands(app: TestClient) -> None:
    for name in ("scores_all.estimate", "scores_all.points"):
        page = Page(app.get(f"/number/{name}").text)
        sections = {link.removeprefix("/report/") for link in page.links if link.startswith("/report/")}
        assert sections
        for section in sections:
            assert name in Page(app.get(f"/report/{section}").text).numbers
    assert "/brief" in Page(app.get("/number/scores_all.points").text).links


def test_no_two_names_share_a_page() -> None:
    names = list(shipped_house().claims)
    assert len({re.sub(r"\s", "", it) for it in names}) == len(names)


# --- a chance without treatment ------------------------------------------------------------------------------


def test_a_number_on_a_baseline_shows_it_as_a_step_with_its_sources() -> None:
    house = shipped_house()
    made = [it for it in house.claims.values() if it.function.endswith(".risk_with") and it.id.endswith(".with")]
    assert len(made) > 20
    for claim in made:
        base = baseline_of(house.ground, claim)
        assert base is not None, claim.id
        way = " ".join(words(made_of(house, claim)["way"]).split())
        assert f"Chance without treatment: {base.text} of a hundred , source" in way, claim.id
        assert base in chain(house.ground, claim).claims
    told = house.claims["scores_all.people.own.with"]
    assert baseline_of(house.ground, told) == house.claims["people.own.without"]
    # Nothing else rests on one.
    assert baseline_of(house.ground, house.claims["scores_all.estimate"]) is None
    assert baseline_of(house.ground, house.claims["people.own.without"]) is None


def test_a_chance_of_other_choices_rests_on_the_dossiers_own_baseline(app: TestClient) -> None:
    for end in ("own", "usual"):
        name = f"chosen.scores_all.people.{end}.with"
        page = Page(app.get(f"/number/{name}?analysis=scores_all&method=DL").text)
        base = shipped_house().claims[f"people.{end}.without"]
        assert f"Chance without treatment: {base.text} of a hundred" in page.text
        assert f"/number/{base.id}" in page.links


def test_what_is_for_checking_is_folded(app: TestClient) -> None:
    text = app.get("/number/scores_all.estimate").text
    claim = shipped_house().claims["scores_all.estimate"]
    folded = "".join(re.findall(r"<details>.*?</details>", text, re.DOTALL))
    for technical in (claim.function, *(mark for _, mark in claim.inputs)):
        assert technical in folded
        assert text.count(technical) == folded.count(technical)


def test_only_sources_that_are_cited_are_listed(app: TestClient) -> None:
    for name in ("scores_all.people.own.with", "scores_all.brin2020.u30_v_placebo.step0.0", "with.ranks"):
        text = app.get(f"/number/{name}").text
        main, _, foot = text.partition('<footer class="foot">')
        cited = {
            int(number)
            for mark in re.findall(r'class="cite[^"]*" href="#[^"]*">\[([^\]]+)\]', main)
            for number in spread(mark)
        }
        assert cited == {int(it) for it in re.findall(r'<li id="s(\d+)"', foot)}, name


def spread(mark: str) -> Iterator[str]:
    """Give each number of a mark such as 1–3,7."""
    for part in mark.split(","):
        first, _, last = part.partition("–")
        yield from map(str, range(int(first), int(last or first) + 1))


def test_several_days_are_days() -> None:
    claims = shipped_house().claims
    assert claims["long1.visit"].text == "90 days"
    assert claims["long1.visit"].bare == "90"
