"""Panels small enough to work by hand, run through `analyse`, and what the slow twins make of the same figures."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from analytics.analysis import Result, analyse
from analytics.chance import estimates_of
from analytics.checks import Case, CheckResult
from analytics.effect import choice_of, effect_of, indicators_of
from analytics.gaps import gaps_of
from analytics.judgement import judgement
from analytics.outcome import cells_of, outcome_sample
from analytics.spec import Specification
from analytics.study import study
from analytics.warehouse import Warehouse
from analytics.wording import number_text, p_text
from tests.analytics import brute_force
from tests.analytics.small_warehouse import SmallWarehouse

YEARS = range(2013, 2021)
START = "2016-04-01"  # so s = g = 2017: four years before, four after
Paths = dict[str, list]


def flat(level: float, *, after: float = 0.0, years: range = YEARS, start: int = 2017) -> list[float]:
    """The same figure in every year, so much higher from the start on."""
    return [level + (after if year >= start else 0.0) for year in years]


def others(count: int = 19, *, years: range = YEARS, start: int = 2017) -> Paths:
    """Comparators C01.. that step up or down at the start by -0.9, -0.8 .. 0.9 for 19 of them: their mean stays the same.

    With one adopter that steps by e, the estimate is e and each placebo's d x 20/19 - e/19: all but a real change are below 1.
    """
    steps = (np.arange(count) - (count - 1) / 2) / 10
    return {f"C{j + 1:02d}": flat(30.0 + j, after=step, years=years, start=start) for j, step in enumerate(steps)}


def before_the_result(sentence: str) -> str:
    """A check's sentence without its last clause, which repeats the result beside what was found."""
    return re.sub(r"; the result itself is \S+ per 10,000 children(?=\.)", "", sentence)


def warehouse(file: Path, paths: Paths, starts: dict[str, str], *, years: range = YEARS) -> SmallWarehouse:
    """Authorities with these figures; model M adopted on the days given; every authority of the size of the rest."""
    made = SmallWarehouse(file)
    made.indicator()
    made.indicator("children_0_17", unit="children")
    made.model("M")
    for code, path in paths.items():
        made.area(code)
        made.figures(code, {y: v for y, v in zip(years, path, strict=True) if v is not None})
    for code, day in starts.items():
        made.adoption(code, "M", day)
    return made


def specification(**tables: dict) -> Specification:
    """Model M and plan rates over 2013-20, every placebo taken, changed as asked."""
    given = {
        "treatment": {"model": "M"},
        "window": {"first": 2013, "last": 2020},
        "inference": {"name": "permutation", "draws": 999},
    }
    for name, table in tables.items():
        given[name] = given.get(name, {}) | table
    return Specification.from_dict({"outcomes": ["cpp_rate"]} | given)


def result(made: SmallWarehouse, **tables: dict) -> Result:
    """The whole analysis of a warehouse's plan rates."""
    return analyse(specification(**tables), made.ready()).results[0]


def check_of(found: Result, name: str) -> CheckResult | None:
    """The check of that name, None where it did not apply."""
    return next((c for c in found.checks if c.name == name), None)


def case_of(asked: Specification, ready: Warehouse) -> Case:
    """What the checks of an analysis are given."""
    found = study(asked, ready)
    one = outcome_sample(found, 0)
    estimates = estimates_of([one], asked)[0]
    first = judgement(choice_of(one, asked).first, one, estimates, asked)
    effect = effect_of(one, estimates, first, first.p_value, asked, alone=True)
    indicator = indicators_of(ready)["cpp_rate"]
    return Case(found, one, indicator, effect, estimates, gaps_of(one, asked.inference), cells_of(found, one))


def by_loop(
    paths: Paths, slots: dict[str, tuple[int, int]], *, twin=brute_force.imputation, years=YEARS, **options
) -> tuple[float, float]:
    """Estimate and p by the slow twin, every way of giving the slots to different authorities tried.

    Parameters
    ----------
    slots : (s, g) of each adopter, by code
    """
    codes = sorted(paths)
    values = np.array([[np.nan if v is None else v for v in paths[c]] for c in codes], dtype=float)
    y, seen = np.nan_to_num(values), np.isfinite(values)
    start, exposed = np.array([slots[c] for c in slots]).T
    weights = np.ones(len(codes))

    def estimate(who):
        return twin(y, seen, np.array(years), weights, who, start, exposed, **options)

    real = estimate(tuple(codes.index(c) for c in slots))
    found = [estimate(who) for who in brute_force.all_assignments([range(len(codes))] * len(slots))]
    return real, float(np.mean([abs(b) >= abs(real) * (1 - 1e-9) for b in found]))


def figure(estimate: float, p: float) -> str:
    """A re-run as the sentences write it."""
    return f"{number_text(estimate, 1)} (p {p_text(p)})"
