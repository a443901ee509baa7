"""An article, sentence by sentence: what it claims, and what the evidence says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from glabella.brief.counting import count
from glabella.brief.quoting import joined, say_all
from glabella.brief.results import Results
from glabella.decision.articles import Checked, Mark
from glabella.dossier import ClaimPart, PopularClaim
from glabella.shown import (
    Block,
    Column,
    Heading,
    Icon,
    Inline,
    Items,
    Ledger,
    Link,
    Name,
    Paragraph,
    Row,
    Section,
    Small,
    Strong,
    Table,
)

_NOT_ENGLISH = "The text does not seem to be English. Only English is read, so no sentence was marked."
_NOT_ABOUT = "The text does not name the treatment, so no sentence was marked."
_NONE = "No sentence was recognised as a claim that the dossier knows."
#: What the evidence does to a sentence, by the verdict on the claim, where the sentence asserts it and where it
#: denies it.
_SAYS: Mapping[str, tuple[str, str]] = {
    "supported": ("the evidence agrees", "the evidence disagrees"),
    "contradicted": ("the evidence disagrees", "the evidence agrees"),
    "inconclusive": ("the evidence cannot tell", "the evidence cannot tell"),
    "untested": ("nobody has tested it", "nobody has tested it"),
    "in parts": ("in parts", "in parts"),
    "not judged": ("not judged here", "not judged here"),
}
_WAYS = {"plain": "", "hedged": ", with reserve", "attributed": ", in somebody’s words"}


def answer(results: Results, checked: Checked, book: Ledger) -> Section:
    """Say in a sentence what the article comes to, and list its claims once each."""
    if not checked.english or not checked.about:
        return Section(
            "answer", "What it claims", (Paragraph(_NOT_ABOUT if checked.english else _NOT_ENGLISH, "lead"),)
        )
    marks = [mark for each in checked.sentences for mark in each.marks]
    if not marks:
        return Section("answer", "What it claims", (Paragraph(_NONE, "lead"),))
    claims = _claims(results)
    under = book.under("article.")
    read = count(results, under, "sentences", "sentences read", len(checked.sentences), files=_FILES, sources=())
    made = sum(bool(each.marks) for each in checked.sentences)
    recognised = count(results, under, "marked", "sentences with a known claim", made, files=_FILES, sources=())
    said = Counter(_says(claims[mark.claim], mark) for mark in marks)
    tally = [
        (
            f"{words}: ",
            count(results, under, _key(words), f"claims of the article: {words}", number, files=_FILES, sources=()),
        )
        for words, number in said.most_common()
    ]
    lead: Inline = (
        "Of ",
        read,
        " sentences, ",
        recognised,
        " make claims that are known here. ",
        joined(tally, "; "),
        ".",
    )
    rows = tuple(
        _row(results, book, claims[key], [mark for mark in marks if mark.claim == key])
        for key in dict.fromkeys(mark.claim for mark in marks)
    )
    table = Table("", (Column("Claim"), Column("The article", "wide"), Column("The evidence")), rows, look="list")
    return Section("answer", "What it claims", (Paragraph(lead, "lead"), table))


_FILES = ("claims.yaml", "frames.yaml")


def sentences(results: Results, checked: Checked, book: Ledger) -> Section | None:  # noqa: ARG001  as every section
    """Give every sentence that makes a claim, in order, each mark with the verdict and the words that made it."""
    claims = _claims(results)
    marked = [each for each in checked.sentences if each.marks]
    if not marked:
        return None
    content: list[Block] = []
    for each in marked:
        content.append(Paragraph(("“", Name(each.sentence.text), "”")))
        content.append(Items(tuple(_mark(claims[mark.claim], mark) for mark in each.marks)))
    return Section("sentences", "Sentence by sentence", tuple(content))


def reasons(results: Results, checked: Checked, book: Ledger) -> Section | None:
    """Give why, claim by claim, with the numbers and their sources."""
    claims = _claims(results)
    keys = dict.fromkeys(mark.claim for each in checked.sentences for mark in each.marks)
    content: list[Block] = []
    for key in keys:
        claim = claims[key]
        content.append(Heading((Icon("verdict", claim.verdict), " “", Name(claim.claim), "”")))
        content += _why(book, claim, f"claim.{claim.id}.")
        for name, part in claim.parts.items():
            content.append(Paragraph((Strong((Name(part.text), ": ", Icon("verdict", part.verdict))),)))
            content += _why(book, part, f"claim.{claim.id}.{name}.")
    return Section("reasons", "What the evidence says, and why", tuple(content)) if content else None


def unrecognised(results: Results, checked: Checked, book: Ledger) -> Section | None:
    """List what looked like a claim and was not recognised; and say what was left out as no claim."""
    looked = [each for each in checked.sentences if each.looks]
    if not checked.english or not checked.about:
        return None
    under = book.under("article.")
    asked = count(
        results,
        under,
        "questions",
        "questions, which claim nothing",
        sum(each.sentence.question for each in checked.sentences),
        files=_FILES,
        sources=(),
    )
    heads = count(
        results,
        under,
        "headings",
        "headings, which claim nothing",
        sum(each.sentence.kind == "heading" for each in checked.sentences),
        files=_FILES,
        sources=(),
    )
    content: list[Block] = []
    if looked:
        content += [
            Paragraph(
                "These sentences name the treatment and its purpose, and no rule recognises what they say. Read "
                "them yourself."
            ),
            Items(tuple(("“", Name(each.sentence.text), "”") for each in looked)),
        ]
    content.append(Paragraph(("Not read as claims: questions ", asked, ", headings ", heads, "."), "note"))
    content.append(
        Paragraph(
            "A sentence is recognised by words that the dossier lists for each claim. What is not marked is not "
            "thereby true: rules miss claims, most of all where they are worded unusually.",
            "note",
        )
    )
    return Section("unrecognised", "Not recognised", tuple(content))


# --- parts --------------------------------------------------------------------------------------------------


def _claims(results: Results) -> dict[str, PopularClaim]:
    return {claim.id: claim for claim in results.evidence.claims.claims}


def _says(claim: PopularClaim, mark: Mark) -> str:
    return _SAYS[claim.verdict][mark.stance == "denies"]


def _key(words: str) -> str:
    return words.replace(" ", "_")


def _row(results: Results, book: Ledger, claim: PopularClaim, marks: list[Mark]) -> Row:
    said: list[Inline] = []
    for stance, words, does in (("asserts", "asserts it", "assert"), ("denies", "denies it", "deny")):
        if number := sum(mark.stance == stance for mark in marks):
            label = f"sentences that {does} the claim: {claim.claim}"
            name = f"article.{claim.id}.{stance}"
            times = count(results, book, name, label, number, files=_FILES, sources=())
            said.append((f"{words}, sentences: ", times))
    verdict: list[Inline] = [Icon("verdict", claim.verdict)]
    for each in claim.parts.values():
        verdict += ["; ", Small((Name(each.text), ": ", Icon("verdict", each.verdict)))]
    return Row((Name(claim.claim), joined(said, "; "), tuple(verdict)))


def _mark(claim: PopularClaim, mark: Mark) -> Inline:
    fired = Small(("by the words: ", Name(", ".join(f"“{each}”" for each in mark.fired))))
    return (
        Icon("verdict", claim.verdict),
        " ",
        Strong(_says(claim, mark)),
        f": it {mark.stance}{_WAYS[mark.modality]} that “",
        Name(claim.claim),
        "” ",
        fired,
        " ",
        Link("Why", "reasons"),
    )


def _why(book: Ledger, judged: PopularClaim | ClaimPart, name: str) -> Iterator[Block]:
    if judged.why:
        yield Items(say_all(book, judged.why, name))
