"""Many at once and the Power planner: the answer, the tables, the links, and what could not be judged."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import words_of

Open = Callable[..., AppTest]


@pytest.mark.parametrize("view", ["outcomes", "models"])
def test_many_results_are_counted_drawn_and_linked(open_page: Open, view: str) -> None:
    app = open_page("many", view=view, model="MODEL_A")
    assert not app.exception
    text = words_of(app)
    assert "after allowing for so many looks" in text and "Illustrative: Of " in text
    assert '<img alt="Mean gap before' in text
    assert 'href="impact?model=' in text
    assert "specification" in text  # how many have been run is said: every look counts
    assert app.query_params["view"] == view


def test_a_link_leads_to_the_same_question(open_page: Open) -> None:
    app = open_page("many", model="MODEL_A", pool="region")
    assert "outcomes=cpp_rate&amp;pool=region&amp;window=2013-2025" in words_of(app)


def test_a_link_opens_the_result_that_was_shown(open_page: Open) -> None:
    text = words_of(open_page("many", model="MODEL_A", pool="statistical_neighbours"))
    address = unescape(re.search(r'href="impact\?([^"]*outcomes=cpp_rate[^"]*)"', text)[1])
    app = open_page("impact", **dict(parse_qsl(address)))
    assert not app.exception
    assert "4 Result" in [h.value for h in app.header]


def test_the_planner_says_what_would_be_seen(open_page: Open) -> None:
    app = open_page("planner", indicator="cpp_rate", adopters="10", before="5", after="3")
    assert not app.exception
    assert "With 10 adopters, 5 years before and 3 after, a change of" in words_of(app)
    assert len(app.get("vega_lite_chart")) == 1
    assert app.query_params["size"] == "any"


def test_a_plan_that_the_years_cannot_bear_is_said_in_words(open_page: Open) -> None:
    app = open_page("planner", window="2013-2015")
    assert not app.exception
    said = app.error[0].value.replace("\\", "")
    assert (
        said.startswith("Children on child protection plans at 31 March: too few authorities")
        and "Widen the window" in said
    )


def test_ofsteds_judgement_is_one_of_the_outcomes(open_page: Open) -> None:
    app = open_page("many", model="MODEL_C")
    assert not app.exception and not app.error
    text = words_of(app)
    table = text[text.index('aria-label="Inspection"') :].split("</table>")[0]
    assert ">Judged good or outstanding by Ofsted</a>" in table
    assert "7 adopters, percentage points" in table
    assert ">nan" not in table.lower()


def test_ofsteds_judgement_over_every_model(open_page: Open) -> None:
    app = open_page("many", view="models", indicator="ofsted_good_pct")
    assert not app.exception and not app.error
    text = words_of(app)
    assert 'aria-label="Judged good or outstanding by Ofsted"' in text
    assert ">nan" not in text.lower()


def test_a_plan_for_ofsteds_judgement_is_in_percentage_points(open_page: Open) -> None:
    text = words_of(open_page("planner", indicator="ofsted_good_pct", adopters="10", before="3", after="3"))
    assert "With 10 adopters, 3 years before and 3 after, a change of" in text
    assert "percentage points" in text
