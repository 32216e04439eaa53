"""The pool of statistical neighbours: floor, fallback, why each neighbour fell out, and the real lists."""

from __future__ import annotations

import pytest

from analytics.analysis import analyse
from analytics.errors import BadSpecification, CannotEstimate
from analytics.neighbours import close_enough, wider
from analytics.report.run_files import report
from analytics.spec import Specification
from analytics.study import study
from analytics.warehouse import open_warehouse
from data.build import build
from data.illustrative import write
from tests.analytics.small_warehouse import plain

SETTING = {"outcomes": ["cpp_rate"], "treatment": {"model": "M"}, "window": {"first": 2013, "last": 2020}}


def specification(**comparators) -> Specification:
    return Specification.from_dict(SETTING | {"comparators": {"pool": "statistical_neighbours"} | comparators})


def made(tmp_path, *near, adopters=1, comparators=10, model="2021"):
    """A warehouse in which the first adopter has neighbours C1, C2 ... as close as said, in that order."""
    warehouse = plain(tmp_path / "small.duckdb", adopters=adopters, comparators=comparators)
    for rank, closeness in enumerate(near, 1):
        neighbour(warehouse, "A1", f"C{rank}", rank, closeness, model)
    return warehouse


def neighbour(warehouse, code, other, rank, closeness, model="2021"):
    row = {"model": model, "area_code": code, "neighbour_code": other, "rank": rank, "closeness": closeness}
    warehouse.put("neighbour", **row)


def everyone_near(warehouse, count=10):
    """Each comparator's neighbours are the four after it, round and round, the fourth not close; and the adopter."""
    for n in range(1, count + 1):
        neighbour(warehouse, f"C{n}", "A1", 1, "very close")
        for step, closeness in enumerate(["close", "close", "close", "not close"], 1):
            neighbour(warehouse, f"C{n}", f"C{(n + step - 1) % count + 1}", step + 1, closeness)


@pytest.mark.parametrize(
    ("closeness", "floor", "enough"),
    [
        ("not close", "somewhat close", False),
        ("somewhat close", "somewhat close", True),
        ("close", "very close", False),
        (" Very  Close ", "very close", True),
        ("extremely close", "very close", True),
    ],
)
def test_closeness_is_ordered_and_blanks_and_case_do_not_matter(closeness, floor, enough):
    assert close_enough(closeness, floor) is enough


def test_a_floor_is_lowered_word_by_word():
    assert wider("close") == ("close", "somewhat close", "not close")


def test_neighbours_at_least_so_close_are_compared(tmp_path):
    near = ["very close", "close", "close", "somewhat close", "somewhat close", "not close"]
    found = study(specification(), made(tmp_path, *near).ready())
    assert found.comparators.area_code.tolist() == ["C1", "C2", "C3", "C4", "C5"]
    reasons = dict(zip(found.left_out.area_code, found.left_out.reason, strict=True))
    assert reasons["C6"] == "a statistical neighbour of Name A1, but only not close"
    assert reasons["C7"] == "no statistical neighbour of an adopter"
    assert found.warnings == ()


def test_a_neighbour_of_several_adopters_counts_once(tmp_path):
    warehouse = made(tmp_path, *["close"] * 5, adopters=2)
    for rank in range(1, 7):
        neighbour(warehouse, "A2", f"C{rank}", rank, "not close" if rank == 1 else "close")
    found = study(specification(), warehouse.ready())
    assert found.comparators.area_code.tolist() == ["C1", "C2", "C3", "C4", "C5", "C6"]
    assert len(found.neighbours) == 11


def test_the_register_blocks_neighbours_as_ever_and_each_is_listed_with_the_reason(tmp_path):
    warehouse = made(tmp_path, *["close"] * 8, adopters=2)
    warehouse.adoption("C1", "M")  # undated, still blocked
    neighbour(warehouse, "A1", "A2", 9, "close")
    neighbour(warehouse, "A2", "C8", 1, "close")
    found = study(specification(), warehouse.ready())
    assert found.comparators.area_code.tolist() == [f"C{n}" for n in range(2, 9)]
    reasons = {(row.treated, row.area_code): row.reason for row in found.neighbours.itertuples()}
    assert reasons["A1", "C1"] == "recorded with Model M (its main model, date not known)"
    assert reasons["A1", "A2"] == "treated"
    assert reasons["A1", "C2"] == ""


