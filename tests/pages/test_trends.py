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
    assert set(app.query_params) == {
        "la",
        "indicator",
        "set",
        "beside",
        "years",
        "intervals",
        "averages",
        "zero",
        "more",
        "depth",
    }
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
    app = open_page("trends", beside="set")
    assert not app.warning
    assert re.search(r"the mean of its statistical neighbours \(2025\): [\d.]+ \(median [\d.]+, of 10\)", words_of(app))


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
    assert re.search(r"The mean of its statistical neighbours \(2025\) is \d+% \(median \d+%, of 10\)", text)
    assert "earlier judgements are not held" in text
    assert "x (not available)" in text and first > 2016


def test_a_grade_is_read_as_a_grade(open_page: Open) -> None:
    text = words_of(open_page("trends", indicator="ofsted_grade"))
    assert re.search(r": grade [1-4]\.0 in 2025", text)
    assert "treats the step from each grade to the next as equal" in text


def test_neighbours_that_are_not_held_are_not_offered(
    open_page: Open, without_neighbours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICE_DATABASE", str(without_neighbours))
    app = open_page("trends", set="near2025")
    assert "cannot be shown with these figures" in app.warning[0].value
    assert app.selectbox(key="set").value == "region"
    assert "neighbours" not in words_of(app).lower().replace(app.warning[0].value.lower(), "")


MANY = "cla_rate,rereferral_pct,cin_rate,cpp_repeat_pct,sw_caseload,sw_turnover_pct,cpp_started_rate,referral_rate"


def test_eight_further_indicators_are_small_charts_whose_files_wait_until_they_are_asked_for(open_page: Open) -> None:
    app = open_page("trends", more=MANY)
    assert not app.warning and not app.exception
    assert len(app.get("vega_lite_chart")) == 9
    assert len(app.get("download_button")) == 4
    assert app.query_params["more"] == MANY
    app.session_state["trend_cla_rate_more"] = True
    app.run()
    assert len(app.get("download_button")) == 8


def test_nine_further_indicators_are_too_many_and_said_to_be(open_page: Open) -> None:
    app = open_page("trends", more=f"{MANY},cpp_2y_pct")
    assert "Add indicators" in app.warning[0].value
    assert len(app.get("vega_lite_chart")) == 1


def test_a_chart_of_each_kind_says_in_words_what_it_shows(open_page: Open) -> None:
    app = open_page("trends", more="sw_caseload", averages="yes")
    told = [chart.proto.alt for chart in app.get("vega_lite_chart")]
    assert len(told) == 2
    for words in told:
        assert words.startswith("Line chart of ") and "averages of three years" in words
        assert "Illustrative" in words


def test_intervals_are_a_choice(open_page: Open) -> None:
    assert "95% interval " in words_of(open_page("trends"))
    without = open_page("trends", intervals="no")
    assert "(95% interval" not in words_of(without)
    assert "Higher than" not in words_of(without) and "Similar to" not in words_of(without)


def test_averages_of_three_years_are_a_choice(open_page: Open) -> None:
    text = words_of(open_page("trends", averages="yes"))
    assert "on average over the three years to 2025" in text
    assert "worked out from three years’ counts" in text.replace("\\", "")


@pytest.mark.parametrize("key", ["near2021", "region", "others", "type:county"])
def test_every_kind_of_set_stands_beside(open_page: Open, illustrative: Path, key: str) -> None:
    offered = open_page("trends").selectbox(key="set").options
    app = open_page("trends", set=key)
    if key.startswith("type:") and "Counties" not in offered:
        assert "Beside" in app.warning[0].value
        return
    assert not app.warning and not app.exception
    assert app.query_params["set"] == key
    assert re.search(r"(Similar to|(Higher|Lower) than) the mean of ", words_of(app))


def test_a_set_a_region_or_an_own_set_that_there_is_not_falls_back_and_says_so(open_page: Open) -> None:
    for key in ("planet", "region:E99", "own:Coast"):
        app = open_page("trends", set=key)
        assert key.replace(":", "\\:") in app.warning[0].value
        assert app.selectbox(key="set").value == "near2025"


def own_link(illustrative: Path, count: int) -> tuple[str, list[str]]:
    rows = authorities(illustrative)[:count]
    return ".".join(["Coast", *(code for code, _ in rows)]), [name for _, name in rows]


def test_an_own_set_of_the_link_stands_beside_and_stays_in_it(open_page: Open, illustrative: Path) -> None:
    text, _ = own_link(illustrative, 6)
    app = open_page("trends", la=authorities(illustrative)[7][0], sets=text, set="own:Coast")
    assert not app.warning
    assert "of the set “Coast”" in words_of(app)
    assert app.query_params["sets"].startswith("Coast.")
    app.switch_page("pages/data.py").run()
    app.switch_page("pages/trends.py").run()
    assert app.selectbox(key="set").value == "own:Coast"


def test_an_own_set_of_the_authority_alone_says_that_nothing_is_beside(open_page: Open, illustrative: Path) -> None:
    text, (name,) = own_link(illustrative, 1)
    app = open_page("trends", la=name, sets=text, set="own:Coast")
    assert not app.exception
    assert f"nothing can be set beside {name}" in words_of(app).replace("\\", "")


def test_an_own_set_of_one_and_of_all_both_work(open_page: Open, illustrative: Path) -> None:
    rows = authorities(illustrative)
    one = open_page("trends", la=rows[3][0], sets=f"One.{rows[0][0]}", set="own:One")
    assert "of one authority alone" in words_of(one)
    everybody = ".".join(["All", *(code for code, _ in rows)])
    app = open_page("trends", la=rows[3][0], sets=everybody, set="own:All")
    assert not app.warning
    assert re.search(rf"median [\d.]+, of {len(rows) - 1}\)", words_of(app))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("Coast.999999", "names no authority", id="nobody known"),
        pytest.param("Coast", "names no authority", id="a set of 0"),
        pytest.param(".301", "needs a name", id="no name"),
        pytest.param("<b>x</b>.999", "names no authority", id="markup"),
    ],
)
def test_a_bad_own_set_is_said_once(open_page: Open, text: str, said: str) -> None:
    app = open_page("trends", sets=text)
    told = " ".join(w.value for w in app.warning)
    assert said in told
    assert not app.exception and "<b>" not in told
    assert not app.run().warning
    assert "sets" not in app.query_params


