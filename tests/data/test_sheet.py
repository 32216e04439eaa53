import pytest

from analytics.errors import BadExtract
from data.layouts.sheet import read_sheet
from data.layouts.text import PublishedText


def sheet(text):
    return read_sheet(PublishedText("f.csv", text), lambda headings: headings[:2] == ["year", "name"])


@pytest.mark.parametrize(
    ("text", "note"),
    [
        pytest.param("year,name,n\n2025,Brent,5\n", None, id="commas"),
        pytest.param("year;name;n\n2025;Brent;5\n", "Separated by semicolons, not commas.", id="semicolons"),
        pytest.param("year\tname\tn\n2025\tBrent\t5\n", "Separated by tabs, not commas.", id="tabs"),
        pytest.param('"year";"name";"n"\n"2025";"Brent";"5"\n', "Separated by semicolons, not commas.", id="quoted"),
        pytest.param("year,name,n,,\n2025,Brent,5,,\n", None, id="empty columns at the end"),
        pytest.param("year,name,n\r\n2025,Brent,5\r\n", None, id="line breaks of Windows"),
        pytest.param("year,name,n\n\n2025,Brent,5\n\n", None, id="empty lines"),
        pytest.param("Title\n\nyear,name,n\n2025,Brent,5\n", "The heading is on line 3", id="titles above"),
        pytest.param("year,name,n\n2025,Brent,5", "No line break ends the last line", id="no last line break"),
    ],
)
def test_rows_are_read_and_what_is_unusual_is_noted(text, note):
    found = sheet(text)
    assert found.rows == [["2025", "Brent", "5"]]
    assert [note in each for each in found.notes] == ([True] if note else [])


def test_each_row_has_the_line_on_which_it_starts():
    found = sheet('year,name,n\n2025,"Brent,\nLondon",5\n\n2024,Ealing,6\n')
    assert found.lines == [2, 5]


def test_a_row_of_another_width_is_set_aside_with_its_line():
    found = sheet("year,name,n\n2025,Brent\n2024,Ealing,6\n2023,Ealing,6,7\n")
    assert found.rows == [["2024", "Ealing", "6"]]
    assert [(row.line, row.reason) for row in found.uneven] == [
        (2, "2 fields where the heading has 3"),
        (4, "4 fields where the heading has 3"),
    ]
    assert found.rows_read == 3


def test_a_figure_under_no_heading_makes_a_row_uneven():
    found = sheet("year,name,n,\n2025,Brent,5,\n2024,Ealing,6,7\n")
    assert found.rows == [["2025", "Brent", "5"]]
    assert [row.line for row in found.uneven] == [3]


def test_a_file_cut_off_in_its_last_line_is_named_as_such():
    found = sheet("year,name,n\n2025,Brent,5\n2024,Eal")
    assert found.uneven[0].line == 3
    assert "looks cut off here: 2 of 3 fields. Fetch the file again" in found.uneven[0].reason
    assert "Line 3, the last, is cut off" in found.notes[0]


@pytest.mark.parametrize("text", ["year,name,n\n", "year,name,n", "year,name,n\n\n\n"])
def test_a_heading_alone_is_refused(text):
    with pytest.raises(BadExtract, match=r"f\.csv has a heading and no rows"):
        sheet(text)


def test_quotation_marks_that_do_not_pair_are_refused_with_the_line():
    with pytest.raises(BadExtract, match=r"f\.csv, line 3: quotation marks do not pair"):
        sheet('year,name,n\n2025,Brent,5\n2024,"Ealing,6\n2023,Ealing,6\n')
