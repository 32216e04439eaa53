"""Published files of some folders, each read as the table that it is or listed with the reason why not."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics.catalogue import LAIT, Catalogue, FileLayout
from analytics.errors import BadExtract, PracticeError
from data.files import shown
from data.layouts import lait, neighbours, ofsted
from data.layouts.ees import as_arrow, former_values
from data.layouts.listing import Listing
from data.layouts.recognise import Recognised, best_fit, recognised
from data.layouts.sheet import Sheet, read_sheet
from data.layouts.text import file_bytes, published_text
from data.layouts.workbook import read_workbook
from data.origin import Origin, origin

ILLUSTRATIVE = "illustrative"  # a folder of this name is never part of a published build
NOT_EXTRACTS = ("illustrative_authorities.csv", "illustrative_truths.csv")
TABLES = (".csv", ".txt", ".tsv", ".parquet", ".xlsx", ".xlsm", ".ods")
OUR_OWN = (".toml", ".log", ".tmp")  # notes, log and lock of a download
KINDS = "CSV (.csv, .txt, .tsv), Parquet (.parquet), Excel workbooks (.xlsx, .xlsm) and OpenDocument (.ods)"
PARQUET, WORKBOOKS = b"PAR1", (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
CODES = "lait/codes"


class NothingUsable(PracticeError):
    """No file that was found holds a figure that can be used."""


@dataclass(frozen=True)
class Extract:
    """One file that was found: what it is, or why it cannot be used."""

    file: Path
    sha256: str = ""
    bytes: int = 0
    origin: Origin = field(default_factory=Origin)
    sheet: Sheet | None = None
    table: Recognised | None = None
    arrow: pa.Table | None = None
    listing: Any = None  # what a file holds that is no table of figures: a dictionary, neighbours, inspections
    problem: str = ""
    same_as: Path | None = None

    @property
    def name(self) -> str:
        """Name of the file, with a mark for what is no text in it."""
        return os.fsencode(self.file.name).decode("utf-8", "replace")

    @property
    def usable(self) -> bool:
        """Whether its cells take part in the build."""
        return self.arrow is not None and self.same_as is None and not self.problem

    @property
    def of_use(self) -> bool:
        """Whether it holds figures or a list that the build reads."""
        return self.usable or (self.listing is not None and self.same_as is None and not self.problem)

    @property
    def layout(self) -> str:
        """Published layout that it has, '' where it is not known."""
        return self.table.layout.layout if self.table else ""

    @property
    def cells_read(self) -> int:
        """Rows times figure columns; of a list, its entries, a row that is not whole being one."""
        if isinstance(self.listing, Listing):
            return self.listing.cells + self.cells_uneven
        return self.rows_read * len(self.table.figures) if self.table else 0

    @property
    def rows_read(self) -> int:
        """Rows under the heading."""
        if self.sheet:
            return self.sheet.rows_read
        return self.arrow.num_rows if self.arrow is not None else 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed when it was read, as sentences."""
        if self.same_as:
            read: tuple[str, ...] = (f"The same content as {self.same_as.name}: read once.",)
        else:
            read = self.sheet.notes if self.sheet else ()
        return (*read, *filter(None, [self.origin.problem]))

    @property
    def cells_uneven(self) -> int:
        """Cells of the rows that have another number of fields than the heading."""
        return len(self.sheet.uneven) * self.cells_a_row if self.sheet and self.table else 0

    @property
    def cells_a_row(self) -> int:
        """Cells that a row which cannot be read stands for."""
        return 1 if isinstance(self.listing, Listing) else len(self.table.figures)


def files_in(places: list[Path], *, illustrative: bool = False) -> list[Path]:
    """Tables in some folders and their subfolders, by path; a place may be a file.

    Raises
    ------
    NothingUsable : a place that is not there
    """
    found: dict[Path, None] = {}
    for place in places:
        if not place.exists():
            raise NothingUsable(f"There is no folder or file {shown(place)}.")
        found |= dict.fromkeys(sorted(_tables_in(place, illustrative=illustrative)))
    return list(found)


def _tables_in(place: Path, *, illustrative: bool) -> Iterator[Path]:
    if place.is_file():
        yield place
        return
    yield from (file for file in _files_below(place, illustrative=illustrative) if _is_table(file.name))


def _files_below(folder: Path, *, illustrative: bool) -> Iterator[Path]:
    for inner, below, names in os.walk(folder):
        below[:] = [name for name in below if not name.startswith(".") and (illustrative or name != ILLUSTRATIVE)]
        yield from (Path(inner) / name for name in names)


def endings_passed_over(places: list[Path], most: int = 8) -> list[str]:
    """Endings of the files in some folders that are neither read nor written here, such as .zip."""
    found = {file.suffix.lower() for place in places for file in _files_below(place, illustrative=False)}
    return sorted(found - {"", *TABLES, *OUR_OWN})[:most]


