"""Specifications: complete after reading, the same after writing, and every mistake named by its key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import BadSpecification
from analytics.spec import ESTIMATORS, EXPOSURE_RULES, Specification

SMALLEST = 'outcomes = ["cpp_rate"]\n[treatment]\nmodel = "SOS"\n'


def test_defaults_are_written_out_and_read_back():
    spec = Specification.from_toml(SMALLEST)
    assert Specification.from_toml(spec.to_toml()) == spec
    for line in ('pool = "never_adopters"', 'exposure = "first_full_year"', "draws = 9999", 'base = "all_pre"'):
        assert line in spec.to_toml()


def test_hash_follows_what_decides_the_numbers_and_nothing_else():
    spec = Specification.from_toml(SMALLEST)
    titled = Specification.from_toml('title = "A name"\n' + SMALLEST)
    spelled_out = Specification.from_toml(SMALLEST + "[window]\nlast = 2025\nfirst = 2013\n")
    other = Specification.from_toml(SMALLEST + "[window]\nlast = 2024\n")
    assert spec.hash == titled.hash == spelled_out.hash != other.hash
    assert len(spec.hash) == 12


TWO = SMALLEST.replace('["cpp_rate"]', '["cpp_rate", "cla_rate"]')


def test_a_smallest_effect_of_its_own_goes_before_the_one_for_all():
    spec = Specification.from_toml(
        TWO + "[estimator]\nsmallest_effect = 6\n[estimator.smallest_effects]\ncla_rate = 9\n"
    )
    assert (spec.smallest_effect("cpp_rate"), spec.smallest_effect("cla_rate")) == (6.0, 9.0)
    assert Specification.from_toml(spec.to_toml()) == spec
    assert hash(spec) == hash(Specification.from_toml(spec.to_toml()))


@pytest.mark.parametrize(
    "one,other,same",
    [
        pytest.param(
            "smallest_effect = 6", "smallest_effects = {cpp_rate = 6, cla_rate = 6.0}", True, id="spelled out"
        ),
        pytest.param(
            "smallest_effect = 9\nsmallest_effects = {cpp_rate = 6}",
            "smallest_effects = {cla_rate = 9, cpp_rate = 6}",
            True,
            id="one for all but one",
        ),
        pytest.param("", "smallest_effects = {cpp_rate = 6}", False, id="named and not named"),
        pytest.param("smallest_effect = 6", "smallest_effects = {cpp_rate = 6}", False, id="one left unnamed"),
    ],
)
def test_smallest_effects_that_mean_the_same_have_the_same_hash(one, other, same):
    found = [Specification.from_toml(f"{TWO}[estimator]\n{words}\n").hash for words in (one, other)]
    assert (found[0] == found[1]) is same


def test_hashes_stay_what_they_were():
    # Computed before smallest effects could be named by outcome: protocols saved then must still be found.
    assert Specification.from_toml(SMALLEST).hash == "969a6deba9c6"
    assert Specification.from_toml(SMALLEST + "[estimator]\nsmallest_effect = 6\n").hash == "b0a06c0adac2"


@given(
    first=st.integers(2000, 2012),
    last=st.integers(2013, 2030),
    draws=st.integers(99, 100_000),
    level=st.floats(0.5, 0.99),
    estimator=st.sampled_from(ESTIMATORS),
    rule=st.sampled_from(EXPOSURE_RULES),
    smallest=st.none() | st.floats(0.1, 100),
    title=st.text(max_size=30),
)
def test_any_specification_survives_its_toml(first, last, draws, level, estimator, rule, smallest, title):
    spec = Specification.from_dict(
        {
            "title": title,
            "outcomes": ["a", "b"],
            "treatment": {"programme": "EIP1", "exposure": rule},
            "window": {"first": first, "last": last},
            "estimator": {"name": estimator, "smallest_effect": smallest},
            "inference": {"draws": draws, "level": level},
        }
    )
    again = Specification.from_toml(spec.to_toml())
    assert again == spec and again.hash == spec.hash


@pytest.mark.parametrize(
    "text,words",
    [
        pytest.param("outcomes = [", "is not TOML", id="not TOML"),
        pytest.param('[treatment]\nmodel = "SOS"', "'outcomes' is missing", id="no outcomes"),
        pytest.param('outcomes = []\n[treatment]\nmodel = "SOS"', "outcomes is empty", id="empty outcomes"),
        pytest.param('outcomes = "cpp_rate"\n[treatment]\nmodel = "SOS"', "should be a list", id="text for a list"),
        pytest.param('outcomes = ["a"]', "'treatment' is missing", id="no treatment"),
        pytest.param('outcomes = ["a"]\n[treatment]', "names nobody", id="empty treatment"),
        pytest.param(SMALLEST + "[windw]\nfirst = 2013", "Did you mean 'window'?", id="misspelt table"),
        pytest.param(SMALLEST + "[window]\nfrist = 2013", "Did you mean 'first'?", id="misspelt key"),
        pytest.param(SMALLEST + "[window]\nfirst = 2019\nlast = 2013", "is not before", id="window inverted"),
        pytest.param(SMALLEST + '[window]\nfirst = "2013"', "should be a whole number", id="year as text"),
        pytest.param(SMALLEST + "[window]\nfirst = 13", "outside 1990 to 2100", id="year in two figures"),
        pytest.param(SMALLEST + "[window]\nlast = 100000", "outside 1990 to 2100", id="year far away"),
        pytest.param(SMALLEST + "[window]\nfirst = true", "should be a whole number", id="year as yes or no"),
        pytest.param(
            SMALLEST + '[estimator]\nname = "imputaton"', "Did you mean 'imputation'?", id="misspelt estimator"
        ),
        pytest.param(SMALLEST + "[estimator]\nbase = 0", "1 to 100", id="base of no years"),
        pytest.param(SMALLEST + '[estimator]\nname = "two_way"\nbase = 1', "is for imputation", id="base where unused"),
        pytest.param(SMALLEST + "[estimator]\nsmallest_effect = -1", "must be above 0", id="negative smallest effect"),
        pytest.param(
            SMALLEST + "[estimator]\nsmallest_effect = nan", "must be above 0", id="smallest effect not a number"
        ),
        pytest.param(
            SMALLEST + "[estimator.smallest_effects]\ncpp_rate = 0", "must be above 0", id="change of nothing"
        ),
        pytest.param(
            SMALLEST + "[estimator.smallest_effects]\ncpp_rat = 6",
            "Did you mean 'cpp_rate'?",
            id="change of another outcome",
        ),
        pytest.param(SMALLEST + "[estimator]\nsmallest_effects = 6", "should be a table", id="changes as one number"),
        pytest.param(SMALLEST + "[inference]\ndraws = 0", "outside 99", id="no draws"),
        pytest.param(SMALLEST + "[inference]\ndraws = 10000000", "outside 99", id="ten million draws"),
        pytest.param(SMALLEST + "[inference]\nlevel = 95.0", "outside 0.5 to 1", id="level in percent"),
        pytest.param(SMALLEST + '[comparators]\npool = "listed"', "a list of codes", id="listed without a list"),
        pytest.param(SMALLEST + '[comparators]\nauthorities = ["E1"]', "only with pool = 'listed'", id="list unused"),
        pytest.param(
            'outcomes = ["a"]\n[treatment]\nauthorities = ["E1"]', "one start for each", id="list without starts"
        ),
        pytest.param(
            'outcomes = ["a"]\n[treatment]\nmodel = "M"\nroles = ["lead"]', "primary, alongside", id="unknown role"
        ),
    ],
)
def test_mistakes_are_named(text, words):
    with pytest.raises(BadSpecification) as caught:
        Specification.from_toml(text, where="my.toml")
    assert words in str(caught.value) and "my.toml" in str(caught.value)


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(BadSpecification, match="There is no file"):
        Specification.from_file(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSpecification, match="UTF-8"):
        Specification.from_file(tmp_path / "bad.toml")
