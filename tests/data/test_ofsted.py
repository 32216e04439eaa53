"""Ofsted's workbook of inspection outcomes: judgements, sheets that repeat each other, and headings that moved."""

from __future__ import annotations

import zipfile
from datetime import date, datetime

import duckdb
import pytest

from data.build import build
from data.layouts.workbook import ENCRYPTED, OLD_WORKBOOK
from tests.data.small_extracts import b1, line, text, written
from tests.data.small_lait import outcomes

BRENT = [
    "E09000005", "Brent", datetime(2023, 2, 20), datetime(2023, 4, 17), "ILACS Standard Inspection",
    "Good", "Good", "Outstanding", "Requires improvement to be good", None,
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """A folder with the figures that a build needs at least."""
    return written(
        tmp_path / "in",
        b1=text("b1", b1(2017, "Brent", 600)),
        population=text("population", line("population", 2016, "Brent", 12_000)),
    )


@pytest.fixture
def built(folder, tmp_path):
    """Builds the folder: rows of inspections, and the report of the workbook."""

    def of():
        report = build([folder], tmp_path / "out")
        with duckdb.connect(str(report.file), read_only=True) as connection:
            rows = connection.execute("select * from inspection order by area_code, start").fetchall()
        (found,) = [each for each in report.extracts if each.found.file.suffix in (".xlsx", ".ods")]
        return rows, found

    return of


@pytest.mark.parametrize("lines_above", [1, 2, 5])
def test_the_heading_is_found_below_titles(folder, built, lines_above):
    outcomes(folder, BRENT, lines_above=lines_above)
    rows, found = built()
    assert rows == [
        (
            "E09000005", "ILACS Standard Inspection", date(2023, 2, 20), date(2023, 4, 17), "Good", "Good",
            "Outstanding", "Requires improvement to be good", None, None, "ofsted",
        )
    ]  # fmt: skip
    assert (found.found.cells_read, found.tally.kept) == (1, 1)


def test_a_recoded_authority_goes_under_its_newest_code(folder, built):
    outcomes(folder, ["E08000016", "Barnsley", *BRENT[2:]])
    assert built()[0][0][0] == "E08000038"


def test_a_row_that_repeats_another_is_counted_once(folder, built):
    outcomes(folder, BRENT, BRENT)
    rows, found = built()
    assert (len(rows), found.tally.kept, found.tally.out_of_scope) == (1, 1, 1)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param(
            ["E09999999", "Atlantis", *BRENT[2:]], "'E09999999' is not in the register", id="unknown authority"
        ),
        pytest.param([*BRENT[:5], "Splendid"], "judgement 'Splendid' is none of", id="unknown judgement"),
        pytest.param([*BRENT[:5], "Inadequate"], "another sheet says otherwise", id="contradiction"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_the_reason(folder, built, row, says):
    outcomes(folder, BRENT, row)
    rows, found = built()
    assert ([says in each.reason for each in found.rejections], len(rows)) == ([True], 1)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        pytest.param({"lines_above": 40}, "the heading stands on line 41, not among the first 15", id="far down"),
        pytest.param(
            {"Overall_effectiveness": "Overall"},
            "no heading with 'Overall effectiveness' among the first 15",
            id="renamed",
        ),
    ],
)
def test_a_heading_that_moved_stops_with_a_sentence(folder, built, how, says):
    outcomes(folder, BRENT, **how)
    rows, found = built()
    assert (rows, says in found.found.problem) == ([], True)


def encrypted_xlsx(file):
    file.write_bytes(OLD_WORKBOOK + b"\xa1\xb1\x1a\xe1" + bytes(600) + ENCRYPTED + bytes(600))


def encrypted_ods(file):
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr(
            "META-INF/manifest.xml", "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
        )
        packed.writestr("content.xml", b"\x00\x01")


@pytest.mark.parametrize(("name", "write"), [("locked.xlsx", encrypted_xlsx), ("locked.ods", encrypted_ods)])
def test_a_password_stops_with_a_sentence(folder, built, name, write):
    write(folder / name)
    rows, found = built()
    assert (rows, "protected with a password" in found.found.problem) == ([], True)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"PK\x03\x04 cut off", id="cut off"),
        pytest.param(OLD_WORKBOOK + bytes(100), id="an old workbook, damaged"),
    ],
)
def test_a_damaged_workbook_stops_with_a_sentence(folder, built, content):
    (folder / "outcomes.ods").write_bytes(content)
    assert "workbook" in built()[1].found.problem


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(folder, built):
    with zipfile.ZipFile(folder / "large.xlsx", "w", zipfile.ZIP_DEFLATED) as packed, packed.open("a.xml", "w") as part:
        for _ in range(320):
            part.write(bytes(1_000_000))
    assert "unpacks to over 300 MB" in built()[1].found.problem
