"""Taking a view away: its address, and what goes with every file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

from analytics.charts.picture import Picture
from analytics.provenance import ILLUSTRATIVE, Provenance
from pages.parts.chart_frame import FILES
from tests.pages.conftest import FILES as PAGES

Open = Callable[..., AppTest]
GIVEN = Provenance(
    "Practice Compared, version 1", "Illustrative figures (x.duckdb)", "/trends?la=X1", "Nobody published these."
)


def addresses(app: AppTest) -> list[str]:
    return [code.value for code in app.code if code.value.startswith(("/", "?"))]


@pytest.mark.parametrize("page", list(PAGES))
def test_every_page_offers_its_address_with_every_choice(open_page: Open, page: str) -> None:
    app = open_page(page)
    (address,) = addresses(app)
    path, _, query = address.partition("?")
    assert path == f"/{page}"
    assert {part.partition("=")[0] for part in query.split("&") if part} == set(app.query_params)


def test_the_address_follows_a_choice(open_page: Open) -> None:
    app = open_page("trends")
    app.selectbox(key="indicator").select("cla_rate").run()
    assert "indicator=cla_rate" in addresses(app)[0]


def test_a_page_that_ends_early_offers_its_address_too(open_page: Open) -> None:
    app = open_page("impact")
    assert [h.value for h in app.header] == ["1 Question"]
    assert addresses(app)


@pytest.fixture
def picture() -> Picture:
    return Picture(
        title="How has this changed?",
        subtitle="%. Year ending 31 March.",
        source="Source: X.",
        alt="One line.",
        spec={"mark": "point", "height": 100},
        frame=pd.DataFrame({"x": [1]}),
        table=pd.DataFrame({"Year": ["2025"], "Brent": ["3.33"]}),
        figures=pd.DataFrame({"name": ["=1+1"], "year": [2025], "value": [10 / 3]}),
        stem="brent-x",
        illustrative=True,
    )


def test_a_csv_cites_links_back_and_says_illustrative(picture: Picture) -> None:
    made = {ending: make for _, ending, _, make in FILES}
    (row,) = csv.DictReader(io.StringIO(made["csv"](picture, GIVEN).decode("utf-8-sig")))
    assert row["value"] == "3.3333333333333335"
    assert row["name"] == "'=1+1"
    assert row["cite_as"].startswith("Practice Compared, version 1: How has this changed. Illustrative figures")
    assert (row["link"], row["licence"], row["note"]) == ("/trends?la=X1", "Nobody published these.", ILLUSTRATIVE)


def test_a_workbook_has_the_same_figures_and_its_notes(picture: Picture) -> None:
    made = {ending: make for _, ending, _, make in FILES}
    book = CalamineWorkbook.from_filelike(io.BytesIO(made["xlsx"](picture, GIVEN)))
    assert book.sheet_names == ["Figures", "Notes"]
    assert book.get_sheet_by_name("Figures").to_python()[1][:2] == ["=1+1", 2025]
    notes = dict(book.get_sheet_by_name("Notes").to_python())
    assert notes["Unit"] == "%. Year ending 31 March."
    assert notes["In words"] == "One line."
    assert notes["Link"] == "/trends?la=X1"
    assert notes["Illustrative"] == ILLUSTRATIVE


def test_a_picture_cites_and_links_back(picture: Picture) -> None:
    made = {ending: make for _, ending, _, make in FILES}
    svg = made["svg"](picture, GIVEN).decode()
    assert "/trends?la=X1" in svg and "Practice Compared, version 1. Illustrative figures" in svg
    assert made["png"](picture, GIVEN).startswith(b"\x89PNG")


def test_the_decimals_on_screen_are_those_of_the_table(picture: Picture) -> None:
    assert picture.decimals == 2


def test_tables_that_stand_alone_can_be_taken_away(open_page: Open) -> None:
    names = [d.proto.label for d in open_page("data").get("download_button")]
    assert names.count("Download table as CSV") == names.count("Download table as XLSX") >= 1
    names = [d.proto.label for d in open_page("many").get("download_button")]
    assert names == ["Download table as CSV", "Download table as XLSX"]
