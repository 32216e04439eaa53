"""Outcome trends: what the address asks for is shown, what it cannot be is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.warehouse import open_warehouse
from tests.pages.conftest import words_of

Open = Callable[..., AppTest]


def authorities(illustrative: Path) -> list[tuple[str, str]]:
    areas = open_warehouse(illustrative).ask("areas")
    return areas[areas.kind == "authority"][["area_code", "name"]].values.tolist()


def test_the_address_decides_every_choice(open_page: Open, illustrative: Path) -> None:
    code, name = authorities(illustrative)[7]
    app = open_page(
        "trends", la=code, indicator="cla_rate", beside="england", years="2015-2020", zero="no", more="rereferral_pct"
    )
    assert app.selectbox(key="la").value == code
    assert app.selectbox(key="indicator").value == "cla_rate"
    assert app.slider(key="years").value == (2015, 2020)
    assert app.checkbox(key="zero").value is False
    assert f"Illustrative: {name}:" in words_of(app)
    assert len(app.get("vega_lite_chart")) == 2
    assert not app.warning


def test_the_address_holds_every_choice_defaults_too(open_page: Open) -> None:
    app = open_page("trends")
    assert set(app.query_params) == {"la", "indicator", "beside", "years", "zero", "more"}
    assert app.query_params["years"] == "2013-2025"
    app.selectbox(key="indicator").select("cla_rate").run()
    assert app.query_params["indicator"] == "cla_rate"


def test_an_authority_may_be_named_in_the_address(open_page: Open, illustrative: Path) -> None:
    code, name = authorities(illustrative)[3]
    app = open_page("trends", la=name.upper())
    assert app.selectbox(key="la").value == code
    assert app.query_params["la"] == code


def test_what_is_not_there_falls_back_and_says_so(open_page: Open) -> None:
    app = open_page("trends", la="Atlantis", indicator="cla_rat", years="1899-2099", zero="maybe")
    said = " ".join(w.value for w in app.warning)
    for asked in ("Atlantis", "cla", "1899", "maybe"):
        assert asked in said
    assert not app.exception
    assert app.slider(key="years").value == (2013, 2025)


def test_an_address_cannot_bring_markdown_or_html(open_page: Open) -> None:
    app = open_page("trends", la="![x](http://evil.test/a.png)<script>")
    assert "![x](" not in app.warning[0].value
    assert "<script>" not in app.warning[0].value


def test_the_authority_stays_chosen_from_page_to_page(open_page: Open, illustrative: Path) -> None:
    code, name = authorities(illustrative)[5]
    app = open_page("start")
    app.selectbox(key="la").select(code).run()
    app.switch_page("pages/trends.py").run()
    assert app.selectbox(key="la").value == code
    assert app.query_params["la"] == code
    app.switch_page("pages/data.py").run()
    app.switch_page("pages/trends.py").run()
    assert f"{name}:" in words_of(app)


def test_nothing_beside_is_a_choice(open_page: Open) -> None:
    app = open_page("trends", beside="")
    assert not app.warning
    assert app.query_params["beside"] == ""


def test_downloads_are_named_illustrative(open_page: Open) -> None:
    app = open_page("trends")
    names = [d.proto.label for d in app.get("download_button")]
    assert names == ["Download CSV", "Download XLSX", "Download PNG", "Download SVG"]


def test_the_page_never_says_better_or_worse_of_a_rate_without_polarity(open_page: Open) -> None:
    text = words_of(open_page("trends", indicator="cpp_rate")).lower()
    assert "it is never coloured better or worse" in text
    assert text.count("worse") == 1


def test_neighbours_stand_beside_where_they_are_held(open_page: Open) -> None:
    app = open_page("trends", beside="neighbours")
    assert not app.warning
    assert re.search(r"Neighbours [\d.]+ \(mean of \d+\)", words_of(app))


def judged_late(illustrative: Path) -> tuple[str, int]:
    """An authority without a judgement in the first year that has them, and its own first year."""
    cells = open_warehouse(illustrative).ask("authority_series", indicator="ofsted_good_pct")
    code = cells.area_code[cells.status == "not_available"].iloc[0]
    return code, int(cells.year[(cells.area_code == code) & cells.value.notna()].min())


def test_years_before_the_first_judgement_held_are_named_and_it_is_all_or_nothing(
    open_page: Open, illustrative: Path
) -> None:
    code, first = judged_late(illustrative)
    app = open_page("trends", la=code, indicator="ofsted_good_pct")
    assert not app.exception and not app.warning
    text = words_of(app)
    assert re.search(r": (0|100)% in 2025, (the same as in|(up|down) from (0|100)% in) 2024\.", text)
    assert re.search(r"Neighbours \d+% \(mean of 10\)", text)
    assert "earlier judgements are not held" in text
    assert "x (not available)" in text and first > 2016


def test_a_grade_is_read_as_a_grade(open_page: Open) -> None:
    text = words_of(open_page("trends", indicator="ofsted_grade"))
    assert re.search(r": grade [1-4]\.0 in 2025", text)
    assert "treats the step from each grade to the next as equal" in text


def test_invented_neighbours_are_not_said_to_be_the_departments(open_page: Open) -> None:
    help_ = next(p.help for p in open_page("trends").button_group if p.key == "beside")
    assert "an invented list of 2025" in help_
    assert "Department" not in help_


def test_neighbours_that_are_not_held_are_not_offered(
    open_page: Open, without_neighbours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICE_DATABASE", str(without_neighbours))
    app = open_page("trends", beside="neighbours")
    assert "cannot be shown with these figures" in app.warning[0].value
    assert "neighbours" not in words_of(app).lower().replace(app.warning[0].value.lower(), "")
