import json
from datetime import date

import pytest

from analytics.areas import read_register
from analytics.catalogue import CONFIDENCES, DATA, DERIVATIONS, POPULATION, read_catalogue
from analytics.errors import BadFacts

SOURCE = """
id = "cases"
title = "Cases"
publisher = "Department"
licence = "Open Government Licence v3.0"
address = "https://example.org"
slug = "cases"
released = "autumn 2025"
released_to = 2025
period_end = "03-31"
layout = "ees"
[[file]]
id = "f"
title = "Cases"
columns = ["cases", "children"]
filters = ["kind"]
where = {kind = "All"}
aliases = {number = "cases"}
[[indicator]]
indicator = "case_pct"
file = "f"
label = "Cases"
theme = "Cases"
unit = "%"
decimals = 1
polarity = "none"
headline = true
definition = "Cases out of all children."
numerator = "cases"
denominator = "children"
per = 100
"""
MODEL = """
model = "ABC"
name = "A way of working"
family = "f"
origin = "o"
description = "d"
elements = ["one", "two"]
contains = []
expected_outcomes = [{indicator = "case_pct", direction = "lower"}]
source = "s"
source_locator = "p1"
confidence = "published"
illustrative = false
[[adoption]]
authority = "Brent"
area_code = "E09000005"
old_code = "304"
role = "primary"
start = "2014-10"
start_low = 2014-10-01
start_high = 2014-10-01
precision = "month"
end = "2016-03"
programme = "EIP1"
can_treat = true
note = ""
source = "s"
source_locator = "p1"
confidence = "published"
"""


@pytest.fixture(scope="module")
def catalogue():
    return read_catalogue()


@pytest.fixture
def facts(tmp_path):
    """Reads a catalogue of one source and one model, after a replacement in one of them."""

    def read(old="", new="", *, source=SOURCE, model=MODEL):
        for file, text in (("sources/cases/source.toml", source), ("practice_models/abc.toml", model)):
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        return read_catalogue(root=tmp_path)

    return read


# The facts of the project


def test_every_model_and_adoption_is_there(catalogue):
    assert len(catalogue.models) == 24
    assert len(catalogue.adoptions) == 94


def test_a_row_of_the_register_keeps_everything(catalogue):
    (row,) = [each for each in catalogue.adoptions if each.authority == "Brent" and each.model == "BPF"]
    assert (row.area_code, row.old_code, row.role, row.precision) == ("E09000005", "304", "primary", "month")
    assert (row.start, row.start_low, row.start_high, row.can_treat) == (
        "2018-03",
        date(2018, 3, 1),
        date(2018, 3, 1),
        True,
    )
    assert row.source == "Brent scrutiny report 2018-03-28"
    assert row.source_locator == "paras 3.19-3.20"
    assert row.confidence == "seed"
    assert "service realignment completed January 2018" in row.note


def test_models_that_contain_another(catalogue):
    contains = {model.model: model.contains for model in catalogue.models if model.contains}
    built_on_signs_of_safety = dict.fromkeys(("BPF", "CSCNEL", "FOP", "FSS"), ("SOS",))
    assert contains == built_on_signs_of_safety | {"BPP": ("SOS", "NWD"), "FSP": ("FSM",)}
    assert all(bool(model.contains) == bool(model.contains_source) for model in catalogue.models)


def test_a_disputed_membership_never_treats(catalogue):
    (row,) = [each for each in catalogue.adoptions if each.authority == "Tower Hamlets" and each.programme == "EIP2"]
    assert row.start_low is None
    assert not row.can_treat


def test_indicators_of_the_eight_files_that_the_design_names(catalogue):
    named = {
        "referral_rate", "rereferral_pct", "referral_nfa_pct", "referral_not_in_need_pct", "cin_rate", "cin_year_rate",
        "cin_started_rate", "cin_ended_rate", "cpp_rate", "cpp_started_rate", "cpp_repeat_pct", "cpp_2y_pct",
        "cla_rate", "cla_started_rate", "cla_ceased_rate", "placement_moves_pct", "placement_stable_pct",
        "sw_turnover_pct", "sw_agency_pct", "sw_vacancy_pct", "sw_absence_pct", "sw_caseload", "children_0_17",
    }  # fmt: skip
    assert named <= set(catalogue.indicators)


def pytest_generate_tests(metafunc):
    """Every indicator and every model of the project is a case, so that new facts test themselves."""
    if "indicator" in metafunc.fixturenames:
        each = read_catalogue().indicators
        metafunc.parametrize("indicator", each.values(), ids=each)
    if "model" in metafunc.fixturenames:
        models = read_catalogue().models
        metafunc.parametrize("model", models, ids=[model.model for model in models])


