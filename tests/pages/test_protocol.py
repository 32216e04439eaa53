"""Protocols on the Impact page: saved before the result, then every result says whether it followed one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from analytics.runs import RECORD
from tests.pages.conftest import words_of

Open = Callable[..., AppTest]
ASKED = {"model": "MODEL_A", "step": "3", "draws": "199"}


@pytest.fixture(autouse=True)
def _nothing_seen_yet(illustrative: Path) -> None:
    """An empty record: what other tests have shown on the same figures was seen, whatever its seed."""
    for file in illustrative.glob(f"{RECORD}*"):
        file.unlink()


def rows(folder: Path, where: str) -> list[tuple]:
    with duckdb.connect(str(folder / RECORD), read_only=True) as connection:
        return connection.execute(f"select kind, pre_specified from run where {where} order by place").fetchall()


def test_a_protocol_saved_first_makes_the_result_pre_specified(open_page: Open, illustrative: Path) -> None:
    app = open_page("impact", **ASKED, seed="101", smallest="6")
    app.button(key="save_protocol").click().run()
    assert not app.exception
    text = words_of(app)
    assert "Protocol saved on" in text and "Keep the hash somewhere else too" in text
    assert any(len(code.value) == 64 for code in app.code)
    assert "save_protocol" not in [b.key for b in app.button], "it is saved once"
    app.button(key="ask").click().run()
    assert not app.exception
    text = words_of(app).replace("\\", "")
    assert "Pre-specified: protocol" in text and "before any result of it was shown" in text
    assert "Exploratory" not in text
    assert rows(illustrative, "specification like '%seed = 101%'") == [("protocol", True), ("run", True)]


def test_without_a_smallest_change_it_is_refused_with_what_would_do(open_page: Open) -> None:
    app = open_page("impact", **ASKED, seed="102")
    app.button(key="save_protocol").click().run()
    assert not app.exception
    said = app.error[0].value.replace("\\", "")
    assert said.startswith(
        "Children on child protection plans at 31 March: the smallest change that would matter is not named"
    )


def test_a_result_without_a_protocol_is_exploratory_and_recorded_once_a_session(
    open_page: Open, illustrative: Path
) -> None:
    app = open_page("impact", **ASKED, seed="103", smallest="6")
    assert not (illustrative / RECORD).exists() or not rows(illustrative, "specification like '%seed = 103%'")
    app.button(key="ask").click().run()
    app.run()
    assert not app.exception
    text = words_of(app).replace("\\", "")
    assert "Exploratory: no protocol of this specification was saved" in text
    assert "been run on these figures" in text
    assert rows(illustrative, "specification like '%seed = 103%'") == [("run", False)]
    app.button(key="save_protocol").click().run()
    assert "had been shown already" in words_of(app)
    assert "results were seen before that" in words_of(app)


def test_a_changed_specification_shows_its_difference(open_page: Open) -> None:
    app = open_page("impact", model="MODEL_C", step="3", draws="199", seed="104", smallest="6")
    app.button(key="save_protocol").click().run()
    app.selectbox(key="pool").select("region").run()
    app.button(key="ask").click().run()
    assert not app.exception
    text = words_of(app)
    assert "Exploratory" in text
    table = text[text.index('aria-label="Differences from the protocol"') :].split("</table>")[0]
    for words in ("Compared with", "All never recorded with it", "Those in the adopters’ regions"):
        assert words in table
    assert "Seed of the draws" not in table


def test_each_of_several_outcomes_has_a_change_of_its_own_that_is_in_the_link(open_page: Open) -> None:
    asked = ASKED | {"outcomes": "cpp_rate,cla_rate", "seed": "105"}
    app = open_page("impact", **asked)
    app.number_input(key="each:cpp_rate").set_value(6.0).run()
    assert app.query_params["each"] == "cpp_rate:6.0"
    app.selectbox(key="protocol_primary").select("cpp_rate").run()
    app.button(key="save_protocol").click().run()
    assert not app.exception
    text = words_of(app)
    table = text[text.index('aria-label="Outcomes of the protocol"') :].split("</table>")[0]
    assert table.index("Primary") < table.index("Secondary")
    assert ">6<" in table and "not named" in table
    again = open_page("impact", **dict(app.query_params))
    assert again.number_input(key="each:cpp_rate").value == 6.0
    assert not again.warning
    assert "Protocol saved on" in words_of(again)
    again.number_input(key="each:cpp_rate").set_value(None).run()
    assert again.query_params["each"] == ""
    assert "Protocol saved on" not in words_of(again), "another specification"


def test_an_emptied_box_names_no_change(open_page: Open) -> None:
    app = open_page("impact", **ASKED, smallest="6")
    app.number_input(key="smallest").set_value(None).run()
    assert app.query_params["smallest"] == ""


@pytest.mark.parametrize("text", ["cpp_rate:many", "cpp_rate", "cpp_rate:-1", "cpp_rate:nan"])
def test_changes_that_mean_nothing_fall_back_and_say_so(open_page: Open, text: str) -> None:
    app = open_page("impact", **ASKED, outcomes="cpp_rate,cla_rate", each=text)
    assert not app.exception
    assert "Smallest change that would matter, by outcome" in app.warning[0].value
    assert app.query_params["each"] == ""


def test_a_record_that_cannot_be_written_stops_no_result(
    open_page: Open, without_neighbours: Path, monkeypatch
) -> None:
    monkeypatch.setenv("PRACTICE_DATABASE", str(without_neighbours))
    (without_neighbours.parent / RECORD).mkdir()
    app = open_page("impact", **ASKED, seed="106", smallest="6")
    app.button(key="ask").click().run()
    assert not app.exception
    assert 'class="verdict' in words_of(app)
    assert "could not be recorded" in words_of(app).replace("\\", "")
    (without_neighbours.parent / RECORD).rmdir()
