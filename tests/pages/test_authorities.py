"""All authorities: what the address asks for is shown, what it cannot be is said, and nobody is praised for a place."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from analytics.warehouse import open_warehouse
from tests.pages.conftest import words_of

Open = Callable[..., AppTest]
CHARTS = 3


@pytest.fixture(scope="module")
def area(illustrative: Path) -> tuple[str, str]:
    areas = open_warehouse(illustrative).ask("areas")
    return tuple(areas[areas.kind == "authority"][["area_code", "name"]].values.tolist()[7])


@pytest.fixture
def changed(illustrative: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The same warehouse after a change, for the page to be opened on."""

    def change(*statements: str) -> None:
        file = tmp_path / "changed.duckdb"
        shutil.copyfile(illustrative / (illustrative / "CURRENT").read_text().strip(), file)
        with duckdb.connect(str(file)) as warehouse:
            for statement in statements:
                warehouse.execute(statement)
        monkeypatch.setenv("PRACTICE_DATABASE", str(file))

    return change


def charts(app: AppTest) -> list:
    return app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart")


def test_the_address_decides_every_choice(open_page: Open, area: tuple[str, str]) -> None:
    code, name = area
    app = open_page("authorities", la=code, indicator="cla_rate", year="2019", set="region", by="MODEL_A")
    assert not app.exception and not app.warning
    assert app.selectbox(key="la").value == code
    assert app.select_slider(key="year").value == 2019
    text = words_of(app)
    assert ", 2019: " in text and f"{name}, at " in text
    assert "Illustrative: " in text
    assert len(charts(app)) == CHARTS
    assert "not what the model did" in text


def test_the_address_holds_every_choice_defaults_too(open_page: Open) -> None:
    app = open_page("authorities")
    assert set(app.query_params) == {"la", "indicator", "set", "by", "year", "depth"}
    assert app.query_params["year"] == "2025"


def test_what_is_not_there_falls_back_and_says_so(open_page: Open) -> None:
    app = open_page("authorities", la="Atlantis", indicator="no_such", year="1999", set="moon", by="MODEL_Z")
    said = " ".join(w.value for w in app.warning).replace("\\", "")
    for asked in ("Atlantis", "no_such", "1999", "moon", "MODEL_Z"):
        assert f"“{asked}”" in said
    assert not app.exception and len(charts(app)) == CHARTS


@pytest.mark.parametrize("year", ["20", "abcd", "2025.0", "-2025", "", "99999"])
def test_a_year_that_is_none_falls_back(open_page: Open, year: str) -> None:
    app = open_page("authorities", year=year)
    assert not app.exception and len(app.warning) == 1
    assert app.select_slider(key="year").value == 2025


def test_nobody_is_better_or_worse_where_nothing_is(open_page: Open) -> None:
    text = words_of(open_page("authorities", indicator="cpp_rate"))
    assert " highest of " in text and "being the best" not in text
    app = open_page("authorities", indicator="cpp_repeat_pct")
    assert "1 being the best" in words_of(app)
    assert "performing" not in words_of(app)


def test_the_funnel_is_left_out_with_a_reason_where_nothing_is_counted(open_page: Open) -> None:
    app = open_page("authorities", indicator="ofsted_grade")
    assert not app.exception
    assert len(charts(app)) == CHARTS - 1
    assert "There is no funnel: its limits are worked out for percentages and for rates" in words_of(app).replace(
        "\\", ""
    )


@pytest.mark.parametrize("by", ["all", "MODEL_A"])
def test_by_practice_model_the_map_has_groups_and_the_strip_lines(open_page: Open, by: str) -> None:
    app = open_page("authorities", by=by)
    assert not app.exception
    told = [chart.proto.alt for chart in charts(app)]
    assert any("Dots on 1 line" not in each and "No model recorded" in each for each in told)
    assert any(each.startswith("Map of 150 hexagons") and "None recorded" in each for each in told)


def test_every_chart_says_what_it_shows(open_page: Open) -> None:
    app = open_page("authorities")
    told = [chart.proto.alt for chart in charts(app)]
    assert len(told) == CHARTS and all(len(each) > 80 and "nan" not in each for each in told)


def test_an_indicator_of_a_single_year_has_no_slider(open_page: Open, changed: Callable) -> None:
    changed("delete from observation where indicator = 'cpp_rate' and year <> 2020")
    app = open_page("authorities", indicator="cpp_rate")
    assert not app.exception
    assert not [s for s in app.select_slider if s.key == "year"]
    assert "Year: 2020, the only one held." in words_of(app)


def test_a_year_all_suppressed_can_be_looked_at(open_page: Open, changed: Callable) -> None:
    changed("update observation set value = null, status = 'suppressed' where indicator = 'cpp_rate' and year = 2025")
    app = open_page("authorities", indicator="cpp_rate", year="2025")
    assert not app.exception and not app.warning
    text = words_of(app)
    assert "none of 150 authorities has a figure (150 suppressed" in text
    assert "There is no funnel" in text.replace("\\", "")
    assert open_page("authorities", indicator="cpp_rate").select_slider(key="year").value == 2024  # with figures


