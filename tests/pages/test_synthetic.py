"""Synthetic control on the Impact page: drawn where that estimator is chosen, on invented and on published figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.build import build
from tests.pages.conftest import words_of
from tests.pages.test_impact import result_of

Open = Callable[..., AppTest]


def charts(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("vega_lite_chart")]


def test_one_adopter_with_its_synthetic_self_placebos_and_mix(open_page: Open) -> None:
    app = result_of(open_page("impact", model="MODEL_D", estimator="synthetic_control"))
    text = words_of(app).replace("\\", "")
    assert [alt.partition(" of ")[0] for alt in charts(app)] == ["Line chart", "Dot chart", "Line chart", "Line chart"]
    assert "Jackenby" in charts(app)[2] and "placebo authorities had a change" in charts(app)[3]
    for chart in app.get("vega_lite_chart"):
        assert '"Illustrative"' in chart.proto.spec
    assert re.search(
        r"Illustrative: \d+ of 40 placebo authorities had a change at least as far from zero: p 0\.\d+", text
    )
    assert re.search(r"Illustrative: \d+ of 40 placebo authorities had a ratio of the usual gap", text)
    assert "Who makes up the synthetic Jackenby?" in text and "Change without it" in text
    assert re.search(r">\d+ others<", text)
    assert not re.search(r"\bnan\b|\binf\b", text.lower())


def test_several_adopters_are_one_line_over_groups_and_a_row_each(open_page: Open) -> None:
    app = result_of(open_page("impact", model="MODEL_B", estimator="synthetic_control", draws="499"))
    text = words_of(app).replace("\\", "")
    assert "of 499 placebo groups of 9 authorities had a change" in text
    table = text[text.index('aria-label="Each adopter’s mix"') :].split("</table>")[0]
    assert table.count("<tr>") == 10 and "exact\xa0fit" in table and "\xa0of\xa052" in table
    assert not re.search(r"\bnan\b|\binf\b", text.lower())


def test_other_estimators_draw_no_synthetic_self(open_page: Open) -> None:
    app = result_of(open_page("impact", model="MODEL_D"))
    assert len(charts(app)) == 2 and "synthetic Jackenby" not in words_of(app)


@pytest.fixture(scope="module")
def published(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build([extracts / "ees"], tmp_path_factory.mktemp("published")).file


def test_published_figures_are_drawn_and_not_marked(
    published: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICE_DATABASE", str(published))
    app = result_of(open_page("impact", model="FSP", estimator="synthetic_control"))
    text = words_of(app).replace("\\", "")
    assert "Who makes up the synthetic Oxfordshire?" in text
    # The size-matched pool is of 41, the adopter itself among them.
    assert re.search(r"(?<!Illustrative: )\d+ of 40 placebo authorities had a change", text)
    assert "2021 not used" in text, "the year of transition"
    assert "Illustrative" not in "".join(chart.proto.spec for chart in app.get("vega_lite_chart"))
    assert not re.search(r"\bnan\b|\binf\b", text.lower())
