"""Figures as a workbook: one sheet of figures, numbers as numbers, and one of notes that says where they come from."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analytics.provenance import ILLUSTRATIVE, Provenance
from analytics.wording import counted

FIGURES, NOTES, NOTE_COLUMN = "Figures", "Notes", "note"
PROJECT = "Practice Compared"
LEAST_WIDE, MOST_WIDE, NOTES_WIDE = 8, 44, 100  # characters of a column
MOST_CHARACTERS = 32_767  # that a cell holds; the writer leaves out what is longer
SAMPLED = 200  # rows that a column's width is taken from
MOST_ROWS = 100_000  # a workbook of more takes minutes, and few programs open it well: the CSV has them all
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

Notes = Sequence[tuple[str, str]]


def workbook_bytes(
    frame: pd.DataFrame, notes: Notes, *, illustrative: bool, decimals: int | None = None, built: str = ""
) -> bytes:
    """A workbook of one header row and one row a line of the frame, with a sheet of notes; no cell is merged or hidden.

    Parameters
    ----------
    frame : figures as held, at full precision
    notes : what is said of them, name and text
    illustrative : whether every row is to say so
    decimals : places that figures are shown with, where a column of that name does not say so of each row; they are held
        whole
    built : when the figures were built (ISO), which the file gives as the time it was made: equal figures, equal bytes
    """
    told = frame.assign(**{NOTE_COLUMN: ILLUSTRATIVE}) if illustrative else frame
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        _describe(book, dict(notes), illustrative=illustrative, built=built)
        _write_figures(book, told, [decimals] * len(told) if "decimals" not in told else told["decimals"].tolist())
        _write_notes(book, notes)
    return out.getvalue()


def _write_figures(book: xlsxwriter.Workbook, told: pd.DataFrame, decimals: Sequence[float | None]) -> None:
    """The sheet of figures; `decimals` says of each row how many places its figures are shown with."""
    sheet, bold = book.add_worksheet(FIGURES), book.add_format({"bold": True})
    places = sorted({int(n) for n in decimals if pd.notna(n)})
    shown = {n: book.add_format({"num_format": f"0.{'0' * n}".rstrip(".")}) for n in places}
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, name in enumerate(told.columns):
        values = told[name]
        sheet.write_string(0, column, str(name), bold)
        sheet.set_column(column, column, _width(str(name), values))
        figures = _is_figures(values, max(places, default=0))
        for row, (value, n) in enumerate(zip(values, decimals, strict=True), start=1):
            _write(sheet, row, column, value, number=shown.get(n) if figures else None, day=day)
    sheet.freeze_panes(1, 0)


def _write_notes(book: xlsxwriter.Workbook, notes: Notes) -> None:
    """The sheet of notes: what, and what is said of it."""
    sheet, bold = book.add_worksheet(NOTES), book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (word, wide) in enumerate((("What", 24), ("Note", NOTES_WIDE))):
        sheet.write_string(0, column, word, bold)
        sheet.set_column(column, column, wide, wrapped)
    for row, pair in enumerate(notes, start=1):
        for column, text in enumerate(pair):
            sheet.write_string(row, column, text, wrapped)


def _describe(book: xlsxwriter.Workbook, notes: dict[str, str], *, illustrative: bool, built: str) -> None:
    made = datetime.fromisoformat(built) if built else datetime(1980, 1, 1, tzinfo=UTC)
    book.set_properties(
        {
            "title": notes.get("Title", ""),
            "subject": notes.get("Source", ""),
            "author": PROJECT,
            "company": "",
            "keywords": "illustrative" if illustrative else "",
            "comments": " ".join(filter(None, (notes.get("Cite as"), notes.get("Link")))),
            "created": made.replace(tzinfo=None),
        }
    )


def _is_figures(values: pd.Series, decimals: int) -> bool:
    """Whether a column holds figures to be shown with some decimals: no years, no counts, no shares that would be 0 or 1."""
    if not pd.api.types.is_float_dtype(values):
        return False
    held = values.dropna()
    return not ((held == held.round()).all() or (held.abs().max() < 1 and decimals < 2))


def _width(name: str, values: pd.Series) -> int:
    longest = max((len(str(value)) for value in values.head(SAMPLED)), default=0)
    return min(max(len(name) + 2, longest + 1, LEAST_WIDE), MOST_WIDE)


def _write(sheet: Worksheet, row: int, place: int, value: object, *, number: Format | None, day: Format) -> None:
    """One cell, a figure or a day in its format: what is missing stays empty, text is never a formula."""
    plain = value.item() if isinstance(value, np.generic) else value
    if pd.api.types.is_scalar(plain) and pd.isna(plain):
        return
    if isinstance(plain, bool):
        sheet.write_boolean(row, place, plain)
    elif isinstance(plain, datetime):
        sheet.write_datetime(row, place, plain.replace(tzinfo=None), day)
    elif isinstance(plain, int | float) and math.isfinite(plain):
        sheet.write_number(row, place, plain, number)
    else:
        sheet.write_string(row, place, str(plain)[:MOST_CHARACTERS])


def notes_of(
    frame: pd.DataFrame,
    given: Provenance,
    *,
    title: str,
    source: str,
    unit: str = "",
    in_words: str = "",
    illustrative: bool,
) -> list[tuple[str, str]]:
    """What the sheet of notes says, without what is not known."""
    said = [
        ("Title", title),
        ("Illustrative", ILLUSTRATIVE if illustrative else ""),
        ("Unit", unit),
        ("In words", in_words),
        ("Source", source),
        ("Coverage", coverage_words(frame)),
        ("Data as at", given.data_as_at),
        ("Missing figures", _missing_words(frame)),
        ("Cite as", given.cited(title)),
        ("Link", given.link),
        ("Licence", given.licence),
    ]
    return [(what, text) for what, text in said if text]


def coverage_words(frame: pd.DataFrame) -> str:
    """'153 areas, 2013 to 2025, 1,989 rows': of what a frame tells about itself."""
    area = next((column for column in ("area_code", "name") if column in frame), None)
    years = pd.to_numeric(frame["year"], errors="coerce").dropna() if "year" in frame else pd.Series(dtype=float)
    held = [
        counted(frame[area].nunique(), "area") if area else "",
        ""
        if years.empty
        else f"{years.min():.0f} to {years.max():.0f}"
        if years.nunique() > 1
        else f"{years.min():.0f}",
        counted(len(frame), "row"),
    ]
    return ", ".join(filter(None, held))


def _missing_words(frame: pd.DataFrame) -> str:
    if "status" not in frame:
        return ""
    return "A cell without a figure is empty, and its column 'status' says why; it is not zero."
