"""Weights on the simplex: by hand, by the conditions of an optimum, and by general-purpose solvers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimators import simplex
from analytics.estimators.simplex import frank_wolfe, gram_weights, simplex_weights
from tests.analytics import brute_force_synthetic as brute_force


def one(donors, target, ridge=0.0):
    donors, target = np.array(donors, float), np.array(target, float)
    return simplex_weights(donors, target[None], np.ones((1, len(donors)), bool), np.array([ridge]))[0]


def shortfall(donors, target, ridge, w):
    """By how much the objective at w can at most exceed the optimum (the slope's best vertex), as a share of its size."""
    slope = 2 * donors @ (w @ donors - target) / len(target) + 2 * ridge * w
    size = np.mean((target - donors.mean(0)) ** 2) + donors.var() + ridge
    return (slope @ w - slope.min()) / size


@pytest.mark.parametrize(
    "donors,target,weights",
    [
        pytest.param([[0.0], [4.0]], [1.0], [0.75, 0.25], id="a quarter of the way"),
        pytest.param([[0.0], [4.0]], [9.0], [0, 1], id="beyond the last donor"),
        pytest.param([[1.0, 1], [1, 1], [1, 1]], [5.0, 5], [1 / 3] * 3, id="donors alike share evenly"),
        pytest.param([[2.0, 0], [0, 2], [-5, -5]], [1.0, 1], [0.5, 0.5, 0], id="half of each of two"),
        pytest.param([[3.0, 8]], [0.0, 0], [1], id="a single donor"),
    ],
)
def test_weights_by_hand(donors, target, weights):
    assert one(donors, target) == pytest.approx(weights, abs=1e-7)


def test_ridge_by_hand():
    # w and 1 - w on 0 and 4, target 1: (1 - 4(1 - w))^2 + 8 (w^2 + (1 - w)^2) is least where 64 w = 40.
    assert one([[0.0], [4.0]], [1.0], ridge=8.0) == pytest.approx([40 / 64, 24 / 64], abs=1e-12)


def test_donors_that_are_not_allowed_have_no_weight_and_none_gives_nan():
    donors, target = np.array([[0.0], [4.0], [1.0]]), np.array([[1.0], [1.0]])
    found = simplex_weights(donors, target, np.array([[True, True, False], [False] * 3]), np.zeros(2))
    assert found[0] == pytest.approx([0.75, 0.25, 0], abs=1e-7) and np.isnan(found[1]).all()


problems = st.tuples(
    st.integers(0, 100_000), st.integers(1, 60), st.integers(1, 19), st.sampled_from([1e-6, 1e-3, 1.0, 100.0])
)


def drawn(seed: int, donors: int, years: int, kind: int):
    """Donors and five targets: plain, rounded to ties, alike, or with one target that is itself a donor."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, rng.choice([1e-3, 1, 50]), (donors, years)) + rng.normal(0, 10, years)
    y = rng.normal(0, rng.choice([1, 50, 1000]), (5, years))
    if kind == 1:
        x = np.round(x)
    if kind == 2:
        x[:] = x[0]
    if kind == 3:
        y[:] = x[0]
    allowed = rng.random((5, donors)) < 0.7
    allowed[:, 0] = True
    return x, y, allowed


@settings(max_examples=150, deadline=None)
@given(problems, st.integers(0, 3))
def test_weights_meet_the_conditions_of_an_optimum(problem, kind):
    seed, donors, years, ridge = problem
    x, y, allowed = drawn(seed, donors, years, kind)
    ridge *= max(x.var(), 1e-9)
    found = simplex_weights(x, y, allowed, np.full(5, ridge))
    assert (found >= 0).all() and (found[~allowed] == 0).all()
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-12)
    for m in range(5):
        assert shortfall(x[allowed[m]], y[m], ridge, found[m, allowed[m]]) < 1e-8


@pytest.mark.parametrize("donors,years", [(8, 4), (25, 6), (12, 12), (30, 3)])
@pytest.mark.parametrize("ridge", [1e-6, 1.0])
def test_objective_agrees_with_general_solvers(donors, years, ridge):
    rng = np.random.default_rng(donors + years)
    x, y = rng.normal(50, 8, (donors, years)), rng.normal(53, 9, (4, years))
    ridge *= x.var()
    found = simplex_weights(x, y, np.ones((4, donors), bool), np.full(4, ridge))
    for m in range(4):
        mine = brute_force.objective(found[m], x, y[m], ridge)
        exact, near = (
            brute_force.objective(solver(x, y[m], ridge), x, y[m], ridge)
            for solver in (brute_force.by_nnls, brute_force.by_slsqp)
        )
        assert mine == pytest.approx(exact, rel=1e-9)
        assert mine == pytest.approx(
            near, rel=1e-6, abs=1e-6 * x.var()
        )  # SLSQP stops short where the fit is all but exact
        assert mine <= near * (1 + 1e-9)
        assert found[m] == pytest.approx(brute_force.by_nnls(x, y[m], ridge), abs=1e-7)


def test_targets_that_the_steps_leave_unsolved_are_solved_another_way(monkeypatch):
    x, y, allowed = drawn(5, 20, 6, 0)
    ridge = np.full(5, 1e-3 * x.var())
    usual = simplex_weights(x, y, allowed, ridge)
    monkeypatch.setattr(simplex, "MOST_STEPS", 0)
    np.testing.assert_allclose(simplex_weights(x, y, allowed, ridge), usual, atol=1e-7)


def test_many_targets_in_parts_equal_them_at_once(monkeypatch):
    x, y, allowed = drawn(6, 20, 6, 0)
    usual = simplex_weights(x, y, allowed, np.full(5, 0.1))
    monkeypatch.setattr(simplex, "AT_ONCE", 41)  # two targets of twenty donors at a time
    np.testing.assert_allclose(simplex_weights(x, y, allowed, np.full(5, 0.1)), usual, atol=1e-12)


def products(rows, years, seed, count=6):
    """Paths of the years (rows are authorities), their products and those with a target, all about the mean."""
    rng = np.random.default_rng(seed)
    paths = rng.normal(0, 5, (count, rows, years)) + rng.normal(0, 20, (count, rows, 1))
    target = paths[..., -1] + rng.normal(0, 2, (count, rows))
    paths, target = paths - paths.mean(1, keepdims=True), target - target.mean(1, keepdims=True)
    gram = np.einsum("mnp,mnq->mpq", paths, paths) / rows
    return paths, target, gram, np.einsum("mnp,mn->mp", paths, target) / rows


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 80), st.integers(1, 14), st.integers(0, 100_000), st.booleans())
def test_weights_from_products_meet_the_conditions_of_an_optimum(rows, years, seed, warm):
    paths, target, gram, cross = products(rows, years, seed)
    found = gram_weights(gram, cross, start=gram_weights(gram[:1], cross[:1])[0] if warm else None)
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-9)
    for m in range(len(found)):
        assert shortfall(paths[m].T, target[m], 1e-9, found[m]) < 1e-7


def test_weights_from_products_agree_with_a_general_solver():
    paths, target, gram, cross = products(50, 7, 3)
    found = gram_weights(gram, cross)
    for m in range(len(found)):
        assert found[m] == pytest.approx(brute_force.by_slsqp(paths[m].T, target[m], 0.0), abs=1e-4)
        mine, near = (
            brute_force.objective(w, paths[m].T, target[m], 0.0)
            for w in (found[m], brute_force.by_slsqp(paths[m].T, target[m], 0.0))
        )
        assert mine == pytest.approx(near, rel=1e-6) and mine <= near * (1 + 1e-9)


def test_paths_without_any_difference_share_evenly():
    assert gram_weights(np.zeros((1, 4, 4)), np.zeros((1, 4)))[0] == pytest.approx([0.25] * 4)


def test_frank_wolfe_ends_near_the_optimum_but_not_below_it():
    rng = np.random.default_rng(2)
    x, y = rng.normal(0, 8, (12, 15)), rng.normal(0, 8, 15)
    noise = np.diff(x, axis=1).std(ddof=1)
    rough, exact = frank_wolfe(x, y, 1.0, noise), one(x, y, 1.0)
    near, best = (brute_force.objective(w, x, y, 1.0) for w in (rough, exact))
    assert rough.sum() == pytest.approx(1) and (rough >= 0).all()
    assert best <= near <= best * 1.01
