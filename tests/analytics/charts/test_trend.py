"""What the line chart draws, layer by layer, and that its specification is built once."""

from __future__ import annotations

import json

import pytest

from analytics.charts import theme
from analytics.charts.picture import whole_spec
from analytics.charts.trend import trend_picture, trend_spec
from analytics.charts.trend_rows import rows_above, trend_frame
from analytics.sets import ComparatorSet
from analytics.trends import Break, Figure, Line, Mark, Measure, Middle, Trend

MEASURE = Measure("cpp_rate", "Children on plans", "per 10,000 children", 1)


def trend(**given) -> Trend:
    own = Line(
        "authority",
        "Brent",
        (
            Figure(2014, 48.5),
            Figure(2015, None, "suppressed"),
            Figure(2016, 43.9, "low_reliability"),
            Figure(2017, None, "not_available"),
        ),
    )
    england = Line("england", "England", (Figure(2014, 40.0), Figure(2017, 40.6)))
    return Trend(MEASURE, "Brent", (2014, 2017), (own, england), **given)


def part(frame, name: str):
    return frame[frame.part == name]


def test_missing_figures_are_hollow_marks_with_the_publishers_letter() -> None:
    missing = part(trend_frame(trend()), "missing")
    assert missing[["x", "kind", "text"]].values.tolist() == [[2015.0, "authority", "c"], [2017.0, "authority", "x"]]


def test_the_line_breaks_where_a_figure_is_missing_and_where_boundaries_changed() -> None:
    changed = trend(breaks=(Break(2014.5, "Boundaries changed", ""),))
    line = part(trend_frame(changed), "line")
    assert line[line.kind.eq("authority") & line.y.isna()].x.tolist() == [2014.5, 2015.0, 2017.0]
    assert part(trend_frame(changed), "rule").text.tolist() == ["Boundaries changed"]


def test_low_reliability_keeps_its_value_and_shows_its_letter() -> None:
    doubtful = part(trend_frame(trend()), "doubtful")
    assert doubtful[["x", "y", "text"]].values.tolist() == [[2016.0, 43.9, "u"]]


def test_lines_are_named_at_their_ends_with_the_year_where_it_is_not_the_last() -> None:
    label = part(trend_frame(trend()), "label").set_index("kind").text
    assert label["authority"].replace("\n", " ") == "Brent 43.9 (2016)"
    assert label["england"].replace("\n", " ") == "England 40.6"


def test_an_adoption_is_a_rule_with_its_label_and_a_year_alone_a_span() -> None:
    frame = trend_frame(trend(marks=(Mark(2014.5, 2014.0, 2015.0, "Signs of Safety, 2014"),)))
    assert part(frame, "rule").text.tolist() == ["Signs of Safety, 2014"]
    assert part(frame, "when")[["x", "x2"]].values.tolist() == [[2014.0, 2015.0]]
    assert rows_above(frame) == 1


def test_marks_outside_the_years_shown_are_not_drawn() -> None:
    assert rows_above(trend_frame(trend(marks=(Mark(2009.0, 2009.0, 2009.0, "Long before"),)))) == 0


@pytest.mark.parametrize(("from_zero", "low"), [(True, 0.0), (False, 40.0)])
def test_the_scale_starts_at_zero_or_just_below_the_figures(from_zero: bool, low: float) -> None:
    assert part(trend_frame(trend(), from_zero=from_zero), "scale").y.min() == low


def test_no_figure_at_all_still_draws() -> None:
    empty = Trend(MEASURE, "Brent", (2014, 2017), (Line("authority", "Brent", ()),))
    assert part(trend_frame(empty), "label").empty


def test_the_specification_is_built_once() -> None:
    assert trend_spec(period="Year", above=0, illustrative=False) is trend_spec(
        period="Year", above=0, illustrative=False
    )


@pytest.mark.parametrize("illustrative", [True, False])
def test_the_illustrative_mark_is_inside_the_chart(illustrative: bool) -> None:
    spec = json.dumps(trend_spec(period="Year", above=0, illustrative=illustrative))
    assert (theme.MARK_WORD in spec) is illustrative


def test_the_picture_says_in_words_what_it_shows() -> None:
    picture = trend_picture(
        trend(spread=(Middle(2017, 33.0, 52.0, 150),)),
        source="Source: X.",
        sentence="Brent: no figure for 2017.",
        from_zero=True,
        illustrative=False,
    )
    assert "No figure in 2015: suppressed to protect children's identity." in picture.alt
    assert "lowest 43.9 per 10,000 children in 2016, highest 48.5" in picture.alt
    assert picture.table.columns.tolist() == [
        "Year",
        "Brent",
        "England",
        "Middle half of authorities",
        "Authorities with a figure",
    ]
    whole = whole_spec(picture)
    assert whole["title"]["text"] == ["Children on plans: how has this changed in Brent?"]
    assert "Source: X." in whole["title"]["subtitle"][-1]


