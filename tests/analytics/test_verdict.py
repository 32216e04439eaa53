"""The decision table of docs/methods.md, one case a row, and the words a committee reads."""

import dataclasses

import pytest

from analytics.checks.result import CheckResult
from analytics.effect import smallest_effect_of_interest
from analytics.verdict import Evidence, verdict_of

BASE = Evidence(
    estimate=-4.0,
    interval=(-7.0, -1.0),
    p_value=0.02,
    p_smallest=0.0001,
    minimum_detectable=3.0,
    smallest_effect=8.0,
    level=0.95,
    unit="per 10,000 children",
    decimals=1,
    polarity="none",
)
HELD = CheckResult("Trends before adoption", "held", "No different trend.")


@pytest.mark.parametrize(
    "change,checks,word",
    [
        pytest.param({}, ["held"], "evidence", id="p at or below the level"),
        pytest.param({"p_value": 0.05}, ["held"], "evidence", id="p exactly at the level"),
        pytest.param({}, ["cannot_tell"], "evidence", id="a check that cannot tell does not overrule"),
        pytest.param({}, ["failed"], "cannot_tell", id="a failed check does"),
        pytest.param({"p_smallest": 1 / 15}, ["held"], "cannot_tell", id="p could never fall to the level"),
        pytest.param({"p_smallest": 1 / 20}, ["held"], "evidence", id="p could just fall to the level"),
        pytest.param({"p_value": 0.3}, ["held"], "no_clear_change", id="and one that matters would have been seen"),
        pytest.param({"p_value": 0.3, "minimum_detectable": 8.0}, [], "no_clear_change", id="just seen"),
        pytest.param({"p_value": 0.3, "minimum_detectable": 8.1}, [], "cannot_tell", id="could have been missed"),
        pytest.param({"p_value": 0.3}, ["failed"], "cannot_tell", id="failed and no change seen"),
        pytest.param({"p_value": 0.08, "level": 0.90}, ["held"], "evidence", id="at a level of 90%"),
    ],
)
def test_decision_table(change, checks, word):
    results = [CheckResult("Some check", verdict, "Why.", decisive=True) for verdict in checks]
    assert verdict_of(dataclasses.replace(BASE, **change), results).word == word


@pytest.mark.parametrize("result", ["failed", "cannot_tell"])
def test_a_diagnostic_turns_no_verdict(result):
    diagnostic = CheckResult("Two-way figure", result, "Why.", bears_on_verdict=False)
    assert verdict_of(BASE, [HELD, diagnostic]) == verdict_of(BASE, [HELD])


@pytest.mark.parametrize(
    "change,has,has_not",
    [
        pytest.param({}, "4.0 per 10,000 children lower", "better", id="no polarity, no better"),
        pytest.param({"polarity": "lower"}, "for the better", "worse", id="lower is better and it fell"),
        pytest.param({"polarity": "higher"}, "for the worse", "the better", id="higher is better and it fell"),
        pytest.param({"polarity": "lower", "interval": (-7, 1)}, "lower", "the better", id="interval spans zero"),
        pytest.param({"polarity": "lower", "interval": None}, "lower", "the better", id="no interval"),
        pytest.param({"unit": "%"}, "4.0 percentage points lower", "per 10,000", id="percentages in points"),
        pytest.param({"estimate": 4.0, "interval": (1, 7)}, "1.0 to 7.0", "-", id="a rise"),
    ],
)
def test_words_of_evidence(change, has, has_not):
    sentence = verdict_of(dataclasses.replace(BASE, **change), [HELD]).sentence
    assert has in sentence and has_not not in sentence


def test_doubt_comes_before_the_finding():
    """A reader who stops after one sentence has read that checks which could overturn it cannot tell."""
    unsettled = [CheckResult(f"Check {n}", "cannot_tell", "Why.", decisive=True) for n in (1, 2)]
    for change in ({}, {"p_value": 0.3}):
        said = verdict_of(dataclasses.replace(BASE, **change), [HELD, *unsettled]).sentence
        assert said.startswith("Read this with care: 2 checks that could overturn it cannot tell. ")
        assert "care" not in verdict_of(dataclasses.replace(BASE, **change), [HELD]).sentence


