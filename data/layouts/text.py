"""The text of a published file, or the sentence that says what it is instead."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import BadExtract

MOST_BYTES = 100_000_000  # the largest table of these publications is under 30 MB
FETCH_AGAIN = "Fetch the file again from the publisher's page."
OTHER_FORMATS = {
    b"PK\x03\x04": "an Excel workbook or a zip archive. Save the sheet, or unpack the archive, as .csv",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook. Save the sheet as .csv",
    b"\x1f\x8b": "a compressed file (gzip). Unpack it first",
    b"PAR1": "a Parquet file. Save it as .csv",
    b"%PDF": "a PDF. Look for the data file on the publisher's page",
}
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class PublishedText:
    """Text of one file with what a reader should know of how it was read."""

    file: str
    text: str
    notes: tuple[str, ...] = ()

    @property
    def ends_cleanly(self) -> bool:
        """Whether the last line ends with a line break, as published files do."""
        return self.text.endswith(("\n", "\r"))


def file_bytes(file: Path) -> bytes:
    """Content of a file.

    Raises
    ------
    BadExtract : it cannot be opened, or is too large to be one of these tables
    """
    try:
        if file.exists() and not file.is_file():
            if file.is_dir():
                raise BadExtract(f"{file.name} is a folder. Name the files in it, or build from it with --from.")
            raise BadExtract(f"{file.name} is no file but a device.")
        if file.stat().st_size > MOST_BYTES:
            raise BadExtract(f"{file.name} is over {MOST_BYTES // 1_000_000} MB: no table read here is so large.")
        return file.read_bytes()
    except OSError as error:
        raise BadExtract(f"{file.name} cannot be opened: {error.strerror or error}.") from error


def published_text(name: str, content: bytes) -> PublishedText:
    """The text of a file's content: UTF-8, or Windows-1252 with a note.

    Raises
    ------
    BadExtract : empty, no text at all, another format, a web page, or an encoding that is not read
    """
    if not content.removeprefix(codecs.BOM_UTF8).strip(b" \t\r\n\0"):
        raise BadExtract(f"{name} is empty. {FETCH_AGAIN}")
    for start, what in OTHER_FORMATS.items():
        if content.startswith(start):
            raise BadExtract(f"{name} is named as a table but is {what}.")
    if content.startswith(UTF_16_MARKS) or b"\0" in content:
        raise _unreadable_bytes(name, content)
    found = _decoded(name, content)
    _refuse_web_page(found)
    return found


def _unreadable_bytes(name: str, content: bytes) -> BadExtract:
    """The refusal of UTF-16, or of NUL bytes with the line of the first."""
    start = content[:400]
    # Western text in UTF-16 has a NUL as every other byte, all on the same side.
    alternating = any(start[side::2] and set(start[side::2]) == {0} for side in (0, 1))
    if content.startswith(UTF_16_MARKS) or alternating:
        return BadExtract(f"{name} is written in UTF-16, which is not read. Save it as 'CSV UTF-8'.")
    line = content[: content.index(b"\0")].count(b"\n") + 1
    return BadExtract(f"{name}, line {line}: holds a NUL byte, so the file is damaged. {FETCH_AGAIN}")


def _decoded(name: str, content: bytes) -> PublishedText:
    try:
        return PublishedText(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode("cp1252")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadExtract(
            f"{name}, line {line}: is neither UTF-8 nor Windows-1252 text. Save it as 'CSV UTF-8'."
        ) from error
    return PublishedText(name, text, ("Read as Windows-1252 text, not UTF-8: check names with accents.",))


def _refuse_web_page(found: PublishedText) -> None:
    start = found.text[:2000].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<head", "<body", "<!--")):
        raise BadExtract(f"{found.file} is a web page saved as a table, perhaps an error page. {FETCH_AGAIN}")
    if start.startswith(('{"', "{\n", "[{")):
        raise BadExtract(f"{found.file} is JSON, perhaps an error message, not a table. {FETCH_AGAIN}")
