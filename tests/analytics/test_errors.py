"""Errors: an outcome is called by its id on the command line, and by its label on a page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.errors import BadProtocol, BadSpecification, CannotEstimate, UnknownName
from analytics.protocol import specification_in
from analytics.spec import Specification

STARTED = """
import os, sys
from {module}.__main__ import main
os.chdir({folder!r})
if {module!r} == "analytics":
    import analytics.__main__ as commands
    commands._verify = lambda chosen: print("matches") or 0
sys.exit(main({words!r}))
"""
LABELS = {"cpp_rate": "Children on a plan"}


@pytest.mark.parametrize("kind", [CannotEstimate, BadProtocol])
@pytest.mark.parametrize(
    ("outcome", "plainly", "told"),
    [
        pytest.param("cpp_rate", "cpp_rate: no figure.", "Children on a plan: no figure.", id="about an outcome"),
        pytest.param("", "no figure.", "no figure.", id="about none"),
        pytest.param("cla_rate", "cla_rate: no figure.", "cla_rate: no figure.", id="an outcome without a label"),
    ],
)
def test_an_error_about_an_outcome_names_it_first(kind, outcome, plainly, told):
    error = kind("no figure.", outcome)
    assert (str(error), error.told(LABELS), error.reason) == (plainly, told, "no figure.")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        pytest.param("SOSS", "Did you mean 'SOS'?", id="near an id"),
        pytest.param("signs of safty", "Did you mean 'SOS'?", id="near a name"),
        pytest.param("XYZ", "Known, in data/practice_models/: FSM, SOS.", id="near nothing: all of them"),
    ],
)
def test_a_name_that_is_not_known(asked, says):
    called = {"SOS": "Signs of Safety", "FSM": "Family Safeguarding"}
    assert says in str(UnknownName("practice model", asked, called, called=called))


def test_of_many_names_the_list_is_named_instead():
    known = [f"indicator_{n}" for n in range(400)]
    assert str(UnknownName("indicator", "zzz", known)).endswith("Known, in the Data page and data/sources/: 400.")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({}, 'the smallest that will do:\noutcomes = ["cpp_rate"]\n[treatment]', id="empty"),
        pytest.param(
            {"outcomes": ["a"], "treatment": {"model": "M"}, "estimator": {"weights": 0}},
            "estimator.weights = 0 should be one of these words: authorities, children.",
            id="a number for a word",
        ),
        pytest.param({"outcomes": ["a"], "treatment": {"authorities": ["A1"]}}, "has 1 code and", id="one is not many"),
    ],
)
def test_a_specification_that_cannot_be_used_says_what_would_do(given, says):
    with pytest.raises(BadSpecification) as error:
        Specification.from_dict(given)
    assert says.lower() in str(error.value).lower()


def test_a_folder_and_a_file_that_is_no_text_are_said_to_be_that(tmp_path):
    picture = tmp_path / "spec.toml"
    picture.write_bytes(b"\x89PNG\xff\xfe")
    for file, says in (
        (tmp_path, "is a folder. Name a file in it."),
        (picture, "is not text. A specification or protocol"),
    ):
        with pytest.raises(BadSpecification) as error:
            specification_in(file)
        assert says in str(error.value) and "Errno" not in str(error.value)


@pytest.mark.parametrize("module", ["analytics", "data"])
def test_a_reader_that_leaves_early_is_no_error(tmp_path, module):
    """As `| head -1` does: the pipe is closed before anything is written to it."""
    words = {"analytics": ["verify", "protocol.toml"], "data": ["check", "table.csv"]}[module]
    (tmp_path / "table.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    read, write = os.pipe()
    os.close(read)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", STARTED.format(module=module, words=words, folder=str(tmp_path))],
        stdout=write,
        stderr=subprocess.PIPE,
        cwd=root,
        text=True,
        timeout=60,
    )
    os.close(write)
    assert done.returncode == 0 and done.stderr == ""
