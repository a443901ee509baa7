"""What ``glabella mechanism simulate`` runs: a model, the constants it is run with, and where each comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glabella.dossier import Mechanism
from glabella.mechanism import Model, load, simulate_population
from glabella.mechanism._likelihood import LOG_WEIGHTS, SHIFTS
from glabella.mechanism._population import cached_equations

if TYPE_CHECKING:
    from glabella.dossier import Fitted

Floats = NDArray[np.float64]
DAY = 86400.0
#: People at equally likely sensitivities, of whom shares are taken.
PEOPLE = 400
#: Points in time at least, for models that are over within a day.
POINTS = 100


@dataclass(frozen=True, slots=True)
class People:
    """How people and trials differ, as fitted.

    Attributes
    ----------
    spread, study_spread : float
        Standard deviations of the log sensitivity, and of the logit of a trial's threshold.
    never : float
        Share who never respond.
    thresholds : mapping of str to float
        Logit of the weakness that is called a response, by definition.
    """

    spread: float
    study_spread: float
    never: float
    thresholds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Setting:
    """A model and how it is run.

    Attributes
    ----------
    model : Model
    constants : mapping of str to float
        That differ from the model's own.
    notes : tuple of str
        Where the constants come from, a sentence each.
    people : People or None
        Where a fit tells how people differ.
    of_dossier : bool
        Whether its dose is in units of a product.
    """

    model: Model
    constants: Mapping[str, float]
    notes: tuple[str, ...]
    people: People | None = None
    of_dossier: bool = False

    def changed(self, given: Sequence[str]) -> Setting:
        """Give the setting with constants that are written NAME=VALUE."""
        found = dict(self.constants)
        for text in given:
            name, sign, value = text.partition("=")
            try:
                found[name.strip()] = float(value)
            except ValueError:
                sign = ""
            if not sign:
                raise ValueError(f"--set {text}: expected NAME=VALUE with a number")
            if name.strip() == "dose" and self.of_dossier:
                raise ValueError(f"--set {text}: units belong to a product; expected --product and --dose")
            if name.strip() not in self.model.parameters:
                known = ", ".join(sorted(self.model.parameters))
                raise ValueError(f"--set {text}: the model has no constant {name.strip()!r}; it has {known}")
        return replace(self, constants=found)


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of it.

    Attributes
    ----------
    weeks, times : ndarray of shape (t,)
        The second in the model's own unit.
    values : dict of str to ndarray of shape (t,)
        States and computed quantities of the typical person.
    responders : dict of str to ndarray of shape (t,)
        Share of people, by definition of a response; empty without a fit.
    injections : tuple of float
        Times of injections, in the model's own unit.
    into : str or None
        The state that an injection fills, where it is known.
    """

    weeks: Floats
    times: Floats
    values: dict[str, Floats]
    responders: dict[str, Floats]
    injections: tuple[float, ...]
    into: str | None


def of_file(path: Path) -> Setting:
    """Give a model file as it stands."""
    return Setting(load(path.read_text(encoding="utf-8")), {}, ("Constants are those of the model file.",))


def of_dossier(
    mechanism: Mechanism, product: str | None, dose: float | None, sex: str | None, explanation: str | None
) -> Setting:
    """Give a dossier's model with the constants of an arm: as fitted, or else as its parameters say."""
    model = dossier_model(mechanism)
    found, notes = constants(mechanism, product)
    found |= _arm(mechanism, model, product, dose)
    if product is None:
        notes.append("Without --product, dose and potency are bare numbers of the model, units of no product.")
    found |= _sex(mechanism, model, sex)
    switches, more = _explanation(mechanism, explanation, product)
    notes += more
    known = {name: value for name, value in (found | switches).items() if name in model.parameters}
    return Setting(model, known, tuple(notes), _people(mechanism.fitted), of_dossier=True)


def dossier_model(mechanism: Mechanism) -> Model:
    """Load the model of a dossier; what is wrong with it is told with the file's name."""
    try:
        return load(mechanism.model)
    except ValueError as error:
        raise ValueError(f"mechanism/model.ant: {error}") from error


def constants(mechanism: Mechanism, product: str | None) -> tuple[dict[str, float], list[str]]:
    """Give the model's constants for a product, and where they come from."""
    modes = _modes(mechanism.fitted)
    own = {key: each for key, each in mechanism.parameters.items() if each.belongs_to == "model"}
    general = {each.symbol or key: modes.get(key, each.value) for key, each in own.items() if each.product is None}
    special: dict[str, float] = {}
    notes = ["Constants are the modes of mechanism/fit.json, and else the values of mechanism/parameters.yaml."
             if modes else "Nothing is fitted: constants are the values of mechanism/parameters.yaml."]  # fmt: skip
    for key, each in own.items():
        if each.product is None or each.product != product:
            continue
        symbol = each.symbol or key
        if modes and key not in modes and each.role != "fixed":
            if symbol in general:
                continue  # the fit had this product share what all have
            notes.append(f"{key} is not in the fit: its value in mechanism/parameters.yaml is an assumption.")
        special[symbol] = modes.get(key, each.value)
    return general | special, notes


def _modes(fitted: Fitted | None) -> dict[str, float]:
    return {each.name: each.mode for each in fitted.chain.constants} if fitted else {}


