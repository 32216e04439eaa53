"""A neighbour model of the reader's own: distances by a slow twin, who cannot be placed, and what it does in an analysis."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics.analysis import analyse
from analytics.errors import BadSpecification, CannotEstimate, UnknownName
from analytics.own_model import BadModel, own_model, weights_read, weights_text
from analytics.own_neighbours import background_board, common_years, measured, offered, own_neighbours
from analytics.report.run_files import report
from analytics.spec import Specification
from analytics.study import study
from tests.analytics.small_warehouse import SmallWarehouse, plain

HELD = {"children": "Number of children", "low_income": "Children in low-income families"}


def rows(code: str, children: dict[int, float], income: dict[int, float | str]) -> tuple:
    return code, children, income


PLACES = (
    rows("A", {2014: 20_000, 2023: 20_000, 2024: 22_000}, {2024: 10.0, 2025: 12.0}),
    rows("B", {2014: 40_000, 2023: 40_000, 2024: 44_000}, {2024: 20.0, 2025: 18.0}),
    rows("C", {2014: 80_000, 2023: 80_000, 2024: 80_000}, {2024: 30.0, 2025: 33.0}),
    rows("D", {2014: 30_000, 2023: 30_000, 2024: 30_000}, {2024: 12.0, 2025: 14.0}),
    rows("E", {2014: 25_000, 2023: 25_000, 2024: 25_000}, {2024: "suppressed", 2025: "suppressed"}),
)


def small(file, places=PLACES) -> SmallWarehouse:
    made = SmallWarehouse(file)
    made.indicator("children_0_17", unit="children")
    made.indicator("low_income_pct", unit="%", polarity="lower")
    for code, children, income in places:
        made.area(code)
        for year, number in children.items():
            made.figures(code, {year: number}, indicator="children_0_17")
        made.figures(code, income, indicator="low_income_pct")
    made.area("Z")  # of another set of figures: no background figure of any year
    return made


@pytest.fixture
def board(tmp_path):
    return background_board(small(tmp_path / "small.duckdb").ready())


def by_hand(weights: dict[str, float], year: int) -> dict[str, dict[str, float]]:
    """Distances, one pair at a time, from PLACES."""
    levels = {}
    for code, children, income in PLACES:
        figures = {"children": math.log(children[year - 1]), "low_income": income[year]}
        if all(isinstance(figures[k], float) for k in weights):
            levels[code] = figures
    means = {k: sum(f[k] for f in levels.values()) / len(levels) for k in weights}
    sds = {k: math.sqrt(sum((f[k] - means[k]) ** 2 for f in levels.values()) / len(levels)) for k in weights}
    return {
        one: {
            other: math.sqrt(
                sum(w * ((levels[one][k] - levels[other][k]) / sds[k]) ** 2 for k, w in weights.items())
                / sum(weights.values())
            )
            for other in levels
            if other != one
        }
        for one in levels
    }


@pytest.mark.parametrize("year", [2024, 2025])
@pytest.mark.parametrize(
    "weights",
    [
        {"children": 1.0, "low_income": 2.0},
        {"low_income": 3.0},
        {"children": 5.0},
        {"children": 0.5, "low_income": 0.5},
    ],
)
def test_distances_places_and_words_equal_the_slow_twins(board, weights, year):
    found = own_neighbours(own_model(weights, year), board)
    slow = by_hand(weights, year)
    for row in found.lists.itertuples():
        assert row.distance == pytest.approx(slow[row.area_code][row.neighbour_code], abs=1e-12)
    for code, others in slow.items():
        nearest = sorted(others, key=lambda other: (round(others[other], 9), other))
        assert found.lists.neighbour_code[found.lists.area_code == code].tolist() == nearest
        assert [found.rank_of(code, other) for other in nearest] == list(range(1, len(nearest) + 1))


def test_only_the_proportion_of_weights_counts(board):
    one, two = (
        own_neighbours(own_model(w), board)
        for w in ({"children": 1, "low_income": 2}, {"children": 2, "low_income": 4})
    )
    np.testing.assert_allclose(one.distance, two.distance, atol=1e-12)


def test_a_figure_without_weight_is_asked_of_nobody(board):
    found = own_neighbours(own_model({"children": 2, "low_income": 0}), board)
    assert found.codes == ("A", "B", "C", "D", "E") and found.not_placed.empty


def test_who_lacks_a_figure_is_listed_with_the_reason_and_strangers_are_not(board):
    found = own_neighbours(own_model({"children": 1, "low_income": 1}), board)
    assert found.codes == ("A", "B", "C", "D") and found.model.year == 2025
    assert found.not_placed.area_code.tolist() == ["E"]
    assert found.reason("E") == "Children in low-income families: suppressed to protect children's identity"
    assert found.reason("A") == "" and found.reason("Z") == "none of these figures is held for it"


def test_an_authority_that_has_ended_says_so(tmp_path):
    made = small(tmp_path / "small.duckdb")
    made.connection.execute("update area set to_year = 2024 where area_code = 'E'")
    found = own_neighbours(own_model({"low_income": 1}), background_board(made.ready()))
    assert found.reason("E") == "ended in 2024"


def test_ties_are_broken_by_code(tmp_path):
    alike = [("B", 10.0), ("A", 20.0), ("D", 0.0), ("C", 20.0)]
    places = [rows(code, {2024: 1000}, {2025: level}) for code, level in alike]
    found = own_neighbours(own_model({"low_income": 1}), background_board(small(tmp_path / "s.duckdb", places).ready()))
    assert found.lists.neighbour_code[found.lists.area_code == "B"].tolist() == ["A", "C", "D"]


def test_change_over_ten_years_is_in_percent(board):
    change = next(each for each in offered(board) if each.key == "children_change")
    level, _ = measured(board, change, 2025)
    assert level[:5] == pytest.approx([10.0, 10.0, 0.0, 0.0, 0.0])
    assert np.isnan(measured(board, change, 2024)[0]).all()  # no figure of 2013


def test_the_newest_common_year_and_a_figure_of_a_single_year(tmp_path):
    made = small(tmp_path / "small.duckdb")
    made.indicator("lait:EALPri", unit="%")
    for code in "ABCD":
        made.figures(code, {2024: 5.0 + ord(code)}, indicator="lait:EALPri")
    board = background_board(made.ready())
    assert common_years(board, ["children", "low_income"]) == (2025, 2024)
    assert common_years(board, ["children", "language_primary"]) == (2024,)
    assert own_neighbours(own_model({"children": 1, "language_primary": 1}), board).model.year == 2024
    with pytest.raises(CannotEstimate, match=r"Not every figure.*for 2025.*have them: 2024"):
        own_neighbours(own_model({"children": 1, "language_primary": 1}, 2025), board)


def test_a_figure_alike_everywhere_tells_nothing_apart(tmp_path):
    places = [rows(code, {2024: 1000 + 100 * i}, {2025: 7.1}) for i, code in enumerate("ABC")]
    board = background_board(small(tmp_path / "s.duckdb", places).ready())
    found = own_neighbours(own_model({"low_income": 1}), board)
    assert found.same == ("low_income",) and not found.distance.any()


@pytest.mark.parametrize(
    ("weights", "error", "says"),
    [
        ({"children": 0, "low_income": 0}, BadModel, "Every weight is 0"),
        ({}, BadModel, "Every weight is 0"),
        ({"children": 6}, BadModel, "outside 0 to 5"),
        ({"children": float("nan")}, BadModel, "outside 0 to 5"),
        ({"low_incom": 1}, UnknownName, "Did you mean 'low_income'"),
    ],
)
def test_a_model_that_cannot_be_used_says_why(weights, error, says):
    with pytest.raises(error, match=says):
        own_model(weights)


def test_what_is_not_held_and_too_few_with_it_are_named(board, tmp_path):
    with pytest.raises(CannotEstimate, match="do not hold: Primary pupils whose first language"):
        own_neighbours(own_model({"language_primary": 1, "children": 1}), board)
    alone = background_board(small(tmp_path / "one.duckdb", PLACES[:1]).ready())
    with pytest.raises(CannotEstimate, match="no year in which two authorities"):
        own_neighbours(own_model({"children": 1}), alone)


def test_an_address_keeps_what_it_can_and_says_what_it_cannot():
    found, trouble = weights_read("low_income:2,children:1", HELD)
    assert found == {"low_income": 2, "children": 1} and trouble == ()
    assert weights_read(weights_text(found), HELD) == (found, ())
    found, trouble = weights_read("low_incom:2,children:9,low_income:x,children:1", HELD)
    assert found == {"children": 1}
    assert "Did you mean 'low_income'" in trouble[0] and "“9”" in trouble[1] and "“x”" in trouble[2]
    assert weights_text({"children": 0, "low_income": 0}) == "children:0"


# In an analysis


SETTING = {"outcomes": ["cpp_rate"], "treatment": {"model": "M"}, "window": {"first": 2013, "last": 2020}}
OWN = {
    "pool": "statistical_neighbours",
    "neighbour_model": "own",
    "own_weights": {"low_income": 1},
    "least_close": "not close",
}


def specification(**changes) -> Specification:
    return Specification.from_dict(SETTING | {"comparators": OWN | changes})


@pytest.fixture
def twenty(tmp_path):
    """Two adopters and eighteen others whose low income is 1, 2, 3 ... percent in that order, but for C18, which has none."""
    made = plain(tmp_path / "twenty.duckdb", adopters=2, comparators=18)
    made.indicator("low_income_pct", unit="%")
    codes = ["A1", "A2", *(f"C{n}" for n in range(1, 18))]
    for place, code in enumerate(codes, 1):
        made.figures(code, {2020: float(place)}, indicator="low_income_pct")
    return made


def test_adopters_and_each_placebo_are_compared_with_their_own_ten(twenty):
    found = study(specification(), twenty.ready())
    level = {code: place for place, code in enumerate(["A1", "A2", *(f"C{n}" for n in range(1, 18))], 1)}

    def nearest(code):
        others = sorted((c for c in level if c != code), key=lambda c: (abs(level[c] - level[code]), c))[:10]
        return {c for c in others if c.startswith("C")}

    assert set(found.comparators.area_code) == nearest("A1") | nearest("A2")
    assert {code: set(near) for code, near in found.partners.items()} == {code: nearest(code) for code in level}
    assert found.neighbour_model == "own model: children in low-income families (weight 1), figures of 2020"


def test_an_adopter_that_cannot_be_placed_is_named_with_the_reason(twenty):
    twenty.connection.execute("delete from observation where indicator = 'low_income_pct' and area_code = 'A2'")
    twenty.figures("A2", {2019: "suppressed", 2020: "suppressed"}, indicator="low_income_pct")
    twenty.figures("A2", {2012: 3.0}, indicator="low_income_pct")
    found = study(specification(), twenty.ready())
    assert (
        "names no statistical neighbours for Name A2. Name A2: Children in low-income families: suppressed"
        in found.warnings[0]
    )


def test_report_and_round_trip_carry_the_model(twenty):
    asked = specification(own_year=2020)
    assert Specification.from_toml(asked.to_toml()) == asked
    words = report(analyse(asked, twenty.ready()))
    assert "## Statistical neighbours (own model: children in low-income families (weight 1), figures of 2020)" in words


def test_the_hash_takes_in_weights_and_year_and_leaves_older_ones_alone():
    hashes = {
        specification().hash,
        specification(own_year=2020).hash,
        specification(own_weights={"low_income": 2}).hash,
    }
    assert len(hashes) == 3
    with_nothing = specification(own_weights={"low_income": 1, "children": 0})
    assert with_nothing.hash == specification().hash
    other_pool = {"comparators": OWN | {"pool": "region"}}
    plain_pool = {"comparators": {"pool": "region"}}
    assert Specification.from_dict(SETTING | other_pool).hash == Specification.from_dict(SETTING | plain_pool).hash
    # As it was before own models were known.
    official = {"comparators": {"pool": "statistical_neighbours"}}
    assert Specification.from_dict(SETTING | official).hash == "808f21f1df49"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"own_weights": {}}, "needs comparators.own_weights"),
        ({"own_weights": {"low_income": 0}}, "needs comparators.own_weights"),
        ({"own_weights": {"low_income": 6}}, "own_weights.low_income = 6 is outside 0 to 5"),
        ({"own_weights": {"low_income": "2"}}, "should be a number"),
        ({"own_weights": 2}, "should be a table"),
        ({"own_year": 20}, "own_year = 20 is outside"),
        ({"neighbour_model": "2025"}, "used only with neighbour_model = 'own'"),
    ],
)
def test_a_mistake_in_the_specification_is_named(changes, says):
    with pytest.raises(BadSpecification, match=says):
        specification(**changes)


def test_an_unknown_figure_is_named_when_it_is_looked_for(twenty):
    with pytest.raises(UnknownName, match="Did you mean 'low_income'"):
        study(specification(own_weights={"low_incme": 1}), twenty.ready())


def test_nothing_of_the_callers_is_changed(board):
    before = board.value.copy()
    own_neighbours(own_model({"children": 1, "low_income": 1}), board)
    np.testing.assert_array_equal(board.value, before)
