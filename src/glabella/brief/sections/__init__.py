"""The sections of documents: each is one file that turns results into a part of a document tree.

A section's function takes results and a ledger (:class:`glabella.brief.results.Results`,
:class:`glabella.shown.Ledger`) and gives a :class:`glabella.shown.Section`, or None where the dossier lacks its
subject. It is listed in :mod:`glabella.brief.documents`.
"""
