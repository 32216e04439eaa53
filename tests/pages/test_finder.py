"""Finding an indicator or an authority beside the list it is chosen from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.finding import Findings
from analytics.warehouse import open_warehouse
from pages.parts.finder import areas_sentence, found_sentence
from tests.pages.conftest import words_of

Open = Callable[..., AppTest]


def opened(app: AppTest, finder: str, typed: str, **more: str) -> AppTest:
    """A page with a finder open and something typed into it."""
    app.session_state[finder] = True
    app.run()
    app.text_input(key=f"{finder}_typed").set_value(typed)
    for key, value in more.items():
        app.selectbox(key=f"{finder}_{key}").select(value)
    return app.run()


def test_an_indicator_is_found_with_a_slip_and_chosen(open_page: Open) -> None:
    app = opened(open_page("trends"), "find_indicator", "re-referal")
    text = words_of(app)
    assert "looked for “rereferral”" in text
    assert "Referrals · % · 2013 to 2025" in text
    app.button(key="find_indicator_rereferral_pct").click().run()
    assert not app.exception
    assert app.selectbox(key="indicator").value == "rereferral_pct"
    assert app.query_params["indicator"] == "rereferral_pct"
    assert "find_indicator_typed" not in app.session_state or not app.session_state["find_indicator"]


def test_a_theme_narrows_what_is_found(open_page: Open) -> None:
    app = opened(open_page("trends"), "find_indicator", "", theme="Workforce")
    names = [b.key.removeprefix("find_indicator_") for b in app.button if str(b.key).startswith("find_indicator_")]
    assert names and all(name.startswith("sw_") for name in names)


def test_nothing_found_is_said(open_page: Open) -> None:
    assert "No indicator has these words" in words_of(opened(open_page("trends"), "find_indicator", "zzzzzz"))
    assert "No authority is called that" in words_of(opened(open_page("trends"), "find_la", "zzzzzz"))


def test_an_authority_is_found_by_its_code_and_chosen(open_page: Open, illustrative: Path) -> None:
    areas = open_warehouse(illustrative).ask("areas")
    wanted = areas[areas.kind == "authority"].iloc[7]
    app = opened(open_page("trends"), "find_la", wanted.area_code.lower())
    assert "1 authority found" in words_of(app).replace("\\", "")
    app.button(key=f"find_la_{wanted.area_code}").click().run()
    assert app.selectbox(key="la").value == wanted.area_code


@pytest.mark.parametrize("typed", ["=1+1", "<b>x</b>", "![x](http://evil.test)", "x" * 3_000])
def test_what_is_typed_can_do_no_harm(open_page: Open, typed: str) -> None:
    for finder in ("find_indicator", "find_la"):
        app = opened(open_page("trends"), finder, typed)
        assert not app.exception
        assert "![x](" not in words_of(app) and "<b>x" not in words_of(app)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (Findings(("a",), every_word=True, mended={}), "1 indicator found."),
        (Findings(tuple("abcdefghijklmn"), every_word=True, mended={}), "14 indicators found, the nearest 12 below."),
        (
            Findings(("a", "b"), every_word=False, mended={"x": "y"}),
            "No indicator has all of these words; 2 indicators with the most of them. Nothing has “x”: looked for “y”.",
        ),
        (Findings((), every_word=False, mended={}), "No indicator has these words."),
    ],
)
def test_what_was_found_in_a_sentence(found: Findings, sentence: str) -> None:
    assert found_sentence(found) == sentence


def test_authorities_found_in_a_sentence() -> None:
    assert areas_sentence(["a"]) == "1 authority found."
    assert areas_sentence(map(str, range(20))) == "20 authorities found, the first 12 below."
