import pytest

from analytics.catalogue import FileLayout
from analytics.errors import BadExtract
from data.layouts.recognise import PLACE_AND_TIME, recognised


def layout(file, *columns, filters=(), aliases=()):
    return FileLayout("cases", file, f"Table {file}", columns, filters, aliases, ())


LAYOUTS = {
    each.key: each
    for each in (
        layout("wide", "started", "ended", filters=("kind",)),
        layout("wider", "started", "ended", "open", filters=("kind",)),
        layout("leavers", "care_leaver_count", filters=("care_leaver_age",), aliases=(("age", "care_leaver_age"),)),
    )
}


def table(*headings):
    return recognised("f.csv", [*PLACE_AND_TIME, *headings], LAYOUTS)


@pytest.mark.parametrize(
    ("headings", "file"),
    [
        pytest.param(("kind", "started", "ended"), "wide", id="exactly"),
        pytest.param(
            ("kind", "started", "ended", "open"), "wider", id="the table that accounts for most of the heading"
        ),
        pytest.param(("ended", "KIND", "Started "), "wide", id="another order, case and blanks"),
        pytest.param(("age", "care_leaver_count"), "leavers", id="a heading that was renamed"),
        pytest.param(("kind", "started", "ended", "new_one"), "wide", id="one column more"),
    ],
)
def test_a_table_is_known_by_its_columns(headings, file):
    assert table(*headings).layout.file == file


def test_figures_are_what_is_neither_place_nor_time_nor_filter():
    assert table("kind", "started", "ended", "new_one").figures == ("started", "ended", "new_one")


def test_an_alias_gives_way_to_the_name_itself():
    found = table("age", "care_leaver_age", "care_leaver_count")
    assert found.figures == ("age", "care_leaver_count")


@pytest.mark.parametrize(
    ("headings", "says"),
    [
        pytest.param(
            ("kind", "started", "endings"),
            "looks like 'Table wide' but has no column 'ended' (nearest found: 'endings'). If the publisher renamed "
            "it, add the new name to aliases of file 'wide' in data/sources/cases/source.toml.",
            id="renamed",
        ),
        pytest.param(("kind", "started"), "has no column 'ended'.", id="missing"),
        pytest.param(("kind", "started", "ended", "Started"), "the heading names 'started' twice", id="twice"),
        pytest.param(("something", "else"), "is none of the 3 tables known here", id="another table"),
    ],
)
def test_why_a_heading_is_refused(headings, says):
    with pytest.raises(BadExtract) as error:
        table(*headings)
    assert says in str(error.value)
    assert str(error.value).startswith("f.csv")


def test_a_missing_place_or_time_is_missed():
    headings = [name for name in PLACE_AND_TIME if name != "new_la_code"]
    with pytest.raises(BadExtract, match="has no column 'new_la_code'"):
        recognised("f.csv", [*headings, "kind", "started", "ended"], LAYOUTS)
