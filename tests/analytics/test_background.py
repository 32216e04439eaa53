"""Background figures: the project's list can be used, and a mistake in such a list is named."""

from __future__ import annotations

import pytest

from analytics.background import backgrounds, read_backgrounds
from analytics.catalogue import read_catalogue
from analytics.errors import BadFacts

GOOD = (
    '[[background]]\nkey = "children"\nindicator = "children_0_17"\nlabel = "Children"\nmeasure = "log"\n'
    'usual = 1\nwhy = "Size."\n'
)
OUTCOMES_START = (
    "cpp_",
    "cin_",
    "cla_",
    "referral",
    "rereferral",
    "s47",
    "icpc",
    "sw_",
    "care_",
    "placement",
    "ofsted",
)


@pytest.mark.parametrize("each", backgrounds().offered, ids=lambda each: each.key)
def test_each_is_a_known_indicator_with_a_reason_and_no_outcome(each):
    known = {indicator.indicator for source in read_catalogue().sources for indicator in source.indicators}
    assert each.indicator in known or each.indicator.startswith("lait:")  # the tool's own are read from its dictionary
    assert not each.indicator.startswith(OUTCOMES_START)
    assert each.why.endswith(".") and len(each.why) > 40


def test_the_usual_weights_are_those_above_nothing():
    assert backgrounds().usual == {"children": 1, "low_income": 2, "free_meals_primary": 1, "language_primary": 2}


def test_what_is_not_offered_has_a_reason():
    assert len(backgrounds().missing) >= 3
    assert all(each.why.endswith(".") for each in backgrounds().missing)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("usual = 1", "usual = 6"), "6 is outside 0 to 5"),
        (GOOD.replace('"log"', '"logs"'), "Did you mean 'log'"),
        (GOOD.replace('key = "children"', 'key = "low income"'), "cannot stand in a link"),
        (GOOD + GOOD, "'children' is there twice"),
        (GOOD.replace("why", "because"), "no such key"),
        ("[[background]", "is not TOML"),
    ],
)
def test_a_mistake_is_named(tmp_path, text, says):
    file = tmp_path / "background.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadFacts, match=says):
        read_backgrounds(file)
