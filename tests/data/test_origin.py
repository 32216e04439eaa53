"""The note beside a fetched file: its dates reach the warehouse, and a damaged one stops nothing."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import duckdb
import pytest
import tomli_w

from analytics.warehouse import Warehouse
from data.build import build
from data.origin import Origin, origin
from data.report import build_sentences
from tests.data.small_extracts import b1, text

FETCHED = datetime(2026, 1, 5, 12, 30, tzinfo=UTC)


def note(file, **facts):
    """Writes a note beside a file, as a download does."""
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    file.with_suffix(".toml").write_bytes(tomli_w.dumps({"sha256": sha256, "retrieved": FETCHED} | facts).encode())


def built(folder, tmp_path):
    """The report of a build, the answer to `extracts` by name of the file, and the answer to `next_due` by source."""
    report = build([folder], tmp_path / "out")
    warehouse = Warehouse(report.file)
    files, due = warehouse.ask("extracts").set_index("file"), warehouse.ask("next_due").set_index("source")
    warehouse.close()
    return report, files, due


def test_dates_of_a_fetched_file_reach_the_warehouse(small, tmp_path):
    note(small / "b1.csv", released="2025-11-20T09:30:00Z", next_release="2026-10")
    _, files, due = built(small, tmp_path)
    assert files.retrieved["b1.csv"] == datetime(2026, 1, 5, 12, 30)
    assert (files.released["b1.csv"], files.next_release["b1.csv"]) == ("2025-11-20", "2026-10")
    assert (due.released["children_in_need"], due.announced["children_in_need"]) == ("2025-11-20", "2026-10")


def test_without_a_note_a_file_was_retrieved_when_it_was_written_here(small, tmp_path):
    _, files, due = built(small, tmp_path)
    written = datetime.fromtimestamp((small / "b1.csv").stat().st_mtime, UTC).replace(tzinfo=None, microsecond=0)
    assert files.retrieved["b1.csv"] == written
    assert files.released.isna().all()
    assert due.announced["children_in_need"] == ""


def test_the_newest_edition_says_when_the_next_is_due(small, tmp_path):
    note(small / "b1.csv", released="2017-11-02", next_release="2018-11")
    (small / "newer.csv").write_text(text("b1", b1(2018, "Brent", 650)), encoding="utf-8")
    note(small / "newer.csv", released="2018-11-01", next_release="2019-10-31")
    _, _, due = built(small, tmp_path)
    assert (due.newest_year["children_in_need"], due.announced["children_in_need"]) == (2018, "2019-10-31")
    assert due.released["children_in_need"] == "2018-11-01"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"sha256 = ", "b1.toml, cannot be read (Invalid value", id="no TOML"),
        pytest.param(b"\xff\xfe", "is no UTF-8 text", id="no text"),
        pytest.param(b"x = " + b"[" * 20_000, "cannot be read (", id="nested without end"),
        pytest.param(b'sha256 = "of another"', "is about another content than this file has now", id="another file"),
        pytest.param({"retrieved": "lately"}, "gives 'lately' as retrieved, which is no time", id="no time"),
        pytest.param({"released": "soon"}, "gives 'soon' as released, which is no day", id="no day"),
        pytest.param({"next_release": "in time"}, "gives 'in time' as next_release", id="no month"),
    ],
)
def test_a_damaged_note_is_named_and_not_used(small, tmp_path, content, says):
    if isinstance(content, dict):
        note(small / "b1.csv", **content)
    else:
        (small / "b1.toml").write_bytes(content)
    report, files, _ = built(small, tmp_path)
    said = "\n".join(build_sentences(report))
    assert report.observations == 18, "every figure is there all the same"
    for told in (said, files.note["b1.csv"]):
        assert says in told
        assert "its dates were not used. Remove the note; python -m data download writes it anew." in told
    assert files.retrieved["b1.csv"].year >= 2026


def test_somebodys_own_toml_is_left_alone(small, tmp_path):
    (small / "b1.toml").write_text('mine = "yes"', encoding="utf-8")
    report, files, _ = built(small, tmp_path)
    assert files.note.isna()["b1.csv"]
    assert "mine" not in "\n".join(build_sentences(report))


@pytest.mark.parametrize(
    ("zone", "retrieved"), [("2026-01-05T12:30:00+01:00", "11:30"), ("2026-01-05T12:30:00", "12:30")]
)
def test_a_time_is_kept_in_utc(tmp_path, zone, retrieved):
    (tmp_path / "a.toml").write_text(f'sha256 = "aa"\nretrieved = {zone}\n', encoding="utf-8")
    assert origin(tmp_path / "a.csv", "aa").retrieved.strftime("%H:%M") == retrieved


def test_no_note_says_nothing(tmp_path):
    assert origin(tmp_path / "a.csv", "aa") == Origin()


def test_a_warehouse_built_before_next_releases_were_noted_still_answers(small, tmp_path):
    file = build([small], tmp_path / "old.duckdb").file
    with duckdb.connect(str(file)) as connection:
        connection.execute("alter table extract drop column next_release")
    warehouse = Warehouse(file)
    assert set(warehouse.ask("next_due").announced) == {""}
    warehouse.close()
