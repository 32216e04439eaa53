"""Pickers that several pages share: which authority, which indicator."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.also_called import Called, called
from analytics.warehouse import Warehouse
from pages.parts.address import Address
from pages.parts.choices import OneOf
from pages.parts.figures import asked, key_of
from pages.parts.finder import offer_areas, offer_indicators

AREA, INDICATOR = "la", "indicator"
FIRST_INDICATOR = "cpp_rate"  # what most models say they will change (data/practice_models)


@st.cache_resource(max_entries=8, show_spinner=False)
def _called(build: str, _figures: Warehouse) -> Called:
    return called(asked(_figures, "areas"), asked(_figures, "boundary_changes"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _area_rows(build: str, _figures: Warehouse) -> dict[str, pd.Series]:
    return {row.area_code: row for _, row in asked(_figures, "areas").iterrows()}


@st.cache_resource(max_entries=8, show_spinner=False)
def _indicator_words(build: str, _figures: Warehouse) -> dict[str, str]:
    """Label by id, headline indicators first."""
    rows = asked(_figures, "indicators").sort_values("headline", ascending=False, kind="stable")
    return dict(zip(rows.indicator, rows.label, strict=True))


def area_choice(figures: Warehouse, label: str = "Authority") -> OneOf:
    """The choice of an authority, by name or by any code it has had."""
    known = _called(key_of(figures), figures)
    return OneOf(AREA, label, known.labels, default=next(iter(known.labels)), read=known.code)


def pick_area(address: Address, figures: Warehouse, label: str = "Authority") -> pd.Series:
    """The authority chosen, by name or by any code it has had; it stays chosen on every page."""
    code = area_choice(figures, label).draw(address)
    offer_areas(figures, _called(key_of(figures), figures), AREA)
    return _area_rows(key_of(figures), figures)[code]


def area_labels(figures: Warehouse) -> dict[str, str]:
    """Name by code of every authority that has a figure, with what else it is called."""
    return dict(_called(key_of(figures), figures).labels)


def area_codes(figures: Warehouse) -> dict[str, str]:
    """Newest code by everything that an authority may be called in an address, in lower case."""
    return dict(_called(key_of(figures), figures).codes)


def indicator_labels(figures: Warehouse) -> dict[str, str]:
    """Label by id of every indicator that has a figure, headline ones first."""
    return _indicator_words(key_of(figures), figures)


@st.cache_resource(max_entries=8, show_spinner=False)
def _indicator_rows(build: str, _figures: Warehouse) -> dict[str, pd.Series]:
    return {row.indicator: row for _, row in asked(_figures, "indicators").iterrows()}


def indicator_rows(figures: Warehouse) -> dict[str, pd.Series]:
    """The row of every indicator that has a figure, by id."""
    return _indicator_rows(key_of(figures), figures)


def pick_indicator(address: Address, figures: Warehouse, label: str = "Indicator") -> pd.Series:
    """The indicator chosen."""
    words = indicator_labels(figures)
    first = FIRST_INDICATOR if FIRST_INDICATOR in words else next(iter(words))
    chosen = OneOf(INDICATOR, label, words, default=first).draw(address)
    offer_indicators(figures, INDICATOR)
    return indicator_rows(figures)[chosen]


@st.cache_resource(max_entries=8, show_spinner=False)
def _extent(build: str, _figures: Warehouse) -> tuple[tuple[int, int], tuple[int, int], str]:
    """Years held, years of the headline indicators, and the name of the whole country."""
    rows, areas = asked(_figures, "indicators"), asked(_figures, "areas")
    compared = rows[rows.theme != "Context"]
    headline = rows[rows.headline] if rows.headline.any() else rows
    held, usual = ((int(some.first_year.min()), int(some.last_year.max())) for some in (compared, headline))
    return held, usual, next(iter(areas.name[areas.kind == "england"]), "all authorities")


def years_held(figures: Warehouse) -> tuple[int, int]:
    """First and last year with a figure, over all indicators that are compared."""
    return _extent(key_of(figures), figures)[0]


def usual_years(figures: Warehouse) -> tuple[int, int]:
    """First and last year of the headline indicators: a few other measures are published a year ahead."""
    return _extent(key_of(figures), figures)[1]


def whole_country(figures: Warehouse) -> str:
    """Name of the area that all authorities make up: 'England'; an invented one has a name of its own."""
    return _extent(key_of(figures), figures)[2]
