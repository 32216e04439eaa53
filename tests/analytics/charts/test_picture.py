"""Files of a chart: names, cells that a spreadsheet would run, the illustrative mark."""

from __future__ import annotations

import csv
import dataclasses
import io

import altair as alt
import pandas as pd
import pytest

from analytics.charts import theme
from analytics.charts.picture import (
    ILLUSTRATIVE,
    Picture,
    csv_bytes,
    picture_csv,
    picture_png,
    picture_svg,
    safe_cell,
    whole_spec,
)
from analytics.provenance import Provenance


@pytest.fixture
def picture() -> Picture:
    data = alt.NamedData("d")
    chart = alt.Chart(data).mark_point().encode(x="x:Q", y="y:Q").properties(height=100)
    return Picture(
        title="Plans <& more>: how has this changed?",
        subtitle="Per 10,000 children.",
        source="Source: X.",
        alt="One point.",
        spec=theme.finished(chart),
        frame=pd.DataFrame({"x": [1.0], "y": [2.0]}),
        table=pd.DataFrame({"Year": ["2025"], "Brent": ["2.0"]}),
        figures=pd.DataFrame({"name": ["Brent"], "value": [0.1 + 0.2]}),
        stem="Brent, City of/cpp_rate",
        illustrative=False,
    )


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        pytest.param("=1+1", "'=1+1", id="formula"),
        pytest.param("+44 20", "'+44 20", id="plus, and no number"),
        pytest.param("-cmd", "'-cmd", id="minus, and no number"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\tx", "'\tx", id="tab"),
        pytest.param("\rx", "'\rx", id="carriage return"),
        pytest.param("-2.5", "-2.5", id="a number as text stays a number"),
        pytest.param("+1e5", "+1e5", id="and in powers of ten"),
        pytest.param(-2.5, -2.5, id="a number"),
        pytest.param("Brent", "Brent", id="words"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_safe_cell(given: object, safe: object) -> None:
    assert safe_cell(given) == safe


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_csv_keeps_raw_precision_and_names_its_source(picture: Picture) -> None:
    assert rows(picture_csv(picture)) == [
        {"name": "Brent", "value": "0.30000000000000004", "source_note": "Source: X."}
    ]


def test_every_row_of_invented_figures_says_so() -> None:
    content = csv_bytes(pd.DataFrame({"name": ["=A", "B"]}), illustrative=True)
    assert rows(content) == [{"name": "'=A", "note": ILLUSTRATIVE}, {"name": "B", "note": ILLUSTRATIVE}]


def test_a_column_name_cannot_be_a_formula() -> None:
    assert csv_bytes(pd.DataFrame({"=x": [1]}), illustrative=False).decode("utf-8-sig").startswith("'=x")


def test_file_names_are_plain_and_say_illustrative_first(picture: Picture) -> None:
    assert picture.file_stem == "brent-city-of-cpp-rate"
    assert dataclasses.replace(picture, illustrative=True).file_stem == "illustrative-brent-city-of-cpp-rate"


def test_pictures_stand_alone(picture: Picture) -> None:
    svg = picture_svg(picture).decode()
    assert "<title>Plans &lt;&amp; more&gt;: how has this changed?</title><desc>One point.</desc>" in svg
    assert "Source: X." in svg
    assert picture_png(picture).startswith(b"\x89PNG")


def test_invented_figures_say_so_inside_an_exported_picture(picture: Picture) -> None:
    titled = whole_spec(dataclasses.replace(picture, illustrative=True))["title"]["subtitle"]
    assert ILLUSTRATIVE in " ".join(titled)
    assert ILLUSTRATIVE not in " ".join(whole_spec(picture)["title"]["subtitle"])


def test_a_drawing_is_lengthened_by_its_citation_and_link(picture: Picture) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 200 100"><g/></svg>'
    drawn = dataclasses.replace(picture, drawing=svg)
    given = Provenance(program="P <1>", figures="F", link="http://x/?a=1&b=2")
    made = picture_svg(drawn, given).decode()
    assert 'width="200" height="148" viewBox="0 0 200 148"' in made
    assert "P &lt;1&gt;. F." in made and "http://x/?a=1&amp;b=2" in made
    assert made.endswith("</svg>") and "<g/>" in made
    assert picture_png(drawn, given).startswith(b"\x89PNG")
    assert 'height="100"' in picture_svg(drawn).decode()
