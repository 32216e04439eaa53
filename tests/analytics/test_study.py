"""Who is treated, who is compared, and the reason for everyone else, on registers small enough to read."""

import pytest

from analytics.analysis import analyse
from analytics.errors import CannotEstimate, UnknownName
from analytics.outcome import outcome_sample
from analytics.spec import Specification
from analytics.study import study
from tests.analytics.small_warehouse import plain


def spec(**tables) -> Specification:
    given = {"outcomes": ["cpp_rate"], "treatment": {"model": "M"}, "window": {"first": 2013, "last": 2020}}
    for name, table in tables.items():
        given[name] = given.get(name, {}) | table if isinstance(table, dict) else table
    return Specification.from_dict(given)


def reasons(found) -> dict[str, str]:
    return dict(zip(found.left_out.area_code, found.left_out.reason, strict=True))


@pytest.fixture
def made(tmp_path):
    return plain(tmp_path / "small.duckdb")


def test_adopters_and_everyone_else(made):
    found = study(spec(), made.ready())
    assert found.treated[["area_code", "s", "g"]].values.tolist() == [["A1", 2017, 2017]]
    assert found.comparators.area_code.tolist() == ["C1", "C2", "C3", "C4", "C5"]
    assert found.left_out.empty


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"role": "alongside", "start": None}, id="alongside, no date"),
        pytest.param({"role": "developing", "start": "2010-01-01"}, id="developing, before the window"),
        pytest.param({"start": "2018-01-01", "can_treat": False}, id="dated but disputed"),
    ],
)
def test_every_row_of_the_model_blocks_its_authority(made, row):
    made.adoption("C2", "M", row.pop("start"), **row)
    found = study(spec(), made.ready())
    assert "C2" not in set(found.comparators.area_code) | set(found.treated.area_code)
    assert reasons(found)["C2"].startswith("recorded with Model M")


def test_a_model_that_contains_it_blocks_too(made):
    made.model("BIG", contains="M")
    made.adoption("C3", "BIG", "2001-01-01")
    found = study(spec(comparators={"other_models": "keep"}), made.ready())
    assert reasons(found)["C3"].startswith("recorded with Model BIG")


@pytest.mark.parametrize(
    "start,other_models,leaves",
    [
        pytest.param("2015-06-01", "drop", True, id="inside the window"),
        pytest.param("2012-04-01", "drop", True, id="its first day falls in the first year"),
        pytest.param("2011-06-01", "drop", False, id="before the window, so alike throughout"),
        pytest.param(None, "drop", True, id="at a date not known"),
        pytest.param("2015-06-01", "keep", False, id="kept by choice"),
    ],
)
def test_comparators_with_another_model(made, start, other_models, leaves):
    made.model("X")
    made.adoption("C1", "X", start)
    found = study(spec(comparators={"other_models": other_models}), made.ready())
    assert ("C1" in reasons(found)) == leaves


def test_another_model_cuts_an_adopter_short(made):
    made.model("X")
    made.adoption("A1", "X", "2018-09-01")
    found = study(spec(), made.ready())
    one = outcome_sample(found, 0)
    assert found.cut_short == {"A1": 2019}
    assert one.sample.years[one.sample.observed[one.treated[0]]].tolist() == list(range(2013, 2019))


def test_region_pool_keeps_only_the_adopters_regions(tmp_path):
    made = plain(tmp_path / "small.duckdb")
    made.connection.execute("update area set region = 'South' where area_code in ('C1', 'C2')")
    found = study(spec(comparators={"pool": "region"}), made.ready())
    assert found.comparators.area_code.tolist() == ["C3", "C4", "C5"]
    assert "South" in reasons(found)["C1"]


def test_listed_pool_keeps_a_recorded_authority_and_the_check_fails(made):
    made.adoption("C1", "M", None, role="alongside")
    result = analyse(spec(comparators={"pool": "listed", "authorities": ["C1", "C2", "C3"]}), made.ready()).results[0]
    contaminated = next(c for c in result.checks if c.name == "Comparators that use the model")
    assert contaminated.verdict == "failed" and "Name C1" in contaminated.sentence
    assert result.verdict.word == "cannot_tell"


