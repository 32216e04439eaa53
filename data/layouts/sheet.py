"""Rows of a published text under their heading, each with the line it stands on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analytics.errors import BadExtract
from data.layouts.text import FETCH_AGAIN, PublishedText

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
LINES_OF_PREAMBLE = 15  # titles and notes that someone's spreadsheet put above the heading


@dataclass(frozen=True)
class UnevenRow:
    """A row with more or fewer fields than the heading."""

    line: int
    fields: int
    reason: str


@dataclass(frozen=True)
class Sheet:
    """One table as text: headings, rows of as many fields, the line of each, and the rows that did not fit."""

    file: str
    separator: str
    heading_line: int
    headings: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    uneven: tuple[UnevenRow, ...]
    notes: tuple[str, ...]

    @property
    def rows_read(self) -> int:
        """Rows under the heading, uneven ones too."""
        return len(self.rows) + len(self.uneven)


def read_sheet(published: PublishedText, fits: Callable[[list[str]], bool]) -> Sheet:
    """The table of a text.

    Parameters
    ----------
    published : text of one file
    fits : whether a list of headings is that of a known table

    Raises
    ------
    BadExtract : quotation marks that do not pair, or nothing under the heading
    """
    separator = _separator(published, fits)
    records = list(_records(published, separator))
    start = next((n for n, (_, record) in enumerate(records[:LINES_OF_PREAMBLE]) if fits(record)), 0)
    line, headings = records[start]
    found = records[start + 1 :]
    if not headings[-1].strip():
        headings, found = _without_blank_columns(headings, found)
    if not found:
        raise BadExtract(f"{published.file} has a heading and no rows under it. {FETCH_AGAIN}")
    even = [(number, record) for number, record in found if len(record) == len(headings)]
    return Sheet(
        file=published.file,
        separator=separator,
        heading_line=line,
        headings=tuple(heading.strip() for heading in headings),
        rows=[record for _, record in even],
        lines=[number for number, _ in even],
        uneven=_uneven(found, len(headings), published),
        notes=(*published.notes, *_notes(published, separator, line, found, len(headings))),
    )


def _separator(published: PublishedText, fits: Callable[[list[str]], bool]) -> str:
    """The separator with which one of the first lines is a known heading; a comma where none is."""
    first_lines = [line for line, _ in zip(_lines(published), range(LINES_OF_PREAMBLE), strict=False)]
    for separator in SEPARATORS:
        if any(fits(line.rstrip("\r\n").replace('"', "").split(separator)) for line in first_lines):
            return separator
    return ","


def _lines(published: PublishedText) -> Iterator[str]:
    """Lines with their line breaks, which the csv module needs inside quotation marks."""
    return io.StringIO(published.text, newline="")


def _records(published: PublishedText, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Records that hold anything, each with the line on which it starts."""
    reader = csv.reader(_lines(published), delimiter=separator, strict=True)
    start = 1
    try:
        for record in reader:
            if record:
                yield start, record
            start = reader.line_num + 1
    except csv.Error as error:
        raise BadExtract(
            f"{published.file}, line {start}: quotation marks do not pair from here on ({error}). {FETCH_AGAIN}"
        ) from error


def _without_blank_columns(
    headings: list[str], found: list[tuple[int, list[str]]]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Headings and rows without the empty columns at their end that spreadsheets add."""
    width = len("".join("x" if heading.strip() else " " for heading in headings).rstrip())
    return headings[:width], [
        (line, record if any(field.strip() for field in record[width:]) else record[:width]) for line, record in found
    ]


def _uneven(found: list[tuple[int, list[str]]], width: int, published: PublishedText) -> tuple[UnevenRow, ...]:
    """Rows of another number of fields, the last of a cut-off file named as such."""
    rows = [(line, len(record)) for line, record in found if len(record) != width]
    reasons = {line: f"{fields} fields where the heading has {width}" for line, fields in rows}
    last, fields = found[-1][0], len(found[-1][1])
    if fields < width and not published.ends_cleanly:
        reasons[last] = f"the file looks cut off here: {fields} of {width} fields. {FETCH_AGAIN}"
    return tuple(UnevenRow(line, fields, reasons[line]) for line, fields in rows)


def _notes(
    published: PublishedText, separator: str, heading_line: int, found: list[tuple[int, list[str]]], width: int
) -> Iterator[str]:
    if separator != ",":
        yield f"Separated by {SEPARATORS[separator]}, not commas."
    if heading_line > 1:
        yield f"The heading is on line {heading_line}; what stands above it was passed over."
    if not published.ends_cleanly:
        if len(found[-1][1]) < width:
            yield f"Line {found[-1][0]}, the last, is cut off: rows after it may be missing. {FETCH_AGAIN}"
        else:
            yield "No line break ends the last line: if the file was cut off there, its last figure may be short."