def editor(app: AppTest) -> AppTest:
    app.session_state["own_sets_editor"] = True
    return app.run()


def test_own_sets_are_made_renamed_and_removed(open_page: Open, illustrative: Path) -> None:
    rows = authorities(illustrative)
    app = editor(open_page("trends", la=rows[7][0]))
    app.text_input(key="own_set_name").input("Coast & castles")
    app.multiselect(key="own_set_authorities").set_value([rows[0][0], rows[1][0]])
    app.button(key="own_set_save").click().run()
    assert "is kept, and chosen" in app.success[0].value
    assert app.selectbox(key="set").value == "own:Coast & castles"
    assert app.query_params["sets"].startswith("Coast & castles.")
    app.text_input(key="own_set_name").input("Coast").run()
    app.multiselect(key="own_set_authorities").set_value([code for code, _ in rows[:6]])
    app.button(key="own_set_save").click().run()
    assert app.selectbox(key="set").value == "own:Coast"
    assert app.query_params["sets"].count(".") == 6
    app.button(key="own_set_remove").click().run()
    assert app.selectbox(key="set").value == "near2025"
    assert "sets" not in app.query_params
    assert not app.warning and not app.exception


@pytest.mark.parametrize(
    ("name", "members", "said"),
    [
        pytest.param("", 1, "needs a name", id="no name"),
        pytest.param("a.b", 1, "full stop", id="a sign that the address needs"),
        pytest.param("x" * 41, 1, "longer than 40", id="too long"),
        pytest.param("Coast", 0, "Choose at least one", id="nobody"),
        pytest.param("taken", 1, "already a set", id="taken"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_changes(
    open_page: Open, illustrative: Path, name: str, members: int, said: str
) -> None:
    rows = authorities(illustrative)
    app = editor(open_page("trends", sets=f"Taken.{rows[0][0]}"))
    before = app.query_params["sets"]
    app.text_input(key="own_set_name").input(name)
    app.multiselect(key="own_set_authorities").set_value([code for code, _ in rows[:members]])
    app.button(key="own_set_save").click().run()
    assert said in app.error[0].value.replace("\\", "")
    assert app.query_params["sets"] == before


def test_a_set_is_opened_to_be_changed_and_a_seventh_is_refused(open_page: Open, illustrative: Path) -> None:
    rows = authorities(illustrative)
    app = editor(open_page("trends", sets="~".join(f"Set {n}.{rows[n][0]}" for n in range(6))))
    app.selectbox(key="own_set").select("Set 2").run()
    assert app.text_input(key="own_set_name").value == "Set 2"
    assert app.multiselect(key="own_set_authorities").value == [rows[2][0]]
    app.selectbox(key="own_set").select("").run()
    app.text_input(key="own_set_name").input("Set 7")
    app.multiselect(key="own_set_authorities").set_value([rows[0][0]])
    app.button(key="own_set_save").click().run()
    assert "6 own sets are kept already" in app.error[0].value


def test_words_are_explained_for_a_member(open_page: Open) -> None:
    text = words_of(open_page("trends"))
    for word in (
        "95% interval of a figure",
        "Clear trend over five years",
        "Mean and median",
        "Average of three years",
    ):
        assert f"<dt>{word}</dt>" in text
