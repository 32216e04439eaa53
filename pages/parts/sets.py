"""The comparator set that an authority is set beside, and the reader's own sets; both stay from page to page."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from analytics.neighbours import MODELS, OWN
from analytics.own_model import OwnModel
from analytics.own_neighbours import OwnNeighbours
from analytics.sets import ComparatorSet, OwnSet, known_sets, own_sets_read, own_sets_text, set_of
from analytics.warehouse import Warehouse
from pages.parts.address import Address
from pages.parts.choices import OneOf
from pages.parts.figures import asked, key_of
from pages.parts.own_model import model_if_chosen
from pages.parts.pickers import area_codes

SET, SETS = "set", "sets"  # in the address and the session
USUAL = "near2025"
HELP = "Whose mean and median the authority’s figures are set beside. The authority itself is never among them."


def own_sets(figures: Warehouse) -> tuple[OwnSet, ...]:
    """The reader's own sets, as the session holds them."""
    return own_sets_read(st.session_state.get(SETS, ""), area_codes(figures))[0]


def own_text(figures: Warehouse, own: Iterable[OwnSet]) -> str:
    """Own sets as the session and the address hold them."""
    areas = asked(figures, "all_areas")
    return own_sets_text(own, dict(zip(areas.area_code, areas.old_code, strict=True)))


def settle_own_sets(address: Address, figures: Warehouse) -> tuple[OwnSet, ...]:
    """The reader's own sets, from the address or the session; what cannot be used is said with the other fallbacks."""
    text = address.settle(
        SETS, default="", valid=lambda v: isinstance(v, str), read=str, asked_for="The own sets", shown=str
    )
    own, trouble = own_sets_read(text, area_codes(figures))
    address.fallbacks.extend(trouble)
    if trouble:
        st.session_state[SETS] = own_text(figures, own)  # said once
    if own:
        address.hold(SETS, own_text(figures, own))
    return own


@st.cache_resource(max_entries=64, show_spinner=False)
def _words(build: str, own: tuple[OwnSet, ...], with_model: bool, _figures: Warehouse) -> dict[str, str]:
    models = [model for model in MODELS if model in set(asked(_figures, "neighbour_models").model)]
    return known_sets(asked(_figures, "all_areas"), [*models, OWN] if with_model else models, own)


@st.cache_resource(max_entries=512, show_spinner=False)
def _set(
    build: str,
    key: str,
    area_code: str,
    own: tuple[OwnSet, ...],
    model: OwnModel | None,
    _area: pd.Series,
    _placed: OwnNeighbours | None,
    _figures: Warehouse,
) -> ComparatorSet:
    return set_of(key, _area, asked(_figures, "all_areas"), _figures, own, _placed.lists if _placed else None)


def usual_set(figures: Warehouse) -> str:
    """Key of the set beside which an authority stands until another is chosen."""
    return USUAL if USUAL in _words(key_of(figures), (), False, figures) else "region"


def pick_set(address: Address, figures: Warehouse, area: pd.Series, *, label: str = "Beside") -> ComparatorSet:
    """The comparator set chosen, as it stands beside one authority."""
    own, placed = settle_own_sets(address, figures), model_if_chosen(address, figures)
    words = _words(key_of(figures), own, placed is not None, figures)
    key = OneOf(SET, label, words, default=usual_set(figures), help=HELP).draw(address)
    return _set(key_of(figures), key, area.area_code, own, placed.model if placed else None, area, placed, figures)
