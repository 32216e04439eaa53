"""Protocols: refused where they promise nothing, the same after writing, and found out where one digit was changed."""

import dataclasses
import datetime

import pytest

from analytics.analysis import analyse, study
from analytics.errors import BadProtocol, BadSpecification
from analytics.protocol import (
    HEADER,
    Protocol,
    Standing,
    protocol_of,
    refuse_unconfirmatory,
    specification_in,
    standing_of,
    written,
)
from analytics.spec import Specification
from tests.analytics.small_warehouse import plain

SPEC = """
title = "Plans in 2016"
outcomes = ["cpp_rate", "cla_rate"]
[treatment]
model = "M"
[window]
last = 2020
"""
AT = datetime.datetime(2026, 5, 3, 10, 15, 2, tzinfo=datetime.UTC)
SMALLEST = {"cpp_rate": 6.0}


def spec(*outcomes: str) -> Specification:
    return dataclasses.replace(Specification.from_toml(SPEC), outcomes=outcomes or ("cpp_rate", "cla_rate"))


def saved(**changed) -> Protocol:
    plan = protocol_of(spec(), "cpp_rate", ("cla_rate",), smallest_effects=SMALLEST, note="For the board, 4 May")
    about = {"at": AT, "edition": "w.duckdb, built 2026-01-01T00:00:00Z", "runs_before": 2}
    return dataclasses.replace(plan, **(about | changed))


def test_a_protocol_survives_its_file():
    assert Protocol.from_toml(saved().to_toml()) == saved()
    assert saved().smallest_effects == {"cpp_rate": 6.0}
    assert saved().specification.smallest_effect("cla_rate") is None


@pytest.mark.parametrize(
    "outcomes,primary,secondary,smallest,words",
    [
        pytest.param(("a",), "", (), {"a": 1}, "needs one primary outcome", id="no primary"),
        pytest.param(("a",), "b", (), {"a": 1}, "'b' is not an outcome", id="primary of another specification"),
        pytest.param(("a",), "a", ("c",), {"a": 1}, "'c' is not an outcome", id="secondary of another specification"),
        pytest.param(tuple("abcdef"), "a", tuple("bcdef"), {"a": 1}, "at most 4 secondary", id="five secondary"),
        pytest.param(tuple("abcdef"), "a", tuple("bcde"), {"a": 1}, "at most 4 secondary", id="five others"),
        pytest.param(("a", "b"), "a", (), {"a": 1}, "also has b", id="an outcome that is neither"),
        pytest.param(("a", "b"), "a", ("a", "b"), {"a": 1}, "primary and secondary", id="both"),
        pytest.param(("a", "b"), "a", ("b", "b"), {"a": 1}, "named twice", id="twice"),
        pytest.param(
            ("a", "b"), "a", ("b",), {"b": 1}, "a: the smallest change that would matter is not named", id="no change"
        ),
    ],
)
def test_what_promises_nothing_is_refused(outcomes, primary, secondary, smallest, words):
    with pytest.raises(BadProtocol, match=words):
        protocol_of(spec(*outcomes), primary, secondary, smallest_effects=smallest)


@pytest.mark.parametrize("amount", [0.0, -1.0, float("nan")])
def test_a_change_that_could_not_matter_is_refused(amount):
    with pytest.raises(BadSpecification, match="must be above 0"):
        protocol_of(spec("cpp_rate"), "cpp_rate", smallest_effects={"cpp_rate": amount})


def test_four_secondary_outcomes_are_allowed():
    assert len(protocol_of(spec(*"abcde"), "a", tuple("bcde"), smallest_effects={"a": 1}).secondary) == 4


def test_the_hash_is_of_the_plan_and_of_nothing_else():
    plan = saved()
    later = dataclasses.replace(plan, at=AT.replace(year=2027), note="", edition="other", runs_before=9, seen=True)
    titled = dataclasses.replace(plan, specification=dataclasses.replace(plan.specification, title="Another"))
    assert plan.hash == later.hash == titled.hash
    swapped = protocol_of(spec(), "cla_rate", ("cpp_rate",), smallest_effects={"cla_rate": 6.0, "cpp_rate": 6.0})
    more = protocol_of(spec(), "cpp_rate", ("cla_rate",), smallest_effects={"cla_rate": 6.0, "cpp_rate": 6.0})
    wider = protocol_of(spec(), "cpp_rate", ("cla_rate",), smallest_effects={"cpp_rate": 6.1})
    assert len({plan.hash, swapped.hash, more.hash, wider.hash}) == 4
    assert swapped.specification.hash == more.specification.hash


def test_the_order_of_secondary_outcomes_decides_nothing():
    one, other = (
        protocol_of(spec(*"abc"), "a", order, smallest_effects={"a": 1}) for order in (("b", "c"), ("c", "b"))
    )
    assert one.hash == other.hash


def test_the_hash_of_a_plan_stays_what_it_was():
    # A protocol noted in a letter must be found again by every later version.
    assert saved().hash == "b2c59414b6b3149126d6870d50b93d8f55c46cdd96ddb7aa7511f4879f1591c0"


def test_one_digit_changed_anywhere_is_found():
    text = saved().to_toml()
    places = [i for i, c in enumerate(text) if c.isdigit()]
    assert len(places) > 150
    for place in places:
        for digit in {"0", "9"} - {text[place]}:
            try:
                assert written(text[:place] + digit + text[place + 1 :]).faults, text[place - 30 : place + 10]
            except (BadProtocol, BadSpecification):
                continue  # no longer a protocol at all: found too


