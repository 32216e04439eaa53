"""Data: what is loaded, what is missing, what was refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest
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
from tests.pages.conftest import APP, words_of

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


def test_the_only_build_has_nothing_to_be_compared_with(open_page: Open) -> None:
    assert "Only one build is kept here" in words_of(open_page("data"))


@pytest.fixture
def two_builds(illustrative: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The illustrative warehouse after one that lacks 2025 and gives one authority another rate; the older one's file."""
    current = illustrative / (illustrative / "CURRENT").read_text().strip()
    for number in (1, 2):
        shutil.copyfile(current, tmp_path / f"practice-{number}.duckdb")
    (tmp_path / "CURRENT").write_text("practice-2.duckdb", encoding="utf-8")
    older = tmp_path / "practice-1.duckdb"
    with duckdb.connect(str(older)) as warehouse:
        warehouse.execute("delete from observation where year = 2025 and indicator = 'cpp_rate'")
        first = "(select min(area_code) from observation where indicator = 'cla_rate' and year = 2024 and value is not null)"
        changed = "indicator = 'cla_rate' and year = 2024"
        warehouse.execute(f"update observation set value = value + 1 where {changed} and area_code = {first}")
    monkeypatch.setenv("PRACTICE_DATABASE", str(tmp_path))
    return older


def test_what_changed_is_said_before_it_is_listed(two_builds: Path) -> None:
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    app.switch_page("pages/data.py").run()
    text = words_of(app).replace("\\", "")
    assert "Illustrative: Since the build of" in text
    assert "1 figure was revised in 1 indicator; " in text
    assert "(the year 2025 for the first time in 1)" in text and "no figures were withdrawn" in text
    assert "The largest revisions" in text
    assert "−1.0" in text
    app.checkbox(key="only").check().run()
    assert not app.exception
    chosen = app.selectbox(key="la")
    name = chosen.options[chosen.index]
    assert f", in {name}: " in words_of(app).replace("\\", "")


def test_an_older_file_of_another_schema_is_said_to_be_one(two_builds: Path) -> None:
    with duckdb.connect(str(two_builds)) as warehouse:
        warehouse.execute("update meta set value = '1' where key = 'schema_version'")
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    app.switch_page("pages/data.py").run()
    assert not app.exception
    assert any("built for schema 1" in w.value.replace("\\", "") for w in app.warning)
