"""The planted truths of the teaching set: what the default specification says of them in 200 draws.

Margins are those of 200 draws: of a share that is truly 95% (or 5%) one in a thousand sets of 200 falls below 179 of them
(above 21); a mean may be 3.3 standard errors off. Run with -s for the table.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.analysis import Analysis, analyse
from analytics.warehouse import Warehouse
from data.illustrative import drawn
from data.invented.models import FIRST_YEAR, UNRECORDED
from tests.analytics.teaching_warehouse import TeachingWarehouse, unchanging
from tests.benchmarks import truths
from tests.benchmarks.truths import ASKED, NOTHING, SEEDS, covered, of

FEWEST_OF_95 = stats.binom.ppf(0.001, len(SEEDS), 0.95)
MOST_OF_5 = stats.binom.ppf(0.999, len(SEEDS), 0.05)
STANDARD_ERRORS = stats.norm.ppf(0.9995)
OTHER_SEED = 7  # than that of the warehouse that the unchanging answers come from


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    return truths.built_in(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def runs(built) -> pd.DataFrame:
    found = truths.of_seeds(SEEDS, built)
    print("\n" + truths.report(found))
    return found


def off(values: pd.Series) -> float:
    """How many standard errors the mean is from 0."""
    return abs(values.mean()) / (values.std() / np.sqrt(len(values)))


# That the stand-in for a warehouse is one


@pytest.fixture(scope="module")
def pairs(built, tmp_path_factory) -> list[tuple[Analysis, Analysis]]:
    """Each analysis on a warehouse built from one seed's files, and on the stand-in for it."""
    warehouse = Warehouse(truths.built_in(tmp_path_factory.mktemp("other"), seed=OTHER_SEED))
    teaching = TeachingWarehouse(OTHER_SEED, unchanging(Warehouse(built)))
    return [
        tuple(analyse(truths.specification(*asked), each, decisive_only=True) for each in (warehouse, teaching))
        for asked in ASKED
    ]


def test_the_stand_in_gives_the_study_of_the_built_warehouse(pairs):
    for real, ours in pairs:
        for name in ("treated", "comparators", "left_out"):
            pd.testing.assert_frame_equal(
                getattr(real.study, name), getattr(ours.study, name), check_dtype=False, obj=name
            )
        for name in ("values", "status", "children", "numerators", "denominators"):
            np.testing.assert_array_equal(getattr(real.study.panel, name), getattr(ours.study.panel, name))
        pd.testing.assert_frame_equal(real.study.panel.regional, ours.study.panel.regional, check_dtype=False)
        for name in ("areas", "names", "regions", "years"):
            assert getattr(real.study.panel, name) == getattr(ours.study.panel, name)
        for name in ("exposures", "cut_short", "register_use", "warnings", "prior_use", "illustrative", "borders"):
            assert getattr(real.study, name) == getattr(ours.study, name)


def test_the_stand_in_gives_the_numbers_of_the_built_warehouse(pairs):
    for real, ours in pairs:
        (one,), (other,) = real.results, ours.results
        assert dataclasses.astuple(one.effect) == dataclasses.astuple(other.effect)
        assert one.verdict == other.verdict and one.indicator == other.indicator
        said = [[(c.name, c.verdict, c.sentence, c.decisive) for c in result.checks] for result in (one, other)]
        assert said[0] == said[1]
        pd.testing.assert_frame_equal(one.event_study, other.event_study)


@pytest.mark.parametrize(
    ("model", "outcome", "shares"),
    [
        ("MODEL_A", "cpp_rate", [-0.10, -0.10, -0.10, -0.10]),
        ("MODEL_B", "cpp_rate", [0.0, 0.0, 0.0, 0.0]),
        ("MODEL_C", "cin_year_rate", [-0.05, -0.10, -0.15, -0.20]),
        ("MODEL_E", "cla_rate", [-0.15, -0.15, -0.15, -0.15]),
        (*NOTHING, [0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_planted_effects_are_what_the_truths_say(model, outcome, shares):
    teaching = drawn(OTHER_SEED)
    share = teaching.series.value(outcome) / truths.without(teaching.series, outcome, model) - 1
    adopters = [use for use in teaching.uses if use.model == model and use.start]
    found = [share[use.authority, use.first_exposed - FIRST_YEAR :][:4] for use in adopters]
    assert np.median(found, axis=0) == pytest.approx(shares, abs=1e-12)  # a value at the highest known moves less
    others = np.setdiff1d(range(len(share)), [use.authority for use in teaching.uses if use.model == model])
    assert np.abs(share[others]).max() < 1e-12


# What the default says


@pytest.mark.parametrize("model", ["MODEL_A", "MODEL_C", "MODEL_F"])
def test_intervals_cover_the_planted_effect(runs, model):
    """C grows and F works in half of its adopters: the interval, made for one constant effect, covers their mean too."""
    mine = of(runs, model)
    assert covered(mine).sum() >= FEWEST_OF_95
    assert off(mine.estimate - mine.planted) < STANDARD_ERRORS
    assert mine.planted.max() < 0


def test_chance_is_seldom_called_an_effect(runs):
    mine = of(runs, *NOTHING)
    assert (mine.planted == 0).all()
    assert (mine.p_value <= 0.05).sum() <= MOST_OF_5
    assert (mine.verdict == "evidence").sum() <= MOST_OF_5
    assert covered(mine).sum() >= FEWEST_OF_95


def test_model_b_is_not_called_an_effect(runs):
    """Its placebos did not have a bad year before: p is far too small from any base, and the checks must say so.

    From the last year before alone as base it is always taken for an effect, from all earlier years mostly. The verdict is
    saved by the trend, which the bad year bends, and by the check on that year.
    """
    mine = of(runs, "MODEL_B")
    assert (mine.planted == 0).all() and (mine.estimate < 0).all()
    assert (mine.p_short <= 0.05).sum() >= FEWEST_OF_95
    assert (mine.p_value <= 0.05).mean() > 0.5
    assert (mine.year_before != "held").sum() >= FEWEST_OF_95
    assert (mine.trends == "failed").sum() >= FEWEST_OF_95
    assert (mine.verdict == "evidence").sum() <= MOST_OF_5


def test_model_d_rests_on_one_of_41(runs):
    """One adopter among 41 of its size: p is never below 1/41, shown beside it, and 2/41 is the largest below 5%.

    Its interval covers, and of an effect as large as a quarter it can still seldom tell.
    """
    mine = of(runs, "MODEL_D")
    assert mine.enumerated.all() and np.allclose(mine.p_smallest, 1 / 41, rtol=0, atol=1e-12)
    assert (mine.p_value >= mine.p_smallest).all()
    assert (mine.p_value[mine.verdict == "evidence"] <= 2 / 41 + 1e-12).all()
    assert (mine.verdict == "cannot_tell").mean() > 0.5
    assert covered(mine).sum() >= FEWEST_OF_95


def test_model_e_is_flagged_in_every_draw(runs):
    """Twenty comparators changed alike without a record: the estimate is that much smaller, and the verdict says so."""
    mine = of(runs, "MODEL_E")
    assert (mine.contaminated == "failed").all() and (mine.verdict == "cannot_tell").all()
    changed_alike = UNRECORDED / mine.n_comparators
    assert off(mine.estimate - mine.planted) > STANDARD_ERRORS
    assert off(mine.estimate - (1 - changed_alike) * mine.planted) < STANDARD_ERRORS


def test_no_other_model_is_flagged_for_its_comparators(runs):
    others = runs[runs.model != "MODEL_E"]
    assert (others.contaminated == "held").all()
