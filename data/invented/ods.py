"""The least of an OpenDocument spreadsheet that readers take for one: sheets of texts and days, the same bytes each time."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = " ".join(f'xmlns:{part}="{NAMESPACE}:{part}:1.0"' for part in ("office", "table", "text"))
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can hold: the time of writing would change the bytes

Rows = list[list[str | date]]


def write_ods(path: Path, sheets: dict[str, Rows]) -> Path:
    """Writes sheets by name, and the path comes back."""
    parts = {"mimetype": MIMETYPE, "content.xml": content(sheets), "META-INF/manifest.xml": manifest()}
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in parts.items():  # the standard wants the kind of file first, and not compressed
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            packed.writestr(zipfile.ZipInfo(name, NO_TIME), text.encode(), compress_type=kind)
    return path


def content(sheets: dict[str, Rows]) -> str:
    """The part that holds the cells."""
    tables = "".join(table(name, rows) for name, rows in sheets.items())
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    return f'{DECLARATION}<office:document-content {NAMES} office:version="1.3">{body}</office:document-content>'


def table(name: str, rows: Rows) -> str:
    """One sheet."""
    width = max(map(len, rows))
    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    columns = f'<table:table-column table:number-columns-repeated="{width}"/>'
    return f"<table:table table:name={quoteattr(name)}>{columns}{lines}</table:table>"


def cell(value: str | date) -> str:
    """One cell: a day, a text, or nothing."""
    if isinstance(value, date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}T00:00:00"'
        return f"<table:table-cell {kind}><text:p>{value:%d/%m/%Y}</text:p></table:table-cell>"
    if not value:
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def manifest() -> str:
    """The part that lists the others."""
    name = f"{NAMESPACE}:manifest:1.0"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", MIMETYPE), ("content.xml", "text/xml"))
    )
    return (
        f'{DECLARATION}<manifest:manifest xmlns:manifest="{name}" manifest:version="1.3">{entries}</manifest:manifest>'
    )
