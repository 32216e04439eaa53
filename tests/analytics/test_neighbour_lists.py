"""Lists side by side, and where two models disagree: small lists worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.neighbour_lists import disagreements, models_recorded, shared_on_average, side_by_side
from analytics.own_model import OwnModel
from analytics.own_neighbours import OwnNeighbours
from analytics.trends import Surroundings
from tests.analytics.small_warehouse import plain


def listed(**near: str) -> pd.DataFrame:
    """A model's lists: `A="BC"` names B first, then C, for A."""
    rows = [
        (code, other, f"Name {other}", rank, "close")
        for code, others in near.items()
        for rank, other in enumerate(others, 1)
    ]
    return pd.DataFrame(rows, columns=["area_code", "neighbour_code", "name", "rank", "closeness"])


OLDER, NEWER = listed(A="BCD", B="ACD"), listed(A="DEB", C="ABD")
REGIONS = dict.fromkeys("ABCDE", "North")


def test_who_stays_leaves_and_joins():
    found = side_by_side("A", {"2021": OLDER, "2025": NEWER}, REGIONS, {"D": "Model M (primary, May 2014)"})
    assert found.held == ("2021", "2025")
    assert found.shared("2021", "2025") == ("Name B", "Name D")
    assert found.only("2021", "2025") == ("Name C",) and found.only("2025", "2021") == ("Name E",)
    assert found.codes("2021") == ("B", "C", "D") and found.codes("2025") == ("D", "E", "B")
    assert [each.area_code for each in found.on(["2021", "2025"])] == ["D", "E", "B", "C"]
    assert {each.area_code: each.models for each in found.neighbours}["D"] == "Model M (primary, May 2014)"


@pytest.mark.parametrize(("code", "held"), [("B", ("2021",)), ("C", ("2025",)), ("E", ())])
def test_an_authority_that_a_model_does_not_know(code, held):
    found = side_by_side(code, {"2021": OLDER, "2025": NEWER}, REGIONS, {})
    assert found.held == held and len(found.neighbours) == 3 * len(held)


def test_shared_on_average_is_over_authorities_that_both_place():
    assert shared_on_average(OLDER, NEWER) == (2.0, 1)  # A alone
    assert shared_on_average(listed(A="BC", B="AC"), listed(A="BC", B="DE")) == (1.0, 2)
    average, authorities = shared_on_average(OLDER, listed(E="AB"))
    assert np.isnan(average) and authorities == 0


def test_models_are_recorded_with_role_and_date(tmp_path):
    made = plain(tmp_path / "small.duckdb")
    made.adoption("A1", "M", role="developing")
    warehouse = made.ready()
    around = Surroundings(warehouse.ask("all_areas"), warehouse.ask("boundary_changes"), warehouse.ask("adoptions"))
    assert models_recorded(around) == {"A1": "Model M (primary, 1 April 2016); Model M (developing, date not known)"}


def placed() -> OwnNeighbours:
    """A 10% low income, B 11, C 16, D 20; E cannot be placed."""
    value = np.array([[10.0], [11.0], [16.0], [20.0]])
    standard = (value - value.mean()) / value.std()
    return OwnNeighbours(
        OwnModel((("low_income", 1.0),), 2025),
        tuple("ABCD"),
        tuple(f"Name {code}" for code in "ABCD"),
        value,
        standard,
        np.abs(standard - standard.T),
        pd.DataFrame([("E", "Name E", "suppressed")], columns=["area_code", "name", "reason"]),
        ("%",),
    )


def test_a_disagreement_says_what_sets_two_apart_or_why_one_is_not_placed():
    own = listed(A="BC")
    found = side_by_side("A", {"2025": NEWER, "own": own}, REGIONS, {})
    rows = disagreements("A", found, "2025", "own", placed())
    assert [(row.name, row.official, row.rank) for row in rows] == [
        ("Name C", None, 2),
        ("Name D", 1, 3),
        ("Name E", 2, None),
    ]
    assert rows[0].why == ""
    assert rows[1].why == "Children in low-income families: 10.0% here, 20.0% there"
    assert rows[2].why == "cannot be placed: suppressed"


def test_two_equal_lists_disagree_about_nobody():
    found = side_by_side("A", {"2025": listed(A="BC"), "own": listed(A="CB")}, REGIONS, {})
    assert disagreements("A", found, "2025", "own", placed()) == []
