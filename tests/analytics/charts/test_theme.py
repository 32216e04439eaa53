"""Every pair of colours that a reader must tell apart, by its contrast ratio (WCAG 2.2: text 4.5, marks 3)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from analytics.charts import theme

ROOT = Path(__file__).parents[3]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        pytest.param("#000000", "#FFFFFF", 21.0, id="the widest there is"),
        pytest.param("#777777", "#FFFFFF", 4.48, id="the grey that just fails as text"),
    ],
)
def test_contrast_as_wcag_defines_it(one: str, other: str, ratio: float) -> None:
    assert theme.contrast(one, other) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("colour", [*theme.LABEL.values(), theme.INK, theme.MUTED], ids=[*theme.LABEL, "ink", "muted"])
def test_text_reads_on_paper(colour: str) -> None:
    assert theme.contrast(colour, theme.PAPER) >= 4.5


@pytest.mark.parametrize("part", theme.LINE)
def test_lines_stand_out_from_paper_and_band(part: str) -> None:
    assert theme.contrast(theme.LINE[part][0], theme.PAPER) >= 3
    assert theme.LABEL[part]  # every line is named, whatever its colour


def test_no_two_lines_differ_by_colour_alone() -> None:
    dashes = [dash for _, dash, _ in theme.LINE.values()]
    assert len(set(dashes)) == len(dashes)


def test_percentages_read_on_every_shade_of_the_coverage_map() -> None:
    light, dark = ([int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in theme.COVERAGE)
    for percent in range(101):
        share = percent / 100
        shade = "#" + "".join(f"{round(a + share * (b - a)):02X}" for a, b in zip(light, dark, strict=True))
        text = theme.PAPER if share > theme.DARK_FROM else theme.BLACK
        assert theme.contrast(text, shade) >= 4.5, (share, shade)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("textColor", "backgroundColor"),
        ("textColor", "secondaryBackgroundColor"),
        ("linkColor", "backgroundColor"),
        ("primaryColor", "backgroundColor"),
    ],
)
def test_page_theme_reads(text: str, ground: str) -> None:
    assert theme.contrast(CONFIG["theme"][text], CONFIG["theme"][ground]) >= 4.5


def test_one_light_theme_that_no_browser_can_change() -> None:
    assert CONFIG["theme"]["base"] == "light"
    assert not {"light", "dark"} & set(CONFIG["theme"])
