"""Other choices than the dossier declares: which trials, when, which dose, how pooled; and what they change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from glabella.app.house import House
from glabella.app.pages import number_path, page, section_path, set_inside
from glabella.app.read import held, house_of
from glabella.brief.quoting import capital
from glabella.brief.render.setting import Addresses
from glabella.decision.choices import NAMES, SEVERAL, ChoiceError, Choices, declared_words
from glabella.shown import Claim


def routes() -> list[BaseRoute]:
    """Give the paths of this part."""
    return [Route("/choices", choices)]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form.

    Attributes
    ----------
    name, label : str
    declared : str
        What the dossier declares, in words; empty where that is all.
    groups : tuple of (str, tuple of (str, str, bool))
        Name of a group, empty where there is one, and its options: value, words, and whether it is chosen.
    several : bool
        Whether several may be.
    """

    name: str
    label: str
    declared: str
    groups: tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]
    several: bool


async def choices(request: Request) -> Response:
    """Show what comes of other choices, beside what the dossier declares."""
    house, pairs = house_of(request), request.query_params.multi_items()
    try:
        chosen = await run_in_threadpool(house.read_choices, pairs)
    except ChoiceError as error:
        faults = error.faults
        text = await run_in_threadpool(lambda: _refused(house, pairs, faults))
        return Response(text, status_code=400, media_type="text/html")
    if pairs and tuple(pairs) != chosen.pairs:
        # One address for what comes to the same; what is as declared is not said.
        return RedirectResponse(f"/choices?{urlencode(chosen.pairs)}", status_code=303)
    return await held(request, ("choices", chosen), lambda house: _page(house, chosen))


def _page(house: House, chosen: Choices) -> str:
    other, back = house.choosing(chosen), f"?{urlencode(chosen.pairs)}"
    results = house.results
    pooled = chosen.analysis == house.evidence.dossier.headline or results.pool(chosen.analysis) is not None

    def address(claim: Claim) -> str | None:
        if claim.id.startswith("chosen."):
            return number_path(claim) + back
        return number_path(claim) if pooled else None

    made = set_inside(house, other.document, addresses=Addresses(section_path, address))
    return page(house, "choices.html", kind="report", door="/choices", title="Other choices", faults=(),
                fields=fields_of(house, chosen.analysis, chosen.pairs), said=other.said, **made)  # fmt: skip


def _refused(house: House, pairs: Iterable[tuple[str, str]], faults: tuple[str, ...]) -> str:
    given = tuple(pairs)
    key = dict(given).get("analysis", "")
    key = key if key in house.results.analyses else house.evidence.dossier.headline
    return page(house, "choices.html", kind="report", door="/choices", title="Other choices", faults=faults,
                fields=fields_of(house, key, given), said=(), main="", footer="", boxes="")  # fmt: skip


def fields_of(house: House, key: str, pairs: Iterable[tuple[str, str]]) -> list[Field]:
    """Give the fields of the form for an analysis, with what was chosen.

    Parameters
    ----------
    house : House
    key : str
        Of the analysis.
    pairs : iterable of (str, str)
        What was chosen.
    """
    dossier, given = house.evidence.dossier, set(pairs)
    outcomes: dict[str, dict[str, str]] = {}
    for name, it in house.results.analyses.items():
        outcomes.setdefault(capital(dossier.outcomes[it.outcome].label), {})[name] = it.label
    offered = {"analysis": outcomes, **{name: {"": values} for name, values in house.offered(key).items()}}
    declared = declared_words(house.evidence, key)

    def groups(name: str) -> Iterator[tuple[str, tuple[tuple[str, str, bool], ...]]]:
        for group, values in offered[name].items():
            taken = {key} if name == "analysis" else {value for value in values if (name, value) in given}
            yield group, tuple((value, words, value in taken) for value, words in values.items())

    return [
        Field(name, capital(label), declared.get(name, ""), tuple(groups(name)), name in SEVERAL)
        for name, label in NAMES.items()
        if name in offered
    ]
