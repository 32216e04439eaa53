"""Statistical neighbours: both published forms, newest codes, and pairs that cannot be."""

from __future__ import annotations

import duckdb
import pytest

from data.build import build
from data.report import has_errors
from tests.data.small_extracts import b1, line, text, written
from tests.data.small_lait import neighbours, numbered

BRENT = (304, "Brent", [(307, "Close "), (320, " VERY  Close"), (825, "Somewhat close")])
PAIRS = [
    ("E09000009", 1, "close"),
    ("E09000031", 2, "very close"),
    ("E06000060", 3, "somewhat close"),
]


@pytest.fixture
def folder(tmp_path):
    """A folder with the figures that a build needs at least."""
    return written(
        tmp_path / "in",
        b1=text("b1", b1(2017, "Brent", 600)),
        population=text("population", line("population", 2016, "Brent", 12_000)),
    )


@pytest.fixture
def listed(folder, tmp_path):
    """Builds the folder: pairs of the warehouse, and what became of each list."""

    def of():
        report = build([folder], tmp_path / "out")
        with duckdb.connect(str(report.file), read_only=True) as connection:
            pairs = connection.execute("select * from neighbour order by model, area_code, rank").fetchall()
        return pairs, [each for each in report.extracts if each.found.layout == "neighbours"]

    return of


@pytest.mark.parametrize("form", [neighbours, numbered])
def test_both_forms_give_the_same_pairs_under_the_newest_codes(folder, listed, form):
    form(folder, BRENT)
    pairs, (found,) = listed()
    assert [(code, rank, closeness) for _, _, code, rank, closeness, _ in pairs] == PAIRS
    assert {(model, area) for model, area, *_ in pairs} == {("2021", "E09000005")}
    assert (found.found.cells_read, found.tally.kept) == (3, 3)


def test_both_forms_together_are_one_list(folder, listed):
    neighbours(folder, BRENT)
    numbered(folder, BRENT)
    pairs, found = listed()
    assert len(pairs) == 3
    assert sorted(each.tally.kept for each in found) == [0, 3]
    assert sorted(each.tally.out_of_scope for each in found) == [0, 3]


def test_a_list_that_names_authorities_of_2023_is_of_2025(folder, listed):
    neighbours(folder, BRENT, (926, "Norfolk", [(942, "Close")]))
    pairs, _ = listed()
    assert {model for model, *_ in pairs} == {"2025"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param((304, "Brent", [(304, "Close")]), "Brent is named as its own neighbour", id="itself"),
        pytest.param((304, "Brent", [(777, "Close")]), "neighbour number '777' is not in the register", id="unknown"),
        pytest.param((304, "Brent", [(909, "Close")]), "Cumbria no longer exists: it was abolished in 2023", id="gone"),
        pytest.param(
            (778, "Atlantis", [(307, "Close")]), "authority number '778' (Atlantis) is not", id="unknown owner"
        ),
        pytest.param((304, "Brent", [(307, "Near")]), "closeness 'near' is none of not close", id="unknown word"),
        pytest.param(
            (304, "Brent", [(307, "Close"), (307, "Not close")]), "two lists of one model must agree", id="twice"
        ),
    ],
)
def test_a_pair_that_cannot_be_is_rejected_with_the_reason(folder, listed, row, says):
    neighbours(folder, row)
    pairs, (found,) = listed()
    assert [says in each.reason for each in found.rejections] == [True]
    assert len(pairs) == found.found.cells_read - 1
    assert found.found.cells_read == found.tally.kept + found.tally.out_of_scope + found.tally.rejected


def test_an_abolished_neighbour_is_nobodys_mistake_to_mend(folder, listed):
    neighbours(folder, (304, "Brent", [(909, "Close"), (307, "Close")]))
    assert not has_errors(listed()[1][0])


def test_an_abolished_authority_keeps_its_own_list_under_its_last_code(folder, listed):
    numbered(folder, BRENT, (909, "Cumbria", [(307, "Close")]))
    pairs, _ = listed()
    assert ("2021", "E10000006", "E09000009", 1, "close", None) in pairs


def test_an_authority_that_is_younger_than_the_model_has_dashes(folder, listed):
    numbered(folder, BRENT, (942, "Cumberland", [("-", "-")] * 10))
    pairs, (found,) = listed()
    assert (len(pairs), found.tally.out_of_scope, found.tally.rejected) == (3, 10, 0)
    assert "younger than the model" in " ".join(found.tally.notes)
