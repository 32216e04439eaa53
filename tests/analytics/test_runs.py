"""The record of runs: nothing is lost, what came first is known, and no trouble with it stops an analysis."""

import ctypes
import datetime
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from analytics import runs
from analytics.analysis import analyse, study
from analytics.errors import NotRecorded
from analytics.protocol import protocol_of
from analytics.report.run_files import run_files
from analytics.spec import Specification
from tests.analytics.small_warehouse import plain

PROJECT = Path(__file__).parents[2]
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1  # linux/prctl.h, linux/capability.h
SPEC = 'outcomes = ["cpp_rate"]\n[treatment]\nmodel = "M"\n[estimator]\nsmallest_effect = 6\n[window]\nlast = 2020\n'
NOON = datetime.datetime(2026, 5, 3, 12, tzinfo=datetime.UTC)


def spec(seed: int = 1) -> Specification:
    return Specification.from_toml(f"{SPEC}[inference]\nseed = {seed}\n")


def illustrative(file: Path) -> runs.Warehouse:
    made = plain(file, adopters=2, comparators=8)
    made.connection.execute("update meta set value = 'illustrative' where key = 'kind'")
    return made.ready()


@pytest.fixture
def figures(tmp_path):
    return plain(tmp_path / "w.duckdb", adopters=2, comparators=8).ready()


def run(figures, seed: int = 1, **given):
    return runs.record_run(analyse(spec(seed), figures), figures, **given)


def save(figures, seed: int = 1, **given):
    return runs.save_protocol(protocol_of(spec(seed), "cpp_rate"), study(spec(seed), figures), figures, **given)


def rows(figures, columns: str = "*") -> list[tuple]:
    with duckdb.connect(str(runs.record_file(figures)), read_only=True) as connection:
        return connection.execute(f"select {columns} from run order by place").fetchall()


def test_before_anything_was_recorded(figures):
    assert runs.standing(spec(), figures).line == "exploratory"
    assert runs.protocol_for(spec().hash, figures) is None and runs.first_shown(spec(), figures) is None
    assert runs.count_runs(figures) == 0 and runs.stamp(figures) == (0,)
    assert not runs.record_file(figures).exists(), "reading makes no file"


def test_a_run_is_written_whole(figures):
    run(figures, now=NOON)
    ((place, hash_, at, title, pre, kind, text, edition, invented, subject, outcomes, verdicts, protocol, asked),) = (
        rows(figures)
    )
    assert (place, hash_, at, title, pre, kind) == (1, spec().hash, NOON.replace(tzinfo=None), "", False, "run")
    assert Specification.from_toml(text) == spec()
    assert asked == list(spec().questions)
    assert (edition, invented, subject, outcomes) == (figures.edition, False, ["M"], ["cpp_rate"])
    assert verdicts in (f'{{"cpp_rate": "{word}"}}' for word in ("evidence", "no_clear_change", "cannot_tell"))
    assert protocol == "" and runs.first_shown(spec(), figures) == NOON


def test_a_protocol_that_came_first_makes_its_runs_pre_specified(figures):
    saved = save(figures, now=NOON)
    assert (saved.at, saved.edition, saved.illustrative) == (NOON, figures.edition, False)
    assert (saved.runs_before, saved.seen, saved.doubt) == (0, False, "")
    assert run(figures).pre_specified and run(figures).protocol == saved == runs.protocol_for(spec().hash, figures)
    assert runs.standing(spec(), figures).pre_specified
    assert not run(figures, seed=2).pre_specified
    assert rows(figures, "kind, pre_specified") == [("protocol", True), ("run", True), ("run", True), ("run", False)]


