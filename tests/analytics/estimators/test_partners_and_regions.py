"""Comparators that change with each assignment, and year effects apart by region, equal explicit loops."""

import dataclasses

import numpy as np
import pytest

from analytics.estimators import prepared
from analytics.estimators.imputation import event_study, event_times
from analytics.inference.permutation import placebo_estimates, placebos
from tests.analytics import brute_force
from tests.analytics.estimators.test_against_brute_force import (
    EXPOSED,
    PANELS,
    START,
    TREATED,
    TWINS,
    YEARS,
    assignments,
    sample_of,
)

SIZE = 1e-12 * 50


def partnered(panel: str, *, outcomes: int = 2, kinds: int = 3):
    """A sample in which each authority is compared with six others of its own, never a real adopter."""
    sample = sample_of(**PANELS[panel], outcomes=outcomes)
    rng = np.random.default_rng(5)
    partners = np.zeros((kinds, 18, 18), bool)
    others = np.setdiff1d(np.arange(18), TREATED)
    for i in range(18):
        partners[:, i, rng.choice(others[others != i], 6, replace=False)] = True
    return dataclasses.replace(sample, partners=partners)


def compared_by_hand(sample, who) -> np.ndarray:
    """Rows compared with an assignment: partners of its holders that hold nothing themselves."""
    kinds = sample.slots.kind
    named = {j for k, i in enumerate(who) for j in np.flatnonzero(sample.partners[kinds[k], i])}
    return np.array(sorted(named - set(who)))


def cut_to(sample, who, compared):
    """Figures of the holders and their comparators alone, and where the holders stand in them."""
    rows = np.concatenate([who, compared])
    return sample.observed[rows], sample.weights[rows], rows, np.arange(len(who))


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("name", TWINS)
def test_each_assignment_is_compared_with_its_own_partners(name, panel):
    sample = partnered(panel)
    drawn = assignments(8)
    found = prepared(name, sample).estimates(drawn, sample.comparators_of(drawn))
    for d, who in enumerate(drawn):
        observed, weights, rows, places = cut_to(sample, who, compared_by_hand(sample, who))
        for k in range(2):
            twin = TWINS[name](sample.values[k][rows], observed, YEARS, weights, places, START, EXPOSED)
            assert abs(found[k, d] - twin) < SIZE, (name, panel, k, d)


@pytest.mark.parametrize("panel", ["balanced", "missing and weighted"])
def test_event_study_is_compared_with_its_own_partners(panel):
    sample = partnered(panel, outcomes=1)
    drawn = assignments(4)
    found = event_study(sample).quantities(drawn, sample.comparators_of(drawn))
    for d, who in enumerate(drawn):
        observed, weights, rows, places = cut_to(sample, who, compared_by_hand(sample, who))
        for e, event_time in enumerate(event_times(sample)):
            args = (sample.values[0][rows], observed, YEARS, weights, places, START, EXPOSED, event_time)
            assert abs(found[0, e, d] - brute_force.event_gap(*args)) < SIZE


def by_region(y, observed, weights, who, regions, name):
    """Least squares with authority effects and effects of each year in each region, by dummies."""
    untreated, treated = brute_force.masks(observed, YEARS, who, START, EXPOSED)
    fit = untreated if name == "imputation" else untreated | treated
    labels = [(r, t) for r in np.unique(regions) for t in range(len(YEARS))]
    cells = [tuple(c) for c in np.argwhere(fit)]
    x = np.zeros((len(cells), len(y) + len(labels) + 1))
    for row, (i, t) in enumerate(cells):
        x[row, i] = x[row, len(y) + labels.index((regions[i], t))] = 1
        x[row, -1] = treated[i, t] if name == "two_way" else 0
    root = np.sqrt(weights[[i for i, _ in cells]])
    beta = np.linalg.lstsq(x * root[:, None], np.array([y[c] for c in cells]) * root, rcond=None)[0]
    if name == "two_way":
        return beta[-1]
    top = below = 0.0
    for i, t in np.argwhere(treated):
        if untreated[i].any():
            top += weights[i] * (y[i, t] - beta[i] - beta[len(y) + labels.index((regions[i], t))])
            below += weights[i]
    return top / below


@pytest.mark.parametrize("panel", ["balanced", "children as weights", "missing and weighted"])
@pytest.mark.parametrize("name", ["imputation", "two_way"])
def test_year_effects_apart_by_region_equal_a_regression_with_their_dummies(name, panel):
    sample = sample_of(**PANELS[panel], outcomes=2)
    regions = np.repeat([7, 3], 9)
    sample = dataclasses.replace(sample, strata=regions)
    drawn = assignments(6)
    found = prepared(name, sample).estimates(drawn)
    for k in range(2):
        for d, who in enumerate(drawn):
            twin = by_region(sample.values[k], sample.observed, sample.weights, who, regions, name)
            assert abs(found[k, d] - twin) < 1e-11 * 50, (name, panel, k, d)


def test_two_by_two_by_region_is_the_weighted_mean_of_each_regions_own():
    sample = dataclasses.replace(sample_of(**PANELS["balanced"], outcomes=1), strata=np.repeat([0, 1], 9))
    found = prepared("two_by_two", sample).estimates(TREATED[None])[0, 0]
    parts = []
    for region, slots in ((slice(0, 9), [0, 1, 2]), (slice(9, 18), [3])):
        y = sample.values[0][region]
        args = (np.ones(y.shape, bool), YEARS, np.ones(9), TREATED[slots] - region.start, START[slots], EXPOSED[slots])
        parts.append((brute_force.two_by_two(y, *args), len(slots)))
    assert found == pytest.approx(sum(b * n for b, n in parts) / 4, abs=SIZE)


def test_a_region_without_a_comparator_is_not_estimated():
    sample = dataclasses.replace(sample_of(**PANELS["balanced"], outcomes=1), strata=np.arange(18) // 17)
    assert np.isnan(prepared("imputation", sample).estimates(np.array([[17, 2, 5, 8]]))[0, 0])


def test_placebos_hold_slots_only_with_partners_and_replaced_adopters_are_never_compared():
    sample = partnered("balanced")
    lonely = 3
    partners = sample.partners.copy()
    partners[:, lonely] = False
    for matched in (False, True):
        chance = placebos(np.arange(18.0), TREATED, sample.slots, matched=matched, draws=99, seed=1, partners=partners)
        assert not (chance.assignments == lonely).any()
        assert not chance.comparators[:, TREATED].any()
        holders = np.zeros_like(chance.comparators)
        np.put_along_axis(holders, chance.assignments, True, axis=1)
        assert not (chance.comparators & holders).any()
    found = placebo_estimates(
        prepared(
            "imputation", dataclasses.replace(sample, values=np.concatenate([sample.values, sample.exposure[None]]))
        ),
        TREATED,
        chance,
    )
    assert found.real.shape == (2,) and np.isfinite(found.placebo).all()
