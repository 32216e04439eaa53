"""Profiles of authorities, worked out once for a warehouse, an authority and a set, and shared by all sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd
import streamlit as st

from analytics.board import Board, board_of
from analytics.history import History, history_of
from analytics.profile import Profile, context_rows, profile_of
from analytics.sets import ComparatorSet
from analytics.unaccompanied import with_rate_without
from analytics.warehouse import Warehouse
from pages.parts.figures import HELD_OPEN, asked, headline_board, key_of
from pages.parts.source_note import shown_next_due

MOST_KEPT = 128  # some 100 kilobytes each
NO_ROWS = pd.DataFrame()


@st.cache_resource(max_entries=HELD_OPEN, show_spinner=False)
def _boards(build: str, _figures: Warehouse) -> tuple[Board, Board]:
    """Headline figures with those worked out from them, and figures that describe a place."""
    context = board_of(_figures, context_rows(asked(_figures, "indicators")), asked(_figures, "all_areas"))
    return with_rate_without(headline_board(_figures), context), context


@st.cache_resource(max_entries=HELD_OPEN, show_spinner=False)
def _events(build: str, _figures: Warehouse) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame], date | None]:
    """Inspections and register rows by authority, and the day of the first inspection held."""
    inspections, adoptions = asked(_figures, "inspections"), asked(_figures, "adoptions")
    first = inspections.start.min()
    return (
        dict(list(inspections.groupby("area_code"))),
        dict(list(adoptions.groupby("area_code"))),
        None if pd.isna(first) else pd.Timestamp(first).date(),
    )


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _profile(
    build: str, area_code: str, beside: ComparatorSet, _area: pd.Series, _figures: Warehouse
) -> tuple[Profile, History]:
    inspections, adoptions, since = _events(build, _figures)
    as_at = _figures.meta.get("data_as_at")
    history = history_of(
        inspections.get(area_code, NO_ROWS),
        adoptions.get(area_code, NO_ROWS),
        _area["name"],
        since=since,
        as_at=date.fromisoformat(as_at) if as_at else None,
    )
    return profile_of(*_boards(build, _figures), _area, beside), history


def profile_for(figures: Warehouse, area: pd.Series, beside: ComparatorSet) -> tuple[Profile, History]:
    """An authority's profile beside a set, and its history."""
    return _profile(key_of(figures), area.area_code, beside, area, figures)


@st.cache_resource(max_entries=HELD_OPEN, show_spinner=False)
def _due(build: str, named: frozenset[str], _figures: Warehouse) -> pd.DataFrame:
    due = asked(_figures, "next_due")
    return shown_next_due(due[due.source.isin(named)])


def due_table(figures: Warehouse, named: Iterable[str]) -> pd.DataFrame:
    """When new figures of some sources are due, as a table to read."""
    return _due(key_of(figures), frozenset(named), figures)
