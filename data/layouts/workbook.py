"""Rows of a published workbook (.xlsx, .ods), or the sentence that says why it cannot be opened."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from analytics.errors import BadExtract
from data.layouts.text import FETCH_AGAIN

MOST_UNPACKED = 300_000_000  # bytes; the largest workbook of these publications unpacks to 15 MB
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream of a password-protected .xlsx inside its envelope
MANIFEST, LOCKED = "META-INF/manifest.xml", b"encryption-data"  # where an .ods says that it is encrypted

Cells = list[list[object]]


def read_workbook(name: str, content: bytes) -> dict[str, Cells]:
    """Cells of every sheet by its name, rows from the first line of the sheet on.

    Raises
    ------
    BadExtract : a password, an archive that is no workbook, one too large, or a damaged one
    """
    _refuse_locked(name, content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {sheet: workbook.get_sheet_by_name(sheet) for sheet in workbook.sheet_names}
        return {title: sheet.to_python(skip_empty_area=False) for title, sheet in sheets.items()}
    except PasswordError as error:
        raise _needs_password(name) from error
    except (CalamineError, OSError, ValueError) as error:
        raise BadExtract(f"{name} cannot be opened as a workbook: {error}. {FETCH_AGAIN}") from error


def _refuse_locked(name: str, content: bytes) -> None:
    """A password, and an archive that unpacks to more than any of these workbooks, stop here."""
    if content.startswith(OLD_WORKBOOK):
        if ENCRYPTED in content:
            raise _needs_password(name)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > MOST_UNPACKED:
                raise BadExtract(f"{name} unpacks to over {MOST_UNPACKED // 1_000_000} MB: no workbook read here does.")
            if MANIFEST in packed.namelist() and LOCKED in packed.read(MANIFEST):
                raise _needs_password(name)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise BadExtract(f"{name} is a damaged workbook or archive: {error}. {FETCH_AGAIN}") from error


def _needs_password(name: str) -> BadExtract:
    return BadExtract(f"{name} is protected with a password. Open it, save it without one, and put that file here.")


def as_text(cell: object) -> str:
    """A cell as it would stand in a CSV: whole numbers without a point, days as ISO, blanks trimmed."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).replace("\xa0", " ").strip()