def beside_a_set(**given) -> Trend:
    own = Line("authority", "Brent", (Figure(2020, 40.0, low=35.0, high=46.0), Figure(2021, 44.0, low=39.0, high=72.0)))
    mean = Line("comparator", "Neighbours’ mean", (Figure(2020, 30.0, mean_of=9), Figure(2021, 31.0, mean_of=10)))
    median = Line("median", "Neighbours’ median", (Figure(2020, 28.0, mean_of=9), Figure(2021, 29.0, mean_of=10)))
    near = ComparatorSet("near2025", "statistical neighbours (2025)", ("B",))
    return Trend(MEASURE, "Brent", (2020, 2021), (own, mean), near=near, median=median, **given)


def picture_of(one: Trend, **given):
    return trend_picture(one, source="Source: X.", sentence=one.sentence, from_zero=True, illustrative=False, **given)


def test_the_authoritys_intervals_are_bars_inside_the_scale() -> None:
    frame = trend_frame(beside_a_set())
    assert part(frame, "interval")[["x", "y", "y2"]].values.tolist() == [[2020, 35, 46], [2021, 39, 72]]
    assert part(frame, "scale").y.max() >= 72
    assert "95% interval 39.0 to 72.0" in part(frame, "line").text.tolist()[-2] + part(frame, "line").text.tolist()[-1]


def test_the_median_is_a_tick_a_year_and_has_a_label_of_its_own() -> None:
    frame = trend_frame(beside_a_set())
    assert part(frame, "median")[["x", "y"]].values.tolist() == [[2020, 28], [2021, 29]]
    assert "10 with a figure" in part(frame, "median").text.iloc[-1]
    label = part(frame, "label").set_index("kind").text
    assert (label["median"], label["comparator"].replace("\n", " ")) == ("Median 29.0", "Neighbours’ mean 31.0")


def test_at_most_four_lines_are_told_apart_by_dash_and_colour() -> None:
    assert set(theme.LINE) == {"authority", "comparator", "region", "england"}


def test_the_pandemic_is_a_shade_with_its_name_on_the_lowest_row() -> None:
    frame = trend_frame(beside_a_set(pandemic=(2020.0, 2021.0), marks=(Mark(2020.5, 2020.5, 2020.5, "Model A, 2020"),)))
    shade = part(frame, "pandemic")
    assert shade[["x", "x2", "row", "text"]].values.tolist() == [[2020, 2021, 0, "Pandemic year, 2020-21"]]
    assert part(frame, "rule").row.tolist() == [1]
    assert rows_above(frame) == 2


def test_labels_do_not_run_into_the_rows_above_the_plot() -> None:
    with_rows = trend_frame(beside_a_set(pandemic=(2020.0, 2021.0)))
    assert part(with_rows, "label").y.max() <= part(with_rows, "scale").y.max()


def test_a_small_chart_is_lower_and_its_axis_is_titled_alike() -> None:
    large, small = (trend_spec(period="Year", above=1, illustrative=False, height=h) for h in (300, 230))
    assert large["height"] - small["height"] == 70
    assert {k: v for k, v in large.items() if k != "height"} == {k: v for k, v in small.items() if k != "height"}
    assert '"title": "Year"' in json.dumps(large)


def test_the_alternative_says_the_warning_the_bars_and_what_is_marked() -> None:
    told = picture_of(beside_a_set(warning="Mean and median disagree.", pandemic=(2020.0, 2021.0))).alt
    for words in ("single years", "Mean and median disagree.", "its 95% interval", "Marked: Pandemic year, 2020-21."):
        assert words in told
    assert "averages of three years" in picture_of(beside_a_set(averages=True)).alt


def test_averages_are_named_in_the_subtitle_and_the_file() -> None:
    picture = picture_of(beside_a_set(averages=True, period="Year ending 31 March"))
    assert picture.subtitle.endswith("Three years ending 31 March.")
    assert picture.file_stem == "brent-cpp-rate-2020-2021-three-years"
    assert picture_of(beside_a_set(averages=True, period="At 30 September")).subtitle.endswith(
        "Three years, each at 30 September."
    )


def test_the_set_is_named_in_the_subtitle() -> None:
    assert (
        "the mean (dashed) and median (ticks) of its statistical neighbours (2025)"
        in picture_of(beside_a_set()).subtitle
    )


def test_tables_are_made_once_and_only_when_they_are_wanted() -> None:
    picture = picture_of(beside_a_set())
    assert "table" not in vars(picture) and "figures" not in vars(picture)
    assert picture.table is picture.table
    assert picture.table["95% interval"].tolist() == ["39.0 to 72.0", "35.0 to 46.0"]
    assert picture.figures.loc[picture.figures.part == "authority", ["low", "high"]].values.tolist() == [
        [35, 46],
        [39, 72],
    ]
    with pytest.raises(AttributeError):
        picture.tables  # noqa: B018