@pytest.mark.parametrize(
    "old,new",
    [
        pytest.param("primary = ", "Primary = ", id="a key renamed"),
        pytest.param("cla_rate", "cla_late", id="an outcome renamed"),
        pytest.param("For the board", "For the bored", id="the note"),
        pytest.param("Plans in", "plans in", id="the title"),
        pytest.param("seen = false", "seen = true", id="what was seen"),
        pytest.param('note = "', 'other = 1\nnote = "', id="a key more"),
        pytest.param("[specification]", "[specification]\nother = 1", id="a key more in the specification"),
        pytest.param("runs_before = 2\n", "", id="a key fewer"),
        pytest.param("at = 2026-05-03 10:15:02+00:00", 'at = "yesterday"', id="a time in words"),
        pytest.param("at = 2026-05-03 10:15:02+00:00", "at = 2026-05-03 10:15:02", id="a time without zone"),
        pytest.param("runs_before = 2", "runs_before = true", id="yes for a number"),
        pytest.param("[protocol]", "[protocol", id="no TOML"),
    ],
)
def test_a_changed_file_is_never_taken_for_the_protocol(old, new):
    assert old in saved().to_toml()
    with pytest.raises((BadProtocol, BadSpecification)) as caught:
        Protocol.from_toml(saved().to_toml().replace(old, new), where="plan.toml")
    assert "plan.toml" in str(caught.value)


def test_order_spacing_and_line_ends_may_differ():
    text = saved().to_toml().removeprefix(HEADER)
    protocol, _, specification = text.partition("\n[specification]")
    assert Protocol.from_toml(f"[specification]{specification}\n\n{protocol}".replace("\n", "\r\n")) == saved()


def test_a_protocol_file_can_be_run_as_its_specification(tmp_path):
    (tmp_path / "protocol.toml").write_text(saved().to_toml(), encoding="utf-8")
    (tmp_path / "spec.toml").write_text(SPEC, encoding="utf-8")
    assert specification_in(tmp_path / "protocol.toml") == saved().specification
    assert specification_in(tmp_path / "spec.toml") == spec()
    (tmp_path / "protocol.toml").write_text(saved().to_toml().replace("last = 2020", "last = 2019"), encoding="utf-8")
    with pytest.raises(BadProtocol, match="changed after it was saved"):
        specification_in(tmp_path / "protocol.toml")
    with pytest.raises(BadSpecification, match="There is no file"):
        specification_in(tmp_path / "none.toml")


def test_standing_needs_a_protocol_that_came_first():
    none = standing_of(None, None, run_came_first=False)
    first = standing_of(saved(runs_before=0), None, run_came_first=False)
    late = standing_of(saved(seen=True), AT.replace(day=1), run_came_first=True)
    assert [s.word for s in (none, first, late)] == ["exploratory", "pre-specified", "exploratory"]
    assert first.sentence == (
        f"Pre-specified: protocol {saved().name} was saved on 3 May 2026 at 10:15:02 UTC, before any result of it was shown."
    )
    assert first.line == f"pre-specified (protocol {saved().name}, saved 3 May 2026 at 10:15:02 UTC)"
    assert "results were seen before that" in late.sentence and "1 May 2026" in late.sentence
    assert isinstance(none, Standing) and none.line == "exploratory"


def test_what_was_run_before_stands_in_the_sentence():
    sentence = standing_of(saved(doubt="A doubt."), None, run_came_first=False).sentence
    assert "2 specifications of the same model and primary outcome had been run" in sentence
    assert sentence.endswith("A doubt.")


def warehouse(file, **changes):
    made = plain(file, adopters=2, comparators=8)
    for table, change in changes.items():
        made.connection.execute(f"update {table} set {change}")
    return made.ready()


def plan() -> Protocol:
    return protocol_of(spec("cpp_rate"), "cpp_rate", smallest_effects=SMALLEST)


def test_published_adoptions_and_figures_may_be_confirmed(tmp_path):
    refuse_unconfirmatory(plan(), study(plan().specification, warehouse(tmp_path / "w.duckdb")))


def test_a_recalled_adoption_is_refused_by_name(tmp_path):
    figures = warehouse(tmp_path / "w.duckdb", adoption="confidence = 'recalled' where area_code = 'A2'")
    with pytest.raises(BadProtocol, match="Name A2: this adoption is recalled") as caught:
        refuse_unconfirmatory(plan(), study(plan().specification, figures))
    assert "Name A1" not in str(caught.value)


@pytest.mark.parametrize(
    "hidden,refused",
    [pytest.param((2013,), False, id="1 of 16 figures"), pytest.param((2013, 2020), True, id="2 of 16 figures")],
)
def test_an_outcome_mostly_suppressed_is_refused(tmp_path, hidden, refused):
    years = ", ".join(map(str, hidden))
    change = (
        f"value = null, status = 'suppressed' where area_code = 'A1' and indicator = 'cpp_rate' and year in ({years})"
    )
    found = study(plan().specification, warehouse(tmp_path / "w.duckdb", observation=change))
    if not refused:
        refuse_unconfirmatory(plan(), found)
        return
    with pytest.raises(BadProtocol, match=r"cpp_rate: refused for confirmatory use. 2 of the adopters' 16 figures"):
        refuse_unconfirmatory(plan(), found)


def test_the_effect_is_judged_by_the_change_named_for_its_outcome(tmp_path):
    figures = warehouse(tmp_path / "w.duckdb")
    assert analyse(plan().specification, figures).results[0].effect.smallest_effect == 6.0
    without = analyse(spec("cpp_rate"), figures).results[0].effect
    assert without.smallest_effect == pytest.approx(0.2 * without.pre_mean)