def _arm(mechanism: Mechanism, model: Model, product: str | None, dose: float | None) -> dict[str, float]:
    """Give the dose; units without their product, or a product without a dose, mean nothing."""
    potent = mechanism.of_product("potency")
    known = ", ".join(sorted(potent))
    if product is None and dose is None:
        return {}
    if product is None:
        raise ValueError(f"--dose {dose:g} without --product: units belong to a product; known are {known}")
    if product not in potent:
        raise ValueError(f"--product {product}: the mechanism has no such product; known are {known}")
    if dose is None:
        raise ValueError(f"--product {product} without --dose: expected units of {product}")
    if not (np.isfinite(dose) and dose > 0):
        raise ValueError(f"--dose {dose:g}: expected more than 0 units of {product}")
    if "dose" not in model.parameters:
        raise ValueError("mechanism/model.ant: no constant 'dose', which --dose would set")
    return {"dose": dose}


def _sex(mechanism: Mechanism, model: Model, sex: str | None) -> dict[str, float]:
    key = f"sensitivity_{sex}"
    if sex is None or key not in mechanism.parameters:
        return {}
    if "sensitivity" not in model.parameters:
        raise ValueError("mechanism/model.ant: no constant 'sensitivity', which --sex would set")
    shift = _modes(mechanism.fitted).get(key, mechanism.parameters[key].value)
    return {"sensitivity": float(np.exp(shift))}


def _explanation(
    mechanism: Mechanism, name: str | None, product: str | None
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Give the switches of an explanation, and gain and speed of mood where they were fitted."""
    if name is None:
        return {}, ("Without --explanation, what carries weakness to mood is as the model file has it.",)
    if name not in mechanism.explanations:
        known = ", ".join(mechanism.explanations)
        raise ValueError(f"--explanation {name}: no such explanation; known are {known}")
    found = {switch: float(on) for switch, on in mechanism.explanations[name].switches.items()}
    mood = mechanism.fitted.mood if mechanism.fitted else None
    for each in mood.explanations if mood else ():
        if mood and each.name == name and each.gain.value is not None:
            found["gain"] = each.gain.value
            if each.half_life.value:
                found["k_mood"] = float(np.log(2) / each.half_life.value)
            if product not in (None, mood.product):
                return found, (f"Gain and speed of mood were fitted to trials of {mood.product} only.",)
    return found, ()


def _people(fitted: Fitted | None) -> People | None:
    """Give how people differ; the definitions are those that the fit has courses of."""
    modes = _modes(fitted)
    if fitted is None or "sensitivity_spread" not in modes:
        return None
    named = {each.definition: modes.get(f"threshold_{each.definition}") for each in fitted.courses}
    thresholds = {name: float(np.log(x / (1 - x))) for name, x in named.items() if x is not None}
    return People(modes["sensitivity_spread"], modes.get("study_spread", 0.0), modes.get("antibody_share", 0.0),
                  thresholds)  # fmt: skip


def run(setting: Setting, weeks: float, moments: Sequence[float]) -> Ran:
    """Run a setting with injections at some weeks."""
    model, unit = setting.model, _seconds(setting.model.time_unit)
    # Whole days and weeks are always among them, unless all is over within a day.
    step = 1 / np.ceil(POINTS / (7 * weeks)) if 7 * weeks >= 1 else 7 * weeks / POINTS
    days: Floats = np.arange(int(7 * weeks / step * (1 + 1e-12)) + 1) * np.float64(step)
    times = days * np.float64(DAY / unit)
    injections = tuple(float(7 * each * (DAY / unit)) for each in moments)
    into = filled(model)
    schedule: dict[str, Any] = {}
    if injections != (0.0,):
        if into is None:
            raise ValueError("repeated injections need one state that the constant 'dose' fills, and this model "
                             "has none such")  # fmt: skip
        schedule = {"injections": injections, "into": into}
    found = simulate_population(model, times, setting.constants, **schedule)
    if found.failed.any():
        raise ValueError(f"the simulation failed: {found.reason[0]}")
    values = {name: each[0] for name, each in found.values.items()}
    responders = _responders(setting, times, schedule) if setting.people and "weakness" in values else {}
    return Ran(days / 7, times, values, responders, injections, into)


def _seconds(unit: str) -> float:
    """Give the seconds of a model's unit of time."""
    match = re.fullmatch(r"second|\(([0-9.e+-]+) second\)", unit)
    if not match:
        raise ValueError(f"the model's time is in {unit}; expected a multiple of the second, so that it has weeks")
    return float(match.group(1) or 1)


def filled(model: Model) -> str | None:
    """Give the one state whose start the dose changes."""
    known = cached_equations(model)
    if "dose" not in known.constants:
        return None
    one, two = (known.start({**known.constants, "dose": dose}) for dose in (1.0, 2.0))
    changed = [name for name in known.states if one[name] != two[name]]
    return changed[0] if len(changed) == 1 else None


def _responders(setting: Setting, times: Floats, schedule: dict[str, Any]) -> dict[str, Floats]:
    """Give the share of people with a response, averaged over trials as the fit has them."""
    from scipy.special import expit, ndtri

    people = setting.people
    if people is None or not people.thresholds:
        return {}
    typical = setting.constants.get("sensitivity", setting.model.parameters.get("sensitivity", 1.0))
    each = typical * np.exp(people.spread * ndtri((np.arange(PEOPLE) + 0.5) / PEOPLE))
    given = {**setting.constants, "sensitivity": each}
    found = simulate_population(setting.model, times, given, names=["weakness"], **schedule)
    if found.failed.any():
        first = found.reason[found.failed][0]
        raise ValueError(f"the simulation failed for {found.failed.sum()} of {PEOPLE} people: {first}")
    weakness, weights = np.sort(found.values["weakness"], axis=0), np.exp(LOG_WEIGHTS)
    shares = {}
    for name, threshold in people.thresholds.items():
        limits = expit(threshold + people.study_spread * SHIFTS)
        above = [1 - np.searchsorted(column, limits, side="right") / PEOPLE for column in weakness.T]
        shares[name] = (1 - people.never) * (np.array(above) @ weights)
    return shares
