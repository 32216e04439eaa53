"""The comparator set that an authority is set beside, and the reader's own sets; both stay from page to page."""

from __future__ import annotations

import pandas as pd

from analytics.neighbours import MODELS, OWN
from analytics.sets import ComparatorSet, OwnSet, known_sets, own_sets_read, own_sets_text, set_of
from analytics.warehouse import Warehouse
from pages.parts.address import Address
from pages.parts.choices import OneOf
from pages.parts.figures import asked
from pages.parts.own_model import model_if_chosen
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


def pick_set(address: Address, figures: Warehouse, area: pd.Series, *, label: str = "Beside") -> ComparatorSet:
    """The comparator set chosen, as it stands beside one authority."""
    own = settle_own_sets(address, figures)
    areas = asked(figures, "all_areas")
    models = [model for model in MODELS if model in set(asked(figures, "neighbour_models").model)]
    placed = model_if_chosen(address, figures)
    words = known_sets(areas, [*models, *([OWN] if placed else [])], own)
    usual = USUAL if USUAL in words else "region"
    key = OneOf(SET, label, words, default=usual, help=HELP).draw(address)
    return set_of(key, area, areas, figures, own, placed.lists if placed else None)
