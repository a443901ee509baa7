"""Write docs/articles.md: what is marked of the made-up articles, claim by claim.

Run as ``python -m tests.decision.articles_table`` from the top of the repository; the set that is kept apart is
measured where its files are there.
"""

from __future__ import annotations

from pathlib import Path

from tests.decision.article_sets import SETS, count, frames, labelled

PAGE = Path(__file__).parent.parent.parent / "docs" / "articles.md"
_ABOUT = {
    "develop": "The set on which the frames were made: what they find here says nothing of other texts",
    "unseen": "Twelve articles of a writer of whom nothing was used",
    "frozen": "The set kept apart",
}
_FRAME = """# What is recognised in articles

`glabella.decision.articles` marks the sentences of an article that make a known claim, and says whether they
assert or deny it. A claim is recognised by its frame in the dossier's `frames.yaml`: families of words that must
stand in one clause, words that must not, and words by which the claim is denied. The words that made a mark are
shown with it. Where a word of denial stands near and what it bears on cannot be told, nothing is marked, and the
sentence is listed as one to read oneself.

How the sets were made, and by whom, stands in `tests/decision/articles/README.md`; the rules by which sentences
were labelled in `LABELS.md` beside it. The articles are made up. A mark is wrong where the sentence has no label of
that claim. Turns of phrase that nobody foresaw are not recognised, and there are many: that nothing is marked does
not say that nothing is claimed.

A PDF and a whole HTML page are told by how they begin; else a file named .txt or .md is text, whatever tags stand
in it, one named .html is HTML, and of others the beginning is looked at. A heading claims nothing. In text it is
what is marked as one, or a paragraph of at most twelve words without a stop that opens the text or stands right
above a text; all other lines without a stop are read as sentences. The page is named after the whole name of the
article's file: `a.txt-checked.html`.

What was asked for is not reached: of the marks at most 5 in 100 wrong, and 0.65 of the claims found. Each round of
work was measured on texts by writers who came after it, before these were used in their turn:

| Round | Texts | Claims | Wrong marks | Found | Stance right | Nothing claimed, marked |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| frames of five writers' texts | three later writers | 1,780 | 15.3% | 0.43 | 94.5% | 3.1% |
| and of four more | three later writers | 786 | 16.7% | 0.53 | 97.1% | 2.8% |
| without lines that were wrong there | four later writers | 1,201 | 10.7% | 0.55 | 96.8% | 2.4% |

More texts make frames find more and mark less that is wrong, ever more slowly; a logistic regression on words,
tried on the same texts, found less at the same share of wrong marks. About a third of the wrong marks that were
looked at are sentences on which readers of one set of rules differ too, such as whether “can be combined” is
advice.

This page is written by `python -m tests.decision.articles_table`.
"""


def page() -> str:
    """Write the page."""
    out = [_FRAME]
    for name in SETS:
        found = count(labelled(name))
        out += [
            f"## {_ABOUT[name]}",
            "",
            f"- {found.due.total()} claims in {len(labelled(name))} sentences, {found.marked.total()} marks, "
            f"{found.right.total()} of them right.",
            f"- Wrong marks: {found.wrong:.1%} of marks. Recall: {found.recall:.2f}.",
            f"- Stance right: {found.stance_right:.1%} of right marks. Denials marked as assertions: "
            f"{found.denied_as_asserted}.",
            f"- Sentences that claim nothing: {found.claimless}, of them marked {found.claimless_marked} "
            f"({found.claimless_wrong:.1%}).",
            "",
            "| Claim | Due | Marked | Right |",
            "| --- | ---: | ---: | ---: |",
        ]
        names = {frame.claim for frame in frames().frames} | {f.mirror for f in frames().frames if f.mirror}
        for claim in sorted(names, key=lambda each: (len(each), each)):
            out.append(f"| {claim} | {found.due[claim]} | {found.marked[claim]} | {found.right[claim]} |")
        missed = sum(
            any(claim not in {m.claim for m in each.marks} for claim in each.due) for each in labelled(name)
        )
        out += ["", f"Sentences of which a claim was missed: {missed}."]
        # What was set apart is read only to measure: its sentences stand in no page that frames are made by.
        if name == "develop":
            out += ["", "Wrong marks:", ""]
        for each in labelled(name) if name == "develop" else ():
            out += [
                f"- {mark.claim} ({mark.stance}; by *{' · '.join(mark.fired)}*): {each.text}"
                for mark in each.marks
                if mark.claim not in each.due
            ]
        out.append("")
    return "\n".join(out)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
