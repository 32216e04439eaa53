"""The command line from protocol to verification: what matches, what does not, and what cannot be used."""

import subprocess
import sys
from pathlib import Path

import pytest

from analytics.__main__ import main
from tests.analytics.small_warehouse import plain

PROJECT = Path(__file__).parents[2]
SPEC = 'outcomes = ["cpp_rate"]\n[treatment]\nmodel = "M"\n[window]\nlast = 2020\n'


@pytest.fixture
def place(tmp_path):
    """A folder with a warehouse, a specification and its protocol."""
    plain(tmp_path / "w.duckdb", adopters=2, comparators=8).ready().close()
    (tmp_path / "spec.toml").write_text(SPEC, encoding="utf-8")
    assert command(tmp_path, "protocol", "spec.toml", "--smallest", "cpp_rate=6") == 0
    return tmp_path


def command(place: Path, name: str, file: str, *more: str, out: str = "protocol.toml") -> int:
    words = [name, str(place / file), *more]
    if name == "protocol" and "--primary" not in more:
        words += ["--primary", "cpp_rate"]
    if name in ("run", "protocol"):
        words += ["--database", str(place / "w.duckdb"), "--out", str(place / out)]
    return main(words)


def test_a_protocol_its_run_and_their_verification(place, capsys):
    assert command(place, "protocol", "spec.toml", "--smallest", "cpp_rate=6", out="again.toml") == 0
    said = capsys.readouterr().out
    assert "No specification of the same model and primary outcome had been run on published figures" in said
    noted = said.split()[1]
    assert len(noted) == 64 and " UTC" in said
    assert command(place, "run", "protocol.toml", out="run") == 0
    assert f"pre-specified (protocol {noted[:12]}, saved " in capsys.readouterr().out
    assert main(["verify", str(place / "protocol.toml"), "--run", str(place / "run"), "--hash", noted]) == 0
    assert capsys.readouterr().out.endswith("\nmatches\n")


def test_another_specification_is_exploratory_and_its_difference_is_shown(place, capsys):
    assert command(place, "run", "spec.toml", out="run") == 0
    said = capsys.readouterr().out
    line = (
        "estimator.smallest_effects.cpp_rate (smallest change of interest, cpp_rate): in the protocol 6; here not named"
    )
    assert ": exploratory\n" in said and f"  {line}\n" in said and "Specifications run on these figures: 1" in said
    assert main(["verify", str(place / "protocol.toml"), "--run", str(place / "run")]) == 1
    said = capsys.readouterr().out
    assert line in said and "effects.csv has the standing 'exploratory'" in said and "matches" not in said


def test_a_run_that_came_before_its_protocol_does_not_match(place, capsys):
    (place / "runs.duckdb").unlink()
    assert command(place, "run", "protocol.toml", out="run") == 0
    assert command(place, "protocol", "spec.toml", "--smallest", "cpp_rate=6", out="late.toml") == 0
    assert "had been shown already" in capsys.readouterr().out
    assert command(place, "run", "late.toml", out="run") == 0
    assert "exploratory" in capsys.readouterr().out
    assert main(["verify", str(place / "late.toml"), "--run", str(place / "run")]) == 1


@pytest.mark.parametrize(
    "old,new",
    [
        pytest.param("last = 2020", "last = 2019", id="a year"),
        pytest.param("cpp_rate = 6.0", "cpp_rate = 5.0", id="the smallest effect"),
        pytest.param("runs_before = 0", "runs_before = 1", id="what had been run"),
    ],
)
def test_a_changed_protocol_is_found(place, capsys, old, new):
    text = (place / "protocol.toml").read_text(encoding="utf-8")
    assert old in text
    (place / "protocol.toml").write_text(text.replace(old, new), encoding="utf-8")
    assert main(["verify", str(place / "protocol.toml")]) == 1
    assert "matches" not in capsys.readouterr().out.replace("not match", "")