def _is_table(name: str) -> bool:
    return name.lower().endswith(TABLES) and not name.startswith(".") and name not in NOT_EXTRACTS


def read_extracts(files: list[Path], catalogue: Catalogue) -> list[Extract]:
    """Every file read, in the order given; the same content twice is read once."""
    seen: dict[str, Extract] = {}
    extracts = []
    for file in files:
        extract = _extract(file, catalogue, seen)
        seen.setdefault(extract.sha256, extract)
        extracts.append(extract)
    return extracts


def _extract(file: Path, catalogue: Catalogue, seen: dict[str, Extract]) -> Extract:
    try:
        content = file_bytes(file)
    except BadExtract as error:
        return Extract(file, problem=_printable(str(error)))
    found = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    found["origin"] = _origin(file, found["sha256"])
    if first := seen.get(found["sha256"]):
        kept = {key: getattr(first, key) for key in ("sheet", "table", "arrow", "listing", "problem")}
        return Extract(file, **found, **kept, same_as=first.file)
    try:
        return Extract(file, **found, **_content(file.name, content, catalogue))
    except BadExtract as error:
        return Extract(file, **found, problem=_printable(str(error)))


def _content(name: str, content: bytes, catalogue: Catalogue) -> dict[str, Any]:
    """What a file holds, under the names that an Extract knows it by, told by the content alone."""
    if content.startswith(PARQUET):
        table = Recognised(catalogue.files[LAIT], (lait.VALUE,))
        return {"table": table, "arrow": lait.read_measures(name, content)}
    if content.startswith(WORKBOOKS):
        return _workbook(name, content, catalogue)
    sheet, table = read_table(name, content, catalogue)
    match table.layout.layout:
        case "ees":
            arrow = as_arrow(sheet, table, former_values(catalogue, table.layout))
            return {"sheet": sheet, "table": table, "arrow": arrow}
        case "lait":
            return {"sheet": sheet, "table": table, "listing": lait.read_dictionary(sheet)}
    return {"sheet": sheet, "table": table, "listing": neighbours.read_list(sheet)}


def _workbook(name: str, content: bytes, catalogue: Catalogue) -> dict[str, Any]:
    """What a workbook holds: neighbours, inspections, or nothing that is read here."""
    sheets = read_workbook(name, content)
    for layout in catalogue.files.values():
        if layout.layout == "neighbours" and (found := neighbours.sheet_of(name, sheets, layout)):
            return {"sheet": found, "table": _listed(layout), "listing": neighbours.read_list(found)}
        if layout.layout == "ofsted" and ofsted.is_outcomes(sheets):
            return {"table": _listed(layout), "listing": ofsted.read_outcomes(name, sheets, layout)}
        if layout.key == CODES and any(
            set(layout.columns) <= set(map(str, rows[0])) for rows in sheets.values() if rows
        ):
            return {"table": _listed(layout), "listing": ()}
    raise BadExtract(
        f"{name} is a workbook with the sheets {', '.join(list(sheets)[:8])}: neither statistical neighbours nor "
        "Ofsted's inspection outcomes. Save a table of figures as .csv."
    )


def _listed(layout: FileLayout) -> Recognised:
    """A list: known by its columns, and without columns of figures."""
    return Recognised(layout, ())


def _printable(sentence: str) -> str:
    """A sentence with a mark for what is no text in the name of a file."""
    return sentence.encode("utf-8", "replace").decode("utf-8")


def read_table(name: str, content: bytes, catalogue: Catalogue) -> tuple[Sheet, Recognised]:
    """The sheet of a file's content and the table that it is.

    Raises
    ------
    BadExtract : with file, line where there is one, and remedy
    """
    tidy = catalogue.tidy_files
    lists = [layout for layout in catalogue.files.values() if layout.key not in tidy and layout.key != LAIT]

    def listed(headings: list[str]) -> FileLayout | None:
        names = {heading.strip() for heading in headings}
        return next((layout for layout in lists if names.issuperset(layout.columns)), None)

    def fits(headings: list[str]) -> bool:
        return listed(headings) is not None or best_fit(headings, tidy.values()) is not None

    sheet = read_sheet(published_text(name, content), fits)
    layout = listed(list(sheet.headings))
    return sheet, _listed(layout) if layout else recognised(name, sheet.headings, tidy, lists)


def _origin(file: Path, sha256: str) -> Origin:
    """Where the file came from; if nothing says when it was fetched, when it was written to this disk."""
    known = origin(file, sha256)
    if known.retrieved is not None:
        return known
    with contextlib.suppress(OSError):  # gone since it was read
        written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        return replace(known, retrieved=written.replace(tzinfo=None, microsecond=0))
    return known
