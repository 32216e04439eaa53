"""Trends over a few invented figures: lines, breaks, marks and the sentence, each workable by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.beside import Asked, trend_of
from analytics.board import board_of
from analytics.sets import ComparatorSet
from analytics.trend_tables import raw_figures, shown_adoptions, shown_figures
from analytics.trends import Surroundings, Trend
from analytics.warehouse import Warehouse
from tests.analytics.small_warehouse import SmallWarehouse

YEARS = range(2013, 2018)
WIDER = ("region", "england", "spread")


def made(file: Path, own: dict[int, float | str], *, polarity: str = "none", unit: str = "") -> SmallWarehouse:
    """Authority A with these figures, among three others, their region and England."""
    small = SmallWarehouse(file)
    small.indicator(polarity=polarity, unit=unit or "per 10,000 children")
    small.model("M")
    for place, code in enumerate(["A", "B", "C", "D"]):
        small.area(code)
        small.figures(code, own if code == "A" else dict.fromkeys(YEARS, 10.0 * place))
    for code, name, kind in (("North", "North", "region"), ("E92", "England", "england")):
        small.put("area", area_code=code, name=name, kind=kind)
        small.figures(code, dict.fromkeys(YEARS, 41.2 if kind == "region" else 40.6))
    return small


def asked(
    warehouse: Warehouse,
    beside: tuple[str, ...] = WIDER,
    *,
    years: tuple[int, int] = (2013, 2017),
    near: str = "",
    area: str = "A",
    **choices: bool,
) -> Trend:
    """The trend of A beside a set of these codes."""
    areas, indicators = warehouse.ask("all_areas"), warehouse.ask("indicators")
    around = Surroundings(areas, warehouse.ask("boundary_changes"), warehouse.ask("adoptions"))
    return trend_of(
        board_of(warehouse, indicators, areas),
        around,
        indicator=indicators.iloc[0],
        area=areas[areas.area_code == area].iloc[0],
        near=ComparatorSet("own:Coast", "Coast", tuple(near.split())),
        asked=Asked(years, beside, **{"intervals": False} | choices),
    )


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        pytest.param(
            {2016: 48.5, 2017: 43.94},
            "Name A: 43.9 per 10,000 children in 2017, down from 48.5 in 2016. North 41.2, England 40.6.",
            id="down",
        ),
        pytest.param(
            {2016: 43.91, 2017: 43.94},
            "Name A: 43.9 per 10,000 children in 2017, the same as in 2016. North 41.2, England 40.6.",
            id="the same at the decimals shown",
        ),
        pytest.param(
            {2015: 40.0, 2017: 43.9},
            "Name A: 43.9 per 10,000 children in 2017; 2016 has no figure, so no change is given. North 41.2, England 40.6.",
            id="change only between consecutive years",
        ),
        pytest.param(
            {2015: 40.0, 2016: 41.0, 2017: "suppressed"},
            "Name A: no figure for 2017 (suppressed to protect children's identity). The newest is 41.0 per 10,000 children "
            "in 2016, up from 40.0 in 2015. North 41.2, England 40.6.",
            id="newest suppressed",
        ),
        pytest.param(
            {2013: 40.0, 2014: 41.0},
            "Name A: the newest figure is 41.0 per 10,000 children in 2014, up from 40.0 in 2013. North 41.2, England 40.6.",
            id="figures end early",
        ),
        pytest.param(
            {2017: 43.9},
            "Name A: 43.9 per 10,000 children in 2017; 2016 has no figure, so no change is given. North 41.2, England 40.6.",
            id="a single year",
        ),
        pytest.param(
            {2016: "not_available"}, "Name A: no figure in these years (not available).", id="none at all, and why"
        ),
        pytest.param(
            {2015: "suppressed", 2016: "suppressed", 2017: "not_applicable"},
            "Name A: no figure in these years (suppressed to protect children's identity and not applicable).",
            id="none, for two reasons",
        ),
        pytest.param({}, "Name A: no figure in these years.", id="never listed"),
    ],
)
def test_the_sentence(tmp_path: Path, own: dict, sentence: str) -> None:
    assert asked(made(tmp_path / "w.duckdb", own).ready()).sentence == sentence


def test_a_year_that_the_source_does_not_list_is_drawn_as_missing_and_named(tmp_path: Path) -> None:
    trend = asked(made(tmp_path / "w.duckdb", {2013: 1.0, 2015: 3.0, 2016: "suppressed"}).ready(), beside=())
    assert [(f.year, f.value, f.status) for f in trend.lines[0].figures] == [
        (2013, 1.0, "ok"),
        (2014, None, "no_row"),
        (2015, 3.0, "ok"),
        (2016, None, "suppressed"),
    ]
    assert shown_figures(trend)["Name A"].tolist() == [
        "c (suppressed to protect children's identity)",
        "3.0",
        "- (not listed by the source for this year)",
        "1.0",
    ]
    assert raw_figures(trend).status.tolist() == ["ok", "no_row", "ok", "suppressed"]


def test_middle_half_is_between_the_quartiles_of_authorities(tmp_path: Path) -> None:
    trend = asked(made(tmp_path / "w.duckdb", {2017: 0.0}).ready(), beside=("spread",), years=(2017, 2018))
    # 0, 10, 20, 30: type 7 quartiles 7.5 and 22.5
    assert [(m.year, m.low, m.high, m.authorities) for m in trend.spread] == [(2017, 7.5, 22.5, 4)]


@pytest.mark.parametrize(
    ("kind", "breaks"),
    [
        pytest.param("split", [2014.5], id="a split is a break"),
        pytest.param("merge", [2014.5], id="so is a merger"),
        pytest.param("recode", [], id="a new code for the same ground is none"),
    ],
)
def test_breaks(tmp_path: Path, kind: str, breaks: list[float]) -> None:
    small = made(tmp_path / "w.duckdb", {2015: 1.0, 2016: 2.0})
    small.put("boundary_change", old_code="OLD", new_code="A", year=2015, kind=kind)
    assert [b.at for b in asked(small.ready()).breaks] == breaks


def test_an_undated_adoption_is_listed_but_not_marked(tmp_path: Path) -> None:
    small = made(tmp_path / "w.duckdb", {2017: 1.0})
    small.adoption("A", "M", role="alongside")
    trend = asked(small.ready())
    assert [a.when for a in trend.adoptions] == ["date not known"]
    assert trend.marks == ()
    assert shown_adoptions(trend)[["Date known", "Role"]].values.tolist() == [["not known", "alongside"]]


def test_an_area_without_any_figure_is_not_a_line(tmp_path: Path) -> None:
    small = made(tmp_path / "w.duckdb", {2017: 1.0})
    small.put("area", area_code="X92", name="Another country", kind="england")
    assert [line.name for line in asked(small.ready()).lines] == ["Name A", "North", "England"]


def test_a_set_is_its_mean_and_median_with_the_number_that_contribute(tmp_path: Path) -> None:
    small = made(tmp_path / "w.duckdb", {2016: 48.5, 2017: 43.94})
    small.area("N")
    small.figures("N", {2016: "suppressed", 2017: 90.0})
    trend = asked(small.ready(), ("set", "england"), near="B C D N", years=(2016, 2017))
    assert "The mean of the set “Coast” is 37.5 (median 25.0, of 4). England 40.6." in trend.sentence
    assert [(line.part, line.name) for line in trend.drawn] == [
        ("authority", "Name A"),
        ("comparator", "Coast: mean"),
        ("median", "Coast: median"),
        ("england", "England"),
    ]
    table = shown_figures(trend)
    assert table["Coast: mean"].tolist() == ["37.5", "20.0"]
    assert table["Coast: median"].tolist() == ["25.0", "20.0"]
    assert table["In the set with a figure"].tolist() == ["4", "3"]
    raw = raw_figures(trend)
    assert raw[raw.part == "median"].authorities.tolist() == [3, 4]


def test_who_of_a_set_has_no_figure_is_named_with_the_reason(tmp_path: Path) -> None:
    small = made(tmp_path / "w.duckdb", {2017: 43.94})
    for code, status in (("N", "suppressed"), ("O", "suppressed"), ("P", "not_available")):
        small.area(code)
        small.figures(code, {2017: status})
    trend = asked(small.ready(), ("set",), near="B N O P GONE")
    told = " ".join(trend.notes)
    assert "Name N and Name O (suppressed to protect children's identity); Name P (not available)." in told
    assert "A mean of so few swings with each of them." in told
    assert "of one authority alone, the only one with a figure" in trend.sentence


def test_a_year_in_which_nobody_of_the_set_has_a_figure_says_so(tmp_path: Path) -> None:
    small = made(tmp_path / "w.duckdb", {2016: 48.5, 2017: 43.94})
    small.area("N")
    small.figures("N", {2015: 1.0, 2017: 2.0})
    trend = asked(small.ready(), ("set",), near="N")
    assert [f.status for f in trend.lines[1].figures] == ["ok", "nobody", "ok"]
    table = shown_figures(trend)
    assert table["Coast: mean"][table.Year == "2016"].tolist() == ["- (nobody in the set has a figure)"]


@pytest.mark.parametrize(
    ("near", "said"),
    [
        pytest.param("N", "None of the set “Coast” has a figure for 2017", id="one, who has none"),
        pytest.param("GONE", "None of the set “Coast” has a figure for 2017", id="a code that is not held"),
        pytest.param(
            "", "Name A: 43.9 per 10,000 children in 2017; 2016 has no figure, so no change is given.", id="nobody"
        ),
    ],
)
def test_a_set_of_nobody_draws_no_line(tmp_path: Path, near: str, said: str) -> None:
    small = made(tmp_path / "w.duckdb", {2017: 43.94})
    small.area("N")
    small.figures("N", {2017: "suppressed"})
    trend = asked(small.ready(), ("set",), near=near)
    assert len(trend.drawn) == 1
    assert said in trend.sentence


def test_everybody_is_a_set_and_those_that_have_ended_count_while_they_last(tmp_path: Path) -> None:
    small = made(tmp_path / "w.duckdb", dict.fromkeys(YEARS, 5.0))
    small.area("OLD")
    small.figures("OLD", {2013: 80.0})
    mean = asked(small.ready(), ("set",), near="B C D OLD").lines[1]
    assert [(f.value, f.mean_of) for f in mean.figures][:2] == [(35.0, 4), (20.0, 3)]


@pytest.mark.parametrize(
    ("polarity", "words"),
    [
        pytest.param("none", "Higher than the mean of the set “Coast”: 20.0% (median 20.0%, of 3).", id="no better"),
        pytest.param("lower", "(median 20.0%, of 3); for this indicator higher is worse.", id="worse"),
        pytest.param("higher", "(median 20.0%, of 3); for this indicator higher is better.", id="better"),
    ],
)
def test_higher_and_better_only_where_the_interval_and_the_polarity_say_so(
    tmp_path: Path, polarity: str, words: str
) -> None:
    small = made(tmp_path / "w.duckdb", {}, polarity=polarity, unit="%")
    for year, part in ((2016, 250), (2017, 300)):
        small.put(
            "observation", area_code="A", year=year, indicator="cpp_rate", value=part / 10, status="ok", numerator=part,
            denominator=1000, period_label=str(year), period_end=f"{year}-03-31", source="test", extract="test",
        )  # fmt: skip
    warehouse = small.ready()
    trend = asked(warehouse, ("set",), near="B C D", intervals=True)
    # Wilson, 300 of 1,000: 27.2% to 32.9%
    assert "30.0% in 2017 (95% interval 27.2% to 32.9%)" in trend.sentence
    assert words in trend.sentence
    unsure = asked(warehouse, ("set",), near="B C D", intervals=False)
    assert "The mean of the set “Coast” is 20.0%" in unsure.sentence
    assert "better" not in unsure.sentence and "worse" not in unsure.sentence


def test_a_figure_without_counts_has_no_interval_and_says_so_once(tmp_path: Path) -> None:
    trend = asked(made(tmp_path / "w.duckdb", {2017: 43.9}, unit="cases per worker").ready(), intervals=True)
    assert trend.lines[0].held[0].low is None
    assert [note for note in trend.notes if "interval" in note] == [
        "Neither an interval nor a test for a trend is given: both are worked out for percentages and for rates per 10,000 "
        "children only. So the figure is not called higher or lower than a mean."
    ]


def test_a_rise_over_five_years_has_an_arrow_only_inside_the_years_asked_for(tmp_path: Path) -> None:
    small = made(tmp_path / "w.duckdb", {})
    small.figures("A", {2013 + n: 200.0 + 60 * n for n in range(5)}, base=100_000.0)
    warehouse = small.ready()
    assert asked(warehouse).sentence.endswith("\N{UPWARDS ARROW} Rising over 2013 to 2017.")
    shorter = asked(warehouse, years=(2014, 2017))
    assert "Rising" not in shorter.sentence
    assert "Whether the figure has risen or fallen is not tested: fewer than 5 years are held." in shorter.notes


def test_the_pandemic_is_shaded_only_where_both_its_ends_are_drawn(tmp_path: Path) -> None:
    warehouse = made(tmp_path / "w.duckdb", dict.fromkeys(range(2018, 2023), 5.0)).ready()
    assert asked(warehouse, (), years=(2018, 2022)).pandemic == (2020.0, 2021.0)
    assert asked(warehouse, (), years=(2018, 2020)).pandemic is None
    assert asked(warehouse, ()).pandemic is None


def test_averages_of_three_years_begin_with_the_third_and_compare_with_the_three_before(tmp_path: Path) -> None:
    own = {2010: 10.0, 2011: 20.0, 2012: 30.0, 2013: 40.0, 2014: 50.0, 2015: 60.0}
    trend = asked(made(tmp_path / "w.duckdb", own).ready(), (), years=(2010, 2015), averages=True)
    assert [(f.year, f.value) for f in trend.lines[0].figures] == [
        (2012, 20.0),
        (2013, 30.0),
        (2014, 40.0),
        (2015, 50.0),
    ]
    assert trend.sentence.startswith(
        "Name A: 50.0 per 10,000 children on average over the three years to 2015, up from 20.0 over the three years to 2012."
    )
    assert shown_figures(trend).columns[0] == "Three years to"
    assert set(raw_figures(trend).years_averaged) == {3}


def test_an_average_that_lacks_a_year_is_none_and_says_so(tmp_path: Path) -> None:
    own = {2013: 10.0, 2014: "suppressed", 2015: 30.0, 2016: 40.0, 2017: 50.0}
    trend = asked(made(tmp_path / "w.duckdb", own).ready(), (), averages=True)
    assert [(f.year, f.value, f.status) for f in trend.lines[0].figures] == [
        (2015, None, "short"),
        (2016, None, "short"),
        (2017, 40.0, "ok"),
    ]
    assert "- (one of its three years has no figure)" in shown_figures(trend)["Name A"].tolist()


def test_a_single_year_has_no_average_of_three(tmp_path: Path) -> None:
    trend = asked(made(tmp_path / "w.duckdb", {2017: 1.0}).ready(), (), averages=True)
    assert trend.sentence == "Name A: no average of three years in these years."


@pytest.mark.parametrize("years", [(2030, 2040), (1990, 1999)])
def test_years_in_which_nothing_is_held_are_said_to_be_empty(tmp_path: Path, years: tuple[int, int]) -> None:
    trend = asked(made(tmp_path / "w.duckdb", {2017: 1.0}).ready(), ("set", *WIDER), years=years, near="B C")
    assert trend.sentence == "Name A: no figure in these years."
    assert shown_figures(trend).empty and trend.pandemic is None
