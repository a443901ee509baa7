"""What of a page is neither a claim nor a name, for tests that no number stands there without its sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from glabella.brief.render.numbers import value_of
from glabella.brief.render.setting import anchor
from glabella.shown import Document, Section, blocks_of, plain

#: What may hold a digit: a claim, a box that says where it comes from, a name, a mark of sources, and no words.
_ALLOWED = (
    "@popover or contains(concat(' ', @class, ' '), ' id ') or contains(concat(' ', @class, ' '), ' n ')"
    " or @class='ref' or starts-with(@class, 'cite') or self::script or self::style"
    " or namespace-uri()='http://www.w3.org/2000/svg' or local-name()='svg'"
)
_LISTED = "starts-with(@id, 'n-')"
_ITEM = f"self::li[./*[{_LISTED}]]"
_TICK = "contains(@class, 'role-axis-label') or contains(@class, 'role-legend-label')"


def bare_digits(page: str, document: Document, names: Iterable[str] = ()) -> list[str]:
    """Give texts with a digit that is no claim's and no name's, and claims that are shown as they may not be."""
    tree = lxml_html.fromstring(page)
    # A number in a title stands in the list of contents without its box.
    titles = {plain(it.title) for it in blocks_of(document.sections) if isinstance(it, Section)}
    allowed = f"ancestor-or-self::*[{_ALLOWED} or {_ITEM}]"
    texts = [str(it) for it in tree.xpath(f"//body//text()[not(parent::*[{allowed}])]")]
    # Words for those who do not see; those of an interval are looked at with its claim.
    texts += tree.xpath("//*[@aria-label][not(ancestor-or-self::*[@data-claim])]/@aria-label")
    return [
        *_misshown(tree, document),
        *(it for text in texts if (it := text.strip()) not in titles and bare(it, names)),
    ]


def _misshown(tree: Any, document: Document) -> Iterator[str]:
    claims = {claim.id: claim for claim in document.claims}
    anchors = {anchor(claim): claim for claim in document.claims}
    for it in tree.xpath("//*[contains(concat(' ', @class, ' '), ' n ')]"):
        name = it.get("data-claim")
        claim = claims[name] if name else anchors[unquote(it.get("href"))[1:]]
        if it.text_content() not in claim.texts:
            yield f"{claim.id} is shown as {it.text_content()!r}"
    for it in tree.xpath(f"//li/*[{_LISTED}]"):
        claim = anchors[it.get("id")]
        if (it.getparent().text, it.text_content()) != (f"{claim.label}: ", value_of(claim)):
            yield f"{claim.id} is listed as {it.getparent().text}{it.text_content()}"
    for it in tree.xpath(f"//{_ITEM.removeprefix('self::')}"):
        said = [text for text in it.xpath(".//text()[not(parent::b)]")[1:] if text not in (" ", "back", ", ")]
        yield from (f"a list of numbers says {text!r}" for text in said)
    for it in tree.xpath("//*[@data-claim]//*[@aria-label]"):
        claim = claims[it.xpath("ancestor::*[@data-claim]/@data-claim")[0]]
        if not it.get("aria-label").endswith(f": {claim.text}"):
            yield f"{claim.id} is drawn as {it.get('aria-label')!r}"


def bare(text: str, names: Iterable[str] = ()) -> bool:
    """Tell whether a text has a digit outside of names."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return re.search(r"\d", text) is not None


def drawn_digits(svg: str, names: Iterable[str]) -> list[str]:
    """Give texts of a plot with a digit that is no tick's of a scale and no name's."""
    tree = etree.fromstring(svg.encode())
    texts = tree.xpath(f"//*[local-name()='text'][not(ancestor-or-self::*[{_TICK}])]")
    return [text for it in texts if bare(text := "".join(it.itertext()), names)]
