"""Statistical neighbours: one line an authority, ten neighbours beside each other with how close each is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analytics.catalogue import FileLayout
from data.layouts.listing import Entry, Listing
from data.layouts.sheet import LINES_OF_PREAMBLE, Sheet
from data.layouts.workbook import Cells, as_text

CODES, NAMES = ("LA num", "old_la_code"), ("LA Name", "la_name")
RANKED = re.compile(r"^SN_?(\d+)$")
NONE_GIVEN = "-"  # in the tool's own workbook, beside authorities that are younger than the model


@dataclass(frozen=True)
class Neighbour(Entry):
    """One neighbour of one authority, by three-digit codes as written."""

    rank: int
    neighbour: str
    closeness: str  # lower case, single blanks

    @property
    def given(self) -> bool:
        """Whether a neighbour is named at all."""
        return self.neighbour != NONE_GIVEN


def sheet_of(name: str, sheets: dict[str, Cells], layout: FileLayout) -> Sheet | None:
    """The first sheet of a workbook whose heading, found below title rows, has the columns of the list."""
    for cells in sheets.values():
        for line, row in enumerate(cells[:LINES_OF_PREAMBLE], 1):
            headings = tuple(map(as_text, row))
            if set(layout.columns) <= set(headings):
                rows = [list(map(as_text, found)) for found in cells[line:]]
                lines = list(range(line + 1, line + 1 + len(rows)))
                return Sheet(name, ",", line, headings, rows, lines, (), ())
    return None


def read_list(sheet: Sheet) -> Listing:
    """Every neighbour named, in the order of the file; lines without an authority are passed over."""
    code, name = (
        next(sheet.headings.index(each) for each in names if each in sheet.headings) for names in (CODES, NAMES)
    )
    ranked = [(at, int(match[1])) for at, heading in enumerate(sheet.headings) if (match := RANKED.match(heading))]
    found = []
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        if row[code].strip():
            found += [_neighbour(sheet, line, row, code, name, at, rank) for at, rank in ranked if row[at].strip()]
    return Listing(tuple(found))


def _neighbour(sheet: Sheet, line: int, row: list[str], code: int, name: int, at: int, rank: int) -> Neighbour:
    return Neighbour(
        line=line,
        column=sheet.headings[at],
        value=row[at].strip(),
        code=row[code].strip(),
        name=row[name].strip(),
        rank=rank,
        neighbour=row[at].strip(),
        closeness=" ".join(row[at + 1].split()).lower(),
    )
