"""The first start of the app."""

from __future__ import annotations

import duckdb
import pytest

from analytics.errors import NoWarehouse
from analytics.warehouse import open_warehouse
from data import ensure as first_start
from data.build import build
from data.ensure import ensure
from data.reading import NothingUsable
from tests.data.small_extracts import b1, text, written


@pytest.fixture(autouse=True)
def _no_extracts_of_the_project(monkeypatch, tmp_path):
    monkeypatch.setattr(first_start, "EXTRACTS", tmp_path / "none")


def kind(file):
    warehouse = open_warehouse(file)
    try:
        return warehouse.meta["kind"]
    finally:
        warehouse.close()


def test_a_warehouse_that_is_there_is_left_alone(small, tmp_path):
    file = build([small], tmp_path / "out").file
    assert ensure(tmp_path / "out") == file
    assert ensure(file) == file
    assert len(list((tmp_path / "out").glob("practice-*"))) == 1


def test_without_extracts_the_teaching_set_is_built(tmp_path):
    file = ensure(tmp_path / "new")
    assert kind(file) == "illustrative"
    assert ensure(tmp_path / "new") == file


def test_published_extracts_are_built_where_there_are_any(tmp_path):
    written(tmp_path / "new" / "extracts", b1=text("b1", b1(2017, "Brent", 500)))
    assert kind(ensure(tmp_path / "new")) == "published"


def test_published_extracts_of_which_none_can_be_used_are_not_passed_over(tmp_path):
    written(tmp_path / "new" / "extracts", b1="<html></html>")
    with pytest.raises(NothingUsable, match="web page"):
        ensure(tmp_path / "new")


def test_a_file_may_be_named(tmp_path):
    assert ensure(tmp_path / "mine.duckdb") == tmp_path / "mine.duckdb"
    assert kind(tmp_path / "mine.duckdb") == "illustrative"


def test_a_named_file_that_is_no_warehouse_is_not_touched(tmp_path):
    (tmp_path / "mine.duckdb").write_text("my notes", encoding="utf-8")
    with pytest.raises(NoWarehouse, match="cannot be read as a warehouse"):
        ensure(tmp_path / "mine.duckdb")
    assert (tmp_path / "mine.duckdb").read_text(encoding="utf-8") == "my notes"


def aged(file):
    """A warehouse as an earlier version would have left it."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("update meta set value = '1' where key = 'schema_version'")


def test_published_figures_of_an_earlier_version_are_not_replaced_by_invented_ones(small, tmp_path):
    file = build([small], tmp_path / "out").file
    aged(file)
    with pytest.raises(NoWarehouse, match=r"built for schema 1.* Run: python -m data build"):
        ensure(tmp_path / "out")
    assert (tmp_path / "out" / "CURRENT").read_text(encoding="utf-8").strip() == file.name
    assert len(list((tmp_path / "out").glob("practice-*"))) == 1


def test_published_figures_of_an_earlier_version_are_built_again_from_their_extracts(tmp_path):
    written(tmp_path / "out" / "extracts", b1=text("b1", b1(2017, "Brent", 500)))
    aged(ensure(tmp_path / "out"))
    assert kind(ensure(tmp_path / "out")) == "published"


def test_a_damaged_warehouse_is_not_replaced_by_invented_figures(small, tmp_path):
    build([small], tmp_path / "out").file.write_bytes(b"no longer a warehouse")
    with pytest.raises(NoWarehouse, match="cannot be read as a warehouse"):
        ensure(tmp_path / "out")


def test_invented_figures_of_an_earlier_version_are_drawn_again(tmp_path):
    aged(ensure(tmp_path / "new"))
    assert kind(ensure(tmp_path / "new")) == "illustrative"


def test_a_pointer_to_a_file_that_is_gone_is_mended(small, tmp_path):
    build([small], tmp_path / "out").file.unlink()
    assert kind(ensure(tmp_path / "out")) == "illustrative"
