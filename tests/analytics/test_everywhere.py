"""One indicator in every authority, beside the rows it was made from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.board import board_of
from analytics.everywhere import everywhere, middle_of, uses_by, years_listed
from analytics.everywhere_answer import (
    NO_MODEL,
    SEVERAL,
    UNDATED,
    funnel_words,
    implied_words,
    missing_words,
    model_of,
    role_of,
    sentence_of,
    uses_words,
    withheld_words,
)
from analytics.everywhere_tables import FROM, IN_SET, NOTE, RANGE, raw, readable, signed, sortable, wider_table
from analytics.funnel import ALARM
from analytics.sets import ComparatorSet
from analytics.strips import RARE, strip_of, strips_by_model, strips_by_year
from analytics.trends import Surroundings
from tests.analytics.small_warehouse import SmallWarehouse

SIZE = 20_000.0
RATES = {f"A{n:02}": 30.0 + 2 * n for n in range(12)}  # 30, 32 ... 52: 60 to 104 children of 20,000
NEAR = ComparatorSet("own:Three", "Three", ("A00", "A01", "A02"))


def put_area(made: SmallWarehouse, code: str, kind: str, **more: object) -> None:
    made.put("area", area_code=code, old_code=f"o{code}", name=f"Name {code}", kind=kind, former_codes="", **more)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    made = SmallWarehouse(tmp_path_factory.mktemp("small") / "small.duckdb")
    made.indicator()
    made.indicator("repeat_pct", unit="%", polarity="lower")
    made.indicator("caseload", unit="cases per worker", polarity="lower")
    for code, rate in RATES.items():
        made.area(code)
        made.figures(code, {2018: rate - 1, 2019: rate}, base=SIZE)
    made.figures("A00", {2020: 90.0}, base=SIZE)
    made.figures("A01", {2020: "suppressed"}, base=SIZE)
    made.figures("A02", {2020: "not_available"}, base=SIZE)
    for code in ("A03", "A04"):
        made.figures(code, {2020: 40.0}, base=SIZE)
        made.figures(code, {2020: "suppressed"}, indicator="repeat_pct")
        made.figures(code, {2020: 18.0}, indicator="caseload")
    put_area(made, "OLD", "authority", region="North", region_code="North", to_year=2019)
    put_area(made, "NEW", "authority", region="North", region_code="North", from_year=2020)
    put_area(made, "Z", "authority")  # beside invented figures, the real areas have none
    made.figures("OLD", {2018: 100.0, 2019: 100.0}, base=SIZE)
    made.figures("NEW", {2020: 60.0}, base=SIZE)
    put_area(made, "R", "region")
    put_area(made, "E", "england")
    made.figures("R", {2018: 41.0, 2019: 40.0}, base=10 * SIZE)
    made.figures("E", {2018: 42.0, 2019: 43.0}, base=100 * SIZE)
    made.model("M")
    made.model("N")
    made.adoption("A00", "M", "2019-03-31")
    made.adoption("A01", "M", "2019-04-01")
    made.adoption("A02", "M", role="alongside")
    for code in ("A03", "A04", "A05", "A06", "A07"):
        made.adoption(code, "M", "2015-01-01")
    made.adoption("A03", "N", "2015-01-01", role="developing")
    made.adoption("A03", "N", "2016-01-01", role="primary")
    return made.ready()


@pytest.fixture(scope="module")
def asked(warehouse):
    rows = warehouse.ask("indicators").set_index("indicator", drop=False)
    areas = warehouse.ask("all_areas")
    register = Surroundings(areas, pd.DataFrame(), warehouse.ask("adoptions")).register
    known = frozenset(warehouse.ask("areas").area_code)

    def found(year: int, indicator: str = "cpp_rate"):
        board = board_of(warehouse, rows[rows.indicator == indicator], areas)
        return everywhere(board, rows.loc[indicator], year, known, register)

    found.board = board_of(warehouse, rows[rows.indicator == "cpp_rate"], areas)
    found.known = known
    return found


@pytest.mark.parametrize(("year", "there"), [(2019, {"OLD"}), (2020, {"NEW"})])
def test_an_authority_is_there_in_its_own_years_only(asked, year, there):
    assert set(asked(year).authorities.code) == {*RATES, *there}


def test_figures_are_those_of_the_rows(asked):
    found = asked(2019)
    figures = found.authorities
    assert list(figures.name) == sorted(figures.name)
    for code, rate in RATES.items():
        n = figures.at[code]
        assert (figures.value[n], figures.change[n]) == (rate, 1)
        assert figures.low[n] < rate < figures.high[n]
    assert np.isnan(asked(2018).authorities.change).all()
    assert (found.country, found.country_value, found.as_at) == ("Name E", 43.0, "31 March 2019")
    assert found.wider.code == ("R", "E")


def test_places_are_counted_from_the_highest_where_nothing_is_better(asked):
    found = asked(2019)
    place = dict(zip(found.authorities.code, found.places.place, strict=True))
    assert (place["OLD"], place["A11"], place["A00"]) == (1, 2, 13)
    assert set(found.band) == {""}


def test_a_set_has_a_plain_mean_and_median_of_those_with_a_figure(asked):
    assert asked(2019).mean_and_median(NEAR.codes) == (32.0, 32.0, 3)
    assert asked(2020).mean_and_median([*NEAR.codes, "nowhere"]) == (90.0, 90.0, 1)
    mean, median, number = asked(2020).mean_and_median(["A01"])
    assert np.isnan([mean, median]).all() and number == 0
    assert middle_of(np.array([]))[2] == 0


def test_years_are_those_in_which_anyone_is_listed(asked, warehouse):
    assert years_listed(asked.board, "cpp_rate") == (2018, 2019, 2020)
    rows = warehouse.ask("indicators")
    board = board_of(warehouse, rows[rows.indicator == "repeat_pct"], warehouse.ask("all_areas"))
    assert years_listed(board, "repeat_pct") == (2020,)
    assert board.newest_year("repeat_pct") is None


def test_the_register_counts_a_model_from_the_day_it_may_have_begun(asked):
    uses = asked(2019).uses
    assert model_of(uses["A00"]) == "Model M"
    assert "A01" not in uses
    assert (model_of(uses["A02"]), role_of(uses["A02"][0])) == (UNDATED, UNDATED)
    assert model_of(uses["A03"]) == SEVERAL
    assert uses_words(uses["A03"]) == "Model M; Model N"  # begun as developing, the main model a year later
    assert uses_words(uses["A02"]) == "Model M (alongside, date not known)"
    assert role_of(asked(2019).recorded_with("M").get("A11")) == ""


def test_a_role_that_began_later_does_not_count_yet(warehouse):
    register = {"A03": [row for row in warehouse.ask("adoptions").itertuples() if row.area_code == "A03"]}
    assert uses_words(uses_by(register, pd.Timestamp("2015-03-31"))["A03"]) == "Model M; Model N (developing)"
    assert uses_by(register, pd.Timestamp("2014-03-31")) == {}


# --- words ----------------------------------------------------------------------------------------------------------


def test_the_answer_says_how_many_the_middle_half_and_the_place(asked):
    said = sentence_of(asked(2019), "A11", "Name A11")
    assert said.startswith(
        "Label of cpp_rate, 2019: 13 of 13 authorities have a figure; the middle half lie between 36.0 and 48.0 per 10,000 "
        "children. Name A11, at 52.0, is 2nd highest of 13 (plausibly "
    )
    assert "outside the 99.8% limits of chance alone" in said
    assert "better" not in said and "best" not in said


def test_withheld_figures_widen_the_place_and_missing_ones_are_named(asked):
    found = asked(2020)
    said = sentence_of(found, "A01", "Name A01")
    assert "4 of 13 authorities have a figure" in said
    assert "Name A01 has none: suppressed to protect children's identity." in said
    assert "allowing for 1 withheld figure" in sentence_of(found, "A03", "Name A03")
    assert missing_words(found).startswith("No figure for 9 authorities: 7 not listed by the source for this year, 1 ")
    assert missing_words(asked(2019)) == ""
    assert withheld_words(found).startswith("Plausible ranges allow for 1 withheld figure any of which may be ahead")
    assert withheld_words(asked(2019)) == ""


def test_an_authority_that_was_not_there_is_said_to_be_missing(asked):
    assert "Name OLD is not among them" in sentence_of(asked(2020), "OLD", "Name OLD")


def test_a_year_in_which_all_is_suppressed_says_why(asked):
    found = asked(2020, "repeat_pct")
    said = sentence_of(found, "A03", "Name A03")
    assert "none of 13 authorities has a figure (11 not listed by the source for this year, 2 suppressed" in said
    assert "Name A03 has none" in said
    assert found.funnel is None and "fewer than 10 authorities" in found.no_funnel
    strip = strip_of(found, NEAR)
    assert (strip.codes, strip.missing, strip.ticks) == ((), 13, ())
    assert sortable(found, NEAR.codes, "A03")[NOTE].tolist()[0] == "c (suppressed to protect children's identity)"


def test_a_rank_has_its_best_end_named_where_one_way_is_better(asked):
    found = asked(2020, "caseload")
    assert "Name A03, at 18.0, is ranked 1 of 2, 1 being the best." in sentence_of(found, "A03", "Name A03")
    assert "percentages and for rates per 10,000 children, and this is neither" in found.no_funnel
    assert "limits" not in sentence_of(found, "A03", "Name A03")


def test_the_funnel_names_who_is_outside_by_side(asked):
    found = asked(2019)
    assert found.funnel.side(ALARM)[found.authorities.at["OLD"]] == 1
    said = funnel_words(found, "OLD", "Name OLD")
    assert "outside them, Name OLD higher. Name OLD is above both." in said
    assert f"{(found.funnel.side(ALARM) != 0).sum()} of 13 " in said
    assert "its counts are not known" in funnel_words(found, "nowhere", "Nowhere")


def test_counts_worked_out_are_owned_up_to(asked):
    assert implied_words(asked(2019)) == ""


# --- tables -----------------------------------------------------------------------------------------------------------


def test_the_table_has_everybody_the_chosen_one_first(asked):
    found = asked(2020)
    table = sortable(found, NEAR.codes, "A05")
    assert table.Authority.tolist()[:2] == ["Name A05", "Name A00"]
    assert len(table) == 13
    assert table[IN_SET].tolist().count("yes") == 3
    assert {RANGE, FROM, NOTE} <= set(table)
    assert "Quartile band" not in table  # nothing is better
    words = readable(found, NEAR.codes, "A05")
    assert words.map(lambda cell: "nan" in str(cell)).to_numpy().sum() == 0
    assert words.columns.tolist() == table.columns.tolist()


def test_regions_and_the_country_stand_apart_without_a_rank(asked):
    table = wider_table(asked(2019))
    assert table.Area.tolist() == ["Name R", "Name E"]
    assert not any("Rank" in column for column in table)
    assert table.iloc[0, 1] == "40.0"
    assert asked(2019).places.ranked == 13


def test_the_download_holds_raw_values_and_both_kinds_of_area(asked):
    held = raw(asked(2019), NEAR.codes)
    assert held.kind.value_counts().to_dict() == {"authority": 13, "region or country": 2}
    one = held[held.area_code == "A03"].iloc[0]
    assert (one.value, one.ranked, one.practice_models) == (36.0, 13, "Model M; Model N")
    assert held[held.kind != "authority"].place.isna().all()


@pytest.mark.parametrize(("value", "text"), [(0.04, "0.0"), (-0.04, "0.0"), (3.0, "+3.0"), (np.nan, "")])
def test_a_change_has_its_sign(value, text):
    assert signed(value, 1) == text


# --- strips -----------------------------------------------------------------------------------------------------------


def test_a_strip_holds_all_figures_and_the_marks_of_the_set_and_the_country(asked):
    strip = strip_of(asked(2019), NEAR)
    assert strip.values.tolist() == sorted(strip.values)
    assert strip.value_of("OLD") == 100.0 and strip.value_of("NEW") is None
    assert [(t.label, t.value) for t in strip.ticks] == [("Three: mean", 32), ("Three: median", 32), ("Name E", 43)]


def test_a_strip_a_model_has_everyone_recorded_and_the_rest(asked):
    strips = {s.heading: s for s in strips_by_model(asked(2019))}
    assert list(strips) == ["Model M", "Model N", UNDATED, NO_MODEL]
    assert set(strips["Model M"].codes) == {"A00", "A03", "A04", "A05", "A06", "A07"}
    assert strips["Model N"].codes == ("A03",)
    (median,) = strips["Model M"].ticks
    assert median.value == np.median([30, 36, 38, 40, 42, 44])
    assert strips["Model N"].ticks == ()  # of one authority there is no middle
    assert sum(len(s.codes) for s in strips.values()) == 13 + 1  # one has two models


def test_models_of_one_or_two_authorities_share_a_strip(asked):
    found = asked(2019)
    alone = {"A10": found.uses["A03"][:1], "A11": found.uses["A03"][1:]}
    strips = strips_by_model(type(found)(**vars(found) | {"uses": alone}))
    assert [s.heading for s in strips] == [RARE, NO_MODEL]
    assert set(strips[0].codes) == {"A10", "A11"}


def test_of_one_model_there_is_a_strip_a_role(asked):
    strips = strips_by_model(asked(2019), "N")
    assert [(s.heading, len(s.codes)) for s in strips] == [("Primary", 1), (NO_MODEL, 12)]


def test_a_strip_a_year_holds_the_authorities_of_that_year(asked):
    strips = strips_by_year(asked.board, asked(2020), NEAR, asked.known, most=2)
    assert [s.heading for s in strips] == ["2020", "2019"]
    assert "OLD" in strips[1].codes and "OLD" not in strips[0].codes
    assert strips[0].missing == 9
    assert [t.value for t in strips[1].ticks] == [32, 32, 43]
