"""What the tests of reading share: the app over a dossier, and what a page of it shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote

from starlette.testclient import TestClient

from glabella.app import House, create_app
from glabella.dossier import load


@cache
def shipped_house() -> House:
    """Give the shipped dossier's house, made once a worker."""
    return House(load())


def client(house: House) -> TestClient:
    """Give a client of the app over a dossier; what is not answered in words fails the test."""
    return TestClient(create_app(house), base_url="http://127.0.0.1", follow_redirects=False)


class Page(HTMLParser):
    """What a page shows.

    Attributes
    ----------
    tags : list of str
        Every element, in order.
    numbers : list of str
        Names of the claims that are written in it, in order: those that lead to a page, and those that open a box.
    links : list of str
        Where it leads.
    text : str
        What is read.
    faults : list of str
        What no page may hold: styles and scripts of its own, addresses that are run.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.numbers: list[str] = []
        self.links: list[str] = []
        self.faults: list[str] = []
        self._parts: list[str] = []
        self.feed(text)
        self.close()
        self.text = " ".join("".join(self._parts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag == "br":
            self._parts.append(" ")
        if "href" in said:
            self.links.append(said["href"])
        if "n" in said.get("class", "").split():
            self.numbers.append(said.get("data-claim") or name_of(said["href"]))
        wrong = [name for name in said if name == "style" or name.startswith("on")]
        wrong += [
            value for name in ("href", "src", "action") if (value := said.get(name, "")).startswith("javascript")
        ]
        if tag in ("script", "style", "iframe", "img", "object", "embed", "base") or wrong:
            self.faults.append(f"{tag} {wrong}")

    def handle_data(self, data: str) -> None:
        self._parts.append(data)


def name_of(address: str) -> str:
    """Give the claim to whose page an address leads."""
    return unquote(re.sub(r"^/number/", "", address.partition("?")[0]))


def pages_of(house: House, numbers: Sequence[str] = ()) -> list[str]:
    """Give the paths of the pages to read, and of the pages of some numbers."""
    return ["/", "/brief", "/report", *(f"/report/{name}" for name in house.sections), "/choices", "/compare",
            *(f"/number/{name}" for name in numbers)]  # fmt: skip
