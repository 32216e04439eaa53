"""Charts of synthetic control: what is drawn, what is said of it, and what the ratio is worth."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from analytics.analysis import Analysis, analyse
from analytics.charts import theme
from analytics.charts.picture import picture_svg
from analytics.charts.synthetic import (
    open_sentence,
    path_picture,
    placebo_picture,
    placebo_spec,
    ratio_sentence,
    size_sentence,
    spread_sentence,
)
from analytics.spec import Specification
from analytics.synthetic import Placed, Synthetic, synthetic_of
from tests.analytics.small_warehouse import plain

DRAWN = {"source": "Source: X.", "stem": "impact", "illustrative": False}


def analysed(folder, *, adopters: int) -> Analysis:
    asked = {
        "outcomes": ["cpp_rate"],
        "treatment": {"model": "M"},
        "window": {"first": 2013, "last": 2020},
        "estimator": {"name": "synthetic_control"},
        "inference": {"draws": 99},
    }
    small = plain(folder / f"{adopters}.duckdb", adopters=adopters, comparators=6)
    if adopters > 1:  # the second starts two years after the first
        later = "update adoption set start_low = '2018-04-01', start_high = '2018-04-01' where area_code = 'A2'"
        small.connection.execute(later)
    return analyse(Specification.from_dict(asked), small.ready())


@pytest.fixture(scope="module")
def one(tmp_path_factory) -> Analysis:
    return analysed(tmp_path_factory.mktemp("one"), adopters=1)


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> Analysis:
    return analysed(tmp_path_factory.mktemp("two"), adopters=2)


def found_in(analysis: Analysis) -> Synthetic:
    return synthetic_of(analysis.study, "cpp_rate")


def test_one_adopter_and_its_synthetic_self_by_calendar_year(one: Analysis) -> None:
    picture = path_picture(one.results[0], found_in(one), **DRAWN)
    assert picture.table.columns.tolist() == [
        "Year",
        "Name A1",
        "Synthetic Name A1",
        "Gap",
        "Adopters with a figure",
    ]
    assert picture.table.Year.tolist() == [str(year) for year in range(2013, 2021)]
    assert picture.frame.text[picture.frame.part == "rule"].tolist() == ["Adoption begins, 2017"]
    assert picture.frame.x[picture.frame.part == "rule"].tolist() == [2016.5]
    assert "At first, 2013, Name A1 40.4 and synthetic" in picture.alt and "Adoption begins, 2017" in picture.alt
    assert b"Synthetic" in picture_svg(picture)


def test_staggered_adopters_stand_by_years_since_first_exposed(two: Analysis) -> None:
    found = found_in(two)
    picture = path_picture(two.results[0], found, **DRAWN)
    assert picture.table.columns[0] == "Years since the first exposed year"
    assert picture.table.iloc[0, 0] == "−6" and picture.table["Adopters with a figure"].tolist()[0] == "1"
    assert picture.frame.text[picture.frame.part == "rule"].tolist() == ["First exposed year"]
    assert found.path.year.isna().all()
    assert "6 years before it" in picture.alt


def test_a_grey_line_each_placebo_and_a_bold_one(one: Analysis) -> None:
    found, result = found_in(one), one.results[0]
    picture = placebo_picture(result, found, **DRAWN)
    assert picture.frame[picture.frame.real].gap.tolist() == found.path.gap.tolist()
    assert picture.frame[~picture.frame.real].line.nunique() == found.change.placebos == 6
    assert set(picture.figures.placebo) == {"", *(f"Name C{i}" for i in range(1, 7))}
    assert "Bold: Name A1. Grey: each of 6 placebos of similar size." in picture.subtitle
    assert size_sentence(result, found) in picture.alt and "First exposed year: " in picture.alt
    assert picture.table["Placebos as far from zero"].str.endswith(" of 6").all()
    lines = [layer["mark"] for layer in picture.spec["layer"] if layer["mark"].get("type") == "line"]
    assert [line["color"] for line in lines] == [theme.MUTED, theme.PAPER, theme.DARK_BLUE]


def test_placebos_of_several_adopters_are_groups(two: Analysis) -> None:
    found, result = found_in(two), two.results[0]
    picture = placebo_picture(result, found, **DRAWN)
    assert "each a mean of 2 authorities in the adopters’ places" in picture.subtitle
    assert " placebo groups of 2 authorities had a change at least as far from zero" in picture.alt
    assert picture.frame.words[~picture.frame.real].str.startswith("A placebo group. ").all()


@pytest.mark.parametrize("illustrative", [True, False])
def test_the_illustrative_mark_is_inside_the_chart(illustrative: bool) -> None:
    assert (theme.MARK_WORD in json.dumps(placebo_spec(illustrative=illustrative))) is illustrative


def with_places(found: Synthetic, *, before: list[float]) -> Synthetic:
    placed = Placed(4.0, 2, 40, 3 / 41)
    return dataclasses.replace(found, change=placed, ratio=placed, before=np.array(before))


def test_ranks_in_words(one: Analysis) -> None:
    found, result = with_places(found_in(one), before=[1.0, 2.0, 3.0]), one.results[0]
    said = "2 of 40 placebo authorities had a change at least as far from zero: p 0.073, the test behind the verdict."
    assert size_sentence(result, found) == said
    assert ratio_sentence(result, found) == (
        "2 of 40 placebo authorities had a ratio of the usual gap after to the usual gap before at least as large: p 0.073 "
        "(not the basis of the verdict)."
    )


def test_the_test_of_size_is_not_called_the_verdicts_where_another_decides(one: Analysis) -> None:
    result = one.results[0]
    other = dataclasses.replace(result, effect=dataclasses.replace(result.effect, method="ferman_pinto"))
    assert "verdict" not in size_sentence(other, found_in(one))


@pytest.mark.parametrize(
    ("before", "who"),
    [
        pytest.param([0.01, 2.0, 3.0], "the mixes of Name A1 follow", id="the adopter's own"),
        pytest.param([1.0, 0.02, 3.0], "the mixes of 1 placebo authority follow", id="a placebo's"),
        pytest.param([0.0, 0.0, 0.0], "the mixes of Name A1 and 2 placebo authorities follow", id="everyone's"),
    ],
)
def test_an_exact_fit_before_is_a_caution_about_the_ratio(one: Analysis, before: list[float], who: str) -> None:
    # One decimal is printed: closer than 0.05 nothing can be told.
    assert who in ratio_sentence(one.results[0], with_places(found_in(one), before=before))


def test_what_leaving_out_a_donor_does_is_said_with_names(one: Analysis) -> None:
    found, result = found_in(one), one.results[0]
    said = spread_sentence(result, found)
    assert f"each of the {len(found.without)} authorities in the mix" in said
    assert f"(without {found.without.donor.iloc[0]})" in said and f"(without {found.without.donor.iloc[-1]})" in said
    assert "Nobody else" in spread_sentence(result, dataclasses.replace(found, without=found.without[:0]))


def test_fewer_years_than_authorities_is_said(one: Analysis) -> None:
    found = found_in(one)
    assert open_sentence(found).startswith("Name A1 has 4 years before adoption and 6 authorities to mix")
    enough = dataclasses.replace(found, adopters=found.adopters.assign(years_before=9))
    assert open_sentence(enough) == ""
