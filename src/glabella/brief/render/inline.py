"""What stands within a line, as HTML."""

from __future__ import annotations

import re
from html import escape

from glabella.brief.render.icons import icon
from glabella.brief.render.marks import Marked
from glabella.brief.render.setting import Setting, anchor, href, leads_on
from glabella.brief.render.svg import titled
from glabella.shown import Cell, Cite, Claim, Drawn, Icon, Inline, Link, Name, Shown, Small, Strong

#: A button and the points behind it, between which a browser would break the line.
_TAIL = re.compile(
    r'(<button (?:(?!</button>).)*</button>(?:<a class="ref"[^>]*>[^<]*</a>)?)([.,;:)!?’”]+)', re.DOTALL
)


def line(content: Inline, to: Setting, first: set[str] | None = None, marked: Marked | None = None) -> str:
    """Set a line.

    Parameters
    ----------
    content : Inline
        What it says.
    to : Setting
        Of the document.
    first : set of str, optional
        Claims that have their first place already; one that has not becomes the place to come back to.
    marked : Marked, optional
        Which numbers carry a mark, where the line is one of several that are read together.
    """
    found = _set(content, to, marked or Marked((content,)), set() if first is None else first)
    return found if to.paper or to.lists_numbers else _TAIL.sub(r'<span class="nb">\1\2</span>', found)


def text(words: str) -> str:
    """Write words so that HTML shows them."""
    return escape(words, quote=False)


def _set(content: Cell, to: Setting, marked: Marked, first: set[str]) -> str:
    match content:
        case str():
            return text(content)
        case tuple():
            return "".join(_set(part, to, marked, first) for part in content)
        case Claim():
            return _number(Shown(content), to, marked, first)
        case Shown():
            return _number(content, to, marked, first)
        case Name(words):
            return named(words)
        case Strong(inner):
            return f"<strong>{_set(inner, to, marked, first)}</strong>"
        case Small(inner):
            return f"<small>{_set(inner, to, marked, first)}</small>"
        case Cite(keys):
            return _cited(keys, to, marked)
        case Link():
            return _link(content, to)
        case Icon(kind, word):
            drawn = titled(icon(content), word) if to.paper else icon(content)
            return f'<span class="{"cert" if kind == "certainty" else "verd"}">{drawn}{text(word)}</span>'
        case Drawn():
            raise TypeError("a drawn claim stands in a drawn column, not within a line")


def named(words: str) -> str:
    """Set a name; one that holds digits says that they are no numbers."""
    return f'<span class="id">{text(words)}</span>' if any(map(str.isdigit, words)) else text(words)


def _number(shown: Shown, to: Setting, marked: Marked, first: set[str]) -> str:
    """Set a number so that it opens where it comes from, with the mark that paper shows."""
    claim = shown.claim
    body, name = _split(shown, to), escape(claim.id)
    place = to.places.get(claim.id)
    here = ""
    if to.lists_numbers and claim.id not in first and not to.paper:
        here = f' id="c{place}"'
        first.add(claim.id)
    if to.paper:
        # Nothing can be pressed there, and plain text is set several times as fast as a box of its own.
        found = body
    elif to.still or place is None:
        found = f'<span class="n"{here} data-claim="{name}">{body}</span>'
    elif there := leads_on(claim, to):
        found = f'<a class="n" href="{escape(there)}">{body}</a>'
    elif to.lists_numbers:
        found = f'<a class="n"{here} href="{escape(href(anchor(claim)))}">{body}</a>'
    else:
        found = f'<button type="button" class="n" popovertarget="p{place}" data-claim="{name}">{body}</button>'
    keys = marked.number(claim)
    # Where only what is cited is listed, a number's own sources may be on its own page alone.
    return found + mark(keys, to, "ref") if keys and to.marks.numbers.keys() >= set(keys) else found


def _split(shown: Shown, to: Setting) -> str:
    """Keep an interval in one line; on paper, whose renderer breaks before no bracket otherwise, by its spaces."""
    words, limits = shown.text, shown.claim.limits
    tail = f"({limits})"
    if limits and words.endswith(tail) and words != tail:
        if to.paper:
            return text(words.removesuffix(tail) + tail.replace(" ", "\u00a0"))
        return f"{text(words.removesuffix(tail))}<i>{text(tail)}</i>"
    return text(words)


def mark(keys: tuple[str, ...], to: Setting, look: str) -> str:
    """Set the mark that leads to some sources: to the first of them, or to the set by its letter."""
    numbers = to.marks.of(keys)
    words = to.marks.text(numbers)
    if to.still:
        return f'<span class="{look}">[{words}]</span>'
    target = f"s{words}" if numbers in to.marks.letters else f"s{numbers[0]}"
    return f'<a class="{look}" href="#{target}">[{words}]</a>'


def _cited(keys: tuple[str, ...], to: Setting, marked: Marked) -> str:
    """Set a citation; on paper the numbers of its sentence may have led to the same sources."""
    if not keys:
        return ""
    return mark(keys, to, "cite" if marked.citation(keys) else "cite scr")


def _link(it: Link, to: Setting) -> str:
    """Set a link; words alone where what it leads to is not at hand."""
    if to.still:
        return text(it.text)
    if to.addresses and it.section not in to.sections and (there := to.addresses.section(it.section)):
        return f'<a href="{escape(there)}">{text(it.text)}</a>'
    if it.section in to.sections:
        return f'<a href="{escape(href(it.section))}">{text(it.text)}</a>'
    if to.document.beside and to.document.kind == "brief":
        return f'<a href="{escape(to.document.beside + href(it.section))}">{text(it.text)}</a>'
    return text(it.text)
