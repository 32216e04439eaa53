"""Many at once: every headline outcome of a model in one table a theme, Ofsted's judgement among them."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import words_of


def test_ofsteds_judgement_is_one_of_the_outcomes(open_page: Callable[..., AppTest]) -> None:
    app = open_page("many", model="MODEL_C")
    assert not app.exception and not app.error
    text = words_of(app)
    table = text[text.index('aria-label="Inspection"') :].split("</table>")[0]
    assert ">Judged good or outstanding by Ofsted</a>" in table
    assert "7 adopters, percentage points" in table
    assert "nan" not in table.lower()


def test_one_outcome_over_every_model_says_who_could_not_be_judged(open_page: Callable[..., AppTest]) -> None:
    app = open_page("many", view="models", indicator="ofsted_good_pct")
    assert not app.exception and not app.error
    text = words_of(app)
    assert 'aria-label="Judged good or outstanding by Ofsted"' in text
    assert "nan" not in text.lower().replace("governance", "")
