"""Ofsted's judgements of authorities: which was in force on a day, and what is not held."""

from __future__ import annotations

from datetime import date

import pandas as pd

NOT_HELD = "not held"  # the published history begins in 2018


def judgement_in_force(inspections: pd.DataFrame, area_code: str, day: date) -> str:
    """The overall judgement of the newest inspection published by a day; 'not held' where the history has none.

    Parameters
    ----------
    inspections : answer to `ask("inspections")`; visits without a judgement are passed over
    """
    mine, last = inspections[inspections.area_code == area_code], pd.Timestamp(day)
    judged = [
        (pd.Timestamp(published), pd.Timestamp(start), overall)
        for published, start, overall in zip(mine.published, mine.start, mine.overall, strict=True)
        if pd.notna(overall) and pd.Timestamp(published) <= last
    ]
    return str(sorted(judged, key=lambda each: each[:2])[-1][2]) if judged else NOT_HELD