def test_a_protocol_saved_after_its_result_says_so_and_its_runs_stay_exploratory(figures):
    run(figures, now=NOON)
    saved = save(figures)
    assert saved.seen and "had been shown already" in saved.context
    again = run(figures)
    assert not again.pre_specified and again.protocol == saved
    assert "results were seen before that" in again.sentence and "3 May 2026 at 12:00:00 UTC" in again.sentence


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param("[inference]\nseed = 7\n", id="other placebos"),
        pytest.param("[inference]\nname = 'permutation'\nlevel = 0.9\n", id="judged otherwise"),
        pytest.param("[comparators]\nleast_close = 'close'\n", id="a key that decides nothing here"),
    ],
)
def test_an_estimate_seen_is_seen_whatever_was_said_of_it(figures, shown):
    """A protocol needs a smallest change of interest; naming one after the result must not hide that it was seen."""
    text = SPEC.replace("smallest_effect = 6\n", "") + shown
    runs.record_run(analyse(Specification.from_toml(text), figures), figures, now=NOON)
    assert runs.first_shown(spec(), figures) == NOON
    saved = save(figures)
    assert saved.seen
    assert not run(figures).pre_specified


def test_another_question_is_not_seen(figures):
    runs.record_run(analyse(Specification.from_toml(SPEC.replace("last = 2020", "last = 2019")), figures), figures)
    assert runs.first_shown(spec(), figures) is None
    save(figures)
    assert run(figures).pre_specified


def test_every_specification_of_a_grid_counts_and_was_seen(figures):
    asked = [Specification.from_toml(SPEC.replace("last = 2020", f"last = {year}")) for year in (2018, 2019, 2020)]
    assert runs.record_grid(study(spec(), figures), asked, figures, now=NOON) == ""
    assert runs.count_runs(figures) == 3
    assert runs.first_shown(spec(4), figures) == NOON
    assert save(figures, 4).seen


def test_a_record_of_an_earlier_version_is_read_and_goes_on(figures):
    run(figures, now=NOON)
    with duckdb.connect(str(runs.record_file(figures))) as connection:
        connection.execute("alter table run drop column questions")
    assert runs.first_shown(spec(), figures) == NOON  # known by the hash of the whole specification
    assert not run(figures).trouble
    assert len(rows(figures)) == 2


def test_what_was_run_on_the_same_model_and_primary_outcome_is_counted(tmp_path):
    made = plain(tmp_path / "w.duckdb", adopters=2, comparators=8)
    made.indicator("cla_rate")
    for code in ("A1", "A2", *(f"C{i}" for i in range(1, 9))):
        made.figures(
            code, {y: 50 + (y * int(code[1]) + ord(code[0])) % 7 for y in range(2013, 2021)}, indicator="cla_rate"
        )
    figures = made.ready()
    other = Specification.from_toml(SPEC.replace("cpp_rate", "cla_rate"))
    runs.record_run(analyse(other, figures), figures)
    for seed in (2, 3, 3):
        run(figures, seed)
    assert save(figures).runs_before == 2
    assert runs.count_runs(figures) == 3


def test_invented_figures_and_published_ones_never_vouch_for_each_other(tmp_path, figures):
    invented = illustrative(tmp_path / "i.duckdb")
    save(invented)
    assert run(invented).pre_specified
    assert not run(figures).pre_specified
    assert runs.count_runs(figures) == runs.count_runs(invented) == 1


def test_the_same_plan_saved_again_keeps_its_first_time(figures):
    assert save(figures, now=NOON) == save(figures, now=NOON.replace(hour=13))
    assert len(rows(figures)) == 1


def test_protocols_on_the_same_model(figures):
    first, second = save(figures, 1), save(figures, 2)
    assert runs.protocols_on(study(spec(9), figures), figures) == [first, second]


def test_a_clock_set_back_cannot_make_a_protocol_older_than_a_result(figures):
    run(figures, now=NOON)
    saved = save(figures, now=NOON.replace(year=2020))
    assert saved.at == NOON and saved.seen
    assert not run(figures, now=NOON.replace(year=2019)).pre_specified
    assert len({at for (at,) in rows(figures, '"at"')}) == 1


def test_a_rebuild_keeps_the_record_and_counts_anew(tmp_path, figures):
    save(figures)
    run(figures)
    figures.close()
    (tmp_path / "w.duckdb").unlink()
    made = plain(tmp_path / "w.duckdb", adopters=2, comparators=8)
    made.connection.execute("update meta set value = '2026-02-02T00:00:00Z' where key = 'built'")
    rebuilt = made.ready()
    assert runs.standing(spec(), rebuilt).pre_specified
    assert runs.count_runs(rebuilt) == 0


