"""Measures, dictionaries, neighbours and inspections of a few rows, written by hand in the published layouts."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.invented.ods import write_ods
from data.layouts.ofsted import JUDGEMENTS

NUMBERS = {
    "Brent": 304, "Ealing": 307, "Barnet": 302, "Cumbria": 909, "Cumberland": 942, "Dorset (Pre LG)": 835, "England": 970,
    "Outer London": 988, "London (Inner)": 987, "Buckinghamshire": 825,
}  # fmt: skip
DICTIONARY = (
    "Measure_code", "Topic", "Measure", "Chart_title", "Measure_short", "Polarity", "y_axis_name", "Description", "dps",
    "Year_Type", "Methodology", "Next Update", "Data Owner (DO) /Supplier and Contact Details",
)  # fmt: skip
ABOUT = {
    "Section_47": {"Chart_title": "Enquiries - rate", "Polarity": "-", "y_axis_name": "Rate per 10,000"},
    "LAC": {
        "Chart_title": "Looked after - rate",
        "Polarity": "-",
        "y_axis_name": "Rate per 10,000",
        "Year_Type": "Annual",
    },
    "CareLeaverEET": {"Polarity": "High", "y_axis_name": "% of leavers", "dps": "0"},
    "ReReferral": {"Polarity": "Low", "y_axis_name": "% of referrals"},
    "Prog8": {"Polarity": "High", "y_axis_name": "Average Score", "dps": "2", "Year_Type": "Academic Year"},
    "RTA": {"Polarity": "Low", "y_axis_name": "Rate per 100,000", "Year_Type": "Calendar Year"},
}


def measures(folder: Path, *rows: tuple[str, str, str, str], name: str = "anything.parquet") -> Path:
    """A Parquet file of rows: measure, year label, place, value as text."""
    table = pa.table(
        {
            "Short Desc": [measure for measure, *_ in rows],
            "Data item": ["" for _ in rows],
            "Years": [label for _, label, _, _ in rows],
            "LA and Regions": [place for *_, place, _ in rows],
            "Values": [value for *_, value in rows],
            "LA Number": [float(NUMBERS.get(place, 1)) for *_, place, _ in rows],
            "Region": ["" for _ in rows],
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / name)
    return folder


def dictionary(folder: Path, *names: str, more: tuple[dict[str, str], ...] = (), name: str = "words.csv") -> Path:
    """A dictionary of measures by the short names above, and further rows with what differs."""
    rows = [about(short) for short in names] + [about(row["Measure_short"]) | row for row in more]
    text = io.StringIO()
    writer = csv.DictWriter(text, DICTIONARY)
    writer.writeheader()
    writer.writerows(rows)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text.getvalue(), encoding="utf-8")
    return folder


def about(short: str) -> dict[str, str]:
    """One row of a dictionary."""
    usual = {
        "Measure_code": "1", "Topic": "Children in Need", "Measure": short, "Chart_title": f"Chart of {short}",
        "Measure_short": short, "Polarity": "-", "y_axis_name": "Number", "Description": "What it says.", "dps": "NA",
        "Year_Type": "Financial Year", "Methodology": "NA", "Next Update": "46174",
    }  # fmt: skip
    return usual | ABOUT.get(short, {})


def neighbours(folder: Path, *rows: tuple[int, str, list[tuple[int | str, str]]], name: str = "near.csv") -> Path:
    """A list in the layout of 2025: number, name, then neighbours with how close they are (filled up to ten)."""
    heading = ["old_la_code", "la_name", "region_ind", "region_name"]
    heading += [part for n in range(1, 11) for part in (f"SN_{n}", f"SN_{n}P")]
    lines = [
        [number, place, 3, "London", *(part for pair in near for part in pair), *[""] * (20 - 2 * len(near))]
        for number, place, near in rows
    ]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle).writerows([heading, *lines])
    return folder


def numbered(folder: Path, *rows: tuple[int, str, list[tuple[int | str, str]]], name: str = "near.xlsx") -> Path:
    """The same as the tool's own workbook has it: two rows of letters and numbers above the heading."""
    heading = ["LA num", "LA Name", "LA number", "GOInd", "GOReg"]
    heading += [part for n in range(1, 11) for part in (f"SN{n}", "SNP")]
    lines = [
        [number, place, number, 3, "London", *(part for pair in near for part in pair), *[None] * (20 - 2 * len(near))]
        for number, place, near in rows
    ]
    return workbook(folder, {"LA SN Groups": [list("ABCDE"), [1, 2, 3, 4, 5], heading, *lines]}, name=name)


def outcomes(
    folder: Path, *rows: list[object], lines_above: int = 2, name: str = "ofsted.xlsx", **renamed: str
) -> Path:
    """A history of inspections: code, name, day, day of publication, kind, then up to five judgements."""
    heading = ["Web link", "Local authority area code", "Local authority name", "Inspection date", "Publication date"]
    heading += ["Inspection type", *JUDGEMENTS.values()]
    heading = [renamed.get(column.replace(" ", "_"), column) for column in heading]
    above = [["ILACS inspection history from 2018-2025"], *[["This worksheet contains one table"]] * (lines_above - 1)]
    lines = [["link", *row, *[None] * (len(heading) - 1 - len(row))] for row in rows]
    sheets = {"Notes": [["Notes"]], "ILACS_inspection_history": [*above, heading, *lines]}
    if name.endswith(".ods"):
        write_ods(
            folder / name, {title: [[cell or "" for cell in row] for row in rows] for title, rows in sheets.items()}
        )
        return folder
    return workbook(folder, sheets, name=name)


def workbook(folder: Path, sheets: dict[str, list[list[object]]], *, name: str) -> Path:
    """An .xlsx of some sheets; without the package that writes one (requirements-dev.txt) the test is skipped."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / name)
    return folder
