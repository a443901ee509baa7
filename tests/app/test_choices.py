"""Other choices: what comes of them is what synthesis gives of the rows that remain, and nothing is lost unsaid."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import urlencode

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from glabella.app import House
from glabella.app.house import Kept
from glabella.brief.sections.chosen import PREFIX
from glabella.decision.choices import NAMES, ChoiceError, Choices, choosing, offered, read_choices
from glabella.dossier import Study, load
from glabella.shown import Claim
from glabella.synthesis import Effect, contrasts, effect_size, pool, pool_trials, tau_prior_of
from glabella.synthesis import declared_prior as declared_prior_of
from tests import dossiers_made
from tests.app.reading import Page, client, name_of, shipped_house

pytestmark = pytest.mark.xdist_group("app-read")


@pytest.fixture(scope="module")
def app() -> Iterator[TestClient]:
    with client(shipped_house()) as opened:
        yield opened


def chosen(house: House, *pairs: tuple[str, str]) -> dict[str, Claim]:
    """Give the claims that come of choices."""
    choices = read_choices(house.evidence, list(house.results.analyses), pairs)
    return {claim.id: claim for claim in house.choosing(choices).document.claims}


def rows_of(house: House, key: str, **other: object) -> tuple[Effect, ...]:
    analysis = house.evidence.dossier.analyses[key].model_copy(update=other)
    return contrasts(house.evidence, analysis).effects


def dose_is(units: float) -> Callable[[Study, str], bool]:
    """Say whether everybody in the arm of a comparison got so many units."""

    def one(study: Study, comparison: str) -> bool:
        doses = study.arms[study.comparisons[comparison].arm].doses
        return [(it.who, it.units.value) for it in doses] == [("all", units)]

    return one


#: What is chosen, which rows of the declared analysis it leaves, how they are pooled, and what is read otherwise.
CASES: list[tuple[tuple[tuple[str, str], ...], Callable[[Study, str], bool], dict[str, str], dict[str, object]]] = [
    ((("other", "adjunct"),), lambda study, _: study.co_treatment == "adjunct", {}, {}),
    ((("other", "monotherapy"),), lambda study, _: study.co_treatment == "monotherapy", {}, {}),
    ((("other", "monotherapy"), ("other", "adjunct")),
     lambda study, _: study.co_treatment in ("monotherapy", "adjunct"), {}, {}),
    ((("blinding", "double"),), lambda study, _: study.design.blinding == "double", {}, {}),
    ((("signals", "leave_out"),), lambda study, _: all(it.serious is None for it in study.signals), {}, {}),
    ((("signals", "leave_out"), ("method", "DL"), ("test", "z")),
     lambda study, _: all(it.serious is None for it in study.signals), {"method": "DL", "test": "z"}, {}),
    ((("method", "common"),), lambda *_: True, {"method": "common"}, {}),
    ((("method", "DL"), ("test", "t")), lambda *_: True, {"method": "DL", "test": "t"}, {}),
    ((("dose", "onabotulinumtoxinA:30"),), dose_is(30), {}, {}),
    ((("dose", "onabotulinumtoxinA:50"),), dose_is(50), {}, {}),
    ((("time", "3"),), lambda *_: True, {}, {"time": 3.0}),
    ((("time", "9"),), lambda *_: True, {}, {"time": 9.0}),
    ((("time", "last"),), lambda *_: True, {}, {"when": "last"}),
    ((("time", "first"), ("test", "z"), ("other", "monotherapy")),
     lambda study, _: study.co_treatment == "monotherapy", {"test": "z"}, {"when": "first"}),
    ((("analysis", "response_with_other_site"), ("signals", "leave_out")),
     lambda study, _: all(it.serious is None for it in study.signals), {}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "keeps", "how", "read"), CASES, ids=[urlencode(it[0]) for it in CASES])
def test_what_comes_of_choices_is_what_synthesis_gives_of_the_rows_that_remain(
    pairs: tuple[tuple[str, str], ...],
    keeps: Callable[[Study, str], bool],
    how: dict[str, str],
    read: dict[str, object],
) -> None:
    house = shipped_house()
    key = dict(pairs).get("analysis", house.evidence.dossier.headline)
    analysis = house.evidence.dossier.analyses[key]
    rows = [it for it in rows_of(house, key, **read) if keeps(house.evidence.studies[it.study], it.comparison)]
    assert rows
    prior = declared_prior_of(house.evidence.priors, analysis.measure)
    fit = pool_trials(
        [it.yi for it in rows], [it.vi for it in rows], trial=[it.study for it in rows],
        method=how.get("method", analysis.method), test=how.get("test", analysis.test),  # type: ignore[arg-type]
        tau_prior=None if prior is None else tau_prior_of(prior),
    )  # fmt: skip
    found = chosen(house, *pairs)
    scale = np.exp if analysis.measure in ("OR", "RR") else float
    estimate = found[f"{PREFIX}{key}.estimate"]
    ends = (estimate.value, estimate.low, estimate.high)
    assert ends == pytest.approx([float(scale(it)) for it in (fit.estimate, fit.ci_low, fit.ci_high)], rel=1e-8)
    assert found[f"{PREFIX}{key}.k"].value == len(rows)
    assert found[f"{PREFIX}{key}.trials"].value == len({it.study for it in rows})
    assert found[f"{PREFIX}{key}.n"].value == sum(it.n1 + it.n2 for it in rows)
    for row, weight in zip(rows, fit.weights, strict=True):
        begin = f"{PREFIX}{key}.{row.study}.{row.comparison}"
        assert found[f"{begin}.effect"].value == pytest.approx(float(scale(row.yi)))
        assert found[f"{begin}.weight"].value == pytest.approx(float(weight), nan_ok=True)


def test_another_dossier_pools_as_its_counts_do(tmp_path_factory: pytest.TempPathFactory) -> None:
    house = House(load(dossiers_made.bcg(tmp_path_factory.mktemp("bcg") / "dossier")))
    chance = [it for it in dossiers_made.BCG if it[-1] == "random"]
    sizes = effect_size(
        "RR", ai=[it[2] for it in chance], bi=[it[3] for it in chance], ci=[it[4] for it in chance],
        di=[it[5] for it in chance],
    )  # fmt: skip
    for method, test in (("DL", "z"), ("common", "knha"), ("REML", "t")):
        fit = pool(sizes.yi, sizes.vi, method=method, test=test)  # type: ignore[arg-type]
        found = chosen(house, ("analysis", "by_chance"), ("method", method), ("test", test))
        estimate = found[f"{PREFIX}by_chance.estimate"]
        assert estimate.value == pytest.approx(float(np.exp(fit.estimate)), rel=1e-7)
        if (method, test) != ("common", "knha"):  # narrower than the usual one is not taken there
            assert estimate.low == pytest.approx(float(np.exp(fit.ci_low)), rel=1e-7)


def test_the_declared_answer_beside_choices_is_the_reports_own() -> None:
    house = shipped_house()
    for pairs in ((("method", "DL"),), (("analysis", "scores_small"), ("test", "z")), (("time", "3"),)):
        ours = {name: it for name, it in chosen(house, *pairs).items() if not name.startswith(PREFIX)}
        assert any(name.endswith(".estimate") for name in ours)
        for name, claim in ours.items():
            assert house.claims[name] == claim
    # Where nothing is chosen, all of it is.
    for name, claim in chosen(house).items():
        assert house.claims[name] == claim


def single_choices(house: House) -> Iterator[tuple[tuple[str, str], ...]]:
    for key in house.results.analyses:
        yield (("analysis", key),)
        for name, values in offered(house.evidence, key).items():
            for value in values:
                yield (("analysis", key), (name, value))


def test_every_comparison_remains_or_is_named_with_a_reason() -> None:
    house = shipped_house()
    for pairs in single_choices(house):
        choices = read_choices(house.evidence, list(house.results.analyses), pairs)
        made = choosing(house.evidence, choices)
        found = contrasts(made.evidence, made.analysis)
        there = {f"{it.study}/{it.comparison}" for it in found.effects}
        gone = {f"{it.study}/{it.comparison}": it.reason for it in found.not_computed}
        gone |= {f"{study}/{comparison}": why for study, comparison, why in made.left_out}
        declared = house.evidence.dossier.analyses[choices.analysis]
        assert there | set(gone) == set(declared.comparisons) - set(declared.without), pairs
        assert there.isdisjoint(gone)
        assert all(gone.values())
        text = Page(page_of(house, pairs)).text
        for name, why in gone.items():
            study = house.evidence.studies[name.partition("/")[0]]
            assert study.label in text, (pairs, name)
            assert why in text, (pairs, name, why)


def page_of(house: House, pairs: tuple[tuple[str, str], ...]) -> str:
    with client(house) as app:
        answer = app.get("/choices", params=list(pairs), follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.text)


def test_nothing_that_remains_is_said_with_all_that_was_left_out(app: TestClient) -> None:
    answer = app.get("/choices", params=[("analysis", "scores_all"), ("dose", "botulinumtoxinA:")])
    page = Page(answer.text)
    assert answer.status_code == 200
    assert "No trial that remains gives an effect" in page.text
    assert "As the dossier declares it" in page.text


def test_choices_are_labelled_as_not_the_dossiers_own(app: TestClient) -> None:
    path = "/choices?analysis=scores_all&method=DL"
    assert "not the dossier’s answer" in Page(app.get(path).text).text
    assert "not the dossier’s answer" not in Page(app.get("/choices").text).text
    number = app.get("/number/chosen.scores_all.estimate?analysis=scores_all&method=DL")
    assert "not the dossier’s answer" in Page(number.text).text


def test_every_number_of_a_page_of_choices_has_its_way(app: TestClient) -> None:
    for path in ("/choices?analysis=scores_all&other=adjunct", "/choices?analysis=scores_all&time=3", "/choices"):
        page = Page(app.get(path).text)
        assert len(page.numbers) > 20
        links = {link for link in page.links if link.startswith("/number/")}
        for link in sorted(links):
            answer = app.get(link)
            assert answer.status_code == 200, link
            # And so have those behind it.
            inner = [it for it in Page(answer.text).links if it.startswith("/number/")][:3]
            assert [app.get(it).status_code for it in inner] == [200] * len(inner), link


def test_the_way_of_a_chosen_number_is_of_the_choices(app: TestClient) -> None:
    back = "?analysis=scores_all&other=adjunct"
    page = Page(app.get(f"/number/chosen.scores_all.estimate{back}").text)
    house = shipped_house()
    rows = [it for it in rows_of(house, "scores_all")
            if house.evidence.studies[it.study].co_treatment == "adjunct"]  # fmt: skip
    weights = {name_of(link) for link in page.links if link.endswith(f".weight{back}")}
    assert weights == {f"chosen.scores_all.{it.study}.{it.comparison}.weight" for it in rows}


# --- what changed --------------------------------------------------------------------------------------------


def test_what_changed_is_told_with_both_numbers() -> None:
    house = shipped_house()
    found = chosen(house, ("other", "adjunct"))
    # Marks of sources stand behind numbers.
    text = re.sub(r"\[[\d–,A-Z]+\]", "", Page(page_of(house, (("other", "adjunct"),))).text)
    was, now = found["scores_all.estimate"], found[f"{PREFIX}scores_all.estimate"]
    assert was.text != now.text
    assert f"was {was.text} and is {now.text}" in text
    assert (was.low or 0) < 0 < (was.high or 0)


def test_choices_that_change_nothing_say_so() -> None:
    text = Page(page_of(shipped_house(), (("analysis", "scores_all"), ("blinding", "double")))).text
    rows = rows_of(shipped_house(), "scores_all")
    if all(shipped_house().evidence.studies[it.study].design.blinding == "double" for it in rows):
        assert "Nothing: the same comparisons give the same numbers." in text
    else:
        assert "What changed" in text


# --- reading choices -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("time=5", ["time", "'5'", "3, 6, 9, 16, first, last"]),
        ("time=3&time=6", ["time: found 2 values, expected one"]),
        ("analysis=nothing", ["analysis", "'nothing'", "scores_all"]),
        ("analysis=reproduce_parsaik_response", ["analysis", "reproduce_parsaik_response"]),
        (
            "method=PM&test=adhoc&foo=1",
            ["method", "'PM'", "REML, DL, common", "'adhoc'", "knha, t, z", "foo", "no such choice"],
        ),
        ("dose=30", ["dose", "'30'", "onabotulinumtoxinA:30"]),
        ("signals=keep", ["signals", "'keep'", "leave_out"]),
        ("analysis=response_saline&time=3", ["time", "'3'", "no choice"]),
        ("other=" + "x" * 50_000, ["other", "xxx…"]),
        ("%00=%ff", ["no such choice"]),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_said_with_what_was_found_and_expected(
    app: TestClient, query: str, expected: list[str]
) -> None:
    answer = app.get(f"/choices?{query}")
    assert answer.status_code == 400
    text = Page(answer.text).text
    for words in expected:
        assert words in text
    # The form is there to choose again.
    assert "<form" in answer.text
    number = app.get(f"/number/scores_all.estimate?{query}")
    assert number.status_code == 400
    assert expected[0] in Page(number.text).text


def test_an_empty_choice_is_as_declared(app: TestClient) -> None:
    names = "&".join(f"{name}=" for name in NAMES)
    assert app.get(f"/choices?{names}").status_code == 303
    assert app.get(f"/choices?{names}", follow_redirects=True).text == app.get("/choices?analysis=scores_all").text


def test_what_is_as_declared_is_no_choice() -> None:
    house = shipped_house()
    keys = list(house.results.analyses)
    plain = Choices("scores_all")
    for pairs in (
        [("method", "REML"), ("test", "knha"), ("time", "6")],
        [("dose", value) for value in house.offered("scores_all")["dose"]],
        [("other", value) for value in reversed(house.offered("scores_all")["other"])],
    ):
        assert read_choices(house.evidence, keys, pairs) == plain


@settings(max_examples=60)
@given(st.data())
def test_choices_read_again_from_their_address_are_the_same(data: st.DataObject) -> None:
    house = shipped_house()
    keys = list(house.results.analyses)
    key = data.draw(st.sampled_from(keys))
    pairs = [("analysis", key)]
    for name, values in house.offered(key).items():
        pairs += [(name, it) for it in data.draw(st.lists(st.sampled_from(list(values)), max_size=1, unique=True))]
    one = read_choices(house.evidence, keys, data.draw(st.permutations(pairs)))
    assert read_choices(house.evidence, keys, one.pairs) == one
    assert choosing(house.evidence, one).evidence.dossier.headline == key


SENT = st.tuples(st.one_of(st.sampled_from(list(NAMES)), st.text(max_size=8)), st.text(max_size=12))


@given(st.lists(SENT, max_size=5))
@settings(max_examples=100)
def test_whatever_is_sent_is_read_or_refused_in_words(pairs: list[tuple[str, str]]) -> None:
    house = shipped_house()
    faults: tuple[str, ...] = ()
    try:
        found = read_choices(house.evidence, list(house.results.analyses), pairs)
    except ChoiceError as error:
        faults = error.faults
    else:
        assert found.analysis in house.results.analyses
    assert all(fault and len(fault) < 2000 for fault in faults)


def test_the_form_offers_what_can_be_chosen_and_remembers_it(app: TestClient) -> None:
    house = shipped_house()
    text = app.get("/choices?analysis=scores_all&other=adjunct&method=DL").text
    for name, values in house.offered("scores_all").items():
        found = [unescape(it) for it in re.findall(rf'name="{name}" value="([^"]+)"', text)]
        found += [
            unescape(it)
            for part in re.findall(rf'<select id="f-{name}".*?</select>', text, re.DOTALL)
            for it in re.findall(r'<option value="([^"]+)"', part)
        ]
        assert set(found) <= set(values)
        declared = 0 if found and f'name="{name}" value=' in text else 1
        assert len(found) >= len(values) - declared
    assert re.search(r'value="adjunct" checked', text)
    assert re.search(r'value="DL" selected', text)
    assert 'method="get"' in text


def test_choices_that_are_held_are_few() -> None:
    house = House(shipped_house().evidence, kept=Kept({"lasting": float("inf"), "pages": 200_000, "chosen": 3}))
    asked = [
        read_choices(house.evidence, list(house.results.analyses), pairs)
        for pairs in list(single_choices(house))[:12]
    ]
    first = [house.choosing(it).document for it in asked]
    assert sum(house.kept.has(it, "chosen") for it in asked) <= 3
    again = [house.choosing(it).document for it in asked]
    assert [it.claims for it in first] == [it.claims for it in again]


def test_a_page_of_choices_is_the_same_bytes_whoever_asks_and_when(app: TestClient) -> None:
    path = "/choices?analysis=scores_all&signals=leave_out"
    with client(House(shipped_house().evidence)) as other:
        other.get("/choices?analysis=scores_all&time=3")
        assert other.get(path).content == app.get(path).content


def test_the_dossier_is_not_touched() -> None:
    house = shipped_house()
    before = json.dumps(house.evidence.dossier.model_dump(mode="json"))
    for pairs in list(single_choices(house))[::9]:
        chosen(house, *pairs)
    assert json.dumps(house.evidence.dossier.model_dump(mode="json")) == before


# --- what changed --------------------------------------------------------------------------------------------


def test_what_changed_says_how_many_studies_were_dropped_which_and_why() -> None:
    house = shipped_house()
    for pairs in single_choices(house):
        choices = read_choices(house.evidence, list(house.results.analyses), pairs)
        made = choosing(house.evidence, choices)
        was, now = (
            {(it.study, it.comparison) for it in contrasts(of, of.dossier.analyses[choices.analysis]).effects}
            for of in (house.evidence, made.evidence)
        )
        found, begin = chosen(house, *pairs), f"{PREFIX}{choices.analysis}.dropped"
        if not now or not was - now:
            assert begin not in found, pairs
            continue
        assert found[begin].value == len({it for it, _ in was} - {it for it, _ in now}), pairs
        assert found[f"{begin}_comparisons"].value == len(was - now), pairs
        text = Page(page_of(house, pairs)).text
        said = text[
            text.index("Studies dropped by your choices") : text.index("As the dossier declares it, beside")
        ]
        assert all(house.evidence.studies[study].label in said for study, _ in was - now), pairs
        gone = contrasts(made.evidence, made.analysis).not_computed
        why = {(it.study, it.comparison): it.reason for it in gone}
        why |= {(study, comparison): reason for study, comparison, reason in made.left_out}
        assert all(f"({why[pair]})" in said for pair in was - now), pairs


def test_the_spread_between_trials_stands_beside_and_a_prior_is_named() -> None:
    house = shipped_house()
    text = Page(page_of(house, (("analysis", "scores_all"), ("method", "DL")))).text
    found = chosen(house, ("analysis", "scores_all"), ("method", "DL"))
    row = text[text.index("Variance of true effects between trials (τ²)") :]
    assert found["scores_all.tau2"].text in row[:80]
    assert found[f"{PREFIX}scores_all.tau2"].text in row[:80]
    one, other = (it.results.shown("scores_all") for it in (house.ground, house.choosing(
        read_choices(house.evidence, list(house.results.analyses), (("analysis", "scores_all"), ("method", "DL")))
    ).ground))  # fmt: skip
    assert one is not None
    assert other is not None
    by_prior = [it for it in (one, other) if it.fit.prediction == "prior"]
    assert by_prior
    rest = text[text.index("A new trial, expected between") :].partition("Variability between trials")[0]
    assert rest.count("rests on a prior: ") == len(by_prior)
