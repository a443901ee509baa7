"""Posteriors of the normal hierarchical model in 30 digits, by mpmath alone. Usage: python make_bayes_exact.py OUT.

Composite Gauss-Legendre quadrature over log tau: short panels about the scales of data and prior, longer ones
outwards to where nothing is left. Points a panel are doubled, from 12, until every number is the same to 14 digits.
It shares neither code nor method with what it checks. mpmath is no dependency of the project: run it elsewhere.
"""
# mypy: ignore-errors

import gzip
import json
import sys
from itertools import pairwise
from pathlib import Path

from mpmath import erfc, exp, gamma, log, mp, mpf, pi, sqrt
from mpmath.calculus.quadrature import GaussLegendre

mp.dps = 30


def reference(name):
    return json.loads(gzip.decompress((Path(__file__).parent / "bayesmeta" / f"{name}.json.gz").read_bytes()))


LEE = reference("dat.lee2004")
BCG = reference("dat.bcg")
HINE = reference("dat.hine1989")


def data(reference):
    return reference["yi"], [s**2 for s in reference["sei"]]


TWO = ([0.1, 0.5], [0.04, 0.09])
THREE = ([0.1, 0.5, 9.0], [0.04, 0.09, 0.01])
FAR = ([*HINE["yi"], 20.0], [*(s**2 for s in HINE["sei"]), 0.01])
HUGE = ([-120.0, 35.0, 80.0, 3.0, -60.0, 150.0], [0.01, 0.02, 0.013, 0.017, 0.011, 0.02])


def half_normal(scale):
    return lambda t: sqrt(2 / pi) / scale * exp(-((t / scale) ** 2) / 2)


def half_t(df, scale):
    constant = 2 * gamma((df + mpf(1)) / 2) / gamma(mpf(df) / 2) / sqrt(df * pi) / scale
    return lambda t: constant * (1 + (t / scale) ** 2 / df) ** (-(df + mpf(1)) / 2)


def log_normal(mean, sd):
    return lambda t: exp(-(((log(t) - mean) / sd) ** 2) / 2) / (t * sd * sqrt(2 * pi))


def log_t(location, scale, df):
    constant = gamma((df + mpf(1)) / 2) / gamma(mpf(df) / 2) / sqrt(df * pi) / scale
    return lambda t: constant * (1 + ((log(t) - location) / scale) ** 2 / df) ** (-(df + mpf(1)) / 2) / t


def inverse_gamma(shape, scale):
    return lambda t: mpf(scale) ** shape / gamma(shape) * t ** (-shape - 1) * exp(-scale / t)


#: Name: data, prior of tau (name, parameters), prior of mu (None is flat), density, moments that tau has.
CASES = {
    "bcg": (data(BCG), ("HalfNormal", [0.5]), None, half_normal(mpf("0.5")), 2),
    "hine1989, improper": (data(HINE), ("Uniform", []), None, lambda _: mpf(1), 2),
    "hine1989, bounded": (data(HINE), ("Uniform", [2.0]), [0.0, 2.0], lambda t: mpf("0.5") if t < 2 else mpf(0), 2),
    "two, heavy": (TWO, ("HalfCauchy", [0.5]), None, half_t(1, mpf("0.5")), 1),
    "two, Lomax": (TWO, ("Lomax", [1.0, 1.0]), None, lambda t: (1 + t) ** -2, 1),
    "two, log-t": (TWO, ("LogT", [-1.495, 1.08]), [0.0, 1.0], log_t(mpf("-1.495"), mpf("1.08"), 5), 2),
    "three, improper": (THREE, ("Uniform", []), None, lambda _: mpf(1), 0),
    "three, heavy": (THREE, ("HalfCauchy", [0.5]), [0.0, 2.0], half_t(1, mpf("0.5")), 2),
    "three, log-normal": (THREE, ("LogNormal", [-1.28, 0.87]), None, log_normal(mpf("-1.28"), mpf("0.87")), 2),
    "far": (FAR, ("HalfT", [4.0, 1.0]), None, half_t(4, mpf(1)), 2),
    "far, normal": (FAR, ("HalfNormal", [0.5]), [0.0, 2.0], half_normal(mpf("0.5")), 2),
    "lee2004, two humps": (data(LEE), ("HalfCauchy", [1e-4]), None, half_t(1, mpf("1e-4")), 2),
    "lee2004, spike": (data(LEE), ("HalfNormal", [1e-3]), [0.0, 2.0], half_normal(mpf("1e-3")), 2),
    "huge": (HUGE, ("Uniform", []), [0.0, 2.0], lambda _: mpf(1), 2),
    "huge, thin prior": (HUGE, ("HalfNormal", [0.5]), None, half_normal(mpf("0.5")), 2),
    "one": (([0.7], [0.05]), ("InverseGamma", [1.0, 0.15]), [0.0, 2.0], inverse_gamma(1, mpf("0.15")), 1),
    "exponential": (data(HINE), ("Exponential", [0.3]), [0.5, 0.2], lambda t: exp(-t / mpf("0.3")) / mpf("0.3"), 2),
}  # fmt: skip


