"""Donut, each authority once, complete years only and year effects by region, through a whole analysis."""

import functools

import numpy as np
import pytest

from analytics.analysis import analyse
from analytics.errors import CannotEstimate
from tests.analytics import brute_force
from tests.analytics.checks.panels import START, YEARS, by_loop, flat, others, result, specification, warehouse

SLOTS = {"A1": (2016, 2017), "A2": (2018, 2018)}
STARTS = {"A1": "2015-10-01", "A2": "2017-04-01"}


def drawn(*, missing: float = 0.0, seed: int = 5, count: int = 10) -> dict[str, list]:
    """Two adopters and ten others on random walks, some figures missing but never an adopter's."""
    rng = np.random.default_rng(seed)
    paths = {}
    for code in ["A1", "A2", *(f"C{j:02d}" for j in range(count))]:
        walk = 40 + rng.normal(0, 6) + rng.normal(0, 2, len(YEARS)).cumsum()
        gone = (rng.random(len(YEARS)) < missing) & code.startswith("C")
        paths[code] = [None if g else float(v) for v, g in zip(walk, gone, strict=True)]
    return paths


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize(
    "estimator,twin",
    [
        pytest.param({"base": "donut"}, brute_force.donut, id="donut"),
        pytest.param({"average": "authorities"}, brute_force.each_once, id="each authority once"),
        pytest.param(
            {"base": "donut", "average": "authorities"},
            functools.partial(brute_force.donut, then=brute_force.each_once),
            id="both",
        ),
    ],
)
def test_estimate_and_p_equal_the_slow_twin(tmp_path, estimator, twin, missing):
    paths = drawn(missing=missing)
    found = result(warehouse(tmp_path / "small.duckdb", paths, STARTS), estimator=estimator).effect
    b, p = by_loop(paths, SLOTS, twin=twin)
    assert found.estimate == pytest.approx(b, abs=1e-12 * 40)
    assert found.p_value == pytest.approx(p, abs=1e-12)
    plain = by_loop(paths, SLOTS)[0]
    assert abs(b - plain) > 0.01  # the option does something here


def test_each_authority_once_by_hand(tmp_path):
    # A1 falls by 6 in four years, A2 by 1 in one year: cells (4 x -6 - 1) / 5 = -5, authorities (-6 - 1) / 2 = -3.5.
    paths = {"A1": flat(60, after=-6), "A2": flat(50, after=-1, start=2020)} | others(9)
    starts = {"A1": START, "A2": "2019-04-01"}
    made = warehouse(tmp_path / "small.duckdb", {c: flat(v[0]) if c[0] == "C" else v for c, v in paths.items()}, starts)
    ready = made.ready()
    for average, effect in (("cells", -5.0), ("authorities", -3.5)):
        asked = specification(estimator={"average": average})
        assert analyse(asked, ready).results[0].effect.estimate == pytest.approx(effect)


def test_each_authority_once_with_children_as_weights(tmp_path):
    paths = drawn()
    made = warehouse(tmp_path / "small.duckdb", paths, STARTS)
    size = {code: 10_000.0 * (place + 1) for place, code in enumerate(sorted(paths))}
    for code, children in size.items():
        made.children(code, children, years=range(2012, 2020))
    found = result(made, estimator={"average": "authorities", "weights": "children"}).effect
    y, start, exposed = np.array([paths[c] for c in sorted(paths)]), np.array([2016, 2018]), np.array([2017, 2018])
    b = brute_force.each_once(
        y, np.ones(y.shape, bool), np.array(YEARS), np.array([size[c] for c in sorted(paths)]), (0, 1), start, exposed
    )
    assert found.estimate == pytest.approx(b, abs=1e-12 * 40)


def test_complete_years_only(tmp_path):
    paths = drawn()
    paths["A2"][1] = paths["C03"][6] = None
    made = warehouse(tmp_path / "small.duckdb", paths, STARTS)
    found = result(made, window={"complete": True})
    why = "a year without a figure, and only authorities with all of them were asked for"
    assert found.left_out[["area_code", "reason"]].values.tolist() == [["A2", why], ["C03", why]]
    whole = {c: v for c, v in paths.items() if c not in ("A2", "C03")}
    b, p = by_loop(whole, {"A1": SLOTS["A1"]})
    assert (found.effect.estimate, found.effect.p_value) == pytest.approx((b, p), abs=1e-12 * 40)
    assert (found.effect.n_treated, found.effect.n_comparators) == (1, 9)


def test_a_year_that_nobody_has_is_no_gap(tmp_path):
    paths = {c: [*v[:5], None, *v[6:]] for c, v in drawn().items()}
    found = result(warehouse(tmp_path / "small.duckdb", paths, STARTS), window={"complete": True})
    assert found.left_out.empty and found.effect.n_comparators == 10


def test_year_effects_by_region_compare_within_it(tmp_path):
    # The North rises by 2 from 2017 and the South by 0; both adopters fall by 6 beside their own.
    paths = {
        "A1": flat(60, after=-4),
        "A2": flat(50, after=-6),
        "A3": flat(55, after=-9),
        "N1": flat(30, after=2),
        "N2": flat(31, after=2),
        "S1": flat(40),
        "S2": flat(41, after=0.2),
        "S3": flat(42, after=-0.2),
    }
    made = warehouse(tmp_path / "small.duckdb", paths, dict.fromkeys(("A1", "A2", "A3"), START))
    for code, region in {"A2": "South", "S1": "South", "S2": "South", "S3": "South", "A3": "East"}.items():
        made.connection.execute("update area set region = ? where area_code = ?", [region, code])
    ready = made.ready()
    found = analyse(specification(estimator={"year_effects": "region"}), ready).results[0]
    assert found.left_out[["area_code", "reason"]].values.tolist() == [["A3", "no comparator in its region"]]
    assert found.effect.n_treated == 2 and found.effect.estimate == pytest.approx(-6)
    # With years in common: changes -4, -6, -9 less the comparators' mean of .8.
    common = analyse(specification(), ready).results[0]
    assert common.left_out.empty and common.effect.estimate == pytest.approx(-19 / 3 - 0.8)


def test_no_adopter_with_a_comparator_in_its_region_is_refused(tmp_path):
    made = warehouse(tmp_path / "small.duckdb", {"A1": flat(60, after=-6)} | others(5), {"A1": START})
    made.connection.execute("update area set region = 'East' where area_code = 'A1'")
    with pytest.raises(CannotEstimate, match="no adopter has a comparator in its own region"):
        analyse(specification(estimator={"year_effects": "region"}), made.ready())
