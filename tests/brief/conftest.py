"""The brief of the shipped dossier and its page, made once for all tests of the group `brief`."""

import pytest

from glabella.brief import Brief, build, html
from glabella.dossier import load


@pytest.fixture(scope="session")
def brief() -> Brief:
    return build(load())


@pytest.fixture(scope="session")
def page(brief: Brief) -> str:
    return html(brief)
