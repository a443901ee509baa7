"""The brief of the shipped dossier and its page, made once a worker."""

import pytest

from glabella.brief import Brief, build, html
from glabella.dossier import load


@pytest.fixture(scope="session")
def brief() -> Brief:
    return build(load())


@pytest.fixture(scope="session")
def page(brief: Brief) -> str:
    return html(brief)
