"""Where each number comes from: a small box for each in a brief, a list of all of them in a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape

from glabella._version import __version__
from glabella.brief.render.inline import mark, text
from glabella.brief.render.marks import keys_of
from glabella.brief.render.setting import Setting, anchor, href, leads_on
from glabella.shown import Certainty, Claim, Section, Source, blocks_of, plain

#: Most words of a box.
MOST = 60
#: Most words of a line that had to be cut.
_MOST_OF = {"People": 12, "When": 8, "Certainty": 4}
#: How a number was taken from its source, where it was not seen there.
_STATUS = {"reported": "reported by another source", "derived": "derived"}
#: What is said of a claim's people and time where it says nothing.
_UNSAID = ("", "as in the source")
#: What says how a number was written rather than how far to trust it.
_UNRATED: tuple[Certainty, ...] = ("not rated", "as printed")


# --- a box for each ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Box:
    """What a box says of a claim: its value, what that is, and lines of a name and a text."""

    value: str
    what: str
    lines: tuple[tuple[str, str], ...]

    @property
    def words(self) -> int:
        """How many words a reader meets in it, its link into the report included."""
        said = [self.value, self.what, *(f"{name} {said}" for name, said in self.lines), LEADS]
        return sum(len(each.split()) for each in said)


#: What leads from a box to more about its number: into the report beside it, or to a page of its own.
LEADS, FOLLOW = "In the report", "Follow it to its sources"


def box_of(claim: Claim, to: Setting) -> Box:
    """Say where a claim comes from in few words.

    What would be too long is said shorter, in this order: sources by name with how each was seen; by name; by
    number; then people and time end in an ellipsis, and the label, which is a sentence of the page, as well.
    """
    value, kind = value_of(claim), "" if claim.interval == "as printed" else claim.interval or ""
    what, about = _sentence(claim.label, kind), _of_whom(claim)
    for way in (_seen, _named, _numbered):
        box = Box(value, what, (*about, *_sourced(claim, to, way)))
        if box.words <= MOST:
            return box
    about = tuple((name, _cut(words, _MOST_OF[name])) for name, words in about)
    frame = Box(value, _sentence("", kind), (*about, *_sourced(claim, to, _numbered)))
    return Box(value, _sentence(_cut(claim.label, max(MOST - frame.words, 2)), kind), frame.lines)


def _of_whom(claim: Claim) -> tuple[tuple[str, str], ...]:
    lines = (
        ("People", "" if claim.population in _UNSAID else claim.population),
        ("When", "" if claim.time_span in _UNSAID else claim.time_span),
        ("Certainty", "" if claim.certainty in _UNRATED else claim.certainty),
    )
    return tuple((name, words) for name, words in lines if words)


def _cut(text: str, most: int) -> str:
    """Give a text of so many words, the ellipsis that says what is missing being one of them."""
    words = text.split()
    return text if len(words) <= most else " ".join((*words[: most - 1], "…"))


def value_of(claim: Claim) -> str:
    """Give the whole of a claim: its interval alone where it has no value."""
    return claim.interval_text if claim.value is None else claim.text


def _sentence(label: str, kind: str) -> str:
    """Say what a number is, and what its interval is, as sentences."""
    said = (words for words in (label.strip(), kind.strip()) if words)
    return " ".join(
        words[:1].upper() + words[1:] + ("" if words.endswith((".", "?", "!", "…")) else ".") for words in said
    )


def _sourced(claim: Claim, to: Setting, way: Callable[[Claim, Setting], str]) -> tuple[tuple[str, str], ...]:
    if not claim.sources:
        return ()
    several = len(keys_of(claim)) > 1
    return (("Sources" if several else "Source", way(claim, to)),)


def _seen(claim: Claim, to: Setting) -> str:
    """Name sources, those that were seen alike together."""
    alike: dict[str, list[str]] = {}
    for source in claim.sources:
        names = alike.setdefault(how(source), [])
        if (name := _short(source.reference, to)) not in names:
            names.append(name)
    return "; ".join(", ".join(names) + (f" ({way})" if way else "") for way, names in alike.items())


def how(source: Source) -> str:
    """Say how a number was taken from its source, and where it stands there.

    >>> how(Source("x", "seen", "abstract")), how(Source("x", "derived"))
    ('abstract', 'derived')
    """
    return ": ".join(part for part in (_STATUS.get(source.status, ""), source.at or "") if part)


def _named(claim: Claim, to: Setting) -> str:
    return ", ".join(dict.fromkeys(_short(key, to) for key in keys_of(claim)))


def _numbered(claim: Claim, to: Setting) -> str:
    return f"[{to.marks.text(to.marks.of(keys_of(claim)))}]"


def _short(key: str, to: Setting) -> str:
    reference = to.marks.sources[to.marks.numbers[key] - 1]
    return reference.short or reference.key


def boxes(to: Setting) -> str:
    """Set the boxes of a brief, one for each claim that can be pressed."""
    found = "\n".join(_box(claim, to) for claim in _pressed(to))
    return f'<div role="region" aria-label="Where the numbers come from">{found}</div>' if found else ""


def _pressed(to: Setting) -> tuple[Claim, ...]:
    return tuple(claim for claim in to.document.claims if claim.id in to.written and not leads_on(claim, to))


def _box(claim: Claim, to: Setting) -> str:
    box, name = box_of(claim, to), f"p{to.places[claim.id]}"
    rows = "".join(f"<dt>{head}</dt><dd>{_marked(head, said, claim, to)}</dd>" for head, said in box.lines)
    leads = ""
    if to.addresses and (there := to.addresses.number(claim)):
        leads = f'<a href="{escape(there)}">{FOLLOW}</a>'
    elif to.document.beside:
        leads = f'<a href="{escape(to.document.beside + href(anchor(claim)))}">{LEADS}</a>'
    return (
        f'<div popover id="{name}" class="src" role="group" aria-labelledby="{name}v">'
        f'<button type="button" class="x" popovertarget="{name}" popovertargetaction="hide" aria-label="Close">'
        f'</button><b class="v" id="{name}v">{text(box.value)}</b><p>{text(box.what)}</p>'
        f"{f'<dl>{rows}</dl>' if rows else ''}{leads}</div>"
    )


def _marked(head: str, said: str, claim: Claim, to: Setting) -> str:
    """Set a line of a box; numbers of sources lead to their list."""
    if head.startswith("Source") and said == _numbered(claim, to):
        return mark(keys_of(claim), to, "cite")
    return text(said)


# --- a list of all ----------------------------------------------------------------------------------------

#: What claims share, as names and texts.
Shared = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Claims that speak of the same people and time, as certain as each other, by what they are."""

    shared: Shared
    named: tuple[tuple[str, tuple[Claim, ...]], ...]

    @property
    def claims(self) -> Iterator[Claim]:
        """Give them all."""
        for _, claims in self.named:
            yield from claims


