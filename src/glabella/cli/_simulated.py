"""What ``glabella mechanism simulate`` shows of a course: a table, columns, JSON, SBML and a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glabella.cli._files import harmless
from glabella.cli._setting import Ran, Setting
from glabella.cli._tables import plain

if TYPE_CHECKING:
    from glabella.plot import Plot

#: Weeks that a printed table shows, as far as they were simulated.
_SHOWN = (0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 30, 36, 44, 52, 65, 78, 104)
#: Columns of a printed table and lines of a plot; all others stand in the CSV.
_COLUMNS = 8


def _shown(setting: Setting, ran: Ran) -> dict[str, Any]:
    """Choose what a table and a plot show: weakness, relief and responders, or of other models the first states."""
    if "weakness" in ran.values:
        some = [name for name in ("weakness", "relief") if name in ran.values]
        return {name: ran.values[name] for name in some} | ran.responders
    names = [*setting.model.states, *(name for name in ran.values if name not in setting.model.states)]
    return {name: ran.values[name] for name in names[:_COLUMNS]}


def table(setting: Setting, ran: Ran) -> list[str]:
    """Print a table of some weeks."""
    shown = _shown(setting, ran)
    last = float(ran.weeks[-1])
    weeks = [week for week in _SHOWN if week <= last]
    if len(weeks) < 5:
        weeks = np.linspace(0, last, 9).tolist()
    rows = [int(np.abs(ran.weeks - week).argmin()) for week in weeks]
    widths = [max(10, len(name) + 2) for name in shown]
    lines = [f"{'week':>8}" + "".join(f"{name:>{w}}" for name, w in zip(shown, widths, strict=True))]
    for row in dict.fromkeys(rows):
        cells = [f"{100 * values[row]:.0f} %" if name in ran.responders else f"{values[row]:.4g}"
                 for name, values in shown.items()]  # fmt: skip
        lines.append(f"{ran.weeks[row]:>8.3g}" + "".join(f"{c:>{w}}" for c, w in zip(cells, widths, strict=True)))
    if "weakness" in ran.values:
        said = "weakness: of the typical person, 0 to 1"
        lines.append(f"{said}; {', '.join(ran.responders)}: share of people with that response" if ran.responders
                     else f"{said}; shares of people with a response need a fit")  # fmt: skip
    return lines


def csv(ran: Ran) -> str:
    """Write times and quantities as columns; shares of responders as responders_NAME."""
    columns = {"week": ran.weeks, "time": ran.times, **ran.values}
    columns |= {f"responders_{name}": values for name, values in ran.responders.items()}
    rows = zip(*(values.tolist() for values in columns.values()), strict=True)
    return "\n".join([",".join(map(harmless, columns)), *(",".join(map(repr, row)) for row in rows)]) + "\n"


def results(setting: Setting, ran: Ran, title: str) -> dict[str, Any]:
    return {
        "title": title, "model": setting.model.name, "notes": list(setting.notes),
        "constants": {**setting.model.parameters, **setting.constants}, "time_unit": setting.model.time_unit,
        "injections": list(ran.injections), "into": ran.into,
        "weeks": plain(ran.weeks), "times": plain(ran.times),
        "values": {name: plain(values) for name, values in ran.values.items()},
        "responders": {name: plain(values) for name, values in ran.responders.items()},
    }  # fmt: skip


def exported(setting: Setting, ran: Ran) -> str:
    """Give the model in SBML, with these constants and further injections as events."""
    from glabella.mechanism import with_constants, with_injections

    model = with_constants(setting.model, setting.constants)
    if ran.injections != (0.0,) and ran.into is not None:
        model = with_injections(model, ran.injections, ran.into)
    return model.sbml


def drawn(setting: Setting, ran: Ran, title: str) -> Plot:
    """Draw shares as panels; quantities of other models as lines in one."""
    from glabella.plot._course import Course, explained_course, time_course

    weeks = ran.weeks.tolist()
    if "weakness" not in ran.values:
        shown = {name: values.tolist() for name, values in _shown(setting, ran).items()}
        return explained_course([Course(name, weeks, values) for name, values in shown.items()], title=title)
    shares = {"weakness of the typical person": ran.values["weakness"]}
    shares |= {f"people with {name.replace('_', ' ')}": values for name, values in ran.responders.items()}
    # A solver may leave the last digit on the wrong side of all or nothing.
    courses = [Course(name, weeks, values.clip(0, 1).tolist()) for name, values in shares.items()]
    return time_course(courses, title=title)
