"""The command line: exit codes, and sentences instead of tracebacks."""

from __future__ import annotations

import pytest

from data import __main__ as command_line
from data.__main__ import main
from tests.data.small_extracts import b1, text, written


@pytest.fixture(autouse=True)
def _own_places(monkeypatch, tmp_path):
    monkeypatch.setattr(command_line, "EXTRACTS", tmp_path / "extracts")
    monkeypatch.setenv("PRACTICE_DATABASE", str(tmp_path / "database"))


def test_a_build_says_what_became_of_each_file(small, tmp_path, capsys):
    written(small, error="<html></html>")
    assert main(["build", "--from", str(small)]) == 0
    said = capsys.readouterr().out
    assert f"{tmp_path / 'database' / 'practice-1.duckdb'}: 18 published figures from 2 of 3 files." in said
    assert "  B1: Children in need, 2013 to 2025\n  16 cells read: 16 kept, 0 out of scope, 0 rejected" in said
    assert "error.csv\n  Not used: error.csv is a web page" in said


def test_extracts_and_database_have_their_usual_places(small, tmp_path):
    small.rename(tmp_path / "extracts")
    assert main(["build"]) == 0
    assert (tmp_path / "database" / "CURRENT").read_text(encoding="utf-8") == "practice-1.duckdb\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["build"], "There are no extracts", id="no extracts at all"),
        pytest.param(
            ["build", "--from", "{folder}/nowhere"], "There is no folder or file", id="a folder that is not there"
        ),
        pytest.param(["build", "--from", "{folder}/empty"], "No file that is read here is in", id="an empty folder"),
        pytest.param(
            ["build", "--from", "{folder}/packed"],
            "packed (only files ending in .xls, .zip). Read are CSV (.csv, .txt, .tsv), Parquet (.parquet), Excel "
            "workbooks (.xlsx, .xlsm) and OpenDocument (.ods). Put published files there, fetch them with python -m data "
            "download, or name their folder with --from.",
            id="files of other kinds alone",
        ),
        pytest.param(["build", "--from", "{folder}/bad"], "f.csv is empty", id="an empty file"),
        pytest.param(
            ["build", "--illustrative", "--from", "{folder}/bad"], "Write the teaching set", id="no teaching set"
        ),
    ],
)
def test_nothing_usable_is_2_with_the_reasons(tmp_path, capsys, words, says):
    (tmp_path / "empty").mkdir()
    (tmp_path / "packed").mkdir()
    for name in ("all.ZIP", "old.xls", "download.log", "note.toml", "README"):
        (tmp_path / "packed" / name).touch()
    written(tmp_path / "bad", f="")
    assert main([word.format(folder=tmp_path) for word in words]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "database").exists()


def test_the_illustrative_build_writes_its_extracts_first(tmp_path, capsys):
    assert main(["build", "--illustrative"]) == 0
    assert (tmp_path / "extracts" / "illustrative" / "illustrative_authorities.csv").is_file()
    assert "illustrative figures from 11 of 11 files" in capsys.readouterr().out
    assert main(["build"]) == 2, "the teaching set is no published extract"


def test_the_teaching_set_can_be_written_by_itself(tmp_path, capsys):
    assert main(["illustrative", "--to", str(tmp_path / "set"), "--seed", "2"]) == 0
    assert (tmp_path / "set" / "practice_models").is_dir()
    assert "Everything in them is invented" in capsys.readouterr().out


def test_a_good_file_checks_out(small, capsys):
    assert main(["check", str(small / "b1.csv"), str(small / "population.csv")]) == 0
    assert "16 cells read: 16 kept, 0 out of scope, 0 rejected" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(
            text("b1", b1(2017, "Brent", "twelve")), "Rejected: line 2, Anypoint_child, 'twelve': neither", id="word"
        ),
        pytest.param(
            text("b1", b1(2099, "Brent", 1)), "Rejected: line 2, time_period, '2099': '2099' is outside", id="year"
        ),
        pytest.param("<html></html>", "is a web page saved as a table", id="web page"),
        pytest.param("a,b\n1,2\n", "is none of the 8 tables known here", id="another table"),
        pytest.param(
            text("b1", b1(2017, "Brent", 1)).replace("Ended_child", "Ended"), "no column 'Ended_child'", id="column"
        ),
        pytest.param("", "is empty", id="empty"),
    ],
)
def test_a_file_with_errors_is_1(tmp_path, capsys, content, says):
    written(tmp_path, f=content)
    assert main(["check", str(tmp_path / "f.csv")]) == 1
    assert says in capsys.readouterr().out


def test_a_file_that_is_not_there_is_1(tmp_path, capsys):
    assert main(["check", str(tmp_path / "f.csv")]) == 1
    assert "f.csv cannot be opened: No such file" in capsys.readouterr().out


def test_lines_with_the_same_mistake_are_told_once(tmp_path, capsys):
    wrong = "Local authority,E92000001,England,,,999,E09999999,Brent"
    written(tmp_path, f=text("b1", *(b1(year, wrong, 1) for year in range(2013, 2018))))
    assert main(["check", str(tmp_path / "f.csv")]) == 1
    assert "Rejected: line 2 and 4 more, 'Brent': authority code 'E09999999'" in capsys.readouterr().out


def test_invented_files_can_be_checked(tmp_path, capsys):
    assert main(["illustrative", "--to", str(tmp_path / "set")]) == 0
    b1_file = next((tmp_path / "set").glob("*b1*"))
    lists = [str(next((tmp_path / "set").glob(name))) for name in ("*april_2021.csv", "*sn_model*.csv", "*.ods")]
    assert main(["check", str(b1_file), *lists]) == 0
    (tmp_path / "set" / "illustrative_authorities.csv").unlink()
    assert main(["check", str(b1_file)]) == 1
    assert "is not beside it" in capsys.readouterr().out
