"""Inspections and the register on one axis of time."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.history import Entry, History, Visit, end_of, history_of, raw_history

SINCE, AS_AT = date(2018, 1, 29), date(2025, 3, 31)
INSPECTION = {
    "framework": "ILACS Standard Inspection",
    "overall": "Good",
    "leadership": "Good",
    "help_and_protection": "Requires improvement to be good",
    "children_in_care": None,
    "care_leavers": float("nan"),
    "theme": None,
}
ADOPTION = {
    "model_name": "Model M",
    "role": "primary",
    "programme": "local",
    "precision": "month",
    "end": "",
    "note": "",
    "source": "a paper",
}


def inspections(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([INSPECTION | row for row in rows]).astype(
        {"start": "datetime64[us]", "published": "datetime64[us]"}
    )


def adoptions(*rows: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame([ADOPTION | {"start_low": None, "start_high": None} | row for row in rows])
    return frame.astype({"start_low": "datetime64[us]", "start_high": "datetime64[us]"})


def history(judged: pd.DataFrame | None = None, adopted: pd.DataFrame | None = None) -> History:
    nothing = pd.DataFrame()
    return history_of(
        nothing if judged is None else judged,
        nothing if adopted is None else adopted,
        "Ashmere",
        since=SINCE,
        as_at=AS_AT,
    )


def test_judgements_are_in_order_and_visits_apart() -> None:
    found = history(
        inspections(
            {"start": "2023-03-06", "published": "2023-05-09"},
            {"start": "2018-05-14", "published": "2018-07-02", "overall": "Inadequate"},
            {"start": "2024-09-18", "published": "2024-10-18", "overall": None, "theme": "Care leavers"},
        )
    )
    assert [(j.overall, j.published) for j in found.judgements] == [
        ("Inadequate", date(2018, 7, 2)),
        ("Good", date(2023, 5, 9)),
    ]
    # A part that was not judged is not listed as if it had been.
    assert found.judgements[1].parts == (
        ("Leadership", "Good"),
        ("Help and protection", "Requires improvement to be good"),
    )
    assert found.visits == (Visit(date(2024, 9, 18), date(2024, 10, 18), "ILACS Standard Inspection", "Care leavers"),)
    assert (found.first, round(found.last, 2)) == (2018, 2025.24)


def test_the_axis_reaches_back_to_the_first_start() -> None:
    found = history(adopted=adoptions({"start_low": "2014-10-01", "start_high": "2014-10-01"}))
    assert found.first == 2014


@pytest.mark.parametrize(
    ("precision", "low", "high", "when", "ends"),
    [
        ("day", "2017-09-29", "2017-09-29", "29 September 2017", (date(2017, 9, 29), date(2017, 9, 29))),
        ("month", "2014-10-01", "2014-10-01", "October 2014", (date(2014, 10, 1), date(2014, 10, 31))),
        ("year", "2012-01-01", "2012-12-31", "2012", (date(2012, 1, 1), date(2012, 12, 31))),
        ("unknown", None, None, "date not known", (None, None)),
    ],
)
def test_a_start_is_as_precise_as_the_register_has_it(precision, low, high, when, ends) -> None:
    (entry,) = history(adopted=adoptions({"precision": precision, "start_low": low, "start_high": high})).entries
    assert (entry.when, (entry.low, entry.high)) == (when, ends)


def test_rows_of_one_model_that_tell_of_one_start_make_one_start_the_most_precise() -> None:
    found = history(
        adopted=adoptions(
            {"precision": "year", "start_low": "2017-01-01", "start_high": "2017-12-31"},
            {"precision": "day", "start_low": "2017-09-29", "start_high": "2017-09-29", "end": "2019-09"},
            {"precision": "month", "start_low": "2014-10-01", "start_high": "2014-10-01", "end": "2016-03"},
            {"precision": "unknown", "model_name": "Model N"},
        )
    )
    first, second = found.lanes
    assert [(s.entry.when, s.end) for s in first.starts] == [
        ("October 2014", date(2016, 3, 31)),
        ("29 September 2017", date(2019, 9, 30)),
    ]
    assert first.open  # the row of the year names no end
    assert (second.model, second.starts, second.open) == ("Model N", (), True)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", None),
        ("ongoing", None),
        ("2019", date(2019, 12, 31)),
        ("2020-02", date(2020, 2, 29)),
        ("2019-09-15", date(2019, 9, 15)),
    ],
)
def test_an_end_is_the_last_day_that_its_words_allow(text: str, day: date | None) -> None:
    assert end_of(text) == day


def test_of_nothing_held_there_is_an_empty_history_with_an_axis() -> None:
    found = history()
    assert found.empty and found.lanes == ()
    assert (found.first, found.last > found.first) == (2018, True)
    assert list(raw_history(found).columns)[:3] == ["event", "start", "published"]


def test_the_download_has_every_event_once() -> None:
    found = history(
        inspections({"start": "2023-03-06", "published": "2023-05-09"}),
        adoptions({"start_low": "2014-10-01", "start_high": "2014-10-01"}, {"precision": "unknown"}),
    )
    rows = raw_history(found)
    assert rows.event.tolist() == ["judgement", "practice model", "practice model"]
    assert rows.authority.unique().tolist() == ["Ashmere"]
    assert isinstance(found.entries[0], Entry)