def test_a_hash_noted_elsewhere_finds_a_protocol_written_anew(place, capsys):
    assert main(["verify", str(place / "protocol.toml"), "--hash", "0123456789ab"]) == 1
    assert "noted elsewhere is 0123456789ab" in capsys.readouterr().out


@pytest.mark.parametrize(
    "file,old,new,words",
    [
        pytest.param(
            "spec.toml",
            "last = 2020",
            "last = 2019",
            "window.last (last year): in the protocol 2020",
            id="specification",
        ),
        pytest.param("effects.csv", ",standing", ",stood", "effects.csv has no column 'standing'", id="no standing"),
        pytest.param("panel.csv", ",pre-specified", ",exploratory", "panel.csv has the standing", id="standing"),
        pytest.param("protocol.toml", 'primary = "cpp_rate"', 'primary = "cpp_rate"', "", id="untouched"),
    ],
)
def test_a_changed_run_is_found(place, capsys, file, old, new, words):
    assert command(place, "run", "protocol.toml", out="run") == 0
    text = (place / "run" / file).read_text(encoding="utf-8")
    assert old in text
    (place / "run" / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    capsys.readouterr()
    assert main(["verify", str(place / "protocol.toml"), "--run", str(place / "run")]) == (1 if words else 0)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments,words",
    [
        pytest.param(["verify", "none.toml"], "There is no file", id="no file"),
        pytest.param(["verify", "spec.toml"], "is no protocol", id="a specification"),
        pytest.param(["verify", "w.duckdb"], "UTF-8", id="not text"),
        pytest.param(["verify", "protocol.toml", "--run", "none"], "There is no folder", id="no run"),
        pytest.param(["verify", "protocol.toml", "--run", "."], "effects.csv", id="a folder without a run"),
        pytest.param(
            ["protocol", "spec.toml", "--out", "p", "--smallest", "cpp_rate"], "such as cpp_rate=6", id="no number"
        ),
        pytest.param(
            ["protocol", "spec.toml", "--out", "p", "--smallest", "cpp_rate=6"], "one primary", id="no primary"
        ),
        pytest.param(
            ["protocol", "spec.toml", "--out", "p", "--primary", "cpp_rate"],
            "the smallest change that would matter is not named",
            id="no change",
        ),
    ],
)
def test_what_cannot_be_used_is_a_sentence_and_exit_2(place, capsys, monkeypatch, arguments, words):
    monkeypatch.chdir(place)
    capsys.readouterr()
    given = [*arguments, "--database", "w.duckdb"] if arguments[0] == "protocol" else arguments
    assert main(given) == 2
    said = capsys.readouterr()
    assert words in said.err and "Traceback" not in said.err and not said.out


def test_a_protocol_whose_file_cannot_be_written_is_still_saved_and_says_so(place, capsys):
    (place / "taken").write_text("", encoding="utf-8")
    capsys.readouterr()
    given = ("--smallest", "cpp_rate=6")
    assert command(place, "protocol", "spec.toml", *given, out="taken/protocol.toml") == 2
    assert "It is saved, but" in capsys.readouterr().err
    assert command(place, "protocol", "spec.toml", *given, out="again.toml") == 0
    again = (place / "again.toml").read_text(encoding="utf-8")
    assert again == (place / "protocol.toml").read_text(encoding="utf-8")


def test_someone_without_the_warehouse_can_verify(place, tmp_path_factory):
    assert command(place, "run", "protocol.toml", out="run") == 0
    away = tmp_path_factory.mktemp("away")
    (place / "run").rename(away / "run")
    words = [
        sys.executable,
        "-m",
        "analytics",
        "verify",
        str(away / "run" / "protocol.toml"),
        "--run",
        str(away / "run"),
    ]
    done = subprocess.run(
        words, cwd=PROJECT, env={"PRACTICE_DATABASE": str(away / "none")}, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "matches"), done.stderr
