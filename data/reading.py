"""Published files of some folders, each read as the table that it is or listed with the reason why not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from analytics.catalogue import Catalogue
from analytics.errors import BadExtract, PracticeError
from data.layouts.ees import as_arrow, former_values
from data.layouts.recognise import Recognised, best_fit, recognised
from data.layouts.sheet import Sheet, read_sheet
from data.layouts.text import file_bytes, published_text

ILLUSTRATIVE = "illustrative"  # a folder of this name is never part of a published build
NOT_EXTRACTS = ("illustrative_authorities.csv", "illustrative_truths.csv")
TABLES = (".csv", ".txt", ".tsv")


class NothingUsable(PracticeError):
    """No file that was found holds a figure that can be used."""


@dataclass(frozen=True)
class Extract:
    """One file that was found: what it is, or why it cannot be used."""

    file: Path
    sha256: str = ""
    bytes: int = 0
    retrieved: datetime | None = None
    sheet: Sheet | None = None
    table: Recognised | None = None
    arrow: pa.Table | None = None
    problem: str = ""
    same_as: Path | None = None

    @property
    def name(self) -> str:
        """Name of the file, with a mark for what is no text in it."""
        return os.fsencode(self.file.name).decode("utf-8", "replace")

    @property
    def usable(self) -> bool:
        """Whether its cells take part in the build."""
        return self.arrow is not None and self.same_as is None

    @property
    def cells_read(self) -> int:
        """Rows times figure columns."""
        return self.sheet.rows_read * len(self.table.figures) if self.sheet and self.table else 0

    @property
    def cells_uneven(self) -> int:
        """Cells of the rows that have another number of fields than the heading."""
        return len(self.sheet.uneven) * len(self.table.figures) if self.sheet and self.table else 0


def files_in(places: list[Path], *, illustrative: bool = False) -> list[Path]:
    """Tables in some folders and their subfolders, by path; a place may be a file.

    Raises
    ------
    NothingUsable : a place that is not there
    """
    found: dict[Path, None] = {}
    for place in places:
        if not place.exists():
            raise NothingUsable(f"There is no folder or file {place}.")
        found |= dict.fromkeys(sorted(_tables_in(place, illustrative=illustrative)))
    return list(found)


def _tables_in(place: Path, *, illustrative: bool) -> Iterator[Path]:
    if place.is_file():
        yield place
        return
    for folder, below, names in os.walk(place):
        below[:] = [name for name in below if not name.startswith(".") and (illustrative or name != ILLUSTRATIVE)]
        yield from (Path(folder) / name for name in names if _is_table(name))


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
    found = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), "retrieved": _retrieved(file)}
    if first := seen.get(found["sha256"]):
        return Extract(file, **found, sheet=first.sheet, table=first.table, problem=first.problem, same_as=first.file)
    try:
        sheet, table = read_table(file.name, content, catalogue)
    except BadExtract as error:
        return Extract(file, **found, problem=_printable(str(error)))
    arrow = as_arrow(sheet, table, former_values(catalogue, table.layout))
    return Extract(file, **found, sheet=sheet, table=table, arrow=arrow)


def _printable(sentence: str) -> str:
    """A sentence with a mark for what is no text in the name of a file."""
    return sentence.encode("utf-8", "replace").decode("utf-8")


def read_table(name: str, content: bytes, catalogue: Catalogue) -> tuple[Sheet, Recognised]:
    """The sheet of a file's content and the table that it is.

    Raises
    ------
    BadExtract : with file, line where there is one, and remedy
    """
    layouts = catalogue.files
    sheet = read_sheet(published_text(name, content), lambda headings: best_fit(headings, layouts.values()) is not None)
    return sheet, recognised(name, sheet.headings, layouts)


def _retrieved(file: Path) -> datetime | None:
    """When the file was written to this disk, UTC; None where the disk does not say."""
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC).replace(tzinfo=None, microsecond=0)
    except OSError:  # gone since it was read
        return None
