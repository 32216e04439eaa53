"""Data: what is loaded, what is missing, what was refused."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from streamlit.testing.v1 import AppTest

from analytics.warehouse import open_warehouse
from pages.parts.source_note import (
    disagreement_sentence,
    extract_sentence,
    file_notes,
    shown_disagreements,
    shown_next_due,
    shown_rejected,
)
from tests.pages.conftest import words_of

Open = Callable[..., AppTest]


def test_every_file_is_listed_with_what_became_of_its_cells(open_page: Open, illustrative) -> None:
    text = words_of(open_page("data"))
    for row in open_warehouse(illustrative).ask("extracts").itertuples():
        assert row.file in text
        assert f"{row.cells_read:,}" in text


def test_the_map_can_show_every_indicator(open_page: Open) -> None:
    few = open_page("data").get("vega_lite_chart")[0].proto.spec
    app = open_page("data", all="yes")
    assert app.checkbox(key="all").value is True
    assert app.get("vega_lite_chart")[0].proto.spec != few


def test_totals_in_a_sentence() -> None:
    totals = pd.Series({"files": 1, "read": 1200, "kept": 1000, "out_of_scope": 150, "rejected": 50})
    assert (
        extract_sentence(totals) == "1 file read: 1,200 cells, of which 1,000 kept, 150 out of scope and 50 rejected."
    )


def test_rejected_cells_show_line_column_value_and_reason() -> None:
    rejected = pd.DataFrame(
        {
            "extract": ["x"],
            "file": [None],
            "line": [12.0],
            "column": ["rate"],
            "value": ["=1+1"],
            "reason": ["not a number"],
            "cells": [1],
        }
    )
    assert shown_rejected(rejected).iloc[0].tolist() == ["x", "12", "rate", "=1+1", "not a number", "1"]


def test_what_a_file_says_cannot_become_markdown() -> None:
    noted = pd.DataFrame({"file": ["a_b_c.csv"], "note": ["![x](http://evil.test)"]})
    assert "![" not in file_notes(noted)[0]


def test_figures_that_two_sources_give_differently_are_counted_and_listed() -> None:
    rows = pd.DataFrame(
        {
            "name": ["Northshire"],
            "year": [2024],
            "label": ["Plans"],
            "decimals": [1],
            "value": [31.47],
            "status": ["ok"],
            "file": ["a.csv"],
            "extract": ["a"],
            "other_value": [float("nan")],
            "other_status": ["suppressed"],
            "other_file": [None],
            "other_extract": ["b"],
        }
    )
    assert disagreement_sentence(rows).startswith("1 figure is given differently by two sources")
    assert shown_disagreements(rows).iloc[0].tolist() == [
        "Northshire",
        "2024",
        "Plans",
        "31.5",
        "a.csv",
        "c (suppressed to protect children's identity)",
        "b",
    ]
    assert disagreement_sentence(rows[:0]).startswith("No two sources")


def test_when_new_figures_are_due_or_not_known() -> None:
    due = pd.DataFrame(
        {
            "source": ["lait", "children_in_need", "ofsted"],
            "newest_year": [2026, 2025, None],
            "released": ["April 2026", "2025-11-20", None],
            "first_day": pd.to_datetime(["2026-02-01", None, None]),
            "last_day": pd.to_datetime(["2027-10-01", None, None]),
            "announced": ["", "2026-10", ""],
        }
    )
    shown = shown_next_due(due)
    assert shown["Released"].tolist() == ["April 2026", "20 November 2025", ""]
    assert shown["New figures are due"].tolist() == [
        "1 February 2026 to 1 October 2027, by measure",
        "October 2026",
        "not known",
    ]
