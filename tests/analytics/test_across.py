"""Many results at once: those that can be judged are, each other says why, and p is adjusted for all of them together."""

import dataclasses

import numpy as np
import pytest

from analytics.across import count_sentence, every_model
from analytics.analysis import analyse, survey
from analytics.charts.spark import gap_spark
from analytics.errors import CannotEstimate
from analytics.inference.multiplicity import benjamini_hochberg
from analytics.spec import Specification
from tests.analytics.small_warehouse import plain


def made(tmp_path):
    small = plain(tmp_path / "w.duckdb", adopters=3, comparators=9)
    small.indicator("cla_rate")
    small.indicator("bare_rate")
    for place, code in enumerate([*(f"A{i}" for i in range(1, 4)), *(f"C{i}" for i in range(1, 10))]):
        small.figures(code, {y: 60 + place + ((place * 5 + y) % 7) for y in range(2013, 2021)}, indicator="cla_rate")
        if code.startswith("C"):  # nothing of it is known of the adopters
            small.figures(code, dict.fromkeys(range(2013, 2021), 10.0 + place), indicator="bare_rate")
    small.model("N")
    small.adoption("C1", "N", "2017-04-01")
    small.model("EMPTY")
    return small.ready()


def asked(*outcomes, model="M"):
    return Specification.from_dict(
        {
            "outcomes": list(outcomes),
            "treatment": {"model": model},
            "window": {"first": 2013, "last": 2020},
            "comparators": {"other_models": "keep"},
            "inference": {"draws": 199, "family": "bh"},
        }
    )


def test_a_survey_judges_what_it_can_and_says_why_not_of_the_rest(tmp_path):
    warehouse = made(tmp_path)
    shares = []
    found = survey(asked("cpp_rate", "bare_rate", "cla_rate"), warehouse, progress=shares.append)
    assert [r.indicator.indicator for r in found.analysis.results] == ["cpp_rate", "cla_rate"]
    assert found.refused.outcome.tolist() == ["bare_rate"]
    assert "no adopter can be followed" in found.refused.reason[0]
    assert shares[-1] == 1
    p = np.array([r.effect.p_value for r in found.analysis.results])
    np.testing.assert_allclose([r.effect.p_adjusted for r in found.analysis.results], benjamini_hochberg(p))
    alone = analyse(asked("cla_rate"), warehouse).results[0].effect
    assert found.analysis.results[1].effect.estimate == pytest.approx(alone.estimate, abs=1e-12)


def test_a_survey_of_nothing_that_can_be_judged_is_refused(tmp_path):
    warehouse, plain = made(tmp_path), asked("cpp_rate")
    late = dataclasses.replace(plain, treatment=dataclasses.replace(plain.treatment, lag_first=9))
    both = dataclasses.replace(late, outcomes=("cpp_rate", "cla_rate"))
    with pytest.raises(
        CannotEstimate, match=r"None of these outcomes can be judged\. Label of cpp_rate: no adopter .*lag"
    ):
        survey(both, warehouse)
    with pytest.raises(CannotEstimate, match=r"^cpp_rate: no adopter can be followed"):
        survey(late, warehouse)


def test_every_model_of_one_outcome(tmp_path):
    warehouse = made(tmp_path)
    found = every_model(asked("cpp_rate"), warehouse, ["M", "N", "EMPTY"])
    assert list(found.results) == ["M", "N"]
    assert found.refused.model.tolist() == ["EMPTY"]
    assert "the register has no adopter" in found.refused.reason[0]
    p = np.array([found.results[m].effect.p_value for m in ("M", "N")])
    np.testing.assert_allclose([found.results[m].effect.p_adjusted for m in ("M", "N")], benjamini_hochberg(p))
    for result in found.results.values():  # the verdict is that of the p that is shown
        evident = result.verdict.word == "evidence"
        assert not evident or result.effect.p_adjusted <= 0.05
    sentence = count_sentence(found.results.values(), "models", 0.95)
    assert sentence.startswith("Of 2 models, ") and "chance alone gives about 0." in sentence


def test_a_spark_names_what_it_draws_and_survives_a_missing_band(tmp_path):
    result = analyse(asked("cpp_rate"), made(tmp_path)).results[0]
    drawn = gap_spark(result.event_study, decimals=1)
    assert drawn.startswith('<img alt="Mean gap before ') and "nan" not in drawn.lower()
    bare = result.event_study.assign(band_low=np.nan, band_high=np.nan)
    assert "nan" not in gap_spark(bare, decimals=1).lower()
    assert gap_spark(result.event_study.assign(estimate=np.nan), decimals=1) == ""
