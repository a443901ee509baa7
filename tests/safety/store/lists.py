"""A made-up dossier's lists: a treatment ZZYX (brand ZZ) for hiccups."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FILES = {
    "cohorts/hiccups.yaml": """\
schema_version: 1
id: hiccups
title: Reports of hiccups after zzyx (made up)
question: Are hiccups reported less often?
rationale: It is made up.
exposed: [zzyx_group]
arms: [{id: all, label: all uses, comparators: everything else}]
events: {primary: hiccups, negative_controls: [negative_controls]}
""",
    "event_groups/hiccups.yaml": "id: hiccups\ntitle: Hiccups\nversion: 1\nterms: [HICCUPS, SINGULTUS]\n",
    "indication_groups/boredom.yaml": "id: boredom\ntitle: Boredom\nversion: 1\nterms: [BOREDOM]\n",
    "caveats.yaml": "always: [{text: Zzyx is made up., source: a test}]\n",
    "names/products.csv": (
        "name_as_reported,product,substance,source,note\n"
        "ZZ,ZZ,ZZYX ALPHA,map,\nZZYX ALPHA,ZZYX ALPHA,ZZYX ALPHA,name,\nZZYX NOS,ZZYX NOS,ZZYX NOS,name,\n"
    ),
    "names/substances.csv": "substance,group\nZZYX ALPHA,zzyx_group\nZZYX NOS,zzyx_group\nZZYX ALPHA,ssri\n",
    "names/cleaning.yaml": "ends: [ZED UNITS]\nwider: {ZZYX NOS: zzyx_group}\n",
    "synthetic.yaml": """\
substances: [{name: Zzyx alpha, share: 0.05, products: [ZZ], indications: [Boredom]}]
events: [{name: Hiccups, share: 0.04}]
""",
    "README.md": "Made up.\n",
}


def write_lists(folder: Path, changes: Mapping[str, str | None] | None = None) -> Path:
    """Write the lists into a folder, some of them otherwise, or not at all where None is given."""
    for name, text in {**FILES, **(changes or {})}.items():
        if text is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    return folder
