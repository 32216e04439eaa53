"""Profiles of authorities, worked out once for a warehouse, an authority and a set, and shared by all sessions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.board import Board, board_of
from analytics.history import History, history_of
from analytics.profile import Profile, context_rows, profile_of, with_rate_without
from analytics.sets import ComparatorSet
from analytics.warehouse import Warehouse
from pages.parts.figures import HELD_OPEN, asked, headline_board, key_of

MOST_KEPT = 128  # some 100 kilobytes each


@st.cache_resource(max_entries=HELD_OPEN, show_spinner=False)
def _boards(build: str, _figures: Warehouse) -> tuple[Board, Board]:
    """Headline figures with those worked out from them, and figures that describe a place."""
    context = board_of(_figures, context_rows(asked(_figures, "indicators")), asked(_figures, "all_areas"))
    return with_rate_without(headline_board(_figures), context), context


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _profile(
    build: str, area_code: str, beside: ComparatorSet, _area: pd.Series, _figures: Warehouse
) -> tuple[Profile, History]:
    history = history_of(
        asked(_figures, "inspections"),
        asked(_figures, "adoptions"),
        area_code,
        _area["name"],
        as_at=pd.Timestamp(_figures.meta["data_as_at"]).date() if _figures.meta.get("data_as_at") else None,
    )
    return profile_of(*_boards(build, _figures), _area, beside), history


def profile_for(figures: Warehouse, area: pd.Series, beside: ComparatorSet) -> tuple[Profile, History]:
    """An authority's profile beside a set, and its history."""
    return _profile(key_of(figures), area.area_code, beside, area, figures)
