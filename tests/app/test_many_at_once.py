"""Many people at once: each gets what they would get alone, and nothing of anybody else."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import httpx
import pytest

from glabella.app import House, create_app
from glabella.dossier import load
from tests.app.serving import served

#: How many people ask at once, and how often in all.
PEOPLE, REQUESTS = 50, 1_000
#: Other choices of what is pooled, as the form sends them.
CHOICES = [
    {"analysis": analysis, "method": method, "test": test, **more}
    for analysis in ("scores_all", "scores_small", "response_saline")
    for method, test in (("DL", "z"), ("REML", "knha"), ("common", "z"))
    for more in ({}, {"signals": "leave_out"})
]
Asked = tuple[str, str, tuple[tuple[str, str], ...]]


def persons() -> list[Asked]:
    """Give what people of different ages, scores and treatments send."""
    chance = random.Random(20241130)
    found: list[Asked] = []
    for number in range(PEOPLE):
        sent = {
            "crisis": f"Made-up line {number}",
            "date": "2024-11-30",
            "answers.age": str(chance.randint(18, 80)),
            "answers.sex": chance.choice(["woman", "man", "unknown"]),
            "answers.severity.scale": "madrs",
            "answers.severity.value": str(chance.randint(8, 50)),
            "answers.severity.date": "2024-11-29",
            "answers.item_nine": chance.choice(["not_at_all", "several_days"]),
            "answers.failed": chance.choice(["none", "one", "more"]),
        }
        found.append(
            ("POST", chance.choice(["/consult/whole", "/consult/chances", "/consult/home"]), tuple(sent.items()))
        )
    return found


def digest_of(client: httpx.Client, asked: Asked) -> tuple[int, str]:
    """Ask, and give the status of the answer and what it holds."""
    method, path, sent = asked
    given = (
        client.get(path, params=sent, follow_redirects=True)
        if method == "GET"
        else client.post(path, data=dict(sent))
    )
    return given.status_code, sha256(given.content).hexdigest()


@pytest.fixture(scope="module")
def house() -> House:
    return House(load())


def test_each_of_many_gets_what_they_would_get_alone(house: House) -> None:
    sections = list(house.sections)
    asked: list[Asked] = [
        *persons(),
        *(("GET", "/choices", tuple(each.items())) for each in CHOICES),
        *(("GET", f"/report/{name}", ()) for name in sections),
        *(("GET", path, ()) for path in ("/", "/brief", "/report", "/api/claims", "/number/scores_all.estimate")),
    ]
    with served(create_app(House(load()))) as client:
        alone = {each: digest_of(client, each) for each in asked}
    wrong = {each: status for each, (status, _) in alone.items() if status != 200}
    assert not wrong
    # Of different people no two pages are alike: whoever got another's would be found out.
    pages = [alone[each][1] for each in asked if each[0] == "POST"]
    assert len(set(pages)) == len(pages)
    # Nothing of it was computed before: every page is made while others are.
    often = [1 if each[0] == "POST" else 6 for each in asked]
    order = [*asked, *random.Random(7).choices(asked, often, k=REQUESTS - len(asked))]
    random.Random(11).shuffle(order)
    with served(create_app(House(load()))) as client, ThreadPoolExecutor(PEOPLE) as crowd:
        together = list(crowd.map(lambda each: digest_of(client, each), order))
    differ = {each for each, found in zip(order, together, strict=True) if found != alone[each]}
    assert not differ


def test_pages_that_were_made_are_answered_while_many_wait_for_their_turn() -> None:
    """So many people at once that every thread waits: what is held waits for none of them."""
    with served(create_app(house := House(load()))) as client:
        section = f"/report/{next(iter(house.sections))}"
        paths = (section, "/number/scores_all.estimate", "/api/number/scores_all.estimate", "/brief")
        before = {path: digest_of(client, ("GET", path, ())) for path in paths}
        with house.kept._making, ThreadPoolExecutor(PEOPLE) as crowd:
            waiting = [crowd.submit(digest_of, client, each) for each in persons()]
            time.sleep(1)
            with httpx.Client(base_url=client.base_url, timeout=5, trust_env=False) as other:
                assert {path: digest_of(other, ("GET", path, ())) for path in paths} == before
            house.kept._making.release()
            try:
                assert {each.result()[0] for each in waiting} == {200}
            finally:
                house.kept._making.acquire()
