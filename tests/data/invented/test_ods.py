"""The spreadsheet that is written is one that the reader of published workbooks reads."""

from __future__ import annotations

import zipfile
from datetime import date, datetime

import pytest

from data.invented.ods import MIMETYPE, cell, write_ods
from data.layouts.workbook import read_workbook

ROWS = [["A & B <C>", "", "Wexbourne, City of"], [date(2019, 2, 18), 'it\'s "so"', ""]]


def test_what_is_written_is_read_again(tmp_path):
    file = write_ods(tmp_path / "two.ods", {"One & only": ROWS, "Other": [["x"]]})
    sheets = read_workbook(file.name, file.read_bytes())
    assert list(sheets) == ["One & only", "Other"]
    assert sheets["One & only"] == [
        ["A & B <C>", "", "Wexbourne, City of"],
        [datetime(2019, 2, 18), 'it\'s "so"', ""],
    ]


@pytest.mark.parametrize(
    ("value", "xml"),
    [
        pytest.param("", "<table:table-cell/>", id="nothing"),
        pytest.param("a<b", '<table:table-cell office:value-type="string"><text:p>a&lt;b</text:p>', id="text"),
        pytest.param(
            date(2020, 1, 6),
            '<table:table-cell office:value-type="date" office:date-value="2020-01-06T00:00:00"><text:p>06/01/2020</text:p>',
            id="day",
        ),
    ],
)
def test_a_cell(value, xml):
    assert cell(value) == xml + ("</table:table-cell>" if value else "")


def test_the_archive_is_as_the_standard_wants_it_and_the_same_each_time(tmp_path):
    first, second = (write_ods(tmp_path / name, {"S": ROWS}) for name in ("a.ods", "b.ods"))
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as packed:
        parts = packed.infolist()
        assert parts[0].filename == "mimetype"
        assert parts[0].compress_type == zipfile.ZIP_STORED
        assert packed.read("mimetype").decode() == MIMETYPE
        assert {part.filename for part in parts} == {"mimetype", "content.xml", "META-INF/manifest.xml"}
