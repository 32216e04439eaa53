from datetime import date

import pytest

from analytics.periods import UnreadablePeriod, financial_year, period


@pytest.mark.parametrize(
    ("label", "year"),
    [
        pytest.param("2025", 2025, id="the year in which it ends"),
        pytest.param("202425", 2025, id="both years, run together"),
        pytest.param("2024-25", 2025, id="financial year"),
        pytest.param("2024-25 (OT)", 2025, id="with a mark for the source"),
        pytest.param("2024/25", 2025, id="school year"),
        pytest.param("2024/2025", 2025, id="both years in full"),
        pytest.param("2024\N{EN DASH}25", 2025, id="typeset dash"),
        pytest.param("2013/14-15/16", 2016, id="three years"),
        pytest.param("2025 (prov)", 2025, id="provisional"),
        pytest.param("2025 (Rev)", 2025, id="revised"),
        pytest.param("2024/25 (Final)", 2025, id="final"),
        pytest.param(" 2025 ", 2025, id="blanks around it"),
        pytest.param("1999/00", 2000, id="over the turn of the century"),
    ],
)
def test_year_in_which_the_period_ends(label, year):
    assert period(label).year == year


@pytest.mark.parametrize(
    "label", ["0", "", "2024-26", "202412", "1899", "2099", "25", "2025-24", "2013/14-12/13", "2025 (guess)", "year"]
)
def test_a_label_that_is_no_year_is_refused_with_the_label(label):
    with pytest.raises(UnreadablePeriod, match=f"'{label}'".replace("(", r"\(").replace(")", r"\)")):
        period(label, latest=2027)


def test_next_year_is_believed_and_the_year_after_is_not():
    this_year = date.today().year
    assert period(str(this_year + 1)).year == this_year + 1
    with pytest.raises(UnreadablePeriod, match="outside 2000 to"):
        period(str(this_year + 2))


def test_a_period_ends_on_the_day_of_its_source():
    assert period("2025", "09-30").end == date(2025, 9, 30)


def test_final_figures_come_after_provisional_ones():
    labels = ["2025 (prov)", "2025", "2025 (Rev)", "2025 (Final)"]
    assert sorted(labels, key=lambda label: period(label).finality) == labels


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2025, 3, 31), 2025), (date(2025, 4, 1), 2026), (date(2025, 9, 30), 2026), (date(2025, 1, 1), 2025)],
)
def test_financial_year_that_holds_a_day(day, year):
    assert financial_year(day) == year