def test_any_code_an_authority_has_had_names_it(tmp_path):
    made = plain(tmp_path / "small.duckdb")
    made.connection.execute("update area set former_codes = 'OLD9', old_code = '304' where area_code = 'C2'")
    warehouse = made.ready()
    for code in ("C2", "OLD9", "304"):
        found = study(spec(comparators={"pool": "listed", "authorities": [code, "C3"]}), warehouse)
        assert found.comparators.area_code.tolist() == ["C2", "C3"]


def test_a_named_list_with_its_own_starts(made):
    given = spec(treatment={"model": "", "authorities": ["C1", "A1"], "starts": ["2015", "2016-04"]})
    found = study(given, made.ready())
    assert found.treated[["area_code", "s", "g"]].values.tolist() == [["A1", 2017, 2017], ["C1", 2015, 2017]]
    assert found.register_use is None


def test_already_using_it_before_the_window_is_listed_and_never_compared(made):
    made.adoption("C4", "M", "2010-06-01")
    found = study(spec(), made.ready())
    one = outcome_sample(found, 0)
    assert "C4" not in set(found.comparators.area_code)
    assert one.left_out[["area_code", "reason"]].values.tolist() == [
        ["C4", "already using it in 2011, and no year before is in the window"]
    ]


def test_sample_needs_a_year_before_and_a_year_after(tmp_path):
    made = plain(tmp_path / "small.duckdb")
    made.connection.execute(
        "update observation set value = null, status = 'suppressed' "
        "where area_code = 'C1' and indicator = 'cpp_rate' and year < 2017"
    )
    one = outcome_sample(study(spec(), made.ready()), 0)
    assert one.left_out.reason.tolist() == ["no figure before 2017, the year in which the first adopter began"]


@pytest.mark.parametrize(
    "change,error,words",
    [
        pytest.param({"outcomes": ["cpp_rte"]}, UnknownName, "Did you mean 'cpp_rate'?", id="unknown outcome"),
        pytest.param({"treatment": {"model": "MM"}}, UnknownName, "Did you mean 'M'?", id="unknown model"),
        pytest.param(
            {"treatment": {"model": "", "programme": "P9"}}, UnknownName, "programme 'P9'", id="unknown programme"
        ),
        pytest.param(
            {"treatment": {"authorities": ["A9"]}}, UnknownName, "treatment.authorities", id="unknown authority"
        ),
        pytest.param(
            {"treatment": {"roles": ["developing"]}}, CannotEstimate, "Nobody is treated", id="nobody treated"
        ),
        pytest.param(
            {"treatment": {"programme": "P1"}},
            CannotEstimate,
            "no adopter of Model M in the programme P1",
            id="another model's programme",
        ),
        pytest.param({"window": {"first": 2017}}, CannotEstimate, "already using it in 2017", id="no years before"),
        pytest.param({"window": {"last": 2016}}, CannotEstimate, "no figure from 2017", id="no years after"),
        pytest.param(
            {"comparators": {"pool": "listed", "authorities": ["A1"]}},
            CannotEstimate,
            "Nobody is left",
            id="nobody to compare",
        ),
        pytest.param(
            {"window": {"first": 1990, "last": 1995}},
            CannotEstimate,
            "No adopter of Model M has a figure",
            id="no figures",
        ),
    ],
)
def test_what_cannot_be_run_says_what_to_change(made, change, error, words):
    made.model("X")
    made.adoption("C5", "X", "2001-01-01", programme="P1")
    with pytest.raises(error, match=words.replace("?", r"\?")):
        analyse(spec(**change), made.ready())


@pytest.mark.parametrize(
    "gone,held",
    [
        pytest.param("year < 2018", "2018 to 2020", id="figures begin after it did"),
        pytest.param("year > 2015", "2013 to 2015", id="figures end before it did"),
    ],
)
def test_a_window_wider_than_the_figures_is_not_said_to_be_too_narrow(tmp_path, gone, held):
    made = plain(tmp_path / "small.duckdb")
    made.connection.execute(f"delete from observation where indicator = 'cpp_rate' and {gone}")
    with pytest.raises(CannotEstimate) as error:
        analyse(spec(), made.ready())
    assert f"The window is 2013 to 2020, but figures are held for {held} only" in str(error.value)
    assert "Widen" not in str(error.value)


