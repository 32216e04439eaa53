"""Impact: a path that opens step by step, and a result that is hidden until it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import words_of

GRADES = ("Outstanding", "Good", "Requires improvement to be good", "Inadequate", "not held")
Open = Callable[..., AppTest]


def headings(app: AppTest) -> list[str]:
    return [h.value for h in app.header]


def result_of(app: AppTest) -> AppTest:
    for key in ("to_2", "to_3", "ask"):
        app.button(key=key).click().run()
        assert not app.exception
    return app


def test_steps_open_one_by_one_and_the_result_last(open_page: Open) -> None:
    app = open_page("impact", model="MODEL_A")
    assert headings(app) == ["1 Question"]
    app.button(key="to_2").click().run()
    assert headings(app) == ["1 Question", "2 Comparators"]
    app.button(key="to_3").click().run()
    assert headings(app)[-1] == "3 What could be seen"
    assert 'class="verdict' not in words_of(app)
    app.button(key="ask").click().run()
    assert headings(app)[3:] == ["4 Result", "5 Checks", "6 Grid", "7 Take away"]
    assert 'class="verdict' in words_of(app)
    assert len(app.get("vega_lite_chart")) == 2


def test_the_grid_asks_in_every_way_and_says_how_the_answers_lie(open_page: Open) -> None:
    address = dict(result_of(open_page("impact", model="MODEL_A")).query_params)
    app = open_page("impact", **address | {"vary": "weights,pandemic"})
    assert app.checkbox(key="grid").label == "Ask in all 4 ways"
    app.checkbox(key="grid").check().run()
    assert not app.exception
    assert "4 specifications give changes between" in words_of(app)
    assert len(app.get("vega_lite_chart")) == 3


def test_every_test_stands_side_by_side_and_the_first_decides(open_page: Open) -> None:
    app = result_of(open_page("impact", model="MODEL_A", estimator="two_way"))
    text = words_of(app)
    assert "Clustered standard error, CR2 with Bell-McCaffrey (decides)" in text
    assert "Wild cluster bootstrap" in text and "Placebo adopters of similar size" in text


@pytest.mark.parametrize(
    "choices",
    [
        {"estimator": "callaway_santanna", "comparison": "not_yet"},
        {"estimator": "synthetic_control", "draws": "999"},
        {"estimator": "imputation", "base": "donut", "average": "authorities"},
        {"estimator": "imputation", "year_effects": "region"},
        {"estimator": "two_by_two", "pool": "matched", "matches": "3"},
        {"estimator": "sun_abraham", "draws": "999"},
        {"pool": "statistical_neighbours", "complete": "yes", "lag_first": "1", "lag_last": "3"},
    ],
)
def test_every_choice_of_estimator_and_pool_gives_a_verdict(open_page: Open, choices: dict[str, str]) -> None:
    app = result_of(open_page("impact", model="MODEL_A", **choices))
    text = words_of(app)
    assert 'class="verdict' in text and not re.search(r"\bnan\b", text.lower())
    for key, value in choices.items():
        assert app.query_params[key] == value


def test_the_figures_behind_a_check_can_be_seen(open_page: Open) -> None:
    app = result_of(open_page("impact", model="MODEL_A"))
    app.selectbox(key="check").select("Leaving out one adopter").run()
    assert not app.exception
    assert "Left out" in words_of(app)


def test_what_could_be_seen_comes_before_the_estimate(open_page: Open) -> None:
    text = words_of(open_page("impact", model="MODEL_A", step="3"))
    assert "would be seen four times in five" in text
    assert "Estimated change" not in text


def test_a_changed_choice_hides_the_result_again(open_page: Open) -> None:
    app = result_of(open_page("impact", model="MODEL_A"))
    shown = app.query_params["result"]
    app.selectbox(key="pool").select("region").run()
    assert "4 Result" not in headings(app)
    assert "result" not in app.query_params
    app.button(key="ask").click().run()
    assert app.query_params["result"] != shown


def test_a_link_to_a_result_shows_it(open_page: Open) -> None:
    address = dict(result_of(open_page("impact", model="MODEL_B", outcomes="cpp_rate,cla_rate")).query_params)
    again = open_page("impact", **address)
    assert "4 Result" in headings(again)
    assert dict(again.query_params) == address


def test_every_choice_is_in_the_link(open_page: Open) -> None:
    asked = {
        "model": "MODEL_A",
        "outcomes": "cla_rate,cpp_rate",
        "roles": "primary,alongside",
        "exposure": "majority",
        "transition": "keep",
        "pool": "region",
        "other": "keep",
        "window": "2013-2024",
        "without": "2020,2021",
        "estimator": "two_way",
        "weights": "children",
        "inference": "permutation",
        "draws": "499",
        "seed": "7",
        "level": "0.9",
        "family": "holm",
        "smallest": "6.5",
        "step": "3",
    }
    app = open_page("impact", **asked)
    assert not app.exception
    assert not app.warning
    held = dict(app.query_params)
    assert {key: held[key] for key in asked} == asked


def test_unknown_choices_fall_back_and_say_so(open_page: Open) -> None:
    app = open_page("impact", model="SOSS", outcomes="cpp_rat", estimator="magic", draws="many", step="9")
    said = " ".join(w.value for w in app.warning)
    for asked in ("SOSS", "cpp", "magic", "many", "9"):
        assert asked in said
    assert not app.exception


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        pytest.param({"window": "2024-2025"}, "Widen the window", id="no year before adoption"),
        pytest.param({"pool": "listed", "step": "3"}, "Name at least one authority", id="nobody named"),
    ],
)
def test_what_cannot_be_estimated_is_a_sentence_with_what_to_change(
    open_page: Open, choices: dict, sentence: str
) -> None:
    app = open_page("impact", model="MODEL_A", **{"step": "3", **choices})
    assert not app.exception
    said = app.error[0].value.replace("\\", "")
    assert sentence in said and "cpp_rate" not in said
    # Every choice stays on the page, so that it can be changed.
    for key in ("model", "pool", "estimator"):
        assert app.selectbox(key=key)
    assert app.slider(key="window")


def test_several_outcomes_are_one_table_and_one_in_depth(open_page: Open) -> None:
    app = result_of(open_page("impact", model="MODEL_A", outcomes="cpp_rate,cla_rate"))
    assert "p adjusted" in words_of(app)
    app.selectbox(key="shown").select("cla_rate").run()
    assert app.query_params["shown"] == "cla_rate"
    assert "4 Result" in headings(app)


def test_no_figure_is_shown_as_nan_and_no_cause_is_claimed(open_page: Open) -> None:
    text = words_of(result_of(open_page("impact", model="MODEL_D"))).lower()
    assert not re.search(r"\bnan\b", text.lower())
    assert "because of" not in text
    assert "caused" not in text


def test_the_verdict_and_sentences_are_marked(open_page: Open) -> None:
    app = result_of(open_page("impact", model="MODEL_A"))
    verdict = next(h.value for h in app.html if 'class="verdict' in h.value)
    assert "Illustrative:" in verdict
    assert any(m.value.startswith("Illustrative: Estimated change") for m in app.markdown)


def test_nobody_to_compare_can_be_put_right(open_page: Open) -> None:
    app = open_page("impact", model="MODEL_A", pool="listed", step="2")
    assert "Name at least one authority" in app.error[0].value
    code = app.multiselect(key="named").options[0]
    app.multiselect(key="named").select(code).run()
    assert not app.exception
    assert not [e for e in app.error if "Name at least" in e.value]


def test_no_outcome_is_not_a_choice(open_page: Open) -> None:
    app = open_page("impact", model="MODEL_A")
    app.multiselect(key="outcomes").set_value([]).run()
    assert not app.exception
    assert app.multiselect(key="outcomes").value == ["cpp_rate"]
    assert "Outcomes" in app.warning[0].value


def test_statistical_neighbours_can_be_compared_with(open_page: Open) -> None:
    asked = {"pool": "statistical_neighbours", "neighbours": "2025", "close": "very close"}
    app = open_page("impact", model="MODEL_A", step="2", **asked)
    assert not app.exception
    assert not app.warning
    assert {key: app.query_params[key] for key in asked} == asked
    assert "Every statistical neighbour of the adopters, and how close" in [e.label for e in app.expander]


def test_a_floor_that_was_widened_is_a_warning_above_the_answer(open_page: Open) -> None:
    app = open_page("impact", model="MODEL_A", step="2", pool="statistical_neighbours", close="extremely close")
    assert "were taken in too" in app.warning[0].value
    shown = [element.value for element in app.main if element.type in ("warning", "html")]
    assert shown.index(app.warning[0].value) < next(n for n, words in enumerate(shown) if "comparator" in words)
    assert "were taken in too" in result_of_step_2(app).warning[1].value


def result_of_step_2(app: AppTest) -> AppTest:
    for key in ("to_3", "ask"):
        app.button(key=key).click().run()
    return app


def test_adopters_stand_beside_the_judgement_in_force_when_they_began(open_page: Open) -> None:
    text = words_of(open_page("impact", model="MODEL_B"))
    table = text[text.index('aria-label="Adopters"') :].split("</table>")[0]
    assert "Ofsted’s judgement then" in table
    judged = [grade for row in table.split("<tr>")[2:] for grade in GRADES if f">{grade}<" in row]
    assert len(judged) == 9
    assert set(judged) <= {"Requires improvement to be good", "Inadequate"}, "bought after a bad year"


def test_ofsteds_judgement_is_an_outcome_in_percentage_points_without_a_model_of_counts(open_page: Open) -> None:
    app = result_of(open_page("impact", model="MODEL_C", outcomes="ofsted_good_pct"))
    text = words_of(app)
    assert re.search(
        "10 years; the mean of the adopters’ figures before each one’s own start, 2016 to [0-9]{4}: 69%. The interval reaches "
        "beyond what a percentage can change",
        text,
    )
    assert "percentage points" in text
    counted = re.search(r'<th scope="row"[^>]*>Model of counts', text)
    assert not counted, "one judgement is no number of children"


def test_adopters_without_a_good_judgement_before_have_no_share_that_would_matter(open_page: Open) -> None:
    text = words_of(result_of(open_page("impact", model="MODEL_B", outcomes="ofsted_good_pct")))
    assert re.search("before each one’s own start, [0-9]{4} to [0-9]{4}: 0%", text)
    assert "How small a change would matter has not been said" in text


def test_a_window_before_judgements_are_held_says_for_which_years_they_are(open_page: Open) -> None:
    app = open_page("impact", model="MODEL_A", outcomes="ofsted_good_pct", window="2013-2016", step="3")
    assert not app.exception
    said = app.error[0].value.replace("\\", "")
    assert said.startswith("Judged good or outstanding by Ofsted: no adopter") and "held for 2016 to 2016 only" in said


def test_neighbours_that_are_not_held_are_not_offered_and_a_link_to_them_says_so(
    open_page: Open, without_neighbours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICE_DATABASE", str(without_neighbours))
    app = open_page("impact", model="MODEL_A", step="2", pool="statistical_neighbours", neighbours="2025")
    assert not app.exception
    assert "cannot be shown with these figures" in app.warning[0].value
    assert app.selectbox(key="pool").value == "never_adopters"
    assert "Statistical neighbours" not in app.selectbox(key="pool").options
