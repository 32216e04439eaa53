"""Workbooks: numbers as numbers, text never a formula, one header row, and a sheet that says where the figures are from."""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from analytics.provenance import ILLUSTRATIVE, Provenance
from analytics.report.workbook import coverage_words, notes_of, workbook_bytes

GIVEN = Provenance(
    program="Practice Compared, version abc",
    figures="Published figures (practice-1.duckdb)",
    link="http://localhost/trends?la=E1&indicator=x",
    licence="Contains public sector information licensed under the Open Government Licence v3.0.",
    data_as_at="31 March 2025",
    built="2026-01-01T00:00:00Z",
)


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area_code": ["E1", "E2", "E2"],
            "name": ["=1+1", "St. Helens", "http://example.test"],
            "year": [2024.0, 2025.0, 2025.0],
            "value": [31.123456789012345, float("nan"), 40.0],
            "share": [0.25, 0.5, 1e-12],
            "status": ["ok", "suppressed", "ok"],
            "on": [True, False, True],
            "day": pd.to_datetime(["2025-03-31", None, "2024-03-31"]),
            "code": ["001", "-2.5", "1e5"],
        }
    )


def made(frame: pd.DataFrame, **given: object) -> bytes:
    notes = notes_of(
        frame, GIVEN, title="Plans?", source="Source: X.", unit="%", illustrative=bool(given.get("illustrative"))
    )
    return workbook_bytes(frame, notes, **{"illustrative": False, "built": GIVEN.built} | given)


def sheet(content: bytes, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read(name).decode()


def test_numbers_are_numbers_at_full_precision_and_what_is_missing_is_empty(frame: pd.DataFrame) -> None:
    head, first, second, third = sheet(made(frame, decimals=1), "Figures")
    assert head == list(frame.columns)
    assert first[2:5] == [2024, pytest.approx(31.123456789012345, abs=1e-14), 0.25]  # the format holds 16 digits
    assert second[3] == "" and second[7] == ""
    assert third[3:5] == [40, 1e-12]
    assert first[6] is True


def test_text_stays_text(frame: pd.DataFrame) -> None:
    content = made(frame)
    rows = sheet(content, "Figures")[1:]
    assert [row[1] for row in rows] == ["=1+1", "St. Helens", "http://example.test"]
    assert [row[8] for row in rows] == ["001", "-2.5", "1e5"]
    figures = part(content, "xl/worksheets/sheet1.xml")
    assert "<f>" not in figures and "hyperlink" not in figures


def test_nothing_is_merged_or_hidden_and_the_heading_stays_in_view(frame: pd.DataFrame) -> None:
    figures = part(made(frame), "xl/worksheets/sheet1.xml")
    assert "mergeCell" not in figures and "hidden" not in figures
    assert re.search(r'<pane ySplit="1"', figures)


def test_figures_are_shown_with_the_decimals_asked_for_and_years_and_shares_as_they_are(frame: pd.DataFrame) -> None:
    content = made(frame, decimals=1)
    assert 'formatCode="0.0"' in part(content, "xl/styles.xml")
    assert 'formatCode="yyyy-mm-dd"' in part(content, "xl/styles.xml")
    figures = part(content, "xl/worksheets/sheet1.xml")
    styled = dict(re.findall(r'<c r="([A-Z]+2)"(?: s="(\d+)")?', figures))
    assert styled["D2"] and styled["H2"]
    assert not styled["C2"] and not styled["E2"]


def test_the_notes_say_what_it_is_where_from_and_the_way_back(frame: pd.DataFrame) -> None:
    notes = dict(sheet(made(frame), "Notes"))
    assert notes["Title"] == "Plans?"
    assert notes["Unit"] == "%"
    assert notes["Source"] == "Source: X."
    assert notes["Coverage"] == "2 areas, 2024 to 2025, 3 rows"
    assert notes["Data as at"] == "31 March 2025"
    assert notes["Cite as"] == "Practice Compared, version abc: Plans. Published figures (practice-1.duckdb)."
    assert notes["Link"] == GIVEN.link
    assert "Open Government Licence" in notes["Licence"]
    assert "status" in notes["Missing figures"]
    assert "Illustrative" not in notes


def test_invented_figures_say_so_in_every_row_in_the_notes_and_in_the_file(frame: pd.DataFrame) -> None:
    content = made(frame, illustrative=True)
    assert {row[-1] for row in sheet(content, "Figures")[1:]} == {ILLUSTRATIVE}
    assert dict(sheet(content, "Notes"))["Illustrative"] == ILLUSTRATIVE
    assert "<cp:keywords>illustrative</cp:keywords>" in part(content, "docProps/core.xml")


def test_the_file_names_itself(frame: pd.DataFrame) -> None:
    core = part(made(frame), "docProps/core.xml")
    assert "<dc:title>Plans?</dc:title>" in core
    assert "<dc:creator>Practice Compared</dc:creator>" in core
    assert "2026-01-01T00:00:00Z" in core


def test_equal_figures_give_equal_bytes(frame: pd.DataFrame) -> None:
    assert made(frame) == made(frame.copy())


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(pd.DataFrame({"name": [], "value": []}), id="no rows"),
        pytest.param(pd.DataFrame({"=x": [None, pd.NA], "value": [float("inf"), -float("inf")]}), id="odd values"),
        pytest.param(pd.DataFrame({"text": ["x" * 40_000, "\x00\x01"]}), id="too long, and no characters at all"),
        pytest.param(pd.DataFrame({"n": pd.array([1, None], dtype="Int64"), "o": [[1, 2], {"a": 1}]}), id="odd kinds"),
    ],
)
def test_odd_frames_make_a_file_that_opens(frame: pd.DataFrame) -> None:
    rows = sheet(made(frame, decimals=2), "Figures")
    assert rows[0] == list(frame.columns)
    assert len(rows) == max(len(frame), 0) + 1


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        pytest.param(
            pd.DataFrame({"area_code": ["a", "a"], "year": [2025, 2025]}), "1 area, 2025, 2 rows", id="one year"
        ),
        pytest.param(pd.DataFrame({"year": [None]}), "1 row", id="no year known"),
        pytest.param(pd.DataFrame({"x": range(1_200)}), "1,200 rows", id="rows alone"),
    ],
)
def test_coverage_in_words(frame: pd.DataFrame, words: str) -> None:
    assert coverage_words(frame) == words


def test_each_row_may_say_its_own_decimals() -> None:
    content = made(
        pd.DataFrame({"value": [1.234, 5.678, 9.1], "decimals": [0.0, 2.0, None], "year": [2024, 2025, 2025]})
    )
    assert [row[0] for row in sheet(content, "Figures")[1:]] == [1.234, 5.678, 9.1]
    styles = dict(re.findall(r'<c r="(A\d)"(?: s="(\d+)")?', part(content, "xl/worksheets/sheet1.xml")))
    assert styles["A2"] != styles["A3"] and styles["A4"] == ""
    assert 'numFmtId="1"' in part(content, "xl/styles.xml") and 'formatCode="0.00"' in part(content, "xl/styles.xml")
