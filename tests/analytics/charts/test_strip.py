"""What the strips draw: who is where, which labels can be read, and the same in words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analytics.charts import theme
from analytics.charts.strip import strip_picture, strip_spec
from analytics.charts.strip_rows import LOW, PLACES, STEP, TALL, strip_frame
from analytics.sets import ComparatorSet
from analytics.strips import COUNTRY, MEAN, MEDIAN, Strip, Tick
from analytics.trends import Measure

MEASURE = Measure("cpp_rate", "Children on plans", "per 10,000 children", 1)
NEAR = ComparatorSet("near2025", "statistical neighbours (2025)", ("B", "C"))


def strip(values, heading: str = "", ticks=(), year: int = 2025, missing: int = 0) -> Strip:
    codes = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(values)])
    return Strip(
        heading, year, codes, tuple(f"Name {c}" for c in codes), np.array(values, float), missing, tuple(ticks)
    )


def picture(*strips: Strip, **more):
    given = {"title": "T", "period": "Year ending 31 March", "source": "Source: x.", "note": "", "stem": "s"}
    return strip_picture(strips, MEASURE, chosen="A", name="Name A", near=NEAR, illustrative=False, **given | more)


def test_the_chosen_the_set_and_the_rest_are_drawn_apart() -> None:
    frame, _ = strip_frame([strip([1, 2, 3, 9])], MEASURE, chosen="A", near=NEAR.codes)
    dots = frame[frame.part.isin(["dot", "near", "chosen"])]
    assert dots[["part", "x"]].values.tolist() == [["chosen", 1], ["near", 2], ["near", 3], ["dot", 9]]
    assert dots.told.iloc[0] == "Name A: 1.0 per 10,000 children"
    (name,) = frame[frame.part == "name"].to_dict("records")
    assert (name["text"], name["side"]) == ("Name A 1.0", "right")


@pytest.mark.parametrize(("number", "several"), [(3, False), (26, False), (26, True)])
def test_dots_of_one_place_stand_apart_and_stay_in_their_strip(number: int, several: bool) -> None:
    strips = [strip([5.0] * number)] + ([strip([0.0, 10.0], "2024")] if several else [strip([5.0])][:0])
    frame, tall = strip_frame(strips, MEASURE, chosen="", near=())
    heights = frame[(frame.part == "dot") & (frame.x == 5)].y.to_numpy()
    gaps = np.diff(np.sort(heights))
    assert len(heights) == number and (gaps > 0).all()
    assert gaps.max() == pytest.approx(min(STEP, (LOW if several else TALL) / number))
    assert heights.min() > 0 and heights.max() < tall


def test_dots_that_are_apart_stand_on_one_line() -> None:
    frame, _ = strip_frame([strip(range(10))], MEASURE, chosen="", near=())
    assert frame[frame.part == "dot"].y.nunique() == 1
    assert PLACES > 9


def test_no_rule_runs_through_a_label_that_stands_on_the_same_side() -> None:
    ticks = [Tick(MEAN, "Mean", 3.0), Tick(MEDIAN, "Median", 2.0), Tick(COUNTRY, "England", 9.0)]
    frame, _ = strip_frame([strip([0, 10], ticks=ticks)], MEASURE, chosen="", near=())
    labels = frame[frame.part == "label"]
    assert labels.text.tolist() == ["England 9.0", "Median 2.0", "Mean 3.0"]
    assert labels.side.tolist() == ["left", "right", "right"]
    rules = frame[frame.part == "tick"].set_index("x").y
    assert rules[2.0] < rules[3.0]  # the one further right starts lower, under the other's label
    assert labels.y.diff().dropna().min() >= 20


def test_of_several_strips_each_has_a_heading_and_only_the_first_its_labels() -> None:
    ticks = [Tick(COUNTRY, "England", 2.0)]
    frame, _ = strip_frame(
        [strip([1, 2], "2025", ticks), strip([3], "2024", ticks, missing=2)], MEASURE, chosen="B", near=()
    )
    assert frame[frame.part == "heading"].text.tolist() == [
        "2025: Name B 2.0; 2 authorities",
        "2024: 3 authorities, 2 without a figure",
    ]
    assert (frame.part == "label").sum() == 1 and (frame.part == "tick").sum() == 2
    assert (frame.part == "name").sum() == 0


@pytest.mark.parametrize("values", [[], [4.0], [4.0, 4.0]])
def test_no_figure_or_one_alone_still_draws(values) -> None:
    frame, tall = strip_frame([strip(values, missing=5)], MEASURE, chosen="A", near=())
    low, high = frame[frame.part == "scale"].x
    assert low < high and tall > 0
    assert "nan" not in picture(strip(values, missing=5)).alt


def test_the_picture_says_in_words_what_it_shows() -> None:
    made = picture(strip([1, 2, 3], ticks=[Tick(MEAN, "Neighbours’ mean", 2.5)]), note="No figure for Rutland (x).")
    assert made.alt == (
        "Dots on 1 line, per 10,000 children. 3 dots, lowest 1.0 (Name A), median 2.0, highest 3.0 (Name C); Name A 1.0; "
        "Neighbours’ mean 2.5."
    )
    assert "Ringed: statistical neighbours (2025). No figure for Rutland (x)." in made.subtitle
    assert made.table.values.tolist()[1] == ["Name B", "2.0", "yes"]
    assert made.figures.in_the_set.tolist() == [False, True, True]


def test_lines_that_are_years_are_a_table_by_year() -> None:
    made = picture(strip([1, 2], "2025"), strip([3], "2024", year=2024))
    assert made.table.columns.tolist() == ["Authority", "2025", "2024"]
    assert made.table.values.tolist() == [["Name A", "1.0", "3.0"], ["Name B", "2.0", "no figure"]]


def test_lines_that_are_models_are_named_in_the_table() -> None:
    assert picture(strip([1], "Model M"), strip([3], "None")).table.Line.tolist() == ["Model M", "None"]


@pytest.mark.parametrize("illustrative", [True, False])
def test_the_specification_is_built_once_and_marked(illustrative: bool) -> None:
    made = strip_spec(tall=100, several=False, illustrative=illustrative)
    assert made is strip_spec(tall=100, several=False, illustrative=illustrative)
    assert (theme.MARK_WORD in json.dumps(made)) is illustrative


def test_dots_can_be_seen_on_white() -> None:
    assert theme.contrast(theme.DOT, theme.PAPER) >= 3
    assert theme.contrast(theme.DOTS["near"]["stroke"], theme.PAPER) >= 3
    shapes = {(look["shape"], look["stroke"]) for look in theme.DOTS.values()}
    assert len(shapes) == 3  # never by colour alone
