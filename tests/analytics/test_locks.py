"""Lock files: one holder at a time, waited for, and let go of when the holder dies."""

import subprocess
import sys
from pathlib import Path

import pytest

from analytics.locks import held

PROJECT = Path(__file__).parents[2]


def test_one_at_a_time(tmp_path):
    with held(tmp_path / "lock", seconds=1):
        with pytest.raises(TimeoutError, match="lock was held"), held(tmp_path / "lock", seconds=0.05):
            pass
        with held(tmp_path / "another", seconds=0.05):
            pass
    with held(tmp_path / "lock", seconds=0.05):
        pass


def test_the_lock_of_a_dead_process_is_free(tmp_path):
    code = "import os, sys; from pathlib import Path; from analytics.locks import held\n"
    code += "with held(Path(sys.argv[1]), seconds=1): os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path / "lock")], cwd=PROJECT).returncode == -9
    with held(tmp_path / "lock", seconds=0.05):
        pass


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError), held(tmp_path / "none" / "lock", seconds=0.05):
        pass
