"""The grid: every combination once, each equal to the same specification run by itself."""

import dataclasses

import pytest

from analytics.analysis import analyse
from analytics.charts.spec_curve import curve_frame, curve_picture, curve_spec, grid_sentence
from analytics.effect import indicators_of
from analytics.grid import Dimension, combinations, dimensions, grid, specifications, usual
from analytics.spec import Specification
from tests.analytics.small_warehouse import plain

ASKED = Specification.from_dict(
    {
        "outcomes": ["cpp_rate"],
        "treatment": {"model": "M"},
        "window": {"first": 2013, "last": 2020},
        "inference": {"draws": 199},
    }
)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return plain(tmp_path_factory.mktemp("grid") / "w.duckdb", adopters=2, comparators=7).ready()


def chosen(small, *keys) -> tuple[Dimension, ...]:
    return tuple(d for d in dimensions(ASKED, small) if d.key in keys)


def test_only_choices_that_make_sense_are_offered(small):
    found = {d.key: d for d in dimensions(ASKED, small)}
    assert not any("neighbours" in label for label in found["comparators"].options)  # no list is loaded
    assert "window" not in found  # seven years are too few to leave three out
    assert usual(found) == ("comparators", "estimator", "weights")
    named = dataclasses.replace(
        ASKED, treatment=dataclasses.replace(ASKED.treatment, model="", authorities=("A1",), starts=("2016-04",))
    )
    assert "roles" not in {d.key for d in dimensions(named, small)}


def test_every_combination_comes_once_and_the_one_asked_is_marked(small):
    dims = chosen(small, "weights", "exposure")
    assert combinations(dims) == 8
    labels = [tuple(label.values()) for label, _ in specifications(ASKED, dims)]
    assert len(set(labels)) == 8
    found = grid(ASKED, small, "cpp_rate", dims)
    assert len(found) == 8 and found.main.sum() == 1
    main = found[found.main].iloc[0]
    assert (main.weights, main.exposure) == ("Each the same", "First full year")


def test_each_row_is_what_its_specification_gives_alone(small):
    dims = chosen(small, "weights", "estimator")
    shares = []
    found = grid(ASKED, small, "cpp_rate", dims, progress=shares.append)
    assert shares[-1] == 1 and shares == sorted(shares)
    for labels, specification in specifications(ASKED, dims):
        row = found[(found.weights == labels["weights"]) & (found.estimator == labels["estimator"])].iloc[0]
        if row.reason:
            assert "no comparator" in row.reason or "region" in row.reason, row.reason
            continue
        effect = analyse(specification, small, decisive_only=True).results[0].effect
        assert row.estimate == pytest.approx(effect.estimate, abs=1e-9)
        assert row.hash == specification.hash
        assert (row.n_treated, row.n_comparators) == (effect.n_treated, effect.n_comparators)
        if effect.method == "size_matched":
            assert row.p_value == pytest.approx(effect.p_value)


def test_one_that_cannot_be_estimated_says_why_and_the_rest_go_on(small):
    window = dataclasses.replace(ASKED.window, last=2018)
    asked = dataclasses.replace(ASKED, window=window)
    lagging = Dimension(
        "lag", "Lag", {"from the first year": {"treatment": {"lag_first": 0}}, "late": {"treatment": {"lag_first": 5}}}
    )
    found = grid(asked, small, "cpp_rate", (lagging,))
    assert found.reason.tolist()[0] == "" and "no adopter can be followed" in found.reason.tolist()[1]
    indicator = indicators_of(small)["cpp_rate"]
    assert "1 could not be estimated" in grid_sentence(found, indicator, level=0.95)


def test_the_curve_draws_each_specification_and_each_choice_it_made(small):
    dims = chosen(small, "weights", "exposure")
    found = grid(ASKED, small, "cpp_rate", dims)
    indicator = indicators_of(small)["cpp_rate"]
    frame = curve_frame(found, dims, indicator, alpha=0.05)
    done = (found.reason == "").sum()
    assert (frame.kind == "estimate").sum() == done
    assert (frame.kind == "choice").sum() == done * 2  # one tick for each of two dimensions
    assert (frame.kind == "row").sum() == 6
    ranked = frame[frame.kind == "estimate"].sort_values("rank")
    assert ranked.estimate.is_monotonic_increasing
    picture = curve_picture(found, dims, indicator, level=0.95, source="S.", stem="x", illustrative=True)
    assert len(picture.table) == done and picture.file_stem.startswith("illustrative-")
    assert "Illustrative" in str(curve_spec(6, illustrative=True)) and "Illustrative" not in str(
        curve_spec(6, illustrative=False)
    )
    assert "nan" not in picture.alt.lower()
