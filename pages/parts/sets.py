"""The comparator set that an authority is set beside, and the reader's own sets; both stay from page to page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.neighbours import MODELS
from analytics.sets import ComparatorSet, OwnSet, known_sets, own_sets_read, own_sets_text, set_of
from analytics.warehouse import Warehouse
from pages.parts.address import Address
from pages.parts.choices import OneOf
from pages.parts.figures import asked, key_of
from pages.parts.pickers import area_codes

SET, SETS = "set", "sets"  # in the address and the session
USUAL = "near2025"
HELP = "Whose mean and median the authority’s figures are set beside. The authority itself is never among them."


def settle_own_sets(address: Address, figures: Warehouse) -> tuple[OwnSet, ...]:
    """The reader's own sets, from the address or the session; what cannot be used is said with the other fallbacks."""
    codes = area_codes(figures)
    text = address.settle(
        SETS, default="", valid=lambda v: isinstance(v, str), read=str, asked_for="The own sets", shown=str
    )
    own, trouble = own_sets_read(text, codes)
    address.fallbacks.extend(trouble)
    held = own_sets_text(own, dict(zip(*_codes(figures), strict=True)))
    if held:
        address.hold(SETS, held)
    return own


def _codes(figures: Warehouse) -> tuple[pd.Series, pd.Series]:
    areas = asked(figures, "all_areas")
    return areas.area_code, areas.old_code


@st.cache_resource(max_entries=64, show_spinner=False)
def _words(build: str, models: tuple[str, ...], own: tuple[OwnSet, ...], _areas: pd.DataFrame) -> dict[str, str]:
    return known_sets(_areas, models, own)


@st.cache_resource(max_entries=512, show_spinner=False)
def _set(
    build: str, key: str, area_code: str, own: tuple[OwnSet, ...], _area: pd.Series, _figures: Warehouse
) -> ComparatorSet:
    return set_of(key, _area, asked(_figures, "all_areas"), _figures, own)


def pick_set(address: Address, figures: Warehouse, area: pd.Series, *, label: str = "Beside") -> ComparatorSet:
    """The comparator set chosen, as it stands beside one authority."""
    own = settle_own_sets(address, figures)
    areas = asked(figures, "all_areas")
    models = [model for model in MODELS if model in set(asked(figures, "neighbour_models").model)]
    words = _words(key_of(figures), tuple(models), own, areas)
    usual = USUAL if USUAL in words else "region"
    key = OneOf(SET, label, words, default=usual, help=HELP).draw(address)
    return _set(key_of(figures), key, area.area_code, own, area, figures)