def test_a_constant_outcome_is_refused_in_words(tmp_path):
    made = plain(tmp_path / "small.duckdb")
    made.connection.execute("update observation set value = 5 where indicator = 'cpp_rate'")
    with pytest.raises(CannotEstimate, match="every figure is the same, 5"):
        analyse(spec(), made.ready())


def test_few_authorities_give_no_interval_and_cannot_tell(made):
    result = analyse(spec(), made.ready()).results[0]
    assert result.effect.p_smallest == pytest.approx(1 / 6)
    assert result.effect.interval_low is None and "No 95% interval" in result.effect.interval_note
    assert result.verdict.word == "cannot_tell"


def test_a_split_inside_the_window_is_rebuilt_from_counts(tmp_path):
    made = plain(tmp_path / "small.duckdb")
    made.area("OLD")
    made.area("N1")
    made.area("N2")
    made.put("boundary_change", old_code="OLD", new_code="N1", year=2018, kind="split")
    made.put("boundary_change", old_code="OLD", new_code="N2", year=2018, kind="split")
    made.figures("OLD", dict.fromkeys(range(2013, 2018), 30.0), base=20_000)
    made.figures("N1", dict.fromkeys(range(2018, 2021), 20.0), base=10_000)
    made.figures("N2", {2018: 50.0, 2019: 50.0, 2020: "suppressed"}, base=30_000)
    for code in ("N1", "N2"):
        made.children(code, 15_000)
    panel = study(spec(), made.ready()).panel
    row = panel.position["N1+N2"]
    # 2018: (20 + 150) children of 40,000 = 42.5 per 10,000; 2020 has a part suppressed, so the whole is not known.
    assert panel.values[0, row, 4:].round(6).tolist()[:3] == [30.0, 42.5, 42.5]
    assert panel.status[0, row, 7] == "not_available"
    assert panel.left_out.empty  # the area is kept, under one name
    assert dict(zip(panel.reorganised.area_code, panel.reorganised.reason, strict=True)) == {
        "N1": "reorganised in April 2017; followed as one area (Name N1 + Name N2), its counts summed",
        "N2": "reorganised in April 2017; followed as one area (Name N1 + Name N2), its counts summed",
        "OLD": "no longer exists since April 2017; succeeded by Name N1 + Name N2",
    }


def test_a_split_without_counts_leaves_the_panel(tmp_path):
    made = plain(tmp_path / "small.duckdb")
    for code in ("OLD", "N1", "N2"):
        made.area(code)
    for new in ("N1", "N2"):
        made.put("boundary_change", old_code="OLD", new_code=new, year=2018, kind="split")
        made.figures(new, dict.fromkeys(range(2018, 2021), 20.0))
    made.figures("OLD", dict.fromkeys(range(2013, 2018), 30.0))
    made.connection.execute("update observation set denominator = null where area_code = 'OLD'")
    found = study(spec(), made.ready())
    assert not any(code in found.panel.position for code in ("OLD", "N1", "N2", "N1+N2"))
    assert "not published" in reasons(found)["N1"]
    assert "OLD" not in reasons(found)  # no authority of today is missed with it
    assert found.reorganised.area_code.tolist() == ["OLD"]


def test_a_change_outside_the_window_does_not_count(tmp_path):
    made = plain(tmp_path / "small.duckdb")
    made.put("boundary_change", old_code="GONE", new_code="C1", year=2013, kind="merge")
    assert "C1" in study(spec(), made.ready()).panel.position


@pytest.mark.parametrize(
    "recorded,treated",
    [
        pytest.param(["OLD"], True, id="the whole, before the split"),
        pytest.param(["N1", "N2"], True, id="both parts"),
        pytest.param(["N1"], False, id="one part only"),
    ],
)
def test_an_adopter_that_was_split_is_treated_only_as_a_whole(tmp_path, recorded, treated):
    made = plain(tmp_path / "small.duckdb")
    for code in ("OLD", "N1", "N2"):
        made.area(code)
        made.children(code, 15_000)
        made.figures(code, {y: 30.0 + y % 3 for y in (range(2013, 2019) if code == "OLD" else range(2019, 2021))})
    for new in ("N1", "N2"):
        made.put("boundary_change", old_code="OLD", new_code=new, year=2019, kind="split")
    for code in recorded:
        made.adoption(code, "M", "2016-04-01")
    found = study(spec(), made.ready())
    assert ("N1+N2" in set(found.treated.area_code)) == treated
    assert "N1+N2" not in set(found.comparators.area_code)
    assert treated or "a part of a reorganised area" in reasons(found)["N1+N2"]


