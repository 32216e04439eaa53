"""Neighbours of an authority by every model, worked out once for a warehouse and shared by all sessions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.neighbour_lists import SideBySide, models_recorded, shared_on_average, side_by_side
from analytics.neighbour_shift import Shift, shifts_of
from analytics.neighbours import MODELS, OWN
from analytics.own_model import OwnModel
from analytics.own_neighbours import OwnNeighbours
from analytics.warehouse import Warehouse
from pages.parts.figures import asked, headline_board, key_of, surroundings

MOST_KEPT = 256


@st.cache_resource(max_entries=6, show_spinner=False)
def _official(build: str, model: str, _figures: Warehouse) -> pd.DataFrame:
    return _figures.ask("neighbours", model=model)


@st.cache_resource(max_entries=3, show_spinner=False)
def _recorded(build: str, _figures: Warehouse) -> dict[str, str]:
    return models_recorded(surroundings(_figures))


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _side_by_side(
    build: str, code: str, model: OwnModel | None, _placed: OwnNeighbours | None, _figures: Warehouse
) -> SideBySide:
    held = set(asked(_figures, "neighbour_models").model)
    lists = {each: _official(build, each, _figures) for each in MODELS if each in held}
    if _placed:
        lists[OWN] = _placed.lists
    areas = asked(_figures, "all_areas")
    regions = dict(zip(areas.area_code, areas.region, strict=True))
    return side_by_side(code, lists, regions, _recorded(build, _figures))


def lists_of(figures: Warehouse, code: str, placed: OwnNeighbours | None) -> SideBySide:
    """An authority's neighbours by each published list held, and by the reader's own model where it can be worked out."""
    return _side_by_side(key_of(figures), code, placed.model if placed else None, placed, figures)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _shifts(
    build: str,
    code: str,
    model: OwnModel | None,
    older: str,
    newer: str,
    _area: pd.Series,
    _found: SideBySide,
    _figures: Warehouse,
) -> tuple[Shift, ...]:
    groups = {each: _found.codes(each) for each in _found.held}
    return shifts_of(headline_board(_figures), _area, groups, older=older, newer=newer)


def shifts_between(
    figures: Warehouse, area: pd.Series, found: SideBySide, older: str, newer: str, model: OwnModel | None
) -> tuple[Shift, ...]:
    """Every headline indicator of an authority beside its neighbours by each model."""
    return _shifts(key_of(figures), area.area_code, model, older, newer, area, found, figures)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _average(
    build: str, model: OwnModel, official: str, _placed: OwnNeighbours, _figures: Warehouse
) -> tuple[float, int]:
    return shared_on_average(_placed.lists, _official(build, official, _figures))


def average_of(figures: Warehouse, placed: OwnNeighbours, official: str) -> tuple[float, int]:
    """How many neighbours a model shares with a published list on average, and over how many authorities."""
    return _average(key_of(figures), placed.model, official, placed, figures)