@dataclass(frozen=True, slots=True)
class Made:
    """Claims that one function made from the same inputs and sources."""

    shared: Shared
    keys: tuple[str, ...]
    groups: tuple[Alike, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The claims of a section."""

    section: str
    title: str
    made: tuple[Made, ...]

    @property
    def count(self) -> int:
        """How many they are."""
        return sum(1 for made in self.made for group in made.groups for _ in group.claims)


def parts_of(to: Setting) -> Iterator[Part]:
    """Give every claim of a document by section, by how it was made, and by what else it shares."""
    left = {claim.id for claim in to.document.claims}
    for section in blocks_of(to.document.sections):
        claims = [claim for claim in section.claims if claim.id in left] if isinstance(section, Section) else []
        if isinstance(section, Section) and claims:
            left.difference_update(claim.id for claim in claims)
            yield Part(section.id, plain(section.title) or section.id, _made(claims))
    others = [claim for claim in to.document.claims if claim.id in left]
    if others:
        yield Part("", "Elsewhere", _made(others))


def _made(claims: list[Claim]) -> tuple[Made, ...]:
    groups = _together(claims, lambda claim: (_making(claim), claim.sources))
    return tuple(Made(_making(group[0]), keys_of(group[0]), _alike(group)) for group in groups)


def _alike(claims: list[Claim]) -> tuple[Alike, ...]:
    return tuple(Alike(_about(group[0]), _named_alike(group)) for group in _together(claims, _about))


def _named_alike(claims: list[Claim]) -> tuple[tuple[str, tuple[Claim, ...]], ...]:
    return tuple((group[0].label, tuple(group)) for group in _together(claims, lambda claim: claim.label))


def _together(claims: list[Claim], key: Callable[[Claim], object]) -> Iterable[list[Claim]]:
    """Give claims by what they share, each group where its first stands."""
    groups: dict[object, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(key(claim), []).append(claim)
    return groups.values()


def _about(claim: Claim) -> Shared:
    """Say of whom a claim speaks, and how certain it is."""
    whom = tuple(line for line in _of_whom(claim) if line[0] != "Certainty")
    interval = (("Interval", claim.interval),) if claim.interval else ()
    return (*whom, ("Certainty", claim.certainty), *interval)


def _making(claim: Claim) -> Shared:
    """Say how a claim was made."""
    seen = sorted({how(source) for source in claim.sources} - {""})
    # The version that made the document is said with its methods; only another one is named here.
    version = "" if claim.version == __version__ else f" {claim.version}"
    lines = (
        ("Made by", f"{claim.function}{version}"),
        ("From", ", ".join(name for name, _ in claim.inputs)),
        ("Seen", "; ".join(seen)),
    )
    return tuple((name, said) for name, said in lines if said)


def listed(to: Setting, level: int) -> str:
    """Set the list of every number of a report: folded, by section and by what they share."""
    return "\n".join(_part(part, to, level) for part in parts_of(to))


def _part(part: Part, to: Setting, level: int) -> str:
    made = "\n".join(_chain(each, part, to) for each in part.made)
    title = f'{text(part.title)} <span class="id">({part.count})</span>'
    if to.paper:
        return f'<h{level}>{title}</h{level}><div class="all">{made}</div>'
    return f'<details><summary>{title}</summary><div class="all">{made}</div></details>'


def _chain(made: Made, part: Part, to: Setting) -> str:
    marked = f" {mark(made.keys, to, 'cite')}" if made.keys else ""
    groups = "".join(_group(group, part, to) for group in made.groups)
    return f'<p class="id">{_said(made.shared)}{marked}</p>{groups}'


def _said(shared: Shared) -> str:
    return " · ".join(f"{name}: {text(said)}" for name, said in shared)


def _group(group: Alike, part: Part, to: Setting) -> str:
    """Set claims that share what is said below them; on paper in one paragraph."""
    if to.paper:
        lines = "; ".join(f"{text(label)}: {text(values_of(claims))}" for label, claims in group.named)
        return f"<p>{lines}<br>{_said(group.shared)}</p>"
    lines = "".join(
        f"<li>{text(label)}: {', '.join(_listed(claim, part, to) for claim in claims)}"
        for label, claims in group.named
    )
    return f'<ul>{lines}<li class="id">{_said(group.shared)}</ul>'


def values_of(claims: tuple[Claim, ...]) -> str:
    """Give claims of one name in a row."""
    return ", ".join(map(value_of, claims))


def _listed(claim: Claim, part: Part, to: Setting) -> str:
    """Set a claim with the way back to where it first stands, or to its section where it is only drawn."""
    back = f"#c{to.places[claim.id]}" if claim.id in to.written else href(part.section or "main")
    return f'<b id="{escape(anchor(claim))}">{text(value_of(claim))}</b> <a href="{escape(back)}">back</a>'