@pytest.mark.parametrize(
    "named,treated",
    [
        pytest.param(["OLD"], True, id="the whole, before the split"),
        pytest.param(["o-OLD"], True, id="by its three-digit code"),
        pytest.param(["N1"], False, id="one part only"),
    ],
)
def test_a_named_adopter_that_was_split(tmp_path, named, treated):
    made = plain(tmp_path / "small.duckdb")
    for code in ("OLD", "N1", "N2"):
        made.area(code, old=f"o-{code}")
        made.children(code, 15_000)
        made.figures(code, {y: 30.0 + y % 3 for y in (range(2013, 2019) if code == "OLD" else range(2019, 2021))})
    for new in ("N1", "N2"):
        made.put("boundary_change", old_code="OLD", new_code=new, year=2019, kind="split")
    given = spec(treatment={"model": "", "authorities": ["A1", *named], "starts": ["2016-04-01"] * 2})
    assert ("N1+N2" in set(study(given, made.ready()).treated.area_code)) == treated


def test_an_outcome_does_not_hang_on_which_others_are_asked_for(tmp_path):
    made = plain(tmp_path / "small.duckdb")
    made.indicator("sw_caseload", unit="cases per worker")
    for code in ("OLD", "N1", "N2"):
        made.area(code)
        made.children(code, 15_000)
    for new in ("N1", "N2"):
        made.put("boundary_change", old_code="OLD", new_code=new, year=2018, kind="split")
        made.figures(new, {y: 20.0 + y % 2 for y in range(2018, 2021)})  # no plan rates before the split
        made.figures(new, dict.fromkeys(range(2018, 2021), 20.0), indicator="sw_caseload")
    made.figures("OLD", dict.fromkeys(range(2013, 2018), 30.0), indicator="sw_caseload")
    for place in range(1, 6):
        made.figures(f"C{place}", {y: 15.0 + place + 0.1 * (y % 3) for y in range(2013, 2021)}, indicator="sw_caseload")
    made.figures("A1", dict.fromkeys(range(2013, 2021), 18.0), indicator="sw_caseload")
    warehouse = made.ready()
    alone = analyse(spec(), warehouse).results[0]
    together = analyse(spec(outcomes=["cpp_rate", "sw_caseload"]), warehouse).results
    assert "N1+N2" in set(together[1].cells.area_code) and "N1+N2" not in set(together[0].cells.area_code)
    assert alone.effect.estimate == together[0].effect.estimate


def test_years_without_figures_change_nothing(tmp_path):
    warehouse = plain(tmp_path / "small.duckdb").ready()
    wide = analyse(spec(window={"first": 1990, "last": 2100}), warehouse).results[0]
    narrow = analyse(spec(), warehouse).results[0]
    assert wide.effect == narrow.effect and wide.event_study.equals(narrow.event_study)
    assert len(wide.means) == 2 * 111 and wide.means["mean"].notna().sum() == narrow.means["mean"].notna().sum()


@pytest.mark.parametrize("unsized,words", [("A", "any adopter"), ("C", "any comparator")])
def test_without_numbers_of_children_size_matching_is_refused_and_permutation_is_not(tmp_path, unsized, words):
    made = plain(tmp_path / "small.duckdb")
    made.connection.execute(
        f"delete from observation where indicator = 'children_0_17' and area_code like '{unsized}%'"
    )
    made.connection.execute(f"update area set children_thousand = null where area_code like '{unsized}%'")
    warehouse = made.ready()
    with pytest.raises(CannotEstimate, match=words):
        analyse(spec(), warehouse)
    assert analyse(spec(inference={"name": "permutation"}), warehouse).results[0].effect.n_comparators == 5
