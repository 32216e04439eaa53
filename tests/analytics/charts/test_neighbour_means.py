"""The dot chart of neighbours' means: its parts, its words, and that it is built once."""

from __future__ import annotations

import json
import re

import pytest

from analytics.charts import theme
from analytics.charts.neighbour_means import means_frame, means_spec, neighbour_means_picture, shown_shifts
from analytics.charts.picture import picture_svg
from analytics.neighbour_shift import GroupMean, Shift
from analytics.trends import Measure

MODELS = {"2021": "2021 list", "2025": "2025 list", "own": "Own model"}


def shift(value=50.0, older=42.0, newer=58.0, low=37.0, high=66.0, label="Children on plans") -> Shift:
    means = {"2021": GroupMean(older, 10, 10), "2025": GroupMean(newer, 9, 10), "own": GroupMean(None, 0, 10)}
    measure = Measure("cpp_rate", label, "per 10,000 children", 1)
    reason = "" if value is not None else "suppressed"
    return Shift(measure, 2025, value, reason, low, high, means, 8.0, "2021", "2025")


def picture(*shifts: Shift, illustrative=False):
    return neighbour_means_picture(
        shifts, "Brent", MODELS, source="Source: X.", sentence="It matters.", stem="brent", illustrative=illustrative
    )


def test_dots_lie_in_standard_deviations_from_the_authority():
    frame = means_frame([shift()], MODELS)
    dots = frame[frame.part == "mean"]
    assert dots[["model", "x"]].values.tolist() == [["2021 list", -1.0], ["2025 list", 1.0]]  # nobody by the own model
    assert frame[frame.part == "link"][["x", "x2"]].values.tolist() == [[-1.0, 1.0]]
    assert frame[frame.part == "interval"][["x", "x2"]].values.tolist() == [[-13 / 8, 2.0]]
    assert frame.words[frame.part == "name"].tolist() == ["Children on plans (changes side, beyond its interval)"]


def test_without_an_interval_no_bar_is_drawn():
    frame = means_frame([shift(low=None, high=None)], MODELS)
    assert "interval" not in set(frame.part)
    assert "beyond rounding" in frame.words[frame.part == "name"].iloc[0]


def test_one_without_a_figure_is_in_the_table_and_not_drawn():
    found = picture(shift(), shift(value=None, low=None, high=None, label="Plans open long"))
    assert (found.frame.part == "name").sum() == 1
    assert found.table.Brent.tolist() == ["50.0 (37.0 to 66.0)", "no figure (suppressed)"]
    assert found.figures.reason.tolist() == ["", "suppressed"]


def test_the_table_says_how_many_each_mean_is_of():
    table = shown_shifts([shift()], "Brent", MODELS)
    assert table["Mean, 2025 list"].tolist() == ["58.0 (9 of 10)"] and table["Mean, Own model"].tolist() == [
        "no figure"
    ]
    assert table["Between the means"].tolist() == ["16.0"]


def test_words_for_those_who_cannot_see_it():
    alt = picture(shift()).alt
    assert alt.startswith(
        "Dot chart with a row for each of 1 indicators. It matters. Those that move most: Children on plans:"
    )
    assert "2021 list 42.0 per 10,000 children (mean of 10)" in alt and "Brent 50.0 per 10,000 children" in alt


def test_nothing_at_all_still_draws():
    assert picture(shift(value=None)).frame.empty
    assert picture_svg(picture(shift(value=None))).startswith(b"<svg")


@pytest.mark.parametrize("illustrative", [True, False])
def test_built_once_marked_and_with_text_that_can_be_read(illustrative):
    names = tuple(MODELS.values())
    spec = means_spec(3, names, illustrative=illustrative)
    assert spec is means_spec(3, names, illustrative=illustrative)
    assert (theme.MARK_WORD in json.dumps(spec)) is illustrative
    sizes = [float(size) for size in re.findall(r'ont[sS]ize": ([\d.]+)', json.dumps(spec))]
    assert len(sizes) > 3 and min(sizes) >= 14
