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
    judged = inspections[(inspections.area_code == area_code) & inspections.overall.notna()]
    known = judged[pd.to_datetime(judged.published) <= pd.Timestamp(day)]
    return str(known.sort_values(["published", "start"]).overall.iloc[-1]) if len(known) else NOT_HELD
