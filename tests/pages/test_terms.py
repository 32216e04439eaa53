"""Words beside every step: plain at first, with formulae once asked for, in every step and in the link."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from analytics.terms import STEPS, Term, terms_of
from pages.parts.terms import terms_html


def _page() -> None:
    from pages.parts.address import Address
    from pages.parts.terms import settle_depth, show_terms

    address = Address()
    settle_depth(address)
    address.write()
    show_terms("question")
    show_terms("result")


def test_members_see_plain_words_alone() -> None:
    app = AppTest.from_function(_page).run()
    assert not app.exception
    assert [e.label for e in app.expander] == ["Words used here", "Words used here"]
    question, result = (h.value for h in app.html)
    assert terms_of("question")[0].member in question and "<dt>Verdict" in result
    assert "For researchers" not in question + result
    assert not app.caption
    assert app.query_params["depth"] == "member"


def test_the_depth_is_chosen_once_for_every_step_and_stays_in_the_link() -> None:
    app = AppTest.from_function(_page).run()
    app.checkbox(key="depth_result").check().run()
    assert [box.value for box in app.checkbox] == [True, True]
    assert all("For researchers" in h.value for h in app.html)
    assert app.query_params["depth"] == "researcher"
    app.checkbox(key="depth_question").uncheck().run()
    assert [box.value for box in app.checkbox] == [False, False]
    assert not any("For researchers" in h.value for h in app.html)


def test_a_link_brings_its_depth() -> None:
    app = AppTest.from_function(_page)
    app.query_params["depth"] = "researcher"
    app.run()
    assert all(box.value for box in app.checkbox)
    assert "U\\: comparators" in app.caption[0].value


def test_a_depth_that_there_is_not_falls_back_and_says_so() -> None:
    app = AppTest.from_function(_page)
    app.query_params["depth"] = "minister"
    app.run()
    assert "minister" in app.warning[0].value
    assert not any(box.value for box in app.checkbox)


def test_every_text_is_escaped_and_a_doi_is_a_link() -> None:
    work = "A & B (2000), On <em>, C. doi:10.1016/S0304-4076(98)00033-5"
    html = terms_html((Term("x", "A <b>", ("grid",), "If 1 < 2.", "b < c", (work, "Plain (1999), Book")),), deep=True)
    assert "<b>" not in html.replace("<b>For researchers:</b>", "") and "<em>" not in html
    assert "<dt>A &lt;b&gt;</dt><dd>If 1 &lt; 2.</dd>" in html
    assert 'href="https://doi.org/10.1016/S0304-4076(98)00033-5"' in html
    assert "<li>Plain (1999), Book</li>" in html


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_one_list_with_a_term_and_its_words_in_each_part(step: str) -> None:
    html = terms_html(terms_of(step), deep=True)
    count = len(terms_of(step))
    assert html.startswith('<dl class="terms">') and html.endswith("</dl>")
    assert html.count("<div><dt>") == html.count('<dd class="researcher">') == count
