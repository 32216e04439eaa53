"""Two tiny warehouses beside one another: each way in which a figure can change is a row."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from analytics.warehouse import Warehouse, earlier_file
from analytics.what_changed import GROUPS, KINDS, CannotCompare, Changes, every_change, what_changed
from tests.analytics.small_warehouse import SmallWarehouse

BEFORE = {2019: 10.0, 2020: 20.0}


def built(
    folder: Path,
    number: int,
    figures: dict[str, dict[str, dict[int, float | str]]],
    *,
    names: dict[str, str] | None = None,
) -> Warehouse:
    """A warehouse of a number: value or status in words by indicator, area, year."""
    made = SmallWarehouse(folder / f"practice-{number}.duckdb")
    for indicator, by_area in figures.items():
        made.indicator(indicator, unit="%")
        for code, values in by_area.items():
            made.figures(code, values, indicator=indicator)
    for code in sorted({code for by_area in figures.values() for code in by_area}):
        made.area(code)
    for code, name in (names or {}).items():
        made.connection.execute("update area set name = ? where area_code = ?", [name, code])
    return made.ready()


def changes(
    folder: Path, before: dict[str, dict[str, dict]], now: dict[str, dict[str, dict]], area: str | None = None
) -> Changes:
    old = built(folder, 1, before)
    old.close()
    return what_changed(old.file, built(folder, 2, now), area)


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        pytest.param({2020: 20.0}, {2020: 20.2}, "revised", id="another figure"),
        pytest.param({2020: 20.0}, {2020: 20.04}, None, id="no more than rounding: one decimal is shown"),
        pytest.param({2020: 20.0}, {2020: 20.05}, None, id="half of the last decimal is rounding"),
        pytest.param({2020: 20.0}, {2020: 20.051}, "revised", id="more than half of it is not"),
        pytest.param({2020: 20.0}, {2020: "suppressed"}, "withheld", id="a figure became a reason"),
        pytest.param({2020: "not_available"}, {2020: 3.0}, "given", id="a reason became a figure"),
        pytest.param({2020: "not_available"}, {2020: "suppressed"}, "status", id="another reason"),
        pytest.param({2020: "suppressed"}, {2020: "suppressed"}, None, id="the same reason"),
        pytest.param(
            {2020: 0.0}, {2020: "rounds_to_zero"}, "withheld", id="nought is a figure, rounding to it a reason"
        ),
    ],
)
def test_revisions(tmp_path: Path, before: dict, now: dict, kind: str | None) -> None:
    found = changes(tmp_path, {"i": {"A": before}}, {"i": {"A": now}})
    assert found.revisions.kind.tolist() == ([kind] if kind else [])
    assert found.cells("Revised") == (kind is not None)
    assert found.cells("New") == found.cells("Withdrawn") == 0


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        pytest.param({"i": {"A": BEFORE}}, {"i": {"A": BEFORE | {2021: 1.0}}}, "new_year", id="year"),
        pytest.param({"i": {"A": BEFORE}}, {"i": {"A": BEFORE, "B": {2020: 1.0}}}, "new_area", id="area"),
        pytest.param(
            {"i": {"A": BEFORE}}, {"i": {"A": BEFORE}, "j": {"A": {2020: 1.0}}}, "new_indicator", id="indicator"
        ),
        pytest.param(
            {"i": {"A": BEFORE, "B": {2019: 1.0}}},
            {"i": {"A": BEFORE, "B": BEFORE | {2019: 1.0}}},
            "added",
            id="in between",
        ),
    ],
)
def test_new_and_withdrawn_figures_are_apart_from_revisions(tmp_path: Path, before: dict, now: dict, kind: str) -> None:
    found = changes(tmp_path, before, now)
    assert found.counts.kind.tolist() == [kind]
    assert (found.cells("Revised"), found.cells("New"), found.cells("Withdrawn")) == (0, 1, 0)
    assert found.revisions.empty
    gone = dict(zip(GROUPS["New"], GROUPS["Withdrawn"], strict=True))
    (tmp_path / "other").mkdir()
    back = changes(tmp_path / "other", now, before)
    assert set(back.counts.kind) == {gone[kind].replace("new_", "")}
    assert (back.cells("Revised"), back.cells("New"), back.cells("Withdrawn")) == (0, 0, 1)


def test_a_new_cell_without_a_figure_is_no_new_figure(tmp_path: Path) -> None:
    found = changes(tmp_path, {"i": {"A": BEFORE}}, {"i": {"A": BEFORE | {2021: "suppressed"}}})
    assert found.cells("New") == 0
    assert found.rows == 1
    assert found.by_indicator.empty


def test_nothing_changed(tmp_path: Path) -> None:
    found = changes(tmp_path, {"i": {"A": BEFORE}}, {"i": {"A": BEFORE}})
    assert found.rows == 0
    assert found.by_indicator.empty and found.revisions.empty


def test_the_largest_revision_is_first_by_how_far_authorities_lie_apart(tmp_path: Path) -> None:
    # Indicator i: figures now 10, 20, 30 (sd of all six: 8.16); j: 1, 2, 3.5 (sd 1.03). A change of 3 in i is 0.37 of that,
    # one of 0.5 in j 0.49: the smaller number is the larger revision.
    spread = {code: {2019: v, 2020: v} for code, v in (("A", 10.0), ("B", 20.0), ("C", 30.0))}
    narrow = {code: {2019: v, 2020: v} for code, v in (("A", 1.0), ("B", 2.0), ("C", 3.5))}
    before = {
        "i": spread | {"A": {2019: 10.0, 2020: 13.0}},
        "j": narrow | {"C": {2019: 3.0, 2020: 3.5}, "B": {2019: "suppressed", 2020: 2.0}},
    }
    found = changes(tmp_path, before, {"i": spread, "j": narrow})
    assert found.revisions.indicator.tolist() == ["j", "i", "j"]
    assert found.revisions.kind.tolist() == ["revised", "revised", "given"]
    assert found.revisions["size"].tolist()[:2] == [pytest.approx(0.4865, abs=1e-3), pytest.approx(0.3674, abs=1e-3)]
    assert found.revisions.change.tolist()[:2] == [0.5, -3.0]
    assert found.by_indicator[["indicator", "Revised"]].to_numpy().tolist() == [["j", 2], ["i", 1]]


def test_one_authority_alone(tmp_path: Path) -> None:
    before = {"i": {"A": BEFORE, "B": BEFORE}}
    now = {"i": {"A": {2019: 11.0, 2020: 20.0, 2021: 5.0}, "B": {2019: 12.0, 2020: 20.0}}}
    found = changes(tmp_path, before, now, area="A")
    assert (found.cells("Revised"), found.cells("New")) == (1, 1)
    assert set(found.revisions.area_code) == {"A"}
    assert found.new_years == {2021: 1}


def test_every_change_is_in_the_file(tmp_path: Path) -> None:
    old = built(tmp_path, 1, {"i": {"A": BEFORE, "C": BEFORE}})
    old.close()
    new = built(
        tmp_path, 2, {"i": {"A": {2019: 11.0, 2020: "suppressed", 2021: 5.0}, "=B": {2020: 1.0}}}, names={"=B": "=1+1"}
    )
    every = every_change(old.file, new)
    assert sorted(every.kind) == ["area_gone", "area_gone", "new_area", "new_year", "revised", "withheld"]
    assert "=1+1" in set(every["name"])
    assert set(every.kind) <= set(KINDS)


def test_thousands_of_revisions_are_all_counted_and_some_listed(tmp_path: Path) -> None:
    years = range(1000, 3000)
    found = changes(
        tmp_path, {"i": {"A": dict.fromkeys(years, 1.0)}}, {"i": {"A": {year: 2.0 + year / 1000 for year in years}}}
    )
    assert found.cells("Revised") == 2000
    assert len(found.revisions) == 250
    assert found.revisions.year.iloc[0] == 2999


def test_the_file_before_is_the_newest_of_a_lower_number(tmp_path: Path) -> None:
    for number in (2, 9, 10, 12):
        (tmp_path / f"practice-{number}.duckdb").touch()
    assert earlier_file(tmp_path / "practice-10.duckdb") == tmp_path / "practice-9.duckdb"
    assert earlier_file(tmp_path / "practice-2.duckdb") is None
    assert earlier_file(tmp_path / "mine.duckdb") is None


def test_a_file_of_another_schema_is_said_to_be_one(tmp_path: Path) -> None:
    old, new = built(tmp_path, 1, {"i": {"A": BEFORE}}), built(tmp_path, 2, {"i": {"A": BEFORE}})
    old.close()
    with duckdb.connect(str(old.file)) as connection:
        connection.execute("update meta set value = '1' where key = 'schema_version'")
    with pytest.raises(CannotCompare, match=r"practice-1.duckdb cannot be told.*built for schema 1"):
        what_changed(old.file, new)


def test_invented_figures_are_not_compared_with_published_ones(tmp_path: Path) -> None:
    old, new = built(tmp_path, 1, {"i": {"A": BEFORE}}), built(tmp_path, 2, {"i": {"A": BEFORE}})
    old.close()
    with duckdb.connect(str(old.file)) as connection:
        connection.execute("update meta set value = 'illustrative' where key = 'kind'")
    with pytest.raises(CannotCompare, match="one of the two holds published figures"):
        every_change(old.file, new)


def test_a_file_that_is_no_warehouse_is_said_to_be_none(tmp_path: Path) -> None:
    new = built(tmp_path, 2, {"i": {"A": BEFORE}})
    broken = tmp_path / "practice-1.duckdb"
    broken.write_bytes(b"from a build that was killed")
    with pytest.raises(CannotCompare, match="cannot be read as a warehouse"):
        what_changed(broken, new)


def test_a_folder_with_a_quote_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "St Mary's; drop table x"
    folder.mkdir()
    assert changes(folder, {"i": {"A": BEFORE}}, {"i": {"A": BEFORE | {2020: 1.0}}}).cells("Revised") == 1
