"""A published file damaged at random: refused in a sentence, or every cell accounted for."""

from __future__ import annotations

import random

import duckdb
import pytest

from data import reading
from data.build import PUBLISHED, SETTINGS, Material, facts, fill
from tests.data.small_extracts import b1, line, text

WHOLE = text(
    "b1", *(b1(year, area, year) for year in range(2013, 2018) for area in ("England", "London", "Brent", "Ealing")),
    line("b1", 2017, "Cumbria", *["c"] * 8),
).encode()  # fmt: skip
BITS = (
    b"",
    b",",
    b'"',
    b"\n",
    b"\r",
    b"\0",
    b";",
    b"\xff",
    b"\xc3\xa9",
    b"x",
    b"9" * 30,
    b"-",
    b"1e5",
    b"<html>",
    b" ",
)


def damaged(rng: random.Random) -> bytes:
    """The whole file with up to five bits put in, taken out or repeated."""
    content = WHOLE
    for _ in range(rng.randint(1, 5)):
        start, length = rng.randrange(len(content)), rng.choice((0, 1, 3, 40, 400))
        content = content[:start] + rng.choice((*BITS, content[start : start + 60])) + content[start + length :]
    return content


@pytest.fixture(scope="module")
def known():
    return facts([])


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_is_refused_or_accounted_for(seed, known, tmp_path):
    register, catalogue = known
    file = tmp_path / "b1.csv"
    file.write_bytes(damaged(random.Random(seed)))
    (extract,) = reading.read_extracts([file], catalogue)
    if not extract.usable:
        assert "b1.csv" in extract.problem
        return
    with duckdb.connect(":memory:", config=SETTINGS) as connection:
        (report,) = fill(connection, Material(PUBLISHED, catalogue, register, [extract]))
        tally = report.tally
        assert extract.cells_read == tally.kept + tally.out_of_scope + tally.rejected
        assert sum(each.cells for each in report.rejections) == tally.rejected
        assert all(each.reason and each.line > 1 for each in report.rejections)
        strange = connection.execute("select * from observation where not isfinite(value) or value < 0").fetchall()
        assert strange == []


def test_the_whole_file_is_read(known):
    sheet, table = reading.read_table("b1.csv", WHOLE, known[1])
    assert sheet.rows_read * len(table.figures) == 21 * 8


def test_a_name_that_is_no_text_is_shown_with_a_mark(known, tmp_path):
    file = tmp_path / b"\xff.csv".decode("utf-8", "surrogateescape")
    file.write_bytes(b"<html>")
    (extract,) = reading.read_extracts([file], known[1])
    extract.problem.encode("utf-8")
    assert extract.name == "\N{REPLACEMENT CHARACTER}.csv"