def test_fewer_than_five_widen_with_a_visible_warning(tmp_path):
    near = ["very close", "very close", "close", "somewhat close", "somewhat close", "not close"]
    found = study(specification(least_close="very close"), made(tmp_path, *near).ready())
    assert found.comparators.area_code.tolist() == ["C1", "C2", "C3", "C4", "C5"]
    (warning,) = found.warnings
    assert warning == (
        "Only 2 statistical neighbours that are very close or closer may be compared, fewer than 5: those that are "
        "somewhat close were taken in too, 5 in all. The comparison is weaker for it."
    )


def test_too_few_even_so_are_kept_and_said(tmp_path):
    found = study(specification(least_close="not close"), made(tmp_path, "close", "not close").ready())
    assert found.comparators.area_code.tolist() == ["C1", "C2"]
    assert "there are no others to take in" in found.warnings[0]


def test_the_warning_and_the_neighbours_stand_in_the_report(tmp_path):
    warehouse = made(tmp_path, "close", "close", "close", "not close", "not close")
    everyone_near(warehouse)
    words = report(analyse(specification(), warehouse.ready()))
    assert "**Only 3 statistical neighbours" in words
    assert "## Statistical neighbours (2021 model)" in words


def test_each_placebo_is_compared_with_its_own_neighbours(tmp_path):
    warehouse = made(tmp_path, *["close"] * 5)
    everyone_near(warehouse)
    ready = warehouse.ready()
    found = study(specification(), ready)
    assert found.partners["C9"] == ("C1", "C10", "C2")  # not the adopter, not the one that is not close
    assert found.partners["A1"] == ("C1", "C2", "C3", "C4", "C5")
    result = analyse(specification(), ready).results[0]
    assert (result.effect.n_treated, result.effect.n_comparators, result.effect.draws) == (1, 5, 11)
    cells = result.cells
    assert set(cells.area_code[cells.group == "Placebos only"]) == {f"C{n}" for n in range(6, 11)}
    # By hand: each authority's change from before 2017 to after it, less the mean of its own neighbours' changes.
    start = cells.s.dropna().iloc[0]
    table = cells.pivot(index="area_code", columns="year", values="value")
    change = table.loc[:, table.columns >= cells.g.dropna().iloc[0]].mean(axis=1)
    change -= table.loc[:, table.columns < start].mean(axis=1)
    by_hand = {code: change[code] - change[list(near)].mean() for code, near in found.partners.items()}
    assert result.effect.estimate == pytest.approx(by_hand["A1"], abs=1e-9)
    far = sum(abs(gap) >= abs(by_hand["A1"]) * (1 - 1e-9) for gap in by_hand.values())
    assert result.effect.p_value == pytest.approx(far / 11)


def test_nobody_else_with_a_neighbour_leaves_nothing_to_judge_chance_by(tmp_path):
    with pytest.raises(CannotEstimate, match="keeps a statistical neighbour that may be compared"):
        analyse(specification(), made(tmp_path, *["close"] * 5).ready())


def test_the_vintage_is_the_one_asked_for(tmp_path):
    warehouse = made(tmp_path, *["close"] * 5)
    for rank in range(1, 6):
        neighbour(warehouse, "A1", f"C{rank + 5}", rank, "close", "2025")
    warehouse = warehouse.ready()
    newer = study(specification(neighbour_model="2025"), warehouse)
    assert newer.comparators.area_code.tolist() == ["C10", "C6", "C7", "C8", "C9"]
    assert study(specification(), warehouse).comparators.area_code.tolist() == ["C1", "C2", "C3", "C4", "C5"]


def test_without_any_list_the_sentence_says_what_to_load(tmp_path):
    with pytest.raises(CannotEstimate, match="No statistical neighbours of the 2021 model are loaded"):
        study(specification(), made(tmp_path).ready())


def test_an_adopter_without_a_list_is_named(tmp_path):
    found = study(specification(), made(tmp_path, *["close"] * 5, adopters=2).ready())
    assert "names no statistical neighbours for Name A2" in found.warnings[0]


@pytest.mark.parametrize(
    ("comparators", "says"),
    [
        ({"neighbour_model": "2024"}, "comparators.neighbour_model = '2024' cannot be used"),
        ({"least_close": "near"}, "comparators.least_close = 'near' cannot be used"),
    ],
)
def test_a_mistake_in_the_specification_is_named(comparators, says):
    with pytest.raises(BadSpecification, match=says):
        specification(**comparators)


def test_the_hash_takes_in_what_decides_and_nothing_else():
    by_region = {"comparators": {"pool": "region"}}
    same = {"comparators": {"pool": "region", "least_close": "close", "neighbour_model": "2025"}}
    assert Specification.from_dict(SETTING | by_region).hash == Specification.from_dict(SETTING | same).hash
    hashes = {specification().hash, specification(least_close="close").hash, specification(neighbour_model="2025").hash}
    assert len(hashes) == 3
    assert Specification.from_toml(specification(least_close="close").to_toml()) == specification(least_close="close")


