"""What is sent of a person within bounds: nothing twice, nothing settled silently, every mistake told once."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx
import pytest

from glabella.app import House, create_app
from glabella.dossier import MOST_ROWS, load
from tests import persons
from tests.app.serving import served
from tests.dossier.test_person_bounds import TIRING

DAY = ("date", "2024-11-30")


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with served(create_app(House(load(), persons.CRISIS, today=lambda: persons.TODAY))) as opened:
        yield opened


def faults_in(page: str) -> list[str]:
    """Give what the top of a page says of faults."""
    section = re.search(r'<section[^>]*id="faults".*?</section>', page, re.DOTALL)
    lines = re.findall(r"<li>(.*?)</li>", section[0], re.DOTALL) if section else []
    return [" ".join(unescape(re.sub(r"<[^>]*>", "", line)).split()) for line in lines]


def send(client: httpx.Client, *pairs: tuple[str, str], step: str = "whole") -> httpx.Response:
    body = httpx.QueryParams([DAY, *pairs])
    media = {"content-type": "application/x-www-form-urlencoded"}
    return client.post(f"/consult/{step}", content=str(body), headers=media)


def opened(client: httpx.Client, raw: bytes, name: str = "a.yaml") -> httpx.Response:
    return client.post("/consult/open", files={"file": (name, raw)})


def asked(client: httpx.Client, raw: bytes | dict[str, Any]) -> tuple[int, list[str]]:
    content = raw if isinstance(raw, bytes) else json.dumps({"person": raw}).encode()
    answer = client.post("/api/consult", content=content, headers={"content-type": "application/json"})
    return answer.status_code, answer.json().get("faults", [])


@pytest.mark.parametrize(
    ("name", "values"),
    [("answers.age", "45 46"), ("answers.age", "45 45"), ("answers.suicidal", "yes no"),
     ("answers.sex", "woman man"), ("answers.severity.value", "20 30"), ("answers.earlier.0.units", "1 2"),
     ("visits.0.date", "2024-12-01 2024-12-02"), ("visits.0.scores.0.value", "1 2"),
     ("order.0", "better lid"), ("leads", "person clinician"), ("date", "2024-11-29"), ("crisis", "a b"),
     ("answers.taking", "ssri ssri")],
)  # fmt: skip
def test_what_is_said_twice_is_told_and_not_settled(client: httpx.Client, name: str, values: str) -> None:
    more = {
        "answers.severity.value": [("answers.severity.scale", "madrs")],
        "visits.0.scores.0.value": [("visits.0.date", "2024-12-01"), ("visits.0.scores.0.scale", "madrs")],
    }
    answer = send(client, *((name, value) for value in values.split()), *more.get(name, []))
    assert answer.status_code == 422
    told = [each for each in faults_in(answer.text) if "stands 2 times, expected once" in each]
    assert len(told) == 1, faults_in(answer.text)


@pytest.mark.parametrize("values", [("yes", "no"), ("no", "yes")])
def test_of_what_is_said_twice_the_worse_counts_until_it_is_mended(
    client: httpx.Client, values: tuple[str, str]
) -> None:
    page = send(client, *(("answers.suicidal", value) for value in values)).text
    assert 'id="crisis"' in page
    assert persons.CRISIS in page


def test_boxes_may_be_ticked_together(client: httpx.Client) -> None:
    assert send(client, ("answers.taking", "ssri"), ("answers.taking", "talking")).status_code == 200


def test_none_that_is_said_twice_is_not_lost(client: httpx.Client) -> None:
    assert send(client, ("answers.earlier", "none")).status_code == 200
    assert send(client, ("answers.earlier", "none"), ("answers.earlier", "none")).status_code == 422


@pytest.mark.parametrize(
    ("raw", "key"),
    [(b'{"person": {"date": "2024-11-30", "answers": {"suicidal": "yes", "suicidal": "no"}}}', "suicidal"),
     (b'{"person": {"date": "2024-11-30", "date": "2024-11-29"}}', "date"),
     (b'{"person": {}, "person": {"date": "2024-11-30"}}', "person"),
     (b'{"person": {"date": "2024-11-30"}, "crisis_text": "a", "crisis_text": "b"}', "crisis_text")],
)  # fmt: skip
def test_the_api_tells_what_stands_twice(client: httpx.Client, raw: bytes, key: str) -> None:
    assert asked(client, raw) == (400, [f"line 1: key {key!r} stands twice, expected once"])


def test_the_api_reads_as_many_rows_as_the_form(client: httpx.Client) -> None:
    for many in (MOST_ROWS + 1, 8_000, 100_001):
        began = time.process_time()
        status, faults = asked(client, {"date": "2024-11-30", "answers": {"earlier": [{}] * many}})
        assert time.process_time() - began < 3
        said = f"answers.earlier: found {many:,} of them, expected at most {MOST_ROWS}"
        assert (status, faults) == (422, [said]) or (status, "more than 20,000 values" in faults[0]) == (400, True)
    visits = [{"date": f"2020-{1 + at // 28:02}-{1 + at % 28:02}"} for at in range(MOST_ROWS + 1)]
    assert asked(client, {"date": "2019-01-01", "visits": visits}) == (
        422, [f"visits: found {MOST_ROWS + 1} of them, expected at most {MOST_ROWS}"])  # fmt: skip
    assert asked(client, {"date": "2019-01-01", "visits": visits[:MOST_ROWS]})[0] == 200


def test_the_api_tells_no_more_faults_than_anybody_reads(client: httpx.Client) -> None:
    visits = [{"date": "x", "scores": [{"scale": "x", "value": "y"}] * MOST_ROWS}] * MOST_ROWS
    _, faults = asked(client, {"date": "2024-11-30", "visits": visits})
    assert len(faults) == 101
    assert faults[0].endswith("faults, of which the first 100 are listed")


@pytest.mark.parametrize("name", TIRING)
def test_a_file_of_a_megabyte_takes_no_time(client: httpx.Client, name: str) -> None:
    began = time.process_time()
    answer = opened(client, TIRING[name], name)
    assert time.process_time() - began < 3
    assert answer.status_code == 422
    assert len(answer.text) < 200_000


@pytest.mark.parametrize(
    ("raw", "said"),
    [("answers: {age: .inf}", "found inf, expected"), ("answers: {age: .nan}", "found nan, expected"),
     ("answers: {sex: true}", "found True, expected"), ("answers: {age: yes}", "found True, expected"),
     ("answers: {age: 190}", "found 190 years, expected"), ("answers: {suicidal: 3}", "found 3, expected"),
     ("answers: {severity: {scale: madrs, value: .inf}}", "found inf, expected"),
     ("answers: {earlier: [{units: .nan}]}", "found nan, expected")],
)  # fmt: skip
def test_a_mistake_in_a_file_is_told_once(client: httpx.Client, raw: str, said: str) -> None:
    answer = opened(client, f"date: 2024-11-30\n{raw}\n".encode())
    assert answer.status_code == 422
    (fault,) = faults_in(answer.text)
    assert said in fault
    assert "Infinity" not in answer.text
    assert "NaN" not in answer.text


def test_a_day_that_is_a_list_is_told_once(client: httpx.Client) -> None:
    (fault,) = faults_in(opened(client, b"date: [2026-12-01]\nanswers: {}\n").text)
    assert "found a list, expected a day" in fault


def test_what_is_too_long_is_not_shown_again(client: httpx.Client) -> None:
    long = "x" * 900_000
    for raw in (f'date: "{long}"\n', f"date: 2024-11-30\n{long}: 1\n", f"date: 2024-11-30\nleads: {long}\n"):
        answer = opened(client, raw.encode())
        assert answer.status_code == 422
        assert len(answer.text) < 100_000
    for person in ({"date": long}, {"date": "2024-11-30", long: 1}, {"date": "2024-11-30", "leads": long}):
        assert len(str(asked(client, person))) < 1_000


@pytest.mark.parametrize("control", ["\\0", "\\x1b", "\\x85", "\\x08"])
def test_no_page_holds_a_character_that_none_may(client: httpx.Client, control: str) -> None:
    raw = f'date: 2024-11-30\n"a{control}b": x\nleads: "{control}"\nanswers: {{age: "{control}"}}\n'
    found = {opened(client, raw.encode()).text, send(client, ("answers.age", "\0"), ("leads", "\x1b\x85")).text}
    for page in found:
        assert not re.search(r"[\0-\x08\x0b\x0e-\x1f\x7f-\x9f]", page)