@pytest.mark.parametrize(
    "interval,has",
    [
        pytest.param(
            (-10.1, 1.7), "A fall of up to 10.1 per 10,000 children still fits these figures", id="reaches a fall"
        ),
        pytest.param((-1.7, 8.0), "A rise of up to 8.0", id="just reaches a rise"),
        pytest.param((-7.9, 1.7), "", id="does not reach"),
        pytest.param(None, "", id="no interval"),
    ],
)
def test_no_clear_change_says_what_the_interval_still_allows(interval, has):
    said = verdict_of(dataclasses.replace(BASE, p_value=0.3, interval=interval), [HELD]).sentence
    assert has in said
    assert ("still fits" in said) == bool(has)


def test_never_because_of():
    for p in (0.01, 0.5):
        for seen in (1.0, 20.0):
            for check in ("held", "failed"):
                evidence = dataclasses.replace(BASE, p_value=p, minimum_detectable=seen)
                said = verdict_of(evidence, [CheckResult("C", check, "Why.")])
                assert "because" not in said.sentence.lower() and "nan" not in said.sentence.lower()


def test_smallest_effect_of_interest():
    assert smallest_effect_of_interest(6.0, 40.0) == 6.0
    assert smallest_effect_of_interest(None, 40.0) == 8.0


def test_a_mean_of_0_before_says_that_nothing_follows_from_it():
    none_before = dataclasses.replace(
        BASE, p_value=0.7, smallest_effect=0.0, unit="%", decimals=0, minimum_detectable=44
    )
    said = verdict_of(none_before, [HELD])
    assert said.word == "cannot_tell" and said.sentence == (
        "No clear change was seen, but only one of 44 percentage points or more could be relied on to show. How small a change "
        "would matter has not been said, and the adopters' mean before, 0, does not tell."
    )


def test_a_check_that_cannot_tell_is_named_beside_the_verdict():
    unsettled = CheckResult("Trends before adoption", "cannot_tell", "Why.")
    for p in (0.01, 0.5):
        said = verdict_of(dataclasses.replace(BASE, p_value=p), [unsettled]).sentence
        assert said.endswith(" One check cannot tell: trends before adoption.")


def test_checks_are_counted_and_the_foremost_named():
    names = ["A pretended earlier start", "Bends in the trend", "Uncertain start dates", "COVID years", "Fifth"]
    failed = [CheckResult(name, "failed", "Why.") for name in names[:4]]
    unsettled = [CheckResult(names[4], "cannot_tell", "Why.", decisive=True)]
    said = verdict_of(BASE, [*failed, *unsettled]).sentence
    assert said.endswith(
        " 4 checks failed: a pretended earlier start; bends in the trend; uncertain start dates; and 1 more. "
        "One check cannot tell: fifth."
    )
    assert "One check failed: COVID years." in verdict_of(BASE, failed[3:]).sentence


def test_every_failure_that_decides_is_told():
    failed = [CheckResult(name, "failed", f"{name} why.", decisive=True) for name in ("One", "Two")]
    assert verdict_of(BASE, failed[:1]).sentence == "A check failed. One why."
    assert verdict_of(BASE, failed).sentence == "2 checks failed. One why. Two why."


@pytest.mark.parametrize(
    "seen,matters,words",
    [
        pytest.param(
            8.04, 7.1, "only one of 8.0 per 10,000 children or more could be relied on to show. One of 7.1", id="apart"
        ),
        pytest.param(3.24, 3.16, "One of just under 3.2 would matter", id="the same once rounded"),
    ],
)
def test_what_could_have_been_missed(seen, matters, words):
    evidence = dataclasses.replace(BASE, p_value=0.3, minimum_detectable=seen, smallest_effect=matters)
    found = verdict_of(evidence, [HELD])
    assert found.word == "cannot_tell" and words in found.sentence


def test_evidence_gives_the_interval_as_the_result_does_low_end_first_with_signs():
    said = verdict_of(dataclasses.replace(BASE, p_value=0.01), [HELD]).sentence
    assert "4.0 per 10,000 children lower" in said
    assert "(a change of −4.0, 95% interval −7.0 to −1.0)" in said


@pytest.mark.parametrize(
    "named,words",
    [
        (True, "One of 8.0 would matter"),
        (False, "One of 8.0 (a fifth of the adopters’ mean before, as none was named)"),
    ],
)
def test_what_would_matter_says_where_it_is_from(named, words):
    missed = dataclasses.replace(BASE, p_value=0.3, minimum_detectable=9.0, smallest_named=named)
    assert words in verdict_of(missed, [HELD]).sentence
