"""What differs from a protocol: nothing where the hash is the same, and each key in words where it is not."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.difference import KEY_WORDS, difference, difference_lines, nearest
from analytics.protocol import Protocol, protocol_of
from analytics.spec import Specification

SPEC = 'outcomes = ["cpp_rate"]\n[treatment]\nmodel = "M"\n[estimator]\nsmallest_effect = 6\n'


def spec(more: str = "") -> Specification:
    return Specification.from_toml(SPEC + more)


def plan(more: str = "") -> Protocol:
    return protocol_of(spec(more), "cpp_rate")


@pytest.mark.parametrize(
    "this,rows",
    [
        pytest.param("", [], id="the same"),
        pytest.param("[window]\nfirst = 2013\n", [], id="a default written out"),
        pytest.param(
            "[window]\nlast = 2024\nwithout = [2020, 2021]\n",
            [("window.last", "2025", "2024"), ("window.without", "none", "2020, 2021")],
            id="years",
        ),
        pytest.param(
            '[comparators]\npool = "statistical_neighbours"\n',
            [
                ("comparators.pool", "All never recorded with it", "Statistical neighbours"),
                ("comparators.least_close", "not named", "somewhat close"),
                ("comparators.neighbour_model", "not named", "2021"),
            ],
            id="another pool, and the keys it brings",
        ),
        pytest.param(
            '[comparators]\npool = "statistical_neighbours"\nneighbour_model = "own"\nown_year = 2024\n'
            "own_weights = {children = 1, low_income = 0}\n",
            [
                ("comparators.pool", "All never recorded with it", "Statistical neighbours"),
                ("comparators.least_close", "not named", "somewhat close"),
                ("comparators.neighbour_model", "not named", "own"),
                ("comparators.own_year", "not named", "2024"),
                ("comparators.own_weights.children", "not named", "1"),
            ],
            id="an own neighbour model",
        ),
        pytest.param("[inference]\nlevel = 0.9\n", [("inference.level", "0.95", "0.9")], id="level"),
        pytest.param("[window]\ncomplete = true\n", [("window.complete", "no", "yes")], id="a key that came later"),
    ],
)
def test_each_key_that_differs(this, rows):
    found = difference(plan(), spec(this))
    assert list(found[["key", "protocol", "this"]].itertuples(index=False, name=None)) == rows


def test_a_smallest_effect_is_compared_by_outcome_however_it_is_written():
    both = dataclasses.replace(spec(), outcomes=("cpp_rate", "cla_rate"))
    assert difference_lines(plan(), both) == [
        "outcomes (outcomes): in the protocol cpp_rate; here cpp_rate, cla_rate",
        "estimator.smallest_effects.cla_rate (smallest change of interest, cla_rate): in the protocol not named; here 6",
    ]
    named = Specification.from_toml(SPEC.replace("smallest_effect = 6", "smallest_effects = {cpp_rate = 6}"))
    assert difference(plan(), named).empty


def test_every_key_has_words():
    whole = spec().to_dict()
    keys = {f"{t}.{k}" for t, keys in whole.items() if isinstance(keys, dict) for k in keys if "smallest" not in k}
    absent = {"treatment.lag_last", "comparators.own_weights", "comparators.own_year"}  # by default
    keys |= {"outcomes", "estimator.smallest_effects"} | absent
    assert keys == set(KEY_WORDS)


@given(
    first=st.sampled_from([2012, 2013]),
    pool=st.sampled_from(["never_adopters", "statistical_neighbours", "matched"]),
    closeness=st.sampled_from(["close", "somewhat close"]),
    matches=st.sampled_from([4, 5]),
    lag=st.sampled_from([None, 3]),
    smallest=st.sampled_from([{"smallest_effect": 6}, {"smallest_effects": {"cpp_rate": 6}}, {"smallest_effect": 7}]),
)
def test_there_is_a_difference_exactly_where_the_hash_is_another(first, pool, closeness, matches, lag, smallest):
    other = Specification.from_dict(
        {
            "outcomes": ["cpp_rate"],
            "treatment": {"model": "M", "lag_last": lag},
            "window": {"first": first},
            "comparators": {"pool": pool, "least_close": closeness, "matches": matches},
            "estimator": smallest,
        }
    )
    for protocol in (plan(), plan('[comparators]\npool = "matched"\n')):
        assert difference(protocol, other).empty == (other.hash == protocol.specification.hash)


def test_the_nearest_protocol_differs_least_and_is_the_last_of_its_like():
    far, near, again = (
        plan("[window]\nfirst = 2010\nlast = 2020\n"),
        plan("[window]\nlast = 2024\n"),
        plan("[window]\nlast = 2023\n"),
    )
    assert nearest([far, near, again], spec()) is again
    assert nearest([], spec()) is None
    assert (
        nearest([far, near], dataclasses.replace(spec(), outcomes=("cla_rate",))) is None
    )  # of another primary outcome