def test_an_indicator_with_all_values_suppressed_says_so(open_page: Open, changed: Callable) -> None:
    changed(
        "update observation set value = null, status = 'suppressed' from area where observation.area_code = area.area_code "
        "and kind = 'authority' and indicator = 'cpp_rate'"
    )
    app = open_page("authorities", indicator="cpp_rate")
    assert not app.exception
    assert "none of 150 authorities has a figure" in words_of(app)


def test_an_indicator_that_lists_no_authority_says_so(open_page: Open, changed: Callable) -> None:
    changed(
        "delete from observation using area where indicator = 'cpp_rate' and kind = 'authority' "
        "and observation.area_code = area.area_code"
    )
    app = open_page("authorities", indicator="cpp_rate")
    assert not app.exception
    assert "no authority is listed for any year" in words_of(app)


def test_an_ended_authority_is_shown_in_its_years_and_said_to_be_missing_after(
    open_page: Open, changed: Callable, area: tuple[str, str]
) -> None:
    code, name = area
    changed(
        f"update area set to_year = 2018 where area_code = '{code}'",
        f"delete from tile where area_code = '{code}'",
        f"delete from observation where area_code = '{code}' and year > 2018",
    )
    before = words_of(open_page("authorities", la=code, year="2018"))
    assert f"{name}, at " in before and "Authorities that have ended since are in the table" in before
    after = words_of(open_page("authorities", la=code, year="2020"))
    assert f"{name} is not among them" in after and " of 149 authorities" in after


def test_an_empty_set_and_a_set_of_everybody_are_drawn(open_page: Open, area: tuple[str, str]) -> None:
    everybody = open_page("authorities", set="others")
    assert not everybody.exception and len(charts(everybody)) == CHARTS
    own = open_page("authorities", la=area[0], set="own:Alone", sets=f"Alone.{area[0]}")
    assert not own.exception and len(charts(own)) == CHARTS
    assert "names no other authority" in words_of(own)


def test_the_table_and_its_download_hold_every_authority(open_page: Open, area: tuple[str, str]) -> None:
    app = open_page("authorities", la=area[0])
    table = app.dataframe[0].value
    assert len(table) == 150 and table.Authority.iloc[0] == area[1]
    assert "Rank of 150 (1 highest)" in table
    text = words_of(app)
    assert "regions and the whole country, which have no rank" in text


def test_the_text_of_the_table_and_the_years_are_made_when_they_are_opened(open_page: Open) -> None:
    app = open_page("authorities")
    assert "every authority</table>" not in words_of(app)
    for key in ("text_table", "years_shown"):
        app.session_state[key] = True
    app.run()
    assert not app.exception
    text = words_of(app)
    assert 'every authority"' in text and "nan" not in text.lower().replace("finance", "")
    assert len(charts(app)) == CHARTS + 1


def test_pressing_a_hexagon_chooses_its_authority(
    open_page: Open, illustrative: Path, monkeypatch: pytest.MonkeyPatch, area: tuple[str, str]
) -> None:
    import streamlit as st

    from pages.parts import everywhere

    state: dict[str, object] = {"map0_chart": {"selection": {"tile": [{"code": area[0]}]}}}
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(everywhere, "area_labels", lambda figures: {area[0]: area[1]})
    everywhere.chosen_on_map(None, "map0")
    assert state["la"] == area[0]
    assert everywhere.map_key(area[0]) == "map0"
    assert everywhere.map_key("another") == "map1"  # chosen elsewhere: the press is let go
    state["map1_chart"] = {"selection": {"tile": [{"code": "<script>"}]}}
    everywhere.chosen_on_map(None, "map1")
    assert state["la"] == area[0]


def test_the_download_is_raw_and_says_that_it_is_illustrative(illustrative: Path, area: tuple[str, str]) -> None:
    from analytics.board import board_of
    from analytics.charts.picture import csv_bytes
    from analytics.everywhere import everywhere
    from analytics.everywhere_tables import raw

    warehouse = open_warehouse(illustrative)
    rows = warehouse.ask("indicators").set_index("indicator", drop=False)
    board = board_of(warehouse, rows[rows.indicator == "cla_rate"], warehouse.ask("all_areas"))
    found = everywhere(board, rows.loc["cla_rate"], 2025, frozenset(warehouse.ask("areas").area_code), {})
    text = csv_bytes(raw(found, ()), illustrative=True, source="Source: x.").decode("utf-8-sig")
    held = list(csv.DictReader(io.StringIO(text)))
    assert {row["note"] for row in held} == {"Illustrative: invented authorities and figures."}
    mine = next(row for row in held if row["area_code"] == area[0])
    j, a, y = 0, board.area_at[area[0]], board.years.index(2025)
    assert float(mine["value"]) == board.value[j, a, y]
