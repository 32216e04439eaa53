"""Statistical neighbours: one line an authority, ten neighbours beside each other with how close each is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analytics.catalogue import FileLayout
from analytics.errors import BadExtract
from data.layouts.listing import Entry, Listing
from data.layouts.sheet import LINES_OF_PREAMBLE, Sheet
from data.layouts.text import FETCH_AGAIN
from data.layouts.workbook import Cells, as_text

CODES, NAMES = ("LA num", "old_la_code"), ("LA Name", "la_name")
RANKED = re.compile(r"^SN_?(\d+)$")
FOLLOWING = "SNP"  # the tool's own workbook heads every column of closeness alike
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
    """Every neighbour named, in the order of the file; lines without an authority are passed over.

    Raises
    ------
    BadExtract : no column that says how close the neighbours of another are
    """
    code, name = (
        next(sheet.headings.index(each) for each in names if each in sheet.headings) for names in (CODES, NAMES)
    )
    ranked = [
        (at, _closeness_column(sheet, at), int(match[1]))
        for at, heading in enumerate(sheet.headings)
        if (match := RANKED.match(heading))
    ]
    found = []
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        if row[code].strip():
            found += [
                Neighbour(
                    line=line,
                    column=sheet.headings[at],
                    value=row[at].strip(),
                    code=row[code].strip(),
                    name=row[name].strip(),
                    rank=rank,
                    neighbour=row[at].strip(),
                    closeness=" ".join(row[close].split()).lower(),
                )
                for at, close, rank in ranked
                if row[at].strip()
            ]
    return Listing(tuple(found))


def _closeness_column(sheet: Sheet, at: int) -> int:
    """Where a line says how close the neighbour of a column is: SN_1P for SN_1, the SNP that follows SN1."""
    heading = sheet.headings[at]
    if f"{heading}P" in sheet.headings:
        return sheet.headings.index(f"{heading}P")
    if sheet.headings[at + 1 : at + 2] == (FOLLOWING,):
        return at + 1
    raise BadExtract(
        f"{sheet.file}, line {sheet.heading_line}: no column {heading}P says how close the neighbours of column {heading} "
        f"are. {FETCH_AGAIN}"
    )
