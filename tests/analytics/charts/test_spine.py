"""A figure on its spine: where the marks lie, which way is better, what is said where there is no figure."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from analytics.charts.picture import picture_csv, picture_png, picture_svg
from analytics.charts.spark import series_spark
from analytics.charts.spine import SIDE, WIDTH, ends_of, spine_image, spine_picture, spine_words
from analytics.profile import Profile
from analytics.profile_row import Beside, Row, Spread
from analytics.recent_trend import RecentTrend
from analytics.sets import ComparatorSet
from analytics.trends import Figure, Measure

ROW = Row(
    measure=Measure("cpp_rate", "Plans & <more>", "per 10,000 children", 1),
    theme="Child protection",
    polarity="none",
    source="test",
    definition="",
    caveat="",
    year=2025,
    as_at="31 March 2025",
    figure=Figure(2025, 30.0),
    newest=None,
    interval=(25.0, 35.0),
    before=None,
    trend=RecentTrend("cannot_tell"),
    place=None,
    beside=Beside(20.0, 21.0, 9, 10),
    region=Figure(2025, 22.0),
    country=Figure(2025, 24.0),
    spread=Spread(0.0, 15.0, 20.0, 40.0, 100.0),
    side="higher",
    series=(Figure(2024, None, "suppressed"), Figure(2025, 30.0)),
)
NONE = replace(ROW, figure=Figure(2025, None, "suppressed"), interval=None, side="unknown")
PROFILE = Profile(
    "X1", "St Ash", "North", "Albion", "county", None, None, ComparatorSet("x", "its set", ()), (ROW, NONE), (), (), 150
)
SVG = {"s": "http://www.w3.org/2000/svg"}


def drawn(image: str) -> ElementTree.Element:
    return ElementTree.fromstring(base64.b64decode(re.search(r"base64,([^\"]+)", image)[1]))


def share(x: str) -> float:
    """How far along the spine a mark lies, 0 to 1."""
    return (float(x) - SIDE) / (WIDTH - 2 * SIDE)


def test_dot_band_tick_and_interval_lie_where_their_figures_do() -> None:
    svg = drawn(spine_image(ROW, "St Ash"))
    assert share(svg.find("s:circle", SVG).get("cx")) == pytest.approx(0.30, abs=0.001)
    band = svg.find("s:rect", SVG)
    assert share(band.get("x")) == pytest.approx(0.15, abs=0.001)
    assert float(band.get("width")) == pytest.approx(0.25 * (WIDTH - 2 * SIDE), abs=0.1)
    _, interval, tick = svg.findall("s:line", SVG)
    assert share(tick.get("x1")) == share(tick.get("x2")) == pytest.approx(0.20, abs=0.001)
    assert (share(interval.get("x1")), share(interval.get("x2"))) == pytest.approx((0.25, 0.35), abs=0.001)
    assert [t.text for t in svg.findall("s:text", SVG)] == ["lowest 0.0", "highest 100.0"]


def test_where_lower_is_better_the_best_end_is_on_the_right() -> None:
    lower = replace(ROW, polarity="lower")
    assert ends_of(lower) == (100.0, 0.0)
    svg = drawn(spine_image(lower, "St Ash"))
    assert share(svg.find("s:circle", SVG).get("cx")) == pytest.approx(0.70, abs=0.001)
    assert [t.text for t in svg.findall("s:text", SVG)] == ["worst 100.0", "best 0.0"]
    assert ends_of(replace(ROW, polarity="higher")) == (0.0, 100.0)


def test_without_a_figure_there_is_a_letter_and_no_dot() -> None:
    svg = drawn(spine_image(NONE, "St Ash"))
    assert svg.find("s:circle", SVG) is None
    assert "c" in [t.text for t in svg.findall("s:text", SVG)]
    assert "St Ash no figure" in spine_image(NONE, "St Ash")


def test_without_a_mean_or_a_spread_nothing_is_drawn_in_their_place() -> None:
    alone = replace(ROW, beside=Beside(None, None, 0, 0))
    assert len(drawn(spine_image(alone, "A")).findall("s:line", SVG)) == 2
    assert "mean" not in spine_words(alone, "A")
    assert spine_image(replace(ROW, spread=None), "A") == "Too few authorities have a figure for a spine."


def test_authorities_that_are_all_alike_stand_in_the_middle() -> None:
    same = replace(ROW, spread=Spread(*[30.0] * 5), interval=None)
    assert share(drawn(spine_image(same, "A")).find("s:circle", SVG).get("cx")) == 0.5


def test_the_words_say_what_is_drawn_and_are_escaped() -> None:
    assert spine_words(ROW, "St Ash") == (
        "St Ash 30.0, set’s mean 20.0, middle half 15.0 to 40.0, lowest 0.0, highest 100.0"
    )
    assert 'alt="&lt;b&gt;&quot; 30.0' in spine_image(ROW, '<b>"')


def test_a_themes_picture_stands_alone() -> None:
    picture = spine_picture(PROFILE, "Child protection", source="Source: test.", illustrative=True)
    svg = picture_svg(picture).decode()
    ElementTree.fromstring(svg)
    for words in ("St Ash: child protection", "Plans &amp; &lt;more&gt;", "Illustrative", "Source: test.", "its set"):
        assert words in svg
    assert "suppressed to protect" in svg
    assert picture.alt in html.unescape(svg)
    assert picture_png(picture).startswith(b"\x89PNG")
    assert picture.file_stem == "illustrative-st-ash-profile-child-protection"
    assert picture_csv(picture).decode("utf-8-sig").count("\r\n") == 3


def test_a_spark_breaks_where_a_year_is_missing() -> None:
    series = [Figure(2013 + n, v) for n, v in enumerate((1.0, 2.0, None, 4.0, None, 5.0, 6.0))]
    svg = drawn(series_spark(series, decimals=0))
    assert len(svg.findall("s:polyline", SVG)) == 2
    assert len(svg.findall("s:circle", SVG)) == 2  # the lone year, and the newest
    assert "First 1 in 2013, lowest 1 in 2013, highest 6 in 2019, newest 6 in 2019" in series_spark(series, decimals=0)
    assert series_spark([Figure(2013, None, "suppressed")], decimals=0) == ""
