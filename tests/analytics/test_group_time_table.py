"""The four means as a table: against the published mpdta figures through the same functions, and on a tiny panel by hand."""

import numpy as np
import pytest

from analytics.group_time_table import MEANS, before_sentence, means_table
from analytics.spec import Specification
from analytics.study import study
from tests.analytics.small_warehouse import plain

ASKED = Specification.from_dict(
    {
        "outcomes": ["cpp_rate"],
        "treatment": {"model": "M"},
        "window": {"first": 2013, "last": 2020},
        "estimator": {"name": "callaway_santanna"},
    }
)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return study(ASKED, plain(tmp_path_factory.mktemp("means") / "w.duckdb", adopters=3, comparators=6).ready())


def test_every_mean_has_a_row_over_all_and_one_for_each_label(found):
    table = means_table(found, "cpp_rate")
    assert list(dict.fromkeys(table["mean"])) == list(MEANS.values())
    over_all = table[table["at"] == ""]
    assert len(over_all) == 4 and over_all.band_low.isna().all()
    by_event = table[(table["mean"] == MEANS["dynamic"]) & (table["at"] != "")]
    assert by_event["at"].tolist()[-4:] == ["0", "1", "2", "3"]  # all began in 2017: exposed from then to 2020
    assert (by_event.band_low <= by_event.estimate).all() and (by_event.estimate <= by_event.band_high).all()


def test_with_one_date_every_mean_over_all_is_the_mean_change_by_hand(found):
    panel = found.panel
    rows = {code: panel.values[0, panel.position[code]] for code in panel.areas}
    base = panel.years.index(2016)
    after = [panel.years.index(y) for y in range(2017, 2021)]
    change = {code: y[after].mean() - y[base] for code, y in rows.items()}
    by_hand = np.mean([c for k, c in change.items() if k[0] == "A"]) - np.mean(
        [c for k, c in change.items() if k[0] == "C"]
    )
    table = means_table(found, "cpp_rate")
    assert table[table["at"] == ""].estimate.tolist() == pytest.approx([by_hand] * 4, abs=1e-9)


def test_the_years_before_are_tested_in_words(found):
    said = before_sentence(found, "cpp_rate")
    assert said.startswith(("Joint test of 3 effects before the start", "No joint test"))
    assert "nan" not in said