WRITER = """
import sys
from pathlib import Path
from analytics import runs
from analytics.analysis import analyse
from analytics.warehouse import Warehouse
from tests.analytics.test_runs import spec
runs.SECONDS_TO_WAIT = 60.0  # what is tested is that nothing is lost, not how busy the machine is
figures = Warehouse(Path(sys.argv[1]))
found = analyse(spec(int(sys.argv[2])), figures)
for _ in range(int(sys.argv[3])):
    said = runs.record_run(found, figures).trouble
    assert not said, said
"""


def started(code: str, *words: object, **settings: object) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code, *map(str, words)], cwd=PROJECT, **settings)


def test_two_processes_writing_at_once_lose_nothing(figures, monkeypatch):
    monkeypatch.setattr(runs, "SECONDS_TO_WAIT", 60.0)
    writers = [started(WRITER, figures.file, seed, 20) for seed in (1, 2)]
    mine = analyse(spec(3), figures)
    for _ in range(20):
        assert not runs.record_run(mine, figures).trouble
        runs.count_runs(figures)
    assert [writer.wait(timeout=300) for writer in writers] == [0, 0]
    assert sorted(rows(figures, "place")) == [(n,) for n in range(1, 61)]
    assert runs.count_runs(figures) == 3


KILLED = """
import os, sys
from pathlib import Path
from analytics import runs
from analytics.analysis import analyse
from analytics.warehouse import Warehouse
from tests.analytics.test_runs import spec
figures = Warehouse(Path(sys.argv[1]))
die = lambda *given: os.kill(os.getpid(), 9)
if sys.argv[2] == "before the commit":
    added = runs._Rows.add
    runs._Rows.add = lambda self, **values: (added(self, **values), die())
elif sys.argv[2] == "after the commit":
    class Dying:
        def __init__(self, connection):
            self.connection = connection
        def execute(self, text, *values):
            found = self.connection.execute(text, *values)
            return die() if text == "commit" else found
        def close(self):
            self.connection.close()
    opened = runs._opened
    runs._opened = lambda file, *, read_only: Dying(opened(file, read_only=read_only))
else:
    runs.os.replace = die
runs.record_run(analyse(spec(2), figures), figures)
"""


@pytest.mark.parametrize(
    "moment,kept", [("before the commit", 1), ("after the commit", 2)], ids=["before the commit", "after the commit"]
)
def test_a_process_killed_while_it_writes_leaves_all_or_nothing(figures, moment, kept):
    save(figures)
    assert started(KILLED, figures.file, moment).wait(timeout=60) == -9
    assert len(rows(figures)) == kept
    assert run(figures).line.startswith("pre-specified") and not run(figures).trouble
    assert len(rows(figures)) == kept + 2


def test_a_process_killed_while_it_makes_the_file_leaves_none(figures):
    assert started(KILLED, figures.file, "making").wait(timeout=60) == -9
    assert not runs.record_file(figures).exists()
    assert not run(figures).trouble and len(rows(figures)) == 1


def closed_folder(folder: Path):
    """What a started process does first, so that permissions hold for it even where tests run as root."""

    def closed() -> None:
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)

    os.chmod(folder, 0o555)
    return closed