def test_an_indicator_tells_a_reader_what_it_is(indicator):
    assert indicator.definition.endswith(".")
    assert 1 <= indicator.definition.count(". ") + 1 <= 3, "one to three sentences"
    assert indicator.label[0].isupper()
    assert bool(indicator.numerator) == bool(indicator.numerator_label) or indicator.derived
    assert bool(indicator.denominator) == bool(indicator.denominator_label) or indicator.derived


def test_rates_per_10_000_are_neither_better_nor_worse(indicator):
    assert indicator.polarity == "none" or indicator.unit != "per 10,000 children"


def test_a_rate_per_10_000_is_worked_out_from_its_counts(indicator):
    if indicator.unit == "per 10,000 children" and indicator.source != "lait":  # which prints rates without counts
        assert (indicator.value, indicator.per) == (None, 10_000)
        assert indicator.denominator in ((POPULATION,), ("population_estimate",))


def test_a_model_says_where_it_was_read(model):
    assert model.source
    assert model.confidence in CONFIDENCES
    assert all(row.source and row.confidence in CONFIDENCES for row in model.adoptions)
    assert not model.illustrative


def test_a_model_says_who_expects_its_outcomes_or_where_nobody_was_found(model):
    expected = bool(model.expected_outcomes or model.expected_outcomes_unmeasured)
    assert model.expected_outcomes_source
    assert expected != model.expected_outcomes_source.startswith("Not stated")


def test_a_model_says_who_states_its_lag_or_where_nobody_was_found(model):
    assert model.lag_source
    assert (model.lag_years is None) == model.lag_source.startswith("Not stated")
    assert model.lag_years is None or 0 < model.lag_years <= 10


def test_a_model_expects_an_indicator_to_move_one_way(model):
    indicators = [outcome.indicator for outcome in model.expected_outcomes]
    assert len(set(indicators)) == len(indicators)


def test_an_expected_direction_is_never_against_what_is_better(model, catalogue):
    for outcome in model.expected_outcomes:
        assert catalogue.indicators[outcome.indicator].polarity in (outcome.direction, "none")


def test_what_a_theory_of_change_says_is_there(catalogue):
    models = {model.model: model for model in catalogue.models}
    expected = {name: {(o.indicator, o.direction) for o in model.expected_outcomes} for name, model in models.items()}
    assert ("cla_started_rate", "lower") in expected["FV"]  # primary outcome of its trial
    assert ("cla_ceased_rate", "higher") in expected["FV"]
    assert ("care_applications_rate", "lower") in expected["TAR"]
    assert {name for name, outcomes in expected.items() if not outcomes} == {"FSS", "RP", "SFAM", "SYS", "TIMOC", "VSC"}
    assert {name: model.lag_years for name, model in models.items() if model.lag_years} == {"SOS": 2, "HA": 2}
    assert models["VSC"].confidence == "recalled"


# Facts that are wrong


def test_the_small_facts_are_right(facts):
    catalogue = facts()
    assert catalogue.indicators["case_pct"].where == (("kind", ("All",)),)
    assert catalogue.models[0].adoptions[0].start_high == date(2014, 10, 1)