def edges(y, v, parameters, points):
    """Panels: short ones where something happens, three times as long each further outwards."""
    scales = [log(sqrt(mpf(x))) for x in v] + [log(max(abs(a - b) for a in y for b in y) + mpf("1e-3"))]
    scales += [log(mpf(p)) for p in parameters if p > 0]
    low, high = min(scales) - 6, max(scales) + 6
    found, step = [], mpf("0.125")
    at = low
    while at < high:
        found.append(at)
        at += step
    reach = mpf(1)
    while reach < 800:
        found += [low - reach, high + reach]
        reach *= mpf("1.3")
    # A density that ends does so at an edge.
    return sorted({*found, high, *(log(mpf(x)) for x in (*points, *parameters) if x > 0)})


def given(y, v, mu_prior, t):
    """Log-likelihood with mu integrated out, and mean and variance of mu."""
    weight = [1 / (x + t * t) for x in v]
    precision = mpf(0) if mu_prior is None else 1 / mpf(mu_prior[1]) ** 2
    centre = mpf(0) if mu_prior is None else mpf(mu_prior[0])
    total = sum(weight) + precision
    mean = (sum(w * a for w, a in zip(weight, y, strict=True)) + precision * centre) / total
    rest = sum(w * (a - mean) ** 2 for w, a in zip(weight, y, strict=True)) + precision * (mean - centre) ** 2
    k = len(y) - (mu_prior is None)
    value = -k * log(2 * pi) / 2 + sum(log(w) for w in weight) / 2 - rest / 2 - log(total) / 2
    if mu_prior is not None:
        value += log(precision) / 2
    return value, mean, 1 / total


def phi(z):
    return erfc(-z / sqrt(mpf(2))) / 2


