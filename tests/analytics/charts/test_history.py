"""The timeline: what is drawn, and what it says to those who cannot see it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.charts.history import history_frame, history_picture, history_sentence
from analytics.charts.picture import picture_csv, picture_svg
from analytics.history import Entry, History, Judgement, Visit

GOOD = Judgement(date(2018, 5, 14), date(2018, 7, 2), "ILACS Standard Inspection", "Good", (("Leadership", "Good"),))
POOR = Judgement(date(2023, 2, 20), date(2023, 4, 11), "ILACS Short Inspection", "Inadequate", ())
VISIT = Visit(date(2024, 7, 24), date(2024, 8, 23), "ILACS Focused Visit", "Care leavers")
DATED = Entry(
    "Model M", "alongside", "EIP1", "October 2014", "month", date(2014, 10, 1), date(2014, 10, 31), None, "", "a paper"
)
ENDED = Entry(
    "Model M", "primary", "EIP2", "2017", "year", date(2017, 1, 1), date(2017, 12, 31), date(2019, 9, 30), "", "a paper"
)
UNDATED = Entry("Model N", "primary", "", "date not known", "unknown", None, None, None, "", "a letter")
FULL = History("Ashmere", (GOOD, POOR), (VISIT,), (DATED, ENDED, UNDATED), 2014, 2025.2)


def parts(history: History, part: str) -> pd.DataFrame:
    frame = history_frame(history)
    return frame[frame.part == part]


def test_a_judgement_holds_from_its_publication_to_the_next() -> None:
    step = parts(FULL, "step")
    assert [round(x, 1) for x in step.x][:2] == [2018.5, 2023.3]
    assert step.x.iloc[2] > FULL.last
    good, poor, still = step.y
    assert good < poor == still  # worse lies lower, and the axis of pixels runs down


def test_every_event_is_a_mark_with_words_and_an_undated_start_is_drawn_apart() -> None:
    dots = parts(FULL, "dot")
    assert dots.kind.value_counts().to_dict() == {"judgement": 2, "start": 2, "visit": 1, "undated": 1}
    assert dots.text.notna().all()
    assert "Model M, alongside, EIP1: from October 2014" in set(dots.text)


def test_only_an_end_that_is_recorded_ends_a_bar() -> None:
    (span,) = parts(FULL, "span").itertuples()
    assert round(span.x2, 1) == 2019.7
    (dashed,) = parts(FULL, "open").itertuples()
    assert dashed.x2 > 2025


def test_the_sentence_names_judgements_visits_and_models() -> None:
    said = history_sentence(FULL)
    assert "Ofsted judged Ashmere “Inadequate”, published 11 April 2023." in said
    assert "Before: “Good” (2018)." in said
    assert "1 visit without an overall judgement." in said
    assert "Model M (alongside), October 2014 and 2017; Model N, date not known." in said


def test_of_nothing_held_the_sentence_says_so() -> None:
    said = history_sentence(History("Ashmere", (), (), (), 2018, 2025.2))
    assert said == "No judgement of Ashmere by Ofsted is held. No practice model is recorded."


def test_the_picture_is_complete_and_an_invented_one_says_so() -> None:
    picture = history_picture(FULL, source="Source: test.", illustrative=True)
    assert picture.alt.startswith("Timeline, 2014 to 2025. Ofsted judged Ashmere")
    assert picture.file_stem == "illustrative-ashmere-history"
    assert len(picture.table) == 6
    assert picture.table.More.str.contains("a letter").any()
    svg = picture_svg(picture).decode()
    assert "Illustrative" in svg and "Requires improvement to be good" in svg
    assert picture_csv(picture).decode("utf-8-sig").count("\r\n") == 7


def test_the_plot_grows_with_the_lanes() -> None:
    bare = history_picture(History("A", (GOOD,), (), (), 2018, 2025.2), source="", illustrative=False)
    full = history_picture(FULL, source="", illustrative=False)
    assert full.spec["height"] > bare.spec["height"]
    assert history_frame(FULL).y.max() < full.spec["height"]
