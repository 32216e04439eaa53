"""Statistical neighbours: two lists side by side, what the choice changes, and a model of the reader's own on every page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from analytics.neighbours import OWN
from analytics.warehouse import open_warehouse
from tests.pages.conftest import words_of

Open = Callable[..., AppTest]
WORDS = "|".join(("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))


def authorities(illustrative: Path) -> list[tuple[str, str]]:
    areas = open_warehouse(illustrative).ask("areas")
    return areas[areas.kind == "authority"][["area_code", "name"]].values.tolist()


def changed(illustrative: Path, file: Path, *statements: str) -> Path:
    """A copy of the warehouse with something changed."""
    shutil.copyfile(illustrative / (illustrative / "CURRENT").read_text().strip(), file)
    with duckdb.connect(str(file)) as warehouse:
        for statement in statements:
            warehouse.execute(statement)
    return file


def test_the_answer_stands_first_and_counts_who_stays(open_page: Open, illustrative: Path) -> None:
    code, name = authorities(illustrative)[7]
    app = open_page("neighbours", la=code)
    asked = open_warehouse(illustrative).ask
    lists = {m: asked("neighbours", model=m) for m in ("2021", "2025")}
    older, newer = (set(f.name[f.area_code == code]) for f in lists.values())
    answer = next(h.value for h in app.html if 'class="answer"' in h.value)
    said = re.search(rf"({WORDS}) of ten neighbours of {name}", answer, re.IGNORECASE)[1].lower()
    assert WORDS.split("|").index(said) == len(older & newer)
    leaving = re.search(r"Leaving: (.*?)\. Joining", answer)[1]
    assert set(re.split(r", | and ", leaving)) == older - newer
    table = next(h.value for h in app.html if "Neighbours of" in h.value)
    assert table.count("<tr>") == 1 + len(older | newer)


def test_the_address_holds_and_decides_the_model(open_page: Open) -> None:
    app = open_page("neighbours", own="children_change:3", ownyear="2024")
    assert app.query_params["own"] == "children_change:3" and app.query_params["ownyear"] == "2024"
    assert app.slider(key="own:children_change").value == 3 and app.slider(key="own:children").value == 0
    assert "with the figures of 2024" in words_of(app)
    assert set(app.query_params) == {"la", "depth", "own", "ownyear"}


def test_a_weight_changes_the_ten_and_the_usual_ones_come_back(open_page: Open) -> None:
    app = open_page("neighbours")
    before = words_of(app)
    app.slider(key="own:children_change").set_value(5).run()
    assert app.query_params["own"] == "children:1,children_change:5"
    assert not app.exception and words_of(app) != before
    app.button(key="own_usual").click().run()
    assert app.query_params["own"] == "children:1" and words_of(app) == before


@pytest.mark.parametrize(
    ("own", "says"),
    [
        pytest.param("children:1,childen:2", "Did you mean 'children'", id="an unknown figure"),
        pytest.param(
            "children:1,low_income:2", "No background figure “low_income” can be weighed", id="a figure not held"
        ),
        pytest.param("children:7", "is no whole number from 0 to 5", id="a weight too large"),
        pytest.param("<b>x</b>:1", "No background figure", id="HTML"),
    ],
)
def test_what_an_address_asks_for_and_is_not_there_is_said(open_page: Open, own: str, says: str) -> None:
    app = open_page("neighbours", own=own)
    assert says in " ".join(w.value.replace("\\", "") for w in app.warning)
    assert not app.exception and not app.error
    assert app.query_params["own"] == "children:1"
    assert "<b>x" not in words_of(app)
    assert ("the usual weights are shown" in words_of(app)) is (own.count("children") == 0 or own.endswith("7"))


def test_all_weights_zero_says_what_to_do_and_leaves_the_rest(open_page: Open) -> None:
    app = open_page("neighbours", own="children:0")
    assert "Every weight is 0" in app.error[0].value
    assert "ten neighbours of" in words_of(app) and not app.exception
    assert len(app.get("vega_lite_chart")) == 1
    app.slider(key="own:children").set_value(2).run()
    assert not app.error


def test_an_unknown_year_of_the_link_falls_back_and_says_so(open_page: Open) -> None:
    app = open_page("neighbours", ownyear="1999")
    assert "1999" in app.warning[0].value and app.query_params["ownyear"] == "newest"


def test_an_authority_without_background_figures_is_told_why(
    open_page: Open, illustrative: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code, name), (other, _) = authorities(illustrative)[3:5]
    suppressed = "update observation set value = null, status = 'suppressed' where indicator = 'children_0_17' and"
    file = changed(illustrative, tmp_path / "a.duckdb", f"{suppressed} area_code = '{code}' and year > 2015")
    monkeypatch.setenv("PRACTICE_DATABASE", str(file))
    app = open_page("neighbours", la=code)
    assert f"{name} cannot be placed by this model: Number of children: suppressed" in words_of(app)
    assert not app.exception and not app.error
    app.selectbox(key="la").select(other).run()
    assert "nearest to" in words_of(app)


def test_an_authority_on_one_list_only_and_on_none(
    illustrative: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    (new, name), (lost, lone) = authorities(illustrative)[5:7]
    file = changed(
        illustrative,
        tmp_path / "b.duckdb",
        f"delete from neighbour where area_code = '{new}' and model = '2021'",
        f"delete from neighbour where area_code = '{lost}'",
    )
    monkeypatch.setenv("PRACTICE_DATABASE", str(file))
    app = open_page("neighbours", la=new)
    assert f"The 2025 list names ten neighbours of {name}. The 2021 list names nobody for {name}." in words_of(app)
    assert len(app.get("vega_lite_chart")) == 1  # the list beside the own model
    app.selectbox(key="la").select(lost).run()
    assert f"names anybody for {lone}" in words_of(app)
    assert not app.exception and not app.get("vega_lite_chart")


def test_without_any_list_the_own_model_still_works(
    open_page: Open, without_neighbours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICE_DATABASE", str(without_neighbours))
    app = open_page("neighbours")
    text = words_of(app)
    assert "No list of statistical neighbours is loaded." in text and "By your own model" in text
    assert not app.exception and not app.error


def test_the_own_model_goes_on_to_impact_and_into_its_specification(open_page: Open) -> None:
    app = open_page("neighbours", own="children:2,children_change:1")
    app.switch_page("pages/impact.py").run()
    assert app.query_params["own"] == "children:2,children_change:1"
    again = open_page(
        "impact",
        pool="statistical_neighbours",
        neighbours=OWN,
        own="children:2,children_change:1",
        step="3",
        ownyear="2024",
    )
    assert not again.exception and not again.error and not again.warning
    assert again.selectbox(key="neighbours").value == OWN
    assert "My own model weighs number of children (weight 2) and change in the number of children" in words_of(
        again
    ).replace("\\", "")


SET_ALONE = """
import streamlit as st
from pages.parts.address import Address
from pages.parts.entrance import run_by_app
from pages.parts.figures import warehouse
from pages.parts.pickers import pick_area
from pages.parts.sets import pick_set
with run_by_app():
    figures, address = warehouse(), Address()
    area = pick_area(address, figures)
    found = pick_set(address, figures, area)
    address.write()
    st.markdown(f"{found.name}: {len(found.codes)}")
"""


@pytest.mark.parametrize(
    ("own", "told"), [("children:1", "neighbours (own model): 10"), (None, "statistical neighbours (2025): 10")]
)
def test_the_own_model_is_a_comparator_set_where_there_is_one(
    illustrative: Path, monkeypatch: pytest.MonkeyPatch, own: str | None, told: str
) -> None:
    monkeypatch.setenv("PRACTICE_DATABASE", str(illustrative))
    app = AppTest.from_string(SET_ALONE, default_timeout=60)
    app.query_params["set"] = "nearown"
    if own:
        app.query_params["own"] = own
    app.run()
    assert not app.exception
    assert told in words_of(app)
    assert bool(app.warning) is (own is None)
    assert app.query_params.get("own") == own


def test_impact_without_an_own_model_does_not_offer_one(open_page: Open) -> None:
    app = open_page("impact", pool="statistical_neighbours", neighbours=OWN, step="2")
    assert "cannot be shown with these figures" in app.warning[0].value
    assert app.selectbox(key="neighbours").value == "2021"


def test_it_never_calls_a_place_better_or_worse(open_page: Open) -> None:
    text = words_of(open_page("neighbours")).lower()
    assert "better" not in text and "worse" not in text and "because of" not in text