def test_ofsteds_judgement_when_an_adopter_began(tmp_path):
    warehouse = plain(tmp_path / "small.duckdb", adopters=2)
    for day, overall in (("2015-06-01", "Good"), ("2016-02-01", None), ("2016-06-01", "Inadequate")):
        warehouse.put("inspection", area_code="A1", start=day, published=day, overall=overall)
    found = study(Specification.from_dict(SETTING), warehouse.ready())
    assert dict(zip(found.treated.area_code, found.treated.ofsted, strict=True)) == {"A1": "Good", "A2": "not held"}


# The invented lists


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    """The illustrative warehouse, with its invented lists and inspections."""
    folder = tmp_path_factory.mktemp("drawn")
    write(folder)
    return open_warehouse(build([folder], tmp_path_factory.mktemp("invented"), illustrative=True).file)


@pytest.mark.parametrize("model", ["2021", "2025"])
def test_invented_adopters_are_compared_with_invented_neighbours(invented, model):
    asked = specification(neighbour_model=model).to_dict() | {
        "treatment": {"model": "MODEL_A"},
        "window": {"first": 2013, "last": 2025},
        "inference": {"draws": 199},
    }
    found = analyse(Specification.from_dict(asked), invented)
    near = found.study.neighbours
    assert near.groupby("treated").size().tolist() == [10] * 15
    compared = set(near.area_code[near.reason == ""])
    assert 10 < len(found.study.comparators) == len(compared & set(found.study.comparators.area_code))
    assert found.study.warnings == ()
    (result,) = found.results
    assert result.effect.interval_low < -0.1 * result.effect.pre_mean < result.effect.interval_high  # what was planted
    assert result.verdict.sentence.startswith("Illustrative: ")


def test_an_illustrative_set_without_lists_says_how_to_write_it_again(tmp_path):
    made = plain(tmp_path / "small.duckdb", adopters=1)
    made.connection.execute("update meta set value = 'illustrative' where key = 'kind'")
    with pytest.raises(CannotEstimate, match="python -m data illustrative, then build it"):
        study(specification(), made.ready())


# The real lists


@pytest.fixture(scope="module")
def real(extracts, tmp_path_factory):
    """A warehouse of the published tables and neighbour lists, without the Interactive Tool's measures."""
    folders = [extracts / "ees", extracts / "neighbours"]
    return open_warehouse(build(folders, tmp_path_factory.mktemp("near")).file)


def of(code, *, start="2017-09-29", first=2013, last=2019, **comparators):
    return Specification.from_dict(
        {
            "outcomes": ["cin_rate"],
            "treatment": {"authorities": [code], "starts": [start]},
            "comparators": {"pool": "statistical_neighbours"} | comparators,
            "window": {"first": first, "last": last},
        }
    )


def test_brents_list_of_2021_is_mostly_not_close_and_is_widened(real):
    brent = Specification.from_dict(
        {
            "outcomes": ["cpp_rate"],
            "treatment": {"programme": "EIP1", "authorities": ["E09000005"]},
            "comparators": {"pool": "statistical_neighbours", "neighbour_model": "2021"},
            "window": {"first": 2013, "last": 2019},
        }
    )
    found = study(brent, real)
    assert sorted(found.neighbours.closeness) == ["not close"] * 7 + ["somewhat close"] * 3
    assert "Only 3 statistical neighbours that are somewhat close or closer" in found.warnings[0]
    assert "those that are not close were taken in too, 9 in all" in found.warnings[0]
    fallen = found.neighbours[found.neighbours.reason != ""]
    assert fallen.name.tolist() == ["Slough"]
    assert fallen.reason.item().startswith("recorded with Signs of Safety (alongside another")


def test_neighbours_of_2021_for_an_authority_created_in_2023(real):
    with pytest.raises(CannotEstimate) as error:
        study(of("E06000063", start="2024-06", first=2024, last=2025), real)
    assert "no statistical neighbours for Cumberland (created in 2023)" in str(error.value)
    assert "comparators.neighbour_model = '2025'" in str(error.value)
    newer = study(of("E06000063", start="2024-06", first=2024, last=2025, neighbour_model="2025"), real)
    assert len(newer.comparators) >= 5


def test_a_former_code_finds_the_same_neighbours(real):
    old, new = (study(of(code), real).comparators.area_code.tolist() for code in ("E10000002", "E06000060"))
    assert old == new
    assert old
