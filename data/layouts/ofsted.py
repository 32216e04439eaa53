"""Ofsted's workbook of inspection outcomes: judgements now in force, the year's visits, and the history since 2018."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from analytics.catalogue import FileLayout
from analytics.errors import BadExtract
from data.layouts.listing import Entry, Listing
from data.layouts.sheet import LINES_OF_PREAMBLE
from data.layouts.workbook import Cells, as_text

CODE, NAME = "Local authority area code", "Local authority name"
STARTS = ("Inspection date", "Inspection/Visit date")
KINDS = ("Inspection type", "Inspection/Visit type")
PUBLISHED, THEME = "Publication date", "Visit Theme"
JUDGEMENTS = {
    "overall": "Overall effectiveness",
    "leadership": "The impact of leaders on social work practice with children and families",
    "help_and_protection": "The experiences and progress of children who need help and protection",
    "children_in_care": "The experiences and progress of children in care",
    "care_leavers": "The experiences and progress of care leavers",
}
GRADES = ("Outstanding", "Good", "Requires improvement to be good", "Inadequate", "")


@dataclass(frozen=True)
class Inspection(Entry):
    """One inspection or visit as one sheet gives it."""

    sheet: str
    framework: str  # '' on the sheet of judgements in force, which does not say
    start: date
    published: date | None
    theme: str
    judgements: tuple[tuple[str, str], ...]


def is_outcomes(sheets: dict[str, Cells]) -> bool:
    """Whether a workbook is Ofsted's: a sheet says so in its first lines."""
    first = (as_text(cell).lower() for cells in sheets.values() for row in cells[:3] for cell in row[:2])
    return any("local authority inspection" in cell or "ilacs inspection history" in cell for cell in first)


def read_outcomes(name: str, sheets: dict[str, Cells], layout: FileLayout) -> Listing:
    """Every inspection and visit, sheet by sheet.

    Raises
    ------
    BadExtract : no sheet with the heading, or one where it is not among the first lines
    """
    found: list[Inspection] = []
    tables = 0
    for title, cells in sheets.items():
        line = _heading_line(cells, layout)
        if line:
            tables += 1
            found += _inspections(name, title, line, cells)
        elif _looks_like_a_table(cells):
            raise BadExtract(_moved(name, title, cells, layout))
    if not tables:
        raise BadExtract(f"{name} is Ofsted's workbook but none of its sheets has the heading '{CODE}'.")
    return Listing(tuple(found))


def _heading_line(cells: Cells, layout: FileLayout) -> int | None:
    """Line of the heading, below titles and notes; None where it is not among the first lines."""
    for line, row in enumerate(cells[:LINES_OF_PREAMBLE], 1):
        if set(layout.columns) <= set(map(as_text, row)):
            return line
    return None


def _looks_like_a_table(cells: Cells) -> bool:
    """Whether some line of a sheet holds an authority's code and a grade: then it is one of the three tables."""
    return any(
        any(as_text(cell) in GRADES[:-1] for cell in row) and any(as_text(cell).startswith("E0") for cell in row)
        for row in cells
    )


def _moved(name: str, title: str, cells: Cells, layout: FileLayout) -> str:
    """What the sheet has instead of its heading."""
    texts = [[as_text(cell) for cell in row] for row in cells]
    line, row = max(enumerate(texts, 1), key=lambda found: len(set(layout.columns) & set(found[1])))
    have = set(layout.columns) & set(row)
    if have == set(layout.columns):
        return (
            f"{name}, sheet '{title}': the heading stands on line {line}, not among the first {LINES_OF_PREAMBLE}. "
            "Remove the lines above it."
        )
    missing = ", ".join(f"'{column}'" for column in layout.columns if column not in have)
    near = f" The nearest line is {line}: {', '.join(cell for cell in row if cell)[:200]}." if have else ""
    return (
        f"{name}, sheet '{title}': no heading with {missing} among the first {LINES_OF_PREAMBLE} lines.{near} If Ofsted "
        "renamed a column, mend data/layouts/ofsted.py."
    )


def _inspections(name: str, title: str, heading: int, cells: Cells) -> list[Inspection]:
    headings = [as_text(cell) for cell in cells[heading - 1]]
    rows = ((line, dict(zip(headings, row, strict=False))) for line, row in enumerate(cells[heading:], heading + 1))
    return [_inspection(name, title, line, row) for line, row in rows if as_text(row[CODE]) or as_text(row[NAME])]


def _inspection(name: str, title: str, line: int, row: dict[str, object]) -> Inspection:
    start = _day(next((row[column] for column in STARTS if column in row), ""))
    if start is None:
        looked = " or ".join(f"'{column}'" for column in STARTS)
        raise BadExtract(f"{name}, sheet '{title}', line {line}: {as_text(row[NAME])} has no day under {looked}.")
    judgements = tuple((part, as_text(row[column])) for part, column in JUDGEMENTS.items())
    return Inspection(
        line=line,
        column=title,
        value=as_text(row[NAME]),
        code=as_text(row[CODE]),
        name=as_text(row[NAME]),
        sheet=title,
        framework=as_text(next((row[column] for column in KINDS if column in row), "")),
        start=start,
        published=_day(row[PUBLISHED]),
        theme=as_text(row.get(THEME, "")),
        judgements=judgements,
    )


def _day(cell: object) -> date | None:
    """A day, however the workbook keeps it."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(as_text(cell), form).date()
        except ValueError:
            continue
    return None