def numbers(case, degree, points):
    """Every number of a case."""
    (y, v), (_, parameters), mu_prior, prior, moments = case
    y, v = [mpf(a) for a in y], [mpf(x) for x in v]
    cut = edges(y, v, parameters, points["tau"])
    nodes = GaussLegendre(mp).calc_nodes(degree, mp.prec)
    taus, masses = [], []
    for a, b in pairwise(cut):
        for x, w in nodes:
            u = (a + b) / 2 + (b - a) / 2 * x
            taus.append(exp(u))
            masses.append(w * (b - a) / 2 * exp(u))
    parts = [given(y, v, mu_prior, t) for t in taus]
    masses = [m * prior(t) * exp(part[0]) for m, t, part in zip(masses, taus, parts, strict=True)]
    total = sum(masses)
    weight = [m / total for m in masses]

    def mean(values):
        return sum(w * value for w, value in zip(weight, values, strict=True))

    def normal(means, variances, at, moments):
        centre = mean(means)
        return {
            "mean": centre if moments > 0 else None,
            "sd": sqrt(mean([s + (m - centre) ** 2 for m, s in zip(means, variances, strict=True)]))
            if moments > 1
            else None,
            "cdf": [mean([phi((x - m) / sqrt(s)) for m, s in zip(means, variances, strict=True)]) for x in at],
            "density": [
                mean(
                    [exp(-((x - m) ** 2) / s / 2) / sqrt(2 * pi * s) for m, s in zip(means, variances, strict=True)]
                )
                for x in at
            ],
        }

    centres, variances = [part[1] for part in parts], [part[2] for part in parts]
    share = [v[0] / (v[0] + t * t) for t in taus]
    own = [(1 - s) * y[0] + s * m for s, m in zip(share, centres, strict=True)]
    spread = [s * t * t + s * s * c for s, t, c in zip(share, taus, variances, strict=True)]
    first = mean(taus) if moments > 0 else None
    with_prior = 2 if mu_prior is not None else moments
    return {
        "log_integral": log(total),
        "tau": {"mean": first, "sd": sqrt(mean([(t - first) ** 2 for t in taus])) if moments > 1 else None,
                "cdf": [sum(w for w, t in zip(weight, taus, strict=True) if t < x) for x in points["tau"]],
                "density": [prior(mpf(x)) * exp(given(y, v, mu_prior, mpf(x))[0]) / total for x in points["tau"]]},
        "mu": normal(centres, variances, points["mu"], with_prior),
        "theta_new": normal(centres, [c + t * t for c, t in zip(variances, taus, strict=True)], points["theta_new"],
                            moments),
        "theta_1": normal(own, spread, points["theta_1"], 2),
    }  # fmt: skip


def flat(found):
    if isinstance(found, dict):
        return [value for each in found.values() for value in flat(each)]
    if isinstance(found, list):
        return [value for each in found for value in flat(each)]
    return [found]


def plain(found):
    if isinstance(found, dict):
        return {key: plain(value) for key, value in found.items()}
    if isinstance(found, list):
        return [plain(value) for value in found]
    return None if found is None else float(found)


def points_of(case):
    """Where to take densities: a few quantiles, roughly."""
    (y, _), _, _, _, _ = case
    middle, reach = sum(y) / len(y), max(max(y) - min(y), 0.3)
    effects = [middle - reach, middle - 0.2 * reach, middle + 0.05 * reach, middle + 0.6 * reach]
    name, parameters = case[1]
    small, large = POINTS.get((name, tuple(parameters)), (0.05, 0.4))
    scale = 1.0 if max(y) < 100 else 100.0
    return {"tau": [small * scale, large * scale], "mu": effects, "theta_new": effects, "theta_1": effects}


POINTS = {("HalfCauchy", (1e-4,)): (2e-4, 0.5), ("HalfNormal", (1e-3,)): (5e-4, 1.5e-3)}

if __name__ == "__main__":
    done = {}
    for name, case in CASES.items():
        points = points_of(case)
        # Degrees of mpmath's Gauss-Legendre nodes: 3 * 2 ** (degree - 1) points.
        fine, apart, degree = numbers(case, 3, points), mpf(1), 3
        while apart > mpf("1e-14"):
            degree += 1
            rough, fine = fine, numbers(case, degree, points)
            apart = max(abs(a - b) / max(abs(b), mpf("1e-12"))
                        for a, b in zip(flat(rough), flat(fine), strict=True) if b is not None)  # fmt: skip
        sys.stderr.write(f"{name} {degree} {float(apart):.0e}\n")
        done[name] = {"yi": case[0][0], "vi": case[0][1], "tau_prior": case[1], "mu_prior": case[2],
                      "points": points, **plain(fine)}  # fmt: skip
    Path(sys.argv[1]).write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
