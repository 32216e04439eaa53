"""Trends over a few invented figures: lines, breaks, marks and the sentence, each workable by hand."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pytest

from analytics.trends import (
    Adoption,
    Figure,
    Measure,
    Surroundings,
    Trend,
    change_words,
    marks_of,
    period_words,
    raw_figures,
    shown_figures,
    trend_of,
    year_of,
)
from analytics.warehouse import Warehouse
from analytics.wording import number_text, value_text
from tests.analytics.small_warehouse import SmallWarehouse


def made(file: Path, own: dict[int, float | str]) -> SmallWarehouse:
    """Authority A with these figures, among three others, their region and England."""
    small = SmallWarehouse(file)
    small.indicator()
    small.model("M")
    for place, code in enumerate(["A", "B", "C", "D"]):
        small.area(code)
        small.figures(code, own if code == "A" else dict.fromkeys(range(2013, 2018), 10.0 * place))
    for code, name, kind in (("North", "North", "region"), ("E92", "England", "england")):
        small.put("area", area_code=code, name=name, kind=kind)
        small.figures(code, dict.fromkeys(range(2013, 2018), 41.2 if kind == "region" else 40.6))
    return small


def asked(warehouse: Warehouse, beside: tuple[str, ...] = ("region", "england", "spread"), **years: int) -> Trend:
    areas, indicators = warehouse.ask("areas"), warehouse.ask("indicators")
    around = Surroundings(warehouse.ask("all_areas"), warehouse.ask("boundary_changes"), warehouse.ask("adoptions"))
    return trend_of(
        warehouse,
        around,
        indicator=indicators.iloc[0],
        area=areas[areas.area_code == "A"].iloc[0],
        beside=beside,
        years=(years.get("first", 2013), years.get("last", 2017)),
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
        pytest.param({2016: "not_available"}, "Name A: no figure in these years.", id="none at all"),
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
    trend = asked(made(tmp_path / "w.duckdb", {2017: 0.0}).ready(), beside=("spread",), first=2017, last=2018)
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


def adoption(model: str, day: str, precision: str = "day", programme: str = "", until: str = "") -> Adoption:
    low = year_of(datetime.date.fromisoformat(day))
    high = year_of(datetime.date.fromisoformat(until or day))
    return Adoption(model, day, "primary", programme, "", "", precision, (low + high) / 2, low, high)


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        pytest.param(
            [adoption("S", "2014-01-01", "year", until="2014-12-31"), adoption("S", "2014-10-01", "month", "EIP1")],
            ["S, 2014-10-01 (EIP1)"],
            id="within a year of each other: one mark, at the more precise date",
        ),
        pytest.param(
            [adoption("S", "2014-10-01"), adoption("S", "2017-09-29", programme="local")],
            ["S, 2014-10-01", "S, 2017-09-29"],
            id="three years apart: two",
        ),
        pytest.param(
            [adoption("S", "2014-10-01"), adoption("F", "2014-10-01")],
            ["F, 2014-10-01", "S, 2014-10-01"],
            id="two models: two",
        ),
    ],
)
def test_marks(rows: list[Adoption], labels: list[str]) -> None:
    assert sorted(m.label for m in marks_of(rows)) == labels


def test_an_undated_adoption_is_listed_but_not_marked(tmp_path: Path) -> None:
    small = made(tmp_path / "w.duckdb", {2017: 1.0})
    small.adoption("A", "M")
    trend = asked(small.ready())
    assert [a.when for a in trend.adoptions] == ["date not known"]
    assert trend.marks == ()


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234.56, 1, "1,234.6"),
        (-2.0, 1, "\N{MINUS SIGN}2.0"),
        (-0.01, 1, "0.0"),
        (0, 0, "0"),
        (None, 1, "no figure"),
        (float("nan"), 1, "no figure"),
    ],
)
def test_number_text(value: float | None, decimals: int, text: str) -> None:
    assert number_text(value, decimals) == text


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("per 10,000 children", "43.9 per 10,000 children"),
        ("%", "43.9%"),
        ("£ a week", "£43.9 a week"),
        ("grade", "grade 43.9"),
        ("", "43.9"),
    ],
)
def test_value_text(unit: str, text: str) -> None:
    assert value_text(43.94, unit, 1) == text


def test_change_is_up_or_down_and_never_better_or_worse() -> None:
    measure = Measure("x_pct", "X", "%", 1)
    assert change_words(2.0, Figure(2024, 1.0), measure) == "up from 1.0% in 2024"


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ([datetime.date(2025, 3, 31)], "Year ending 31 March"),
        ([datetime.date(2024, 9, 30)], "At 30 September"),
        ([], "Year"),
    ],
)
def test_period_words(ends: list[datetime.date], words: str) -> None:
    assert period_words(pd.to_datetime(pd.Series(ends))) == words


def test_an_area_without_any_figure_is_not_a_line(tmp_path: Path) -> None:
    small = made(tmp_path / "w.duckdb", {2017: 1.0})
    small.put("area", area_code="X92", name="Another country", kind="england")
    assert [line.name for line in asked(small.ready()).lines] == ["Name A", "North", "England"]


def near(file: Path, figures: dict[str, dict[int, float | str]]) -> SmallWarehouse:
    """A among others, its statistical neighbours being those with figures given here."""
    small = made(file, {2016: 48.5, 2017: 43.94})
    for rank, (code, own) in enumerate(figures.items(), start=1):
        small.area(code)
        small.figures(code, own)
        small.put("neighbour", model="2025", area_code="A", neighbour_code=code, rank=rank, closeness="close")
    small.put("neighbour", model="2021", area_code="A", neighbour_code="B", rank=1, closeness="close")
    return small


def test_neighbours_are_the_plain_mean_of_those_with_a_figure(tmp_path: Path) -> None:
    figures = {"N1": {2016: 10.0, 2017: 20.0}, "N2": {2016: "suppressed", 2017: 41.0}}
    trend = asked(near(tmp_path / "w.duckdb", figures).ready(), ("neighbours", "england"))
    assert trend.sentence.endswith("Neighbours 30.5 (mean of 2), England 40.6.")
    assert [(line.part, line.name) for line in trend.lines[:2]] == [
        ("authority", "Name A"),
        ("comparator", "Neighbours"),
    ]
    table = shown_figures(trend)
    assert table["Neighbours"].tolist()[:2] == ["30.5", "10.0"]
    assert table["Neighbours with a figure"].tolist()[:2] == ["2", "1"]
    raw = raw_figures(trend)
    assert raw[raw.part == "comparator"].authorities.tolist() == [1, 2]


def test_a_year_in_which_no_neighbour_has_a_figure_says_so(tmp_path: Path) -> None:
    trend = asked(near(tmp_path / "w.duckdb", {"N1": {2015: 1.0, 2017: 2.0}}).ready(), ("neighbours",))
    assert [f.status for f in trend.lines[1].figures] == ["ok", "nobody", "ok"]
    table = shown_figures(trend)
    assert table["Neighbours"][table.Year == "2016"].tolist() == ["- (no neighbour has a figure)"]


def test_neighbours_that_nobody_names_are_said_to_be_missing(tmp_path: Path) -> None:
    trend = asked(made(tmp_path / "w.duckdb", {2017: 43.94}).ready(), ("neighbours",))
    assert len(trend.lines) == 1
    assert "No statistical neighbour (2025 model) has a figure" in trend.sentence
