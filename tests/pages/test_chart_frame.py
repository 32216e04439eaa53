"""How a chart stands on a page: fitted to it, or of its own width in a frame that scrolls; with table and files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest


def _map_page(own_width: bool) -> None:
    import dataclasses

    import pandas as pd

    from analytics.charts.tile_map import tile_picture
    from analytics.trends import Measure
    from pages.parts.chart_frame import show_picture
    from pages.parts.entrance import run_by_app

    tiles = pd.DataFrame(
        {"area_code": ["A", "B"], "short": ["ASH", "BEE"], "name": ["Ash", "Bee"], "region": "R"}
        | {"col": [0, 1], "row": [0, 0]}
    )
    figures = pd.DataFrame({"area_code": ["A"], "value": [1.5], "status": ["ok"]})
    measure = Measure("x", "Plans", "%", 1)
    made = tile_picture(tiles, figures, measure=measure, year=2025, source="DfE.", illustrative=False)
    if not own_width:
        made = dataclasses.replace(made, spec={k: v for k, v in made.spec.items() if k != "width"})
    with run_by_app():
        show_picture(made, "map")


@pytest.mark.parametrize(("own_width", "frames"), [(True, 1), (False, 0)])
def test_a_chart_of_its_own_width_has_a_frame_that_scrolls(
    own_width: bool, frames: int, illustrative: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICE_DATABASE", str(illustrative))  # whose edition a file is cited by
    app = AppTest.from_function(_map_page, kwargs={"own_width": own_width}).run()
    assert not app.exception
    (chart,) = app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart")
    assert ("width" in json.loads(chart.proto.spec)) is own_width
    ids = [block.proto.id for block in _blocks(app.main) if block.proto and block.proto.id]
    assert sum("map_wide" in each for each in ids) == frames
    words = ["Download CSV", "Download XLSX", "Download PNG", "Download SVG"]
    assert [button.label for button in app.get("download_button")] == words


def _blocks(block):
    """Every container of a page."""
    for child in block.children.values():
        if hasattr(child, "children"):
            yield child
            yield from _blocks(child)