@pytest.mark.parametrize(
    ("old", "new", "file", "says"),
    [
        pytest.param('"case_pct", dir', '"case_pc", dir', "abc.toml", "Did you mean 'case_pct'", id="outcome"),
        pytest.param('direction = "lower"', 'direction = "down"', "abc.toml", "'down' is none of", id="direction"),
        pytest.param('polarity = "none"', 'polarity = "low"', "source.toml", "Did you mean 'lower'", id="polarity"),
        pytest.param("polarity =", "polarty =", "source.toml", "Did you mean 'polarity'", id="key misspelt"),
        pytest.param('label = "Cases"\n', "", "source.toml", "case_pct, label: is missing", id="key missing"),
        pytest.param("decimals = 1", 'decimals = "1"', "source.toml", "is not a whole number", id="number as text"),
        pytest.param('numerator = "cases"', 'numerator = "case"', "source.toml", "Did you mean 'cases'", id="column"),
        pytest.param('file = "f"', 'file = "g"', "source.toml", "'g' is no [[file]]", id="file"),
        pytest.param('where = {kind = "All"}\n', "", "source.toml", "say which 'kind'", id="filter not chosen"),
        pytest.param('{kind = "All"}', '{kin = "All"}', "source.toml", "Did you mean 'kind'", id="filter misspelt"),
        pytest.param('number = "cases"', 'number = "case"', "source.toml", "'number' stands for 'case'", id="alias"),
        pytest.param("03-31", "31 March", "source.toml", "write 03-31", id="end of year"),
        pytest.param('numerator = "cases"\n', "", "source.toml", "give the column that prints it", id="no figure"),
        pytest.param('id = "cases"', 'id = "case"', "source.toml", "give both the same name", id="folder"),
        pytest.param('model = "ABC"', 'model = "ABD"', "abc.toml", "name the file abd.toml", id="name of the file"),
        pytest.param(
            "contains = []",
            'contains = ["ABX"]\ncontains_source = "s"',
            "abc.toml",
            "'ABX' is no other model",
            id="contains",
        ),
        pytest.param("contains = []", 'contains = ["ABX"]', "abc.toml", "say who says that it contains", id="who says so"),
        pytest.param('"E09000005"', '"E09000099"', "abc.toml", "Brent is E09000005", id="authority"),
        pytest.param('layout = "ees"', 'layout = "leaflet"', "source.toml", "'leaflet' is none of ees", id="layout"),
        pytest.param('{kind = "All"}', "{kind = []}", "source.toml", "newest first", id="filter without a name"),
        pytest.param('"304"', '"305"', "abc.toml", "is not 304, the code of Brent", id="three-digit code"),
        pytest.param('end = "2016-03"', 'end = "2014-09"', "abc.toml", "before the start, 2014-10-01", id="end first"),
        pytest.param('end = "2016-03"', 'end = "March"', "abc.toml", "write 2016, 2016-03 or 2016-", id="end in words"),
        pytest.param("2014-10-01", "2014-13-01", "abc.toml", "not TOML that can be read", id="month 13"),
        pytest.param("start_low = 2014-10-01", 'start_low = "2014"', "abc.toml", "not a date such", id="date as text"),
        pytest.param("start_low = 2014-10-01", "start_low = 2015-10-01", "abc.toml", "is before start_low", id="start"),
        pytest.param("start_low = 2014-10-01\n", "", "abc.toml", "both ends", id="half a start"),
        pytest.param('"month"', '"unknown"', "abc.toml", "only there", id="precision"),
        pytest.param('role = "primary"', 'role = "primry"', "abc.toml", "Did you mean 'primary'", id="role"),
        pytest.param("can_treat = true", "can_treat = 1", "abc.toml", "not true or false", id="flag"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_key_and_remedy(facts, old, new, file, says):
    with pytest.raises(BadFacts) as error:
        facts(old, new)
    assert file in str(error.value)
    assert says in str(error.value)


DERIVED = SOURCE.replace(
    'numerator = "cases"\ndenominator = "children"\nper = 100\n', 'derived = "judgement_in_force"\n'
)


def test_an_indicator_may_be_worked_out_from_other_tables(facts):
    catalogue = facts(source=DERIVED)
    assert catalogue.derivations == ("judgement_in_force",)
    assert catalogue.indicators["case_pct"].columns == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("judgement_in_force", "judgment_in_force", "Did you mean 'judgement_in_force'", id="misspelt"),
        pytest.param("derived", 'value = "cases"\nderived', "leave out value", id="with a column"),
        pytest.param("derived", 'lait = "X"\nderived', "leave out value", id="with a measure"),
    ],
)
def test_one_that_is_worked_out_reads_no_column(facts, old, new, says):
    with pytest.raises(BadFacts, match=says):
        facts(old, new, source=DERIVED)


def test_every_derivation_has_its_question():
    assert all((DATA / "sql" / f"{name}.sql").is_file() for name in DERIVATIONS)


def test_an_id_is_given_once(facts):
    twice = SOURCE + SOURCE[SOURCE.index("[[indicator]]") :]
    with pytest.raises(BadFacts, match="'case_pct' stands in cases and again in cases"):
        facts(source=twice)


def test_a_row_without_a_start_cannot_treat(facts):
    undated = MODEL.replace("start_low = 2014-10-01\nstart_high = 2014-10-01\n", "").replace('"month"', '"unknown"')
    with pytest.raises(BadFacts, match="a row without a start cannot treat"):
        facts(model=undated)


def test_a_model_may_name_any_code_that_an_authority_has_had(facts):
    former = MODEL.replace("E09000005", "E10000023").replace('"304"', '"815"')
    assert facts(model=former).models[0].adoptions[0].area_code == "E10000023"
    assert read_register().newest_code("E10000023") == "E06000065"


def test_expected_outcomes_can_go_into_the_warehouse(catalogue):
    outcomes = [vars(outcome) for model in catalogue.models for outcome in model.expected_outcomes]
    assert {"indicator": "cpp_rate", "direction": "lower"} in json.loads(json.dumps(outcomes))
