"""Questions that cannot be answered, or hardly: a sentence that says what to change, never a traceback or a bare nan."""

import re

import pytest

from analytics.analysis import analyse
from analytics.errors import PracticeError
from analytics.spec import ESTIMATORS, Specification
from tests.analytics.small_warehouse import plain

BASE = {
    "outcomes": ["cpp_rate"],
    "treatment": {"model": "M"},
    "window": {"first": 2013, "last": 2020},
    "inference": {"draws": 99},
}
NO_NUMBER = re.compile(r"\b(nan|inf)\b|\bNone(?! of)|[Tt]raceback")
HIDE_A_THIRD = (
    "update observation set value = null, status = 'suppressed', numerator = null "
    "where indicator = 'cpp_rate' and (cast(substr(area_code, 2) as integer) + year) % 3 = 0"
)
CASES = {
    "one adopter": ({"adopters": 1, "comparators": 8}, "", {}, "Even the most extreme result possible"),
    "nobody untreated": ({"adopters": 3, "comparators": 0}, "", {}, "every authority with figures is an adopter"),
    "one year before": ({"adopters": 2, "comparators": 8}, "", {"window": {"first": 2016, "last": 2020}}, "."),
    "no year before": (
        {"adopters": 2, "comparators": 8},
        "",
        {"window": {"first": 2018, "last": 2020}},
        "no year before is in the window",
    ),
    "all the same": (
        {"adopters": 2, "comparators": 8},
        "update observation set value = 5 where indicator = 'cpp_rate'",
        {},
        "every figure is the same, 5",
    ),
    "missing for every adopter": (
        {"adopters": 2, "comparators": 8},
        "delete from observation where indicator = 'cpp_rate' and area_code like 'A%'",
        {},
        "No adopter of Model M has a figure",
    ),
    "a third suppressed": ({"adopters": 4, "comparators": 9}, HIDE_A_THIRD, {}, "suppressed, more than 10%"),
}


def said(kind: dict, change: str, file, **asked) -> str:
    small = plain(file, **kind)
    if change:
        small.connection.execute(change)
    try:
        result = analyse(Specification.from_dict(BASE | asked), small.ready()).results[0]
    except PracticeError as error:
        return str(error)
    return " ".join(
        [
            result.verdict.sentence,
            result.effect.interval_note,
            result.power_sentence,
            *(c.sentence for c in result.checks),
        ]
    )


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("case", CASES)
def test_every_estimator_answers_or_refuses_in_words(case, estimator, tmp_path):
    kind, change, asked, words = CASES[case]
    sentence = said(kind, change, tmp_path / "w.duckdb", estimator={"name": estimator}, **asked)
    assert words in sentence, sentence
    assert not NO_NUMBER.search(sentence), sentence


def test_an_authority_of_no_children_leaves_by_name_where_children_are_counted(tmp_path):
    small = plain(tmp_path / "w.duckdb", adopters=2, comparators=8)
    small.connection.execute(
        "update observation set value = 0 where indicator = 'children_0_17' and area_code in ('A1', 'C1')"
    )
    result = analyse(Specification.from_dict(BASE | {"estimator": {"weights": "children"}}), small.ready()).results[0]
    gone = dict(zip(result.left_out.area_code, result.left_out.reason, strict=True))
    assert gone == {"A1": "number of children not known", "C1": "number of children not known"}
    assert (result.effect.n_treated, result.effect.n_comparators) == (1, 7)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"window": {"first": 2020, "last": 2013}}, "is not before"),
        ({"inference": {"draws": 0}}, "outside 99 to 100,000"),
        ({"inference": {"draws": 10_000_000}}, "outside 99 to 100,000"),
        ({"comparators": {"matches": 0}}, "outside 1 to 50"),
        ({"comparators": {"pool": "statistical_neighbours"}}, "No statistical neighbours of the 2021 model are loaded"),
        (
            {"comparators": {"pool": "matched"}, "window": {"first": 2015, "last": 2020}},
            "three years before its start in common",
        ),
        ({"estimator": {"name": "two_way", "base": 1}}, "two_way does not use it"),
        ({"estimator": {"name": "sun_abraham"}, "inference": {"name": "cr2"}}, "is for a regression"),
        (
            {"estimator": {"year_effects": "region"}, "inference": {"name": "wild"}},
            "effects of their own in each region",
        ),
        ({"estimator": {"base": 9}}, "the only base is the year 9 before the start"),
        ({"treatment": {"model": "M", "lag_first": 6}}, "the years of the lag asked for"),
    ],
)
def test_what_cannot_be_asked_says_what_would_do(change, words, tmp_path):
    small = plain(tmp_path / "w.duckdb", adopters=2, comparators=8).ready()
    with pytest.raises(PracticeError, match=re.escape(words)):
        analyse(Specification.from_dict(BASE | change), small)
