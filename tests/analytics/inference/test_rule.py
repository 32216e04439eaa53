"""The rule: which inference comes first, which stand beside, and what is refused."""

import pytest

from analytics.errors import BadSpecification
from analytics.inference import rule
from analytics.spec import INFERENCES, Inference

BY_RULE = Inference()


@pytest.mark.parametrize(
    "estimator,treated,first,beside",
    [
        ("imputation", 1, "size_matched", ("ferman_pinto",)),
        ("two_way", 4, "size_matched", ("ferman_pinto",)),
        ("two_way", 5, "size_matched", ("permutation_t", "cr2")),
        ("event_study", 9, "size_matched", ("permutation_t", "cr2")),
        ("two_by_two", 10, "cr2", ("wild", "size_matched")),
        ("two_way", 15, "cr2", ("wild", "size_matched")),
        ("imputation", 9, "size_matched", ()),
        ("callaway_santanna", 40, "size_matched", ()),
    ],
)
def test_by_number_treated_and_estimator(estimator, treated, first, beside):
    found = rule.chosen(BY_RULE, estimator, treated)
    assert (found.first, found.beside, found.overridden) == (first, beside, False)


def test_asking_for_another_is_marked_and_the_rules_own_stands_beside():
    found = rule.chosen(Inference(name="permutation"), "two_way", 12)
    assert found.first == "permutation" and found.overridden
    assert found.beside == ("cr2", "wild", "size_matched") and "Chosen by hand" in found.sentence


def test_asking_for_what_the_rule_gives_is_no_override():
    assert not rule.chosen(Inference(name="size_matched"), "imputation", 3).overridden


def test_every_method_is_explained_at_two_depths():
    assert set(rule.SENTENCES) == set(rule.DETAILS) >= set(INFERENCES) - {"by_rule"}
    for estimator, treated in (("two_way", 1), ("two_way", 6), ("two_way", 12), ("imputation", 12)):
        found = rule.chosen(BY_RULE, estimator, treated)
        assert {found.first, *found.beside} <= set(rule.SENTENCES) and found.sentence.endswith(".")


def test_cr1_is_never_chosen_nor_explained():
    assert "cr1" not in rule.SENTENCES


class Asked:
    """An inference named in a specification that knows every method."""

    def __init__(self, name):
        self.name = name


@pytest.mark.parametrize("name", ["cr2", "cr3", "wild", "permutation_t"])
def test_a_clustered_error_of_no_regression_is_refused(name):
    with pytest.raises(BadSpecification, match=r"imputation is none.*two_way"):
        rule.chosen(Asked(name), "imputation", 12)
    assert rule.chosen(Asked(name), "two_way", 3).first == name


@pytest.mark.parametrize("name", ["by_rule", "size_matched", "permutation", "cr2"])
def test_the_spread_comes_from_placebos_of_similar_size_unless_the_whole_pool_was_asked_for(name):
    assert rule.placebo_pool(Asked(name)) == ("permutation" if name == "permutation" else "size_matched")
