"""Builds that are killed, run out of room, find a closed folder or meet another build: the old file still serves."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analytics.warehouse import current_file, open_warehouse
from data import files
from data.build import build
from data.files import CannotWrite

PROJECT = Path(__file__).parents[2]
COMMAND = "import sys; from data.__main__ import main; sys.exit(main(sys.argv[1:]))"
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1  # linux/prctl.h, linux/capability.h

# Dies by SIGKILL on entering the step named, in the build of the folder named.
KILLED_AT = """
import os, signal, sys
from pathlib import Path
from data import build as built, files
owner, name = {step}
def die(*given, **named):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, die)
built.build([Path(sys.argv[1])], Path(sys.argv[2]))
"""


def python(code: str, *words: object, **settings: object) -> subprocess.Popen[str]:
    """A Python process of the project, started."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings,
    )  # fmt: skip


def figures(out: Path) -> int:
    """How many figures the current warehouse of a folder holds."""
    warehouse = open_warehouse(out)
    try:
        return len(warehouse.ask("coverage"))
    finally:
        warehouse.close()


@pytest.fixture
def serving(small, tmp_path):
    """A folder with a warehouse that serves."""
    out = tmp_path / "out"
    build([small], out)
    return out


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("(built, 'stage')", id="before the first cell"),
        pytest.param("(built, '_insert_all')", id="before the tables are filled"),
        pytest.param("(built, '_check')", id="before the checks"),
        pytest.param("(files, 'make_current')", id="when the file is finished"),
        pytest.param("(files, '_safely_on_disk')", id="before the file has its name"),
        pytest.param("(files, 'remove_old')", id="before old files go"),
    ],
)
def test_a_build_that_is_killed_leaves_a_warehouse_that_serves(serving, small, step):
    before = figures(serving)
    process = python(KILLED_AT.format(step=step), small, serving)
    assert process.wait() == -signal.SIGKILL, process.stderr.read()
    assert figures(serving) == before
    report = build([small], serving)
    assert report.file == current_file(serving)
    assert figures(serving) == before
    assert not [path for path in serving.glob(files.UNFINISHED) if path.is_dir()], "what was left lying is cleared"


def test_a_build_killed_between_the_file_and_the_pointer_changes_nothing(serving, small):
    code = """
import os, signal, sys
from pathlib import Path
from data import build as built, files
move = os.replace
def move_once(source, target):
    move(source, target)
    os.kill(os.getpid(), signal.SIGKILL)
files.os.replace = move_once
built.build([Path(sys.argv[1])], Path(sys.argv[2]))
"""
    assert python(code, small, serving).wait() == -signal.SIGKILL
    assert current_file(serving).name == "practice-1.duckdb"
    assert (serving / "practice-2.duckdb").is_file()
    assert build([small], serving).file.name == "practice-3.duckdb"


@pytest.mark.parametrize("after", [0.15, 0.4, 0.55, 0.7, 0.85])
def test_a_build_killed_at_any_moment(serving, small, after):
    process = python(COMMAND, "build", "--from", small, "--to", serving)
    time.sleep(after)
    process.kill()
    process.wait()
    assert figures(serving) > 0
    assert build([small], serving).file == current_file(serving)


def test_builds_at_the_same_time_take_turns(small, tmp_path):
    out = tmp_path / "out"
    words = ("build", "--from", small, "--to", out)
    processes = [python(COMMAND, *words) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert current_file(out).name == "practice-3.duckdb"


def test_a_build_waits_only_so_long(small, tmp_path):
    with (
        files.locked(tmp_path),
        pytest.raises(CannotWrite, match="Another build is running"),
        files.locked(tmp_path, seconds=0.1),
    ):
        pass


def test_the_lock_of_a_dead_process_is_taken_over(serving, small):
    code = """
import os, signal, sys
from pathlib import Path
from data import files
with files.locked(Path(sys.argv[1])):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert python(code, serving).wait() == -signal.SIGKILL
    assert build([small], serving).file.name == "practice-2.duckdb"


def _without_an_administrators_rights() -> None:
    """Gives up the right to write into closed folders, which an administrator's process starts with."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


def test_a_read_only_folder_is_told_in_a_sentence(serving, small):
    before = sorted(path.name for path in serving.iterdir())
    serving.chmod(0o555)
    words = ("build", "--from", small, "--to", serving)
    process = python(COMMAND, *words, preexec_fn=_without_an_administrators_rights)
    said, errors = process.communicate()
    serving.chmod(0o755)
    assert (process.returncode, said) == (1, "")
    assert f"The warehouse cannot be written to {serving}: Permission denied." in errors
    assert "What was there before is unchanged" in errors
    assert "Traceback" not in errors
    assert sorted(path.name for path in serving.iterdir()) == before
    assert figures(serving) > 0


def test_a_full_disk_is_told_in_a_sentence(serving, small):
    before = current_file(serving)
    code = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
from data.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
    process = python(code, "build", "--from", small, "--to", serving)
    _, errors = process.communicate()
    assert process.returncode == 1, errors
    assert f"The warehouse cannot be written to {serving}" in errors
    assert "Traceback" not in errors
    assert current_file(serving) == before
    assert figures(serving) > 0


def test_a_place_that_can_be_no_folder(small, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CannotWrite, match="cannot be written"):
        build([small], tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