READER = """
import sys
from pathlib import Path
from analytics import runs
from analytics.analysis import analyse, study
from analytics.errors import NotRecorded
from analytics.protocol import protocol_of
from analytics.warehouse import Warehouse
from tests.analytics.test_runs import spec
figures = Warehouse(Path(sys.argv[1]))
found = runs.record_run(analyse(spec(), figures), figures)
print(found.word)
print(found.trouble)
try:
    runs.save_protocol(protocol_of(spec(2), "cpp_rate"), study(spec(2), figures), figures)
except NotRecorded as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="gives up a Linux capability to be refused by the folder")
@pytest.mark.parametrize("before", [True, False], ids=["a record is there", "no record is there"])
def test_a_folder_that_cannot_be_written_stops_no_run_but_no_protocol_is_lost_in_silence(figures, tmp_path, before):
    if before:
        save(figures)
    try:
        reader = started(READER, figures.file, stdout=subprocess.PIPE, text=True, preexec_fn=closed_folder(tmp_path))
        said = reader.communicate(timeout=60)[0].splitlines()
    finally:
        os.chmod(tmp_path, 0o755)
    assert said[0] == ("pre-specified" if before else "exploratory")
    assert said[1].startswith("This run could not be recorded: Permission denied. Allow writing in")
    assert said[2].startswith("The protocol was not saved: Permission denied.")


@pytest.mark.parametrize("bytes_", [b"", b"no database at all" * 1000], ids=["empty", "other bytes"])
def test_a_damaged_record_is_set_aside_and_said(figures, bytes_):
    runs.record_file(figures).write_bytes(bytes_)
    found = runs.standing(spec(), figures)
    assert found.word == "exploratory" and "cannot be read" in found.trouble
    with pytest.raises(NotRecorded, match="the record of runs cannot be read"):
        runs.count_runs(figures)
    found = run(figures)
    assert "kept as runs-damaged-1.duckdb" in found.trouble
    assert (figures.file.parent / "runs-damaged-1.duckdb").read_bytes() == bytes_
    assert len(rows(figures)) == 1 and not run(figures).trouble
    other = Specification.from_toml(SPEC.replace("last = 2020", "last = 2019"))
    saved = runs.save_protocol(protocol_of(other, "cpp_rate"), study(other, figures), figures)
    assert "runs-damaged-1.duckdb" in saved.doubt and "not known" in runs.standing(other, figures).sentence


def test_damage_inside_the_record_is_noticed(figures):
    save(figures)
    run(figures)
    file = runs.record_file(figures)
    content = bytearray(file.read_bytes())
    for place in range(3 * 4096, len(content), 3):  # DuckDB's first three blocks are its headers
        content[place] ^= 0x5A
    file.write_bytes(content)
    assert "cannot be read" in runs.standing(spec(), figures).trouble
    assert "kept as runs-damaged-1.duckdb" in run(figures).trouble
    assert (figures.file.parent / "runs-damaged-1.duckdb").read_bytes() == bytes(content)


def test_a_protocol_changed_inside_the_record_vouches_for_nothing(figures):
    save(figures)
    with duckdb.connect(str(runs.record_file(figures))) as connection:
        connection.execute("""update run set protocol = replace(protocol, 'primary = "cpp', 'primary = "dpp')""")
    found = run(figures)
    assert found.word == "exploratory" and "could not be recorded" in found.trouble


def test_a_record_that_another_program_holds_is_waited_for_and_then_said(figures, monkeypatch):
    run(figures)
    monkeypatch.setattr(runs, "SECONDS_TO_WAIT", 0.2)
    code = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('open', flush=True); time.sleep(60)"
    holder = started(code, runs.record_file(figures), stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "open\n"
        assert "in use by another program" in run(figures, 2).trouble
        with pytest.raises(NotRecorded, match=r"The protocol was not saved: .* in use by another program"):
            save(figures, 2)
    finally:
        holder.kill()
        holder.wait()
    assert not run(figures, 2).trouble


def test_what_could_not_be_recorded_stands_in_the_report(figures):
    runs.record_file(figures).mkdir()
    found = analyse(spec(), figures)
    report = run_files(found, runs.record_run(found, figures))["report.md"]
    assert "This run could not be recorded: " in report


def test_a_pre_specified_run_takes_its_protocol_along(figures):
    saved = save(figures)
    found = analyse(spec(), figures)
    files = run_files(found, runs.record_run(found, figures))
    assert files["protocol.toml"] == saved.to_toml()
    assert all(line.endswith(",pre-specified,published") for line in files["effects.csv"].splitlines()[1:])
    assert f"Pre-specified: protocol {saved.name}" in files["report.md"]
    assert "Primary outcome: cpp_rate (smallest change of interest 6)." in files["report.md"]
