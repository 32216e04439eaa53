"""Our own HTML: everything from outside is escaped, every table can be walked through and scrolled by keyboard."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _table_page() -> None:
    import pandas as pd

    from pages.parts.tables import show_table

    frame = pd.DataFrame({"Name": ["<img src=x>", "B"], "Value": ["1.0", None]})
    show_table(frame, caption="Figures <b>", numbers=("Value",))


def _verdict_page() -> None:
    from types import SimpleNamespace

    from pages.parts.verdict_box import show_verdict

    verdict = SimpleNamespace(word="cannot_tell", heading="Cannot tell", sentence="Too few <authorities>.")
    show_verdict(SimpleNamespace(verdict=verdict))


def test_cells_captions_and_headings_are_escaped() -> None:
    html = AppTest.from_function(_table_page).run().html[0].value
    assert "<img" not in html and "&lt;img src=x&gt;" in html
    assert "<b>" not in html


def test_a_table_heads_its_rows_and_columns_and_can_be_reached_by_keyboard() -> None:
    html = AppTest.from_function(_table_page).run().html[0].value
    assert '<th scope="col"' in html and '<th scope="row"' in html
    assert 'role="region" tabindex="0" aria-label="Figures' in html
    assert "None" not in html and "nan" not in html


def test_a_verdict_always_has_its_word() -> None:
    html = AppTest.from_function(_verdict_page).run().html[0].value
    assert 'class="verdict cannot_tell"' in html
    assert "Cannot tell" in html and "Too few &lt;authorities&gt;." in html
